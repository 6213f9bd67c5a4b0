//! How far the opening of a board has come, for whoever shows it meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Parts of the whole that are counted.
const WHOLE: f64 = 1e6;

/// How much of something is done: one thread moves it, others look at it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<AtomicU32>);

impl Progress {
    /// So much of it is done, 0 to 1. It never goes back.
    pub(crate) fn reach(&self, share: f64) {
        let parts = (share.clamp(0.0, 1.0) * WHOLE) as u32;
        self.0.fetch_max(parts, Ordering::Relaxed);
    }

    /// How much of it is done, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        f64::from(self.0.load(Ordering::Relaxed)) / WHOLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_goes_back_and_is_never_more_than_all() {
        let progress = Progress::default();
        let seen = progress.clone();
        let mut shares = Vec::new();
        for share in [0.0, 0.5, 0.25, f64::NAN, 7.0] {
            progress.reach(share);
            shares.push(seen.share());
        }
        assert_eq!(shares, [0.0, 0.5, 0.5, 0.5, 1.0]);
    }
}
