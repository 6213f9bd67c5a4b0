//! The pen: freehand, taps, straight lines, giving up, long strokes.

use drawbridge_engine::document::{Color, Ink, Style};
use drawbridge_engine::editor::Styles;
use drawbridge_engine::geometry::Point;
use drawbridge_engine::tools::{Button, Event};
use drawbridge_protocol::SlotOp;

use crate::person::Person;

#[test]
fn d1_a_stroke_is_one_write_of_one_cell_with_every_point_of_the_pointer() {
    let mut ada = Person::new(1);
    ada.editor.set_styles(Styles {
        ink: Style {
            color: Color::Ink(Ink::Blue),
            width: 8.0,
            ..Style::default()
        },
        ..Styles::default()
    });
    let way = [
        (10.0, 10.0),
        (14.25, 11.5),
        (20.0, 30.0),
        (20.0, 30.0),
        (60.0, 80.0),
    ];
    ada.drag(&way);
    assert_eq!(
        ada.points(0),
        [(10.0, 10.0), (14.25, 11.5), (20.0, 30.0), (60.0, 80.0)]
    );
    let stroke = &ada.shown()[0];
    assert_eq!(
        (stroke.style.color, stroke.style.width),
        (Color::Ink(Ink::Blue), 8.0)
    );
    assert_eq!(ada.writes.len(), 1);
    assert_eq!(ada.writes[0].0.len(), 1);
    assert_eq!(ada.writes[0].0[0].prop.as_str(), "base");
    assert!(
        ada.writes[0].1.is_empty(),
        "nobody was told of it while it was wet, so it ends no slot"
    );
}

#[test]
fn what_is_drawn_lies_where_the_pointer_was_at_any_zoom() {
    for zoom in [0.02, 0.3, 1.0, 7.0, 64.0] {
        let mut ada = Person::new(1);
        ada.editor
            .camera_mut()
            .pan(drawbridge_engine::geometry::Vec2::new(-12_345.0, 777.0));
        ada.editor.camera_mut().zoom_to(Point::new(300.0, 200.0), zoom);
        ada.drag(&[(10.0, 10.0), (100.0, 50.0)]);
        let end = ada.shown()[0].points[1].pos;
        let off = ada
            .editor
            .camera()
            .screen_from_board(end)
            .distance(Point::new(100.0, 50.0));
        assert!(off <= 0.25, "{off} points off at zoom {zoom}");
    }
}

#[test]
fn the_pressure_is_the_devices_or_else_made_from_the_speed() {
    let mut ada = Person::new(1);
    ada.pressure = Some(0.9);
    ada.drag(&[(0.0, 0.0), (10.0, 0.0), (20.0, 0.0)]);
    assert!(
        ada.shown()[0]
            .points
            .iter()
            .all(|p| (p.pressure - 0.9).abs() < 1e-9)
    );
    ada.pressure = None;
    let fast: Vec<(f64, f64)> = (0..40).map(|i| (f64::from(i) * 20.0, 50.0)).collect();
    let slow: Vec<(f64, f64)> = (0..40).map(|i| (f64::from(i), 90.0)).collect();
    ada.drag(&fast);
    ada.drag(&slow);
    let end = |i: usize| ada.shown()[i].points.last().expect("points").pressure;
    assert!(end(1) < 0.4 && end(2) > 0.5, "fast {}, slow {}", end(1), end(2));
}

#[test]
fn a_tap_is_a_dot() {
    let mut ada = Person::new(1);
    ada.drag(&[(5.0, 6.0), (5.0, 6.0)]);
    assert_eq!(ada.points(0), [(5.0, 6.0)]);
    let bounds = ada.editor.scene().bounds().expect("a dot");
    assert!((bounds.width() - 4.0).abs() < 0.1, "{bounds:?}");
}

#[test]
fn with_shift_it_is_one_straight_segment_that_others_see_turn() {
    let mut ada = Person::new(1);
    ada.keys.shift = true;
    ada.down(0.0, 0.0);
    for x in 1..20 {
        ada.to(f64::from(x) * 5.0, f64::from(x * x));
        ada.frame();
    }
    ada.up(100.0, 40.0);
    assert_eq!(ada.points(0), [(0.0, 0.0), (100.0, 40.0)]);
    assert!(
        ada.live
            .iter()
            .all(|(_, op)| matches!(op, SlotOp::Put(chunks) if chunks.len() == 1))
    );
}

#[test]
fn escape_gives_the_stroke_up_for_everybody() {
    let mut ada = Person::new(1);
    ada.down(0.0, 0.0);
    ada.to(10.0, 10.0);
    ada.frame();
    assert_eq!(ada.wet(), 1);
    ada.event(Event::Cancel);
    ada.to(50.0, 50.0);
    ada.up(50.0, 50.0);
    assert_eq!((ada.shown().len(), ada.writes.len(), ada.wet()), (0, 0, 0));
    assert_eq!(ada.live.last().map(|(_, op)| op), Some(&SlotOp::Clear));
}

#[test]
fn when_the_window_loses_the_pointer_what_was_drawn_stays() {
    let mut ada = Person::new(1);
    ada.down(0.0, 0.0);
    ada.to(10.0, 10.0);
    ada.event(Event::Lost);
    ada.to(90.0, 90.0);
    ada.up(90.0, 90.0);
    assert_eq!(ada.points(0), [(0.0, 0.0), (10.0, 10.0)]);
    assert_eq!(ada.shown().len(), 1);
}

#[test]
fn other_buttons_neither_draw_nor_end_a_stroke() {
    let mut ada = Person::new(1);
    ada.down_with(Button::Secondary, 0.0, 0.0);
    ada.up_with(Button::Secondary, 5.0, 5.0);
    assert!(ada.shown().is_empty());
    ada.down(0.0, 0.0);
    ada.down_with(Button::Secondary, 0.0, 0.0);
    ada.up_with(Button::Secondary, 0.0, 0.0);
    ada.down_with(Button::Middle, 0.0, 0.0);
    ada.to(30.0, 0.0);
    ada.up_with(Button::Middle, 30.0, 0.0);
    ada.up(40.0, 0.0);
    assert_eq!(ada.points(0), [(0.0, 0.0), (30.0, 0.0), (40.0, 0.0)]);
}

#[test]
fn a_later_stroke_lies_above_an_earlier_one() {
    let mut ada = Person::new(1);
    for y in 0..70 {
        ada.drag(&[(0.0, f64::from(y)), (50.0, f64::from(y))]);
    }
    let heights: Vec<f64> = (0..70).map(|i| ada.points(i)[0].1).collect();
    assert!(heights.is_sorted(), "{heights:?}");
}

#[test]
fn d7_a_stroke_of_256_kib_goes_on_as_a_new_element_and_is_one_step_to_undo() {
    let mut ada = Person::new(1);
    ada.pressure = None;
    ada.down(500.0, 500.0);
    let mut i = 0;
    while ada.writes.len() < 2 {
        i += 1;
        let angle = f64::from(i) * 0.7;
        ada.to(500.0 + 400.0 * angle.cos(), 500.0 + 400.0 * (angle * 1.1).sin());
        assert!(i < 200_000, "it never became full");
    }
    ada.up(1.0, 1.0);
    assert_eq!(ada.shown().len(), 3);
    for (cells, _) in &ada.writes {
        assert!(cells[0].size() <= 256 * 1024, "{}", cells[0].size());
    }
    assert!(ada.writes[0].0[0].size() > 250 * 1024);
    assert_eq!(
        ada.points(0).last(),
        ada.points(1).first(),
        "the new one starts where the old one ended"
    );
    ada.undo();
    assert_eq!(ada.shown().len(), 0);
    ada.redo();
    assert_eq!(ada.shown().len(), 3);
}
