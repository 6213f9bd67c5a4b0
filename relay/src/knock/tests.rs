//! What is said at the door, over time that the tests make themselves.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

struct Rig {
    door: Door,
    woken: Arc<AtomicUsize>,
    board: BoardId,
    now: Instant,
}

fn rig() -> Rig {
    let woken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&woken);
    let board = BoardId::new("plan").expect("a name");
    let door = Door::new(Arc::new(move || {
        count.fetch_add(1, Ordering::Relaxed);
    }));
    door.open(Some(&board));
    Rig {
        door,
        woken,
        board,
        now: Instant::now(),
    }
}

fn address(last: u8) -> IpAddr {
    Ipv4Addr::new(192, 168, 1, last).into()
}

impl Rig {
    fn knock(&self, name: &str, last: u8) -> Result<Key, Shut> {
        self.door.knock(&self.board, name, address(last), self.now)
    }

    fn reply(&self, ticket: &Key) -> KnockReply {
        self.door.reply(&self.board, ticket, self.now)
    }

    /// Lets time go by while those who wait go on asking.
    fn wait(&mut self, seconds: u64, tickets: &[&Key]) {
        for _ in 0..seconds {
            self.now += Duration::from_secs(1);
            for ticket in tickets {
                let _ = self.reply(ticket);
            }
        }
    }

    fn names(&self) -> Vec<String> {
        let waiting = self.door.waiting(self.now);
        waiting.into_iter().map(|one| one.name).collect()
    }
}

fn key() -> Key {
    Key::new("0123456789abcdefABCDEF").expect("a key")
}

#[test]
fn k2_whoever_is_let_in_gets_the_key_and_nobody_else_does() {
    let mut rig = rig();
    let bob = rig.knock("Bob", 2).expect("a ticket");
    let eve = rig.knock("Eve", 3).expect("a ticket");
    assert_eq!(rig.names(), ["Bob", "Eve"]);
    assert_eq!(rig.woken.load(Ordering::Relaxed), 2);
    rig.wait(3, &[&bob, &eve]);
    assert_eq!(
        rig.reply(&bob),
        KnockReply::Waiting {
            ticket: None,
            ms: 87_000
        }
    );
    let [first, second] = [0, 1].map(|n| rig.door.waiting(rig.now)[n].id);
    let answer = Answer::LetIn {
        key: key(),
        role: Role::Edit,
    };
    assert!(rig.door.answer(first, answer, rig.now));
    assert!(
        !rig.door.answer(first, Answer::Declined, rig.now),
        "it is answered"
    );
    assert!(rig.door.answer(second, Answer::Declined, rig.now));
    let welcome = KnockReply::LetIn {
        key: key(),
        role: Role::Edit,
    };
    // An answer that got lost on the way can be asked for again.
    assert_eq!((rig.reply(&bob), rig.reply(&bob)), (welcome.clone(), welcome));
    assert_eq!(rig.reply(&eve), KnockReply::Declined {});
    assert_eq!(rig.reply(&key()), KnockReply::Over {}, "no ticket");
    let other = BoardId::new("other").expect("a name");
    assert_eq!(rig.door.reply(&other, &bob, rig.now), KnockReply::Over {});
    assert!(rig.names().is_empty());
    rig.wait(60, &[]);
    assert_eq!(rig.reply(&bob), KnockReply::Over {}, "it is kept for a minute");
}

#[test]
fn k3_a_question_ends_by_itself_and_when_whoever_asked_has_gone() {
    let mut rig = rig();
    let bob = rig.knock("Bob", 2).expect("a ticket");
    rig.wait(89, &[&bob]);
    assert_eq!(rig.names(), ["Bob"]);
    let id = rig.door.waiting(rig.now)[0].id;
    rig.wait(1, &[&bob]);
    assert!(rig.names().is_empty());
    assert_eq!(rig.reply(&bob), KnockReply::Over {});
    assert!(!rig.door.answer(id, Answer::Declined, rig.now), "too late");

    let gone = rig.knock("Gone", 3).expect("a ticket");
    rig.wait(9, &[]);
    assert_eq!(rig.names(), ["Gone"]);
    rig.wait(1, &[]);
    assert!(rig.names().is_empty());
    assert_eq!(rig.reply(&gone), KnockReply::Over {});

    let other = rig.knock("Other", 4).expect("a ticket");
    rig.door.withdraw(&rig.board, &key());
    assert_eq!(rig.names(), ["Other"], "not with a ticket of one's own making");
    rig.door.withdraw(&rig.board, &other);
    assert!(rig.names().is_empty());
}

#[test]
fn k3_nobody_knocks_where_the_door_is_not_open() {
    let rig = rig();
    let bob = rig.knock("Bob", 2).expect("a ticket");
    let other = BoardId::new("other").expect("a name");
    assert_eq!(
        rig.door.knock(&other, "Bob", address(2), rig.now),
        Err(Shut::Closed)
    );
    rig.door.open(Some(&other));
    assert_eq!(
        rig.reply(&bob),
        KnockReply::Over {},
        "the board isn't there to be found any more"
    );
    assert_eq!(rig.knock("Bob", 2), Err(Shut::Closed));
    rig.door.open(None);
    assert_eq!(
        rig.door.knock(&other, "Bob", address(2), rig.now),
        Err(Shut::Closed)
    );
}

#[test]
fn k3_one_address_can_neither_fill_the_room_nor_go_on_asking() {
    let mut rig = rig();
    let first = rig.knock("Eve", 2).expect("a ticket");
    let second = rig.knock("Eve", 2).expect("a ticket");
    assert_eq!(rig.knock("Eve", 2), Err(Shut::Crowded), "two wait already");
    assert!(rig.knock("Bob", 3).is_ok(), "others may");
    for ticket in [&first, &second] {
        let id = rig.door.waiting(rig.now)[0].id;
        assert!(rig.door.answer(id, Answer::Declined, rig.now));
        assert_eq!(rig.reply(ticket), KnockReply::Declined {});
    }
    // A no counts for more than a knock.
    rig.wait(59, &[]);
    assert_eq!(rig.knock("Eve", 2), Err(Shut::Crowded));
    rig.wait(2, &[]);
    assert!(rig.knock("Eve", 2).is_ok());
}

#[test]
fn k3_very_many_addresses_are_a_crowd_too() {
    let rig = rig();
    let taken = (0..=u8::MAX)
        .filter(|last| rig.knock("Eve", *last).is_ok())
        .count();
    assert_eq!(taken, MOST);
    assert_eq!(rig.names().len(), MOST);
    for one in rig.door.waiting(rig.now) {
        assert!(rig.door.answer(one.id, Answer::Declined, rig.now));
    }
    assert_eq!(
        rig.knock("Bob", 200),
        Err(Shut::Crowded),
        "answers are kept, so the room is full"
    );
}

#[test]
fn k1_names_are_cleaned_before_a_person_sees_them() {
    let rig = rig();
    rig.knock(&format!("\u{202e}Bob\n{}", "x".repeat(500)), 2)
        .expect("a ticket");
    let name = &rig.names()[0];
    assert!(
        name.starts_with("Bobx") && name.chars().count() == KNOCK_NAME,
        "{name}"
    );
}
