//! The files of the first tldraw, of 2021 and 2022 (up to version 15): a document of pages, and shapes in them. Each becomes a record as
//! later files have them, as tldraw 5 itself does it (`buildFromV1Document`).

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::tree::{self, Records};
use crate::geometry::{Point, Rect, Vec2};
use crate::import::Import;
use crate::import::alike::{INK_POINTS, thin};
use crate::import::fields::{Fields, point};

/// A letter of a text whose size isn't said is about so wide, and a line so high, in board units.
const LETTER: Vec2 = Vec2::new(13.0, 36.0);
/// Ink whose ends are so near to each other is filled, in board units.
const CLOSED: f64 = 16.0;
/// From where to where an arrow may aim, in parts of a side.
const AIMS: (f64, f64) = (0.2, 0.8);

/// Reads a document; `None` if it is none.
pub(super) fn read(document: &Fields<'_>) -> Option<Import> {
    document.object("pages")?;
    let mut records = vec![json!({"typeName": "document", "name": document.text("name")}).to_string()];
    for asset in members(document, "assets") {
        let fields = Fields::read(asset.get());
        let text = |name: &str| fields.as_ref().and_then(|fields| fields.text(name));
        records
            .push(json!({"typeName": "asset", "id": text("id"), "props": {"src": text("src")}}).to_string());
    }
    for page in ordered(members(document, "pages")) {
        let Some(fields) = Fields::read(page.get()) else {
            records.push(page.get().to_owned());
            continue;
        };
        let (id, index) = (fields.text("id"), format!("{:08}", records.len()));
        records.push(json!({"typeName": "page", "id": id, "index": index}).to_string());
        for (n, one) in ordered(members(&fields, "shapes")).into_iter().enumerate() {
            // What can't be read stays as it is, and is told as such.
            let record = Fields::read(one.get()).map(|fields| shape(&fields, n));
            records.push(record.unwrap_or_else(|| one.get().to_owned()));
        }
        for binding in members(&fields, "bindings") {
            records.extend(Fields::read(binding.get()).map(|fields| bound(&fields)));
        }
    }
    let raw = records
        .iter()
        .filter_map(|record| serde_json::from_str(record).ok());
    Some(tree::read(&Records::of_file(raw.collect())))
}

/// The values of an object's member that is an object.
fn members<'a>(fields: &Fields<'a>, name: &str) -> Vec<&'a RawValue> {
    let named = fields.raw(name).and_then(|text| serde_json::from_str(text).ok());
    let named: BTreeMap<String, &RawValue> = named.unwrap_or_default();
    named.into_values().collect()
}

/// From the lowest to the topmost.
fn ordered(list: Vec<&RawValue>) -> Vec<&RawValue> {
    let index = |one: &RawValue| Fields::read(one.get())?.number("childIndex");
    let mut list: Vec<(f64, &RawValue)> = list
        .into_iter()
        .map(|one| (index(one).unwrap_or(1.0), one))
        .collect();
    list.sort_by(|a, b| a.0.total_cmp(&b.0));
    list.into_iter().map(|(_, one)| one).collect()
}

/// A shape's record.
fn shape(fields: &Fields<'_>, index: usize) -> String {
    let style = fields.object("style");
    let named = |name: &str| {
        let text = style.as_ref().and_then(|style| style.text(name));
        text.unwrap_or_default().to_lowercase()
    };
    let point_of = |name: &str| fields.point(name).unwrap_or_default();
    let kind = fields.text("type").unwrap_or_default();
    let size = match kind.as_str() {
        "ellipse" => point_of("radius").to_vec2() * 2.0,
        _ => point_of("size").to_vec2(),
    };
    let color = named("color");
    let mut props = json!({
        "color": colour(&color),
        "labelColor": colour(&color),
        "size": sized(&named("size"), &kind),
        "dash": named("dash"),
        "font": named("font"),
        "fill": match style.as_ref().and_then(|style| style.flag("isFilled")) {
            Some(true) if matches!(color.as_str(), "black" | "white") => "semi",
            Some(true) => "solid",
            _ => "none",
        },
        "w": size.x,
        "h": size.y,
        "text": fields.text("label").or_else(|| fields.text("text")),
        "assetId": fields.text("assetId"),
    });
    let mut set = |name: &str, value: Value| props[name] = value;
    let mut around = Rect::from_points(Point::ORIGIN, size.to_point());
    let kind = match kind.as_str() {
        "rectangle" | "ellipse" | "triangle" => {
            set("geo", json!(kind));
            "geo"
        }
        "sticky" => {
            set("align", json!(named("textAlign")));
            // Its colour is the paper's.
            set("labelColor", json!("black"));
            set("growY", json!((size.y - size.x).max(0.0)));
            "note"
        }
        "text" => {
            let text = fields.text("text").unwrap_or_default();
            let wide = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            let lines = text.lines().count();
            around.x1 = LETTER.x * wide as f64;
            around.y1 = LETTER.y * lines as f64;
            set(
                "textAlign",
                style
                    .as_ref()
                    .map_or(Value::Null, |style| json!(style.text("textAlign"))),
            );
            set(
                "scale",
                style
                    .as_ref()
                    .map_or(Value::Null, |style| json!(style.number("scale"))),
            );
            "text"
        }
        "draw" => {
            let mut points = fields.list("points").unwrap_or_default();
            // That there were more is told of one too many.
            thin(&mut points, INK_POINTS + 1);
            let read: Vec<Point> = points.iter().filter_map(|one| point(one.get())).collect();
            let boxes = read.iter().map(|at| Rect::from_points(*at, *at));
            around = boxes.reduce(|a, b| a.union(b)).unwrap_or_default();
            let ends = read.first().zip(read.last());
            let closed = read.len() > 2 && ends.is_some_and(|(first, last)| first.distance(*last) < CLOSED);
            set("isClosed", json!(closed));
            let at: Vec<Value> = points.iter().map(|one| pressed(one.get())).collect();
            set("segments", json!([{"points": at}]));
            "draw"
        }
        "arrow" => {
            let handles = fields.object("handles");
            let end = |name: &str| {
                let handle = handles.as_ref().and_then(|handles| handles.object(name));
                handle
                    .and_then(|handle| handle.point("point"))
                    .unwrap_or_default()
            };
            let (start, end) = (end("start"), end("end"));
            around = Rect::from_points(start, end);
            set("start", json!({"x": start.x, "y": start.y}));
            set("end", json!({"x": end.x, "y": end.y}));
            let bend = fields.number("bend").unwrap_or(0.0);
            set("bend", json!(start.distance(end) * -bend / 2.0));
            let heads = fields.object("decorations");
            for (name, end) in [("arrowheadStart", "start"), ("arrowheadEnd", "end")] {
                let head = heads.as_ref().and_then(|heads| heads.text(end));
                let has = head.is_some_and(|head| head.eq_ignore_ascii_case("arrow"));
                set(name, json!(if has { "arrow" } else { "none" }));
            }
            "arrow"
        }
        other => other,
    };
    // There shapes are turned about their middles, and lie on the page also where they are in a group.
    let turn = fields.number("rotation").unwrap_or(0.0);
    let middle = around.center().to_vec2();
    let (sin, cos) = turn.sin_cos();
    let turned = Vec2::new(middle.x * cos - middle.y * sin, middle.x * sin + middle.y * cos);
    let (at, turn) = match kind {
        "group" => (Point::ORIGIN, 0.0),
        _ => (point_of("point") + middle - turned, turn),
    };
    json!({
        "typeName": "shape",
        "id": fields.text("id"),
        "type": kind,
        "parentId": fields.text("parentId"),
        "index": format!("{index:08}"),
        "x": at.x,
        "y": at.y,
        "rotation": turn,
        "isLocked": fields.flag("isLocked"),
        "props": props,
    })
    .to_string()
}

/// What an arrow holds on to.
fn bound(fields: &Fields<'_>) -> String {
    let aim = fields.point("point").unwrap_or_default();
    let side = |at: f64| ((at + 0.5) / 2.0).clamp(AIMS.0, AIMS.1);
    json!({
        "typeName": "binding",
        "fromId": fields.text("fromId"),
        "toId": fields.text("toId"),
        "props": {
            "terminal": fields.text("handleId"),
            "normalizedAnchor": {"x": side(aim.x), "y": side(aim.y)},
            "isExact": fields.number("distance") == Some(0.0),
        },
    })
    .to_string()
}

/// A point of ink with its pressure; `null` if it is none.
fn pressed(text: &str) -> Value {
    let numbers: Vec<f64> = serde_json::from_str(text).unwrap_or_default();
    match numbers[..] {
        [x, y, ..] => json!({"x": x, "y": y, "z": numbers.get(2).copied().unwrap_or(0.5)}),
        _ => Value::Null,
    }
}

fn colour(name: &str) -> &'static str {
    match name {
        "lightgray" | "gray" => "grey",
        "green" => "light-green",
        "cyan" => "green",
        "blue" => "light-blue",
        "indigo" => "blue",
        "violet" => "light-violet",
        "red" => "red",
        "orange" => "orange",
        "yellow" => "yellow",
        _ => "black",
    }
}

fn sized(name: &str, kind: &str) -> &'static str {
    match (name, kind) {
        ("small", "text") => "s",
        ("small", _) => "m",
        ("large", _) => "xl",
        _ => "l",
    }
}
