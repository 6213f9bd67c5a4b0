//! Elements as a PDF: the outlines that are shown, as vectors, a page after the other. Over the letters' outlines lie their characters,
//! unseen, so that they can be searched and copied.

mod images;
mod letters;
mod sheet;
mod words;

use std::collections::BTreeMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Filter, Finish as _, Name, Pdf, Rect as Box, Ref, TextStr};

use self::images::Images;
use self::letters::Letters;
use self::sheet::Sheet;
use self::words::Words;
use super::pages::Page;
use super::svg::digits_of;
use super::{Look, letters, opening, parted};
use crate::document::{Element, Lettered};
use crate::geometry::{Affine, Part, Rect, Tone};

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
    letters: Letters,
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
            letters: Letters::default(),
            words: Words::default(),
            groups: Vec::new(),
            opacities: BTreeMap::new(),
        }
    }

    fn add(&mut self, page: &Page, look: &Look<'_>) {
        let (width, height) = (page.part.width(), page.part.height());
        let scale = POINTS.min(SIDES.1 / width.max(height).max(1.0));
        let sides = [width, height].map(|side| (side * scale).clamp(SIDES.0, SIDES.1) as f32);
        let mut sheet = Sheet::new(page.part.origin());
        // From here on as on the board: from the page's upper left corner, y downwards.
        sheet
            .content
            .transform([scale as f32, 0.0, 0.0, -scale as f32, 0.0, sides[1]]);
        if let Some(paper) = look.paper {
            sheet.fill_color(paper);
            sheet
                .content
                .rect(0.0, 0.0, width as f32, height as f32)
                .fill_nonzero();
        }
        for (element, bounds, parts) in parted(&page.elements, look) {
            sheet.digits = digits_of(element, bounds).try_into().unwrap_or(2);
            sheet.content.save_state();
            // Told from a corner of its own: so that numbers are short, and nothing trembles far out.
            let corner = sheet.move_to(bounds.origin());
            self.draw(&mut sheet, element, &parts, look);
            sheet.origin = corner;
            sheet.content.restore_state();
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

    fn draw(&mut self, sheet: &mut Sheet, element: &Element, parts: &[Part], look: &Look<'_>) {
        if let Some(clip) = (look.clip)(element) {
            sheet.path(&opening(clip));
            sheet.content.clip_nonzero().end_path();
        }
        if self.draw_image(sheet, element, look).is_some() {
            return;
        }
        let opacity = element.style.opacity;
        let lettered = letters(element);
        let layers = |part: &Part| usize::from(part.fill.is_some()) + usize::from(part.line.is_some());
        // Letters may lie over each other too.
        let glyphs = lettered
            .iter()
            .map(|lettered| lettered.layout.glyphs().glyphs.len());
        let count = parts.iter().map(layers).chain(glyphs).sum::<usize>();
        if opacity < 1.0 && count > 1 {
            // With an opacity of its own, what lies under a line would be seen through it.
            self.draw_together(sheet, element, look, parts, lettered.as_ref());
        } else {
            self.set_opacity(sheet, opacity);
            self.draw_parts(sheet, element, look, parts, lettered.as_ref());
        }
        if let Some(lettered) = &lettered {
            let place = lettered.place.then_translate(-sheet.origin.to_vec2());
            self.words.write(&mut sheet.content, &lettered.layout, place);
        }
    }

    fn draw_parts(
        &mut self,
        sheet: &mut Sheet,
        element: &Element,
        look: &Look<'_>,
        parts: &[Part],
        lettered: Option<&Lettered>,
    ) {
        let (fill, line) = (look.fill(element), (look.ink)(element.style.color));
        let color = |tone: Tone| match tone {
            Tone::Fill => fill,
            Tone::Line => Some(line),
        };
        for part in parts {
            let filled = part.fill.and_then(color);
            let drawn = part.line.and_then(|(tone, width)| Some((color(tone)?, width)));
            sheet.draw(&part.path, filled, drawn);
        }
        if let Some(lettered) = lettered {
            sheet.fill_color(line);
            self.letters.write(sheet, lettered, &mut self.pdf, &mut self.last);
        }
    }

    fn draw_together(
        &mut self,
        sheet: &mut Sheet,
        element: &Element,
        look: &Look<'_>,
        parts: &[Part],
        lettered: Option<&Lettered>,
    ) {
        let mut apart = Sheet {
            digits: sheet.digits,
            ..Sheet::new(sheet.origin)
        };
        self.draw_parts(&mut apart, element, look, parts, lettered);
        let around = element.bounds().unwrap_or(Rect::ZERO).inflate(1.0, 1.0) - sheet.origin.to_vec2();
        let id = self.last.bump();
        let bytes = deflated(&apart.content.finish());
        let mut form = self.pdf.form_xobject(id, &bytes);
        form.filter(Filter::FlateDecode);
        form.bbox(boxed(around));
        form.group().transparency().isolated(true).knockout(false);
        form.pair(Name(b"Resources"), self.resources);
        form.finish();
        self.groups.push(id);
        self.set_opacity(sheet, element.style.opacity);
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
            self.pdf
                .ext_graphics(id)
                .non_stroking_alpha(alpha)
                .stroking_alpha(alpha);
        }
        let fonts = self.words.fonts(&mut self.pdf, &mut self.last);
        let mut resources = self.pdf.indirect(self.resources).dict();
        let named = |letter: char, ids: &[Ref]| -> Vec<(String, Ref)> {
            let numbered = ids.iter().enumerate();
            numbered
                .map(|(i, id)| (format!("{letter}{}", i + 1), *id))
                .collect()
        };
        let objects = [
            named('G', &self.groups),
            named('I', self.images.ids()),
            named('L', self.letters.ids()),
        ]
        .concat();
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

fn boxed(rect: Rect) -> Box {
    Box::new(rect.x0 as f32, rect.y0 as f32, rect.x1 as f32, rect.y1 as f32)
}

/// Bytes as a PDF has them, smaller.
fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("memory takes all")
}

#[cfg(test)]
mod tests;
