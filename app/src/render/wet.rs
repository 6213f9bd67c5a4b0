//! What is being drawn, above everything else or below it: what is settled of a stroke is handed to the card once.

use std::collections::HashMap;
use std::sync::Arc;

use drawbridge_engine::scene::{Scene, WetKey, WetPiece};
use eframe::wgpu;

use super::arena::{Arena, Run};
use super::clips::Clips;
use super::table::{Form, Paint, Row, Table};
use super::target::Draw;
use super::vertex;

/// Corners in a block: 512 KiB.
const ROOM: u32 = 1 << 15;

/// What is under way, of one layer.
#[derive(Debug)]
pub(super) struct Wet {
    /// Whether that is the layer below all that is finished.
    below: bool,
    /// By serial: the slot, and where the shape lies.
    kept: HashMap<u64, (u32, Run)>,
    free: Vec<u32>,
    slots: u32,
    /// One, as a list.
    arenas: [Arena; 1],
    table: Table,
    clips: Clips,
    draws: Vec<Draw>,
}

impl Wet {
    pub(super) fn new(device: &wgpu::Device, queue: &wgpu::Queue, below: bool) -> Self {
        Self {
            below,
            kept: HashMap::new(),
            free: Vec::new(),
            slots: 0,
            arenas: [Arena::new(device, queue, ROOM)],
            table: Table::new(device, queue),
            clips: Clips::new(device, queue),
            draws: Vec::new(),
        }
    }

    fn pieces<'a>(&self, scene: &'a Scene) -> impl Iterator<Item = (&'a WetKey, &'a WetPiece)> + use<'a> {
        let below = self.below;
        let pieces = scene.wet_pieces();
        pieces.filter(move |(_, piece)| piece.below == below)
    }

    /// Whether there is anything of this layer.
    pub(super) fn any(&self, scene: &Scene) -> bool {
        self.pieces(scene).next().is_some()
    }

    /// Takes up what there is now.
    pub(super) fn update(&mut self, scene: &Scene) {
        self.clips.follow(scene);
        let mut before = std::mem::take(&mut self.kept);
        self.draws.clear();
        let mut fresh = Vec::new();
        // What is left in a block full of holes moves out of it.
        let sparse = self.arenas[0].sparse();
        for (_, piece) in self.pieces(scene) {
            let stays = |(_, run): &(u32, Run)| Some(run.block) != sparse;
            if before.get(&piece.serial).is_some_and(stays) {
                self.kept.extend(before.remove_entry(&piece.serial));
            } else {
                fresh.push(piece);
            }
        }
        for (slot, run) in before.into_values() {
            self.arenas[0].free(run);
            self.free.push(slot);
        }
        for piece in fresh {
            let slot = self.free.pop().unwrap_or_else(|| {
                self.slots += 1;
                self.slots - 1
            });
            let offsets = piece.mesh.strip.iter().map(|corner| corner.offset);
            let reach = offsets.map(|[x, y]| f64::from(x.hypot(y))).fold(1e-9, f64::max);
            let size = piece.mesh.bounds.size();
            let form = Form::straight(reach, size.min_side());
            let clip = self.clips.number(piece.framed_by.as_ref(), scene);
            let row = Row::of(piece.mesh.origin, paint(piece, clip), form);
            self.table.set(slot, row);
            let mut corners = Vec::new();
            vertex::push(&mut corners, &piece.mesh, slot, piece.mesh.origin, reach);
            let all = 0..corners.len();
            let run = self.arenas[0].put(slot, &Arc::new(corners), all);
            self.kept.insert(piece.serial, (slot, run));
        }
        self.arenas[0].flush();
        let mut last = None;
        for (key, piece) in self.pieces(scene) {
            let Some((_, run)) = self.kept.get(&piece.serial) else {
                continue;
            };
            // The pieces of one stroke shine through as one.
            let joined = last.replace(key) == Some(key);
            self.draws.push(Draw {
                joined,
                ..paint(piece, 0).draw(*run, 0)
            });
        }
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

    pub(super) fn arenas(&self) -> &[Arena] {
        &self.arenas
    }

    pub(super) fn draws(&self) -> &[Draw] {
        &self.draws
    }

    /// Bytes taken on the card.
    pub(super) fn bytes(&self) -> u64 {
        self.arenas[0].bytes() + self.table.bytes() + self.clips.bytes()
    }
}

fn paint(piece: &WetPiece, clip: u32) -> Paint {
    Paint {
        clip,
        color: piece.color,
        fill: None,
        opacity: piece.opacity,
    }
}
