//! tldraw's files, `.tldr`: a list of records, of pages, shapes, what arrows hold on to, and images. Files of all ages that
//! such lists have are read (since 2022; what tldraw wrote before is of another format), and what can't be read in one costs only that. What
//! tldraw copies is the same in HTML.

mod arcs;
mod clipboard;
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
        let is_file = text.starts_with('{') && text.contains("\"tldrawFileFormatVersion\"");
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
        return Err(ImportError::Unknown);
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
mod likeness;
#[cfg(test)]
mod losses;
#[cfg(test)]
mod tests;
