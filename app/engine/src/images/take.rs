//! From somebody's file to what is stored and shared.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use drawbridge_protocol::ImageType;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::error::ImageError as Decoding;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbaImage, imageops};

use super::{
    FILE, ImageError, KEPT_BYTES, KEPT_PIXELS, KEPT_SIDE, PIXELS, SIDE, SVG_FILE, StoredImage, Taken, plain,
    svg,
};

/// How much memory the pixels of a file may take while they are read, in bytes.
const MEMORY: u64 = 1 << 30;
/// How good the JPEG files are that are written here, up to 100.
const QUALITY: u8 = 90;

/// Takes a file in: PNG, JPEG, WebP, GIF (its first frame) or SVG, as its content says. Turned upright, scaled down where it
/// is too large to share, and rid of what tells about its maker. May take seconds: not for a window's thread.
///
/// # Errors
/// [`ImageError`] says what is wrong with the file.
pub fn take(file: &[u8]) -> Result<Taken, ImageError> {
    guarded(|| take_in(file))
}

fn take_in(file: &[u8]) -> Result<Taken, ImageError> {
    at_most(file, FILE)?;
    if svg::is_svg(file) {
        at_most(file, SVG_FILE)?;
        return written(svg::draw(file)?, true);
    }
    let format = format_of(file)?;
    // A file that is cut off is found so by its parts, before its header is believed.
    let plain = match format {
        ImageFormat::Png => Some((ImageType::Png, plain::png(file)?)),
        ImageFormat::Jpeg => Some((ImageType::Jpeg, plain::jpeg(file)?)),
        _ => None,
    };
    check_size(file, format)?;
    let (pixels, orientation) = decode(file, format)?;
    let (width, height) = (pixels.width(), pixels.height());
    if let Some((kind, bytes)) = plain
        && orientation == Orientation::NoTransforms
        && kept_size(width, height) == (width, height)
        && bytes.len() <= KEPT_BYTES
    {
        return Ok(taken(kind, bytes, [width, height]));
    }
    let mut pixels = pixels;
    pixels.apply_orientation(orientation);
    written(pixels, !is_lossy(file, format))
}

/// Takes pixels in, from left to right and from the top: red, green, blue and opacity, a byte each, which the colours aren't
/// multiplied with.
///
/// # Errors
/// When they are too many, or not as many as the size says.
pub fn take_pixels(width: u32, height: u32, rgba: Vec<u8>) -> Result<Taken, ImageError> {
    check_pixels(width, height)?;
    let pixels = RgbaImage::from_raw(width, height, rgba)
        .ok_or_else(|| ImageError::Broken("it has fewer pixels than it says".to_owned()))?;
    written(pixels.into(), true)
}

/// How wide and how high a file's picture is, in pixels, as its header says. Of an SVG that isn't known.
///
/// # Errors
/// When it can't be read, or is too large to be.
pub fn size(file: &[u8]) -> Result<[u32; 2], ImageError> {
    guarded(|| check_size(file, format_of(file)?))
}

/// Bytes that are stored as they are: those of a PNG or JPEG within the limits of what is kept. Their pixels aren't read.
///
/// # Errors
/// When they are no such file.
pub fn stored(bytes: Arc<[u8]>) -> Result<Taken, ImageError> {
    let kind = match format_of(&bytes)? {
        ImageFormat::Png => ImageType::Png,
        ImageFormat::Jpeg => ImageType::Jpeg,
        _ => return Err(ImageError::Unknown),
    };
    if bytes.len() > KEPT_BYTES {
        return Err(ImageError::TooLarge {
            bytes: bytes.len(),
            most: KEPT_BYTES,
        });
    }
    let pixels @ [width, height] = size(&bytes)?;
    if kept_size(width, height) != (width, height) {
        let [width, height] = pixels.map(u64::from);
        return Err(ImageError::TooManyPixels { width, height });
    }
    Ok(taken(kind, bytes, pixels))
}

/// A part of an image as one of its own: left, top, width and height in pixels, of which as much is taken as is there. May take
/// a second: not for a window's thread.
///
/// # Errors
/// When it can't be read, or nothing of the part is there.
pub fn crop(image: &StoredImage, [left, top, width, height]: [u32; 4]) -> Result<Taken, ImageError> {
    let part = pixels_of(image)?.crop_imm(left, top, width, height);
    check_pixels(part.width(), part.height())?;
    written(part, image.kind == ImageType::Png)
}

fn at_most(file: &[u8], most: usize) -> Result<(), ImageError> {
    let bytes = file.len();
    if bytes > most {
        return Err(ImageError::TooLarge { bytes, most });
    }
    Ok(())
}

/// What a file is, as its first bytes say, if it isn't larger than what is read.
pub(super) fn within_limits(file: &[u8]) -> Result<ImageFormat, ImageError> {
    let format = format_of(file)?;
    check_size(file, format)?;
    Ok(format)
}

fn format_of(file: &[u8]) -> Result<ImageFormat, ImageError> {
    use ImageFormat::{Gif, Jpeg, Png, WebP};
    match image::guess_format(file) {
        Ok(format @ (Png | Jpeg | Gif | WebP)) => Ok(format),
        _ => Err(ImageError::Unknown),
    }
}

/// Looks at what the header says before any pixel is read.
fn check_size(file: &[u8], format: ImageFormat) -> Result<[u32; 2], ImageError> {
    let reader = ImageReader::with_format(Cursor::new(file), format);
    let (width, height) = reader.into_dimensions().map_err(|error| unreadable(&error))?;
    check_pixels(width, height)?;
    Ok([width, height])
}

fn check_pixels(width: u32, height: u32) -> Result<(), ImageError> {
    if width == 0 || height == 0 {
        return Err(ImageError::Broken("it has no pixels".to_owned()));
    }
    if width.max(height) > SIDE || u64::from(width) * u64::from(height) > PIXELS {
        let [width, height] = [width, height].map(u64::from);
        return Err(ImageError::TooManyPixels { width, height });
    }
    Ok(())
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    limits
}

/// The pixels as they lie in the file, and how they are to be turned.
fn decode(file: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(|error| unreadable(&error))?;
    // What can't be read of that is as if it weren't there.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let pixels = DynamicImage::from_decoder(decoder).map_err(|error| unreadable(&error))?;
    Ok((pixels, orientation))
}

/// The pixels of a stored file.
pub(super) fn pixels_of(image: &StoredImage) -> Result<DynamicImage, ImageError> {
    guarded(|| {
        at_most(&image.bytes, FILE)?;
        let format = within_limits(&image.bytes)?;
        decode(&image.bytes, format).map(|(pixels, _)| pixels)
    })
}

/// A defect in a decoder is a file that can't be read.
fn guarded<T>(read: impl FnOnce() -> Result<T, ImageError>) -> Result<T, ImageError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ImageError::Broken("it could not be read".to_owned())))
}

/// An image in another size, so that its longer side has at most so many pixels. May take a second: not for a window's thread.
///
/// # Errors
/// When it can't be read.
pub fn small(image: &StoredImage, side: u32) -> Result<StoredImage, ImageError> {
    let pixels = pixels_of(image)?.thumbnail(side, side);
    let shines = pixels.color().has_alpha();
    Ok(StoredImage {
        kind: ImageType::Png,
        bytes: png(&pixels, shines)?.into(),
    })
}

fn unreadable(error: &Decoding) -> ImageError {
    let cut_off = match error {
        Decoding::IoError(error) => error.kind() == std::io::ErrorKind::UnexpectedEof,
        other => {
            let text = other.to_string().to_lowercase();
            ["unexpected end", "eof", "not enough"]
                .iter()
                .any(|part| text.contains(part))
        }
    };
    if cut_off {
        return ImageError::CutOff;
    }
    ImageError::Broken(error.to_string())
}

/// Whether its pixels are an approximation already.
fn is_lossy(file: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Jpeg => true,
        ImageFormat::WebP => file.windows(4).take(64).any(|part| part == b"VP8 "),
        _ => false,
    }
}

/// How large something so large is kept: with the same ratio.
fn kept_size(width: u32, height: u32) -> (u32, u32) {
    let [w, h] = [width, height].map(f64::from);
    let scale = (f64::from(KEPT_SIDE) / w.max(h)).min((KEPT_PIXELS as f64 / (w * h)).sqrt());
    if scale >= 1.0 {
        return (width, height);
    }
    let side = |v: f64| ((v * scale) as u32).max(1);
    (side(w), side(h))
}

/// Writes pixels anew: as PNG where they are exact or shine through, else as JPEG.
fn written(pixels: DynamicImage, exact: bool) -> Result<Taken, ImageError> {
    let (mut width, mut height) = kept_size(pixels.width(), pixels.height());
    let mut pixels = scaled(pixels, width, height);
    let shines = pixels.color().has_alpha() && pixels.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255);
    loop {
        if exact || shines {
            let bytes = png(&pixels, shines)?;
            if bytes.len() <= KEPT_BYTES {
                return Ok(taken(ImageType::Png, bytes, [width, height]));
            }
        }
        if !shines {
            let bytes = jpeg(&pixels)?;
            if bytes.len() <= KEPT_BYTES {
                return Ok(taken(ImageType::Jpeg, bytes, [width, height]));
            }
        }
        (width, height) = ((width / 2).max(1), (height / 2).max(1));
        pixels = scaled(pixels, width, height);
    }
}

fn scaled(pixels: DynamicImage, width: u32, height: u32) -> DynamicImage {
    if (pixels.width(), pixels.height()) == (width, height) {
        return pixels;
    }
    pixels.resize_exact(width, height, imageops::FilterType::CatmullRom)
}

fn png(pixels: &DynamicImage, shines: bool) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    let result = if shines {
        pixels.to_rgba8().write_with_encoder(encoder)
    } else {
        pixels.to_rgb8().write_with_encoder(encoder)
    };
    result.map_err(|error| ImageError::Broken(error.to_string()))?;
    Ok(bytes)
}

fn jpeg(pixels: &DynamicImage) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let result = pixels
        .to_rgb8()
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY));
    result.map_err(|error| ImageError::Broken(error.to_string()))?;
    Ok(bytes)
}

fn taken(kind: ImageType, bytes: impl Into<Arc<[u8]>>, pixels: [u32; 2]) -> Taken {
    let image = StoredImage {
        kind,
        bytes: bytes.into(),
    };
    Taken {
        hash: image.hash(),
        image,
        pixels,
    }
}

#[cfg(test)]
mod tests;
