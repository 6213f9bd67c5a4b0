//! What others move, as it is shown between two words of where it is: it runs evenly from where it is shown to where it is,
//! in about the time in which the next word is awaited.

/// Seconds between two words of what moves, before that is known.
const USUAL: f64 = 0.02;
/// After a longer pause a word says nothing of how often they come.
const PAUSE: f64 = 0.25;
/// How much longer than the usual wait it takes to get there: what comes late is waited for without a halt.
const PATIENCE: f64 = 1.25;
/// It gets there no sooner, in seconds.
const SOONEST: f64 = 0.012;

/// Some numbers that change together, such as the coordinates of a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glide<const N: usize> {
    from: [f64; N],
    to: [f64; N],
    /// When it was heard of last, in seconds.
    told: f64,
    /// How long it takes from `from` to `to`, in seconds.
    takes: f64,
    /// How long it was between the last few words, in seconds.
    every: f64,
}

impl<const N: usize> Glide<N> {
    /// It is there.
    #[must_use]
    pub fn new(at: [f64; N], now: f64) -> Self {
        Self {
            from: at,
            to: at,
            told: now,
            takes: 0.0,
            every: USUAL,
        }
    }

    /// Where it was heard to be last.
    #[must_use]
    pub fn target(&self) -> [f64; N] {
        self.to
    }

    /// When it was heard of last.
    #[must_use]
    pub fn told(&self) -> f64 {
        self.told
    }

    /// It is heard to be somewhere at `now`; what is shown gets there within `longest` seconds.
    pub fn tell(&mut self, to: [f64; N], now: f64, longest: f64) {
        let since = (now - self.told).max(0.0);
        if since < PAUSE {
            // Longer waits count more than shorter ones: a halt is seen, a little delay isn't.
            let share = if since > self.every { 0.5 } else { 0.15 };
            self.every += (since - self.every) * share;
        }
        self.from = self.at(now);
        self.to = to;
        self.told = now;
        self.takes = (self.every * PATIENCE).clamp(SOONEST, longest);
    }

    /// It is there at once.
    pub fn leap(&mut self, to: [f64; N], now: f64) {
        *self = Self {
            every: self.every,
            ..Self::new(to, now)
        };
    }

    /// Where it is shown at `now`.
    #[must_use]
    pub fn at(&self, now: f64) -> [f64; N] {
        if !self.moves(now) {
            return self.to;
        }
        let share = ((now - self.told) / self.takes).max(0.0);
        let mut at = self.from;
        for (at, to) in at.iter_mut().zip(self.to) {
            *at += (to - *at) * share;
        }
        at
    }

    /// Whether it is shown on its way at `now`.
    #[must_use]
    pub fn moves(&self, now: f64) -> bool {
        self.from != self.to && now - self.told < self.takes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something that moves by 1,000 a second and is told after each of these waits (milliseconds), shown at 60 Hz: how far
    /// behind it is shown at most, in seconds, and the smallest and the largest step between two frames.
    fn run(waits: impl Iterator<Item = u32>) -> (f64, f64, f64) {
        let mut glide = Glide::new([0.0], 0.0);
        let frame = 1.0 / 60.0;
        let (mut now, mut shown) = (0.0, 0.0);
        let (mut behind, mut least, mut most) = (0.0f64, f64::INFINITY, 0.0f64);
        let mut word = 0.0;
        for wait in waits {
            word += f64::from(wait) / 1000.0;
            while now + frame < word {
                now += frame;
                let at = glide.at(now)[0];
                // Once it runs.
                if now > 0.5 {
                    behind = behind.max(now - at / 1000.0);
                    least = least.min(at - shown);
                    most = most.max(at - shown);
                }
                shown = at;
            }
            glide.tell([word * 1000.0], word, 0.08);
        }
        (behind, least, most)
    }

    #[test]
    fn it_runs_evenly_and_close_behind_however_often_it_is_heard_of() {
        let even = 1000.0 / 60.0;
        for (every, lag) in [(17, 0.035), (33, 0.06)] {
            let (behind, least, most) = run(std::iter::repeat_n(every, 100));
            assert!(behind < lag, "{every} ms: {behind}");
            assert!(
                least > 0.5 * even && most < 1.6 * even,
                "{every} ms: {least} to {most} of {even}"
            );
        }
    }

    #[test]
    fn it_neither_halts_nor_leaps_where_words_come_unevenly() {
        let even = 1000.0 / 60.0;
        let waits = [17, 33, 17, 50, 16, 34, 33, 17, 20, 45];
        let (behind, least, most) = run(waits.into_iter().cycle().take(300));
        assert!(behind < 0.09, "{behind}");
        assert!(least > 0.0 && most < 2.6 * even, "{least} to {most} of {even}");
    }

    #[test]
    fn it_arrives_soon_and_is_then_still() {
        let mut glide = Glide::new([0.0, 0.0], 0.0);
        glide.tell([10.0, 20.0], 60.0, 0.08);
        assert_eq!(glide.at(60.0), [0.0, 0.0], "a pause leads to no leap");
        assert!(glide.moves(60.01));
        assert_eq!(glide.at(60.08), [10.0, 20.0]);
        assert!(!glide.moves(60.08));
        glide.leap([0.0, 0.0], 61.0);
        assert_eq!(glide.at(61.0), [0.0, 0.0]);
    }
}
