//! Cells that a file of the same board brings.

use super::*;

fn brought(rig: &mut Rig, cells: &[Cell]) {
    rig.input(Input::Brought(cells.to_vec()));
}

/// What the window was told of cells.
fn told(rig: &mut Rig) -> Vec<Cell> {
    let events = std::mem::take(&mut rig.events);
    let cells = events.into_iter().filter_map(|event| match event {
        Event::Cells(cells) => Some(cells),
        _ => None,
    });
    cells.flatten().collect()
}

#[test]
fn what_a_file_brings_is_stored_then_offered_with_its_stamp_then_settled() {
    let mut rig = Rig::new();
    rig.join();
    rig.pass_ms(100);
    rig.take_sent();
    rig.hold_store();
    let theirs = cell("a", "base", at(RELAY_MS - 5000, 9), "{}");
    brought(&mut rig, std::slice::from_ref(&theirs));
    assert_eq!(
        told(&mut rig),
        std::slice::from_ref(&theirs),
        "it is seen at once"
    );
    assert_eq!((rig.status().unstored, rig.status().waiting), (1, 1));
    assert_eq!(rig.take_writes(), [], "not before it is on the disk");
    rig.release_store();
    assert_eq!(rig.only_write().cells, std::slice::from_ref(&theirs));
    assert_eq!(rig.state("a", "base"), (CellState::Waiting, theirs.stamp));
    rig.cells("e-1", vec![theirs]);
    rig.pass_ms(100);
    assert_eq!(rig.state("a", "base").0, CellState::Settled);
}

#[test]
fn offline_it_waits_for_the_next_connection() {
    let mut rig = Rig::new();
    let theirs = cell("a", "base", at(RELAY_MS - 5000, 9), "{}");
    brought(&mut rig, std::slice::from_ref(&theirs));
    rig.join();
    assert_eq!(rig.only_write().cells, [theirs]);
}

#[test]
fn of_a_file_s_cell_and_one_s_own_the_greater_stamp_wins_and_later_strokes_lie_above() {
    let mut rig = Rig::new();
    let old = rig.draw("a", "color", "\"red\"", &[]);
    let kept = rig.draw("b", "color", "\"red\"", &[]);
    let later = Stamp {
        ms: old.stamp.ms + 60_000,
        ..at(0, 9)
    };
    let earlier = at(RELAY_MS - 5000, 9);
    let wins = cell("a", "color", later, "\"blue\"");
    brought(&mut rig, &[wins.clone(), cell("b", "color", earlier, "\"blue\"")]);
    assert_eq!(told(&mut rig), [wins]);
    assert_eq!(rig.state("a", "color"), (CellState::Waiting, later));
    assert_eq!(rig.state("b", "color"), (CellState::Fresh, kept.stamp));
    assert!(rig.draw("a", "color", "\"green\"", &[]).stamp > later);
}
