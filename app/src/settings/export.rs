//! How a board was exported last.

use std::ops::RangeInclusive;

use drawbridge_engine::export::Format;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::lenient;
use crate::file_kind::FileKind;

/// The pixels a board unit that the dialog offers.
pub const PIXELS: RangeInclusive<u8> = 1..=4;

/// In which mode an exported board looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// On paper, whatever the window shows.
    #[default]
    Light,
    /// At night.
    Dark,
}

/// What was chosen, as far as it is of use for another board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Export {
    /// What the file is. It is kept as the ending of its name.
    #[serde(
        rename = "ending",
        serialize_with = "to_ending",
        deserialize_with = "of_ending"
    )]
    pub kind: FileKind,
    /// Pixels a board unit, one of [`PIXELS`].
    #[serde(deserialize_with = "lenient")]
    pub scale: u8,
    /// Whether the board's colour is under it.
    pub paper: bool,
    /// In which mode.
    #[serde(deserialize_with = "lenient")]
    pub mode: Mode,
    /// Whether the letters of an SVG are text.
    pub text: bool,
    /// Whether it opens again as a board.
    pub embed: bool,
}

impl Default for Export {
    fn default() -> Self {
        Self {
            kind: FileKind::Made(Format::Png),
            scale: 2,
            paper: true,
            mode: Mode::default(),
            text: false,
            embed: true,
        }
    }
}

impl Export {
    /// With nothing in it that couldn't be chosen.
    pub(super) fn checked(self) -> Self {
        Self {
            scale: if PIXELS.contains(&self.scale) {
                self.scale
            } else {
                Self::default().scale
            },
            ..self
        }
    }
}

fn to_ending<S: Serializer>(kind: &FileKind, to: S) -> Result<S::Ok, S::Error> {
    kind.ending().serialize(to)
}

/// One that isn't known is what it is for somebody new.
fn of_ending<'de, D: Deserializer<'de>>(from: D) -> Result<FileKind, D::Error> {
    let ending: String = lenient(from)?;
    Ok(FileKind::of_ending(&ending).unwrap_or(Export::default().kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_kept_and_what_cant_be_chosen_costs_only_itself() {
        let chosen = Export {
            kind: FileKind::Board,
            scale: 4,
            paper: false,
            mode: Mode::Dark,
            text: true,
            embed: false,
        };
        let text = serde_json::to_string(&chosen).expect("a text");
        assert!(text.contains(r#""ending":"board""#), "{text}");
        let read = |text: &str| serde_json::from_str::<Export>(text).map(Export::checked);
        assert_eq!(read(&text).expect("it can be read"), chosen);
        let odd = r#"{"ending":"bmp","scale":0,"paper":false,"mode":"dusk","embed":false}"#;
        let expected = Export {
            paper: false,
            embed: false,
            ..Export::default()
        };
        assert_eq!(read(odd).expect("it can be read"), expected);
        for scale in ["99", "-1", "\"large\"", "1.5"] {
            let read = read(&format!(r#"{{"scale":{scale}}}"#)).expect("it can be read");
            assert_eq!(read, Export::default(), "{scale}");
        }
    }
}
