//! The one way by which a file is made of a board: elements, how they look, and what is wanted become bytes.

use std::cell::RefCell;
use std::collections::BTreeSet;

use drawbridge_protocol::ImageHash;

use super::Look;
use super::excalidraw;
use super::pages::{Page, pages};
use super::pdf::pdf;
use super::png::{Picture, TooLarge, fitting, picture_of, png};
use super::svg::svg_of;
use super::wanted::{Format, SCALES, Wanted};
use crate::clip;
use crate::document::Element;
use crate::geometry::Rect;

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
    /// Whether it opens again as a board: that was wanted, and there was room for the elements. A file for Excalidraw always wants it.
    pub opens_again: bool,
    /// Images that are shown, and whose bytes aren't here: there is grey in place of them.
    pub absent: BTreeSet<ImageHash>,
    /// Images that are here, and are missing when it is opened again where the board isn't known: they are too large together.
    pub no_room: BTreeSet<ImageHash>,
}

/// Makes what is wanted of a board, whose elements are all given as they are shown, from the lowest to the topmost. The paper has the
/// colour `look.board`; `look.paper` and `look.clip` aren't asked, since frames clip as on the board. For Excalidraw the look is to be
/// that of a light board: it darkens by itself. May take seconds: not for a window's
/// thread.
///
/// # Errors
/// When there is nothing to show, or it has no room in a picture.
pub fn file(elements: &[Element], look: &Look<'_>, wanted: &Wanted) -> Result<Exported, ExportError> {
    let absent = RefCell::new(BTreeSet::new());
    // Whatever asks for an image, and however often.
    let images = |hash: &ImageHash| {
        let image = (look.images)(hash);
        if image.is_none() {
            absent.borrow_mut().insert(*hash);
        }
        image
    };
    let look = Look {
        images: &images,
        ..on_paper(look, wanted)
    };
    let mut exported = Exported {
        files: Vec::new(),
        scale: scale_of(wanted),
        opens_again: wanted.opens_again(),
        absent: BTreeSet::new(),
        no_room: BTreeSet::new(),
    };
    let pages = pages(elements, &look, wanted)?;
    match wanted.format {
        Format::Pdf => exported.files.push(File {
            frame: None,
            bytes: pdf(&pages, &look),
        }),
        Format::Png => {
            for page in pages {
                let embed = exported.with_images(&page, &look, wanted);
                exported.scale = exported.scale.min(fitting(page.part, scale_of(wanted))?);
                let picture = drawn(&page, &look, scale_of(wanted))?;
                exported.add(page, png(&picture, embed.as_deref()));
            }
        }
        Format::Svg => {
            for page in pages {
                // Its images are in the picture already, with all their bytes.
                let embed = wanted.embed.then(|| clip::write(&page.whole));
                let embed = embed.and_then(|text| exported.fitting(text, &page));
                let clip = |element: &Element| page.clip(element);
                let look = Look { clip: &clip, ..look };
                let how = (wanted.lettering, embed.as_deref());
                let text = svg_of(page.part, &page.elements, &look, how);
                exported.add(page, text.into_bytes());
            }
        }
        Format::Excalidraw => {
            for page in pages {
                let text = excalidraw::write(&page.whole, &look);
                exported.opens_again &= excalidraw::opens_again(&page.whole, &text);
                exported.add(page, text.into_bytes());
            }
        }
    }
    exported.absent = absent.take();
    exported.no_room = &exported.no_room - &exported.absent;
    Ok(exported)
}

/// The same as pixels, of the first page.
///
/// # Errors
/// As [`file`].
pub fn pixels(elements: &[Element], look: &Look<'_>, wanted: &Wanted) -> Result<Picture, ExportError> {
    first(elements, look, wanted, |_| scale_of(wanted))
}

/// The same as small as it takes for its longer side to have so many pixels, and never larger than on the board. There is room for that,
/// whatever shape it has.
///
/// # Errors
/// When there is nothing to show.
pub fn glimpse(
    elements: &[Element],
    look: &Look<'_>,
    wanted: &Wanted,
    side: u32,
) -> Result<Picture, ExportError> {
    let scale = |part: Rect| f64::from(side) / part.width().max(part.height());
    first(elements, look, wanted, |part| scale(part).min(1.0))
}

fn first(
    elements: &[Element],
    look: &Look<'_>,
    wanted: &Wanted,
    scale: impl Fn(Rect) -> f64,
) -> Result<Picture, ExportError> {
    let look = on_paper(look, wanted);
    let pages = pages(elements, &look, wanted)?;
    let page = pages.first().ok_or(ExportError::Nothing)?;
    Ok(drawn(page, &look, scale(page.part))?)
}

fn on_paper<'a>(look: &Look<'a>, wanted: &Wanted) -> Look<'a> {
    Look {
        paper: wanted.paper.then_some(look.board),
        ..*look
    }
}

fn scale_of(wanted: &Wanted) -> f64 {
    wanted.scale.clamp(*SCALES.start(), *SCALES.end())
}

fn drawn(page: &Page, look: &Look<'_>, scale: f64) -> Result<Picture, TooLarge> {
    let clip = |element: &Element| page.clip(element);
    picture_of(page.part, &page.elements, &Look { clip: &clip, ..*look }, scale)
}

impl Exported {
    fn add(&mut self, page: Page, bytes: Vec<u8>) {
        self.files.push(File {
            frame: page.name,
            bytes,
        });
    }

    /// The text of a page's elements and their images, if it is to go along.
    fn with_images(&mut self, page: &Page, look: &Look<'_>, wanted: &Wanted) -> Option<String> {
        if !wanted.embed {
            return None;
        }
        let (text, left_out) = clip::write_with_images(&page.whole, look.images);
        self.no_room.extend(left_out);
        self.fitting(text, page)
    }

    /// The text, if it can be read again.
    fn fitting(&mut self, text: String, page: &Page) -> Option<String> {
        let fits = page.whole.len() <= clip::MAX_ELEMENTS && text.len() <= clip::MAX_TEXT;
        self.opens_again &= fits;
        fits.then_some(text)
    }
}

#[cfg(test)]
mod tests;
