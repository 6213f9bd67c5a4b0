//! The shape of a figure: ribbons along its lines, flats where it is filled, and letters.

use kurbo::{Affine, BezPath};

use super::flat::Flat;
use super::inside::Inside;
use super::mesh::Far;
use super::{Letters, Mesh, Ribbon};

/// A figure's shape, in board units.
#[derive(Debug, Default)]
pub struct Shape {
    /// What is filled, in the fill's colour.
    pub(super) inside: Option<Inside>,
    /// Lines in the fill's colour.
    pub(super) hatch: Vec<Ribbon>,
    /// The figure's own line, in pieces where it is broken, and strokes at its ends.
    pub(super) lines: Vec<Ribbon>,
    /// What is filled in the line's colour.
    pub(super) heads: Vec<Flat>,
    /// The letters that it bears, in the line's colour, and how many board units they may be off.
    pub(super) letters: Option<(Letters, f64)>,
    /// How long the ways out of flats are told, in board units.
    pub(super) reach: f64,
    /// How many board units it may be off.
    pub(super) exact: f64,
}

impl Shape {
    /// As triangles, the fill first, then the line; `None` for nothing, or what lies out of the world.
    #[must_use]
    pub fn mesh(&self) -> Option<Mesh> {
        let heads = self.heads.iter().map(|flat| flat.strip(self.reach, false));
        let inside = self.inside.iter().map(|inside| inside.strip(self.reach));
        let ribbons = |ribbons: &[Ribbon], filled| -> Vec<Vec<Far>> {
            let colored = |corner| Far { filled, ..corner };
            let strips = ribbons.iter().map(Ribbon::strip);
            strips
                .map(|strip| strip.into_iter().map(colored).collect())
                .collect()
        };
        let parts = [
            inside.collect(),
            ribbons(&self.hatch, true),
            ribbons(&self.lines, false),
            heads.collect(),
            self.letters
                .iter()
                .flat_map(|(letters, tolerance)| letters.strips(*tolerance))
                .collect(),
        ];
        let mut strip: Vec<Far> = Vec::new();
        for part in parts.iter().flatten().filter(|part| !part.is_empty()) {
            // Twice before and after a leap, which makes triangles of no area.
            if let (Some(&last), Some(&first)) = (strip.last(), part.first()) {
                strip.extend([last, first]);
            }
            strip.extend(part);
        }
        Mesh::new(&strip)
    }

    /// The boundary of what has the line's colour, to be filled by the nonzero rule.
    #[must_use]
    pub fn line(&self) -> BezPath {
        let mut path = outlines(&self.lines, self.heads.iter().map(Flat::outline));
        if let Some((letters, tolerance)) = &self.letters {
            path.extend(letters.outline(*tolerance));
        }
        path
    }

    /// The boundary of what has the fill's colour, by the same rule; empty where nothing is filled.
    #[must_use]
    pub fn inside(&self) -> BezPath {
        outlines(&self.hatch, self.inside.iter().map(Inside::outline))
    }
}

fn outlines(ribbons: &[Ribbon], flats: impl Iterator<Item = BezPath>) -> BezPath {
    let mut path = BezPath::new();
    for ribbon in ribbons {
        path.extend(ribbon.outline(Affine::IDENTITY));
    }
    for flat in flats {
        path.extend(flat);
    }
    path
}
