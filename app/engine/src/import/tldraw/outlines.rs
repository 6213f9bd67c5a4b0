//! The outlines of tldraw's shapes that are no boxes of ours, in the unit square.

use std::f64::consts::TAU;

use crate::geometry::Point;

/// The points of an outline, its first one again at its end; `None` for a shape that isn't known.
pub(super) fn outline(name: &str, wide: f64, high: f64) -> Option<Vec<Point>> {
    let of = |points: &[(f64, f64)]| points.iter().map(|(x, y)| Point::new(*x, *y)).collect::<Vec<_>>();
    // What is slanted or pointed is so by as much as the shorter side.
    let short = wide.min(high).max(f64::MIN_POSITIVE);
    let (across, down) = (short / wide, short / high);
    let mut points = match name {
        "triangle" => of(&[(0.5, 0.0), (1.0, 1.0), (0.0, 1.0)]),
        "pentagon" => regular(5, -0.25),
        "hexagon" => regular(6, 0.0),
        "octagon" => regular(8, 0.0625),
        "star" => star(),
        "rhombus" => of(&[
            (0.38 * across, 0.0),
            (1.0, 0.0),
            (1.0 - 0.38 * across, 1.0),
            (0.0, 1.0),
        ]),
        "rhombus-2" => of(&[
            (0.0, 0.0),
            (1.0 - 0.38 * across, 0.0),
            (1.0, 1.0),
            (0.38 * across, 1.0),
        ]),
        "trapezoid" => of(&[
            (0.38 * across, 0.0),
            (1.0 - 0.38 * across, 0.0),
            (1.0, 1.0),
            (0.0, 1.0),
        ]),
        "arrow-right" => arrow(0.38 * across),
        "arrow-left" => arrow(0.38 * across)
            .into_iter()
            .map(|p| Point::new(1.0 - p.x, p.y))
            .collect(),
        "arrow-down" => arrow(0.38 * down)
            .into_iter()
            .map(|p| Point::new(p.y, p.x))
            .collect(),
        "arrow-up" => arrow(0.38 * down)
            .into_iter()
            .map(|p| Point::new(p.y, 1.0 - p.x))
            .collect(),
        "oval" => oval(across / 2.0, down / 2.0),
        "cloud" => cloud(),
        "heart" => heart(),
        _ => return None,
    };
    points.extend(points.first().copied());
    Some(points)
}

/// Stretched so that it fills the unit square.
fn filling(points: Vec<Point>) -> Vec<Point> {
    let least = points
        .iter()
        .fold((f64::MAX, f64::MAX), |m, p| (m.0.min(p.x), m.1.min(p.y)));
    let most = points
        .iter()
        .fold((f64::MIN, f64::MIN), |m, p| (m.0.max(p.x), m.1.max(p.y)));
    let into = |p: Point| {
        Point::new(
            (p.x - least.0) / (most.0 - least.0),
            (p.y - least.1) / (most.1 - least.1),
        )
    };
    points.into_iter().map(into).collect()
}

fn around(turn: f64, radius: f64) -> Point {
    let (y, x) = (TAU * turn).sin_cos();
    Point::new(0.5 + radius * x, 0.5 + radius * y)
}

fn regular(sides: u32, start: f64) -> Vec<Point> {
    filling(
        (0..sides)
            .map(|n| around(start + f64::from(n) / f64::from(sides), 0.5))
            .collect(),
    )
}

fn star() -> Vec<Point> {
    let radius = |n: u32| if n.is_multiple_of(2) { 0.5 } else { 0.25 };
    filling(
        (0..10)
            .map(|n| around(-0.25 + f64::from(n) / 10.0, radius(n)))
            .collect(),
    )
}

fn arrow(head: f64) -> Vec<Point> {
    let neck = 1.0 - head;
    [
        (0.0, 0.2),
        (neck, 0.2),
        (neck, 0.0),
        (1.0, 0.5),
        (neck, 1.0),
        (neck, 0.8),
        (0.0, 0.8),
    ]
    .map(|(x, y)| Point::new(x, y))
    .to_vec()
}

/// A box whose shorter sides are half circles.
fn oval(rx: f64, ry: f64) -> Vec<Point> {
    let corners = [
        (1.0 - rx, 1.0 - ry, 0.0),
        (rx, 1.0 - ry, 0.25),
        (rx, ry, 0.5),
        (1.0 - rx, ry, 0.75),
    ];
    let corner = |(x, y, from): (f64, f64, f64)| {
        (0..=8).map(move |n| {
            let (sin, cos) = (TAU * (from + f64::from(n) / 32.0)).sin_cos();
            Point::new(x + rx * cos, y + ry * sin)
        })
    };
    corners.into_iter().flat_map(corner).collect()
}

/// Eight puffs along an ellipse.
fn cloud() -> Vec<Point> {
    filling(
        (0..96)
            .map(|n| {
                around(
                    f64::from(n) / 96.0,
                    0.43 + 0.07 * (TAU * f64::from(n) / 24.0).sin().abs(),
                )
            })
            .collect(),
    )
}

fn heart() -> Vec<Point> {
    let at = |n: u32| {
        let t = TAU * f64::from(n) / 64.0;
        let y = 13.0 * t.cos() - 5.0 * (2.0 * t).cos() - 2.0 * (3.0 * t).cos() - (4.0 * t).cos();
        Point::new(16.0 * t.sin().powi(3), -y)
    };
    filling((0..64).map(at).collect())
}
