//! The hand: the board follows the pointer.

use super::{Button, DRAG, Event, Outcome, State};
use crate::geometry::Point;

/// Where the pointer was at the press and last, on the screen.
#[derive(Debug)]
pub struct Pan {
    from: Point,
    last: Point,
    moving: bool,
}

impl Pan {
    pub(super) fn begin(at: Point) -> Self {
        Self {
            from: at,
            last: at,
            moving: false,
        }
    }
}

pub(super) fn go_on(button: Button, mut pan: Pan, event: &Event) -> (State, Outcome) {
    let mut outcome = Outcome::default();
    match event {
        Event::Move(pointer) => {
            pan.moving |= pointer.pos.distance(pan.from) >= DRAG;
            if pan.moving {
                outcome.pan = pointer.pos - pan.last;
                pan.last = pointer.pos;
            }
        }
        Event::Up(released, _) if *released == button => return (State::Idle, outcome),
        Event::Lost => return (State::Idle, outcome),
        Event::Cancel => {
            outcome.pan = pan.from - pan.last;
            return (State::Idle, outcome);
        }
        Event::Down(..) | Event::Up(..) | Event::Leave | Event::Confirm => {}
    }
    (State::Panning(button, pan), outcome)
}
