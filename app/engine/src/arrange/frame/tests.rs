//! What holds of a frame, however it is turned and whatever is done to it.

use proptest::prelude::*;

use super::*;
use crate::document::{Order, Style};
use crate::geometry::{InkPoint, Kind};
use drawbridge_protocol::ElementId;

fn near(a: Point, b: Point) -> bool {
    a.distance(b) < 1e-6 * (1.0 + a.to_vec2().hypot() + b.to_vec2().hypot())
}

fn element(kind: Kind, place: Affine, points: &[(f64, f64)]) -> Element {
    let mut element = Element::new(
        ElementId::from_bits([0; 12]),
        kind,
        Order::default(),
        Style::default(),
    );
    element.place = place;
    element.points = points
        .iter()
        .map(|p| InkPoint::new(Point::from(*p), 0.5))
        .collect();
    element
}

fn upright(x: f64, y: f64, w: f64, h: f64) -> Frame {
    Frame(Affine::new([w, 0.0, 0.0, h, x, y]))
}

const RESIZING: [Handle; 8] = [
    Handle::NW,
    Handle::N,
    Handle::NE,
    Handle::E,
    Handle::SE,
    Handle::S,
    Handle::SW,
    Handle::W,
];

#[test]
fn a_single_element_has_its_own_frame_and_several_an_upright_one() {
    let turned = Affine::rotate(0.5) * Affine::scale_non_uniform(30.0, 20.0);
    let rectangle = element(Kind::Rectangle, turned, &[]);
    assert_eq!(
        Frame::around(std::slice::from_ref(&rectangle)),
        Some(Frame(turned))
    );
    let stroke = element(
        Kind::Stroke,
        Affine::rotate(0.5),
        &[(10.0, 10.0), (50.0, 20.0), (20.0, 40.0)],
    );
    let frame = Frame::around(std::slice::from_ref(&stroke)).expect("a frame");
    assert!((frame.angle() - 0.5).abs() < 1e-12);
    assert!(near(
        frame.corners()[2],
        Affine::rotate(0.5) * Point::new(50.0, 40.0)
    ));
    let both = Frame::around(&[rectangle.clone(), stroke.clone()]).expect("a frame");
    let all = rectangle.frame().union(stroke.frame());
    assert_eq!(both.angle(), 0.0);
    assert!(near(both.corners()[0], all.origin()) && near(both.corners()[2], Point::new(all.x1, all.y1)));
    assert_eq!(Frame::around(&[]), None);
}

#[test]
fn a_mirrored_element_has_its_top_above() {
    for mirror in [(-1.0, 1.0), (1.0, -1.0)] {
        let place =
            Affine::translate((100.0, 100.0)) * Affine::scale_non_uniform(30.0 * mirror.0, 20.0 * mirror.1);
        let frame = Frame::around(&[element(Kind::Ellipse, place, &[])]).expect("a frame");
        let all = place.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0));
        assert_eq!(frame.angle(), 0.0);
        assert!(
            near(frame.corners()[0], all.origin())
                && near(
                    frame.handle(Handle::Rotate, 7.0),
                    Point::new(all.center().x, all.y0 - 7.0)
                )
        );
    }
}

#[test]
fn handles_are_where_their_names_say_and_point_outwards() {
    let frame = upright(10.0, 20.0, 100.0, 50.0);
    assert_eq!(frame.handle(Handle::E, 9.0), Point::new(110.0, 45.0));
    assert_eq!(frame.handle(Handle::NW, 9.0), Point::new(10.0, 20.0));
    assert_eq!(frame.handle(Handle::Rotate, 9.0), Point::new(60.0, 11.0));
    for (handle, degrees) in [
        (Handle::E, 0.0),
        (Handle::SE, 45.0),
        (Handle::S, 90.0),
        (Handle::N, -90.0),
        (Handle::NE, -45.0),
    ] {
        assert!(
            (frame.direction(handle).to_degrees() - degrees).abs() < 1e-9,
            "{handle:?}"
        );
        let turned = Frame(Affine::rotate(0.3) * frame.0);
        assert!(
            (turned.direction(handle) - degrees.to_radians() - 0.3).abs() < 1e-9,
            "{handle:?}"
        );
    }
}

#[test]
fn a_level_line_is_stretched_along_but_never_gets_a_height() {
    let line = element(
        Kind::Line,
        Affine::translate((5.0, 5.0)),
        &[(0.0, 10.0), (40.0, 10.0)],
    );
    let frame = Frame::around(&[line]).expect("a frame");
    assert_eq!(frame.handle(Handle::Rotate, 10.0), Point::new(25.0, 5.0));
    for ratio in [false, true] {
        let change = frame.resized(Handle::SE, Point::new(85.0, 99.0), ratio, false);
        assert!(near(change * Point::new(45.0, 15.0), Point::new(85.0, 15.0)));
        assert!(near(change * Point::new(45.0, 16.0), Point::new(85.0, 16.0)));
        assert_eq!(
            frame.resized(Handle::S, Point::new(85.0, 99.0), ratio, false),
            Affine::IDENTITY
        );
    }
    let dot = element(Kind::Stroke, Affine::IDENTITY, &[(3.0, 4.0)]);
    let frame = Frame::around(&[dot]).expect("a frame");
    assert_eq!(
        frame.resized(Handle::SE, Point::new(85.0, 99.0), true, true),
        Affine::IDENTITY
    );
}

#[test]
fn a_side_pulled_onto_its_opposite_keeps_a_thousandth_and_can_be_pulled_out_again() {
    let frame = upright(0.0, 0.0, 100.0, 50.0);
    let gone = Frame(frame.resized(Handle::E, Point::new(0.0, 0.0), false, false) * frame.0);
    assert!((gone.corners()[1].x - SHORTEST).abs() < 1e-12);
    let back = Frame(gone.resized(Handle::E, Point::new(100.0, 0.0), false, false) * gone.0);
    assert!(near(back.corners()[2], Point::new(100.0, 50.0)));
    let mirrored = Frame(frame.resized(Handle::E, Point::new(-30.0, 0.0), false, false) * frame.0);
    assert!(near(mirrored.handle(Handle::E, 0.0), Point::new(-30.0, 25.0)));
}

#[test]
fn with_the_ratio_kept_a_corner_is_as_near_as_the_diagonal_comes_and_may_go_across() {
    let frame = upright(0.0, 0.0, 100.0, 100.0);
    let corner =
        |to: (f64, f64)| frame.resized(Handle::SE, Point::from(to), true, false) * Point::new(100.0, 100.0);
    assert!(near(corner((200.0, 100.0)), Point::new(150.0, 150.0)));
    assert!(near(corner((-50.0, -50.0)), Point::new(-50.0, -50.0)));
    assert!(near(corner((-50.0, 70.0)), Point::new(-60.0, 60.0)));
}

#[test]
fn with_steps_the_angle_becomes_a_multiple_of_fifteen_degrees() {
    let frame = Frame(Affine::rotate(0.1) * upright(-50.0, -50.0, 100.0, 100.0).0);
    let turned = Frame(frame.rotated(Point::new(0.0, -80.0), Point::new(60.0, -60.0), true) * frame.0);
    assert!(
        (turned.angle().to_degrees() - 45.0).abs() < 1e-9,
        "{}",
        turned.angle().to_degrees()
    );
    assert_eq!(
        frame.rotated(Point::ORIGIN, Point::new(60.0, -60.0), false),
        Affine::IDENTITY
    );
}

#[test]
fn what_is_no_number_changes_nothing() {
    let frame = upright(0.0, 0.0, 100.0, 50.0);
    let nowhere = Point::new(f64::NAN, f64::INFINITY);
    assert_eq!(frame.resized(Handle::SE, nowhere, true, false), Affine::IDENTITY);
    assert_eq!(
        frame.rotated(nowhere, Point::new(1.0, 1.0), true),
        Affine::IDENTITY
    );
}

fn point() -> impl Strategy<Value = Point> {
    (-1e4..1e4, -1e4..1e4).prop_map(Point::from)
}

/// Frames that are turned and, now and then, mirrored.
fn frame() -> impl Strategy<Value = Frame> {
    (point(), 0.01..1e4_f64, 0.01..1e4_f64, -PI..PI, any::<bool>()).prop_map(|(at, w, h, angle, mirrored)| {
        let h = if mirrored { -h } else { h };
        Frame(Affine::translate(at.to_vec2()) * Affine::rotate(angle) * Affine::scale_non_uniform(w, h))
    })
}

/// Any at all, flat and skewed ones too.
fn any_frame() -> impl Strategy<Value = Frame> {
    let number = || prop_oneof![Just(0.0), Just(1e-7), -1e4..1e4, -1.0..1.0];
    let coefficients = [number(), number(), number(), number(), number(), number()];
    coefficients.prop_map(|numbers| Frame(Affine::new(numbers)))
}

fn handle() -> impl Strategy<Value = Handle> {
    prop::sample::select(RESIZING.to_vec())
}

/// Where it must stay.
fn anchor(frame: &Frame, handle: Handle, from_centre: bool) -> Point {
    let unit = handle.unit();
    let opposite = Point::new(1.0 - unit.x, 1.0 - unit.y);
    frame.0
        * if from_centre {
            Point::new(0.5, 0.5)
        } else {
            opposite
        }
}

fn lengths(frame: &Frame) -> [f64; 2] {
    frame.columns().map(|side| side.hypot())
}

proptest! {
    #[test]
    fn whatever_the_frame_the_anchor_stays_and_the_change_can_be_undone(frame in any_frame(), handle in handle(), to in point(), ratio in any::<bool>(), centre in any::<bool>()) {
        let change = frame.resized(handle, to, ratio, centre);
        let anchor = anchor(&frame, handle, centre);
        prop_assert!(change.is_finite() && change.determinant() != 0.0, "{change:?}");
        let rounding = 1e-12 * change.as_coeffs().iter().fold(1e6, |a: f64, c| a.max(c.abs()));
        prop_assert!((change * anchor).distance(anchor) < rounding, "{anchor:?} went to {:?}", change * anchor);
        prop_assert!(change.inverse().is_finite());
    }

    #[test]
    fn a_handle_lies_where_it_was_dragged(frame in frame(), handle in handle(), to in point(), centre in any::<bool>()) {
        let change = frame.resized(handle, to, false, centre);
        let unit = handle.unit();
        let now = change * frame.0 * unit;
        // An edge goes to the pointer in its own direction, and nowhere in the other.
        let [u, v] = frame.columns().map(Vec2::normalize);
        let off = now - to;
        let slack = 1e-6 * (1.0 + change.as_coeffs().iter().fold(0.0, |a: f64, c| a.max(c.abs())));
        let held = if centre { SHORTEST / 2.0 } else { SHORTEST } + slack;
        prop_assert!(unit.x == 0.5 || off.dot(u).abs() <= held, "{off:?}");
        prop_assert!(unit.y == 0.5 || off.dot(v).abs() <= held, "{off:?}");
        let sides = lengths(&Frame(change * frame.0));
        prop_assert!(sides.iter().all(|side| *side >= SHORTEST * 0.99), "{sides:?}");
    }

    #[test]
    fn a_kept_ratio_is_kept(frame in frame(), handle in handle(), to in point(), centre in any::<bool>()) {
        let change = frame.resized(handle, to, true, centre);
        let (before, after) = (lengths(&frame), lengths(&Frame(change * frame.0)));
        let ratio = (after[0] / after[1]) / (before[0] / before[1]);
        prop_assert!((ratio - 1.0).abs() < 1e-6, "{before:?} became {after:?}");
    }

    #[test]
    fn with_the_ratio_kept_no_other_size_brings_the_corner_nearer(frame in frame(), to in point(), other in 0.01f64..3.0) {
        let change = frame.resized(Handle::SE, to, true, false);
        let corner = frame.corners()[2];
        // Where the shorter side is at its least, the corner can't come nearer along the diagonal.
        let [w, h] = lengths(&frame);
        let held = SHORTEST * w.hypot(h) / w.min(h) + 1e-6;
        for (x, y) in [(1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)] {
            let rival = frame.0 * Point::new(x * other, y * other);
            let (now, then) = ((change * corner).distance(to), rival.distance(to));
            prop_assert!(now <= then + held, "{now} from {to:?}, where {then} is possible");
        }
    }

    #[test]
    fn a_turn_keeps_lengths_and_the_centre(frame in frame(), from in point(), to in point(), steps in any::<bool>()) {
        let turn = frame.rotated(from, to, steps);
        let turned = Frame(turn * frame.0);
        prop_assert!(near(turned.centre(), frame.centre()));
        for (before, after) in lengths(&frame).into_iter().zip(lengths(&turned)) {
            prop_assert!((before - after).abs() <= 1e-9 * (1.0 + before));
        }
        if steps {
            let rest = turned.angle() / STEP;
            prop_assert!((rest - rest.round()).abs() < 1e-6);
        } else {
            let centre = frame.centre();
            prop_assert!((turn * from - centre).cross(to - centre).abs() <= 1e-6 * (from - centre).hypot() * (to - centre).hypot() + 1e-6);
        }
    }
}
