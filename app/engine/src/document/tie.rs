//! What a line's ends hold on to, as it is stored.

use drawbridge_protocol::{ElementId, Value};
use serde::{Deserialize, Serialize, Serializer};

use super::json::{Number, json, read};
use crate::geometry::Point;

/// What an end of a line holds on to.
#[derive(Debug, Clone, PartialEq)]
pub struct Tie {
    /// The element; it need not be there.
    pub id: ElementId,
    /// The point of it that the line aims at: in the unit square of its own rectangle.
    pub at: Point,
}

impl Tie {
    /// One as exact as it is stored.
    #[must_use]
    pub fn new(id: ElementId, at: Point) -> Self {
        // A thousandth of a side can't be seen.
        let part = |v: f64| (v.clamp(0.0, 1.0) * 1000.0).round() / 1000.0;
        let at = Point::new(part(at.x), part(at.y));
        Self { id, at }
    }
}

/// What is stored for an end that holds on to nothing.
const NONE: &str = "none";
/// The properties of a line's first and its last point.
pub(crate) const ENDS: [&str; 2] = ["from", "to"];

impl Serialize for Tie {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Json<'a> {
            id: &'a ElementId,
            at: [Number; 2],
        }
        let at = [Number(self.at.x), Number(self.at.y)];
        Json { id: &self.id, at }.serialize(serializer)
    }
}

/// An end's property.
pub(crate) fn tie_json(tie: Option<&Tie>) -> Value {
    match tie {
        Some(tie) => json(tie),
        // `null` would be what the element was born with.
        None => json(NONE),
    }
}

/// Reads an end's property; `None` where it has another shape.
pub(crate) fn read_tie(text: &str) -> Option<Option<Tie>> {
    #[derive(Deserialize)]
    struct Json {
        id: ElementId,
        at: [f64; 2],
    }
    if read::<String>(text).is_some_and(|word| word == NONE) {
        return Some(None);
    }
    let Json { id, at: [x, y] } = read(text)?;
    let at = Point::new(x.clamp(0.0, 1.0), y.clamp(0.0, 1.0));
    Some(Some(Tie { id, at }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d30_an_end_is_read_leniently_and_written_shortly() {
        let read = |text| read_tie(text);
        let tie = |x, y| Tie {
            id: ElementId::new("a").expect("an id"),
            at: Point::new(x, y),
        };
        assert_eq!(
            read(r#"{"id":"a","at":[0.5,2],"more":1}"#),
            Some(Some(tie(0.5, 1.0)))
        );
        assert_eq!(read(r#""none""#), Some(None));
        for odd in [
            "null",
            "7",
            r#""some""#,
            r#"{"id":"a"}"#,
            r#"{"id":"","at":[0,0]}"#,
            r#"{"id":"a","at":[0]}"#,
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
        assert_eq!(
            tie_json(Some(&Tie::new(tie(0.0, 0.0).id, Point::new(1.0 / 3.0, 3.0)))).as_str(),
            r#"{"id":"a","at":[0.333,1]}"#
        );
        assert_eq!(tie_json(None).as_str(), r#""none""#);
    }
}
