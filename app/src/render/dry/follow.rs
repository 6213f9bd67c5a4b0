//! What changed on the board is taken up. A shape that changes stays to be seen until the new one is there.

use drawbridge_engine::geometry::Rect;
use drawbridge_engine::scene::{Item, Scene, Slot};

use super::super::table::Row;
use super::{Before, Dry, FEW, Kept, overlap, paint};

impl Dry {
    /// Takes up what changed on the board, and says what that is; `None` where it is much.
    pub(super) fn follow(&mut self, scene: &Scene) -> Option<Vec<Slot>> {
        let now = scene.changes();
        let changed = self.changes.and_then(|since| scene.changed_since(since));
        let (known, slots): (bool, Vec<Slot>) = match changed {
            Some(slots) => (true, slots.collect()),
            None => (false, (0..self.kept.len() as Slot).collect()),
        };
        let all = self.kept.len().max(scene.slots() as usize);
        self.kept.resize_with(all, || None);
        self.changes = Some(now);
        let few = known && slots.len() <= FEW;
        if !few {
            // To find anew what is near is faster than to mend it so often.
            self.around = None;
            self.shown.fill(Vec::new());
        }
        slots.iter().for_each(|slot| self.refresh(scene, *slot));
        if !slots.is_empty() || !known {
            self.stale |= self.clips.follow(scene);
        }
        few.then_some(slots)
    }

    fn refresh(&mut self, scene: &Scene, slot: Slot) {
        let item = scene.item(slot);
        let known = self.kept[slot as usize].as_ref().map(|kept| kept.serial);
        match item {
            Some(item) if known == Some(item.serial) => self.restyle(scene, slot, item),
            _ => self.reshape(scene, slot, item),
        }
    }

    /// It has its shape still, but may have another colour, height or place.
    fn restyle(&mut self, scene: &Scene, slot: Slot, item: &Item) {
        let Some(kept) = &mut self.kept[slot as usize] else {
            return;
        };
        let clip = self.clips.number(item.framed_by.as_ref(), scene);
        let (paint, origin) = (paint(item, clip), item.anchor);
        if kept.rank != item.rank {
            if self.shown.remove(kept.rank, slot) {
                self.shown.insert(item.rank, slot);
                self.stale = true;
            }
            kept.rank = item.rank;
        }
        if kept.origin != origin {
            kept.origin = origin;
            self.shown.remove(kept.rank, slot);
            if self.around.is_some_and(|around| overlap(around, item.bounds)) {
                self.shown.insert(kept.rank, slot);
            }
        } else if kept.paint == paint {
            return;
        }
        kept.paint = paint;
        // Where a former shape stands in, the table goes on to say what is true of that.
        if let Some(form) = kept.form {
            self.table.set(slot, Row::of(origin, paint, form));
        }
        self.shown.touch(kept.rank, slot);
        self.stale = true;
    }

    /// It is another shape, or nothing, from now on.
    fn reshape(&mut self, scene: &Scene, slot: Slot, item: Option<&Item>) {
        let mut before = None;
        if let Some(kept) = self.kept[slot as usize].take() {
            self.lacking -= usize::from(kept.wanted == self.looks && kept.lacks(self.level));
            self.stale |= self.shown.remove(kept.rank, slot);
            before = self.stand_in(slot, &kept);
            // The slot may be another's now.
            if item.is_none_or(|item| item.element != kept.element) {
                self.drop_before(slot, before.take());
            }
        }
        let near = |item: &Item| self.around.is_some_and(|around| overlap(around, item.bounds));
        // Where it isn't known what is near, that will be found next.
        match item.filter(|item| near(item) || (self.around.is_none() && before.is_some())) {
            Some(item) => {
                if near(item) {
                    self.shown.insert(item.rank, slot);
                }
                let clip = self.clips.number(item.framed_by.as_ref(), scene);
                let mut kept = Kept::of(item, paint(item, clip));
                kept.before = before;
                self.kept[slot as usize] = Some(kept);
            }
            None => self.drop_before(slot, before),
        }
    }

    /// What is drawn of a slot stands in for what will be; the rest is given back.
    fn stand_in(&mut self, slot: Slot, kept: &Kept) -> Option<Before> {
        let drawn = kept.run(self.level);
        let all = (0..)
            .zip(kept.runs)
            .filter_map(|(arena, run)| Some((arena, run?)));
        for (arena, run) in all.filter(|each| Some(*each) != drawn) {
            self.arenas[arena].free(run);
        }
        let (arena, run) = drawn?;
        self.standing.insert(slot);
        Some(kept.before.unwrap_or(Before {
            arena,
            run,
            since: self.frame,
        }))
    }

    fn drop_before(&mut self, slot: Slot, before: Option<Before>) {
        if let Some(before) = before {
            self.arenas[before.arena].free(before.run);
            self.standing.remove(&slot);
        }
    }

    /// Of what isn't near what is seen no former shape is needed.
    pub(super) fn drop_far(&mut self, scene: &Scene, around: Rect) {
        let far = |slot: &Slot| {
            let item = scene.item(*slot);
            item.is_none_or(|item| !overlap(around, item.bounds))
        };
        let far: Vec<Slot> = self.standing.iter().copied().filter(far).collect();
        for slot in far {
            let kept = self.kept.get_mut(slot as usize).and_then(Option::as_mut);
            let before = kept.and_then(|kept| kept.before.take());
            self.drop_before(slot, before);
        }
    }
}
