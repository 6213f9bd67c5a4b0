//! One sample of a pen, and how its pressure becomes a width.

use kurbo::Point;

/// How far from the board's origin anything may lie, in board units, in x and in y. Within it an
/// `f64` still resolves a ten-thousandth of a pixel at the greatest zoom.
pub const MAX_COORDINATE: f64 = 1e9;

/// Where a pen was, and how hard it pressed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InkPoint {
    /// The place, in board units (or the element's own, before its `place` is applied).
    pub pos: Point,
    /// From 0 (lightest) to 1 (hardest); 0.5 gives the nominal width.
    pub pressure: f64,
}

impl InkPoint {
    /// A sample; the pressure is brought into 0 to 1, and is 0.5 where it is no number.
    #[must_use]
    pub fn new(pos: Point, pressure: f64) -> Self {
        let pressure = if pressure.is_nan() {
            0.5
        } else {
            pressure.clamp(0.0, 1.0)
        };
        Self { pos, pressure }
    }
}

/// Half the width of a stroke of nominal `width` at `pressure`: from 0.4 to 1.6 times the nominal one.
#[must_use]
pub fn radius(width: f64, pressure: f64) -> f64 {
    width * 0.5 * (0.4 + 1.2 * pressure)
}

/// What is thinner than that has dashes and heads of something in between, in board units.
const THIN: f64 = 4.0;

/// What the dashes and the heads of a line of this width are measured by, in board units: the width itself, but for a thin line more, so
/// that they are seen.
pub(super) fn scale(width: f64) -> f64 {
    width.max(f64::midpoint(width, THIN))
}
