//! JSON that can be broken on purpose: members may come twice, numbers are texts, and any part can be changed.

use super::choices::Choices;

/// Deeper than this nothing is made.
const DEEPEST: usize = 300;
/// Longer than this nothing is made, in parts.
const MOST: usize = 4_000;

/// A part of a JSON text.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// As it is written: a number, a text, a word.
    Leaf(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    pub(super) fn of(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            serde_json::Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, value)| (name.clone(), Self::of(value)));
                Self::Object(members.collect())
            }
            leaf => Self::Leaf(leaf.to_string()),
        }
    }

    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Leaf(text) => out.push_str(text),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    out.push_str(&serde_json::Value::from(name.as_str()).to_string());
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    fn parts(&self) -> usize {
        1 + match self {
            Self::Leaf(_) => 0,
            Self::List(items) => items.iter().map(Self::parts).sum(),
            Self::Object(members) => members.iter().map(|(_, value)| value.parts()).sum(),
        }
    }

    /// The part with this number, counted from the outside.
    fn part(&mut self, at: &mut usize) -> Option<&mut Self> {
        if *at == 0 {
            return Some(self);
        }
        *at -= 1;
        match self {
            Self::Leaf(_) => None,
            Self::List(items) => items.iter_mut().find_map(|item| item.part(at)),
            Self::Object(members) => members.iter_mut().find_map(|(_, value)| value.part(at)),
        }
    }

    /// Changes one part as the choices say: drops, doubles, renames or moves what is in it, or puts something
    /// else in its place.
    pub(super) fn change(&mut self, choices: &mut Choices<'_>) {
        let parts = self.parts();
        let mut at = choices.below(parts);
        let mut from = choices.below(parts);
        let other = self.part(&mut from).map(|part| part.clone());
        let room = MOST.saturating_sub(parts);
        let Some(part) = self.part(&mut at) else { return };
        let which = choices.byte();
        let place = usize::from(choices.byte());
        match (which % 8, part) {
            (0, part) => *part = Self::Leaf(choices.of(&LEAVES).to_string()),
            (1, part) => {
                let other = other.filter(|other| other.parts() < room);
                *part = other.unwrap_or(Self::List(Vec::new()));
            }
            (2, part) => nest(part, choices),
            (3, part) => *part = long(choices),
            (4, Self::List(items)) if !items.is_empty() => drop(items.remove(place % items.len())),
            (4, Self::Object(members)) if !members.is_empty() => drop(members.remove(place % members.len())),
            (5, Self::List(items)) if !items.is_empty() => {
                let item = items[place % items.len()].clone();
                let times = choices.below(20).min(room / item.parts());
                items.extend(std::iter::repeat_n(item, times));
            }
            (5, Self::Object(members)) if !members.is_empty() && room > parts => {
                let member = members[place % members.len()].clone();
                members.push(member);
            }
            (6, Self::Object(members)) if !members.is_empty() => {
                let place = place % members.len();
                members[place].0 = choices.of(&NAMES).to_string();
            }
            (7, Self::Object(members)) => {
                let value = other.filter(|other| other.parts() < room);
                let value = value.unwrap_or(Self::Leaf("0".to_owned()));
                members.push((choices.of(&NAMES).to_string(), value));
            }
            (_, part) => *part = Self::Leaf(choices.of(&LEAVES).to_string()),
        }
    }
}

/// Puts a part within lists or objects, around as deep as values may be.
fn nest(part: &mut Node, choices: &mut Choices<'_>) {
    let depth = *choices.of(&[1, 2, 62, 63, 64, 65, 126, 127, 128, DEEPEST]);
    let lists = choices.byte().is_multiple_of(2);
    for _ in 0..depth {
        let inner = std::mem::replace(part, Node::List(Vec::new()));
        *part = if lists {
            Node::List(vec![inner])
        } else {
            Node::Object(vec![("a".to_owned(), inner)])
        };
    }
}

/// A long text.
fn long(choices: &mut Choices<'_>) -> Node {
    let length = *choices.of(&[17, 64, 65, 96, 97, 128, 129, 4096, 20_000]);
    let unit = choices.of(&["x", "1 ", "-1", "9 ", "\\u0000", "é", "\\\"", "["]);
    Node::Leaf(format!("\"{}\"", unit.repeat(length)))
}

const LEAVES: [&str; 40] = [
    "0",
    "1",
    "-1",
    "1.5",
    "1e3",
    "1e400",
    "-0",
    "255",
    "256",
    "4294967295",
    "4294967296",
    "9007199254740991",
    "9007199254740992",
    "9223372036854775807",
    "18446744073709551615",
    "18446744073709551616",
    "null",
    "true",
    "false",
    "\"\"",
    "\"a b\"",
    "\"..\"",
    "\"/\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"é\"",
    "\"AAAAAAAAAAAAAAAA\"",
    "\"clear\"",
    "\"never\"",
    "\"edit\"",
    "\"black\"",
    "\"#12345\"",
    "\"#é2345\"",
    "\"0 0\"",
    "\"1 2 3\"",
    "\"9007199254740991 0 1 1\"",
    "[]",
    "{}",
    "[1,0,0,1,1e300,0]",
    "[0,0,\"AAAAAAAAAAAAAAAA\"]",
];

const NAMES: [&str; 34] = [
    "", "a", "a b", "hello", "write", "live", "welcome", "cells", "ack", "refused", "element", "prop",
    "stamp", "value", "id", "ends", "put", "add", "clear", "conn", "peer", "about", "slots", "cursor",
    "limits", "window", "frame", "base", "deleted", "kind", "points", "pressure", "step", "width",
];
