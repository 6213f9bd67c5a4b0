//! Elements as pixels, and those as a PNG, which can hold the elements as text too, so that it can be opened again.

use std::io::Cursor;

use ::png::text_metadata::ITXtChunk;
use ::png::{BitDepth, ColorType, Decoder, Encoder, EncodingError, Limits};
use kurbo::PathEl;
use tiny_skia::{
    Color, FillRule, FilterQuality, IntRect, IntSize, Mask, Paint, Path, PathBuilder, Pattern, Pixmap,
    PixmapPaint, SpreadMode, Transform,
};

use super::{Area, Look, areas, extent, opening, shown};
use crate::clip;
use crate::document::Element;
use crate::geometry::{Affine, BezPath, Rect};
use crate::images::Pixels;

/// How wide and how high a picture may be, in pixels.
pub const MAX_SIDE: u32 = 8192;
/// How many pixels a picture may have.
pub const MAX_PIXELS: u32 = 32 << 20;
/// How exact a shape is, in pixels.
const EXACT: f64 = 0.1;
/// The name under which a PNG holds the elements' text.
const KEYWORD: &str = "drawbridge";

/// A picture in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Picture {
    /// In pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// In pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Row by row from the top: red, green, blue (sRGB) and how opaque, which the colours aren't multiplied with.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }
}

/// What was to be drawn has no room in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is too long and narrow for a picture. Choose a part of it, or take an SVG.")]
pub struct TooLarge;

/// Elements, from the lowest to the topmost, and so many board units around them, with `scale` pixels to a board unit; with
/// fewer where the picture would be too large.
///
/// # Errors
/// When it would have to be so small that its shorter side is less than a pixel.
pub fn picture(elements: &[Element], look: &Look<'_>, margin: f64, scale: f64) -> Result<Picture, TooLarge> {
    picture_of(extent(elements, look, margin), elements, look, scale)
}

/// The same of just this part of the board.
///
/// # Errors
/// As [`picture`].
pub fn picture_of(
    part: Rect,
    elements: &[Element],
    look: &Look<'_>,
    scale: f64,
) -> Result<Picture, TooLarge> {
    let mut raster = Raster::new(part, scale)?;
    if let Some([r, g, b]) = look.paper {
        raster.canvas.fill(Color::from_rgba8(r, g, b, 255));
    }
    for (element, _) in shown(elements, look) {
        raster.add(element, look);
    }
    Ok(raster.finish())
}

/// A picture under way: of a part of the board, to which elements are added one after the other, the lowest first.
#[derive(Debug)]
pub struct Raster {
    canvas: Pixmap,
    to_pixels: Affine,
    scale: f64,
    /// What was clipped to last: many in a row are clipped to one frame.
    mask: Option<(Affine, Mask)>,
}

impl Raster {
    /// An empty, transparent one of this part of the board, with `scale` pixels to a board unit; with fewer where it would be too
    /// large.
    ///
    /// # Errors
    /// When it would have to be so small that its shorter side is less than a pixel.
    pub fn new(part: Rect, scale: f64) -> Result<Self, TooLarge> {
        let scale = fitting(part, scale)?;
        let [width, height] = pixels(part, scale);
        Ok(Self {
            canvas: Pixmap::new(width, height).ok_or(TooLarge)?,
            // In 64 bits up to here, so that far out on the board nothing trembles.
            to_pixels: Affine::scale(scale) * Affine::translate(-part.origin().to_vec2()),
            scale,
            mask: None,
        })
    }

    /// How many pixels a board unit has.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Adds an element as it looks.
    pub fn add(&mut self, element: &Element, look: &Look<'_>) {
        let clip = (look.clip)(element);
        let mask = clip.and_then(|clip| self.masked(clip));
        if self.add_image(element, look, mask.as_ref()).is_none() {
            let mut areas = areas(element, look, EXACT / self.scale);
            for area in &mut areas {
                area.boundary.apply_affine(self.to_pixels);
            }
            let opacity = element.style.opacity as f32;
            draw(&mut self.canvas, &areas, opacity, mask.as_ref());
        }
        self.mask = clip.zip(mask).or(self.mask.take());
    }

    /// A mask that leaves open where `clip` leads the unit square.
    fn masked(&mut self, clip: Affine) -> Option<Mask> {
        if let Some((_, mask)) = self.mask.take_if(|(held, _)| *held == clip) {
            return Some(mask);
        }
        let mut mask = Mask::new(self.canvas.width(), self.canvas.height())?;
        let open = opening(self.to_pixels * clip);
        mask.fill_path(&path(&open)?, FillRule::Winding, true, Transform::identity());
        Some(mask)
    }

    /// Adds an element's picture, if it has one that is there.
    fn add_image(&mut self, element: &Element, look: &Look<'_>, mask: Option<&Mask>) -> Option<()> {
        let place = self.to_pixels * element.place;
        let [a, b, c, d, ..] = place.as_coeffs();
        let side = a.hypot(b).max(c.hypot(d)).ceil().clamp(1.0, f64::from(MAX_SIDE)) as u32;
        let image = (look.images)(&element.picture?.image)?;
        let pixels = Pixels::of(&image, side).ok()?;
        let [width, height] = [pixels.width, pixels.height].map(f64::from);
        let size = IntSize::from_wh(pixels.width, pixels.height)?;
        let pixmap = Pixmap::from_vec(pixels.rgba, size)?;
        let of_pixels = (place * Affine::scale_non_uniform(1.0 / width, 1.0 / height)).as_coeffs();
        let [a, b, c, d, e, f] = of_pixels.map(|v| v as f32);
        let shader = Pattern::new(
            pixmap.as_ref(),
            SpreadMode::Pad,
            FilterQuality::Bilinear,
            element.style.opacity as f32,
            Transform::from_row(a, b, c, d, e, f),
        );
        let paint = Paint {
            shader,
            ..Paint::default()
        };
        let mut boundary = element.shape().inside();
        boundary.apply_affine(self.to_pixels);
        self.canvas.fill_path(
            &path(&boundary)?,
            &paint,
            FillRule::Winding,
            Transform::identity(),
            mask,
        );
        Some(())
    }

    /// Adds a box on the board, filled with this colour and so opaque, 0 to 1: what is left of something seen from far away.
    pub fn add_box(&mut self, bounds: Rect, color: [u8; 3], opacity: f64) {
        let part = self.to_pixels.transform_rect_bbox(bounds);
        let [x0, y0, x1, y1] = [part.x0, part.y0, part.x1, part.y1].map(|v| v as f32);
        if let Some(part) = tiny_skia::Rect::from_ltrb(x0, y0, x1, y1) {
            let paint = paint(color, opacity as f32);
            self.canvas.fill_rect(part, &paint, Transform::identity(), None);
        }
    }

    /// What was drawn.
    #[must_use]
    pub fn finish(self) -> Picture {
        Picture {
            width: self.canvas.width(),
            height: self.canvas.height(),
            rgba: self.canvas.take_demultiplied(),
        }
    }
}

/// One colour, so opaque.
fn paint([r, g, b]: [u8; 3], opacity: f32) -> Paint<'static> {
    let mut color = Color::from_rgba8(r, g, b, 255);
    color.apply_opacity(opacity);
    let mut paint = Paint::default();
    paint.set_color(color);
    paint
}

/// How many pixels a part of the board has.
fn pixels(extent: Rect, scale: f64) -> [u32; 2] {
    // A millionth of a pixel is only rounding.
    [extent.width(), extent.height()].map(|side| ((side * scale - 1e-6).ceil() as u32).clamp(1, MAX_SIDE))
}

/// The scale, or as much of it as a picture has room for.
pub(super) fn fitting(extent: Rect, scale: f64) -> Result<f64, TooLarge> {
    let wanted = if scale.is_finite() && scale > 0.0 {
        scale
    } else {
        1.0
    };
    let (width, height) = (extent.width(), extent.height());
    let side = f64::from(MAX_SIDE) / width.max(height);
    // Both sides are rounded up, which adds a row and a column at most.
    let area = f64::from(MAX_PIXELS - 2 * MAX_SIDE - 1) / (width * height);
    let fitting = wanted.min(side).min(area.sqrt());
    let least = width.min(height);
    if least * fitting < 1.0 && least * wanted >= 1.0 {
        return Err(TooLarge);
    }
    Ok(fitting)
}

/// Draws areas, which are in pixels, one over the other, and all of them together so opaque, as far as a mask leaves open.
pub(super) fn draw(canvas: &mut Pixmap, areas: &[Area], opacity: f32, mask: Option<&Mask>) {
    let paths = areas
        .iter()
        .filter_map(|area| Some((path(&area.boundary)?, area.color)));
    let areas: Vec<(Path, [u8; 3])> = paths.collect();
    let (rule, still) = (FillRule::Winding, Transform::identity());
    if areas.len() < 2 || opacity >= 1.0 {
        for (path, color) in &areas {
            canvas.fill_path(path, &paint(*color, opacity), rule, still, mask);
        }
        return;
    }
    // As large as they are and no larger: there may be many.
    let whole = IntRect::from_xywh(0, 0, canvas.width(), canvas.height());
    let boxes = areas.iter().filter_map(|(path, _)| path.bounds().round_out());
    let union = |a: IntRect, b: IntRect| {
        IntRect::from_ltrb(
            a.left().min(b.left()),
            a.top().min(b.top()),
            a.right().max(b.right()),
            a.bottom().max(b.bottom()),
        )
    };
    let around = boxes.map(Some).reduce(|a, b| union(a?, b?)).flatten();
    let Some(part) = around.and_then(|part| part.intersect(&whole?)) else {
        return;
    };
    let Some(mut layer) = Pixmap::new(part.width(), part.height()) else {
        return;
    };
    let moved = Transform::from_translate(-part.x() as f32, -part.y() as f32);
    for (path, color) in &areas {
        layer.fill_path(path, &paint(*color, 1.0), rule, moved, None);
    }
    let together = PixmapPaint {
        opacity,
        ..PixmapPaint::default()
    };
    canvas.draw_pixmap(part.x(), part.y(), layer.as_ref(), &together, still, mask);
}

fn path(boundary: &BezPath) -> Option<Path> {
    let mut path = PathBuilder::new();
    for element in boundary.elements() {
        match *element {
            PathEl::MoveTo(p) => path.move_to(p.x as f32, p.y as f32),
            PathEl::LineTo(p) => path.line_to(p.x as f32, p.y as f32),
            PathEl::QuadTo(a, p) => path.quad_to(a.x as f32, a.y as f32, p.x as f32, p.y as f32),
            PathEl::CurveTo(a, b, p) => path.cubic_to(
                a.x as f32, a.y as f32, b.x as f32, b.y as f32, p.x as f32, p.y as f32,
            ),
            PathEl::ClosePath => path.close(),
        }
    }
    path.finish()
}

/// A picture as a PNG, with the elements' text in it if that is given.
#[must_use]
pub fn png(picture: &Picture, embed: Option<&str>) -> Vec<u8> {
    let mut out = Vec::new();
    encode(picture, embed, &mut out).expect("memory takes a picture that has pixels");
    out
}

fn encode(picture: &Picture, embed: Option<&str>, out: &mut Vec<u8>) -> Result<(), EncodingError> {
    let mut encoder = Encoder::new(out, picture.width, picture.height);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    if let Some(text) = embed {
        let mut chunk = ITXtChunk::new(KEYWORD, text);
        chunk.compressed = true;
        writer.write_text_chunk(&chunk)?;
    }
    writer.write_image_data(&picture.rgba)?;
    writer.finish()
}

/// The text of the elements that a PNG holds, if it holds one.
#[must_use]
pub fn embedded(png: &[u8]) -> Option<String> {
    // Of what stands before the picture no more than this is looked at.
    let limits = Limits {
        bytes: clip::MAX_TEXT,
    };
    let reader = Decoder::new_with_limits(Cursor::new(png), limits)
        .read_info()
        .ok()?;
    let texts = &reader.info().utf8_text;
    let mut chunk = texts.iter().find(|chunk| chunk.keyword == KEYWORD)?.clone();
    chunk.decompress_text_with_limit(clip::MAX_TEXT).ok()?;
    chunk.get_text().ok()
}
