//! What the scene takes of an element.

use std::sync::Arc;

use crate::document::{Element, Group, Kind, Order, Style};
use crate::geometry::{Rect, Vec2};

/// What the scene takes of an element: all that is needed to know whether to draw it, and how.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Where it stands in the stack.
    pub order: Order,
    /// What it is.
    pub kind: Kind,
    /// A box on the board that holds the shape.
    pub bounds: Rect,
    /// The same with the line's width left out, as [`Element::frame`] says.
    pub frame: Rect,
    /// How it is drawn; filled only if it has an inside.
    pub style: Style,
    /// The groups that it belongs to, the innermost first.
    pub groups: Arc<[Group]>,
    /// Whether it is not to be touched.
    pub locked: bool,
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
            frame: element.frame(),
            style: Style {
                fill: element.style.fill.filter(|_| element.kind.is_box()),
                ..element.style
            },
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
            frame: self.frame + by,
            ..self.clone()
        }
    }
}

fn shape(element: &Element) -> u64 {
    // Each number turns and stirs what came before. It is to tell a shape from the one before it, not from a forger's.
    let stir = |hash: u64, number: u64| (hash.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let style = &element.style;
    // Where it lies doesn't count: what is moved keeps its shape. Of a fill only how it is made counts.
    let [a, b, c, d, ..] = element.place.as_coeffs();
    let numbers = [a, b, c, d, style.width, element.step].map(f64::to_bits);
    let filled = style.fill.filter(|_| element.kind.is_box());
    let terms = [
        element.kind as u64,
        style.dash as u64,
        style.corners as u64,
        style.start as u64,
        style.end as u64,
        filled.map_or(0, |_| 1 + style.shade as u64),
    ];
    let points = element.points.iter().flat_map(|p| [p.pos.x, p.pos.y, p.pressure]);
    let all = numbers.into_iter().chain(terms).chain(points.map(f64::to_bits));
    all.fold(element.points.len() as u64, stir)
}
