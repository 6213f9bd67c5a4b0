//! What is done between frames: memory is given back, and what lies badly on the card is made anew where it lies well.

use std::collections::HashSet;

use drawbridge_engine::document::Document;
use drawbridge_engine::scene::{Scene, Slot};

use super::super::arena::Arena;
use super::super::level;
use super::super::maker::Job;
use super::Dry;

impl Dry {
    /// Tidies up after a frame: fills holes, and gives back what nobody has looked at for long.
    pub(in crate::render) fn tidy(&mut self, scene: &Scene, document: &Document) {
        let bytes = self.arenas.iter().map(Arena::bytes).sum::<u64>();
        if bytes > self.allowed && !self.has_more() {
            let others =
                (0..level::COUNT).filter(|level| *level != self.level && self.arenas[*level].live() > 0);
            match others.min_by_key(|level| self.used[*level]) {
                Some(level) => self.forget(level, |_| true),
                None => {
                    let shown: HashSet<Slot> = self.shown.slots().collect();
                    self.forget(self.level, |slot| !shown.contains(&slot));
                    // What is seen stays, however much it is; holes take up to as much again.
                    self.allowed = self.limits.kept.max(3 * self.arenas[self.level].live());
                }
            }
        } else if bytes < self.limits.kept {
            self.allowed = self.limits.kept;
        }
        if self.makers.out() > 0 {
            return;
        }
        // One thing at a time: what is left in a block full of holes, or what lies scattered, is made anew side by side.
        let sparse = (0..level::COUNT).find_map(|level| Some((level, self.arenas[level].sparse()?)));
        let (level, slots) = match sparse {
            Some((level, block)) => (level, self.left_in(level, block)),
            None => match self.shown.scattered(self.limits.block) {
                Some(slots) => (self.level, slots.collect()),
                None => return,
            },
        };
        let jobs: Vec<Job> = slots
            .into_iter()
            .filter_map(|(_, slot)| {
                let kept = self.kept.get(slot as usize)?.as_ref()?;
                let source = scene.source(document, &scene.item(slot)?.element);
                (!kept.lacks(level)).then_some(Job {
                    slot,
                    serial: kept.serial,
                    level,
                    source,
                    origin: kept.origin,
                    area: None,
                    again: true,
                })
            })
            .collect();
        self.makers.ask(jobs.into_iter());
    }

    /// Whose shapes of a level lie in a block, from the lowest to the topmost.
    fn left_in(&self, level: usize, block: u32) -> Vec<(u64, Slot)> {
        let held = |slot: &Slot| {
            let kept = self.kept.get(*slot as usize)?.as_ref()?;
            let run = kept.runs[level].filter(|run| run.block == block);
            run.map(|_| (kept.rank, *slot))
        };
        let slots = self.arenas[level].slots(block).iter();
        let mut left: Vec<(u64, Slot)> = slots.filter_map(held).collect();
        left.sort_unstable();
        // It may have been put in, changed, and put in again.
        left.dedup();
        left
    }

    fn forget(&mut self, level: usize, which: impl Fn(Slot) -> bool) {
        for (slot, kept) in (0..).zip(&mut self.kept) {
            if let Some(kept) = kept.as_mut().filter(|_| which(slot))
                && let Some(run) = kept.runs[level].take()
            {
                self.arenas[level].free(run);
                self.shown.touch(kept.rank, slot);
                self.stale = true;
            }
        }
    }
}
