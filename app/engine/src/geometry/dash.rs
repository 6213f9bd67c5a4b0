//! Dashes and dots along a line, in a rhythm that comes out even at its ends.

use super::InkPoint;
use super::ink::scale;
use super::terms::Dash;
use super::way::Way;

/// How long a dash is between the middles of its round ends, and a gap, in scales.
const DASH: f64 = 2.5;
/// How far apart the middles of dots are, in scales.
const DOTS: f64 = 2.0;
/// A line that would have more is drawn whole.
const MOST: f64 = 2000.0;
/// So is one whose dashes and gaps are shorter than so many times what may differ.
const FINEST: f64 = 4.0;

/// Dashes, all alike and evenly spaced, in parts of the line's length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rhythm {
    count: usize,
    /// Where the first one begins.
    first: f64,
    /// From where one begins to where the next does.
    every: f64,
    /// How long each is; 0 for dots.
    long: f64,
}

impl Rhythm {
    /// For a line so long and so wide. A closed one begins in the middle of a gap, an open one begins and ends with a dash.
    /// `None` where it is to be drawn whole.
    pub(super) fn of(dash: Dash, length: f64, width: f64, closed: bool, tolerance: f64) -> Option<Self> {
        let (every, long) = match dash {
            Dash::Solid => return None,
            Dash::Dashed => (2.0 * DASH * scale(width), 0.5),
            Dash::Dotted => (DOTS * scale(width), 0.0),
        };
        // The gap after the last dash of an open line is missing.
        let spare = if closed { 0.0 } else { 1.0 - long };
        let count = (length / every + spare).round();
        if !(2.0..=MOST).contains(&count) || every < 2.0 * FINEST * tolerance {
            return None;
        }
        let every = 1.0 / (count - spare);
        Some(Self {
            count: count as usize,
            first: if closed { every * (1.0 - long) / 2.0 } else { 0.0 },
            every,
            long: every * long,
        })
    }

    /// The pieces into which it breaks a line.
    pub(super) fn pieces(self, way: &Way) -> impl Iterator<Item = Vec<InkPoint>> {
        (0..self.count).map(move |n| {
            let from = self.first + n as f64 * self.every;
            // The last one ends where the line does, whatever was rounded.
            let to = if from + self.long > 1.0 - 1e-9 {
                1.0
            } else {
                from + self.long
            };
            way.part(from * way.length(), to * way.length())
        })
    }
}
