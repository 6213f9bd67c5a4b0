//! Keeps a line that would come thousands of times from filling the log.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the same is said at most.
const EVERY: Duration = Duration::from_secs(60);

/// One line of the log. As a static: the log is the process's, too.
#[derive(Debug)]
pub(crate) struct Rarely(Mutex<(Option<Instant>, u64)>);

impl Rarely {
    /// A line that hasn't been said yet.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new((None, 0)))
    }

    /// Whether to say it at `now`: then how often it wasn't said since the last time.
    pub(crate) fn says(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (said, left_out) = *state;
        if said.is_some_and(|said| now.saturating_duration_since(said) < EVERY) {
            state.1 += 1;
            return None;
        }
        *state = (Some(now), 0);
        Some(left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_and_again_is_said_once_a_minute_and_counted() {
        let (line, start) = (Rarely::new(), Instant::now());
        assert_eq!(line.says(start), Some(0));
        for ms in 1..=500 {
            assert_eq!(line.says(start + Duration::from_millis(ms)), None);
        }
        assert_eq!(line.says(start + EVERY), Some(500));
        assert_eq!(line.says(start + EVERY), None);
        assert_eq!(line.says(start + 3 * EVERY), Some(1));
    }
}
