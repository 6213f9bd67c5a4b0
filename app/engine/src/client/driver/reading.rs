//! Reading every version of a board's cells, on a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use drawbridge_protocol::Cell;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::saver::{Job, Saver, broke};
use crate::client::record::Past;
use crate::client::store::{SqliteStore, StoreError};

type Answer = Result<Past, StoreError>;

/// One reading at a time.
#[derive(Debug)]
pub(super) struct Reading {
    /// The board's file; a board in memory is read by the store's thread.
    path: Option<PathBuf>,
    told: UnboundedSender<Answer>,
    answers: UnboundedReceiver<Answer>,
    busy: bool,
}

impl Reading {
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        let (told, answers) = unbounded_channel();
        Self {
            path,
            told,
            answers,
            busy: false,
        }
    }

    /// Whether one is under way.
    pub(super) fn is_busy(&self) -> bool {
        self.busy
    }

    /// Begins one. `unsaved` are versions that the store may not have yet.
    pub(super) fn start(&mut self, unsaved: Vec<Cell>, saver: &Saver) {
        self.busy = true;
        let told = self.told.clone();
        let tell = move |answer| {
            // Nobody may be waiting any more.
            let _ = told.send(answer);
        };
        let Some(path) = self.path.clone() else {
            if saver.jobs.send(Job::Past(unsaved, Box::new(tell))).is_err() {
                let _ = self.told.send(Err(broke()));
            }
            return;
        };
        let read = move || {
            let read = AssertUnwindSafe(|| SqliteStore::read_past(&path, unsaved));
            tell(catch_unwind(read).unwrap_or_else(|_| Err(broke())));
        };
        let started = std::thread::Builder::new()
            .name("drawbridge-past".to_owned())
            .spawn(read);
        if let Err(error) = started {
            let _ = self.told.send(Err(StoreError::Other(error.to_string())));
        }
    }

    /// The answer to the one that is under way; waits for ever without.
    pub(super) async fn done(&mut self) -> Answer {
        let Some(answer) = self.answers.recv().await else {
            return std::future::pending().await;
        };
        self.busy = false;
        answer
    }
}
