//! What our own export wrote beside Excalidraw's members, and how much of it still holds: how an element looks does until somebody
//! changes that there, and where it lies goes along with where it was moved.

use data_encoding::HEXLOWER;
use drawbridge_protocol::ElementId;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::boxes;
use super::fields::Fields;
use super::style::is_round;
use crate::clip;
use crate::document::Element;
use crate::geometry::{Affine, Kind, Point};
use crate::import::Summary;

/// What is moved by less than that, in board units, is where it was.
const STILL: f64 = 0.005;

/// An element as we had it, with what was done to it there.
pub(super) struct Ours {
    pub(super) element: Element,
    /// Whether its shape is another one, or what its ends hold on to: both are to be taken from there.
    pub(super) is_reshaped: bool,
}

/// An element of ours, if nobody has changed there how it looks, or how its label does.
pub(super) fn element(
    fields: &Fields<'_>,
    label: Option<&Fields<'_>>,
    name: &ElementId,
    summary: &mut Summary,
) -> Option<Ours> {
    let ours = fields.object("customData")?.object("drawbridge")?;
    if ours.text("look")? != look(fields) {
        return None;
    }
    let mut element = clip::of_base(name, ours.raw("base")?)?;
    // Ours would lose what is written there.
    let is_written = label.is_some() || written(fields).is_some();
    if is_written && !element.kind.bears_letters() {
        return None;
    }
    let mut is_reshaped = ours.text("shape")? != shape(fields);
    match (label, ours.text("letters")) {
        (Some(label), Some(letters)) if letters == self::letters(label) => {
            retype(label, &mut element, summary);
        }
        // There was none, and now there is.
        (Some(label), None) if boxes::letters_color(label) == Some(element.style.color) => {
            boxes::label(label, &mut element, summary);
        }
        (Some(_), _) => return None,
        // It was taken away.
        (None, Some(_)) => element.text = "".into(),
        (None, None) => is_reshaped |= retype(fields, &mut element, summary),
    }
    let way = corner(fields) - ours.point("at")?;
    if way.hypot() > STILL {
        element.place = Affine::translate(way) * element.place;
    }
    Some(Ours { element, is_reshaped })
}

/// What a text says there.
fn written(text: &Fields<'_>) -> Option<String> {
    text.text("originalText").or_else(|| text.text("text"))
}

/// Gives an element the letters that a text has there, if they are others. Says whether it has another shape by that: a text is as large
/// as its letters, and lies there by its corner.
fn retype(text: &Fields<'_>, element: &mut Element, summary: &mut Summary) -> bool {
    let Some(letters) = written(text).filter(|letters| **letters != *element.text) else {
        return false;
    };
    element.text = boxes::within(&letters, summary);
    element.kind == Kind::Text
}

/// What an export writes of an element of ours, besides what we have of it: where it lies, and digests of the rest. Element and label are
/// texts.
pub(crate) fn marks(element: &str, label: Option<&str>) -> Vec<(&'static str, Value)> {
    let Some(fields) = Fields::read(element) else {
        return Vec::new();
    };
    let Point { x, y } = corner(&fields);
    let label = label.and_then(Fields::read);
    let letters = label.map(|label| ("letters", letters(&label).into()));
    [
        ("at", json!([x, y])),
        ("look", look(&fields).into()),
        ("shape", shape(&fields).into()),
    ]
    .into_iter()
    .chain(letters)
    .collect()
}

fn corner(fields: &Fields<'_>) -> Point {
    let [x, y] = ["x", "y"].map(|name| fields.number(name).unwrap_or(0.0));
    Point::new(x, y)
}

/// A digest of how it looks, whatever it says, wherever it lies.
fn look(fields: &Fields<'_>) -> String {
    let mut seen = String::new();
    for name in ["strokeWidth", "roughness", "opacity"] {
        put(&mut seen, &fields.number(name).map(rounded));
    }
    for name in [
        "type",
        "strokeColor",
        "backgroundColor",
        "fillStyle",
        "strokeStyle",
        "startArrowhead",
        "endArrowhead",
        "fileId",
        "link",
        "name",
    ] {
        put(&mut seen, &fields.text(name));
    }
    let elbowed = fields.flag("elbowed").unwrap_or(false);
    put(&mut seen, &(elbowed, is_round(fields), fields.raw("crop")));
    if fields.text("type").is_some_and(|kind| kind == "text") {
        put(&mut seen, &letters(fields));
    }
    digest(&seen)
}

/// A digest of how a text's letters look.
fn letters(text: &Fields<'_>) -> String {
    let mut seen = String::new();
    let numbers = ["fontSize", "fontFamily", "opacity"].map(|name| text.number(name).map(rounded));
    let words = ["textAlign", "verticalAlign", "strokeColor"].map(|name| text.text(name));
    put(&mut seen, &(numbers, words));
    digest(&seen)
}

/// A digest of its shape and how that is turned, and of what its ends hold on to.
fn shape(fields: &Fields<'_>) -> String {
    let mut seen = String::new();
    // A small turn of something long is seen.
    let angle = fields.number("angle").unwrap_or(0.0);
    put(&mut seen, &((angle * 1e5).round() as i64));
    // How large a text comes out is its font's matter, unless it is broken at a width, and a line is as large as its points say.
    let sizes: &[&str] = match fields.text("type").as_deref() {
        Some("text") if !fields.flag("autoResize").unwrap_or(true) => &["width"],
        Some("text" | "line" | "arrow" | "freedraw") => &[],
        _ => &["width", "height"],
    };
    for name in sizes {
        put(&mut seen, &fields.number(name).map(rounded));
    }
    let points = fields.points("points");
    let points: Vec<[i64; 2]> = points.iter().map(|p| [rounded(p.x), rounded(p.y)]).collect();
    put(&mut seen, &(points, fields.numbers("scale")));
    for name in ["startBinding", "endBinding"] {
        let binding = fields.object(name);
        put(&mut seen, &binding.and_then(|binding| binding.text("elementId")));
    }
    digest(&seen)
}

fn digest(seen: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(seen)[..8])
}

fn put(seen: &mut String, value: &dyn std::fmt::Debug) {
    seen.push_str(&format!("{value:?};"));
}

/// In hundredths. Numbers as we write them, with a few digits, are not halfway between two of them, so that one is the same also where a
/// program has reckoned with it.
fn rounded(v: f64) -> i64 {
    (v * 100.0 + 0.0037).round() as i64
}
