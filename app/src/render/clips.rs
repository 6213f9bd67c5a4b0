//! What things are cut off by: the frames that they belong to. A frame that moves changes one row, whatever is in it.

use std::collections::HashMap;

use bytemuck::{Pod, Zeroable};
use drawbridge_engine::geometry::Point;
use drawbridge_engine::scene::Scene;
use drawbridge_protocol::ElementId;
use eframe::wgpu;

use super::table::{Table, halves};

/// A clip as the shader reads it: two texels.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Pod, Zeroable)]
pub(super) struct Clip {
    /// The middle of what is left open, each coordinate as the sum of two floats.
    high: [f32; 2],
    low: [f32; 2],
    /// What leads a way from there, in board units, to the unit square around nothing; all 0 where nothing is cut off.
    inverse: [f32; 4],
}

/// The clips, each under the number of its frame. Number 0 cuts nothing off.
#[derive(Debug)]
pub(super) struct Clips {
    numbers: HashMap<ElementId, u32>,
    table: Table<Clip>,
}

impl Clips {
    pub(super) fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        Self {
            numbers: HashMap::new(),
            table: Table::new(device, queue),
        }
    }

    /// The number of a frame, be it there or not.
    pub(super) fn number(&mut self, frame: Option<&ElementId>, scene: &Scene) -> u32 {
        let Some(frame) = frame else { return 0 };
        if let Some(number) = self.numbers.get(frame) {
            return *number;
        }
        let number = self.numbers.len() as u32 + 1;
        self.numbers.insert(frame.clone(), number);
        self.table.set(number, Clip::of(scene, Some(frame)));
        number
    }

    /// Looks where the frames are now. Says whether any is elsewhere than before.
    pub(super) fn follow(&mut self, scene: &Scene) -> bool {
        let mut another = false;
        for (frame, number) in &self.numbers {
            another |= self.table.set(*number, Clip::of(scene, Some(frame)));
        }
        another
    }

    pub(super) fn table(&mut self) -> &mut Table<Clip> {
        &mut self.table
    }

    /// Bytes taken on the card.
    pub(super) fn bytes(&self) -> u64 {
        self.table.bytes()
    }
}

impl Clip {
    /// Of what belongs to a frame.
    pub(super) fn of(scene: &Scene, frame: Option<&ElementId>) -> Self {
        let Some(area) = frame.and_then(|frame| scene.area(frame)) else {
            return Self::default();
        };
        let middle = area * Point::new(0.5, 0.5);
        let ((x, x_low), (y, y_low)) = (halves(middle.x), halves(middle.y));
        let [a, b, c, d, ..] = area.inverse().as_coeffs();
        Self {
            high: [x, y],
            low: [x_low, y_low],
            inverse: [a, b, c, d].map(|v| v as f32),
        }
    }
}
