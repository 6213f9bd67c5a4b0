//! What goes with a frame: its members when it is taken hold of, and what it takes in when it is drawn or resized.

use std::collections::BTreeSet;

use drawbridge_protocol::ElementId;

use super::{Set, property};
use crate::document::{Document, Element, Kind, json};
use crate::geometry::Region;
use crate::scene::{Item, Scene};

/// The value of the property `frame`; empty for no frame.
pub(crate) fn frame_json(frame: Option<&ElementId>) -> drawbridge_protocol::Value {
    json(frame.map_or("", ElementId::as_str))
}

/// What says that an element belongs to a frame from now on, or to none.
pub(crate) fn belongs(id: ElementId, frame: Option<&ElementId>) -> Set {
    (id, property("frame"), frame_json(frame))
}

/// Whether an element is a member of one of these frames.
pub(crate) fn is_of(item: &Item, frames: &BTreeSet<ElementId>) -> bool {
    item.framed_by
        .as_ref()
        .is_some_and(|frame| frames.contains(frame))
}

/// The members of the frames among `ids` that aren't among `ids` themselves, locked ones too: they go where the frame goes.
pub(crate) fn along(ids: &BTreeSet<ElementId>, scene: &Scene, document: &Document) -> Vec<ElementId> {
    let frames = ids.iter().filter(|id| scene.area(id).is_some());
    let members = frames.flat_map(|frame| scene.framed(frame));
    let others = members.filter(|id| !ids.contains(*id) && document.has_base(id.as_str()));
    others.cloned().collect()
}

/// What a frame takes in that is drawn around things: those that lie wholly inside, belong to no frame, and may be changed. Of a group
/// all or nothing.
pub(crate) fn taken(frame: &Element, scene: &Scene, document: &Document) -> Vec<Set> {
    let region = Region::of(frame.place);
    let Some(around) = region.bounds() else {
        return Vec::new();
    };
    let inside = |item: &Item| {
        let corners = Region::from(item.frame);
        corners.corners().iter().all(|corner| region.contains(*corner))
    };
    let whole = |item: &Item| {
        let Some(group) = item.groups.last() else {
            return true;
        };
        let mut members = scene.members(group).filter_map(|id| scene.get(id));
        members.all(inside)
    };
    let near = scene.near(around).map(|(_, item)| item);
    let free = near.filter(|item| {
        let loose = item.kind != Kind::Frame && scene.clip(item).is_none();
        loose && !item.locked && document.has_base(item.element.as_str())
    });
    let taken = free.filter(|item| inside(item) && whole(item));
    taken
        .map(|item| belongs(item.element.clone(), Some(&frame.id)))
        .collect()
}

/// What a frame that was resized takes in, and what leaves it: the members of which nothing can be seen in it any more.
pub(crate) fn resized(frame: &Element, scene: &Scene, document: &Document) -> Vec<Set> {
    let region = Region::of(frame.place);
    let out = |item: &&Item| Region::from(item.bounds).and(&region).corners().is_empty();
    let members = scene.framed(&frame.id).filter_map(|id| scene.get(id));
    let gone = members
        .filter(out)
        .filter(|item| document.has_base(item.element.as_str()));
    let gone = gone.map(|item| belongs(item.element.clone(), None));
    gone.chain(taken(frame, scene, document)).collect()
}
