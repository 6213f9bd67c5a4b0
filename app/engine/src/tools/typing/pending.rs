//! Letters on their way: what one has typed, what of that is dry, and what others have been told.

use drawbridge_protocol::{ElementId, Peer, Property, SlotName, SlotOp, Value};
use serde::{Deserialize, Serialize};

use super::super::{Outcome, Set, Slots};
use crate::document::text::{Letter, MAX_OPS, Ops, Sequence, property_of};
use crate::document::{Document, Element, json};

/// What the slots begin with in which others see what somebody types; an element and a number follow.
pub(crate) const SLOT: &str = "text.";

/// What such a slot holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) peer: Peer,
    pub(crate) ops: Value,
    /// The letter before the caret.
    pub(crate) at: Option<(String, u32)>,
}

impl Told {
    /// Where the caret is.
    pub(crate) fn caret(&self) -> Option<Letter> {
        let (by, n) = self.at.as_ref()?;
        Some(Letter {
            by: Peer::new(by).ok(),
            n: *n,
        })
    }
}

/// An element and a number, from the name of a slot.
pub(crate) fn of_slot(slot: &str) -> Option<(ElementId, u64)> {
    let (id, number) = slot.strip_prefix(SLOT)?.split_once('.')?;
    Some((ElementId::new(id).ok()?, number.parse().ok()?))
}

/// One's own letters in one element.
#[derive(Debug)]
pub(super) struct Pending {
    id: ElementId,
    me: Peer,
    /// The element, as long as it isn't on the board.
    fresh: Option<Box<Element>>,
    /// Whether it was born in this typing.
    pub(super) is_own: bool,
    /// Whether it is to be written that the element is there.
    revives: bool,
    ops: Ops,
    dry: Ops,
    /// Tells the slots of one typing after the other.
    number: u64,
    /// Whether others have been told of letters or caret since the last write.
    told: bool,
    sent: bool,
}

impl Pending {
    /// In a new element. `number` tells it from other typings.
    pub(super) fn fresh(element: Element, me: Peer, number: u64) -> Self {
        Self {
            id: element.id.clone(),
            me,
            fresh: Some(Box::new(element)),
            is_own: true,
            revives: false,
            ops: Ops::default(),
            dry: Ops::default(),
            number: number << 20,
            told: false,
            sent: false,
        }
    }

    /// In an element that is on the board. `number` tells it from other typings.
    pub(super) fn within(id: ElementId, me: Peer, number: u64, document: &Document) -> Self {
        let dry = document.ops(&id, me);
        Self {
            id,
            me,
            fresh: None,
            is_own: false,
            revives: true,
            ops: dry.clone(),
            dry,
            number: number << 20,
            told: false,
            sent: false,
        }
    }

    pub(super) fn id(&self) -> &ElementId {
        &self.id
    }

    pub(super) fn element(&self) -> Option<&Element> {
        self.fresh.as_deref()
    }

    pub(super) fn element_mut(&mut self) -> Option<&mut Element> {
        self.sent = false;
        self.fresh.as_deref_mut()
    }

    /// Whether there are letters that aren't dry.
    pub(super) fn is_wet(&self) -> bool {
        match &self.fresh {
            Some(element) => !is_nothing(element),
            None => self.ops != self.dry,
        }
    }

    /// The caret has moved, or letters have come: others are to be told.
    pub(super) fn changed(&mut self) {
        self.sent = false;
    }

    pub(super) fn has_news(&self) -> bool {
        !self.sent
    }

    /// The letters with their names; `None` as long as they have none.
    pub(super) fn sequence(&self, document: &Document) -> Option<Sequence> {
        match self.fresh {
            Some(_) => None,
            None => document.sequence(&self.id, true),
        }
    }

    /// Puts letters in place of a part of the text, in bytes. Returns what the document is to hold of it; `None` if there is no
    /// room.
    pub(super) fn replace(
        &mut self,
        range: &std::ops::Range<usize>,
        text: &str,
        document: &Document,
    ) -> Option<Option<Value>> {
        self.sent = false;
        if let Some(element) = &mut self.fresh {
            let held = &element.text;
            element.text = [&held[..range.start], text, &held[range.end..]].concat().into();
            return Some(None);
        }
        let letters = document.sequence(&self.id, true)?;
        let after = letters.before(range.start);
        let mut ops = self.ops.clone();
        ops.delete(self.me, &letters, range);
        if !text.is_empty() {
            ops.insert(self.me, &letters, after, text);
        }
        let wet = ops
            .since(&document.ops(&self.id, self.me), self.me)
            .value(self.me);
        // What was deleted takes no room.
        let full = ops.value(self.me).as_str().len() > MAX_OPS && !text.is_empty();
        // Nor is there any where the numbers are used up.
        let refused = !text.is_empty() && ops.next() == self.ops.next();
        if full || refused {
            return None;
        }
        self.ops = ops;
        Some(Some(wet))
    }

    /// Takes up what was written behind its back: by undoing.
    pub(super) fn look(&mut self, document: &Document) {
        if self.fresh.is_none() && self.ops == self.dry {
            self.dry = document.ops(&self.id, self.me);
            self.ops = self.dry.clone();
        }
    }

    fn slot(&self) -> Option<SlotName> {
        match &self.fresh {
            Some(_) => Some(self.id.slot()),
            None => SlotName::new(&format!("{SLOT}{}.{}", self.id, self.number)).ok(),
        }
    }

    /// What others are to be told: first what is also kept as a draft. `caret` is the letter before it.
    pub(super) fn told(&mut self, caret: Option<Letter>) -> (Slots, Slots) {
        let fresh = !std::mem::replace(&mut self.sent, true);
        let Some(slot) = self.slot().filter(|_| fresh) else {
            return Default::default();
        };
        let op = match &self.fresh {
            Some(element) if is_nothing(element) => {
                let told = std::mem::take(&mut self.told);
                let slots = told.then_some((slot, SlotOp::Clear));
                return (slots.into_iter().collect(), Vec::new());
            }
            Some(element) => element.base(),
            None => json(&Told {
                peer: self.me,
                ops: self.ops.since(&self.dry, self.me).value(self.me),
                at: caret.map(|letter| {
                    (
                        letter.by.map_or("base".to_owned(), |peer| peer.to_string()),
                        letter.n,
                    )
                }),
            }),
        };
        self.told = true;
        let slots = vec![(slot, SlotOp::Put(vec![op]))];
        if self.is_wet() {
            (slots, Vec::new())
        } else {
            (Vec::new(), slots)
        }
    }

    /// Makes what was typed dry.
    pub(super) fn write(&mut self, outcome: &mut Outcome) {
        if !self.is_wet() {
            return;
        }
        outcome
            .ends
            .extend(self.slot().filter(|_| std::mem::take(&mut self.told)));
        self.number += 1;
        self.sent = false;
        if let Some(element) = self.fresh.take() {
            outcome
                .sets
                .push((self.id.clone(), Property::base(), element.base()));
            return;
        }
        self.dry = self.ops.clone();
        outcome
            .sets
            .push((self.id.clone(), property_of(self.me), self.ops.value(self.me)));
        if std::mem::take(&mut self.revives) {
            outcome.sets.push(self.deleted(false));
        }
    }

    /// The element is to be written as there with what is written next.
    pub(super) fn revive(&mut self) {
        self.revives = true;
    }

    pub(super) fn deleted(&self, deleted: bool) -> Set {
        (self.id.clone(), Property::deleted(), json(&deleted))
    }

    /// Takes back from others what isn't written.
    pub(super) fn give_up(&mut self, outcome: &mut Outcome) {
        let Some(slot) = self.slot().filter(|_| std::mem::take(&mut self.told)) else {
            return;
        };
        let slots = if self.fresh.is_some() {
            &mut outcome.live
        } else {
            &mut outcome.told
        };
        slots.push((slot, SlotOp::Clear));
    }
}

/// Whether there is nothing to be seen of an element that isn't on the board yet.
fn is_nothing(element: &Element) -> bool {
    element.kind == crate::document::Kind::Text && element.text.trim().is_empty()
}
