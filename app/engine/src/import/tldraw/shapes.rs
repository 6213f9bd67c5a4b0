//! Each shape of a tldraw file as an element, or several in a group where one can't show it: boxes of all sorts, and which shape
//! is what.

use std::sync::Arc;

use super::letters::{self, LABELS, LINES, letters};
use super::style::{self, scale};
use super::tree::{Around, Making, Shape};
use super::{lines, notes, outlines};
use crate::document::{Color, Element, Group, Ink, Order, SIZES, Style, WRAPS, short};
use crate::geometry::{Affine, Kind, Route, TextAlign, VAlign};
use crate::import::Note;
use crate::import::alike::{empty, mirrored, within};
use crate::import::fields::Fields;

/// A note's side.
const NOTE: f64 = 200.0;
/// Between a shape's edge and its label.
const PADDING: f64 = 16.0;
/// About how long a cloud's bumps are, by its size.
const BUMPS: [f64; 4] = [50.0, 70.0, 100.0, 130.0];
/// So much higher a box may become for its letters before they stand apart.
const HIGHER: f64 = 1.01;

/// Makes what a shape is: all of it, or nothing.
pub(super) fn make(shape: &Shape<'_>, around: &Around, making: &mut Making<'_>) {
    let props = &shape.props;
    let before = (making.out.len(), std::mem::take(&mut making.summary));
    let made = match shape.kind.as_str() {
        "geo" => geo(props, around, making),
        "draw" => lines::ink(Kind::Stroke, props, around, making),
        "highlight" => lines::ink(Kind::Highlight, props, around, making),
        "line" => lines::line(props, around, making),
        "arrow" => lines::arrow(props, around, making),
        "text" => letters::text(props, around, making),
        "note" => note(props, around, making),
        "frame" => frame(props, around, making),
        "image" => image(props, around, making),
        "bookmark" | "embed" | "video" => page(&shape.kind, props, around, making),
        _ => Err(Some(notes::UNKNOWN)),
    };
    let said = std::mem::replace(&mut making.summary, before.1);
    match made {
        Ok(()) => {
            making.summary.join(said);
            let page = matches!(shape.kind.as_str(), "bookmark" | "embed" | "video");
            if !page && props.raw("url").is_some_and(|url| url != "\"\"") {
                making.summary.add(notes::LINKS);
            }
        }
        Err(note) => {
            making.out.truncate(before.0);
            match note {
                // What is different of a shape that isn't there after all is no matter.
                Some(note) => making.summary.add(note),
                None => making.summary.join(said),
            }
        }
    }
}

/// Nothing was made, and why, if that isn't said yet.
pub(super) type Made = Result<(), Option<Note>>;

pub(super) fn element(kind: Kind, style: Style, making: &mut Making<'_>) -> Element {
    Element::new(making.name(), kind, Order::default(), style)
}

/// Width and height.
fn size(props: &Fields<'_>) -> Result<(f64, f64), Option<Note>> {
    let side = |name| props.number(name).filter(|side| *side > 0.0);
    let (wide, high) = (
        side("w").ok_or(Some(notes::FAR))?,
        side("h").ok_or(Some(notes::FAR))?,
    );
    Ok((wide, high + props.number("growY").unwrap_or(0.0).max(0.0)))
}

fn geo(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let (wide, high) = size(props)?;
    let name = props.text("geo").unwrap_or_else(|| "rectangle".to_owned());
    let kind = match name.as_str() {
        "ellipse" => Kind::Ellipse,
        "diamond" => Kind::Diamond,
        _ => Kind::Rectangle,
    };
    let unit = Affine::scale_non_uniform(wide, high);
    // Only the outline is mirrored, not the letters.
    let flip = unit * mirrored(flips(props)) * unit.inverse();
    let letters = letters(props, making);
    let color = style::color(props.text("labelColor").as_deref());
    let drawn =
        |kind, making: &mut Making<'_>| style::drawn(kind, props, around.opacity, &mut making.summary);
    let outline = outlines::outline(&name, wide, high, style::sized(props, BUMPS));
    let mut main = match &outline {
        Some(points) => {
            making.summary.add(notes::OUTLINES);
            let style = Style {
                route: Some(Route::Straight),
                ..drawn(Kind::Line, making)
            };
            let mut line = element(Kind::Line, style, making);
            // Turned as a whole, so that what holds on to it knows its box.
            lines::put(&mut line, points.iter().map(|p| flip * *p))?;
            line.place = around.place;
            line
        }
        None => {
            let style = drawn(kind, making);
            let mut one = element(kind, style, making);
            one.place = around.place * unit;
            one
        }
    };
    style::letters(props, &mut main.style, LABELS);
    let mut fits = outline.is_none() && color == main.style.color;
    if fits {
        main.text.clone_from(&letters);
        // In what is round or pointed there is less room here.
        let higher = main.body().determinant().abs() > HIGHER * main.place.determinant().abs();
        if higher && kind != Kind::Rectangle {
            fits = false;
            main.text = Arc::default();
        }
    }
    let label = (!fits && !letters.is_empty()).then(|| {
        making.summary.add(notes::LETTERS_APART);
        apart(letters, color, [wide, high], props, around, making)
    });
    let mark = outlines::mark(&name, wide, high);
    let mark = if mark.is_empty() {
        None
    } else {
        let style = Style {
            fill: None,
            route: Some(Route::Straight),
            ..drawn(Kind::Line, making)
        };
        let mut line = element(Kind::Line, style, making);
        lines::put(&mut line, mark.iter().map(|p| around.place * flip * *p))?;
        Some(line)
    };
    let mut all: Vec<Element> = [Some(main), mark, label].into_iter().flatten().collect();
    if all.len() > 1 {
        let group: Arc<[Group]> = [Group::from(making.name().as_str())].into();
        all.iter_mut().for_each(|one| one.groups = group.clone());
    }
    all.into_iter().try_for_each(|one| making.keep(one, around))
}

/// Whether a shape is mirrored from left to right, and from top to bottom.
fn flips(props: &Fields<'_>) -> [bool; 2] {
    ["flipX", "flipY"].map(|name| props.flag(name) == Some(true))
}

/// A label as a text of its own, in a box of this width and height.
fn apart(
    letters: Arc<str>,
    color: Color,
    [wide, high]: [f64; 2],
    props: &Fields<'_>,
    around: &Around,
    making: &mut Making<'_>,
) -> Element {
    let style = Style {
        color,
        opacity: around.opacity,
        align: TextAlign::Center,
        ..Style::of(Kind::Text)
    };
    let mut text = element(Kind::Text, style, making);
    style::letters(props, &mut text.style, LABELS);
    let padding = PADDING * scale(props);
    let room = wide - 2.0 * padding;
    text.wrap = Some(room.clamp(*WRAPS.start(), *WRAPS.end()));
    text.text = letters;
    let set = text.lettered();
    let tall = set.map_or(0.0, |set| set.layout.area().height());
    // Its lines are nearer to each other than there.
    let edge = padding + (LINES[0] - LINES[1]) / 2.0 * text.style.size;
    let top = match text.style.valign {
        VAlign::Top => edge,
        VAlign::Middle => (high - tall) / 2.0,
        VAlign::Bottom => high - edge - tall,
    };
    text.style.valign = Style::of(Kind::Text).valign;
    text.place = around.place * Affine::translate((padding + text.style.align.part() * room, top));
    text
}

fn note(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let paper = match props.text("color").as_deref() {
        // There a note that has no colour of its own is yellow.
        None | Some("black") => Color::Ink(Ink::Yellow),
        name => style::color(name),
    };
    let style = Style {
        color: style::color(props.text("labelColor").as_deref()),
        fill: Some(paper),
        opacity: around.opacity,
        ..Style::of(Kind::Note)
    };
    let mut note = element(Kind::Note, style, making);
    style::letters(props, &mut note.style, LABELS);
    // Letters that had no room are smaller: in parts of the usual size, or, in older files, in board units.
    let adjusted = match props.number("fontSizeAdjustment").unwrap_or(0.0) {
        part if part > 0.0 && part <= 1.0 => note.style.size * part,
        size if size > 1.0 => size * scale(props),
        _ => note.style.size,
    };
    note.style.size = adjusted.clamp(*SIZES.start(), *SIZES.end());
    let (side, grown) = (
        NOTE * scale(props),
        props.number("growY").unwrap_or(0.0).max(0.0) * scale(props),
    );
    note.place = around.place * Affine::scale_non_uniform(side, side + grown);
    note.text = letters(props, making);
    making.keep(note, around)
}

fn frame(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let (wide, high) = size(props)?;
    let style = Style {
        color: Color::Ink(Ink::Grey),
        width: 1.5,
        ..Style::of(Kind::Frame)
    };
    let mut frame = element(Kind::Frame, style, making);
    frame.name = short(&props.text("name").unwrap_or_default()).into();
    frame.place = around.place * Affine::scale_non_uniform(wide, high);
    making.keep(frame, around)
}

fn image(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let (wide, high) = size(props)?;
    let mut place = around.place * Affine::scale_non_uniform(wide, high);
    let mut image = match making.pictures.shown(props, &mut making.summary) {
        Ok(picture) => {
            place *= mirrored(flips(props));
            Element {
                id: making.name(),
                ..Element::image(picture)
            }
        }
        Err(note) => {
            making.summary.add(note);
            element(Kind::Rectangle, empty(), making)
        }
    };
    image.style.opacity = around.opacity;
    image.place = place;
    making.keep(image, around)
}

/// What shows something from elsewhere: a box with its address.
fn page(kind: &str, props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let (wide, high) = size(props)?;
    making.summary.add(if kind == "video" {
        notes::VIDEOS
    } else {
        notes::EMBEDS
    });
    let url = props.text("url").filter(|url| !url.is_empty());
    let address = match url {
        Some(url) => Some(within(&url)),
        None => making.pictures.elsewhere(props),
    };
    let (address, cut) = address.unwrap_or_default();
    if cut {
        making.summary.add(notes::LETTERS);
    }
    let mut page = element(Kind::Rectangle, empty(), making);
    page.style.opacity = around.opacity;
    page.place = around.place * Affine::scale_non_uniform(wide, high);
    page.text = address;
    making.keep(page, around)
}
