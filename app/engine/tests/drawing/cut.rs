//! The cutter: takes parts of strokes and lines away.

use drawbridge_engine::document::{Head, Kind};
use drawbridge_engine::editor::{Edit, StyleChange};
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

#[test]
fn pieces_stand_where_the_whole_stood_also_when_it_was_seen_to_be_cut() {
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
fn a_stroke_that_was_made_small_is_cut_as_exactly_as_it_lies() {
    let mut ada = Person::new(1);
    ada.edit(&Edit::Style(StyleChange::Width(0.05)));
    ada.drag(&[(0.0, 0.0), (100.0, 33.0), (200.0, 0.0), (300.0, 33.0)]);
    ada.editor.set_tool(Tool::Select);
    ada.edit(&Edit::SelectAll);
    ada.frame();
    ada.drag(&[(300.0, 33.0), (150.0, 16.0), (3.0, 0.33)]);
    let [x0, y0, ..] = ada.frames()[0];
    let before = ada.shown()[0].placed();
    ada.editor.camera_mut().zoom_to(Point::new(x0, y0), 64.0);
    ada.with(Tool::Cutter, &[(96.0, -50.0), (96.0, 50.0)]);
    let after: Vec<Point> = ada
        .shown()
        .iter()
        .flat_map(|e| e.placed())
        .map(|p| p.pos)
        .collect();
    assert!(after.len() > 3);
    for end in [before[0].pos, before[before.len() - 1].pos] {
        let near = after
            .iter()
            .map(|p| p.distance(end))
            .fold(f64::INFINITY, f64::min);
        assert!(near < 0.01, "{end} {after:?}");
    }
}

#[test]
fn of_a_long_smooth_line_all_that_is_left_can_be_read() {
    let mut ada = Person::new(1);
    let points: String = (0..1500)
        .map(|n| if n % 2 == 0 { " 400 2000" } else { " 400-2000" })
        .collect();
    let base = format!(
        "{{\"kind\":\"line\",\"order\":\"a0\",\"width\":4,\"step\":0.25,\"points\":\"0 0{points}\"}}"
    );
    let cell = drawbridge_protocol::Cell {
        element: drawbridge_protocol::ElementId::new("long").expect("an id"),
        prop: drawbridge_protocol::Property::base(),
        stamp: ada.stamp(),
        value: drawbridge_protocol::Value::from_text(base).expect("json"),
    };
    ada.hear(&[cell]);
    let end = ada.frames()[0][2];
    ada.with(Tool::Cutter, &[(50.0, 0.0), (50.0, 500.0)]);
    let reach = ada.frames().iter().map(|f| f[2]).fold(0.0, f64::max);
    assert!(ada.shown().len() > 1);
    assert!((reach - end).abs() < 1.0, "{reach} of {end}");
}
