//! Parallel lines across a flat.

use kurbo::{Point, Vec2};

use super::flat::Flat;

/// From the middle of one line to that of the next, in widths of the outline.
const EVERY: f64 = 4.0;
/// There are at most so many lines.
const MOST: f64 = 400.0;
/// A line's width, in widths of the outline.
pub(super) const WIDTH: f64 = 0.6;

/// The ends of the lines, which rise to the right at 45 degrees. `middle` lies halfway between two of them.
pub(super) fn lines(flat: &Flat, middle: Point, width: f64) -> Vec<[Point; 2]> {
    let bounds = flat.bounds();
    let (way, across) = (
        Vec2::new(1.0, -1.0) * std::f64::consts::FRAC_1_SQRT_2,
        Vec2::new(1.0, 1.0) * std::f64::consts::FRAC_1_SQRT_2,
    );
    let far = (bounds.width() + bounds.height()) * std::f64::consts::FRAC_1_SQRT_2;
    let every = (EVERY * width).max(far / MOST);
    let half = (far / 2.0 / every).ceil();
    if !(half.is_finite() && half >= 1.0) {
        return Vec::new();
    }
    let line = |n: i32| {
        let at = middle + across * (every * (f64::from(n) + 0.5));
        let (from, to) = flat.cut(at, way)?;
        Some([at + way * from, at + way * to])
    };
    let half = half as i32;
    (-half..half).filter_map(line).collect()
}
