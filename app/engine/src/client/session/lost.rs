//! Versions that lost since the last batch: they reach the store with what overwrote them.

use drawbridge_protocol::{Cell, CellKey, Stamp};

use crate::client::record::{Fetched, Overwritten, PastBatch};

/// While the disk takes nothing, so many bytes of them are held at most.
const MAX_BYTES: usize = 16 << 20;

/// What the next batch says of the past.
#[derive(Debug, Default)]
pub(super) struct Lost {
    next: PastBatch,
    bytes: usize,
}

impl Lost {
    /// A version lost, against one of this time if that is known.
    pub(super) fn push(&mut self, cell: Cell, until_ms: Option<u64>) {
        self.bytes += cell.size();
        self.next.cells.push(Overwritten { cell, until_ms });
        if self.bytes > MAX_BYTES {
            self.give_up_half();
        }
    }

    /// An own cell got another stamp: what it had overwritten from that on nobody else knows, and it would look like the latest.
    pub(super) fn forget_from(&mut self, key: &CellKey, stamp: Stamp) {
        self.next.cells.retain(|lost| !is_from(lost, key, stamp));
        self.next.forget.push((key.clone(), stamp));
    }

    /// A relay hears of the board for the first time.
    pub(super) fn set_alone(&mut self, ms: u64) {
        self.next.alone_ms = Some(ms);
    }

    /// More of the relay's past has come, or all of it is to be fetched anew.
    pub(super) fn set_fetched(&mut self, fetched: Fetched) {
        self.next.fetched = Some(fetched);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.next == PastBatch::default()
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.next.cells.iter().map(|lost| &lost.cell)
    }

    pub(super) fn take(&mut self) -> PastBatch {
        self.bytes = 0;
        std::mem::take(&mut self.next)
    }

    /// A batch failed: it goes before what came since.
    pub(super) fn put_back(&mut self, mut failed: PastBatch) {
        for (key, stamp) in &self.next.forget {
            failed.cells.retain(|lost| !is_from(lost, key, *stamp));
        }
        let since = self.take();
        failed.forget.extend(since.forget);
        failed.lost_ms = failed.lost_ms.max(since.lost_ms);
        failed.alone_ms = failed.alone_ms.or(since.alone_ms);
        failed.fetched = since.fetched.or(failed.fetched);
        self.bytes = failed.cells.iter().map(|lost| lost.cell.size()).sum();
        self.next = failed;
        for lost in since.cells {
            self.push(lost.cell, lost.until_ms);
        }
    }

    fn give_up_half(&mut self) {
        let half = self.next.cells.len() / 2;
        for lost in self.next.cells.drain(..half) {
            self.bytes -= lost.cell.size();
            let until = lost.until_ms.unwrap_or(lost.cell.stamp.ms);
            self.next.lost_ms = self.next.lost_ms.max(Some(until));
        }
    }
}

fn is_from(lost: &Overwritten, key: &CellKey, stamp: Stamp) -> bool {
    lost.cell.stamp >= stamp && lost.cell.element == key.element && lost.cell.prop == key.prop
}

#[cfg(test)]
mod tests {
    use drawbridge_protocol::{ElementId, Peer, Property, Value};

    use super::*;

    fn cell(ms: u64, bytes: usize) -> Cell {
        Cell {
            element: ElementId::new("e").expect("an id"),
            prop: Property::new("p").expect("a property"),
            stamp: Stamp {
                ms,
                counter: 0,
                peer: Peer::from_bits([1; 12]),
            },
            value: Value::from_text(format!("\"{}\"", "x".repeat(bytes))).expect("json"),
        }
    }

    #[test]
    fn what_a_full_disk_holds_up_is_bounded_and_the_gap_is_said() {
        let mut lost = Lost::default();
        for ms in 0..40 {
            lost.push(cell(ms, 1 << 20), Some(ms + 1));
        }
        let batch = lost.take();
        let bytes: usize = batch.cells.iter().map(|lost| lost.cell.size()).sum();
        assert!(bytes <= MAX_BYTES, "{bytes}");
        let first = batch.cells.first().expect("some are held").cell.stamp.ms;
        assert_eq!(batch.lost_ms, Some(first), "the gap ends where the rest begins");
        assert_eq!(batch.cells.last().map(|lost| lost.cell.stamp.ms), Some(39));
    }

    #[test]
    fn a_batch_that_failed_goes_before_what_came_since_and_heeds_what_was_forgotten() {
        let mut lost = Lost::default();
        lost.push(cell(10, 1), Some(20));
        lost.push(cell(20, 1), Some(30));
        let failed = lost.take();
        lost.push(cell(30, 1), Some(40));
        lost.forget_from(&cell(0, 0).key(), cell(15, 0).stamp);
        lost.push(cell(12, 1), Some(15));
        lost.put_back(failed);
        let batch = lost.take();
        let stamps: Vec<u64> = batch.cells.iter().map(|lost| lost.cell.stamp.ms).collect();
        assert_eq!(stamps, [10, 12], "20 and 30 lay above the new stamp");
        assert!(lost.is_empty());
    }
}
