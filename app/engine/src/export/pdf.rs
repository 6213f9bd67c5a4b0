//! Elements as a PDF: the outlines that are shown, as vectors, a page after the other. Over the letters' outlines lie their characters,
//! unseen, so that they can be searched and copied.

mod images;
mod words;

use std::collections::BTreeMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use kurbo::{PathEl, Shape as _};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect as Box, Ref, TextStr};

use self::images::Images;
use self::words::Words;
use super::pages::Page;
use super::svg::digits_of;
use super::{Area, Look, areas, opening, shown};
use crate::document::Element;
use crate::geometry::{Affine, BezPath, Point};

/// A board unit is a pixel of a screen with 96 of them to an inch; a PDF's unit is a 72nd of an inch.
const POINTS: f64 = 72.0 / 96.0;
/// The least and the most that a page may measure, in its own units.
const SIDES: (f64, f64) = (3.0, 14_400.0);

/// Pages as a PDF file. A page is as large as its part of the board, 96 board units to an inch, or smaller where that would be too large
/// for a page. `look.clip` isn't asked.
#[must_use]
pub fn pdf(pages: &[Page], look: &Look<'_>) -> Vec<u8> {
    let mut book = Book::new();
    for page in pages {
        let clip = |element: &Element| page.clip(element);
        book.add(page, &Look { clip: &clip, ..*look });
    }
    book.finish()
}

/// A PDF under way. What pages share, they find in one list of resources.
struct Book {
    pdf: Pdf,
    last: Ref,
    tree: Ref,
    resources: Ref,
    pages: Vec<Ref>,
    images: Images,
    words: Words,
    /// Elements whose parts shine through together.
    groups: Vec<Ref>,
    /// Opacities in thousandths.
    opacities: BTreeMap<u16, Ref>,
}

impl Book {
    fn new() -> Self {
        let mut pdf = Pdf::new();
        let mut last = Ref::new(1);
        let [catalog, tree, resources] = [last.bump(), last.bump(), last.bump()];
        pdf.catalog(catalog).pages(tree);
        Self {
            pdf,
            last,
            tree,
            resources,
            pages: Vec::new(),
            images: Images::default(),
            words: Words::default(),
            groups: Vec::new(),
            opacities: BTreeMap::new(),
        }
    }

    fn add(&mut self, page: &Page, look: &Look<'_>) {
        let (width, height) = (page.part.width(), page.part.height());
        let scale = POINTS.min(SIDES.1 / width.max(height).max(1.0));
        let sides = [width, height].map(|side| (side * scale).clamp(SIDES.0, SIDES.1) as f32);
        let mut sheet = Sheet {
            content: Content::new(),
            origin: page.part.origin(),
            digits: 2,
        };
        // From here on as on the board: from the page's upper left corner, y downwards.
        sheet
            .content
            .transform([scale as f32, 0.0, 0.0, -scale as f32, 0.0, sides[1]]);
        if let Some(paper) = look.paper {
            sheet.color(paper);
            sheet
                .content
                .rect(0.0, 0.0, width as f32, height as f32)
                .fill_nonzero();
        }
        for (element, bounds) in shown(&page.elements, look) {
            sheet.digits = digits_of(element, bounds).try_into().unwrap_or(2);
            self.draw(&mut sheet, element, look);
        }
        let [leaf, content] = [self.last.bump(), self.last.bump()];
        let bytes = deflated(&sheet.content.finish());
        self.pdf.stream(content, &bytes).filter(Filter::FlateDecode);
        let mut written = self.pdf.page(leaf);
        written.parent(self.tree).contents(content);
        written.media_box(Box::new(0.0, 0.0, sides[0], sides[1]));
        written.pair(Name(b"Resources"), self.resources);
        written.finish();
        self.pages.push(leaf);
    }

    fn draw(&mut self, sheet: &mut Sheet, element: &Element, look: &Look<'_>) {
        sheet.content.save_state();
        if let Some(clip) = (look.clip)(element) {
            sheet.path(&opening(clip));
            sheet.content.clip_nonzero().end_path();
        }
        let opacity = element.style.opacity;
        if self.draw_image(sheet, element, look).is_none() {
            let areas = areas(element, look, None);
            if opacity < 1.0 && areas.len() > 1 {
                // With an opacity of its own, what lies under a line would be seen through it.
                self.draw_together(sheet, &areas, opacity);
            } else {
                self.set_opacity(sheet, opacity);
                sheet.draw(&areas);
            }
            if !element.text.is_empty()
                && let Some(lettered) = element.lettered()
            {
                let place = lettered.place.then_translate(-sheet.origin.to_vec2());
                self.words.write(&mut sheet.content, &lettered.layout, place);
            }
        }
        sheet.content.restore_state();
    }

    fn draw_together(&mut self, sheet: &mut Sheet, areas: &[Area], opacity: f64) {
        let mut apart = Sheet {
            content: Content::new(),
            ..*sheet
        };
        apart.draw(areas);
        let around = areas.iter().map(|area| area.boundary.bounding_box());
        let around = around
            .reduce(|a, b| a.union(b))
            .unwrap_or_default()
            .inflate(1.0, 1.0);
        let corners = [around.origin(), Point::new(around.x1, around.y1)].map(|p| apart.at(p));
        let id = self.last.bump();
        let bytes = deflated(&apart.content.finish());
        let mut form = self.pdf.form_xobject(id, &bytes);
        form.filter(Filter::FlateDecode);
        form.bbox(Box::new(corners[0].0, corners[0].1, corners[1].0, corners[1].1));
        form.group().transparency().isolated(true).knockout(false);
        form.pair(Name(b"Resources"), self.resources);
        form.finish();
        self.groups.push(id);
        self.set_opacity(sheet, opacity);
        let name = format!("G{}", self.groups.len());
        sheet.content.x_object(Name(name.as_bytes()));
    }

    /// Draws an element's image, if it has one that is there.
    fn draw_image(&mut self, sheet: &mut Sheet, element: &Element, look: &Look<'_>) -> Option<()> {
        let name = element.picture?.image;
        let number = self
            .images
            .number(name, look.images, &mut self.pdf, &mut self.last)?;
        self.set_opacity(sheet, element.style.opacity);
        let place = element.place.then_translate(-sheet.origin.to_vec2());
        // An image's upper edge lies where y is one.
        let place = place * Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 1.0]);
        sheet.content.transform(place.as_coeffs().map(|v| v as f32));
        sheet.content.x_object(Name(format!("I{number}").as_bytes()));
        Some(())
    }

    fn set_opacity(&mut self, sheet: &mut Sheet, opacity: f64) {
        let thousandths = (opacity * 1000.0).round().clamp(0.0, 1000.0) as u16;
        if thousandths < 1000 {
            self.opacities
                .entry(thousandths)
                .or_insert_with(|| self.last.bump());
            let name = format!("O{thousandths}");
            sheet.content.set_parameters(Name(name.as_bytes()));
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let count = i32::try_from(self.pages.len()).unwrap_or(i32::MAX);
        let pages = self.pages.iter().copied();
        self.pdf.pages(self.tree).kids(pages).count(count);
        for (&thousandths, &id) in &self.opacities {
            let alpha = f32::from(thousandths) / 1000.0;
            self.pdf.ext_graphics(id).non_stroking_alpha(alpha);
        }
        let fonts = self.words.fonts(&mut self.pdf, &mut self.last);
        let mut resources = self.pdf.indirect(self.resources).dict();
        let named = |letter: char, ids: &[Ref]| -> Vec<(String, Ref)> {
            let numbered = ids.iter().enumerate();
            numbered
                .map(|(i, id)| (format!("{letter}{}", i + 1), *id))
                .collect()
        };
        let objects = [named('G', &self.groups), named('I', self.images.ids())].concat();
        let opacities = self.opacities.iter();
        let opacities = opacities
            .map(|(thousandths, id)| (format!("O{thousandths}"), *id))
            .collect();
        for (key, entries) in [
            (Name(b"XObject"), objects),
            (Name(b"Font"), named('F', &fonts)),
            (Name(b"ExtGState"), opacities),
        ] {
            let mut list = resources.insert(key).dict();
            for (name, id) in entries {
                list.pair(Name(name.as_bytes()), id);
            }
        }
        resources.finish();
        let info = self.last.bump();
        self.pdf.document_info(info).producer(TextStr("Drawbridge"));
        self.pdf.finish()
    }
}

/// A page's content under way.
struct Sheet {
    content: Content,
    /// The page's upper left corner on the board.
    origin: Point,
    /// So many digits after the point say all there is to see.
    digits: i32,
}

impl Sheet {
    /// A point of the board, from the page's corner on: so that nothing trembles far out.
    fn at(&self, p: Point) -> (f32, f32) {
        let one = 10f64.powi(self.digits);
        let rounded = |v: f64| ((v * one).round() / one) as f32;
        (rounded(p.x - self.origin.x), rounded(p.y - self.origin.y))
    }

    fn color(&mut self, color: [u8; 3]) {
        let [r, g, b] = color.map(|v| (f32::from(v) / 255.0 * 1e4).round() / 1e4);
        self.content.set_fill_rgb(r, g, b);
    }

    fn draw(&mut self, areas: &[Area]) {
        for area in areas {
            self.color(area.color);
            self.path(&area.boundary);
            self.content.fill_nonzero();
        }
    }

    fn path(&mut self, path: &BezPath) {
        let mut last = Point::ORIGIN;
        for element in path.elements() {
            match *element {
                PathEl::MoveTo(p) => {
                    let (x, y) = self.at(p);
                    self.content.move_to(x, y);
                }
                PathEl::LineTo(p) => {
                    let (x, y) = self.at(p);
                    if (x, y) != self.at(last) {
                        self.content.line_to(x, y);
                    }
                }
                PathEl::QuadTo(a, p) => self.curve(last.lerp(a, 2.0 / 3.0), p.lerp(a, 2.0 / 3.0), p),
                PathEl::CurveTo(a, b, p) => self.curve(a, b, p),
                PathEl::ClosePath => {
                    self.content.close_path();
                }
            }
            last = element.end_point().unwrap_or(last);
        }
    }

    fn curve(&mut self, a: Point, b: Point, p: Point) {
        let [(x1, y1), (x2, y2), (x, y)] = [a, b, p].map(|p| self.at(p));
        self.content.cubic_to(x1, y1, x2, y2, x, y);
    }
}

/// Bytes as a PDF has them, smaller.
fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("memory takes all")
}

#[cfg(test)]
mod tests;
