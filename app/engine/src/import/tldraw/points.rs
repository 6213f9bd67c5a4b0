//! The points of freehand ink and of lines, in all the forms that tldraw has had: objects with x, y and pressure; half floats in
//! base64; differences of such from a first point of whole floats.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde_json::value::RawValue;

use crate::geometry::Point;
use crate::import::fields::{Fields, point};

/// A point and its pressure, 0 to 1.
pub(super) type Pressed = (Point, f64);

/// The points of all segments of a stroke.
pub(super) fn ink(props: &Fields<'_>) -> Vec<Pressed> {
    let stretch = |name| props.number(name).unwrap_or(1.0);
    let (x, y) = (stretch("scaleX"), stretch("scaleY"));
    let segments = props.list("segments").unwrap_or_default();
    let segments = segments.iter().filter_map(|segment| Fields::read(segment.get()));
    let mut points: Vec<Pressed> = segments
        .flat_map(|segment| of_segment(&segment))
        .filter(|(pos, pressure)| pos.is_finite() && pressure.is_finite())
        .map(|(pos, pressure)| (Point::new(pos.x * x, pos.y * y), pressure))
        .collect();
    points.dedup_by(|a, b| a.0 == b.0);
    points
}

fn of_segment(segment: &Fields<'_>) -> Vec<Pressed> {
    if segment.raw("path").is_some() {
        let depth = if segment.number("dim") == Some(2.0) { 2 } else { 3 };
        return segment
            .text("path")
            .and_then(|path| differences(&path, depth))
            .unwrap_or_default();
    }
    if segment
        .raw("points")
        .is_some_and(|points| points.starts_with('"'))
    {
        return segment
            .text("points")
            .and_then(|text| halves(&text))
            .unwrap_or_default();
    }
    let list = segment.list("points").unwrap_or_default();
    let pressed = |text: &str| Some((point(text)?, Fields::read(text)?.number("z").unwrap_or(0.5)));
    list.iter().filter_map(|each| pressed(each.get())).collect()
}

/// Points of three half floats each.
fn halves(text: &str) -> Option<Vec<Pressed>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    let point = |six: &[u8]| (Point::new(half(&six[..2]), half(&six[2..4])), half(&six[4..]));
    Some(bytes.chunks_exact(6).map(point).collect())
}

/// A point of whole floats, then differences of half floats; two or three of each.
fn differences(text: &str, depth: usize) -> Option<Vec<Pressed>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    let (first, rest) = bytes.split_at_checked(4 * depth)?;
    let mut at = [0.0, 0.0, 0.5];
    for (value, four) in at.iter_mut().zip(first.chunks_exact(4)) {
        *value = f64::from(f32::from_le_bytes(four.try_into().ok()?));
    }
    let pressed = |at: [f64; 3]| (Point::new(at[0], at[1]), at[2]);
    let mut points = vec![pressed(at)];
    for step in rest.chunks_exact(2 * depth) {
        for (value, two) in at.iter_mut().zip(step.chunks_exact(2)) {
            *value += half(two);
        }
        points.push(pressed(at));
    }
    Some(points)
}

/// A float of 16 bits (IEEE 754), little end first.
fn half(two: &[u8]) -> f64 {
    let bits = u16::from_le_bytes([two[0], two[1]]);
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from((bits >> 10) & 31), f64::from(bits & 1023) / 1024.0);
    sign * match exponent {
        0 => fraction * (-14.0_f64).exp2(),
        31 => f64::NAN,
        _ => (1.0 + fraction) * f64::from(exponent - 15).exp2(),
    }
}

/// The points of a line, in their order: a list, or objects with an `index` each.
pub(super) fn line(props: &Fields<'_>) -> Vec<Point> {
    if props.raw("points").is_some_and(|points| points.starts_with('[')) {
        return props.points("points");
    }
    let named = ["points", "handles"].into_iter().find_map(|name| props.raw(name));
    let named: BTreeMap<String, &RawValue> = named
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let index = |text: &str| Fields::read(text)?.text("index");
    let each = |text: &RawValue| Some((index(text.get()).unwrap_or_default(), point(text.get())?));
    let mut points: Vec<(String, Point)> = named.into_values().filter_map(each).collect();
    points.sort_by(|a, b| a.0.cmp(&b.0));
    points.into_iter().map(|(_, point)| point).collect()
}
