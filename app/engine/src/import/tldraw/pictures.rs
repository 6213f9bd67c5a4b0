//! The images of a tldraw file: assets with their bytes in `data:` addresses.

use std::collections::HashMap;

use super::notes;
use crate::document::Picture;
use crate::images::StoredImage;
use crate::import::fields::Fields;
use crate::import::images::{Images, data};
use crate::import::{Note, Summary};

pub(super) struct Pictures<'a> {
    assets: HashMap<String, Fields<'a>>,
    taken: HashMap<String, Result<Picture, Note>>,
    images: Images,
}

impl<'a> Pictures<'a> {
    pub(super) fn of(assets: HashMap<String, Fields<'a>>) -> Self {
        Self {
            assets,
            taken: HashMap::new(),
            images: Images::default(),
        }
    }

    /// The bytes of those that were asked for.
    pub(super) fn into_images(self) -> Vec<StoredImage> {
        self.images.into_kept()
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
        let cropped = self.images.part(&whole, part);
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
        self.images.whole(&bytes).ok_or(notes::BAD_IMAGE)
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
