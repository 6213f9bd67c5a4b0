//! What is done to frames: what lies in them comes along; they are named, dissolved, and shown one after the other.

use std::collections::BTreeSet;

use drawbridge_protocol::{ElementId, Property};

use super::edits::changed;
use super::{Editor, Effects};
use crate::arrange::{Turn, shift_turn, sort_turns};
use crate::document::{Element, Kind, json};
use crate::geometry::Affine;
use crate::tools::{Selection, along, belongs, is_of, property, random_number};

/// A frame as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameShown {
    /// Which.
    pub id: ElementId,
    /// What it is called; empty for no name.
    pub name: String,
    /// Where its unit square lies on the board.
    pub area: Affine,
}

impl Editor {
    /// The frames in the order in which they are shown one after the other.
    #[must_use]
    pub fn frames_in_turn(&self) -> Vec<FrameShown> {
        let shown = |turn: Turn| {
            let element = self.scene.element(&self.document, &turn.0)?;
            Some(FrameShown {
                id: turn.0,
                name: element.name.to_string(),
                area: element.place,
            })
        };
        self.turns().into_iter().filter_map(shown).collect()
    }

    fn turns(&self) -> Vec<Turn> {
        let frames = self
            .scene
            .frames()
            .filter(|item| self.document.has_base(item.element.as_str()));
        let turn = |item: &crate::scene::Item| {
            let element = self.document.element(&item.element)?;
            Some((element.id, element.turn, item.frame))
        };
        let mut turns: Vec<Turn> = frames.filter_map(turn).collect();
        sort_turns(&mut turns);
        turns
    }

    /// The selected frame, if it is the only thing selected.
    #[must_use]
    pub fn selected_frame(&self) -> Option<Element> {
        let mut ids = self.selection.ids.iter();
        let only = ids.next().filter(|_| ids.next().is_none())?;
        self.scene.get(only).filter(|item| item.kind == Kind::Frame)?;
        self.scene.element(&self.document, only)
    }

    /// How many frames are selected.
    #[must_use]
    pub fn selected_frames(&self) -> usize {
        let frames = self.scene.frames();
        frames
            .filter(|item| self.selection.ids.contains(&item.element))
            .count()
    }

    fn free_frames(&self) -> BTreeSet<ElementId> {
        let frames = self
            .free()
            .into_iter()
            .filter(|element| element.kind == Kind::Frame);
        frames.map(|frame| frame.id).collect()
    }

    pub(super) fn unframe(&mut self) -> Effects {
        let frames = self.free_frames();
        let mut left: BTreeSet<ElementId> = BTreeSet::new();
        let mut sets = Vec::new();
        for frame in &frames {
            sets.push((frame.clone(), Property::deleted(), json(&true)));
            let members = self.scene.framed(frame).filter_map(|id| self.scene.get(id));
            let free = members.filter(|item| !item.locked && self.document.has_base(item.element.as_str()));
            for id in free.map(|item| item.element.clone()) {
                sets.push(belongs(id.clone(), None));
                left.insert(id);
            }
        }
        if sets.is_empty() {
            return Effects::default();
        }
        let effects = self.write_some(sets);
        self.select(Selection::of(left, None));
        effects
    }

    pub(super) fn select_framed(&mut self) -> Effects {
        let frames = self
            .scene
            .frames()
            .filter(|item| self.selection.ids.contains(&item.element));
        let members = frames.flat_map(|frame| self.scene.framed(&frame.element));
        let items = members.filter_map(|id| self.scene.get(id));
        let free = items.filter(|item| !item.locked && self.document.has_base(item.element.as_str()));
        let ids: BTreeSet<ElementId> = free.map(|item| item.element.clone()).collect();
        if ids.is_empty() {
            return Effects::default();
        }
        self.select(Selection::of(ids, None));
        changed()
    }

    pub(super) fn name_frame(&mut self, frame: &ElementId, name: &str) -> Effects {
        let held = self
            .document
            .element(frame)
            .filter(|frame| frame.kind == Kind::Frame);
        let other = held.filter(|frame| !frame.locked && !frame.deleted && *frame.name != *name);
        let sets = other.map(|frame| (frame.id, property("name"), json(name)));
        self.write_some(sets.into_iter().collect())
    }

    pub(super) fn shift_turn(&mut self, sooner: bool) -> Effects {
        let turns = self.turns();
        let Some(frame) = self.selected_frame().filter(|frame| !frame.locked) else {
            return Effects::default();
        };
        let Some(number) = turns.iter().position(|(id, ..)| *id == frame.id) else {
            return Effects::default();
        };
        let random = &mut *self.random;
        let written = shift_turn(&turns, number, sooner, &mut || random_number(random));
        let sets = written
            .into_iter()
            .map(|(id, turn)| (id, property("turn"), json(turn.as_str())));
        self.write_some(sets.collect())
    }

    /// The selected elements that aren't locked, but for those that lie in a frame among them, which are arranged with that.
    pub(super) fn heads(&self) -> Vec<Element> {
        let free = self.free();
        let frames = free.iter().filter(|element| element.kind == Kind::Frame);
        let frames: BTreeSet<ElementId> = frames.map(|frame| frame.id.clone()).collect();
        let outside = |element: &Element| {
            let item = self.scene.get(&element.id);
            item.is_some_and(|item| !is_of(item, &frames))
        };
        free.into_iter().filter(outside).collect()
    }

    /// The selected elements that aren't locked, and all that lies in the frames among them, from the lowest to the topmost.
    pub(super) fn whole(&self) -> Vec<Element> {
        self.with_along(self.free())
    }

    /// All that is selected, and all that lies in the frames among it, from the lowest to the topmost: what is copied.
    #[must_use]
    pub fn selected_whole(&self) -> Vec<Element> {
        self.with_along(self.selected_elements())
    }

    fn with_along(&self, mut elements: Vec<Element>) -> Vec<Element> {
        let ids = elements.iter().map(|element| element.id.clone()).collect();
        let along = self.along(&ids);
        if !along.is_empty() {
            elements.extend(along);
            elements.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
        }
        elements
    }

    /// What lies in the frames among these, and isn't among these itself.
    pub(super) fn along(&self, ids: &BTreeSet<ElementId>) -> Vec<Element> {
        let along = along(ids, &self.scene, &self.document).into_iter();
        along
            .filter_map(|id| self.scene.element(&self.document, &id))
            .collect()
    }
}
