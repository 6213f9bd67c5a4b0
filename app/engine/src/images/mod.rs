//! Images as they come in and as they are shown: what somebody's file becomes, and the pixels of what is stored. No element,
//! no file, no network.

mod pixels;
mod plain;
mod svg;
mod take;
mod tame;

use std::sync::Arc;

use drawbridge_protocol::{ImageHash, ImageType};
use sha2::{Digest as _, Sha256};

pub use pixels::Pixels;
pub use take::{crop, size, small, stored, take, take_pixels};
pub(crate) use tame::has_tame_numbers;

/// A file may have so many bytes.
pub const FILE: usize = 64 << 20;
/// An SVG file may have so many: each of its bytes may mean much work.
pub const SVG_FILE: usize = 4 << 20;
/// An image may have so many pixels, and be so wide or high, before it is scaled down.
pub const PIXELS: u64 = 100_000_000;
/// See [`PIXELS`].
pub const SIDE: u32 = 32_768;
/// What is stored is scaled down to so many pixels.
pub const KEPT_PIXELS: u64 = 16_000_000;
/// And to this width and height.
pub const KEPT_SIDE: u32 = 4_096;
/// What is stored has at most so many bytes: what a relay takes by default.
pub const KEPT_BYTES: usize = 16 << 20;

/// An image's bytes, and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredImage {
    /// PNG or JPEG.
    pub kind: ImageType,
    /// The file.
    pub bytes: Arc<[u8]>,
}

impl StoredImage {
    /// Its name.
    #[must_use]
    pub fn hash(&self) -> ImageHash {
        ImageHash::from_bytes(Sha256::digest(&self.bytes).into())
    }
}

/// What somebody's file became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What is stored and shared. Nothing in it tells where or with what it was taken.
    pub image: StoredImage,
    /// Its name.
    pub hash: ImageHash,
    /// Its width and height.
    pub pixels: [u32; 2],
}

/// Why a file doesn't become an image. Each says what a person can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// No known form.
    #[error("it is no picture that Drawbridge reads: PNG, JPEG, WebP, GIF or SVG")]
    Unknown,
    /// Too many bytes.
    #[error("it is too large: {} MB, and {} MB is the most", .bytes / 1_000_000, .most / 1_000_000)]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many are taken.
        most: usize,
    },
    /// Too many pixels.
    #[error("it is too large: {width} x {height} pixels, and {} megapixels and {SIDE} a side are the most; make it smaller and try again", PIXELS / 1_000_000)]
    TooManyPixels {
        /// Its width.
        width: u64,
        /// Its height.
        height: u64,
    },
    /// It ends too soon.
    #[error("the file is cut off; copy or download it again")]
    CutOff,
    /// Its parts contradict each other.
    #[error("the file is damaged: {0}")]
    Broken(String),
}
