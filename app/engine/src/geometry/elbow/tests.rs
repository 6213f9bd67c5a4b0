//! Right-angled ways against what they promise: level and upright pieces, square to what they hold on to, around it.

use kurbo::Affine;
use proptest::prelude::*;

use super::*;
use crate::geometry::{Corners, Kind};

fn hold(rect: Rect, at: (f64, f64)) -> Hold {
    Hold {
        kind: Kind::Rectangle,
        place: Affine::map_unit_square(rect),
        corners: Corners::Sharp,
        edge: 0.0,
        at: at.into(),
    }
}

const MIDDLE: (f64, f64) = (0.5, 0.5);
const W: f64 = 4.0;

fn corners(points: &[(f64, f64)], holds: &[Option<Hold>; 2]) -> Vec<(f64, f64)> {
    let points: Vec<Point> = points.iter().map(|p| (*p).into()).collect();
    let way = elbow(&points, holds, W);
    way.corners.iter().map(|p| (p.x, p.y)).collect()
}

#[test]
fn d32_side_by_side_it_goes_from_side_to_side_with_its_bends_midway() {
    let a = hold(Rect::new(0.0, 0.0, 100.0, 40.0), MIDDLE);
    let b = hold(Rect::new(300.0, 200.0, 400.0, 240.0), MIDDLE);
    let way = corners(&[(0.0, 0.0), (1.0, 1.0)], &[Some(a), Some(b)]);
    assert_eq!(
        way,
        [(104.0, 20.0), (200.0, 20.0), (200.0, 220.0), (296.0, 220.0)]
    );
}

#[test]
fn d32_level_with_one_another_it_is_straight() {
    let a = hold(Rect::new(0.0, 0.0, 100.0, 40.0), MIDDLE);
    let b = hold(Rect::new(300.0, 0.0, 400.0, 40.0), MIDDLE);
    let way = corners(&[(0.0, 0.0), (1.0, 1.0)], &[Some(a), Some(b)]);
    assert_eq!(way, [(104.0, 20.0), (296.0, 20.0)]);
}

#[test]
fn d32_the_side_that_is_aimed_at_is_left_by() {
    let a = hold(Rect::new(0.0, 0.0, 100.0, 40.0), (0.5, 1.0));
    let b = hold(Rect::new(300.0, 0.0, 400.0, 40.0), (0.5, 1.0));
    let way = corners(&[(0.0, 0.0), (1.0, 1.0)], &[Some(a), Some(b)]);
    // Down out of the one, and up into the other.
    assert_eq!(way, [(50.0, 44.0), (50.0, 72.0), (350.0, 72.0), (350.0, 44.0)]);
}

#[test]
fn d32_it_goes_around_what_it_holds_on_to() {
    // Out at the left, to what lies at the right.
    let a = hold(Rect::new(0.0, 0.0, 100.0, 40.0), (0.0, 0.5));
    let b = hold(Rect::new(300.0, 0.0, 400.0, 40.0), (1.0, 0.5));
    let way = corners(&[(0.0, 0.0), (1.0, 1.0)], &[Some(a.clone()), Some(b.clone())]);
    let inside = [a.bounds(), b.bounds()];
    for pair in way.windows(2) {
        let crossed = inside
            .iter()
            .any(|rect| crosses(*rect, pair[0].into(), pair[1].into()));
        assert!(!crossed, "{way:?}");
    }
    assert_eq!((way[0], way[way.len() - 1]), ((-4.0, 20.0), (404.0, 20.0)));
}

#[test]
fn d32_it_goes_through_its_points_and_knows_the_leg_of_each_piece() {
    let points = [(0.0, 0.0), (70.0, 50.0), (200.0, 100.0)].map(Point::from);
    let way = elbow(&points, &[None, None], W);
    let through = way.corners.windows(2).any(|pair| {
        Rect::from_points(pair[0], pair[1])
            .inflate(0.1, 0.1)
            .contains(points[1])
    });
    assert!(through, "{:?}", way.corners);
    assert_eq!(way.legs.len() + 1, way.corners.len());
    let named: Vec<usize> = way.legs.iter().flatten().copied().collect();
    assert!(
        named.is_sorted() && named.iter().all(|leg| *leg < 2),
        "{:?}",
        way.legs
    );
}

#[test]
fn d32_both_ends_on_one_target_make_a_loop_outside_it() {
    let rect = Rect::new(0.0, 0.0, 100.0, 40.0);
    let way = corners(
        &[(0.0, 0.0), (1.0, 1.0)],
        &[Some(hold(rect, (1.0, 0.5))), Some(hold(rect, (0.5, 1.0)))],
    );
    assert_eq!(
        way,
        [
            (104.0, 20.0),
            (132.0, 20.0),
            (132.0, 72.0),
            (50.0, 72.0),
            (50.0, 44.0)
        ]
    );
}

fn coordinate() -> impl Strategy<Value = f64> {
    prop_oneof![-400i32..400, Just(0)].prop_map(f64::from)
}

fn target() -> impl Strategy<Value = Option<Hold>> {
    // Without fractions, so that what is moved differs by no rounding.
    let size = || (0i32..40).prop_map(|n| f64::from(8 * n));
    let part = || (0i32..=8).prop_map(|n| f64::from(n) / 8.0);
    let one = (coordinate(), coordinate(), size(), size(), part(), part());
    let one = one.prop_map(|(x, y, w, h, u, v)| hold(Rect::new(x, y, x + w, y + h), (u, v)));
    proptest::option::of(one)
}

proptest! {
    #[test]
    fn d32_whatever_it_holds_on_to_it_is_right_angled_bounded_and_moves_with_all_of_it(
        points in proptest::collection::vec((coordinate(), coordinate()), 2..6),
        a in target(),
        b in target(),
    ) {
        let points: Vec<Point> = points.into_iter().map(Point::from).collect();
        let way = elbow(&points, &[a.clone(), b.clone()], W);
        prop_assert!(!way.corners.is_empty() && way.corners.len() < 64);
        for pair in way.corners.windows(2) {
            let (dx, dy) = ((pair[1].x - pair[0].x).abs(), (pair[1].y - pair[0].y).abs());
            prop_assert!(dx.min(dy) < 1e-6, "{:?}", way.corners);
        }
        // A whole number of board units further on it is the same.
        let by = Vec2::new(512.0, -256.0);
        let moved = |hold: &Option<Hold>| hold.clone().map(|hold| Hold { place: Affine::translate(by) * hold.place, ..hold });
        let there: Vec<Point> = points.iter().map(|p| *p + by).collect();
        let again = elbow(&there, &[moved(&a), moved(&b)], W);
        prop_assert_eq!(again.corners.len(), way.corners.len());
        for (p, q) in way.corners.iter().zip(&again.corners) {
            prop_assert!((*p + by).distance(*q) < 1e-6);
        }
    }
}

#[test]
fn d32_hostile_points_and_targets_take_bounded_time() {
    let odd = [f64::NAN, f64::INFINITY, -1e300, 0.0, 1e9];
    for x in odd {
        for y in odd {
            let held = hold(Rect::new(x, y, y, x), MIDDLE);
            let _ = elbow(&[Point::new(x, y), Point::new(y, x)], &[Some(held), None], 0.01);
        }
    }
    let many: Vec<Point> = (0..4096)
        .map(|n| Point::new(f64::from(n % 7), f64::from(n % 5)))
        .collect();
    assert!(elbow(&many, &[None, None], W).corners.len() < 2 * many.len());
}
