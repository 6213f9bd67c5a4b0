//! Each shape of a tldraw file as an element, or several in a group where one can't show it: boxes of all sorts, and which shape
//! is what.

use std::sync::Arc;

use super::letters::{self, LABELS, letters};
use super::style::{self, scale};
use super::tree::{Around, Making, Shape};
use super::{lines, notes, outlines};
use crate::document::{Color, Element, Group, Ink, Order, Style, WRAPS, short};
use crate::geometry::{Affine, Kind, Point, Route, TextAlign, VAlign};
use crate::import::Note;
use crate::import::alike::{empty, mirrored, within};
use crate::import::fields::Fields;

/// A note's side.
const NOTE: f64 = 200.0;
/// Between a shape's edge and its label.
const PADDING: f64 = 16.0;
/// Lines of letters are so far apart, in ems.
const LINE: f64 = 1.25;

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
    let unit = around.place * Affine::scale_non_uniform(wide, high);
    let outline = outlines::outline(&name, wide, high);
    let mark = match name.as_str() {
        // From corner to corner; what is between lies on the edge.
        "x-box" => &[(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)][..],
        "check-box" => &[(0.25, 0.5), (0.43, 0.68), (0.75, 0.32)],
        _ => &[],
    };
    let letters = letters(props, making);
    let color = style::color(props.text("labelColor").as_deref());
    let mut main = match &outline {
        Some(points) => {
            making.summary.add(notes::OUTLINES);
            let mut style = style::drawn(Kind::Line, props, around.opacity);
            style.route = Some(Route::Straight);
            let mut line = element(Kind::Line, style, making);
            lines::put(&mut line, points.iter().map(|p| unit * *p))?;
            line
        }
        None => {
            let mut one = element(kind, style::drawn(kind, props, around.opacity), making);
            one.place = unit;
            one
        }
    };
    let fits = outline.is_none() && color == main.style.color;
    style::letters(props, &mut main.style, LABELS);
    if fits {
        main.text.clone_from(&letters);
    }
    let label = (!fits && !letters.is_empty()).then(|| {
        making.summary.add(notes::LETTERS_APART);
        apart(letters, color, [wide, high], props, around, making)
    });
    let mark = if mark.is_empty() {
        None
    } else {
        let style = Style {
            fill: None,
            route: Some(Route::Straight),
            ..style::drawn(Kind::Line, props, around.opacity)
        };
        let mut line = element(Kind::Line, style, making);
        lines::put(&mut line, mark.iter().map(|(x, y)| unit * Point::new(*x, *y)))?;
        Some(line)
    };
    let mut all: Vec<Element> = [Some(main), mark, label].into_iter().flatten().collect();
    if all.len() > 1 {
        let group: Arc<[Group]> = [Group::from(making.name().as_str())].into();
        all.iter_mut().for_each(|one| one.groups = group.clone());
    }
    all.into_iter().try_for_each(|one| making.keep(one, around))
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
    let tall = set.map_or(LINE * text.style.size, |set| set.layout.area().height());
    let top = match text.style.valign {
        VAlign::Top => padding,
        VAlign::Middle => (high - tall) / 2.0,
        VAlign::Bottom => high - padding - tall,
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
            place *= mirrored(["flipX", "flipY"].map(|name| props.flag(name) == Some(true)));
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
