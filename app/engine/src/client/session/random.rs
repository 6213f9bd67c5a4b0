//! Random numbers that a seed fixes, so that a run can be repeated exactly.

use std::time::Duration;

use crate::splitmix::SplitMix64;

/// Enough for spreading waits over time, no more.
#[derive(Debug, Clone)]
pub(super) struct Random(SplitMix64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(SplitMix64(seed))
    }

    /// A wait from nothing to `most`, in whole microseconds.
    pub(super) fn up_to(&mut self, most: Duration) -> Duration {
        let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX - 1);
        Duration::from_micros(self.0.number() % (micros + 1))
    }
}
