//! Earlier versions of a board's cells: which are kept, and for how long. Where they lie, a [`Shelf`] knows.

pub(super) mod rows;
#[cfg(test)]
mod tests;

use drawbridge_protocol::{Cell, CellKey, Stamp};

use super::StoreError;
use crate::client::record::PastBatch;

/// A row counts so many bytes beside its texts.
const ROW_BYTES: u64 = 100;
/// How many old rows one commit takes away, on top of twice what it puts in.
const PRUNE_STEP: usize = 64;
/// Operations on a text: they only grow, so that every version of them is as long as all before together.
const TEXT: &str = "text/";
/// The least time between a version of a text and the one after the next.
const TEXT_APART_MS: u64 = 2_000;
/// For each of its bytes a text's versions lie so much further apart: an hour of typing costs some 1.4 MB at most, however
/// long the text is.
const TEXT_BYTE_MS: u64 = 5;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// In bytes: names, values and what a row costs.
    pub(super) bytes: u64,
    /// For how long something is kept after it was overwritten, in milliseconds of the board's time.
    pub(super) age_ms: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            age_ms: 366 * 24 * 3_600_000,
        }
    }
}

/// What is known of all rows together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Their bytes, as [`Bounds::bytes`] counts.
    pub(super) bytes: u64,
    /// What was overwritten at this moment or before may be missing; 0: nothing is.
    pub(super) from_ms: u64,
}

/// A version beside another one of the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beside {
    pub(super) stamp: Stamp,
    /// Its size as the protocol counts.
    pub(super) bytes: u64,
}

/// Rows of earlier versions.
pub(super) trait Shelf {
    /// Puts a version there, if there is none with its stamp; says whether it did.
    fn put(&mut self, cell: &Cell, until_ms: u64) -> Result<bool, StoreError>;

    /// Takes a version away; returns the size it had, as the protocol counts.
    fn take(&mut self, key: &CellKey, stamp: Stamp) -> Result<Option<u64>, StoreError>;

    /// The two versions of the cell's key next below it, the nearest first.
    fn below(&mut self, cell: &Cell) -> Result<Vec<Beside>, StoreError>;

    /// The two versions of the cell's key next above it, the nearest first; the present cell isn't one of them.
    fn above(&mut self, cell: &Cell) -> Result<Vec<Beside>, StoreError>;

    /// The present cell's stamp.
    fn present(&mut self, key: &CellKey) -> Result<Option<Stamp>, StoreError>;

    /// All versions of a key from a stamp on.
    fn from(&mut self, key: &CellKey, least: Stamp) -> Result<Vec<Stamp>, StoreError>;

    /// What was overwritten first: when, and which.
    fn oldest(&mut self) -> Result<Option<(u64, CellKey, Stamp)>, StoreError>;
}

/// Does what a batch says to the rows; the present cells are those after the batch.
pub(super) fn keep(
    shelf: &mut impl Shelf,
    mut tally: Tally,
    batch: &PastBatch,
    bounds: Bounds,
) -> Result<Tally, StoreError> {
    tally.from_ms = tally.from_ms.max(batch.lost_ms.unwrap_or(0));
    for (key, stamp) in &batch.forget {
        for later in shelf.from(key, *stamp)? {
            take(shelf, &mut tally, key, later)?;
        }
    }
    let mut latest = 0;
    for lost in &batch.cells {
        let cell = &lost.cell;
        let until_ms = match lost.until_ms {
            Some(ms) => ms,
            None => ended(shelf, cell)?,
        };
        if !shelf.put(cell, until_ms)? {
            continue;
        }
        tally.bytes += cell.size() as u64 + ROW_BYTES;
        latest = latest.max(until_ms);
        if cell.prop.as_str().starts_with(TEXT) {
            thin(shelf, &mut tally, cell)?;
        }
    }
    if !batch.cells.is_empty() {
        let oldest = latest.saturating_sub(bounds.age_ms);
        for _ in 0..PRUNE_STEP + 2 * batch.cells.len() {
            let Some((until_ms, key, stamp)) = shelf.oldest()? else {
                break;
            };
            if until_ms >= oldest && tally.bytes <= bounds.bytes {
                break;
            }
            take(shelf, &mut tally, &key, stamp)?;
            tally.from_ms = tally.from_ms.max(until_ms);
        }
    }
    Ok(tally)
}

/// Which version followed one that came late.
fn ended(shelf: &mut impl Shelf, cell: &Cell) -> Result<u64, StoreError> {
    if let Some(next) = shelf.above(cell)?.first() {
        return Ok(next.stamp.ms);
    }
    let present = shelf.present(&cell.key())?;
    Ok(present.map_or(cell.stamp.ms, |stamp| stamp.ms.max(cell.stamp.ms)))
}

/// Gives up the version of a text between two others that lie close together. The last before a pause so always stays, and what
/// is shown of a moment is at most that much older.
fn thin(shelf: &mut impl Shelf, tally: &mut Tally, cell: &Cell) -> Result<(), StoreError> {
    let apart = |between: Beside| TEXT_APART_MS.max(between.bytes.saturating_mul(TEXT_BYTE_MS));
    if let [near, far] = shelf.below(cell)?[..]
        && cell.stamp.ms - far.stamp.ms < apart(near)
    {
        take(shelf, tally, &cell.key(), near.stamp)?;
    }
    if let [near, far] = shelf.above(cell)?[..]
        && far.stamp.ms - cell.stamp.ms < apart(near)
    {
        take(shelf, tally, &cell.key(), near.stamp)?;
    }
    Ok(())
}

fn take(shelf: &mut impl Shelf, tally: &mut Tally, key: &CellKey, stamp: Stamp) -> Result<(), StoreError> {
    if let Some(bytes) = shelf.take(key, stamp)? {
        tally.bytes = tally.bytes.saturating_sub(bytes + ROW_BYTES);
    }
    Ok(())
}

/// From when on nothing is missing. `shared`: others drew too, whose work this client may have missed while it was away.
pub(super) fn since(
    from_ms: u64,
    alone_ms: Option<u64>,
    shared: bool,
    whole: Option<(u64, u64)>,
) -> Option<u64> {
    if !shared {
        return Some(from_ms);
    }
    let (since, _) = whole?;
    // Before a relay heard of the board there was nobody else.
    let joins = alone_ms.is_some_and(|alone| since <= alone);
    Some(if joins { from_ms } else { since.max(from_ms) })
}
