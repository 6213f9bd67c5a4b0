//! A store that keeps its board in memory: for simulators and tests.

use std::collections::BTreeMap;

use drawbridge_protocol::{CellKey, SlotName, Value};

use super::{Store, StoreError};
use crate::client::record::{CellState, DraftOp, Loaded, Meta, StoreBatch, StoredCell};

/// A board in memory. It outlives a session as a file outlives a process.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    cells: BTreeMap<CellKey, StoredCell>,
    rest: Loaded,
    failing: Option<StoreError>,
}

impl MemoryStore {
    /// An empty board.
    #[must_use]
    pub fn new(meta: Meta) -> Self {
        Self {
            cells: BTreeMap::new(),
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

    /// Strokes that are under way.
    #[must_use]
    pub fn drafts(&self) -> &BTreeMap<SlotName, Vec<Value>> {
        &self.rest.drafts
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
        Ok(())
    }
}
