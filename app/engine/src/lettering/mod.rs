//! How text becomes letters: fonts, shaping, lines, and where the caret stands among them.
//!
//! Of ours this imports only `geometry`. The bundled fonts come first, in one order, so that a text has the same letters, lines
//! and size on every machine; the system's fonts are asked only for letters that no bundled one has.

mod breaking;
mod caret;
mod faces;
mod layout;
mod shaping;
mod store;
mod system;

pub use caret::Caret;
pub use faces::font_file;
pub use layout::{Cluster, Layout, Line, MOST_LETTERS};

#[cfg(test)]
mod tests;
