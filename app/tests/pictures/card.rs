//! A graphics card for tests, made of software where there is one, and pictures read back from it.

use std::sync::OnceLock;

use drawbridge::render::Renderer;
use eframe::wgpu;

/// A picture: red, green, blue and opacity a pixel, colours times opacity, in rows from the top.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) size: [u32; 2],
    pub(crate) pixels: Vec<[u8; 4]>,
}

/// A device and its queue.
pub(crate) type Card = (wgpu::Device, wgpu::Queue);

/// A card, the same for all tests. `None`, said once, where this machine has none, not even in software.
pub(crate) fn card() -> Option<&'static Card> {
    static CARD: OnceLock<Option<Card>> = OnceLock::new();
    CARD.get_or_init(|| {
        let found = pollster::block_on(find());
        if found.is_none() {
            eprintln!(
                "SKIPPED: no graphics card, not even one of software, to draw with. On Debian: mesa-vulkan-drivers"
            );
        }
        found
    })
    .as_ref()
}

async fn find() -> Option<Card> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
    for force_fallback_adapter in [true, false] {
        let options = wgpu::RequestAdapterOptions {
            force_fallback_adapter,
            ..Default::default()
        };
        if let Ok(adapter) = instance.request_adapter(&options).await {
            let info = adapter.get_info();
            eprintln!("drawn by {:?} through {:?}", info.name, info.backend);
            return adapter
                .request_device(&wgpu::DeviceDescriptor::default())
                .await
                .ok();
        }
    }
    None
}

/// What the renderer's pictures look like, one over the other.
pub(crate) fn read(card: &Card, renderer: &Renderer) -> Picture {
    let mut pictures = renderer.pictures().map(|texture| read_one(card, texture));
    let lowest = pictures.next().expect("a picture");
    pictures.fold(lowest, |mut below, above| {
        for (under, over) in below.pixels.iter_mut().zip(&above.pixels) {
            let left = 255 - u32::from(over[3]);
            for (under, over) in under.iter_mut().zip(over) {
                *under = over + ((u32::from(*under) * left + 127) / 255) as u8;
            }
        }
        below
    })
}

fn read_one((device, queue): &Card, texture: &wgpu::Texture) -> Picture {
    let (width, height) = (texture.width(), texture.height());
    let row = (4 * width).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: u64::from(row * height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    encoder.copy_texture_to_buffer(
        texture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(row),
                rows_per_image: None,
            },
        },
        texture.size(),
    );
    queue.submit([encoder.finish()]);
    buffer.map_async(wgpu::MapMode::Read, .., |mapped| mapped.expect("it is mapped"));
    device
        .poll(wgpu::PollType::wait_indefinitely())
        .expect("the card answers");
    let bytes = buffer.get_mapped_range(..).expect("it is mapped");
    let rows = bytes.chunks_exact(row as usize);
    let pixels = rows.flat_map(|row| row[..4 * width as usize].chunks_exact(4));
    Picture {
        size: [width, height],
        pixels: pixels.map(|p| [p[0], p[1], p[2], p[3]]).collect(),
    }
}
