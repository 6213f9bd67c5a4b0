//! What is selected under the hand: moved, resized or rotated; with alt a copy of it is moved.

use std::collections::BTreeSet;
use std::sync::Arc;

use drawbridge_protocol::{ElementId, Property, SlotName, SlotOp};
use serde::Serialize;

use super::super::{Button, Context, DRAG, Event, Outcome, Pointer, Selection, State};
use super::points::rewritten;
use super::{SNAP, others};
use crate::arrange::{
    Axis, Frame, Guide, Handle, is_pulled_off, let_go, moved_points, point_to_grid, snap, snap_point, to_grid,
};
use crate::clip;
use crate::document::{Document, Element, Group, json, place_json};
use crate::geometry::{Affine, MAX_COORDINATE, Point, Rect, Vec2};
use crate::scene::{Preview, Shown};

/// Slots in which others see a drag begin with this; behind it stands a name of its own for each.
pub(crate) const SLOT: &str = "drag.";
/// What a slot's name ends with that says how far the drag has come.
pub(crate) const BY: &str = ".by";

/// What a drag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Moves.
    Move,
    /// Resizes by this handle.
    Resize(Handle),
    /// Rotates.
    Rotate,
}

impl Act {
    pub(super) fn of(handle: Handle) -> Self {
        match handle {
            Handle::Rotate => Self::Rotate,
            handle => Self::Resize(handle),
        }
    }
}

/// An element as it was when the drag began.
#[derive(Debug)]
struct Held {
    element: Element,
    shown: Option<Shown>,
    /// A line as it was that is pulled off what it held on to.
    held_on: Option<Element>,
}

/// A drag.
#[derive(Debug)]
pub struct Drag {
    act: Act,
    /// Where the press was, on the board and on the screen.
    from: Point,
    pressed: Point,
    /// From the handle to the press, in board units.
    off: Vec2,
    held: Vec<Held>,
    /// Whether the elements are new, copies of what was selected.
    copies: Option<Vec<ElementId>>,
    frame: Frame,
    others: Vec<Rect>,
    /// What is done to each, on the board.
    by: Affine,
    moving: bool,
    guides: Vec<Guide>,
    /// The group inside which it is dragged.
    entered: Option<Group>,
    before: Selection,
    name: String,
    /// Whether others have been told anything, and whether they know which elements these are.
    told: bool,
    named: bool,
    shown: bool,
    sent: bool,
}

/// What others are told of a drag: first which elements, ...
#[derive(Serialize)]
struct What<'a> {
    ids: Vec<&'a ElementId>,
    /// If these are copies, their names.
    #[serde(rename = "as", skip_serializing_if = "Vec::is_empty")]
    copies: Vec<&'a ElementId>,
}

impl Drag {
    pub(super) fn begin(act: Act, pointer: &Pointer, cx: &mut Context<'_>) -> Option<Self> {
        let items = cx.selection.ids.iter().filter_map(|id| cx.scene.get(id));
        let mut free: Vec<_> = items.filter(|item| cx.is_free(item)).collect();
        free.sort_unstable_by_key(|item| item.rank);
        let ids: Vec<ElementId> = free.into_iter().map(|item| item.element.clone()).collect();
        // As they are seen: somebody else may have them in the hand.
        let mut elements: Vec<Element> = ids.iter().filter_map(|id| cx.element(id)).collect();
        let frame = Frame::around(&elements)?;
        let mut copies = None;
        if act == Act::Move && pointer.modifiers.alt {
            copies = Some(elements.iter().map(|e| e.id.clone()).collect());
            elements = clip::fresh(
                elements,
                Vec2::ZERO,
                cx.selection.entered.as_ref(),
                cx.scene.top(),
                cx.random,
            );
        }
        let from = cx.at(pointer);
        let off = match act {
            Act::Resize(handle) => from - frame.handle(handle, 0.0),
            Act::Move | Act::Rotate => Vec2::ZERO,
        };
        let skip: BTreeSet<ElementId> = match &copies {
            Some(_) => BTreeSet::new(),
            None => ids.into_iter().collect(),
        };
        let others = if cx.snapping.objects && cx.snapping.grid.is_none() {
            others(cx, &|id| skip.contains(id))
        } else {
            Vec::new()
        };
        let held = |element: Element| {
            let off = copies.is_none() && is_pulled_off(&element, |id| skip.contains(id));
            let held_on = off.then(|| element.clone());
            let element = if off { let_go(element) } else { element };
            Held {
                shown: Shown::of(&element),
                element,
                held_on,
            }
        };
        Some(Self {
            act,
            from,
            pressed: pointer.pos,
            off,
            held: elements.into_iter().map(held).collect(),
            copies,
            frame,
            others,
            by: Affine::IDENTITY,
            moving: false,
            guides: Vec::new(),
            entered: cx.selection.entered.clone(),
            before: cx.selection.clone(),
            name: format!("{SLOT}{}", cx.fresh_id()),
            told: false,
            named: false,
            shown: true,
            sent: true,
        })
    }

    /// What is selected again if the drag is given up.
    pub(super) fn gives_back(&mut self, before: Selection) {
        self.before = before;
    }

    /// What it does.
    #[must_use]
    pub fn act(&self) -> Act {
        self.act
    }

    /// The frame as it is now.
    #[must_use]
    pub fn frame(&self) -> Frame {
        Frame(self.by * self.frame.0)
    }

    /// What things have fallen into place at.
    #[must_use]
    pub fn guides(&self) -> &[Guide] {
        &self.guides
    }

    /// Somebody has deleted these: they are dragged no longer.
    pub(crate) fn forget(&mut self, gone: &BTreeSet<ElementId>) {
        let before = self.held.len();
        self.held.retain(|held| !gone.contains(&held.element.id));
        if self.held.len() != before {
            (self.shown, self.sent, self.named) = (false, false, false);
        }
    }

    fn pull(&mut self, pointer: &Pointer, cx: &Context<'_>) {
        self.moving |= pointer.pos.distance(self.pressed) >= DRAG;
        let at = cx.at(pointer);
        if !self.moving || !at.is_finite() {
            return;
        }
        self.guides.clear();
        let by = match self.act {
            Act::Move => Affine::translate(self.moved(at, pointer, cx)),
            Act::Rotate => self.frame.rotated(self.from, at, pointer.modifiers.shift),
            Act::Resize(handle) => {
                let keys = pointer.modifiers;
                let to = self.fitted(handle, at - self.off, pointer, cx);
                // Pictures look wrong in another ratio: that is what takes a key.
                let pictures = self.held.iter().all(|held| held.element.picture.is_some());
                self.frame.resized(handle, to, keys.shift != pictures, keys.alt)
            }
        };
        // Not to where it could not be read back.
        let reaches = |held: &Held| {
            let place = (by * held.element.place).as_coeffs();
            place.iter().all(|v| v.abs() <= MAX_COORDINATE)
        };
        if by != self.by && self.held.iter().all(reaches) {
            self.by = by;
            (self.shown, self.sent) = (false, false);
        }
    }

    /// How far it is moved, when it falls into place.
    fn moved(&mut self, at: Point, pointer: &Pointer, cx: &Context<'_>) -> Vec2 {
        let mut by = at - self.from;
        if pointer.modifiers.shift {
            if by.x.abs() > by.y.abs() {
                by.y = 0.0;
            } else {
                by.x = 0.0;
            }
        }
        if pointer.modifiers.ctrl {
            return by;
        }
        let around = self.frame.bounds() + by;
        let mut into_place = match cx.snapping.grid {
            Some(cell) => to_grid(around, cell),
            None => {
                let snapped = snap(around, &self.others, cx.length(SNAP));
                self.guides = snapped.guides;
                snapped.by
            }
        };
        if pointer.modifiers.shift {
            let along = |moved: f64, v: f64| if moved == 0.0 { 0.0 } else { v };
            into_place = Vec2::new(along(by.x, into_place.x), along(by.y, into_place.y));
        }
        by + into_place
    }

    /// Where a handle goes when it falls into place.
    fn fitted(&mut self, handle: Handle, to: Point, pointer: &Pointer, cx: &Context<'_>) -> Point {
        // The axes of a turned frame are not the board's.
        let [a, b, ..] = self.frame.0.as_coeffs();
        if pointer.modifiers.ctrl || (b.abs() > 1e-6 * a.abs() && a.abs() > 1e-6 * b.abs()) {
            return to;
        }
        match cx.snapping.grid {
            Some(cell) => point_to_grid(to, cell),
            None => {
                let snapped = snap_point(to, &self.others, cx.length(SNAP));
                let snapped = match handle {
                    Handle::E | Handle::W => snapped.only(Axis::Across),
                    Handle::N | Handle::S => snapped.only(Axis::Down),
                    _ => snapped,
                };
                self.guides = snapped.guides;
                to + snapped.by
            }
        }
    }

    fn placed(&self, held: &Held) -> Element {
        Element {
            place: self.by * held.element.place,
            ..held.element.clone()
        }
    }

    pub(in super::super) fn previews(&mut self) -> Option<Vec<Preview>> {
        if std::mem::replace(&mut self.shown, true) {
            return None;
        }
        let preview = |held: &Held| {
            let element = self.placed(held);
            Preview {
                id: element.id.clone(),
                shown: held
                    .shown
                    .as_ref()
                    .and_then(|shown| shown.placed(&element, self.by)),
                element: Some(Arc::new(element)),
            }
        };
        Some(self.held.iter().map(preview).collect())
    }

    pub(in super::super) fn has_news(&self) -> bool {
        !self.sent
    }

    fn slots(&self) -> Option<(SlotName, SlotName)> {
        slots(&self.name)
    }

    pub(in super::super) fn told(&mut self) -> Vec<(SlotName, SlotOp)> {
        let Some((what, by)) = self.slots().filter(|_| !std::mem::replace(&mut self.sent, true)) else {
            return Vec::new();
        };
        let mut told = Vec::new();
        self.told = true;
        if !std::mem::replace(&mut self.named, true) {
            let ids = self.held.iter().map(|held| &held.element.id);
            let chunk = match &self.copies {
                Some(of) => What {
                    ids: of.iter().collect(),
                    copies: ids.collect(),
                },
                None => What {
                    ids: ids.collect(),
                    copies: Vec::new(),
                },
            };
            told.push((what, SlotOp::Put(vec![json(&chunk)])));
        }
        told.push((by, SlotOp::Put(vec![place_json(self.by)])));
        told
    }

    /// Writes where everything lies now.
    fn finish(self, document: &Document) -> Outcome {
        let mut outcome = Outcome::default();
        let slots = self.slots().filter(|_| self.told);
        let moved = self.moving && self.by != Affine::IDENTITY;
        // Others may have deleted all of it meanwhile.
        if !moved || self.held.is_empty() {
            outcome.told.extend(slots.into_iter().flat_map(gone));
            return outcome;
        }
        let sets = self.held.iter().flat_map(|held| {
            let element = self.placed(held);
            match (&self.copies, &held.held_on) {
                (Some(_), _) => vec![(element.id.clone(), Property::base(), element.base())],
                // One property says where it lies: so it lands once.
                (None, Some(before)) => rewritten(before, &moved_points(&held.element, self.by)),
                (None, None) => vec![(element.id, property("place"), place_json(element.place))],
            }
        });
        // Unless it is a copy, somebody may have deleted it in this very moment.
        let here = |id: &ElementId| self.copies.is_some() || document.has_base(id.as_str());
        outcome.sets = sets.filter(|(id, ..)| here(id)).collect();
        if self.copies.is_some() {
            let ids = self.held.iter().map(|held| held.element.id.clone());
            outcome.select = Some(Selection::of(ids.collect(), self.entered.clone()));
        }
        if let Some((what, by)) = slots {
            outcome.ends = vec![what, by];
        }
        outcome
    }
}

/// The two slots of a drag: what it is of, and how far it has come.
pub(super) fn slots(name: &str) -> Option<(SlotName, SlotName)> {
    let what = SlotName::new(name).ok()?;
    Some((what, SlotName::new(&format!("{name}{BY}")).ok()?))
}

/// What takes a drag back from others.
pub(super) fn gone((what, by): (SlotName, SlotName)) -> [(SlotName, SlotOp); 2] {
    [(what, SlotOp::Clear), (by, SlotOp::Clear)]
}

/// A property's name that is known to be one.
pub(crate) fn property(name: &str) -> Property {
    Property::new(name).expect("a valid property")
}

pub(in super::super) fn go_on(mut drag: Box<Drag>, event: &Event, cx: &Context<'_>) -> (State, Outcome) {
    match event {
        Event::Move(pointer) => drag.pull(pointer, cx),
        Event::Up(Button::Primary, pointer) => {
            drag.pull(pointer, cx);
            return (State::Idle, drag.finish(cx.document));
        }
        Event::Lost => return (State::Idle, drag.finish(cx.document)),
        Event::Cancel => {
            let told = drag.slots().filter(|_| drag.told).into_iter().flat_map(gone);
            let outcome = Outcome {
                told: told.collect(),
                select: Some(drag.before),
                ..Outcome::default()
            };
            return (State::Idle, outcome);
        }
        Event::Down(..) | Event::Up(..) | Event::Leave | Event::Confirm => {}
    }
    (State::Dragging(drag), Outcome::default())
}
