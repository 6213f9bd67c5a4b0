//! Line and arrow: by dragging from end to end, or point by point with clicks; a click on the last point or enter ends it.

use drawbridge_protocol::{Property, SlotName, SlotOp};

use super::{Button, Context, DRAG, Event, Outcome, Pointer, Selection, State, in_steps, step};
use crate::document::{Element, Kind, Sample};
use crate::geometry::{InkPoint, Point};
use crate::scene::Preview;

/// How near to the last point a click ends the line, in screen points.
const NEAR: f64 = 6.0;
/// So many points can be set.
const MOST: usize = 1000;

/// A line under the hand.
#[derive(Debug)]
pub struct Lining {
    element: Element,
    /// The points that are set, on the board.
    set: Vec<Point>,
    /// Where the next one would be.
    next: Point,
    /// Where the button went down, on the screen, while it is held.
    pressed: Option<Point>,
    dragged: bool,
    told: bool,
    shown: bool,
    sent: bool,
}

pub(super) fn begin(pointer: &Pointer, cx: &mut Context<'_>) -> State {
    let order = cx.order_on_top();
    let mut element = Element::new(cx.fresh_id(), Kind::Line, order, cx.style);
    element.step = step(cx.camera.zoom());
    let from = cx.on_grid(pointer);
    State::Lining(Box::new(Lining {
        element,
        set: vec![from],
        next: from,
        pressed: Some(pointer.pos),
        dragged: false,
        told: false,
        shown: true,
        sent: true,
    }))
}

impl Lining {
    fn last(&self) -> Point {
        self.set[self.set.len() - 1]
    }

    fn aim(&mut self, pointer: &Pointer, cx: &Context<'_>) {
        let at = if pointer.modifiers.shift {
            in_steps(self.last(), cx.at(pointer))
        } else {
            cx.on_grid(pointer)
        };
        if let Some(pressed) = self.pressed {
            self.dragged |= pointer.pos.distance(pressed) >= DRAG;
        }
        if at.is_finite() {
            self.next = at;
            let all: Vec<Point> = self.set.iter().copied().chain([at]).collect();
            self.take(&all);
        }
    }

    /// Makes the line go through these points, as they will be stored.
    fn take(&mut self, points: &[Point]) {
        let step = self.element.step;
        let stored = |p: &Point| Sample::of(InkPoint::new(*p, 0.5), step).ink(step);
        self.element.points = points.iter().map(stored).collect();
        (self.shown, self.sent) = (false, false);
    }

    /// Whether no button is held, and the next click sets a point.
    pub(crate) fn waits(&self) -> bool {
        self.pressed.is_none()
    }

    pub(super) fn previews(&mut self) -> Option<Vec<Preview>> {
        let fresh = !std::mem::replace(&mut self.shown, true);
        fresh.then(|| vec![Preview::of(self.element.clone())])
    }

    pub(super) fn has_news(&self) -> bool {
        !self.sent
    }

    pub(super) fn told(&mut self) -> Option<(SlotName, SlotOp)> {
        let fresh = !std::mem::replace(&mut self.sent, true);
        self.told |= fresh;
        fresh.then(|| (self.element.id.slot(), SlotOp::Put(vec![self.element.base()])))
    }

    /// Ends with the points that are set, if those make a line.
    fn finish(mut self) -> Outcome {
        let mut outcome = Outcome::default();
        let slot = self.element.id.slot();
        self.set.dedup();
        if self.set.len() < 2 {
            outcome.live.extend(self.told.then_some((slot, SlotOp::Clear)));
            return outcome;
        }
        let points = std::mem::take(&mut self.set);
        self.take(&points);
        let id = self.element.id.clone();
        outcome
            .sets
            .push((id.clone(), Property::base(), self.element.base()));
        outcome.ends.extend(self.told.then_some(slot));
        outcome.select = Some(Selection {
            ids: [id].into(),
            entered: None,
        });
        outcome.done = true;
        outcome
    }
}

pub(super) fn go_on(mut line: Box<Lining>, event: &Event, cx: &Context<'_>) -> (State, Outcome) {
    match event {
        Event::Move(pointer) => line.aim(pointer, cx),
        Event::Down(Button::Primary, pointer) => {
            line.pressed = Some(pointer.pos);
            line.dragged = false;
            line.aim(pointer, cx);
        }
        Event::Up(Button::Primary, pointer) if line.pressed.is_some() => {
            line.aim(pointer, cx);
            let first = line.set.len() == 1;
            let back = cx.camera.screen_from_board(line.last()).distance(pointer.pos) < NEAR;
            line.pressed = None;
            if line.dragged && first {
                let next = line.next;
                line.set.push(next);
                return (State::Idle, line.finish());
            }
            if back && !first && !line.dragged {
                return (State::Idle, line.finish());
            }
            // The click that set the first point sets no second one.
            if !(back && first) && line.set.len() < MOST {
                let next = line.next;
                line.set.push(next);
            }
        }
        Event::Confirm | Event::Lost => {
            if line.pressed.is_some() && line.dragged {
                let next = line.next;
                line.set.push(next);
            }
            return (State::Idle, line.finish());
        }
        Event::Cancel => {
            let told = line.told;
            let mut outcome = Outcome::default();
            let slot = line.element.id.slot();
            outcome.live.extend(told.then_some((slot, SlotOp::Clear)));
            return (State::Idle, outcome);
        }
        Event::Down(..) | Event::Up(..) | Event::Leave => {}
    }
    (State::Lining(line), Outcome::default())
}
