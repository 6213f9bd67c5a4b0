//! The select tool: clicks, marquees, groups, moving, resizing, rotating, copies; escape and a lost window.

use std::f64::consts::FRAC_PI_2;

use drawbridge_engine::arrange::Handle;
use drawbridge_engine::document::{Color, Ink, Kind};
use drawbridge_engine::editor::{Edit, StyleChange};
use drawbridge_engine::geometry::{Point, Vec2};
use drawbridge_engine::tools::{Event, Grip, Tool};

use crate::person::Person;

/// Three squares in a row, each 100 wide, 100 apart: at 0, 200 and 400. Nothing is selected.
fn row() -> Person {
    let mut ada = Person::new(1);
    for x in [0.0, 200.0, 400.0] {
        ada.rectangle((x, 0.0), (x + 100.0, 100.0));
    }
    ada.writes.clear();
    ada
}

fn grip(ada: &Person, handle: Handle) -> (f64, f64) {
    let grips = ada.editor.grips();
    let (_, at) = grips
        .iter()
        .find(|(grip, _)| *grip == Grip::Handle(handle))
        .expect("the handle");
    (at.x, at.y)
}

fn pull(ada: &mut Person, handle: Handle, by: (f64, f64)) {
    ada.frame();
    let (x, y) = grip(ada, handle);
    ada.drag(&[(x, y), (x + by.0 / 2.0, y + by.1 / 2.0), (x + by.0, y + by.1)]);
    ada.frame();
}

#[test]
fn a_click_selects_what_is_under_it_and_beside_it_nothing() {
    let mut ada = row();
    ada.click(200.0, 50.0);
    assert_eq!(ada.selected(), [1]);
    ada.click(0.0, 50.0);
    assert_eq!(ada.selected(), [0]);
    ada.click(150.0, 50.0);
    assert_eq!(ada.selected(), Vec::<usize>::new());
    assert!(ada.writes.is_empty());
}

#[test]
fn a_click_inside_an_empty_box_selects_it_and_a_drag_there_is_a_marquee() {
    let mut ada = row();
    ada.click(250.0, 50.0);
    assert_eq!(ada.selected(), [1]);
    ada.edit(&Edit::SelectNone);
    ada.drag(&[(220.0, 20.0), (280.0, 80.0)]);
    assert_eq!((ada.selected(), ada.writes.len()), (vec![], 0));
}

#[test]
fn shift_click_adds_and_takes_away() {
    let mut ada = row();
    ada.click(0.0, 50.0);
    ada.keys.shift = true;
    ada.click(200.0, 50.0);
    assert_eq!(ada.selected(), [0, 1]);
    ada.click(0.0, 50.0);
    assert_eq!(ada.selected(), [1]);
    ada.click(150.0, 50.0);
    assert_eq!(ada.selected(), [1], "beside everything it changes nothing");
}

#[test]
fn a_marquee_selects_what_it_touches_and_with_ctrl_what_it_encloses() {
    let mut ada = row();
    ada.drag(&[(150.0, -50.0), (250.0, 50.0), (450.0, 150.0)]);
    assert_eq!(ada.selected(), [1, 2]);
    ada.keys.ctrl = true;
    ada.drag(&[(150.0, -50.0), (250.0, 50.0), (450.0, 150.0)]);
    assert_eq!(ada.selected(), [1]);
    ada.keys.ctrl = false;
    ada.keys.shift = true;
    ada.drag(&[(-50.0, -50.0), (50.0, 50.0)]);
    assert_eq!(ada.selected(), [0, 1], "with shift it adds");
    ada.down(390.0, -50.0);
    ada.to(450.0, 150.0);
    assert_eq!(ada.selected(), [0, 1, 2]);
    ada.event(Event::Cancel);
    assert_eq!(ada.selected(), [0, 1], "escape gives back what was selected");
}

#[test]
fn select_all_and_next_and_escape() {
    let mut ada = row();
    ada.edit(&Edit::SelectAll);
    assert_eq!(ada.selected(), [0, 1, 2]);
    ada.event(Event::Cancel);
    assert_eq!(ada.selected(), Vec::<usize>::new());
    for expected in [0, 1, 2, 0] {
        ada.edit(&Edit::SelectNext { back: false });
        assert_eq!(ada.selected(), [expected]);
    }
    ada.edit(&Edit::SelectNext { back: true });
    assert_eq!(ada.selected(), [2]);
}

#[test]
fn a_drag_moves_what_is_selected_in_one_write_and_one_step() {
    let mut ada = row();
    ada.click(0.0, 50.0);
    ada.keys.shift = true;
    ada.click(200.0, 50.0);
    ada.keys.shift = false;
    ada.drag(&[(200.0, 25.0), (210.0, 35.0), (230.0, 65.0)]);
    assert_eq!(ada.frames()[0], [30.0, 40.0, 130.0, 140.0]);
    assert_eq!(ada.frames()[1], [230.0, 40.0, 330.0, 140.0]);
    assert_eq!((ada.writes.len(), ada.writes[0].0.len()), (1, 2));
    assert!(ada.writes[0].0.iter().all(|cell| cell.prop.as_str() == "place"));
    ada.undo();
    assert_eq!(ada.frames()[1], [200.0, 0.0, 300.0, 100.0]);
    ada.redo();
    assert_eq!(ada.frames()[1], [230.0, 40.0, 330.0, 140.0]);
}

#[test]
fn what_is_not_selected_is_selected_by_the_drag_that_moves_it() {
    let mut ada = row();
    ada.click(0.0, 50.0);
    ada.drag(&[(400.0, 25.0), (400.0, 55.0)]);
    assert_eq!(
        (ada.selected(), ada.frames()[2]),
        (vec![2], [400.0, 30.0, 500.0, 130.0])
    );
    assert_eq!(ada.frames()[0], [0.0, 0.0, 100.0, 100.0]);
}

#[test]
fn inside_the_frame_of_what_is_selected_a_drag_moves_it() {
    let mut ada = row();
    ada.click(0.0, 50.0);
    ada.drag(&[(50.0, 50.0), (50.0, 90.0)]);
    assert_eq!(ada.frames()[0], [0.0, 40.0, 100.0, 140.0]);
}

#[test]
fn shift_keeps_a_move_level_or_upright() {
    let mut ada = row();
    ada.click(0.0, 50.0);
    ada.keys.shift = true;
    ada.drag(&[(50.0, 50.0), (100.0, 60.0), (130.0, 70.0)]);
    assert_eq!(
        ada.frames()[0],
        [0.0, 0.0, 100.0, 100.0],
        "with shift it began as a marquee"
    );
    ada.keys.shift = false;
    ada.down(0.0, 25.0);
    ada.keys.shift = true;
    ada.to(60.0, 45.0);
    ada.up(60.0, 45.0);
    assert_eq!(ada.frames()[0], [60.0, 0.0, 160.0, 100.0]);
}

#[test]
fn escape_in_the_middle_of_any_drag_leaves_no_trace_and_a_lost_window_ends_it_where_it_is() {
    for (from, to) in [
        ((0.0, 25.0), (30.0, 65.0)),
        ((100.0, 100.0), (150.0, 160.0)),
        ((50.0, -24.0), (160.0, 20.0)),
    ] {
        let mut ada = row();
        ada.click(0.0, 50.0);
        let before = (ada.frames(), ada.seen());
        ada.down(from.0, from.1);
        ada.to(to.0, to.1);
        ada.frame();
        assert_ne!(ada.seen(), before.1, "it is seen to change");
        ada.event(Event::Cancel);
        ada.frame();
        assert_eq!((ada.frames(), ada.seen()), before);
        ada.up(to.0, to.1);
        assert!(ada.writes.is_empty());
        assert_eq!(ada.selected(), [0]);
        ada.frame();
        ada.down(from.0, from.1);
        ada.to(to.0, to.1);
        ada.event(Event::Lost);
        assert_eq!(ada.writes.len(), 1);
        assert_ne!(ada.frames(), before.0);
        assert!(ada.editor.state().is_idle());
    }
}

#[test]
fn each_of_the_8_handles_resizes_from_the_other_side() {
    let expected = [
        (Handle::NW, [10.0, 20.0, 100.0, 100.0]),
        (Handle::N, [0.0, 20.0, 100.0, 100.0]),
        (Handle::NE, [0.0, 20.0, 110.0, 100.0]),
        (Handle::E, [0.0, 0.0, 110.0, 100.0]),
        (Handle::SE, [0.0, 0.0, 110.0, 120.0]),
        (Handle::S, [0.0, 0.0, 100.0, 120.0]),
        (Handle::SW, [10.0, 0.0, 100.0, 120.0]),
        (Handle::W, [10.0, 0.0, 100.0, 100.0]),
    ];
    for (handle, frame) in expected {
        let mut ada = row();
        ada.click(0.0, 50.0);
        pull(&mut ada, handle, (10.0, 20.0));
        assert_eq!(ada.frames()[0], frame, "{handle:?}");
        assert!(
            (ada.shown()[0].style.width - 4.0).abs() < 1e-9,
            "the line stays as wide as it was"
        );
        assert_eq!(ada.writes.len(), 1);
    }
}

#[test]
fn shift_keeps_the_ratio_and_alt_the_centre() {
    let mut ada = row();
    ada.click(0.0, 50.0);
    ada.keys.shift = true;
    pull(&mut ada, Handle::SE, (50.0, 50.0));
    assert_eq!(ada.frames()[0], [0.0, 0.0, 150.0, 150.0]);
    ada.keys.shift = false;
    ada.keys.alt = true;
    pull(&mut ada, Handle::E, (25.0, 0.0));
    assert_eq!(ada.frames()[0], [-25.0, 0.0, 175.0, 150.0]);
}

#[test]
fn several_are_resized_together_and_may_be_pulled_across() {
    let mut ada = row();
    ada.edit(&Edit::SelectAll);
    pull(&mut ada, Handle::E, (500.0, 0.0));
    assert_eq!(
        ada.frames(),
        [
            [0.0, 0.0, 200.0, 100.0],
            [400.0, 0.0, 600.0, 100.0],
            [800.0, 0.0, 1000.0, 100.0]
        ]
    );
    pull(&mut ada, Handle::W, (1500.0, 0.0));
    assert_eq!(ada.frames()[0], [1400.0, 0.0, 1500.0, 100.0], "mirrored");
}

#[test]
fn freehand_is_resized_and_its_line_stays_as_wide() {
    let mut ada = Person::new(1);
    ada.drag(&[(0.0, 0.0), (50.0, 100.0), (100.0, 0.0)]);
    ada.editor.set_tool(Tool::Select);
    ada.click(50.0, 95.0);
    assert_eq!(ada.selected(), [0]);
    pull(&mut ada, Handle::SE, (100.0, 100.0));
    assert_eq!(ada.frames()[0], [0.0, 0.0, 200.0, 200.0]);
    assert!((ada.shown()[0].style.width - 4.0).abs() < 1e-9);
}

#[test]
fn the_knob_above_the_frame_rotates_and_with_shift_in_steps_of_15_degrees() {
    let mut ada = row();
    ada.click(0.0, 50.0);
    ada.frame();
    let (x, y) = grip(&ada, Handle::Rotate);
    assert_eq!((x, y), (50.0, -24.0));
    ada.keys.shift = true;
    // A little less than a quarter of a turn about (50, 50).
    ada.drag(&[(x, y), (120.0, 0.0), (124.0, 45.0)]);
    let place = ada.shown()[0].place;
    let top = place * Point::new(1.0, 0.0) - place * Point::ORIGIN;
    assert!((top.atan2() - FRAC_PI_2).abs() < 1e-6, "{top:?}");
    assert_eq!(ada.frames()[0], [0.0, 0.0, 100.0, 100.0], "about its middle");
    ada.keys.shift = false;
    ada.frame();
    let (x, y) = grip(&ada, Handle::Rotate);
    assert_eq!(
        (x.round(), y.round()),
        (124.0, 50.0),
        "the frame has turned with it"
    );
}

#[test]
fn alt_drag_moves_a_copy_and_selects_it() {
    let mut ada = row();
    ada.click(0.0, 50.0);
    ada.keys.alt = true;
    ada.drag(&[(0.0, 25.0), (0.0, 75.0), (0.0, 325.0)]);
    ada.keys.alt = false;
    let frames = ada.frames();
    assert_eq!(
        (frames[0], frames[3]),
        ([0.0, 0.0, 100.0, 100.0], [0.0, 300.0, 100.0, 400.0])
    );
    assert_eq!((ada.selected(), ada.writes.len()), (vec![3], 1));
    ada.undo();
    assert_eq!(ada.frames().len(), 3);
}

#[test]
fn nudges_that_follow_soon_are_one_step() {
    let mut ada = row();
    ada.click(0.0, 50.0);
    for _ in 0..5 {
        ada.edit(&Edit::Nudge(Vec2::new(1.0, 0.0)));
        ada.frame();
    }
    assert_eq!(ada.frames()[0], [5.0, 0.0, 105.0, 100.0]);
    ada.now_ms += 5000.0;
    ada.frame();
    ada.edit(&Edit::Nudge(Vec2::new(0.0, 10.0)));
    assert_eq!(ada.frames()[0], [5.0, 10.0, 105.0, 110.0]);
    ada.undo();
    assert_eq!(ada.frames()[0], [5.0, 0.0, 105.0, 100.0]);
    ada.undo();
    assert_eq!(ada.frames()[0], [0.0, 0.0, 100.0, 100.0]);
    ada.redo();
    ada.redo();
    assert_eq!(ada.frames()[0], [5.0, 10.0, 105.0, 110.0]);
}

#[test]
fn a_group_is_selected_as_a_whole_and_entered_by_a_double_click() {
    let mut ada = row();
    ada.keys.shift = true;
    ada.click(0.0, 50.0);
    ada.click(200.0, 50.0);
    ada.keys.shift = false;
    ada.edit(&Edit::Group);
    ada.click(450.0, 300.0);
    ada.click(0.0, 50.0);
    assert_eq!(ada.selected(), [0, 1]);
    ada.double_click(0.0, 50.0);
    assert_eq!(ada.selected(), [0]);
    ada.click(200.0, 50.0);
    assert_eq!(ada.selected(), [1], "inside it one by one");
    ada.drag(&[(200.0, 25.0), (200.0, 65.0)]);
    assert_eq!((ada.frames()[0][1], ada.frames()[1][1]), (0.0, 40.0));
    ada.event(Event::Cancel);
    assert_eq!(ada.selected(), [0, 1], "escape leaves the group");
    ada.click(400.0, 50.0);
    ada.click(0.0, 50.0);
    assert_eq!(ada.selected(), [0, 1]);
    ada.edit(&Edit::Ungroup);
    ada.click(450.0, 300.0);
    ada.click(0.0, 50.0);
    assert_eq!(ada.selected(), [0]);
}

#[test]
fn what_is_locked_is_neither_clicked_nor_caught_nor_erased() {
    let mut ada = row();
    ada.click(0.0, 50.0);
    ada.edit(&Edit::ToggleLock);
    ada.edit(&Edit::SelectNone);
    ada.click(0.0, 50.0);
    assert_eq!(ada.selected(), Vec::<usize>::new());
    ada.drag(&[(-50.0, -50.0), (650.0, 250.0)]);
    assert_eq!(ada.selected(), [1, 2]);
    ada.edit(&Edit::SelectAll);
    assert_eq!(ada.selected(), [1, 2]);
    ada.with(Tool::Eraser, &[(0.0, 50.0), (200.0, 50.0)]);
    assert_eq!(ada.frames().len(), 2);
    ada.edit(&Edit::UnlockAll);
    ada.click(0.0, 50.0);
    assert_eq!(ada.selected(), [0]);
}

#[test]
fn an_element_falls_into_place_at_another_and_guides_say_so() {
    let mut ada = row();
    let mut snapping = ada.editor.snapping();
    snapping.objects = true;
    ada.editor.set_snapping(snapping);
    ada.click(0.0, 50.0);
    ada.down(0.0, 25.0);
    ada.to(3.0, 228.0);
    ada.to(196.0, 228.0);
    assert!(!ada.editor.guides().is_empty());
    ada.up(196.0, 228.0);
    assert_eq!(ada.frames()[0][0], 200.0, "its left edge came to another's");
    assert!(ada.editor.guides().is_empty());
}

#[test]
fn the_topmost_is_hit_and_a_filled_inside_counts() {
    let mut ada = row();
    ada.edit(&Edit::SelectAll);
    ada.edit(&Edit::Style(StyleChange::Fill(Some(Color::Ink(Ink::Yellow)))));
    ada.edit(&Edit::SelectNone);
    ada.with(Tool::Shape(Kind::Ellipse), &[(20.0, 20.0), (80.0, 80.0)]);
    ada.edit(&Edit::SelectNone);
    ada.click(50.0, 50.0);
    assert_eq!(ada.selected(), [3]);
    ada.click(10.0, 50.0);
    assert_eq!(ada.selected(), [0]);
}

#[test]
fn choosing_a_drawing_tool_selects_nothing_and_undo_under_way_does_nothing() {
    let mut ada = row();
    ada.edit(&Edit::SelectAll);
    ada.editor.set_tool(Tool::Pen);
    assert_eq!(ada.selected(), Vec::<usize>::new());
    ada.editor.set_tool(Tool::Select);
    ada.click(0.0, 50.0);
    ada.down(0.0, 25.0);
    ada.to(30.0, 25.0);
    ada.undo();
    ada.edit(&Edit::Delete);
    assert_eq!((ada.frames().len(), ada.writes.len()), (3, 0));
    ada.up(30.0, 25.0);
    assert_eq!(ada.frames()[0], [30.0, 0.0, 130.0, 100.0]);
}

#[test]
fn a_menu_is_for_what_is_under_the_pointer_also_where_that_is_locked() {
    let mut ada = row();
    ada.click(0.0, 25.0);
    ada.edit(&Edit::ToggleLock);
    ada.edit(&Edit::SelectNone);
    ada.editor.select_at(Point::new(0.0, 25.0));
    assert_eq!(ada.selected(), [0]);
    ada.editor.select_at(Point::new(200.0, 25.0));
    assert_eq!(ada.selected(), [1]);
    ada.edit(&Edit::SelectAll);
    ada.editor.select_at(Point::new(200.0, 25.0));
    assert_eq!(ada.selected(), [1, 2], "what is selected stays so");
    ada.editor.select_at(Point::new(250.0, 400.0));
    assert_eq!(ada.selected(), Vec::<usize>::new());
}

#[test]
fn nudges_of_one_thing_and_then_another_are_two_steps() {
    let mut ada = row();
    ada.edit(&Edit::SelectNext { back: false });
    ada.edit(&Edit::Nudge(Vec2::new(1.0, 0.0)));
    ada.edit(&Edit::SelectNext { back: false });
    ada.edit(&Edit::Nudge(Vec2::new(0.0, 7.0)));
    ada.undo();
    assert_eq!((ada.frames()[0][0], ada.frames()[1][1]), (1.0, 0.0));
}

#[test]
fn a_click_on_a_handle_beside_everything_keeps_what_is_selected() {
    let mut ada = row();
    ada.click(0.0, 50.0);
    let (x, y) = grip(&ada, Handle::Rotate);
    ada.click(x, y);
    assert_eq!(ada.selected(), [0]);
}

#[test]
fn what_would_be_led_where_it_could_not_be_read_back_stays_in_the_world() {
    let mut ada = Person::new(1);
    ada.editor.camera_mut().pan(Vec2::new(-1e8, 0.0));
    ada.drag(&[(100.0, 100.0), (101.0, 101.0)]);
    ada.editor.set_tool(Tool::Select);
    ada.edit(&Edit::SelectAll);
    ada.writes.clear();
    pull(&mut ada, Handle::SE, (1000.0, 1000.0));
    let (frame, place) = (ada.frames()[0], ada.shown()[0].place);
    assert!(place.as_coeffs().iter().all(|v| v.abs() <= 1e9));
    if let Some((cells, _)) = ada.writes.first() {
        assert!(
            frame[2] - frame[0] > 1.5,
            "what was written can be read: {cells:?}"
        );
    }
}
