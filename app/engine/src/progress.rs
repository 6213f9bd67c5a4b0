//! How far the opening of a board has come, for whoever shows it meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Parts of the whole that are counted.
const WHOLE: f64 = 1e6;

/// How much of something is done: one thread moves it, others look at it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<AtomicU32>);

impl Progress {
    /// So much of the board's file is read, 0 to 1: half of the whole.
    pub(crate) fn read(&self, share: f64) {
        self.reach(0.5 * share.clamp(0.0, 1.0));
    }

    /// The file is read, and so much of what is in it is ready to be shown, 0 to 1.
    pub(crate) fn shown(&self, share: f64) {
        self.reach(0.5 + 0.5 * share.clamp(0.0, 1.0));
    }

    /// It never goes back.
    fn reach(&self, share: f64) {
        self.0.fetch_max((share * WHOLE) as u32, Ordering::Relaxed);
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
            progress.read(share);
            shares.push(seen.share());
        }
        for share in [0.5, 0.25, 7.0] {
            progress.shown(share);
            shares.push(seen.share());
        }
        assert_eq!(shares, [0.0, 0.25, 0.25, 0.25, 0.5, 0.75, 0.75, 1.0]);
    }
}
