//! Pen and highlighter: a stroke grows with the pointer.

use drawbridge_protocol::ElementId;

use super::{Button, Context, Event, Outcome, Pointer, State, Stroke, fresh_order};
use crate::document::{Element, Kind, Order};

pub(super) fn begin(button: Button, kind: Kind, pointer: &Pointer, cx: &mut Context<'_>) -> State {
    let order = match kind {
        Kind::Highlight => order_below_ink(pointer, cx),
        _ => cx.order_on_top(),
    };
    let element = Element {
        // So it is clipped while it is drawn; in the end its middle decides.
        framed_by: cx.frame_at(cx.at(pointer)),
        ..Element::new(cx.fresh_id(), kind, order, cx.style)
    };
    State::Drawing(button, Box::new(Stroke::begin(element, pointer, cx.camera)))
}

/// An order below all that isn't the highlighter's; but over something filled that the pointer is on, or nothing would
/// be seen of it.
fn order_below_ink(pointer: &Pointer, cx: &mut Context<'_>) -> Order {
    let at = cx.at(pointer);
    let hits = cx.scene.hits(cx.document, at, at, 0.0);
    let filled = hits
        .iter()
        .filter_map(|id| cx.scene.get(id))
        .filter(|item| item.style.fill.is_some());
    let ground = filled.max_by_key(|item| item.rank);
    let (below, above) = match ground {
        Some(ground) => {
            let above = cx.scene.above(&ground.order, &ground.element);
            (Some(&ground.order), above)
        }
        None => cx.scene.under_ink(),
    };
    let (below, above) = (below.cloned(), above.cloned());
    fresh_order(below.as_ref(), above.as_ref(), cx.random)
}

pub(super) fn go_on(
    button: Button,
    mut stroke: Box<Stroke>,
    event: &Event,
    cx: &mut Context<'_>,
) -> (State, Outcome) {
    let mut outcome = Outcome::default();
    let finish = |stroke: &Stroke, outcome: &mut Outcome| {
        let (set, slot) = stroke.finish();
        outcome.sets.push(set);
        outcome.ends.extend(slot);
    };
    match event {
        Event::Move(pointer) => {
            stroke.push(pointer, cx.camera);
            if stroke.is_full() {
                finish(&stroke, &mut outcome);
                let order = fresh_order(Some(&stroke.element().order), None, cx.random);
                stroke = Box::new(stroke.go_on(ElementId::from_bits(cx.random.bits()), order));
            }
        }
        Event::Up(released, pointer) if *released == button => {
            stroke.push(pointer, cx.camera);
            finish(&stroke, &mut outcome);
            return (State::Idle, outcome);
        }
        // The window lost the pointer or the focus: what was drawn stays.
        Event::Lost => {
            finish(&stroke, &mut outcome);
            return (State::Idle, outcome);
        }
        Event::Cancel => {
            outcome.live.extend(stroke.clear());
            outcome.dropped = Some(stroke.id().clone());
            return (State::Idle, outcome);
        }
        Event::Down(..) | Event::Up(..) | Event::Leave | Event::Confirm => {}
    }
    (State::Drawing(button, stroke), outcome)
}
