//! The images of a tldraw file: assets with their bytes in `data:` addresses.

use std::collections::HashMap;

use drawbridge_protocol::ImageHash;

use super::notes;
use crate::document::Picture;
use crate::images::{self, StoredImage, Taken};
use crate::import::excalidraw::pictures::data;
use crate::import::fields::Fields;
use crate::import::{Note, Summary};

/// So many pixels are read of all images of a file together.
const PIXELS: u64 = 400_000_000;

pub(super) struct Pictures<'a> {
    assets: HashMap<String, Fields<'a>>,
    taken: HashMap<String, Result<Picture, Note>>,
    room: u64,
    images: Vec<(ImageHash, StoredImage)>,
}

impl<'a> Pictures<'a> {
    pub(super) fn of(assets: HashMap<String, Fields<'a>>) -> Self {
        Self {
            assets,
            taken: HashMap::new(),
            room: PIXELS,
            images: Vec::new(),
        }
    }

    /// The bytes of those that were asked for.
    pub(super) fn into_images(self) -> Vec<StoredImage> {
        self.images.into_iter().map(|(_, image)| image).collect()
    }

    /// The address of what a shape shows.
    pub(super) fn address(&self, props: &Fields<'_>) -> Option<String> {
        let asset = self.assets.get(&props.text("assetId")?)?;
        asset.object("props")?.text("src")
    }

    /// The image that a shape shows, cropped as it is there.
    pub(super) fn shown(&mut self, props: &Fields<'_>, summary: &mut Summary) -> Result<Picture, Note> {
        let name = props.text("assetId").ok_or(notes::NO_BYTES)?;
        let whole = match self.taken.get(&name) {
            Some(taken) => taken.clone(),
            None => {
                let taken = self.whole(props);
                self.taken.insert(name, taken.clone());
                taken
            }
        }?;
        let Some(part) = props.object("crop").and_then(|crop| part(&crop, whole.pixels)) else {
            return Ok(whole);
        };
        let cropped = self.part(&whole, part);
        Ok(cropped.unwrap_or_else(|| {
            summary.add(notes::UNCROPPED);
            whole
        }))
    }

    fn whole(&mut self, props: &Fields<'_>) -> Result<Picture, Note> {
        let address = self.address(props).ok_or(notes::NO_BYTES)?;
        if !address.starts_with("data:") {
            return Err(notes::NO_BYTES);
        }
        let bytes = data(&address).ok_or(notes::BAD_IMAGE)?;
        // An SVG has no pixels yet, but is drawn in no more than this.
        let pixels = images::size(&bytes).map_or(4_000_000, |[w, h]| u64::from(w) * u64::from(h));
        self.room = self.room.checked_sub(pixels).ok_or(notes::BAD_IMAGE)?;
        let taken = images::take(&bytes).map_err(|_| notes::BAD_IMAGE)?;
        Ok(self.keep(taken))
    }

    fn part(&mut self, whole: &Picture, part: [u32; 4]) -> Option<Picture> {
        let pixels = whole.pixels.map(u64::from).iter().product();
        self.room = self.room.checked_sub(pixels)?;
        let (_, held) = self.images.iter().find(|(name, _)| *name == whole.image)?;
        let taken = images::crop(held, part).ok()?;
        Some(self.keep(taken))
    }

    fn keep(&mut self, taken: Taken) -> Picture {
        let picture = Picture {
            image: taken.hash,
            kind: taken.image.kind,
            pixels: taken.pixels,
        };
        if !self.images.iter().any(|(held, _)| *held == taken.hash) {
            self.images.push((taken.hash, taken.image));
        }
        picture
    }
}

/// The part of an image that is to be shown, in its pixels: left, top, width and height. `None` for all of it.
fn part(crop: &Fields<'_>, pixels: [u32; 2]) -> Option<[u32; 4]> {
    let (from, to) = (crop.point("topLeft")?, crop.point("bottomRight")?);
    let mut out = [0; 4];
    for (side, (from, to)) in [(from.x, to.x), (from.y, to.y)].into_iter().enumerate() {
        let all = f64::from(pixels[side]);
        let at = ((from.clamp(0.0, 1.0) * all).round() as u32).min(pixels[side].saturating_sub(1));
        out[side] = at;
        let end = (to.clamp(0.0, 1.0) * all).round() as u32;
        out[side + 2] = end.saturating_sub(at).clamp(1, pixels[side] - at);
    }
    (out[2..] != pixels).then_some(out)
}
