//! A vector drawing as pixels. Nothing outside of the file is looked at.

use std::sync::{Arc, OnceLock};

use image::{DynamicImage, RgbaImage};
use resvg::usvg::fontdb::{Database, Family, Query, Source};
use resvg::usvg::roxmltree::{Document, ParsingOptions};
use resvg::usvg::{ImageHrefResolver, ImageKind, Options, Tree};
use tiny_skia::{Pixmap, Transform};

use super::tame::is_tame;
use super::{ImageError, KEPT_SIDE, take};
use crate::geometry::Font;
use crate::lettering::font_file;

/// A drawing gets so many pixels a unit, so that it is sharp on any screen and from near, ...
const SHARP: f32 = 2.0;
/// ... but not more than that along its longer side.
const MOST: f32 = 2048.0;

/// Whether a file is an SVG drawing.
pub(super) fn is_svg(file: &[u8]) -> bool {
    let start = &file[..file.len().min(4096)];
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    start.trim_ascii_start().starts_with(b"<") && start.windows(4).any(|part| part == b"<svg")
}

/// Draws it.
pub(super) fn draw(file: &[u8]) -> Result<DynamicImage, ImageError> {
    let broken = |error: &dyn std::fmt::Display| ImageError::Broken(error.to_string());
    let text = std::str::from_utf8(file).map_err(|error| broken(&error))?;
    let options = Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, data, _| embedded(data)),
            resolve_string: Box::new(|_, _| None),
        },
        fontdb: fonts(),
        ..Options::default()
    };
    let parsing = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, parsing).map_err(|error| broken(&error))?;
    if !is_tame(&document) {
        return Err(ImageError::Broken("its numbers are too large".to_owned()));
    }
    let tree = Tree::from_xmltree(&document, &options).map_err(|error| broken(&error))?;
    let size = tree.size();
    let longer = size.width().max(size.height());
    let scale = SHARP.min((MOST / longer).max(1.0)).min(KEPT_SIDE as f32 / longer);
    let side = |v: f32| ((v * scale).ceil() as u32).clamp(1, KEPT_SIDE);
    let mut pixmap = Pixmap::new(side(size.width()), side(size.height()))
        .ok_or_else(|| ImageError::Broken("it has no size".to_owned()))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    let (width, height) = (pixmap.width(), pixmap.height());
    let straight = pixmap.pixels().iter().flat_map(|pixel| {
        let color = pixel.demultiply();
        [color.red(), color.green(), color.blue(), color.alpha()]
    });
    let drawn = RgbaImage::from_raw(width, height, straight.collect());
    drawn
        .map(DynamicImage::from)
        .ok_or_else(|| ImageError::Broken("it could not be drawn".to_owned()))
}

/// A picture within the drawing, if it is one that would be taken by itself.
fn embedded(data: Arc<Vec<u8>>) -> Option<ImageKind> {
    let format = take::within_limits(&data).ok()?;
    Some(match format {
        image::ImageFormat::Png => ImageKind::PNG(data),
        image::ImageFormat::Jpeg => ImageKind::JPEG(data),
        image::ImageFormat::Gif => ImageKind::GIF(data),
        image::ImageFormat::WebP => ImageKind::WEBP(data),
        _ => return None,
    })
}

/// The system's fonts, looked for once. Where they have none of a general kind, one of ours stands in: else letters in it would not be drawn.
fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let load = || {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        if let Some(name) = stand_in(&mut fonts, Family::Serif, Font::Serif) {
            fonts.set_serif_family(name);
        }
        if let Some(name) = stand_in(&mut fonts, Family::SansSerif, Font::Plain) {
            fonts.set_sans_serif_family(name);
        }
        if let Some(name) = stand_in(&mut fonts, Family::Monospace, Font::Mono) {
            fonts.set_monospace_family(name);
        }
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}

/// The name of a font of ours, added to those that there are, if these have none of a general kind.
fn stand_in(fonts: &mut Database, kind: Family<'_>, font: Font) -> Option<String> {
    let query = Query {
        families: &[kind],
        ..Query::default()
    };
    if fonts.query(&query).is_some() {
        return None;
    }
    let added = fonts.load_font_source(Source::Binary(Arc::new(font_file(font))));
    let (name, _) = fonts.face(*added.first()?)?.families.first()?;
    Some(name.clone())
}
