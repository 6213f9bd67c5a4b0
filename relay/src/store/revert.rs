//! What has to be written on a board so that it is again as it was: for its host, against vandalism. Nothing is taken out of
//! the store, so every client, and every later merge, agrees; and leading it back can itself be led back.

use std::collections::{BTreeMap, BTreeSet};

use drawbridge_protocol::{CellKey, Peer, Property, Value};

use rusqlite::{OptionalExtension as _, params};

use super::StoreError;
use super::look::Look;
use super::read::{cell, signed};

/// What a board is to be led back to.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// By their stamps, cells later than this many milliseconds since the Unix epoch count as not written.
    pub(crate) to_ms: u64,
    /// If not empty: only those that these peers wrote.
    pub(crate) by: BTreeSet<Peer>,
}

/// What is to be written for one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fix {
    /// The value that it had, in a row of `past` with this number.
    Earlier(i64),
    /// The element came later: it goes.
    Delete,
    /// It was deleted later: it comes back.
    Restore,
    /// The property came later: as in `base`.
    AsInBase,
}

/// What is to be written, and for how many cells `past` may not reach back far enough.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// By cell.
    pub(crate) fixes: BTreeMap<CellKey, Fix>,
    /// Cells that count as written later, of which an earlier value may have been given up.
    pub(crate) unsure: u64,
}

/// The present winner of a key that has to be led back.
struct Late {
    value: Value,
    /// The best earlier version: its stamp, its row in `past`.
    best: Option<((u64, u64, Peer), i64)>,
}

impl Target {
    fn counts_as_late(&self, ms: u64, peer: Peer) -> bool {
        ms > self.to_ms && (self.by.is_empty() || self.by.contains(&peer))
    }
}

impl Look {
    /// Finds out what has to be written on `board`. `past_from` is where `past` begins for sure, in milliseconds since the
    /// Unix epoch.
    pub(crate) fn plan(&self, board: i64, target: &Target, past_from: u64) -> Result<Plan, StoreError> {
        let mut late = self.late(board, target)?;
        self.earlier(board, target, &mut late)?;
        let born: BTreeSet<_> = late
            .iter()
            .filter(|(key, late)| key.prop.as_str() == Property::BASE && late.best.is_none())
            .map(|(key, _)| key.element.clone())
            .collect();
        let mut plan = Plan::default();
        for element in &born {
            let key = CellKey::new(element.clone(), Property::deleted());
            if self.value(board, &key)?.as_deref() != Some("true") {
                plan.fixes.insert(key, Fix::Delete);
                plan.unsure += u64::from(target.to_ms < past_from);
            }
        }
        for (key, late) in late {
            let prop = key.prop.as_str();
            if born.contains(&key.element) {
                continue;
            }
            let present = late.value.as_str();
            let fix = match late.best {
                Some((_, n)) => (self.past_value(n)? != present).then_some(Fix::Earlier(n)),
                None if prop == Property::DELETED => (present == "true").then_some(Fix::Restore),
                None => (present != "null").then_some(Fix::AsInBase),
            };
            if let Some(fix) = fix {
                plan.unsure += u64::from(late.best.is_none() && target.to_ms < past_from);
                plan.fixes.insert(key, fix);
            }
        }
        Ok(plan)
    }

    /// The value in a row of `past`.
    pub(crate) fn past_value(&self, n: i64) -> Result<String, StoreError> {
        let mut query = self.db.prepare_cached("SELECT value FROM past WHERE n = ?")?;
        Ok(query.query_row([n], |row| row.get(0))?)
    }

    fn value(&self, board: i64, key: &CellKey) -> Result<Option<String>, StoreError> {
        let sql = "SELECT value FROM cells WHERE board = ? AND element = ? AND prop = ?";
        let mut query = self.db.prepare_cached(sql)?;
        let row = params![board, key.element.as_str(), key.prop.as_str()];
        Ok(query.query_row(row, |row| row.get(0)).optional()?)
    }

    fn late(&self, board: i64, target: &Target) -> Result<BTreeMap<CellKey, Late>, StoreError> {
        let sql = "SELECT element, prop, ms, counter, peer, value FROM cells WHERE board = ? AND ms > ?";
        let mut query = self.db.prepare(sql)?;
        let mut rows = query.query(params![board, signed(target.to_ms)])?;
        let mut late = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let cell = cell(row).map_err(|error| StoreError::damaged(&self.path, &error.to_string()))?;
            if target.counts_as_late(cell.stamp.ms, cell.stamp.peer) && cell.prop.as_str() != Property::PURGED
            {
                let (key, value) = (cell.key(), cell.value);
                late.insert(key, Late { value, best: None });
            }
        }
        Ok(late)
    }

    /// Looks for what each late cell was before.
    fn earlier(
        &self,
        board: i64,
        target: &Target,
        late: &mut BTreeMap<CellKey, Late>,
    ) -> Result<(), StoreError> {
        let sql = "SELECT element, prop, ms, counter, peer, value, n FROM past WHERE board = ?";
        let mut query = self.db.prepare(sql)?;
        let mut rows = query.query([board])?;
        while let Some(row) = rows.next()? {
            let n: i64 = row.get(6)?;
            let cell = cell(row).map_err(|error| StoreError::damaged(&self.path, &error.to_string()))?;
            let Some(late) = late.get_mut(&cell.key()) else {
                continue;
            };
            if target.counts_as_late(cell.stamp.ms, cell.stamp.peer) {
                continue;
            }
            let stamp = (cell.stamp.ms, u64::from(cell.stamp.counter), cell.stamp.peer);
            let wins = match &late.best {
                None => true,
                Some((best, of)) if *best == stamp => cell.value.as_str() > self.past_value(*of)?.as_str(),
                Some((best, _)) => stamp > *best,
            };
            if wins {
                late.best = Some((stamp, n));
            }
        }
        Ok(())
    }
}
