//! What fills a figure, and lines as a hand draws them.

use std::f64::consts::PI;

use kurbo::{BezPath, ParamCurveNearest, Shape as _, Vec2};

use super::super::*;
use super::{boxed, line, mesh};

#[test]
fn d42_a_line_that_goes_around_something_is_filled_and_what_is_filled_is_hit() {
    for shade in Shade::ALL {
        let filled = |points: &[(f64, f64)]| Figure {
            fill: Some(*shade),
            route: Route::Straight,
            ..line(points)
        };
        let closed = filled(&[(0.0, 0.0), (100.0, 0.0), (50.0, 80.0), (5.0, 5.0)]);
        let middle = Point::new(50.0, 30.0);
        assert!(closed.contains(middle) && !closed.contains(Point::new(5.0, 60.0)));
        let inside = closed.shape(None).inside();
        assert!(!inside.is_empty());
        let area = inside.bounding_box();
        assert!(area.width() > 80.0 && area.height() > 60.0, "{shade:?}: {area}");
        let two = filled(&[(0.0, 0.0), (1.0, 0.0)]);
        assert!(two.shape(None).inside().is_empty());
        // What is filled is hit, but for what hatching leaves open between lines that are 4 widths apart.
        let touchable = closed.touchable().expect("an area");
        let aside = |n: i32| middle + Vec2::new(f64::from(n), 0.0);
        let hit = |n: i32| touchable.touches(aside(n), aside(n), 0.0);
        let hits = (-12..12).filter(|&n| hit(n)).count();
        let drawn = (-12..12).filter(|&n| inside.winding(aside(n)) != 0).count();
        assert_eq!(hits, drawn, "{shade:?}");
        assert_eq!(hits == 24, !shade.is_lines(), "{shade:?}");
        assert!(hits > 0, "{shade:?}");
        if !shade.is_lines() {
            let triangles = mesh(&closed).strip.len();
            assert!(
                touchable.mesh.strip.len() < triangles,
                "to be hit it needs none inside"
            );
        }
        let around = Rect::from_center_size(middle, (24.0, 24.0));
        assert!(touchable.overlaps(&around.into()), "{shade:?}");
        let ink = Figure {
            kind: Kind::Stroke,
            ..closed.clone()
        };
        assert!(!ink.shape(None).inside().is_empty() && ink.contains(middle));
        let marker = Figure {
            kind: Kind::Highlight,
            ..closed
        };
        assert!(marker.shape(None).inside().is_empty());
    }
}

#[test]
fn d43_a_sketched_box_has_more_lines_than_a_clean_one_and_its_fill_is_sketched_too() {
    for (kind, corners) in [
        (Kind::Rectangle, Corners::Sharp),
        (Kind::Rectangle, Corners::Round),
        (Kind::Diamond, Corners::Sharp),
        (Kind::Ellipse, Corners::Round),
    ] {
        let clean = Figure {
            corners,
            fill: Some(Shade::Hatch),
            ..boxed(kind, [300.0, 0.0, 0.0, 200.0, 10.0, 20.0])
        };
        let sketched = Figure {
            sketch: Sketch::Strong,
            ..clean.clone()
        };
        let (a, b) = (clean.shape(None), sketched.shape(None));
        assert!(b.lines.len() > a.lines.len(), "{kind:?}");
        assert_eq!(b.hatch.len(), a.hatch.len());
        assert_ne!(b.inside(), a.inside());
        // From afar there is nothing of it to be seen.
        let far = [&clean, &sketched].map(|figure| figure.shape(Some(50.0)).inside());
        assert_eq!(far[0], far[1]);
        let other = Figure {
            seed: 8,
            ..sketched.clone()
        };
        assert_ne!(other.shape(None).line(), b.line());
        assert_eq!(sketched.shape(None).line(), b.line());
    }
}

#[test]
fn lines_that_fill_a_stroke_are_thin_and_stay_within_its_bounds() {
    let corners = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0), (0.0, 0.0)];
    let ink = |fill| Figure {
        points: corners.iter().map(|&at| InkPoint::new(at.into(), 0.0)).collect(),
        kind: Kind::Stroke,
        width: 10.0,
        fill,
        ..line(&[])
    };
    // Its own line is 0.4 widths thick there, that of a hatching a fifth: as of a box with a line a third as wide.
    for shade in [Shade::Solid, Shade::Hatch, Shade::Cross, Shade::Zigzag] {
        let stroke = ink(Some(shade));
        let bounds = stroke.bounds().expect("in the world");
        assert!((bounds.x0 + 2.0).abs() < 1e-6, "{bounds}");
        assert!(
            bounds.inflate(1e-3, 1e-3).contains_rect(mesh(&stroke).bounds),
            "{shade:?}"
        );
    }
    let hatched = ink(Some(Shade::Hatch));
    let lines = hatched.shape(None).hatch.len();
    // The diagonal is 141 long, and they are 4 thirds of 10 apart.
    assert!((10..=11).contains(&lines), "{lines}");
}

/// The way around all that fills a figure.
fn filled(figure: &Figure, tolerance: f64) -> BezPath {
    figure.shape(Some(tolerance)).inside()
}

/// How far the corners of one path are from another one, at most.
fn farthest(from: &BezPath, to: &BezPath, counts: impl Fn(Point) -> bool) -> f64 {
    let corners = from.elements().iter().filter_map(kurbo::PathEl::end_point);
    let apart = |at: Point| {
        let near = to.segments().map(|segment| segment.nearest(at, 1e-6).distance_sq);
        near.fold(f64::INFINITY, f64::min).sqrt()
    };
    corners.filter(|&at| counts(at)).map(apart).fold(0.0, f64::max)
}

#[test]
fn d43_a_sketched_hatching_stays_as_it_is_when_its_box_is_made_wider() {
    for shade in [Shade::Hatch, Shade::Cross, Shade::Zigzag] {
        let wide = |width: f64| Figure {
            corners: Corners::Sharp,
            sketch: Sketch::Strong,
            fill: Some(shade),
            ..boxed(Kind::Rectangle, [width, 0.0, 0.0, 120.0, -width / 2.0, -60.0])
        };
        let (narrow, wider) = (filled(&wide(400.0), 0.05), filled(&wide(500.0), 0.05));
        // About the middle there is no end that moved.
        let middle = |at: Point| at.x.abs() < 60.0;
        assert!(farthest(&narrow, &wider, middle) < 1e-6, "{shade:?}");
    }
}

#[test]
fn d43_a_sketched_hatching_stays_as_it_is_from_near_and_from_afar() {
    let around = (0..=12).map(|n| Point::ORIGIN + Vec2::from_angle((f64::from(n) + 0.3) / 6.0 * PI) * 100.0);
    let round = |shade, width| Figure {
        points: around.clone().map(even).collect(),
        fill: Some(shade),
        sketch: Sketch::Strong,
        width,
        ..line(&[])
    };
    let tolerances = [0.05, 0.8];
    let far = tolerances.map(|tolerance| {
        let bounds = filled(&round(Shade::Solid, 4.0), tolerance).bounding_box();
        (bounds.width() + bounds.height()) * std::f64::consts::FRAC_1_SQRT_2
    });
    // So wide that there is room for a row more where it is more exact.
    let width = (far[0] + far[1]) / 2.0 / 64.0;
    let rows = far.map(|far| (far / 2.0 / (4.0 * width)).ceil());
    assert_eq!(rows, [9.0, 8.0], "{far:?}");
    for shade in [Shade::Hatch, Shade::Cross, Shade::Zigzag] {
        let [near, afar] = tolerances.map(|tolerance| filled(&round(shade, width), tolerance));
        let apart = farthest(&afar, &near, |_| true);
        assert!(apart < 1.7, "{shade:?}: {apart}");
    }
}
