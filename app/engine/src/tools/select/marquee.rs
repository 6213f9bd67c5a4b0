//! A rectangle drawn on the bare board: selects what it touches; with ctrl only what it encloses.

use std::collections::BTreeSet;

use drawbridge_protocol::ElementId;

use super::super::{Button, Context, Event, Outcome, Pointer, Selection, State};
use crate::arrange::outermost;
use crate::document::Group;
use crate::geometry::{Point, Rect};
use crate::scene::Item;

/// A marquee under the hand.
#[derive(Debug)]
pub struct Marquee {
    /// On the screen.
    from: Point,
    to: Point,
    /// Whether what was selected before stays selected.
    adds: bool,
    before: Selection,
}

impl Marquee {
    pub(super) fn begin(pointer: &Pointer, before: Selection) -> Self {
        Self {
            from: pointer.pos,
            to: pointer.pos,
            adds: pointer.modifiers.shift,
            before,
        }
    }

    /// On the screen.
    #[must_use]
    pub fn rect(&self) -> Rect {
        Rect::from_points(self.from, self.to)
    }

    fn selected(&self, encloses: bool, cx: &Context<'_>) -> Selection {
        let rect = Rect::from_points(
            cx.camera.board_from_screen(self.from),
            cx.camera.board_from_screen(self.to),
        );
        // Only what is seen counts.
        let inside = |item: &Item| {
            let seen = cx.scene.seen(item);
            seen.is_some_and(|seen| rect.contains_rect(seen))
        };
        let touched = |item: &Item| {
            let mesh = cx.element(&item.element).and_then(|element| element.touchable());
            mesh.is_some_and(|mesh| mesh.overlaps(&cx.scene.open(item, rect)))
        };
        let near = cx.scene.near(rect).filter(|(_, item)| cx.is_free(item));
        let caught = near.filter(|(_, item)| inside(item) || (!encloses && touched(item)));
        let mut ids: BTreeSet<ElementId> = caught.map(|(_, item)| item.element.clone()).collect();
        let entered = self.before.entered.clone().filter(|_| self.adds);
        // Of a group all or, where it is to be enclosed, nothing.
        let groups: BTreeSet<Group> = ids
            .iter()
            .filter_map(|id| outermost(&cx.scene.get(id)?.groups, entered.as_ref()).cloned())
            .collect();
        for group in groups {
            let members = || cx.scene.members(&group);
            if !encloses {
                ids.extend(members().cloned());
            } else if !members().all(|id| ids.contains(id)) {
                members().for_each(|id| {
                    ids.remove(id);
                });
            }
        }
        if self.adds {
            ids.extend(self.before.ids.iter().cloned());
        }
        Selection::of(ids, entered)
    }
}

pub(in super::super) fn go_on(
    mut marquee: Box<Marquee>,
    event: &Event,
    cx: &Context<'_>,
) -> (State, Outcome) {
    let mut outcome = Outcome::default();
    match event {
        Event::Move(pointer) => {
            marquee.to = pointer.pos;
            outcome.select = Some(marquee.selected(pointer.modifiers.ctrl, cx));
        }
        Event::Up(Button::Primary, pointer) => {
            marquee.to = pointer.pos;
            outcome.select = Some(marquee.selected(pointer.modifiers.ctrl, cx));
            return (State::Idle, outcome);
        }
        Event::Cancel => {
            outcome.select = Some(marquee.before);
            return (State::Idle, outcome);
        }
        Event::Lost => return (State::Idle, outcome),
        Event::Down(..) | Event::Up(..) | Event::Leave | Event::Confirm => {}
    }
    (State::Marquee(marquee), outcome)
}
