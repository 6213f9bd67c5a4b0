//! How a node of an SVG looks: what it takes over from those around it, and what it says itself.

use std::str::FromStr;

use roxmltree::Node;

use super::numbers::{number, numbers, transform};
use crate::document::{Color, Dash, Font, SIZES, Shade, Style, TextAlign, WIDTHS};
use crate::geometry::{Affine, Corners, Kind};

/// Dashes no longer than the line is wide, times this, are dots.
const DOT: f64 = 1.5;
/// Whatever of these a node says, but for `none`, can't be shown by lines and boxes.
const EFFECTS: [&str; 8] = [
    "filter",
    "mask",
    "clip-path",
    "marker",
    "marker-start",
    "marker-mid",
    "marker-end",
    "mix-blend-mode",
];

/// What a node takes over from those around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) place: Affine,
    pub(super) stroke: Option<Color>,
    pub(super) fill: Option<Color>,
    pub(super) width: f64,
    /// What `currentColor` is.
    current: Color,
    opacity: f64,
    /// Of the line and of the inside: what is said of it, and what their colours have themselves.
    opacities: [[f64; 2]; 2],
    dash: Dash,
    /// Whether what is filled twice isn't.
    pub(super) even_odd: bool,
    hidden: bool,
    font: Font,
    size: f64,
    align: TextAlign,
}

/// A node's look, if it is shown, and how much of it can't be had.
pub(super) struct Looks {
    pub(super) look: Option<Look>,
    pub(super) left_out: usize,
}

/// What a colour's words mean.
enum Paint {
    None,
    Plain(Color, f64),
}

impl Default for Look {
    fn default() -> Self {
        Self {
            place: Affine::IDENTITY,
            stroke: None,
            fill: Some(Color::Rgb([0, 0, 0])),
            width: 1.0,
            current: Color::Rgb([0, 0, 0]),
            opacity: 1.0,
            opacities: [[1.0; 2]; 2],
            dash: Dash::Solid,
            even_odd: false,
            hidden: false,
            font: Font::Plain,
            size: 16.0,
            align: TextAlign::Left,
        }
    }
}

impl Look {
    /// What holds inside a node.
    pub(super) fn of(mut self, node: Node<'_, '_>) -> Looks {
        let mut left_out = 0;
        let declared = node.attribute("style").unwrap_or_default();
        let declared: Vec<(&str, &str)> = declared
            .split(';')
            .filter_map(|each| each.split_once(':'))
            .map(|(name, value)| (name.trim(), value.trim().trim_end_matches("!important").trim()))
            .collect();
        let value = |name: &str| {
            let held = declared.iter().rev().find(|(held, _)| *held == name);
            let value = held.map(|(_, value)| *value).or(node.attribute(name));
            value.filter(|value| *value != "inherit")
        };
        if value("display") == Some("none") {
            return Looks {
                look: None,
                left_out: 0,
            };
        }
        let effects = EFFECTS.iter().filter_map(|name| value(name));
        left_out += effects
            .filter(|value| !matches!(*value, "none" | "normal"))
            .count();
        if let Some(text) = node.attribute("transform") {
            match transform(text) {
                Some(transform) => self.place *= transform,
                None => left_out += 1,
            }
        }
        match value("color").map(|text| color(text, self.current)) {
            Some(Some(Paint::Plain(color, 1.0))) => self.current = color,
            Some(_) => left_out += 1,
            None => {}
        }
        let [line, inside] = &mut self.opacities;
        for (name, part, paint, [opacity, own]) in [
            ("stroke", "stroke-opacity", &mut self.stroke, line),
            ("fill", "fill-opacity", &mut self.fill, inside),
        ] {
            let said = value(name).map(|text| color(text, self.current));
            if let Some(part) = value(part) {
                match portion(part) {
                    Some(part) => *opacity = part,
                    None => left_out += 1,
                }
            }
            match said {
                Some(Some(Paint::None)) => *paint = None,
                Some(Some(Paint::Plain(color, part))) => {
                    *paint = Some(color);
                    *own = part;
                }
                // A gradient, a pattern, or what isn't known.
                Some(None) => left_out += 1,
                None => {}
            }
        }
        for (name, part) in [("stroke-width", &mut self.width), ("font-size", &mut self.size)] {
            match value(name).map(number) {
                Some(Some(length)) => *part = length,
                Some(None) => left_out += 1,
                None => {}
            }
        }
        if let Some(part) = value("opacity") {
            match portion(part) {
                Some(part) => self.opacity *= part,
                None => left_out += 1,
            }
        }
        if let Some(dash) = value("stroke-dasharray") {
            self.dash = match numbers(dash).unwrap_or_default().first() {
                Some(first) if *first <= self.width * DOT => Dash::Dotted,
                Some(_) => Dash::Dashed,
                None => Dash::Solid,
            };
        }
        self.even_odd = value("fill-rule").map_or(self.even_odd, |rule| rule == "evenodd");
        self.hidden = value("visibility").map_or(self.hidden, |seen| seen != "visible");
        self.font = value("font-family").map_or(self.font, font);
        self.align = match value("text-anchor") {
            Some("start") => TextAlign::Left,
            Some("middle") => TextAlign::Center,
            Some("end") => TextAlign::Right,
            _ => self.align,
        };
        Looks {
            look: Some(self),
            left_out,
        }
    }

    /// The same without a line, or without an inside.
    pub(super) fn unstroked(self) -> Self {
        Self { stroke: None, ..self }
    }

    pub(super) fn unfilled(self) -> Self {
        Self { fill: None, ..self }
    }

    /// How much line and inside hide, beside what holds for both.
    fn parts(&self) -> [f64; 2] {
        self.opacities.map(|[said, own]| said * own)
    }

    fn line(&self) -> Option<Color> {
        self.stroke.filter(|_| self.width > 0.0)
    }

    /// Whether line and inside, or one of them, shine through so that one opacity says it.
    pub(super) fn has_one_opacity(&self) -> bool {
        let [line, inside] = self.parts();
        self.line().is_none() || self.fill.is_none() || line == inside
    }

    /// As letters are drawn; `None` for what isn't seen.
    pub(super) fn letters(&self) -> Option<Style> {
        Some(Style {
            color: self.fill.filter(|_| !self.hidden)?,
            opacity: self.opacity * self.parts()[1],
            font: self.font,
            size: self.size.clamp(*SIZES.start(), *SIZES.end()),
            align: self.align,
            ..Style::of(Kind::Text)
        })
    }

    /// As an element is drawn; `None` for what isn't seen.
    pub(super) fn style(&self, round: bool) -> Option<Style> {
        let scale = self.place.determinant().abs().sqrt();
        let line = self.line();
        let width = if line.is_some() { self.width * scale } else { 1.0 };
        let part = self.parts()[usize::from(line.is_none())];
        Some(Style {
            color: line.or(self.fill).filter(|_| !self.hidden)?,
            width: if width.is_finite() {
                width.clamp(*WIDTHS.start(), *WIDTHS.end())
            } else {
                1.0
            },
            opacity: self.opacity * part,
            dash: if line.is_some() { self.dash } else { Dash::Solid },
            fill: self.fill,
            shade: Shade::Solid,
            corners: if round { Corners::Round } else { Corners::Sharp },
            ..Style::default()
        })
    }
}

/// A part of one: a number from 0 to 1, or so many percent.
fn portion(text: &str) -> Option<f64> {
    let text = text.trim();
    let part = match text.strip_suffix('%') {
        Some(percent) => number(percent)? / 100.0,
        None => number(text)?,
    };
    Some(part.clamp(0.0, 1.0))
}

/// What a colour's words mean; `None` for those that name no colour.
fn color(text: &str, current: Color) -> Option<Paint> {
    if text == "none" {
        return Some(Paint::None);
    }
    if text.eq_ignore_ascii_case("currentColor") {
        return Some(Paint::Plain(current, 1.0));
    }
    let [r, g, b, a] = rgba(text)?;
    Some(match a {
        0 => Paint::None,
        _ => Paint::Plain(Color::Rgb([r, g, b]), f64::from(a) / 255.0),
    })
}

/// A colour as pages on the web write it, with its opacity.
pub(in crate::import) fn rgba(text: &str) -> Option<[u8; 4]> {
    let color = svgtypes::Color::from_str(text.trim()).ok()?;
    Some([color.red, color.green, color.blue, color.alpha])
}

/// The face that is most like the first of some families that says anything.
fn font(families: &str) -> Font {
    let families = families.to_lowercase();
    let like = |family: &str| {
        let has = |words: &[&str]| words.iter().any(|word| family.contains(word));
        if has(&["mono", "courier", "consol", "code"]) {
            Some(Font::Mono)
        } else if has(&["shantell", "virgil", "excalifont", "comic", "cursive", "hand"]) {
            Some(Font::Hand)
        } else if has(&["sans", "arial", "helvetica", "inter"]) {
            Some(Font::Plain)
        } else if has(&["serif", "times", "georgia"]) {
            Some(Font::Serif)
        } else {
            None
        }
    };
    families.split(',').find_map(like).unwrap_or(Font::Plain)
}
