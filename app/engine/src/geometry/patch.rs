//! Any polygon that is filled: the inside of a closed line, however it bends and crosses itself.

use kurbo::{Affine, BezPath, Point, Rect, Vec2};

use super::curve::thinned;
use super::glyph::{Fill, Spot};
use super::mesh::{Far, Side, apart};
use super::{Region, polygon, tangle};

/// A line whose ends are at most so far from each other is closed, in board units.
const CLOSED: f64 = 8.0;
/// Where a line is thinnest, its edge is so far from its middle, in widths: what is off by less than that lies under it.
const THINNEST: f64 = 0.2;

/// Whether a line of so many points, with these at its ends, goes around something.
#[must_use]
pub fn is_closed(points: usize, first: Point, last: Point) -> bool {
    points >= 3 && first.distance(last) <= CLOSED
}

/// A polygon, filled by the nonzero rule, in board units.
#[derive(Debug)]
pub(super) struct Patch {
    corners: Vec<Point>,
    /// How far its edge may be off.
    off: f64,
}

impl Patch {
    /// What a line of this width goes around, as far as a straight way from its end to its start encloses it. It follows the line
    /// within `tolerance` board units; one of a great many points at least so nearly that its edge lies under the line. `None` for no area.
    pub(super) fn of(line: &[Point], width: f64, tolerance: f64) -> Option<Self> {
        let off = tolerance.max(THINNEST * width);
        let mut corners = polygon::corners(thinned(line, tolerance, tangle::MANY, off));
        if !corners.iter().all(|corner| corner.is_finite()) || is_flat(&corners) {
            return None;
        }
        // Turned as ribbons and flats are.
        if polygon::doubled_area(&corners) > 0.0 {
            corners.reverse();
        }
        Some(Self { corners, off })
    }

    /// Its corners, one after the other.
    pub(super) fn corners(&self) -> &[Point] {
        &self.corners
    }

    /// As one closed polygon.
    pub(super) fn outline(&self) -> BezPath {
        polygon::outline(&self.corners)
    }

    /// Whether a point lies inside.
    pub(super) fn contains(&self, at: Point) -> bool {
        polygon::winding(&self.corners, at) != 0
    }

    /// A box around it.
    pub(super) fn bounds(&self) -> Rect {
        polygon::bounds(&self.corners).unwrap_or_default()
    }

    /// Whether it comes within `radius` board units of the straight way from `a` to `b`.
    pub(super) fn touches(&self, a: Point, b: Point, radius: f64) -> bool {
        let near = |(s, e): (Point, Point)| {
            let [a, b, s, e] = [a, b, s, e].map(Point::to_vec2);
            apart(a, b, s, e) <= radius
        };
        self.contains(a) || polygon::sides(&self.corners).any(near)
    }

    /// Whether it has a point in common with a part of the board.
    pub(super) fn overlaps(&self, region: &Region) -> bool {
        let within = || region.corners().iter().any(|&corner| self.contains(corner));
        within() || polygon::sides(&self.corners).any(|(a, b)| region.part(a, b).is_some())
    }

    /// The parts of the straight line through `at` along `way` that lie inside, in parts of `way`.
    pub(super) fn cuts(&self, at: Point, way: Vec2) -> Vec<(f64, f64)> {
        let mut crossings: Vec<(f64, i32)> = Vec::new();
        for (a, b) in polygon::sides(&self.corners) {
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

    /// The corners of its triangles, as one strip; around them a seam, where its sides don't cross too often. The way out of it is
    /// told `reach` long. It takes long, so only who wants triangles asks for it.
    pub(super) fn strip(&self, reach: f64, filled: bool) -> Vec<Far> {
        if tangle::is_one(&self.corners) {
            return tangle::strip(self, self.corners.len(), self.off, reach, filled);
        }
        let bounds = self.bounds();
        let (centre, size) = (bounds.center(), bounds.size().max_side());
        let own = |&corner: &Point| ((corner - centre) / size).to_point();
        let fill = Fill::inside(vec![self.corners.iter().map(own).collect()]);
        let place = Affine::translate(centre.to_vec2()) * Affine::scale(size);
        let corner = |spot: &Spot| Far {
            centre: place * spot.at,
            offset: spot.out * reach,
            side: if spot.outer { Side::Outer } else { Side::Inner },
            filled,
        };
        fill.strip.iter().map(corner).collect()
    }
}

/// Whether corners lie on one straight line, as far as numbers can tell.
fn is_flat(corners: &[Point]) -> bool {
    let Some(&first) = corners.first() else {
        return true;
    };
    let farther = |a: Vec2, b: Vec2| if b.hypot2() > a.hypot2() { b } else { a };
    let ways = || corners.iter().map(|&corner| corner - first);
    let longest = ways().fold(Vec2::ZERO, farther);
    let least = 1e-9 * longest.hypot2();
    corners.len() < 3 || !least.is_finite() || ways().all(|way| longest.cross(way).abs() <= least)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;
    use crate::geometry::Mesh;

    fn patch(corners: &[(f64, f64)]) -> Patch {
        let line: Vec<Point> = corners.iter().map(|&corner| corner.into()).collect();
        Patch::of(&line, 4.0, 0.01).expect("an area")
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
        let at = |n: u32| Point::ORIGIN + Vec2::from_angle(f64::from(n) * 0.8 * PI) * 50.0;
        let star = Patch::of(&(0..5).map(at).collect::<Vec<_>>(), 4.0, 0.01).expect("an area");
        assert!(star.contains(Point::ORIGIN));
        let across = star.cuts(Point::ORIGIN, Vec2::new(1.0, 0.0));
        assert_eq!(across.len(), 1, "{across:?}");
    }

    #[test]
    fn what_has_no_area_is_no_patch() {
        for (x, y) in [(1.0, 0.0), (0.3, 0.7)] {
            let flat = [0.0, 10.0, 20.0, 0.0].map(|far| Point::new(far * x, far * y));
            assert!(Patch::of(&flat, 4.0, 0.01).is_none());
        }
        assert!(Patch::of(&[Point::ORIGIN; 3], 4.0, 0.01).is_none());
    }

    #[test]
    fn the_fill_of_a_line_of_many_corners_has_them_all() {
        // A wheel of a thousand teeth.
        let at = |n: u32| {
            let far = if (n / 2).is_multiple_of(2) { 1000.0 } else { 960.0 };
            Point::ORIGIN + Vec2::from_angle(f64::from(n) / 4096.0 * 2.0 * PI) * far
        };
        let wheel: Vec<Point> = (0..4096).map(at).collect();
        let patch = Patch::of(&wheel, 4.0, 0.01).expect("an area");
        let (first, last) = (wheel[0], wheel[4095]);
        assert!(
            patch.corners.len() == 4096 && patch.corners.contains(&first) && patch.corners.contains(&last)
        );
        let mesh = Mesh::new(&patch.strip(1.0, true)).expect("triangles");
        for n in (0..4096_u32).step_by(32) {
            let tooth = at(n).midpoint(at(n + 1));
            let gap = at(n + 2).midpoint(at(n + 3));
            let outwards = |at: Point, by: f64| at + at.to_vec2() / at.to_vec2().hypot() * by;
            for (at, inside) in [(outwards(tooth, -2.0), true), (outwards(gap, 2.0), false)] {
                assert_eq!(patch.contains(at), inside, "{at}");
                assert_eq!(mesh.touches(at, at, 0.0), inside, "{at}");
            }
        }
    }

    #[test]
    fn what_has_more_corners_than_that_is_thinned_no_farther_than_under_the_line() {
        // As jagged as it is, hardly a corner can go.
        let at = |n: u32| {
            let far = 5000.0 + f64::from(n * 7919 % 23) * 3.0;
            Point::ORIGIN + Vec2::from_angle(f64::from(n) / 20_000.0 * 2.0 * PI) * far
        };
        let line: Vec<Point> = (0..20_000).map(at).collect();
        let patch = Patch::of(&line, 4.0, 0.01).expect("an area");
        assert!(patch.corners.contains(&line[0]) && patch.corners.contains(&line[19_999]));
        let near = |corner: &Point| {
            let to = corner.to_vec2();
            polygon::sides(&patch.corners)
                .any(|(a, b)| apart(to, to, a.to_vec2(), b.to_vec2()) <= 0.2 * 4.0 + 1e-9)
        };
        assert!(line.iter().step_by(97).all(near));
        // A smooth one loses those of which nobody sees anything.
        let round = |n: u32| Point::ORIGIN + Vec2::from_angle(f64::from(n) / 20_000.0 * 2.0 * PI) * 5000.0;
        let patch = Patch::of(&(0..20_000).map(round).collect::<Vec<_>>(), 4.0, 0.01);
        assert!(patch.expect("an area").corners.len() <= tangle::MANY);
    }

    #[test]
    fn a_patch_is_hit_inside_and_near_its_edge_and_by_what_reaches_into_it() {
        let triangle = patch(&[(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)]);
        let hit = |x: f64, y: f64, radius: f64| triangle.touches(Point::new(x, y), Point::new(x, y), radius);
        assert!(hit(20.0, 20.0, 0.0) && !hit(60.0, 60.0, 14.0) && hit(60.0, 60.0, 15.0));
        assert!(triangle.touches(Point::new(-9.0, 50.0), Point::new(9.0, 50.0), 0.0));
        let overlaps = |x: f64, y: f64| triangle.overlaps(&Rect::new(x, y, x + 10.0, y + 10.0).into());
        assert!(overlaps(20.0, 20.0), "it lies inside");
        assert!(
            overlaps(-5.0, 50.0) && overlaps(45.0, 45.0),
            "it lies across the edge"
        );
        assert!(!overlaps(51.0, 51.0) && !overlaps(-11.0, 50.0));
        assert!(
            triangle.overlaps(&Rect::new(-9.0, -9.0, 200.0, 200.0).into()),
            "it holds all"
        );
    }

    #[test]
    fn ends_within_eight_units_close_a_line_of_three_points() {
        let near = Point::new(8.0, 0.0);
        assert!(is_closed(3, Point::ORIGIN, near));
        assert!(!is_closed(2, Point::ORIGIN, near));
        assert!(!is_closed(3, Point::ORIGIN, Point::new(8.01, 0.0)));
    }
}
