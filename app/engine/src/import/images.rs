//! The images of another program's file: as many pixels as are read, each image kept once, and the bytes in `data:` addresses.

use std::collections::HashMap;

use data_encoding::BASE64;
use drawbridge_protocol::ImageHash;

use crate::document::Picture;
use crate::images::{self, ImageError, KEPT_SIDE, StoredImage, Taken};

/// So many pixels are read of all images of a file together.
const PIXELS: u64 = 400_000_000;
/// An SVG has no pixels yet, but is drawn in no more than these.
const DRAWN: u64 = KEPT_SIDE as u64 * KEPT_SIDE as u64;

/// Why an image isn't there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// The file doesn't have it.
    Bytes,
    /// It can't be read.
    Sense,
    /// It has too many pixels, or all of a file have together.
    Room,
}

/// What was read of them.
pub(super) struct Images {
    room: u64,
    kept: Vec<StoredImage>,
    /// Where each is in `kept`.
    places: HashMap<ImageHash, usize>,
    /// What came of a part of an image: left, top, width and height, in pixels.
    parts: HashMap<(ImageHash, [u32; 4]), Option<Picture>>,
}

impl Default for Images {
    fn default() -> Self {
        Self {
            room: PIXELS,
            kept: Vec::new(),
            places: HashMap::new(),
            parts: HashMap::new(),
        }
    }
}

impl Images {
    /// The bytes of all that were kept.
    pub(super) fn into_kept(self) -> Vec<StoredImage> {
        self.kept
    }

    /// Keeps the image in a file's bytes.
    pub(super) fn whole(&mut self, bytes: &[u8]) -> Result<Picture, Missing> {
        let drawn = match images::size(bytes) {
            Ok(sides) => {
                self.spend(area(sides)).ok_or(Missing::Room)?;
                false
            }
            // An SVG, if anything.
            Err(ImageError::Unknown) => {
                self.spend(DRAWN).ok_or(Missing::Room)?;
                true
            }
            Err(ImageError::TooManyPixels { .. }) => return Err(Missing::Room),
            Err(_) => return Err(Missing::Sense),
        };
        match images::take(bytes) {
            Ok(taken) => {
                if drawn {
                    self.room += DRAWN.saturating_sub(area(taken.pixels));
                }
                Ok(self.taken(taken))
            }
            Err(error) => {
                if error == ImageError::Unknown {
                    self.room += DRAWN;
                }
                Err(Missing::Sense)
            }
        }
    }

    /// Keeps bytes as they are, if they are those of a stored image of this name. None of its pixels are read for that.
    pub(super) fn stored(&mut self, name: ImageHash, bytes: Vec<u8>) -> Option<Picture> {
        let stored = images::stored(bytes.into()).ok()?;
        (stored.hash == name).then(|| self.taken(stored))
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
        let held = self.kept[*self.places.get(&whole.image)?].clone();
        // All of its bytes are read again, and they may be more than its pixels.
        self.spend(area(whole.pixels).max(held.bytes.len() as u64))?;
        images::crop(&held, part).ok()
    }

    fn spend(&mut self, pixels: u64) -> Option<()> {
        self.room = self.room.checked_sub(pixels)?;
        Some(())
    }

    fn taken(&mut self, taken: Taken) -> Picture {
        let picture = Picture::from(&taken);
        let kept = &mut self.kept;
        self.places.entry(taken.hash).or_insert_with(|| {
            kept.push(taken.image);
            kept.len() - 1
        });
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

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(side: u32) -> String {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='{side}' height='{side}'><rect width='9' height='9'/></svg>"
        )
    }

    #[test]
    fn a_drawing_takes_as_many_pixels_of_the_room_as_it_was_drawn_in() {
        let mut images = Images {
            room: DRAWN + 10,
            ..Images::default()
        };
        let small = images.whole(svg(10).as_bytes()).expect("it is drawn");
        assert_eq!(images.room, DRAWN + 10 - area(small.pixels));
        // The next one could be as large as any.
        let before = images.room;
        assert_eq!(images.whole(svg(10).as_bytes()), Err(Missing::Room));
        assert_eq!(images.room, before);
    }

    #[test]
    fn what_is_no_image_at_all_takes_no_room() {
        let mut images = Images::default();
        assert_eq!(images.whole(b"hello"), Err(Missing::Sense));
        assert_eq!(images.room, PIXELS);
    }

    #[test]
    fn only_what_is_stored_is_kept_under_a_name_and_once() {
        let taken = images::take_pixels(3, 2, vec![200; 24]).expect("an image");
        let bytes = taken.image.bytes.to_vec();
        let mut images = Images::default();
        for _ in 0..2 {
            assert_eq!(
                images.stored(taken.hash, bytes.clone()),
                Some(Picture::from(&taken))
            );
        }
        let text = b"GIF89a".to_vec();
        let other = StoredImage {
            kind: taken.image.kind,
            bytes: text.clone().into(),
        };
        assert_eq!(images.stored(other.hash(), text), None, "no PNG or JPEG");
        assert_eq!(images.stored(other.hash(), bytes), None, "another's name");
        assert_eq!(images.into_kept(), [taken.image]);
    }
}
