//! An element while it is drawn: of a stroke the part that no longer changes is made once, in pieces, and only the end anew.

use std::sync::Arc;

use drawbridge_protocol::ElementId;

use crate::document::{Color, Element};
use crate::geometry::{Affine, Curve, Dash, Figure, InkPoint, Kind, Mesh, Ribbon, SETTLED};

/// Nodes of the curve in one piece.
const PIECE: usize = 128;
/// Samples before the first that is looked at, which the curve there leans on.
const LEAN: usize = 2 * SETTLED;

/// Whose wet stroke: one's own, or that of a connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WetKey {
    /// The connection that draws it; `None` for oneself.
    pub conn: Option<u64>,
    /// The element that it will be.
    pub element: ElementId,
}

impl WetKey {
    /// One's own stroke.
    #[must_use]
    pub fn own(element: ElementId) -> Self {
        Self { conn: None, element }
    }
}

/// A part of a wet stroke. Never changes: a changed one has another serial.
#[derive(Debug, Clone)]
pub struct WetPiece {
    /// The shape.
    pub mesh: Arc<Mesh>,
    /// The colour of its line.
    pub color: Color,
    /// How much of what is under it it hides, 0 to 1; all pieces of one stroke together.
    pub opacity: f64,
    /// Whether it lies below all that is finished.
    pub below: bool,
    /// The frame that it is drawn in, if there is such a one.
    pub framed_by: Option<ElementId>,
    /// Names the shape, once in a scene.
    pub serial: u64,
}

#[derive(Debug, Default)]
pub(super) struct Wet {
    done: Vec<WetPiece>,
    tail: Option<WetPiece>,
}

impl Wet {
    pub(super) fn pieces(&self) -> impl Iterator<Item = &WetPiece> {
        self.done.iter().chain(&self.tail)
    }

    /// Shows the stroke up to its last sample. Takes as long as its end is, not all of it.
    pub(super) fn draw(&mut self, element: &Element, ink: &[InkPoint], anew: bool, serial: &mut u64) {
        if element.style.dash != Dash::Solid {
            // Each dash moves a little while the line grows.
            let figure = Figure {
                points: ink.to_vec(),
                ..element.figure()
            };
            self.done.clear();
            let mesh = figure.shape(None).mesh();
            self.tail = mesh.map(|mesh| painted(element, mesh, serial));
            return;
        }
        if anew {
            self.done.clear();
        }
        let mut done = self.done.len() * PIECE;
        let skipped = done.saturating_sub(LEAN);
        let curve = Curve::new(
            ink.get(skipped..).unwrap_or_default(),
            element.style.width,
            element.step,
        );
        let mut piece = |nodes| {
            let mesh = Ribbon::of(&curve, nodes).mesh(Affine::IDENTITY)?;
            Some(painted(element, mesh, serial))
        };
        while done + PIECE + SETTLED < curve.len() + skipped {
            let Some(part) = piece(done - skipped..=done + PIECE - skipped) else {
                break;
            };
            self.done.push(part);
            done += PIECE;
        }
        self.tail = piece(done - skipped..=curve.len().saturating_sub(1));
    }
}

fn painted(element: &Element, mesh: Mesh, serial: &mut u64) -> WetPiece {
    *serial += 1;
    let style = &element.style;
    WetPiece {
        mesh: Arc::new(mesh),
        color: style.color,
        opacity: style.opacity,
        below: element.kind == Kind::Highlight,
        framed_by: element.framed_by.clone(),
        serial: *serial,
    }
}
