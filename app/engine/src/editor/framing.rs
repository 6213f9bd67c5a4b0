//! Which frame something belongs to after it was drawn, dropped, pasted, moved or resized: the topmost in which its middle lies.
//! Of a group all belong to the same.

use std::collections::{BTreeMap, BTreeSet};

use drawbridge_protocol::{ElementId, Property};

use super::Editor;
use crate::arrange::{hold, hold_on};
use crate::document::{Draft, Element, Group, Kind, read_line, read_place};
use crate::geometry::{Point, Rect};
use crate::scene::Item;
use crate::tools::{Set, belongs};

/// Elements that belong to one frame, and a box on the board around their frames.
#[derive(Default)]
struct Unit {
    ids: BTreeSet<ElementId>,
    around: Option<Rect>,
}

impl Unit {
    fn add(&mut self, id: ElementId, frame: Rect) {
        if self.ids.insert(id) {
            self.around = Some(self.around.map_or(frame, |all| all.union(frame)));
        }
    }
}

impl Editor {
    /// What is to be written, and which frame the elements concerned belong to then.
    pub(super) fn framed(&self, mut sets: Vec<Set>) -> Vec<Set> {
        let written = self.written(&sets);
        if written.is_empty() {
            return sets;
        }
        let is_frame = |element: &&Element| element.kind == Kind::Frame;
        let frames = written.values().filter(is_frame);
        let frames: BTreeSet<ElementId> = frames.map(|frame| frame.id.clone()).collect();
        // What goes with its frame stays in it.
        let goes = |element: &Element| {
            element
                .framed_by
                .as_ref()
                .is_some_and(|frame| frames.contains(frame))
        };
        let mut groups: BTreeMap<Group, Unit> = BTreeMap::new();
        let mut units = Vec::new();
        for element in written
            .values()
            .filter(|element| element.kind != Kind::Frame && !goes(element))
        {
            let unit = match element.groups.last() {
                Some(group) => groups.entry(group.clone()).or_default(),
                None => {
                    units.push(Unit::default());
                    let last = units.len() - 1;
                    &mut units[last]
                }
            };
            unit.add(element.id.clone(), self.held(element, &written).frame());
        }
        for (group, mut unit) in groups {
            let others = self.scene.members(&group).filter_map(|id| self.scene.get(id));
            let stays = |item: &Item| written.get(&item.element).is_none_or(|element| !goes(element));
            for item in others.filter(|item| item.kind != Kind::Frame && stays(item)) {
                unit.add(item.element.clone(), item.frame);
            }
            units.push(unit);
        }
        let here = |frame: &ElementId| !frames.contains(frame) && self.document.has_base(frame.as_str());
        let bases = sets
            .iter()
            .enumerate()
            .filter(|(_, (_, prop, _))| prop.as_str() == Property::BASE);
        let born: BTreeMap<ElementId, usize> = bases.map(|(n, (id, ..))| (id.clone(), n)).collect();
        let mut decided: BTreeMap<ElementId, Option<ElementId>> = BTreeMap::new();
        for unit in units {
            let middle = unit.around.map_or(Point::ORIGIN, |around| around.center());
            let frame = self.scene.frame_at(middle, here);
            decided.extend(unit.ids.into_iter().map(|id| (id, frame.clone())));
        }
        self.keep_whole(&mut decided, &written);
        for (id, frame) in decided {
            let Some(element) = written.get(&id).cloned().or_else(|| self.free_element(&id)) else {
                continue;
            };
            let there = |frame: &ElementId| self.scene.area(frame).is_some();
            match born.get(&id) {
                Some(n) if element.framed_by != frame => {
                    sets[*n].2 = Element {
                        framed_by: frame.clone(),
                        ..element
                    }
                    .base();
                }
                None if element.framed_by.filter(there) != frame => {
                    sets.push(belongs(id, frame.as_ref()));
                }
                _ => {}
            }
        }
        sets
    }

    /// A line as it will be shown, with what it holds on to; anything else as it is.
    fn held(&self, element: &Element, written: &BTreeMap<ElementId, Element>) -> Element {
        let holds = element.ties.clone().map(|tie| {
            let tie = tie?;
            let now = || self.document.element(&tie.id);
            hold(&written.get(&tie.id).cloned().or_else(now)?, tie.at)
        });
        hold_on(element, holds)
    }

    /// A line that holds on to something out of its frame belongs to none: it would be cut off at the edge.
    fn keep_whole(
        &self,
        decided: &mut BTreeMap<ElementId, Option<ElementId>>,
        written: &BTreeMap<ElementId, Element>,
    ) {
        let holders = decided.keys().flat_map(|id| self.scene.holders(id));
        let lines: BTreeSet<ElementId> = holders.chain(decided.keys()).cloned().collect();
        for id in lines {
            let Some(line) = written.get(&id).cloned().or_else(|| self.document.element(&id)) else {
                continue;
            };
            let Some(frame) = decided.get(&id).unwrap_or(&line.framed_by) else {
                continue;
            };
            let leaves = |target: &ElementId| {
                let element = || {
                    let element = written
                        .get(target)
                        .cloned()
                        .or_else(|| self.document.element(target))?;
                    (!element.deleted).then_some(element)
                };
                let frame_of = |element: Element| decided.get(target).cloned().unwrap_or(element.framed_by);
                target != frame && element().is_some_and(|element| frame_of(element).as_ref() != Some(frame))
            };
            if line.ties.iter().flatten().any(|tie| leaves(&tie.id)) {
                decided.insert(id, None);
            }
        }
    }

    /// One that may be changed, though nobody has it in the hand.
    fn free_element(&self, id: &ElementId) -> Option<Element> {
        self.document.element(id).filter(|element| !element.locked)
    }

    /// The elements that these sets make, or give another place, as they will be; none where there are no frames.
    fn written(&self, sets: &[Set]) -> BTreeMap<ElementId, Element> {
        let mut written = BTreeMap::new();
        if !self.scene.has_frames() {
            return written;
        }
        for (id, prop, value) in sets {
            match prop.as_str() {
                Property::BASE => {
                    let draft = Draft::new(id, value);
                    written.extend(draft.map(|draft| (id.clone(), draft.into_element())));
                }
                "place" | "points" => {
                    let held = || self.document.element(id).map(|element| (id.clone(), element));
                    if !written.contains_key(id) {
                        written.extend(held());
                    }
                    let Some(element) = written.get_mut(id) else {
                        continue;
                    };
                    if prop.as_str() == "place" {
                        element.place = read_place(value.as_str()).unwrap_or(element.place);
                    } else if let Ok(text) = value.read::<String>()
                        && let Some(points) = read_line(&text, element.step)
                    {
                        element.points = points;
                    }
                }
                _ => {}
            }
        }
        written
    }
}
