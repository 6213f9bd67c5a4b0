//! From a pen's samples to a smooth line: noise is taken out, corners stay, and no point moves
//! farther than the device's own noise, so nothing lags behind the hand.

use std::ops::RangeInclusive;

use kurbo::{CubicBez, ParamCurveExtrema, Point, Rect, Vec2};

use super::{InkPoint, radius};

/// Nodes at least this far from the last one no longer move when further samples come.
pub const SETTLED: usize = 9;

/// A corner turns by more than 60 degrees ...
const CORNER_COS: f64 = 0.5;
/// ... between two straight ways of at least this many steps: less is noise.
const CORNER_STEPS: f64 = 12.0;
/// The farthest that smoothing moves a point, in steps; less where samples lie far apart.
const SHIFT_STEPS: f64 = 3.0;
/// How often each point becomes the mean of its neighbourhood.
const PASSES: usize = 2;
/// Samples farther apart than this many steps are hardly noisy.
const NOISY_STEPS: f64 = 20.0;
/// A stroke of more nodes than this gets few points between them: it is dense, or hostile.
const MANY_NODES: usize = 16_384;

/// A smooth line through a stroke's samples. The first and the last are exactly where the pen was.
#[derive(Debug, Clone)]
pub struct Curve {
    nodes: Vec<InkPoint>,
    corners: Vec<bool>,
    /// Whether straight lines between the nodes do.
    straight: bool,
    width: f64,
    tolerance: f64,
}

impl Curve {
    /// Takes samples, the stroke's nominal width, and `step`, the length of which its coordinates
    /// are multiples (about a quarter of a pixel when it was drawn). All in board units.
    #[must_use]
    pub fn new(samples: &[InkPoint], width: f64, step: f64) -> Self {
        Self::within(samples, width, step, tolerance(width, step))
    }

    /// The same, to be drawn within `tolerance` board units.
    #[must_use]
    pub fn within(samples: &[InkPoint], width: f64, step: f64, tolerance: f64) -> Self {
        let mut raw: Vec<InkPoint> = Vec::with_capacity(samples.len());
        for sample in samples {
            match raw.last_mut() {
                Some(last) if last.pos == sample.pos => last.pressure = last.pressure.max(sample.pressure),
                _ => raw.push(*sample),
            }
        }
        // Seen from so far away, what smoothing moves is less than what may differ.
        if tolerance > SHIFT_STEPS * step {
            let nodes = simplified(&raw, width, tolerance * 0.75);
            return Self {
                corners: vec![false; nodes.len()],
                nodes,
                straight: true,
                width,
                tolerance,
            };
        }
        let corners: Vec<bool> = (0..raw.len()).map(|i| is_corner(&raw, i, step)).collect();
        let nodes = smoothed(&raw, &corners, step);
        Self {
            nodes,
            corners,
            straight: false,
            width,
            tolerance,
        }
    }

    /// How many nodes it has: at most as many as samples came in.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether no sample came in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The stroke's nominal width, in board units.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// How far what is drawn may differ from the true curve, in board units.
    #[must_use]
    pub fn tolerance(&self) -> f64 {
        self.tolerance
    }

    /// The line between two nodes as points so close that straight lines between them are within
    /// the tolerance. Empty when the range lies outside.
    #[must_use]
    pub fn flatten(&self, range: RangeInclusive<usize>) -> Vec<InkPoint> {
        let (first, last) = (
            *range.start(),
            (*range.end()).min(self.nodes.len().saturating_sub(1)),
        );
        let Some(start) = self.nodes.get(first) else {
            return Vec::new();
        };
        if self.straight {
            return self.nodes.get(first..=last).unwrap_or_default().to_vec();
        }
        let mut out = vec![*start];
        let most = if self.nodes.len() > MANY_NODES { 2.0 } else { 16.0 };
        for i in first..last {
            let (a, b) = (self.nodes[i], self.nodes[i + 1]);
            let (c, d) = self.handles(i);
            let bend = ((a.pos - c) - (c - d))
                .hypot()
                .max(((c - d) - (d - b.pos)).hypot());
            let parts = (bend * 0.75 / self.tolerance).sqrt().ceil().clamp(1.0, most);
            for part in 1..parts as usize {
                let t = part as f64 / parts;
                out.push(InkPoint {
                    pos: bezier(a.pos, c, d, b.pos, t),
                    pressure: a.pressure + (b.pressure - a.pressure) * t,
                });
            }
            out.push(b);
        }
        simplified(&out, self.width, self.tolerance * 0.75)
    }

    /// The two inner control points of the cubic Bézier curve from node `i` to the next.
    fn handles(&self, i: usize) -> (Point, Point) {
        let (a, b) = (self.nodes[i].pos, self.nodes[i + 1].pos);
        let third = (b - a).hypot() / 3.0;
        (
            a + self.tangent(i, i + 1) * third,
            b - self.tangent(i + 1, i) * third,
        )
    }

    /// A box that holds the line with its width, and hardly more. `None` for no points.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let around = |node: &InkPoint| {
            let across = 2.0 * radius(self.width, node.pressure);
            Rect::from_center_size(node.pos, (across, across))
        };
        let mut bounds = self.nodes.iter().map(around).reduce(|a, b| a.union(b))?;
        if !self.straight {
            for (i, pair) in self.nodes.windows(2).enumerate() {
                let wide = radius(self.width, pair[0].pressure.max(pair[1].pressure));
                // A handle is no farther from its node than a third of the way between the two, where a run ends twice
                // that; and a cubic curve comes no nearer to its handles than to three quarters.
                let run = if self.is_smooth(i) && self.is_smooth(i + 1) {
                    0.25
                } else {
                    0.5
                };
                let reach = wide + run * pair[0].pos.distance(pair[1].pos);
                let around = Rect::from_points(pair[0].pos, pair[1].pos).inflate(reach, reach);
                if bounds.contains_rect(around) {
                    continue;
                }
                let (c, d) = self.handles(i);
                // A curve stays within the hull of its control points: few reach out.
                let hull = Rect::from_points(c, d).inflate(wide, wide);
                if !bounds.contains_rect(hull) {
                    let curve = CubicBez::new(pair[0].pos, c, d, pair[1].pos);
                    let bent = ParamCurveExtrema::bounding_box(&curve);
                    bounds = bounds.union(bent.inflate(wide, wide));
                }
            }
        }
        Some(bounds)
    }

    /// Whether the line goes on at a node as it came.
    fn is_smooth(&self, i: usize) -> bool {
        i > 0 && i + 1 < self.nodes.len() && !self.corners[i]
    }

    /// The direction of the line at node `i` on the side of its neighbour `next`, pointing the way the pen went: at most 1
    /// long, or 2 where a run ends.
    fn tangent(&self, i: usize, next: usize) -> Vec2 {
        let along = |a: usize, b: usize| {
            (
                self.nodes[b].pos - self.nodes[a].pos,
                self.nodes[b].pos.distance(self.nodes[a].pos),
            )
        };
        let (low, high) = (i.min(next), i.max(next));
        let (chord, length) = along(low, high);
        let ahead = chord / length;
        // The slope of the parabola through three nodes.
        let parabola = |j: usize| {
            let ((d0, l0), (d1, l1)) = (along(j - 1, j), along(j, j + 1));
            d0 / l0 * (l1 / (l0 + l1)) + d1 / l1 * (l0 / (l0 + l1))
        };
        if self.is_smooth(i) {
            parabola(i)
        } else if self.is_smooth(next) {
            // The end of a run bends on as its only neighbour does.
            ahead * 1.5 - parabola(next) * 0.5
        } else {
            ahead
        }
    }
}

/// What may differ, in board units, for a stroke of this width and step: a thirty-second of a pixel
/// at the zoom it was drawn at.
fn tolerance(width: f64, step: f64) -> f64 {
    (step / 8.0).min(width / 100.0)
}

fn is_corner(raw: &[InkPoint], i: usize, step: f64) -> bool {
    if i == 0 || i + 1 >= raw.len() {
        return false;
    }
    let (a, b) = (raw[i].pos - raw[i - 1].pos, raw[i + 1].pos - raw[i].pos);
    // Most samples lie too close together: no root is taken for those.
    let (la, lb) = (a.hypot2(), b.hypot2());
    la.min(lb) >= (CORNER_STEPS * step).powi(2) && a.dot(b) < CORNER_COS * (la * lb).sqrt()
}

/// Each node as the mean of its neighbourhood, which is symmetric, so that nothing lags; it narrows
/// towards ends and corners, which stay where they are.
fn smoothed(raw: &[InkPoint], corners: &[bool], step: f64) -> Vec<InkPoint> {
    let fixed = |i: usize| i == 0 || i + 1 == raw.len() || corners[i];
    let mean = |nodes: &[InkPoint], i: usize| {
        let weights: &[f64] = if fixed(i) {
            return nodes[i];
        } else if fixed(i - 1) || fixed(i + 1) {
            &[0.5, 0.25]
        } else {
            &[0.375, 0.25, 0.0625]
        };
        let mut shift = Vec2::ZERO;
        let mut pressure = nodes[i].pressure * weights[0];
        for (k, weight) in weights.iter().enumerate().skip(1) {
            let (before, after) = (nodes[i - k], nodes[i + k]);
            shift += ((before.pos - nodes[i].pos) + (after.pos - nodes[i].pos)) * *weight;
            pressure += (before.pressure + after.pressure) * weight;
        }
        InkPoint {
            pos: nodes[i].pos + shift,
            pressure,
        }
    };
    let mut nodes = raw.to_vec();
    let mut means = Vec::with_capacity(raw.len());
    for _ in 0..PASSES {
        means.clear();
        means.extend((0..raw.len()).map(|i| mean(&nodes, i)));
        std::mem::swap(&mut nodes, &mut means);
    }
    for i in (0..raw.len()).filter(|&i| !fixed(i)) {
        let at = raw[i].pos;
        let apart = at
            .distance_squared(raw[i - 1].pos)
            .max(at.distance_squared(raw[i + 1].pos));
        let noisy = (NOISY_STEPS * step).powi(2);
        let most = (SHIFT_STEPS * step).powi(2) * (noisy / apart).min(1.0);
        let shift = nodes[i].pos - at;
        if shift.hypot2() > most {
            nodes[i].pos = at + shift * (most / shift.hypot2()).sqrt();
        }
    }
    nodes
}

fn bezier(a: Point, b: Point, c: Point, d: Point, t: f64) -> Point {
    let (ab, bc, cd) = (a.lerp(b, t), b.lerp(c, t), c.lerp(d, t));
    ab.lerp(bc, t).lerp(bc.lerp(cd, t), t)
}

/// Drops points that lie, with their width, on the straight way between their neighbours.
fn simplified(points: &[InkPoint], width: f64, tolerance: f64) -> Vec<InkPoint> {
    const REACH: usize = 24;
    let off = |a: &InkPoint, b: &InkPoint, p: &InkPoint| {
        let chord = b.pos - a.pos;
        let t = ((p.pos - a.pos).dot(chord) / chord.hypot2().max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        let wide = radius(width, a.pressure + (b.pressure - a.pressure) * t);
        (p.pos.distance(a.pos + chord * t)).max((radius(width, p.pressure) - wide).abs())
    };
    let Some(first) = points.first() else {
        return Vec::new();
    };
    let mut kept = vec![*first];
    let mut anchor = 0;
    for end in 2..points.len() {
        let straight = end - anchor <= REACH
            && points[anchor + 1..end]
                .iter()
                .all(|p| off(&points[anchor], &points[end], p) <= tolerance);
        if !straight {
            anchor = end - 1;
            kept.push(points[anchor]);
        }
    }
    if points.len() > 1 {
        kept.extend(points.last());
    }
    kept
}

/// A line of at most so many points within `tolerance` board units of another, or a little farther from it, but never farther
/// than `off`: then it has as few as go. One that has so few is itself. The first and the last point stay.
pub(super) fn thinned(line: &[Point], tolerance: f64, most: usize, off: f64) -> Vec<Point> {
    if line.len() <= most {
        return line.to_vec();
    }
    let whole: Vec<InkPoint> = line.iter().map(|&at| InkPoint::new(at, 0.5)).collect();
    let mut within = tolerance;
    loop {
        let points = simplified(&whole, 0.0, within);
        if points.len() <= most || within >= off {
            return points.into_iter().map(|point| point.pos).collect();
        }
        // Never farther off, and not without end where nothing is allowed.
        within = (4.0 * within).max(off / 64.0).min(off);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(points: &[(f64, f64)]) -> Vec<InkPoint> {
        points
            .iter()
            .map(|&(x, y)| InkPoint::new(Point::new(x, y), 0.5))
            .collect()
    }

    fn whole(points: &[(f64, f64)], step: f64) -> Vec<InkPoint> {
        let curve = Curve::new(&ink(points), 4.0, step);
        curve.flatten(0..=curve.len().saturating_sub(1))
    }

    #[test]
    fn the_first_and_last_point_are_exactly_where_the_pen_was() {
        let points: Vec<(f64, f64)> = (0..50)
            .map(|i| (f64::from(i) * 1.3, (f64::from(i) * 2.7).sin()))
            .collect();
        for n in 1..points.len() {
            let line = whole(&points[..n], 0.25);
            assert_eq!(line.first().expect("a start").pos, points[0].into());
            assert_eq!(line.last().expect("an end").pos, points[n - 1].into());
        }
    }

    #[test]
    fn settled_nodes_do_not_move_when_more_samples_come() {
        let points: Vec<(f64, f64)> = (0..120)
            .map(|i| (f64::from(i) * 2.0, f64::from(i * i * 7919 % 23)))
            .collect();
        let all = Curve::new(&ink(&points), 4.0, 0.25);
        for n in SETTLED + 1..points.len() {
            let part = Curve::new(&ink(&points[..n]), 4.0, 0.25);
            assert_eq!(
                part.flatten(0..=n - SETTLED),
                all.flatten(0..=n - SETTLED),
                "after {n}"
            );
        }
    }

    #[test]
    fn a_square_of_five_points_keeps_its_corners_and_straight_sides() {
        let line = whole(
            &[(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0), (0.0, 0.0)],
            1.0,
        );
        assert_eq!(
            line,
            ink(&[(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0), (0.0, 0.0)])
        );
    }

    #[test]
    fn a_sparse_circle_is_drawn_round() {
        let points: Vec<(f64, f64)> = (0..=24)
            .map(|i| (f64::from(i) / 24.0 * std::f64::consts::TAU).sin_cos())
            .map(|(s, c)| (100.0 * c, 100.0 * s))
            .collect();
        for p in whole(&points, 0.25) {
            let r = p.pos.to_vec2().hypot();
            assert!((99.0..101.0).contains(&r), "radius {r}");
        }
    }

    #[test]
    fn noise_of_a_pixel_is_smoothed_and_no_point_moves_farther_than_that() {
        let noisy: Vec<(f64, f64)> = (0..100).map(|i| (f64::from(i) * 2.0, f64::from(i % 2))).collect();
        let curve = Curve::new(&ink(&noisy), 4.0, 0.25);
        for (i, node) in curve.nodes.iter().enumerate() {
            assert!(node.pos.distance(noisy[i].into()) <= 1.0 + 1e-9);
            if (3..97).contains(&i) {
                assert!(
                    (node.pos.y - 0.5).abs() < 0.05,
                    "still noisy at {i}: {}",
                    node.pos.y
                );
            }
        }
    }

    #[test]
    fn a_straight_line_of_many_samples_becomes_few_points() {
        let points: Vec<(f64, f64)> = (0..1000).map(|i| (f64::from(i), f64::from(i) * 0.5)).collect();
        assert!(whole(&points, 0.25).len() < 60);
    }
}
