//! How far the opening of a board has come, for whoever shows it meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A count that one thread moves and others look at.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Progress {
    /// So many parts more are to be done.
    pub(crate) fn expect(&self, parts: usize) {
        self.0.total.fetch_add(parts, Ordering::Relaxed);
    }

    /// So many parts more are done.
    pub(crate) fn advance(&self, parts: usize) {
        self.0.done.fetch_add(parts, Ordering::Relaxed);
    }

    /// How much of it is done, 0 to 1; `None` while that isn't known.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        let total = self.0.total.load(Ordering::Relaxed);
        let done = self.0.done.load(Ordering::Relaxed);
        (total > 0).then(|| (done as f64 / total as f64).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_unknown_before_it_begins_and_never_more_than_all() {
        let progress = Progress::default();
        assert_eq!(progress.share(), None);
        progress.expect(8);
        let seen = progress.clone();
        progress.advance(2);
        assert_eq!(seen.share(), Some(0.25));
        progress.advance(20);
        assert_eq!(seen.share(), Some(1.0));
    }
}
