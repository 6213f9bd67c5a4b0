//! What is selected under the hand: moved, resized or rotated; with alt a copy of it is moved.

use std::collections::BTreeSet;
use std::sync::Arc;

use drawbridge_protocol::{ElementId, Property, SlotName, SlotOp};
use serde::Serialize;

use super::super::{Button, Context, DRAG, Event, Outcome, Pointer, Selection, State, along, resized};
use super::points::rewritten;
use super::{SNAP, others};
use crate::arrange::{
    Axis, Frame, Guide, Handle, is_pulled_off, let_go, moved_points, point_to_grid, snap, snap_point, to_grid,
};
use crate::clip;
use crate::document::{Element, Group, Kind, Rewrapped, json, number_json, place_json, wrap_json};
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
    /// Whether only its frame was taken hold of.
    along: bool,
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
        let chosen: BTreeSet<ElementId> = free.iter().map(|item| item.element.clone()).collect();
        // As they are seen: somebody else may have them in the hand.
        let heads: Vec<Element> = free.iter().filter_map(|item| cx.element(&item.element)).collect();
        let frame = Frame::around(&heads)?;
        // What is in a frame goes where that goes, but is as large as before when that is resized.
        let along = match act {
            Act::Resize(_) => Vec::new(),
            Act::Move | Act::Rotate => along(&chosen, cx.scene, cx.document),
        };
        free.extend(along.iter().filter_map(|id| cx.scene.get(id)));
        free.sort_unstable_by_key(|item| item.rank);
        let ids: Vec<ElementId> = free.into_iter().map(|item| item.element.clone()).collect();
        let mut elements: Vec<Element> = ids.iter().filter_map(|id| cx.element(id)).collect();
        let goes: Vec<bool> = elements
            .iter()
            .map(|element| !chosen.contains(&element.id))
            .collect();
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
        let dragged: BTreeSet<ElementId> = elements.iter().map(|element| element.id.clone()).collect();
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
        let held = |(element, along): (Element, bool)| {
            let off = copies.is_none() && is_pulled_off(&element, |id| skip.contains(id));
            let held_on = off.then(|| element.clone());
            let mut element = if off { let_go(element) } else { element };
            // Nothing is cut off of it in the hand, unless its frame is there too.
            element.framed_by = element.framed_by.filter(|frame| dragged.contains(frame));
            Held {
                shown: Shown::of(&element),
                element,
                along,
                held_on,
            }
        };
        Some(Self {
            act,
            from,
            pressed: pointer.pos,
            off,
            held: elements.into_iter().zip(goes).map(held).collect(),
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
        // Letters find their own lines in it, or need more room.
        let own = self.held.iter().any(|held| held.element.has_letters()) && self.act != Act::Move;
        let around = || Frame::around(&[self.placed(&self.held[0])]);
        match self.held.len() {
            1 if own => around().unwrap_or(self.frame),
            _ => Frame(self.by * self.frame.0),
        }
    }

    /// Whether it sets how wide a text is, and doesn't stretch its letters: it has one by its side.
    fn wraps(&self) -> bool {
        let side = matches!(self.act, Act::Resize(Handle::E | Handle::W));
        let text =
            |held: &Held| held.element.kind == Kind::Text && held.element.place.determinant().is_normal();
        side && self.held.len() == 1 && self.held.iter().all(text)
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
                // Pictures and letters look wrong in another ratio: that is what takes a key.
                let pictures = self.held.iter().all(|held| held.element.keeps_ratio());
                let keeps = !self.wraps() && keys.shift != pictures;
                self.frame.resized(handle, to, keeps, keys.alt)
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
        if self.wraps() {
            let Rewrapped { place, wrap } = held.element.rewrapped(self.by);
            return Element {
                place,
                wrap: Some(wrap),
                ..held.element.clone()
            };
        }
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
                shown: held.shown.as_ref().and_then(|shown| {
                    if self.wraps() {
                        Shown::of(&element)
                    } else {
                        shown.placed(&element, self.by)
                    }
                }),
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
        let how = match self.held.first().filter(|_| self.wraps()) {
            Some(held) => wrap_json(&held.element.rewrapped(self.by)),
            None => place_json(self.by),
        };
        told.push((by, SlotOp::Put(vec![how])));
        told
    }

    /// Writes where everything lies now.
    fn finish(self, cx: &Context<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let slots = self.slots().filter(|_| self.told);
        let moved = self.moving && self.by != Affine::IDENTITY;
        // Others may have deleted all of it meanwhile.
        if !moved || self.held.is_empty() {
            outcome.told.extend(slots.into_iter().flat_map(gone));
            return outcome;
        }
        let wraps = self.wraps();
        let sets = self.held.iter().flat_map(|held| {
            let element = self.placed(held);
            if self.copies.is_some() {
                return vec![(element.id.clone(), Property::base(), element.base())];
            }
            // One property says where it lies: so it lands once.
            if let Some(before) = &held.held_on {
                return rewritten(before, &moved_points(&held.element, self.by));
            }
            let wrap = element.wrap.filter(|_| wraps);
            let wrap = wrap.map(|wrap| (element.id.clone(), property("wrap"), number_json(wrap)));
            let place = (element.id, property("place"), place_json(element.place));
            std::iter::once(place).chain(wrap).collect()
        });
        // Unless it is a copy, somebody may have deleted it in this very moment.
        let here = |id: &ElementId| self.copies.is_some() || cx.document.has_base(id.as_str());
        outcome.sets = sets.filter(|(id, ..)| here(id)).collect();
        if let (Act::Resize(_), [held]) = (self.act, self.held.as_slice())
            && held.element.kind == Kind::Frame
        {
            outcome
                .sets
                .extend(resized(&self.placed(held), cx.scene, cx.document));
        }
        if self.copies.is_some() {
            let heads = self.held.iter().filter(|held| !held.along);
            let ids = heads.map(|held| held.element.id.clone());
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
            return (State::Idle, drag.finish(cx));
        }
        Event::Lost => return (State::Idle, drag.finish(cx)),
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
