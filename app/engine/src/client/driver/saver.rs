//! The store's own thread: a slow disk holds up neither window nor network.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use drawbridge_protocol::Cell;

use crate::client::record::{Past, StoreBatch};
use crate::client::store::{Store, StoreError};

/// What the store's thread is to do.
pub(super) enum Job {
    /// Commit a batch, of this number.
    Commit(u64, Box<StoreBatch>),
    /// Read all versions, those given included, and hand them on.
    Past(Vec<Cell>, Box<dyn FnOnce(Result<Past, StoreError>) + Send>),
}

/// Jobs go in, results of commits come out, in order. Once `jobs` is dropped and everything committed,
/// the store is closed and `results` ends.
#[derive(Debug)]
pub(super) struct Saver {
    pub(super) jobs: Sender<Job>,
    pub(super) results: UnboundedReceiver<(u64, Result<(), StoreError>)>,
}

pub(super) fn start(mut store: Box<dyn Store>) -> std::io::Result<Saver> {
    let (jobs, todo) = channel::<Job>();
    let (told, results) = unbounded_channel();
    std::thread::Builder::new()
        .name("drawbridge-store".to_owned())
        .spawn(move || {
            for job in todo {
                let (id, batch) = match job {
                    Job::Commit(id, batch) => (id, batch),
                    Job::Past(unsaved, take) => {
                        take(
                            catch_unwind(AssertUnwindSafe(|| store.past(unsaved)))
                                .unwrap_or_else(|_| Err(broke())),
                        );
                        continue;
                    }
                };
                // A defect in the store is a commit that failed: it is shown, and tried again.
                let result =
                    catch_unwind(AssertUnwindSafe(|| store.commit(&batch))).unwrap_or_else(|_| Err(broke()));
                if told.send((id, result)).is_err() {
                    break;
                }
            }
            drop(store);
            drop(told);
        })?;
    Ok(Saver { jobs, results })
}

pub(super) fn broke() -> StoreError {
    StoreError::Other("the program broke while storing".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::record::Loaded;

    /// Breaks at its first commit.
    #[derive(Debug)]
    struct Broken(bool);

    impl Store for Broken {
        fn load(&mut self) -> Result<Loaded, StoreError> {
            Err(StoreError::Other("not asked for".to_owned()))
        }

        fn commit(&mut self, _: &StoreBatch) -> Result<(), StoreError> {
            assert!(
                std::mem::replace(&mut self.0, true),
                "as a defect in the store would"
            );
            Ok(())
        }

        fn past(&mut self, _: Vec<Cell>) -> Result<Past, StoreError> {
            Ok(Past::default())
        }
    }

    #[test]
    fn a_store_that_panics_is_a_failed_commit_and_goes_on() {
        let mut saver = start(Box::new(Broken(false))).expect("a thread");
        for id in [1, 2] {
            saver
                .jobs
                .send(Job::Commit(id, Box::default()))
                .expect("it listens");
        }
        let (id, first) = saver.results.blocking_recv().expect("an answer");
        assert!(id == 1 && matches!(first, Err(StoreError::Other(_))), "{first:?}");
        let (id, second) = saver.results.blocking_recv().expect("an answer");
        assert!(id == 2 && second.is_ok(), "{second:?}");
    }
}
