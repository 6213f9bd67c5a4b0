//! What becomes of an Excalidraw element by itself, as its kind is, with what is written in it.

use super::fields::Fields;
use super::pictures::Pictures;
use super::scene::One;
use super::style::{self, Paints};
use super::{boxes, lines, notes};
use crate::document::{Color, Element, Order, Style};
use crate::geometry::{Kind, Sketch};
use crate::import::Summary;
use crate::import::alike::{empty, mirrored};
use crate::import::images::Missing;

use boxes::Gone;

/// What one became.
pub(super) struct Made {
    pub(super) element: Element,
    /// Whether its label is written in it.
    pub(super) bears_label: bool,
}

/// Makes one, with a label if that looks there as it would here.
pub(super) fn element(
    one: &One<'_>,
    label: Option<&Fields<'_>>,
    pictures: &mut Pictures<'_>,
    summary: &mut Summary,
) -> Result<Made, Gone> {
    let fields = &one.fields;
    let mut paints = Paints::of(fields, summary);
    if one.is_page() {
        paints = paints.of_page(&one.kind);
    }
    let within = label.filter(|text| boxes::fits(fields, paints, text));
    let mut element = Element::new(one.name.clone(), Kind::Text, Order::default(), Style::default());
    match one.kind.as_str() {
        "text" => boxes::text(fields, &mut element, summary)?,
        "frame" | "magicframe" => boxes::frame(fields, &mut element, summary)?,
        "image" => image(fields, &mut element, pictures, summary)?,
        "rectangle" | "diamond" | "ellipse" | "embeddable" | "iframe" | "line" | "arrow" | "draw"
        | "freedraw" => {
            if !paints.are_seen() {
                return Err(Some(notes::UNSEEN));
            }
            drawn(one, &mut element, paints, within, summary)?;
        }
        _ => return Err(Some(notes::UNKNOWN)),
    }
    if element.bounds().is_none() {
        return Err(Some(notes::FAR));
    }
    Ok(Made {
        element,
        bears_label: within.is_some(),
    })
}

/// A box or a line, with the letters that it bears.
fn drawn(
    one: &One<'_>,
    element: &mut Element,
    paints: Paints,
    text: Option<&Fields<'_>>,
    summary: &mut Summary,
) -> Result<(), Gone> {
    let fields = &one.fields;
    element.kind = match one.kind.as_str() {
        "diamond" => Kind::Diamond,
        "ellipse" => Kind::Ellipse,
        "freedraw" => Kind::Stroke,
        "line" | "arrow" | "draw" => Kind::Line,
        _ => Kind::Rectangle,
    };
    let letters = match text {
        Some(text) => boxes::letters_color(text),
        None => one.is_page().then(Color::default),
    };
    element.style = style::style(element.kind, fields, paints, letters, summary);
    match element.kind {
        Kind::Line => lines::line(fields, element, summary)?,
        Kind::Stroke => lines::ink(fields, element, summary)?,
        _ => boxes::place(fields, element, summary)?,
    }
    if let Some(text) = text {
        boxes::label(text, element, summary);
    }
    if one.is_page() {
        summary.add(notes::EMBEDS);
        boxes::address(fields, element, summary);
        if paints.line.is_none() {
            element.style.sketch = Sketch::None;
        }
    }
    Ok(())
}

/// An image, or an empty box where it would be.
fn image(
    fields: &Fields<'_>,
    element: &mut Element,
    pictures: &mut Pictures<'_>,
    summary: &mut Summary,
) -> Result<(), Gone> {
    match pictures.shown(fields) {
        Ok(shown) => {
            if shown.uncropped {
                summary.add(notes::UNCROPPED);
            }
            let id = element.id.clone();
            *element = Element {
                id,
                ..Element::image(shown.picture)
            };
        }
        Err(missing) => {
            summary.add(match missing {
                Missing::Bytes => notes::NO_BYTES,
                Missing::Sense => notes::BAD_IMAGE,
                Missing::Room => notes::NO_ROOM,
            });
            element.kind = Kind::Rectangle;
            element.style = empty();
        }
    }
    element.style.opacity = style::opacity(fields);
    boxes::place(fields, element, summary)?;
    if element.kind == Kind::Image {
        if style::is_round(fields) {
            summary.add(notes::SHARP);
        }
        let scale = fields.numbers("scale");
        let negative = |at: usize| scale.get(at).is_some_and(|v| v.is_some_and(|v| v < 0.0));
        element.place *= mirrored([negative(0), negative(1)]);
    }
    Ok(())
}
