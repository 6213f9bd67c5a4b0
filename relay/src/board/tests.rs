//! What connections get, and when.

use std::task::{Context, Waker};
use std::time::Duration;

use drawbridge_protocol::{BoardLink, Code, KeyHash, Peer, Retry, Role, SlotOp, Value};

use super::*;

const PASS: Pass = Pass {
    via: KeyHash::from_bytes([1; 32]),
    role: Role::Edit,
};

fn access() -> Arc<Access> {
    Arc::new(Access {
        locked: false,
        links: vec![BoardLink::new(PASS.via, PASS.role)],
    })
}

struct Fixture {
    board: Board,
    bells: Vec<Arc<Bell>>,
    places: Vec<Place>,
}

fn fixture(people: u64) -> Fixture {
    let settings = Arc::new(Settings::default());
    let mut board = Board::new(&settings, "0123456789abcdef", 0, 0, access());
    let (mut bells, mut places) = (Vec::new(), Vec::new());
    for conn in 0..people {
        let bell = Arc::new(Bell::default());
        let intro = Joined {
            conn,
            peer: Peer::from_bits([0; 12]),
            about: Value::from_text("{}".to_owned()).expect("json"),
            role: Role::Edit,
            via: String::new(),
        };
        let welcomed = board.join(intro, PASS, Arc::clone(&bell), 0, 0).expect("room");
        bells.push(bell);
        places.push(welcomed.place);
    }
    let mut fixture = Fixture { board, bells, places };
    fixture.board.changed(0, Instant::now());
    fixture.board.changed(1, Instant::now());
    for conn in 0..people {
        fixture.next(conn);
        fixture.rung(conn);
    }
    fixture
}

impl Fixture {
    fn next(&mut self, conn: u64) -> Next {
        self.board.next(conn, &mut self.places[conn as usize], false)
    }

    fn rung(&self, conn: u64) -> bool {
        self.bells[conn as usize]
            .poll(&Context::from_waker(Waker::noop()))
            .is_ready()
    }

    fn put(&mut self, conn: u64, now: Instant) -> Option<Instant> {
        let name = SlotName::new("s").expect("a name");
        let chunk = Value::from_text("1".to_owned()).expect("json");
        assert!(
            self.board
                .live(conn, Slots::from([(name, SlotOp::Put(vec![chunk]))]))
                .is_empty()
        );
        self.board.changed(conn, now)
    }
}

fn outcome(conn: u64, seq: Option<u64>) -> Outcome {
    let text = r#"{"element":"e","prop":"base","stamp":[1,0,"AAAAAAAAAAAAAAAA"],"value":1}"#;
    Outcome {
        conn,
        id: 7,
        bytes: 100,
        ends: Vec::new(),
        as_of: 0,
        result: Ok(Committed {
            won: 1,
            seq,
            cells: text.to_owned(),
            board_cells: 1,
        }),
    }
}

#[test]
fn nobody_is_woken_only_for_their_own_change() {
    let mut board = fixture(3);
    assert_eq!(board.put(0, Instant::now()), None);
    assert!(!board.rung(0));
    assert!(board.rung(1) && board.rung(2));
}

#[test]
fn v7_a_busy_board_waits_and_then_tells_all_at_once() {
    let mut board = fixture(3);
    let mut now = Instant::now();
    let at = loop {
        if let Some(at) = board.put(0, now) {
            break at;
        }
        now += Duration::from_millis(1);
    };
    board.next(2);
    board.rung(2);
    assert_eq!(board.put(1, now), None, "one timer is enough");
    assert!(board.next(2).wet.is_none() && !board.rung(2), "not yet");
    assert_eq!(board.board.tick(at), None);
    assert!(board.rung(0) && board.rung(2));
    let frames = board.next(2).wet.expect("a frame");
    let message = frames[0].message();
    let text = std::str::from_utf8(&message).expect("utf-8");
    assert!(
        frames.len() == 1 && text.contains("\"conn\":0") && text.contains("\"conn\":1"),
        "{text}"
    );
}

#[test]
fn c1_r2_a_commit_is_told_to_everybody_and_acknowledged_to_its_writer() {
    let mut board = fixture(2);
    board.board.queue(0, 100);
    assert!(!board.board.is_settled(0));
    board.board.outcome(outcome(0, Some(5)));
    for conn in 0..2 {
        assert!(board.rung(conn));
        let next = board.next(conn);
        assert!(next.cells.is_some());
        assert_eq!(next.replies.len(), usize::from(conn == 0));
        assert!(board.next(conn).cells.is_none(), "once");
    }
    assert!(board.board.is_settled(0));
    board.board.queue(0, 100);
    board.board.outcome(outcome(0, None));
    assert_eq!(
        board.next(0).replies,
        [Frame::new(r#"{"ack":{"id":7}}"#)],
        "losers are acknowledged"
    );
    assert!(board.next(1).cells.is_none());
}

#[test]
fn r8_a_refused_write_is_answered_and_ends_nothing() {
    let mut board = fixture(2);
    board.put(0, Instant::now());
    board.board.queue(0, 10);
    let refused = Refused::new(Code::BoardFull, "full", Retry::Changed);
    board.board.outcome(Outcome {
        ends: vec![SlotName::new("s").expect("a name")],
        as_of: u64::MAX,
        result: Err(Box::new(refused)),
        ..outcome(0, None)
    });
    assert!(board.next(0).replies[0].message().starts_with(b"{\"refused\""));
    let (here, _) = board.board.wet.here(1, 1000);
    assert_eq!(here[0].slots.len(), 1);
}

#[test]
fn a_crowd_comes_in_one_after_the_other_and_nobody_waits_for_long() {
    let mut settings = Settings::default();
    (settings.joining.per_second, settings.joining.burst) = (10, 5);
    let mut board = Board::new(&Arc::new(settings), "0123456789abcdef", 0, 0, access());
    let start = Instant::now();
    let ms = |n| start + Duration::from_millis(n);
    let came: Vec<_> = (0..200).map_while(|_| board.knock(start)).collect();
    assert!(came[..6].iter().all(|at| *at == start), "a few come in at once");
    assert_eq!((came[6], came[7]), (ms(100), ms(200)));
    assert_eq!(
        came.len(),
        86,
        "more than wait for eight seconds are told to come back"
    );
    assert_eq!(board.knock(ms(1)), None);
    assert!(board.knock(ms(200)).is_some(), "there is room at the door again");
    assert_eq!(board.knock(ms(60_000)), Some(ms(60_000)));
}

#[test]
fn a4_a_write_by_a_link_whose_time_has_come_is_refused_and_then_the_connection_ends() {
    let mut fixture = fixture(2);
    let why = Refused {
        id: Some(7),
        ..Refused::new(Code::LinkEnded, "It is over.", Retry::Changed)
    };
    fixture.board.answer(0, 7, 0, Err(Box::new(why)));
    assert!(fixture.rung(0));
    let next = fixture.next(0);
    assert_eq!(
        (next.replies.len(), next.again),
        (1, true),
        "the answer comes first"
    );
    assert!(next.away.is_none() && !fixture.board.is_here(0));
    let away = fixture.next(0).away.expect("it is sent away");
    assert_eq!(
        (away.code, away.id),
        (Code::LinkEnded, None),
        "of the connection, not of the write"
    );
    assert!(fixture.next(1).away.is_none());
}

#[test]
fn e5_who_lacks_something_of_a_board_that_moved_gets_that_first() {
    let mut fixture = fixture(2);
    fixture.board.outcome(outcome(0, Some(1)));
    fixture
        .board
        .set_moved(Some("https://draw.example".parse().expect("an address")));
    assert!(fixture.rung(1));
    let next = fixture.next(1);
    assert!(next.cells.is_some() && next.moved.is_none() && next.again);
    assert!(fixture.next(1).moved.is_some());
    fixture.board.set_moved(None);
    assert!(fixture.next(1).moved.is_none());
}
