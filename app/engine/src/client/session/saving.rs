//! What still has to reach the local store, and when. One batch is under way at a time; what
//! happens meanwhile goes with the next, so a slow disk gathers more into each.

use std::time::Duration;

use drawbridge_protocol::Cell;
use drawbridge_protocol::fault::{self, Fault};

use super::{Output, Session};
use crate::client::record::{
    CellState, ChatMark, DraftOp, PastBatch, Remote, Standing, StoreBatch, StoredCell,
};

#[derive(Debug, Default)]
pub(super) struct Saving {
    /// What the next batch holds beside the cells, which the replica keeps.
    next: StoreBatch,
    /// The cursor moved since the last batch.
    cursor_moved: bool,
    /// When the next batch goes; `None` while there is nothing to store.
    due: Option<Duration>,
    /// Not before this time: the last one failed.
    not_before: Duration,
    under_way: Option<(u64, StoreBatch)>,
    failures: u32,
    error: Option<String>,
}

impl Saving {
    /// Something has to be stored by `due`.
    pub(super) fn urge(&mut self, due: Duration) {
        self.due = Some(self.due.map_or(due, |held| held.min(due)));
    }

    pub(super) fn draft(&mut self, op: DraftOp, due: Duration) {
        op.push_to(&mut self.next.drafts);
        self.urge(due);
    }

    pub(super) fn cursor_moved(&mut self, due: Duration) {
        self.cursor_moved = true;
        self.urge(due);
    }

    pub(super) fn unsettle(&mut self) {
        if fault::is_planted(Fault::UnsettleForgotten) {
            return;
        }
        self.next.unsettle = true;
        self.urge(Duration::ZERO);
    }

    pub(super) fn set_offset(&mut self, offset_ms: i64, due: Duration) {
        self.next.clock_offset_ms = Some(offset_ms);
        self.urge(due);
    }

    pub(super) fn set_remote(&mut self, remote: Option<Remote>) {
        self.next.remote = Some(remote);
        self.urge(Duration::ZERO);
    }

    pub(super) fn set_hosted(&mut self, port: Option<u16>) {
        self.next.hosted = Some(port);
        self.urge(Duration::ZERO);
    }

    pub(super) fn set_standing(&mut self, standing: Standing) {
        self.next.standing = Some(standing);
        self.urge(Duration::ZERO);
    }

    pub(super) fn set_chat_mark(&mut self, mark: ChatMark, due: Duration) {
        self.next.chat = Some(mark);
        self.urge(due);
    }

    pub(super) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Whether the batch that is under way has earlier versions in it.
    pub(super) fn stores_past(&self) -> bool {
        let past = self.under_way.as_ref().map(|(_, batch)| &batch.past);
        past.is_some_and(|past| *past != PastBatch::default())
    }

    /// The versions in the batch that is under way.
    pub(super) fn unsaved(&self) -> impl Iterator<Item = Cell> {
        let batches = self.under_way.iter().map(|(_, batch)| batch);
        batches.flat_map(|batch| {
            let lost = batch.past.cells.iter().map(|lost| &lost.cell);
            batch.cells.iter().map(|row| &row.cell).chain(lost).cloned()
        })
    }

    pub(super) fn is_busy(&self) -> bool {
        self.under_way.is_some()
    }

    pub(super) fn has_something(&self) -> bool {
        self.cursor_moved || self.next != StoreBatch::default()
    }

    pub(super) fn next_timeout(&self) -> Option<Duration> {
        match self.under_way {
            Some(_) => None,
            None => self.due.map(|due| due.max(self.not_before)),
        }
    }

    /// Puts a batch that failed before what came since. Cells and cursor are read afresh.
    fn put_back(&mut self, failed: StoreBatch) {
        let mut drafts = failed.drafts;
        for op in std::mem::take(&mut self.next.drafts) {
            op.push_to(&mut drafts);
        }
        self.next.drafts = drafts;
        self.next.unsettle |= failed.unsettle;
        self.cursor_moved |= failed.cursor.is_some();
        self.next.clock_offset_ms = self.next.clock_offset_ms.or(failed.clock_offset_ms);
        self.next.remote = self.next.remote.take().or(failed.remote);
        self.next.hosted = self.next.hosted.or(failed.hosted);
        self.next.standing = self.next.standing.take().or(failed.standing);
        self.next.chat = self.next.chat.take().or(failed.chat);
    }
}

impl Session {
    /// Hands the next batch to the store, if it is time.
    pub(super) fn save(&mut self) {
        let due = self.saving.next_timeout().is_some_and(|due| due <= self.now.mono);
        if !due {
            return;
        }
        self.saving.due = None;
        if !self.saving.has_something() && !self.replica.is_dirty() {
            return;
        }
        let (id, mut cells) = self.replica.take_dirty();
        let mut batch = std::mem::take(&mut self.saving.next);
        if fault::is_planted(Fault::CursorTooEarly) || fault::is_planted(Fault::DraftEndedBeforeStored) {
            let ends = batch.drafts.iter().any(|op| matches!(op, DraftOp::End(_)));
            let is_late = |row: &mut StoredCell| {
                let came = row.state == CellState::Settled && self.saving.cursor_moved;
                came && fault::is_planted(Fault::CursorTooEarly)
                    || ends && fault::is_planted(Fault::DraftEndedBeforeStored)
            };
            // The next batch has them.
            let late: Vec<StoredCell> = cells.extract_if(.., is_late).collect();
            self.replica.not_stored(&late);
            self.saving.urge(self.now.mono + self.config.timings.store_lazy);
        }
        batch.cells = cells;
        batch.past = self.replica.lost.take();
        if std::mem::take(&mut self.saving.cursor_moved) {
            batch.cursor.clone_from(&self.cursor);
        }
        self.saving.under_way = Some((id, batch.clone()));
        self.outputs.push_back(Output::Store { id, batch });
    }

    pub(super) fn on_stored(&mut self, id: u64, result: Result<(), String>) {
        let Some((under_way, batch)) = self.saving.under_way.take_if(|(under_way, _)| *under_way == id)
        else {
            return;
        };
        match result {
            Ok(()) => {
                self.replica.stored(under_way);
                self.saving.failures = 0;
                self.saving.error = None;
                self.saving.not_before = Duration::ZERO;
            }
            Err(message) => {
                self.replica.not_stored(&batch.cells);
                let mut batch = batch;
                self.replica.lost.put_back(std::mem::take(&mut batch.past));
                self.saving.put_back(batch);
                let timings = &self.config.timings;
                let doubled = timings.store_retry * 2_u32.pow(self.saving.failures.min(10));
                self.saving.not_before = self.now.mono + doubled.min(timings.store_retry_cap);
                self.saving.failures = self.saving.failures.saturating_add(1);
                self.saving.error = Some(message);
                self.saving.urge(self.now.mono);
            }
        }
    }

    /// Something that may wait a little has to be stored.
    pub(super) fn save_soon(&mut self) {
        self.saving.urge(self.now.mono + self.config.timings.store_lazy);
    }
}
