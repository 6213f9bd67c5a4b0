//! Excalidraw's files: scenes, what it puts on the clipboard, libraries, and its pictures with a scene in them. Its files of all
//! ages are read, and what can't be read in one costs only that.

mod boxes;
mod inside;
mod kinds;
mod lines;
mod notes;
mod ours;
mod pen;
mod pictures;
mod scene;
mod style;
mod ties;

use self::fields::Fields;
pub(crate) use self::lines::{BRUSH, STROKE, pressure_there};
pub(crate) use self::ours::marks;
pub(crate) use self::pen::leading;
use self::scene::Reading;
use super::alike::{check, move_all, text};
use super::{Import, ImportError, fields};
use crate::document::{Element, Group};
use crate::geometry::{Rect, Vec2};

/// As people call it.
const FORMAT: &str = "Excalidraw";
/// What a file says of who wrote it, if our export did.
pub(crate) const SOURCE: &str = "drawbridge";
/// How far apart the items of a library lie, in board units.
const APART: f64 = 60.0;
/// How much wider than high they lie, about.
const WIDE: f64 = 1.4;

/// Whether a file is one of Excalidraw's, as a quick look says.
#[must_use]
pub fn is(file: &[u8]) -> bool {
    if inside::is_picture(file) {
        return true;
    }
    let Some(text) = text(file).filter(|text| text.starts_with('{')) else {
        return false;
    };
    let named = |after: &str| {
        let value = after.trim_start().strip_prefix(':').map(str::trim_start);
        value.is_some_and(|value| value.starts_with("\"excalidraw"))
    };
    text.split("\"type\"").skip(1).any(named)
}

/// Reads one. Each item of a library is a group; they lie in rows.
///
/// # Errors
/// When it is none, is damaged as a whole, or too large.
pub fn read(file: &[u8]) -> Result<Import, ImportError> {
    if let Some(scene) = inside::scene(file) {
        return parsed(&scene?);
    }
    parsed(text(file).ok_or(ImportError::Unknown)?)
}

fn parsed(text: &str) -> Result<Import, ImportError> {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || c == '\0');
    check(text, FORMAT)?;
    let file = Fields::read(text).ok_or(ImportError::Unknown)?;
    let mut reading = Reading::new(file.raw("files"));
    let elements = match file.text("type").as_deref() {
        Some("excalidraw" | "excalidraw/clipboard" | "excalidraw-api/clipboard") => {
            let elements = scene::read(&file.list("elements").unwrap_or_default(), &mut reading);
            background(&file, &mut reading);
            elements
        }
        Some("excalidrawlib") => library(&file, &mut reading),
        _ => return Err(ImportError::Unknown),
    };
    let title = file.object("appState").and_then(|state| state.text("name"));
    Ok(Import {
        elements,
        images: reading.pictures.into_images(),
        title: title.filter(|title| !title.trim().is_empty()),
        summary: reading.summary,
    })
}

/// The board's colour is the theme's matter. Where elements are ours it is what our export wrote.
fn background(file: &Fields<'_>, reading: &mut Reading<'_>) {
    if reading.has_ours || file.text("source").is_some_and(|source| source == SOURCE) {
        return;
    }
    let color = file
        .object("appState")
        .and_then(|state| state.text("viewBackgroundColor"));
    let color = color.unwrap_or_default().to_ascii_lowercase();
    if !matches!(
        color.as_str(),
        "" | "#fff" | "#ffffff" | "#fffffff" | "white" | "transparent"
    ) {
        reading.summary.add(notes::BACKGROUND);
    }
}

/// The items of a library: lists of elements, or objects with such a list.
fn library(file: &Fields<'_>, reading: &mut Reading<'_>) -> Vec<Element> {
    let list = file.list("libraryItems").or_else(|| file.list("library"));
    let mut items = Vec::new();
    for (number, item) in list.unwrap_or_default().into_iter().enumerate() {
        let fields = Fields::read(item.get());
        let elements = match &fields {
            Some(fields) => fields.list("elements"),
            None => serde_json::from_str(item.get()).ok(),
        };
        let Some(elements) = elements else {
            reading.summary.add(notes::BROKEN);
            continue;
        };
        if fields
            .and_then(|fields| fields.text("name"))
            .is_some_and(|name| !name.is_empty())
        {
            reading.summary.add(notes::NAMES);
        }
        let mut elements = scene::read(&elements, reading);
        elements.iter_mut().for_each(|element| grouped(element, number));
        items.push(elements);
    }
    in_rows(items)
}

/// Makes an element one of an item: groups of other items may have the same names.
fn grouped(element: &mut Element, item: usize) {
    let own = |name: &Group| {
        let long = format!("{item}-{name}");
        let end = (0..=64.min(long.len()))
            .rev()
            .find(|end| long.is_char_boundary(*end));
        Group::from(&long[..end.unwrap_or(0)])
    };
    let inner = element.groups.iter().take(crate::document::GROUPS - 1).map(own);
    element.groups = inner.chain([Group::from(format!("item-{item}"))]).collect();
}

/// Lays items out beside and below each other.
fn in_rows(items: Vec<Vec<Element>>) -> Vec<Element> {
    let around = |elements: &Vec<Element>| {
        elements
            .iter()
            .filter_map(Element::bounds)
            .reduce(|a, b| a.union(b))
    };
    let items: Vec<(Vec<Element>, Rect)> = items
        .into_iter()
        .filter_map(|item| around(&item).map(|part| (item, part)))
        .collect();
    let area: f64 = items
        .iter()
        .map(|(_, part)| (part.width() + APART) * (part.height() + APART))
        .sum();
    let wide = (area * WIDE).sqrt();
    let (mut corner, mut high) = (Vec2::ZERO, 0.0_f64);
    let mut out = Vec::new();
    for (mut item, part) in items {
        if corner.x > 0.0 && corner.x + part.width() > wide {
            corner = Vec2::new(0.0, corner.y + high + APART);
            high = 0.0;
        }
        move_all(&mut item, corner - part.origin().to_vec2());
        out.extend(item);
        corner.x += part.width() + APART;
        high = high.max(part.height());
    }
    out
}

#[cfg(test)]
mod looks;
#[cfg(test)]
mod losses;
#[cfg(test)]
mod tests;
