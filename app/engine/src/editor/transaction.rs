//! What a person has done, to be stamped, stored and sent as one write.

use drawbridge_protocol::{Cell, CellKey, SlotName, SlotOp, Stamp};

use super::history::Reborn;
use crate::tools::Set;

/// How a transaction came about, and so what its undo is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    /// By hand. Transactions of one gesture are one step to undo.
    Gesture(u64),
    /// By typing. Transactions of one typing are one step when it is over.
    Typed(u64),
    /// By the way: it is no step.
    Tidy,
    /// By undoing.
    Undo(Undone),
    /// By doing again.
    Redo(Undone),
}

/// What is to be known of what is undone, or done again.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Undone {
    /// The stamps that the cells had before it.
    pub(super) before: Vec<(CellKey, Option<Stamp>)>,
    /// The letters that are typed again by undoing it.
    pub(super) reborn: Vec<Reborn>,
    /// The typing that it belongs to.
    pub(super) typing: Option<u64>,
}

/// Cells to be written together, whole or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    /// What to write.
    pub sets: Vec<Set>,
    /// The wet slots that become dry by it.
    pub ends: Vec<SlotName>,
    pub(super) act: Act,
}

impl Transaction {
    /// The cells, each with a fresh stamp.
    #[must_use]
    pub fn stamped(&self, mut stamp: impl FnMut() -> Stamp) -> Vec<Cell> {
        let cell = |(element, prop, value): &Set| Cell {
            element: element.clone(),
            prop: prop.clone(),
            stamp: stamp(),
            value: value.clone(),
        };
        self.sets.iter().map(cell).collect()
    }
}

/// What is to be done after something happened.
#[must_use]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// To be stamped, given to [`super::Editor::commit`], stored and sent.
    pub write: Option<Transaction>,
    /// One's wet strokes and shapes: to be sent, and kept as drafts until a write ends them.
    pub live: Vec<(SlotName, SlotOp)>,
    /// What else others are told: where one's pointer is, what one drags. To be sent.
    pub told: Vec<(SlotName, SlotOp)>,
    /// Whether to draw another frame (and to flush with it).
    pub changed: bool,
}
