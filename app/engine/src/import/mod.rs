//! Other programs' drawings become elements, and what couldn't come over as it was is said.

pub(crate) mod alike;
pub mod excalidraw;
mod fields;
mod images;
mod points;
mod summary;
pub mod svg;
pub mod tldraw;

pub use summary::{Note, Summary};

use std::collections::HashSet;

use drawbridge_protocol::ImageHash;

use crate::clip::{self, Clipped};
use crate::document::{Element, Picture};
use crate::export::png;
use crate::images::{StoredImage, stored};

alike::notes! {
    PICTURE false "drawings could not be taken apart and are images" | "the drawing could not be taken apart and is an image";
    NOT_HERE true "images are not in the file, and are seen only where they are known already" | "an image is not in the file, and is seen only where it is known already";
    BROKEN true "elements could not be read" | "an element could not be read";
    TOO_MANY true "elements were left out: there are too many" | "an element was left out: there are too many";
}

/// Said where only a picture is there of one with a damaged drawing in it.
pub const FLAT: Note = Note {
    what: "pictures have drawings in them that could not be read",
    one: "the drawing in the picture could not be read",
    lost: true,
};

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

/// Reads another program's file, or one of our own: a text, or a picture with a drawing in it. What is only a picture isn't read
/// here. May take seconds: not for a window's thread.
///
/// # Errors
/// When it is none that is known, is damaged as a whole, or too large.
pub fn read(file: &[u8]) -> Result<Import, ImportError> {
    if let Some(own) = own(file) {
        return Ok(own);
    }
    if excalidraw::is(file) {
        return excalidraw::read(file);
    }
    if tldraw::is(file) {
        return tldraw::read(file);
    }
    drawing(file).ok_or(ImportError::Unknown)
}

/// What [`clip`] wrote, also in one of our pictures.
fn own(file: &[u8]) -> Option<Import> {
    let embedded = png::embedded(file);
    let text = match &embedded {
        Some(text) => text,
        None => std::str::from_utf8(file).ok()?,
    };
    let Clipped {
        elements,
        broken,
        beyond,
    } = clip::read_counted(text)?;
    let is_stored =
        |image: &StoredImage| stored(image.bytes.clone()).is_ok_and(|stored| stored.image.kind == image.kind);
    let images: Vec<StoredImage> = clip::read_images(text).into_iter().filter(is_stored).collect();
    let here: HashSet<ImageHash> = images.iter().map(StoredImage::hash).collect();
    let shown = elements.iter().filter_map(|element| element.picture);
    let mut summary = Summary::default();
    summary.add_many(
        NOT_HERE,
        shown.filter(|picture| !here.contains(&picture.image)).count(),
    );
    summary.add_many(BROKEN, broken);
    summary.add_many(TOO_MANY, beyond);
    Some(Import {
        elements,
        images,
        title: None,
        summary,
    })
}

/// An SVG: its lines and letters where that is all, else an image of it.
fn drawing(file: &[u8]) -> Option<Import> {
    let read = svg::read(std::str::from_utf8(file).ok()?)?;
    if read.left_out == 0 && !read.elements.is_empty() {
        return Some(Import {
            elements: read.elements,
            ..Import::default()
        });
    }
    let taken = crate::images::take(file).ok()?;
    let mut summary = Summary::default();
    summary.add(PICTURE);
    Some(Import {
        elements: vec![Element::image(Picture::from(&taken))],
        images: vec![taken.image],
        title: None,
        summary,
    })
}

#[cfg(test)]
mod tests;
