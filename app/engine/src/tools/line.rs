//! Line and arrow: by dragging from end to end, or point by point with clicks; a click on the last point or enter ends it.

use drawbridge_protocol::ElementId;

use super::aim::stays_inside;
use super::growing::Growing;
use super::{Button, Context, DRAG, Event, Outcome, Pointer, State, in_steps, step};
use crate::document::{Element, Kind, Sample, Tie};
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
    /// What the first point, the last one that is set and the next one hold on to.
    start: Option<Tie>,
    set_tie: Option<Tie>,
    next_tie: Option<Tie>,
    /// Where the button went down, on the screen, while it is held.
    pressed: Option<Point>,
    dragged: bool,
}

pub(super) fn begin(pointer: &Pointer, cx: &mut Context<'_>) -> State {
    let order = cx.order_on_top();
    let mut element = Element::new(cx.fresh_id(), Kind::Line, order, cx.style);
    element.step = step(cx.camera.zoom());
    let at = cx.at(pointer);
    element.ties[0] = cx.tie(at, pointer);
    let from = if element.ties[0].is_some() {
        at
    } else {
        cx.on_grid(pointer)
    };
    State::Lining(Box::new(Lining {
        start: element.ties[0].clone(),
        growing: Growing::new(element),
        set: vec![from],
        next: from,
        set_tie: None,
        next_tie: None,
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

    /// What it holds on to.
    pub(crate) fn ties(&self) -> &[Option<Tie>; 2] {
        &self.growing.element.ties
    }

    fn last(&self) -> Point {
        self.set[self.set.len() - 1]
    }

    fn aim(&mut self, pointer: &Pointer, cx: &Context<'_>) {
        let straight = pointer.modifiers.shift;
        let mut at = if straight {
            in_steps(self.last(), cx.at(pointer))
        } else {
            cx.at(pointer)
        };
        let tie = cx.tie(at, pointer);
        if tie.is_none() && !straight {
            at = cx.on_grid(pointer);
        }
        if let Some(pressed) = self.pressed {
            self.dragged |= pointer.pos.distance(pressed) >= DRAG;
        }
        if at.is_finite() {
            self.next = at;
            let all: Vec<Point> = self.set.iter().copied().chain([at]).collect();
            self.next_tie = tie;
            self.take(&all, self.next_tie.clone(), cx);
        }
    }

    /// Makes the line go through these points, as they will be stored, and hold on to this at its end.
    fn take(&mut self, points: &[Point], end: Option<Tie>, cx: &Context<'_>) {
        let step = self.growing.element.step;
        let stored = |p: &Point| Sample::of(InkPoint::new(*p, 0.5), step).ink(step);
        self.growing.element.points = points.iter().map(stored).collect();
        self.growing.element.ties = [self.start.clone(), end];
        if stays_inside(&self.growing.element, cx.scene, cx.document) {
            self.growing.element.ties = [None, None];
        }
        self.growing.changed();
    }

    /// Whether no button is held, and the next click sets a point.
    pub(crate) fn waits(&self) -> bool {
        self.pressed.is_none()
    }

    /// Sets the next point.
    fn set_next(&mut self) {
        self.set.push(self.next);
        self.set_tie.clone_from(&self.next_tie);
    }

    /// Ends with the points that are set, if those make a line.
    fn finish(mut self, cx: &Context<'_>) -> Outcome {
        self.set.dedup();
        if self.set.len() < 2 {
            return self.growing.give_up();
        }
        let (points, end) = (std::mem::take(&mut self.set), self.set_tie.take());
        self.take(&points, end, cx);
        // As it is shown, so that it stays there if what it holds on to goes.
        self.growing.element = cx.scene.held(cx.document, self.growing.element.clone());
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
                line.set_next();
                return (State::Idle, line.finish(cx));
            }
            if back && !first && !line.dragged {
                return (State::Idle, line.finish(cx));
            }
            // The click that set the first point sets no second one.
            if !(back && first) && line.set.len() < MOST {
                line.set_next();
            }
        }
        Event::Confirm | Event::Lost => {
            if line.pressed.is_some() && line.dragged {
                line.set_next();
            }
            return (State::Idle, line.finish(cx));
        }
        Event::Cancel => return (State::Idle, line.growing.give_up()),
        Event::Down(..) | Event::Up(..) | Event::Leave => {}
    }
    (State::Lining(line), Outcome::default())
}
