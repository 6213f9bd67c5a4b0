//! The laser: a trail that others see, that fades and is never stored.

use drawbridge_protocol::{SlotName, SlotOp};
use serde::Serialize;

use super::{Button, Context, Event, Outcome, Pointer, State};
use crate::document::json;
use crate::geometry::Point;

/// The slot in which others see the trail.
pub(crate) const SLOT: &str = "laser";
/// After so many points the slot begins anew: what came before has faded.
const FEW: usize = 256;

/// A trail under way.
#[derive(Debug, Default)]
pub struct Laser {
    /// On the board, since what draws it took them last.
    fresh: Vec<Point>,
    unsent: Vec<Point>,
    sent: usize,
}

#[derive(Serialize)]
struct Chunk {
    points: Vec<[f64; 2]>,
}

impl Laser {
    fn push(&mut self, pointer: &Pointer, cx: &Context<'_>) {
        let at = cx.at(pointer);
        if at.is_finite() {
            self.fresh.push(at);
            self.unsent.push(at);
        }
    }

    /// The points since the last time, on the board.
    pub fn take_fresh(&mut self) -> Vec<Point> {
        std::mem::take(&mut self.fresh)
    }

    pub(super) fn has_news(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// What others are to be told since the last time.
    pub(super) fn told(&mut self) -> Option<(SlotName, SlotOp)> {
        let slot = SlotName::new(SLOT).ok().filter(|_| self.has_news())?;
        let points: Vec<[f64; 2]> = self.unsent.drain(..).map(|p| [p.x, p.y]).collect();
        let begins = self.sent == 0;
        self.sent += points.len();
        if self.sent > FEW {
            self.sent = 0;
        }
        let chunk = json(&Chunk { points });
        let op = if begins {
            SlotOp::Put(vec![chunk])
        } else {
            SlotOp::Add(vec![chunk])
        };
        Some((slot, op))
    }
}

pub(super) fn begin(button: Button, pointer: &Pointer, cx: &Context<'_>) -> State {
    let mut laser = Laser::default();
    laser.push(pointer, cx);
    State::Pointing(button, laser)
}

pub(super) fn go_on(button: Button, mut laser: Laser, event: &Event, cx: &Context<'_>) -> (State, Outcome) {
    let ended = match event {
        Event::Move(pointer) => {
            laser.push(pointer, cx);
            false
        }
        Event::Up(released, _) => *released == button,
        Event::Cancel | Event::Lost => true,
        Event::Down(..) | Event::Leave | Event::Confirm => false,
    };
    if !ended {
        return (State::Pointing(button, laser), Outcome::default());
    }
    let mut told: Vec<_> = laser.told().into_iter().collect();
    // Others have what they heard of it; a newcomer needs none of it.
    told.extend(SlotName::new(SLOT).ok().map(|slot| (slot, SlotOp::Clear)));
    let outcome = Outcome {
        told,
        ..Outcome::default()
    };
    (State::Idle, outcome)
}
