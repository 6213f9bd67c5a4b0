//! The way of an arrow between what it aims at: cut where it goes into what it holds on to, as tldraw 5 does it.

use super::arcs::arc;
use crate::geometry::{Point, Rect, Route, Vec2};

/// An arrow that is bent by less than this is straight, in board units.
const STRAIGHT: f64 = 0.5;
/// So many pieces an arc has while it is cut.
const PIECES: u32 = 32;

/// Where an end stops before what it aims at.
pub(super) struct Stop<'a> {
    pub(super) outline: &'a [Point],
    pub(super) bounds: Rect,
    pub(super) gap: f64,
}

/// From where to where an arrow goes.
pub(super) struct Way<'a> {
    pub(super) aims: [Point; 2],
    pub(super) stops: [Option<Stop<'a>>; 2],
    /// What is to be left of it where it is cut.
    pub(super) least: f64,
}

impl Way<'_> {
    /// A straight arrow, or one whose middle lies so far aside of the middle between what it aims at.
    pub(super) fn bent(&self, bend: f64) -> (Route, Vec<Point>) {
        let [from, to] = self.aims;
        let straight = bend.abs() <= STRAIGHT;
        let (bend, pieces) = if straight { (0.0, 1) } else { (bend, PIECES) };
        let path = arc(from, to, bend, pieces);
        let back: Vec<Point> = path.iter().rev().copied().collect();
        let far: f64 = path.windows(2).map(|two| two[0].distance(two[1])).sum();
        let stops = [0, 1].map(|end| {
            let stop = self.stops[end].as_ref()?;
            let way = if end == 0 { &back } else { &path };
            Some((enters(way, stop)?, stop.gap))
        });
        let (mut start, mut end) = (0.0, far);
        for (n, gaps) in [(0, true), (1, true), (0, false), (1, false)] {
            // Without gaps where there is no room for them.
            if !gaps && end - start >= self.least {
                break;
            }
            let Some((at, gap)) = stops[n] else { continue };
            let at = at - if gaps { gap } else { 0.0 };
            if n == 0 {
                start = far - at;
            } else {
                end = at;
            }
        }
        if end <= start {
            (start, end) = (0.0, far);
        }
        let turn = 2.0 * (2.0 * bend.abs()).atan2(from.distance(to));
        // A curve through few points is as good as the arc.
        let parts = match turn {
            _ if straight => 1,
            turn if turn < 0.8 => 2,
            turn if turn < 1.6 => 4,
            _ => 8,
        };
        let at = |n: u32| along(&path, start + (end - start) * f64::from(n) / f64::from(parts));
        let route = if straight { Route::Straight } else { Route::Curve };
        (route, (0..=parts).map(at).collect())
    }

    /// A right-angled arrow from side to side, whose middle piece lies at this part of its way.
    pub(super) fn elbow(&self, middle: f64) -> Vec<Point> {
        let boxes = [0, 1].map(|end| match &self.stops[end] {
            Some(stop) if !stop.outline.is_empty() => stop.bounds,
            _ => Rect::from_points(self.aims[end], self.aims[end]),
        });
        let gap = |a: [f64; 2], b: [f64; 2]| (b[0] - a[1]).max(a[0] - b[1]);
        let across = gap([boxes[0].x0, boxes[0].x1], [boxes[1].x0, boxes[1].x1]);
        let down = gap([boxes[0].y0, boxes[0].y1], [boxes[1].y0, boxes[1].y1]);
        if across.max(down) <= 0.0 {
            // No side of one faces the other.
            return self.aims.to_vec();
        }
        let level = across >= down;
        let to = self.aims[1] - self.aims[0];
        let out = if level {
            Vec2::new(to.x.signum(), 0.0)
        } else {
            Vec2::new(0.0, to.y.signum())
        };
        let ends = [(0, out), (1, -out)].map(|(end, out)| self.leaves(end, out));
        let [from, to] = ends;
        let (bends, aside) = if level {
            let x = from.x + (to.x - from.x) * middle;
            ([Point::new(x, from.y), Point::new(x, to.y)], to.y - from.y)
        } else {
            let y = from.y + (to.y - from.y) * middle;
            ([Point::new(from.x, y), Point::new(to.x, y)], to.x - from.x)
        };
        if aside.abs() < STRAIGHT {
            return ends.to_vec();
        }
        vec![from, bends[0], bends[1], to]
    }

    /// Where an end that goes this way stops.
    fn leaves(&self, end: usize, way: Vec2) -> Point {
        let aim = self.aims[end];
        let Some(stop) = &self.stops[end] else { return aim };
        let size = stop.bounds.size();
        let far = size.width + size.height;
        let path = [aim + way * far, aim];
        match enters(&path, stop) {
            Some(at) => aim + way * (far - at + stop.gap),
            None => aim,
        }
    }
}

/// How far along a path it goes into an outline for the first time.
fn enters(path: &[Point], stop: &Stop<'_>) -> Option<f64> {
    let mut run = 0.0;
    for two in path.windows(2) {
        let (from, way) = (two[0], two[1] - two[0]);
        let long = way.hypot();
        let near = Rect::from_points(two[0], two[1]).inflate(1e-6, 1e-6);
        if near.overlaps(stop.bounds) {
            let cuts = stop.outline.windows(2).filter_map(|side| {
                let side_way = side[1] - side[0];
                let turn = way.cross(side_way);
                let off = side[0] - from;
                let (at, on) = (off.cross(side_way) / turn, off.cross(way) / turn);
                (turn != 0.0 && (0.0..=1.0).contains(&at) && (0.0..=1.0).contains(&on)).then_some(at)
            });
            if let Some(first) = cuts.reduce(f64::min) {
                return Some(run + first * long);
            }
        }
        run += long;
    }
    None
}

/// The point so far along a path; its ends before and after it.
fn along(path: &[Point], far: f64) -> Point {
    let mut left = far.max(0.0);
    for two in path.windows(2) {
        let long = two[0].distance(two[1]);
        if left < long {
            return two[0].lerp(two[1], left / long);
        }
        left -= long;
    }
    path.last().copied().unwrap_or_default()
}
