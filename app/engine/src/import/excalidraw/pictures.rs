//! The images of an Excalidraw file: bytes in `data:` addresses, by name.

use std::collections::HashMap;

use super::fields::Fields;
use crate::document::{Members, Picture, read};
use crate::images::StoredImage;
use crate::import::images::{Images, data};

/// Why an image isn't there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// The file doesn't have it.
    Bytes,
    /// It can't be read, or there are too many.
    Sense,
}

/// A file's images, each read when it is first asked for.
pub(super) struct Pictures<'a> {
    files: Option<Members<'a>>,
    /// What came of a file, by its name in the scene.
    taken: HashMap<String, Result<Picture, Missing>>,
    images: Images,
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
            images: Images::default(),
        }
    }

    /// The bytes of those that were asked for.
    pub(super) fn into_images(self) -> Vec<StoredImage> {
        self.images.into_kept()
    }

    /// The image that an element shows.
    pub(super) fn shown(&mut self, fields: &Fields<'_>) -> Result<Shown, Missing> {
        let name = fields.text("fileId").ok_or(Missing::Bytes)?;
        let whole = match self.taken.get(&name) {
            Some(taken) => *taken,
            None => {
                let taken = self.whole(&name);
                self.taken.insert(name, taken);
                taken
            }
        }?;
        let Some(part) = fields.object("crop").and_then(|crop| part(&crop, whole.pixels)) else {
            return Ok(Shown {
                picture: whole,
                uncropped: false,
            });
        };
        let cropped = self.images.part(&whole, part);
        Ok(Shown {
            picture: cropped.unwrap_or(whole),
            uncropped: cropped.is_none(),
        })
    }

    fn whole(&mut self, name: &str) -> Result<Picture, Missing> {
        let bytes = self.bytes(name)?;
        self.images.whole(&bytes).ok_or(Missing::Sense)
    }

    /// Keeps the bytes of an image that is ours: they are to be just these.
    pub(super) fn keep(&mut self, picture: &Picture) -> Result<(), Missing> {
        if self.images.has(&picture.image) {
            return Ok(());
        }
        let image = StoredImage {
            kind: picture.kind,
            bytes: self.bytes(&picture.image.to_string())?.into(),
        };
        if image.hash() != picture.image {
            return Err(Missing::Sense);
        }
        self.images.keep(picture.image, image);
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
