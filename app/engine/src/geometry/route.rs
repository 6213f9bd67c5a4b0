//! The way of a line through its points: straight from one to the next, or a smooth curve through all of them.

use kurbo::{Point, Vec2};

use super::InkPoint;
use super::terms::Corners;

/// Each piece of a curve is made of at most so many straight ones, ...
const PARTS: f64 = 64.0;
/// ... or so many, where there are more than so many pieces.
const FEW_PARTS: (f64, usize) = (12.0, 256);

/// The middles of a line's pieces, between each of its points and the next.
pub(super) fn middles(points: &[InkPoint], corners: Corners) -> Vec<Point> {
    let nodes: Vec<Point> = points.iter().map(|point| point.pos).collect();
    let smooth = corners == Corners::Round && nodes.len() > 2;
    let middle = |at: usize| {
        let (a, d) = (nodes[at], nodes[at + 1]);
        if !smooth || a == d {
            return a.midpoint(d);
        }
        let (b, c) = handles(&nodes, at);
        let (ab, bc, cd) = (a.midpoint(b), b.midpoint(c), c.midpoint(d));
        ab.midpoint(bc).midpoint(bc.midpoint(cd))
    };
    (0..nodes.len().saturating_sub(1)).map(middle).collect()
}

/// The points of a line's way, within `tolerance` board units of the true one; no two in a row are the same.
pub(super) fn route(points: &[InkPoint], corners: Corners, tolerance: f64) -> Vec<Point> {
    let mut nodes: Vec<Point> = points.iter().map(|point| point.pos).collect();
    nodes.dedup();
    if corners == Corners::Sharp || nodes.len() < 3 {
        return nodes;
    }
    let most = if nodes.len() > FEW_PARTS.1 {
        FEW_PARTS.0
    } else {
        PARTS
    };
    let mut route = vec![nodes[0]];
    for at in 0..nodes.len() - 1 {
        let (a, d) = (nodes[at], nodes[at + 1]);
        let (b, c) = handles(&nodes, at);
        let bend = ((a - b) - (b - c)).hypot().max(((b - c) - (c - d)).hypot());
        let parts = (bend * 0.75 / tolerance).sqrt().ceil().clamp(1.0, most);
        for part in 1..parts as usize {
            let t = part as f64 / parts;
            let (ab, bc, cd) = (a.lerp(b, t), b.lerp(c, t), c.lerp(d, t));
            route.push(ab.lerp(bc, t).lerp(bc.lerp(cd, t), t));
        }
        route.push(d);
    }
    route.dedup();
    route
}

/// The two inner control points of the cubic Bézier curve from node `at` to the next: a centripetal Catmull-Rom spline, which
/// makes no loops. The first and the last piece bend as their neighbours do.
fn handles(nodes: &[Point], at: usize) -> (Point, Point) {
    let (a, d) = (nodes[at], nodes[at + 1]);
    let leave = at.checked_sub(1).map(|before| a + lean(nodes[before], a, d));
    let arrive = nodes.get(at + 2).map(|&after| d + lean(after, d, a));
    let third = (d - a) / 3.0;
    match (leave, arrive) {
        (Some(leave), Some(arrive)) => (leave, arrive),
        (Some(leave), None) => (leave, leave + third),
        (None, Some(arrive)) => (arrive - third, arrive),
        (None, None) => (a + third, d - third),
    }
}

/// From `at` to the handle towards `to`, for a curve that comes from `from`.
fn lean(from: Point, at: Point, to: Point) -> Vec2 {
    let (far, near) = (from.distance(at), at.distance(to));
    let (far_root, near_root) = (far.sqrt(), near.sqrt());
    // The tangent times the root of the way to go, by Barry and Goldman.
    let sum = far_root + near_root;
    let tangent = (at - from) * (near_root / far_root) / sum + (to - at) * (far_root / near_root) / sum;
    tangent * (near_root / 3.0) * if far_root > 0.0 { 1.0 } else { 0.0 }
}
