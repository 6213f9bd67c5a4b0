//! tldraw's letters: texts that stand by themselves, and what is written in other shapes.

use std::sync::Arc;

use serde_json::Value;

use super::notes;
use super::shapes::{Made, element};
use super::style::{self, scale};
use super::tree::{Around, Making};
use crate::document::{Style, WRAPS};
use crate::geometry::{Affine, Kind};
use crate::import::alike::within;
use crate::import::fields::Fields;

/// The sizes of letters: of texts, of labels, and on arrows.
pub(super) const TEXTS: [f64; 4] = [18.0, 24.0, 36.0, 44.0];
pub(super) const LABELS: [f64; 4] = [18.0, 22.0, 26.0, 32.0];
pub(super) const ON_LINES: [f64; 4] = [18.0, 20.0, 24.0, 28.0];
/// A text with formats may have so many bytes: each of them may become many in memory.
const RICH: usize = 1 << 20;

pub(super) fn text(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let letters = letters(props, making);
    if letters.is_empty() {
        return Err(None);
    }
    let style = Style {
        color: style::color(props.text("color").as_deref()),
        opacity: around.opacity,
        ..Style::of(Kind::Text)
    };
    let mut text = element(Kind::Text, style, making);
    style::letters(props, &mut text.style, TEXTS);
    let wide = props.number("w").unwrap_or(0.0).max(0.0) * scale(props);
    if props.flag("autoSize") == Some(false) {
        text.wrap = Some(wide.clamp(*WRAPS.start(), *WRAPS.end()));
    }
    text.place = around.place * Affine::translate((text.style.align.part() * wide, 0.0));
    text.text = letters;
    making.keep(text, around)
}

/// A shape's letters: plain, or of what a text with formats says.
pub(super) fn letters(props: &Fields<'_>, making: &mut Making<'_>) -> Arc<str> {
    let mut out = String::new();
    match props.raw("richText").map(rich) {
        Some(Some(rich)) => {
            let mut formats = false;
            // As deep as JSON is read at all.
            lines_of(&rich, &mut out, &mut formats);
            out.truncate(out.trim_end_matches('\n').len());
            if formats {
                making.summary.add(notes::FORMATS);
            }
        }
        // Files from between the two have both.
        unread => {
            out = props.text("text").unwrap_or_default();
            if unread.is_some() && out.is_empty() {
                making.summary.add(notes::NO_LETTERS);
            }
        }
    }
    let (letters, cut) = within(&out);
    if cut {
        making.summary.add(notes::LETTERS);
    }
    letters
}

fn rich(text: &str) -> Option<Value> {
    let text = Some(text).filter(|text| text.len() <= RICH)?;
    serde_json::from_str(text).ok().filter(Value::is_object)
}

fn lines_of(node: &Value, out: &mut String, formats: &mut bool) {
    *formats |= node["marks"].as_array().is_some_and(|marks| !marks.is_empty());
    match node["type"].as_str() {
        Some("text") => out.push_str(node["text"].as_str().unwrap_or_default()),
        Some("hardBreak") => out.push('\n'),
        Some("listItem") => out.push_str("• "),
        _ => {}
    }
    for child in node["content"].as_array().into_iter().flatten() {
        lines_of(child, out, formats);
    }
    if matches!(node["type"].as_str(), Some("paragraph" | "heading" | "codeBlock")) {
        out.push('\n');
    }
}
