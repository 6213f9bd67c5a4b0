//! What must hold, told simply: which cells somebody wrote, which were promised, and what a disk must have.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use drawbridge_protocol::{BoardId, Cell, CellKey, ElementId, Stamp, Value};

/// Something that should never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule that was broken.
    pub rule: &'static str,
    /// By what.
    pub detail: String,
    /// When, from the simulation's beginning.
    pub at: Duration,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (after {:?}): {}", self.rule, self.at, self.detail)
    }
}

impl std::error::Error for Violation {}

/// What is known of everything that was ever done.
#[derive(Debug, Default)]
pub(super) struct Model {
    /// Every cell that somebody wrote, with each stamp that it had.
    pub(super) known: HashMap<(CellKey, Stamp), Value>,
    /// What the relay has told somebody that it has. While nobody's disk is lost, it is on the board in the end.
    pub(super) acked: HashMap<(BoardId, CellKey), (Stamp, Value)>,
    /// Exactly these were told by the relay to be on its disk, this one or one that it lost.
    pub(super) told: HashSet<(CellKey, Stamp)>,
    /// Strokes that were lifted.
    pub(super) finished: HashSet<ElementId>,
    /// Strokes that were given up.
    pub(super) cancelled: HashSet<ElementId>,
    /// Strokes that were on their drawer's disk as a draft.
    pub(super) drafted: HashSet<(usize, ElementId)>,
    /// What somebody's client has parked at some time.
    pub(super) parked: HashSet<CellKey>,
    /// How often the relay has refused a cell for good, since its person last did something about it.
    pub(super) refusals: HashMap<(usize, CellKey, Stamp), u32>,
    pub(super) is_buried: bool,
    /// Somebody's own disk went back to an older copy.
    pub(super) client_lost: bool,
}

impl Model {
    pub(super) fn knows(&self, cell: &Cell) -> bool {
        self.known.get(&(cell.key(), cell.stamp)) == Some(&cell.value)
    }

    /// The relay says that it has this cell, or a greater one.
    pub(super) fn acknowledge(&mut self, board: BoardId, cell: &Cell) {
        let held = self
            .acked
            .entry((board, cell.key()))
            .or_insert((cell.stamp, cell.value.clone()));
        if cell.beats(held.0, held.1.as_str()) {
            *held = (cell.stamp, cell.value.clone());
        }
    }
}

/// Whether `held` is at least as great as a cell of the same key.
pub(super) fn covers(held: Option<(Stamp, &Value)>, stamp: Stamp, value: &Value) -> bool {
    held.is_some_and(|(at, what)| (at, what) >= (stamp, value))
}
