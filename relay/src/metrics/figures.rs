//! What takes a look at the store: it is asked for at most every [`EVERY`], however often somebody scrapes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::{Contents, Readers, StoreError};

/// How old an answer may be.
const EVERY: Duration = Duration::from_secs(15);

/// What the store holds, as of a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    // A std mutex: held only to look and to put, never across an await.
    last: Mutex<Option<(Instant, Contents)>>,
}

impl Figures {
    /// What it holds.
    pub(crate) async fn get(&self, readers: &Arc<Readers>) -> Result<Contents, StoreError> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, contents)) = last
            && at.elapsed() < EVERY
        {
            return Ok(contents);
        }
        let contents = Arc::clone(readers).contents().await?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), contents));
        Ok(contents)
    }
}
