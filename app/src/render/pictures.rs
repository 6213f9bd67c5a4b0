//! Images on the graphics card: read on threads of their own, as large as they are seen, in halves of their size down to one
//! pixel. What hasn't been seen for longest goes when there is too much. Until one is there, its grey shape is drawn.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use bytemuck::{Pod, Zeroable};
use drawbridge_engine::geometry::{Point, Rect};
use drawbridge_engine::images::{KEPT_SIDE, Pixels, StoredImage};
use drawbridge_engine::scene::{Item, Scene, Slot};
use drawbridge_protocol::ImageHash;
use eframe::wgpu;

use super::clips::Clip;
use super::dry::DIMMED;
use super::pipelines::COLOR;
use super::table::halves;

/// Where an image's bytes are; `None` where they aren't here yet. May wait for the disk: asked on other threads.
pub type Source = Arc<dyn Fn(&ImageHash) -> Option<StoredImage> + Send + Sync>;

/// So many images are read at once.
const THREADS: usize = 2;
/// The smallest that an image is read as, in pixels of its longer side.
const SMALLEST: u32 = 64;
/// So many bytes of pixels are handed to the card in one frame, and at least one image.
const A_FRAME: u64 = 32 << 20;
/// How large the list of what is laid is at first.
const ROOM: usize = 16;

/// An image as the shader reads it.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
struct Laid {
    middle: [f32; 4],
    ways: [f32; 4],
    opacity: f32,
    clip: Clip,
}

/// How the shader is given them.
pub(super) const LAYOUT: wgpu::VertexBufferLayout<'static> = wgpu::VertexBufferLayout {
    array_stride: size_of::<Laid>() as u64,
    step_mode: wgpu::VertexStepMode::Instance,
    attributes: &wgpu::vertex_attr_array![
        0 => Float32x4, 1 => Float32x4, 2 => Float32, 3 => Float32x4, 4 => Float32x4
    ],
};

/// An image on the card.
#[derive(Debug)]
struct Texture {
    bound: wgpu::BindGroup,
    /// For how many pixels along the longer side it was read; it has fewer where it isn't larger.
    asked: u32,
    bytes: u64,
}

/// What is known of an image.
#[derive(Debug, Default)]
struct Known {
    texture: Option<Texture>,
    /// The side for which it is being read.
    reading: Option<u32>,
    /// Nothing to be read: it isn't here yet, or can't be read.
    barren: bool,
    /// It came while it was being read: if nothing was found, that is no longer true.
    came: bool,
    /// The frame in which it was seen last.
    seen: u64,
}

#[derive(Debug)]
struct Job {
    hash: ImageHash,
    side: u32,
}

/// What became of a job: an image in halves of its size, the largest first; nothing where it can't be read.
struct Made {
    hash: ImageHash,
    side: u32,
    levels: Vec<Pixels>,
}

#[derive(Default)]
struct Queue {
    jobs: Vec<Job>,
    ended: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    more: Condvar,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, source: &Source, made: &Sender<Made>) {
        loop {
            let mut queue = self.queue();
            while queue.jobs.is_empty() && !queue.ended {
                queue = self.more.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            if queue.ended {
                return;
            }
            // The last is wanted most.
            let Some(Job { hash, side }) = queue.jobs.pop() else {
                continue;
            };
            drop(queue);
            let levels = source(&hash)
                .map(|image| levels(&hash, &image, side))
                .unwrap_or_default();
            if made.send(Made { hash, side, levels }).is_err() {
                return;
            }
        }
    }
}

fn levels(hash: &ImageHash, image: &StoredImage, side: u32) -> Vec<Pixels> {
    let whole = match Pixels::of(image, side) {
        Ok(whole) => whole,
        Err(error) => {
            tracing::warn!(%hash, %error, "an image can't be shown");
            return Vec::new();
        }
    };
    let mut levels = vec![whole];
    while let Some(last) = levels.last().filter(|last| (last.width, last.height) != (1, 1)) {
        let half = last.half();
        levels.push(half);
    }
    levels
}

/// The threads that read.
struct Readers {
    shared: Arc<Shared>,
    made: Receiver<Made>,
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.shared.queue().ended = true;
        self.shared.more.notify_all();
    }
}

/// All images.
pub(super) struct Pictures {
    device: wgpu::Device,
    queue: wgpu::Queue,
    layout: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
    /// `None` where there is nothing to read from.
    readers: Option<Readers>,
    known: HashMap<ImageHash, Known>,
    /// What is drawn of a slot: which image, and where in the list.
    drawn: HashMap<Slot, (ImageHash, u32)>,
    laid: Vec<Laid>,
    buffer: wgpu::Buffer,
    bytes: u64,
    /// How many bytes of pixels may stay.
    kept: u64,
    frame: u64,
    reading: usize,
}

impl std::fmt::Debug for Pictures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pictures").finish_non_exhaustive()
    }
}

impl Pictures {
    pub(super) fn new(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        layout: &wgpu::BindGroupLayout,
        kept: u64,
    ) -> Self {
        Self {
            device: device.clone(),
            queue: queue.clone(),
            layout: layout.clone(),
            sampler: device.create_sampler(&wgpu::SamplerDescriptor {
                label: Some("images"),
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                mipmap_filter: wgpu::MipmapFilterMode::Linear,
                ..wgpu::SamplerDescriptor::default()
            }),
            readers: None,
            known: HashMap::new(),
            drawn: HashMap::new(),
            laid: Vec::new(),
            buffer: buffer(device, ROOM),
            bytes: 0,
            kept,
            frame: 0,
            reading: 0,
        }
    }

    /// Says where images are, if that isn't known.
    pub(super) fn read_from(&mut self, source: impl FnOnce() -> Source) {
        if self.readers.is_some() {
            return;
        }
        let source = source();
        let shared = Arc::new(Shared::default());
        let (tell, made) = channel();
        for _ in 0..THREADS {
            let (shared, source, tell) = (Arc::clone(&shared), Arc::clone(&source), tell.clone());
            let work = move || shared.work(&source, &tell);
            let started = std::thread::Builder::new().name("images".to_owned()).spawn(work);
            if let Err(error) = started {
                tracing::error!(%error, "no thread to read images");
            }
        }
        self.readers = Some(Readers { shared, made });
    }

    /// These have come: whoever shows them looks again.
    pub(super) fn arrived(&mut self, images: &[ImageHash]) {
        for hash in images {
            if let Some(known) = self.known.get_mut(hash) {
                known.barren = false;
                known.came = known.reading.is_some();
            }
        }
    }

    /// Whether the last try to read an image came to nothing.
    pub(super) fn is_barren(&self, image: &ImageHash) -> bool {
        self.known.get(image).is_some_and(|known| known.barren)
    }

    /// Whether images are on their way to the card.
    pub(super) fn has_more(&self) -> bool {
        self.reading > 0
    }

    /// Bytes taken on the card.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes + self.buffer.size()
    }

    /// Whether a slot's image is on the card.
    pub(super) fn has(&self, slot: Slot) -> bool {
        self.drawn.contains_key(&slot)
    }

    /// Brings everything up to date for a look at `view` at a scale (pixels per board unit). Says which slots are drawn otherwise
    /// now; `None` where nothing is.
    pub(super) fn update(&mut self, scene: &Scene, view: Rect, scale: f64) -> Option<Vec<Slot>> {
        self.frame += 1;
        let mut changed = self.take_up();
        let mut jobs = Vec::new();
        let (mut laid, mut drawn) = (Vec::new(), HashMap::new());
        let over = self.bytes > self.kept;
        for (slot, item) in scene.pictures() {
            let seen = |item: &Item| {
                let (a, b) = (item.bounds, view);
                a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1
            };
            let Some((picture, place)) = item.picture.filter(|_| seen(item)) else {
                continue;
            };
            let [a, b, c, d, ..] = place.as_coeffs();
            let side = (a.hypot(b).max(c.hypot(d)) * scale).clamp(1.0, f64::from(KEPT_SIDE)) as u32;
            let side = side.next_power_of_two().clamp(SMALLEST, KEPT_SIDE);
            let known = self.known.entry(picture.image).or_default();
            known.seen = self.frame;
            let fits = known
                .texture
                .as_ref()
                .is_some_and(|texture| texture.asked >= side && !(over && texture.asked >= 4 * side));
            if !fits && !known.barren && known.reading.is_none_or(|reading| reading < side) {
                jobs.push(Job {
                    hash: picture.image,
                    side,
                });
            }
            if known.texture.is_some() {
                let middle = place * Point::new(0.5, 0.5);
                let ((x, x_low), (y, y_low)) = (halves(middle.x), halves(middle.y));
                let dimmed = if item.dimmed { DIMMED } else { 1.0 };
                drawn.insert(slot, (picture.image, laid.len() as u32));
                laid.push(Laid {
                    middle: [x, y, x_low, y_low],
                    ways: [a, b, c, d].map(|v| (v / 2.0) as f32),
                    opacity: (item.style.opacity * dimmed) as f32,
                    clip: Clip::of(scene, item.framed_by.as_ref()),
                });
            }
        }
        self.ask(jobs);
        if over {
            self.give_back();
        }
        let mut slots: Vec<Slot> = Vec::new();
        slots.extend(drawn.keys().filter(|slot| !self.drawn.contains_key(slot)));
        slots.extend(self.drawn.keys().filter(|slot| !drawn.contains_key(slot)));
        self.drawn = drawn;
        if laid != self.laid {
            changed = true;
            self.laid = laid;
            let needed = self.laid.len();
            if needed * size_of::<Laid>() > self.buffer.size() as usize {
                self.buffer = buffer(&self.device, needed.next_power_of_two());
            }
            self.queue
                .write_buffer(&self.buffer, 0, bytemuck::cast_slice(&self.laid));
        }
        (changed || !slots.is_empty()).then_some(slots)
    }

    /// Has images read; what was asked before and isn't begun is forgotten.
    fn ask(&mut self, jobs: Vec<Job>) {
        let Some(readers) = &self.readers else {
            return;
        };
        if jobs.is_empty() {
            return;
        }
        let mut queue = readers.shared.queue();
        for job in jobs {
            let known = self.known.entry(job.hash).or_default();
            if known.reading.replace(job.side).is_none() {
                self.reading += 1;
            }
            queue.jobs.retain(|held| held.hash != job.hash);
            queue.jobs.push(job);
        }
        drop(queue);
        readers.shared.more.notify_all();
    }

    /// Takes up what was read. Says whether anything was.
    fn take_up(&mut self) -> bool {
        let Some(readers) = &self.readers else {
            return false;
        };
        let (mut any, mut bytes) = (false, 0);
        while bytes < A_FRAME
            && let Ok(made) = readers.made.try_recv()
        {
            let Some(known) = self.known.get_mut(&made.hash) else {
                continue;
            };
            if known.reading == Some(made.side) {
                known.reading = None;
                self.reading -= 1;
            }
            let came = std::mem::take(&mut known.came);
            let Some(texture) = texture(&self.device, &self.queue, &self.layout, &self.sampler, &made) else {
                known.barren = !came;
                continue;
            };
            bytes += texture.bytes;
            self.bytes += texture.bytes;
            if let Some(before) = known.texture.replace(texture) {
                self.bytes -= before.bytes;
            }
            any = true;
        }
        any
    }

    /// Gives back what hasn't been seen for longest, until no more is there than may be.
    fn give_back(&mut self) {
        let unseen = self
            .known
            .iter()
            .filter(|(_, known)| known.seen < self.frame && known.texture.is_some());
        let mut unseen: Vec<(u64, ImageHash)> = unseen.map(|(hash, known)| (known.seen, *hash)).collect();
        unseen.sort_unstable();
        for (_, hash) in unseen {
            if self.bytes <= self.kept {
                return;
            }
            if let Some(texture) = self.known.get_mut(&hash).and_then(|known| known.texture.take()) {
                self.bytes -= texture.bytes;
            }
        }
    }

    /// Draws a slot's image, in the way that was set.
    pub(super) fn draw(&self, pass: &mut wgpu::RenderPass<'_>, slot: Slot) {
        let Some((hash, at)) = self.drawn.get(&slot) else {
            return;
        };
        if let Some(texture) = self.known.get(hash).and_then(|known| known.texture.as_ref()) {
            pass.set_bind_group(1, &texture.bound, &[]);
            pass.set_vertex_buffer(0, self.buffer.slice(..));
            pass.draw(0..4, *at..*at + 1);
        }
    }
}

fn buffer(device: &wgpu::Device, room: usize) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("images"),
        size: (room * size_of::<Laid>()) as u64,
        usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

/// Hands an image to the card. `None` where there is none.
fn texture(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    layout: &wgpu::BindGroupLayout,
    sampler: &wgpu::Sampler,
    made: &Made,
) -> Option<Texture> {
    let largest = made.levels.first()?;
    let size = |pixels: &Pixels| wgpu::Extent3d {
        width: pixels.width,
        height: pixels.height,
        depth_or_array_layers: 1,
    };
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("image"),
        size: size(largest),
        mip_level_count: made.levels.len() as u32,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: COLOR,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    for (level, pixels) in (0..).zip(&made.levels) {
        queue.write_texture(
            wgpu::TexelCopyTextureInfo {
                texture: &texture,
                mip_level: level,
                origin: wgpu::Origin3d::ZERO,
                aspect: wgpu::TextureAspect::All,
            },
            &pixels.rgba,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(4 * pixels.width),
                rows_per_image: Some(pixels.height),
            },
            size(pixels),
        );
    }
    let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
    let bound = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("image"),
        layout,
        entries: &[
            wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::TextureView(&view),
            },
            wgpu::BindGroupEntry {
                binding: 1,
                resource: wgpu::BindingResource::Sampler(sampler),
            },
        ],
    });
    Some(Texture {
        bound,
        asked: made.side,
        bytes: made.levels.iter().map(|pixels| pixels.rgba.len() as u64).sum(),
    })
}
