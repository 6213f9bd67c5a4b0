//! The images of an Excalidraw file: bytes in `data:` addresses, by name.

use std::collections::HashMap;

use data_encoding::BASE64;
use drawbridge_protocol::ImageHash;

use super::fields::Fields;
use crate::document::{Members, Picture, read};
use crate::images::{self, StoredImage, Taken};

/// So many pixels are read of all images of a file together.
const PIXELS: u64 = 400_000_000;

/// Why an image isn't there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// The file doesn't have it.
    Bytes,
    /// It can't be read, or there are too many.
    Sense,
}

/// A file's name in the scene, and which part of it, in pixels: left, top, width, height.
type Named = (String, Option<[u32; 4]>);

/// A file's images, each read when it is first asked for.
pub(super) struct Pictures<'a> {
    files: Option<Members<'a>>,
    /// What came of an image, and of a part of it.
    taken: HashMap<Named, Result<Picture, Missing>>,
    room: u64,
    images: Vec<(ImageHash, StoredImage)>,
}

/// An image as an element shows it.
pub(super) struct Shown {
    pub(super) picture: Picture,
    /// Whether only a part was to be shown, and all of it is.
    pub(super) uncropped: bool,
}

impl<'a> Pictures<'a> {
    /// Of the member `files`, as it stands.
    pub(super) fn of(files: Option<&'a str>) -> Self {
        Self {
            files: files.and_then(Members::read),
            taken: HashMap::new(),
            room: PIXELS,
            images: Vec::new(),
        }
    }

    /// The bytes of those that were asked for.
    pub(super) fn into_images(self) -> Vec<StoredImage> {
        self.images.into_iter().map(|(_, image)| image).collect()
    }

    /// The image that an element shows.
    pub(super) fn shown(&mut self, fields: &Fields<'_>) -> Result<Shown, Missing> {
        let name = fields.text("fileId").ok_or(Missing::Bytes)?;
        let whole = self.taken((name.clone(), None), Self::whole)?;
        let Some(part) = fields.object("crop").and_then(|crop| part(&crop, whole.pixels)) else {
            return Ok(Shown {
                picture: whole,
                uncropped: false,
            });
        };
        let cropped = self.taken((name, Some(part)), |pictures, _| pictures.part(&whole, part));
        Ok(Shown {
            picture: cropped.unwrap_or(whole),
            uncropped: cropped.is_err(),
        })
    }

    /// Keeps the bytes of an image that is ours: they are to be just these.
    pub(super) fn keep(&mut self, picture: &Picture) -> Result<(), Missing> {
        if self.images.iter().any(|(held, _)| *held == picture.image) {
            return Ok(());
        }
        let image = StoredImage {
            kind: picture.kind,
            bytes: self.bytes(&picture.image.to_string())?.into(),
        };
        if image.hash() != picture.image {
            return Err(Missing::Sense);
        }
        self.images.push((picture.image, image));
        Ok(())
    }

    /// A file's bytes.
    fn bytes(&self, name: &str) -> Result<Vec<u8>, Missing> {
        let file = self
            .files
            .as_ref()
            .and_then(|files| files.get(name))
            .ok_or(Missing::Bytes)?;
        let file = Members::read(file).ok_or(Missing::Bytes)?;
        let address: String = file.get("dataURL").and_then(read).ok_or(Missing::Bytes)?;
        data(&address).ok_or(Missing::Sense)
    }

    fn taken(
        &mut self,
        key: Named,
        take: impl FnOnce(&mut Self, &str) -> Result<Taken, Missing>,
    ) -> Result<Picture, Missing> {
        if let Some(held) = self.taken.get(&key) {
            return *held;
        }
        let picture = take(self, &key.0).map(|taken| {
            let picture = Picture {
                image: taken.hash,
                kind: taken.image.kind,
                pixels: taken.pixels,
            };
            if !self.images.iter().any(|(held, _)| *held == taken.hash) {
                self.images.push((taken.hash, taken.image));
            }
            picture
        });
        self.taken.insert(key, picture);
        picture
    }

    fn whole(&mut self, name: &str) -> Result<Taken, Missing> {
        let bytes = self.bytes(name)?;
        // An SVG has no pixels yet, but is drawn in no more than this.
        let pixels = images::size(&bytes).map_or(4_000_000, |[w, h]| u64::from(w) * u64::from(h));
        self.room = self.room.checked_sub(pixels).ok_or(Missing::Sense)?;
        images::take(&bytes).map_err(|_| Missing::Sense)
    }

    fn part(&mut self, whole: &Picture, part: [u32; 4]) -> Result<Taken, Missing> {
        let held = self.images.iter().find(|(name, _)| *name == whole.image);
        let pixels = whole.pixels.map(u64::from).iter().product();
        self.room = self.room.checked_sub(pixels).ok_or(Missing::Sense)?;
        let (_, held) = held.ok_or(Missing::Bytes)?;
        images::crop(held, part).map_err(|_| Missing::Sense)
    }
}

/// The part of an image that is to be shown, in its pixels: left, top, width and height. `None` for all of it.
fn part(crop: &Fields<'_>, pixels: [u32; 2]) -> Option<[u32; 4]> {
    let number = |name| crop.number(name).filter(|v| *v >= 0.0);
    let mut out = [0; 4];
    for (side, names) in [["x", "width", "naturalWidth"], ["y", "height", "naturalHeight"]]
        .iter()
        .enumerate()
    {
        let [at, long, natural] = names.map(number);
        // What is stored may be smaller than what came.
        let scale = f64::from(pixels[side]) / natural.filter(|v| *v > 0.0)?;
        let at = ((at? * scale).round() as u32).min(pixels[side] - 1);
        out[side] = at;
        out[side + 2] = ((long? * scale).round() as u32).clamp(1, pixels[side] - at);
    }
    (out[2..] != pixels).then_some(out)
}

/// The bytes of a `data:` address.
pub(in crate::import) fn data(address: &str) -> Option<Vec<u8>> {
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
