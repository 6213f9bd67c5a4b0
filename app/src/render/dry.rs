//! What is finished on the board: shapes made once for each level of detail that somebody looked at, and the list of what is
//! drawn.

mod follow;
mod tidy;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use drawbridge_engine::document::Document;
use drawbridge_engine::geometry::{Point, Rect};
use drawbridge_engine::scene::{Item, Scene, Slot};
use drawbridge_protocol::ElementId;
use eframe::wgpu;

use super::arena::{Arena, Run};
use super::clips::Clips;
use super::level;
use super::maker::{Batch, Job, Makers, Shape};
use super::pictures::Pictures;
use super::shown::Shown;
use super::table::{Form, Paint, Row, Table};
use super::target::Draw;

/// How far around what is seen things are kept ready to be drawn, in parts of what is seen.
const AROUND: f64 = 0.25;

/// So many changes at once are taken up one by one, and their shapes made before the frame.
const FEW: usize = 256;
/// So many shapes are asked for ahead, at least: more than are made between two frames.
const AHEAD: usize = 512;
/// How long it takes, at the most, until everything that is seen is there the first time.
const FIRST: Duration = Duration::from_millis(150);
/// How long the shapes of what was just changed may take before the frame. Until they are there, former ones stand in.
const NOW: Duration = Duration::from_millis(5);
/// How far beyond its box a shape may be seen, in pixels.
const BEYOND: f64 = 2.0;
/// How much is left of what is about to go.
pub(super) const DIMMED: f64 = 0.3;

/// How much memory is taken on the card.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Corners, of 16 bytes each, in one block of memory: at least 1.
    pub block: u32,
    /// How many bytes of shapes stay although they are not seen.
    pub kept: u64,
    /// How many bytes of images stay although they are not seen.
    pub images: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            block: 1 << 17,
            kept: 256 << 20,
            images: 256 << 20,
        }
    }
}

/// The shape that a slot had before, which is drawn until there is another. The table says of the slot what is true of this
/// one until then.
#[derive(Debug, Clone, Copy)]
struct Before {
    arena: usize,
    run: Run,
    /// The frame since which it isn't true any more.
    since: u64,
}

/// What is kept of a slot.
#[derive(Debug)]
struct Kept {
    element: ElementId,
    serial: u64,
    before: Option<Before>,
    origin: Point,
    paint: Paint,
    /// Not known before the first shape is made.
    form: Option<Form>,
    rank: u64,
    runs: [Option<Run>; level::COUNT],
    /// The look for which its shape is wanted before others; see [`Dry::lacking`].
    wanted: u64,
}

impl Kept {
    fn of(item: &Item, paint: Paint) -> Box<Self> {
        Box::new(Self {
            element: item.element.clone(),
            serial: item.serial,
            before: None,
            origin: item.anchor,
            paint,
            form: None,
            rank: item.rank,
            runs: [None; level::COUNT],
            wanted: 0,
        })
    }

    fn lacks(&self, level: usize) -> bool {
        self.runs[level].is_none()
    }

    /// What is drawn of it, and in which arena that is: at this level, or at another that stands in.
    fn run(&self, level: usize) -> Option<(usize, Run)> {
        let made = level::instead_of(level).find_map(|level| Some((level, self.runs[level]?)));
        made.or(self.before.map(|before| (before.arena, before.run)))
    }

    /// The frame in which what is drawn of it ceased to be true; 0 where nothing is drawn.
    fn since(&self) -> u64 {
        self.before.map_or(0, |before| before.since)
    }
}

/// The finished shapes.
#[derive(Debug)]
pub(super) struct Dry {
    limits: Limits,
    /// By slot: what was near what is seen at some time.
    kept: Vec<Option<Box<Kept>>>,
    /// One a level.
    arenas: Vec<Arena>,
    table: Table,
    pictures: Pictures,
    clips: Clips,
    /// The number of the scene's changes up to which everything here is true.
    changes: Option<u64>,
    /// What is near what is seen.
    shown: Shown,
    /// The slots of which a former shape stands in.
    standing: HashSet<Slot>,
    /// The part of the board in which that is; `None` where it is to be found anew.
    around: Option<Rect>,
    level: usize,
    /// What of it has no shape at this level yet and was not asked for, the last first.
    missing: Vec<Slot>,
    makers: Makers,
    /// Counts how often it was found anew what is missing.
    looks: u64,
    /// How many shapes are missing that were in view at the last look.
    lacking: usize,
    /// How many shapes came in the last frame.
    pace: usize,
    /// Whether the picture is to be drawn anew.
    stale: bool,
    /// How many shapes were made, in all.
    made: u64,
    /// When each level was drawn last, in frames.
    used: [u64; level::COUNT],
    frame: u64,
    /// From how many bytes on something is given back.
    allowed: u64,
}

impl Dry {
    pub(super) fn new(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        image_layout: &wgpu::BindGroupLayout,
        limits: Limits,
    ) -> Self {
        Self {
            kept: Vec::new(),
            arenas: (0..level::COUNT)
                .map(|_| Arena::new(device, queue, limits.block))
                .collect(),
            table: Table::new(device, queue),
            pictures: Pictures::new(device, queue, image_layout, limits.images),
            clips: Clips::new(device, queue),
            changes: None,
            shown: Shown::default(),
            standing: HashSet::new(),
            around: None,
            level: 0,
            missing: Vec::new(),
            makers: Makers::start(),
            looks: 0,
            lacking: 0,
            pace: 0,
            stale: true,
            made: 0,
            used: [0; level::COUNT],
            frame: 0,
            allowed: limits.kept,
            limits,
        }
    }

    /// Brings everything up to date for a look at `view` at a scale (pixels per board unit). Takes up shapes, and helps to
    /// make them, for about as long as `time`; says whether anything is to be drawn anew.
    pub(super) fn update(
        &mut self,
        scene: &Scene,
        document: &Document,
        view: Rect,
        scale: f64,
        time: Duration,
    ) -> bool {
        let start = Instant::now();
        let changed = self.follow(scene);
        let patience = match &changed {
            _ if self.frame == 0 => FIRST,
            None => NOW,
            Some(_) => Duration::ZERO,
        };
        let until = (start + time, start + time.max(patience));
        self.frame += 1;
        self.look(scene, view, level::at(scale));
        self.used[self.level] = self.frame;
        // What is drawn reaches a little beyond its box: soft edges, and lines that are thinner than a pixel.
        let view = view.inflate(BEYOND / scale, BEYOND / scale);
        self.make_now(scene, document, view, changed.unwrap_or_default());
        let before = self.made;
        self.make(scene, document, view, until);
        self.pace = (self.made - before) as usize;
        if let Some(slots) = self.pictures.update(scene, view, scale) {
            self.stale = true;
            for slot in slots {
                if let Some(Some(kept)) = self.kept.get(slot as usize) {
                    self.shown.touch(kept.rank, slot);
                }
            }
        }
        let (kept, level, pictures) = (&self.kept, self.level, &self.pictures);
        self.shown.list(|slot| {
            let kept = kept.get(slot as usize)?.as_ref()?;
            if pictures.has(slot) {
                return Some(Draw::of_picture(slot));
            }
            let (arena, run) = kept.run(level)?;
            Some(kept.paint.draw(run, arena))
        });
        self.arenas.iter_mut().for_each(Arena::flush);
        std::mem::take(&mut self.stale)
    }

    /// Finds what is near what is seen, and what of it is missing, where that isn't known yet.
    fn look(&mut self, scene: &Scene, view: Rect, level: usize) {
        // Where that is all there is, nothing is farther out.
        let all = |around: Rect| scene.bounds().is_none_or(|all| around.contains_rect(all));
        let known = self
            .around
            .is_some_and(|around| around.contains_rect(view) || all(around));
        // From near by, what was found for a look from afar would be too much.
        let ample = self
            .around
            .is_some_and(|around| around.area() > 16.0 * view.area() && self.shown.len() > 1000);
        if !known || ample {
            let around = view.inflate(view.width() * AROUND, view.height() * AROUND);
            let ranked = |(slot, item): (Slot, &Item)| (item.rank, slot);
            self.shown.fill(if all(around) {
                scene.stacked().map(ranked).collect()
            } else {
                scene.near(around).map(ranked).collect()
            });
            self.around = Some(around);
            self.drop_far(scene, around);
        } else if level == self.level {
            return;
        }
        self.level = level;
        self.stale = true;
        self.looks += 1;
        self.lacking = 0;
        self.makers.give_up();
        // What is seen comes first, before all what has no shape that could stand in.
        let mut parts: [Vec<Slot>; 4] = std::array::from_fn(|_| Vec::new());
        let mut ready = false;
        for slot in self.shown.slots() {
            let (Some(kept), Some(item)) = (self.kept.get_mut(slot as usize), scene.item(slot)) else {
                continue;
            };
            let clip = self.clips.number(item.framed_by.as_ref(), scene);
            let kept = kept.get_or_insert_with(|| Kept::of(item, paint(item, clip)));
            if kept.lacks(level) {
                let seen = overlap(view, item.bounds);
                let bare = kept.runs.iter().all(Option::is_none);
                if seen {
                    self.lacking += 1;
                    kept.wanted = self.looks;
                }
                parts[usize::from(!bare) + 2 * usize::from(!seen)].push(slot);
            } else {
                ready = true;
            }
        }
        // Where nothing of this level is there yet, what stood in before goes on to.
        if ready {
            self.shown.touch_all();
        }
        // What has waited longest, of what changed over and over.
        if !self.standing.is_empty() {
            let since = |slot: &Slot| self.kept[*slot as usize].as_ref().map_or(0, |kept| kept.since());
            parts[0].sort_by_key(since);
        }
        self.missing.clear();
        for part in parts.iter().rev() {
            self.missing.extend(part.iter().rev());
        }
    }

    fn job(&self, scene: &Scene, document: &Document, slot: Slot) -> Option<Job> {
        let kept = self.kept.get(slot as usize)?.as_ref()?;
        let item = scene.item(slot)?;
        kept.lacks(self.level).then(|| Job {
            slot,
            serial: kept.serial,
            level: self.level,
            source: scene.source(document, &item.element),
            origin: kept.origin,
            area: kept.form.is_none().then(|| item.bounds.area()),
            again: false,
        })
    }

    /// Makes the shapes of what was just changed, so that it doesn't vanish for a moment, unless that takes long. What there
    /// is no time for is missing as other things are.
    fn make_now(&mut self, scene: &Scene, document: &Document, view: Rect, mut changed: Vec<Slot>) {
        let until = Instant::now() + NOW;
        changed.sort_by_key(|slot| self.kept[*slot as usize].as_ref().map_or(0, |kept| kept.since()));
        for slot in changed {
            let near = |item: &Item| self.around.is_some_and(|around| overlap(around, item.bounds));
            let Some(item) = scene.item(slot).filter(|item| near(item)) else {
                continue;
            };
            let Some(job) = self.job(scene, document, slot) else {
                continue;
            };
            if Instant::now() < until {
                self.take_up(scene, view, &Batch::of(&[job]));
                continue;
            }
            self.missing.push(slot);
            if let Some(Some(kept)) = self.kept.get_mut(slot as usize)
                && kept.wanted != self.looks
                && overlap(view, item.bounds)
            {
                kept.wanted = self.looks;
                self.lacking += 1;
            }
        }
    }

    /// Has shapes made that are missing, and takes up what was made: until the first of the two times, or until the
    /// second one where something is still missing that was in view at the last look.
    fn make(&mut self, scene: &Scene, document: &Document, view: Rect, until: (Instant, Instant)) {
        loop {
            self.ask(scene, document);
            let now = Instant::now();
            let left = if self.lacking > 0 { until.1 } else { until.0 }.saturating_duration_since(now);
            let batch = match self.makers.made() {
                Some(batch) => Some(batch),
                None if left.is_zero() || self.makers.wanted() == 0 => return,
                None if self.makers.help() => None,
                None => self.makers.made_within(left),
            };
            if let Some(batch) = batch {
                self.take_up(scene, view, &batch);
                if left.is_zero() {
                    return;
                }
            }
        }
    }

    /// Asks for what is missing, a little ahead.
    fn ask(&mut self, scene: &Scene, document: &Document) {
        let ahead = AHEAD.max(2 * self.pace);
        // Not for each batch anew.
        if self.missing.is_empty() || self.makers.out() > ahead / 2 {
            return;
        }
        let mut jobs = Vec::new();
        while self.makers.out() + jobs.len() < ahead
            && let Some(slot) = self.missing.pop()
        {
            jobs.extend(self.job(scene, document, slot));
        }
        self.makers.ask(jobs.into_iter());
    }

    fn take_up(&mut self, scene: &Scene, view: Rect, batch: &Batch) {
        for shape in &batch.shapes {
            self.made += u64::from(!shape.again);
            self.take_up_one(scene, view, shape, batch);
        }
    }

    fn take_up_one(&mut self, scene: &Scene, view: Rect, shape: &Shape, batch: &Batch) {
        let slot = shape.slot;
        let Some(kept) = self.kept.get_mut(slot as usize).and_then(Option::as_mut) else {
            return;
        };
        // It may have changed meanwhile, or been made on two threads.
        if kept.serial != shape.serial || kept.lacks(shape.level) == shape.again {
            return;
        }
        if shape.level == self.level && kept.wanted == self.looks {
            self.lacking -= 1;
            kept.wanted = 0;
        }
        if let Some(form) = shape.form.filter(|_| kept.form.is_none()) {
            kept.form = Some(form);
            self.table.set(slot, Row::of(kept.origin, kept.paint, form));
        }
        if let Some(before) = kept.before.take() {
            self.arenas[before.arena].free(before.run);
            self.standing.remove(&slot);
            self.shown.touch(kept.rank, slot);
            self.stale = true;
        }
        let Some(corners) = shape.corners.clone() else {
            return;
        };
        let arena = &mut self.arenas[shape.level];
        let run = arena.put(slot, &batch.corners, corners);
        if let Some(before) = kept.runs[shape.level].replace(run) {
            arena.free(before);
        }
        self.shown.touch(kept.rank, slot);
        self.stale |= !shape.again && scene.item(slot).is_some_and(|item| overlap(view, item.bounds));
    }

    /// Hands to the card what changed. Says whether the textures are others now.
    pub(super) fn flush(&mut self) -> bool {
        let slots = self.table.flush();
        self.clips.table().flush() || slots
    }

    /// What the shader is given: slots and clips.
    pub(super) fn given(&mut self) -> [wgpu::TextureView; 2] {
        [self.table.view(), self.clips.table().view()]
    }

    pub(super) fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    pub(super) fn pictures_mut(&mut self) -> &mut Pictures {
        &mut self.pictures
    }

    pub(super) fn arenas(&self) -> &[Arena] {
        &self.arenas
    }

    pub(super) fn draws(&self) -> &[Draw] {
        self.shown.draws()
    }

    /// Whether everything that was in view at the last look is there, as exact as it should be.
    pub(super) fn is_complete(&self) -> bool {
        self.lacking == 0
    }

    /// Whether shapes are on their way, be it for what is near what is seen.
    pub(super) fn has_more(&self) -> bool {
        !self.missing.is_empty() || self.makers.wanted() > 0 || self.pictures.has_more()
    }

    /// Whether shapes are made anew only to lie better.
    pub(super) fn is_tidying(&self) -> bool {
        self.makers.out() > self.makers.wanted()
    }

    /// How many shapes were made, in all.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// Bytes taken on the card.
    pub(super) fn bytes(&self) -> u64 {
        let tables = self.table.bytes() + self.clips.bytes();
        self.arenas.iter().map(Arena::bytes).sum::<u64>() + tables + self.pictures.bytes()
    }
}

/// How an item is drawn, which is cut off by this clip.
fn paint(item: &Item, clip: u32) -> Paint {
    let tinted = |color| item.tint.unwrap_or(color);
    Paint {
        clip,
        color: tinted(item.style.color),
        fill: item.style.fill.map(|color| (tinted(color), item.style.shade)),
        opacity: item.style.opacity * if item.dimmed { DIMMED } else { 1.0 },
    }
}

fn overlap(a: Rect, b: Rect) -> bool {
    a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1
}
