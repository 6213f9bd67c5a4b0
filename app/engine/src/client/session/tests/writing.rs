//! The way of a write: to disk, to the relay, back, settled.

use drawbridge_protocol::{Code, Retry};

use super::*;

#[test]
fn nothing_dry_is_sent_before_it_is_stored_and_wet_never_waits() {
    let mut rig = Rig::new();
    rig.join();
    rig.pass_ms(100);
    rig.take_sent();
    rig.hold_store();
    rig.draw("a", "base", "{}", &[]);
    assert_eq!(rig.take_sent(), []);
    assert_eq!((rig.status().unstored, rig.status().waiting), (1, 1));
    let put: Slots = [(slot("b"), drawbridge_protocol::SlotOp::Put(vec![json("1")]))].into();
    rig.live(put.clone());
    assert_eq!(rig.take_sent(), [ClientMessage::Live(put)]);
    rig.release_store();
    assert_eq!(rig.only_write().cells.len(), 1);
    assert_eq!((rig.status().unstored, rig.status().waiting), (0, 1));
}

#[test]
fn r3_an_ack_counts_as_saved_and_only_the_stream_settles() {
    let mut rig = Rig::new();
    rig.join();
    let drawn = rig.draw("a", "base", "{}", &[]);
    assert_eq!(rig.state("a", "base").0, CellState::Fresh);
    let write = rig.only_write();
    rig.ack(write.id);
    assert_eq!(rig.status().waiting, 0);
    rig.pass_ms(100);
    assert_eq!(rig.state("a", "base").0, CellState::Waiting);
    rig.cells("e-1", vec![drawn]);
    rig.pass_ms(100);
    assert_eq!(rig.state("a", "base").0, CellState::Settled);
    assert!(
        !rig.events.iter().any(|event| matches!(event, Event::Cells(_))),
        "the window knows it"
    );
    rig.reconnect();
    rig.welcome(true, |_| {});
    rig.caught_up("e-1");
    assert_eq!(rig.take_writes(), []);
}

#[test]
fn r4_what_is_not_settled_is_offered_again_on_the_next_connection() {
    let mut rig = Rig::new();
    rig.join();
    let acked = rig.draw("a", "base", "{}", &[]);
    let lost = rig.draw("b", "base", "{}", &[]);
    let id = rig.take_writes()[0].id;
    rig.ack(id);
    rig.drop_line();
    let offline = rig.draw("c", "base", "{}", &[]);
    rig.retry();
    rig.welcome(true, |_| {});
    assert_eq!(rig.take_writes(), [], "not before it has caught up");
    rig.caught_up("e-0");
    assert_eq!(
        rig.only_write().cells,
        [acked, lost, offline],
        "together, in the order of their stamps"
    );
}

#[test]
fn r3_a_restart_offers_what_the_last_run_did_not_settle() {
    let mut rig = Rig::new();
    rig.input(Input::SetOnline(false));
    let drawn = rig.draw("a", "base", "{}", &[]);
    let mut again = Rig::over(rig.store, 2);
    assert_eq!((again.status().unstored, again.status().waiting), (0, 1));
    again.join();
    assert_eq!(again.only_write().cells, [drawn]);
}

#[test]
fn r3_a_greater_cell_settles_a_lesser_own_one() {
    let mut rig = Rig::new();
    rig.join();
    rig.draw("a", "color", "\"red\"", &[]);
    rig.take_sent();
    let theirs = cell("a", "color", at(RELAY_MS + 50, 9), "\"blue\"");
    rig.cells("e-1", vec![theirs.clone()]);
    assert_eq!(rig.status().waiting, 0);
    assert!(rig.events.contains(&Event::Cells(vec![theirs.clone()])));
    assert!(rig.session.cells().iter().eq([theirs.clone()]));
    let next = rig.draw("a", "color", "\"green\"", &[]);
    assert!(next.stamp > theirs.stamp, "the clock has seen it");
}

#[test]
fn r3_a_lesser_cell_neither_wins_nor_settles() {
    let mut rig = Rig::new();
    rig.join();
    let own = rig.draw("a", "color", "\"red\"", &[]);
    rig.cells("e-1", vec![cell("a", "color", at(5, 9), "\"blue\"")]);
    assert_eq!(rig.status().waiting, 1);
    assert!(rig.session.cells().iter().eq([own]));
}

#[test]
fn an_interaction_is_one_write_and_too_large_a_one_is_cut() {
    let mut rig = Rig::new();
    rig.welcome(false, |welcome| welcome.limits.write_cells = 3);
    rig.caught_up("e-0");
    let cells: Vec<Cell> = (0..7)
        .map(|n| cell(&format!("e{n}"), "base", at(RELAY_MS + n, 1), "{}"))
        .collect();
    rig.input(Input::Write {
        cells: cells[..3].to_vec(),
        ends: vec![slot("e0")],
    });
    let write = rig.only_write();
    assert_eq!((write.cells.len(), write.ends), (3, vec![slot("e0")]));
    rig.input(Input::Write {
        cells: cells[3..].to_vec(),
        ends: vec![slot("e3")],
    });
    let writes = rig.take_writes();
    let sizes: Vec<usize> = writes.iter().map(|write| write.cells.len()).collect();
    assert_eq!(sizes, [3, 1]);
    assert_eq!(
        (&writes[0].ends, &writes[1].ends),
        (&vec![], &vec![slot("e3")]),
        "it ends with the last"
    );
}

#[test]
fn r5_no_more_is_under_way_than_the_window_takes() {
    let mut rig = Rig::new();
    rig.welcome(false, |welcome| {
        welcome.window = Window {
            writes: 2,
            bytes: 1_000,
        };
    });
    rig.caught_up("e-0");
    for n in 0..5 {
        rig.draw(&format!("e{n}"), "base", "{}", &[]);
    }
    let writes = rig.take_writes();
    assert_eq!(writes.len(), 2);
    rig.ack(writes[0].id);
    assert_eq!(rig.take_writes().len(), 1);
    let big = format!("\"{}\"", "x".repeat(2_000));
    rig.draw("big", "base", &big, &[]);
    let id = writes[1].id;
    rig.ack(id);
    rig.ack(id + 1);
    let writes = rig.take_writes();
    assert_eq!(writes.len(), 2, "the large one waits");
    rig.ack(writes[0].id);
    assert_eq!(rig.take_writes().len(), 0);
    rig.ack(writes[1].id);
    assert_eq!(
        rig.only_write().cells[0].value.as_str(),
        big,
        "and then goes alone"
    );
}

#[test]
fn a_frame_never_exceeds_the_relays_limit() {
    let mut rig = Rig::new();
    rig.input(Input::SetOnline(false));
    for n in 0..20 {
        rig.draw(
            &format!("e{n}"),
            "base",
            &format!("\"{}\"", "\u{e9}".repeat(200)),
            &[],
        );
    }
    rig.input(Input::SetOnline(true));
    rig.welcome(false, |welcome| welcome.limits.frame = 2_000);
    rig.caught_up("e-0");
    let mut seen = 0;
    loop {
        let writes = rig.take_writes();
        if writes.is_empty() {
            break;
        }
        for write in writes {
            let id = write.id;
            seen += write.cells.len();
            assert!(encode(&ClientMessage::Write(write)).len() <= 2_000);
            rig.ack(id);
        }
    }
    assert_eq!(seen, 20);
}

#[test]
fn a_cell_above_the_limit_is_parked_without_being_sent() {
    let mut rig = Rig::new();
    rig.welcome(false, |welcome| welcome.limits.cell = 100);
    rig.caught_up("e-0");
    let large = format!("\"{}\"", "x".repeat(200));
    rig.draw("a", "base", &large, &[]);
    rig.draw("b", "base", "{}", &[]);
    assert_eq!(rig.only_write().cells[0].element.as_str(), "b");
    let parked = rig.status().parked;
    assert_eq!((parked.len(), parked[0].reason.code), (1, Code::CellTooBig));
    assert_eq!(rig.status().waiting, 1);
    rig.reconnect();
    rig.welcome(true, |_| {});
    rig.caught_up("e-0");
    assert_eq!(rig.status().parked, [], "a relay that takes more is offered it");
    assert_eq!(rig.only_write().cells.len(), 2);
}

#[test]
fn h7_who_may_only_look_sends_nothing_and_keeps_it() {
    let mut rig = Rig::new();
    rig.welcome(false, |welcome| welcome.role = Role::View);
    rig.caught_up("e-0");
    rig.draw("a", "base", "{}", &[]);
    assert_eq!(rig.take_writes(), []);
    assert_eq!((rig.status().waiting, rig.status().role), (1, Some(Role::View)));
    rig.reconnect();
    rig.welcome(true, |_| {});
    rig.caught_up("e-0");
    let id = rig.only_write().id;
    rig.refuse(Refused {
        id: Some(id),
        ..Refused::new(Code::ReadOnly, "You may look.", Retry::Changed)
    });
    rig.draw("b", "base", "{}", &[]);
    assert_eq!((rig.take_writes(), rig.status().waiting), (vec![], 2));
}
