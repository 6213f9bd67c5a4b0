//! The outlines of boxes: convex, and begun in the middle of a side, where no seam is seen.

use std::f64::consts::{PI, TAU};

use kurbo::{Affine, Point, Rect, Vec2};

use super::terms::{Corners, Kind};

/// How far from a rectangle's corner its rounding begins: in parts of the shorter side, and at most in board units.
const RECTANGLE: (f64, f64) = (0.25, 32.0);
/// The same for a diamond.
const DIAMOND: (f64, f64) = (0.16, 24.0);
/// The same for a note, whose corners are always round.
const NOTE: (f64, f64) = (0.05, 6.0);
/// A full turn is made of at most so many pieces, and at least of so few.
const PIECES: (f64, f64) = (16.0, 4096.0);

/// The outline of a box, within `tolerance` board units: closed, its first point not repeated.
pub(super) fn outline(kind: Kind, place: Affine, corners: Corners, tolerance: f64) -> Vec<Point> {
    let place_of = |(x, y)| place * Point::new(x, y);
    if kind == Kind::Ellipse {
        let [a, b, c, d, ..] = place.as_coeffs();
        let radius = 0.5 * (a * a + b * b + c * c + d * d).sqrt();
        let pieces = pieces(TAU, radius, tolerance);
        let at = |n: usize| {
            let (sin, cos) = (TAU * n as f64 / pieces as f64).sin_cos();
            place_of((0.5 + 0.5 * cos, 0.5 + 0.5 * sin))
        };
        return (0..pieces).map(at).collect();
    }
    let square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
    let unit = match kind {
        Kind::Diamond => [(0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)],
        _ => square,
    };
    let sharp = unit.map(place_of);
    let shorter = sharp[0].distance(sharp[1]).min(sharp[1].distance(sharp[2]));
    let cut = match corners {
        _ if kind == Kind::Note => rounding(kind, shorter),
        Corners::Round => rounding(kind, shorter),
        Corners::Sharp => 0.0,
    };
    rounded(&sharp, cut, tolerance)
}

/// How far from a corner of a box of a kind its rounding begins, where it is round; `shorter` is how long its shorter side is. In board
/// units.
#[must_use]
pub fn rounding(kind: Kind, shorter: f64) -> f64 {
    let (part, most) = match kind {
        Kind::Diamond => DIAMOND,
        Kind::Note => NOTE,
        _ => RECTANGLE,
    };
    (part * shorter).min(most)
}

/// A box that holds the outline of a box.
pub(super) fn around(kind: Kind, place: Affine) -> Rect {
    let [a, b, c, d, ..] = place.as_coeffs();
    let half = match kind {
        Kind::Ellipse => Vec2::new(a.hypot(c), b.hypot(d)) * 0.5,
        Kind::Diamond => Vec2::new(a.abs().max(c.abs()), b.abs().max(d.abs())) * 0.5,
        _ => Vec2::new(a.abs() + c.abs(), b.abs() + d.abs()) * 0.5,
    };
    Rect::from_center_size(place * Point::new(0.5, 0.5), (2.0 * half.x, 2.0 * half.y))
}

/// A convex polygon whose corners are arcs that begin `cut` before them: at most half of a side. Begins in the middle of the
/// last side.
pub(super) fn rounded(sharp: &[Point], cut: f64, tolerance: f64) -> Vec<Point> {
    let count = sharp.len();
    let mut outline = vec![sharp[count - 1].midpoint(sharp[0])];
    for (n, &corner) in sharp.iter().enumerate() {
        let (before, after) = (
            sharp[(n + count - 1) % count] - corner,
            sharp[(n + 1) % count] - corner,
        );
        let ways = (before.normalize(), after.normalize());
        let turn = (-ways.0).cross(ways.1).atan2((-ways.0).dot(ways.1));
        // Where the sides are nothing, or lie on one another, there is nothing to be rounded.
        if cut <= 0.0 || !turn.is_finite() || !(1e-3..PI - 1e-3).contains(&turn.abs()) {
            outline.push(corner);
            continue;
        }
        let radius = cut / (turn.abs() / 2.0).tan();
        let start = corner + ways.0 * cut;
        let inwards = (-ways.0).turn_90() * turn.signum();
        let centre = start + inwards * radius;
        let pieces = pieces(turn, radius, tolerance);
        for piece in 0..=pieces {
            let (sin, cos) = (turn * piece as f64 / pieces as f64).sin_cos();
            let out = -inwards;
            let way = Vec2::new(out.x * cos - out.y * sin, out.x * sin + out.y * cos);
            outline.push(centre + way * radius);
        }
    }
    outline
}

/// Of how many straight pieces an arc is made.
pub(super) fn pieces(turn: f64, radius: f64, tolerance: f64) -> usize {
    let step = 2.0 * (1.0 - (tolerance / radius).min(1.0)).acos();
    let whole = (TAU / step).clamp(PIECES.0, PIECES.1);
    (whole * turn.abs() / TAU).ceil().max(1.0) as usize
}
