use kurbo::{ParamCurve as _, PathSeg};
use proptest::prelude::*;

use super::*;

/// Points along a path, close together.
fn along(path: &BezPath) -> Vec<Point> {
    let at = |segment: PathSeg| (0..=40).map(move |n| segment.eval(f64::from(n) / 40.0));
    path.segments().flat_map(at).collect()
}

/// How far a point is from a line.
fn off(p: Point, line: &[Point]) -> f64 {
    let ways = line.windows(2).map(|pair| apart(p, pair[0], pair[1]));
    ways.fold(f64::MAX, f64::min)
}

/// How far a line and what came of it are from each other.
fn between(line: &[Point], path: &BezPath, closed: bool) -> f64 {
    let mut line = line.to_vec();
    if closed || line.len() == 1 {
        line.push(line[0]);
    }
    let drawn = along(path);
    let there = drawn.iter().map(|p| off(*p, &line));
    let back = line.iter().map(|p| off(*p, &drawn));
    there.chain(back).fold(0.0, f64::max)
}

fn numbers(path: &BezPath) -> usize {
    let count = |element: &PathEl| match element {
        PathEl::CurveTo(..) => 6,
        PathEl::ClosePath => 0,
        _ => 2,
    };
    path.elements().iter().map(count).sum()
}

fn circle(radius: f64, count: usize) -> Vec<Point> {
    let at =
        |n: usize| Point::ORIGIN + Vec2::from_angle(n as f64 * std::f64::consts::TAU / count as f64) * radius;
    (0..count).map(at).collect()
}

proptest! {
    #[test]
    fn no_point_is_farther_off_than_is_allowed(
        steps in proptest::collection::vec((-9.0f64..9.0, -9.0f64..9.0), 1..120),
        smooth in 0usize..6,
        closed: bool,
        tolerance in 0.01f64..2.0,
    ) {
        let mut at = Point::ORIGIN;
        let mut line: Vec<Point> = steps.into_iter().map(|by| { at += Vec2::from(by); at }).collect();
        for _ in 0..smooth {
            // Corners are cut: what was wild becomes round.
            line = line.windows(2).flat_map(|pair| [pair[0].lerp(pair[1], 0.25), pair[0].lerp(pair[1], 0.75)]).chain(line.first().copied()).take(800).collect();
            line.rotate_right(1);
        }
        let path = fitted(&line, closed, tolerance);
        let far = between(&line, &path, closed);
        // Between the places at which it was looked at, a little may be missed.
        prop_assert!(far <= 1.1 * tolerance, "{far} is more than {tolerance}");
    }
}

#[test]
fn a_round_line_becomes_few_curves_and_a_straight_one_stays_straight() {
    let round = circle(50.0, 200);
    let path = fitted(&round, true, 0.05);
    assert!(numbers(&path) <= 50, "{} numbers", numbers(&path));
    assert!(between(&round, &path, true) <= 0.05);

    let straight: Vec<Point> = (0..100)
        .map(|n| Point::new(f64::from(n), 2.0 * f64::from(n)))
        .collect();
    let path = fitted(&straight, false, 0.05);
    assert_eq!(
        path.elements(),
        [PathEl::MoveTo(straight[0]), PathEl::LineTo(straight[99])]
    );
}

#[test]
fn corners_stay_where_they_are() {
    let square = [(0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 20.0)].map(Point::from);
    // Begun in the middle of a side.
    let begun = [&[Point::new(0.0, 10.0)], &square[..]].concat();
    let path = fitted(&begun, true, 0.05);
    let ends: Vec<Point> = path.elements().iter().filter_map(PathEl::end_point).collect();
    assert_eq!(ends, square);
    assert_eq!(path.elements().last(), Some(&PathEl::ClosePath));
}

#[test]
fn a_point_is_a_line_of_no_length_and_nothing_is_nothing() {
    let dot = Point::new(3.0, 4.0);
    for line in [&[dot][..], &[dot, dot, dot]] {
        assert_eq!(
            fitted(line, false, 0.1).elements(),
            [PathEl::MoveTo(dot), PathEl::LineTo(dot)]
        );
    }
    assert!(fitted(&[], true, 0.1).elements().is_empty());
}
