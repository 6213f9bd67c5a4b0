//! Somebody else on the board, as far as their slots tell.

use std::collections::BTreeSet;
use std::sync::Arc;

use drawbridge_protocol::{ElementId, Here, Peer, Role, SlotName, SlotOp, Value};
use serde::{Deserialize, Serialize};

use super::about::{About, State};
use super::{ABOUT_SLOT, FOLLOW_SLOT, PRESENT_SLOT, SAY_SLOT, SELECTION_SLOT};
use crate::document::json;
use crate::editor::{CURSOR_SLOT, REACTION_SLOT, VIEW_SLOT};
use crate::geometry::{MAX_COORDINATE, Point, Rect};
use crate::tools::LASER_SLOT;

/// Selected elements of one person beyond this many are neither told nor outlined.
pub const SELECTED: usize = 200;
/// What is said at a pointer has at most this many characters.
pub const SAID: usize = 200;
/// Slots of something under way beyond this many are not counted.
const HANDS: usize = 256;

/// What somebody does, as others are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// They draw, drag or type.
    Drawing,
    /// They are there.
    #[default]
    Active,
    /// They have done nothing for a minute.
    Idle,
    /// They don't see the board, or have done nothing for five minutes.
    Away,
}

/// What is typed at a pointer.
#[derive(Debug, Clone, PartialEq)]
pub struct Saying {
    /// At most [`SAID`] characters, on one line.
    pub text: Arc<str>,
    /// Where it began, in board units.
    pub at: Point,
}

/// As it travels.
#[derive(Serialize, Deserialize)]
struct Said {
    text: String,
    at: [f64; 2],
}

impl Saying {
    /// A text that is said at a place: cut off, and on one line.
    #[must_use]
    pub fn new(text: &str, at: Point) -> Self {
        let kept = text.chars().filter(|c| !c.is_control()).take(SAID);
        Self {
            text: kept.collect::<String>().into(),
            at,
        }
    }

    /// As it travels.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json(&Said {
            text: self.text.to_string(),
            at: [self.at.x, self.at.y],
        })
    }

    /// What somebody sent, if it is something to be shown.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let Said { text, at: [x, y] } = value.read().ok()?;
        let said = Self::new(&text, sane(x, y)?);
        (!said.text.trim().is_empty()).then_some(said)
    }
}

/// Somebody else on the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The connection's number.
    pub conn: u64,
    /// This run of their program.
    pub peer: Peer,
    /// What they say of themselves.
    pub about: About,
    /// Where their pointer is, in board units; `None` when it isn't on the board.
    pub cursor: Option<Point>,
    /// What they see of the board; `None` while that isn't known.
    pub view: Option<Rect>,
    /// What they may do.
    pub role: Role,
    /// The link that they came by: the first characters of its hash.
    pub via: String,
    /// What they have selected.
    pub selection: Vec<ElementId>,
    /// The connection whose view they follow.
    pub follows: Option<u64>,
    /// Whether they ask everybody to follow them.
    pub presents: bool,
    /// What they type at their pointer.
    pub says: Option<Saying>,
    /// What their hello said: it holds again when they clear what they said since.
    hello: About,
    /// Slots of what they have under way: strokes, drags, letters.
    hands: BTreeSet<SlotName>,
}

/// What became of an operation on a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heard {
    /// Whether it concerns nobody but presence.
    pub(super) own: bool,
    /// Whether it changes what a list of people shows.
    pub(super) listed: bool,
}

impl Person {
    pub(super) fn new(here: &Here) -> Self {
        let about = About::read(&here.about);
        Self {
            conn: here.conn,
            peer: here.peer,
            role: here.role,
            via: here.via.clone(),
            about: about.clone(),
            cursor: None,
            view: None,
            selection: Vec::new(),
            follows: None,
            presents: false,
            says: None,
            hello: about,
            hands: BTreeSet::new(),
        }
    }

    /// What they do.
    #[must_use]
    pub fn doing(&self) -> Doing {
        match self.about.state {
            _ if !self.hands.is_empty() => Doing::Drawing,
            State::Active => Doing::Active,
            State::Idle => Doing::Idle,
            State::Away => Doing::Away,
        }
    }

    pub(super) fn hear(&mut self, slot: &SlotName, op: &SlotOp) -> Heard {
        let last = match op {
            SlotOp::Put(chunks) | SlotOp::Add(chunks) => chunks.last(),
            SlotOp::Clear => None,
        };
        let listed = match slot.as_str() {
            CURSOR_SLOT => {
                self.cursor = last.and_then(point);
                false
            }
            VIEW_SLOT => {
                self.view = last.and_then(view);
                false
            }
            SELECTION_SLOT => {
                self.selection = last.map(selection).unwrap_or_default();
                false
            }
            SAY_SLOT => {
                self.says = last.and_then(Saying::read);
                false
            }
            ABOUT_SLOT => {
                self.about = last.map_or_else(|| self.hello.clone(), About::read);
                true
            }
            FOLLOW_SLOT => {
                self.follows = last.and_then(|value| value.read().ok());
                true
            }
            PRESENT_SLOT => {
                self.presents = last.is_some();
                true
            }
            LASER_SLOT | REACTION_SLOT => {
                return Heard {
                    own: false,
                    listed: false,
                };
            }
            _ => {
                let had = self.hands.len();
                match op {
                    SlotOp::Clear => {
                        self.hands.remove(slot);
                    }
                    SlotOp::Put(_) | SlotOp::Add(_) if had < HANDS => {
                        self.hands.insert(slot.clone());
                    }
                    SlotOp::Put(_) | SlotOp::Add(_) => {}
                }
                return Heard {
                    own: false,
                    listed: (had == 0) != self.hands.is_empty(),
                };
            }
        };
        Heard { own: true, listed }
    }
}

fn sane(x: f64, y: f64) -> Option<Point> {
    let near = |v: f64| v.is_finite() && v.abs() <= MAX_COORDINATE;
    (near(x) && near(y)).then(|| Point::new(x, y))
}

/// A pointer's place as somebody sent it.
fn point(value: &Value) -> Option<Point> {
    let [x, y] = value.read::<[f64; 2]>().ok()?;
    sane(x, y)
}

/// What somebody sees, as they sent it.
fn view(value: &Value) -> Option<Rect> {
    let [x0, y0, x1, y1] = value.read::<[f64; 4]>().ok()?;
    let sane = |v: f64| v.is_finite() && v.abs() <= 10.0 * MAX_COORDINATE;
    let all = [x0, y0, x1, y1].into_iter().all(sane);
    (all && x0 < x1 && y0 < y1).then(|| Rect::new(x0, y0, x1, y1))
}

/// What somebody has selected, as they sent it.
fn selection(value: &Value) -> Vec<ElementId> {
    let ids: Vec<String> = value.read().unwrap_or_default();
    let ids = ids.iter().take(SELECTED);
    ids.filter_map(|id| ElementId::new(id).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        Value::from_text(text.to_owned()).expect("json")
    }

    fn slot(name: &str) -> SlotName {
        SlotName::new(name).expect("a slot")
    }

    fn put(person: &mut Person, name: &str, text: &str) -> Heard {
        person.hear(&slot(name), &SlotOp::Put(vec![value(text)]))
    }

    fn bob() -> Person {
        Person::new(&Here {
            conn: 9,
            peer: Peer::from_bits([9; 12]),
            about: value(r#"{"name":"Bob"}"#),
            role: Role::Edit,
            via: String::new(),
            slots: Default::default(),
        })
    }

    #[test]
    fn v8_whoever_has_something_under_way_is_drawing() {
        let mut bob = bob();
        assert_eq!(bob.doing(), Doing::Active);
        put(&mut bob, "about", r#"{"name":"Bob","state":"idle"}"#);
        assert_eq!(bob.doing(), Doing::Idle);
        for name in ["Zr3kQ0a9xW1bYc_d", "drag.1", "text.abc.1"] {
            let heard = put(&mut bob, name, "{}");
            assert!(heard.listed && !heard.own, "{name}");
            assert!(!put(&mut bob, name, "{}").listed, "it goes on");
            assert_eq!(bob.doing(), Doing::Drawing, "{name}");
            assert!(bob.hear(&slot(name), &SlotOp::Clear).listed);
            assert_eq!(bob.doing(), Doing::Idle, "{name}");
        }
        for name in [
            "cursor",
            "view",
            "laser",
            "reaction",
            "selection",
            "follow",
            "present",
            "say",
        ] {
            put(&mut bob, name, "{}");
            assert_eq!(bob.doing(), Doing::Idle, "{name}");
        }
        for n in 0..10 * HANDS {
            put(&mut bob, &format!("s{n}"), "{}");
        }
        assert_eq!(bob.hands.len(), HANDS);
    }

    #[test]
    fn v9_a_selection_is_a_bounded_list_of_ids() {
        let mut bob = bob();
        put(&mut bob, "selection", r#"["a","","b"]"#);
        let ids: Vec<&str> = bob.selection.iter().map(ElementId::as_str).collect();
        assert_eq!(ids, ["a", "b"]);
        let many: Vec<String> = (0..10_000).map(|n| format!("e{n}")).collect();
        put(&mut bob, "selection", json(&many).as_str());
        assert_eq!(bob.selection.len(), SELECTED);
        for other in ["7", "{}", r#"[{"id":"a"}]"#] {
            put(&mut bob, "selection", other);
            assert!(bob.selection.is_empty(), "{other}");
        }
        put(&mut bob, "selection", r#"["a"]"#);
        bob.hear(&slot("selection"), &SlotOp::Clear);
        assert!(bob.selection.is_empty());
    }

    #[test]
    fn v10_v11_whom_they_follow_and_whether_they_present() {
        let mut bob = bob();
        put(&mut bob, "follow", "12");
        assert_eq!(bob.follows, Some(12));
        for other in ["-1", r#""12""#, "[]", "1.5"] {
            put(&mut bob, "follow", other);
            assert_eq!(bob.follows, None, "{other}");
        }
        put(&mut bob, "present", "{}");
        assert!(bob.presents);
        bob.hear(&slot("present"), &SlotOp::Put(Vec::new()));
        assert!(!bob.presents);
    }

    #[test]
    fn v12_what_is_said_is_short_on_one_line_and_somewhere() {
        let mut bob = bob();
        put(&mut bob, "say", r#"{"text":"Look\nhere\u0000","at":[1,2]}"#);
        let said = bob.says.clone().expect("it is said");
        assert_eq!((&*said.text, said.at), ("Lookhere", Point::new(1.0, 2.0)));
        assert_eq!(Saying::read(&said.to_value()), Some(said));
        let long = format!(r#"{{"text":"{}","at":[0,0]}}"#, "é".repeat(5000));
        put(&mut bob, "say", &long);
        assert_eq!(bob.says.clone().expect("it is said").text.chars().count(), SAID);
        for other in [
            r#"{"text":"  ","at":[1,2]}"#,
            r#"{"text":"a","at":[1e300,2]}"#,
            r#"{"text":"a"}"#,
            "7",
        ] {
            put(&mut bob, "say", other);
            assert_eq!(bob.says, None, "{other}");
        }
    }
}
