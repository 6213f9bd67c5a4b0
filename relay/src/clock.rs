//! The relay's clock. It never steps back, also over restarts.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use drawbridge_protocol::MAX_INTEGER;
use drawbridge_protocol::fault::{self, Fault};
use tokio::runtime::Handle;

use crate::room::Room;

/// Milliseconds since the Unix epoch, running evenly from the greater of the wall clock and the last
/// reading that was stored. What the wall clock does afterwards doesn't matter.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    base_ms: u64,
    start: Instant,
}

impl Clock {
    /// A clock that starts at `now` and goes on from `stored_ms` if the wall clock reads less.
    pub(crate) fn start(stored_ms: u64, wall_ms: u64, now: Instant) -> Self {
        let least = if fault::is_planted(Fault::ClockStepsBack) {
            0
        } else {
            stored_ms
        };
        Self {
            base_ms: wall_ms.max(least),
            start: now,
        }
    }

    /// What it reads at `now`, in milliseconds since the Unix epoch.
    pub(crate) fn at(&self, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(self.start).as_millis();
        let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
        self.base_ms.saturating_add(elapsed).min(MAX_INTEGER)
    }
}

/// Where a relay's time comes from, and who wakes it.
pub(crate) trait Time: std::fmt::Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Instant;

    /// Has [`Room::tick`] called at `at`.
    fn wake(&self, room: &Arc<Room>, at: Instant);
}

/// The machine's time.
#[derive(Debug)]
pub(crate) struct SystemTimer(pub(crate) Handle);

impl Time for SystemTimer {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wake(&self, room: &Arc<Room>, at: Instant) {
        let room = Arc::clone(room);
        self.0.spawn(async move {
            tokio::time::sleep_until(at.into()).await;
            room.tick();
        });
    }
}

/// The machine's wall clock, in milliseconds since the Unix epoch.
pub(crate) fn wall_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn t1_the_clock_goes_on_from_the_stored_reading() {
        let (far, start) = (4_000_000_000_000, Instant::now());
        let clock = Clock::start(far, 1_700_000_000_000, start);
        assert_eq!(clock.at(start), far);
        assert_eq!(clock.at(start + Duration::from_millis(7)), far + 7);
        let wall = Clock::start(0, 1_700_000_000_000, start);
        assert_eq!(wall.at(start), 1_700_000_000_000, "the wall clock");
    }
}
