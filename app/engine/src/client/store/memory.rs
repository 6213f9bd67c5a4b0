//! A store that keeps its board in memory: for simulators and tests.

use std::collections::{BTreeMap, BTreeSet};

use drawbridge_protocol::{Cell, CellKey, SlotName, Stamp, Value};

use super::past::{Beside, Bounds, Shelf, Tally, keep, since};
use super::{Store, StoreError};
use crate::client::record::{CellState, DraftOp, Loaded, Meta, Past, StoreBatch, StoredCell};

/// A board in memory. It outlives a session as a file outlives a process.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    cells: BTreeMap<CellKey, StoredCell>,
    past: BTreeMap<(CellKey, Stamp), (Value, u64)>,
    /// The same by when they were overwritten.
    ends: BTreeSet<(u64, CellKey, Stamp)>,
    tally: Tally,
    bounds: Bounds,
    alone_ms: Option<u64>,
    rest: Loaded,
    failing: Option<StoreError>,
}

impl MemoryStore {
    /// An empty board.
    #[must_use]
    pub fn new(meta: Meta) -> Self {
        Self {
            cells: BTreeMap::new(),
            past: BTreeMap::new(),
            ends: BTreeSet::new(),
            tally: Tally::default(),
            bounds: Bounds::default(),
            alone_ms: None,
            rest: Loaded::empty(meta),
            failing: None,
        }
    }

    /// The row of one key.
    #[must_use]
    pub fn get(&self, key: &CellKey) -> Option<&StoredCell> {
        self.cells.get(key)
    }

    /// Every row, by key.
    pub fn rows(&self) -> impl Iterator<Item = &StoredCell> {
        self.cells.values()
    }

    /// The present version of a key and an earlier one that isn't below it, which never may be.
    #[must_use]
    pub fn overtaken(&self, key: &CellKey) -> Option<(Stamp, Stamp)> {
        let present = self.cells.get(key)?.cell.stamp;
        let ((of, stamp), _) = self.past.range((key.clone(), present)..).next()?;
        (of == key).then_some((present, *stamp))
    }

    /// Strokes that are under way.
    #[must_use]
    pub fn drafts(&self) -> &BTreeMap<SlotName, Vec<Value>> {
        &self.rest.drafts
    }

    /// Keeps less of what was before, or for less long.
    #[cfg(test)]
    pub(super) fn set_bounds(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    #[cfg(test)]
    pub(super) fn tally(&self) -> Tally {
        self.tally
    }

    /// Makes every commit fail with `error`, or work again.
    pub fn set_failing(&mut self, error: Option<StoreError>) {
        self.failing = error;
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        let mut loaded = self.rest.clone();
        loaded.cells = self.cells.values().cloned().collect();
        Ok(loaded)
    }

    fn commit(&mut self, batch: &StoreBatch) -> Result<(), StoreError> {
        if let Some(error) = &self.failing {
            return Err(error.clone());
        }
        if batch.unsettle {
            self.rest.cursor = None;
            for row in self.cells.values_mut() {
                if row.state == CellState::Settled {
                    row.state = CellState::Waiting;
                }
            }
        }
        for row in &batch.cells {
            self.cells.insert(row.cell.key(), row.clone());
        }
        let (tally, bounds) = (self.tally, self.bounds);
        self.tally = keep(self, tally, &batch.past, bounds)?;
        self.alone_ms = batch.past.alone_ms.or(self.alone_ms);
        if let Some(fetched) = &batch.past.fetched {
            self.rest.fetched.clone_from(fetched);
        }
        if let Some(cursor) = &batch.cursor {
            self.rest.cursor = Some(cursor.clone());
        }
        let drafts = &mut self.rest.drafts;
        for op in &batch.drafts {
            match op {
                DraftOp::Put(slot, chunks) => {
                    drafts.insert(slot.clone(), chunks.clone());
                }
                DraftOp::Add(slot, chunks) => {
                    drafts
                        .entry(slot.clone())
                        .or_default()
                        .extend(chunks.iter().cloned());
                }
                DraftOp::End(slot) => {
                    drafts.remove(slot);
                }
            }
        }
        drafts.retain(|_, chunks| !chunks.is_empty());
        if let Some(offset) = batch.clock_offset_ms {
            self.rest.clock_offset_ms = offset;
        }
        if let Some(remote) = &batch.remote {
            if let Some(remote) = remote {
                self.rest.meta.key = remote.link.key.clone();
            }
            self.rest.meta.remote.clone_from(remote);
        }
        if let Some(port) = batch.hosted {
            self.rest.meta.hosted = port;
        }
        if let Some(standing) = &batch.standing {
            self.rest.meta.standing.clone_from(standing);
        }
        if let Some(mark) = &batch.chat {
            self.rest.meta.chat.clone_from(mark);
        }
        Ok(())
    }

    fn past(&mut self, unsaved: Vec<Cell>) -> Result<Past, StoreError> {
        let present = self.cells.values().map(|row| row.cell.clone());
        let earlier = self
            .past
            .iter()
            .map(|((key, stamp), (value, _))| cell(key, *stamp, value));
        let mut cells: Vec<Cell> = present.chain(earlier).collect();
        let held: BTreeSet<_> = cells.iter().map(|cell| (cell.key(), cell.stamp)).collect();
        let mut more = unsaved;
        more.sort_by_key(|cell| (cell.key(), cell.stamp));
        more.dedup_by_key(|cell| (cell.key(), cell.stamp));
        more.retain(|cell| !held.contains(&(cell.key(), cell.stamp)));
        cells.append(&mut more);
        let shared = self.rest.meta.remote.is_some() || self.rest.cursor.is_some();
        let since_ms = since(self.tally.from_ms, self.alone_ms, shared, self.rest.fetched.whole);
        Ok(Past { cells, since_ms })
    }
}

impl Shelf for MemoryStore {
    fn put(&mut self, cell: &Cell, until_ms: u64) -> Result<bool, StoreError> {
        let at = (cell.key(), cell.stamp);
        if self.past.contains_key(&at) {
            return Ok(false);
        }
        self.ends.insert((until_ms, at.0.clone(), at.1));
        self.past.insert(at, (cell.value.clone(), until_ms));
        Ok(true)
    }

    fn take(&mut self, key: &CellKey, stamp: Stamp) -> Result<Option<u64>, StoreError> {
        let Some((value, until_ms)) = self.past.remove(&(key.clone(), stamp)) else {
            return Ok(None);
        };
        self.ends.remove(&(until_ms, key.clone(), stamp));
        Ok(Some(cell(key, stamp, &value).size() as u64))
    }

    fn below(&mut self, cell: &Cell) -> Result<Vec<Beside>, StoreError> {
        let key = cell.key();
        let below = self.past.range(..(key.clone(), cell.stamp)).rev();
        Ok(below.map_while(|row| beside(&key, row)).take(2).collect())
    }

    fn above(&mut self, cell: &Cell) -> Result<Vec<Beside>, StoreError> {
        let key = cell.key();
        let above = self.past.range((key.clone(), cell.stamp)..);
        let above = above.filter(|((_, stamp), _)| *stamp != cell.stamp);
        Ok(above.map_while(|row| beside(&key, row)).take(2).collect())
    }

    fn present(&mut self, key: &CellKey) -> Result<Option<Stamp>, StoreError> {
        Ok(self.cells.get(key).map(|row| row.cell.stamp))
    }

    fn from(&mut self, key: &CellKey, least: Stamp) -> Result<Vec<Stamp>, StoreError> {
        let rows = self.past.range((key.clone(), least)..);
        let stamps = rows.map_while(|((of, stamp), _)| (of == key).then_some(*stamp));
        Ok(stamps.collect())
    }

    fn oldest(&mut self) -> Result<Option<(u64, CellKey, Stamp)>, StoreError> {
        Ok(self.ends.first().cloned())
    }
}

fn beside(key: &CellKey, row: (&(CellKey, Stamp), &(Value, u64))) -> Option<Beside> {
    let ((of, stamp), (value, _)) = row;
    (of == key).then(|| Beside {
        stamp: *stamp,
        bytes: cell(key, *stamp, value).size() as u64,
    })
}

fn cell(key: &CellKey, stamp: Stamp, value: &Value) -> Cell {
    Cell {
        element: key.element.clone(),
        prop: key.prop.clone(),
        stamp,
        value: value.clone(),
    }
}
