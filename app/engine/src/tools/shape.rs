//! Rectangle, diamond, ellipse and frame: drawn from corner to corner.

use drawbridge_protocol::ElementId;

use super::growing::Growing;
use super::{Button, Context, DRAG, Event, Outcome, Pointer, State, taken};
use crate::arrange::snap_point;
use crate::document::{Element, Kind};
use crate::geometry::{Affine, Point, Vec2};

/// A box under the hand.
#[derive(Debug)]
pub struct Shaping {
    pub(super) growing: Growing,
    from: Point,
    /// Where the press was, on the screen.
    pressed: Point,
    /// Whether it has become a drag.
    drawn: bool,
}

pub(super) fn begin(button: Button, kind: Kind, pointer: &Pointer, cx: &mut Context<'_>) -> State {
    let order = cx.order_on_top();
    let element = Element::new(cx.fresh_id(), kind, order, cx.style);
    State::Shaping(
        button,
        Box::new(Shaping {
            growing: Growing::new(element),
            from: corner(pointer, cx),
            pressed: pointer.pos,
            drawn: false,
        }),
    )
}

/// Where a corner goes: onto the grid, or to what is near.
fn corner(pointer: &Pointer, cx: &Context<'_>) -> Point {
    let at = cx.on_grid(pointer);
    if cx.snapping.grid.is_some() || !cx.snapping.objects || pointer.modifiers.ctrl {
        return at;
    }
    let others = super::select::others(cx, &|_| false);
    at + snap_point(at, &others, cx.length(super::select::SNAP)).by
}

impl Shaping {
    /// The box's id, which it keeps when it is written.
    #[must_use]
    pub const fn id(&self) -> &ElementId {
        &self.growing.element.id
    }

    fn stretch(&mut self, pointer: &Pointer, cx: &Context<'_>) {
        self.drawn |= pointer.pos.distance(self.pressed) >= DRAG;
        if !self.drawn {
            return;
        }
        let mut way = corner(pointer, cx) - self.from;
        if pointer.modifiers.shift {
            let side = way.x.abs().max(way.y.abs());
            way = Vec2::new(side.copysign(way.x), side.copysign(way.y));
        }
        let (from, to) = if pointer.modifiers.alt {
            (self.from - way, self.from + way)
        } else {
            (self.from, self.from + way)
        };
        let (x0, x1) = (from.x.min(to.x), from.x.max(to.x));
        let (y0, y1) = (from.y.min(to.y), from.y.max(to.y));
        if [x0, x1, y0, y1].iter().all(|v| v.is_finite()) {
            self.growing.element.place = Affine::new([x1 - x0, 0.0, 0.0, y1 - y0, x0, y0]);
            self.growing.changed();
        }
    }

    fn finish(self, cx: &Context<'_>) -> Outcome {
        let [wide, _, _, high, ..] = self.growing.element.place.as_coeffs();
        // On the grid both corners may come to one place.
        if !self.drawn || (wide == 0.0 && high == 0.0) {
            return self.growing.give_up();
        }
        let taken = match self.growing.element.kind {
            Kind::Frame => taken(&self.growing.element, cx.scene, cx.document),
            _ => Vec::new(),
        };
        let mut outcome = self.growing.finish();
        outcome.sets.extend(taken);
        outcome
    }
}

pub(super) fn go_on(
    button: Button,
    mut shaping: Box<Shaping>,
    event: &Event,
    cx: &Context<'_>,
) -> (State, Outcome) {
    match event {
        Event::Move(pointer) => shaping.stretch(pointer, cx),
        Event::Up(released, pointer) if *released == button => {
            shaping.stretch(pointer, cx);
            return (State::Idle, shaping.finish(cx));
        }
        Event::Lost => return (State::Idle, shaping.finish(cx)),
        Event::Cancel => return (State::Idle, shaping.growing.give_up()),
        Event::Down(..) | Event::Up(..) | Event::Leave | Event::Confirm => {}
    }
    (State::Shaping(button, shaping), Outcome::default())
}
