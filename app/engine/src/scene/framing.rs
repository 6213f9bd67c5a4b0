//! Frames and what belongs to them: how an element is clipped stands here and nowhere else.

use std::collections::{BTreeSet, HashMap};

use drawbridge_protocol::ElementId;

use super::{Item, Scene, Shown};
use crate::geometry::{Affine, Kind, Point, Rect, Region};

/// The shown frames, and the shown elements of each, be it there or not.
#[derive(Debug, Default)]
pub(super) struct Framing {
    frames: BTreeSet<ElementId>,
    members: HashMap<ElementId, BTreeSet<ElementId>>,
}

impl Framing {
    pub(super) fn join(&mut self, id: &ElementId, shown: &Shown) {
        if shown.kind == Kind::Frame {
            self.frames.insert(id.clone());
        }
        if let Some(frame) = &shown.framed_by {
            self.members.entry(frame.clone()).or_default().insert(id.clone());
        }
    }

    pub(super) fn leave(&mut self, id: &ElementId, shown: &Shown) {
        if shown.kind == Kind::Frame {
            self.frames.remove(id);
        }
        let Some(frame) = &shown.framed_by else { return };
        if let Some(members) = self.members.get_mut(frame) {
            members.remove(id);
            if members.is_empty() {
                self.members.remove(frame);
            }
        }
    }
}

impl Scene {
    /// The shown frames, in no order.
    pub fn frames(&self) -> impl Iterator<Item = &Item> {
        self.framing.frames.iter().filter_map(|id| self.get(id))
    }

    /// The shown elements that belong to a frame.
    pub fn framed(&self, frame: &ElementId) -> impl Iterator<Item = &ElementId> {
        self.framing.members.get(frame).into_iter().flatten()
    }

    /// Where the unit square of a shown frame lies; `None` where there is none, or it has no inside.
    #[must_use]
    pub fn area(&self, frame: &ElementId) -> Option<Affine> {
        let area = self.get(frame)?.area?;
        area.determinant().is_normal().then_some(area)
    }

    /// To where the unit square leads that an element is clipped to; `None` where it isn't clipped.
    #[must_use]
    pub fn clip(&self, shown: &Shown) -> Option<Affine> {
        self.area(shown.framed_by.as_ref()?)
    }

    /// Whether an element can be seen at a point of the board, if it is there.
    #[must_use]
    pub fn is_open(&self, shown: &Shown, at: Point) -> bool {
        self.clip(shown).is_none_or(|clip| Region::of(clip).contains(at))
    }

    /// What of a part of the board an element can be seen in.
    #[must_use]
    pub fn open(&self, shown: &Shown, part: Rect) -> Region {
        let part = Region::from(part);
        match self.clip(shown) {
            Some(clip) => part.and(&Region::of(clip)),
            None => part,
        }
    }

    /// A box that holds what is seen of an element; `None` where its frame shows nothing of it.
    #[must_use]
    pub fn seen(&self, shown: &Shown) -> Option<Rect> {
        match self.clip(shown) {
            Some(clip) => Region::from(shown.bounds).and(&Region::of(clip)).bounds(),
            None => Some(shown.bounds),
        }
    }

    /// The topmost frame that a point of the board lies in, of those that `which` picks.
    #[must_use]
    pub fn frame_at(&self, at: Point, which: impl Fn(&ElementId) -> bool) -> Option<ElementId> {
        if self.framing.frames.is_empty() {
            return None;
        }
        let near = self.near(Rect::from_points(at, at)).map(|(_, item)| item);
        let frames = near.filter(|item| item.kind == Kind::Frame && which(&item.element));
        let around = frames.filter(|item| {
            let area = self.area(&item.element);
            area.is_some_and(|area| Region::of(area).contains(at))
        });
        around
            .max_by_key(|item| item.rank)
            .map(|item| item.element.clone())
    }

    /// Whether any frame is shown.
    #[must_use]
    pub fn has_frames(&self) -> bool {
        !self.framing.frames.is_empty()
    }
}
