//! A stroke's `base`, and the chunks of one that is still being drawn.

use std::borrow::Cow;
use std::fmt;

use drawbridge_protocol::Value;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Color, Order, Reader, Writer};
use crate::geometry::{InkPoint, MAX_COORDINATE, Point};

/// What a stroke is drawn with: everything of its `base` but the points.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// Where it stands in the stack.
    pub order: Order,
    /// Its colour.
    pub color: Color,
    /// Its width at pressure 50, in board units, 0.01 to 10,000.
    pub width: f64,
    /// The length of one integer step of its points, in board units, 2^-10 to 2^10.
    pub step: f64,
}

impl Default for Base {
    /// What a member that is missing counts as.
    fn default() -> Self {
        Self {
            order: Order::default(),
            color: Color::default(),
            width: 4.0,
            step: 1.0,
        }
    }
}

#[derive(Serialize)]
struct BaseJson<'a> {
    kind: &'a str,
    order: &'a str,
    color: String,
    width: Number,
    step: Number,
    points: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pressure: Option<&'a str>,
}

#[derive(Serialize)]
struct ChunkJson<'a> {
    points: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pressure: Option<&'a str>,
}

/// A number that is written without a fraction where it has none.
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 1e15 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl Base {
    /// The `base` of a stroke with these points; also the first chunk of a wet one.
    #[must_use]
    pub fn value(&self, writer: &Writer) -> Value {
        let (points, pressure) = writer.texts();
        json(&BaseJson {
            kind: "stroke",
            order: self.order.as_str(),
            color: self.color.to_string(),
            width: Number(self.width),
            step: Number(self.step),
            points,
            pressure,
        })
    }

    /// A further chunk of a wet stroke.
    #[must_use]
    pub fn chunk(writer: &Writer) -> Value {
        let (points, pressure) = writer.texts();
        json(&ChunkJson { points, pressure })
    }
}

/// As a cell's value: for what is always JSON.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Value {
    Value::from_json(value).expect("texts, numbers and plain objects are JSON")
}

/// A point as others are told it.
pub(crate) fn point_json(x: f64, y: f64) -> Value {
    json(&[Number(x), Number(y)])
}

/// The members of a JSON object, not yet looked into.
pub(super) struct Members<'a>(Vec<(Text<'a>, &'a RawValue)>);

/// A JSON text, copied only where it has an escape in it.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some(pair) = map.next_entry()? {
                    members.push(pair);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

impl<'a> Members<'a> {
    pub(super) fn of(value: &'a Value) -> Option<Self> {
        serde_json::from_str(value.as_str()).ok()
    }

    /// Of several with one name, the last.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let mut last_first = self.0.iter().rev();
        last_first
            .find(|(held, _)| held.0 == name)
            .map(|(_, raw)| raw.get())
    }

    fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        let text: Text<'a> = serde_json::from_str(self.get(name)?).ok()?;
        Some(text.0)
    }
}

/// Reads one member or property; `None` where it has another shape.
pub(super) fn read<T: serde::de::DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

pub(super) fn read_color(json: &str) -> Option<Color> {
    read::<String>(json)?.parse().ok()
}

pub(super) fn read_width(json: &str) -> Option<f64> {
    read::<f64>(json)
        .filter(|w| *w > 0.0)
        .map(|w| w.clamp(0.01, 10_000.0))
}

pub(super) fn read_order(json: &str) -> Option<Order> {
    read::<String>(json).map(|text| Order::from(text.as_str()))
}

/// A stroke as read so far, from a `base` or from the chunks of a wet slot.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it is drawn with.
    pub base: Base,
    reader: Reader,
}

impl Draft {
    /// Reads a `base` or a first chunk. `None` if it is no stroke, has no points, or lies out of the world.
    #[must_use]
    pub fn new(value: &Value) -> Option<Self> {
        Self::of(&Members::of(value)?)
    }

    pub(super) fn of(members: &Members<'_>) -> Option<Self> {
        if members.text("kind")? != "stroke" {
            return None;
        }
        let default = Base::default();
        let step = members.get("step").and_then(read::<f64>).filter(|s| *s > 0.0);
        let base = Base {
            order: members.get("order").and_then(read_order).unwrap_or(default.order),
            color: members.get("color").and_then(read_color).unwrap_or(default.color),
            width: members.get("width").and_then(read_width).unwrap_or(default.width),
            step: step.unwrap_or(default.step).clamp(2f64.powi(-10), 2f64.powi(10)),
        };
        let mut draft = Self {
            base,
            reader: Reader::default(),
        };
        (draft.take(members) && !draft.reader.samples().is_empty()).then_some(draft)
    }

    /// Reads a further chunk; says whether it could be read. If not, nothing is taken.
    pub fn add(&mut self, chunk: &Value) -> bool {
        Members::of(chunk).is_some_and(|members| self.take(&members))
    }

    fn take(&mut self, members: &Members<'_>) -> bool {
        let Some(points) = members.text("points") else {
            return false;
        };
        let mut reader = std::mem::take(&mut self.reader);
        let start = reader.samples().len();
        let read = reader.read(&points, members.text("pressure").as_deref());
        let far = (MAX_COORDINATE / self.base.step) as u64;
        let within = reader.samples()[start..]
            .iter()
            .all(|s| s.x.unsigned_abs().max(s.y.unsigned_abs()) <= far);
        if !within {
            reader.truncate(start);
        }
        self.reader = reader;
        read && within
    }

    /// The points in the element's own coordinates.
    #[must_use]
    pub fn ink(&self) -> Vec<InkPoint> {
        self.reader
            .samples()
            .iter()
            .map(|s| s.ink(self.base.step))
            .collect()
    }

    /// The `base` of the stroke as read so far.
    #[must_use]
    pub fn value(&self) -> Value {
        let mut writer = Writer::default();
        self.reader.samples().iter().for_each(|&s| writer.push(s));
        self.base.value(&writer)
    }
}

impl super::Sample {
    /// The sample nearest to a point, in steps of `step` board units.
    #[must_use]
    pub fn of(point: InkPoint, step: f64) -> Self {
        let steps = |v: f64| (v.clamp(-MAX_COORDINATE, MAX_COORDINATE) / step).round() as i64;
        Self {
            x: steps(point.pos.x),
            y: steps(point.pos.y),
            pressure: (point.pressure * 100.0).round() as u8,
        }
    }

    /// The point it stands for.
    #[must_use]
    pub fn ink(self, step: f64) -> InkPoint {
        InkPoint::new(
            Point::new(self.x as f64 * step, self.y as f64 * step),
            f64::from(self.pressure) / 100.0,
        )
    }
}
