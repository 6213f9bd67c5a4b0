//! Line and arrow: by dragging from end to end, or point by point with clicks; a click on the last point or enter ends it.

use drawbridge_protocol::ElementId;

use super::growing::Growing;
use super::{Button, Context, DRAG, Event, Outcome, Pointer, State, in_steps, step};
use crate::document::{Element, Kind, Sample};
use crate::geometry::{InkPoint, Point};

/// How near to the last point a click ends the line, in screen points.
const NEAR: f64 = 6.0;
/// So many points can be set.
const MOST: usize = 1000;

/// A line under the hand.
#[derive(Debug)]
pub struct Lining {
    pub(super) growing: Growing,
    /// The points that are set, on the board.
    set: Vec<Point>,
    /// Where the next one would be.
    next: Point,
    /// Where the button went down, on the screen, while it is held.
    pressed: Option<Point>,
    dragged: bool,
}

pub(super) fn begin(pointer: &Pointer, cx: &mut Context<'_>) -> State {
    let order = cx.order_on_top();
    let mut element = Element::new(cx.fresh_id(), Kind::Line, order, cx.style);
    element.step = step(cx.camera.zoom());
    let from = cx.on_grid(pointer);
    State::Lining(Box::new(Lining {
        growing: Growing::new(element),
        set: vec![from],
        next: from,
        pressed: Some(pointer.pos),
        dragged: false,
    }))
}

impl Lining {
    /// The line's id, which it keeps when it is written.
    #[must_use]
    pub const fn id(&self) -> &ElementId {
        &self.growing.element.id
    }

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
        let step = self.growing.element.step;
        let stored = |p: &Point| Sample::of(InkPoint::new(*p, 0.5), step).ink(step);
        self.growing.element.points = points.iter().map(stored).collect();
        self.growing.changed();
    }

    /// Whether no button is held, and the next click sets a point.
    pub(crate) fn waits(&self) -> bool {
        self.pressed.is_none()
    }

    /// Ends with the points that are set, if those make a line.
    fn finish(mut self) -> Outcome {
        self.set.dedup();
        if self.set.len() < 2 {
            return self.growing.give_up();
        }
        let points = std::mem::take(&mut self.set);
        self.take(&points);
        self.growing.finish()
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
        Event::Cancel => return (State::Idle, line.growing.give_up()),
        Event::Down(..) | Event::Up(..) | Event::Leave => {}
    }
    (State::Lining(line), Outcome::default())
}
