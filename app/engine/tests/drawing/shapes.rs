//! Rectangle, diamond, ellipse, highlighter, laser, eyedropper; and what is drawn with the keyboard.

use drawbridge_engine::document::{Color, Ink, Kind};
use drawbridge_engine::editor::{Edit, StyleChange};
use drawbridge_engine::tools::{Event, Tool};
use drawbridge_protocol::SlotOp;

use crate::person::Person;

const BOXES: [Kind; 3] = [Kind::Rectangle, Kind::Diamond, Kind::Ellipse];

#[test]
fn a_drag_from_corner_to_corner_is_a_box_in_one_write_and_the_select_tool_has_it() {
    for kind in BOXES {
        let mut ada = Person::new(1);
        ada.editor.set_tool(Tool::Shape(kind));
        ada.drag(&[(100.0, 80.0), (60.0, 70.0), (20.0, 30.0)]);
        assert_eq!(ada.frames(), [[20.0, 30.0, 100.0, 80.0]]);
        assert_eq!((ada.shown()[0].kind, ada.writes.len()), (kind, 1));
        assert_eq!(ada.writes[0].0.len(), 1, "born as one cell");
        assert_eq!((ada.editor.tool(), ada.selected()), (Tool::Select, vec![0]));
    }
}

#[test]
fn shift_makes_a_square_and_alt_draws_from_the_centre() {
    let mut ada = Person::new(1);
    ada.keys.shift = true;
    ada.with(Tool::Shape(Kind::Ellipse), &[(0.0, 0.0), (100.0, -40.0)]);
    assert_eq!(ada.frames(), [[0.0, -100.0, 100.0, 0.0]]);
    ada.keys.alt = true;
    ada.with(Tool::Shape(Kind::Ellipse), &[(500.0, 500.0), (510.0, 530.0)]);
    assert_eq!(ada.frames()[1], [470.0, 470.0, 530.0, 530.0]);
    ada.keys.shift = false;
    ada.with(Tool::Shape(Kind::Ellipse), &[(200.0, 200.0), (210.0, 230.0)]);
    assert_eq!(ada.frames()[2], [190.0, 170.0, 210.0, 230.0]);
}

#[test]
fn a_click_draws_no_box_and_escape_leaves_no_trace() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Shape(Kind::Rectangle));
    ada.drag(&[(10.0, 10.0), (12.0, 12.0)]);
    assert!(ada.writes.is_empty() && ada.shown().is_empty());
    ada.down(10.0, 10.0);
    ada.to(90.0, 90.0);
    ada.frame();
    assert_eq!(ada.seen(), [[8.0, 8.0, 92.0, 92.0]], "seen while it is drawn");
    let (slot, told) = ada.live.pop().expect("told");
    assert!(matches!(told, SlotOp::Put(_)));
    ada.event(Event::Cancel);
    ada.up(95.0, 95.0);
    assert!(ada.writes.is_empty() && ada.seen().is_empty() && !ada.editor.can_undo());
    assert_eq!(ada.live.last(), Some(&(slot, SlotOp::Clear)));
}

#[test]
fn a_lost_pointer_keeps_the_box_as_far_as_it_is_drawn() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Shape(Kind::Diamond));
    ada.down(0.0, 0.0);
    ada.to(50.0, 60.0);
    ada.event(Event::Lost);
    ada.up(99.0, 99.0);
    assert_eq!(ada.frames(), [[0.0, 0.0, 50.0, 60.0]]);
}

#[test]
fn a_kept_tool_stays_and_selects_nothing() {
    let mut ada = Person::new(1);
    ada.editor.set_keep_tool(true);
    ada.editor.set_tool(Tool::Shape(Kind::Rectangle));
    ada.drag(&[(0.0, 0.0), (50.0, 50.0)]);
    ada.drag(&[(100.0, 0.0), (150.0, 50.0)]);
    assert_eq!((ada.frames().len(), ada.selected()), (2, vec![]));
    assert_eq!(ada.editor.tool(), Tool::Shape(Kind::Rectangle));
}

#[test]
fn a_box_under_way_is_seen_by_others_and_becomes_dry_in_its_place() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    ada.editor.set_tool(Tool::Shape(Kind::Rectangle));
    ada.down(0.0, 0.0);
    for x in [20.0, 40.0] {
        ada.to(x, x);
        ada.frame();
    }
    for (slot, op) in std::mem::take(&mut ada.live) {
        bob.editor.remote_live(7, &slot, &op);
    }
    bob.frame();
    assert_eq!(bob.seen(), [[-2.0, -2.0, 42.0, 42.0]]);
    assert!(bob.shown_cells().is_empty(), "nothing of it is stored yet");
    ada.up(60.0, 60.0);
    let (cells, ends) = ada.writes[0].clone();
    assert_eq!(ends, [cells[0].element.slot()]);
    bob.hear(&cells);
    assert_eq!(bob.seen(), [[-2.0, -2.0, 62.0, 62.0]]);
    bob.editor.remote_gone(7);
    assert_eq!(bob.seen().len(), 1, "it is Ada's no longer, it is the board's");
}

#[test]
fn boxes_of_somebody_who_leaves_are_gone() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    ada.editor.set_tool(Tool::Shape(Kind::Rectangle));
    ada.down(0.0, 0.0);
    ada.to(20.0, 20.0);
    ada.frame();
    for (slot, op) in &ada.live {
        bob.editor.remote_live(7, slot, op);
    }
    bob.frame();
    assert_eq!(bob.seen().len(), 1);
    bob.editor.remote_gone(7);
    assert_eq!(bob.seen().len(), 0);
}

#[test]
fn a_box_under_way_is_recovered_from_its_draft() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Shape(Kind::Ellipse));
    ada.down(0.0, 0.0);
    ada.to(20.0, 20.0);
    ada.frame();
    let (slot, SlotOp::Put(chunks)) = ada.live[0].clone() else {
        panic!("a box is put whole");
    };
    let mut again = Person::new(9);
    let transaction = again.editor.finish_draft(&slot, &chunks).expect("an ellipse");
    let cells = transaction.stamped(|| again.stamp());
    again.editor.commit(&transaction, &cells);
    assert_eq!(again.frames(), [[0.0, 0.0, 20.0, 20.0]]);
}

#[test]
fn corners_fall_onto_the_grid_unless_ctrl_is_held() {
    let mut ada = Person::new(1);
    let mut snapping = ada.editor.snapping();
    snapping.grid = Some(20.0);
    ada.editor.set_snapping(snapping);
    ada.with(Tool::Shape(Kind::Rectangle), &[(3.0, 18.0), (95.0, 51.0)]);
    assert_eq!(ada.frames(), [[0.0, 20.0, 100.0, 60.0]]);
    ada.keys.ctrl = true;
    ada.with(Tool::Shape(Kind::Rectangle), &[(203.0, 218.0), (295.0, 251.0)]);
    assert_eq!(ada.frames()[1], [203.0, 218.0, 295.0, 251.0]);
}

#[test]
fn the_highlighter_is_born_below_the_ink_and_above_what_is_filled_under_it() {
    let mut ada = Person::new(1);
    ada.drag(&[(0.0, 0.0), (100.0, 0.0)]);
    ada.with(Tool::Highlighter, &[(0.0, 5.0), (100.0, 5.0)]);
    ada.with(Tool::Highlighter, &[(0.0, 9.0), (100.0, 9.0)]);
    let kinds = |ada: &Person| ada.shown().iter().map(|e| e.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&ada), [Kind::Highlight, Kind::Highlight, Kind::Stroke]);
    let highlight = &ada.shown()[0];
    assert!(highlight.style.opacity < 1.0 && highlight.style.width > 10.0);
    assert!(
        highlight.points.iter().all(|p| (p.pressure - 0.5).abs() < 1e-9),
        "it is evenly wide"
    );
    ada.editor.set_tool(Tool::Shape(Kind::Rectangle));
    ada.edit(&Edit::Style(StyleChange::Fill(Some(Color::Ink(Ink::Green)))));
    ada.rectangle((300.0, 300.0), (400.0, 400.0));
    ada.with(Tool::Highlighter, &[(320.0, 350.0), (380.0, 350.0)]);
    assert_eq!(
        kinds(&ada),
        [
            Kind::Highlight,
            Kind::Highlight,
            Kind::Stroke,
            Kind::Rectangle,
            Kind::Highlight
        ]
    );
}

#[test]
fn the_laser_writes_nothing_and_fades_within_about_a_second_for_all() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    ada.editor.set_tool(Tool::Laser);
    ada.down(0.0, 0.0);
    ada.to(30.0, 0.0);
    ada.frame();
    ada.to(60.0, 0.0);
    ada.frame();
    for (slot, op) in &ada.told {
        assert_eq!(slot.as_str(), "laser");
        bob.editor.remote_live(7, slot, op);
    }
    bob.now_ms = ada.now_ms;
    assert!(bob.frame(), "it is seen, and fades");
    let points = |who: &Person| who.editor.trails().map(|trail| trail.points.len()).sum::<usize>();
    assert_eq!((points(&ada), points(&bob)), (3, 3));
    // However long the hand rests in between, it is one trail; after it has let go it is another.
    ada.now_ms += 500.0;
    ada.to(70.0, 0.0);
    ada.frame();
    assert_eq!(ada.editor.trails().count(), 1);
    ada.up(60.0, 0.0);
    assert_eq!(ada.told.last().map(|(_, op)| op.clone()), Some(SlotOp::Clear));
    ada.frame();
    ada.down(100.0, 0.0);
    ada.frame();
    assert_eq!(ada.editor.trails().count(), 2);
    ada.up(100.0, 0.0);
    let ada_now = ada.now_ms;
    for who in [&mut ada, &mut bob] {
        who.now_ms = ada_now;
        for _ in 0..62 {
            who.frame();
        }
        assert_eq!(points(who), 0);
        assert!(who.writes.is_empty() && who.live.is_empty() && !who.editor.can_undo());
    }
}

#[test]
fn the_eyedropper_takes_the_colour_of_a_line_or_an_inside_and_gives_the_tool_back() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Shape(Kind::Rectangle));
    ada.edit(&Edit::Style(StyleChange::Color(Color::Ink(Ink::Red))));
    ada.edit(&Edit::Style(StyleChange::Fill(Some(Color::Ink(Ink::Blue)))));
    ada.rectangle((0.0, 0.0), (100.0, 100.0));
    for (at, ink) in [((0.0, 50.0), Ink::Red), ((50.0, 50.0), Ink::Blue)] {
        ada.editor.set_tool(Tool::Pen);
        ada.editor.set_tool(Tool::Eyedropper);
        ada.click(at.0, at.1);
        assert_eq!(
            (ada.editor.tool(), ada.editor.style().color),
            (Tool::Pen, Color::Ink(ink))
        );
    }
    ada.editor.set_tool(Tool::Eyedropper);
    ada.click(500.0, 500.0);
    assert_eq!(
        ada.editor.tool(),
        Tool::Eyedropper,
        "there was nothing: it is still to be had"
    );
    ada.event(Event::Cancel);
    assert_eq!(ada.editor.tool(), Tool::Pen);
}

#[test]
fn a_shape_can_be_put_onto_the_board_by_the_keyboard_alone() {
    for tool in [Tool::Shape(Kind::Rectangle), Tool::Arrow] {
        let mut ada = Person::new(1);
        ada.editor.set_tool(tool);
        ada.edit(&Edit::Insert);
        assert_eq!(
            (ada.shown().len(), ada.selected(), ada.writes.len()),
            (1, vec![0], 1)
        );
        let frame = ada.shown()[0].frame();
        assert_eq!(
            (frame.center().x, frame.center().y),
            (640.0, 360.0),
            "in the middle of what is seen"
        );
        assert_eq!(ada.editor.tool(), Tool::Select);
    }
}

#[test]
fn a_tool_chosen_while_something_is_drawn_is_in_the_hand_afterwards() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Shape(Kind::Rectangle));
    ada.down(0.0, 0.0);
    ada.to(50.0, 50.0);
    ada.editor.set_tool(Tool::Pen);
    ada.up(60.0, 60.0);
    ada.frame();
    assert_eq!((ada.frames().len(), ada.editor.tool()), (1, Tool::Pen));
    assert_eq!(ada.selected(), Vec::<usize>::new());
}

#[test]
fn a_box_without_any_size_is_none() {
    let mut ada = Person::new(1);
    let mut snapping = ada.editor.snapping();
    snapping.grid = Some(20.0);
    ada.editor.set_snapping(snapping);
    ada.editor.set_tool(Tool::Shape(Kind::Rectangle));
    ada.down(41.0, 41.0);
    ada.to(60.0, 60.0);
    ada.frame();
    ada.to(47.0, 47.0);
    ada.frame();
    ada.up(47.0, 47.0);
    ada.frame();
    assert!(ada.writes.is_empty() && ada.seen().is_empty());
    assert_eq!(ada.live.last().map(|(_, op)| op.clone()), Some(SlotOp::Clear));
}
