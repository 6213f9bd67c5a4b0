//! Text and note: a click begins to type where it is; a drag with the text tool says how wide the text is wrapped.

use super::typing::Typing;
use super::{Button, Context, DRAG, Event, Outcome, Pointer, State};
use crate::document::{Element, Kind};
use crate::geometry::{Affine, Point, Rect, Vec2};

/// The sides of a note, in board units.
const NOTE: f64 = 160.0;
/// A text is wrapped at least so wide, in ems.
const LEAST: f64 = 2.0;

/// The button is held where a text or a note is to be.
#[derive(Debug)]
pub struct Placing {
    kind: Kind,
    from: Pointer,
    to: Pointer,
    moved: bool,
}

pub(super) fn begin(button: Button, kind: Kind, pointer: &Pointer) -> State {
    State::Placing(
        button,
        Box::new(Placing {
            kind,
            from: *pointer,
            to: *pointer,
            moved: false,
        }),
    )
}

impl Placing {
    /// How wide a text is to be, as a rectangle on the screen.
    pub(super) fn rect(&self) -> Option<Rect> {
        let wraps = self.moved && self.kind == Kind::Text;
        wraps.then(|| Rect::from_points(self.from.pos, self.to.pos))
    }

    fn look(&mut self, pointer: &Pointer) {
        self.moved |= pointer.pos.distance(self.from.pos) >= DRAG;
        self.to = *pointer;
    }

    fn finish(self, cx: &mut Context<'_>) -> State {
        // On a text that is there one types in that.
        if !self.moved
            && let Some(id) = super::select::lettered_at(cx.at(&self.from), cx)
            && cx.scene.get(&id).is_some_and(|item| item.kind == self.kind)
        {
            return Typing::within(id, Some(cx.at(&self.to)), cx);
        }
        let (from, to) = (cx.on_grid(&self.from), cx.on_grid(&self.to));
        if self.kind == Kind::Note || !self.moved {
            return fresh(self.kind, to, None, cx);
        }
        let wrap = (to.x - from.x).abs().max(LEAST * cx.style.size);
        let corner = Point::new(from.x.min(to.x), from.y.min(to.y));
        fresh(Kind::Text, corner, Some(wrap), cx)
    }
}

/// A new text or note at a point of the board, in which one types.
pub(crate) fn fresh(kind: Kind, at: Point, wrap: Option<f64>, cx: &mut Context<'_>) -> State {
    let order = cx.order_on_top();
    let style = if kind == Kind::Text {
        cx.text_style
    } else {
        cx.style
    };
    let mut element = Element::new(cx.fresh_id(), kind, order, style);
    element.wrap = wrap;
    element.place = if kind == Kind::Note {
        let corner = at - Vec2::new(NOTE, NOTE) / 2.0;
        Affine::new([NOTE, 0.0, 0.0, NOTE, corner.x, corner.y])
    } else {
        // The press is in the middle of the first line's height; where it was pulled wide, at its corner.
        let line = element
            .lettered()
            .map_or(0.0, |lettered| lettered.layout.area().height());
        let left = wrap.map_or(0.0, |wrap| wrap * element.style.align.part());
        let up = if wrap.is_some() { 0.0 } else { line / 2.0 };
        Affine::translate((at.x + left, at.y - up))
    };
    Typing::fresh(element, cx)
}

pub(super) fn go_on(
    button: Button,
    mut placing: Box<Placing>,
    event: &Event,
    cx: &mut Context<'_>,
) -> (State, Outcome) {
    let outcome = Outcome::default();
    match event {
        Event::Move(pointer) => placing.look(pointer),
        Event::Up(released, pointer) if *released == button => {
            placing.look(pointer);
            return (placing.finish(cx), outcome);
        }
        Event::Lost | Event::Cancel => return (State::Idle, outcome),
        Event::Down(..) | Event::Up(..) | Event::Leave | Event::Confirm => {}
    }
    (State::Placing(button, placing), outcome)
}
