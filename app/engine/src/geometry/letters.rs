//! Letters that are set: where each glyph stands, and how they are drawn from near and from afar.

use std::sync::Arc;

use kurbo::{Affine, BezPath, Point, Rect, Vec2};

use super::glyph::Fill;
use super::mesh::{Far, Side};
use super::{Glyph, InkPoint, Ribbon};

/// How thick a letter's strokes are, about, in ems: what is thinner than a pixel is drawn fainter instead. A little more than it is, since
/// so thin a stroke loses some of its ink at both of its edges.
const STEM: f64 = 0.1;
/// A head of a line is taken to be so many times as thick as its ways out are told long; letters are told in the same way.
const HEAD: f64 = 5.0;
/// Where less than so many ems can be told apart, each line of letters is one bar.
const BARS: f64 = 0.05;
/// The thickness of such a bar in ems: it has about as much ink as the letters.
const BAR: f64 = 0.18;
/// How high above the baseline its middle is, in ems.
const BAR_MIDDLE: f64 = 0.25;

/// Glyphs where they stand, in units of their own; y points down.
#[derive(Debug, Default)]
pub struct Glyphs {
    /// Each glyph with the point of its baseline where it begins.
    pub glyphs: Vec<(Arc<Glyph>, Point)>,
    /// How large an em is.
    pub size: f64,
    /// Of each line that is not empty, the part of its baseline that has letters.
    pub baselines: Vec<[Point; 2]>,
    /// The area that they take, letters or not.
    pub area: Rect,
}

/// Letters on the board.
#[derive(Debug, Clone)]
pub struct Letters {
    /// The glyphs.
    pub set: Arc<Glyphs>,
    /// From the glyphs' own units to the board.
    pub place: Affine,
}

impl PartialEq for Letters {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.set, &other.set) && self.place == other.place
    }
}

impl Letters {
    /// The corners of their area on the board.
    #[must_use]
    pub fn corners(&self) -> [Point; 4] {
        let Rect { x0, y0, x1, y1 } = self.set.area;
        [(x0, y0), (x1, y0), (x1, y1), (x0, y1)].map(|corner| self.place * Point::from(corner))
    }

    /// A box on the board that holds their area and all of their ink.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        let set = &self.set;
        let ink = set.glyphs.iter().filter_map(|(glyph, at)| {
            let own = glyph.bounds()?;
            Some(Rect::new(
                at.x + own.x0 * set.size,
                at.y + own.y0 * set.size,
                at.x + own.x1 * set.size,
                at.y + own.y1 * set.size,
            ))
        });
        let all = ink.fold(set.area, |all, one| all.union(one));
        // A bar may be thicker than what it stands for.
        let around = self.place.transform_rect_bbox(all.inflate(BAR * set.size, 0.0));
        // Where its place is askew, it may be so by more.
        let thick = BAR * self.em();
        let ends = set.baselines.iter().flatten();
        let bars = ends.map(|end| Rect::from_center_size(self.place * (*end + self.up()), (thick, thick)));
        bars.fold(around, |all, bar| all.union(bar))
    }

    /// No way out of a letter is told longer than that, in board units.
    #[must_use]
    pub fn reach(&self) -> f64 {
        (STEM / HEAD * self.em()).max(1e-9)
    }

    /// How large an em is on the board, on the whole.
    pub(super) fn em(&self) -> f64 {
        self.set.size * self.place.determinant().abs().sqrt()
    }

    /// Whether its place leaves them no area.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        let coeffs = self.place.as_coeffs();
        let size: f64 = coeffs[..4].iter().map(|v| v * v).sum();
        self.place.determinant().abs() <= 1e-9 * size
    }

    /// Whether, within `tolerance` board units, no letter can be told from another.
    fn far(&self, tolerance: f64) -> bool {
        tolerance > BARS * self.em()
    }

    /// From the baseline to the middle of a bar, in the glyphs' own units.
    fn up(&self) -> Vec2 {
        Vec2::new(0.0, -BAR_MIDDLE * self.set.size)
    }

    /// What stands for them from afar: a bar a line. Nothing from near.
    pub(super) fn bars(&self, tolerance: f64) -> Vec<Ribbon> {
        if self.is_flat() || !self.far(tolerance) {
            return Vec::new();
        }
        let bar = |ends: &[Point; 2]| {
            let ends = ends.map(|end| InkPoint::new(self.place * (end + self.up()), 0.5));
            Ribbon::along(&ends, BAR * self.em(), tolerance)
        };
        self.set.baselines.iter().map(bar).collect()
    }

    /// Each glyph's inside from near, and where it lies on the board. None from afar.
    fn fills(&self, tolerance: f64) -> impl Iterator<Item = (&Fill, Affine)> {
        let size = self.set.size;
        let near = if self.is_flat() || self.far(tolerance) {
            &[][..]
        } else {
            &self.set.glyphs[..]
        };
        let within = tolerance / self.em();
        near.iter().map(move |(glyph, at)| {
            let place = self.place * Affine::translate(at.to_vec2()) * Affine::scale(size);
            (glyph.fill(within), place)
        })
    }

    /// The corners of the glyphs' triangles, a strip each.
    pub(super) fn strips(&self, tolerance: f64) -> impl Iterator<Item = Vec<Far>> {
        // What stands square on an edge is led by the inverse, transposed.
        let [a, b, c, d, ..] = self.place.as_coeffs();
        let turn = self.place.determinant().signum();
        let out = move |v: Vec2| {
            let led = Vec2::new(d * v.x - b * v.y, a * v.y - c * v.x) * turn;
            let length = led.hypot();
            if length > 0.0 { led / length } else { Vec2::ZERO }
        };
        let told = self.reach();
        self.fills(tolerance).map(move |(fill, place)| {
            let corner = |spot: &super::glyph::Spot| Far {
                centre: place * spot.at,
                offset: out(spot.out) * told,
                side: if spot.outer { Side::Outer } else { Side::Inner },
                filled: false,
            };
            fill.strip.iter().map(corner).collect()
        })
    }

    /// The glyphs' outlines as polygons, to be filled by the nonzero rule.
    pub(super) fn outline(&self, tolerance: f64) -> BezPath {
        let mut path = BezPath::new();
        let mirrored = self.place.determinant() < 0.0;
        for (fill, place) in self.fills(tolerance) {
            for polygon in &fill.polygons {
                let mut corners: Vec<Point> = polygon.iter().map(|&corner| place * corner).collect();
                if mirrored {
                    corners.reverse();
                }
                path.move_to(corners[0]);
                corners[1..].iter().for_each(|&corner| path.line_to(corner));
                path.close_path();
            }
        }
        path
    }
}
