//! The outlines of a PDF's letters: each glyph is said once, and shown wherever it stands.

use std::collections::HashMap;
use std::sync::Arc;

use pdf_writer::{Filter, Finish as _, Name, Pdf, Ref};

use super::sheet::Sheet;
use super::{boxed, deflated};
use crate::document::Lettered;
use crate::geometry::{Affine, Glyph, Point};

/// So many units of the file's are an em of letters: half of one is as exact as letters are drawn on the board.
const EM: f64 = 1000.0;

/// The glyphs that were used so far.
#[derive(Default)]
pub(super) struct Letters {
    /// Of each its number from one, and itself, so that it stays where it is.
    numbers: HashMap<*const Glyph, (usize, Arc<Glyph>)>,
    ids: Vec<Ref>,
}

impl Letters {
    /// In the order of their numbers.
    pub(super) fn ids(&self) -> &[Ref] {
        &self.ids
    }

    /// Shows letters in the colour that is set.
    pub(super) fn write(&mut self, sheet: &mut Sheet, lettered: &Lettered, pdf: &mut Pdf, last: &mut Ref) {
        let size = lettered.layout.size() / EM;
        let place = lettered.place.then_translate(-sheet.origin.to_vec2()) * Affine::scale(size);
        sheet.content.save_state();
        sheet.content.transform(place.as_coeffs().map(|v| v as f32));
        // Each from the one before, in whole units, so that no error adds up.
        let mut from = Point::ORIGIN;
        for cluster in lettered.layout.clusters() {
            for (glyph, at) in cluster.glyphs {
                let at = (at.to_vec2() / size).round();
                let by = at - from.to_vec2();
                from = at.to_point();
                sheet
                    .content
                    .transform([1.0, 0.0, 0.0, 1.0, by.x as f32, by.y as f32]);
                let name = format!("L{}", self.number(glyph, pdf, last));
                sheet.content.x_object(Name(name.as_bytes()));
            }
        }
        sheet.content.restore_state();
    }

    /// A glyph's number. It is written when it is first asked for.
    fn number(&mut self, glyph: &Arc<Glyph>, pdf: &mut Pdf, last: &mut Ref) -> usize {
        if let Some((number, _)) = self.numbers.get(&Arc::as_ptr(glyph)) {
            return *number;
        }
        let mut sheet = Sheet {
            digits: 0,
            ..Sheet::new(Point::ORIGIN)
        };
        sheet.path(&(Affine::scale(EM) * glyph.outline().clone()));
        sheet.content.fill_nonzero();
        let id = last.bump();
        let bytes = deflated(&sheet.content.finish());
        let mut form = pdf.form_xobject(id, &bytes);
        form.filter(Filter::FlateDecode);
        let bounds = glyph.bounds().unwrap_or_default();
        form.bbox(boxed((bounds.scale_from_origin(EM)).inflate(1.0, 1.0)));
        form.finish();
        self.ids.push(id);
        self.numbers
            .insert(Arc::as_ptr(glyph), (self.ids.len(), Arc::clone(glyph)));
        self.ids.len()
    }
}
