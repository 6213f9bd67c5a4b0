//! Moves committed pages from the write-ahead log into the file, on a thread of its own so that no
//! commit waits for it.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::StoreError;
use crate::failure::Failures;

/// How much is written between two checkpoints.
const EVERY_BYTES: usize = 4 << 20;

/// The checkpoint thread, as the writer sees it.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    ask: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    bytes: usize,
}

impl Checkpoints {
    /// Starts the thread. It stops when the disk fails it.
    pub(crate) fn start(path: &Path, failures: Failures) -> Result<Self, StoreError> {
        let db = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        db.execute_batch("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;")?;
        let (ask, asked) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || failures.guard("checkpoint", || run(&db, &asked)))
            .map_err(|error| StoreError::io(path, &error))?;
        Ok(Self {
            ask: Some(ask),
            thread: Some(thread),
            bytes: 0,
        })
    }

    /// Notes that so much was committed.
    pub(crate) fn committed(&mut self, bytes: usize) {
        self.bytes += bytes;
        if self.bytes >= EVERY_BYTES
            && let Some(ask) = &self.ask
            && !matches!(ask.try_send(()), Err(TrySendError::Full(())))
        {
            self.bytes = 0;
        }
    }

    /// Ends the thread, once it has done what it was asked.
    pub(crate) fn finish(mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take() {
            // It catches its panics.
            let _ = thread.join();
        }
    }
}

fn run(db: &Connection, asked: &Receiver<()>) -> Result<(), rusqlite::Error> {
    while asked.recv().is_ok() {
        match db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
            Ok(()) => {}
            Err(error) if may_wait(&error) => tracing::debug!(%error, "a checkpoint has to wait"),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether a checkpoint may simply be tried again later: somebody was in the way, or the disk is full.
fn may_wait(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull};
    matches!(
        error.sqlite_error_code(),
        Some(DatabaseBusy | DatabaseLocked | DiskFull)
    )
}
