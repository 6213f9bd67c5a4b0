//! The style that the panel shows: the tool's, or what the selected elements have in common.

use drawbridge_protocol::Value;

use super::StyleChange;
use crate::document::{
    Color, Corners, Dash, Font, HIGHLIGHT, Head, Ink, Kind, Route, SIZES, Shade, Sketch, Style, TextAlign,
    VAlign, WIDTHS, json, number_json,
};
use crate::tools::Tool;

/// A property of several elements.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Held<T> {
    /// None of them has it.
    #[default]
    Nowhere,
    /// It is the same in all that have it.
    One(T),
    /// It differs.
    Mixed,
}

impl<T: PartialEq> Held<T> {
    /// With one element more.
    #[must_use]
    pub fn and(self, value: T) -> Self {
        match self {
            Self::Nowhere => Self::One(value),
            Self::One(held) if held == value => Self::One(held),
            Self::One(_) | Self::Mixed => Self::Mixed,
        }
    }

    /// The value, if there is just one.
    #[must_use]
    pub fn one(self) -> Option<T> {
        match self {
            Self::One(value) => Some(value),
            Self::Nowhere | Self::Mixed => None,
        }
    }

    /// Whether anything has it.
    #[must_use]
    pub fn is_somewhere(&self) -> bool {
        !matches!(self, Self::Nowhere)
    }
}

/// A style as far as it means something for the tool or the selection.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[expect(missing_docs, reason = "as in `Style`")]
pub struct StyleHeld {
    pub color: Held<Color>,
    pub width: Held<f64>,
    pub opacity: Held<f64>,
    pub dash: Held<Dash>,
    pub sketch: Held<Sketch>,
    pub fill: Held<Option<Color>>,
    pub shade: Held<Shade>,
    pub corners: Held<Corners>,
    pub route: Held<Route>,
    pub start: Held<Head>,
    pub end: Held<Head>,
    pub font: Held<Font>,
    pub size: Held<f64>,
    pub align: Held<TextAlign>,
    pub valign: Held<VAlign>,
}

/// What the tools draw with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Styles {
    /// Everything else. Its heads are those of arrows, its alignment is that of texts.
    pub ink: Style,
    /// The highlighter.
    pub highlighter: Style,
    /// Notes: their paper is no inside of a box.
    pub note: Style,
}

impl Default for Styles {
    fn default() -> Self {
        Self {
            ink: Style {
                route: Some(Route::Curve),
                end: Head::Arrow,
                ..Style::default()
            },
            highlighter: Style {
                color: Color::Ink(Ink::Yellow),
                width: 24.0,
                opacity: HIGHLIGHT,
                ..Style::default()
            },
            note: Style::of(Kind::Note),
        }
    }
}

impl Styles {
    /// The style of what a tool draws: what means nothing for its kind is plain.
    #[must_use]
    pub fn of(&self, tool: Tool) -> Style {
        let Some(kind) = kind(tool) else {
            return self.ink;
        };
        let style = match kind {
            Kind::Highlight => self.highlighter,
            Kind::Note => return self.note,
            Kind::Frame => frame_style(),
            _ => self.ink,
        };
        let heads = tool == Tool::Arrow;
        let plain = Style::of(kind);
        Style {
            dash: if kind == Kind::Highlight {
                plain.dash
            } else {
                style.dash
            },
            sketch: if kind.can_be_sketched() {
                style.sketch
            } else {
                plain.sketch
            },
            fill: style.fill.filter(|_| kind.can_be_filled()),
            shade: if kind.can_be_filled() {
                style.shade
            } else {
                plain.shade
            },
            corners: if has_corners(kind) {
                style.corners
            } else {
                plain.corners
            },
            route: style.route.filter(|_| kind == Kind::Line),
            start: if heads { style.start } else { plain.start },
            end: if heads { style.end } else { plain.end },
            align: if kind == Kind::Text {
                style.align
            } else {
                plain.align
            },
            valign: if kind.has_room() {
                style.valign
            } else {
                plain.valign
            },
            ..style
        }
    }

    /// The style that a change concerns which is made to things of this kind.
    pub(super) fn held_by(&mut self, kind: Option<Kind>) -> &mut Style {
        match kind {
            Some(Kind::Highlight) => &mut self.highlighter,
            Some(Kind::Note) => &mut self.note,
            _ => &mut self.ink,
        }
    }

    pub(super) fn sane(mut self) -> Self {
        self.note.fill = self.note.fill.or(Style::of(Kind::Note).fill);
        for style in [&mut self.ink, &mut self.highlighter, &mut self.note] {
            let plain = Style::default();
            let within = |v: f64, low: f64, high: f64, else_: f64| {
                if v.is_finite() { v.clamp(low, high) } else { else_ }
            };
            style.width = within(style.width, *WIDTHS.start(), *WIDTHS.end(), plain.width);
            style.opacity = within(style.opacity, 0.0, 1.0, plain.opacity);
            style.size = within(style.size, *SIZES.start(), *SIZES.end(), plain.size);
        }
        self
    }
}

/// How a frame is drawn at first: its edge is there to be seen, and no more.
fn frame_style() -> Style {
    Style {
        color: Color::Ink(Ink::Grey),
        width: 1.5,
        ..Style::default()
    }
}

/// What kind of thing a tool draws.
pub(super) fn kind(tool: Tool) -> Option<Kind> {
    match tool {
        Tool::Pen => Some(Kind::Stroke),
        Tool::Highlighter => Some(Kind::Highlight),
        Tool::Shape(kind) => Some(kind),
        Tool::Line | Tool::Arrow => Some(Kind::Line),
        Tool::Text => Some(Kind::Text),
        Tool::Note => Some(Kind::Note),
        Tool::Select | Tool::Hand | Tool::Eraser | Tool::Cutter | Tool::Laser | Tool::Eyedropper => None,
    }
}

fn has_corners(kind: Kind) -> bool {
    matches!(kind, Kind::Rectangle | Kind::Diamond | Kind::Line)
}

/// Whether an element of this kind and style has corners to be seen: a line only if it is right-angled.
fn bends(kind: Kind, style: &Style) -> bool {
    kind != Kind::Line || style.route() == Route::Elbow
}

fn has_dash(kind: Kind) -> bool {
    kind.has_line() && kind != Kind::Highlight
}

/// Whether something of this kind, of which `fills` says whether its inside can be filled, can be filled in more ways than one.
fn has_shade(kind: Kind, fills: bool) -> bool {
    fills && kind != Kind::Note
}

impl StyleHeld {
    /// With an element of this kind and style more. `fills`: whether its inside can be filled. `heads`: whether its heads count, if it is a
    /// line. `letters`: whether it has any.
    #[must_use]
    pub(super) fn and(self, kind: Kind, style: &Style, fills: bool, heads: bool, letters: bool) -> Self {
        fn also<T: PartialEq + Copy>(held: Held<T>, applies: bool, value: T) -> Held<T> {
            if applies { held.and(value) } else { held }
        }
        let heads = heads && kind == Kind::Line;
        if kind == Kind::Image {
            return Self {
                opacity: self.opacity.and(style.opacity),
                ..self
            };
        }
        Self {
            color: self.color.and(style.color),
            width: also(self.width, kind.has_line(), style.width),
            opacity: self.opacity.and(style.opacity),
            dash: also(self.dash, has_dash(kind), style.dash),
            sketch: also(self.sketch, kind.can_be_sketched(), style.sketch),
            fill: also(self.fill, fills, style.fill),
            shade: also(
                self.shade,
                has_shade(kind, fills) && style.fill.is_some(),
                style.shade,
            ),
            corners: also(
                self.corners,
                has_corners(kind) && bends(kind, style),
                style.corners,
            ),
            route: also(self.route, kind == Kind::Line, style.route()),
            start: also(self.start, heads, style.start),
            end: also(self.end, heads, style.end),
            font: also(self.font, letters, style.font),
            size: also(self.size, letters, style.size),
            align: also(self.align, letters, style.align),
            valign: also(self.valign, letters && kind.has_room(), style.valign),
        }
    }
}

impl StyleChange {
    /// Makes the change, if it means something for this kind. Says whether it does. `fills`: whether its inside can be filled.
    pub(super) fn apply(self, kind: Kind, fills: bool, style: &mut Style) -> bool {
        let before = *style;
        match self {
            Self::Opacity(opacity) if opacity.is_finite() => style.opacity = opacity.clamp(0.0, 1.0),
            // An image has nothing else.
            _ if kind == Kind::Image => {}
            Self::Color(color) => style.color = color,
            Self::Width(width) if width.is_finite() && kind.has_line() => {
                style.width = width.clamp(*WIDTHS.start(), *WIDTHS.end());
            }
            Self::Dash(dash) if has_dash(kind) => style.dash = dash,
            Self::Sketch(sketch) if kind.can_be_sketched() => style.sketch = sketch,
            // Paper always has a colour.
            Self::Fill(None) if kind == Kind::Note => {}
            Self::Fill(fill) if fills => style.fill = fill,
            Self::Shade(shade) if has_shade(kind, fills) => style.shade = shade,
            Self::Font(font) if kind.bears_letters() => style.font = font,
            Self::Size(size) if kind.bears_letters() && size.is_finite() => {
                style.size = size.clamp(*SIZES.start(), *SIZES.end());
            }
            Self::Align(align) if kind.bears_letters() => style.align = align,
            Self::VAlign(align) if kind.has_room() => style.valign = align,
            Self::Corners(corners) if has_corners(kind) && bends(kind, style) => style.corners = corners,
            Self::Route(route) if kind == Kind::Line => style.route = Some(route),
            Self::Start(head) if kind == Kind::Line => style.start = head,
            Self::End(head) if kind == Kind::Line => style.end = head,
            _ => {}
        }
        before != *style
    }

    /// Whether it is about letters.
    pub(super) fn is_of_letters(self) -> bool {
        matches!(
            self,
            Self::Font(_) | Self::Size(_) | Self::Align(_) | Self::VAlign(_)
        )
    }

    /// The property that it writes, and the value.
    pub(super) fn cell(self, style: &Style) -> (&'static str, Value) {
        match self {
            Self::Color(_) => ("color", json(&style.color.to_string())),
            Self::Width(_) => ("width", number_json(style.width)),
            Self::Opacity(_) => ("opacity", number_json(style.opacity)),
            Self::Dash(_) => ("dash", json(style.dash.name())),
            Self::Sketch(_) => ("sketch", json(style.sketch.name())),
            Self::Fill(_) => (
                "fill",
                json(&style.fill.map_or("none".to_owned(), |c| c.to_string())),
            ),
            Self::Shade(_) => ("shade", json(style.shade.name())),
            Self::Corners(_) => ("corners", json(style.corners.name())),
            Self::Route(_) => ("route", json(style.route().name())),
            Self::Start(_) => ("start", json(style.start.name())),
            Self::End(_) => ("end", json(style.end.name())),
            Self::Font(_) => ("font", json(style.font.name())),
            Self::Size(_) => ("size", number_json(style.size)),
            Self::Align(_) => ("align", json(style.align.name())),
            Self::VAlign(_) => ("valign", json(style.valign.name())),
        }
    }
}
