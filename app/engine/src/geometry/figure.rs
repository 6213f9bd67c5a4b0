//! What is to be drawn of an element, in board units, and how that becomes a shape.

use kurbo::{Affine, Point, Rect, Vec2};

use super::dash::Rhythm;
use super::flat::Flat;
use super::heads::{self, Drawn};
use super::inside::Inside;
use super::outline::{around, outline};
use super::patch::Patch;
use super::route::{Middle, Routed};
use super::sketch::{Hand, Run};
use super::terms::{Corners, Dash, Head, Kind, Route, Shade, Sketch};
use super::way::Way;
use super::{Curve, Hold, InkPoint, Letters, MAX_COORDINATE, Ribbon, Shape, Touchable, hatch, radius};

/// A line keeps so far away from its letters, in board units.
const GAP: f64 = 4.0;

/// A figure on the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it is.
    pub kind: Kind,
    /// Where the unit square lies, if it is a box.
    pub place: Affine,
    /// Where its points are, if it has points.
    pub points: Vec<InkPoint>,
    /// About a quarter of a pixel when it was drawn, in board units: how exact its points are.
    pub step: f64,
    /// Its line's nominal width, in board units.
    pub width: f64,
    /// How its line is broken.
    pub dash: Dash,
    /// How unsteady the hand seems that drew its line, ...
    pub sketch: Sketch,
    /// ... and the number from which it is reckoned what that did: any one.
    pub seed: u64,
    /// Whether corners are rounded.
    pub corners: Corners,
    /// How a line goes through its points.
    pub route: Route,
    /// What a line's first and its last point hold on to.
    pub holds: [Option<Hold>; 2],
    /// What is at the first and at the last point of a line.
    pub heads: [Head; 2],
    /// How its inside is filled, if it is filled: a box, or a line that goes around something, be its ends as far apart as they are.
    pub fill: Option<Shade>,
    /// The letters that it bears.
    pub letters: Option<Letters>,
}

impl Figure {
    /// Its shape, within `tolerance` board units of the true one; `None` for as exact as it was drawn.
    #[must_use]
    pub fn shape(&self, tolerance: Option<f64>) -> Shape {
        let within = tolerance.unwrap_or(self.tolerance());
        let mut shape = match self.kind {
            Kind::Stroke | Kind::Highlight => self.ink(tolerance),
            Kind::Image => self.pictured(),
            Kind::Rectangle | Kind::Diamond | Kind::Ellipse | Kind::Note | Kind::Frame => self.boxed(within),
            Kind::Line => self.headed(within),
            Kind::Text => Shape::default(),
        };
        if let Some(letters) = &self.letters {
            shape.lines.extend(letters.bars(within));
            shape.letters = Some((letters.clone(), within));
        }
        shape.reach = self.reach();
        shape
    }

    /// What is hit of it: its shape, but all of the area that its letters take in place of them. `None` for nothing, or what lies
    /// out of the world.
    #[must_use]
    pub fn touchable(&self) -> Option<Touchable> {
        let bare = Self {
            letters: None,
            ..self.clone()
        };
        let mut shape = if self.kind == Kind::Text {
            Shape::default()
        } else {
            bare.shape(None)
        };
        let area = self
            .letters
            .as_ref()
            .and_then(|letters| Flat::of(&letters.corners()));
        shape.heads.extend(area);
        let inside = match shape.inside.take() {
            Some(Inside::Patch(patch)) => Some(patch),
            flat => {
                shape.inside = flat;
                None
            }
        };
        let mesh = shape.mesh()?;
        Some(Touchable { mesh, inside })
    }

    fn ink(&self, tolerance: Option<f64>) -> Shape {
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

    fn boxed(&self, tolerance: f64) -> Shape {
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
                let along = |line: Vec<hatch::Piece>| {
                    let points: Vec<Point> = match hand {
                        Some(hand) => hand.hatch(&line, tolerance),
                        None => line.iter().flat_map(|piece| piece.ends).collect(),
                    };
                    let line: Vec<InkPoint> = points.into_iter().map(even).collect();
                    Ribbon::along(&line, hatch::WIDTH * self.width, tolerance)
                };
                let lines = hatch::lines(&inside, middle, self.width, shade);
                (None, lines.into_iter().map(along).collect())
            }
            (_, inside) => (inside, Vec::new()),
        }
    }

    /// What a line goes around, if that is filled.
    fn closed_inside(&self, way: &[Point]) -> Option<Inside> {
        let fills = self.fill.is_some() && matches!(self.kind, Kind::Line | Kind::Stroke);
        let patch = fills.then(|| Patch::of(way, self.width, self.tolerance()))?;
        patch.map(Inside::Patch)
    }

    fn hand(&self) -> Option<Hand> {
        Hand::of(self.sketch, self.width, self.seed).filter(|_| self.kind.can_be_sketched())
    }

    /// How far a sketched line may be off, in board units; 0 for one that isn't sketched. `length` is at least the line's.
    fn sway(&self, length: f64) -> f64 {
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
    fn pictured(&self) -> Shape {
        let edge = outline(self.kind, self.place, Corners::Sharp, self.tolerance());
        Shape {
            inside: Flat::of(&edge).map(Inside::Flat),
            ..Shape::default()
        }
    }

    fn headed(&self, tolerance: f64) -> Shape {
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

    fn routed(&self) -> Routed<'_> {
        Routed {
            points: &self.points,
            holds: &self.holds,
            route: self.route,
            corners: self.corners,
            width: self.width,
        }
    }

    /// The middles of a line's pieces.
    #[must_use]
    pub fn middles(&self) -> Vec<Middle> {
        self.routed().middles()
    }

    /// A line's points on the board, those at its ends where it holds on to something.
    #[must_use]
    pub fn held(&self) -> Vec<Point> {
        self.routed().held()
    }

    /// A line's way on the board, as if it had neither heads nor gaps.
    #[must_use]
    pub fn way(&self) -> Vec<InkPoint> {
        let line = self.routed().line(self.tolerance());
        line.into_iter().map(even).collect()
    }

    /// The point of a line's way from which it is as far to either end. Of a box its middle.
    #[must_use]
    pub fn middle(&self) -> Point {
        let way = Way::of(self.way());
        let middle = way.at(way.length() / 2.0).filter(|_| self.kind.has_points());
        middle.map_or(self.place * Point::new(0.5, 0.5), |middle| middle.pos)
    }

    /// A line's way, as if it had no heads, and those.
    fn way_and_heads(&self, tolerance: f64) -> (Way, [Option<Drawn>; 2]) {
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

    /// What may differ from the true shape where nothing else is asked for, in board units.
    fn tolerance(&self) -> f64 {
        if self.kind.is_box() {
            let size = around(self.kind, self.place).size();
            (self.width / 100.0).min(size.max_side() / 1000.0).max(1e-6)
        } else if let Some(letters) = self.letters.as_ref().filter(|_| self.kind == Kind::Text) {
            letters.em() / 1000.0
        } else {
            (self.step / 8.0).min(self.width / 100.0)
        }
    }

    /// A box that holds its shape. `None` where it lies out of the world.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let half = self.width / 2.0;
        let bounds = match self.kind {
            Kind::Stroke | Kind::Highlight => {
                let curve = Curve::new(&self.points, self.width, self.step);
                let hatched = self.hatched_around(&curve).into_iter();
                hatched.chain(curve.bounds()).reduce(|a, b| a.union(b))
            }
            Kind::Rectangle | Kind::Diamond | Kind::Ellipse | Kind::Frame => {
                let edge = around(self.kind, self.place);
                let far = half + self.sway(2.0 * (edge.width() + edge.height()));
                Some(edge.inflate(far, far))
            }
            Kind::Image | Kind::Note => Some(around(self.kind, self.place)),
            Kind::Text => None,
            Kind::Line => {
                let near = self.tolerance();
                let (way, heads) = self.way_and_heads(near);
                let half = half + self.sway(way.length());
                let reach = 2.0 * (half + near);
                let points = way.line().iter();
                let line = points.map(|p| Rect::from_center_size(p.pos, (reach, reach)));
                let heads = heads.iter().flatten().filter_map(|head| head.bounds(half + near));
                line.chain(heads).reduce(|a, b| a.union(b))
            }
        };
        let letters = self.letters.as_ref().map(Letters::bounds);
        let bounds = bounds.into_iter().chain(letters).reduce(|a, b| a.union(b))?;
        let far = |v: f64| !v.is_finite() || v.abs() > 10.0 * MAX_COORDINATE;
        let odd = self.points.iter().any(|point| !point.pos.is_finite());
        let out = [bounds.x0, bounds.y0, bounds.x1, bounds.y1].into_iter().any(far);
        (!odd && !out).then_some(bounds)
    }

    /// A box around the lines that fill a stroke: where it is drawn with little pressure, they are wider than it.
    fn hatched_around(&self, curve: &Curve) -> Option<Rect> {
        self.fill.filter(|shade| shade.is_lines())?;
        let half = hatch::WIDTH * self.width / 2.0;
        let around = self.closed_inside(&curve_line(curve))?;
        Some(around.bounds().inflate(half, half))
    }

    /// No part of its edge is farther from its line than that, in board units.
    #[must_use]
    pub fn reach(&self) -> f64 {
        let letters = self.letters.as_ref().map_or(0.0, Letters::reach);
        radius(self.width, 1.0).max(letters).max(1e-9)
    }

    /// How long its line is, about, in board units.
    #[must_use]
    pub fn length(&self) -> f64 {
        if self.kind.is_box() {
            let tolerance = around(self.kind, self.place).size().max_side() / 100.0;
            return closed(outline(self.kind, self.place, self.corners, tolerance)).length();
        }
        if self.route == Route::Elbow {
            return Way::of(self.way()).length();
        }
        Way::of(self.points.clone()).length()
    }

    /// How thick it is where it is thinnest, from side to side, in board units; of a line, what is around it.
    #[must_use]
    pub fn thickness(&self) -> f64 {
        if let Some(first) = self.points.first() {
            let start = Rect::from_points(first.pos, first.pos);
            let around = self.points.iter().fold(start, |all, p| all.union_pt(p.pos));
            return around.size().min_side();
        }
        let [a, b, c, d, ..] = self.place.as_coeffs();
        let longer = a.hypot(b).max(c.hypot(d));
        self.place.determinant().abs() / longer.max(f64::MIN_POSITIVE)
    }

    /// Whether a point of the board lies within a box's outline, be it filled or not, or within a closed line that is filled.
    #[must_use]
    pub fn contains(&self, p: Point) -> bool {
        if self.kind.has_points() {
            let way: Vec<Point> = if self.kind == Kind::Line {
                self.way().iter().map(|point| point.pos).collect()
            } else {
                curve_line(&Curve::new(&self.points, self.width, self.step))
            };
            return self.closed_inside(&way).is_some_and(|inside| inside.contains(p));
        }
        let within = || Flat::of(&outline(self.kind, self.place, self.corners, self.tolerance()));
        self.kind.is_box()
            && around(self.kind, self.place).inflate(1e-9, 1e-9).contains(p)
            && within().is_some_and(|flat| flat.contains(p))
    }
}

/// A point at which the line is as wide as it is called.
fn even(pos: Point) -> InkPoint {
    InkPoint { pos, pressure: 0.5 }
}

/// A stroke's way, point by point.
fn curve_line(curve: &Curve) -> Vec<Point> {
    let nodes = 0..=curve.len().saturating_sub(1);
    curve.flatten(nodes).iter().map(|point| point.pos).collect()
}

/// An outline as a line that comes back to where it began.
fn closed(outline: Vec<Point>) -> Way {
    let first = outline.first().copied();
    Way::of(outline.into_iter().chain(first).map(even).collect())
}

#[cfg(test)]
mod tests;
