//! tldraw's files, `.tldr`: a list of records, of pages, shapes, what arrows hold on to, and images. Files of all ages are read,
//! and what can't be read in one costs only that.

mod notes;
mod outlines;
mod pictures;
mod points;
mod shapes;
mod style;
mod tree;

use super::fields::Fields;
use super::{Import, ImportError};
use crate::clip::MAX_TEXT;

/// As people call it.
const FORMAT: &str = "tldraw";

fn text(file: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(file).ok()?;
    Some(text.trim_start_matches('\u{feff}').trim())
}

/// Whether a file is one of tldraw's, as a quick look says.
#[must_use]
pub fn is(file: &[u8]) -> bool {
    text(file).is_some_and(|text| text.starts_with('{') && text.contains("\"tldrawFileFormatVersion\""))
}

/// Reads one. Several pages lie beside each other.
///
/// # Errors
/// When it is none, is damaged as a whole, or too large.
pub fn read(file: &[u8]) -> Result<Import, ImportError> {
    let text = text(file).ok_or(ImportError::Unknown)?;
    if text.len() > MAX_TEXT {
        return Err(ImportError::TooLarge {
            format: FORMAT,
            what: format!("it has {} MB", text.len() >> 20),
            most: format!("{} MB", MAX_TEXT >> 20),
        });
    }
    let damaged = |why: String| ImportError::Damaged { format: FORMAT, why };
    if let Err(error) = serde_json::from_str::<&serde_json::value::RawValue>(text) {
        return Err(damaged(format!("it is no JSON from line {} on", error.line())));
    }
    let file = Fields::read(text).ok_or(ImportError::Unknown)?;
    if !file.has("tldrawFileFormatVersion") {
        return Err(ImportError::Unknown);
    }
    let Some(records) = file.list("records") else {
        return Err(damaged("it has no list of records".to_owned()));
    };
    Ok(tree::read(&records))
}

#[cfg(test)]
mod tests;
