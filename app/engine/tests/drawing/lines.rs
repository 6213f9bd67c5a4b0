//! Line and arrow: dragged, or point by point; and their points afterwards.

use drawbridge_engine::document::{Head, Kind};
use drawbridge_engine::editor::Edit;
use drawbridge_engine::tools::{Event, Grip, Tool};
use drawbridge_protocol::SlotOp;

use crate::person::Person;

fn clicks(ada: &mut Person, tool: Tool, points: &[(f64, f64)]) {
    ada.editor.set_tool(tool);
    for (x, y) in points {
        ada.to(*x, *y);
        ada.click(*x, *y);
    }
}

#[test]
fn a_drag_is_a_line_of_two_points_and_an_arrow_has_a_head() {
    let mut ada = Person::new(1);
    ada.with(Tool::Line, &[(0.0, 0.0), (40.0, 40.0), (100.0, 50.0)]);
    ada.with(Tool::Arrow, &[(0.0, 100.0), (100.0, 150.0)]);
    assert_eq!(ada.points(0), [(0.0, 0.0), (100.0, 50.0)]);
    assert_eq!(ada.points(1), [(0.0, 100.0), (100.0, 150.0)]);
    let heads: Vec<(Head, Head)> = ada.shown().iter().map(|e| (e.style.start, e.style.end)).collect();
    assert_eq!(heads, [(Head::None, Head::None), (Head::None, Head::Arrow)]);
    assert!(ada.shown().iter().all(|e| e.kind == Kind::Line));
    assert_eq!((ada.writes.len(), ada.selected()), (2, vec![1]));
}

#[test]
fn shift_turns_it_in_steps_of_15_degrees() {
    let mut ada = Person::new(1);
    ada.keys.shift = true;
    ada.with(Tool::Line, &[(0.0, 0.0), (100.0, 4.0)]);
    ada.with(Tool::Line, &[(0.0, 0.0), (100.0, 110.0)]);
    assert_eq!(ada.points(0), [(0.0, 0.0), (100.0, 0.0)]);
    assert_eq!(ada.points(1), [(0.0, 0.0), (105.0, 105.0)]);
}

#[test]
fn clicks_set_points_and_a_click_on_the_last_ends_it() {
    let mut ada = Person::new(1);
    clicks(&mut ada, Tool::Line, &[(0.0, 0.0), (50.0, 0.0), (50.0, 80.0)]);
    assert!(ada.writes.is_empty() && !ada.editor.state().is_idle());
    ada.to(200.0, 200.0);
    ada.frame();
    assert!(ada.seen()[0][2] > 190.0, "the next point follows the pointer");
    ada.to(50.0, 80.0);
    ada.click(50.0, 80.0);
    assert_eq!(ada.points(0), [(0.0, 0.0), (50.0, 0.0), (50.0, 80.0)]);
    assert_eq!((ada.writes.len(), ada.editor.tool()), (1, Tool::Select));
}

#[test]
fn enter_ends_it_without_the_point_that_is_not_set() {
    let mut ada = Person::new(1);
    clicks(&mut ada, Tool::Arrow, &[(0.0, 0.0), (50.0, 0.0)]);
    ada.to(300.0, 300.0);
    ada.event(Event::Confirm);
    assert_eq!(ada.points(0), [(0.0, 0.0), (50.0, 0.0)]);
}

#[test]
fn escape_leaves_no_trace_of_any_point_and_a_single_point_is_no_line() {
    let mut ada = Person::new(1);
    clicks(&mut ada, Tool::Line, &[(0.0, 0.0), (50.0, 0.0), (50.0, 80.0)]);
    ada.frame();
    ada.event(Event::Cancel);
    ada.frame();
    assert!(ada.seen().is_empty() && ada.writes.is_empty());
    assert_eq!(ada.live.last().map(|(_, op)| op.clone()), Some(SlotOp::Clear));
    for end in [Event::Confirm, Event::Lost] {
        clicks(&mut ada, Tool::Line, &[(0.0, 0.0)]);
        ada.event(end);
        assert!(ada.editor.state().is_idle() && ada.seen().is_empty() && ada.writes.is_empty());
    }
}

#[test]
fn when_the_window_is_lost_the_points_that_are_set_stay() {
    let mut ada = Person::new(1);
    clicks(&mut ada, Tool::Line, &[(0.0, 0.0), (50.0, 0.0), (50.0, 80.0)]);
    ada.to(90.0, 90.0);
    ada.event(Event::Lost);
    assert_eq!(ada.points(0), [(0.0, 0.0), (50.0, 0.0), (50.0, 80.0)]);
}

/// A selected line from (0, 0) to (100, 0).
fn line() -> Person {
    let mut ada = Person::new(1);
    ada.with(Tool::Line, &[(0.0, 0.0), (100.0, 0.0)]);
    ada.writes.clear();
    ada
}

#[test]
fn a_points_grip_moves_it_and_writes_the_points_alone() {
    let mut ada = line();
    let grips: Vec<Grip> = ada.editor.grips().into_iter().map(|(grip, _)| grip).collect();
    assert_eq!(grips, [Grip::Point(0), Grip::Point(1), Grip::Middle(0)]);
    ada.drag(&[(100.0, 0.0), (100.0, 50.0)]);
    assert_eq!(ada.points(0), [(0.0, 0.0), (100.0, 50.0)]);
    let cells = &ada.writes[0].0;
    assert_eq!((cells.len(), cells[0].prop.as_str()), (1, "points"));
    ada.undo();
    assert_eq!(ada.points(0), [(0.0, 0.0), (100.0, 0.0)]);
    ada.redo();
    assert_eq!(ada.points(0), [(0.0, 0.0), (100.0, 50.0)]);
}

#[test]
fn its_middle_is_pulled_out_into_a_new_point_and_back_onto_a_neighbour_it_goes() {
    let mut ada = line();
    ada.drag(&[(50.0, 0.0), (50.0, 40.0)]);
    assert_eq!(ada.points(0), [(0.0, 0.0), (50.0, 40.0), (100.0, 0.0)]);
    ada.frame();
    ada.drag(&[(50.0, 40.0), (70.0, 20.0), (99.0, 1.0)]);
    assert_eq!(ada.points(0), [(0.0, 0.0), (100.0, 0.0)]);
}

#[test]
fn others_see_a_point_move_and_then_where_it_stays() {
    let (mut ada, mut bob) = (line(), Person::new(2));
    bob.hear(&ada.cells());
    ada.down(100.0, 0.0);
    ada.to(100.0, 50.0);
    ada.frame();
    assert!(ada.live.iter().all(|(_, op)| !matches!(op, SlotOp::Add(_))));
    for (slot, op) in std::mem::take(&mut ada.told) {
        bob.editor.remote_live(7, &slot, &op);
    }
    bob.frame();
    assert_eq!((ada.seen()[0], bob.seen()[0]), (bob.seen()[0], ada.seen()[0]));
    assert!(bob.seen()[0][3] > 50.0, "{:?}", bob.seen());
    ada.up(100.0, 60.0);
    bob.hear(&ada.writes[0].0);
    assert_eq!(bob.points(0), [(0.0, 0.0), (100.0, 60.0)]);
    assert_eq!(bob.seen(), ada.seen());
    assert_eq!(ada.writes[0].1.len(), 2, "the write ends both slots of the drag");
}

#[test]
fn a_moved_line_that_somebody_bends_keeps_both_changes() {
    let (mut ada, mut bob) = (line(), Person::new(2));
    bob.hear(&ada.cells());
    ada.edit(&Edit::Nudge(drawbridge_engine::geometry::Vec2::new(10.0, 5.0)));
    bob.edit(&Edit::SelectAll);
    bob.frame();
    bob.drag(&[(100.0, 0.0), (100.0, 50.0)]);
    let (a, b) = (ada.cells(), bob.cells());
    ada.hear(&b);
    bob.hear(&a);
    assert_eq!(ada.frames(), [[10.0, 5.0, 110.0, 55.0]]);
    assert_eq!(bob.frames(), ada.frames());
}

#[test]
fn a_line_that_somebody_deletes_is_let_go_of_while_it_is_bent() {
    let (mut ada, mut bob) = (line(), Person::new(2));
    bob.hear(&ada.cells());
    ada.down(100.0, 0.0);
    ada.to(100.0, 50.0);
    ada.frame();
    bob.edit(&Edit::SelectAll);
    bob.edit(&Edit::Delete);
    ada.hear(&bob.writes[0].0);
    ada.frame();
    assert!(ada.seen().is_empty(), "it goes from under the hand");
    ada.to(100.0, 60.0);
    ada.frame();
    assert!(ada.seen().is_empty());
    ada.up(100.0, 60.0);
    assert!(ada.writes.is_empty() && ada.seen().is_empty());
    let cleared = |n: usize| ada.told.iter().rev().nth(n).map(|(_, op)| op.clone());
    assert_eq!(
        (cleared(0), cleared(1)),
        (Some(SlotOp::Clear), Some(SlotOp::Clear))
    );
}

#[test]
fn another_tool_ends_a_line_that_is_drawn_by_clicks_where_it_was_set() {
    let mut ada = Person::new(1);
    clicks(&mut ada, Tool::Line, &[(0.0, 0.0), (50.0, 0.0), (50.0, 80.0)]);
    ada.to(90.0, 90.0);
    let effects = ada.editor.end_waiting();
    ada.took(effects);
    ada.editor.set_tool(Tool::Pen);
    assert!(ada.editor.state().is_idle());
    assert_eq!(ada.points(0), [(0.0, 0.0), (50.0, 0.0), (50.0, 80.0)]);
    assert_eq!((ada.editor.tool(), ada.selected()), (Tool::Pen, vec![]));
    // One under a pressed button goes on.
    ada.editor.set_tool(Tool::Line);
    ada.down(0.0, 200.0);
    ada.to(50.0, 200.0);
    let effects = ada.editor.end_waiting();
    ada.took(effects);
    assert!(!ada.editor.state().is_idle());
}
