//! Refused writes: parked, sent again in time, or stamped anew; never a loop.

use drawbridge_protocol::{CellName, Code, Retry};

use super::*;

fn refusal(id: u64, named: Option<CellKey>, code: Code, retry: Retry) -> Refused {
    Refused {
        id: Some(id),
        cell: named.map(CellName::from),
        ..Refused::new(code, "No.", retry)
    }
}

/// Writes the cells as one interaction.
fn write(rig: &mut Rig, cells: &[Cell], ends: &[&str]) -> Write {
    rig.input(Input::Write {
        cells: cells.to_vec(),
        ends: ends.iter().map(|name| slot(name)).collect(),
    });
    rig.only_write()
}

fn three(ms: u64) -> Vec<Cell> {
    (0..3)
        .map(|n| cell(&format!("e{n}"), "base", at(ms + n, 1), "{}"))
        .collect()
}

#[test]
fn f1_a_refused_cell_is_parked_and_the_rest_goes_through() {
    let mut rig = Rig::new();
    rig.join();
    let cells = three(RELAY_MS);
    let first = write(&mut rig, &cells, &["e0"]);
    rig.refuse(refusal(
        first.id,
        Some(key("e1", "base")),
        Code::BadCell,
        Retry::Never,
    ));
    let second = rig.only_write();
    assert_eq!(second.cells, [cells[0].clone(), cells[2].clone()]);
    assert_eq!(second.ends, [slot("e0")], "a refused write has ended nothing");
    rig.ack(second.id);
    assert_eq!((rig.status().waiting, rig.status().parked.len()), (0, 1));
    rig.pass_ms(100);

    let mut again = Rig::over(rig.store, 2);
    assert_eq!(again.status().parked.len(), 1, "it is parked durably");
    again.welcome(true, |_| {});
    again.caught_up("e-0");
    let sent: usize = again.take_writes().iter().map(|write| write.cells.len()).sum();
    assert_eq!(sent, 2, "the unsettled ones, and not the parked one");
}

#[test]
fn f1_a_newer_own_write_unparks_and_so_does_the_person() {
    let mut rig = Rig::new();
    rig.join();
    let first = write(&mut rig, &three(RELAY_MS)[..1], &[]);
    rig.refuse(refusal(
        first.id,
        Some(key("e0", "base")),
        Code::BoardFull,
        Retry::Changed,
    ));
    assert_eq!((rig.take_writes(), rig.status().parked.len()), (vec![], 1));
    rig.input(Input::RetryParked);
    rig.pass_ms(1);
    let second = rig.only_write();
    rig.refuse(refusal(
        second.id,
        Some(key("e0", "base")),
        Code::BoardFull,
        Retry::Changed,
    ));
    rig.draw("e0", "base", "{\"smaller\":1}", &[]);
    assert_eq!(rig.only_write().cells[0].value.as_str(), "{\"smaller\":1}");
    assert_eq!(rig.status().parked, []);
}

#[test]
fn f1_a_refusal_that_names_no_cell_ends_too() {
    let mut rig = Rig::new();
    rig.join();
    let mut open = vec![write(&mut rig, &three(RELAY_MS), &[])];
    let mut refusals = 0;
    while let Some(next) = open.pop() {
        // The relay dislikes e1 and doesn't say so.
        if next.cells.iter().any(|cell| cell.element.as_str() == "e1") {
            refusals += 1;
            assert!(refusals < 10, "a loop");
            rig.refuse(refusal(next.id, None, Code::Unknown, Retry::Never));
        } else {
            rig.ack(next.id);
        }
        open.extend(rig.take_writes());
    }
    let status = rig.status();
    assert_eq!((status.waiting, status.parked.len()), (0, 1));
    assert_eq!(status.parked[0].key, key("e1", "base"));
}

#[test]
fn f1_a_write_refused_for_a_while_goes_again_whole_and_not_before() {
    let mut rig = Rig::new();
    rig.join();
    let cells = three(RELAY_MS);
    let first = write(&mut rig, &cells, &[]);
    rig.refuse(refusal(
        first.id,
        Some(key("e1", "base")),
        Code::StoreFull,
        Retry::After(5_000),
    ));
    rig.pass_ms(4_999);
    assert_eq!(rig.take_writes(), []);
    assert!(rig.status().held_up.is_some(), "the person is told why it waits");
    rig.pass_ms(1);
    let again = rig.only_write();
    assert_eq!(again.cells, cells);
    assert!(rig.status().held_up.is_some(), "until the relay takes something");
    rig.ack(again.id);
    assert_eq!(rig.status().held_up, None);
}

#[test]
fn f1_a_wait_of_nothing_is_still_no_loop() {
    let mut rig = Rig::new();
    rig.join();
    let first = write(&mut rig, &three(RELAY_MS), &[]);
    rig.refuse(refusal(first.id, None, Code::StoreFull, Retry::After(0)));
    assert_eq!(rig.take_writes(), []);
    rig.pass_ms(1_000);
    let id = rig.only_write().id;
    rig.refuse(refusal(id, None, Code::StoreFull, Retry::After(u64::MAX)));
    rig.pass(Duration::from_secs(1));
    assert_eq!(rig.take_writes(), []);
}

#[test]
fn t3_own_early_cells_are_stamped_anew_in_order_above_what_they_overwrote() {
    let mut rig = Rig::new();
    rig.join();
    // Within what the relay takes, and above what this machine will stamp.
    let theirs = cell("e1", "base", at(RELAY_MS + 50_000, 9), "{\"old\":1}");
    rig.cells("e-1", vec![theirs.clone()]);
    // The wall clock jumped by an hour while connected.
    rig.now.wall_ms += 3_600_000;
    let drawn: Vec<Cell> = (0..3)
        .map(|n| rig.draw(&format!("e{n}"), "base", "{}", &[]))
        .collect();
    let writes = rig.take_writes();
    for one in &writes {
        rig.refuse(refusal(
            one.id,
            Some(one.cells[0].key()),
            Code::StampAhead,
            Retry::After(3_500_000),
        ));
    }
    rig.pass_ms(100);
    let again = rig.take_writes();
    let stamps: Vec<Stamp> = (0..3).map(|n| rig.state(&format!("e{n}"), "base").1).collect();
    assert!(
        stamps.is_sorted() && stamps[0] < stamps[1] && stamps[1] < stamps[2],
        "{stamps:?}"
    );
    assert!(stamps[1] > theirs.stamp);
    assert!(
        stamps.iter().all(|stamp| stamp.ms <= RELAY_MS + 60_000),
        "{stamps:?}"
    );
    let mut sent: Vec<Stamp> = again
        .iter()
        .flat_map(|write| &write.cells)
        .map(|cell| cell.stamp)
        .collect();
    sent.sort();
    assert_eq!(sent, stamps, "each goes again, once, under its new stamp");
    let told: Vec<_> = rig
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Restamped(list) => Some(list.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    let expected: Vec<_> = drawn
        .iter()
        .zip(&stamps)
        .map(|(cell, after)| (cell.key(), cell.stamp, *after))
        .collect();
    assert_eq!(told, expected);
    let next = rig.draw("e9", "base", "{}", &[]);
    assert!(next.stamp.ms <= RELAY_MS + 60_000, "the clock is right again");
    assert!(next.stamp > stamps[2]);
}

#[test]
fn t3_an_own_early_cell_stays_above_what_came_while_it_was_on_its_way() {
    let mut rig = Rig::new();
    rig.join();
    rig.now.wall_ms += 3_600_000;
    rig.draw("a", "color", "\"blue\"", &[]);
    let first = rig.only_write();
    // It lost against the early one here, so it would win against the one stamped anew on the relay, for ever.
    let theirs = cell("a", "color", at(RELAY_MS + 50_000, 9), "\"red\"");
    rig.cells("e-1", vec![theirs.clone()]);
    let ahead = refusal(
        first.id,
        Some(key("a", "color")),
        Code::StampAhead,
        Retry::After(1_000),
    );
    rig.refuse(ahead);
    assert!(rig.only_write().cells[0].stamp > theirs.stamp);
}

#[test]
fn t3_an_own_early_cell_stays_above_an_acknowledged_one_that_it_overwrote() {
    let mut rig = Rig::new();
    rig.join();
    rig.now.wall_ms += 50_000;
    let first = rig.draw("a", "color", "\"red\"", &[]);
    let taken = rig.only_write();
    rig.now.wall_ms += 3_600_000;
    rig.draw("a", "color", "\"blue\"", &[]);
    let refused = rig.only_write();
    rig.ack(taken.id);
    let ahead = refusal(
        refused.id,
        Some(key("a", "color")),
        Code::StampAhead,
        Retry::After(1_000),
    );
    rig.refuse(ahead);
    let again = rig.only_write();
    assert!(again.cells[0].stamp > first.stamp);
    rig.cells("e-1", vec![first]);
    rig.cells("e-2", again.cells.clone());
    assert_eq!(again.cells[0].value.as_str(), "\"blue\"");
    assert_eq!(rig.status().waiting, 0);
    assert_eq!(rig.session.cells().iter().collect::<Vec<_>>(), again.cells);
}

#[test]
fn t3_the_floor_of_a_fresh_cell_survives_a_restart() {
    let mut rig = Rig::new();
    rig.join();
    let theirs = cell("a", "color", at(RELAY_MS + 50_000, 9), "\"red\"");
    rig.cells("e-1", vec![theirs.clone()]);
    rig.input(Input::SetOnline(false));
    rig.now.wall_ms += 3_600_000;
    rig.draw("a", "color", "\"blue\"", &[]);
    rig.draw("a", "color", "\"green\"", &[]);
    rig.pass_ms(100);

    let mut again = Rig::over(rig.store, 2);
    again.welcome(true, |_| {});
    again.caught_up("e-1");
    let first = again.only_write();
    assert_eq!(first.cells[0].value.as_str(), "\"green\"");
    again.refuse(refusal(
        first.id,
        Some(key("a", "color")),
        Code::StampAhead,
        Retry::After(60_000),
    ));
    let stamp = again.only_write().cells[0].stamp;
    assert!(theirs.stamp < stamp && stamp < first.cells[0].stamp, "{stamp:?}");
}

#[test]
fn t3_anybody_elses_early_cell_waits_and_the_rest_does_not() {
    let mut rig = Rig::new();
    rig.join();
    let early = cell("a", "base", at(RELAY_MS + 600_000, 9), "{}");
    let fine = cell("b", "base", at(RELAY_MS, 9), "{}");
    rig.cells("e-1", vec![early.clone(), fine.clone()]);
    rig.reconnect();
    rig.welcome(false, |_| {});
    rig.caught_up("f-0");
    rig.pass(Duration::from_secs(2));
    let first = rig.only_write();
    rig.refuse(refusal(
        first.id,
        Some(key("a", "base")),
        Code::StampAhead,
        Retry::After(5_000),
    ));
    let second = rig.only_write();
    assert_eq!(second.cells, [fine]);
    rig.ack(second.id);
    rig.pass_ms(4_999);
    assert_eq!(rig.take_writes(), []);
    rig.pass_ms(1);
    assert_eq!(rig.only_write().cells, [early], "with the stamp it had");
    assert_eq!(rig.status().waiting, 1);
}

#[test]
fn t3_an_own_cell_that_was_acknowledged_is_never_stamped_anew() {
    let mut rig = Rig::new();
    rig.join();
    rig.now.wall_ms += 3_600_000;
    let drawn = rig.draw("a", "base", "{}", &[]);
    let first = rig.only_write();
    rig.ack(first.id);
    rig.reconnect();
    rig.welcome(false, |_| {});
    rig.caught_up("f-0");
    rig.pass(Duration::from_secs(2));
    let second = rig.only_write();
    rig.refuse(refusal(
        second.id,
        Some(key("a", "base")),
        Code::StampAhead,
        Retry::After(1_000),
    ));
    assert_eq!(rig.take_writes(), []);
    rig.pass_ms(1_000);
    assert_eq!(rig.only_write().cells, [drawn]);
}

#[test]
fn f1_another_relay_is_offered_what_the_first_one_refused() {
    let mut rig = Rig::new();
    rig.join();
    let first = write(&mut rig, &three(RELAY_MS)[..1], &[]);
    rig.refuse(refusal(
        first.id,
        Some(key("e0", "base")),
        Code::BoardFull,
        Retry::Changed,
    ));
    assert_eq!(rig.status().parked.len(), 1);
    let link = LINK.replace("relay", "other").parse().expect("a link");
    rig.input(Input::SetRemote(Some(Remote { link, create: true })));
    assert_eq!((rig.status().parked.len(), rig.status().waiting), (0, 1));
    rig.take_sent();
    rig.welcome(false, |_| {});
    rig.caught_up("f-0");
    rig.pass(Duration::from_secs(2));
    assert_eq!(rig.only_write().cells, first.cells);
}

#[test]
fn answers_to_writes_that_nobody_made_do_nothing() {
    let mut rig = Rig::new();
    rig.join();
    let first = write(&mut rig, &three(RELAY_MS), &[]);
    rig.ack(999);
    rig.refuse(refusal(998, Some(key("e0", "base")), Code::BadCell, Retry::Never));
    rig.refuse(refusal(
        first.id,
        Some(key("unheard", "of")),
        Code::BadCell,
        Retry::After(1_000),
    ));
    rig.refuse(Refused::new(Code::UnknownMessage, "What?", Retry::Never));
    assert!(rig.live_phase());
    rig.pass_ms(1_000);
    assert_eq!(rig.only_write().cells.len(), 3);
}
