//! The heads at a line's ends: in proportion to its width, and never longer than half of the line.

use std::f64::consts::TAU;

use kurbo::{Point, Rect, Vec2};

use super::flat::Flat;
use super::outline::rounded;
use super::terms::Head;
use super::way::Way;

/// How long an arrow's strokes are, in widths, and by how much each is turned from the line, in radians.
const ARROW: (f64, f64) = (5.5, 0.5);
/// How long a triangle is, in widths; half its base, and where the line ends in it, in parts of that.
const TRIANGLE: (f64, f64, f64) = (4.5, 0.46, 0.8);
/// Where the rounding of a triangle's corners begins, in widths and at most in parts of its length.
const ROUNDING: (f64, f64) = (0.5, 0.2);
/// A dot's radius, in widths.
const DOT: f64 = 1.75;
/// Half of a bar, in widths.
const BAR: f64 = 2.25;

/// A head.
#[derive(Debug, Clone, Default)]
pub(super) struct Drawn {
    /// A stroke of the line's width.
    pub(super) stroke: Vec<Point>,
    /// What is filled.
    pub(super) flat: Option<Flat>,
    /// How much sooner the line ends, in board units.
    pub(super) sooner: f64,
}

impl Drawn {
    /// A box around it, where the line is as wide as twice `radius`.
    pub(super) fn bounds(&self, radius: f64) -> Option<Rect> {
        let around = |p: &Point| Rect::from_center_size(*p, (2.0 * radius, 2.0 * radius));
        let flat = self.flat.as_ref().map(Flat::bounds);
        self.stroke
            .iter()
            .map(around)
            .chain(flat)
            .reduce(|a, b| a.union(b))
    }
}

/// The head at the end of a line, or at its start. Its tip is where the line would end.
pub(super) fn draw(head: Head, way: &Way, at_start: bool, width: f64, tolerance: f64) -> Option<Drawn> {
    let most = way.length() / 2.0;
    let long = match head {
        Head::None => return None,
        Head::Arrow => ARROW.0 * width,
        Head::Triangle => TRIANGLE.0 * width,
        Head::Dot | Head::Bar => width,
    }
    .min(most);
    // Where a line bends near its end, its head points the way that it takes there on the whole.
    let place = |back: f64| way.at(if at_start { back } else { way.length() - back });
    let (tip, before) = (place(0.0)?.pos, place(long / 2.0)?.pos);
    let ahead = (tip - before).normalize();
    if !(long > 0.0 && ahead.is_finite()) {
        return None;
    }
    let aside = ahead.turn_90();
    let drawn = match head {
        Head::None => return None,
        Head::Arrow => {
            let sooner = (width / 2.0).min(most);
            let (sin, cos) = ARROW.1.sin_cos();
            let (joint, arm) = (tip - ahead * sooner, (long - sooner).max(0.0));
            let end = |side: f64| joint + (aside * (side * sin) - ahead * cos) * arm;
            Drawn {
                stroke: vec![end(1.0), joint, end(-1.0)],
                flat: None,
                sooner,
            }
        }
        Head::Triangle => {
            let half = TRIANGLE.1;
            let cut = (ROUNDING.0 * width).min(ROUNDING.1 * long);
            // By how much rounding takes the tip back.
            let angle = half.atan();
            let back = cut * angle.tan() * (1.0 / angle.sin() - 1.0);
            let (sharp, base) = (tip + ahead * back, tip - ahead * long);
            let corners = [base + aside * (half * long), base - aside * (half * long), sharp];
            Drawn {
                stroke: Vec::new(),
                flat: Flat::of(&rounded(&corners, cut, tolerance)),
                sooner: long * TRIANGLE.2,
            }
        }
        Head::Dot => Drawn {
            stroke: Vec::new(),
            flat: Flat::of(&disc(tip, (DOT * width).min(most / 2.0), tolerance)),
            sooner: 0.0,
        },
        Head::Bar => {
            let half = aside * (BAR * width).min(most);
            Drawn {
                stroke: vec![tip + half, tip - half],
                flat: None,
                sooner: 0.0,
            }
        }
    };
    Some(drawn)
}

fn disc(centre: Point, radius: f64, tolerance: f64) -> Vec<Point> {
    let pieces = super::outline::pieces(TAU, radius, tolerance);
    let at = |n: usize| centre + Vec2::from_angle(TAU * n as f64 / pieces as f64) * radius;
    (0..pieces).map(at).collect()
}
