//! Images in a PDF: each once, however often it is shown. A JPEG goes in as it is.

use std::collections::HashMap;
use std::io::Cursor;

use drawbridge_protocol::{ImageHash, ImageType};
use image::{ColorType, ExtendedColorType, ImageDecoder as _, codecs::jpeg::JpegDecoder};
use pdf_writer::{Filter, Finish as _, Pdf, Ref};

use super::deflated;
use crate::images::{Pixels, StoredImage};

/// The images that are in a PDF.
#[derive(Default)]
pub(super) struct Images {
    /// Of each its number from one; `None` for one that isn't there or can't be read.
    numbers: HashMap<ImageHash, Option<usize>>,
    ids: Vec<Ref>,
}

impl Images {
    /// An image's number. It is written when it is first asked for.
    pub(super) fn number(
        &mut self,
        name: ImageHash,
        bytes: &dyn Fn(&ImageHash) -> Option<StoredImage>,
        pdf: &mut Pdf,
        last: &mut Ref,
    ) -> Option<usize> {
        if let Some(&known) = self.numbers.get(&name) {
            return known;
        }
        let written =
            bytes(&name).and_then(|image| as_it_is(&image, pdf, last).or_else(|| anew(&image, pdf, last)));
        let number = written.map(|id| {
            self.ids.push(id);
            self.ids.len()
        });
        self.numbers.insert(name, number);
        number
    }

    /// In the order of their numbers.
    pub(super) fn ids(&self) -> &[Ref] {
        &self.ids
    }
}

/// A JPEG's bytes are what a PDF takes, if its colours are.
fn as_it_is(image: &StoredImage, pdf: &mut Pdf, last: &mut Ref) -> Option<Ref> {
    if image.kind != ImageType::Jpeg {
        return None;
    }
    let decoder = JpegDecoder::new(Cursor::new(&image.bytes)).ok()?;
    let (width, height) = decoder.dimensions();
    let gray = match (decoder.color_type(), decoder.original_color_type()) {
        (ColorType::L8, ExtendedColorType::L8) => true,
        (ColorType::Rgb8, ExtendedColorType::Rgb8) => false,
        _ => return None,
    };
    let id = last.bump();
    let mut object = pdf.image_xobject(id, &image.bytes);
    object.filter(Filter::DctDecode);
    object
        .width(width.cast_signed())
        .height(height.cast_signed())
        .bits_per_component(8);
    if gray {
        object.color_space().device_gray();
    } else {
        object.color_space().device_rgb();
    }
    Some(id)
}

fn anew(image: &StoredImage, pdf: &mut Pdf, last: &mut Ref) -> Option<Ref> {
    let pixels = Pixels::straight(image).ok()?;
    let [width, height] = [pixels.width, pixels.height].map(u32::cast_signed);
    let colors: Vec<u8> = pixels
        .rgba
        .chunks_exact(4)
        .flat_map(|p| [p[0], p[1], p[2]])
        .collect();
    let opacities: Vec<u8> = pixels.rgba.chunks_exact(4).map(|p| p[3]).collect();
    let mask = opacities.iter().any(|&a| a < 255).then(|| last.bump());
    if let Some(mask) = mask {
        let bytes = deflated(&opacities);
        let mut object = pdf.image_xobject(mask, &bytes);
        object.filter(Filter::FlateDecode);
        object.width(width).height(height).bits_per_component(8);
        object.color_space().device_gray();
    }
    let id = last.bump();
    let bytes = deflated(&colors);
    let mut object = pdf.image_xobject(id, &bytes);
    object.filter(Filter::FlateDecode);
    object.width(width).height(height).bits_per_component(8);
    object.color_space().device_rgb();
    if let Some(mask) = mask {
        object.s_mask(mask);
    }
    object.finish();
    Some(id)
}
