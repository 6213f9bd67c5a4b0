//! Laser trails: each point is seen for about a second.

use crate::geometry::Point;

/// Milliseconds for which a point is seen.
const SEEN: f64 = 1000.0;
/// Points of a trail beyond this many are forgotten, the oldest first.
const POINTS: usize = 4096;

/// A trail.
#[derive(Debug, Clone, PartialEq)]
pub struct Trail {
    /// Whose: one's own, or that of a connection.
    pub conn: Option<u64>,
    /// On the board, the oldest first, each with how much of it is left to be seen, 1 to 0.
    pub points: Vec<(Point, f64)>,
    times: Vec<f64>,
    /// Whether the hand has let go: what comes next is another trail.
    ended: bool,
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
        let held = self.0.iter().position(|trail| trail.conn == conn && !trail.ended);
        let at = held.unwrap_or_else(|| {
            self.0.push(Trail {
                conn,
                points: Vec::new(),
                times: Vec::new(),
                ended: false,
            });
            self.0.len() - 1
        });
        let trail = &mut self.0[at];
        trail.points.extend(points.iter().map(|p| (*p, 1.0)));
        trail.times.extend(points.iter().map(|_| now_ms));
        let many = trail.points.len().saturating_sub(POINTS);
        trail.points.drain(..many);
        trail.times.drain(..many);
    }

    /// Somebody's hand has let go.
    pub(super) fn end(&mut self, conn: Option<u64>) {
        let own = self.0.iter_mut().filter(|trail| trail.conn == conn);
        own.for_each(|trail| trail.ended = true);
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
