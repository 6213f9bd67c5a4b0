//! Elements as an SVG, which can hold them as text too, so that it can be opened again. What is used by its name is so by `xlink:href`:
//! older programs know no other way, and newer ones take it too.

mod font;
mod letters;
mod path;
mod words;
mod xml;

use std::fmt::Write as _;

use data_encoding::BASE64;

use self::letters::{Glyphs, name_of};
use self::path::{exact, length, path};
use self::words::Words;
use self::xml::{escaped, unescaped};
use super::{Lettering, Look, extent, letters, opening, parted, shown};
use crate::clip;
use crate::document::{Element, Kind};
use crate::geometry::{Affine, Part, Point, Rect, Tone};
use crate::images::StoredImage;

/// The tag of the elements in the metadata.
const TAG: &str = "drawbridge:elements";
/// More digits after the point than this are never written.
const MAX_DIGITS: usize = 8;
/// So it is where nothing else is said.
const DEFAULTS: &str = r#"fill="none" stroke-linecap="round" stroke-linejoin="round""#;

/// Elements, from the lowest to the topmost, as an SVG as large as they are and so many board units around; with their
/// text in it where `embed`. A board unit is a pixel.
#[must_use]
pub fn svg(elements: &[Element], look: &Look<'_>, margin: f64, embed: bool) -> String {
    let text = embed.then(|| clip::write(elements));
    let how = (Lettering::Outlines, text.as_deref());
    svg_of(extent(elements, look, margin), elements, look, how)
}

/// The same of just this part of the board, its letters written like that, with this text in it, if one is given.
#[must_use]
pub fn svg_of(
    extent: Rect,
    elements: &[Element],
    look: &Look<'_>,
    (lettering, embed): (Lettering, Option<&str>),
) -> String {
    let digits = shown(elements, look).map(|(element, bounds)| digits_of(element, bounds));
    let digits = digits.max().unwrap_or(0).max(2);
    let [width, height] = [extent.width(), extent.height()].map(|v| length(v, digits));
    let mut drawing = Drawing::new(extent.origin());
    let mut fonts = String::new();
    if lettering == Lettering::Text {
        let mut words = Words::default();
        for (element, _) in shown(elements, look) {
            if let Some(lettered) = letters(element) {
                words.take(element.style.font, &lettered);
            }
        }
        fonts = words.finish();
        drawing.words = Some(words);
    }
    for (element, bounds, parts) in parted(elements, look) {
        drawing.add(element, bounds, &parts, look);
    }
    drawing.clip_to(None, 0);
    let Drawing {
        defined,
        body,
        glyphs,
        ..
    } = drawing;
    let mut out = String::with_capacity(body.len() + 1024);
    put(
        &mut out,
        format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" height="{height}" viewBox="0 0 {width} {height}" {DEFAULTS}>"#
        ),
    );
    if let Some(text) = embed {
        put(
            &mut out,
            format_args!(
                "\n<metadata><{TAG} xmlns:drawbridge=\"urn:drawbridge:elements\">{}</{TAG}></metadata>",
                escaped(text)
            ),
        );
    }
    if !fonts.is_empty() {
        put(&mut out, format_args!("\n<style>{fonts}</style>"));
    }
    let defined = [defined, glyphs.defined].concat();
    if !defined.is_empty() {
        put(&mut out, format_args!("\n<defs>{defined}</defs>"));
    }
    if let Some(paper) = look.paper {
        let paper = hex(paper);
        put(
            &mut out,
            format_args!("\n<rect width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>"),
        );
    }
    out.push_str(&body);
    out.push_str("\n</svg>\n");
    out
}

/// An SVG under way.
struct Drawing {
    origin: Point,
    /// What is used by its name.
    defined: String,
    glyphs: Glyphs,
    /// Where letters are text.
    words: Option<Words>,
    /// Each with its name.
    clips: Vec<(Affine, String)>,
    /// What the last element was clipped to.
    clip: Option<Affine>,
    body: String,
}

impl Drawing {
    fn new(origin: Point) -> Self {
        Self {
            origin,
            defined: String::new(),
            glyphs: Glyphs::default(),
            words: None,
            clips: Vec::new(),
            clip: None,
            body: String::new(),
        }
    }

    fn add(&mut self, element: &Element, bounds: Rect, parts: &[Part], look: &Look<'_>) {
        let digits = digits_of(element, bounds);
        self.clip_to((look.clip)(element), digits);
        self.body.push('\n');
        match element.picture.and_then(|picture| (look.images)(&picture.image)) {
            Some(image) => draw_image(&mut self.body, element, &image, self.origin),
            None => self.draw(element, parts, look, digits),
        }
    }

    /// What follows is clipped to where this leads the unit square.
    fn clip_to(&mut self, clip: Option<Affine>, digits: usize) {
        if self.clip == clip {
            return;
        }
        if self.clip.is_some() {
            self.body.push_str("\n</g>");
        }
        self.clip = clip;
        let Some(clip) = clip else { return };
        let held = self.clips.iter().position(|(held, _)| *held == clip);
        let number = held.unwrap_or_else(|| {
            let mut d = String::new();
            path(&mut d, &opening(clip), self.origin, digits);
            // Named by what it is, so that two drawings in one page don't take each other's.
            let name = name_of(format!("clip {d}").as_bytes(), |name| {
                self.clips.iter().all(|(_, held)| held != name)
            });
            put(
                &mut self.defined,
                format_args!(r#"<clipPath id="{name}"><path d="{d}"/></clipPath>"#),
            );
            self.clips.push((clip, name));
            self.clips.len() - 1
        });
        let (_, name) = &self.clips[number];
        put(&mut self.body, format_args!("\n<g clip-path=\"url(#{name})\">"));
    }

    /// Writes an element's parts one over the other, and all of them together so opaque.
    fn draw(&mut self, element: &Element, parts: &[Part], look: &Look<'_>, digits: usize) {
        let fill = look.fill(element).map(hex);
        let line = hex((look.ink)(element.style.color));
        let color = |tone: Tone| match tone {
            Tone::Fill => fill.as_ref(),
            Tone::Line => Some(&line),
        };
        let mut pieces: Vec<(String, String)> = Vec::new();
        for part in parts {
            let mut attributes = String::new();
            if let Some(color) = part.fill.and_then(color) {
                put(&mut attributes, format_args!(r#" fill="{color}""#));
            }
            if let Some((color, width)) = part.line.and_then(|(tone, width)| Some((color(tone)?, width))) {
                let width = exact(width);
                put(
                    &mut attributes,
                    format_args!(r#" stroke="{color}" stroke-width="{width}""#),
                );
            }
            if !attributes.is_empty() {
                let mut d = String::new();
                path(&mut d, &part.path, self.origin, digits);
                pieces.push((attributes, d));
            }
        }
        let lettered = letters(element);
        let opacity = match element.style.opacity {
            opacity if opacity < 1.0 => format!(r#" opacity="{opacity}""#),
            _ => String::new(),
        };
        // On the group: with an opacity of its own, what lies under a line would be seen through it.
        let apart = !opacity.is_empty() && pieces.len() + usize::from(lettered.is_some()) > 1;
        let own = if apart { "" } else { opacity.as_str() };
        if apart {
            put(&mut self.body, format_args!("<g{opacity}>"));
        }
        for (attributes, d) in pieces {
            put(
                &mut self.body,
                format_args!(r#"<path{attributes}{own} d="{d}"/>"#),
            );
        }
        if let Some(lettered) = lettered {
            let attributes = format!(r#" fill="{line}"{own}"#);
            let (body, origin) = (&mut self.body, self.origin);
            match &self.words {
                Some(words) => {
                    let letters = (element.style.font, &lettered);
                    words.write(body, letters, &attributes, origin, digits);
                }
                None => self.glyphs.write(body, &lettered, &attributes, origin, digits),
            }
        }
        if apart {
            self.body.push_str("</g>");
        }
    }
}

/// The text of the elements that an SVG holds, if it holds one.
#[must_use]
pub fn embedded(svg: &str) -> Option<String> {
    let (_, rest) = svg.split_once(&format!("<{TAG}"))?;
    let (_, rest) = rest.split_once('>')?;
    let (text, _) = rest.split_once(&format!("</{TAG}"))?;
    unescaped(text)
}

/// Writes an image with its bytes in it.
fn draw_image(out: &mut String, element: &Element, image: &StoredImage, origin: Point) {
    let opacity = match element.style.opacity {
        opacity if opacity < 1.0 => format!(r#" opacity="{opacity}""#),
        _ => String::new(),
    };
    out.push_str(r#"<image width="1" height="1" preserveAspectRatio="none""#);
    let place = element.place.then_translate(-origin.to_vec2()).as_coeffs();
    let numbers: Vec<String> = place.iter().map(ToString::to_string).collect();
    put(
        out,
        format_args!(
            r#" transform="matrix({})"{opacity} xlink:href="data:{};base64,{}"/>"#,
            numbers.join(" "),
            image.kind.as_str(),
            BASE64.encode(&image.bytes)
        ),
    );
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes all");
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// So many digits after the point that what is rounded can't be seen: two for what was drawn at 100 %, where a step is a
/// quarter of a unit, and more the nearer one looked.
pub(super) fn digits_of(element: &Element, bounds: Rect) -> usize {
    let size = bounds.width().max(bounds.height());
    let mut fine = element.style.width.min(size) / 16.0;
    if element.kind.has_points() {
        fine = fine.min(element.step * element.scale());
    }
    if !element.text.is_empty() {
        let scale = if element.kind == Kind::Text {
            element.scale()
        } else {
            1.0
        };
        fine = fine.min(element.style.size * scale / 100.0);
    }
    // A negative number is none: the conversion saturates.
    ((25.0 / fine).log10().ceil() as usize).min(MAX_DIGITS)
}
