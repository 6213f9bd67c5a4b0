//! Wet state: own slots and others'.

use std::collections::BTreeMap;

use drawbridge_protocol::{ConnLive, Here, Joined, Left, Live, SlotOp};

use super::*;

fn put(name: &str, text: &str) -> Slots {
    [(slot(name), SlotOp::Put(vec![json(text)]))].into()
}

fn add(name: &str, text: &str) -> Slots {
    [(slot(name), SlotOp::Add(vec![json(text)]))].into()
}

fn here(conn: u64) -> Here {
    Here {
        conn,
        peer: peer(9),
        about: json(r#"{"name":"Bob"}"#),
        role: Role::Edit,
        via: String::new(),
        slots: BTreeMap::new(),
    }
}

#[test]
fn v3_own_slots_are_put_again_after_each_welcome() {
    let mut rig = Rig::new();
    rig.live(put("stroke", "1"));
    assert_eq!(rig.take_sent(), [], "there is no connection");
    rig.welcome(false, |_| {});
    assert_eq!(rig.take_sent(), [ClientMessage::Live(put("stroke", "1"))]);
    rig.live(add("stroke", "2"));
    assert_eq!(rig.take_sent(), [ClientMessage::Live(add("stroke", "2"))]);
    rig.reconnect();
    rig.welcome(false, |_| {});
    let all: Slots = [(slot("stroke"), SlotOp::Put(vec![json("1"), json("2")]))].into();
    assert_eq!(rig.take_sent(), [ClientMessage::Live(all)]);
}

#[test]
fn v6_a_slot_that_a_write_ended_is_not_put_again() {
    let mut rig = Rig::new();
    rig.join();
    rig.live(put("a", "1"));
    rig.take_sent();
    rig.draw("a", "base", "{}", &["a"]);
    assert_eq!(rig.only_write().ends, [slot("a")]);
    rig.live(put("b", "1"));
    rig.drop_line();
    rig.draw("b", "base", "{}", &["b"]);
    rig.live(put("c", "1"));
    rig.retry();
    rig.welcome(true, |_| {});
    assert_eq!(rig.take_sent(), [ClientMessage::Live(put("c", "1"))]);
    // Written while catching up: the slot ends with the write, or with the connection.
    rig.draw("c", "base", "{}", &["c"]);
    rig.reconnect();
    rig.welcome(true, |_| {});
    assert_eq!(rig.take_sent(), []);
}

#[test]
fn v6_a_write_that_has_nothing_left_to_send_still_ends_its_slots() {
    let mut rig = Rig::new();
    rig.welcome(false, |welcome| welcome.limits.cell = 50);
    rig.caught_up("e-0");
    rig.live(put("a", "1"));
    rig.take_sent();
    rig.draw("a", "base", &format!("\"{}\"", "x".repeat(100)), &["a"]);
    assert_eq!(
        rig.take_sent(),
        [ClientMessage::Live([(slot("a"), SlotOp::Clear)].into())]
    );
    assert_eq!(rig.status().parked.len(), 1);
}

#[test]
fn v5_others_come_move_and_leave_and_own_echoes_are_passed_over() {
    let mut rig = Rig::new();
    rig.welcome(false, |welcome| welcome.here = vec![here(7), here(8)]);
    let conns = |rig: &Rig| rig.session.people().map(|here| here.conn).collect::<Vec<_>>();
    assert_eq!(conns(&rig), [8]);
    let live = |conn, slots| RelayMessage::Live(Live(vec![ConnLive { conn, slots }]));
    rig.frame(&live(8, put("cursor", "[1,2]")));
    rig.frame(&live(7, put("cursor", "[3,4]")));
    rig.frame(&live(8, add("stroke", "1")));
    rig.frame(&live(99, put("cursor", "[5,6]")));
    let slots = |rig: &Rig| rig.session.people().next().expect("one").slots.len();
    assert_eq!(slots(&rig), 2);
    rig.frame(&live(8, [(slot("stroke"), SlotOp::Clear)].into()));
    assert_eq!(slots(&rig), 1);
    rig.frame(&RelayMessage::Joined(Joined {
        conn: 10,
        peer: peer(3),
        about: json("{}"),
        role: Role::View,
        via: String::new(),
    }));
    rig.frame(&RelayMessage::Left(Left { conn: 8 }));
    assert_eq!(conns(&rig), [10]);
    rig.drop_line();
    assert!(conns(&rig).is_empty());
    assert_eq!(
        rig.events.iter().rev().find(|e| matches!(e, Event::Person(_))),
        Some(&Event::Person(PersonChange::Reset(vec![])))
    );
}

#[test]
fn slots_above_the_relays_limits_are_not_sent() {
    let mut rig = Rig::new();
    rig.welcome(false, |welcome| {
        welcome.limits.slot = 20;
        welcome.limits.slots = 2;
    });
    for name in ["a", "b", "c"] {
        rig.live(put(name, "1"));
    }
    rig.live(add("a", &format!("\"{}\"", "x".repeat(30))));
    assert_eq!(rig.take_sent().len(), 2);
}

#[test]
fn b1_slots_that_are_too_much_for_one_frame_go_in_several() {
    let mut rig = Rig::new();
    rig.join();
    rig.take_sent();
    let big = format!("\"{}\"", "x".repeat(1 << 19));
    let mut slots = Slots::new();
    for name in 0..10 {
        slots.extend(put(&format!("s{name}"), &big));
    }
    let is_small = |message: &ClientMessage| encode(message).len() <= Limits::default().frame;
    rig.live(slots);
    assert!(rig.take_sent().iter().all(is_small));
    rig.reconnect();
    rig.welcome(true, |_| {});
    let sent = rig.take_sent();
    assert!(!sent.is_empty() && sent.iter().all(is_small));
}
