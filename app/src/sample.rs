//! The sample board: what a team could have made, to look at and to try things on.

/// What it is called.
pub const TITLE: &str = "Sample board";

/// Its elements, as the clipboard holds them.
pub static ELEMENTS: &str = include_str!("../../assets/boards/autumn-release.json");
