//! Which slots changed, for whoever keeps something of each.

use std::collections::VecDeque;

use super::Slot;

/// How many changes are remembered.
const LENGTH: usize = 4096;

/// The last changes.
#[derive(Debug, Default)]
pub(super) struct Journal {
    changed: VecDeque<Slot>,
    /// How many changes there were before those.
    forgotten: u64,
}

impl Journal {
    /// How many changes there were.
    pub(super) fn end(&self) -> u64 {
        self.forgotten + self.changed.len() as u64
    }

    pub(super) fn push(&mut self, slot: Slot) {
        if self.changed.len() == LENGTH {
            self.changed.pop_front();
            self.forgotten += 1;
        }
        self.changed.push_back(slot);
    }

    /// Everything may have changed.
    pub(super) fn forget(&mut self) {
        self.forgotten = self.end() + 1;
        self.changed.clear();
    }

    /// What changed since there were so many changes; `None` where that isn't known any more.
    pub(super) fn since(&self, since: u64) -> Option<impl Iterator<Item = Slot>> {
        let skip = usize::try_from(since.checked_sub(self.forgotten)?).ok()?;
        Some(self.changed.iter().skip(skip).copied())
    }
}
