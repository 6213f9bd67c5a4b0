//! How a figure becomes a shape: ribbons along its line, steady or sketched, and what fills its inside.

use kurbo::{Point, Vec2};

use super::{Figure, closed, curve_line, even};
use crate::geometry::dash::Rhythm;
use crate::geometry::flat::Flat;
use crate::geometry::heads::{self, Drawn};
use crate::geometry::inside::Inside;
use crate::geometry::outline::outline;
use crate::geometry::patch::Patch;
use crate::geometry::sketch::{Hand, Run};
use crate::geometry::terms::{Corners, Dash, Kind, Route};
use crate::geometry::way::Way;
use crate::geometry::{Curve, InkPoint, Ribbon, Shape, hatch};

/// A line keeps so far away from its letters, in board units.
const GAP: f64 = 4.0;

impl Figure {
    pub(super) fn ink(&self, tolerance: Option<f64>) -> Shape {
        let curve = match tolerance {
            Some(tolerance) => Curve::within(&self.points, self.width, self.step, tolerance),
            None => Curve::new(&self.points, self.width, self.step),
        };
        let nodes = 0..=curve.len().saturating_sub(1);
        let lines = if self.dash == Dash::Solid {
            vec![Ribbon::of(&curve, nodes)]
        } else {
            // The rhythm is the same from near and from afar.
            let length = Way::of(self.points.clone()).length();
            let way = Way::of(curve.flatten(nodes));
            self.broken(&way, length, false, curve.tolerance())
        };
        let around = self.fill.and_then(|_| self.closed_inside(&curve_line(&curve)));
        let (inside, hatch) = self.filling(around, curve.tolerance());
        Shape {
            inside,
            hatch,
            lines,
            ..Shape::default()
        }
    }

    pub(super) fn boxed(&self, tolerance: f64) -> Shape {
        let edge = outline(self.kind, self.place, self.corners, tolerance);
        let inside = self.fill.and_then(|_| Flat::of(&edge)).map(Inside::Flat);
        let (inside, hatch) = self.filling(inside, tolerance);
        let lines = if !self.kind.has_line() {
            Vec::new()
        } else if let Some(hand) = self.hand() {
            let runs = |tolerance| self.edge_runs(tolerance);
            self.sketched(hand, &runs, tolerance, true)
                .iter()
                .flat_map(|(way, length)| self.broken(way, *length, false, tolerance))
                .collect()
        } else {
            let length = if self.dash == Dash::Solid {
                0.0
            } else {
                closed(outline(self.kind, self.place, self.corners, self.tolerance())).length()
            };
            self.broken(&closed(edge), length, true, tolerance)
        };
        Shape {
            inside,
            hatch,
            lines,
            ..Shape::default()
        }
    }

    /// An inside as it is filled: all of it, or with lines.
    fn filling(&self, inside: Option<Inside>, tolerance: f64) -> (Option<Inside>, Vec<Ribbon>) {
        match (self.fill, inside) {
            (Some(shade), Some(inside)) if shade.is_lines() && self.kind != Kind::Note => {
                let middle = if self.kind.has_points() {
                    inside.bounds().center()
                } else {
                    self.place * Point::new(0.5, 0.5)
                };
                let hand = self.hand();
                let width = self.hatch_width();
                let along = |line: Vec<hatch::Piece>| {
                    let points: Vec<Point> = match hand {
                        Some(hand) => hand.hatch(&line, tolerance),
                        None => line.iter().flat_map(|piece| piece.ends).collect(),
                    };
                    let line: Vec<InkPoint> = points.into_iter().map(even).collect();
                    Ribbon::along(&line, hatch::WIDTH * width, tolerance)
                };
                let lines = hatch::lines(&inside, middle, width, shade);
                (None, lines.into_iter().map(along).collect())
            }
            (_, inside) => (inside, Vec::new()),
        }
    }

    /// What a line goes around, if that is filled.
    pub(super) fn closed_inside(&self, way: &[Point]) -> Option<Inside> {
        let fills = self.fill.is_some() && matches!(self.kind, Kind::Line | Kind::Stroke);
        let patch = fills.then(|| Patch::of(way, self.width, self.tolerance()))?;
        patch.map(Inside::Patch)
    }

    fn hand(&self) -> Option<Hand> {
        let hand = Hand::of(self.sketch, self.width, self.size(), self.seed);
        hand.filter(|_| self.kind.can_be_sketched())
    }

    /// How far a sketched line may be off, in board units; 0 for one that isn't sketched. `length` is at least the line's.
    pub(super) fn sway(&self, length: f64) -> f64 {
        self.hand().map_or(0.0, |hand| hand.sway(length))
    }

    /// A box's edge as a hand draws it: side by side where its corners are sharp, else at a stretch.
    fn edge_runs(&self, tolerance: f64) -> Vec<Run> {
        let edge = outline(self.kind, self.place, self.corners, tolerance);
        let sharp = self.corners == Corners::Sharp && self.kind != Kind::Ellipse;
        // A sharp one begins in the middle of a side, which is no corner.
        let edge = if sharp { edge[1..].to_vec() } else { edge };
        Hand::runs(closed(edge).line(), sharp, true)
    }

    /// Lines as the hand draws them, twice if they aren't broken; each with its length where it is most exact.
    fn sketched(
        &self,
        hand: Hand,
        runs: &dyn Fn(f64) -> Vec<Run>,
        tolerance: f64,
        twice: bool,
    ) -> Vec<(Way, f64)> {
        let [a, b, ..] = self.place.as_coeffs();
        let along = Vec2::new(a, b).normalize();
        let along = if along.is_finite() {
            along
        } else {
            Vec2::new(1.0, 0.0)
        };
        let exact = runs(self.tolerance());
        let mut all = runs(tolerance);
        for (run, exact) in all.iter_mut().zip(&exact) {
            run.length = exact.length;
        }
        let passes = if twice && self.dash == Dash::Solid { 2 } else { 1 };
        let each = (0..passes).flat_map(|pass| all.iter().enumerate().map(move |(n, run)| (pass, n, run)));
        each.map(|(pass, n, run)| {
            let drawn = hand.draw(run, n as u64, pass, along, tolerance);
            (Way::of(drawn), run.length)
        })
        .collect()
    }

    /// The ground on which a picture is shown: it has no line.
    pub(super) fn pictured(&self) -> Shape {
        let edge = outline(self.kind, self.place, Corners::Sharp, self.tolerance());
        Shape {
            inside: Flat::of(&edge).map(Inside::Flat),
            ..Shape::default()
        }
    }

    pub(super) fn headed(&self, tolerance: f64) -> Shape {
        let (way, heads) = self.way_and_heads(tolerance);
        let around: Vec<Point> = way.line().iter().map(|point| point.pos).collect();
        let (inside, hatch) = self.filling(self.closed_inside(&around), tolerance);
        let sooner = [0, 1].map(|at: usize| heads[at].as_ref().map_or(0.0, |head| head.sooner));
        let shorter = |way: Way| {
            let [start, end] = sooner;
            if start + end > 0.0 {
                Way::of(way.part(start, way.length() - end))
            } else {
                way
            }
        };
        let ways = match self.hand() {
            Some(hand) => {
                let runs = |tolerance| {
                    let way = shorter(self.way_and_heads(tolerance).0);
                    Hand::runs(way.line(), self.has_corners(), false)
                };
                self.sketched(hand, &runs, tolerance, true)
            }
            None => {
                let length = if self.dash == Dash::Solid {
                    0.0
                } else {
                    shorter(self.way_and_heads(self.tolerance()).0).length()
                };
                vec![(shorter(way), length)]
            }
        };
        let mut lines = Vec::new();
        for (way, length) in ways {
            match &self.letters {
                Some(letters) => {
                    for piece in way.outside(letters.bounds().inflate(GAP, GAP)) {
                        let piece = Way::of(piece);
                        lines.extend(self.broken(&piece, piece.length(), false, tolerance));
                    }
                }
                None => lines.extend(self.broken(&way, length, false, tolerance)),
            }
        }
        let mut shape = Shape {
            inside,
            hatch,
            lines,
            ..Shape::default()
        };
        for (n, head) in heads.into_iter().flatten().enumerate() {
            for stroke in head.strokes {
                let stroke: Vec<InkPoint> = stroke.into_iter().map(even).collect();
                shape.lines.extend(self.head_stroke(&stroke, n, tolerance));
            }
            shape.heads.extend(head.flat);
        }
        shape
    }

    /// A stroke at an end of a line, as steady as that.
    fn head_stroke(&self, stroke: &[InkPoint], number: usize, tolerance: f64) -> Vec<Ribbon> {
        let Some(hand) = self.hand() else {
            return vec![Ribbon::along(stroke, self.width, tolerance)];
        };
        // A ring has more points than that, and no corners.
        let runs = |_| Hand::runs(stroke, stroke.len() <= 5, stroke.len() > 5);
        let hand = hand.at_head(number as u64);
        let ways = self.sketched(hand, &runs, tolerance, false);
        ways.iter()
            .map(|(way, _)| Ribbon::along(way.line(), self.width, tolerance))
            .collect()
    }

    /// Whether the points of its way are corners.
    fn has_corners(&self) -> bool {
        match self.route {
            Route::Straight => true,
            Route::Curve => self.points.len() < 3,
            Route::Elbow => self.corners == Corners::Sharp,
        }
    }

    /// A line's way, as if it had no heads, and those.
    pub(super) fn way_and_heads(&self, tolerance: f64) -> (Way, [Option<Drawn>; 2]) {
        let line = self.routed().line(tolerance);
        let way = Way::of(line.into_iter().map(even).collect());
        let head = |at: usize| heads::draw(self.heads[at], &way, at == 0, self.width, tolerance);
        let heads = [head(0), head(1)];
        (way, heads)
    }

    /// Ribbons along a line, which is as long as `length` where it is most exact: one, or one for each dash.
    fn broken(&self, way: &Way, length: f64, closed: bool, tolerance: f64) -> Vec<Ribbon> {
        match Rhythm::of(self.dash, length, self.width, closed, tolerance) {
            Some(rhythm) => rhythm
                .pieces(way)
                .map(|piece| Ribbon::along(&piece, self.width, tolerance))
                .collect(),
            None => vec![Ribbon::along(way.line(), self.width, tolerance)],
        }
    }
}
