//! Colours as the board stores them: by name, so that they follow the theme, or free.

use std::fmt;
use std::str::FromStr;

/// The palette's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Ink {
    Black,
    Grey,
    Red,
    Orange,
    Yellow,
    Green,
    Cyan,
    Blue,
    Purple,
    Brown,
    Pink,
    White,
}

impl Ink {
    /// The palette, in the order in which it is shown.
    pub const ALL: [Self; 12] = [
        Self::Black,
        Self::Grey,
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Green,
        Self::Cyan,
        Self::Blue,
        Self::Purple,
        Self::Brown,
        Self::Pink,
        Self::White,
    ];

    /// The name as it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Black => "black",
            Self::Grey => "grey",
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Cyan => "cyan",
            Self::Blue => "blue",
            Self::Purple => "purple",
            Self::Brown => "brown",
            Self::Pink => "pink",
            Self::White => "white",
        }
    }
}

/// A palette colour or a free one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Color {
    /// Follows the theme.
    Ink(Ink),
    /// Red, green and blue, sRGB, the same in every theme.
    Rgb([u8; 3]),
}

impl Default for Color {
    fn default() -> Self {
        Self::Ink(Ink::Black)
    }
}

/// The text is neither a palette name nor `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a colour is a palette name or #rrggbb")]
pub struct ColorError;

impl FromStr for Color {
    type Err = ColorError;
    fn from_str(text: &str) -> Result<Self, ColorError> {
        if let Some(ink) = Ink::ALL.into_iter().find(|ink| ink.name() == text) {
            return Ok(Self::Ink(ink));
        }
        let hex = text
            .strip_prefix('#')
            .filter(|h| h.len() == 6 && h.bytes().all(|b| b.is_ascii_hexdigit()));
        let value = u32::from_str_radix(hex.ok_or(ColorError)?, 16).map_err(|_| ColorError)?;
        let [_, r, g, b] = value.to_be_bytes();
        Ok(Self::Rgb([r, g, b]))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ink(ink) => f.write_str(ink.name()),
            Self::Rgb([r, g, b]) => write!(f, "#{r:02x}{g:02x}{b:02x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_they_are_written() {
        let all = Ink::ALL
            .into_iter()
            .map(Color::Ink)
            .chain([Color::Rgb([0, 15, 255])]);
        for color in all {
            assert_eq!(color.to_string().parse(), Ok(color));
        }
        for bad in ["", "#fff", "#12345g", "#é1234", "teal", "Black", "#+12345"] {
            assert_eq!(bad.parse::<Color>(), Err(ColorError), "{bad}");
        }
    }
}
