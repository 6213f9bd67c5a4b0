//! Letters as outlines: each glyph is said once, and used wherever it stands.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use kurbo::{BezPath, Point};
use sha2::{Digest as _, Sha256};

use super::path::{path, transform};
use crate::document::Lettered;
use crate::geometry::{Affine, Glyph};

/// So many units of the file's are an em of letters: half of one is as exact as letters are drawn on the board.
pub(super) const EM: f64 = 1000.0;
/// Names are made of so many letters at least: with fewer, one of many drawings in a page would now and then take another's.
const NAME: usize = 8;

/// The glyphs that were used so far.
#[derive(Default)]
pub(super) struct Glyphs {
    names: HashMap<*const Glyph, String>,
    /// What each name means, and the glyph itself, so that it stays where it is.
    outlines: HashMap<String, (String, Vec<Arc<Glyph>>)>,
    /// What says them, in the order in which they were used.
    pub(super) defined: String,
}

impl Glyphs {
    /// The name of a glyph. It is made of the outline, so that two drawings in one page don't take each other's letters.
    fn name(&mut self, glyph: &Arc<Glyph>) -> &str {
        let key = Arc::as_ptr(glyph);
        if !self.names.contains_key(&key) {
            let mut outline = String::new();
            path(&mut outline, &scaled(glyph.outline()), Point::ORIGIN, 0);
            let name = name_of(outline.as_bytes(), |name| {
                self.outlines.get(name).is_none_or(|(held, _)| *held == outline)
            });
            let (outline, held) = self.outlines.entry(name.clone()).or_insert((outline, Vec::new()));
            if held.is_empty() {
                self.defined
                    .write_fmt(format_args!("<path id=\"{name}\" d=\"{outline}\"/>"))
                    .expect("a string takes all");
            }
            held.push(Arc::clone(glyph));
            self.names.insert(key, name);
        }
        &self.names[&key]
    }

    /// Writes letters with such attributes.
    pub(super) fn write(
        &mut self,
        out: &mut String,
        lettered: &Lettered,
        attributes: &str,
        origin: Point,
        digits: usize,
    ) {
        let size = lettered.layout.size() / EM;
        let mut lines: Vec<(f64, String)> = Vec::new();
        for cluster in lettered.layout.clusters() {
            for (glyph, at) in cluster.glyphs {
                if lines.last().is_none_or(|(baseline, _)| *baseline != cluster.at.y) {
                    lines.push((cluster.at.y, String::new()));
                }
                let Some((baseline, line)) = lines.last_mut() else {
                    continue;
                };
                line.push_str("<use xlink:href=\"#");
                line.push_str(self.name(glyph));
                for (axis, v) in [("x", at.x), ("y", at.y - *baseline)] {
                    let v = (v / size).round();
                    if v != 0.0 {
                        line.write_fmt(format_args!("\" {axis}=\"{v}"))
                            .expect("a string takes all");
                    }
                }
                line.push_str("\"/>");
            }
        }
        let Some((first, _)) = lines.first() else { return };
        let first = *first;
        let place = lettered.place.then_translate(-origin.to_vec2());
        let place = place * Affine::translate((0.0, first)) * Affine::scale(size);
        out.push_str("<g");
        out.push_str(attributes);
        transform(out, place, digits);
        out.push('>');
        for (baseline, line) in lines {
            let down = ((baseline - first) / size).round();
            if down == 0.0 {
                out.push_str(&line);
            } else {
                out.write_fmt(format_args!("<g transform=\"translate(0 {down})\">{line}</g>"))
                    .expect("a string takes all");
            }
        }
        out.push_str("</g>");
    }
}

/// From ems to the file's units.
fn scaled(outline: &BezPath) -> BezPath {
    Affine::scale(EM) * outline.clone()
}

/// A name made of what it is for, as short as can be so that nothing else has it.
pub(super) fn name_of(bytes: &[u8], free: impl Fn(&str) -> bool) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let digest = Sha256::digest(bytes);
    let letters: String = digest
        .iter()
        .map(|&byte| char::from(LETTERS[usize::from(byte) % 52]))
        .collect();
    let names = (NAME..letters.len()).map(|count| &letters[..count]);
    names
        .into_iter()
        .find(|name| free(name))
        .unwrap_or(&letters)
        .to_owned()
}
