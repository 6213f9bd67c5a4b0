//! The relay's clock. It never steps back, also over restarts.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use drawbridge_protocol::MAX_INTEGER;

/// Milliseconds since the Unix epoch, running evenly from the greater of the wall clock and the last
/// reading that was stored. What the wall clock does afterwards doesn't matter.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    base_ms: u64,
    start: Instant,
}

impl Clock {
    /// A clock that goes on from `stored_ms` if the wall clock reads less.
    pub(crate) fn start(stored_ms: u64) -> Self {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX));
        Self {
            base_ms: wall.max(stored_ms),
            start: Instant::now(),
        }
    }

    /// The time now, in milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> u64 {
        let elapsed = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.base_ms.saturating_add(elapsed).min(MAX_INTEGER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t1_the_clock_goes_on_from_the_stored_reading() {
        let far = 4_000_000_000_000;
        assert!(Clock::start(far).now_ms() >= far);
        assert!(Clock::start(0).now_ms() > 1_700_000_000_000, "the wall clock");
    }
}
