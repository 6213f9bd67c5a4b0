//! What the card knows of each slot beside its shape: where its origin is, and in which colours it is drawn. So a colour
//! changes, and a shape is hidden, without its corners being touched.

use bytemuck::{Pod, Zeroable};
use drawbridge_engine::document::{Color, Shade};
use drawbridge_engine::geometry::{Figure, Point};
use eframe::wgpu;

use super::arena::Run;
use super::target::Draw;
use crate::theme::INKS;

/// Slots in one line of the texture; the shader knows it too.
const A_ROW: u32 = 512;
/// Slots so close together are handed over with what is between them.
const NEAR: u32 = 16;
/// Bytes of a texel.
const TEXEL: u32 = 16;
/// Says of a colour that it is mixed into the paper's.
const TINT: u32 = 1 << 31;

/// In which colours a shape is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paint {
    /// Of the line.
    pub(super) color: Color,
    /// Of the inside, if it is filled.
    pub(super) fill: Option<(Color, Shade)>,
    /// 0 to 1.
    pub(super) opacity: f64,
    /// Which of the clips it is cut off by; 0 for none.
    pub(super) clip: u32,
}

impl Paint {
    /// Whether nothing shines through.
    pub(super) fn is_opaque(&self) -> bool {
        self.opacity >= 1.0
    }

    /// How the shape in a run is drawn.
    pub(super) fn draw(&self, run: Run, arena: usize) -> Draw {
        let opaque = self.is_opaque();
        Draw {
            run,
            arena,
            opaque,
            filled: !opaque && self.fill.is_some(),
            joined: false,
            picture: None,
        }
    }
}

/// What the shader has to know of a shape as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Form {
    /// What its corners' offsets are parts of: none is longer. In board units, more than 0.
    pub(super) reach: f64,
    /// How long its line is, in board units.
    pub(super) length: f64,
    /// How much of its ink lies on bare ground and not on its own, 0 to 1.
    pub(super) spread: f64,
    /// How thick it is where it is filled, in board units.
    pub(super) thick: f64,
}

impl Form {
    /// Of a line that is straight, or of a box that is so thick.
    pub(super) fn straight(reach: f64, thick: f64) -> Self {
        Self {
            reach,
            length: 1e9,
            spread: 1.0,
            thick,
        }
    }

    /// Of a figure. `area` is that of a box around it, in square board units.
    pub(super) fn of(figure: &Figure, area: f64) -> Self {
        let (length, width) = (figure.length(), figure.width);
        // Ink strewn at random over an area (Poisson).
        let ink = (length + width) * width;
        let spread = area / ink * (1.0 - (-ink / area).exp());
        Self {
            reach: figure.reach(),
            length,
            spread: if figure.kind.is_ink() && spread.is_finite() {
                spread.clamp(0.0, 1.0)
            } else {
                1.0
            },
            thick: figure.thickness(),
        }
    }
}

/// A slot as the shader reads it: three texels.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Pod, Zeroable)]
pub(super) struct Row {
    high: [f32; 2],
    low: [f32; 2],
    /// See [`code`].
    color: u32,
    /// Opacity, and in the upper half how much lies on bare ground, 0 to 65,535.
    shine: u32,
    length: f32,
    reach: f32,
    /// As `color`, and perhaps [`TINT`].
    fill: u32,
    thick: f32,
    /// As in [`Paint`].
    clip: u32,
    unused: u32,
}

impl Row {
    /// Of a shape that has its origin there, and how it is drawn.
    pub(super) fn of(origin: Point, paint: Paint, form: Form) -> Self {
        let ((x, x_low), (y, y_low)) = (halves(origin.x), halves(origin.y));
        Self {
            high: [x, y],
            low: [x_low, y_low],
            color: code(paint.color),
            shine: part(paint.opacity) | part(form.spread) << 16,
            length: form.length as f32,
            reach: form.reach as f32,
            fill: paint.fill.map_or(0, |(color, shade)| {
                code(color) | if shade == Shade::Tint { TINT } else { 0 }
            }),
            thick: form.thick as f32,
            clip: paint.clip,
            unused: 0,
        }
    }
}

/// An ink's number, or from 16 on the three bytes of a colour, red lowest, times 32, plus 16.
fn code(color: Color) -> u32 {
    match color {
        Color::Ink(ink) => {
            let number = INKS.iter().position(|swatch| swatch.ink == ink);
            number.unwrap_or_default() as u32
        }
        Color::Rgb([r, g, b]) => u32::from_le_bytes([r, g, b, 0]) << 5 | 16,
    }
}

/// A part of 1 as one of 65,535.
fn part(v: f64) -> u32 {
    (v.clamp(0.0, 1.0) * 65_535.0).round() as u32
}

/// A number as the sum of two.
pub(super) fn halves(v: f64) -> (f32, f32) {
    let high = v as f32;
    (high, (v - f64::from(high)) as f32)
}

/// Rows of so many texels, in a texture: of all slots, or of all clips.
#[derive(Debug)]
pub(super) struct Table<R = Row> {
    device: wgpu::Device,
    queue: wgpu::Queue,
    rows: Vec<R>,
    texture: wgpu::Texture,
    /// Slots, some of them more than once.
    changed: Vec<u32>,
}

impl<R: Pod + Default + PartialEq> Table<R> {
    /// Texels a row. A line of the texture is at most 2,048 texels long, which every card can do.
    const TEXELS: u32 = size_of::<R>() as u32 / TEXEL;

    pub(super) fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        Self {
            device: device.clone(),
            queue: queue.clone(),
            rows: Vec::new(),
            texture: texture(device, Self::TEXELS, 16),
            changed: Vec::new(),
        }
    }

    /// Says what is true of a slot, or of a clip. Says whether that is something else than before.
    pub(super) fn set(&mut self, slot: u32, row: R) -> bool {
        let at = slot as usize;
        if at >= self.rows.len() {
            self.rows.resize(at + 1, R::default());
        }
        let another = self.rows[at] != row;
        if another {
            self.rows[at] = row;
            self.changed.push(slot);
        }
        another
    }

    /// Hands to the card what changed. Says whether it is another texture now.
    pub(super) fn flush(&mut self) -> bool {
        let mut changed = std::mem::take(&mut self.changed);
        if changed.is_empty() {
            return false;
        }
        let needed = (self.rows.len() as u32).div_ceil(A_ROW);
        let grown = needed > self.texture.height();
        if grown {
            self.texture = texture(&self.device, Self::TEXELS, needed.next_power_of_two());
            changed = (0..self.rows.len() as u32).collect();
        }
        changed.sort_unstable();
        changed.dedup();
        // What lies close together, in one row of the texture, goes in one piece.
        let close = |a: &u32, b: &u32| b - a <= NEAR && a / A_ROW == b / A_ROW;
        for part in changed.chunk_by(close) {
            let (first, last) = (part[0], part[part.len() - 1]);
            self.queue.write_texture(
                wgpu::TexelCopyTextureInfo {
                    texture: &self.texture,
                    mip_level: 0,
                    origin: wgpu::Origin3d {
                        x: Self::TEXELS * (first % A_ROW),
                        y: first / A_ROW,
                        z: 0,
                    },
                    aspect: wgpu::TextureAspect::All,
                },
                bytemuck::cast_slice(&self.rows[first as usize..=last as usize]),
                wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: None,
                    rows_per_image: None,
                },
                wgpu::Extent3d {
                    width: Self::TEXELS * (last - first + 1),
                    height: 1,
                    depth_or_array_layers: 1,
                },
            );
        }
        grown
    }

    pub(super) fn view(&self) -> wgpu::TextureView {
        self.texture.create_view(&wgpu::TextureViewDescriptor::default())
    }

    /// Bytes taken on the card.
    pub(super) fn bytes(&self) -> u64 {
        u64::from(Self::TEXELS * A_ROW * TEXEL) * u64::from(self.texture.height())
    }
}

fn texture(device: &wgpu::Device, texels: u32, rows: u32) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some("slots"),
        size: wgpu::Extent3d {
            width: texels * A_ROW,
            height: rows,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba32Uint,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    })
}
