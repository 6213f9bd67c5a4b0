//! Figures of every kind against what they promise: nothing breaks on odd places, tips are at their points, dashes come out
//! even, and outline and mesh cover the same.

use std::f64::consts::PI;
use std::sync::Arc;

use kurbo::{BezPath, ParamCurveNearest, Shape as _, Vec2};
use proptest::prelude::*;

use super::*;
use crate::geometry::{Glyph, Glyphs, Mesh, Region, Ribbon};

mod inside;

fn boxed(kind: Kind, place: [f64; 6]) -> Figure {
    Figure {
        kind,
        place: Affine::new(place),
        points: Vec::new(),
        step: 1.0,
        width: 4.0,
        dash: Dash::Solid,
        sketch: Sketch::None,
        seed: 7,
        corners: Corners::Round,
        route: Route::Curve,
        holds: [None, None],
        heads: [Head::None; 2],
        fill: None,
        letters: None,
    }
}

fn line(points: &[(f64, f64)]) -> Figure {
    Figure {
        points: points.iter().map(|&(x, y)| even(Point::new(x, y))).collect(),
        ..boxed(Kind::Line, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    }
}

fn mesh(figure: &Figure) -> Mesh {
    figure.shape(None).mesh().expect("a mesh")
}

/// Of what has the line's colour and of what has the fill's, whichever there is.
fn drawn(figure: &Figure) -> Rect {
    let shape = figure.shape(None);
    let paths = [shape.line(), shape.inside()];
    let boxes = paths
        .iter()
        .filter(|path| !path.is_empty())
        .map(BezPath::bounding_box);
    boxes.reduce(|a, b| a.union(b)).expect("something")
}

#[test]
fn the_tip_of_every_head_is_at_the_point_and_nothing_sticks_out() {
    for (head, beyond) in [
        (Head::Arrow, 0.0),
        (Head::Triangle, 0.0),
        (Head::Dot, 1.75 * 4.0),
        (Head::Bar, 2.0),
    ] {
        for dash in [Dash::Solid, Dash::Dashed] {
            let figure = Figure {
                heads: [head; 2],
                dash,
                ..line(&[(10.0, 5.0), (210.0, 5.0)])
            };
            let all = drawn(&figure);
            let near = |a: f64, b: f64| (a - b).abs() < 0.05;
            assert!(
                near(all.x0, 10.0 - beyond) && near(all.x1, 210.0 + beyond),
                "{head:?} {dash:?}: {all}"
            );
            assert!(
                near(all.y0 + all.y1, 10.0) && all.height() > 8.0,
                "{head:?}: {all}"
            );
        }
    }
}

#[test]
fn a_head_is_never_longer_than_half_of_its_line_and_points_along_a_curve() {
    let short = Figure {
        heads: [Head::Triangle; 2],
        ..line(&[(0.0, 0.0), (10.0, 0.0)])
    };
    let bounds = drawn(&short);
    assert!(bounds.width() < 11.0 && bounds.height() < 11.0, "{bounds}");
    let bent = Figure {
        heads: [Head::None, Head::Arrow],
        ..line(&[(0.0, 0.0), (150.0, 0.0), (200.0, 200.0)])
    };
    let shape = bent.shape(None);
    let [from, tip, to] = bent.way_and_heads(bent.tolerance()).1[1]
        .clone()
        .expect("a head")
        .strokes
        .concat()[..]
    else {
        unreachable!("an arrow has two strokes")
    };
    let middle = from.midpoint(to);
    assert!(
        (tip - middle).y > 0.9 * tip.distance(middle),
        "it comes from above: {from} {tip} {to}"
    );
    assert!(shape.line().winding(Point::new(200.0, 199.0)) != 0);
}

#[test]
fn dashes_are_alike_and_an_open_line_begins_and_ends_with_one() {
    let dashed = |length: f64, dash| Figure {
        dash,
        ..line(&[(0.0, 0.0), (length, 0.0)])
    };
    for length in [30.0, 77.7, 100.0, 3000.1] {
        let pieces = dashed(length, Dash::Dashed).shape(None).lines;
        let boxes: Vec<Rect> = pieces.iter().filter_map(Ribbon::bounds).collect();
        let (first, last) = (boxes[0], boxes[boxes.len() - 1]);
        assert!(boxes.len() >= 2 && (first.x0 + 2.0).abs() < 1e-6 && (last.x1 - length - 2.0).abs() < 1e-6);
        for pair in boxes.windows(2) {
            let gap = pair[1].x0 - pair[0].x1;
            assert!((pair[0].width() - first.width()).abs() < 1e-6, "of one length");
            assert!((2.0..12.0).contains(&gap), "{gap} between two, of {length}");
        }
        let dots = dashed(length, Dash::Dotted).shape(None).lines;
        let boxes: Vec<Rect> = dots.iter().filter_map(Ribbon::bounds).collect();
        assert!(boxes.iter().all(|dot| (dot.width() - 4.0).abs() < 1e-6));
        assert!(boxes.windows(2).all(|pair| pair[1].x0 - pair[0].x1 > 1.0));
    }
    let whole = dashed(8.0, Dash::Dashed).shape(None);
    assert_eq!(whole.lines.len(), 1, "what is too short is whole");
}

#[test]
fn a_closed_outline_has_no_odd_dash_and_its_seam_in_a_gap() {
    for kind in [Kind::Rectangle, Kind::Diamond, Kind::Ellipse] {
        let figure = Figure {
            dash: Dash::Dashed,
            ..boxed(kind, [173.0, 10.0, -20.0, 91.0, 5.0, 7.0])
        };
        let shape = figure.shape(None);
        let lengths: Vec<f64> = shape
            .lines
            .iter()
            .map(|ribbon| ribbon.outline(Affine::IDENTITY).area().abs())
            .collect();
        let mean = lengths.iter().sum::<f64>() / lengths.len() as f64;
        assert!(lengths.len() > 10);
        assert!(
            lengths.iter().all(|area| (area - mean).abs() < 0.1 * mean),
            "{kind:?}: {lengths:?}"
        );
        let seam = outline(kind, figure.place, figure.corners, 0.01)[0];
        assert_eq!(shape.line().winding(seam), 0, "{kind:?}");
        // From afar there are as many.
        assert_eq!(figure.shape(Some(0.5)).lines.len(), lengths.len());
    }
}

#[test]
fn what_would_be_dashes_without_end_is_drawn_whole() {
    for (length, width) in [(1e9, 0.01), (1e9, 10_000.0), (1e5, 0.01)] {
        for dash in [Dash::Dashed, Dash::Dotted] {
            let hostile = Figure {
                width,
                dash,
                ..line(&[(-length / 2.0, 0.0), (length / 2.0, 0.0)])
            };
            assert_eq!(hostile.shape(None).lines.len(), 1);
            let boxed = Figure {
                width,
                dash,
                fill: Some(Shade::Hatch),
                ..boxed(Kind::Ellipse, [length, 0.0, 0.0, length, 0.0, 0.0])
            };
            let shape = boxed.shape(None);
            assert!(shape.lines.len() == 1 && shape.hatch.len() <= 402);
        }
    }
    let fine = Figure {
        dash: Dash::Dashed,
        ..line(&[(0.0, 0.0), (500.0, 0.0)])
    };
    assert_eq!(
        fine.shape(Some(5.0)).lines.len(),
        1,
        "from so far away nobody sees dashes"
    );
}

#[test]
fn a_box_is_where_its_place_says_with_half_its_line_around_it() {
    for corners in [Corners::Round, Corners::Sharp] {
        for kind in [Kind::Rectangle, Kind::Ellipse] {
            let figure = Figure {
                corners,
                ..boxed(kind, [200.0, 0.0, 0.0, -100.0, 10.0, 120.0])
            };
            let bounds = mesh(&figure).bounds;
            let exact = Rect::new(8.0, 18.0, 212.0, 122.0);
            let apart = [
                bounds.x0 - exact.x0,
                bounds.y0 - exact.y0,
                bounds.x1 - exact.x1,
                bounds.y1 - exact.y1,
            ];
            assert!(
                apart.iter().all(|v| v.abs() < 0.05),
                "{kind:?} {corners:?}: {bounds}"
            );
        }
    }
}

#[test]
fn a_corner_is_round_by_a_quarter_of_the_shorter_side_and_not_by_more_than_so_much() {
    let corner = |place, at: f64| {
        let figure = boxed(Kind::Rectangle, place);
        (
            figure.contains(Point::new(at, at)),
            figure.contains(Point::new(at + 1.0, at + 1.0)),
        )
    };
    // From the corner to the arc it is 0.293 times the radius, in x and in y.
    assert_eq!(
        corner([100.0, 0.0, 0.0, 40.0, 0.0, 0.0], 0.293 * 10.0 - 0.5),
        (false, true)
    );
    assert_eq!(
        corner([900.0, 0.0, 0.0, 400.0, 0.0, 0.0], 0.293 * 32.0 - 0.5),
        (false, true)
    );
    let sharp = Figure {
        corners: Corners::Sharp,
        ..boxed(Kind::Rectangle, [100.0, 0.0, 0.0, 40.0, 0.0, 0.0])
    };
    assert!(sharp.contains(Point::new(0.1, 0.1)) && !sharp.contains(Point::new(-0.1, 0.1)));
}

#[test]
fn a_point_is_inside_a_box_whether_it_is_filled_or_not_and_never_inside_a_line() {
    let turned = [70.0, 70.0, -70.0, 70.0, 0.0, 0.0];
    for (kind, near_corner) in [
        (Kind::Rectangle, true),
        (Kind::Diamond, false),
        (Kind::Ellipse, false),
    ] {
        let figure = boxed(kind, turned);
        assert!(figure.contains(Point::new(0.0, 70.0)));
        assert_eq!(figure.contains(Point::new(0.0, 20.0)), near_corner, "{kind:?}");
        assert!(!figure.contains(Point::new(60.0, 20.0)));
        let flat = boxed(kind, [70.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(!flat.contains(Point::new(35.0, 0.0)), "without an inside");
    }
    let round = line(&[(0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (0.0, 0.0)]);
    assert!(!round.contains(Point::new(40.0, 10.0)));
}

#[test]
fn a_fill_is_hit_and_what_is_not_filled_only_at_its_line() {
    let empty = boxed(Kind::Ellipse, [100.0, 0.0, 0.0, 100.0, 0.0, 0.0]);
    let filled = Figure {
        fill: Some(Shade::Tint),
        ..empty.clone()
    };
    let middle = Point::new(50.0, 50.0);
    assert!(mesh(&filled).touches(middle, middle, 0.0));
    assert!(
        !mesh(&empty).touches(middle, middle, 10.0)
            && mesh(&empty).touches(Point::new(99.0, 50.0), middle, 0.0)
    );
    let small = Region::from(Rect::from_center_size(middle, (4.0, 4.0)));
    assert!(mesh(&filled).overlaps(&small) && !mesh(&empty).overlaps(&small));
    assert!(
        mesh(&empty).overlaps(&Rect::new(-50.0, -50.0, 150.0, 150.0).into()),
        "it holds all of it"
    );
    assert!(
        !mesh(&filled).overlaps(&Rect::new(0.0, 0.0, 10.0, 10.0).into()),
        "within its bounds, beside it"
    );
    let long = mesh(&line(&[(0.0, 0.0), (100.0, 100.0)]));
    assert!(
        long.overlaps(&Rect::new(40.0, 30.0, 60.0, 70.0).into()),
        "it goes across"
    );
    assert!(!long.overlaps(&Rect::new(60.0, 0.0, 90.0, 50.0).into()));
}

#[test]
fn heads_and_dashes_of_a_thin_line_are_larger_beside_it_than_those_of_a_thick_one() {
    let of = |width: f64| Figure {
        width,
        ..line(&[(0.0, 0.0), (400.0, 0.0)])
    };
    let headed = |width| Figure {
        heads: [Head::None, Head::Bar],
        ..of(width)
    };
    let dashed = |width| Figure {
        dash: Dash::Dashed,
        ..of(width)
    };
    // Half a bar is 2.25 of what it is measured by, and half of its own stroke is beyond that.
    for (width, by) in [(1.0, 2.5), (2.0, 3.0), (4.0, 4.0), (16.0, 16.0)] {
        let half = drawn(&headed(width)).height() / 2.0;
        assert!(
            (half - 2.25 * by - width / 2.0).abs() < 0.05 * by,
            "{width}: {half}"
        );
        let count = dashed(width).shape(None).lines.len() as f64;
        assert!((count - 400.0 / (5.0 * by)).abs() <= 1.0, "{width}: {count}");
    }
}

#[test]
fn where_the_ends_of_a_closed_curve_meet_it_has_a_corner() {
    // A slice of a pie: its straight sides meet in the middle.
    let rim = [
        (100.0, 0.0),
        (95.0, 31.0),
        (81.0, 59.0),
        (59.0, 81.0),
        (31.0, 95.0),
        (0.0, 100.0),
    ];
    let mut points = vec![(0.0, 0.0)];
    points.extend(rim);
    let open = line(&points).way();
    points.push((0.0, 0.0));
    let closed = line(&points).way();
    // How far it bulges beyond a straight side.
    let bulge = |way: &[InkPoint]| way.iter().map(|p| -p.pos.y).fold(0.0, f64::max);
    assert!(bulge(&closed) < 6.0, "{}", bulge(&closed));
    assert!(
        bulge(&open) > bulge(&closed),
        "an open one bends as its neighbour does"
    );
}

#[test]
fn a_smooth_line_goes_through_all_its_points_and_a_sharp_one_straight() {
    let points = [(0.0, 0.0), (100.0, 80.0), (110.0, 80.0), (300.0, -50.0)];
    let smooth = mesh(&line(&points));
    for (x, y) in points {
        assert!(smooth.touches(Point::new(x, y), Point::new(x, y), 0.0));
    }
    // No loop where two points are close together: it hardly leaves the box around its points.
    assert!(
        Rect::new(-3.0, -53.0, 303.0, 95.0).contains_rect(smooth.bounds),
        "{}",
        smooth.bounds
    );
    let sharp = mesh(&Figure {
        route: Route::Straight,
        ..line(&points)
    });
    for pair in points.windows(2) {
        let middle = Point::from(pair[0]).midpoint(pair[1].into());
        assert!(sharp.touches(middle, middle, 0.0));
    }
    assert_eq!(sharp.bounds.y1.round(), 82.0);
}

/// Letters within the unit square, led by `place`.
fn letters(place: Affine) -> Letters {
    let ring = Arc::new(Glyph::new(crate::geometry::glyph::tests::ring()));
    let at = |n: u8| (Arc::clone(&ring), Point::new(0.1 + 0.25 * f64::from(n), 0.5));
    let set = Glyphs {
        glyphs: (0..3).map(at).collect(),
        size: 0.3,
        baselines: vec![[Point::new(0.1, 0.5), Point::new(0.9, 0.5)]],
        area: Rect::new(0.1, 0.2, 0.9, 0.6),
    };
    Letters {
        set: Arc::new(set),
        place,
    }
}

/// A figure with everything that it can have.
fn figures() -> impl Strategy<Value = Figure> {
    let number = prop_oneof![-150.0f64..150.0, Just(0.0), Just(1.0)];
    let points = proptest::collection::vec((-9i32..9, -9i32..9, 0.0f64..1.0), 2..7);
    let terms = (
        0..Kind::ALL.len(),
        (0..Dash::ALL.len(), 0..Sketch::ALL.len(), any::<u64>()),
        (0..Corners::ALL.len(), 0..Route::ALL.len()),
        0..Head::ALL.len(),
        0..Head::ALL.len(),
        proptest::option::of(0..Shade::ALL.len()),
    );
    (proptest::array::uniform6(number), points, terms, 0.5f64..12.0).prop_map(
        |(place, points, (kind, (dash, sketch, seed), (corners, route), start, end, fill), width)| {
            // An image has no line, so nothing of it is left where its place is flat.
            let kind = Some(Kind::ALL[kind]).filter(|kind| *kind != Kind::Image);
            let kind = kind.unwrap_or(Kind::Rectangle);
            let at = |(x, y, pressure)| {
                let pos = Point::new(10.0 * f64::from(x), 10.0 * f64::from(y));
                InkPoint::new(pos, if kind.is_ink() { pressure } else { 0.5 })
            };
            let lettered = kind == Kind::Text || (kind.bears_letters() && width > 6.0);
            Figure {
                kind,
                letters: lettered.then(|| letters(Affine::new(place))),
                place: Affine::new(place),
                points: if kind.has_points() {
                    points.into_iter().map(at).collect()
                } else {
                    Vec::new()
                },
                step: 0.25,
                width,
                dash: Dash::ALL[dash],
                sketch: Sketch::ALL[sketch],
                seed,
                corners: Corners::ALL[corners],
                route: Route::ALL[route],
                holds: [None, None],
                heads: [Head::ALL[start], Head::ALL[end]],
                fill: fill
                    .map(|fill| Shade::ALL[fill])
                    .or((kind == Kind::Note).then_some(Shade::Tint)),
            }
        },
    )
}

fn covered(figure: &Figure) -> Result<(), TestCaseError> {
    let shape = figure.shape(None);
    // A sheet of paper without area is nothing, and so are letters that have none.
    if !figure.kind.has_line() && shape.mesh().is_none() {
        prop_assert!(shape.line().is_empty() && shape.inside().is_empty());
        return Ok(());
    }
    let (line, inside, mesh) = (shape.line(), shape.inside(), mesh(figure));
    let bounds = figure.bounds().expect("in the world");
    prop_assert!(
        bounds.inflate(1e-3, 1e-3).contains_rect(mesh.bounds),
        "{bounds} does not hold {}",
        mesh.bounds
    );
    let longest = mesh
        .strip
        .iter()
        .map(|corner| corner.offset[0].hypot(corner.offset[1]));
    let longest = f64::from(longest.fold(0.0, f32::max));
    prop_assert!(
        longest <= figure.reach() * 1.0001,
        "{longest} is more than {}",
        figure.reach()
    );
    for (i, j) in (0..30).flat_map(|i| (0..30).map(move |j| (i, j))) {
        let part = Vec2::new((f64::from(i) + 0.503) / 30.0, (f64::from(j) + 0.497) / 30.0);
        let at = bounds.origin() + Vec2::new(part.x * bounds.width(), part.y * bounds.height());
        let turns = [line.winding(at), inside.winding(at)];
        // What a closed line goes around may turn either way.
        let turned = if figure.kind.has_points() {
            &turns[..1]
        } else {
            &turns
        };
        prop_assert!(
            turned.iter().all(|turns| *turns <= 0),
            "at {at} it turns both ways"
        );
        // Within the rounding of f32 the mesh may say otherwise.
        if turns == [0, 0] {
            let clear = |path: &BezPath| path.segments().all(|s| s.nearest(at, 1e-6).distance_sq > 1e-6);
            let wrong = mesh.touches(at, at, 0.0) && clear(&line) && clear(&inside);
            prop_assert!(!wrong, "the mesh covers {at}, the outline does not");
        } else {
            prop_assert!(
                mesh.touches(at, at, 1e-3),
                "the outline covers {at}, the mesh does not"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn outline_and_mesh_of_every_figure_cover_the_same(figure in figures()) {
        covered(&figure)?;
    }

    #[test]
    fn no_place_and_no_tolerance_breaks_anything(
        figure in figures(),
        odd in proptest::array::uniform6(prop_oneof![
            Just(0.0), Just(1e9), Just(-1e9), Just(1e-9), Just(f64::NAN), Just(f64::INFINITY), Just(1e300), -1.0f64..1.0
        ]),
        width in prop_oneof![Just(0.01), Just(10_000.0), Just(4.0)],
        tolerance in proptest::option::of(prop_oneof![Just(1e-4), Just(0.15), Just(1e4)]),
    ) {
        let points = figure.points.iter().zip(odd.iter().cycle());
        let odd = Figure {
            place: Affine::new(odd),
            points: points.map(|(p, odd)| even(p.pos + Vec2::new(*odd, 0.0))).collect(),
            width,
            ..figure
        };
        let shape = odd.shape(tolerance);
        let bounds = odd.bounds();
        prop_assert!(bounds.is_none_or(|b| b.is_finite()));
        prop_assert!(odd.length().is_nan() || odd.length() >= 0.0);
        prop_assert!(!odd.contains(Point::new(f64::NAN, 0.0)));
        if let Some(mesh) = shape.mesh() {
            let finite = |v: &[f32; 2]| v.iter().all(|v| v.is_finite());
            prop_assert!(mesh.strip.iter().all(|corner| finite(&corner.at()) && finite(&corner.offset)));
            prop_assert!(mesh.strip.len() < 3_000_000, "{} corners", mesh.strip.len());
            prop_assert!(shape.line().is_finite() && shape.inside().is_finite());
        }
    }
}

#[test]
fn letters_are_drawn_one_by_one_from_near_as_bars_from_afar_and_hit_anywhere() {
    let text = Figure {
        letters: Some(letters(Affine::scale(100.0))),
        ..boxed(Kind::Text, [100.0, 0.0, 0.0, 100.0, 0.0, 0.0])
    };
    let ink = |tolerance| text.shape(tolerance).line().area().abs();
    let ring = crate::geometry::glyph::tests::ring().area().abs();
    assert!((ink(None) - 3.0 * ring * 900.0).abs() < 1.0, "{}", ink(None));
    let bar = text.shape(Some(20.0)).mesh().expect("a bar");
    assert!(bar.strip.len() < 40 && bar.bounds.width() > 80.0, "{bar:?}");
    assert!(
        (ink(Some(20.0)) / ink(None) - 1.0).abs() < 0.6,
        "about as much ink"
    );
    let (mesh, area) = (mesh(&text), text.touchable().expect("an area"));
    for between in [Point::new(19.0, 41.0), Point::new(36.0, 58.0)] {
        assert!(!mesh.touches(between, between, 0.0) && area.touches(between, between, 0.0));
    }
    assert!(!area.touches(Point::new(5.0, 40.0), Point::new(5.0, 40.0), 1.0));
}

#[test]
fn a_line_leaves_a_gap_for_its_letters() {
    let place = Affine::translate((60.0, -20.0)) * Affine::scale(40.0);
    let labelled = Figure {
        letters: Some(letters(place)),
        ..line(&[(0.0, 0.0), (160.0, 0.0)])
    };
    let bare = Figure {
        letters: None,
        ..labelled.clone()
    };
    let gap = labelled
        .letters
        .as_ref()
        .expect("letters")
        .bounds()
        .inflate(1.0, 0.0);
    let shape = |figure: &Figure| figure.shape(None).mesh().expect("a mesh");
    for x in [gap.x0, gap.x1] {
        let at = Point::new(x, 0.0);
        assert!(shape(&bare).touches(at, at, 0.0));
        assert!(!shape(&labelled).touches(at, at, 0.0), "at {at}");
    }
    for at in [Point::new(2.0, 0.0), Point::new(158.0, 0.0)] {
        assert!(shape(&labelled).touches(at, at, 0.0));
    }
    assert_eq!(labelled.middle(), Point::new(80.0, 0.0));
}

#[test]
fn a_filled_dashed_and_headed_figure_covers_with_its_mesh_what_its_outline_does() {
    let figure = Figure {
        dash: Dash::Dashed,
        fill: Some(Shade::Hatch),
        ..boxed(Kind::Diamond, [120.0, 30.0, -40.0, 90.0, 0.0, 0.0])
    };
    covered(&figure).expect("a box");
    let arrow = Figure {
        dash: Dash::Dotted,
        heads: [Head::Dot, Head::Triangle],
        ..line(&[(0.0, 0.0), (80.0, 60.0), (160.0, 0.0)])
    };
    covered(&arrow).expect("an arrow");
    let area = Figure {
        fill: Some(Shade::Solid),
        ..boxed(Kind::Ellipse, [100.0, 0.0, 0.0, 60.0, 0.0, 0.0])
    };
    let covers = area.shape(None).inside().area().abs();
    assert!((covers - PI * 1500.0).abs() < 5.0, "{covers}");
}
