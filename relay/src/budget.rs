//! What a connection may use up before others go first: so much at once, and so much a second.

use std::pin::Pin;
use std::task::Context;
use std::time::{Duration, Instant};

use tokio::time::Sleep;

/// How much there is.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Units a second.
    pub per_second: u32,
    /// How many units may come at once.
    pub burst: u32,
}

impl Rate {
    /// How long it takes to earn so many units.
    pub(crate) fn of(self, units: usize) -> Duration {
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        Duration::from_secs(units.into()) / self.per_second.max(1)
    }
}

/// How much there is of what is rare.
#[derive(Debug, Clone, Copy)]
pub struct RatePerMinute {
    /// Units a minute.
    pub per_minute: u32,
    /// How many units may come at once.
    pub burst: u32,
}

impl RatePerMinute {
    /// The same as a rate a second, of units that are a sixtieth.
    pub(crate) fn rate(self) -> Rate {
        Rate {
            per_second: self.per_minute,
            burst: self.burst.saturating_mul(60),
        }
    }

    /// What one unit costs of that.
    pub(crate) fn cost(self) -> usize {
        60
    }
}

/// One connection's account (the generic cell rate algorithm, as [`crate::pace::Pace`], for units of different cost).
#[derive(Debug, Default)]
pub(crate) struct Budget {
    /// When everything that was spent would be earned, if it came evenly.
    earned: Option<Instant>,
}

impl Budget {
    /// Spends units. The debt is bounded: what was once too much is forgiven in time.
    pub(crate) fn spend(&mut self, units: usize, rate: Rate, now: Instant) {
        let most = now + 2 * rate.of(rate.burst as usize);
        let earned = self.earned.map_or(now, |earned| earned.max(now)) + rate.of(units);
        self.earned = Some(earned.min(most));
    }

    /// When everything is earned that was spent; `None` if nothing ever was.
    pub(crate) fn owes_until(&self) -> Option<Instant> {
        self.earned
    }

    /// When it is not overdrawn any more; `None` if it isn't now.
    pub(crate) fn overdrawn_until(&self, rate: Rate, now: Instant) -> Option<Instant> {
        let until = self.earned?.checked_sub(rate.of(rate.burst as usize))?;
        (until > now).then_some(until)
    }
}

/// A budget of reading, and who wakes the reader when it has something to spend again.
#[derive(Debug)]
pub(crate) struct Patience {
    rate: Rate,
    budget: Budget,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    /// Bytes of a message that count as much as another message.
    const UNIT: usize = 64 << 10;

    /// A reader who takes so many messages.
    pub(crate) fn new(rate: Rate) -> Self {
        Self {
            rate,
            budget: Budget::default(),
            timer: None,
        }
    }

    /// A message of so many bytes has been read.
    pub(crate) fn read(&mut self, bytes: usize) {
        let now = Instant::now();
        self.budget.spend(1 + bytes / Self::UNIT, self.rate, now);
        self.timer = self
            .budget
            .overdrawn_until(self.rate, now)
            .map(|until| Box::pin(tokio::time::sleep_until(until.into())));
    }

    /// Whether it doesn't read at present.
    pub(crate) fn is_out(&self) -> bool {
        self.timer.is_some()
    }

    /// Whether it reads now. If not, the task is woken when it does.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        if let Some(timer) = &mut self.timer {
            if timer.as_mut().poll(cx).is_pending() {
                return false;
            }
            self.timer = None;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_a_budget_holds_a_burst_and_then_its_rate_and_forgives_in_time() {
        let ms = Duration::from_millis;
        let rate = Rate {
            per_second: 100,
            burst: 50,
        };
        let start = Instant::now();
        let mut budget = Budget::default();
        for _ in 0..50 {
            assert_eq!(budget.overdrawn_until(rate, start), None);
            budget.spend(1, rate, start);
        }
        assert_eq!(budget.overdrawn_until(rate, start), None);
        budget.spend(10, rate, start);
        assert_eq!(budget.overdrawn_until(rate, start), Some(start + ms(100)));
        assert_eq!(budget.overdrawn_until(rate, start + ms(100)), None);
        for n in 0..1000 {
            let now = start + ms(100 + 10 * n);
            assert_eq!(
                budget.overdrawn_until(rate, now),
                None,
                "the rate itself is never too much"
            );
            budget.spend(1, rate, now);
        }
        let late = start + Duration::from_secs(60);
        budget.spend(1_000_000, rate, late);
        assert_eq!(
            budget.overdrawn_until(rate, late),
            Some(late + ms(500)),
            "and no longer"
        );
    }
}
