//! What a person drew with last, by family of tools.

use drawbridge_engine::document::{
    Corners, Dash, Font, Head, Route, SIZES, Shade, Sketch, Style, TextAlign, VAlign, WIDTHS,
};
use drawbridge_engine::editor;
use serde::{Deserialize, Deserializer, Serialize};

use super::lenient;

/// What was drawn with last: the highlighter is broad and yellow whatever the pen is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Styles {
    /// By all tools but the highlighter.
    #[serde(deserialize_with = "lenient")]
    ink: Kept,
    /// By the highlighter.
    #[serde(deserialize_with = "lenient_marker")]
    highlighter: Kept,
    /// For notes.
    #[serde(deserialize_with = "lenient_note")]
    note: Kept,
}

impl Default for Styles {
    fn default() -> Self {
        Self::of(&editor::Styles::default())
    }
}

fn lenient_marker<'de, D: Deserializer<'de>>(from: D) -> Result<Kept, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(Kept::deserialize(value).unwrap_or_else(|_| Kept::marker()))
}

fn lenient_note<'de, D: Deserializer<'de>>(from: D) -> Result<Kept, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(Kept::deserialize(value).unwrap_or_else(|_| Styles::default().note))
}

impl Styles {
    /// As they are kept.
    #[must_use]
    pub fn of(styles: &editor::Styles) -> Self {
        Self {
            ink: Kept::of(&styles.ink),
            highlighter: Kept::of(&styles.highlighter),
            note: Kept::of(&styles.note),
        }
    }

    /// As the tools draw with them.
    #[must_use]
    pub fn styles(&self) -> editor::Styles {
        editor::Styles {
            ink: self.ink.style(),
            highlighter: self.highlighter.style(),
            note: self.note.style(),
        }
    }
}

/// A style by its names, as a board stores it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    color: String,
    width: f64,
    opacity: f64,
    dash: String,
    sketch: String,
    /// `none` for no fill.
    fill: String,
    shade: String,
    corners: String,
    /// Of lines.
    route: String,
    start: String,
    end: String,
    font: String,
    size: f64,
    align: String,
    valign: String,
}

impl Default for Kept {
    fn default() -> Self {
        Self::of(&editor::Styles::default().ink)
    }
}

impl Kept {
    /// What a highlighter begins with.
    fn marker() -> Self {
        Styles::default().highlighter
    }

    fn of(style: &Style) -> Self {
        Self {
            color: style.color.to_string(),
            width: style.width,
            opacity: style.opacity,
            dash: style.dash.name().to_owned(),
            sketch: style.sketch.name().to_owned(),
            fill: style
                .fill
                .map_or_else(|| "none".to_owned(), |color| color.to_string()),
            shade: style.shade.name().to_owned(),
            corners: style.corners.name().to_owned(),
            route: style.route().name().to_owned(),
            start: style.start.name().to_owned(),
            end: style.end.name().to_owned(),
            font: style.font.name().to_owned(),
            size: style.size,
            align: style.align.name().to_owned(),
            valign: style.valign.name().to_owned(),
        }
    }

    /// What can't be read counts as what a board would take it for.
    fn style(&self) -> Style {
        let usual = Style::default();
        Style {
            color: self.color.parse().unwrap_or_default(),
            width: if WIDTHS.contains(&self.width) {
                self.width
            } else {
                usual.width
            },
            opacity: if (0.0..=1.0).contains(&self.opacity) {
                self.opacity
            } else {
                usual.opacity
            },
            dash: Dash::named(&self.dash).unwrap_or_default(),
            sketch: Sketch::named(&self.sketch).unwrap_or_default(),
            fill: self.fill.parse().ok(),
            shade: Shade::named(&self.shade).unwrap_or_default(),
            corners: Corners::named(&self.corners).unwrap_or_default(),
            route: Some(Route::named(&self.route).unwrap_or(Route::Curve)),
            start: Head::named(&self.start).unwrap_or_default(),
            end: Head::named(&self.end).unwrap_or_default(),
            font: Font::named(&self.font).unwrap_or_default(),
            size: if SIZES.contains(&self.size) {
                self.size
            } else {
                usual.size
            },
            align: TextAlign::named(&self.align).unwrap_or_default(),
            valign: VAlign::named(&self.valign).unwrap_or_default(),
        }
    }
}
