//! A stroke under one's own hand: samples in, wet chunks and at last the `base` out.

use drawbridge_protocol::{ElementId, Property, SlotName, SlotOp};

use super::{Pointer, Set};
use crate::document::{Element, Order, Sample, Writer, chunk};
use crate::geometry::{Camera, InkPoint, Kind, SpeedPressure};

/// A stroke's `base` stays below 256 KiB of JSON, its other members included.
const FULL: usize = 256 * 1024 - 1024;

/// A stroke being drawn. Its points are kept as they will be stored, so that wet and dry are the same.
#[derive(Debug)]
pub struct Stroke {
    /// What it will be, but for its points.
    element: Element,
    samples: Vec<Sample>,
    /// The samples as points.
    ink: Vec<InkPoint>,
    whole: Writer,
    /// What came since the last chunk.
    unsent: Writer,
    /// Whether others have been told of it.
    told: bool,
    /// Whether it is one straight line from the first point to the last.
    straight: bool,
    speed: SpeedPressure,
    /// Whether points came since it was last looked at.
    changed: bool,
}

impl Stroke {
    /// Begins a stroke that will be `element`.
    pub(super) fn begin(element: Element, pointer: &Pointer, camera: &Camera) -> Self {
        let mut stroke = Self {
            element: Element {
                step: step(camera.zoom()),
                ..element
            },
            samples: Vec::new(),
            ink: Vec::new(),
            whole: Writer::default(),
            unsent: Writer::default(),
            told: false,
            straight: pointer.modifiers.shift,
            speed: SpeedPressure::new(pointer.pos, pointer.time_ms),
            changed: true,
        };
        stroke.push(pointer, camera);
        stroke
    }

    /// The stroke that goes on, under another name, where this one has become too long.
    pub(super) fn go_on(&self, id: ElementId, order: Order) -> Self {
        let mut next = Self {
            element: Element {
                id,
                order,
                ..self.element.clone()
            },
            samples: Vec::new(),
            ink: Vec::new(),
            whole: Writer::default(),
            unsent: Writer::default(),
            told: false,
            straight: false,
            speed: self.speed.clone(),
            changed: true,
        };
        if let Some(last) = self.samples.last() {
            next.add(*last);
        }
        next
    }

    pub(super) fn push(&mut self, pointer: &Pointer, camera: &Camera) {
        let from_speed = self.speed.at(pointer.pos, pointer.time_ms);
        let pressure = if self.straight || self.element.kind == Kind::Highlight {
            0.5
        } else {
            pointer.pressure.unwrap_or(from_speed)
        };
        let pos = camera.board_from_screen(pointer.pos);
        if !pos.is_finite() {
            return;
        }
        let sample = Sample::of(InkPoint::new(pos, pressure), self.element.step);
        if self
            .samples
            .last()
            .is_some_and(|last| (last.x, last.y) == (sample.x, sample.y))
        {
            return;
        }
        if self.straight && self.samples.len() > 1 {
            let first = self.samples[0];
            self.samples.clear();
            self.ink.clear();
            self.whole = Writer::default();
            self.add(first);
        }
        self.add(sample);
    }

    fn add(&mut self, sample: Sample) {
        self.samples.push(sample);
        self.ink.push(sample.ink(self.element.step));
        self.whole.push(sample);
        self.unsent.push(sample);
        self.changed = true;
    }

    /// The element that it will be.
    #[must_use]
    pub fn id(&self) -> &ElementId {
        &self.element.id
    }

    /// What it will be, but for its points.
    #[must_use]
    pub fn element(&self) -> &Element {
        &self.element
    }

    pub(super) fn is_full(&self) -> bool {
        self.whole.size() >= FULL
    }

    /// All its points, in board units. No two in a row are at one place.
    #[must_use]
    pub fn ink(&self) -> &[InkPoint] {
        &self.ink
    }

    /// Whether points before the last ones change as it is drawn.
    #[must_use]
    pub fn is_straight(&self) -> bool {
        self.straight
    }

    /// Whether points came since this was asked last.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Whether there is something that others have not been told.
    #[must_use]
    pub fn has_unsent(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// What others are to be told since the last time, as one chunk.
    pub fn flush(&mut self) -> Option<(SlotName, SlotOp)> {
        let last = self.samples.last().copied().filter(|_| self.has_unsent())?;
        let unsent = std::mem::replace(&mut self.unsent, Writer::after(last));
        let op = if self.told && !self.straight {
            SlotOp::Add(vec![chunk(&unsent)])
        } else {
            SlotOp::Put(vec![self.element.base_with(&self.whole)])
        };
        self.told = true;
        Some((self.element.id.slot(), op))
    }

    /// The cell that it becomes, and the wet slot that this ends.
    pub(super) fn finish(&self) -> (Set, Option<SlotName>) {
        let set = (
            self.element.id.clone(),
            Property::base(),
            self.element.base_with(&self.whole),
        );
        (set, self.told.then(|| self.element.id.slot()))
    }

    /// What takes it back from others.
    pub(super) fn clear(&self) -> Option<(SlotName, SlotOp)> {
        self.told.then(|| (self.element.id.slot(), SlotOp::Clear))
    }
}

/// The resolution of what is drawn at a zoom: a power of two, a quarter of a screen point or less.
pub(crate) fn step(zoom: f64) -> f64 {
    2f64.powi((0.25 / zoom).log2().floor() as i32)
}
