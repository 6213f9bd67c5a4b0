//! Strokes, lines and arrows as Excalidraw has them.

use std::collections::HashMap;

use drawbridge_protocol::ElementId;
use serde_json::{Value, json};

use super::{Members, number};
use crate::document::{Element, Tie};
use crate::geometry::{Corners, Head, Point, Route};
use crate::import::excalidraw::{STROKE, pressure_there};

/// How far before what it holds on to an arrow ends there, in board units.
const GAP: f64 = 4.0;

/// A freehand stroke.
pub(super) fn ink(element: &Element, out: &mut Members) {
    let placed = element.placed();
    let points: Vec<Point> = placed.iter().map(|point| point.pos).collect();
    put(out, "freedraw", &points);
    let pressures = placed.iter().map(|point| number(pressure_there(point.pressure)));
    out.insert("pressures".to_owned(), pressures.collect::<Vec<_>>().into());
    out.insert("simulatePressure".to_owned(), json!(false));
    out.insert("strokeWidth".to_owned(), number(element.style.width / STROKE));
}

/// A line as it is shown, or an arrow: only that has heads there, holds on, and bears letters.
pub(super) fn line(element: &Element, by_id: &HashMap<&ElementId, &Element>, out: &mut Members) {
    let style = &element.style;
    let elbow = style.route() == Route::Elbow;
    let points = if elbow {
        let mut sharp = element.clone();
        sharp.style.corners = Corners::Sharp;
        sharp.figure().way()
    } else {
        element.placed()
    };
    let arrow = elbow
        || style.start != Head::None
        || style.end != Head::None
        || element.ties.iter().any(Option::is_some)
        || !element.text.is_empty();
    let on_board: Vec<Point> = points.iter().map(|point| point.pos).collect();
    put(out, if arrow { "arrow" } else { "line" }, &on_board);
    let round = (style.route() == Route::Curve).then(|| json!({"type": 2}));
    out.insert("roundness".to_owned(), json!(round));
    for (name, head) in [("startArrowhead", style.start), ("endArrowhead", style.end)] {
        out.insert(name.to_owned(), json!(named(head)));
    }
    for (name, tie) in ["startBinding", "endBinding"].into_iter().zip(&element.ties) {
        let tie = tie
            .as_ref()
            .filter(|tie| by_id.get(&tie.id).is_some_and(|target| target.kind.holds_lines()));
        out.insert(name.to_owned(), tie.map_or(Value::Null, binding));
    }
    if arrow {
        out.insert("elbowed".to_owned(), json!(elbow));
    }
    if elbow {
        out.insert("fixedSegments".to_owned(), Value::Null);
    }
}

/// What an end holds on to, as newer files say it and as older ones do.
fn binding(tie: &Tie) -> Value {
    json!({
        "elementId": tie.id.as_str(),
        "fixedPoint": [tie.at.x, tie.at.y],
        "mode": "orbit",
        "focus": 0,
        "gap": GAP,
    })
}

fn named(head: Head) -> Option<&'static str> {
    Some(match head {
        Head::None => return None,
        Head::Arrow => "arrow",
        Head::Triangle => "triangle",
        Head::Dot => "circle",
        Head::Bar => "bar",
        Head::Circle => "circle_outline",
        Head::TriangleOutline => "triangle_outline",
        Head::Diamond => "diamond",
        Head::DiamondOutline => "diamond_outline",
        Head::CrowOne => "crowfoot_one",
        Head::CrowMany => "crowfoot_many",
        Head::CrowOneOrMany => "crowfoot_one_or_many",
    })
}

/// Puts in points of the board, which count from the first one there.
fn put(out: &mut Members, kind: &str, points: &[Point]) {
    let first = points.first().copied().unwrap_or_default();
    let own = points.iter().map(|point| *point - first);
    let (mut least, mut most) = (first, first);
    for point in points {
        least = Point::new(least.x.min(point.x), least.y.min(point.y));
        most = Point::new(most.x.max(point.x), most.y.max(point.y));
    }
    out.insert("type".to_owned(), json!(kind));
    out.insert("x".to_owned(), number(first.x));
    out.insert("y".to_owned(), number(first.y));
    out.insert("width".to_owned(), number(most.x - least.x));
    out.insert("height".to_owned(), number(most.y - least.y));
    let own = own.map(|way| json!([number(way.x), number(way.y)]));
    out.insert("points".to_owned(), own.collect::<Vec<_>>().into());
    out.insert("lastCommittedPoint".to_owned(), Value::Null);
}
