//! Any polygon that is filled: the inside of a closed line, however it bends and crosses itself.

use kurbo::{Affine, BezPath, Point, Rect, Shape as _, Vec2};

use super::curve::thinned;
use super::flat::doubled_area;
use super::glyph::{Fill, Spot};
use super::mesh::{Far, Side};

/// A line whose ends are at most so far from each other is closed, in board units.
const CLOSED: f64 = 8.0;
/// A polygon has at most so many corners: to fill it takes time with each crossing of its sides.
const MOST: usize = 512;

/// Whether a line of so many points, with these at its ends, goes around something.
#[must_use]
pub fn is_closed(points: usize, first: Point, last: Point) -> bool {
    points >= 3 && first.distance(last) <= CLOSED
}

/// A polygon, filled by the nonzero rule, in board units.
#[derive(Debug)]
pub(super) struct Patch {
    fill: Fill,
    corners: Vec<Point>,
    /// From the fill's units to the board.
    place: Affine,
}

impl Patch {
    /// What a line goes around that comes back to where it began, or nearly so; within `tolerance` board units, or as nearly as so many
    /// corners can say. `None` for no area.
    pub(super) fn of(line: &[Point], tolerance: f64) -> Option<Self> {
        let mut corners = thinned(line, tolerance, MOST);
        corners.dedup();
        while corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        let bounds = bounds(&corners);
        let (centre, size) = (bounds.center(), bounds.size().max_side());
        if corners.len() < 3 || !size.is_finite() || bounds.size().min_side() <= 1e-9 * size {
            return None;
        }
        // Turned as ribbons and flats are.
        if doubled_area(&corners) > 0.0 {
            corners.reverse();
        }
        let place = Affine::translate(centre.to_vec2()) * Affine::scale(size);
        let own = corners
            .iter()
            .map(|&corner| ((corner - centre) / size).to_point());
        let fill = Fill::inside(vec![own.collect()]);
        (!fill.strip.is_empty()).then_some(Self { fill, corners, place })
    }

    /// As one closed polygon.
    pub(super) fn outline(&self) -> BezPath {
        let mut path = BezPath::new();
        path.move_to(self.corners[0]);
        self.corners[1..].iter().for_each(|&corner| path.line_to(corner));
        path.close_path();
        path
    }

    /// Whether a point lies inside.
    pub(super) fn contains(&self, at: Point) -> bool {
        self.outline().winding(at) != 0
    }

    /// A box around it.
    pub(super) fn bounds(&self) -> Rect {
        bounds(&self.corners)
    }

    /// The parts of the straight line through `at` along `way` that lie inside, in parts of `way`.
    pub(super) fn cuts(&self, at: Point, way: Vec2) -> Vec<(f64, f64)> {
        let next = self.corners.iter().cycle().skip(1);
        let mut crossings: Vec<(f64, i32)> = Vec::new();
        for (&a, &b) in self.corners.iter().zip(next) {
            let (from, to) = (way.cross(a - at), way.cross(b - at));
            if (from < 0.0) == (to < 0.0) {
                continue;
            }
            let crossing = a.lerp(b, from / (from - to));
            let along = (crossing - at).dot(way) / way.hypot2();
            crossings.push((along, if from < 0.0 { 1 } else { -1 }));
        }
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut parts = Vec::new();
        let (mut turns, mut start) = (0, 0.0);
        for (along, turn) in crossings {
            if turns == 0 {
                start = along;
            }
            turns += turn;
            if turns == 0 && along > start {
                parts.push((start, along));
            }
        }
        parts
    }

    /// The corners of its triangles and of a seam around them, as one strip. The way out of it is told `reach` long.
    pub(super) fn strip(&self, reach: f64, filled: bool) -> Vec<Far> {
        let corner = |spot: &Spot| Far {
            centre: self.place * spot.at,
            offset: spot.out * reach,
            side: if spot.outer { Side::Outer } else { Side::Inner },
            filled,
        };
        self.fill.strip.iter().map(corner).collect()
    }
}

fn bounds(corners: &[Point]) -> Rect {
    let first = corners.first().copied().unwrap_or_default();
    let start = Rect::from_points(first, first);
    corners.iter().fold(start, |all, &corner| all.union_pt(corner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(corners: &[(f64, f64)]) -> Patch {
        let line: Vec<Point> = corners.iter().map(|&corner| corner.into()).collect();
        Patch::of(&line, 0.01).expect("an area")
    }

    #[test]
    fn a_line_across_a_bay_is_inside_twice() {
        let bay = patch(&[
            (0.0, 0.0),
            (30.0, 0.0),
            (30.0, 20.0),
            (20.0, 5.0),
            (10.0, 20.0),
            (0.0, 20.0),
        ]);
        let parts = bay.cuts(Point::new(0.0, 12.5), Vec2::new(1.0, 0.0));
        assert_eq!(parts.len(), 2, "{parts:?}");
        assert!((parts[0].0).abs() < 1e-9 && (parts[0].1 - 15.0).abs() < 1e-9);
        assert!((parts[1].0 - 25.0).abs() < 1e-9 && (parts[1].1 - 30.0).abs() < 1e-9);
        assert!(bay.contains(Point::new(5.0, 15.0)) && !bay.contains(Point::new(20.0, 12.0)));
    }

    #[test]
    fn where_it_goes_around_twice_it_is_filled_once() {
        // A star of five points, drawn in one line: its middle lies within two turns.
        let at = |n: u32| Point::ORIGIN + Vec2::from_angle(f64::from(n) * 0.8 * std::f64::consts::PI) * 50.0;
        let star = Patch::of(&(0..5).map(at).collect::<Vec<_>>(), 0.01).expect("an area");
        assert!(star.contains(Point::ORIGIN));
        let across = star.cuts(Point::ORIGIN, Vec2::new(1.0, 0.0));
        assert_eq!(across.len(), 1, "{across:?}");
    }

    #[test]
    fn what_has_no_area_is_no_patch() {
        let flat = [(0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (0.0, 0.0)];
        assert!(Patch::of(&flat.map(Point::from), 0.01).is_none());
        assert!(Patch::of(&[Point::ORIGIN; 3], 0.01).is_none());
    }

    #[test]
    fn however_often_a_line_crosses_itself_its_patch_has_few_corners() {
        let line: Vec<Point> = (0..60_000_u32)
            .map(|n| {
                let side = if n % 2 == 0 { 0.0 } else { 9000.0 };
                Point::new(side, f64::from(n % 977) * 9.0)
            })
            .collect();
        let patch = Patch::of(&line, 0.01).expect("an area");
        assert!(patch.corners.len() <= MOST);
    }

    #[test]
    fn ends_within_eight_units_close_a_line_of_three_points() {
        let near = Point::new(8.0, 0.0);
        assert!(is_closed(3, Point::ORIGIN, near));
        assert!(!is_closed(2, Point::ORIGIN, near));
        assert!(!is_closed(3, Point::ORIGIN, Point::new(8.01, 0.0)));
    }
}
