//! An element under the hand that is shown and told whole each time it changes: a box, a line.

use drawbridge_protocol::{Property, SlotName, SlotOp};

use super::{Outcome, Selection};
use crate::document::Element;
use crate::scene::Preview;

/// The element, and who knows how it is now.
#[derive(Debug)]
pub(super) struct Growing {
    pub(super) element: Element,
    /// Whether others have been told of it at all.
    told: bool,
    shown: bool,
    sent: bool,
}

impl Growing {
    /// One of which there is nothing to be seen yet.
    pub(super) fn new(element: Element) -> Self {
        Self {
            element,
            told: false,
            shown: true,
            sent: true,
        }
    }

    /// It has changed.
    pub(super) fn changed(&mut self) {
        (self.shown, self.sent) = (false, false);
    }

    pub(super) fn previews(&mut self) -> Option<Vec<Preview>> {
        let fresh = !std::mem::replace(&mut self.shown, true);
        fresh.then(|| vec![Preview::of(self.element.clone())])
    }

    pub(super) fn has_news(&self) -> bool {
        !self.sent
    }

    pub(super) fn told(&mut self) -> Option<(SlotName, SlotOp)> {
        let fresh = !std::mem::replace(&mut self.sent, true);
        self.told |= fresh;
        fresh.then(|| (self.element.id.slot(), SlotOp::Put(vec![self.element.base()])))
    }

    /// Takes it back from others.
    pub(super) fn give_up(&self) -> Outcome {
        let mut outcome = Outcome::default();
        let slot = self.element.id.slot();
        outcome.live.extend(self.told.then_some((slot, SlotOp::Clear)));
        outcome
    }

    /// Writes it as it is now, and selects it.
    pub(super) fn finish(self) -> Outcome {
        let (id, base) = (self.element.id.clone(), self.element.base());
        Outcome {
            ends: self.told.then(|| id.slot()).into_iter().collect(),
            sets: vec![(id.clone(), Property::base(), base)],
            select: Some(Selection::of([id].into(), None)),
            done: true,
            ..Outcome::default()
        }
    }
}
