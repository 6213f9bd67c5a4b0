//! What people have said on a board, kept up to date cell by cell. A message is an element of a kind of its own (SPEC D40): it
//! lies nowhere on the board, so scene, selection and pictures never hear of it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use drawbridge_protocol::{Cell, ElementId, Property, Stamp, Value};
use serde::Serialize;

use super::Document;
use super::json::{Members, json};

/// The longest message, in characters.
pub const MESSAGE_MAX: usize = 4000;
/// A name is shown up to this many characters.
const NAME_MAX: usize = 40;
/// A `base` above so many bytes is no message: nothing as large is looked into.
const BASE_MAX: usize = 64 << 10;
/// So many messages are held, the latest.
const MOST: usize = 10_000;
/// The kind of an element that is a message.
const KIND: &str = "message";

/// Something that somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The element.
    pub id: ElementId,
    /// When it was said, and by whom.
    pub said: Stamp,
    /// What they were called; empty if they didn't say.
    pub name: String,
    /// Their colour as `#rrggbb`; empty if they didn't say.
    pub color: String,
    /// At most [`MESSAGE_MAX`] characters; lines end with `\n`.
    pub text: String,
}

/// All of it, in the order of stamps.
#[derive(Debug, Clone, Default)]
pub struct Chat {
    /// Every element that ever was a message, and where it stands if it is shown.
    known: HashMap<ElementId, Option<Stamp>>,
    shown: BTreeMap<(Stamp, ElementId), Message>,
}

impl Chat {
    /// Takes note of cells that the document has taken in. Gives the messages that are there since.
    pub fn note<'a>(
        &mut self,
        document: &Document,
        cells: impl IntoIterator<Item = &'a Cell>,
    ) -> Vec<ElementId> {
        let mut came = Vec::new();
        for cell in cells {
            let id = &cell.element;
            let concerns = match cell.prop.as_str() {
                // Most are strokes: only what may be a message is read.
                Property::BASE => {
                    let base = cell.value.as_str();
                    base.len() <= BASE_MAX && base.contains("\"message\"") || self.known.contains_key(id)
                }
                Property::DELETED => self.known.contains_key(id),
                _ => false,
            };
            if concerns && self.reread(document, id) {
                came.push(id.clone());
            }
        }
        came
    }

    /// Reads one anew, of which the document says something else now. Says whether it is a message that wasn't there before.
    pub fn reread(&mut self, document: &Document, id: &ElementId) -> bool {
        let before = self.known.get(id).copied().flatten();
        if let Some(said) = before {
            self.shown.remove(&(said, id.clone()));
            self.known.insert(id.clone(), None);
        }
        let base = document.get(id.as_str(), Property::BASE);
        let Some(message) = base.and_then(|(said, base)| read(id, said, base)) else {
            return false;
        };
        let said = message.said;
        let deleted = document.get(id.as_str(), Property::DELETED);
        let is_shown = deleted.is_none_or(|(_, value)| value.as_str() != "true");
        self.known.insert(id.clone(), is_shown.then_some(said));
        if is_shown {
            self.shown.insert((said, id.clone()), message);
        }
        while self.shown.len() > MOST {
            if let Some(((_, oldest), _)) = self.shown.pop_first() {
                self.known.insert(oldest, None);
            }
        }
        is_shown && before.is_none() && self.shown.contains_key(&(said, id.clone()))
    }

    /// Whether an element is a message, or was one.
    #[must_use]
    pub fn knows(&self, id: &ElementId) -> bool {
        self.known.contains_key(id)
    }

    /// A message that is shown.
    #[must_use]
    pub fn get(&self, id: &ElementId) -> Option<&Message> {
        let said = self.known.get(id).copied().flatten()?;
        self.shown.get(&(said, id.clone()))
    }

    /// What was said, the oldest first; the latest 10,000 messages.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        self.shown.values()
    }

    /// What was said after a stamp.
    pub fn after(&self, said: Stamp) -> impl DoubleEndedIterator<Item = &Message> {
        // No id is above this one.
        let last = ElementId::new(&"z".repeat(64)).ok();
        let from = last.map_or(Bound::Unbounded, |last| Bound::Excluded((said, last)));
        self.shown
            .range((from, Bound::Unbounded))
            .map(|(_, message)| message)
    }
}

/// A message as it is written.
#[must_use]
pub fn message_json(text: &str, name: &str, color: &str) -> Value {
    #[derive(Serialize)]
    struct Base<'a> {
        kind: &'static str,
        text: &'a str,
        name: &'a str,
        color: &'a str,
    }
    json(&Base {
        kind: KIND,
        text,
        name,
        color,
    })
}

/// What is said of a text that somebody wants to say: with no blanks around it, and not too long. `None` if that is nothing.
#[must_use]
pub fn message_text(text: &str) -> Option<String> {
    let plain = |c: &char| *c == '\n' || !c.is_control();
    let text: String = text.chars().filter(plain).take(MESSAGE_MAX).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A name that somebody sent: short, and in one line.
#[must_use]
pub(crate) fn read_name(text: &str) -> String {
    let name: String = text.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
    name.trim().to_owned()
}

/// A person's colour that somebody sent; empty if it isn't one.
#[must_use]
pub(crate) fn read_person_color(text: &str) -> String {
    let digits = text.strip_prefix('#').unwrap_or_default();
    let is_color = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if is_color { text.to_owned() } else { String::new() }
}

fn read(id: &ElementId, said: Stamp, base: &Value) -> Option<Message> {
    if base.as_str().len() > BASE_MAX {
        return None;
    }
    let members = Members::of(base)?;
    if members.text("kind")? != KIND {
        return None;
    }
    let text = |name: &str| members.text(name).unwrap_or_default();
    Some(Message {
        id: id.clone(),
        said,
        name: read_name(&text("name")),
        color: read_person_color(&text("color")),
        text: message_text(&text("text"))?,
    })
}

#[cfg(test)]
mod tests {
    use drawbridge_protocol::Peer;

    use super::*;

    fn stamp(ms: u64) -> Stamp {
        Stamp {
            ms,
            counter: 0,
            peer: Peer::from_bits([1; 12]),
        }
    }

    fn cell(element: &str, prop: &str, ms: u64, value: &str) -> Cell {
        Cell {
            element: ElementId::new(element).expect("an id"),
            prop: Property::new(prop).expect("a property"),
            stamp: stamp(ms),
            value: Value::from_text(value.to_owned()).expect("json"),
        }
    }

    /// A document and the chat beside it.
    #[derive(Default)]
    struct Both(Document, Chat);

    impl Both {
        fn take(&mut self, cells: &[Cell]) -> Vec<String> {
            for cell in cells {
                let _ = self.0.merge(cell);
            }
            let came = self.1.note(&self.0, cells);
            came.iter().map(|id| id.as_str().to_owned()).collect()
        }

        fn said(&self) -> Vec<&str> {
            self.1.messages().map(|message| message.text.as_str()).collect()
        }
    }

    fn said(text: &str) -> String {
        message_json(text, "Ada", "#2f6fde").as_str().to_owned()
    }

    #[test]
    fn d40_messages_stand_in_the_order_of_their_stamps_however_they_come() {
        let mut both = Both::default();
        assert_eq!(both.take(&[cell("b", "base", 20, &said("second"))]), ["b"]);
        assert_eq!(both.take(&[cell("a", "base", 10, &said("first"))]), ["a"]);
        assert_eq!(
            both.take(&[cell("c", "base", 20, &said("at the same time"))]),
            ["c"]
        );
        assert_eq!(both.said(), ["first", "second", "at the same time"]);
        let after: Vec<&str> = both.1.after(stamp(10)).map(|m| m.text.as_str()).collect();
        assert_eq!(after, ["second", "at the same time"]);
        assert_eq!(both.1.after(stamp(20)).count(), 0);
        assert!(
            both.take(&[cell("b", "base", 20, &said("second"))]).is_empty(),
            "again"
        );
    }

    #[test]
    fn d40_a_deleted_message_goes_and_may_come_back() {
        let mut both = Both::default();
        // The word that it is deleted may come before it.
        both.take(&[cell("a", "deleted", 15, "true")]);
        assert!(
            both.take(&[cell("a", "base", 10, &said("never mind"))])
                .is_empty()
        );
        assert!(both.said().is_empty());
        assert_eq!(both.take(&[cell("a", "deleted", 16, "false")]), ["a"]);
        both.take(&[cell("a", "deleted", 17, "true")]);
        assert!(both.said().is_empty() && both.1.knows(&ElementId::new("a").expect("an id")));
    }

    #[test]
    fn d40_what_cannot_be_read_is_no_message_and_does_no_harm() {
        let mut both = Both::default();
        let long = said(&"x".repeat(5000));
        let huge = said(&"x".repeat(BASE_MAX));
        let odd = [
            r#"{"kind":"message"}"#,
            r#"{"kind":"message","text":7}"#,
            r#"{"kind":"message","text":" \n "}"#,
            r#"{"kind":"note","text":"a \"message\" on a note"}"#,
            r#"["message"]"#,
            r#""message""#,
            &huge,
        ];
        for (i, base) in odd.iter().enumerate() {
            let came = both.take(&[cell(&format!("odd{i}"), "base", 5, base)]);
            assert!(came.is_empty(), "{base:.80}");
        }
        let strange =
            r#"{"text":"hello\u0007\nthere","name":["Ada"],"color":"red","kind":"message","later":1}"#;
        both.take(&[cell("a", "base", 1, strange), cell("b", "base", 2, &long)]);
        let first = both.1.messages().next().expect("a message");
        assert_eq!(
            (first.text.as_str(), first.name.as_str(), first.color.as_str()),
            ("hello\nthere", "", "")
        );
        assert_eq!(
            both.1.messages().nth(1).expect("a second").text.len(),
            MESSAGE_MAX
        );
        // It is an element like any other and is no drawing.
        assert!(
            both.0
                .elements()
                .all(|element| element.id.as_str().starts_with("odd"))
        );
    }

    #[test]
    fn only_the_latest_messages_are_held() {
        let mut both = Both::default();
        let all: Vec<Cell> = (0..MOST as u64 + 5)
            .map(|i| cell(&format!("m{i}"), "base", 100 + i, &said(&i.to_string())))
            .collect();
        both.take(&all);
        assert_eq!(both.1.messages().len(), MOST);
        assert_eq!(both.said()[0], "5");
        // One older than all of them isn't there either, and says so.
        assert!(both.take(&[cell("old", "base", 1, &said("old"))]).is_empty());
        assert_eq!(both.1.messages().len(), MOST);
    }
}
