//! A corner as the graphics card reads it.

use bytemuck::{Pod, Zeroable};
use drawbridge_engine::geometry::{Mesh, Point};
use eframe::wgpu;

/// A corner of a shape: 16 bytes.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(super) struct Vertex {
    /// On the line, relative to the slot's origin, in board units.
    centre: [f32; 2],
    /// To the edge, in parts of the slot's reach, of which 32,767 are the whole.
    offset: [i16; 2],
    /// The slot, and in the four lowest bits whether it has the fill's colour and, in three of them, the side.
    tag: u32,
}

impl Vertex {
    pub(super) const SIZE: u64 = size_of::<Self>() as u64;

    pub(super) const LAYOUT: wgpu::VertexBufferLayout<'static> = wgpu::VertexBufferLayout {
        array_stride: Self::SIZE,
        step_mode: wgpu::VertexStepMode::Vertex,
        attributes: &wgpu::vertex_attr_array![0 => Float32x2, 1 => Snorm16x2, 2 => Uint32],
    };
}

/// An offset in parts of the reach. One that isn't nothing doesn't become nothing: it says which way the edge is.
fn parts(offset: [f32; 2], part: f32) -> [i16; 2] {
    let [x, y] = offset.map(|v| (v * part).round().clamp(-32_767.0, 32_767.0) as i16);
    if (x, y) != (0, 0) || offset == [0.0, 0.0] {
        return [x, y];
    }
    let sign = |v: f32| if v < 0.0 { -1 } else { 1 };
    if offset[0].abs() > offset[1].abs() {
        [sign(offset[0]), 0]
    } else {
        [0, sign(offset[1])]
    }
}

/// Adds a mesh, as the shape in `slot` with the origin `origin`, to a row of strips that are drawn in one go. No offset is
/// longer than `reach`, in board units.
pub(super) fn push(out: &mut Vec<Vertex>, mesh: &Mesh, slot: u32, origin: Point, reach: f64) {
    let shift = mesh.origin - origin;
    let (x, y) = (shift.x as f32, shift.y as f32);
    let part = (32_767.0 / reach) as f32;
    let start = out.len();
    out.reserve(mesh.strip.len() + 2);
    for corner in &mesh.strip {
        let vertex = Vertex {
            centre: [corner.centre[0] + x, corner.centre[1] + y],
            offset: parts(corner.offset, part),
            tag: slot << 4 | u32::from(corner.filled) << 3 | corner.side as u32,
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
