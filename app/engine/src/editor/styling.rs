//! The style that the panel shows: the tool's, or what the selected elements have in common.

use crate::document::{Color, Corners, Dash, Head, Shade};

/// A property of several elements.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Held<T> {
    /// None of them has it.
    #[default]
    Nowhere,
    /// It is the same in all that have it.
    One(T),
    /// It differs.
    Mixed,
}

impl<T: PartialEq> Held<T> {
    /// With one element more.
    #[must_use]
    pub fn and(self, value: T) -> Self {
        match self {
            Self::Nowhere => Self::One(value),
            Self::One(held) if held == value => Self::One(held),
            Self::One(_) | Self::Mixed => Self::Mixed,
        }
    }

    /// The value, if there is just one.
    #[must_use]
    pub fn one(self) -> Option<T> {
        match self {
            Self::One(value) => Some(value),
            Self::Nowhere | Self::Mixed => None,
        }
    }

    /// Whether anything has it.
    #[must_use]
    pub fn is_somewhere(&self) -> bool {
        !matches!(self, Self::Nowhere)
    }
}

/// A style as far as it means something for the tool or the selection.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[expect(missing_docs, reason = "as in `Style`")]
pub struct StyleHeld {
    pub color: Held<Color>,
    pub width: Held<f64>,
    pub opacity: Held<f64>,
    pub dash: Held<Dash>,
    pub fill: Held<Option<Color>>,
    pub shade: Held<Shade>,
    pub corners: Held<Corners>,
    pub start: Held<Head>,
    pub end: Held<Head>,
}
