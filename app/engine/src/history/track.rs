//! A timeline as it is shown: along the time that somebody drew, with long pauses made short, so that a week with three sessions
//! is still to be read.

use super::Timeline;

/// When nothing happens for longer than that, it is a pause, in milliseconds.
const PAUSE: u64 = 60_000;
/// A pause takes this part of the time that was drawn, and at least so many seconds; ...
const SHORT: (f64, f64) = (0.02, 2.0);
/// ... but all of them together no more than this part.
const ALL: f64 = 0.35;
/// Before the first moment lies the empty board, for this part of all, and at least so many seconds.
const LEAD: (f64, f64) = (0.01, 1.0);
/// The least time between two moments, in seconds: those of one millisecond can still be told apart.
const LEAST: f64 = 0.05;

/// Nothing happened for a long time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pause {
    /// Where it lies on the track, in seconds: from, to.
    pub at: (f64, f64),
    /// How long it was, in milliseconds.
    pub ms: u64,
}

/// Where each moment lies, in seconds from the track's beginning.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Track {
    /// By number; 0 is the beginning.
    at: Vec<f64>,
    pauses: Vec<Pause>,
}

impl Track {
    /// The track of a timeline.
    #[must_use]
    pub fn of(timeline: &Timeline) -> Self {
        let moments = timeline.moments();
        if moments.is_empty() {
            return Self {
                at: vec![0.0],
                pauses: Vec::new(),
            };
        }
        let gaps: Vec<u64> = moments.windows(2).map(|two| two[1].ms - two[0].ms).collect();
        let seconds = |ms: u64| (ms as f64 / 1000.0).max(LEAST);
        let drawn: f64 = gaps
            .iter()
            .filter(|gap| **gap <= PAUSE)
            .map(|gap| seconds(*gap))
            .sum();
        let count = gaps.iter().filter(|gap| **gap > PAUSE).count().max(1) as f64;
        let pause = (drawn * SHORT.0).min(drawn * ALL / count).max(SHORT.1);
        let all = drawn + pause * count;
        let mut at = vec![0.0, (all * LEAD.0).max(LEAD.1)];
        let mut pauses = Vec::new();
        for gap in gaps {
            let from = at.last().copied().unwrap_or_default();
            let to = from + if gap > PAUSE { pause } else { seconds(gap) };
            if gap > PAUSE {
                pauses.push(Pause {
                    at: (from, to),
                    ms: gap,
                });
            }
            at.push(to);
        }
        Self { at, pauses }
    }

    /// How long it is, in seconds.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.at.last().copied().unwrap_or_default()
    }

    /// Where a moment lies, in seconds.
    #[must_use]
    pub fn at(&self, number: usize) -> f64 {
        let last = self.at.len().saturating_sub(1);
        self.at.get(number.min(last)).copied().unwrap_or_default()
    }

    /// The number of the last moment up to a place on it, in seconds.
    #[must_use]
    pub fn moment(&self, seconds: f64) -> usize {
        self.at.partition_point(|at| *at <= seconds).saturating_sub(1)
    }

    /// The number of the moment that lies nearest to a place on it, in seconds.
    #[must_use]
    pub fn nearest(&self, seconds: f64) -> usize {
        let below = self.moment(seconds);
        let above = (below + 1).min(self.at.len().saturating_sub(1));
        if self.at(above) - seconds < seconds - self.at(below) {
            above
        } else {
            below
        }
    }

    /// The pauses, the earliest first.
    #[must_use]
    pub fn pauses(&self) -> &[Pause] {
        &self.pauses
    }

    /// How much happened in each of so many equal parts of it: of each the authors by number, and how many moments of theirs it has.
    #[must_use]
    pub fn density(&self, timeline: &Timeline, parts: usize) -> Vec<Vec<(usize, u32)>> {
        let mut all = vec![Vec::new(); parts];
        let length = self.length().max(f64::MIN_POSITIVE);
        for (number, moment) in (1..).zip(timeline.moments()) {
            let Some(author) = timeline.author(moment.peer) else {
                continue;
            };
            let part = (self.at(number) / length * parts as f64) as usize;
            let Some(part) = all.get_mut(part.min(parts.saturating_sub(1))) else {
                continue;
            };
            match part.iter_mut().find(|(held, _)| *held == author) {
                Some((_, count)) => *count += 1,
                None => part.push((author, 1)),
            }
        }
        for part in &mut all {
            part.sort_unstable();
        }
        all
    }
}
