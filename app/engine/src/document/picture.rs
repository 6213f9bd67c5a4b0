//! What an image element shows: bytes that are kept elsewhere, by their name.

use drawbridge_protocol::{ImageHash, ImageType};

use crate::images::Taken;

/// An image that an element shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// The name of its bytes.
    pub image: ImageHash,
    /// What they are.
    pub kind: ImageType,
    /// Its width and height in pixels: at 100 %, a pixel is a board unit unless `place` says otherwise.
    pub pixels: [u32; 2],
}

impl From<&Taken> for Picture {
    fn from(taken: &Taken) -> Self {
        Self {
            image: taken.hash,
            kind: taken.image.kind,
            pixels: taken.pixels,
        }
    }
}
