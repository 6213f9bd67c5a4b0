use kurbo::ParamCurveNearest as _;

use super::*;
use crate::geometry::{Corners, Dash, Figure, Head, InkPoint, Kind, Route, Shade, Sketch};

fn boxed(kind: Kind, fill: Option<Shade>) -> Figure {
    Figure {
        kind,
        place: Affine::new([80.0, 0.0, 0.0, 40.0, 10.0, 20.0]),
        points: Vec::new(),
        step: 1.0,
        width: 3.0,
        dash: Dash::Solid,
        sketch: Sketch::None,
        seed: 7,
        corners: Corners::Sharp,
        route: Route::Straight,
        holds: [None, None],
        heads: [Head::None; 2],
        fill,
        letters: None,
    }
}

fn stroke(points: Vec<InkPoint>, width: f64) -> Figure {
    Figure {
        place: Affine::IDENTITY,
        points,
        width,
        ..boxed(Kind::Stroke, None)
    }
}

#[test]
fn a_box_and_its_edge_are_one_path() {
    for kind in [Kind::Rectangle, Kind::Diamond, Kind::Ellipse] {
        let parts = boxed(kind, Some(Shade::Solid)).shape(None).parts();
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
    let parts = boxed(Kind::Rectangle, Some(Shade::Hatch)).shape(None).parts();
    let said: Vec<_> = parts
        .iter()
        .map(|part| (part.fill, part.line.map(|(tone, _)| tone)))
        .collect();
    assert_eq!(said, [(None, Some(Tone::Fill)), (None, Some(Tone::Line))]);
}

#[test]
fn all_dashes_are_one_path_of_a_piece_each() {
    let dotted = Figure {
        dash: Dash::Dotted,
        ..boxed(Kind::Rectangle, Some(Shade::Solid))
    };
    let parts = dotted.shape(None).parts();
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
    for (pressures, outlined) in [([0.5; 4], false), ([0.2, 0.9, 0.4, 0.6], true)] {
        let points = [(0.0, 0.0), (30.0, 10.0), (60.0, -5.0), (90.0, 20.0)]
            .into_iter()
            .zip(pressures);
        let points = points.map(|(at, pressure)| InkPoint::new(at.into(), pressure));
        let parts = stroke(points.collect(), 4.0).shape(None).parts();
        let [part] = &parts[..] else { panic!("{parts:?}") };
        let line = if outlined { None } else { Some((Tone::Line, 4.0)) };
        assert_eq!((part.fill.is_some(), part.line), (outlined, line));
    }
}

fn corners_of(path: &BezPath) -> Vec<Point> {
    path.iter().filter_map(|element| element.end_point()).collect()
}

#[test]
fn a_clean_outline_goes_around_the_same_and_is_shorter() {
    // A scribble whose bends are tighter than it is wide, and which crosses itself.
    let at = |n: u8| {
        let (sin, cos) = (f64::from(n) * 0.7).sin_cos();
        let pos = Point::new(3.0 * f64::from(n) + (12.0 * cos).trunc(), (12.0 * sin).trunc());
        InkPoint::new(pos, 0.2 + f64::from(u16::from(n) * 7 % 60) / 100.0)
    };
    let shape = stroke((0..60).map(at).collect(), 9.0).shape(None);
    let clean = shape.parts().remove(0).path;
    let plain = fitted(&corners_of(&shape.line()), true, LOOSER * shape.exact);
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
            assert!(off <= 2.0 * LOOSER * shape.exact, "{p} is {off} off");
        }
    }
    assert!(inside > 2000, "{inside}");
}
