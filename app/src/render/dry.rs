//! What is finished on the board: shapes made once for each level of detail that somebody looked at, and the list of what is
//! drawn.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use drawbridge_engine::document::Document;
use drawbridge_engine::geometry::{Point, Rect};
use drawbridge_engine::scene::{Item, Scene, Slot};
use eframe::wgpu;

use super::arena::{Arena, Run};
use super::level;
use super::table::{Faint, Paint, Table};
use super::target::Draw;
use super::vertex;

/// How far around what is seen things are kept ready to be drawn, in parts of what is seen.
const AROUND: f64 = 0.25;
/// How many bytes of shapes stay on the card though they are not seen.
const KEPT: u64 = 384 << 20;

/// So many changes at once are taken up one by one.
const FEW: usize = 64;
/// How much is left of what is about to go.
const DIMMED: f64 = 0.3;

/// What is kept of a slot.
#[derive(Debug)]
struct Kept {
    serial: u64,
    origin: Point,
    paint: Paint,
    /// Not known before the first shape is made.
    faint: Option<Faint>,
    rank: u64,
    runs: [Option<Run>; level::COUNT],
}

/// The finished shapes.
#[derive(Debug)]
pub(super) struct Dry {
    kept: Vec<Option<Kept>>,
    /// One a level.
    arenas: Vec<Arena>,
    table: Table,
    /// The number of the scene's changes up to which everything here is true.
    changes: Option<u64>,
    /// What is near what is seen, from the lowest to the topmost: rank and slot.
    shown: Vec<(u64, Slot)>,
    /// The part of the board in which that is; `None` where it is to be found anew.
    around: Option<Rect>,
    level: usize,
    /// What of it has no shape at this level yet, the last first.
    missing: Vec<Slot>,
    draws: Vec<Draw>,
    stale: bool,
    /// When each level was drawn last, in frames.
    used: [u64; level::COUNT],
    frame: u64,
    /// From how many bytes on something is given back.
    allowed: u64,
}

impl Dry {
    pub(super) fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        Self {
            kept: Vec::new(),
            arenas: (0..level::COUNT).map(|_| Arena::new(device, queue)).collect(),
            table: Table::new(device, queue),
            changes: None,
            shown: Vec::new(),
            around: None,
            level: 0,
            missing: Vec::new(),
            draws: Vec::new(),
            stale: true,
            used: [0; level::COUNT],
            frame: 0,
            allowed: KEPT,
        }
    }

    /// Brings everything up to date for a look at `view` at a scale (pixels per board unit). Makes shapes for about as
    /// long as `time`; says whether anything is to be drawn anew.
    pub(super) fn update(
        &mut self,
        scene: &Scene,
        document: &Document,
        view: Rect,
        scale: f64,
        time: Duration,
    ) -> bool {
        let until = Instant::now() + time;
        self.frame += 1;
        self.follow(scene);
        self.look(scene, view, level::at(scale));
        self.used[self.level] = self.frame;
        self.make(scene, document, until);
        let changed = std::mem::take(&mut self.stale);
        if changed {
            self.list();
        }
        self.arenas.iter_mut().for_each(Arena::flush);
        changed
    }

    /// Takes up what changed on the board.
    fn follow(&mut self, scene: &Scene) {
        let now = scene.changes();
        let changed = self.changes.and_then(|since| scene.changed_since(since));
        let slots: Vec<Slot> = match changed {
            Some(slots) => slots.collect(),
            None => (0..scene.slots().max(self.kept.len() as Slot)).collect(),
        };
        if slots.len() > FEW {
            // To find anew what is near is faster than to mend it so often.
            self.around = None;
            self.shown.clear();
        }
        slots.into_iter().for_each(|slot| self.refresh(scene, slot));
        self.changes = Some(now);
    }

    fn refresh(&mut self, scene: &Scene, slot: Slot) {
        let at = slot as usize;
        if at >= self.kept.len() {
            self.kept.resize_with(at + 1, || None);
        }
        let item = scene.item(slot);
        let same = |kept: &Kept, item: &Item| kept.serial == item.serial;
        if let (Some(kept), Some(item)) = (&mut self.kept[at], item)
            && same(kept, item)
        {
            let paint = paint(item);
            if kept.rank != item.rank {
                if let Ok(place) = self.shown.binary_search(&(kept.rank, slot)) {
                    self.shown.remove(place);
                    let place = self.shown.binary_search(&(item.rank, slot));
                    self.shown
                        .insert(place.unwrap_or_else(|place| place), (item.rank, slot));
                }
                kept.rank = item.rank;
                self.stale = true;
            }
            if kept.paint != paint {
                kept.paint = paint;
                let faint = kept.faint.unwrap_or(Faint::STRAIGHT);
                self.table.set(slot, kept.origin, paint, faint);
                self.stale = true;
            }
            return;
        }
        if let Some(kept) = self.kept[at].take() {
            self.stale = true;
            for (arena, run) in self.arenas.iter_mut().zip(kept.runs) {
                run.into_iter().for_each(|run| arena.free(run));
            }
            if let Ok(shown) = self.shown.binary_search(&(kept.rank, slot)) {
                self.shown.remove(shown);
            }
        }
        let Some(item) = item else { return };
        let (origin, paint) = (item.bounds.center(), paint(item));
        self.kept[at] = Some(Kept {
            serial: item.serial,
            origin,
            paint,
            faint: None,
            rank: item.rank,
            runs: [None; level::COUNT],
        });
        if self.around.is_some_and(|around| overlap(around, item.bounds)) {
            self.stale = true;
            self.missing.push(slot);
            let place = self.shown.binary_search(&(item.rank, slot));
            self.shown
                .insert(place.unwrap_or_else(|place| place), (item.rank, slot));
        }
    }

    /// Finds what is near what is seen, where that isn't known yet.
    fn look(&mut self, scene: &Scene, view: Rect, level: usize) {
        let known = self.around.is_some_and(|around| around.contains_rect(view));
        // From near by, what was found for a look from afar would be too much.
        let ample = self
            .around
            .is_some_and(|around| around.area() > 16.0 * view.area() && self.shown.len() > 1000);
        if !known || ample {
            let around = view.inflate(view.width() * AROUND, view.height() * AROUND);
            let near = scene.near(around).map(|(slot, item)| (item.rank, slot));
            self.shown.clear();
            self.shown.extend(near);
            self.shown.sort_unstable();
            self.around = Some(around);
        } else if level == self.level {
            return;
        }
        self.level = level;
        self.stale = true;
        let lacks = |slot: &Slot| {
            let kept = self.kept.get(*slot as usize).and_then(Option::as_ref);
            kept.is_some_and(|kept| kept.runs[level].is_none())
        };
        self.missing.clear();
        let lowest = self.shown.iter().map(|(_, slot)| *slot);
        self.missing.extend(lowest.rev().filter(lacks));
        // What is seen comes first, before all what has no shape that could stand in; the sort keeps the order otherwise.
        let kept = &self.kept;
        self.missing.sort_by_cached_key(|slot| {
            let seen = scene.item(*slot).is_some_and(|item| overlap(view, item.bounds));
            let held = kept.get(*slot as usize).and_then(Option::as_ref);
            (
                seen,
                held.is_none_or(|kept| kept.runs.iter().all(Option::is_none)),
            )
        });
    }

    /// Makes shapes that are missing.
    fn make(&mut self, scene: &Scene, document: &Document, until: Instant) {
        let mut corners = Vec::new();
        while let Some(slot) = self.missing.pop() {
            let Some(Some(kept)) = self.kept.get_mut(slot as usize) else {
                continue;
            };
            let Some(item) = scene.item(slot).filter(|_| kept.runs[self.level].is_none()) else {
                continue;
            };
            let element = document.element(&item.element);
            if let Some(element) = &element
                && kept.faint.is_none()
            {
                let faint = Faint::of(element, item.bounds.area());
                kept.faint = Some(faint);
                self.table.set(slot, kept.origin, kept.paint, faint);
            }
            let mesh = element.and_then(|element| element.mesh_within(level::tolerance(self.level)));
            if let Some(mesh) = mesh {
                corners.clear();
                vertex::push(&mut corners, &mesh, slot, kept.origin);
                kept.runs[self.level] = Some(self.arenas[self.level].put(&corners));
                self.stale = true;
            }
            if Instant::now() >= until {
                return;
            }
        }
    }

    /// Lists what is drawn: what lies in a row, in one go.
    fn list(&mut self) {
        self.draws.clear();
        for (_, slot) in &self.shown {
            let Some(Some(kept)) = self.kept.get(*slot as usize) else {
                continue;
            };
            let run = level::instead_of(self.level).find_map(|level| Some((level, kept.runs[level]?)));
            let Some((arena, run)) = run else { continue };
            let draw = Draw {
                run,
                arena,
                opaque: kept.paint.is_opaque(),
            };
            match self.draws.last_mut() {
                Some(last)
                    if draw.opaque
                        && last.opaque
                        && last.arena == arena
                        && last.run.block == run.block
                        && last.run.first + last.run.count == run.first =>
                {
                    last.run.count += run.count;
                }
                _ => self.draws.push(draw),
            }
        }
    }

    /// Tidies up after a frame: fills holes, and gives back what nobody has looked at for long.
    pub(super) fn tidy(&mut self, device: &wgpu::Device, queue: &wgpu::Queue) {
        let bytes = self.arenas.iter().map(Arena::bytes).sum::<u64>();
        if bytes > self.allowed && self.missing.is_empty() {
            let others =
                (0..level::COUNT).filter(|level| *level != self.level && self.arenas[*level].live() > 0);
            match others.min_by_key(|level| self.used[*level]) {
                Some(level) => self.forget(level, |_| true),
                None => {
                    let shown: HashSet<Slot> = self.shown.iter().map(|(_, slot)| *slot).collect();
                    self.forget(self.level, |slot| !shown.contains(&slot));
                    // What is seen stays, however much it is; holes take up to as much again.
                    self.allowed = KEPT.max(3 * self.arenas[self.level].live());
                }
            }
        } else if bytes < KEPT {
            self.allowed = KEPT;
        }
        for level in 0..level::COUNT {
            if let Some(block) = self.arenas[level].sparse() {
                self.empty(level, block, device, queue);
                return;
            }
        }
    }

    fn forget(&mut self, level: usize, which: impl Fn(Slot) -> bool) {
        for (slot, kept) in (0..).zip(&mut self.kept) {
            if let Some(kept) = kept.as_mut().filter(|_| which(slot))
                && let Some(run) = kept.runs[level].take()
            {
                self.arenas[level].free(run);
                self.stale = true;
            }
        }
    }

    /// Moves what is left in a block of a level elsewhere, from the lowest to the topmost.
    fn empty(&mut self, level: usize, block: u32, device: &wgpu::Device, queue: &wgpu::Queue) {
        let mut left: Vec<(u64, usize)> = Vec::new();
        for (at, kept) in self.kept.iter().enumerate() {
            if let Some(kept) = kept
                && kept.runs[level].is_some_and(|run| run.block == block)
            {
                left.push((kept.rank, at));
            }
        }
        left.sort_unstable();
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        for (_, at) in left {
            if let Some(run) = self.kept[at].as_mut().and_then(|kept| kept.runs[level].as_mut()) {
                *run = self.arenas[level].shift(*run, &mut encoder);
            }
        }
        // At once, before anything else is written to the block that is free now.
        queue.submit([encoder.finish()]);
        self.stale = true;
    }

    /// Whether no shape has been made yet.
    pub(super) fn is_bare(&self) -> bool {
        self.used.iter().all(|used| *used == 0)
    }

    pub(super) fn table(&mut self) -> &mut Table {
        &mut self.table
    }

    pub(super) fn arenas(&self) -> &[Arena] {
        &self.arenas
    }

    pub(super) fn draws(&self) -> &[Draw] {
        &self.draws
    }

    /// Whether everything that is to be seen is there, as exact as it should be.
    pub(super) fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// Bytes taken on the card.
    pub(super) fn bytes(&self) -> u64 {
        self.arenas.iter().map(Arena::bytes).sum::<u64>() + self.table.bytes()
    }
}

fn paint(item: &Item) -> Paint {
    Paint {
        color: item.color,
        opacity: item.opacity * if item.dimmed { DIMMED } else { 1.0 },
    }
}

fn overlap(a: Rect, b: Rect) -> bool {
    a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1
}
