//! How often a board's wet changes are told: at once while it is quiet, in even frames when busy.

use std::time::{Duration, Instant};

/// The generic cell rate algorithm: one frame an interval, with some frames of burst.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    tolerance: Duration,
    /// When the next frame would be due if they came evenly.
    due: Option<Instant>,
}

impl Pace {
    /// One frame an `interval`, after `burst` that may come at once.
    pub(crate) fn new(interval: Duration, burst: u32) -> Self {
        Self {
            interval,
            tolerance: interval * burst.saturating_sub(1),
            due: None,
        }
    }

    /// Changes the time between two frames from here on.
    pub(crate) fn set_interval(&mut self, interval: Duration) {
        let burst = self.tolerance.div_duration_f64(self.interval).round() as u32;
        (self.interval, self.tolerance) = (interval, interval * burst);
    }

    /// Takes the leave to send a frame at `now`, or says when there will be one.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Instant> {
        let due = self.due.unwrap_or(now).max(now);
        match due.checked_sub(self.tolerance) {
            Some(earliest) if earliest > now => Err(earliest),
            _ => {
                self.due = Some(due + self.interval);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v7_a_quiet_board_sends_at_once_and_a_busy_one_at_the_interval() {
        let ms = Duration::from_millis;
        let start = Instant::now();
        let mut pace = Pace::new(ms(16), 8);
        for step in 0..100u32 {
            assert_eq!(
                pace.take(start + ms(17) * step),
                Ok(()),
                "below the rate nothing waits"
            );
        }
        let busy = start + ms(10_000);
        let sent = (0..160u64).filter(|&n| pace.take(busy + ms(n)).is_ok()).count();
        assert!(
            (10..=18).contains(&sent),
            "160 ms hold 10 frames and the burst, not {sent}"
        );
        assert_eq!(pace.take(busy + ms(160)), Ok(()));
        let next = pace.take(busy + ms(161)).expect_err("still busy");
        assert!(next <= busy + ms(177));
        assert_eq!(pace.take(next), Ok(()));
    }

    #[test]
    fn v7_another_pace_holds_from_the_next_frame_on_with_the_same_burst() {
        let ms = Duration::from_millis;
        let start = Instant::now();
        let mut pace = Pace::new(ms(16), 8);
        pace.set_interval(ms(33));
        let sent = (0..330u64).filter(|&n| pace.take(start + ms(n)).is_ok()).count();
        assert_eq!(sent, 17, "eight at once, and one at each of nine intervals");
    }
}
