//! How an Excalidraw element is drawn: its colours and the words for the rest.

use super::fields::Fields;
use super::notes;
use crate::document::{Color, Font, Ink, SIZES, Style, WIDTHS};
use crate::geometry::{Corners, Dash, Head, Kind, Shade, Sketch, TextAlign, VAlign};
use crate::import::{Summary, svg};

/// How wide a line is that isn't to be seen.
const UNSEEN: f64 = *WIDTHS.start();
/// Round corners begin at most so far from the corner.
const ROUND: f64 = 32.0;
/// Letters are so large where nothing is said of it.
const SIZE: f64 = 20.0;

/// The insides of pages that are embedded, where nothing is said of them.
const PAGE: Color = Color::Rgb([0xd3; 3]);
const IFRAME: Color = Color::Rgb([0xf4, 0xf4, 0xf6]);

/// An element's line and inside: either may not be there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paints {
    pub(super) line: Option<Color>,
    pub(super) fill: Option<Color>,
}

impl Paints {
    pub(super) fn of(fields: &Fields<'_>, summary: &mut Summary) -> Self {
        let line = match given(fields, "strokeColor") {
            Some(text) => color(&text, summary),
            None => Some(Color::Ink(Ink::Black)),
        };
        let fill = given(fields, "backgroundColor").and_then(|text| {
            if looks_clear(&text) && !has_points(fields) && svg::rgba(text.trim()).is_none() {
                summary.add(notes::UNFILLED);
                return None;
            }
            color(&text, summary)
        });
        Self { line, fill }
    }

    /// Those with which Excalidraw draws the box of a page that isn't shown.
    pub(super) fn of_page(self, kind: &str) -> Self {
        if !self.are_seen() {
            return Self {
                line: None,
                fill: Some(PAGE),
            };
        }
        if kind != "iframe" {
            return self;
        }
        Self {
            line: self.line.or(Some(Color::Ink(Ink::Black))),
            fill: self.fill.or(Some(IFRAME)),
        }
    }

    pub(super) fn are_seen(self) -> bool {
        self.line.is_some() || self.fill.is_some()
    }
}

/// What is said of a colour: nothing counts as not said.
pub(super) fn given(fields: &Fields<'_>, name: &str) -> Option<String> {
    fields.text(name).filter(|text| !text.is_empty())
}

/// Whether Excalidraw takes what fills a box for transparent: it looks at how long the text is and how it ends (`isTransparent` in its
/// 0.18), be it a colour or not.
fn looks_clear(text: &str) -> bool {
    match text.len() {
        5 => text.ends_with('0'),
        9 => text.ends_with("00"),
        _ => false,
    }
}

fn has_points(fields: &Fields<'_>) -> bool {
    let kind = fields.text("type").unwrap_or_default();
    matches!(kind.as_str(), "line" | "arrow" | "draw" | "freedraw")
}

/// The style of a kind with what its fields say of line and inside. `letters` is the colour of letters that it is to bear.
pub(super) fn style(
    kind: Kind,
    fields: &Fields<'_>,
    paints: Paints,
    letters: Option<Color>,
    summary: &mut Summary,
) -> Style {
    let number = |name, usual: f64| fields.number(name).unwrap_or(usual);
    let shade = shade(fields);
    if paints.fill.is_some() && is_other_fill(fields) {
        summary.add(notes::FILLS);
    }
    let width = number("strokeWidth", 2.0).clamp(*WIDTHS.start(), *WIDTHS.end());
    // The lines of hatching are as wide as the line says, also where that isn't seen.
    let hatched = paints.fill.is_some() && shade != Shade::Solid;
    let width = if paints.line.is_none() && !hatched {
        UNSEEN
    } else {
        width
    };
    if paints.line.is_none() && hatched {
        summary.add(notes::EDGES);
    }
    let unseen = if hatched {
        paints.fill
    } else {
        letters.or(paints.fill)
    };
    Style {
        color: paints.line.or(unseen).unwrap_or_default(),
        width,
        opacity: opacity(fields),
        dash: match fields.text("strokeStyle").as_deref() {
            Some("dashed") => Dash::Dashed,
            Some("dotted") => Dash::Dotted,
            _ => Dash::Solid,
        },
        sketch: sketch(fields),
        fill: paints.fill,
        shade,
        corners: if is_round(fields) {
            Corners::Round
        } else {
            Corners::Sharp
        },
        ..Style::of(kind)
    }
}

/// How its inside is filled.
pub(super) fn shade(fields: &Fields<'_>) -> Shade {
    match fields.text("fillStyle").as_deref() {
        Some("solid") | None => Shade::Solid,
        Some("cross-hatch") => Shade::Cross,
        Some("zigzag") => Shade::Zigzag,
        Some(_) => Shade::Hatch,
    }
}

/// How unsteady the hand was.
fn sketch(fields: &Fields<'_>) -> Sketch {
    // Files that say nothing of it are as Excalidraw draws by itself.
    match fields.number("roughness").unwrap_or(1.0) {
        rough if rough < 0.5 => Sketch::None,
        rough if rough < 1.5 => Sketch::Light,
        _ => Sketch::Strong,
    }
}

/// Whether it is filled in a way that isn't known here.
fn is_other_fill(fields: &Fields<'_>) -> bool {
    let known = ["solid", "hachure", "cross-hatch", "zigzag"];
    let fill = fields.text("fillStyle");
    fill.is_some_and(|fill| !known.contains(&fill.as_str()))
}

/// How much it hides, 0 to 1.
pub(super) fn opacity(fields: &Fields<'_>) -> f64 {
    (fields.number("opacity").unwrap_or(100.0) / 100.0).clamp(0.0, 1.0)
}

/// Whether its corners are round, or its line smooth: files of several ages say it differently.
pub(super) fn is_round(fields: &Fields<'_>) -> bool {
    if fields.has("roundness") {
        return fields.object("roundness").is_some();
    }
    is_round_of_old(fields)
}

fn is_round_of_old(fields: &Fields<'_>) -> bool {
    let sharpness = fields.text("strokeSharpness");
    sharpness.is_some_and(|sharpness| sharpness == "round")
}

/// How far from a corner its rounding begins there, of a rectangle whose shorter side is so long: as a rule a quarter of that, but at
/// most `ROUND`, or as much as is said (`getCornerRadius` in Excalidraw 0.18); older files know no most.
pub(super) fn rounding(fields: &Fields<'_>, shorter: f64) -> f64 {
    let roundness = fields.object("roundness");
    let number = |name| roundness.as_ref().and_then(|roundness| roundness.number(name));
    let quarter = shorter / 4.0;
    match number("type") {
        Some(3.0) => quarter.min(number("value").unwrap_or(ROUND)),
        Some(1.0 | 2.0) => quarter,
        _ if roundness.is_none() && is_round_of_old(fields) => quarter,
        _ => quarter.min(ROUND),
    }
}

/// Puts into a style what the fields of a text say of its letters.
pub(super) fn letters(fields: &Fields<'_>, style: &mut Style, summary: &mut Summary) {
    let mut size = fields.number("fontSize");
    let mut family = fields.number("fontFamily");
    // "20px Virgil", in the oldest files.
    if let Some(font) = fields.text("font") {
        let (px, name) = font.split_once(' ').unwrap_or((&font, ""));
        size = size.or(px.trim_end_matches("px").parse().ok());
        family = family.or(match name {
            "Helvetica" => Some(2.0),
            "Cascadia" => Some(3.0),
            _ => Some(1.0),
        });
    }
    style.size = size
        .filter(|size| size.is_finite() && *size > 0.0)
        .unwrap_or(SIZE)
        .clamp(*SIZES.start(), *SIZES.end());
    // Virgil, Helvetica, Cascadia, a local one, Excalifont, Nunito, Lilita One, Comic Shanns, Liberation Sans.
    style.font = match family.unwrap_or(5.0) as i64 {
        1 | 5 => Font::Hand,
        2 | 6 | 9 => Font::Plain,
        3 | 8 => Font::Mono,
        other => {
            summary.add(notes::FONTS);
            if matches!(other, 4 | 7 | 10) {
                Font::Plain
            } else {
                Font::Hand
            }
        }
    };
    style.align = match fields.text("textAlign").as_deref() {
        Some("center") => TextAlign::Center,
        Some("right") => TextAlign::Right,
        _ => TextAlign::Left,
    };
}

/// Where the letters of a label stand in its box.
pub(super) fn valign(fields: &Fields<'_>) -> VAlign {
    match fields.text("verticalAlign").as_deref() {
        Some("top") => VAlign::Top,
        Some("bottom") => VAlign::Bottom,
        _ => VAlign::Middle,
    }
}

/// What is at an end of a line.
pub(super) fn head(name: Option<&str>, summary: &mut Summary) -> Head {
    match name {
        None | Some("none" | "") => Head::None,
        Some("arrow") => Head::Arrow,
        Some("bar") => Head::Bar,
        Some("dot" | "circle") => Head::Dot,
        Some("circle_outline") => Head::Circle,
        Some("triangle") => Head::Triangle,
        Some("triangle_outline") => Head::TriangleOutline,
        Some("diamond") => Head::Diamond,
        Some("diamond_outline") => Head::DiamondOutline,
        Some("crowfoot_one" | "cardinality_one") => Head::CrowOne,
        Some("crowfoot_many" | "cardinality_many") => Head::CrowMany,
        Some("crowfoot_one_or_many" | "cardinality_one_or_many") => Head::CrowOneOrMany,
        Some(other) => {
            summary.add(notes::HEADS);
            match other {
                "cardinality_exactly_one" | "cardinality_zero_or_one" => Head::CrowOne,
                "cardinality_zero_or_many" => Head::CrowMany,
                _ => Head::Arrow,
            }
        }
    }
}

/// A colour as pages on the web write it; `None` for one that isn't seen. Black and white follow the board's own, as Excalidraw
/// changes them in its dark mode.
pub(super) fn color(text: &str, summary: &mut Summary) -> Option<Color> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("transparent") || text.eq_ignore_ascii_case("none") {
        return None;
    }
    let Some([r, g, b, a]) = svg::rgba(text) else {
        summary.add(notes::COLORS);
        return Some(Color::Ink(Ink::Black));
    };
    if a == 0 {
        return None;
    }
    if a < 255 {
        summary.add(notes::CLEAR);
    }
    let over = |v: u8| (u32::from(v) * u32::from(a) + 255 * (255 - u32::from(a))).div_ceil(255) as u8;
    Some(match [r, g, b].map(over) {
        [0, 0, 0] | [0x1e, 0x1e, 0x1e] => Color::Ink(Ink::Black),
        [255, 255, 255] => Color::Ink(Ink::White),
        rgb => Color::Rgb(rgb),
    })
}
