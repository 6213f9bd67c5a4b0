//! tldraw's files, `.tldr`: a list of records, of pages, shapes, what arrows hold on to, and images. What can't
//! be read in one costs only that. What tldraw copies is the same in HTML; the files of the first tldraw, of 2021, have another form.

mod arcs;
mod clipboard;
mod first;
mod letters;
mod lines;
mod lz;
mod notes;
mod outlines;
mod pens;
mod pictures;
mod points;
mod shapes;
mod style;
mod ties;
mod tree;
mod ways;

use super::alike::{check, text};
use super::fields::Fields;
use super::{Import, ImportError};
use tree::Records;

/// As people call it.
const FORMAT: &str = "tldraw";

/// Whether a file is one of tldraw's, or what it copies, as a quick look says.
#[must_use]
pub fn is(file: &[u8]) -> bool {
    text(file).is_some_and(|text| {
        let has = |word: &str| text.contains(word);
        let is_first = || has("\"document\"") && has("\"pageStates\"");
        let is_file = text.starts_with('{') && (has("\"tldrawFileFormatVersion\"") || is_first());
        is_file || is_copied(text)
    })
}

/// Whether a text is what tldraw copies: HTML in which the shapes are.
#[must_use]
pub fn is_copied(text: &str) -> bool {
    clipboard::inside(text).is_some()
}

/// Reads one. Several pages lie beside each other.
///
/// # Errors
/// When it is none, is damaged as a whole, or too large.
pub fn read(file: &[u8]) -> Result<Import, ImportError> {
    let text = text(file).ok_or(ImportError::Unknown)?;
    if let Some(inside) = clipboard::inside(text) {
        return clipboard::read(inside);
    }
    check(text, FORMAT)?;
    let file = Fields::read(text).ok_or(ImportError::Unknown)?;
    if !file.has("tldrawFileFormatVersion") {
        let first = file
            .object("document")
            .and_then(|document| first::read(&document));
        return first.ok_or(ImportError::Unknown);
    }
    let Some(records) = file.list("records") else {
        return Err(ImportError::Damaged {
            format: FORMAT,
            why: "it has no list of records".to_owned(),
        });
    };
    Ok(tree::read(&Records::of_file(records)))
}

#[cfg(test)]
mod ages;
#[cfg(test)]
mod first_files;
#[cfg(test)]
mod likeness;
#[cfg(test)]
mod losses;
#[cfg(test)]
mod tests;
