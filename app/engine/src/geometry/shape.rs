//! The shape of a figure: ribbons along its lines, polygons where it is filled.

use kurbo::{Affine, BezPath};

use super::{Mesh, Ribbon};

/// A figure's shape, in board units.
#[derive(Debug, Clone)]
pub struct Shape {
    pub(super) lines: Vec<Ribbon>,
}

impl Shape {
    /// As triangles; `None` for nothing, or what lies out of the world.
    #[must_use]
    pub fn mesh(&self) -> Option<Mesh> {
        self.lines.first()?.mesh(Affine::IDENTITY)
    }

    /// The boundary of what has the line's colour, to be filled by the nonzero rule.
    #[must_use]
    pub fn line(&self) -> BezPath {
        let mut path = BezPath::new();
        for ribbon in &self.lines {
            path.extend(ribbon.outline(Affine::IDENTITY));
        }
        path
    }

    /// The boundary of what has the fill's colour; empty where nothing is filled.
    #[must_use]
    pub fn inside(&self) -> BezPath {
        BezPath::new()
    }
}
