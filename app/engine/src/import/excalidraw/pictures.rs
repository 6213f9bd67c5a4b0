//! The images of an Excalidraw file: bytes in `data:` addresses, by name.

use std::borrow::Cow;
use std::collections::HashMap;

use drawbridge_protocol::ImageHash;

use super::fields::Fields;
use crate::document::{Members, Picture, read};
use crate::images::StoredImage;
use crate::import::images::{Images, Missing, data};

/// A file's images, each read when it is first asked for.
pub(super) struct Pictures<'a> {
    files: HashMap<Cow<'a, str>, &'a str>,
    /// What came of a file, by its name in the scene.
    taken: HashMap<String, Result<Picture, Missing>>,
    /// What came of one as an image of ours.
    ours: HashMap<ImageHash, Result<Picture, Missing>>,
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
        let files = files.and_then(Members::read).map(Members::into_map);
        Self {
            files: files.unwrap_or_default(),
            taken: HashMap::new(),
            ours: HashMap::new(),
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
                let taken = self.bytes(&name).and_then(|bytes| self.images.whole(&bytes));
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

    /// Keeps the bytes of an image that is ours: they are to be just these.
    pub(super) fn keep(&mut self, picture: &Picture) -> Result<(), Missing> {
        let name = picture.image;
        let kept = match self.ours.get(&name) {
            Some(kept) => *kept,
            None => {
                let bytes = self.bytes(&name.to_string());
                let kept = bytes.and_then(|bytes| self.images.stored(name, bytes).ok_or(Missing::Sense));
                self.ours.insert(name, kept);
                kept
            }
        };
        if kept? == *picture {
            Ok(())
        } else {
            Err(Missing::Sense)
        }
    }

    /// A file's bytes.
    fn bytes(&self, name: &str) -> Result<Vec<u8>, Missing> {
        let file = self.files.get(name).ok_or(Missing::Bytes)?;
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
