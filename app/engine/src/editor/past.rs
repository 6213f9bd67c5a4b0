//! A board as it was: its cells are said, not merged. And the way back: what is written to have it so again.

use std::collections::HashMap;

use drawbridge_protocol::{ElementId, Property, Stamp, Value};

use super::transaction::Act;
use super::{Editor, Effects, Transaction};
use crate::document::Color;
use crate::progress::Progress;
use crate::tools::Set;

impl Editor {
    /// Says what cells are, whatever is there; `None` for no cell. `changed` are their elements, each once.
    pub(crate) fn set_cells<'a>(
        &mut self,
        cells: impl Iterator<Item = (&'a ElementId, &'a Property, Option<(Stamp, &'a Value)>)>,
        changed: &[&ElementId],
        progress: &Progress,
    ) {
        for (element, prop, to) in cells {
            self.document.set(element, prop, to);
        }
        self.look_at_many(changed, progress);
    }

    /// Shows these elements in one colour each, and all others as they are.
    pub(crate) fn tint(&mut self, tints: HashMap<ElementId, Color>) {
        self.scene.tint(tints);
    }

    /// Writes just this, as one step to undo: no line is kept where it is shown, and nothing comes into another frame. Nothing while an
    /// interaction is under way.
    pub(crate) fn write_as_it_was(&mut self, sets: Vec<Set>) -> Effects {
        if sets.is_empty() || !self.state.is_idle() || self.bars() {
            return Effects::default();
        }
        self.gesture += 1;
        self.join = None;
        Effects {
            write: Some(Transaction {
                sets,
                ends: Vec::new(),
                act: Act::Gesture(self.gesture),
            }),
            changed: true,
            ..Effects::default()
        }
    }
}
