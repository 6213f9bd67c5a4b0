//! What a tool may look at, and what all tools share.

use std::collections::BTreeSet;
use std::sync::Arc;

use drawbridge_protocol::{ElementId, Peer};

use super::{NameTag, Pointer, aim};
use crate::arrange::Frame;
use crate::document::{Document, Element, Group, Order, Style, Tie};
use crate::geometry::{Camera, Point, Rect, Size};
use crate::scene::{Item, Scene};

/// Where random bits come from: 96 at a time, enough for an element's id.
pub trait Random: Send {
    /// Fresh random bits.
    fn bits(&mut self) -> [u8; 12];
}

/// What is selected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The elements: of a group all, unless it was entered.
    pub ids: BTreeSet<ElementId>,
    /// The group inside which elements are selected one by one.
    pub entered: Option<Group>,
    /// The number of a point, where a single line is selected and one of its points is chosen.
    pub point: Option<usize>,
}

impl Selection {
    /// These elements, inside the group that was entered.
    #[must_use]
    pub fn of(ids: BTreeSet<ElementId>, entered: Option<Group>) -> Self {
        Self {
            ids,
            entered,
            point: None,
        }
    }
}

/// What a dragged thing falls into place at.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Snapping {
    /// The side of the grid's cells, in board units, where there is a grid.
    pub grid: Option<f64>,
    /// Whether to other elements' edges and centres.
    pub objects: bool,
}

/// What a tool may look at.
pub struct Context<'a> {
    /// The board as elements.
    pub document: &'a Document,
    /// What is shown.
    pub scene: &'a Scene,
    /// Where one looks.
    pub camera: &'a Camera,
    /// How much one sees, in screen points.
    pub size: Size,
    /// What to draw with.
    pub style: Style,
    /// What to type with on the bare board.
    pub text_style: Style,
    /// What is selected.
    pub selection: &'a Selection,
    /// The frame around that.
    pub frame: Option<Frame>,
    /// Where and when the last click was.
    pub last_click: Option<Pointer>,
    /// What things fall into place at.
    pub snapping: Snapping,
    /// Where frames' names stand.
    pub names: &'a [NameTag],
    /// Who types.
    pub peer: Peer,
    /// A number that no interaction had before.
    pub number: u64,
    /// The time, on the clock of the events.
    pub now_ms: f64,
    /// For ids and orders.
    pub random: &'a mut dyn Random,
}

impl Context<'_> {
    /// Where a pointer is on the board.
    #[must_use]
    pub fn at(&self, pointer: &Pointer) -> Point {
        self.camera.board_from_screen(pointer.pos)
    }

    /// So many screen points in board units.
    #[must_use]
    pub fn length(&self, points: f64) -> f64 {
        points / self.camera.zoom()
    }

    /// The part of the board that is seen.
    #[must_use]
    pub fn visible(&self) -> Rect {
        self.camera.visible(self.size)
    }

    /// An element as it is shown.
    #[must_use]
    pub fn element(&self, id: &ElementId) -> Option<Element> {
        self.scene.element(self.document, id)
    }

    /// The frame that something with its middle there is drawn in.
    #[must_use]
    pub fn frame_at(&self, middle: Point) -> Option<ElementId> {
        self.scene
            .frame_at(middle, |frame| self.document.has_base(frame.as_str()))
    }

    /// Whether something may be changed: it isn't locked, and is no longer in the hand of whoever draws it.
    #[must_use]
    pub fn is_free(&self, item: &Item) -> bool {
        !item.locked && self.document.has_base(item.element.as_str())
    }

    /// A name for a new element.
    pub fn fresh_id(&mut self) -> ElementId {
        ElementId::from_bits(self.random.bits())
    }

    /// An order above everything.
    pub fn order_on_top(&mut self) -> Order {
        fresh_order(self.scene.top(), None, self.random)
    }

    /// What an end of a line under the pointer would hold on to; nothing with ctrl.
    #[must_use]
    pub fn tie(&self, at: Point, pointer: &Pointer) -> Option<Tie> {
        let free = pointer.modifiers.ctrl || !at.is_finite();
        if free {
            return None;
        }
        let (near, middle) = (self.length(aim::NEAR), self.length(aim::MIDDLE));
        aim::tie_at(at, near, middle, self.scene, self.document)
    }

    /// A point on the grid, if there is one and ctrl isn't held.
    #[must_use]
    pub fn on_grid(&self, pointer: &Pointer) -> Point {
        let at = self.at(pointer);
        match self.snapping.grid.filter(|_| !pointer.modifiers.ctrl) {
            Some(cell) => Point::new((at.x / cell).round() * cell, (at.y / cell).round() * cell),
            None => at,
        }
    }
}

/// A fresh order above one and below another.
pub(crate) fn fresh_order(below: Option<&Order>, above: Option<&Order>, random: &mut dyn Random) -> Order {
    Order::between(below, above, random_number(random))
}

pub(crate) fn random_number(random: &mut dyn Random) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = random.bits();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// A name for a new group.
pub(crate) fn own_random_group(random: &mut dyn Random) -> Group {
    Arc::from(ElementId::from_bits(random.bits()).as_str())
}
