//! Draws the board with the graphics card. A shape is made once, when it changes, and stays on the card; a pan or a zoom
//! changes only what the shader is told of the camera. What is finished and what is being drawn are pictures of their own, one
//! over the other, so that a stroke under way costs the same on every board, and a frame in which only a pointer moved
//! draws none. What the highlighter draws lies under what is finished, and is there only while it draws.

mod arena;
mod clips;
mod dry;
mod level;
mod maker;
mod pictures;
mod pipelines;
mod shown;
mod table;
mod target;
mod vertex;
mod wet;

use std::time::Duration;

use drawbridge_engine::document::Document;
use drawbridge_engine::geometry::{Camera, Size};
use drawbridge_engine::scene::Scene;
use drawbridge_protocol::ImageHash;
use eframe::wgpu;

use crate::theme::Theme;
use dry::Dry;
pub use dry::Limits;
pub use pictures::Source;
use pipelines::{Pipelines, View};
use target::Target;
use wet::Wet;

/// What is to be seen, and how.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// What is shown.
    pub scene: &'a Scene,
    /// What it is made from.
    pub document: &'a Document,
    /// From where.
    pub camera: &'a Camera,
    /// How large the picture is, in pixels. Nothing is drawn where one is 0.
    pub size: [u32; 2],
    /// Pixels a point.
    pub pixels_per_point: f64,
    /// In which colours.
    pub theme: &'a Theme,
}

/// What a frame came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Whether everything was there that was seen when this part of the board came into view, as exact as it should be.
    pub complete: bool,
    /// Whether shapes are on their way, of what is seen or is near that: another frame takes them up.
    pub more: bool,
    /// Whether shapes are on their way that only lie better then: a frame takes them up, but none is needed for that.
    pub tidying: bool,
    /// How many shapes were made since the last frame.
    pub made: u64,
    /// Whether the pictures were made anew, as textures.
    pub resized: bool,
    /// How many times the card was told to draw.
    pub draws: usize,
}

/// Draws boards, one after the other or the same again.
#[derive(Debug)]
pub struct Renderer {
    device: wgpu::Device,
    queue: wgpu::Queue,
    pipelines: Pipelines,
    view: wgpu::Buffer,
    /// Under the dry one.
    under: Sheet<Wet>,
    dry: Sheet<Dry>,
    wet: Sheet<Wet>,
    /// What is kept of the board while its past is looked at.
    aside: Option<Box<Sheets>>,
    /// What the pictures show.
    shown: Option<View>,
    limits: Limits,
}

/// Under the dry one, the dry one, and over it.
type Sheets = (Sheet<Wet>, Sheet<Dry>, Sheet<Wet>);

/// What is drawn, the picture of it, and what the shader is given for it.
#[derive(Debug)]
struct Sheet<T> {
    shapes: T,
    target: Option<Target>,
    bound: Option<wgpu::BindGroup>,
    /// The scene's generation that the picture shows, if it is known.
    shown: Option<u64>,
}

impl<T> Sheet<T> {
    fn of(shapes: T) -> Self {
        Self {
            shapes,
            target: None,
            bound: None,
            shown: None,
        }
    }

    fn fit(&mut self, device: &wgpu::Device, size: [u32; 2]) -> bool {
        let fits = self.target.as_ref().is_some_and(|target| target.size() == size);
        if !fits {
            self.target = Some(Target::new(device, size));
        }
        !fits
    }
}

impl Renderer {
    /// Draws with this card.
    #[must_use]
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        Self::with_limits(device, queue, Limits::default())
    }

    /// The same, with so much of its memory.
    #[must_use]
    pub fn with_limits(device: &wgpu::Device, queue: &wgpu::Queue, limits: Limits) -> Self {
        let pipelines = Pipelines::new(device);
        Self {
            limits,
            view: device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("view"),
                size: size_of::<View>() as u64,
                usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            }),
            dry: Sheet::of(Dry::new(device, queue, &pipelines.image_layout, limits)),
            under: Sheet::of(Wet::new(device, queue, true)),
            wet: Sheet::of(Wet::new(device, queue, false)),
            aside: None,
            shown: None,
            pipelines,
            device: device.clone(),
            queue: queue.clone(),
        }
    }

    /// Forgets the board, and gives its memory back: another one comes.
    pub fn clear(&mut self) {
        self.aside = None;
        let _ = self.replace();
    }

    /// Puts nothing in the place of all shapes and pictures, and gives those.
    fn replace(&mut self) -> Sheets {
        let layout = &self.pipelines.image_layout;
        let dry = Sheet::of(Dry::new(&self.device, &self.queue, layout, self.limits));
        let under = Sheet::of(Wet::new(&self.device, &self.queue, true));
        let wet = Sheet::of(Wet::new(&self.device, &self.queue, false));
        self.shown = None;
        (
            std::mem::replace(&mut self.under, under),
            std::mem::replace(&mut self.dry, dry),
            std::mem::replace(&mut self.wet, wet),
        )
    }

    /// The board's past is looked at from now on, a scene of its own, or its present again. What is kept of the present stays
    /// meanwhile, so that it is there at once; of the past nothing stays.
    pub fn look_back(&mut self, past: bool) {
        match self.aside.take() {
            None if past => self.aside = Some(Box::new(self.replace())),
            Some(aside) if !past => {
                (self.under, self.dry, self.wet) = *aside;
                self.shown = None;
            }
            aside => self.aside = aside,
        }
    }

    /// Says where the board's images are, if it doesn't know.
    pub fn read_images(&mut self, source: impl FnOnce() -> Source) {
        self.dry.shapes.pictures_mut().read_from(source);
    }

    /// These images have come since the last frame.
    pub fn images_arrived(&mut self, images: &[ImageHash]) {
        self.dry.shapes.pictures_mut().arrived(images);
        if let Some(aside) = &mut self.aside {
            aside.1.shapes.pictures_mut().arrived(images);
        }
    }

    /// Whether the last try to read an image came to nothing.
    #[must_use]
    pub fn is_barren(&self, image: &ImageHash) -> bool {
        self.dry.shapes.pictures().is_barren(image)
    }

    /// Brings the pictures up to date. Shapes that are missing are made on other threads; until they are there, coarser or
    /// finer ones stand in for them. To take them up, and to help, takes about as long as `time`; the very first frame may
    /// take 150 ms: that is sooner than many frames in which much is missing.
    pub fn draw(&mut self, look: &Look<'_>, time: Duration) -> Drawn {
        let mut drawn = Drawn {
            complete: true,
            ..Drawn::default()
        };
        if look.size.contains(&0) {
            return drawn;
        }
        let view = View::new(look.camera, look.size, look.pixels_per_point, look.theme);
        let [width, height] = look.size.map(|v| f64::from(v) / look.pixels_per_point);
        let seen = look.camera.visible(Size::new(width, height));
        let scale = look.camera.zoom() * look.pixels_per_point;
        let dry = &mut self.dry;
        let made = dry.shapes.made();
        let mut anew = dry.shapes.update(look.scene, look.document, seen, scale, time);
        let looks = self.shown != Some(view);
        if looks {
            self.queue.write_buffer(&self.view, 0, bytemuck::bytes_of(&view));
            self.shown = Some(view);
        }
        anew |= looks;
        let mut encoder = self
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor {
                label: Some("canvas"),
            });
        let mut any = false;
        if dry.fit(&self.device, look.size) {
            (anew, drawn.resized) = (true, true);
        }
        if dry.shapes.flush() || dry.bound.is_none() {
            let given = dry.shapes.given();
            dry.bound = Some(self.pipelines.bind(&self.device, &self.view, given));
        }
        if anew && let (Some(target), Some(bound)) = (&dry.target, &dry.bound) {
            let (arenas, draws) = (dry.shapes.arenas(), dry.shapes.draws());
            let pictures = Some(dry.shapes.pictures());
            target.draw(&mut encoder, &self.pipelines, bound, arenas, draws, pictures);
            drawn.draws += draws.len();
            any = true;
        }
        drawn.complete = dry.shapes.is_complete();
        drawn.more = dry.shapes.has_more();
        drawn.made = dry.shapes.made() - made;

        let generation = look.scene.generation();
        for wet in [&mut self.under, &mut self.wet] {
            if !wet.shapes.any(look.scene) {
                drawn.resized |= wet.target.take().is_some();
                if wet.shown.take().is_some() {
                    wet.shapes.update(look.scene);
                }
                continue;
            }
            let resized = wet.fit(&self.device, look.size);
            drawn.resized |= resized;
            if !looks && !resized && wet.shown == Some(generation) {
                continue;
            }
            wet.shown = Some(generation);
            wet.shapes.update(look.scene);
            if wet.shapes.flush() || wet.bound.is_none() {
                let given = wet.shapes.given();
                wet.bound = Some(self.pipelines.bind(&self.device, &self.view, given));
            }
            if let (Some(target), Some(bound)) = (&wet.target, &wet.bound) {
                let (arenas, draws) = (wet.shapes.arenas(), wet.shapes.draws());
                target.draw(&mut encoder, &self.pipelines, bound, arenas, draws, None);
                drawn.draws += draws.len();
                any = true;
            }
        }
        if any {
            self.queue.submit([encoder.finish()]);
        }
        self.dry.shapes.tidy(look.scene, look.document);
        drawn.tidying = self.dry.shapes.is_tidying();
        drawn
    }

    /// The pictures, the lowest one first: colours times opacity, in gamma space.
    pub fn pictures(&self) -> impl Iterator<Item = &wgpu::Texture> {
        let targets = [&self.under.target, &self.dry.target, &self.wet.target];
        targets.into_iter().flatten().map(Target::picture)
    }

    /// Bytes taken on the card, pictures and all.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let targets = [&self.under.target, &self.dry.target, &self.wet.target];
        let shapes = self.under.shapes.bytes() + self.dry.shapes.bytes() + self.wet.shapes.bytes();
        let aside = self.aside.as_ref().map_or(0, |aside| aside.1.shapes.bytes());
        targets.into_iter().flatten().map(Target::bytes).sum::<u64>() + shapes + aside
    }
}
