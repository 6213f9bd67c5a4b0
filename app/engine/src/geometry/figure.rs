//! What is to be drawn of an element, in board units: where it lies, and what is hit of it.

use kurbo::{Affine, Point, Rect, Size};

use super::flat::Flat;
use super::inside::Inside;
use super::outline::{around, outline};
use super::route::{Middle, Routed};
use super::terms::{Corners, Dash, Head, Kind, Route, Shade, Sketch};
use super::way::Way;
use super::{Curve, Hold, InkPoint, Letters, MAX_COORDINATE, Shape, Touchable, radius};

mod drawing;

/// A pen's line is so many times as wide as that of a figure whose inside is filled by the same lines: broad lines far apart would fill
/// little of what a pen goes around.
const PEN: f64 = 3.0;

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
        shape.exact = within;
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
                // Where it is drawn with little pressure it is still wider than the lines that fill it.
                Curve::new(&self.points, self.width, self.step).bounds()
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

    /// The width by which the lines are told that fill it: a pen draws broadly.
    fn hatch_width(&self) -> f64 {
        if self.kind == Kind::Stroke {
            self.width / PEN
        } else {
            self.width
        }
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
        if let Some(around) = self.around_points() {
            return around.size().min_side();
        }
        let longer = self.size().max_side();
        self.place.determinant().abs() / longer.max(f64::MIN_POSITIVE)
    }

    /// How long a box's sides are, in board units; of a line, which has no narrow one, how far it reaches along an axis.
    fn size(&self) -> Size {
        if let Some(around) = self.around_points() {
            let longer = around.size().max_side();
            return Size::new(longer, longer);
        }
        let [a, b, c, d, ..] = self.place.as_coeffs();
        Size::new(a.hypot(b), c.hypot(d))
    }

    fn around_points(&self) -> Option<Rect> {
        let first = self.points.first()?;
        let start = Rect::from_points(first.pos, first.pos);
        Some(self.points.iter().fold(start, |all, p| all.union_pt(p.pos)))
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
