//! Reactions: an emoji at a pointer, seen by all for about two seconds and kept by nobody.

use std::sync::Arc;

use drawbridge_protocol::{SlotName, SlotOp, Value};
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use super::{Editor, Effects};
use crate::document::json;
use crate::geometry::{MAX_COORDINATE, Point};

/// The slot in which others see one's reactions.
pub const REACTION_SLOT: &str = "reaction";
/// Milliseconds for which one is seen.
const SEEN: f64 = 2000.0;
/// Reactions of one person beyond this many at a time are not shown, the oldest first.
const EACH: usize = 12;
/// The same of all together.
const ALL: usize = 200;
/// An emoji of more bytes than this is none.
const BYTES: usize = 40;

/// A reaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Reaction {
    /// Whose: one's own, or that of a connection.
    pub conn: Option<u64>,
    /// One character, as people count them.
    pub emoji: Arc<str>,
    /// Where it was given, on the board.
    pub at: Point,
    /// How much of its time has passed, 0 to 1.
    pub age: f64,
    since_ms: f64,
}

/// As it travels.
#[derive(Serialize, Deserialize)]
struct Chunk {
    emoji: String,
    at: [f64; 2],
}

/// All that are seen.
#[derive(Debug, Default)]
pub(super) struct Reactions {
    all: Vec<Reaction>,
    /// Whether others have one's last one in their slot.
    told: bool,
}

/// What somebody sent, if it is something to be shown.
pub(super) fn read(value: &Value) -> Option<(Arc<str>, Point)> {
    let Chunk { emoji, at: [x, y] } = value.read().ok()?;
    let near = x.abs() <= MAX_COORDINATE && y.abs() <= MAX_COORDINATE;
    (near && is_emoji(&emoji)).then(|| (emoji.into(), Point::new(x, y)))
}

/// Whether a text is one character as people count them, and no letter, digit or blank.
fn is_emoji(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || c.is_control() || c.is_whitespace();
    text.len() <= BYTES && text.graphemes(true).count() == 1 && !text.chars().next().is_none_or(plain)
}

impl Reactions {
    pub(super) fn add(&mut self, conn: Option<u64>, emoji: Arc<str>, at: Point, now_ms: f64) {
        let theirs = self.all.iter().filter(|reaction| reaction.conn == conn).count();
        let oldest = if theirs >= EACH {
            self.all.iter().position(|reaction| reaction.conn == conn)
        } else {
            (self.all.len() >= ALL).then_some(0)
        };
        oldest.map(|oldest| self.all.remove(oldest));
        self.all.push(Reaction {
            conn,
            emoji,
            at,
            age: 0.0,
            since_ms: now_ms,
        });
    }

    /// Lets them grow old; says whether any is left.
    pub(super) fn fade(&mut self, now_ms: f64) -> bool {
        for reaction in &mut self.all {
            reaction.age = ((now_ms - reaction.since_ms) / SEEN).clamp(0.0, 1.0);
        }
        self.all.retain(|reaction| reaction.age < 1.0);
        !self.all.is_empty()
    }

    /// What takes one's last one out of the slot when its time is over: who comes later must not see it.
    pub(super) fn taken_back(&mut self) -> Option<(SlotName, SlotOp)> {
        let own = self.all.iter().any(|reaction| reaction.conn.is_none());
        if own || !std::mem::take(&mut self.told) {
            return None;
        }
        Some((SlotName::new(REACTION_SLOT).ok()?, SlotOp::Clear))
    }
}

impl Editor {
    /// Shows an emoji at a point of the board to all.
    pub fn react(&mut self, emoji: &str, at: Point) -> Effects {
        let (Ok(slot), true) = (SlotName::new(REACTION_SLOT), at.is_finite() && is_emoji(emoji)) else {
            return Effects::default();
        };
        self.reactions.add(None, emoji.into(), at, self.now_ms);
        self.reactions.told = true;
        let chunk = Chunk {
            emoji: emoji.to_owned(),
            at: [at.x, at.y],
        };
        Effects {
            told: vec![(slot, SlotOp::Put(vec![json(&chunk)]))],
            changed: true,
            ..Effects::default()
        }
    }

    /// Reactions that are still seen, the oldest first.
    pub fn reactions(&self) -> impl Iterator<Item = &Reaction> {
        self.reactions.all.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d39_only_one_character_that_is_no_letter_is_a_reaction() {
        let chunk = |emoji: &str, at: &str| {
            let text = format!(r#"{{"emoji":{},"at":{at}}}"#, json(emoji).as_str());
            read(&Value::from_text(text).expect("JSON")).is_some()
        };
        for emoji in ["👍", "❤️", "👩‍🚀", "❓"] {
            assert!(chunk(emoji, "[1,2]"), "{emoji}");
        }
        for other in ["", "a", "ab", "👍👍", " ", "7", "\n", &"👩‍".repeat(20)] {
            assert!(!chunk(other, "[1,2]"), "{other:?}");
        }
        assert!(!chunk("👍", "[1e300,0]"));
    }

    #[test]
    fn d39_they_fade_and_a_flood_shows_only_the_last_few() {
        let mut reactions = Reactions::default();
        for n in 0..100 {
            reactions.add(Some(7), "👍".into(), Point::new(f64::from(n), 0.0), 0.0);
        }
        reactions.add(Some(8), "🎉".into(), Point::ORIGIN, 1000.0);
        assert!(reactions.fade(1000.0));
        assert_eq!((reactions.all.len(), reactions.all[0].at.x), (EACH + 1, 88.0));
        assert_eq!(reactions.all[0].age, 0.5);
        assert!(reactions.fade(2500.0));
        assert_eq!(reactions.all.len(), 1);
        assert!(!reactions.fade(3000.0));
        for conn in 0..1000 {
            reactions.add(Some(conn), "👍".into(), Point::ORIGIN, 0.0);
        }
        assert_eq!(reactions.all.len(), ALL);
    }
}
