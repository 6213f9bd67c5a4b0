//! The points of freehand ink and of lines, in all the forms that tldraw has had: objects with x, y and pressure; half floats in
//! base64; differences of such from a first point of whole floats.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde_json::value::RawValue;

use crate::geometry::Point;
use crate::import::fields::{Fields, point};

/// A point and its pressure, 0 to 1.
pub(super) type Pressed = (Point, f64);

/// The points of a stroke.
pub(super) struct Ink {
    pub(super) pressed: Vec<Pressed>,
    /// Whether some could not be read.
    pub(super) gaps: bool,
}

/// The points of all segments of a stroke.
pub(super) fn ink(props: &Fields<'_>) -> Ink {
    let stretch = |name| props.number(name).unwrap_or(1.0);
    let (x, y) = (stretch("scaleX"), stretch("scaleY"));
    let (mut pressed, mut gaps): (Vec<Pressed>, bool) = (Vec::new(), false);
    for segment in props.list("segments").unwrap_or_default() {
        let points = Fields::read(segment.get()).and_then(|segment| of_segment(&segment));
        gaps |= points.is_none();
        for point in points.into_iter().flatten() {
            match point.filter(|(pos, pressure)| pos.is_finite() && pressure.is_finite()) {
                Some((pos, pressure)) => pressed.push((Point::new(pos.x * x, pos.y * y), pressure)),
                None => gaps = true,
            }
        }
    }
    pressed.dedup_by(|a, b| a.0 == b.0);
    Ink { pressed, gaps }
}

/// Whether a pen drew it that says how hard it presses. Where old files don't say so, the first pressures do.
pub(super) fn is_pen(props: &Fields<'_>, pressed: &[Pressed]) -> bool {
    let says = |(_, pressure): &Pressed| *pressure != 0.0 && *pressure != 0.5;
    props
        .flag("isPen")
        .unwrap_or_else(|| !pressed.is_empty() && pressed.iter().take(2).all(says))
}

/// The points of a segment, those that can be read; `None` if it can't be read at all.
fn of_segment(segment: &Fields<'_>) -> Option<Vec<Option<Pressed>>> {
    if segment.raw("path").is_some() {
        let depth = if segment.number("dim") == Some(2.0) { 2 } else { 3 };
        return differences(&segment.text("path")?, depth);
    }
    if segment.raw("points")?.starts_with('"') {
        return halves(&segment.text("points")?);
    }
    let pressed = |text: &str| Some((point(text)?, Fields::read(text)?.number("z").unwrap_or(0.5)));
    let list = segment.list("points")?;
    Some(list.iter().map(|each| pressed(each.get())).collect())
}

/// Points of three half floats each.
fn halves(text: &str) -> Option<Vec<Option<Pressed>>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    let point = |six: &[u8]| match six {
        [a, b, c, d, e, f] => Some((Point::new(half(&[*a, *b]), half(&[*c, *d])), half(&[*e, *f]))),
        // It is cut off.
        _ => None,
    };
    Some(bytes.chunks(6).map(point).collect())
}

/// A point of whole floats, then differences of half floats; two or three of each.
fn differences(text: &str, depth: usize) -> Option<Vec<Option<Pressed>>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    let (first, rest) = bytes.split_at_checked(4 * depth)?;
    let mut at = [0.0, 0.0, 0.5];
    for (value, four) in at.iter_mut().zip(first.chunks_exact(4)) {
        *value = f64::from(f32::from_le_bytes(four.try_into().ok()?));
    }
    let pressed = |at: [f64; 3]| Some((Point::new(at[0], at[1]), at[2]));
    let mut points = vec![pressed(at)];
    for step in rest.chunks(2 * depth) {
        if step.len() < 2 * depth {
            // It is cut off.
            points.push(None);
            break;
        }
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
