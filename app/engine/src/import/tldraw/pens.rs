//! How wide freehand ink is along its way. tldraw 5 (`getFreehandOptions`, `computeRadii`) draws wider where a pen presses, and
//! with a mouse where it is slow.

use std::f64::consts::FRAC_PI_2;

use super::points::Pressed;
use crate::geometry::{InkPoint, Point, radius};

/// So much of the way to what is pressed a line takes in one step that is as long as it is wide.
const QUICK: f64 = 0.275;
/// So many widths at the start are looked at for how hard it begins.
const START: f64 = 5.0;

/// What draws a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tip {
    /// It is as wide everywhere.
    Even,
    Mouse,
    Pen,
}

impl Tip {
    /// How large it is for a line of this width.
    fn size(self, width: f64) -> f64 {
        match self {
            Self::Even | Self::Mouse => width,
            Self::Pen => 1.0 + 1.2 * width,
        }
    }

    /// How wide the line is at a pressure, in sizes.
    fn width(self, pressure: f64) -> f64 {
        let ease = |t: f64| (t * FRAC_PI_2).sin();
        match self {
            Self::Even => 1.0,
            Self::Mouse => 2.0 * ease(0.5 - 0.5 * (0.5 - pressure)),
            Self::Pen => {
                let t = 0.5 - 0.62 * (0.5 - pressure);
                2.0 * (0.65 * t + 0.35 * ease(t))
            }
        }
    }
}

/// The line's nominal width, and its points with pressures that give their widths.
pub(super) fn drawn(points: &[Pressed], width: f64, tip: Tip) -> (f64, Vec<InkPoint>) {
    let size = tip.size(width);
    let nominal = size * tip.width(0.5);
    let (mut last, mut run, mut at) = (Point::ORIGIN, 0.0, points.first().map_or(0.5, |point| point.1));
    // How fast it is at each point, and what is pressed there.
    let steps: Vec<(f64, f64)> = points
        .iter()
        .enumerate()
        .map(|(n, (pos, pressure))| {
            let far = if n == 0 { 0.0 } else { pos.distance(last) };
            last = *pos;
            let fast = (far / size).min(1.0);
            run += far;
            let pressed = if tip == Tip::Pen { *pressure } else { 1.0 - fast };
            if run <= START * size {
                at += (pressed - at) * 0.5 * if tip == Tip::Pen { 0.5 } else { fast * QUICK };
            }
            (fast, pressed)
        })
        .collect();
    let ink = points.iter().zip(steps).map(|((pos, _), (fast, pressed))| {
        at += (pressed - at) * fast * QUICK;
        let part = tip.width(at.clamp(0.0, 1.0)) / tip.width(0.5);
        InkPoint::new(*pos, pressure(part))
    });
    (nominal, ink.collect())
}

/// The pressure at which ink is so many times as wide as its nominal width.
fn pressure(part: f64) -> f64 {
    let (least, most) = (radius(2.0, 0.0), radius(2.0, 1.0));
    (part - least) / (most - least)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(step: f64, pressure: f64) -> Vec<Pressed> {
        (0..40)
            .map(|n| (Point::new(step * f64::from(n), 0.0), pressure))
            .collect()
    }

    fn width(points: &[Pressed], tip: Tip) -> f64 {
        let (width, ink) = drawn(points, 4.5, tip);
        2.0 * radius(width, ink[30].pressure)
    }

    #[test]
    fn a_line_is_as_wide_as_there() {
        assert!((width(&line(3.0, 0.1), Tip::Even) - 4.5).abs() < 1e-9);
        // As fast as a mouse can be: sin(22.5°) of the size to either side; and hardly moved.
        assert!((width(&line(50.0, 0.5), Tip::Mouse) - 9.0 * 0.3827).abs() < 0.05);
        assert!(width(&line(0.5, 0.5), Tip::Mouse) > width(&line(3.0, 0.5), Tip::Mouse));
        // What a pen presses in the middle of its range, little and much.
        assert!((width(&line(9.0, 0.5), Tip::Pen) - 6.4 * 1.145).abs() < 0.05);
        assert!(width(&line(9.0, 0.1), Tip::Pen) < 5.0);
        assert!(width(&line(9.0, 1.0), Tip::Pen) > 10.0);
    }
}
