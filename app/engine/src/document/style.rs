//! How an element is drawn: colour, width, dash, fill and so on, each a property of its own.

use super::{Color, Ink};
use crate::geometry::{Corners, Dash, Head, Shade};

/// How wide a line may be, in board units.
pub const WIDTHS: std::ops::RangeInclusive<f64> = 0.01..=10_000.0;

/// How an element is drawn. What means nothing for its kind is kept and passed over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Of the line.
    pub color: Color,
    /// The line's nominal width, in board units, within [`WIDTHS`]. It stays as it is when `place` stretches the element.
    pub width: f64,
    /// How much of what is under it the element hides, 0 to 1.
    pub opacity: f64,
    /// How the line is broken.
    pub dash: Dash,
    /// The colour of the inside; `None` for no fill.
    pub fill: Option<Color>,
    /// How that is filled.
    pub shade: Shade,
    /// Corners, or how a line bends.
    pub corners: Corners,
    /// At a line's first point.
    pub start: Head,
    /// At a line's last point.
    pub end: Head,
}

impl Style {
    /// How an image is drawn: it has no line. Where its pixels aren't there, its place is grey.
    pub(super) fn of_image(opacity: f64) -> Self {
        let grey = Color::Ink(Ink::Grey);
        Self {
            color: grey,
            width: *WIDTHS.start(),
            opacity,
            fill: Some(grey),
            corners: Corners::Sharp,
            ..Self::default()
        }
    }
}

impl Default for Style {
    /// What properties that are missing count as.
    fn default() -> Self {
        Self {
            color: Color::default(),
            width: 4.0,
            opacity: 1.0,
            dash: Dash::default(),
            fill: None,
            shade: Shade::default(),
            corners: Corners::default(),
            start: Head::default(),
            end: Head::default(),
        }
    }
}
