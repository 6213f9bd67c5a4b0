//! What our own export wrote beside Excalidraw's members, and how much of it still holds: how an element looks does until somebody
//! changes that there, and where it lies goes along with where it was moved.

use data_encoding::HEXLOWER;
use drawbridge_protocol::ElementId;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

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
    if ours.text("look")? != look(fields, label) {
        return None;
    }
    let mut element = clip::of_base(name, ours.raw("base")?)?;
    let mut is_reshaped = ours.text("shape")? != shape(fields);
    if let Some(letters) = whole(label.unwrap_or(fields)).filter(|letters| **letters != *element.text) {
        element.text = super::boxes::within(&letters, summary);
        // It is as large as its letters, and lies there by its corner.
        is_reshaped |= element.kind == Kind::Text;
    }
    let way = corner(fields) - ours.point("at")?;
    if way.hypot() > STILL {
        element.place = Affine::translate(way) * element.place;
    }
    Some(Ours { element, is_reshaped })
}

/// What an export writes of an element of ours, besides what we have of it: where it lies, and digests of the rest. Element and label are
/// texts.
pub(crate) fn marks(element: &str, label: Option<&str>) -> [(&'static str, Value); 3] {
    let label = label.and_then(Fields::read);
    let digests = Fields::read(element).map(|fields| {
        let Point { x, y } = corner(&fields);
        (json!([x, y]), look(&fields, label.as_ref()), shape(&fields))
    });
    let (at, look, shape) = digests.unwrap_or_default();
    [("at", at), ("look", look.into()), ("shape", shape.into())]
}

fn corner(fields: &Fields<'_>) -> Point {
    let [x, y] = ["x", "y"].map(|name| fields.number(name).unwrap_or(0.0));
    Point::new(x, y)
}

/// The letters of a text as they were typed.
fn whole(text: &Fields<'_>) -> Option<String> {
    text.text("originalText").or_else(|| text.text("text"))
}

/// A digest of how it looks, whatever it says, wherever it lies.
fn look(fields: &Fields<'_>, label: Option<&Fields<'_>>) -> String {
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
        letters(&mut seen, fields);
    }
    if let Some(label) = label {
        letters(&mut seen, label);
        let colors = (label.text("strokeColor"), label.number("opacity").map(rounded));
        put(&mut seen, &(colors, label.text("verticalAlign")));
    }
    digest(&seen)
}

fn letters(seen: &mut String, text: &Fields<'_>) {
    let numbers = ["fontSize", "fontFamily"].map(|name| text.number(name).map(rounded));
    put(seen, &(numbers, text.text("textAlign")));
}

/// A digest of its shape and how that is turned, and of what its ends hold on to.
fn shape(fields: &Fields<'_>) -> String {
    let mut seen = String::new();
    // A small turn of something long is seen.
    let angle = fields.number("angle").unwrap_or(0.0);
    put(&mut seen, &((angle * 1e5).round() as i64));
    // How large a text comes out is its font's matter, unless it is broken at a width.
    let sizes: &[&str] = match fields.text("type").as_deref() {
        Some("text") if fields.flag("autoResize").unwrap_or(true) => &[],
        Some("text") => &["width"],
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

/// In hundredths.
fn rounded(v: f64) -> i64 {
    (v * 100.0).round() as i64
}
