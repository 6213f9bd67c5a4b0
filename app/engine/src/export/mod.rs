//! Elements as files: SVG, PDF and PNG, all from the shapes that are shown, hit and bounded. SVG and PDF say them as curves and lines of a
//! width (`geometry/parts.rs`), PNG fills their outlines.

pub mod excalidraw;
pub mod file;
mod notes;
pub mod pages;
pub mod pdf;
pub mod png;
pub mod small;
pub mod svg;
pub mod wanted;

use drawbridge_protocol::ImageHash;
use kurbo::Shape as _;

pub use self::file::{ExportError, Exported, File, file, glimpse, pixels};
pub use self::wanted::{Format, Lettering, SCALES, Wanted, What};
use crate::document::{Color, Element, Lettered, Shade};
use crate::geometry::{Affine, BezPath, MAX_COORDINATE, Part, Point, Rect, Region};
use crate::images::StoredImage;

/// So many elements' parts are in memory at once.
const AT_ONCE: usize = 4096;
/// How much of the fill's colour there is in a tint; the rest is the board's.
const TINT: f64 = 0.22;

/// How colours look: the engine holds none. All are sRGB.
pub struct Look<'a> {
    /// What a colour of the palette is now, and what a free one is.
    pub ink: &'a dyn Fn(Color) -> [u8; 3],
    /// What lies under the elements; `None` for nothing, so that the picture is transparent.
    pub paper: Option<[u8; 3]>,
    /// The board's own colour, with which a tint is mixed.
    pub board: [u8; 3],
    /// Where images' bytes are found. One that isn't there is a grey box.
    pub images: &'a dyn Fn(&ImageHash) -> Option<StoredImage>,
    /// To where the unit square leads that an element is clipped to; `None` where it isn't clipped.
    pub clip: &'a dyn Fn(&Element) -> Option<Affine>,
}

/// No image is there.
#[must_use]
pub fn no_images(_: &ImageHash) -> Option<StoredImage> {
    None
}

impl Look<'_> {
    /// What an element is filled with, if it is filled.
    fn fill(&self, element: &Element) -> Option<[u8; 3]> {
        let full = (self.ink)(element.filled()?);
        if element.style.shade != Shade::Tint {
            return Some(full);
        }
        let mixed = |(full, board): (u8, u8)| {
            (f64::from(full) * TINT + f64::from(board) * (1.0 - TINT)).round() as u8
        };
        let [r, g, b] = [0, 1, 2].map(|i| mixed((full[i], self.board[i])));
        Some([r, g, b])
    }
}

/// What of an element has one colour: its boundary on the board, to be filled by the nonzero rule.
struct Area {
    boundary: BezPath,
    color: [u8; 3],
}

/// An element's areas, the lowest first, within `tolerance` board units of its shape.
fn areas(element: &Element, look: &Look<'_>, tolerance: f64) -> Vec<Area> {
    let shape = element.figure().shape(Some(tolerance));
    let inside = look.fill(element).map(|color| Area {
        boundary: shape.inside(),
        color,
    });
    let line = Area {
        boundary: shape.line(),
        color: (look.ink)(element.style.color),
    };
    let all = inside.into_iter().chain([line]);
    all.filter(|area| !area.boundary.elements().is_empty()).collect()
}

/// An element's letters, if there is anything to be seen of them.
fn letters(element: &Element) -> Option<Lettered> {
    let lettered = element.lettered_if_any()?;
    (!lettered.letters().is_flat()).then_some(lettered)
}

/// What is to be seen of a frame alone: what is in it, turned so that the frame is upright, and the box around that.
#[derive(Debug, Clone)]
pub struct Alone {
    /// From the lowest to the topmost.
    pub elements: Vec<Element>,
    /// Where the frame's unit square lies: what they are clipped to.
    pub clip: Affine,
    /// The part of the board that is to be shown.
    pub part: Rect,
}

impl Alone {
    /// A frame and the elements that belong to it, from the lowest to the topmost. Its own line is no part of it.
    #[must_use]
    pub fn of(frame: &Element, members: Vec<Element>) -> Self {
        let [a, b, ..] = frame.place.as_coeffs();
        let middle = frame.place * Point::new(0.5, 0.5);
        let upright = Affine::rotate_about(-b.atan2(a), middle);
        let turned = |element: Element| Element {
            place: upright * element.place,
            ..element
        };
        let clip = upright * frame.place;
        Self {
            elements: members.into_iter().map(turned).collect(),
            clip,
            part: clip.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0)),
        }
    }
}

/// Those that are to be seen, each with a box that holds what is seen of it.
fn shown<'a>(elements: &'a [Element], look: &Look<'a>) -> impl Iterator<Item = (&'a Element, Rect)> {
    let shown = elements.iter().filter(|element| !element.deleted);
    let clip = look.clip;
    shown.filter_map(move |element| {
        let bounds = element.bounds()?;
        let seen = match clip(element) {
            Some(clip) => Region::from(bounds).and(&Region::of(clip)).bounds()?,
            None => bounds,
        };
        Some((element, seen))
    })
}

/// The same with the parts of each, which are reckoned on all processors; of so many at a time that they take little memory.
fn parted<'a>(
    elements: &'a [Element],
    look: &Look<'a>,
) -> impl Iterator<Item = (&'a Element, Rect, Vec<Part>)> {
    let mut rest = shown(elements, look).collect::<Vec<_>>().into_iter();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = move || {
        let some: Vec<(&Element, Rect)> = rest.by_ref().take(AT_ONCE).collect();
        let share = some.len().div_ceil(threads).max(1);
        let parts = |share: &[(&Element, Rect)]| -> Vec<Vec<Part>> {
            share.iter().map(|(element, _)| element.shape().parts()).collect()
        };
        let parts: Vec<Vec<Part>> = std::thread::scope(|scope| {
            let shares: Vec<_> = some
                .chunks(share)
                .map(|share| scope.spawn(move || parts(share)))
                .collect();
            let made = shares.into_iter().map(|share| share.join());
            made.flat_map(|made| made.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        });
        let both = some.into_iter().zip(parts);
        let all: Vec<_> = both
            .map(|((element, seen), parts)| (element, seen, parts))
            .collect();
        (!all.is_empty()).then_some(all)
    };
    std::iter::from_fn(next).flatten()
}

/// What a clip leaves open: where it leads the unit square.
fn opening(clip: Affine) -> BezPath {
    let mut open = BezPath::new();
    open.extend(Rect::new(0.0, 0.0, 1.0, 1.0).path_elements(1.0));
    open.apply_affine(clip);
    open
}

/// The part of the board that a picture shows: all of the elements and so many board units around.
fn extent(elements: &[Element], look: &Look<'_>, margin: f64) -> Rect {
    let margin = if margin.is_finite() { margin } else { 0.0 };
    let all = shown(elements, look).map(|(_, bounds)| bounds);
    let all = all.reduce(|a, b| a.union(b)).unwrap_or_default();
    all.inset(margin.clamp(0.0, MAX_COORDINATE))
}

#[cfg(test)]
mod alike;
#[cfg(test)]
mod tests;
