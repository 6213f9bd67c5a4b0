//! A convex polygon that is filled: the inside of a box, or the head of a line.

use kurbo::{BezPath, Point, Rect, Vec2};

use super::mesh::{Far, Side};
use super::polygon;

/// Where the edge turns by more than that, its two sides are softened apart: cosine of about 15 degrees.
const SMOOTH_COS: f64 = 0.966;

/// A convex polygon, in board units. Turns the way ribbons do, so that together they cover more and never less.
#[derive(Debug, Clone)]
pub(super) struct Flat {
    corners: Vec<Point>,
}

impl Flat {
    /// The inside of a convex outline that turns either way. `None` where that has no area.
    pub(super) fn of(outline: &[Point]) -> Option<Self> {
        let mut corners = polygon::corners(outline.to_vec());
        let area = polygon::doubled_area(&corners);
        let across = polygon::bounds(&corners)?;
        // Rounding could turn what is flatter than this the other way.
        let least = 1e-9 * (across.width() + across.height()).powi(2);
        if !area.is_finite() || area.abs() <= least {
            return None;
        }
        if area > 0.0 {
            corners.reverse();
        }
        Some(Self { corners })
    }

    /// Its corners, one after the other.
    pub(super) fn corners(&self) -> &[Point] {
        &self.corners
    }

    /// As one closed polygon.
    pub(super) fn outline(&self) -> BezPath {
        polygon::outline(&self.corners)
    }

    /// Whether a point lies inside, or on the edge.
    pub(super) fn contains(&self, at: Point) -> bool {
        polygon::sides(&self.corners).all(|(a, b)| (b - a).cross(at - a) <= 0.0)
    }

    /// The part of the straight line through `at` along `way` that lies inside, in parts of `way`.
    pub(super) fn cut(&self, at: Point, way: Vec2) -> Option<(f64, f64)> {
        let (mut from, mut to) = (f64::NEG_INFINITY, f64::INFINITY);
        for (a, b) in polygon::sides(&self.corners) {
            // Inside is where the cross product isn't positive; it changes evenly along the line.
            let (here, change) = ((b - a).cross(at - a), (b - a).cross(way));
            if change > 0.0 {
                to = to.min(-here / change);
            } else if change < 0.0 {
                from = from.max(-here / change);
            } else if here > 0.0 {
                return None;
            }
        }
        (from.is_finite() && to.is_finite() && from < to).then_some((from, to))
    }

    /// A box around it.
    pub(super) fn bounds(&self) -> Rect {
        polygon::bounds(&self.corners).unwrap_or_default()
    }

    /// The corners of its triangles, as one strip: to and fro from side to side, and a seam around it. The way out of it is
    /// told `reach` long.
    pub(super) fn strip(&self, reach: f64, filled: bool) -> Vec<Far> {
        let edge = self.edge();
        let corner = |(centre, out): (Point, Vec2), side| Far {
            centre,
            offset: out * reach,
            side,
            filled,
        };
        let mut strip = Vec::with_capacity(3 * edge.len() + 4);
        for &at in edge.iter().chain(&edge[..1]) {
            strip.push(corner(at, Side::Outer));
            strip.push(corner(at, Side::Inner));
        }
        for n in 0..edge.len() {
            let at = if n % 2 == 0 {
                n / 2
            } else {
                edge.len() - n.div_ceil(2)
            };
            strip.push(corner(edge[at], Side::Inner));
        }
        strip
    }

    /// Each corner with the way out (unit), twice where it is sharp: once for each of its sides.
    fn edge(&self) -> Vec<(Point, Vec2)> {
        let ways: Vec<Vec2> = polygon::sides(&self.corners)
            .map(|(a, b)| (b - a).normalize().turn_90())
            .collect();
        let mut edge = Vec::with_capacity(ways.len() + 4);
        for (n, &corner) in self.corners.iter().enumerate() {
            let (before, after) = (ways[n.checked_sub(1).unwrap_or(ways.len() - 1)], ways[n]);
            if before.dot(after) < SMOOTH_COS {
                edge.extend([(corner, before), (corner, after)]);
            } else {
                edge.push((corner, (before + after).normalize()));
            }
        }
        edge
    }
}
