//! The way of a right-angled line: through its points, square to what its ends hold on to, and around those where it can.
//!
//! Each leg, from one point to the next, is the cheapest way along a few level and upright lines. Costs are whole numbers,
//! so that every machine finds the same.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use kurbo::{Point, Rect, Vec2};

use super::hold::{Hold, hold_on};

/// How far a line keeps from what it holds on to, in its widths, where there is room.
const MARGIN: f64 = 8.0;
/// What a bend costs, in widths of way.
const BEND: f64 = 4.0;
/// What a bend costs more that isn't in the middle between two things.
const ASIDE: f64 = 0.5;
/// So many bends it costs to turn back.
const BACK: u64 = 4;
/// A unit of cost, in parts of the width.
const COST: f64 = 64.0;
/// Lines with more points than this go from each to the next in one bend.
const ROUTED: usize = 34;

/// Right, down, left, up: two that differ by two are opposite.
const WAYS: [Vec2; 4] = [
    Vec2::new(1.0, 0.0),
    Vec2::new(0.0, 1.0),
    Vec2::new(-1.0, 0.0),
    Vec2::new(0.0, -1.0),
];

/// A right-angled way.
#[derive(Debug, Clone, Default)]
pub(super) struct Elbow {
    /// Its corners, its ends among them; no three in a row lie on one line unless it turns back.
    pub(super) corners: Vec<Point>,
    /// Of each piece between two of them the leg that it is part of. `None` where a point that it goes through lies within
    /// it.
    pub(super) legs: Vec<Option<usize>>,
}

/// The way through these points, of which the first and the last give way to where the ends hold on.
pub(super) fn elbow(points: &[Point], holds: &[Option<Hold>; 2], width: f64) -> Elbow {
    let mut way = Joined::default();
    let [first, .., last] = points else {
        return Elbow::default();
    };
    if points.len() > ROUTED {
        let mut held = points.to_vec();
        hold_on(&mut held, holds, width);
        way.push(held[0]);
        for (leg, pair) in held.windows(2).enumerate() {
            way.go(Point::new(pair[1].x, pair[0].y), leg);
            way.go(pair[1], leg);
        }
        return way.0;
    }
    let around = Around::of(holds, width);
    let ends = [
        around.ends(holds[0].as_ref(), *first, width),
        around.ends(holds[1].as_ref(), *last, width),
    ];
    let legs = points.len() - 1;
    let mut sources: Vec<Source> = ends[0].iter().map(Source::of).collect();
    let mut found: Vec<Vec<Found>> = Vec::new();
    for leg in 0..legs {
        let goals = if leg + 1 == legs {
            ends[1].clone()
        } else {
            End::free(points[leg + 1])
        };
        let arrived = around.leg(&sources, &goals, width);
        sources = arrived
            .iter()
            .map(|found| Source {
                at: goals[found.goal].near,
                way: found.way,
                cost: found.cost,
            })
            .collect();
        found.push(arrived);
    }
    // Back from the cheapest end.
    let mut at = (0..sources.len()).min_by_key(|n| sources[*n].cost).unwrap_or(0);
    let (goal, mut legs) = (found[legs - 1][at].goal, Vec::new());
    for leg in found.iter().rev() {
        legs.push(&leg[at].corners);
        at = leg[at].source;
    }
    way.push(ends[0][at].tip);
    for (leg, corners) in legs.into_iter().rev().enumerate() {
        corners.iter().for_each(|corner| way.go(*corner, leg));
    }
    way.go(ends[1][goal].tip, found.len() - 1);
    way.0
}

/// Corners one after the other, of which those that lie on the way are left out.
#[derive(Default)]
struct Joined(Elbow);

impl Joined {
    fn push(&mut self, at: Point) {
        self.0.corners.push(at);
    }

    fn go(&mut self, to: Point, leg: usize) {
        let Elbow { corners, legs } = &mut self.0;
        let last = corners[corners.len() - 1];
        if last == to {
            return;
        }
        let before = corners.len().checked_sub(2).map(|n| corners[n]);
        let on = before.is_some_and(|before| {
            (last - before).cross(to - last) == 0.0 && (last - before).dot(to - last) > 0.0
        });
        if on {
            let at = corners.len() - 1;
            corners[at] = to;
            if let Some(held) = legs.last_mut().filter(|held| **held != Some(leg)) {
                *held = None;
            }
        } else {
            corners.push(to);
            legs.push(Some(leg));
        }
    }
}

/// Where an end may be.
#[derive(Debug, Clone, Copy)]
struct End {
    /// Where the line ends.
    tip: Point,
    /// Where its way begins to be free, ...
    near: Point,
    /// ... and the direction out of there; `None` for any.
    out: Option<usize>,
    /// How far it is between the two, in board units.
    stub: f64,
}

impl End {
    fn free(at: Point) -> Vec<Self> {
        vec![Self {
            tip: at,
            near: at,
            out: None,
            stub: 0.0,
        }]
    }
}

/// Where a leg may begin.
#[derive(Debug, Clone, Copy)]
struct Source {
    at: Point,
    way: Option<usize>,
    cost: u64,
}

impl Source {
    fn of(end: &End) -> Self {
        Self {
            at: end.near,
            way: end.out,
            cost: 0,
        }
    }
}

/// The cheapest way of a leg that arrives in one direction.
struct Found {
    source: usize,
    goal: usize,
    way: Option<usize>,
    cost: u64,
    corners: Vec<Point>,
}

/// What a line goes around.
struct Around {
    rects: Vec<Rect>,
    margin: f64,
}

impl Around {
    fn of(holds: &[Option<Hold>; 2], width: f64) -> Self {
        let bounds: Vec<Rect> = holds.iter().flatten().map(Hold::bounds).collect();
        let mut margin = MARGIN * width;
        if let [a, b] = bounds[..] {
            let apart = (a.x0.max(b.x0) - a.x1.min(b.x1)).max(a.y0.max(b.y0) - a.y1.min(b.y1));
            if apart > 0.0 {
                margin = margin.min(apart / 2.0);
            }
        }
        let rects = bounds.into_iter().map(|rect| rect.inflate(margin, margin));
        Self {
            rects: rects.collect(),
            margin,
        }
    }

    /// Where an end may be, and how it leaves.
    fn ends(&self, hold: Option<&Hold>, at: Point, width: f64) -> Vec<End> {
        let Some(hold) = hold else {
            return End::free(at);
        };
        let bounds = hold.bounds().inflate(self.margin, self.margin);
        let aim = hold.aim();
        let one = |out: Vec2| {
            let edge = hold.leaves(out)?;
            let near = match (out.x > 0.0, out.x < 0.0, out.y > 0.0) {
                (true, ..) => Point::new(bounds.x1, aim.y),
                (_, true, _) => Point::new(bounds.x0, aim.y),
                (.., true) => Point::new(aim.x, bounds.y1),
                _ => Point::new(aim.x, bounds.y0),
            };
            // With little room between two targets the gap is smaller, too.
            let room = (near - edge).dot(out);
            let tip = edge + out * hold.gap(width).min(room / 2.0).max(0.0);
            Some(End {
                tip,
                near,
                out: WAYS.iter().position(|way| *way == out),
                stub: (near - tip).hypot(),
            })
        };
        let ends: Vec<End> = hold.sides().into_iter().filter_map(one).collect();
        if ends.is_empty() { End::free(aim) } else { ends }
    }

    /// The cheapest ways from the sources to the goals: one for each direction and goal in which it can arrive.
    fn leg(&self, sources: &[Source], goals: &[End], width: f64) -> Vec<Found> {
        let found = Grid::of(sources, goals, &self.rects).search(sources, goals, &self.rects, width);
        if found.is_empty() {
            return Grid::of(sources, goals, &self.rects).search(sources, goals, &[], width);
        }
        found
    }
}

/// The level and upright lines along which a leg may go.
struct Grid {
    /// Each with whether it lies in the middle between two things.
    xs: Vec<(f64, bool)>,
    ys: Vec<(f64, bool)>,
}

impl Grid {
    fn of(sources: &[Source], goals: &[End], rects: &[Rect]) -> Self {
        let points = || sources.iter().map(|s| s.at).chain(goals.iter().map(|g| g.near));
        let axis = |of: &dyn Fn(Point) -> f64, span: &dyn Fn(&Rect) -> (f64, f64)| {
            let spans: Vec<(f64, f64)> = rects.iter().map(span).collect();
            let mut all: Vec<(f64, bool)> = points().map(|p| (of(p), false)).collect();
            all.extend(
                spans
                    .iter()
                    .flat_map(|(low, high)| [(*low, false), (*high, false)]),
            );
            let middle = match spans[..] {
                [a, b] if a.1 <= b.0 => (a.1 + b.0) / 2.0,
                [a, b] if b.1 <= a.0 => (b.1 + a.0) / 2.0,
                _ => {
                    let (low, high) = (
                        sources.first().map(|s| of(s.at)),
                        goals.first().map(|g| of(g.near)),
                    );
                    (low.unwrap_or_default() + high.unwrap_or_default()) / 2.0
                }
            };
            all.push((middle, true));
            all.sort_by(|a, b| a.0.total_cmp(&b.0));
            all.dedup_by(|b, a| {
                let same = a.0 == b.0;
                a.1 |= same && b.1;
                same
            });
            all
        };
        Self {
            xs: axis(&|p| p.x, &|r| (r.x0, r.x1)),
            ys: axis(&|p| p.y, &|r| (r.y0, r.y1)),
        }
    }

    fn at(&self, node: (usize, usize)) -> Point {
        Point::new(self.xs[node.0].0, self.ys[node.1].0)
    }

    /// Where a point is, which lies on it.
    fn node(&self, p: Point) -> (usize, usize) {
        let find =
            |all: &[(f64, bool)], v: f64| all.partition_point(|(held, _)| *held < v).min(all.len() - 1);
        (find(&self.xs, p.x), find(&self.ys, p.y))
    }

    fn next(&self, (x, y): (usize, usize), way: usize) -> Option<(usize, usize)> {
        let to = match way {
            0 => (x + 1, y),
            1 => (x, y + 1),
            2 => (x.checked_sub(1)?, y),
            _ => (x, y.checked_sub(1)?),
        };
        (to.0 < self.xs.len() && to.1 < self.ys.len()).then_some(to)
    }

    fn search(&self, sources: &[Source], goals: &[End], around: &[Rect], width: f64) -> Vec<Found> {
        let index = |(x, y): (usize, usize), way: usize| (y * self.xs.len() + x) * 4 + way;
        let node = |state: usize| ((state / 4) % self.xs.len(), state / 4 / self.xs.len());
        let length = |v: f64| (v.abs() * COST / width).round().min(1e15) as u64;
        let bend = (BEND * COST) as u64;
        let aside = (ASIDE * COST) as u64;
        let states = self.xs.len() * self.ys.len() * 4;
        let mut costs = vec![u64::MAX; states];
        let mut from: Vec<Step> = vec![Step::None; states];
        let mut queue = BinaryHeap::new();
        for (number, source) in sources.iter().enumerate() {
            for way in 0..4 {
                let state = index(self.node(source.at), way);
                if source.way.is_none_or(|only| only == way) && source.cost < costs[state] {
                    (costs[state], from[state]) = (source.cost, Step::Source(number));
                    queue.push(Reverse((source.cost, state)));
                }
            }
        }
        while let Some(Reverse((cost, state))) = queue.pop() {
            if cost > costs[state] {
                continue;
            }
            let (here, facing) = (node(state), state % 4);
            for way in 0..4 {
                let Some(to) = self.next(here, way) else { continue };
                let (a, b) = (self.at(here), self.at(to));
                if around.iter().any(|rect| crosses(*rect, a, b)) {
                    continue;
                }
                let middle = if way % 2 == 0 {
                    self.ys[here.1].1
                } else {
                    self.xs[here.0].1
                };
                let turn = match (way + 4 - facing) % 4 {
                    0 => 0,
                    2 => BACK * bend,
                    _ => bend + if middle { 0 } else { aside },
                };
                let cost = cost + turn + length((b - a).hypot());
                let next = index(to, way);
                if cost < costs[next] {
                    (costs[next], from[next]) = (cost, Step::From(state));
                    queue.push(Reverse((cost, next)));
                }
            }
        }
        let mut found = Vec::new();
        for (goal, end) in goals.iter().enumerate() {
            for way in 0..4 {
                let state = index(self.node(end.near), way);
                // It goes in against the way out.
                let turn = match end.out {
                    Some(out) if out == way => BACK * bend,
                    Some(out) if (out + 2) % 4 != way => bend + aside,
                    _ => 0,
                };
                if costs[state] == u64::MAX {
                    continue;
                }
                let cost = costs[state] + turn + length(end.stub);
                let (mut corners, mut at) = (vec![self.at(node(state))], state);
                let source = loop {
                    match from[at] {
                        Step::From(before) => at = before,
                        Step::Source(number) => break number,
                        Step::None => break 0,
                    }
                    corners.push(self.at(node(at)));
                };
                corners.reverse();
                found.push(Found {
                    source,
                    goal,
                    way: Some(way),
                    cost,
                    corners,
                });
            }
        }
        found
    }
}

/// How a state was come to.
#[derive(Debug, Clone, Copy)]
enum Step {
    None,
    Source(usize),
    From(usize),
}

/// Whether a level or upright way leads through the inside of a rectangle.
fn crosses(rect: Rect, a: Point, b: Point) -> bool {
    let way = Rect::from_points(a, b);
    way.x0 < rect.x1 && way.x1 > rect.x0 && way.y0 < rect.y1 && way.y1 > rect.y0
}

#[cfg(test)]
mod tests;
