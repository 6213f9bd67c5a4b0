//! Points of the board as an element's own, and as exact as is worth keeping.

use crate::document::{Element, STEPS, Sample};
use crate::geometry::{InkPoint, MAX_COORDINATE, Point, Rect};

/// Points are rounded to so many steps along the longer side of what they take, ...
const STEPS_ACROSS: f64 = 4096.0;
/// ... but not coarser than this, in board units.
const COARSEST: f64 = 1.0 / 16.0;

/// The box around points.
pub(super) fn around(points: &[InkPoint]) -> Rect {
    let first = points.first().map_or(Point::ORIGIN, |point| point.pos);
    points.iter().fold(Rect::from_points(first, first), |all, point| {
        all.union_pt(point.pos)
    })
}

/// Gives an element points of the board. `None` where they lie so far out that they could not be read back.
pub(super) fn set(element: &mut Element, points: &[InkPoint]) -> Option<()> {
    let inside = |p: &InkPoint| p.pos.x.abs() <= MAX_COORDINATE && p.pos.y.abs() <= MAX_COORDINATE;
    if !points.iter().all(inside) {
        return None;
    }
    let across = around(points).size().max_side();
    let exact = (across / STEPS_ACROSS).max(STEPS.0).log2().floor().exp2();
    element.step = exact.clamp(STEPS.0, COARSEST);
    let step = element.step;
    element.points = points.iter().map(|p| Sample::of(*p, step).ink(step)).collect();
    Some(())
}
