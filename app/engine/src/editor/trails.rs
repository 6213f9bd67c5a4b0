//! Laser trails: each point is seen for about a second.

use crate::geometry::Point;

/// Milliseconds for which a point is seen.
const SEEN: f64 = 1000.0;
/// Points of a trail beyond this many are forgotten, the oldest first.
const POINTS: usize = 4096;
/// A pause of so many milliseconds begins a new trail.
const PAUSE: f64 = 250.0;

/// A trail.
#[derive(Debug, Clone, PartialEq)]
pub struct Trail {
    /// Whose: one's own, or that of a connection.
    pub conn: Option<u64>,
    /// On the board, the oldest first, each with how much of it is left to be seen, 1 to 0.
    pub points: Vec<(Point, f64)>,
    times: Vec<f64>,
}

/// All trails.
#[derive(Debug, Default)]
pub(super) struct Trails(Vec<Trail>);

impl Trails {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Trail> {
        self.0.iter()
    }

    /// Goes on with somebody's trail.
    pub(super) fn add(&mut self, conn: Option<u64>, points: &[Point], now_ms: f64) {
        if points.is_empty() {
            return;
        }
        let goes_on = |trail: &&mut Trail| {
            let last = trail.times.last().copied().unwrap_or(f64::NEG_INFINITY);
            trail.conn == conn && now_ms - last < PAUSE
        };
        if self.0.iter_mut().find(goes_on).is_none() {
            self.0.push(Trail {
                conn,
                points: Vec::new(),
                times: Vec::new(),
            });
        }
        if let Some(trail) = self.0.iter_mut().rev().find(|trail| trail.conn == conn) {
            trail.points.extend(points.iter().map(|p| (*p, 1.0)));
            trail.times.extend(points.iter().map(|_| now_ms));
            let many = trail.points.len().saturating_sub(POINTS);
            trail.points.drain(..many);
            trail.times.drain(..many);
        }
    }

    /// Lets them fade; says whether any is left.
    pub(super) fn fade(&mut self, now_ms: f64) -> bool {
        for trail in &mut self.0 {
            for ((_, left), time) in trail.points.iter_mut().zip(&trail.times) {
                *left = (1.0 - (now_ms - time) / SEEN).clamp(0.0, 1.0);
            }
            let faded = trail.points.iter().take_while(|(_, left)| *left <= 0.0).count();
            trail.points.drain(..faded);
            trail.times.drain(..faded);
        }
        self.0.retain(|trail| !trail.points.is_empty());
        !self.0.is_empty()
    }
}
