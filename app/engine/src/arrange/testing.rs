//! What the tests of arranging have in common.

use drawbridge_protocol::ElementId;

use crate::document::{Element, Order, Style};
use crate::geometry::{Affine, Kind};

/// A square with its top left corner at a place on the board.
pub(super) fn square(id: u32, x: f64, y: f64, side: f64) -> Element {
    let mut element = Element::new(name(id), Kind::Rectangle, Order::default(), Style::default());
    element.place = Affine::new([side, 0.0, 0.0, side, x, y]);
    element
}

/// An id; the greater number has the greater one.
pub(super) fn name(id: u32) -> ElementId {
    let mut bits = [0; 12];
    bits[..4].copy_from_slice(&id.to_be_bytes());
    ElementId::from_bits(bits)
}
