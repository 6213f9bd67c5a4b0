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

/// Lines of letters are so far apart there, in ems, and here.
pub(super) const LINES: [f64; 2] = [1.35, 1.25];
/// A width that is said of a text counts where letters are so many times as wide here, and at most so many.
const ALIKE: (f64, f64) = (0.7, 1.3);

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
    text.text = letters;
    let said = props.number("w").unwrap_or(0.0).max(0.0);
    let auto = props.flag("autoSize") != Some(false);
    if !auto {
        text.wrap = Some((said * scale(props)).clamp(*WRAPS.start(), *WRAPS.end()));
    }
    let area = text.lettered().map(|set| set.layout.area()).unwrap_or_default();
    let wide = match text.wrap {
        Some(wrap) => wrap,
        // It may be what it was before the letters changed, and is scaled or not.
        None => [said, said * scale(props)]
            .into_iter()
            .find(|said| (ALIKE.0..=ALIKE.1).contains(&(area.width() / said)))
            .unwrap_or(area.width()),
    };
    // Its lines are nearer to each other than there: it stands in the middle of where they were.
    let down = area.height() * (LINES[0] / LINES[1] - 1.0) / 2.0;
    text.place = around.place * Affine::translate((text.style.align.part() * wide, down));
    making.keep(text, around)
}

/// A shape's letters: plain, or of what a text with formats says.
pub(super) fn letters(props: &Fields<'_>, making: &mut Making<'_>) -> Arc<str> {
    let said = match props.raw("richText").map(rich) {
        Some(Some(rich)) => {
            let mut lines = Lines::default();
            lines.take(&rich, None);
            if lines.formats {
                making.summary.add(notes::FORMATS);
            }
            lines.out.truncate(lines.out.trim_end_matches('\n').len());
            lines.out
        }
        // Files from between the two have both.
        unread => {
            let plain = props.text("text").unwrap_or_default();
            if unread.is_some() && plain.is_empty() {
                making.summary.add(notes::NO_LETTERS);
            }
            plain
        }
    };
    let (letters, cut) = within(&said);
    if cut {
        making.summary.add(notes::LETTERS);
    }
    letters
}

fn rich(text: &str) -> Option<Value> {
    let text = Some(text).filter(|text| text.len() <= RICH)?;
    serde_json::from_str(text).ok().filter(Value::is_object)
}

/// What a text with formats says, line by line.
#[derive(Default)]
struct Lines {
    out: String,
    /// Whether something of it can't be shown.
    formats: bool,
    /// What the next line begins with: of a list's items, the inner ones farther in.
    head: String,
    depth: usize,
}

impl Lines {
    /// Goes as deep as JSON is read at all.
    fn take(&mut self, node: &Value, number: Option<u64>) {
        self.formats |= node["marks"].as_array().is_some_and(|marks| !marks.is_empty());
        let kind = node["type"].as_str().unwrap_or_default();
        self.formats |= matches!(kind, "heading" | "codeBlock" | "blockquote");
        match kind {
            "text" => self.say(node["text"].as_str().unwrap_or_default()),
            "hardBreak" => self.out.push('\n'),
            "listItem" => {
                let inner = "  ".repeat(self.depth.saturating_sub(1));
                self.head = match number {
                    Some(number) => format!("{inner}{number}. "),
                    None => format!("{inner}• "),
                };
            }
            _ => {}
        }
        let list = matches!(kind, "bulletList" | "orderedList");
        self.depth += usize::from(list);
        let first = node["attrs"]["start"].as_u64().unwrap_or(1);
        for (n, child) in node["content"].as_array().into_iter().flatten().enumerate() {
            let number = (kind == "orderedList").then(|| first.saturating_add(n as u64));
            self.take(child, number);
        }
        self.depth -= usize::from(list);
        if matches!(kind, "paragraph" | "heading" | "codeBlock") {
            self.say("");
            self.out.push('\n');
        }
    }

    fn say(&mut self, text: &str) {
        self.out.push_str(&std::mem::take(&mut self.head));
        self.out.push_str(text);
    }
}
