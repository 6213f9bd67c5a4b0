//! A picture to draw into, as large as the canvas, and drawing into it.

use drawbridge_engine::scene::Slot;
use eframe::wgpu;

use super::arena::{Arena, Run};
use super::pictures::Pictures;
use super::pipelines::{COLOR, Pipelines, STENCIL};

/// Shapes that lie in a row, drawn in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Draw {
    pub(super) run: Run,
    /// In which of the arenas.
    pub(super) arena: usize,
    /// Whether nothing shines through. Else it is one shape, or part of one.
    pub(super) opaque: bool,
    /// Whether it shines through, and has a fill.
    pub(super) filled: bool,
    /// Whether it is of one shape with the one before.
    pub(super) joined: bool,
    /// The slot whose image it is instead.
    pub(super) picture: Option<Slot>,
}

impl Draw {
    /// A slot's image.
    pub(super) fn of_picture(slot: Slot) -> Self {
        Self {
            run: Run {
                block: 0,
                first: 0,
                count: 0,
            },
            arena: 0,
            opaque: false,
            filled: false,
            joined: false,
            picture: Some(slot),
        }
    }
}

/// A picture.
#[derive(Debug)]
pub(super) struct Target {
    color: wgpu::Texture,
    stencil: wgpu::TextureView,
}

impl Target {
    pub(super) fn new(device: &wgpu::Device, size: [u32; 2]) -> Self {
        let texture = |label, format, usage| {
            device.create_texture(&wgpu::TextureDescriptor {
                label: Some(label),
                size: wgpu::Extent3d {
                    width: size[0],
                    height: size[1],
                    depth_or_array_layers: 1,
                },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format,
                usage: wgpu::TextureUsages::RENDER_ATTACHMENT | usage,
                view_formats: &[],
            })
        };
        let color = texture(
            "canvas",
            COLOR,
            wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_SRC,
        );
        let stencil = texture("canvas stencil", STENCIL, wgpu::TextureUsages::empty());
        Self {
            color,
            stencil: stencil.create_view(&wgpu::TextureViewDescriptor::default()),
        }
    }

    /// Its size, in pixels.
    pub(super) fn size(&self) -> [u32; 2] {
        [self.color.width(), self.color.height()]
    }

    /// The picture, for whoever shows it: colours times opacity, in gamma space.
    pub(super) fn picture(&self) -> &wgpu::Texture {
        &self.color
    }

    /// Bytes taken on the card.
    pub(super) fn bytes(&self) -> u64 {
        8 * u64::from(self.color.width()) * u64::from(self.color.height())
    }

    /// Draws into the emptied picture, from the first to the last.
    pub(super) fn draw(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        pipelines: &Pipelines,
        bound: &wgpu::BindGroup,
        arenas: &[Arena],
        draws: &[Draw],
        pictures: Option<&Pictures>,
    ) {
        let view = self.color.create_view(&wgpu::TextureViewDescriptor::default());
        let mut rest = draws;
        let mut emptied = false;
        while !emptied || !rest.is_empty() {
            // Marks in the stencil tell one shape that shines through from the next. After 255 it is emptied.
            let mut pass = self.begin(encoder, &view, !emptied);
            emptied = true;
            pass.set_bind_group(0, bound, &[]);
            let (mut mark, mut held, mut plain) = (0, None, false);
            while let Some(first) = rest.first() {
                let joined = rest[1..].iter().take_while(|draw| draw.joined);
                let (shape, after) = rest.split_at(1 + joined.count());
                if let Some(slot) = first.picture {
                    if let Some(pictures) = pictures {
                        pass.set_pipeline(&pipelines.image);
                        pictures.draw(&mut pass, slot);
                    }
                    held = None;
                } else if first.opaque {
                    if !plain {
                        pass.set_pipeline(&pipelines.opaque);
                    }
                    give(&mut pass, arenas, shape, &mut held);
                } else {
                    let filled = shape.iter().any(|draw| draw.filled);
                    let marks = if filled { 4 } else { 1 };
                    if mark + marks > 255 {
                        break;
                    }
                    // The lowest is for what is drawn, two for what of it was mixed with the line's edge, the highest for
                    // the line.
                    let (low, high) = (mark + 1, mark + marks);
                    mark = high;
                    let [core, over, edge] = [&pipelines.core, &pipelines.over, &pipelines.fringe];
                    let steps = [
                        (high, &core[0], true),
                        (low, &core[1], filled),
                        (low, &over[0], filled),
                        (low + 1, &over[1], filled),
                        (low, &pipelines.most, true),
                        (low, &edge[0], true),
                        (low, &edge[1], filled),
                    ];
                    for (reference, pipeline, _) in steps.into_iter().filter(|(.., wanted)| *wanted) {
                        pass.set_stencil_reference(reference);
                        pass.set_pipeline(pipeline);
                        give(&mut pass, arenas, shape, &mut held);
                    }
                }
                plain = first.opaque;
                rest = after;
            }
        }
    }

    fn begin<'a>(
        &self,
        encoder: &'a mut wgpu::CommandEncoder,
        view: &wgpu::TextureView,
        empty: bool,
    ) -> wgpu::RenderPass<'a> {
        let load = if empty {
            wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT)
        } else {
            wgpu::LoadOp::Load
        };
        encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("canvas"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load,
                    store: wgpu::StoreOp::Store,
                },
            })],
            depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                view: &self.stencil,
                depth_ops: Some(wgpu::Operations {
                    load: wgpu::LoadOp::Clear(1.0),
                    store: wgpu::StoreOp::Discard,
                }),
                stencil_ops: Some(wgpu::Operations {
                    load: wgpu::LoadOp::Clear(0),
                    store: wgpu::StoreOp::Discard,
                }),
            }),
            timestamp_writes: None,
            occlusion_query_set: None,
            multiview_mask: None,
        })
    }
}

/// Draws in the way that was set. `held` is the block that the pass has.
fn give(pass: &mut wgpu::RenderPass<'_>, arenas: &[Arena], draws: &[Draw], held: &mut Option<(usize, u32)>) {
    for draw in draws {
        let Run { block, first, count } = draw.run;
        let Some(corners) = arenas[draw.arena].buffer(block) else {
            continue;
        };
        if held.replace((draw.arena, block)) != Some((draw.arena, block)) {
            pass.set_vertex_buffer(0, corners.slice(..));
        }
        pass.draw(first..first + count, 0..1);
    }
}
