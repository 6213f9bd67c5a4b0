//! The one way by which a file is made of a board: elements, how they look, and what is wanted become bytes.

use std::collections::BTreeSet;

use drawbridge_protocol::ImageHash;

use super::Look;
use super::excalidraw;
use super::pages::{Page, pages};
use super::pdf::pdf;
use super::png::{Raster, TooLarge, picture_of, png};
use super::svg::svg_of;
use super::wanted::{Format, SCALES, Wanted};
use crate::clip;
use crate::document::Element;

/// Why no file can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// Of an empty board, or of a selection of nothing.
    #[error("There is nothing to export: nothing is drawn there.")]
    Nothing,
    /// Frames are wanted, and there are none.
    #[error(
        "There is no frame on this board. Draw one around what is to be a page, or export all of the board."
    )]
    NoFrames,
    /// This frame is wanted, and isn't there.
    #[error("There is no frame {0} on this board.")]
    NoSuchFrame(String),
    /// A picture has no room for it.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The name of the frame that it shows, if it shows one that has a name.
    pub frame: Option<String>,
    /// What is to be written.
    pub bytes: Vec<u8>,
}

/// What came of a board.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// One, or one for each frame where a file has but one page.
    pub files: Vec<File>,
    /// How many pixels a board unit has, in a PNG: fewer than were wanted where that had no room. The least of all files.
    pub scale: f64,
    /// Whether it opens again as a board: that was wanted, and there was room for the elements. Excalidraw's always does.
    pub opens_again: bool,
    /// So many images are missing when it is opened again where the board isn't known: they are too large together, or their bytes
    /// aren't here.
    pub images_left_out: usize,
}

/// Makes what is wanted of a board, whose elements are all given as they are shown, from the lowest to the topmost. The paper has the
/// colour `look.board`; `look.paper` and `look.clip` aren't asked, since frames clip as on the board. For Excalidraw the look is to be
/// that of a light board: it darkens by itself. May take seconds: not for a window's
/// thread.
///
/// # Errors
/// When there is nothing to show, or it has no room in a picture.
pub fn file(elements: &[Element], look: &Look<'_>, wanted: &Wanted) -> Result<Exported, ExportError> {
    let look = Look {
        paper: wanted.paper.then_some(look.board),
        ..*look
    };
    let scale = wanted.scale.clamp(*SCALES.start(), *SCALES.end());
    let mut exported = Exported {
        files: Vec::new(),
        scale,
        opens_again: wanted.format == Format::Excalidraw || (wanted.embed && wanted.format.can_embed()),
        images_left_out: 0,
    };
    let pages = pages(elements, &look, wanted)?;
    if wanted.format.has_pages() {
        exported.files.push(File {
            frame: None,
            bytes: pdf(&pages, &look),
        });
        return Ok(exported);
    }
    for page in pages {
        let clip = |element: &Element| page.clip(element);
        let look = Look { clip: &clip, ..look };
        let embed = exported.embedded(&page, &look, wanted);
        let bytes = match wanted.format {
            Format::Png => {
                exported.scale = exported.scale.min(Raster::fitting(page.part, scale)?);
                png(
                    &picture_of(page.part, &page.elements, &look, scale)?,
                    embed.as_deref(),
                )
            }
            Format::Svg => svg_of(page.part, &page.elements, &look, embed.as_deref()).into_bytes(),
            Format::Pdf => pdf(std::slice::from_ref(&page), &look),
            Format::Excalidraw => {
                exported.images_left_out += missing(&page.whole, &look);
                excalidraw::write(&page.whole, &look).into_bytes()
            }
        };
        exported.files.push(File {
            frame: page.name,
            bytes,
        });
    }
    Ok(exported)
}

impl Exported {
    /// The text of a page's elements that goes along, if it is wanted and can be read again.
    fn embedded(&mut self, page: &Page, look: &Look<'_>, wanted: &Wanted) -> Option<String> {
        if !wanted.embed {
            return None;
        }
        let (text, left_out) = match wanted.format {
            Format::Pdf | Format::Excalidraw => return None,
            Format::Png => clip::write_with_images(&page.whole, look.images),
            // Its images are in the picture already, with all their bytes.
            Format::Svg => (clip::write(&page.whole), missing(&page.whole, look)),
        };
        let fits = page.whole.len() <= clip::MAX_ELEMENTS && text.len() <= clip::MAX_TEXT;
        self.opens_again &= fits;
        self.images_left_out += left_out;
        fits.then_some(text)
    }
}

/// How many images aren't here.
fn missing(elements: &[Element], look: &Look<'_>) -> usize {
    let pictures = elements.iter().filter_map(|element| element.picture);
    let names: BTreeSet<ImageHash> = pictures.map(|picture| picture.image).collect();
    names.iter().filter(|name| (look.images)(name).is_none()).count()
}

#[cfg(test)]
mod tests;
