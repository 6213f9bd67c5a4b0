//! Shapes are made on threads of their own, so that no frame waits for many of them. They are handed over in the order in
//! which they were asked for, so that neighbours lie side by side on the card and are drawn in one go.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use drawbridge_engine::document::Source;
use drawbridge_engine::geometry::Point;
use drawbridge_engine::scene::Slot;

use super::level;
use super::table::Form;
use super::vertex::{self, Vertex};

/// More threads than that make no difference that somebody sees.
const MOST: usize = 4;
/// So many shapes are handed over in one go.
const BATCH: usize = 32;

/// A shape that is to be made.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) slot: Slot,
    /// Of which serial; a later one makes it worthless.
    pub(super) serial: u64,
    pub(super) level: usize,
    pub(super) source: Option<Source>,
    /// What its corners are relative to.
    pub(super) origin: Point,
    /// If its form is to be told: the area of a box around it, in square board units.
    pub(super) area: Option<f64>,
    /// Whether there is one already, which this one takes the place of.
    pub(super) again: bool,
}

impl Job {
    fn make(&self, corners: &mut Vec<Vertex>) -> Shape {
        let start = corners.len();
        let make = || {
            let element = self.source.as_ref()?.element()?;
            let figure = element.figure();
            let form = self.area.map(|area| Form::of(&figure, area));
            let mesh = figure.shape(Some(level::tolerance(self.level))).mesh();
            let part = mesh.map(|mesh| {
                vertex::push(corners, &mesh, self.slot, self.origin, figure.reach());
                start..corners.len()
            });
            Some((form, part))
        };
        // One that can't be made must not keep all others from being seen.
        let made = catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|_| {
            tracing::error!("a shape could not be made; it is not shown");
            None
        });
        let (form, part) = made.unwrap_or_default();
        corners.truncate(part.as_ref().map_or(start, |part| part.end));
        Shape {
            slot: self.slot,
            serial: self.serial,
            level: self.level,
            form,
            again: self.again,
            corners: part,
        }
    }
}

/// A shape that was made, unless its element can't be read.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) slot: Slot,
    pub(super) serial: u64,
    pub(super) level: usize,
    pub(super) form: Option<Form>,
    pub(super) again: bool,
    /// Where its corners are among those of the batch.
    pub(super) corners: Option<Range<usize>>,
}

/// Shapes that were made together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) shapes: Vec<Shape>,
    pub(super) corners: Arc<Vec<Vertex>>,
}

impl Batch {
    /// Makes shapes.
    pub(super) fn of(jobs: &[Job]) -> Self {
        let mut corners = Vec::new();
        let shapes = jobs.iter().map(|job| job.make(&mut corners)).collect();
        Self {
            shapes,
            corners: Arc::new(corners),
        }
    }
}

#[derive(Debug, Default)]
struct Queue {
    jobs: VecDeque<Job>,
    /// How many were begun so far.
    begun: u64,
    ended: bool,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    more: Condvar,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, made: &Sender<(u64, Batch)>) {
        loop {
            let mut queue = self.queue();
            while queue.jobs.is_empty() && !queue.ended {
                queue = self.more.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            if queue.ended {
                return;
            }
            let (number, jobs) = queue.begin(BATCH);
            drop(queue);
            if made.send((number, Batch::of(&jobs))).is_err() {
                return;
            }
        }
    }
}

impl Queue {
    /// Takes out the next ones; returns how many were begun before them.
    fn begin(&mut self, most: usize) -> (u64, Vec<Job>) {
        let count = most.min(self.jobs.len());
        let before = self.begun;
        self.begun += count as u64;
        (before, self.jobs.drain(..count).collect())
    }
}

/// The threads, what they are to make, and what they made.
#[derive(Debug)]
pub(super) struct Makers {
    shared: Arc<Shared>,
    made: Receiver<(u64, Batch)>,
    /// What was made before its turn, by how many were begun before.
    early: BTreeMap<u64, Batch>,
    /// How many were handed over.
    handed: u64,
    /// How many shapes were asked for that haven't been handed over, ...
    out: usize,
    /// ... and how many of them are not there yet in another place.
    wanted: usize,
}

impl Makers {
    pub(super) fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let (tell, made) = channel();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        // One is left for the window. Without any thread the window makes them itself.
        for _ in 0..processors.saturating_sub(1).clamp(1, MOST) {
            let (shared, tell) = (Arc::clone(&shared), tell.clone());
            let thread = std::thread::Builder::new().name("drawbridge-shapes".to_owned());
            if let Err(error) = thread.spawn(move || shared.work(&tell)) {
                tracing::warn!(%error, "no thread to make shapes on");
            }
        }
        Self {
            shared,
            made,
            early: BTreeMap::new(),
            handed: 0,
            out: 0,
            wanted: 0,
        }
    }

    /// How many shapes are on their way.
    pub(super) fn out(&self) -> usize {
        self.out
    }

    /// How many of them are not there yet in another place.
    pub(super) fn wanted(&self) -> usize {
        self.wanted
    }

    /// Asks for shapes, after those asked for before.
    pub(super) fn ask(&mut self, jobs: impl Iterator<Item = Job>) {
        let mut queue = self.shared.queue();
        let before = queue.jobs.len();
        queue.jobs.extend(jobs);
        let asked = queue.jobs.len() - before;
        self.wanted += queue.jobs.range(before..).filter(|job| !job.again).count();
        drop(queue);
        self.out += asked;
        if asked > 0 {
            self.shared.more.notify_all();
        }
    }

    /// Those that nobody has begun are not wanted any more.
    pub(super) fn give_up(&mut self) {
        let mut queue = self.shared.queue();
        self.out -= queue.jobs.len();
        self.wanted -= queue.jobs.iter().filter(|job| !job.again).count();
        queue.jobs.clear();
    }

    /// What was made meanwhile.
    pub(super) fn made(&mut self) -> Option<Batch> {
        self.early.extend(self.made.try_iter());
        self.next()
    }

    /// Makes one on this thread. Says whether there was one to be made.
    pub(super) fn help(&mut self) -> bool {
        let (number, jobs) = self.shared.queue().begin(1);
        if !jobs.is_empty() {
            self.early.insert(number, Batch::of(&jobs));
        }
        !jobs.is_empty()
    }

    /// What is made within `time`.
    pub(super) fn made_within(&mut self, time: Duration) -> Option<Batch> {
        let until = Instant::now() + time;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.made() {
                None if !left.is_zero() => self.early.extend(self.made.recv_timeout(left).ok()),
                batch => return batch,
            }
        }
    }

    /// The batch whose turn it is, if it is there.
    fn next(&mut self) -> Option<Batch> {
        let batch = self.early.remove(&self.handed)?;
        self.handed += batch.shapes.len() as u64;
        self.out -= batch.shapes.len();
        self.wanted -= batch.shapes.iter().filter(|shape| !shape.again).count();
        Some(batch)
    }
}

impl Drop for Makers {
    fn drop(&mut self) {
        self.shared.queue().ended = true;
        self.shared.more.notify_all();
        // The threads end by themselves, after the few that they have begun.
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(slot: Slot) -> Job {
        Job {
            slot,
            serial: u64::from(slot),
            level: 0,
            source: None,
            origin: Point::ORIGIN,
            area: None,
            again: slot.is_multiple_of(3),
        }
    }

    #[test]
    fn every_shape_asked_for_comes_once_from_the_threads_or_from_the_helper() {
        let mut makers = Makers::start();
        makers.ask((0..500).map(job));
        let mut slots = Vec::new();
        while makers.out() > 0 {
            let batch = if makers.help() {
                makers.made()
            } else {
                makers.made_within(Duration::from_secs(60))
            };
            let shapes = batch.map(|batch| batch.shapes).unwrap_or_default();
            slots.extend(shapes.iter().map(|shape| shape.slot));
        }
        assert_eq!(slots, (0..500).collect::<Vec<_>>(), "in their order");
        assert!(makers.made().is_none() && !makers.help());
        assert_eq!(makers.wanted(), 0);
    }

    #[test]
    fn what_is_given_up_is_not_made_unless_it_was_begun() {
        let mut makers = Makers::start();
        makers.ask((0..100_000).map(job));
        makers.give_up();
        let begun = makers.out();
        let mut made = 0;
        while makers.out() > 0 {
            let batch = makers.made_within(Duration::from_secs(60));
            made += batch.expect("what was begun comes").shapes.len();
        }
        assert_eq!((made, makers.wanted()), (begun, 0));
    }
}
