//! Who goes first, who waits, and that nobody is forgotten.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use drawbridge_protocol::{BoardId, Cell, ElementId, KeyHash, Peer, Property, Role, Stamp, Value};
use tokio::sync::oneshot;

use super::*;
use crate::board::Board;
use crate::clock::SystemTimer;
use crate::committer::{Open, Write};
use crate::rights::Pass;
use crate::room::Room;
use crate::settings::Settings;

const RATE: Rate = Rate {
    per_second: 10,
    burst: 100,
};

struct Rig {
    turns: Turns,
    requests: Sender<Request>,
    queue: Receiver<Request>,
    room: Arc<Room>,
    runtime: tokio::runtime::Runtime,
}

impl Rig {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let board = Board::new(
            &Arc::new(Settings::default()),
            "0123456789abcdef",
            0,
            0,
            Arc::default(),
        );
        let time = Arc::new(SystemTimer(runtime.handle().clone()));
        let (requests, queue) = channel();
        Self {
            turns: Turns::new(RATE, 1_000_000, 1_000_000, Instant::now()),
            requests,
            queue,
            room: Arc::new(Room::new(1, board, time)),
            runtime,
        }
    }

    fn write(&self, conn: u64, id: u64, cells: usize) {
        let cell = Cell {
            element: ElementId::new("e").expect("an id"),
            prop: Property::new("base").expect("a property"),
            stamp: Stamp {
                ms: 1,
                counter: 0,
                peer: Peer::from_bits([1; 12]),
            },
            value: Value::from_text("1".to_owned()).expect("JSON"),
        };
        let write = Write {
            room: Arc::clone(&self.room),
            conn,
            pass: Pass {
                via: KeyHash::from_bytes([0; 32]),
                role: Role::Edit,
            },
            id,
            cells: vec![cell; cells],
            ends: Vec::new(),
            as_of: 0,
            bytes: 0,
            came: Instant::now(),
        };
        self.ask(Request::Write(Box::new(write)));
    }

    fn leave(&self, conn: u64) {
        let room = Arc::clone(&self.room);
        self.ask(Request::Leave { room, conn });
    }

    fn ask(&self, request: Request) {
        self.requests.send(request).expect("the queue");
    }

    /// The next turn, as who and which.
    fn next(&mut self) -> (Vec<(u64, u64)>, Kind) {
        let turn = self
            .turns
            .next(&self.queue, |open| open.create)
            .expect("something to do");
        let name = |request: &Request| match request {
            Request::Write(write) => (write.conn, write.id),
            Request::Leave { conn, .. } => (*conn, u64::MAX),
            Request::Open(open) => (0, u64::from(open.create)),
            Request::Keep(_) | Request::Chore(_) => panic!("nobody asked"),
            Request::Manage(_) | Request::Probe(_) | Request::Hurry | Request::Stop => {
                panic!("it isn't handed out")
            }
        };
        (turn.requests.iter().map(name).collect(), turn.kind)
    }
}

#[test]
fn who_writes_little_goes_first_and_who_writes_much_in_turn() {
    let mut rig = Rig::new();
    for id in [0, 1] {
        rig.write(1, id, 60);
        rig.write(2, id, 60);
    }
    assert_eq!(
        rig.next(),
        (vec![(1, 0), (2, 0), (1, 1), (2, 1)], Kind::Light),
        "nobody has written much yet"
    );
    for id in 2..5 {
        rig.write(1, id, 200);
        rig.write(2, id, 200);
    }
    rig.write(3, 0, 1);
    assert_eq!(
        rig.next(),
        (vec![(3, 0), (1, 2), (2, 2)], Kind::Heavy),
        "each in turn, as much as fits"
    );
    rig.turns
        .done(Kind::Heavy, Duration::from_secs(1), Instant::now());
    rig.write(3, 1, 1);
    assert_eq!(
        rig.next(),
        (vec![(3, 1)], Kind::Light),
        "it rests for those who write little"
    );
    rig.turns.lanes[Kind::Heavy as usize].rested = Instant::now();
    assert_eq!(rig.next(), (vec![(1, 3), (2, 3)], Kind::Heavy));
}

#[test]
fn what_is_large_has_its_own_turns_and_nobody_rests_for_it() {
    let mut rig = Rig::new();
    for id in 0..2 {
        rig.write(1, id, 1000);
        rig.write(2, id, 100);
    }
    rig.write(3, 0, 1);
    assert_eq!(rig.next(), (vec![(3, 0), (2, 0), (2, 1)], Kind::Heavy));
    rig.turns
        .done(Kind::Heavy, Duration::from_secs(1), Instant::now());
    assert_eq!(rig.next(), (vec![(1, 0)], Kind::Large));
    rig.turns
        .done(Kind::Large, Duration::from_secs(1), Instant::now());
    rig.write(2, 2, 100);
    rig.turns.lanes[Kind::Heavy as usize].rested = Instant::now();
    assert_eq!(
        rig.next(),
        (vec![(2, 2)], Kind::Heavy),
        "the others don't wait for it"
    );
    rig.turns.lanes[Kind::Large as usize].rested = Instant::now();
    assert_eq!(rig.next(), (vec![(1, 1)], Kind::Large));
}

#[test]
fn r6_one_connection_s_writes_stay_in_order_and_its_goodbye_comes_last() {
    let mut rig = Rig::new();
    for id in 0..50 {
        rig.write(1, id, 40);
    }
    rig.leave(1);
    rig.ask(Request::Stop);
    let mut seen = Vec::new();
    while let Some(turn) = rig.turns.next(&rig.queue, |open| open.create) {
        rig.turns.done(turn.kind, Duration::from_secs(1), Instant::now());
        seen.extend(turn.requests);
    }
    let ids: Vec<_> = seen
        .iter()
        .map(|request| match request {
            Request::Write(write) => write.id,
            Request::Leave { .. } => 50,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        ids,
        (0..=50).collect::<Vec<_>>(),
        "x4: a stop does all that came before it, without a rest"
    );
    assert!(rig.turns.accounts.is_empty(), "who left is forgotten");
}

#[test]
fn coming_in_doesn_t_wait_for_those_who_make_boards_without_end() {
    let mut rig = Rig::new();
    let open = |create| {
        let (reply, _) = oneshot::channel();
        Request::Open(Open {
            board: BoardId::new("b").expect("an id"),
            key: KeyHash::from_bytes([0; 32]),
            create,
            access: None,
            password: Ok(()),
            reply,
        })
    };
    (0..100).for_each(|_| rig.ask(open(true)));
    rig.ask(open(false));
    let (first, _) = rig.next();
    assert!(first.contains(&(0, 0)), "somebody comes in");
    assert!(
        first.len() < 30,
        "and few boards are made meanwhile: {}",
        first.len()
    );
    drop(rig.runtime);
}

#[test]
fn x4_when_the_relay_is_about_to_stop_nobody_rests() {
    let mut rig = Rig::new();
    for id in 0..4 {
        rig.write(1, id, 200);
    }
    assert_eq!(
        rig.next(),
        (vec![(1, 0), (1, 1)], Kind::Heavy),
        "each is much by itself"
    );
    // A rest that outlasts every test.
    rig.turns
        .done(Kind::Heavy, Duration::from_secs(1), Instant::now());
    rig.ask(Request::Hurry);
    assert_eq!(rig.next(), (vec![(1, 2), (1, 3)], Kind::Heavy));
}

#[test]
fn who_has_rested_long_enough_writes_little_again() {
    let mut rig = Rig::new();
    let start = Instant::now();
    let makes = |open: &Open| open.create;
    for id in [0, 1] {
        rig.write(1, id, 60);
    }
    rig.write(1, 2, 1);
    rig.turns.gather(&rig.queue, &makes, start);
    rig.turns.lanes[Kind::Heavy as usize].rested = start + Duration::from_secs(3600);
    assert!(rig.turns.take(start).is_some_and(|turn| turn.kind == Kind::Light));
    assert!(
        rig.turns.take(start).is_none(),
        "it has written much, and others rest"
    );
    let later = start + Duration::from_secs(60);
    assert!(rig.turns.take(later).is_some_and(|turn| turn.kind == Kind::Light));
}
