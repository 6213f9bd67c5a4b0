//! Lines that hold on to things: bound by drawing over them, following them, let go of; for others, too.

use drawbridge_engine::clip;
use drawbridge_engine::document::{Element, Kind, Route};
use drawbridge_engine::editor::{Align, Axis, Edit, StyleChange};
use drawbridge_engine::geometry::{Point, Vec2};
use drawbridge_engine::tools::{Event, Grip, Keystroke, Tool};
use drawbridge_protocol::{Cell, ElementId, Property, SlotOp, Value};
use proptest::prelude::*;

use crate::person::Person;

/// Two boxes, from (0, 0) to (100, 100) and from (300, 0) to (400, 100), and an arrow from the middle of the one to that of
/// the other.
fn bound() -> Person {
    let mut ada = Person::new(1);
    ada.rectangle((0.0, 0.0), (100.0, 100.0));
    ada.rectangle((300.0, 0.0), (400.0, 100.0));
    ada.with(Tool::Arrow, &[(52.0, 49.0), (200.0, 60.0), (349.0, 51.0)]);
    ada.edit(&Edit::SelectNone);
    ada.writes.clear();
    ada.told.clear();
    ada
}

/// Where an arrow between them ends: a gap of its width before the outlines, whose own line is as wide.
const ENDS: [(f64, f64); 2] = [(106.0, 50.0), (294.0, 50.0)];

/// What the ends hold on to, by numbers in the stack.
fn ties(who: &Person, index: usize) -> [Option<usize>; 2] {
    let shown = who.shown();
    let number = |id: &ElementId| shown.iter().position(|e| e.id == *id);
    shown[index]
        .ties
        .clone()
        .map(|tie| tie.and_then(|tie| number(&tie.id)))
}

fn props(cells: &[Cell]) -> Vec<&str> {
    cells.iter().map(|cell| cell.prop.as_str()).collect()
}

/// Bob hears all that Ada told of her hand.
fn tell(ada: &mut Person, bob: &mut Person) {
    for (slot, op) in ada.live.drain(..).chain(ada.told.drain(..)) {
        bob.editor.remote_live(7, &slot, &op);
    }
    bob.frame();
}

fn select(who: &mut Person, indices: &[usize]) {
    who.editor.set_tool(Tool::Select);
    who.edit(&Edit::SelectNone);
    let shown = who.shown();
    for index in indices {
        let bounds = shown[*index].frame();
        who.keys.shift = true;
        // On the line, or on the left edge.
        let at = match shown[*index].kind {
            Kind::Line => {
                let seen = who.seen_points(*index);
                Point::from(seen[0]).midpoint(seen[1].into())
            }
            Kind::Stroke => bounds.center(),
            _ => Point::new(bounds.x0, bounds.center().y + 20.0),
        };
        who.click(at.x, at.y);
    }
    who.keys.shift = false;
    assert_eq!(who.selected(), indices);
}

#[test]
fn d30_an_arrow_drawn_from_one_thing_to_another_holds_on_to_both_and_follows_without_a_write() {
    let mut ada = bound();
    assert_eq!(ties(&ada, 2), [Some(0), Some(1)]);
    assert_eq!(ada.seen_points(2), ENDS);
    assert_eq!(ada.points(2), ENDS, "as it is seen, so it is written");
    select(&mut ada, &[1]);
    ada.edit(&Edit::Nudge(Vec2::new(0.0, 200.0)));
    assert_eq!(ada.points(2), ENDS);
    let seen = ada.seen_points(2);
    assert!(seen[0].1 > 50.0 && seen[1].1 > 190.0, "{seen:?}");
    assert_eq!(props(&ada.writes[0].0), ["place"], "nobody writes the arrow");
    // What is seen is what is hit.
    let middle = Point::from(seen[0]).midpoint(seen[1].into());
    assert_eq!(ada.editor.pick(middle), Some(ada.shown()[2].id.clone()));
    assert_eq!(ada.editor.pick(Point::new(150.0, 50.0)), None);
    ada.undo();
    assert_eq!(ada.seen_points(2), ENDS);
}

#[test]
fn d31_it_follows_what_is_resized_turned_and_mirrored_at_the_point_that_it_aims_at() {
    let mut ada = bound();
    select(&mut ada, &[1]);
    ada.edit(&Edit::Resize(Vec2::new(0.0, 100.0)));
    let seen = ada.seen_points(2);
    assert!(seen[1].1 > 90.0, "its middle is lower: {seen:?}");
    ada.undo();
    ada.edit(&Edit::Rotate(std::f64::consts::FRAC_PI_4));
    let seen = ada.seen_points(2);
    assert!(
        (275.0..290.0).contains(&seen[1].0),
        "its corner is to the left: {seen:?}"
    );
}

#[test]
fn d30_ctrl_draws_freely_and_what_is_drawn_within_one_thing_is_no_arrow_to_it() {
    let mut ada = bound();
    ada.keys.ctrl = true;
    ada.with(Tool::Arrow, &[(50.0, 20.0), (350.0, 20.0)]);
    ada.keys.ctrl = false;
    assert_eq!(
        (ties(&ada, 3), ada.seen_points(3)),
        ([None, None], vec![(50.0, 20.0), (350.0, 20.0)])
    );
    ada.with(Tool::Line, &[(20.0, 20.0), (80.0, 80.0)]);
    assert_eq!(ties(&ada, 4), [None, None]);
    ada.with(Tool::Line, &[(20.0, 20.0), (20.0, 300.0)]);
    assert_eq!(ties(&ada, 5), [Some(0), None]);
}

#[test]
fn d30_of_what_lies_one_inside_the_other_the_smallest_that_is_not_covered_is_meant() {
    let mut ada = Person::new(1);
    ada.rectangle((0.0, 0.0), (50.0, 50.0));
    ada.rectangle((-100.0, -100.0), (150.0, 150.0));
    ada.with(Tool::Arrow, &[(25.0, 25.0), (400.0, 25.0)]);
    assert_eq!(ties(&ada, 2), [Some(0), None]);
    select(&mut ada, &[1]);
    ada.edit(&Edit::Style(StyleChange::Fill(Some(
        "red".parse().expect("a colour"),
    ))));
    ada.with(Tool::Arrow, &[(25.0, 25.0), (400.0, 25.0)]);
    assert_eq!(ties(&ada, 3), [Some(1), None]);
    // Neither ink nor a line is held on to.
    ada.with(Tool::Pen, &[(600.0, 0.0), (650.0, 0.0), (700.0, 0.0)]);
    ada.with(Tool::Arrow, &[(650.0, 0.0), (650.0, 100.0)]);
    assert_eq!(ties(&ada, 5), [None, None]);
}

#[test]
fn d30_an_end_is_pulled_off_and_onto_another_in_one_step_and_others_see_it_hold_on_meanwhile() {
    let (mut ada, mut bob) = (bound(), Person::new(2));
    ada.rectangle((300.0, 200.0), (400.0, 300.0));
    bob.hear(&ada.cells());
    select(&mut ada, &[2]);
    ada.writes.clear();
    ada.told.clear();
    ada.down(294.0, 50.0);
    ada.to(294.0, 150.0);
    ada.frame();
    assert_eq!(ada.editor.aims(), []);
    tell(&mut ada, &mut bob);
    assert_eq!(bob.seen_points(2)[1], (294.0, 150.0));
    ada.to(350.0, 250.0);
    ada.frame();
    assert_eq!(ada.editor.aims().len(), 1, "what it would hold on to is shown");
    tell(&mut ada, &mut bob);
    assert_eq!(bob.seen_points(2), ada.seen_points(2));
    let end = bob.seen_points(2)[1];
    assert!(end.0 <= 296.0 && end.1 < 230.0, "at its outline: {end:?}");
    ada.up(350.0, 250.0);
    assert_eq!(props(&ada.writes[0].0), ["points", "to"]);
    assert_eq!(ties(&ada, 2), [Some(0), Some(3)]);
    bob.hear(&ada.writes[0].0);
    assert_eq!(bob.seen_points(2), ada.seen_points(2));
    assert_eq!(bob.seen(), ada.seen());
    ada.undo();
    assert_eq!(
        (ties(&ada, 2), ada.seen_points(2)),
        ([Some(0), Some(1)], ENDS.to_vec())
    );
    ada.redo();
    // Onto the bare board, and given up.
    ada.frame();
    let end = ada.seen_points(2)[1];
    ada.drag(&[end, (600.0, 300.0)]);
    assert_eq!(
        (ties(&ada, 2), ada.seen_points(2)[1]),
        ([Some(0), None], (600.0, 300.0))
    );
    ada.down(600.0, 300.0);
    ada.to(350.0, 50.0);
    ada.event(Event::Cancel);
    ada.frame();
    assert_eq!(ada.seen_points(2)[1], (600.0, 300.0));
}

#[test]
fn d33_moved_alone_it_lets_go_and_moved_with_one_that_it_holds_on_to_it_does_not() {
    let (mut ada, mut bob) = (bound(), Person::new(2));
    bob.hear(&ada.cells());
    select(&mut ada, &[0, 2]);
    ada.drag(&[(0.0, 75.0), (0.0, 175.0)]);
    assert_eq!(ties(&ada, 2), [Some(0), Some(1)]);
    assert!(
        ada.seen_points(2)[0].1 > 120.0 && ada.seen_points(2)[1].1 < 80.0,
        "{:?}",
        ada.seen_points(2)
    );
    ada.undo();
    select(&mut ada, &[2]);
    ada.told.clear();
    ada.down(170.0, 50.0);
    ada.to(170.0, 150.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    let moved = vec![(106.0, 150.0), (294.0, 150.0)];
    assert_eq!(
        (ada.seen_points(2), bob.seen_points(2)),
        (moved.clone(), moved.clone())
    );
    ada.up(170.0, 150.0);
    let cells = ada.writes.last().expect("a write").0.clone();
    assert_eq!(props(&cells), ["points", "from", "to"]);
    bob.hear(&cells);
    assert_eq!((ties(&bob, 2), bob.seen_points(2)), ([None, None], moved));
    ada.undo();
    assert_eq!(
        (ties(&ada, 2), ada.seen_points(2)),
        ([Some(0), Some(1)], ENDS.to_vec())
    );
    // With keys, too.
    ada.edit(&Edit::Nudge(Vec2::new(0.0, 10.0)));
    ada.edit(&Edit::Nudge(Vec2::new(0.0, 10.0)));
    assert_eq!(
        (ties(&ada, 2), ada.seen_points(2)[0]),
        ([None, None], (106.0, 70.0))
    );
    ada.undo();
    assert_eq!(ties(&ada, 2), [Some(0), Some(1)]);
}

#[test]
fn d33_a_selection_with_all_of_it_is_arranged_and_the_arrow_follows() {
    for edit in [
        Edit::Flip(Axis::Across),
        Edit::Rotate(1.0),
        Edit::Resize(Vec2::new(50.0, 30.0)),
        Edit::Align(Align::Right),
        Edit::Distribute(Axis::Across),
    ] {
        let mut ada = bound();
        ada.rectangle((600.0, 30.0), (700.0, 130.0));
        ada.edit(&Edit::SelectAll);
        ada.edit(&edit);
        assert_eq!(ties(&ada, 2), [Some(0), Some(1)], "{edit:?}");
        let line = ada.writes.last().map(|(cells, _)| {
            let of_line = cells.iter().filter(|cell| cell.element == ada.shown()[2].id);
            of_line.map(|cell| cell.prop.to_string()).collect::<Vec<_>>()
        });
        let still = matches!(edit, Edit::Align(_) | Edit::Distribute(_));
        let expected = if still { vec![] } else { vec!["place".to_owned()] };
        assert_eq!(line, Some(expected), "{edit:?}");
    }
}

#[test]
fn d34_what_is_deleted_leaves_the_arrow_where_it_was_seen_and_comes_back_with_its_hold() {
    let (mut ada, mut bob) = (bound(), Person::new(2));
    bob.hear(&ada.cells());
    // Somebody else moves it, so what is written of the arrow is old.
    select(&mut bob, &[1]);
    bob.edit(&Edit::Nudge(Vec2::new(0.0, 200.0)));
    ada.hear(&bob.writes[0].0);
    let seen = ada.seen_points(2);
    select(&mut ada, &[1]);
    ada.edit(&Edit::Delete);
    let cells = ada.writes[0].0.clone();
    assert_eq!(props(&cells), ["deleted", "points"]);
    bob.hear(&cells);
    let near = |a: (f64, f64), b: (f64, f64)| Point::from(a).distance(b.into()) < 0.3;
    for who in [&ada, &bob] {
        let now = who.seen_points(1);
        assert!(
            near(now[0], seen[0]) && near(now[1], seen[1]),
            "{now:?} and {seen:?}"
        );
    }
    ada.undo();
    assert_eq!((ada.seen_points(2), ties(&ada, 2)), (seen, [Some(0), Some(1)]));
    assert_eq!(ada.points(2), ENDS, "what was written is as it was");
    // The eraser does the same, and undoing the birth of what it holds on to.
    ada.with(Tool::Eraser, &[(300.0, 300.0), (301.0, 300.0)]);
    assert_eq!(
        props(&ada.writes.last().expect("a write").0),
        ["deleted", "points"]
    );
}

#[test]
fn d34_what_is_not_there_yet_counts_as_none_until_it_comes() {
    let ada = bound();
    let mut bob = Person::new(2);
    let cells = ada.cells();
    let late = ada.shown()[1].id.clone();
    let (later, first): (Vec<Cell>, Vec<Cell>) = cells.into_iter().partition(|cell| cell.element == late);
    bob.hear(&first);
    assert_eq!(bob.seen_points(1), ENDS);
    bob.hear(&later);
    assert_eq!(bob.seen_points(2), ENDS);
    assert_eq!(bob.seen(), ada.seen());
}

#[test]
fn d31_two_who_move_both_its_ends_at_once_both_see_it_between_the_two() {
    let (mut ada, mut bob) = (bound(), Person::new(2));
    bob.hear(&ada.cells());
    select(&mut ada, &[0]);
    select(&mut bob, &[1]);
    ada.told.clear();
    bob.told.clear();
    ada.down(0.0, 75.0);
    ada.to(0.0, 275.0);
    ada.frame();
    bob.down(300.0, 75.0);
    bob.to(500.0, 75.0);
    bob.frame();
    let (a, b) = (std::mem::take(&mut ada.told), std::mem::take(&mut bob.told));
    for (slot, op) in &a {
        bob.editor.remote_live(7, slot, op);
    }
    for (slot, op) in &b {
        ada.editor.remote_live(8, slot, op);
    }
    ada.frame();
    bob.frame();
    assert_eq!(ada.seen_points(2), bob.seen_points(2));
    let between = ada.seen_points(2);
    assert!(between[0].1 > 190.0 && between[1].0 > 480.0, "{between:?}");
    ada.up(0.0, 275.0);
    bob.up(500.0, 75.0);
    let (a, b) = (ada.cells(), bob.cells());
    ada.hear(&b);
    bob.hear(&a);
    ada.editor.remote_gone(8);
    bob.editor.remote_gone(7);
    assert_eq!(
        (ada.seen_points(2), bob.seen_points(2)),
        (between.clone(), between)
    );
    assert_eq!(ada.points(2), ENDS, "nobody wrote it");
}

#[test]
fn d30_copied_with_what_it_holds_on_to_it_holds_on_to_the_copies_and_alone_it_stays_where_it_is() {
    let mut ada = bound();
    ada.edit(&Edit::SelectAll);
    ada.edit(&Edit::Duplicate);
    assert_eq!(
        (ties(&ada, 2), ties(&ada, 5)),
        ([Some(0), Some(1)], [Some(3), Some(4)])
    );
    let (mut bob, copy) = (Person::new(2), clip::write(&ada.editor.selected_elements()));
    bob.took_paste(clip::read(&copy).expect("ours"));
    assert_eq!(ties(&bob, 2), [Some(0), Some(1)]);
    let mut ada = bound();
    // Alone, after what it holds on to has moved.
    select(&mut ada, &[1]);
    ada.edit(&Edit::Nudge(Vec2::new(100.0, 0.0)));
    select(&mut ada, &[2]);
    ada.edit(&Edit::Duplicate);
    assert_eq!(
        (ties(&ada, 3), ada.seen_points(3)),
        ([None, None], vec![(122.0, 66.0), (410.0, 66.0)])
    );
    let copy = clip::write(&ada.editor.selected_elements());
    let element = &clip::read(&copy).expect("ours")[0];
    assert_eq!(element.placed()[1].pos, Point::new(410.0, 66.0));
    // Dragged with alt, with one of the two.
    let mut ada = bound();
    let mut bob = Person::new(2);
    bob.hear(&ada.cells());
    select(&mut ada, &[1, 2]);
    ada.told.clear();
    ada.keys.alt = true;
    ada.down(300.0, 75.0);
    ada.to(300.0, 375.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    let sorted = |who: &Person| {
        let mut seen = who.seen();
        seen.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        seen
    };
    assert_eq!(sorted(&bob), sorted(&ada));
    ada.up(300.0, 375.0);
    assert_eq!(ties(&ada, 4), [None, Some(3)]);
    assert_eq!(ada.seen_points(4)[0], (106.0, 350.0));
}

#[test]
fn d30_a_cut_leaves_each_end_what_it_held_on_to() {
    let mut ada = bound();
    ada.with(Tool::Cutter, &[(200.0, 20.0), (200.0, 80.0)]);
    assert_eq!((ties(&ada, 2), ties(&ada, 3)), ([Some(0), None], [None, Some(1)]));
}

#[test]
fn d32_a_right_angled_arrow_leaves_by_a_side_and_its_middle_piece_is_pulled_by_one_point() {
    let mut ada = bound();
    select(&mut ada, &[1]);
    ada.edit(&Edit::Nudge(Vec2::new(0.0, 60.0)));
    select(&mut ada, &[2]);
    ada.edit(&Edit::Style(StyleChange::Route(Route::Elbow)));
    assert_eq!(props(&ada.writes.last().expect("a write").0), ["route"]);
    ada.frame();
    let way = |ada: &Person| -> Vec<(f64, f64)> {
        let id = &ada.shown()[2].id;
        let mut line = ada
            .editor
            .scene()
            .element(ada.editor.document(), id)
            .expect("it is shown");
        line.style.corners = drawbridge_engine::document::Corners::Sharp;
        line.figure().way().iter().map(|p| (p.pos.x, p.pos.y)).collect()
    };
    assert_eq!(
        way(&ada),
        [(106.0, 50.0), (200.0, 50.0), (200.0, 110.0), (294.0, 110.0)]
    );
    let middle = ada
        .editor
        .grips()
        .into_iter()
        .find(|(grip, at)| matches!(grip, Grip::Middle(_)) && at.x == 200.0);
    let (_, at) = middle.expect("the upright piece can be grabbed");
    ada.drag(&[(at.x, at.y), (240.0, at.y + 30.0)]);
    assert_eq!(
        way(&ada),
        [(106.0, 50.0), (240.0, 50.0), (240.0, 110.0), (294.0, 110.0)]
    );
    assert_eq!(ada.points(2).len(), 3);
    assert_eq!(ties(&ada, 2), [Some(0), Some(1)]);
    ada.undo();
    assert_eq!(way(&ada)[1], (200.0, 50.0));
}

#[test]
fn points_are_taken_out_with_alt_or_by_delete_and_moved_and_put_in_by_keys() {
    let mut ada = bound();
    select(&mut ada, &[2]);
    ada.drag(&[(200.0, 50.0), (200.0, 150.0)]);
    assert_eq!(ada.points(2).len(), 3);
    ada.frame();
    ada.keys.alt = true;
    ada.click(200.0, 150.0);
    ada.keys.alt = false;
    assert_eq!((ada.points(2).len(), ties(&ada, 2)), (2, [Some(0), Some(1)]));
    ada.undo();
    ada.frame();
    // Chosen by a click.
    ada.click(200.0, 150.0);
    assert_eq!(ada.editor.selection().point, Some(1));
    ada.edit(&Edit::Nudge(Vec2::new(0.0, 10.0)));
    assert_eq!(ada.points(2)[1], (200.0, 160.0));
    ada.edit(&Edit::Delete);
    assert_eq!((ada.points(2).len(), ada.shown().len()), (2, 3));
    // By keys alone.
    ada.event(Event::Cancel);
    ada.edit(&Edit::NextPoint { back: false });
    ada.edit(&Edit::AddPoint);
    assert_eq!((ada.points(2).len(), ada.editor.selection().point), (3, Some(1)));
    ada.edit(&Edit::NextPoint { back: false });
    assert_eq!(ada.editor.aims().len(), 1, "what the end holds on to is shown");
    for _ in 0..6 {
        ada.edit(&Edit::Nudge(Vec2::new(10.0, 0.0)));
    }
    assert_eq!(
        (ties(&ada, 2), ada.seen_points(2)[2]),
        ([Some(0), None], (410.0, 50.0))
    );
    ada.edit(&Edit::Nudge(Vec2::new(-30.0, 0.0)));
    assert_eq!(ties(&ada, 2), [Some(0), Some(1)]);
    ada.event(Event::Cancel);
    assert_eq!((ada.editor.selection().point, ada.selected()), (None, vec![2]));
    ada.event(Event::Cancel);
    assert!(ada.selected().is_empty());
}

fn value(text: String) -> Value {
    Value::from_text(text).expect("JSON")
}

#[test]
fn d30_a_line_bound_to_itself_to_another_line_or_to_ink_lies_where_it_is_written() {
    let mut ada = Person::new(1);
    ada.with(Tool::Line, &[(0.0, 0.0), (100.0, 0.0)]);
    ada.with(Tool::Line, &[(0.0, 50.0), (100.0, 50.0)]);
    ada.with(Tool::Pen, &[(0.0, 100.0), (50.0, 100.0), (100.0, 100.0)]);
    let ids: Vec<ElementId> = ada.shown().iter().map(|e| e.id.clone()).collect();
    for (n, (line, target)) in [(0, 0), (0, 1), (1, 0), (1, 2)].into_iter().enumerate() {
        let cell = Cell {
            element: ids[line].clone(),
            prop: Property::new(["from", "to"][n % 2]).expect("a property"),
            stamp: ada.stamp(),
            value: value(format!(r#"{{"id":"{}","at":[0.5,0.5]}}"#, ids[target])),
        };
        ada.hear(&[cell]);
    }
    assert_eq!(ada.seen_points(0), [(0.0, 0.0), (100.0, 0.0)]);
    assert_eq!(ada.seen_points(1), [(0.0, 50.0), (100.0, 50.0)]);
    select(&mut ada, &[2]);
    ada.edit(&Edit::Nudge(Vec2::new(5.0, 5.0)));
    ada.edit(&Edit::Delete);
    assert_eq!(ada.shown().len(), 2);
}

#[test]
fn a_thousand_arrows_on_one_box_follow_it_and_only_they_are_shown_anew() {
    let mut ada = Person::new(1);
    ada.rectangle((0.0, 0.0), (100.0, 100.0));
    ada.rectangle((1000.0, 0.0), (1100.0, 100.0));
    let target = ada.shown()[0].id.clone();
    let arrow = |n: usize| {
        let base = format!(
            r#"{{"kind":"line","order":"b{n:03}","points":"0 0 {n} 900","from":{{"id":"{target}","at":[0.5,0.5]}}}}"#
        );
        (ElementId::new(&format!("arrow-{n}")).expect("an id"), base)
    };
    let cells: Vec<Cell> = (0..1000)
        .map(arrow)
        .map(|(element, base)| Cell {
            element,
            prop: Property::base(),
            stamp: ada.stamp(),
            value: value(base),
        })
        .collect();
    ada.hear(&cells);
    select(&mut ada, &[0]);
    let before = ada.editor.scene().changes();
    ada.down(0.0, 75.0);
    ada.to(0.0, 40.0);
    ada.frame();
    let changed = ada.editor.scene().changed_since(before).map(Iterator::count);
    assert!(changed.is_some_and(|changed| changed <= 1010), "{changed:?}");
    ada.up(0.0, 40.0);
    assert_eq!(ada.writes.last().map(|(cells, _)| cells.len()), Some(1));
    let shown = ada.editor.scene();
    let ends = (0..1000).filter_map(|n| shown.element(ada.editor.document(), &arrow(n).0));
    let follow = ends.filter(|line| line.placed()[0].pos.y > 60.0).count();
    assert_eq!(follow, 1000);
}

/// All cells of a little story, in the order in which they were written.
fn story(seed: u8) -> Vec<Cell> {
    let mut ada = bound();
    select(&mut ada, &[0]);
    ada.edit(&Edit::Nudge(Vec2::new(f64::from(seed), 40.0)));
    if seed.is_multiple_of(2) {
        select(&mut ada, &[2]);
        ada.edit(&Edit::Style(StyleChange::Route(Route::Elbow)));
    }
    select(&mut ada, &[1]);
    ada.edit(&Edit::Delete);
    if seed.is_multiple_of(3) {
        ada.undo();
    }
    ada.cells()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn m1_whatever_the_order_of_the_cells_the_ends_are_shown_the_same(seed in 0u8..12, shuffle in any::<u64>(), parts in 1usize..9) {
        let cells = story(seed);
        let mut all = Person::new(2);
        all.hear(&cells);
        let mut shuffled = cells;
        let mut state = shuffle;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(i, (state >> 33) as usize % (i + 1));
        }
        let mut each = Person::new(3);
        for part in shuffled.chunks(parts) {
            each.hear(part);
        }
        prop_assert_eq!(all.seen(), each.seen());
        let seen = |who: &Person| -> Vec<Element> {
            let ids = who.shown().into_iter().map(|e| e.id);
            ids.filter_map(|id| who.editor.scene().element(who.editor.document(), &id)).collect()
        };
        prop_assert_eq!(seen(&all), seen(&each));
    }
}

#[test]
fn a_line_that_is_still_drawn_holds_on_for_others_and_its_target_may_move_meanwhile() {
    let (mut ada, mut bob) = (bound(), Person::new(2));
    bob.hear(&ada.cells());
    ada.live.clear();
    ada.editor.set_tool(Tool::Arrow);
    ada.to(50.0, 95.0);
    assert_eq!(
        ada.editor.aims().len(),
        1,
        "what a press would hold on to is shown"
    );
    ada.down(50.0, 50.0);
    ada.to(50.0, 300.0);
    ada.frame();
    assert!(ada.live.iter().all(|(_, op)| matches!(op, SlotOp::Put(_))));
    select(&mut bob, &[0]);
    tell(&mut ada, &mut bob);
    assert_eq!(bob.seen(), ada.seen());
    bob.edit(&Edit::Nudge(Vec2::new(-200.0, 0.0)));
    let moved = bob.writes.last().expect("a write").0.clone();
    ada.hear(&moved);
    assert_eq!(bob.seen(), ada.seen());
    ada.up(50.0, 300.0);
    assert_eq!(ties(&ada, 3), [Some(0), None]);
    assert!(ada.seen_points(3)[0].0 < -50.0, "{:?}", ada.seen_points(3));
}

#[test]
fn m4_a_client_that_knows_nothing_of_it_keeps_what_an_arrow_holds_on_to() {
    let (ada, mut bob) = (bound(), Person::new(2));
    // As it travels, and comes back.
    let text = serde_json::to_string(&ada.cells()).expect("JSON");
    let mut cells: Vec<Cell> = serde_json::from_str(&text).expect("cells");
    let id = |n: usize| ada.shown()[n].id.clone();
    let mut eve = Person::new(3);
    eve.hear(&cells);
    let write = |eve: &mut Person, element: ElementId, prop: &str, json: &str| Cell {
        element,
        prop: Property::new(prop).expect("a property"),
        stamp: eve.stamp(),
        value: value(json.to_owned()),
    };
    cells.push(write(&mut eve, id(2), "color", r#""red""#));
    cells.push(write(&mut eve, id(1), "place", "[100,0,0,100,300,60]"));
    bob.hear(&cells);
    assert_eq!(ties(&bob, 2), [Some(0), Some(1)]);
    assert!(bob.seen_points(2)[1].1 > 90.0, "{:?}", bob.seen_points(2));
}

#[test]
fn what_is_drawn_in_a_frame_holds_on_to_it_only_at_its_edge() {
    let mut ada = Person::new(1);
    ada.with(Tool::Shape(Kind::Frame), &[(0.0, 0.0), (400.0, 200.0)]);
    ada.with(Tool::Arrow, &[(100.0, 100.0), (200.0, 60.0), (300.0, 100.0)]);
    let index = ada
        .shown()
        .iter()
        .position(|e| e.kind == Kind::Line)
        .expect("an arrow");
    assert_eq!(ties(&ada, index), [None, None]);
    ada.undo();
    ada.with(Tool::Arrow, &[(600.0, 100.0), (500.0, 100.0), (404.0, 100.0)]);
    let shown = ada.shown();
    let index = shown.iter().position(|e| e.kind == Kind::Line).expect("an arrow");
    let frame = shown.iter().position(|e| e.kind == Kind::Frame);
    assert_eq!(ties(&ada, index), [None, frame]);
}

#[test]
fn an_arrow_follows_a_note_that_grows_while_somebody_types_and_lies_where_it_is_seen_when_it_gets_a_label() {
    let mut ada = Person::new(1);
    ada.with(Tool::Note, &[(100.0, 100.0)]);
    ada.event(Event::Cancel);
    ada.with(Tool::Note, &[(100.0, 600.0)]);
    ada.types("below");
    ada.event(Event::Cancel);
    ada.undo();
    ada.with(Tool::Note, &[(100.0, 100.0)]);
    ada.types("a");
    ada.pauses();
    ada.event(Event::Cancel);
    ada.edit(&Edit::SelectNone);
    let note = ada.shown()[0].id.clone();
    let low = ada.shown()[0].frame().y1;
    ada.with(Tool::Arrow, &[(100.0, 700.0), (100.0, 500.0), (100.0, 150.0)]);
    let arrow = ada.shown()[1].id.clone();
    let seen = |ada: &Person| {
        let line = ada
            .editor
            .scene()
            .element(ada.editor.document(), &arrow)
            .expect("an arrow");
        line.placed().last().expect("a point").pos.y
    };
    assert!((seen(&ada) - low).abs() < 30.0, "{} {low}", seen(&ada));
    // The label of a line that holds on.
    ada.edit(&Edit::SelectNone);
    ada.editor.set_tool(Tool::Select);
    ada.double_click(100.0, 600.0);
    assert!(ada.editor.is_typing());
    ada.types("yes");
    ada.frame();
    ada.pauses();
    ada.event(Event::Cancel);
    ada.frame();
    let (document, scene) = (ada.editor.document(), ada.editor.scene());
    let shown = scene.element(document, &arrow).expect("an arrow");
    assert_eq!(&*shown.text, "yes");
    assert_eq!(scene.get(&arrow).expect("shown").frame, shown.frame());
    // The note grows, letter by letter: nothing of it is dry yet.
    ada.edit(&Edit::SelectNone);
    ada.double_click(100.0, 100.0);
    let words = "so many words that the paper has no room for them and grows and grows ".repeat(3);
    ada.strike(&Keystroke::Insert(words));
    ada.frame();
    let grown = ada.editor.scene().get(&note).expect("a note").frame.y1;
    assert!(grown > low + 50.0, "{grown} {low}");
    assert!((seen(&ada) - grown).abs() < 30.0, "{} {grown}", seen(&ada));
}

#[test]
fn others_see_a_right_angled_end_leave_what_it_is_pulled_off() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    ada.rectangle((300.0, 0.0), (400.0, 100.0));
    ada.with(Tool::Arrow, &[(20.0, 20.0), (200.0, 60.0), (310.0, 51.0)]);
    let arrow = ada.shown()[1].id.clone();
    select(&mut ada, &[1]);
    ada.edit(&Edit::Style(StyleChange::Route(Route::Elbow)));
    bob.hear(&ada.cells());
    ada.told.clear();
    let end = |who: &Person| {
        let (document, scene) = (who.editor.document(), who.editor.scene());
        let line = scene.element(document, &arrow).expect("an arrow");
        line.figure().way().last().expect("a point").pos
    };
    let at = end(&ada);
    ada.down(at.x, at.y);
    ada.to(at.x - 60.0, at.y + 200.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    assert!(
        end(&bob).distance(end(&ada)) < 1.0,
        "{:?} {:?}",
        end(&bob),
        end(&ada)
    );
    assert!(end(&bob).y > at.y + 100.0);
}
