//! A stored image's pixels, for whoever draws them: whole, and at each half of their size down to one.

use image::imageops::{self, FilterType};
use image::{DynamicImage, RgbaImage};

use super::{ImageError, StoredImage, take};

/// Pixels from left to right and from the top: red, green, blue and opacity, a byte each, colours times opacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// How many beside each other.
    pub width: u32,
    /// How many below each other.
    pub height: u32,
    /// Four bytes each.
    pub rgba: Vec<u8>,
}

impl Pixels {
    /// Reads an image, scaled down so that neither side is longer than `side`. May take a second: not for a window's thread.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn of(image: &StoredImage, side: u32) -> Result<Self, ImageError> {
        let whole = take::pixels_of(image)?;
        let (width, height) = (whole.width(), whole.height());
        let scale = f64::from(side.max(1)) / f64::from(width.max(height));
        let whole = if scale < 1.0 {
            let part = |v: u32| ((f64::from(v) * scale).round() as u32).max(1);
            DynamicImage::from(imageops::thumbnail(
                &whole.into_rgba8(),
                part(width),
                part(height),
            ))
        } else {
            whole
        };
        Ok(Self::premultiplied(whole.into_rgba8()))
    }

    /// Reads an image as it is: here the colours are not times opacity.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn straight(image: &StoredImage) -> Result<Self, ImageError> {
        let pixels = take::pixels_of(image)?.into_rgba8();
        Ok(Self {
            width: pixels.width(),
            height: pixels.height(),
            rgba: pixels.into_raw(),
        })
    }

    fn premultiplied(mut pixels: RgbaImage) -> Self {
        for pixel in pixels.pixels_mut() {
            let [r, g, b, a] = pixel.0;
            if a < 255 {
                let times = |v: u8| ((u32::from(v) * u32::from(a) + 127) / 255) as u8;
                pixel.0 = [times(r), times(g), times(b), a];
            }
        }
        Self {
            width: pixels.width(),
            height: pixels.height(),
            rgba: pixels.into_raw(),
        }
    }

    /// The same in half the size, down to one pixel a side.
    #[must_use]
    pub fn half(&self) -> Self {
        let whole = RgbaImage::from_raw(self.width, self.height, self.rgba.clone()).unwrap_or_default();
        let (width, height) = ((self.width / 2).max(1), (self.height / 2).max(1));
        Self {
            width,
            height,
            rgba: imageops::resize(&whole, width, height, FilterType::Triangle).into_raw(),
        }
    }
}
