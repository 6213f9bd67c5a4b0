//! What is filled of a figure: the convex inside of a box, or what a closed line goes around.

use kurbo::{BezPath, Point, Rect, Vec2};

use super::flat::Flat;
use super::mesh::Far;
use super::patch::Patch;

/// An inside, in board units.
#[derive(Debug)]
pub(super) enum Inside {
    /// Of a box.
    Flat(Flat),
    /// Of a closed line.
    Patch(Patch),
}

impl Inside {
    /// The corners of its boundary.
    pub(super) fn corners(&self) -> &[Point] {
        match self {
            Self::Flat(flat) => flat.corners(),
            Self::Patch(patch) => patch.corners(),
        }
    }

    /// Its boundary, to be filled by the nonzero rule.
    pub(super) fn outline(&self) -> BezPath {
        match self {
            Self::Flat(flat) => flat.outline(),
            Self::Patch(patch) => patch.outline(),
        }
    }

    /// A box around it.
    pub(super) fn bounds(&self) -> Rect {
        match self {
            Self::Flat(flat) => flat.bounds(),
            Self::Patch(patch) => patch.bounds(),
        }
    }

    /// Whether a point lies in it.
    pub(super) fn contains(&self, at: Point) -> bool {
        match self {
            Self::Flat(flat) => flat.contains(at),
            Self::Patch(patch) => patch.contains(at),
        }
    }

    /// The parts of the straight line through `at` along `way` that lie in it, in parts of `way`.
    pub(super) fn cuts(&self, at: Point, way: Vec2) -> Vec<(f64, f64)> {
        match self {
            Self::Flat(flat) => flat.cut(at, way).into_iter().collect(),
            Self::Patch(patch) => patch.cuts(at, way),
        }
    }

    /// The corners of its triangles, as one strip. The way out of it is told `reach` long.
    pub(super) fn strip(&self, reach: f64) -> Vec<Far> {
        match self {
            Self::Flat(flat) => flat.strip(reach, true),
            Self::Patch(patch) => patch.strip(reach, true),
        }
    }
}
