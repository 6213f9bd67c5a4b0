//! A paragraph as pieces: the least parts of a text that are drawn and measured as a whole, with their glyphs.

use std::sync::Arc;

use harfrust::{Direction, Feature, GlyphBuffer, ShapeOptions, Tag, UnicodeBuffer};
use unicode_bidi::{BidiInfo, Level};
use unicode_script::{Script, UnicodeScript as _};
use unicode_segmentation::UnicodeSegmentation as _;

use super::faces::{Face, face_for};
use crate::geometry::{Font, Glyph, Vec2};

/// One letter with its marks, or several that have grown together.
#[derive(Debug)]
pub(super) struct Piece {
    /// Its bytes in the text.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Its left edge and how wide it is, in the layout's units.
    pub(super) x: f64,
    pub(super) width: f64,
    /// Even: from left to right.
    pub(super) level: Level,
    /// What it is to the breaking of lines.
    pub(super) sort: Sort,
    /// Its glyphs in the paragraph's list.
    pub(super) glyphs: std::ops::Range<usize>,
}

/// What a piece is to the breaking of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Ink.
    Letter,
    /// A space: it hangs over the end of a line.
    Space,
    /// A space up to the next stop.
    Tab,
}

impl Piece {
    /// Whether it goes from right to left.
    pub(super) fn is_rtl(&self) -> bool {
        self.level.is_rtl()
    }
}

/// A paragraph that is shaped, in the order of its text.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    pub(super) pieces: Vec<Piece>,
    /// Glyphs and how far each is from the left end of its piece's baseline, in the layout's units.
    pub(super) glyphs: Vec<(Arc<Glyph>, Vec2)>,
    /// Whether it begins at the right.
    pub(super) rtl: bool,
}

/// A part of a paragraph of one direction, face and script.
struct Run {
    start: usize,
    end: usize,
    level: Level,
    face: &'static Face,
    script: Script,
}

/// Shapes a paragraph that stands at `offset` in its text and has no line end in it.
pub(super) fn shape(text: &str, offset: usize, font: Font, size: f64) -> Paragraph {
    let bidi = BidiInfo::new(text, None);
    let mut paragraph = Paragraph {
        rtl: bidi.paragraphs.first().is_some_and(|p| p.level.is_rtl()),
        ..Paragraph::default()
    };
    let mut buffer = UnicodeBuffer::new();
    for run in runs(text, &bidi.levels, font) {
        buffer = paragraph.add(buffer, text, offset, &run, font, size);
    }
    paragraph
}

/// Splits a paragraph at its graphemes into runs.
fn runs(text: &str, levels: &[Level], font: Font) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (start, grapheme) in text.grapheme_indices(true) {
        let (end, level) = (start + grapheme.len(), levels[start]);
        let face = face_for(grapheme, font);
        let common = |script: &Script| matches!(script, Script::Common | Script::Inherited | Script::Unknown);
        let script = grapheme
            .chars()
            .map(|c| c.script())
            .find(|script| !common(script));
        let joined = runs.last_mut().filter(|run| {
            let same = script.is_none_or(|script| common(&run.script) || run.script == script);
            same && run.level == level
                && std::ptr::eq(run.face, face)
                && !is_alone(grapheme)
                && !is_alone(&text[run.start..run.end])
        });
        match joined {
            Some(run) => {
                run.end = end;
                if common(&run.script) {
                    run.script = script.unwrap_or(run.script);
                }
            }
            None => runs.push(Run {
                start,
                end,
                level,
                face,
                script: script.unwrap_or(Script::Common),
            }),
        }
    }
    runs
}

/// What isn't shaped with others.
fn is_alone(text: &str) -> bool {
    text == "\t"
}

impl Paragraph {
    fn add(
        &mut self,
        mut buffer: UnicodeBuffer,
        text: &str,
        offset: usize,
        run: &Run,
        font: Font,
        size: f64,
    ) -> UnicodeBuffer {
        buffer.set_pre_context(&text[..run.start]);
        for (at, c) in text[run.start..run.end].char_indices() {
            // What says something of the text, and isn't to be seen, has no room.
            let shown = if c.is_control() { '\u{200b}' } else { c };
            buffer.add(shown, (run.start + at) as u32);
        }
        buffer.set_post_context(&text[run.end..]);
        buffer.set_direction(if run.level.is_rtl() {
            Direction::RightToLeft
        } else {
            Direction::LeftToRight
        });
        let tag: [u8; 4] = run.script.short_name().as_bytes().try_into().unwrap_or(*b"Zyyy");
        if let Some(script) = harfrust::Script::from_iso15924_tag(Tag::new(&tag)) {
            buffer.set_script(script);
        }
        let shaper = run.face.shaper.shaper(&run.face.font).build();
        // Where all letters are equally wide, none grow together: `!=` is what was typed.
        let apart = [*b"calt", *b"liga"].map(|tag| Feature::new(Tag::new(&tag), 0, ..));
        let features = if font == Font::Mono { &apart[..] } else { &[] };
        let shaped = shaper.shape(buffer, ShapeOptions::new().features(features));
        self.take(&shaped, text, offset, run, size);
        shaped.clear()
    }

    /// Takes up the glyphs of a run, which come from left to right, as pieces in the order of the text.
    fn take(&mut self, shaped: &GlyphBuffer, text: &str, offset: usize, run: &Run, size: f64) {
        let scale = size / run.face.units;
        let first = self.pieces.len();
        let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
        let mut at = 0;
        while at < infos.len() {
            let cluster = infos[at].cluster;
            let (from, mut width) = (self.glyphs.len(), 0.0);
            while let Some(info) = infos.get(at).filter(|info| info.cluster == cluster) {
                let position = positions[at];
                let glyph = run.face.glyph(info.glyph_id);
                let by = Vec2::new(
                    width + f64::from(position.x_offset) * scale,
                    -f64::from(position.y_offset) * scale,
                );
                if glyph.bounds().is_some() {
                    self.glyphs.push((glyph, by));
                }
                width += f64::from(position.x_advance) * scale;
                at += 1;
            }
            self.pieces.push(Piece {
                start: cluster as usize,
                end: 0,
                x: 0.0,
                width: width.max(0.0),
                level: run.level,
                sort: Sort::Letter,
                glyphs: from..self.glyphs.len(),
            });
        }
        if run.level.is_rtl() {
            self.pieces[first..].reverse();
        }
        let mut end = run.end;
        for piece in self.pieces[first..].iter_mut().rev() {
            piece.end = end;
            end = piece.start;
            let own = &text[piece.start..piece.end];
            piece.sort = if is_alone(own) {
                Sort::Tab
            } else if own.chars().all(char::is_whitespace) {
                Sort::Space
            } else {
                Sort::Letter
            };
            if piece.sort == Sort::Tab {
                piece.width = 0.0;
            }
            piece.start += offset;
            piece.end += offset;
        }
    }
}
