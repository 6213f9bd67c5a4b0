//! What the scene takes of an element.

use std::sync::Arc;

use crate::document::{Color, Element, Group, Kind, Order, Shade};
use crate::geometry::{Rect, Vec2};

/// What the scene takes of an element.
#[derive(Debug, Clone)]
pub struct Shown {
    pub(super) order: Order,
    pub(super) kind: Kind,
    pub(super) bounds: Rect,
    pub(super) color: Color,
    pub(super) fill: Option<(Color, Shade)>,
    pub(super) opacity: f64,
    pub(super) groups: Arc<[Group]>,
    pub(super) locked: bool,
    /// The same for the same shape, wherever on the board (and by chance, once in 2^64, for another).
    pub(super) shape: u64,
}

impl Shown {
    /// `None` for what isn't shown: it was deleted, or lies out of the world.
    #[must_use]
    pub fn of(element: &Element) -> Option<Self> {
        if element.deleted {
            return None;
        }
        Some(Self {
            order: element.order.clone(),
            kind: element.kind,
            bounds: element.bounds()?,
            color: element.style.color,
            fill: fill(element),
            opacity: element.style.opacity,
            groups: Arc::clone(&element.groups),
            locked: element.locked,
            shape: shape(element),
        })
    }

    /// The same, moved by so much on the board.
    #[must_use]
    pub fn moved(&self, by: Vec2) -> Self {
        Self {
            bounds: self.bounds + by,
            ..self.clone()
        }
    }
}

fn fill(element: &Element) -> Option<(Color, Shade)> {
    let color = element.style.fill.filter(|_| element.kind.is_box())?;
    Some((color, element.style.shade))
}

fn shape(element: &Element) -> u64 {
    // Each number turns and stirs what came before. It is to tell a shape from the one before it, not from a forger's.
    let stir = |hash: u64, number: u64| (hash.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let style = &element.style;
    // Where it lies doesn't count: what is moved keeps its shape. Of a fill only how it is made counts.
    let [a, b, c, d, ..] = element.place.as_coeffs();
    let numbers = [a, b, c, d, style.width, element.step].map(f64::to_bits);
    let filled = fill(element).map_or(0, |(_, shade)| 1 + shade as u64);
    let terms = [
        element.kind as u64,
        style.dash as u64,
        style.corners as u64,
        style.start as u64,
        style.end as u64,
        filled,
    ];
    let points = element.points.iter().flat_map(|p| [p.pos.x, p.pos.y, p.pressure]);
    let all = numbers.into_iter().chain(terms).chain(points.map(f64::to_bits));
    all.fold(element.points.len() as u64, stir)
}
