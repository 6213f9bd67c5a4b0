//! The characters of a PDF's letters, by which it is searched and copied. They are written in fonts of which nothing is to be seen: the
//! letters themselves are outlines.

use std::collections::HashMap;

use pdf_writer::types::{SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};

use crate::geometry::Affine;
use crate::lettering::{Cluster, Layout};

/// A font has so many codes.
const CODES: usize = 256;
/// An em in a font's own units.
const EM: f32 = 1000.0;

/// What was written so far: each cluster has a code, in one of as many fonts as are needed.
#[derive(Default)]
pub(super) struct Words {
    codes: HashMap<Box<str>, usize>,
    texts: Vec<Box<str>>,
}

impl Words {
    /// Writes a text's characters where its letters are; `place` leads from the layout's coordinates to the content's.
    pub(super) fn write(&mut self, content: &mut Content, layout: &Layout, place: Affine) {
        let clusters: Vec<Cluster<'_>> = layout
            .clusters()
            .filter(|cluster| !cluster.text.is_empty())
            .collect();
        let word = |a: &Cluster<'_>, b: &Cluster<'_>| a.line == b.line && a.is_ink && b.is_ink;
        for word in clusters.chunk_by(word) {
            let (Some(first), Some(last)) = (word.first(), word.last()) else {
                continue;
            };
            let width = last.at.x + last.width - first.at.x;
            if width <= 0.0 {
                continue;
            }
            let codes: Vec<usize> = word.iter().map(|cluster| self.code(cluster.text)).collect();
            // As wide as the word, however wide its letters are; y points up.
            let own = Affine::translate(first.at.to_vec2())
                * Affine::scale_non_uniform(width / codes.len() as f64, -layout.size());
            content.begin_text();
            let matrix = (place * own).as_coeffs();
            let mut placed = false;
            for codes in codes.chunk_by(|a, b| a / CODES == b / CODES) {
                let font = format!("F{}", codes[0] / CODES + 1);
                content.set_font(Name(font.as_bytes()), 1.0);
                if !placed {
                    content.set_text_matrix(matrix.map(|v| ((v * 1e4).round() / 1e4) as f32));
                    placed = true;
                }
                let bytes: Vec<u8> = codes.iter().map(|code| (code % CODES) as u8).collect();
                content.show(Str(&bytes));
            }
            content.end_text();
        }
    }

    fn code(&mut self, text: &str) -> usize {
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        let code = self.texts.len();
        self.codes.insert(text.into(), code);
        self.texts.push(text.into());
        code
    }

    /// Writes the fonts.
    pub(super) fn fonts(&self, pdf: &mut Pdf, last: &mut Ref) -> Vec<Ref> {
        if self.texts.is_empty() {
            return Vec::new();
        }
        // All letters are this one, which has a size and no ink.
        let unseen = last.bump();
        let mut letter = Content::new();
        letter.start_shape_glyph(EM, 0.0, -EM / 4.0, EM, EM);
        pdf.stream(unseen, &letter.finish());
        self.texts
            .chunks(CODES)
            .map(|texts| font(texts, unseen, pdf, last))
            .collect()
    }
}

fn font(texts: &[Box<str>], unseen: Ref, pdf: &mut Pdf, last: &mut Ref) -> Ref {
    let [id, map] = [last.bump(), last.bump()];
    let mut font = pdf.type3_font(id);
    font.bbox(Rect::new(0.0, -EM / 4.0, EM, EM));
    font.matrix([1.0 / EM, 0.0, 0.0, 1.0 / EM, 0.0, 0.0]);
    font.char_procs().pair(Name(b"unseen"), unseen);
    let names = std::iter::repeat_n(Name(b"unseen"), texts.len());
    font.encoding_custom().differences().consecutive(0, names);
    font.first_char(0).last_char((texts.len() - 1) as u8);
    font.widths(std::iter::repeat_n(EM, texts.len()));
    font.resources().finish();
    font.to_unicode(map);
    font.finish();
    let system = SystemInfo {
        registry: Str(b"Adobe"),
        ordering: Str(b"UCS"),
        supplement: 0,
    };
    let mut unicode = UnicodeCmap::<u8>::new(Name(b"Drawbridge"), system);
    for (code, text) in (0u8..=255).zip(texts) {
        let seen = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        unicode.pair_with_multiple(code, seen);
    }
    pdf.cmap(map, &unicode.finish());
    id
}
