//! Memory on the graphics card for shapes: blocks that are filled from the start to the end. What goes leaves a hole; a block
//! with more holes than shapes is to be emptied, its shapes made anew, and is used again.

use std::ops::Range;
use std::sync::Arc;

use drawbridge_engine::scene::Slot;
use eframe::wgpu;

use super::vertex::Vertex;

/// Where a shape lies: a block, and its corners there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) block: u32,
    pub(super) first: u32,
    pub(super) count: u32,
}

#[derive(Debug)]
struct Block {
    buffer: wgpu::Buffer,
    /// Corners that fit.
    room: u32,
    /// Corners up to here are taken, or were.
    used: u32,
    /// Corners of shapes that are still there.
    live: u32,
    /// Whose shapes were put in; some are gone.
    slots: Vec<Slot>,
}

/// Blocks of shapes.
#[derive(Debug)]
pub(super) struct Arena {
    device: wgpu::Device,
    queue: wgpu::Queue,
    /// Corners in a block.
    room: u32,
    blocks: Vec<Option<Block>>,
    /// The block that is being filled.
    last: Option<u32>,
    /// What is to be written at the end of what the last block holds already: parts of rows of corners.
    staged: Vec<(Arc<Vec<Vertex>>, Range<usize>)>,
    /// An empty block, kept for the next one that is needed.
    spare: Option<Block>,
}

impl Arena {
    /// An empty one, whose blocks have room for so many corners.
    pub(super) fn new(device: &wgpu::Device, queue: &wgpu::Queue, room: u32) -> Self {
        Self {
            device: device.clone(),
            queue: queue.clone(),
            room,
            blocks: Vec::new(),
            last: None,
            staged: Vec::new(),
            spare: None,
        }
    }

    /// Bytes taken on the card.
    pub(super) fn bytes(&self) -> u64 {
        let all = self.blocks.iter().flatten().chain(&self.spare);
        all.map(|block| u64::from(block.room) * Vertex::SIZE).sum()
    }

    /// Bytes of the shapes that are in it.
    pub(super) fn live(&self) -> u64 {
        let all = self.blocks.iter().flatten();
        all.map(|block| u64::from(block.live) * Vertex::SIZE).sum()
    }

    /// Puts a slot's shape in, a part of a row of corners, at the end of the last block. It is there after the next
    /// [`Self::flush`].
    pub(super) fn put(&mut self, slot: Slot, corners: &Arc<Vec<Vertex>>, part: Range<usize>) -> Run {
        let count = part.len() as u32;
        let fits = |block: &Block| block.room - block.used >= count;
        let last = match self.last {
            Some(last) if self.block(last).is_some_and(fits) => last,
            _ => self.begin(count),
        };
        let mut first = 0;
        if let Some(Some(block)) = self.blocks.get_mut(last as usize) {
            first = block.used;
            block.used += count;
            block.live += count;
            block.slots.push(slot);
        }
        match self.staged.last_mut() {
            // Copied once, with what it goes on from.
            Some((row, before)) if Arc::ptr_eq(row, corners) && before.end == part.start => {
                before.end = part.end;
            }
            _ => self.staged.push((Arc::clone(corners), part)),
        }
        Run {
            block: last,
            first,
            count,
        }
    }

    /// Begins another block, for at least so many corners.
    fn begin(&mut self, count: u32) -> u32 {
        self.flush();
        let room = count.max(self.room);
        let block = self.spare.take().filter(|spare| spare.room >= room);
        let block = block.unwrap_or_else(|| Block {
            buffer: self.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("shapes"),
                size: u64::from(room) * Vertex::SIZE,
                usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            }),
            room,
            used: 0,
            live: 0,
            slots: Vec::new(),
        });
        let free = self.blocks.iter().position(Option::is_none);
        let at = free.unwrap_or_else(|| {
            self.blocks.push(None);
            self.blocks.len() - 1
        });
        self.blocks[at] = Some(block);
        // What was the last may have become empty while it was filled.
        let before = self.last.replace(at as u32);
        before.into_iter().for_each(|before| self.clear_if_empty(before));
        at as u32
    }

    /// Gives a shape's place back.
    pub(super) fn free(&mut self, run: Run) {
        if let Some(Some(block)) = self.blocks.get_mut(run.block as usize) {
            block.live -= run.count;
            self.clear_if_empty(run.block);
        }
    }

    fn clear_if_empty(&mut self, at: u32) {
        let Some(slot) = self.blocks.get_mut(at as usize) else {
            return;
        };
        let filling = self.last == Some(at);
        if slot.as_ref().is_none_or(|block| block.live > 0) || (filling && !self.staged.is_empty()) {
            return;
        }
        if filling {
            self.last = None;
        }
        if let Some(mut block) = slot.take().filter(|block| block.room == self.room) {
            block.used = 0;
            block.slots.clear();
            self.spare = Some(block);
        }
    }

    /// Hands to the card what was put in since the last time.
    pub(super) fn flush(&mut self) {
        let Some(block) = self
            .last
            .and_then(|last| self.blocks.get(last as usize)?.as_ref())
        else {
            return;
        };
        let staged = std::mem::take(&mut self.staged);
        let count: usize = staged.iter().map(|(_, part)| part.len()).sum();
        let Some(size) = wgpu::BufferSize::new(count as u64 * Vertex::SIZE) else {
            return;
        };
        let at = (u64::from(block.used) - count as u64) * Vertex::SIZE;
        if let Some(mut room) = self.queue.write_buffer_with(&block.buffer, at, size) {
            let mut filled = 0;
            for (row, part) in staged {
                let bytes: &[u8] = bytemuck::cast_slice(&row[part]);
                room.slice(filled..filled + bytes.len()).copy_from_slice(bytes);
                filled += bytes.len();
            }
        }
    }

    /// A block, other than the last, of which less than half is taken.
    pub(super) fn sparse(&self) -> Option<u32> {
        let sparse = |(at, block): (usize, &Option<Block>)| {
            let block = block.as_ref()?;
            (self.last != Some(at as u32) && block.live < block.room / 2).then_some(at as u32)
        };
        self.blocks.iter().enumerate().find_map(sparse)
    }

    /// Whose shapes were put into a block since it was empty. Some may be gone, or be there more than once.
    pub(super) fn slots(&self, at: u32) -> &[Slot] {
        self.block(at).map_or(&[], |block| &block.slots)
    }

    fn block(&self, at: u32) -> Option<&Block> {
        self.blocks.get(at as usize)?.as_ref()
    }

    /// The buffer of a block.
    pub(super) fn buffer(&self, at: u32) -> Option<&wgpu::Buffer> {
        self.block(at).map(|block| &block.buffer)
    }
}
