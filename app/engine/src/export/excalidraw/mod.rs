//! Elements as an Excalidraw scene. Each goes along as we have it too, in `customData`, with digests of how it was written: read
//! again, what nobody has changed there is what it was, what was moved or reshaped is that elsewhere, and what somebody has made look
//! different is as they left it. Boxes that are skewed are shown
//! there without that, frames upright.

mod letters;
mod lines;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use data_encoding::BASE64;
use drawbridge_protocol::{ElementId, ImageHash};
use serde_json::{Map, Value, json};

use super::Look;
use crate::arrange::{hold, hold_on};
use crate::clip::MAX_ELEMENTS;
use crate::document::{Color, Corners, Element, Ink, Style};
use crate::geometry::{Affine, Dash, Kind, Point, Shade, Sketch, rounding};
use crate::import::alike::MAX_TEXT;
use crate::import::excalidraw::{SOURCE, marks};

/// The members of an Excalidraw element.
type Members = Map<String, Value>;

/// Elements, from the lowest to the topmost, as the text of a scene, with the bytes of their images. `look` is to be that of a light
/// board: Excalidraw darkens all colours by itself.
#[must_use]
pub fn write(elements: &[Element], look: &Look<'_>) -> String {
    let shown: Vec<&Element> = elements.iter().filter(|element| !element.deleted).collect();
    let by_id: HashMap<&ElementId, &Element> = shown.iter().map(|element| (&element.id, *element)).collect();
    let mut holders: HashMap<&ElementId, Vec<&ElementId>> = HashMap::new();
    for line in &shown {
        let targets: HashSet<&ElementId> = line.ties.iter().flatten().map(|tie| &tie.id).collect();
        for target in targets {
            holders.entry(target).or_default().push(&line.id);
        }
    }
    let scene = Scene { look, by_id, holders };
    let texts: Vec<String> = shown.iter().flat_map(|element| scene.element(element)).collect();
    let files = scene.files(&shown);
    let paper = json!(hex(look.paper.unwrap_or([255, 255, 255])));
    format!(
        r#"{{"type":"excalidraw","version":2,"source":"{SOURCE}","elements":[{}],"appState":{{"gridSize":null,"viewBackgroundColor":{paper}}},"files":{files}}}"#,
        texts.join(",")
    )
}

/// Whether the text of a scene of elements is read again as they are: there are not too many, and it isn't too long.
#[must_use]
pub fn opens_again(elements: &[Element], text: &str) -> bool {
    let shown = elements.iter().filter(|element| !element.deleted);
    shown.count() <= MAX_ELEMENTS && text.len() <= MAX_TEXT
}

/// What is needed to write each of a scene's elements.
struct Scene<'a> {
    look: &'a Look<'a>,
    by_id: HashMap<&'a ElementId, &'a Element>,
    /// Which lines hold on to an element.
    holders: HashMap<&'a ElementId, Vec<&'a ElementId>>,
}

impl Scene<'_> {
    /// An element, and what is written in it, as texts.
    fn element(&self, element: &Element) -> Vec<String> {
        let frame = self.frame(element);
        let mut out = self.common(element, frame);
        let held = self.held(element);
        match element.kind {
            Kind::Text => letters::text(element, &mut out),
            Kind::Stroke | Kind::Highlight => lines::ink(element, &mut out),
            Kind::Line => lines::line(&held, &self.by_id, &mut out),
            Kind::Rectangle | Kind::Diamond | Kind::Ellipse | Kind::Image | Kind::Note | Kind::Frame => {
                self.boxed(element, &mut out);
            }
        }
        let label = letters::label(&held, frame, &self.ink(element.style.color));
        let mut bound: Vec<Value> = self
            .holders
            .get(&element.id)
            .into_iter()
            .flatten()
            .map(|line| json!({"id": line.as_str(), "type": "arrow"}))
            .collect();
        if let Some(label) = &label {
            bound.push(json!({"id": label["id"], "type": "text"}));
        }
        out.insert("boundElements".to_owned(), bound.into());
        let text = Value::from(out).to_string();
        let label = label.map(|label| Value::from(label).to_string());
        let marks = marks(&text, label.as_deref()).into_iter();
        let marks: String = marks
            .map(|(name, value)| format!(r#","{name}":{value}"#))
            .collect();
        // As text, so that each of its numbers stays as it is.
        let own = format!(
            r#"{},"customData":{{"drawbridge":{{"base":{}{}}}}}}}"#,
            &text[..text.len() - 1],
            element.base().as_str(),
            marks
        );
        [own].into_iter().chain(label).collect()
    }

    /// A line as it is shown.
    fn held<'e>(&self, element: &'e Element) -> Cow<'e, Element> {
        if element.holds.is_some() || element.ties.iter().all(Option::is_none) {
            return Cow::Borrowed(element);
        }
        let holds = element.ties.clone().map(|tie| {
            let tie = tie?;
            hold(self.by_id.get(&tie.id)?, tie.at)
        });
        Cow::Owned(hold_on(element, holds))
    }

    /// The frame that an element lies in, if that is in the scene.
    fn frame(&self, element: &Element) -> Option<&str> {
        let frame = self.by_id.get(element.framed_by.as_ref()?)?;
        (frame.kind == Kind::Frame).then(|| frame.id.as_str())
    }

    /// Excalidraw's own black and white follow its theme, as ours do.
    fn ink(&self, color: Color) -> String {
        match color {
            Color::Ink(Ink::Black) => "#1e1e1e".to_owned(),
            Color::Ink(Ink::White) => "#ffffff".to_owned(),
            color => hex((self.look.ink)(color)),
        }
    }

    /// What all elements have.
    fn common(&self, element: &Element, frame: Option<&str>) -> Members {
        let style = &element.style;
        let id = element.id.as_str();
        let fill = match self.look.fill(element).filter(|_| style.fill.is_some()) {
            Some(_) if style.shade != Shade::Tint => style.fill.map(|color| self.ink(color)),
            fill => fill.map(hex),
        };
        let seen = element.kind.has_line() || element.kind == Kind::Text;
        let round = match element.kind {
            Kind::Rectangle | Kind::Diamond => (style.corners == Corners::Round).then(|| json!({"type": 3})),
            Kind::Note => {
                let [wide, high] = size(element.body());
                Some(json!({"type": 3, "value": number(rounding(Kind::Note, wide.min(high)))}))
            }
            _ => None,
        };
        object(json!({
            "id": id,
            "angle": 0,
            "strokeColor": if seen { self.ink(style.color) } else { "transparent".to_owned() },
            "backgroundColor": fill.filter(|_| element.kind != Kind::Image).unwrap_or_else(|| "transparent".to_owned()),
            "fillStyle": match style.shade {
                Shade::Tint | Shade::Solid => "solid",
                Shade::Hatch => "hachure",
                Shade::Cross => "cross-hatch",
                Shade::Zigzag => "zigzag",
            },
            "strokeWidth": number(line_width(style, style.width)),
            "strokeStyle": match style.dash {
                Dash::Solid => "solid",
                Dash::Dashed => "dashed",
                Dash::Dotted => "dotted",
            },
            "roughness": match style.sketch {
                Sketch::None => 0,
                Sketch::Light => 1,
                Sketch::Strong => 2,
            },
            "opacity": number(style.opacity * 100.0),
            "groupIds": element.groups.iter().map(|group| &**group).collect::<Vec<_>>(),
            "frameId": frame,
            "index": null,
            "roundness": round,
            "seed": seed(id, 1),
            "version": 1,
            "versionNonce": seed(id, 2),
            "isDeleted": false,
            "updated": 1,
            "link": null,
            "locked": element.locked,
        }))
    }

    fn boxed(&self, element: &Element, out: &mut Members) {
        let kind = match element.kind {
            Kind::Diamond => "diamond",
            Kind::Ellipse => "ellipse",
            Kind::Image => "image",
            Kind::Frame => "frame",
            _ => "rectangle",
        };
        let place = element.body();
        let turned = if element.kind == Kind::Frame {
            0.0
        } else {
            turn(place)
        };
        put(out, kind, place * Point::new(0.5, 0.5), size(place), turned);
        if element.kind == Kind::Frame {
            let name = Some(&*element.name).filter(|name| !name.is_empty());
            out.insert("name".to_owned(), json!(name));
        }
        if let Some(picture) = &element.picture {
            let mirrored = if place.determinant() < 0.0 { -1 } else { 1 };
            out.insert("fileId".to_owned(), json!(picture.image.to_string()));
            out.insert("status".to_owned(), json!("saved"));
            out.insert("scale".to_owned(), json!([1, mirrored]));
            out.insert("crop".to_owned(), Value::Null);
        }
    }

    /// The images' bytes, by name.
    fn files(&self, shown: &[&Element]) -> Value {
        let names = shown.iter().filter_map(|element| Some(element.picture?.image));
        let mut files: BTreeMap<ImageHash, Value> = BTreeMap::new();
        for name in names {
            if files.contains_key(&name) {
                continue;
            }
            if let Some(image) = (self.look.images)(&name) {
                let kind = image.kind.as_str();
                let data = format!("data:{kind};base64,{}", BASE64.encode(&image.bytes));
                files.insert(
                    name,
                    json!({"mimeType": kind, "id": name.to_string(), "dataURL": data, "created": 1, "lastRetrieved": 1}),
                );
            }
        }
        let named = files.into_iter().map(|(name, file)| (name.to_string(), file));
        Value::from(named.collect::<Members>())
    }
}

/// A width of lines that can be told there. Where lines fill the inside, four times as much has to be a whole number: else these are not
/// drawn (rough.js 4.6 goes along them in whole units).
fn line_width(style: &Style, width: f64) -> f64 {
    if style.fill.is_some() && style.shade.is_lines() {
        (4.0 * width).round().max(1.0) / 4.0
    } else {
        width
    }
}

fn object(value: Value) -> Members {
    match value {
        Value::Object(members) => members,
        _ => Members::new(),
    }
}

/// Puts in where a box lies: its middle, its size before it was turned, and by how much that was, in radians.
fn put(out: &mut Members, kind: &str, middle: Point, [width, height]: [f64; 2], turned: f64) {
    out.insert("type".to_owned(), json!(kind));
    let numbers = [
        ("x", middle.x - width / 2.0),
        ("y", middle.y - height / 2.0),
        ("width", width),
        ("height", height),
    ];
    for (name, value) in numbers {
        out.insert(name.to_owned(), number(value));
    }
    out.insert(
        "angle".to_owned(),
        json!(turned.rem_euclid(std::f64::consts::TAU)),
    );
}

/// By how much a place turns, in radians.
fn turn(place: Affine) -> f64 {
    let [a, b, ..] = place.as_coeffs();
    b.atan2(a)
}

/// How wide and how high the unit square is where it is led to.
fn size(place: Affine) -> [f64; 2] {
    let [a, b, c, d, ..] = place.as_coeffs();
    let width = a.hypot(b);
    let height = if width > 0.0 {
        place.determinant().abs() / width
    } else {
        c.hypot(d)
    };
    [width, height]
}

/// A number as exact as can be seen, written without a fraction where it has none.
fn number(v: f64) -> Value {
    let v = (v * 1e4).round() / 1e4;
    if v.fract() == 0.0 && v.abs() < 1e15 {
        json!(v as i64)
    } else {
        json!(v)
    }
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A number that is always the same for an element: what looks random there is drawn alike each time.
fn seed(id: &str, salt: u32) -> u32 {
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    id.bytes().fold(0x811c_9dc5 ^ salt, mix) >> 1
}

#[cfg(test)]
mod edited;
#[cfg(test)]
mod tests;
