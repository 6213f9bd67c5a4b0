//! What is to be drawn of an element, in board units, and how that becomes a shape.

use kurbo::{Affine, Point, Rect};

use super::terms::{Corners, Dash, Head, Kind, Shade};
use super::{Curve, InkPoint, MAX_COORDINATE, Ribbon, Shape, radius};

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
    /// Whether corners are rounded, and a line is a curve.
    pub corners: Corners,
    /// What is at the first and at the last point of a line.
    pub heads: [Head; 2],
    /// How its inside is filled, if it is a box and is filled.
    pub fill: Option<Shade>,
    /// Whether what is under it is seen through it.
    pub translucent: bool,
}

impl Figure {
    /// Its shape, within `tolerance` board units of the true one; `None` for as exact as it was drawn.
    #[must_use]
    pub fn shape(&self, tolerance: Option<f64>) -> Shape {
        let curve = match tolerance {
            Some(tolerance) => Curve::within(&self.points, self.width, self.step, tolerance),
            None => Curve::new(&self.points, self.width, self.step),
        };
        let last = curve.len().saturating_sub(1);
        Shape {
            lines: vec![Ribbon::of(&curve, 0..=last)],
        }
    }

    /// A box that holds its shape. `None` where it lies out of the world.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let bounds = Curve::new(&self.points, self.width, self.step).bounds()?;
        let far = [bounds.x0, bounds.y0, bounds.x1, bounds.y1]
            .iter()
            .any(|v| !v.is_finite() || v.abs() > 10.0 * MAX_COORDINATE);
        (!far).then_some(bounds)
    }

    /// No part of its edge is farther from its line than that, in board units.
    #[must_use]
    pub fn reach(&self) -> f64 {
        radius(self.width, 1.0).max(1e-9)
    }

    /// The corners of a box.
    #[must_use]
    pub fn corners_of_box(&self) -> [Point; 4] {
        [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(x, y)| self.place * Point::new(x, y))
    }
}
