//! Shapes are made on threads of their own, so that no frame waits for many of them.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use drawbridge_engine::document::Source;
use drawbridge_engine::geometry::Point;
use drawbridge_engine::scene::Slot;

use super::level;
use super::table::Faint;
use super::vertex::{self, Vertex};

/// More threads than that make no difference that somebody sees.
const MOST: usize = 4;
/// So many shapes are handed over in one go, ...
const BATCH: usize = 32;
/// ... or so many, by whoever has little time.
const FEW: usize = 4;

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
    /// If it is to be told how it looks from afar: the area of a box around it, in square board units.
    pub(super) area: Option<f64>,
}

/// A shape that was made, unless its element can't be read.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) slot: Slot,
    pub(super) serial: u64,
    pub(super) level: usize,
    pub(super) faint: Option<Faint>,
    /// Where its corners are among those of the batch.
    pub(super) corners: Option<Range<usize>>,
}

/// Shapes that were made together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) shapes: Vec<Shape>,
    pub(super) corners: Vec<Vertex>,
}

impl Batch {
    /// Makes a shape.
    pub(super) fn make(&mut self, job: &Job) {
        let element = job.source.as_ref().and_then(Source::element);
        let faint = element.as_ref().zip(job.area);
        let start = self.corners.len();
        let mesh = element
            .as_ref()
            .and_then(|element| element.mesh_within(level::tolerance(job.level)));
        let corners = mesh.map(|mesh| {
            vertex::push(&mut self.corners, &mesh, job.slot, job.origin);
            start..self.corners.len()
        });
        self.shapes.push(Shape {
            slot: job.slot,
            serial: job.serial,
            level: job.level,
            faint: faint.map(|(element, area)| Faint::of(element, area)),
            corners,
        });
    }

    fn of(jobs: &[Job]) -> Self {
        let mut batch = Self::default();
        jobs.iter().for_each(|job| batch.make(job));
        batch
    }
}

#[derive(Debug, Default)]
struct Queue {
    jobs: VecDeque<Job>,
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

    fn work(&self, made: &Sender<Batch>) {
        loop {
            let mut queue = self.queue();
            while queue.jobs.is_empty() && !queue.ended {
                queue = self.more.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            if queue.ended {
                return;
            }
            let jobs = some(&mut queue.jobs, BATCH);
            drop(queue);
            if made.send(Batch::of(&jobs)).is_err() {
                return;
            }
        }
    }
}

fn some(jobs: &mut VecDeque<Job>, most: usize) -> Vec<Job> {
    let count = most.min(jobs.len());
    jobs.drain(..count).collect()
}

/// The threads, what they are to make, and what they made.
#[derive(Debug)]
pub(super) struct Makers {
    shared: Arc<Shared>,
    made: Receiver<Batch>,
    threads: Vec<JoinHandle<()>>,
    /// How many shapes were asked for that haven't been handed over.
    out: usize,
}

impl Makers {
    pub(super) fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let (tell, made) = channel();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        // One is left for the window. Without any thread the window makes them itself.
        let threads = (0..processors.saturating_sub(1).clamp(1, MOST)).filter_map(|_| {
            let (shared, tell) = (Arc::clone(&shared), tell.clone());
            std::thread::Builder::new()
                .name("drawbridge-shapes".to_owned())
                .spawn(move || shared.work(&tell))
                .ok()
        });
        Self {
            threads: threads.collect(),
            shared,
            made,
            out: 0,
        }
    }

    /// How many shapes are on their way.
    pub(super) fn out(&self) -> usize {
        self.out
    }

    /// Asks for shapes, after those asked for before.
    pub(super) fn ask(&mut self, jobs: impl Iterator<Item = Job>) {
        let mut queue = self.shared.queue();
        let before = queue.jobs.len();
        queue.jobs.extend(jobs);
        let asked = queue.jobs.len() - before;
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
        queue.jobs.clear();
    }

    /// What was made meanwhile.
    pub(super) fn made(&mut self) -> Option<Batch> {
        let batch = self.made.try_recv().ok();
        self.count(batch)
    }

    /// Makes a few on this thread. `None` when nothing is waiting to be made.
    pub(super) fn help(&mut self) -> Option<Batch> {
        let jobs = some(&mut self.shared.queue().jobs, FEW);
        let batch = (!jobs.is_empty()).then(|| Batch::of(&jobs));
        self.count(batch)
    }

    /// What is made within `time`.
    pub(super) fn made_within(&mut self, time: Duration) -> Option<Batch> {
        let batch = self.made.recv_timeout(time).ok();
        self.count(batch)
    }

    fn count(&mut self, batch: Option<Batch>) -> Option<Batch> {
        self.out -= batch.as_ref().map_or(0, |batch| batch.shapes.len());
        batch
    }
}

impl Drop for Makers {
    fn drop(&mut self) {
        self.shared.queue().ended = true;
        self.shared.more.notify_all();
        for thread in self.threads.drain(..) {
            // It ends whatever became of it.
            let _ = thread.join();
        }
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
        }
    }

    #[test]
    fn every_shape_asked_for_comes_once_from_the_threads_or_from_the_helper() {
        let mut makers = Makers::start();
        makers.ask((0..500).map(job));
        let mut slots = Vec::new();
        while makers.out() > 0 {
            let batch = makers.help();
            let batch = batch.or_else(|| makers.made_within(Duration::from_secs(60)));
            slots.extend(batch.expect("it comes").shapes.iter().map(|shape| shape.slot));
        }
        slots.sort_unstable();
        assert_eq!(slots, (0..500).collect::<Vec<_>>());
        assert!(makers.made().is_none() && makers.help().is_none());
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
        assert_eq!(made, begun);
    }
}
