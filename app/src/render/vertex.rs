//! A corner as the graphics card reads it.

use bytemuck::{Pod, Zeroable};
use drawbridge_engine::geometry::{Mesh, Point};
use eframe::wgpu;
use half::f16;

/// A corner of a shape: 16 bytes.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(super) struct Vertex {
    /// On the line, relative to the slot's origin, in board units.
    centre: [f32; 2],
    /// To the edge.
    offset: [f16; 2],
    /// The slot, and in the two lowest bits the side.
    tag: u32,
}

impl Vertex {
    pub(super) const SIZE: u64 = size_of::<Self>() as u64;

    pub(super) const LAYOUT: wgpu::VertexBufferLayout<'static> = wgpu::VertexBufferLayout {
        array_stride: Self::SIZE,
        step_mode: wgpu::VertexStepMode::Vertex,
        attributes: &wgpu::vertex_attr_array![0 => Float32x2, 1 => Float16x2, 2 => Uint32],
    };
}

/// Adds a mesh, as the shape in `slot` with the origin `origin`, to a row of strips that are drawn in one go.
pub(super) fn push(out: &mut Vec<Vertex>, mesh: &Mesh, slot: u32, origin: Point) {
    let shift = mesh.origin - origin;
    let (x, y) = (shift.x as f32, shift.y as f32);
    let start = out.len();
    out.reserve(mesh.strip.len() + 2);
    for corner in &mesh.strip {
        let vertex = Vertex {
            centre: [corner.centre[0] + x, corner.centre[1] + y],
            offset: corner
                .offset
                .map(|v| f16::from_f32(v.clamp(f16::MIN.to_f32(), f16::MAX.to_f32()))),
            tag: slot << 2 | corner.side as u32,
        };
        if out.len() == start {
            // Twice at the start and at the end: the leap from one strip to the next has no area.
            out.push(vertex);
        }
        out.push(vertex);
    }
    if let Some(last) = out.last().copied().filter(|_| out.len() > start) {
        out.push(last);
    }
}
