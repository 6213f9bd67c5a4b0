//! The dry document: last-writer-wins cells and their merge.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{ElementId, Property, Stamp};

/// A cell's value or a wet chunk: one JSON text, kept byte for byte as its writer wrote it.
/// Cheap to clone.
#[derive(Clone)]
pub struct Value(Arc<RawValue>);

/// The text is not one JSON value, or not one that is taken.
#[derive(Debug, thiserror::Error)]
pub enum ValueError {
    /// Not JSON, or not of the shape asked for.
    #[error("not one JSON value: {0}")]
    Json(#[from] serde_json::Error),
    /// Lists and objects within each other, deeper than [`Value::MAX_DEPTH`]: many JSON readers would break on it.
    #[error("a value may nest at most {} deep", Value::MAX_DEPTH)]
    TooDeep,
}

impl Value {
    /// How deep lists and objects may stand within each other.
    pub const MAX_DEPTH: usize = 64;

    fn checked(raw: Box<RawValue>) -> Result<Self, ValueError> {
        if depth(raw.get()) > Self::MAX_DEPTH {
            return Err(ValueError::TooDeep);
        }
        Ok(Self(raw.into()))
    }

    /// Checks that `text` is one JSON value and takes it.
    ///
    /// # Errors
    /// When it is not.
    pub fn from_text(text: String) -> Result<Self, ValueError> {
        Self::checked(RawValue::from_string(text)?)
    }

    /// The value as JSON text.
    ///
    /// # Errors
    /// When `value` cannot be JSON: a map with keys that aren't strings, a failing `Serialize`.
    pub fn from_json<T: Serialize + ?Sized>(value: &T) -> Result<Self, ValueError> {
        Self::checked(serde_json::value::to_raw_value(value)?)
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Reads the value as a `T`.
    ///
    /// # Errors
    /// When it has another shape.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ValueError> {
        Ok(serde_json::from_str(self.as_str())?)
    }
}

/// How deep lists and objects stand within each other in a JSON text.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            // Brackets in a text don't count.
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    deepest
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().as_bytes().cmp(other.as_str().as_bytes())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::checked(Box::<RawValue>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// What a cell is the value of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellKey {
    /// Whose property it is.
    pub element: ElementId,
    /// Which property.
    pub prop: Property,
}

impl CellKey {
    /// The key of one property of one element.
    #[must_use]
    pub fn new(element: ElementId, prop: Property) -> Self {
        Self { element, prop }
    }
}

/// `(element, property) -> (stamp, value)`: the unit of the document, of its merge and of storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Whose property it is.
    pub element: ElementId,
    /// Which property.
    pub prop: Property,
    /// When it was written, and by whom.
    pub stamp: Stamp,
    /// The property's whole value.
    pub value: Value,
}

impl Cell {
    /// What it is the value of.
    #[must_use]
    pub fn key(&self) -> CellKey {
        CellKey {
            element: self.element.clone(),
            prop: self.prop.clone(),
        }
    }

    /// Whether this cell wins over `(stamp, value)` of the same key: the greater stamp does, on
    /// equal stamps the greater value bytes.
    #[must_use]
    pub fn beats(&self, stamp: Stamp, value: &str) -> bool {
        (self.stamp, self.value.as_str().as_bytes()) > (stamp, value.as_bytes())
    }

    /// The bytes that count towards limits: names and value.
    #[must_use]
    pub fn size(&self) -> usize {
        self.element.as_str().len() + self.prop.as_str().len() + self.value.as_str().len()
    }
}

/// A set of winning cells, one a key. The merge is commutative, associative and idempotent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CellSet(BTreeMap<CellKey, (Stamp, Value)>);

impl CellSet {
    /// Takes the cell in if it wins; says whether it did.
    pub fn merge(&mut self, cell: &Cell) -> bool {
        let key = cell.key();
        match self.0.get_mut(&key) {
            Some((stamp, value)) if !cell.beats(*stamp, value.as_str()) => false,
            Some(held) => {
                *held = (cell.stamp, cell.value.clone());
                true
            }
            None => {
                self.0.insert(key, (cell.stamp, cell.value.clone()));
                true
            }
        }
    }

    /// The winning stamp and value of a key.
    #[must_use]
    pub fn get(&self, key: &CellKey) -> Option<(Stamp, &Value)> {
        self.0.get(key).map(|(stamp, value)| (*stamp, value))
    }

    /// All winning cells, ordered by key.
    pub fn iter(&self) -> impl Iterator<Item = Cell> + '_ {
        self.0.iter().map(|(key, (stamp, value))| Cell {
            element: key.element.clone(),
            prop: key.prop.clone(),
            stamp: *stamp,
            value: value.clone(),
        })
    }

    /// How many keys have a cell.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Peer;
    use proptest::prelude::*;

    /// Cells that collide often: few elements, properties, times, peers and values.
    fn cells() -> impl Strategy<Value = Vec<Cell>> {
        let cell =
            (0u8..3, 0u8..2, 0u64..3, 0u32..2, 0u8..2, 0u8..3).prop_map(|(e, p, ms, counter, peer, v)| {
                Cell {
                    element: ElementId::new(&format!("e{e}")).expect("an id"),
                    prop: Property::new(&format!("p{p}")).expect("a property"),
                    stamp: Stamp {
                        ms,
                        counter,
                        peer: Peer::from_bits([peer; 12]),
                    },
                    value: Value::from_text(format!("{}", u32::from(v) * 7)).expect("json"),
                }
            });
        proptest::collection::vec(cell, 0..20)
    }

    fn merged(parts: &[&[Cell]]) -> CellSet {
        let mut set = CellSet::default();
        parts.iter().flat_map(|part| part.iter()).for_each(|cell| {
            set.merge(cell);
        });
        set
    }

    proptest! {
        #[test]
        fn m1_merge_is_commutative(a in cells(), b in cells()) {
            prop_assert_eq!(merged(&[&a, &b]), merged(&[&b, &a]));
        }

        #[test]
        fn m1_merge_is_associative(a in cells(), b in cells(), c in cells()) {
            let left: Vec<Cell> = merged(&[&a, &b]).iter().collect();
            let right: Vec<Cell> = merged(&[&b, &c]).iter().collect();
            prop_assert_eq!(merged(&[&left, &c]), merged(&[&a, &right]));
        }

        #[test]
        fn m1_merge_is_idempotent(a in cells()) {
            let once = merged(&[&a]);
            prop_assert_eq!(&merged(&[&a, &a]), &once);
            let mut again = once.clone();
            for cell in once.iter() {
                prop_assert!(!again.merge(&cell), "an equal cell must not win");
            }
        }

        #[test]
        fn m2_the_greatest_stamp_then_value_wins(a in cells()) {
            let set = merged(&[&a]);
            for cell in &a {
                let (stamp, value) = set.get(&cell.key()).expect("a winner");
                prop_assert!((stamp, value.as_str().as_bytes()) >= (cell.stamp, cell.value.as_str().as_bytes()));
            }
        }
    }

    #[test]
    fn m3_a_value_nests_at_most_64_deep() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(Value::from_text(nested(64)).is_ok());
        assert!(matches!(Value::from_text(nested(65)), Err(ValueError::TooDeep)));
        assert!(serde_json::from_str::<Value>(&nested(65)).is_err());
        let text = format!(r#"["{}\"{}"]"#, "[".repeat(99), "{".repeat(99));
        assert!(Value::from_text(text).is_ok(), "brackets in a text don't count");
        let wide = format!("[{}]", vec!["[[]]"; 99].join(","));
        assert!(Value::from_text(wide).is_ok());
    }

    #[test]
    fn m3_a_value_keeps_its_bytes() {
        let text =
            r#"{"element":"e","prop":"p","stamp":[1,0,"AAAAAAAAAAAAAAAA"],"value":{ "b":1.50, "a" : [ ] }}"#;
        let cell: Cell = serde_json::from_str(text).expect("a cell");
        assert_eq!(cell.value.as_str(), r#"{ "b":1.50, "a" : [ ] }"#);
        assert_eq!(serde_json::to_string(&cell).expect("json"), text);
    }
}
