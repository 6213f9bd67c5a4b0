//! Taking up changes: what is shown anew, otherwise, or no longer.

use std::collections::HashMap;
use std::ops::Bound;

use drawbridge_protocol::ElementId;
use rstar::RTree;

use super::{Item, Leaf, Look, Scene, Shown, Slot, leaf};
use crate::document::{Document, Element, Group, Order};

/// From this many on, what is new is taken up together.
const MANY: usize = 1000;
/// The tree is made anew when more than one in so many of its boxes have moved.
const MOVED: usize = 8;
/// How far apart two neighbours in the stack are ranked, where there is room.
const GAP: u64 = 1 << 32;

fn height(shown: &Option<Shown>) -> Option<&Order> {
    shown.as_ref().map(|shown| &shown.order)
}

impl Scene {
    /// Shows an element as it is now, or no longer; none that is a line and holds on to something, or is held on to.
    pub fn update(&mut self, id: &ElementId, element: Option<&Element>) {
        if !self.is_preview(id) {
            self.show_many(vec![(id.clone(), element.and_then(Shown::of))]);
        }
    }

    /// Shows many as [`Scene::look`] says, which may be asked on several threads, and what holds on to them. What is in
    /// somebody's hand is shown as that hand has it.
    pub fn update_many(&mut self, mut many: Vec<(ElementId, Look)>, document: &Document) {
        many.retain(|(id, _)| !self.is_preview(id));
        self.take_up(many, document);
    }

    pub(super) fn show_many(&mut self, many: Vec<(ElementId, Option<Shown>)>) {
        let mut many = self.change_in_place(many);
        if many.len() < self.len() || many.len() < MANY {
            many.into_iter().for_each(|(id, shown)| self.show(id, shown));
            return;
        }
        // The tree and the ranks are made anew: that is faster than one after the other. What lies side by side in the stack
        // gets slots side by side, so that whoever goes through it goes through memory in order.
        many.sort_unstable_by(|(a, shown_a), (b, shown_b)| (height(shown_a), a).cmp(&(height(shown_b), b)));
        let (tree, stack) = (std::mem::take(&mut self.tree), std::mem::take(&mut self.stack));
        let mut gone: HashMap<Slot, (u64, u64)> = HashMap::new();
        let vacated: Vec<Option<Slot>> = many
            .iter()
            .map(|(id, _)| {
                let slot = self.slots.remove(id)?;
                let item = self.items.get_mut(slot as usize)?.take()?;
                self.leave(id, &item);
                self.pictures.remove(&slot);
                gone.insert(slot, (item.shown.shape, item.serial));
                Some(slot)
            })
            .collect();
        let stays = |slot: Slot| !gone.contains_key(&slot);
        self.items.reserve(many.len());
        self.slots.reserve(many.len());
        let mut leaves: Vec<Leaf> = tree.iter().filter(|leaf| stays(leaf.data)).copied().collect();
        let mut sorted: Vec<_> = stack.into_iter().filter(|(_, slot)| stays(*slot)).collect();
        for ((id, shown), slot) in many.into_iter().zip(vacated) {
            let Some(shown) = shown else {
                self.free.extend(slot);
                continue;
            };
            // As in `show`.
            let held = slot.and_then(|slot| gone.get(&slot));
            let same = held.filter(|(shape, _)| *shape == shown.shape);
            let serial = same.map_or(self.serial + 1, |(_, serial)| *serial);
            self.serial = self.serial.max(serial);
            let (key, bounds) = ((shown.order.clone(), id.clone()), shown.bounds);
            self.free.extend(slot);
            let slot = self.occupy(id, shown, 0, serial);
            leaves.push(leaf(bounds, slot));
            sorted.push((key, slot));
        }
        sorted.sort_unstable();
        self.stack = sorted.into_iter().collect();
        self.tree = RTree::bulk_load(leaves);
        self.rank_all();
        self.generation += 1;
    }

    /// Takes up those that were shown before at the same height, and returns the others.
    fn change_in_place(&mut self, many: Vec<(ElementId, Option<Shown>)>) -> Vec<(ElementId, Option<Shown>)> {
        let mut others = Vec::new();
        let mut moved = Vec::new();
        for (id, shown) in many {
            let slot = self.slots.get(&id).copied();
            let held = slot.and_then(|slot| Some((slot, self.items.get_mut(slot as usize)?.as_mut()?)));
            match (held, shown) {
                (Some((slot, item)), Some(shown)) if item.order == shown.order => {
                    if item.bounds != shown.bounds {
                        moved.push((leaf(item.bounds, slot), leaf(shown.bounds, slot)));
                    }
                    // What a renderer keeps of its shape stays true where only its place or colour changed.
                    if item.shown.shape != shown.shape {
                        self.serial += 1;
                        item.serial = self.serial;
                    }
                    let belongs = (item.groups != shown.groups || item.framed_by != shown.framed_by)
                        .then(|| shown.clone());
                    if item.picture.is_some() != shown.picture.is_some() {
                        if shown.picture.is_some() {
                            self.pictures.insert(slot);
                        } else {
                            self.pictures.remove(&slot);
                        }
                    }
                    let before = std::mem::replace(&mut item.shown, shown);
                    if let Some(now) = belongs {
                        self.leave(&id, &before);
                        self.join(&id, &now);
                    }
                    self.note(slot);
                }
                (_, shown) => others.push((id, shown)),
            }
        }
        if moved.len() > MANY && moved.len() > self.tree.size() / MOVED {
            let items = self.items.iter().zip(0..);
            let leaves = items.filter_map(|(item, slot)| Some(leaf(item.as_ref()?.bounds, slot)));
            self.tree = RTree::bulk_load(leaves.collect());
        } else {
            for (before, now) in moved {
                self.tree.remove(&before);
                self.tree.insert(now);
            }
        }
        others
    }

    fn show(&mut self, id: ElementId, shown: Option<Shown>) {
        let before = self.vacate(&id);
        if let Some((slot, item)) = &before {
            self.stack.remove(&(item.order.clone(), id.clone()));
            self.note(*slot);
        }
        let Some(shown) = shown else { return };
        // It has its slot again, so what a renderer keeps of its shape stays true where only its colour or height changed.
        let same = before.filter(|(_, item)| item.shown.shape == shown.shape);
        let serial = same.map_or(self.serial + 1, |(_, item)| item.serial);
        self.serial = self.serial.max(serial);
        let key = (shown.order.clone(), id.clone());
        let rank = self.rank(&key);
        let bounds = shown.bounds;
        let slot = self.occupy(id, shown, rank, serial);
        self.tree.insert(leaf(bounds, slot));
        self.stack.insert(key, slot);
        self.note(slot);
    }

    /// Puts an element into a free slot: the one that became free last.
    fn occupy(&mut self, id: ElementId, shown: Shown, rank: u64, serial: u64) -> Slot {
        self.join(&id, &shown);
        let item = Item {
            element: id.clone(),
            shown,
            dimmed: self.dimmed.contains(&id),
            tint: self.tints.get(&id).copied(),
            serial,
            rank,
        };
        let slot = self.free.pop().unwrap_or_else(|| {
            self.items.push(None);
            self.slots() - 1
        });
        if item.picture.is_some() {
            self.pictures.insert(slot);
        }
        self.slots.insert(id, slot);
        self.items[slot as usize] = Some(item);
        slot
    }

    /// Takes an element out of its slot, which is free now, and the tree; returns both.
    fn vacate(&mut self, id: &ElementId) -> Option<(Slot, Item)> {
        let slot = self.slots.remove(id)?;
        let item = self.items.get_mut(slot as usize)?.take()?;
        self.leave(id, &item);
        self.pictures.remove(&slot);
        self.tree.remove(&leaf(item.bounds, slot));
        self.free.push(slot);
        Some((slot, item))
    }

    /// Notes what an element belongs to.
    fn join(&mut self, id: &ElementId, shown: &Shown) {
        self.framing.join(id, shown);
        for group in shown.groups.iter() {
            let members = self.groups.entry(Group::clone(group)).or_default();
            members.insert(id.clone());
        }
    }

    /// It belongs to nothing any more.
    fn leave(&mut self, id: &ElementId, shown: &Shown) {
        self.framing.leave(id, shown);
        for group in shown.groups.iter() {
            if let Some(members) = self.groups.get_mut(group) {
                members.remove(id);
                if members.is_empty() {
                    self.groups.remove(group);
                }
            }
        }
    }

    pub(super) fn note(&mut self, slot: Slot) {
        self.journal.push(slot);
        self.generation += 1;
    }

    /// A rank between those of the neighbours that it will have.
    fn rank(&mut self, key: &(Order, ElementId)) -> u64 {
        let between = |scene: &Self| {
            let rank = |slot: &Slot| scene.item(*slot).map_or(0, |item| item.rank);
            let below = scene
                .stack
                .range(..key)
                .next_back()
                .map_or(0, |(_, slot)| rank(slot));
            let after = (Bound::Excluded(key), Bound::Unbounded);
            match scene.stack.range(after).next().map(|(_, slot)| rank(slot)) {
                None => below.checked_add(GAP),
                Some(above) => (above - below > 1).then(|| below + (above - below) / 2),
            }
        };
        if let Some(rank) = between(self) {
            return rank;
        }
        // No room is left: all get it anew. That is once in dozens of insertions into the same place.
        self.rank_all();
        between(self).unwrap_or(0)
    }

    fn rank_all(&mut self) {
        for (n, slot) in (1..).zip(self.stack.values()) {
            if let Some(Some(item)) = self.items.get_mut(*slot as usize) {
                item.rank = n * GAP;
            }
        }
        self.journal.forget();
    }
}
