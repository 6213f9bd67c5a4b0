//! The ways in which shapes are drawn, and what the shader is told of the camera.

use bytemuck::{Pod, Zeroable};
use drawbridge_engine::geometry::Camera;
use eframe::wgpu;

use super::pictures;
use super::table::halves;
use super::vertex::Vertex;
use crate::theme::{INKS, TINT, Theme};

/// What is drawn into: gamma space, as egui mixes colours.
pub(super) const COLOR: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
/// Marks where what shines through has been drawn.
pub(super) const STENCIL: wgpu::TextureFormat = wgpu::TextureFormat::Depth24PlusStencil8;

/// The camera, as the shader reads it.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(super) struct View {
    origin_high: [f32; 2],
    origin_low: [f32; 2],
    size: [f32; 2],
    scale: f32,
    unused: f32,
    /// And how much of a colour is mixed into it where that is a tint.
    paper: [f32; 4],
    inks: [[f32; 4]; 16],
}

impl View {
    /// `size` in pixels, of which a point has so many.
    pub(super) fn new(camera: &Camera, size: [u32; 2], pixels_per_point: f64, theme: &Theme) -> Self {
        let ((x, x_low), (y, y_low)) = (halves(camera.origin().x), halves(camera.origin().y));
        let [r, g, b, _] = theme.board.to_normalized_gamma_f32();
        let mut inks = [[0.0; 4]; 16];
        for (ink, swatch) in inks.iter_mut().zip(INKS) {
            let color = theme.color(drawbridge_engine::document::Color::Ink(swatch.ink));
            *ink = color.to_normalized_gamma_f32();
        }
        Self {
            origin_high: [x, y],
            origin_low: [x_low, y_low],
            size: size.map(|v| v as f32),
            scale: (camera.zoom() * pixels_per_point) as f32,
            unused: 0.0,
            paper: [r, g, b, TINT],
            inks,
        }
    }
}

/// The pipelines, and the layout of what they are given.
#[derive(Debug)]
pub(super) struct Pipelines {
    layout: wgpu::BindGroupLayout,
    /// For what nothing shines through.
    pub(super) opaque: wgpu::RenderPipeline,
    /// For what shines through, where it covers all of a pixel: for lines, and for fills.
    pub(super) core: [wgpu::RenderPipeline; 2],
    /// For the edges of lines where the fill has been drawn: what is more in the line's colour, then what is less.
    pub(super) over: [wgpu::RenderPipeline; 2],
    /// For the edges of lines where they cover the most of a pixel: where it lies on itself,
    /// what covers more counts.
    pub(super) most: wgpu::RenderPipeline,
    /// For the other edges: of lines, and of fills.
    pub(super) fringe: [wgpu::RenderPipeline; 2],
    /// For images.
    pub(super) image: wgpu::RenderPipeline,
    /// What the shader is given for an image.
    pub(super) image_layout: wgpu::BindGroupLayout,
}

type Fragment = (&'static str, &'static [(&'static str, f64)]);

const FRINGE: Fragment = ("fringe", &[]);

/// How a pipeline draws.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// What colours a pixel, and the numbers that are set for it.
    fragment: Fragment,
    /// What the shader calls `part`.
    part: f64,
    blend: wgpu::BlendState,
    stencil: wgpu::StencilFaceState,
}

/// Adds to the colours that are there, or takes from them, and leaves the opacity.
fn difference(operation: wgpu::BlendOperation) -> wgpu::BlendState {
    let component = |operation| wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::One,
        dst_factor: wgpu::BlendFactor::One,
        operation,
    };
    wgpu::BlendState {
        color: component(operation),
        alpha: component(wgpu::BlendOperation::Add),
    }
}

impl Pipelines {
    pub(super) fn new(device: &wgpu::Device) -> Self {
        let entry = |binding, ty| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::VERTEX,
            ty,
            count: None,
        };
        let table = wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Uint,
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        };
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("strokes"),
            entries: &[
                entry(
                    0,
                    wgpu::BindingType::Buffer {
                        ty: wgpu::BufferBindingType::Uniform,
                        has_dynamic_offset: false,
                        min_binding_size: wgpu::BufferSize::new(size_of::<View>() as u64),
                    },
                ),
                entry(1, table),
                entry(2, table),
            ],
        });
        let module = device.create_shader_module(wgpu::include_wgsl!("strokes.wgsl"));
        let stencil = |compare, pass_op| wgpu::StencilFaceState {
            compare,
            fail_op: wgpu::StencilOperation::Keep,
            depth_fail_op: wgpu::StencilOperation::Keep,
            pass_op,
        };
        // Marks grow from shape to shape.
        let once = stencil(wgpu::CompareFunction::Greater, wgpu::StencilOperation::Replace);
        let next = stencil(
            wgpu::CompareFunction::Equal,
            wgpu::StencilOperation::IncrementClamp,
        );
        let mixed = wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING;
        let of = |fragment, part, blend, stencil| {
            let way = Way {
                fragment,
                part,
                blend,
                stencil,
            };
            pipeline(device, &layout, &module, way)
        };
        let image_layout = image_layout(device);
        let fringe = |part| of(FRINGE, part, mixed, once);
        let [more, less] = [wgpu::BlendOperation::Add, wgpu::BlendOperation::ReverseSubtract].map(difference);
        Self {
            opaque: of(("opaque", &[]), 0.0, mixed, wgpu::StencilFaceState::IGNORE),
            core: [1.0, 2.0].map(|part| of(("core", &[]), part, mixed, once)),
            over: [(3.0, more), (4.0, less)].map(|(part, blend)| of(FRINGE, part, blend, next)),
            most: of(("fringe", &[("least", 0.45)]), 1.0, mixed, once),
            fringe: [1.0, 2.0].map(fringe),
            image: image(device, [&layout, &image_layout]),
            image_layout,
            layout,
        }
    }

    /// What the shader is given.
    pub(super) fn bind(
        &self,
        device: &wgpu::Device,
        view: &wgpu::Buffer,
        [slots, clips]: [wgpu::TextureView; 2],
    ) -> wgpu::BindGroup {
        device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("strokes"),
            layout: &self.layout,
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: view.as_entire_binding(),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::TextureView(&slots),
                },
                wgpu::BindGroupEntry {
                    binding: 2,
                    resource: wgpu::BindingResource::TextureView(&clips),
                },
            ],
        })
    }
}

fn image_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    let entry = |binding, ty| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty,
        count: None,
    };
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("image"),
        entries: &[
            entry(
                0,
                wgpu::BindingType::Texture {
                    sample_type: wgpu::TextureSampleType::Float { filterable: true },
                    view_dimension: wgpu::TextureViewDimension::D2,
                    multisampled: false,
                },
            ),
            entry(1, wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering)),
        ],
    })
}

/// The way in which images are drawn: each is one piece, so the stencil is left alone.
fn image(device: &wgpu::Device, layouts: [&wgpu::BindGroupLayout; 2]) -> wgpu::RenderPipeline {
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("images"),
        bind_group_layouts: &layouts.map(Some),
        immediate_size: 0,
    });
    let module = device.create_shader_module(wgpu::include_wgsl!("images.wgsl"));
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("images"),
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("corner"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[Some(pictures::LAYOUT)],
        },
        primitive: wgpu::PrimitiveState {
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            ..wgpu::PrimitiveState::default()
        },
        depth_stencil: Some(depth_stencil(wgpu::StencilFaceState::IGNORE)),
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some("image"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(wgpu::ColorTargetState {
                format: COLOR,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}

fn depth_stencil(stencil: wgpu::StencilFaceState) -> wgpu::DepthStencilState {
    wgpu::DepthStencilState {
        format: STENCIL,
        depth_write_enabled: Some(false),
        depth_compare: Some(wgpu::CompareFunction::Always),
        stencil: wgpu::StencilState {
            front: stencil,
            back: stencil,
            read_mask: 0xff,
            write_mask: 0xff,
        },
        bias: wgpu::DepthBiasState::default(),
    }
}

fn pipeline(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    module: &wgpu::ShaderModule,
    way: Way,
) -> wgpu::RenderPipeline {
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("strokes"),
        bind_group_layouts: &[Some(layout)],
        immediate_size: 0,
    });
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(way.fragment.0),
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module,
            entry_point: Some("corner"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &[("part", way.part)],
                ..wgpu::PipelineCompilationOptions::default()
            },
            buffers: &[Some(Vertex::LAYOUT)],
        },
        primitive: wgpu::PrimitiveState {
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            ..wgpu::PrimitiveState::default()
        },
        depth_stencil: Some(depth_stencil(way.stencil)),
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: Some(way.fragment.0),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: way.fragment.1,
                ..wgpu::PipelineCompilationOptions::default()
            },
            targets: &[Some(wgpu::ColorTargetState {
                format: COLOR,
                blend: Some(way.blend),
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}
