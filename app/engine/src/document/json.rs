//! The JSON of an element's values: read leniently, written shortly.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use drawbridge_protocol::Value;
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::style::{SIZES, Style, WIDTHS};
use super::tie::ENDS;
use super::{Color, Element, Order, Rewrapped, Writer};
use crate::geometry::{Affine, MAX_COORDINATE, Route};

/// A number that is written without a fraction where it has none.
pub(super) struct Number(pub(super) f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 1e15 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// As a cell's value: for what is always JSON.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Value {
    Value::from_json(value).expect("texts, numbers and plain objects are JSON")
}

/// A number as a value.
pub(crate) fn number_json(v: f64) -> Value {
    json(&Number(v))
}

/// A point as others are told it.
pub(crate) fn point_json(x: f64, y: f64) -> Value {
    json(&[Number(x), Number(y)])
}

/// How a text is while a side of it is dragged, as others are told it.
pub(crate) fn wrap_json(text: &Rewrapped) -> Value {
    #[derive(Serialize)]
    struct Told {
        place: [Number; 6],
        wrap: Number,
    }
    json(&Told {
        place: place_numbers(text.place),
        wrap: Number(text.wrap),
    })
}

/// The same read; `None` for anything else.
pub(crate) fn read_wrapped(value: &Value) -> Option<Rewrapped> {
    let members = Members::of(value)?;
    Some(Rewrapped {
        place: members.get("place").and_then(read_place)?,
        wrap: members.get("wrap").and_then(super::element::read_wrap)??,
    })
}

/// A place as it is stored: its numbers rounded to what can be seen.
pub(crate) fn place_json(place: Affine) -> Value {
    json(&place_numbers(place))
}

fn place_numbers(place: Affine) -> [Number; 6] {
    let [a, b, c, d, e, f] = place.as_coeffs();
    // Twelve digits are exact to a nanometre on a board as wide as a house, and short where a number is round.
    let round = |v: f64| {
        let text = format!("{v:.11e}");
        text.parse().unwrap_or(v)
    };
    [a, b, c, d, e, f].map(|v| Number(round(v)))
}

/// The `base` of an element with these points. What is as it would be without is left out.
pub(super) fn base(element: &Element, points: &Writer) -> Value {
    struct Base<'a>(&'a Element, &'a Writer);
    impl Serialize for Base<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let Self(element, writer) = self;
            let (style, plain) = (&element.style, Style::of(element.kind));
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("kind", element.kind.name())?;
            map.serialize_entry("order", element.order.as_str())?;
            if element.place != Affine::IDENTITY {
                map.serialize_entry("place", &place_numbers(element.place))?;
            }
            if let Some(picture) = &element.picture {
                map.serialize_entry("image", &picture.image)?;
                map.serialize_entry("type", &picture.kind)?;
                map.serialize_entry("pixels", &picture.pixels)?;
            } else {
                map.serialize_entry("color", &style.color.to_string())?;
                if element.kind.has_line() {
                    map.serialize_entry("width", &Number(style.width))?;
                }
            }
            if style.opacity != plain.opacity {
                map.serialize_entry("opacity", &Number(style.opacity))?;
            }
            // An image has nothing but its opacity.
            let named_of = |style| {
                if element.picture.is_some() {
                    named(&plain)
                } else {
                    named(style)
                }
            };
            for (prop, value, default) in named_of(style)
                .into_iter()
                .zip(named(&plain))
                .map(|((prop, value), (_, default))| (prop, value, default))
            {
                let means = element.kind.bears_letters() || !matches!(prop, "font" | "align" | "valign");
                if means && value != default {
                    map.serialize_entry(prop, &value)?;
                }
            }
            if element.kind.bears_letters() {
                if style.size != plain.size {
                    map.serialize_entry("size", &Number(style.size))?;
                }
                if !element.text.is_empty() {
                    map.serialize_entry("text", &*element.text)?;
                }
                if let Some(wrap) = element.wrap {
                    map.serialize_entry("wrap", &Number(wrap))?;
                }
            }
            if !element.groups.is_empty() {
                let groups: Vec<&str> = element.groups.iter().map(AsRef::as_ref).collect();
                map.serialize_entry("groups", &groups)?;
            }
            if element.locked {
                map.serialize_entry("locked", &true)?;
            }
            if let Some(frame) = &element.framed_by {
                map.serialize_entry("frame", frame.as_str())?;
            }
            if !element.name.is_empty() {
                map.serialize_entry("name", &*element.name)?;
            }
            if let Some(turn) = &element.turn {
                map.serialize_entry("turn", turn.as_str())?;
            }
            for (end, tie) in ENDS.iter().zip(&element.ties) {
                if let Some(tie) = tie {
                    map.serialize_entry(end, tie)?;
                }
            }
            if element.kind.has_points() {
                let (points, pressure) = writer.texts();
                map.serialize_entry("step", &Number(element.step))?;
                map.serialize_entry("points", points)?;
                if let Some(pressure) = pressure {
                    map.serialize_entry("pressure", pressure)?;
                }
            }
            map.end()
        }
    }
    json(&Base(element, points))
}

/// The properties of a style whose values are names.
pub(crate) fn named(style: &Style) -> [(&'static str, Cow<'static, str>); 11] {
    [
        ("dash", style.dash.name().into()),
        ("sketch", style.sketch.name().into()),
        (
            "fill",
            style.fill.map_or("none".into(), |color| color.to_string().into()),
        ),
        ("shade", style.shade.name().into()),
        ("corners", style.corners.name().into()),
        ("route", style.route.map_or("", Route::name).into()),
        ("start", style.start.name().into()),
        ("end", style.end.name().into()),
        ("font", style.font.name().into()),
        ("align", style.align.name().into()),
        ("valign", style.valign.name().into()),
    ]
}

/// A further chunk of a wet stroke.
#[must_use]
pub(crate) fn chunk(writer: &Writer) -> Value {
    #[derive(Serialize)]
    struct Chunk<'a> {
        points: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        pressure: Option<&'a str>,
    }
    let (points, pressure) = writer.texts();
    json(&Chunk { points, pressure })
}

/// The members of a JSON object, not yet looked into.
pub(crate) struct Members<'a>(Vec<(Text<'a>, &'a RawValue)>);

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
        Self::read(value.as_str())
    }

    /// `None` if the text is no object.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Of several with one name, the last.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        let mut last_first = self.0.iter().rev();
        last_first
            .find(|(held, _)| held.0 == name)
            .map(|(_, raw)| raw.get())
    }

    /// All of them by name: for objects that may have very many. Of several with one name, the last.
    pub(crate) fn into_map(self) -> HashMap<Cow<'a, str>, &'a str> {
        let members = self.0.into_iter();
        members.map(|(name, raw)| (name.0, raw.get())).collect()
    }

    pub(crate) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        let text: Text<'a> = serde_json::from_str(self.get(name)?).ok()?;
        Some(text.0)
    }
}

/// Reads one member or property; `None` where it has another shape.
pub(crate) fn read<T: serde::de::DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

pub(super) fn read_color(json: &str) -> Option<Color> {
    read::<String>(json)?.parse().ok()
}

pub(super) fn read_width(json: &str) -> Option<f64> {
    read::<f64>(json)
        .filter(|w| *w > 0.0)
        .map(|w| w.clamp(*WIDTHS.start(), *WIDTHS.end()))
}

pub(super) fn read_size(json: &str) -> Option<f64> {
    read::<f64>(json)
        .filter(|size| *size > 0.0)
        .map(|size| size.clamp(*SIZES.start(), *SIZES.end()))
}

pub(super) fn read_order(json: &str) -> Option<Order> {
    read::<String>(json).map(|text| Order::from(text.as_str()))
}

pub(crate) fn read_place(json: &str) -> Option<Affine> {
    let numbers: [f64; 6] = read(json)?;
    numbers
        .iter()
        .all(|n| n.abs() <= MAX_COORDINATE)
        .then(|| Affine::new(numbers))
}
