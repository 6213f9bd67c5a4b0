//! A stroke while it is drawn: the part that no longer changes is made once, in pieces, and only the end anew.

use std::sync::Arc;

use drawbridge_protocol::ElementId;

use super::Item;
use crate::document::Base;
use crate::geometry::{Affine, Curve, InkPoint, Ribbon, SETTLED};

/// Nodes of the curve in one piece.
const PIECE: usize = 128;

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

#[derive(Debug, Default)]
pub(super) struct Wet {
    pieces: Vec<Item>,
    tail: Option<Item>,
}

impl Wet {
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.pieces.iter().chain(&self.tail)
    }

    pub(super) fn draw(
        &mut self,
        element: &ElementId,
        base: &Base,
        ink: &[InkPoint],
        anew: bool,
        mut serial: impl FnMut() -> u64,
    ) {
        if anew {
            self.pieces.clear();
        }
        let curve = Curve::new(ink, base.width, base.step);
        let mut item = |nodes| {
            let mesh = Ribbon::of(&curve, nodes).mesh(Affine::IDENTITY)?;
            let (element, mesh) = (element.clone(), Arc::new(mesh));
            Some(Item {
                element,
                mesh,
                serial: serial(),
                color: base.color,
                dimmed: false,
            })
        };
        let mut done = self.pieces.len() * PIECE;
        while done + PIECE + SETTLED < curve.len() {
            let Some(piece) = item(done..=done + PIECE) else {
                break;
            };
            self.pieces.push(piece);
            done += PIECE;
        }
        self.tail = item(done..=curve.len().saturating_sub(1));
    }
}
