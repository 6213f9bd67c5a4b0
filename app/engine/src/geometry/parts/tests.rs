use kurbo::ParamCurveNearest as _;

use super::*;
use crate::document::{Dash, Element, Kind, Order, Sample, Shade, Style};
use crate::geometry::Corners;
use drawbridge_protocol::ElementId;

fn boxed(kind: Kind, style: Style) -> Element {
    let id = ElementId::new("b").expect("an id");
    let mut element = Element::new(id, kind, Order::default(), style);
    element.place = Affine::new([80.0, 0.0, 0.0, 40.0, 10.0, 20.0]);
    element
}

fn filled(shade: Shade) -> Style {
    Style {
        fill: Some(crate::document::Color::Rgb([1, 2, 3])),
        shade,
        width: 3.0,
        corners: Corners::Sharp,
        ..Style::default()
    }
}

#[test]
fn a_box_and_its_edge_are_one_path() {
    for kind in [Kind::Rectangle, Kind::Diamond, Kind::Ellipse] {
        let parts = boxed(kind, filled(Shade::Solid)).shape().parts(true);
        let [part] = &parts[..] else {
            panic!("{kind:?}: {parts:?}")
        };
        assert_eq!(
            (part.fill, part.line),
            (Some(Tone::Fill), Some((Tone::Line, 3.0))),
            "{kind:?}"
        );
        assert!(part.path.elements().len() <= 20, "{kind:?}: {:?}", part.path);
    }
}

#[test]
fn what_hatches_a_box_lies_under_its_edge() {
    let parts = boxed(Kind::Rectangle, filled(Shade::Hatch)).shape().parts(true);
    let said: Vec<_> = parts
        .iter()
        .map(|part| (part.fill, part.line.map(|(tone, _)| tone)))
        .collect();
    assert_eq!(said, [(None, Some(Tone::Fill)), (None, Some(Tone::Line))]);
}

#[test]
fn all_dashes_are_one_path_of_a_piece_each() {
    let style = Style {
        dash: Dash::Dotted,
        ..filled(Shade::Solid)
    };
    let parts = boxed(Kind::Rectangle, style).shape().parts(true);
    let dots = parts.last().expect("dots");
    assert_eq!(dots.line, Some((Tone::Line, 3.0)));
    let points: Vec<Point> = dots
        .path
        .iter()
        .filter_map(|element| element.end_point())
        .collect();
    assert!(points.len() > 40, "{} points", points.len());
    assert!(points.chunks(2).all(|dot| dot[0] == dot[1]), "{points:?}");
}

#[test]
fn a_stroke_is_a_line_where_it_is_equally_wide_and_else_an_outline() {
    for (pressures, outlined) in [([50; 4], false), ([20, 90, 40, 60], true)] {
        let mut stroke = boxed(
            Kind::Stroke,
            Style {
                width: 4.0,
                ..Style::default()
            },
        );
        stroke.place = Affine::IDENTITY;
        let points = [(0, 0), (30, 10), (60, -5), (90, 20)].into_iter().zip(pressures);
        stroke.points = points
            .map(|((x, y), pressure)| Sample { x, y, pressure }.ink(1.0))
            .collect();
        let parts = stroke.shape().parts(true);
        let [part] = &parts[..] else { panic!("{parts:?}") };
        let line = if outlined { None } else { Some((Tone::Line, 4.0)) };
        assert_eq!((part.fill.is_some(), part.line), (outlined, line));
    }
}

#[test]
fn a_clean_outline_goes_around_the_same_and_is_shorter() {
    let mut stroke = boxed(
        Kind::Stroke,
        Style {
            width: 9.0,
            ..Style::default()
        },
    );
    stroke.place = Affine::IDENTITY;
    // A scribble whose bends are tighter than it is wide, and which crosses itself.
    let at = |n: i64| {
        let (sin, cos) = (n as f64 * 0.7).sin_cos();
        Sample {
            x: 3 * n + (12.0 * cos) as i64,
            y: (12.0 * sin) as i64,
            pressure: 20 + (n * 7 % 60) as u8,
        }
        .ink(1.0)
    };
    stroke.points = (0..60).map(at).collect();
    let [clean, plain] = [true, false].map(|clean| stroke.shape().parts(clean).remove(0).path);
    assert!(
        2 * clean.elements().len() < plain.elements().len(),
        "{} {}",
        clean.elements().len(),
        plain.elements().len()
    );
    let bounds = kurbo::Shape::bounding_box(&plain).inflate(1.0, 1.0);
    let mut inside = 0;
    for (x, y) in (0..200).flat_map(|x| (0..40).map(move |y| (x, y))) {
        let (x, y) = (f64::from(x) / 200.0, f64::from(y) / 40.0);
        let p = bounds.origin() + kurbo::Vec2::new(bounds.width() * x, bounds.height() * y);
        let [a, b] = [&clean, &plain].map(|path| kurbo::Shape::winding(path, p) != 0);
        inside += u32::from(a);
        if a != b {
            // Either may be off from the true edge.
            let off = plain.segments().map(|s| s.nearest(p, 1e-6).distance_sq.sqrt());
            let off = off.fold(f64::MAX, f64::min);
            assert!(off <= 2.0 * LOOSER * stroke.shape().exact, "{p} is {off} off");
        }
    }
    assert!(inside > 2000, "{inside}");
}
