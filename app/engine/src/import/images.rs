//! The images of another program's file: as many pixels as are read, each image kept once, and the bytes in `data:` addresses.

use std::collections::HashMap;

use data_encoding::BASE64;
use drawbridge_protocol::ImageHash;

use crate::document::Picture;
use crate::images::{self, StoredImage, Taken};

/// So many pixels are read of all images of a file together.
const PIXELS: u64 = 400_000_000;
/// An SVG has no pixels yet, but is drawn in no more than this.
const SVG_PIXELS: u64 = 4_000_000;

/// What was read of them.
pub(super) struct Images {
    room: u64,
    kept: Vec<(ImageHash, StoredImage)>,
    /// What came of a part of an image: left, top, width and height, in pixels.
    parts: HashMap<(ImageHash, [u32; 4]), Option<Picture>>,
}

impl Default for Images {
    fn default() -> Self {
        Self {
            room: PIXELS,
            kept: Vec::new(),
            parts: HashMap::new(),
        }
    }
}

impl Images {
    /// The bytes of all that were kept.
    pub(super) fn into_kept(self) -> Vec<StoredImage> {
        self.kept.into_iter().map(|(_, image)| image).collect()
    }

    /// Whether one with this name is kept.
    pub(super) fn has(&self, name: &ImageHash) -> bool {
        self.kept.iter().any(|(held, _)| held == name)
    }

    /// Keeps an image under its name.
    pub(super) fn keep(&mut self, name: ImageHash, image: StoredImage) {
        if !self.has(&name) {
            self.kept.push((name, image));
        }
    }

    /// Keeps the image in a file's bytes; `None` if it can't be read, or there are too many.
    pub(super) fn whole(&mut self, bytes: &[u8]) -> Option<Picture> {
        self.spend(images::size(bytes).map_or(SVG_PIXELS, area))?;
        Some(self.taken(images::take(bytes).ok()?))
    }

    /// Keeps a part of an image that is kept.
    pub(super) fn part(&mut self, whole: &Picture, part: [u32; 4]) -> Option<Picture> {
        let key = (whole.image, part);
        if let Some(held) = self.parts.get(&key) {
            return *held;
        }
        let picture = self.cut(whole, part).map(|taken| self.taken(taken));
        self.parts.insert(key, picture);
        picture
    }

    fn cut(&mut self, whole: &Picture, part: [u32; 4]) -> Option<Taken> {
        self.spend(area(whole.pixels))?;
        let (_, held) = self.kept.iter().find(|(name, _)| *name == whole.image)?;
        images::crop(held, part).ok()
    }

    fn spend(&mut self, pixels: u64) -> Option<()> {
        self.room = self.room.checked_sub(pixels)?;
        Some(())
    }

    fn taken(&mut self, taken: Taken) -> Picture {
        let picture = Picture::from(&taken);
        self.keep(taken.hash, taken.image);
        picture
    }
}

fn area(sides: [u32; 2]) -> u64 {
    sides.map(u64::from).iter().product()
}

/// The bytes of a `data:` address.
pub(super) fn data(address: &str) -> Option<Vec<u8>> {
    let (head, body) = address.strip_prefix("data:")?.split_once(',')?;
    if head.ends_with(";base64") {
        let body: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        return BASE64.decode(&body).ok();
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| byte == b'%');
        let code = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        out.push(code.unwrap_or(byte));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    Some(out)
}
