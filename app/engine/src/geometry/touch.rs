//! What is hit of a figure: triangles, and what a closed line goes around, which needs none for that.

use kurbo::Point;

use super::patch::Patch;
use super::{Mesh, Region};

/// What is hit of a figure, in board units.
#[derive(Debug)]
pub struct Touchable {
    pub(super) mesh: Mesh,
    pub(super) inside: Option<Patch>,
}

impl Touchable {
    /// Whether it comes within `radius` board units of the straight way from `a` to `b` (which may be one point).
    #[must_use]
    pub fn touches(&self, a: Point, b: Point, radius: f64) -> bool {
        let inside = || {
            self.inside
                .as_ref()
                .is_some_and(|inside| inside.touches(a, b, radius))
        };
        self.mesh.touches(a, b, radius) || inside()
    }

    /// Whether it has a point in common with a part of the board, edges included.
    #[must_use]
    pub fn overlaps(&self, region: &Region) -> bool {
        let inside = || self.inside.as_ref().is_some_and(|inside| inside.overlaps(region));
        self.mesh.overlaps(region) || inside()
    }
}
