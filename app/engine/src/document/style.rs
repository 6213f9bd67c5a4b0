//! How an element is drawn: colour, width, dash, fill, font and so on, each a property of its own.

use super::{Color, Ink};
use crate::geometry::{Corners, Dash, Font, Head, Kind, Route, Shade, Sketch, TextAlign, VAlign};

/// How wide a line may be, in board units.
pub const WIDTHS: std::ops::RangeInclusive<f64> = 0.01..=10_000.0;

/// So much of what is under it the highlighter hides.
pub const HIGHLIGHT: f64 = 0.4;
/// A note's paper, where nothing is said of it.
pub const PAPER: Color = Color::Ink(Ink::Yellow);
/// How large letters may be, in board units.
pub const SIZES: std::ops::RangeInclusive<f64> = 1.0..=2_000.0;

/// How an element is drawn. What means nothing for its kind is kept and passed over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Of the line and of the letters.
    pub color: Color,
    /// The line's nominal width, in board units, within [`WIDTHS`]. It stays as it is when `place` stretches the element.
    pub width: f64,
    /// How much of what is under it the element hides, 0 to 1.
    pub opacity: f64,
    /// How the line is broken.
    pub dash: Dash,
    /// How unsteady the hand seems that drew the line.
    pub sketch: Sketch,
    /// The colour of the inside; `None` for no fill.
    pub fill: Option<Color>,
    /// How that is filled.
    pub shade: Shade,
    /// Corners, or the bends of a right-angled line.
    pub corners: Corners,
    /// How a line goes through its points; `None` where `corners` says it, as in lines of earlier programs: smooth or straight.
    pub route: Option<Route>,
    /// At a line's first point.
    pub start: Head,
    /// At a line's last point.
    pub end: Head,
    /// The letters' face.
    pub font: Font,
    /// The letters' size, in board units, within [`SIZES`]. Only a text's letters are scaled by its `place`.
    pub size: f64,
    /// Where lines of letters begin or end.
    pub align: TextAlign,
    /// Where the letters stand in a box that is higher than they are.
    pub valign: VAlign,
}

impl Style {
    /// What properties that are missing count as, for a kind.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        Self {
            fill: (kind == Kind::Note).then_some(PAPER),
            align: if kind.bears_letters() && kind != Kind::Text {
                TextAlign::Center
            } else {
                TextAlign::Left
            },
            ..Self::default()
        }
    }

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
    /// What the style of ink is where nothing is said of it.
    fn default() -> Self {
        Self {
            color: Color::default(),
            width: 4.0,
            opacity: 1.0,
            dash: Dash::default(),
            sketch: Sketch::default(),
            fill: None,
            shade: Shade::default(),
            corners: Corners::default(),
            route: None,
            start: Head::default(),
            end: Head::default(),
            font: Font::default(),
            size: 20.0,
            align: TextAlign::default(),
            valign: VAlign::default(),
        }
    }
}

impl Style {
    /// How a line goes through its points.
    #[must_use]
    pub fn route(&self) -> Route {
        self.route.unwrap_or(match self.corners {
            Corners::Round => Route::Curve,
            Corners::Sharp => Route::Straight,
        })
    }
}
