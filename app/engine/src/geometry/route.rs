//! The way of a line through its points: straight from one to the next, a smooth curve through all of them, or at right
//! angles.

use std::f64::consts::FRAC_PI_2;

use kurbo::{Point, Vec2};

use super::InkPoint;
use super::elbow::elbow;
use super::hold::{Hold, hold_on};
use super::outline::pieces;
use super::patch;
use super::terms::{Corners, Route};

/// Each piece of a curve is made of at most so many straight ones, ...
const PARTS: f64 = 64.0;
/// ... or so many, where there are more than so many pieces.
const FEW_PARTS: (f64, usize) = (12.0, 256);

/// How far before a bend of a right-angled line its rounding begins, in widths.
const BEND: f64 = 4.0;

/// The way of a line: through which points, and how.
pub(super) struct Routed<'a> {
    pub(super) points: &'a [InkPoint],
    pub(super) holds: &'a [Option<Hold>; 2],
    pub(super) route: Route,
    pub(super) corners: Corners,
    pub(super) width: f64,
}

impl Routed<'_> {
    fn nodes(&self) -> Vec<Point> {
        self.points.iter().map(|point| point.pos).collect()
    }

    /// Where its points are, those of its ends brought to where they hold on.
    pub(super) fn held(&self) -> Vec<Point> {
        let mut nodes = self.nodes();
        if nodes.len() < 2 || self.holds.iter().all(Option::is_none) {
            return nodes;
        }
        if self.route == Route::Elbow {
            let way = elbow(&nodes, self.holds, self.width).corners;
            if let (Some(first), Some(last)) = (way.first(), way.last()) {
                let end = nodes.len() - 1;
                (nodes[0], nodes[end]) = (*first, *last);
            }
        } else {
            hold_on(&mut nodes, self.holds, self.width);
        }
        nodes
    }

    /// The middles of its pieces, each with the number of the point after which a new one is pulled out of it, and how long
    /// the piece is.
    pub(super) fn middles(&self) -> Vec<Middle> {
        if self.route == Route::Elbow {
            let way = elbow(&self.nodes(), self.holds, self.width);
            let pieces = way.corners.windows(2).zip(way.legs);
            let middle = |(pair, leg): (&[Point], Option<usize>)| {
                Some(Middle {
                    after: leg?,
                    at: pair[0].midpoint(pair[1]),
                    length: pair[0].distance(pair[1]),
                    across: Some((pair[1] - pair[0]).turn_90()),
                })
            };
            return pieces.filter_map(middle).collect();
        }
        let nodes = self.nodes();
        let smooth = self.route == Route::Curve && nodes.len() > 2;
        let middle = |at: usize| {
            let (a, d) = (nodes[at], nodes[at + 1]);
            if !smooth || a == d {
                return a.midpoint(d);
            }
            let (b, c) = handles(&nodes, at, is_closed(&nodes));
            let (ab, bc, cd) = (a.midpoint(b), b.midpoint(c), c.midpoint(d));
            ab.midpoint(bc).midpoint(bc.midpoint(cd))
        };
        let each = |at: usize| Middle {
            after: at,
            at: middle(at),
            length: nodes[at].distance(nodes[at + 1]),
            across: None,
        };
        (0..nodes.len().saturating_sub(1)).map(each).collect()
    }

    /// Its points, within `tolerance` board units of the true way; no two in a row are the same.
    pub(super) fn line(&self, tolerance: f64) -> Vec<Point> {
        let mut nodes = self.nodes();
        if self.route == Route::Elbow {
            let corners = elbow(&nodes, self.holds, self.width).corners;
            return match self.corners {
                Corners::Round => bent(&corners, BEND * self.width, tolerance),
                Corners::Sharp => corners,
            };
        }
        nodes.dedup();
        if self.route == Route::Straight || nodes.len() < 3 {
            return nodes;
        }
        smooth(&nodes, tolerance)
    }
}

/// The middle of a piece of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Middle {
    /// A point that is pulled out of it stands behind the one with this number.
    pub after: usize,
    /// Where it is, on the board.
    pub at: Point,
    /// How long the piece is, in board units.
    pub length: f64,
    /// The only direction in which it can be pulled, if there is just one.
    pub across: Option<Vec2>,
}

/// A smooth curve through points of which no two in a row are the same.
fn smooth(nodes: &[Point], tolerance: f64) -> Vec<Point> {
    let most = if nodes.len() > FEW_PARTS.1 {
        FEW_PARTS.0
    } else {
        PARTS
    };
    let closed = is_closed(nodes);
    let mut route = vec![nodes[0]];
    for at in 0..nodes.len() - 1 {
        let (a, d) = (nodes[at], nodes[at + 1]);
        let (b, c) = handles(nodes, at, closed);
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

/// A way from corner to corner whose bends are arcs that begin `cut` before them, where the pieces are long enough.
fn bent(corners: &[Point], cut: f64, tolerance: f64) -> Vec<Point> {
    let mut way: Vec<Point> = corners.first().copied().into_iter().collect();
    for three in corners.windows(3) {
        let (before, corner, after) = (three[0], three[1], three[2]);
        let (arrive, leave) = (corner - before, after - corner);
        let cut = cut.min(arrive.hypot() / 2.0).min(leave.hypot() / 2.0);
        let (arrive, leave) = (arrive.normalize(), leave.normalize());
        // Where it turns back there is nothing to be rounded.
        if arrive.dot(leave).abs() > 0.5 || cut <= 0.0 || cut.is_nan() {
            way.push(corner);
            continue;
        }
        let centre = corner - arrive * cut + leave * cut;
        let parts = pieces(FRAC_PI_2, cut, tolerance);
        for part in 0..=parts {
            let (sin, cos) = (FRAC_PI_2 * part as f64 / parts as f64).sin_cos();
            way.push(centre - leave * (cut * cos) + arrive * (cut * sin));
        }
    }
    way.extend(corners.last().filter(|_| corners.len() > 1));
    way.dedup();
    way
}

/// Whether its ends meet.
fn is_closed(nodes: &[Point]) -> bool {
    matches!(nodes, [first, .., last] if patch::is_closed(nodes.len(), *first, *last))
}

/// The two inner control points of the cubic Bézier curve from node `at` to the next: a Catmull-Rom spline whose handles are cut where
/// points lie close beside far ones, so that it makes no loops. The first and the last piece bend as their neighbours do, but where the ends
/// of a closed line meet it has a corner: they go straight there.
fn handles(nodes: &[Point], at: usize, closed: bool) -> (Point, Point) {
    let (a, d) = (nodes[at], nodes[at + 1]);
    let third = (d - a) / 3.0;
    let leave = at.checked_sub(1).map(|before| a + lean(nodes[before], a, d));
    let arrive = nodes.get(at + 2).map(|&after| d + lean(after, d, a));
    match (leave, arrive) {
        (Some(leave), Some(arrive)) => (leave, arrive),
        (Some(leave), None) => (leave, if closed { d - third } else { leave + third }),
        (None, Some(arrive)) => (if closed { a + third } else { arrive - third }, arrive),
        (None, None) => (a + third, d - third),
    }
}

/// From `at` to the handle towards `to`, for a curve that comes from `from`.
fn lean(from: Point, at: Point, to: Point) -> Vec2 {
    let sixth = (to - from) / 6.0;
    let most = at.distance(to) / 3.0;
    let long = sixth.hypot();
    if long > most { sixth * (most / long) } else { sixth }
}
