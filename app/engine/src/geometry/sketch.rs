//! Lines as if an unsteady hand had drawn them: each of them twice, swung and bowed. How is reckoned from
//! a number alone, so it is the same on every machine, from near and from afar, and wherever the figure is moved.

use std::f64::consts::PI;

use kurbo::{Point, Size, Vec2};

use super::InkPoint;
use super::hatch::Piece;
use super::terms::Sketch;
use super::way::Way;
use crate::splitmix::SplitMix64;

/// How far off a line is, in board units and in widths: `Sketch::Light`.
const OFF: (f64, f64) = (1.5, 0.35);
/// How far a straight one is bowed in its middle: at most in board units, in widths, and in parts of its length.
const BOW: (f64, f64, f64) = (1.5, 0.25, 0.01);
/// The second time it is off by so much less: then a line looks gone over, and not like two.
const AGAIN: f64 = 0.6;
/// A figure whose shorter side is less than that, or its longer one, in board units, is drawn with more care, ...
const SMALL: (f64, f64) = (20.0, 50.0);
/// ... but at least so far off.
const CARE: f64 = 1.0 / 3.0;
/// What is shorter than so many times as far is off by less.
const SHORT: f64 = 12.0;
/// So many board units are swung one way; no line has more swings than that.
const SWING: (f64, f64) = (120.0, 40.0);
/// Straight pieces between two swings, at most.
const PIECES: f64 = 12.0;
/// A line of more corners than that is drawn as one, and not from each to the next.
const CORNERS: usize = 200;

/// A hand that draws.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hand {
    /// How much farther off than the lightest.
    times: f64,
    /// Whether it begins and ends a line where that does.
    to_the_point: bool,
    /// The line's width, in board units.
    width: f64,
    /// What it does is reckoned from that.
    seed: u64,
}

/// A part of a line that is drawn at a stretch.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// Point by point; just two if it is straight.
    pub(super) way: Way,
    /// Whether it goes around, back to where it began.
    pub(super) closed: bool,
    /// How long it is where it is most exact.
    pub(super) length: f64,
}

impl Hand {
    /// `None` for a steady one. `size`: how long the figure's sides are, in board units.
    pub(super) fn of(sketch: Sketch, width: f64, size: Size, seed: u64) -> Option<Self> {
        let times = match sketch {
            Sketch::None => return None,
            Sketch::Light => 1.0,
            Sketch::Strong => 2.0,
        };
        let small = (size.min_side() / SMALL.0).min(size.max_side() / SMALL.1);
        Some(Self {
            times: times * small.clamp(CARE, 1.0),
            to_the_point: sketch == Sketch::Light,
            width,
            seed,
        })
    }

    /// The same hand at another line: at the head with this number.
    pub(super) fn at_head(self, number: u64) -> Self {
        Self {
            seed: self.seed ^ (number + 1).wrapping_mul(0xd1b5_4a32_d192_ed03),
            ..self
        }
    }

    /// How far its swings are off, of a line so long.
    fn off(self, length: f64) -> f64 {
        (self.times * (OFF.0 + OFF.1 * self.width)).min(length / SHORT)
    }

    fn bow(self, length: f64) -> f64 {
        self.times * (BOW.0 + BOW.1 * self.width).min(BOW.2 * length)
    }

    /// No point of a line so long is farther off than that, in board units. Never less for a longer one.
    pub(super) fn sway(self, length: f64) -> f64 {
        self.off(length) + self.bow(length)
    }

    /// The runs of a line: straight from point to point if `corners` says that they are corners, else one.
    pub(super) fn runs(line: &[InkPoint], corners: bool, closed: bool) -> Vec<Run> {
        let run = |line: &[InkPoint], closed| {
            let way = Way::of(line.to_vec());
            let length = way.length();
            Run { way, closed, length }
        };
        if corners && line.len() <= CORNERS {
            line.windows(2).map(|pair| run(pair, false)).collect()
        } else {
            vec![run(line, closed)]
        }
    }

    /// The run with this number as it draws it in this pass. `along` is the figure's own way to the right, of length one.
    pub(super) fn draw(
        self,
        run: &Run,
        number: u64,
        pass: u64,
        along: Vec2,
        tolerance: f64,
    ) -> Vec<InkPoint> {
        let length = run.way.length();
        let (off, bow) = (self.off(run.length), self.bow(run.length));
        if !(length > 0.0 && off.is_finite() && self.sway(run.length) > tolerance) {
            return run.way.line().to_vec();
        }
        let mut random = Random::of([self.seed, number, pass]);
        let began;
        let way = if run.closed {
            // Begun anywhere, and ended a little beyond that.
            let start = random.part() * length;
            let beyond = (2.0 * off).min(length / 4.0);
            let mut around = run.way.part(start, length);
            around.extend(run.way.part(0.0, start).into_iter().skip(1));
            let again = Way::of(run.way.part(start, length));
            around.extend(again.part(0.0, beyond).into_iter().skip(1));
            began = Way::of(around);
            &began
        } else {
            &run.way
        };
        let straight = way.line().len() == 2;
        let along = match way.line() {
            [a, b] => (b.pos - a.pos).normalize(),
            _ => along,
        };
        let across = along.turn_90();
        // Between these a smooth curve swings.
        let swings = 3 + (run.length / SWING.0).floor().min(SWING.1) as usize;
        let knots: Vec<Vec2> = (0..swings + 3)
            .map(|_| Vec2::new(0.6 * off * random.either(), 0.8 * off * random.either()))
            .collect();
        let bow = if straight { bow * random.either() } else { 0.0 };
        let less = if pass == 0 { 1.0 } else { AGAIN };
        let swing = |t: f64| {
            let at = t.clamp(0.0, 1.0) * swings as f64;
            let n = (at.floor() as usize).min(swings - 1);
            let by = spline(
                [knots[n], knots[n + 1], knots[n + 2], knots[n + 3]],
                at - n as f64,
            );
            let ends = if self.to_the_point && !run.closed {
                (t.min(1.0 - t) * swings as f64).clamp(0.0, 1.0)
            } else {
                1.0
            };
            let off = (along * by.x + across * by.y) * ends + across * (bow * (PI * t).sin());
            off * less
        };
        let pieces = ((off + bow.abs()) / tolerance).sqrt().ceil().clamp(1.0, PIECES);
        let steps = swings * pieces as usize;
        let whole = way.length();
        let mut stops: Vec<f64> = (0..=steps).map(|n| n as f64 / steps as f64).collect();
        if !straight {
            stops.extend(way.gone().iter().map(|gone| gone / whole));
            stops.sort_by(f64::total_cmp);
            stops.dedup();
        }
        let at = |t: f64| {
            let point = way.at(t * whole)?;
            Some(InkPoint {
                pos: point.pos + swing(t),
                ..point
            })
        };
        stops.into_iter().filter_map(at).collect()
    }

    /// A line of a hatching as it draws it: each of its points a little off, and bowed between them. What a row does depends on no
    /// other, and on how long its neighbours are only as far as they are short.
    pub(super) fn hatch(self, line: &[Piece], tolerance: f64) -> Vec<Point> {
        let points: Vec<Point> = line.iter().flat_map(|piece| piece.ends).collect();
        let lengths: Vec<f64> = points.windows(2).map(|pair| pair[0].distance(pair[1])).collect();
        let longest = lengths.iter().copied().fold(0.0, f64::max);
        if !longest.is_finite() || self.sway(longest) <= tolerance {
            return points;
        }
        // Beside a corner a long piece may end in a tiny one: no point is farther off than the shorter of its two allows.
        let off = |at: usize| {
            let beside = at.checked_sub(1).and_then(|before| lengths.get(before));
            let shorter = beside
                .into_iter()
                .chain(lengths.get(at))
                .copied()
                .fold(f64::INFINITY, f64::min);
            self.off(shorter) * 0.7 * std::f64::consts::FRAC_1_SQRT_2
        };
        let mut drawn: Vec<Point> = Vec::new();
        for (n, piece) in line.iter().enumerate() {
            let mut random = Random::of([self.seed, piece.row, u64::MAX]);
            let mut moved =
                |end: usize| piece.ends[end] + Vec2::new(random.either(), random.either()) * off(2 * n + end);
            let ends = [moved(0), moved(1)];
            let [along, there] = [random.either(), random.either()];
            match drawn.last() {
                Some(&last) => self.bowed([last, ends[0]], there, tolerance, &mut drawn),
                None => drawn.push(ends[0]),
            }
            self.bowed(ends, along, tolerance, &mut drawn);
        }
        drawn
    }

    /// Goes on from one point to another with a bow, of which there is `part` of the farthest, -1 to 1.
    fn bowed(self, [from, to]: [Point; 2], part: f64, tolerance: f64, drawn: &mut Vec<Point>) {
        let way = to - from;
        let bow = self.bow(way.hypot()) * part;
        let across = way.turn_90() * (bow / way.hypot().max(f64::MIN_POSITIVE));
        let pieces = (bow.abs() / tolerance).sqrt().ceil().clamp(1.0, PIECES / 2.0) as usize;
        drawn.extend((1..=pieces).map(|n| {
            let t = n as f64 / pieces as f64;
            from.lerp(to, t) + across * (PI * t).sin()
        }));
    }
}

/// A uniform cubic B-spline: it never leaves what its knots enclose.
fn spline(knots: [Vec2; 4], t: f64) -> Vec2 {
    let s = 1.0 - t;
    let parts = [
        s * s * s,
        3.0 * t * t * t - 6.0 * t * t + 4.0,
        3.0 * s * s * s - 6.0 * s * s + 4.0,
        t * t * t,
    ];
    let sum = |all: Vec2, (knot, part): (Vec2, f64)| all + knot * (part / 6.0);
    knots.into_iter().zip(parts).fold(Vec2::ZERO, sum)
}

/// Numbers that look random, the same ones wherever they are reckoned.
#[derive(Debug)]
struct Random(SplitMix64);

impl Random {
    fn of(from: [u64; 3]) -> Self {
        let mut random = SplitMix64(0);
        for part in from {
            random.0 ^= part;
            random.0 = random.number();
        }
        Self(random)
    }

    /// 0 to 1.
    fn part(&mut self) -> f64 {
        (self.0.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// -1 to 1.
    fn either(&mut self) -> f64 {
        2.0 * self.part() - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hand(sketch: Sketch, seed: u64) -> Hand {
        Hand::of(sketch, 4.0, Size::new(200.0, 200.0), seed).expect("unsteady")
    }

    fn line(points: &[(f64, f64)]) -> Vec<InkPoint> {
        let at = |&(x, y): &(f64, f64)| InkPoint::new(Point::new(x, y), 0.5);
        points.iter().map(at).collect()
    }

    fn drawn(hand: Hand, points: &[(f64, f64)], tolerance: f64) -> Vec<InkPoint> {
        let runs = Hand::runs(&line(points), true, false);
        let right = Vec2::new(1.0, 0.0);
        let each = runs.iter().enumerate();
        each.flat_map(|(n, run)| hand.draw(run, n as u64, 0, right, tolerance))
            .collect()
    }

    #[test]
    fn d43_the_same_seed_draws_the_same_wherever_it_lies_and_another_one_another() {
        let points = [(0.0, 0.0), (200.0, 30.0), (150.0, 90.0)];
        let first = drawn(hand(Sketch::Light, 3), &points, 0.1);
        assert_eq!(first, drawn(hand(Sketch::Light, 3), &points, 0.1));
        let moved = points.map(|(x, y)| (x + 512.0, y - 64.0));
        let second = drawn(hand(Sketch::Light, 3), &moved, 0.1);
        assert_eq!(first.len(), second.len());
        for (a, b) in first.iter().zip(&second) {
            assert!((a.pos + Vec2::new(512.0, -64.0)).distance(b.pos) < 1e-6);
        }
        assert_ne!(first, drawn(hand(Sketch::Light, 4), &points, 0.1));
        // One corner that is moved leaves the other sides as they are.
        let other = drawn(
            hand(Sketch::Light, 3),
            &[points[0], points[1], (150.0, 120.0)],
            0.1,
        );
        let half = first.len() / 2;
        assert_eq!(first[..half - 20], other[..half - 20]);
    }

    #[test]
    fn d43_no_point_is_farther_off_than_the_spec_says() {
        for (sketch, times) in [(Sketch::Light, 1.0), (Sketch::Strong, 2.0)] {
            let mut most: f64 = 0.0;
            for seed in 0..200 {
                for point in drawn(hand(sketch, seed), &[(0.0, 0.0), (3000.0, 0.0)], 0.01) {
                    let beyond = (point.pos.x - 3000.0).max(-point.pos.x).max(0.0);
                    most = most.max(point.pos.y.hypot(beyond));
                }
            }
            let bound = times * (3.0 + 0.6 * 4.0);
            assert!(most <= bound, "{most}");
            assert!(most > bound / 4.0, "it is seen: {most}");
        }
    }

    #[test]
    fn d43_a_light_hand_begins_and_ends_where_the_line_does_and_a_strong_one_elsewhere() {
        let ends = [(0.0, 0.0), (200.0, 30.0)];
        let off = |sketch, seed| {
            let drawn = drawn(hand(sketch, seed), &ends, 0.1);
            let reached = [drawn[0].pos, drawn[drawn.len() - 1].pos];
            let each = reached.iter().zip(ends);
            each.map(|(at, end)| at.distance(end.into())).fold(0.0, f64::max)
        };
        assert!((0..100).all(|seed| off(Sketch::Light, seed) < 1e-9));
        assert!((0..100).all(|seed| off(Sketch::Strong, seed) > 1e-3));
    }

    #[test]
    fn d43_a_small_figure_is_drawn_with_more_care() {
        let sway = |size: (f64, f64)| {
            let hand = Hand::of(Sketch::Light, 2.0, size.into(), 1).expect("unsteady");
            hand.sway(40.0)
        };
        assert_eq!(sway((20.0, 50.0)), sway((900.0, 900.0)));
        assert!(sway((10.0, 200.0)) < sway((20.0, 200.0)), "a narrow one");
        assert!(sway((25.0, 25.0)) < sway((50.0, 50.0)), "a short one");
        assert!(
            sway((0.0, 0.0)) > 0.0,
            "one that is nothing else is seen to be sketched"
        );
    }

    #[test]
    fn from_afar_it_is_a_clean_line_and_from_near_one_of_few_points() {
        let points = [(0.0, 0.0), (400.0, 0.0)];
        let strong = hand(Sketch::Strong, 1);
        assert_eq!(drawn(strong, &points, 100.0), line(&points));
        assert!(drawn(strong, &points, 1e-9).len() < 100);
        // A line of ever so many corners is drawn at a stretch.
        let many: Vec<(f64, f64)> = (0..4096)
            .map(|n| (f64::from(n) * 7.0, f64::from(n % 2) * 40.0))
            .collect();
        assert!(drawn(strong, &many, 1e-9).len() < 4096 + 600);
        let piece = |pair: &[(f64, f64)]| Piece {
            ends: [pair[0].into(), pair[1].into()],
            row: 0,
        };
        let hatching: Vec<Piece> = many.chunks_exact(2).map(piece).collect();
        assert!(strong.hatch(&hatching, 1e-9).len() <= 6 * 4096);
    }

    #[test]
    fn beside_a_tiny_piece_of_a_hatching_no_point_is_far_off() {
        let ends = |a: (f64, f64), b: (f64, f64)| [a.into(), b.into()];
        let zigzag = [
            Piece {
                ends: ends((0.0, 0.0), (300.0, 0.0)),
                row: 1,
            },
            Piece {
                ends: ends((299.0, 1.0), (300.0, 1.0)),
                row: 0,
            },
        ];
        let mut most: f64 = 0.0;
        for seed in 0..100 {
            let drawn = hand(Sketch::Strong, seed).hatch(&zigzag, 0.01);
            let last = drawn[drawn.len() - 1];
            assert!(last.distance(Point::new(300.0, 1.0)) < 0.2, "{last}");
            most = most.max(drawn[0].to_vec2().hypot());
        }
        assert!(most > 1.0, "where all is long there is more of it: {most}");
    }

    #[test]
    fn a_short_line_or_one_without_length_stays_what_it_is() {
        let speck = drawn(hand(Sketch::Strong, 1), &[(0.0, 0.0), (1.0, 0.0)], 0.001);
        assert!(
            speck
                .iter()
                .all(|point| point.pos.distance(Point::new(0.5, 0.0)) < 0.7)
        );
        let nothing = [(5.0, 5.0), (5.0, 5.0)];
        assert_eq!(drawn(hand(Sketch::Strong, 1), &nothing, 0.1), line(&nothing));
    }
}
