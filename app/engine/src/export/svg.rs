//! Elements as an SVG, which can hold them as text too, so that it can be opened again.

use std::fmt::Write as _;

use super::{Area, Look, areas, extent, opening, shown};
use crate::clip;
use crate::document::{Element, Kind};
use crate::geometry::{Affine, BezPath, Point, Rect};
use crate::images::StoredImage;
use data_encoding::BASE64;
use kurbo::PathEl;

/// The tag of the elements in the metadata.
const TAG: &str = "drawbridge:elements";
/// More digits after the point than this are never written.
const MAX_DIGITS: usize = 8;

/// Elements, from the lowest to the topmost, as an SVG as large as they are and so many board units around; with their
/// text in it where `embed`. A board unit is a pixel.
#[must_use]
pub fn svg(elements: &[Element], look: &Look<'_>, margin: f64, embed: bool) -> String {
    let text = embed.then(|| clip::write(elements));
    svg_of(extent(elements, look, margin), elements, look, text.as_deref())
}

/// The same of just this part of the board, with this text in it, if one is given.
#[must_use]
pub fn svg_of(extent: Rect, elements: &[Element], look: &Look<'_>, embed: Option<&str>) -> String {
    let digits = shown(elements, look).map(|(element, bounds)| digits_of(element, bounds));
    let digits = digits.max().unwrap_or(0).max(2);
    let size = [extent.width(), extent.height()].map(|v| {
        let mut text = String::new();
        number(&mut text, steps(v, digits), digits);
        text
    });
    let mut out = String::new();
    let [width, height] = &size;
    put(
        &mut out,
        format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">"#
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
    if let Some(paper) = look.paper {
        let paper = hex(paper);
        put(
            &mut out,
            format_args!("\n<rect width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>"),
        );
    }
    let mut clips: Vec<Affine> = Vec::new();
    for (element, bounds) in shown(elements, look) {
        out.push('\n');
        let digits = digits_of(element, bounds);
        let clip = (look.clip)(element);
        if let Some(clip) = clip {
            let number = clips.iter().position(|held| *held == clip).unwrap_or_else(|| {
                define(&mut out, clips.len(), clip, extent.origin(), digits);
                clips.push(clip);
                clips.len() - 1
            });
            put(&mut out, format_args!(r#"<g clip-path="url(#frame-{number})">"#));
        }
        match element.picture.and_then(|picture| (look.images)(&picture.image)) {
            Some(image) => draw_image(&mut out, element, &image, extent.origin()),
            None => {
                let areas = areas(element, look, None);
                draw(&mut out, &areas, element.style.opacity, extent.origin(), digits);
            }
        }
        if clip.is_some() {
            out.push_str("</g>");
        }
    }
    out.push_str("\n</svg>\n");
    out
}

/// Writes what others are clipped to: where a place leads the unit square.
fn define(out: &mut String, number: usize, clip: Affine, origin: Point, digits: usize) {
    put(out, format_args!(r#"<clipPath id="frame-{number}"><path d=""#));
    path(out, &opening(clip), origin, digits);
    out.push_str("\"/></clipPath>");
}

/// The text of the elements that an SVG holds, if it holds one.
#[must_use]
pub fn embedded(svg: &str) -> Option<String> {
    let (_, rest) = svg.split_once(&format!("<{TAG}"))?;
    let (_, rest) = rest.split_once('>')?;
    let (text, _) = rest.split_once(&format!("</{TAG}"))?;
    unescaped(text)
}

/// Writes areas one over the other, and all of them together so opaque.
pub(super) fn draw(out: &mut String, areas: &[Area], opacity: f64, origin: Point, digits: usize) {
    // On the group: with an opacity of its own, what lies under a line would be seen through it.
    if opacity < 1.0 {
        put(out, format_args!(r#"<g opacity="{opacity}">"#));
    }
    for area in areas {
        put(out, format_args!(r#"<path fill="{}" d=""#, hex(area.color)));
        path(out, &area.boundary, origin, digits);
        out.push_str("\"/>");
    }
    if opacity < 1.0 {
        out.push_str("</g>");
    }
}

/// Writes an image with its bytes in it.
fn draw_image(out: &mut String, element: &Element, image: &StoredImage, origin: Point) {
    let place = element.place.then_translate(-origin.to_vec2()).as_coeffs();
    let numbers: Vec<String> = place.iter().map(ToString::to_string).collect();
    let opacity = match element.style.opacity {
        opacity if opacity < 1.0 => format!(r#" opacity="{opacity}""#),
        _ => String::new(),
    };
    put(
        out,
        format_args!(
            r#"<image width="1" height="1" preserveAspectRatio="none" transform="matrix({})"{opacity} href="data:{};base64,{}"/>"#,
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

/// A length in units of the last digit.
fn steps(v: f64, digits: usize) -> i64 {
    (v * 10u64.pow(digits as u32) as f64).round() as i64
}

/// Writes so many units of the last digit as a number, as short as can be.
fn number(out: &mut String, steps: i64, digits: usize) {
    if steps < 0 {
        out.push('-');
    }
    let one = 10u64.pow(digits as u32);
    let (whole, rest) = (steps.unsigned_abs() / one, steps.unsigned_abs() % one);
    if whole > 0 || rest == 0 {
        put(out, format_args!("{whole}"));
    }
    if rest > 0 {
        let rest = format!("{rest:0digits$}");
        put(out, format_args!(".{}", rest.trim_end_matches('0')));
    }
}

/// Writes a path from `origin` on. Each point is told from the one before, both rounded, so that no error adds up.
fn path(out: &mut String, path: &BezPath, origin: Point, digits: usize) {
    let at = |p: Point| [p.x - origin.x, p.y - origin.y].map(|v| steps(v, digits));
    let mut pen = Pen {
        out,
        digits,
        last: [0, 0],
        start: [0, 0],
        command: 'z',
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => pen.begin(at(p)),
            PathEl::LineTo(p) if at(p) == pen.last => {}
            PathEl::LineTo(p) => pen.draw('l', &[at(p)]),
            PathEl::QuadTo(a, p) => pen.draw('q', &[at(a), at(p)]),
            PathEl::CurveTo(a, b, p) => pen.draw('c', &[at(a), at(b), at(p)]),
            PathEl::ClosePath => pen.close(),
        }
    }
}

/// Where a path has come to, in units of the last digit.
struct Pen<'a> {
    out: &'a mut String,
    digits: usize,
    last: [i64; 2],
    start: [i64; 2],
    command: char,
}

impl Pen<'_> {
    fn begin(&mut self, to: [i64; 2]) {
        self.last = [0, 0];
        self.draw('M', &[to]);
        self.start = to;
    }

    fn draw(&mut self, command: char, points: &[[i64; 2]]) {
        if self.command != command {
            self.out.push(command);
        }
        let mut first = self.command != command;
        self.command = command;
        for v in points
            .iter()
            .flat_map(|p| [p[0] - self.last[0], p[1] - self.last[1]])
        {
            if !first && v >= 0 {
                self.out.push(' ');
            }
            number(self.out, v, self.digits);
            first = false;
        }
        self.last = points.last().copied().unwrap_or(self.last);
    }

    fn close(&mut self) {
        self.out.push('z');
        self.command = 'z';
        self.last = self.start;
    }
}

/// JSON as the text of an XML element.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML can't hold these at all. They stand within JSON's texts, which have a form of their own for them.
            '\u{fffe}' => out.push_str("\\ufffe"),
            '\u{ffff}' => out.push_str("\\uffff"),
            c => out.push(c),
        }
    }
    out
}

fn unescaped(xml: &str) -> Option<String> {
    let mut parts = xml.split('&');
    let mut out = parts.next()?.to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';')?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let code = name.strip_prefix('#')?;
                let code = match code.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => code.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        });
        out.push_str(rest);
    }
    Some(out)
}
