//! What stops a relay by itself: the first of its threads that fails for good.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::watch;

/// How a thread failed.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// The disk failed it.
    Disk(String),
    /// It panicked.
    Panicked(&'static str),
}

/// Where threads leave word of their failure. Clones are of one place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Failures(watch::Sender<Option<Failure>>);

impl Failures {
    /// Does a thread's work to its end, and notes if that is an error of the disk or a panic.
    pub(crate) fn guard<E: Display>(&self, thread: &'static str, work: impl FnOnce() -> Result<(), E>) {
        // What a panic left half done goes with the thread, and its transaction is rolled back.
        let failure = match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(())) => return,
            Ok(Err(error)) => {
                tracing::error!(thread, %error, "the disk failed; the relay stops");
                Failure::Disk(error.to_string())
            }
            Err(_) => {
                tracing::error!(thread, "a thread panicked; the relay stops");
                Failure::Panicked(thread)
            }
        };
        self.0.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert(failure);
            is_first
        });
    }

    /// Waits until something has failed.
    pub(crate) async fn any(&self) {
        // It can't be closed while this place is there.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }

    /// What failed first.
    pub(crate) fn first(&self) -> Option<Failure> {
        self.0.borrow().clone()
    }
}
