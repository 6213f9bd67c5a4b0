//! The whole board in memory, with how far each cell has come. What isn't settled is the outbox.

use std::collections::{BTreeMap, BTreeSet};

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{Cell, CellKey, CellSet, Stamp, Value};

use super::api::Parked;
use super::lost::Lost;
use crate::client::record::{CellState, Reason, StoredCell};

/// A cell and its way to disk and relay.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) stamp: Stamp,
    pub(super) value: Value,
    pub(super) state: CellState,
    /// The relay said that it is on its disk, in this run. Doesn't settle it.
    pub(super) acked: bool,
    pub(super) parked: Option<Reason>,
    /// The greatest lesser stamp than a fresh cell's that others may know.
    pub(super) floor: Option<Stamp>,
    /// The number of the batch with which it reaches the disk.
    batch: u64,
    /// The serial number of the connection on which it was last sent.
    sent_on: u64,
}

impl Entry {
    fn is_waiting(&self) -> bool {
        self.state != CellState::Settled && !self.acked && self.parked.is_none()
    }

    /// Whether the relay has to be offered it.
    pub(super) fn to_offer(&self) -> bool {
        self.state != CellState::Settled && self.parked.is_none()
    }
}

/// Every cell of the board. The indexes beside them follow from the cells and are kept by `put` and `edit`.
#[derive(Debug, Default)]
pub(super) struct Replica {
    cells: BTreeMap<CellKey, Entry>,
    unsettled: BTreeSet<CellKey>,
    parked: BTreeSet<CellKey>,
    waiting: usize,
    /// Changed since the last batch was taken.
    dirty: BTreeSet<CellKey>,
    /// What lost since then.
    pub(super) lost: Lost,
    /// Written here and not yet on disk.
    unstored: BTreeSet<CellKey>,
    /// The number of the batch that is taken next.
    next_batch: u64,
    /// The last batch that is on disk.
    stored_batch: u64,
}

impl Replica {
    pub(super) fn new(cells: Vec<StoredCell>) -> Self {
        let row = |stored: StoredCell| {
            let entry = Entry {
                stamp: stored.cell.stamp,
                state: stored.state,
                acked: false,
                parked: stored.parked,
                floor: stored.floor,
                batch: 0,
                sent_on: 0,
                value: stored.cell.value,
            };
            let key = CellKey {
                element: stored.cell.element,
                prop: stored.cell.prop,
            };
            (key, entry)
        };
        // All at once: that is several times as fast as one after the other.
        let cells: BTreeMap<CellKey, Entry> = cells.into_iter().map(row).collect();
        let mut replica = Self {
            next_batch: 1,
            ..Self::default()
        };
        cells.iter().for_each(|(key, entry)| replica.count(key, entry));
        replica.cells = cells;
        replica
    }

    pub(super) fn get(&self, key: &CellKey) -> Option<&Entry> {
        self.cells.get(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&CellKey, &Entry)> {
        self.cells.iter()
    }

    pub(super) fn unsettled(&self) -> impl Iterator<Item = (&CellKey, &Entry)> {
        self.unsettled
            .iter()
            .filter_map(|key| self.cells.get_key_value(key))
    }

    /// Whether it holds any cell that the relay has been known to have.
    pub(super) fn knows_the_relay(&self) -> bool {
        self.cells.len() > self.unsettled.len()
            || self
                .unsettled()
                .any(|(_, entry)| entry.state == CellState::Waiting)
    }

    pub(super) fn has_settled(&self) -> bool {
        self.cells.len() > self.unsettled.len()
    }

    pub(super) fn is_waiting(&self, key: &CellKey) -> bool {
        self.cells.get(key).is_some_and(Entry::is_waiting)
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    pub(super) fn unstored(&self) -> usize {
        self.unstored.len()
    }

    pub(super) fn parked(&self) -> Vec<Parked> {
        let parked = |key: &CellKey| {
            let reason = self.cells.get(key)?.parked.clone()?;
            Some(Parked {
                key: key.clone(),
                reason,
            })
        };
        self.parked.iter().filter_map(parked).collect()
    }

    pub(super) fn cell(&self, key: &CellKey) -> Option<Cell> {
        self.cells.get(key).map(|entry| cell_of(key, entry))
    }

    pub(super) fn to_set(&self) -> CellSet {
        let mut set = CellSet::default();
        for (key, entry) in &self.cells {
            set.merge(&cell_of(key, entry));
        }
        set
    }

    fn put(&mut self, key: CellKey, entry: Entry) {
        self.uncount(&key);
        self.count(&key, &entry);
        self.dirty.insert(key.clone());
        self.cells.insert(key, entry);
    }

    pub(super) fn edit(&mut self, key: &CellKey, change: impl FnOnce(&mut Entry)) {
        if let Some(mut entry) = self.cells.get(key).cloned() {
            change(&mut entry);
            self.put(key.clone(), entry);
        }
    }

    fn uncount(&mut self, key: &CellKey) {
        if let Some(held) = self.cells.get(key) {
            self.waiting -= usize::from(held.is_waiting());
            self.unsettled.remove(key);
            self.parked.remove(key);
        }
    }

    fn count(&mut self, key: &CellKey, entry: &Entry) {
        self.waiting += usize::from(entry.is_waiting());
        if entry.state != CellState::Settled {
            self.unsettled.insert(key.clone());
        }
        if entry.parked.is_some() {
            self.parked.insert(key.clone());
        }
    }

    /// Takes in what was written here. `false` when something greater is already held.
    pub(super) fn write(&mut self, cell: &Cell) -> bool {
        let key = cell.key();
        let floor = match self.cells.get(&key) {
            Some(held) if !cell.beats(held.stamp, held.value.as_str()) => return false,
            Some(held) if held.state == CellState::Fresh => held.floor,
            Some(held) => Some(held.stamp),
            None => None,
        };
        self.keep_loser(&key, cell);
        self.unstored.insert(key.clone());
        let entry = Entry {
            stamp: cell.stamp,
            value: cell.value.clone(),
            state: CellState::Fresh,
            acked: false,
            parked: None,
            floor,
            batch: self.next_batch,
            sent_on: 0,
        };
        self.put(key, entry);
        true
    }

    /// Takes in what a file of the same board brought: its stamp stays, and the relay may not have it. `true` when it won.
    pub(super) fn bring(&mut self, cell: &Cell) -> bool {
        let key = cell.key();
        let held = self.cells.get(&key);
        if let Some(held) = held
            && !cell.beats(held.stamp, held.value.as_str())
        {
            if held.stamp != cell.stamp {
                self.lost.push(cell.clone(), None);
            }
            self.raise_floor(&key, cell.stamp);
            return false;
        }
        self.keep_loser(&key, cell);
        self.unstored.insert(key.clone());
        let entry = Entry {
            stamp: cell.stamp,
            value: cell.value.clone(),
            state: CellState::Waiting,
            acked: false,
            parked: None,
            floor: None,
            batch: self.next_batch,
            sent_on: 0,
        };
        self.put(key, entry);
        true
    }

    /// Takes in what the relay's stream brought, and settles what it settles. `true` when it won.
    pub(super) fn receive(&mut self, cell: &Cell) -> bool {
        let key = cell.key();
        let won = match self.cells.get(&key) {
            Some(held) if (held.stamp, &held.value) > (cell.stamp, &cell.value) => {
                if held.stamp != cell.stamp {
                    self.lost.push(cell.clone(), None);
                }
                self.raise_floor(&key, cell.stamp);
                if fault::is_planted(Fault::LesserCellSettles) {
                    self.edit(&key, |entry| entry.state = CellState::Settled);
                }
                return false;
            }
            Some(held) if (held.stamp, &held.value) == (cell.stamp, &cell.value) => {
                if held.state == CellState::Settled {
                    return false;
                }
                false
            }
            _ => true,
        };
        let held_batch = self.cells.get(&key).filter(|_| !won).map(|held| held.batch);
        if won {
            self.keep_loser(&key, cell);
            self.unstored.remove(&key);
        }
        let entry = Entry {
            stamp: cell.stamp,
            value: cell.value.clone(),
            state: CellState::Settled,
            acked: false,
            parked: None,
            floor: None,
            batch: held_batch.unwrap_or(self.next_batch),
            sent_on: 0,
        };
        self.put(key, entry);
        won
    }

    /// Takes in a cell of the relay's past. `true` when it won: the relay has a greater one, but this client not yet.
    pub(super) fn receive_past(&mut self, cell: &Cell) -> bool {
        let key = cell.key();
        if let Some(held) = self.cells.get(&key)
            && !cell.beats(held.stamp, held.value.as_str())
        {
            if held.stamp != cell.stamp {
                self.lost.push(cell.clone(), None);
            }
            self.raise_floor(&key, cell.stamp);
            return false;
        }
        self.keep_loser(&key, cell);
        self.unstored.remove(&key);
        let entry = Entry {
            stamp: cell.stamp,
            value: cell.value.clone(),
            state: CellState::Waiting,
            acked: false,
            parked: None,
            floor: None,
            batch: self.next_batch,
            sent_on: 0,
        };
        self.put(key, entry);
        true
    }

    /// What is held under a key is about to be overwritten by a greater cell. Two values with one stamp are one version.
    fn keep_loser(&mut self, key: &CellKey, winner: &Cell) {
        if let Some(held) = self.cells.get(key)
            && held.stamp != winner.stamp
        {
            self.lost.push(cell_of(key, held), Some(winner.stamp.ms));
        }
    }

    /// Notes that the relay has a lesser cell than the fresh one that is held: stamped anew, that must
    /// stay above it, or it would lose on the relay and stay here.
    pub(super) fn raise_floor(&mut self, key: &CellKey, stamp: Stamp) {
        let held = self.cells.get(key);
        let raises = |held: &Entry| {
            held.state == CellState::Fresh
                && stamp < held.stamp
                && held.floor.is_none_or(|floor| floor < stamp)
        };
        if held.is_some_and(raises) {
            self.edit(key, |entry| entry.floor = Some(stamp));
        }
    }

    /// Gives a fresh cell another stamp.
    pub(super) fn restamp(&mut self, key: &CellKey, stamp: Stamp) {
        let batch = self.next_batch;
        self.lost.forget_from(key, stamp);
        self.unstored.insert(key.clone());
        self.edit(key, |entry| {
            entry.stamp = stamp;
            entry.batch = batch;
            entry.sent_on = 0;
        });
    }

    /// The relay lost what it had: everything has to be offered again. The store does the same to
    /// its rows at one word.
    pub(super) fn unsettle(&mut self) {
        if fault::is_planted(Fault::UnsettleForgotten) {
            return;
        }
        self.waiting = 0;
        for (key, entry) in &mut self.cells {
            entry.acked = false;
            if entry.state == CellState::Settled {
                entry.state = CellState::Waiting;
                self.unsettled.insert(key.clone());
            }
            self.waiting += usize::from(entry.is_waiting());
        }
    }

    /// A connection begins: what an earlier one acknowledged and never sent back may have been on a disk that is lost
    /// meanwhile, also where the cursor still fits.
    pub(super) fn forget_acks(&mut self) {
        for key in &self.unsettled {
            if let Some(entry) = self.cells.get_mut(key) {
                self.waiting += usize::from(entry.acked && entry.parked.is_none());
                entry.acked = false;
            }
        }
    }

    /// Whether the cell is on this machine's disk, as it stands.
    pub(super) fn is_stored(&self, key: &CellKey) -> bool {
        self.cells
            .get(key)
            .is_none_or(|entry| entry.batch <= self.stored_batch)
    }

    /// Whether the cell has been sent on this connection, as it stands.
    pub(super) fn is_sent(&self, key: &CellKey, serial: u64) -> bool {
        self.cells.get(key).is_some_and(|entry| entry.sent_on == serial)
    }

    pub(super) fn set_sent(&mut self, key: &CellKey, serial: u64) {
        if let Some(entry) = self.cells.get_mut(key) {
            entry.sent_on = serial;
        }
    }

    pub(super) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty() || !self.lost.is_empty()
    }

    /// What changed since the last batch was taken.
    pub(super) fn dirty_cells(&self) -> impl Iterator<Item = Cell> {
        self.dirty.iter().filter_map(|key| self.cell(key))
    }

    /// Takes what changed since the last time, as it stands now, and the number of the batch.
    pub(super) fn take_dirty(&mut self) -> (u64, Vec<StoredCell>) {
        let id = self.next_batch;
        self.next_batch += 1;
        let dirty = std::mem::take(&mut self.dirty);
        let row = |key: &CellKey| {
            self.cells.get(key).map(|entry| StoredCell {
                cell: cell_of(key, entry),
                state: entry.state,
                floor: entry.floor,
                parked: entry.parked.clone(),
            })
        };
        (id, dirty.iter().filter_map(row).collect())
    }

    /// A batch is on disk.
    pub(super) fn stored(&mut self, id: u64) {
        self.stored_batch = self.stored_batch.max(id);
        let (cells, stored) = (&self.cells, self.stored_batch);
        self.unstored
            .retain(|key| cells.get(key).is_some_and(|entry| entry.batch > stored));
    }

    /// A batch failed: its cells go with the next one.
    pub(super) fn not_stored(&mut self, rows: &[StoredCell]) {
        self.dirty.extend(rows.iter().map(|row| row.cell.key()));
    }
}

fn cell_of(key: &CellKey, entry: &Entry) -> Cell {
    Cell {
        element: key.element.clone(),
        prop: key.prop.clone(),
        stamp: entry.stamp,
        value: entry.value.clone(),
    }
}
