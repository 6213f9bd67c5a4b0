//! A line's points under the hand: one is moved, a new one is pulled out of the middle between two, or one is clicked.

use std::collections::BTreeSet;

use drawbridge_protocol::{ElementId, SlotName, SlotOp, Value};
use serde::Serialize;

use super::super::aim::stays_inside;
use super::super::{Button, Context, DRAG, Event, Outcome, Pointer, Selection, Set, State, in_steps};
use super::drag::{SLOT, gone, property, slots};
use super::grip::Grip;
use super::{SNAP, grip, others};
use crate::arrange::{Guide, snap_point};
use crate::document::{ENDS, Element, Sample, Tie, json, tie_json};
use crate::geometry::{InkPoint, Point, Rect, Vec2};
use crate::scene::Preview;

/// A point dropped this near to its neighbour becomes one with it, in screen points.
const MERGES: f64 = 6.0;

/// A line of which a point is in the hand.
#[derive(Debug)]
pub struct LineEdit {
    /// As it was, as it was shown.
    before: Element,
    /// What its ends hold on to now.
    ties: [Option<Tie>; 2],
    /// All points, on the board, the one in the hand among them.
    points: Vec<Point>,
    index: usize,
    /// Where a new point is pulled from, and the only direction in which it goes.
    rail: Option<(Point, Vec2)>,
    /// Whether the point is new.
    fresh: bool,
    /// Whether somebody has deleted the line.
    gone: bool,
    pressed: Pointer,
    moving: bool,
    others: Vec<Rect>,
    guides: Vec<Guide>,
    name: String,
    told: bool,
    shown: bool,
    sent: bool,
}

/// What others are told of a line whose points are in somebody's hand.
#[derive(Serialize)]
struct Told<'a> {
    points: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Value>,
}

pub(super) fn begin(grip: Grip, pointer: &Pointer, cx: &mut Context<'_>) -> State {
    let Some(line) = grip::line(cx.selection, cx.scene, cx.document) else {
        return State::Idle;
    };
    if !line.place.determinant().is_normal() {
        return State::Idle;
    }
    let mut points: Vec<Point> = line.placed().iter().map(|p| p.pos).collect();
    let (index, fresh, rail) = match grip {
        Grip::Point(index) => (index, false, None),
        Grip::Middle(number) => {
            let middles = line.figure().middles();
            let Some(middle) = middles.get(number) else {
                return State::Idle;
            };
            points.insert(middle.after + 1, middle.at);
            let rail = middle.across.map(|across| (middle.at, across.normalize()));
            (middle.after + 1, true, rail)
        }
        Grip::Handle(_) => return State::Idle,
    };
    let others = others(cx, &|id| *id == line.id);
    State::Bending(Box::new(LineEdit {
        ties: line.ties.clone(),
        before: line,
        points,
        index,
        rail,
        fresh,
        gone: false,
        pressed: *pointer,
        moving: false,
        others,
        guides: Vec::new(),
        name: format!("{SLOT}{}", cx.fresh_id()),
        told: false,
        shown: true,
        sent: true,
    }))
}

impl LineEdit {
    /// Somebody has deleted these: if the line is one of them, it is let go of.
    pub(crate) fn forget(&mut self, gone: &BTreeSet<ElementId>) {
        if gone.contains(&self.before.id) {
            (self.gone, self.shown) = (true, false);
            self.guides.clear();
        }
    }

    /// Which end the point in the hand is.
    fn end(&self) -> Option<usize> {
        match self.index {
            0 => Some(0),
            index if index + 1 == self.points.len() => Some(1),
            _ => None,
        }
    }

    /// What the point in the hand would hold on to.
    pub(crate) fn aims_at(&self) -> Option<&Tie> {
        self.ties[self.end().filter(|_| self.moving && !self.gone)?].as_ref()
    }

    fn pull(&mut self, pointer: &Pointer, cx: &Context<'_>) {
        self.moving |= pointer.pos.distance(self.pressed.pos) >= DRAG;
        if !self.moving || self.gone {
            return;
        }
        self.guides.clear();
        let beside = self
            .points
            .get(self.index.wrapping_sub(1))
            .or(self.points.get(self.index + 1));
        let beside = beside.filter(|_| pointer.modifiers.shift && self.rail.is_none());
        let mut at = match beside {
            Some(beside) => in_steps(*beside, cx.at(pointer)),
            None => cx.at(pointer),
        };
        let end = self.end();
        let tie = end.and_then(|_| cx.tie(at, pointer));
        if let Some(end) = end {
            self.ties[end].clone_from(&tie);
        }
        if tie.is_none() {
            at = self.fitted(at, beside.is_none(), pointer, cx);
        }
        if let Some((from, way)) = self.rail {
            at = from + way * (at - from).dot(way);
        }
        if at.is_finite() {
            self.points[self.index] = at;
            (self.shown, self.sent) = (false, false);
        }
        if let Some(end) = end
            && stays_inside(&self.line(), cx.scene, cx.document)
        {
            self.ties[end] = None;
        }
    }

    /// Where a point goes that holds on to nothing.
    fn fitted(&mut self, at: Point, free: bool, pointer: &Pointer, cx: &Context<'_>) -> Point {
        if free && cx.snapping.grid.is_some() {
            return cx.on_grid(pointer);
        }
        if !free || !cx.snapping.objects || pointer.modifiers.ctrl || pointer.modifiers.shift {
            return at;
        }
        let snapped = snap_point(at, &self.others, cx.length(SNAP));
        self.guides = snapped.guides;
        at + snapped.by
    }

    /// What things have fallen into place at.
    #[must_use]
    pub fn guides(&self) -> &[Guide] {
        &self.guides
    }

    /// The line as it is now, its ends where the hand has them.
    #[must_use]
    pub fn line(&self) -> Element {
        let (back, step) = (self.before.place.inverse(), self.before.step);
        let own = |p: &Point| Sample::of(InkPoint::new(back * *p, 0.5), step).ink(step);
        Element {
            points: self.points.iter().map(own).collect(),
            ties: self.ties.clone(),
            holds: None,
            ..self.before.clone()
        }
    }

    pub(in super::super) fn previews(&mut self) -> Option<Vec<Preview>> {
        let fresh = !std::mem::replace(&mut self.shown, true);
        let shown = || (!self.gone).then(|| Preview::of(self.line()));
        fresh.then(|| shown().into_iter().collect())
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
        if !std::mem::replace(&mut self.told, true) {
            let ids = serde_json::json!({ "ids": [self.before.id.as_str()] });
            told.push((what, SlotOp::Put(vec![json(&ids)])));
        }
        // What it held on to before is known.
        let tie = |end: usize| {
            let known = self.before.ties[end].is_none() && self.ties[end].is_none();
            (!known).then(|| tie_json(self.ties[end].as_ref()))
        };
        let points = json(&Told {
            points: &self.line().points_text(),
            from: tie(0),
            to: tie(1),
        });
        told.push((by, SlotOp::Put(vec![points])));
        told
    }

    /// A click on a point chooses it; with alt it takes it out.
    fn clicked(self, cx: &Context<'_>) -> Outcome {
        if self.fresh || self.gone {
            return Outcome::default();
        }
        if self.pressed.modifiers.alt {
            let now = without(&self.before, self.index);
            let sets = now.map(|now| rewritten(&self.before, &cx.scene.held(cx.document, now)));
            return Outcome {
                sets: sets.unwrap_or_default(),
                ..Outcome::default()
            };
        }
        Outcome {
            select: Some(Selection {
                point: Some(self.index),
                ..cx.selection.clone()
            }),
            ..Outcome::default()
        }
    }

    fn finish(self, cx: &Context<'_>) -> Outcome {
        if !self.moving {
            return self.clicked(cx);
        }
        let mut outcome = Outcome::default();
        let slots = self.slots().filter(|_| self.told);
        // Dropped on a neighbour it goes, as long as a line is left.
        let at = self.points[self.index];
        let near = |other: Option<&Point>| {
            other.is_some_and(|p| {
                cx.camera
                    .screen_from_board(*p)
                    .distance(cx.camera.screen_from_board(at))
                    < MERGES
            })
        };
        let beside =
            near(self.points.get(self.index.wrapping_sub(1))) || near(self.points.get(self.index + 1));
        let mut now = self.line();
        if beside && self.points.len() > 2 {
            now = without(&now, self.index).unwrap_or(now);
        }
        // As it is shown, so that it stays there if what it holds on to goes.
        let now = cx.scene.held(cx.document, now);
        let sets = rewritten(&self.before, &now);
        if self.gone || sets.is_empty() {
            outcome.told.extend(slots.into_iter().flat_map(gone));
            return outcome;
        }
        outcome.sets = sets;
        if let Some((what, by)) = slots {
            outcome.ends = vec![what, by];
        }
        outcome
    }
}

/// A line without one of its points; `None` where no line would be left. A new end holds on to nothing.
pub(crate) fn without(line: &Element, index: usize) -> Option<Element> {
    let mut points = line.points.to_vec();
    if points.len() <= 2 || index >= points.len() {
        return None;
    }
    points.remove(index);
    let mut ties = line.ties.clone();
    if index == 0 {
        ties[0] = None;
    }
    if index == points.len() {
        ties[1] = None;
    }
    Some(Element {
        points: points.into(),
        ties,
        holds: None,
        ..line.clone()
    })
}

/// What is to be written where a line's points, or what it holds on to, have changed.
pub(crate) fn rewritten(before: &Element, now: &Element) -> Vec<Set> {
    let text = now.points_text();
    let ties = ENDS.iter().zip(before.ties.iter().zip(&now.ties));
    let changed = ties.filter(|(_, (before, now))| before != now);
    let mut sets: Vec<Set> = changed
        .map(|(end, (_, now))| (before.id.clone(), property(end), tie_json(now.as_ref())))
        .collect();
    if !sets.is_empty() || before.points_text() != text {
        // Where it lies when what it holds on to isn't there.
        sets.insert(0, (before.id.clone(), property("points"), json(&text)));
    }
    sets
}

pub(in super::super) fn go_on(mut edit: Box<LineEdit>, event: &Event, cx: &Context<'_>) -> (State, Outcome) {
    match event {
        Event::Move(pointer) => edit.pull(pointer, cx),
        Event::Up(Button::Primary, pointer) => {
            edit.pull(pointer, cx);
            return (State::Idle, edit.finish(cx));
        }
        Event::Lost => return (State::Idle, edit.finish(cx)),
        Event::Cancel => {
            let told = edit.slots().filter(|_| edit.told).into_iter().flat_map(gone);
            let outcome = Outcome {
                told: told.collect(),
                ..Outcome::default()
            };
            return (State::Idle, outcome);
        }
        Event::Down(..) | Event::Up(..) | Event::Leave | Event::Confirm => {}
    }
    (State::Bending(edit), Outcome::default())
}
