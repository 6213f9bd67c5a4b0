//! The eraser: takes away whole elements; dimmed on the way, gone at the release.

use std::collections::BTreeSet;

use drawbridge_protocol::{ElementId, Property};

use super::{Button, Context, Event, Outcome, Pointer, State};
use crate::document::{Kind, json};
use crate::geometry::Point;

/// How near to an element the eraser must come, in screen points.
pub(super) const RADIUS: f64 = 6.0;

/// Where the eraser was last, on the board, and what it has touched.
#[derive(Debug)]
pub struct Sweep {
    last: Point,
    touched: BTreeSet<ElementId>,
}

impl Sweep {
    pub(super) fn touched(&self) -> &BTreeSet<ElementId> {
        &self.touched
    }

    /// Goes on to a point of the board, touching what lies on the way and isn't locked.
    fn to(mut self, at: Point, cx: &Context<'_>) -> Self {
        let hits = cx.scene.hits(cx.document, self.last, at, cx.length(RADIUS));
        // A frame goes with all that is in it: not by a sweep over its edge.
        let free = |id: &ElementId| {
            let item = cx.scene.get(id).filter(|item| item.kind != Kind::Frame);
            item.is_some_and(|item| cx.is_free(item))
        };
        self.touched.extend(hits.into_iter().filter(free));
        self.last = at;
        self
    }
}

pub(super) fn begin(button: Button, pointer: &Pointer, cx: &Context<'_>) -> State {
    let at = cx.at(pointer);
    let sweep = Sweep {
        last: at,
        touched: BTreeSet::new(),
    };
    State::Erasing(button, sweep.to(at, cx))
}

pub(super) fn go_on(button: Button, sweep: Sweep, event: &Event, cx: &Context<'_>) -> (State, Outcome) {
    match event {
        Event::Move(pointer) => {
            let at = cx.at(pointer);
            (State::Erasing(button, sweep.to(at, cx)), Outcome::default())
        }
        Event::Up(released, pointer) if *released == button => {
            let sweep = sweep.to(cx.at(pointer), cx);
            // Somebody else may have erased some of it meanwhile.
            let shown = sweep.touched.into_iter().filter(|id| cx.scene.get(id).is_some());
            let sets = shown.map(|id| (id, Property::deleted(), json(&true))).collect();
            let outcome = Outcome {
                sets,
                ..Outcome::default()
            };
            (State::Idle, outcome)
        }
        // Nothing goes before the release.
        Event::Cancel | Event::Lost => (State::Idle, Outcome::default()),
        Event::Down(..) | Event::Up(..) | Event::Leave | Event::Confirm => {
            (State::Erasing(button, sweep), Outcome::default())
        }
    }
}
