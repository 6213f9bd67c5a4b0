//! The outlines of tldraw's shapes that are no boxes of ours. Proportions are those that tldraw 5 draws (`getGeoShapePath`).

use std::f64::consts::{PI, TAU};

use kurbo::{CubicBez, ParamCurve};

use super::arcs::arc;
use crate::geometry::{Point, Vec2};

/// By so much of the shorter side slanted sides are slanted, and heads of arrows long.
const SLANT: f64 = 0.38;
/// So much of a side an arrow's shaft leaves free on each of its own sides.
const SHAFT: f64 = 0.16;
/// A half circle, and a curve of a heart, are of so many pieces.
const PIECES: u32 = 16;
/// A cloud has at least so many bumps, and at most.
const BUMPS: (f64, f64) = (6.0, 200.0);
/// A bump is so high, in parts of its length, ...
const BUMP: f64 = 0.2;
/// ... and of so many pieces.
const BUMP_PIECES: u32 = 8;

/// The points of the outline of a shape of this size, its first one again at its end; `None` for one that isn't known. `bump` is about
/// how long a bump of a cloud is.
pub(super) fn outline(name: &str, wide: f64, high: f64, bump: f64) -> Option<Vec<Point>> {
    let of = |points: &[(f64, f64)]| points.iter().map(|(x, y)| Point::new(*x, *y)).collect::<Vec<_>>();
    let (w, h) = (wide, high);
    let slant = SLANT * w.min(h);
    let mut points = match name {
        "triangle" => of(&[(w / 2.0, 0.0), (w, h), (0.0, h)]),
        "pentagon" => regular(5, w, h),
        "hexagon" => regular(6, w, h),
        "octagon" => regular(8, w, h),
        "star" => star(w, h),
        "rhombus" => of(&[(slant, 0.0), (w, 0.0), (w - slant, h), (0.0, h)]),
        "rhombus-2" => of(&[(0.0, 0.0), (w - slant, 0.0), (w, h), (slant, h)]),
        "trapezoid" => of(&[(slant, 0.0), (w - slant, 0.0), (w, h), (0.0, h)]),
        "arrow-right" => arrow(w, h),
        "arrow-left" => arrow(w, h).iter().map(|p| Point::new(w - p.x, p.y)).collect(),
        "arrow-down" => arrow(h, w).iter().map(|p| Point::new(p.y, p.x)).collect(),
        "arrow-up" => arrow(h, w).iter().map(|p| Point::new(p.y, h - p.x)).collect(),
        "oval" => oval(w, h),
        "cloud" => cloud(w, h, bump),
        "heart" => heart(w, h),
        _ => return None,
    };
    points.extend(points.first().copied());
    Some(points)
}

/// What is drawn in a box besides its outline.
pub(super) fn mark(name: &str, w: f64, h: f64) -> Vec<Point> {
    match name {
        // From corner to corner; what is between lies on the edge.
        "x-box" => [(0.0, 0.0), (w, h), (w, 0.0), (0.0, h)].map(Point::from).to_vec(),
        "check-box" => {
            let size = 0.82 * w.min(h);
            let corner = Vec2::new(w - size, h - size) / 2.0;
            let at = |(x, y)| Point::new(x, y) + corner;
            [(0.25, 0.52), (0.45, 0.82), (0.82, 0.22)]
                .map(|(x, y)| at((x * size, y * size)))
                .to_vec()
        }
        _ => Vec::new(),
    }
}

/// Stretched so that it fills a box.
fn filling(points: &[Point], w: f64, h: f64) -> Vec<Point> {
    let least = points
        .iter()
        .fold((f64::MAX, f64::MAX), |m, p| (m.0.min(p.x), m.1.min(p.y)));
    let most = points
        .iter()
        .fold((f64::MIN, f64::MIN), |m, p| (m.0.max(p.x), m.1.max(p.y)));
    let into = |p: &Point| {
        Point::new(
            (p.x - least.0) / (most.0 - least.0) * w,
            (p.y - least.1) / (most.1 - least.1) * h,
        )
    };
    points.iter().map(into).collect()
}

/// So many corners, the first at the top, each so far from the middle.
fn corners(count: u32, radius: impl Fn(u32) -> f64) -> Vec<Point> {
    let at = |n: u32| {
        let (y, x) = (TAU * (f64::from(n) / f64::from(count) - 0.25)).sin_cos();
        Point::new(radius(n) * x, radius(n) * y)
    };
    (0..count).map(at).collect()
}

fn regular(sides: u32, w: f64, h: f64) -> Vec<Point> {
    filling(&corners(sides, |_| 1.0), w, h)
}

fn star(w: f64, h: f64) -> Vec<Point> {
    filling(
        &corners(10, |n| if n.is_multiple_of(2) { 1.0 } else { 0.5 }),
        w,
        h,
    )
}

/// One to the right.
fn arrow(w: f64, h: f64) -> Vec<Point> {
    let (neck, shaft) = (w - SLANT * w.min(h), SHAFT * h);
    [
        (0.0, shaft),
        (neck, shaft),
        (neck, 0.0),
        (w, h / 2.0),
        (neck, h),
        (neck, h - shaft),
        (0.0, h - shaft),
    ]
    .map(Point::from)
    .to_vec()
}

/// A box whose shorter sides are half circles.
fn oval(w: f64, h: f64) -> Vec<Point> {
    let r = w.min(h) / 2.0;
    let ends = if h > w {
        [[(0.0, r), (w, r)], [(w, h - r), (0.0, h - r)]]
    } else {
        [[(r, h), (r, 0.0)], [(w - r, 0.0), (w - r, h)]]
    };
    ends.into_iter()
        .flat_map(|[from, to]| arc(from.into(), to.into(), -r, PIECES))
        .collect()
}

fn heart(w: f64, h: f64) -> Vec<Point> {
    let at = |x: f64, y: f64| Point::new(x * w, y * h);
    let (dip, side, top, low) = (0.225, 0.3, -0.08, 0.625);
    [
        CubicBez::new(at(0.5, 1.0), at(0.375, 0.75), at(0.0, low), at(0.0, side)),
        CubicBez::new(at(0.0, side), at(0.0, top), at(0.4625, top), at(0.5, dip)),
        CubicBez::new(at(0.5, dip), at(0.5375, top), at(1.0, top), at(1.0, side)),
        CubicBez::new(at(1.0, side), at(1.0, low), at(0.625, 0.75), at(0.5, 1.0)),
    ]
    .iter()
    .flat_map(|curve| (0..PIECES).map(|n| curve.eval(f64::from(n) / f64::from(PIECES))))
    .collect()
}

/// Bumps along an oval. tldraw moves each a little aside, by chance.
fn cloud(w: f64, h: f64, bump: f64) -> Vec<Point> {
    let round = |w: f64, h: f64| PI * w.min(h) + 2.0 * (w - h).abs();
    let around = round(w, h);
    let bumps = (around / bump)
        .max(around / w.min(h))
        .ceil()
        .clamp(BUMPS.0, BUMPS.1);
    let high = around / bumps * BUMP;
    let inner = [w, h].map(|side| (side - 2.0 * high).max(side / 100.0));
    let edge = [(w - inner[0]) / 2.0, (h - inner[1]) / 2.0];
    let feet = along_oval(inner[0], inner[1], bumps as usize);
    let apart = round(inner[0], inner[1]) / bumps;
    let mut points = Vec::new();
    for (a, b) in feet.iter().zip(feet.iter().cycle().skip(1)) {
        // Where the oval is round its bumps reach as much farther as it does beyond their feet.
        let out = edge[0].max(edge[1]) + apart - a.distance(*b);
        let shifted = |p: &Point| Point::new(p.x + edge[0], p.y + edge[1]);
        let within = |p: Point| Point::new(p.x.clamp(0.0, w), p.y.clamp(0.0, h));
        points.extend(
            arc(shifted(a), shifted(b), -out, BUMP_PIECES)
                .into_iter()
                .map(within),
        );
    }
    points
}

/// So many points along an oval, equally far from each other, clockwise.
fn along_oval(w: f64, h: f64, count: usize) -> Vec<Point> {
    let r = w.min(h) / 2.0;
    let long = (w - h).abs();
    // One that lies; an upright one is the same, turned.
    let at = |along: f64| {
        let half = PI * r;
        let end = |middle: Point, turn: f64| middle + Vec2::from_angle(turn) * r;
        match along {
            a if a < long => Point::new(r + a, 0.0),
            a if a < long + half => end(Point::new(r + long, r), (a - long) / r - PI / 2.0),
            a if a < 2.0 * long + half => Point::new(r + 2.0 * long + half - a, 2.0 * r),
            a => end(Point::new(r, r), (a - 2.0 * long - half) / r + PI / 2.0),
        }
    };
    let all = 2.0 * (long + PI * r);
    let points = (0..count).map(|n| at(all * n as f64 / count as f64));
    if w > h {
        points.collect()
    } else {
        points.map(|p| Point::new(w - p.y, p.x)).collect()
    }
}
