//! What our own export wrote beside Excalidraw's members, and whether it still holds: it does as long as nobody has changed the
//! element there.

use data_encoding::HEXLOWER;
use drawbridge_protocol::ElementId;
use sha2::{Digest as _, Sha256};

use super::fields::Fields;
use super::style::is_round;
use crate::clip;
use crate::document::Element;

/// An element as we had it, if the export wrote it and nobody has changed it or its label since.
pub(super) fn element(fields: &Fields<'_>, label: Option<&Fields<'_>>, name: &ElementId) -> Option<Element> {
    let ours = fields.object("customData")?.object("drawbridge")?;
    let same = ours.text("digest")? == of(fields, label);
    same.then(|| clip::of_base(name, ours.raw("base")?)).flatten()
}

/// A digest of what a person can change there of an element and its label, both as texts.
pub(crate) fn digest(element: &str, label: Option<&str>) -> String {
    let label = label.and_then(Fields::read);
    Fields::read(element).map_or_else(String::new, |fields| of(&fields, label.as_ref()))
}

fn of(fields: &Fields<'_>, label: Option<&Fields<'_>>) -> String {
    let mut seen = String::new();
    let kind = fields.text("type").unwrap_or_default();
    // How large a text comes out is its font's matter.
    let sizes: &[&str] = if kind == "text" { &[] } else { &["width", "height"] };
    let numbers = ["x", "y", "strokeWidth", "roughness", "opacity"];
    for name in numbers.iter().chain(sizes) {
        put(&mut seen, &fields.number(name).map(rounded));
    }
    // A small turn of something long is seen.
    let angle = fields.number("angle").unwrap_or(0.0);
    put(&mut seen, &((angle * 1e5).round() as i64));
    for name in [
        "type",
        "strokeColor",
        "backgroundColor",
        "fillStyle",
        "strokeStyle",
        "frameId",
        "startArrowhead",
        "endArrowhead",
        "fileId",
        "link",
        "name",
    ] {
        put(&mut seen, &fields.text(name));
    }
    for name in ["startBinding", "endBinding"] {
        put(
            &mut seen,
            &fields.object(name).and_then(|binding| binding.text("elementId")),
        );
    }
    let points: Vec<String> = fields
        .points("points")
        .iter()
        .map(|p| format!("{} {}", rounded(p.x), rounded(p.y)))
        .collect();
    put(
        &mut seen,
        &(points, fields.texts("groupIds"), fields.numbers("scale")),
    );
    let flags = ["elbowed", "locked"].map(|name| fields.flag(name).unwrap_or(false));
    put(&mut seen, &(flags, is_round(fields), fields.raw("crop")));
    if kind == "text" {
        letters(&mut seen, fields);
        put(&mut seen, &fields.flag("autoResize"));
    }
    if let Some(label) = label {
        letters(&mut seen, label);
        put(
            &mut seen,
            &(
                label.text("strokeColor"),
                label.text("verticalAlign"),
                label.number("opacity").map(rounded),
            ),
        );
    }
    HEXLOWER.encode(&Sha256::digest(seen)[..8])
}

fn letters(seen: &mut String, text: &Fields<'_>) {
    let whole = text.text("originalText").or_else(|| text.text("text"));
    let numbers = ["fontSize", "fontFamily"].map(|name| text.number(name).map(rounded));
    put(seen, &(whole, numbers, text.text("textAlign")));
}

fn put(seen: &mut String, value: &dyn std::fmt::Debug) {
    seen.push_str(&format!("{value:?};"));
}

/// In hundredths.
fn rounded(v: f64) -> i64 {
    (v * 100.0).round() as i64
}
