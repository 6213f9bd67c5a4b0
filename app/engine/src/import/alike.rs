//! What all importers do alike: how much is read, what of a text is kept, and what stands in for something that isn't here.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::ImportError;
use crate::document::{Color, Dash, Element, Ink, Style};
use crate::geometry::{Affine, Kind, MAX_COORDINATE, Vec2};
use crate::lettering::MOST_LETTERS;

/// Another program's file may have so many bytes of text: its images are in it.
pub(crate) const MAX_TEXT: usize = 64 << 20;
/// Points of ink beyond this many would be too much for one cell.
pub(super) const INK_POINTS: usize = 30_000;

/// The notes of a format: a name, whether something is lost, and the words for many and for one.
macro_rules! notes {
    ($($name:ident $lost:literal $what:literal | $one:literal;)*) => {
        $(pub(super) const $name: crate::import::Note =
            crate::import::Note { what: $what, one: $one, lost: $lost };)*
    };
}
pub(super) use notes;

/// A file as text, without what may stand around it.
pub(super) fn text(file: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(file).ok()?;
    Some(text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}')))
}

/// What is wrong with a format's text as a whole, if anything is.
pub(super) fn check(text: &str, format: &'static str) -> Result<(), ImportError> {
    if text.len() > MAX_TEXT {
        return Err(too_large(format, &format!("it has {} MB", text.len() >> 20)));
    }
    match serde_json::from_str::<&RawValue>(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(ImportError::Damaged {
            format,
            why: format!("it is no JSON from line {} on", error.line()),
        }),
    }
}

/// Moves elements by so many board units, or none of them where one would come to lie too far out to be kept.
pub(super) fn move_all(elements: &mut [Element], by: Vec2) {
    let moved = |element: &Element| Affine::translate(by) * element.place;
    let places: Vec<Affine> = elements.iter().map(moved).collect();
    let is_near = |place: &Affine| place.as_coeffs().iter().all(|v| v.abs() <= MAX_COORDINATE);
    if places.iter().all(is_near) {
        for (element, place) in elements.iter_mut().zip(places) {
            element.place = place;
        }
    }
}

pub(super) fn too_large(format: &'static str, what: &str) -> ImportError {
    ImportError::TooLarge {
        format,
        what: what.to_owned(),
        most: format!("{} MB", MAX_TEXT >> 20),
    }
}

/// As many letters as are shown, and whether there were more.
pub(super) fn within(text: &str) -> (Arc<str>, bool) {
    let text = text.replace("\r\n", "\n");
    match text.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => (text[..end].into(), true),
        None => (text.into(), false),
    }
}

/// Takes so many out, evenly, that no more than `most` are left: the first and the last stay. Says whether there were more.
pub(super) fn thin<T: Copy>(points: &mut Vec<T>, most: usize) -> bool {
    if points.len() <= most {
        return false;
    }
    let last = points.len() - 1;
    let nth = |n: usize| points[n * last / (most - 1)];
    *points = (0..most).map(nth).collect();
    true
}

/// The unit square mirrored from left to right, from top to bottom, or both.
pub(super) fn mirrored([across, down]: [bool; 2]) -> Affine {
    let side = |mirror| if mirror { (-1.0, 1.0) } else { (1.0, 0.0) };
    let ((a, e), (d, f)) = (side(across), side(down));
    Affine::new([a, 0.0, 0.0, d, e, f])
}

/// How a box looks that says that something isn't here.
pub(super) fn empty() -> Style {
    Style {
        color: Color::Ink(Ink::Grey),
        width: 1.0,
        dash: Dash::Dashed,
        ..Style::of(Kind::Rectangle)
    }
}
