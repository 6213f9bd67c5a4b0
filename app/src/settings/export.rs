//! How a board was exported last.

use serde::{Deserialize, Serialize};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Export {
    /// How the file's name ends.
    pub ending: String,
    /// Pixels a board unit, 1 to 4.
    pub scale: u8,
    /// Whether the board's colour is under it.
    pub paper: bool,
    /// In which mode.
    pub mode: Mode,
    /// Whether it opens again as a board.
    pub embed: bool,
}

impl Default for Export {
    fn default() -> Self {
        Self {
            ending: "png".to_owned(),
            scale: 2,
            paper: true,
            mode: Mode::default(),
            embed: true,
        }
    }
}
