//! Closed polygons, told by their corners: what the insides of boxes, of closed lines and of letters have in common.

use kurbo::{BezPath, Point, Rect};

/// The corners of a line that comes back to where it began: no two in a row the same, the first not said again at the end.
pub(super) fn corners(mut line: Vec<Point>) -> Vec<Point> {
    line.dedup();
    while line.len() > 1 && line.first() == line.last() {
        line.pop();
    }
    line
}

/// Its sides, one after the other.
pub(super) fn sides(corners: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    let next = corners.iter().cycle().skip(1);
    corners.iter().copied().zip(next.copied())
}

/// As a closed path.
pub(super) fn outline(corners: &[Point]) -> BezPath {
    let mut path = BezPath::new();
    if let Some((&first, others)) = corners.split_first() {
        path.move_to(first);
        others.iter().for_each(|&corner| path.line_to(corner));
        path.close_path();
    }
    path
}

/// A box around it; `None` without corners.
pub(super) fn bounds(corners: &[Point]) -> Option<Rect> {
    let &first = corners.first()?;
    let start = Rect::from_points(first, first);
    Some(corners.iter().fold(start, |all, &corner| all.union_pt(corner)))
}

/// Positive where it turns from x to y.
pub(super) fn doubled_area(corners: &[Point]) -> f64 {
    let Some(&first) = corners.first() else { return 0.0 };
    corners
        .windows(2)
        .map(|pair| (pair[0] - first).cross(pair[1] - first))
        .sum()
}

/// How often it goes around a point.
pub(super) fn winding(corners: &[Point], at: Point) -> i32 {
    let turn = |(a, b): (Point, Point)| {
        let side = (b - a).cross(at - a);
        match (a.y <= at.y, b.y <= at.y) {
            (true, false) if side > 0.0 => 1,
            (false, true) if side < 0.0 => -1,
            _ => 0,
        }
    };
    sides(corners).map(turn).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_twice_is_one_corner() {
        let [a, b, c] = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)].map(Point::from);
        assert_eq!(corners(vec![a, a, b, c, c, a, a]), [a, b, c]);
        assert_eq!(corners(vec![a, a, a]), [a]);
        assert_eq!(corners(Vec::new()), []);
    }

    #[test]
    fn a_point_is_gone_around_as_often_and_the_way_it_is() {
        let square = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)].map(Point::from);
        let twice = [square, square].concat();
        let back: Vec<Point> = square.iter().rev().copied().collect();
        for (at, inside) in [
            ((1.0, 3.0), 1),
            ((3.0, 0.5), 1),
            ((5.0, 2.0), 0),
            ((-1.0, 2.0), 0),
            ((2.0, 9.0), 0),
        ] {
            let turns = [&square[..], &twice, &back].map(|corners| winding(corners, at.into()));
            assert_eq!(turns, [inside, 2 * inside, -inside], "{at:?}");
        }
        for odd in [Point::new(f64::NAN, 1.0), Point::new(1.0, f64::NAN)] {
            assert_eq!([winding(&square, odd), winding(&back, odd)], [0, 0]);
        }
    }
}
