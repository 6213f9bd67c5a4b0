//! Images in a PDF: each once, however often it is shown. A JPEG goes in as it is.

use std::collections::HashMap;

use drawbridge_protocol::{ImageHash, ImageType};
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

/// A JPEG's bytes are what a PDF takes, if its colours are gray, or red, green and blue. Printers' colours would be others there than on
/// the board: such a picture goes in as it is shown.
fn as_it_is(image: &StoredImage, pdf: &mut Pdf, last: &mut Ref) -> Option<Ref> {
    if image.kind != ImageType::Jpeg {
        return None;
    }
    let Frame {
        width,
        height,
        components,
    } = Frame::of(&image.bytes)?;
    if width == 0 || height == 0 || !matches!(components, 1 | 3) {
        return None;
    }
    let id = last.bump();
    let mut object = pdf.image_xobject(id, &image.bytes);
    object.filter(Filter::DctDecode);
    object
        .width(width.into())
        .height(height.into())
        .bits_per_component(8);
    if components == 1 {
        object.color_space().device_gray();
    } else {
        object.color_space().device_rgb();
    }
    Some(id)
}

/// What a JPEG says of its pixels.
#[derive(Debug, PartialEq, Eq)]
struct Frame {
    width: u16,
    height: u16,
    /// How many values a pixel has.
    components: u8,
}

impl Frame {
    /// That of a file that is coded as every reader of PDFs knows it: baseline, extended or progressive, in 8 bits a value. What decodes
    /// pictures for the board doesn't tell how many values there were.
    fn of(jpeg: &[u8]) -> Option<Self> {
        let mut rest = jpeg.strip_prefix(&[0xff, 0xd8])?;
        loop {
            let name = rest.iter().position(|byte| *byte != 0xff).filter(|at| *at > 0)?;
            let marker = rest[name];
            rest = &rest[name + 1..];
            let length = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
            let part = rest.get(2..length)?;
            match (marker, part) {
                (0xc0..=0xc2, [8, h0, h1, w0, w1, components, ..]) => {
                    return Some(Self {
                        width: u16::from_be_bytes([*w0, *w1]),
                        height: u16::from_be_bytes([*h0, *h1]),
                        components: *components,
                    });
                }
                // Tables of codes and of arithmetic coding have numbers among those of other ways to code.
                (0xc4 | 0xcc, _) => {}
                // The picture begins, and nothing was said of it; or it is coded otherwise.
                (0xc0..=0xcf | 0xda, _) => return None,
                _ => {}
            }
            rest = &rest[length..];
        }
    }
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

#[cfg(test)]
pub(super) mod tests;
