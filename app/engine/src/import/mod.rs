//! Other programs' drawings become elements, and what couldn't come over as it was is said.

mod summary;
pub mod svg;

pub use summary::{Note, Summary};

use crate::document::Element;
use crate::images::StoredImage;

/// What came of another program's file.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// From the lowest to the topmost, with ids that only tell them apart: to be made [`crate::clip::fresh`].
    pub elements: Vec<Element>,
    /// The bytes of the images among them, to be kept before the elements are put on a board.
    pub images: Vec<StoredImage>,
    /// What the drawing is called there.
    pub title: Option<String>,
    /// What isn't as it was.
    pub summary: Summary,
}

/// Why a file can't be taken at all. Nothing of it has been put on a board.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// None of the formats that are known.
    #[error(
        "This is no drawing that Drawbridge can read. It reads Excalidraw, tldraw and SVG files, and its own."
    )]
    Unknown,
    /// One of them, but broken.
    #[error("This {format} file is damaged: {why}. Nothing was changed.")]
    Damaged {
        /// The format's name, as people call it.
        format: &'static str,
        /// What is wrong, and where, if that is known.
        why: String,
    },
    /// So large that it is not even read.
    #[error("This {format} file is too large: {what}, and at most {most} can be read. Nothing was changed.")]
    TooLarge {
        /// The format's name, as people call it.
        format: &'static str,
        /// What there is too much of, with the number.
        what: String,
        /// The limit, with its unit.
        most: String,
    },
}
