//! The eraser: whole strokes, dimmed on the way, gone at the release.

use drawbridge_engine::tools::{Event, Tool};

use crate::person::Person;

/// Three upright lines at x = 0, 50 and 100.
fn fence() -> Person {
    let mut ada = Person::new(1);
    for x in [0.0, 50.0, 100.0] {
        ada.drag(&[(x, 0.0), (x, 100.0)]);
    }
    ada.writes.clear();
    ada
}

fn dimmed(ada: &Person) -> usize {
    let scene = ada.editor.scene();
    ada.shown()
        .iter()
        .filter(|e| scene.get(&e.id).expect("shown").dimmed)
        .count()
}

#[test]
fn d3_what_the_sweep_touches_is_dimmed_and_goes_at_the_release_in_one_write() {
    let mut ada = fence();
    ada.editor.set_tool(Tool::Eraser);
    ada.down(-30.0, 50.0);
    assert_eq!(dimmed(&ada), 0);
    // One long step: what lies between two events counts.
    ada.to(60.0, 50.0);
    assert_eq!((dimmed(&ada), ada.writes.len(), ada.shown().len()), (2, 0, 3));
    ada.up(60.0, 50.0);
    assert_eq!((ada.writes.len(), ada.shown().len(), dimmed(&ada)), (1, 1, 0));
    let cells = &ada.writes[0].0;
    assert_eq!(cells.len(), 2);
    assert!(
        cells
            .iter()
            .all(|c| c.prop.as_str() == "deleted" && c.value.as_str() == "true")
    );
}

#[test]
fn escape_and_a_lost_pointer_bring_everything_back() {
    for end in [Event::Cancel, Event::Lost] {
        let mut ada = fence();
        ada.editor.set_tool(Tool::Eraser);
        ada.down(-30.0, 50.0);
        ada.to(60.0, 50.0);
        ada.event(end);
        ada.up(200.0, 50.0);
        assert_eq!((dimmed(&ada), ada.writes.len(), ada.shown().len()), (0, 0, 3));
    }
}

#[test]
fn a_click_erases_what_is_under_it_and_a_miss_writes_nothing() {
    let mut ada = fence();
    ada.editor.set_tool(Tool::Eraser);
    ada.drag(&[(25.0, 50.0), (25.0, 50.0)]);
    assert_eq!((ada.writes.len(), ada.shown().len()), (0, 3));
    ada.drag(&[(53.0, 50.0), (53.0, 50.0)]);
    assert_eq!((ada.writes.len(), ada.shown().len()), (1, 2));
}

#[test]
fn with_ctrl_the_pen_is_the_eraser_meanwhile() {
    let mut ada = fence();
    ada.keys.ctrl = true;
    ada.down(-10.0, 50.0);
    ada.keys.ctrl = false;
    ada.to(10.0, 50.0);
    ada.up(10.0, 50.0);
    assert_eq!(ada.shown().len(), 2);
    ada.drag(&[(0.0, 20.0), (10.0, 20.0)]);
    assert_eq!(ada.shown().len(), 3, "without ctrl it draws again");
}

#[test]
fn what_somebody_else_has_erased_meanwhile_is_not_erased_again() {
    let (mut ada, mut bob) = (fence(), Person::new(2));
    bob.hear(&ada.cells());
    ada.editor.set_tool(Tool::Eraser);
    bob.editor.set_tool(Tool::Eraser);
    ada.down(-10.0, 50.0);
    ada.to(60.0, 50.0);
    bob.drag(&[(0.0, 10.0), (0.0, 20.0)]);
    ada.hear(&bob.cells());
    ada.up(60.0, 50.0);
    assert_eq!(ada.writes[0].0.len(), 1);
    assert_eq!(ada.shown().len(), 1);
    ada.undo();
    assert_eq!(ada.shown().len(), 2, "what Bob erased stays erased");
}
