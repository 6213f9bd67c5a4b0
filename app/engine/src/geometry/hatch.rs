//! Lines with which a flat is filled: parallel ones, one way or both, or one line to and fro.

use kurbo::{Point, Vec2};

use super::flat::Flat;
use super::terms::Shade;

/// From the middle of one line to that of the next, in widths of the outline.
const EVERY: f64 = 4.0;
/// There are at most so many lines, each way.
const MOST: f64 = 400.0;
/// A line's width, in widths of the outline.
pub(super) const WIDTH: f64 = 0.6;

/// The lines, point by point: they rise to the right at 45 degrees, the others of a cross hatching fall. `middle` lies halfway between two
/// of them.
pub(super) fn lines(flat: &Flat, middle: Point, width: f64, shade: Shade) -> Vec<Vec<Point>> {
    let rising = parallel(flat, middle, width, Vec2::new(1.0, -1.0));
    match shade {
        Shade::Zigzag => vec![rising.into_iter().flatten().collect()],
        Shade::Cross => {
            let falling = parallel(flat, middle, width, Vec2::new(1.0, 1.0));
            rising.into_iter().chain(falling).map(Vec::from).collect()
        }
        Shade::Hatch | Shade::Tint | Shade::Solid => rising.into_iter().map(Vec::from).collect(),
    }
}

/// The ends of parallel lines along a way, one beside the other.
fn parallel(flat: &Flat, middle: Point, width: f64, way: Vec2) -> Vec<[Point; 2]> {
    let bounds = flat.bounds();
    let way = way.normalize();
    let across = way.turn_90();
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
