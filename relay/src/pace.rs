//! How often a board's wet changes are told: at once while it is quiet, in even frames when busy.
//!
//! What telling costs is one write to each connection. So a board is quiet as long as its steps make no more such deliveries than
//! are cheap (two pens on a board of 200, four on a small one), and busy when more come. A quiet board's frame waits until the one
//! before is about out, and takes along what came meanwhile.

use std::time::{Duration, Instant};

/// What one delivery may take of a quiet board's time: 25,000 a second.
const SHARE: Duration = Duration::from_micros(40);
/// What a step takes at least: 250 a second, so four people who draw.
const STEP: Duration = Duration::from_millis(4);
/// How long one delivery takes, about.
const DELIVERY: Duration = Duration::from_micros(5);

/// The generic cell rate algorithm over steps tells quiet from busy.
#[derive(Debug)]
pub(crate) struct Pace {
    /// Between two frames of a busy board.
    interval: Duration,
    /// Between two frames of a quiet board.
    gap: Duration,
    /// Between two steps of a quiet board, if they came evenly.
    step: Duration,
    /// How many may come at once.
    burst: u32,
    /// When the next step would be due if they came evenly.
    due: Option<Instant>,
    /// When the last frame was sent.
    sent: Option<Instant>,
}

impl Pace {
    /// One frame an `interval` while it is busy, which it isn't before `burst` steps have come at once.
    pub(crate) fn new(interval: Duration, burst: u32) -> Self {
        Self {
            interval,
            gap: Duration::ZERO,
            step: STEP,
            burst,
            due: None,
            sent: None,
        }
    }

    /// From here on so many are told, and a busy board has so much time between two frames.
    pub(crate) fn set(&mut self, people: usize, interval: Duration) {
        let people = u32::try_from(people).unwrap_or(u32::MAX);
        self.interval = interval;
        self.step = STEP.max(SHARE.saturating_mul(people));
        // Timers are no finer than a millisecond; to fewer than that takes a frame has gone out at once.
        let gap = DELIVERY.saturating_mul(people);
        self.gap = if gap < Duration::from_millis(1) {
            Duration::ZERO
        } else {
            gap
        };
    }

    /// Something changed at `now`. What was once too much is forgiven in time.
    pub(crate) fn step(&mut self, now: Instant) {
        let most = now + 2 * self.step * self.burst;
        let due = self.due.map_or(now, |due| due.max(now)) + self.step;
        self.due = Some(due.min(most));
    }

    /// Takes the leave to send a frame at `now`, or says when there will be one.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Instant> {
        let busy = self.due.is_some_and(|due| due > now + self.step * self.burst);
        let wait = if busy { self.interval } else { self.gap };
        match self.sent.map(|sent| sent + wait) {
            Some(at) if at > now => Err(at),
            _ => {
                self.sent = Some(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BURST: u32 = 16;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// How many frames are sent, and how long a step waits at most, when a step comes `every` for ten seconds.
    fn told(pace: &mut Pace, start: Instant, every: Duration) -> (usize, Duration) {
        let (mut now, mut next, mut tick) = (start, start, None);
        let (mut sent, mut longest, mut waiting) = (0, Duration::ZERO, None);
        while now < start + ms(10_000) {
            let comes = tick.is_none_or(|tick| next <= tick);
            now = tick.map_or(next, |tick: Instant| tick.min(next));
            if comes {
                pace.step(now);
                waiting.get_or_insert(now);
                next += every;
                if tick.is_some() {
                    continue;
                }
            }
            tick = pace.take(now).err();
            if tick.is_none() {
                sent += 1;
                let since = waiting.take().expect("a step");
                longest = longest.max(now - since);
            }
        }
        (sent, longest)
    }

    #[test]
    fn v7_a_quiet_board_tells_each_step_at_once() {
        let mut pace = Pace::new(ms(16), BURST);
        pace.set(10, ms(16));
        let (sent, longest) = told(&mut pace, Instant::now(), ms(4));
        assert!(
            sent >= 2500 && longest.is_zero(),
            "four pens: {sent}, {longest:?}"
        );
        let mut pace = Pace::new(ms(16), BURST);
        pace.set(200, ms(16));
        let (sent, longest) = told(&mut pace, Instant::now(), ms(8));
        assert!(
            sent >= 1250 && longest.is_zero(),
            "two pens, and many who look on: {sent}, {longest:?}"
        );
    }

    #[test]
    fn v7_a_busy_board_has_even_frames_and_is_quiet_again_soon() {
        let mut pace = Pace::new(ms(16), BURST);
        pace.set(10, ms(16));
        let start = Instant::now();
        let (sent, longest) = told(&mut pace, start, ms(1));
        assert!((600..660).contains(&sent), "10 s hold 625 frames, not {sent}");
        assert!(longest <= ms(16), "{longest:?}");
        let later = start + ms(10_200);
        assert_eq!(told(&mut pace, later, ms(10)).1, Duration::ZERO);
    }

    #[test]
    fn v7_what_comes_while_a_frame_goes_out_to_many_is_told_in_the_next() {
        let mut pace = Pace::new(ms(16), BURST);
        pace.set(200, ms(16));
        let start = Instant::now();
        pace.step(start);
        assert_eq!(pace.take(start), Ok(()));
        let soon = start + Duration::from_micros(300);
        pace.step(soon);
        assert_eq!(pace.take(soon), Err(start + ms(1)));
        assert_eq!(pace.take(start + ms(1)), Ok(()));
    }
}
