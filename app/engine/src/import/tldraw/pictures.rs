//! The images of a tldraw file: assets with their bytes in `data:` addresses.

use std::collections::HashMap;
use std::sync::Arc;

use super::notes;
use crate::document::Picture;
use crate::images::StoredImage;
use crate::import::alike::within;
use crate::import::fields::Fields;
use crate::import::images::{Images, Missing, data};
use crate::import::{Note, Summary};

pub(super) struct Pictures<'a> {
    assets: HashMap<String, Fields<'a>>,
    taken: HashMap<String, Result<Picture, Missing>>,
    /// Addresses elsewhere, as many letters of each as are shown: many shapes may have the same long one.
    elsewhere: HashMap<String, Option<(Arc<str>, bool)>>,
    images: Images,
}

impl<'a> Pictures<'a> {
    pub(super) fn of(assets: HashMap<String, Fields<'a>>) -> Self {
        Self {
            assets,
            taken: HashMap::new(),
            elsewhere: HashMap::new(),
            images: Images::default(),
        }
    }

    /// The bytes of those that were asked for.
    pub(super) fn into_images(self) -> Vec<StoredImage> {
        self.images.into_kept()
    }

    /// The address elsewhere of what a shape shows, as many letters of it as are shown, and whether there were more.
    pub(super) fn elsewhere(&mut self, props: &Fields<'_>) -> Option<(Arc<str>, bool)> {
        let name = props.text("assetId")?;
        if let Some(known) = self.elsewhere.get(&name) {
            return known.clone();
        }
        let address = self.address(&name).filter(|url| !url.starts_with("data:"));
        let address = address.map(|url| within(&url));
        self.elsewhere.insert(name, address.clone());
        address
    }

    fn address(&self, asset: &str) -> Option<String> {
        self.assets.get(asset)?.object("props")?.text("src")
    }

    /// The image that a shape shows, cropped as it is there.
    pub(super) fn shown(&mut self, props: &Fields<'_>, summary: &mut Summary) -> Result<Picture, Note> {
        let whole = self.whole(props).map_err(|missing| match missing {
            Missing::Bytes => notes::NO_BYTES,
            Missing::Sense => notes::BAD_IMAGE,
            Missing::Room => notes::NO_ROOM,
        })?;
        let crop = props.object("crop");
        if crop.as_ref().and_then(|crop| crop.flag("isCircle")) == Some(true) {
            summary.add(notes::CIRCLES);
        }
        let Some(part) = crop.and_then(|crop| part(&crop, whole.pixels)) else {
            return Ok(whole);
        };
        let cropped = self.images.part(&whole, part);
        Ok(cropped.unwrap_or_else(|| {
            summary.add(notes::UNCROPPED);
            whole
        }))
    }

    fn whole(&mut self, props: &Fields<'_>) -> Result<Picture, Missing> {
        let name = props.text("assetId").ok_or(Missing::Bytes)?;
        if let Some(taken) = self.taken.get(&name) {
            return *taken;
        }
        let address = self.address(&name).filter(|url| url.starts_with("data:"));
        let bytes = address
            .ok_or(Missing::Bytes)
            .and_then(|address| data(&address).ok_or(Missing::Sense));
        let taken = bytes.and_then(|bytes| self.images.whole(&bytes));
        self.taken.insert(name, taken);
        taken
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
