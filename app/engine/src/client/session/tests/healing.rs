//! A relay that lost what it had gets it back.

use drawbridge_protocol::{Code, Retry};

use super::*;

/// A rig that holds a settled cell of somebody else, one of its own, and a fresh one.
fn settled() -> (Rig, Vec<Cell>) {
    let mut rig = Rig::new();
    rig.join();
    let theirs = cell("a", "base", at(5, 9), "{}");
    let own = rig.draw("b", "base", "{}", &[]);
    rig.cells("e-2", vec![theirs.clone(), own.clone()]);
    rig.drop_line();
    let fresh = rig.draw("c", "base", "{}", &[]);
    rig.retry();
    rig.take_writes();
    (rig, vec![theirs, own, fresh])
}

#[test]
fn e3_a_relay_that_lost_everything_gets_it_back_after_a_random_wait() {
    let (mut rig, all) = settled();
    rig.drop_line();
    rig.input(Input::NetworkBack);
    rig.batches.clear();
    rig.welcome(false, |_| {});
    rig.pass_ms(1);
    let unsettle = rig
        .batches
        .iter()
        .find(|batch| batch.unsettle)
        .expect("one transaction");
    assert_eq!(unsettle.cursor, None);
    let loaded = rig.store.load().expect("memory");
    assert_eq!(loaded.cursor, None);
    assert!(loaded.cells.iter().all(|row| row.state != CellState::Settled));
    assert_eq!(
        rig.state("c", "base").0,
        CellState::Fresh,
        "never acknowledged is still that"
    );
    assert_eq!(rig.status().waiting, 3);
    rig.caught_up("f-0");
    rig.pass(Duration::from_secs(2));
    assert_eq!(
        rig.only_write().cells,
        all,
        "others' cells too, with their stamps"
    );
}

#[test]
fn e3_what_the_relay_still_has_is_not_sent_again() {
    let (mut rig, all) = settled();
    rig.drop_line();
    rig.input(Input::NetworkBack);
    rig.welcome(false, |_| {});
    rig.cells("f-1", all[..1].to_vec());
    rig.caught_up("f-1");
    // Another client was quicker.
    rig.cells("f-2", all[1..2].to_vec());
    rig.pass(Duration::from_secs(2));
    assert_eq!(rig.only_write().cells, all[2..]);
}

#[test]
fn e3_a_restart_in_the_middle_of_healing_goes_on_with_it() {
    let (mut rig, all) = settled();
    rig.drop_line();
    rig.input(Input::NetworkBack);
    rig.welcome(false, |_| {});
    rig.pass_ms(1);
    let mut again = Rig::over(rig.store, 2);
    let hello = again.welcome(false, |_| {});
    assert_eq!((hello.cursor, hello.create), (None, true));
    again.caught_up("f-0");
    again.pass(Duration::from_secs(2));
    assert_eq!(again.only_write().cells, all);
}

#[test]
fn healing_is_paced_by_the_relays_answers_and_leaves_room_for_the_person() {
    let mut rig = Rig::new();
    rig.join();
    let many: Vec<Cell> = (0..1_000)
        .map(|n| cell(&format!("e{n}"), "base", at(n, 9), "{}"))
        .collect();
    rig.cells("e-1", many);
    rig.reconnect();
    rig.welcome(false, |_| {});
    rig.caught_up("f-0");
    rig.draw("mine", "base", "{}", &[]);
    assert_eq!(rig.only_write().cells.len(), 1, "at once");
    rig.pass(Duration::from_secs(2));
    let mut seen = 0;
    while seen < 1_000 {
        let write = rig.only_write();
        assert!(write.cells.len() <= 256, "{}", write.cells.len());
        seen += write.cells.len();
        rig.ack(write.id);
    }
    assert_eq!(rig.take_writes(), []);
}

#[test]
fn an_edit_over_an_early_cell_that_waits_goes_above_it() {
    let mut rig = Rig::new();
    rig.join();
    let early = cell("a", "color", at(RELAY_MS + 50_000, 9), "\"red\"");
    rig.cells("e-1", vec![early.clone()]);
    rig.reconnect();
    rig.welcome(false, |_| {});
    let stale = cell("a", "color", at(RELAY_MS, 1), "\"blue\"");
    rig.input(Input::Write {
        cells: vec![stale.clone()],
        ends: vec![],
    });
    let held = rig.session.cells();
    let (stamp, value) = held.get(&key("a", "color")).expect("held");
    assert!(stamp > early.stamp);
    assert_eq!(value.as_str(), "\"blue\"");
    assert!(
        rig.events
            .contains(&Event::Restamped(vec![(key("a", "color"), stale.stamp, stamp)]))
    );
}

#[test]
fn t3_an_edit_over_an_early_cell_that_waits_keeps_nothing_else_waiting() {
    let mut rig = Rig::new();
    rig.join();
    let early = cell("a", "color", at(RELAY_MS + 600_000, 9), "\"red\"");
    rig.cells("e-1", vec![early.clone()]);
    rig.reconnect();
    rig.welcome(false, |_| {});
    rig.caught_up("f-0");
    rig.draw("a", "color", "\"blue\"", &[]);
    rig.draw("b", "color", "\"green\"", &[]);
    let writes = rig.take_writes();
    assert_eq!(writes.len(), 2);
    for write in writes {
        assert!(write.cells[0].stamp > early.stamp);
        rig.refuse(Refused {
            id: Some(write.id),
            cell: Some(write.cells[0].key().into()),
            ..Refused::new(Code::StampAhead, "No.", Retry::After(540_000))
        });
    }
    let again = rig.only_write();
    assert_eq!(again.cells[0].key(), key("b", "color"));
    assert!(again.cells[0].stamp.ms < RELAY_MS + 60_000);
    assert!(rig.draw("c", "color", "1", &[]).stamp.ms < RELAY_MS + 60_000);
    rig.pass(Duration::from_secs(540));
    let waited = rig.take_writes();
    let cell = waited
        .iter()
        .flat_map(|write| &write.cells)
        .find(|cell| cell.key() == early.key());
    assert!(cell.expect("it goes in time").stamp > early.stamp);
}
