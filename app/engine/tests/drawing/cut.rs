//! The cutter: takes parts of strokes and lines away.

use drawbridge_engine::document::{Head, Kind};
use drawbridge_engine::geometry::Point;
use drawbridge_engine::tools::{Event, Tool};

use crate::person::Person;

/// Whether any shown element covers a point of the board.
fn covered(ada: &Person, x: f64, y: f64) -> bool {
    let at = Point::new(x, y);
    ada.shown()
        .iter()
        .any(|e| e.mesh().is_some_and(|mesh| mesh.touches(at, at, 0.1)))
}

fn stroke() -> Person {
    let mut ada = Person::new(1);
    let way: Vec<(f64, f64)> = (0..=50).map(|n| (f64::from(n) * 4.0, 100.0)).collect();
    ada.drag(&way);
    ada.writes.clear();
    ada
}

#[test]
fn where_it_passes_a_stroke_is_gone_and_the_rest_is_two_of_the_same_kind() {
    let mut ada = stroke();
    let before = ada.shown()[0].clone();
    ada.with(Tool::Cutter, &[(100.0, 50.0), (100.0, 150.0)]);
    let shown = ada.shown();
    assert_eq!(shown.len(), 2);
    assert!(
        shown
            .iter()
            .all(|e| e.kind == Kind::Stroke && e.style == before.style)
    );
    assert!(!covered(&ada, 100.0, 100.0) && covered(&ada, 80.0, 100.0) && covered(&ada, 120.0, 100.0));
    assert!(
        covered(&ada, 1.0, 100.0) && covered(&ada, 199.0, 100.0),
        "its ends are as they were"
    );
    assert_eq!(
        ada.writes.len(),
        1,
        "one write: the whole goes, and what is left comes"
    );
    ada.undo();
    assert_eq!(ada.shown(), [before]);
    ada.redo();
    assert_eq!(ada.shown().len(), 2);
}

#[test]
fn it_is_seen_while_it_cuts_and_escape_or_a_lost_window_gives_all_back() {
    for end in [Event::Cancel, Event::Lost] {
        let mut ada = stroke();
        let seen = ada.seen();
        ada.editor.set_tool(Tool::Cutter);
        ada.down(100.0, 50.0);
        ada.to(100.0, 150.0);
        ada.frame();
        assert_eq!(ada.seen().len(), 2);
        ada.event(end);
        ada.frame();
        assert_eq!((ada.seen(), ada.writes.len()), (seen, 0));
        ada.up(100.0, 150.0);
        assert_eq!(ada.writes.len(), 0);
    }
}

#[test]
fn several_passes_in_one_sweep_cut_again_what_was_left() {
    let mut ada = stroke();
    ada.with(
        Tool::Cutter,
        &[(50.0, 50.0), (50.0, 150.0), (150.0, 150.0), (150.0, 50.0)],
    );
    assert_eq!((ada.shown().len(), ada.writes.len()), (3, 1));
    assert!(!covered(&ada, 50.0, 100.0) && covered(&ada, 100.0, 100.0) && !covered(&ada, 150.0, 100.0));
}

#[test]
fn all_along_a_stroke_nothing_is_left_of_it() {
    let mut ada = stroke();
    ada.with(Tool::Cutter, &[(-20.0, 100.0), (220.0, 100.0)]);
    assert_eq!((ada.shown().len(), ada.writes[0].0.len()), (0, 1));
}

#[test]
fn boxes_are_left_alone_and_a_cut_arrow_keeps_its_head_at_its_end() {
    let mut ada = Person::new(1);
    ada.rectangle((50.0, 0.0), (150.0, 60.0));
    ada.with(Tool::Arrow, &[(0.0, 100.0), (200.0, 100.0)]);
    ada.with(Tool::Cutter, &[(100.0, -50.0), (100.0, 150.0)]);
    let shown = ada.shown();
    assert_eq!(shown.len(), 3);
    assert_eq!(shown[0].kind, Kind::Rectangle);
    let ends: Vec<Head> = shown[1..].iter().map(|e| e.style.end).collect();
    assert_eq!(ends, [Head::None, Head::Arrow]);
}

#[test]
fn pieces_stand_where_the_whole_stood_in_the_stack() {
    let mut ada = stroke();
    ada.editor.set_tool(Tool::Pen);
    ada.drag(&[(0.0, 300.0), (50.0, 300.0)]);
    ada.editor.set_tool(Tool::Cutter);
    ada.down(100.0, 50.0);
    ada.to(100.0, 150.0);
    ada.frame();
    ada.up(100.0, 150.0);
    assert_eq!(ada.points(2)[0], (0.0, 300.0), "what was above is above");
}

#[test]
fn a_moved_stroke_is_cut_where_it_lies_now() {
    let mut ada = stroke();
    ada.editor.set_tool(Tool::Select);
    ada.click(20.0, 100.0);
    ada.drag(&[(20.0, 100.0), (20.0, 130.0), (20.0, 200.0)]);
    ada.with(Tool::Cutter, &[(100.0, 150.0), (100.0, 250.0)]);
    assert_eq!(ada.shown().len(), 2);
    assert!(!covered(&ada, 100.0, 200.0) && covered(&ada, 80.0, 200.0));
}
