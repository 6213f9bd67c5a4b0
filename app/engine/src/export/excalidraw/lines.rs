//! Strokes, lines and arrows as Excalidraw has them.

use std::collections::HashMap;

use drawbridge_protocol::ElementId;
use serde_json::{Value, json};

use super::{Members, line_width, number, size, turn};
use crate::arrange::hold;
use crate::document::{Element, Tie};
use crate::geometry::{Affine, Corners, Curve, Head, Hold, InkPoint, Kind, Point, Route, Vec2};
use crate::import::excalidraw::{BRUSH, STROKE, leading, pressure_there};

/// A stroke is drawn there within this part of its width.
const EXACT: f64 = 1.0 / 30.0;

/// A freehand stroke, as it is drawn: smooth.
pub(super) fn ink(element: &Element, out: &mut Members) {
    let style = &element.style;
    let width = line_width(style, style.width / STROKE);
    let samples = element.placed();
    let curve = Curve::within(
        &samples,
        style.width,
        element.step * element.scale(),
        EXACT * style.width,
    );
    let mut drawn = leading(&curve.flatten(0..=curve.len()), BRUSH * width);
    if let (Some(first), Some(last)) = (drawn.first(), drawn.last())
        && style.fill.is_some()
        && element.is_closed()
    {
        // The points there lead the pen and lie beyond what it draws: without this one it need not be filled.
        drawn.push(InkPoint::new(first.pos, last.pressure));
    }
    let points: Vec<Point> = drawn.iter().map(|point| point.pos).collect();
    put(out, "freedraw", &points);
    // It may be a little wider or thinner there, which the pressure makes up for.
    let wider = style.width / STROKE / width;
    let pressures = drawn
        .iter()
        .map(|point| number(pressure_there(point.pressure, wider)));
    out.insert("pressures".to_owned(), pressures.collect::<Vec<_>>().into());
    out.insert("simulatePressure".to_owned(), json!(false));
    out.insert("strokeWidth".to_owned(), number(width));
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
        let held = tie
            .as_ref()
            .and_then(|tie| Some((tie, hold(by_id.get(&tie.id)?, tie.at)?)));
        let last = on_board.len().saturating_sub(1);
        let ends = if name == "startBinding" {
            (on_board.first(), on_board.get(1))
        } else {
            (on_board.last(), on_board.get(last.wrapping_sub(1)))
        };
        let binding = match (held, ends) {
            (Some((tie, hold)), (Some(end), Some(next))) => binding(tie, &hold, *end, *next, elbow),
            _ => Value::Null,
        };
        out.insert(name.to_owned(), binding);
    }
    if arrow {
        out.insert("elbowed".to_owned(), json!(elbow));
    }
    if elbow {
        out.insert("fixedSegments".to_owned(), Value::Null);
    }
}

/// What an end holds on to: as 0.18 has it, by how far beside the middle it aims and how far before the outline it ends, and as newer
/// ones do, by a point. A right-angled arrow always ends at that point.
fn binding(tie: &Tie, hold: &Hold, end: Point, next: Point, elbow: bool) -> Value {
    let [width, height] = size(hold.place);
    let middle = hold.place * Point::new(0.5, 0.5);
    let back = Affine::scale_non_uniform(2.0 / width, 2.0 / height)
        * Affine::rotate(-turn(hold.place))
        * Affine::translate(-middle.to_vec2());
    let fixed = back * if elbow { end } else { hold.aim() };
    let focus = focus(hold.kind, back * next, back * end);
    // What has no area has a middle only.
    let (fixed, focus) = if fixed.is_finite() && focus.is_finite() {
        (fixed, focus)
    } else {
        (Point::ORIGIN, 0.0)
    };
    json!({
        "elementId": tie.id.as_str(),
        "fixedPoint": [number((fixed.x + 1.0) / 2.0), number((fixed.y + 1.0) / 2.0)],
        "mode": "orbit",
        "focus": number(focus),
        "gap": number(hold.distance(end)),
    })
}

/// How far beside the middle of what it holds on to a line aims that comes from `next`, in Excalidraw's way (`determineFocusDistance` in
/// 0.18): where it first crosses a diagonal, of a diamond an axis, told in parts of that, with a sign for the side. The points are in
/// units of half a side from the middle.
fn focus(kind: Kind, next: Point, end: Point) -> f64 {
    let way = end - next;
    let axes = if kind == Kind::Diamond {
        [Vec2::new(1.0, 0.0), Vec2::new(0.0, 1.0)]
    } else {
        [Vec2::new(1.0, 1.0), Vec2::new(1.0, -1.0)]
    };
    let side = -way.cross(end.to_vec2()).signum();
    let far = |axis: Vec2| {
        let along = -axis.cross(end.to_vec2()) / axis.cross(way);
        let at = end + way * along;
        let far = at.x.abs().max(at.y.abs());
        (along >= 0.0 && far <= 3.0).then_some(far)
    };
    side * axes.into_iter().filter_map(far).reduce(f64::min).unwrap_or(0.0)
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
