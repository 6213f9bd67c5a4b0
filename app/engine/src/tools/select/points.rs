//! A line's points under the hand: one is moved, or a new one is pulled out of the middle between two.

use std::collections::BTreeSet;

use drawbridge_protocol::{ElementId, SlotName, SlotOp};
use serde::Serialize;

use super::super::{Button, Context, DRAG, Event, Outcome, Pointer, State, in_steps};
use super::drag::{SLOT, gone, property, slots};
use super::{SNAP, grip, others};
use crate::arrange::{Guide, snap_point};
use crate::document::{Element, Sample, Writer, json};
use crate::geometry::{InkPoint, Point, Rect};
use crate::scene::Preview;

/// A point dropped this near to its neighbour becomes one with it, in screen points.
const MERGES: f64 = 6.0;

/// A line of which a point is in the hand.
#[derive(Debug)]
pub struct LineEdit {
    line: Element,
    /// All points, on the board, the one in the hand among them.
    points: Vec<Point>,
    index: usize,
    /// Whether somebody has deleted the line.
    gone: bool,
    pressed: Point,
    moving: bool,
    others: Vec<Rect>,
    guides: Vec<Guide>,
    name: String,
    told: bool,
    shown: bool,
    sent: bool,
}

#[derive(Serialize)]
struct Points<'a> {
    points: &'a str,
}

pub(super) fn begin(index: usize, between: bool, pointer: &Pointer, cx: &mut Context<'_>) -> State {
    let Some(line) = grip::line(cx.selection, cx.scene, cx.document) else {
        return State::Idle;
    };
    if !line.place.determinant().is_normal() {
        return State::Idle;
    }
    let mut points: Vec<Point> = line.placed().iter().map(|p| p.pos).collect();
    let mut index = index;
    if between {
        points.insert(index + 1, cx.at(pointer));
        index += 1;
    }
    let others = others(cx, &|id| *id == line.id);
    State::Bending(Box::new(LineEdit {
        line,
        points,
        index,
        gone: false,
        pressed: pointer.pos,
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
        if gone.contains(&self.line.id) {
            (self.gone, self.shown) = (true, false);
            self.guides.clear();
        }
    }

    fn pull(&mut self, pointer: &Pointer, cx: &Context<'_>) {
        self.moving |= pointer.pos.distance(self.pressed) >= DRAG;
        if !self.moving || self.gone {
            return;
        }
        self.guides.clear();
        let beside = self
            .points
            .get(self.index.wrapping_sub(1))
            .or(self.points.get(self.index + 1));
        let mut at = match beside.filter(|_| pointer.modifiers.shift) {
            Some(beside) => in_steps(*beside, cx.at(pointer)),
            None => cx.on_grid(pointer),
        };
        let free = cx.snapping.grid.is_none() && !pointer.modifiers.shift && !pointer.modifiers.ctrl;
        if cx.snapping.objects && free {
            let snapped = snap_point(at, &self.others, cx.length(SNAP));
            self.guides = snapped.guides;
            at += snapped.by;
        }
        if at.is_finite() {
            self.points[self.index] = at;
            (self.shown, self.sent) = (false, false);
        }
    }

    /// What things have fallen into place at.
    #[must_use]
    pub fn guides(&self) -> &[Guide] {
        &self.guides
    }

    /// The line as it is now.
    #[must_use]
    pub fn line(&self) -> Element {
        let (back, step) = (self.line.place.inverse(), self.line.step);
        let own = |p: &Point| Sample::of(InkPoint::new(back * *p, 0.5), step).ink(step);
        Element {
            points: self.points.iter().map(own).collect(),
            ..self.line.clone()
        }
    }

    fn text(&self) -> String {
        let mut writer = Writer::default();
        self.line().samples().for_each(|sample| writer.push(sample));
        writer.texts().0.to_owned()
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
            let ids = serde_json::json!({ "ids": [self.line.id.as_str()] });
            told.push((what, SlotOp::Put(vec![json(&ids)])));
        }
        let points = json(&Points { points: &self.text() });
        told.push((by, SlotOp::Put(vec![points])));
        told
    }

    fn finish(mut self, cx: &Context<'_>) -> Outcome {
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
        if beside && self.points.len() > 2 {
            self.points.remove(self.index);
        }
        let now = self.line();
        if !self.moving || self.gone || now.points == self.line.points {
            outcome.told.extend(slots.into_iter().flat_map(gone));
            return outcome;
        }
        outcome.sets = vec![(self.line.id.clone(), property("points"), json(&self.text()))];
        if let Some((what, by)) = slots {
            outcome.ends = vec![what, by];
        }
        outcome
    }
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
