//! What a person drew with last, by family of tools.

use drawbridge_engine::document::{Corners, Dash, Head, Shade, Style, WIDTHS};
use drawbridge_engine::tools::Tool;
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
}

impl Default for Styles {
    fn default() -> Self {
        Self {
            ink: Kept::default(),
            highlighter: Kept::marker(),
        }
    }
}

fn lenient_marker<'de, D: Deserializer<'de>>(from: D) -> Result<Kept, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(Kept::deserialize(value).unwrap_or_else(|_| Kept::marker()))
}

impl Styles {
    fn family(&mut self, tool: Tool) -> &mut Kept {
        match tool {
            Tool::Highlighter => &mut self.highlighter,
            _ => &mut self.ink,
        }
    }

    /// Whether two tools draw with the same style.
    #[must_use]
    pub fn are_one_family(a: Tool, b: Tool) -> bool {
        (a == Tool::Highlighter) == (b == Tool::Highlighter)
    }

    /// What this tool drew with last.
    #[must_use]
    pub fn of(&self, tool: Tool) -> Style {
        self.clone().family(tool).style()
    }

    /// Notes what it draws with from now on.
    pub fn note(&mut self, tool: Tool, style: &Style) {
        *self.family(tool) = Kept::of(style);
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
    /// `none` for no fill.
    fill: String,
    shade: String,
    corners: String,
    start: String,
    end: String,
}

impl Default for Kept {
    fn default() -> Self {
        Self::of(&Style::default())
    }
}

impl Kept {
    /// What a highlighter begins with.
    fn marker() -> Self {
        Self {
            color: "yellow".to_owned(),
            width: 24.0,
            opacity: 0.5,
            ..Self::default()
        }
    }

    fn of(style: &Style) -> Self {
        Self {
            color: style.color.to_string(),
            width: style.width,
            opacity: style.opacity,
            dash: style.dash.name().to_owned(),
            fill: style
                .fill
                .map_or_else(|| "none".to_owned(), |color| color.to_string()),
            shade: style.shade.name().to_owned(),
            corners: style.corners.name().to_owned(),
            start: style.start.name().to_owned(),
            end: style.end.name().to_owned(),
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
            fill: self.fill.parse().ok(),
            shade: Shade::named(&self.shade).unwrap_or_default(),
            corners: Corners::named(&self.corners).unwrap_or_default(),
            start: Head::named(&self.start).unwrap_or_default(),
            end: Head::named(&self.end).unwrap_or_default(),
        }
    }
}
