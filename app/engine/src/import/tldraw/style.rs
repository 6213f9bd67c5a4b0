//! tldraw's styles in ours: colours and sizes have names there.

use super::notes;
use crate::document::{Color, Font, Ink, SIZES, Style, WIDTHS};
use crate::geometry::{Corners, Dash, Head, Kind, Shade, Sketch, TextAlign, VAlign};
use crate::import::Summary;
use crate::import::fields::Fields;

/// A colour's name. What isn't one is black.
pub(super) fn color(name: Option<&str>) -> Color {
    Color::Ink(match name.unwrap_or_default() {
        "grey" => Ink::Grey,
        "violet" => Ink::Purple,
        "blue" => Ink::Blue,
        "yellow" => Ink::Yellow,
        "orange" => Ink::Orange,
        "green" => Ink::Green,
        "red" => Ink::Red,
        "white" => Ink::White,
        "light-violet" => return Color::Rgb([0xe0, 0x85, 0xf4]),
        "light-blue" => return Color::Rgb([0x4b, 0xa1, 0xf1]),
        "light-green" => return Color::Rgb([0x4c, 0xb0, 0x5e]),
        "light-red" => return Color::Rgb([0xf8, 0x77, 0x77]),
        _ => Ink::Black,
    })
}

/// One of four by the shape's size, times its scale.
pub(super) fn sized(props: &Fields<'_>, sizes: [f64; 4]) -> f64 {
    let at = match props.text("size").as_deref() {
        Some("s") => 0,
        Some("l") => 2,
        Some("xl") => 3,
        _ => 1,
    };
    sizes[at] * scale(props)
}

/// How much larger than usual it is.
pub(super) fn scale(props: &Fields<'_>) -> f64 {
    props.number("scale").filter(|scale| *scale > 0.0).unwrap_or(1.0)
}

/// How a line and an inside are drawn.
pub(super) fn drawn(kind: Kind, props: &Fields<'_>, opacity: f64, summary: &mut Summary) -> Style {
    let color = color(props.text("color").as_deref());
    let dash = props.text("dash");
    let width = match dash.as_deref() {
        Some("none") => *WIDTHS.start(),
        _ => sized(props, [2.0, 3.5, 5.0, 10.0]).clamp(*WIDTHS.start(), *WIDTHS.end()),
    };
    let (fill, shade) = match props.text("fill").as_deref() {
        // A hatching is as fine as the line around it, and there is none.
        Some("pattern") if dash.as_deref() == Some("none") && kind != Kind::Line => {
            summary.add(notes::HATCHING);
            (Some(color), Shade::Tint)
        }
        Some("semi") => (Some(Color::Ink(Ink::White)), Shade::Solid),
        Some("solid") => (Some(color), Shade::Tint),
        Some("pattern") => (Some(color), Shade::Hatch),
        Some("fill" | "lined-fill") => (Some(color), Shade::Solid),
        _ => (None, Shade::Tint),
    };
    let by_hand = matches!(dash.as_deref(), None | Some("draw")) && !kind.is_ink();
    Style {
        color,
        width,
        opacity,
        dash: match dash.as_deref() {
            Some("dashed") => Dash::Dashed,
            Some("dotted") => Dash::Dotted,
            _ => Dash::Solid,
        },
        sketch: if by_hand { Sketch::Light } else { Sketch::None },
        fill,
        shade,
        corners: Corners::Sharp,
        ..Style::of(kind)
    }
}

/// How letters are set.
pub(super) fn letters(props: &Fields<'_>, style: &mut Style, sizes: [f64; 4]) {
    style.size = sized(props, sizes).clamp(*SIZES.start(), *SIZES.end());
    style.font = match props.text("font").as_deref() {
        Some("sans") => Font::Plain,
        Some("serif") => Font::Serif,
        Some("mono") => Font::Mono,
        _ => Font::Hand,
    };
    let align = props.text("textAlign").or_else(|| props.text("align"));
    style.align = match align.as_deref() {
        Some("start" | "start-legacy" | "justify") => TextAlign::Left,
        Some("end" | "end-legacy") => TextAlign::Right,
        Some("middle" | "middle-legacy") => TextAlign::Center,
        _ => style.align,
    };
    style.valign = match props.text("verticalAlign").as_deref() {
        Some("start") => VAlign::Top,
        Some("end") => VAlign::Bottom,
        _ => VAlign::Middle,
    };
}

/// What is at an arrow's end. Heads are outlines there, unless the arrow is filled.
pub(super) fn head(props: &Fields<'_>, end: &str, usual: Head, summary: &mut Summary) -> Head {
    let filled = matches!(props.text("fill").as_deref(), Some("fill" | "lined-fill"));
    let of = |outline: Head, full: Head| if filled { full } else { outline };
    match props.text(end).as_deref() {
        None => usual,
        // The other one has a name there, but is never drawn.
        Some("none" | "pipe") => Head::None,
        Some("arrow") => Head::Arrow,
        Some("triangle") => of(Head::TriangleOutline, Head::Triangle),
        Some("dot") => of(Head::Circle, Head::Dot),
        Some("bar") => Head::Bar,
        Some("diamond") => of(Head::DiamondOutline, Head::Diamond),
        Some(other) => {
            summary.add(notes::HEADS);
            if other == "square" {
                of(Head::DiamondOutline, Head::Diamond)
            } else {
                of(Head::TriangleOutline, Head::Triangle)
            }
        }
    }
}
