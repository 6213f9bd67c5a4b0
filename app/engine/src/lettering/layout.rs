//! A text that is laid out: its lines, its glyphs and its size.

use std::ops::Range;
use std::sync::Arc;

use super::breaking::{lines, visual_order};
use super::faces;
use super::shaping::{Piece, Sort, shape};
use super::store;
use crate::geometry::{Font, Glyph, Glyphs, Point, Rect, TextAlign};

/// Letters beyond so many aren't set.
pub const MOST_LETTERS: usize = 100_000;
/// From one baseline to the next, in ems.
const LINE: f64 = 1.25;

/// A text as it is set. All lengths are in units of its own, of which an em has `size`; y is 0 at its top and points down; x is 0 where its
/// lines are aligned: at their left ends, in their middles or at their right ends. Indices are bytes of the text.
#[derive(Debug)]
pub struct Layout {
    pub(super) text: Arc<str>,
    pub(super) size: f64,
    pub(super) pieces: Vec<Piece>,
    pub(super) lines: Vec<Line>,
    glyphs: Arc<Glyphs>,
}

/// A line of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its part of the text, without what ends it.
    pub range: Range<usize>,
    /// Its box: as wide as its letters.
    pub area: Rect,
    /// Where its letters stand.
    pub baseline: f64,
    /// Whether it goes on in the next line for want of room.
    pub soft: bool,
    /// Whether it begins at the right.
    pub rtl: bool,
    pub(super) pieces: Range<usize>,
}

/// The least part of a text that is drawn as a whole, where it stands: a letter with its marks, several that have grown together, or a
/// space. In the layout's units.
#[derive(Debug, Clone, Copy)]
pub struct Cluster<'a> {
    /// What it is of the text.
    pub text: &'a str,
    /// Its left end on the baseline.
    pub at: Point,
    /// How wide it is.
    pub width: f64,
    /// The number of its line.
    pub line: usize,
    /// Whether it is ink, and no space.
    pub is_ink: bool,
    /// Its glyphs, each with the point of its baseline where it begins.
    pub glyphs: &'a [(Arc<Glyph>, Point)],
}

impl Layout {
    /// Sets a text in letters of `size`. Lines are no longer than `wrap`, where that is given, and a letter at least. Remembered: to ask
    /// again for the same costs little.
    #[must_use]
    pub fn of(text: &Arc<str>, font: Font, size: f64, align: TextAlign, wrap: Option<f64>) -> Arc<Self> {
        store::layout(text, font, size, align, wrap)
    }

    pub(super) fn new(text: &Arc<str>, font: Font, size: f64, align: TextAlign, wrap: Option<f64>) -> Self {
        let face = faces::main(font);
        let above = (LINE - face.ascent - face.descent) / 2.0 + face.ascent;
        let mut layout = Self {
            text: Arc::clone(text),
            size,
            pieces: Vec::new(),
            lines: Vec::new(),
            glyphs: Arc::default(),
        };
        let mut set = Glyphs {
            size,
            ..Glyphs::default()
        };
        let end = text
            .char_indices()
            .nth(MOST_LETTERS)
            .map_or(text.len(), |(at, _)| at);
        let mut offset = 0;
        for part in text[..end].split('\n') {
            let own = part.strip_suffix('\r').unwrap_or(part);
            layout.add(own, offset, font, (align, wrap), above, &mut set);
            offset += part.len() + 1;
        }
        let height = layout.lines.last().map_or(0.0, |line| line.area.y1);
        let widest = layout
            .lines
            .iter()
            .map(|line| line.area.width())
            .fold(0.0, f64::max);
        let width = wrap.map_or(widest, |wrap| wrap.max(widest));
        let left = -align.part() * width;
        set.area = Rect::new(left, 0.0, left + width, height);
        layout.glyphs = Arc::new(set);
        layout
    }

    /// Sets a paragraph below what there is.
    fn add(
        &mut self,
        text: &str,
        offset: usize,
        font: Font,
        (align, wrap): (TextAlign, Option<f64>),
        above: f64,
        set: &mut Glyphs,
    ) {
        let mut paragraph = shape(text, offset, font, self.size);
        let broken = lines(&mut paragraph, text, offset, self.size, wrap);
        let first = self.pieces.len();
        for line in broken {
            let top = self.lines.len() as f64 * LINE * self.size;
            let baseline = top + above * self.size;
            let own = &mut paragraph.pieces[line.pieces.clone()];
            // What hangs over has no part in where the line lies.
            let hangs = |piece: &&Piece| piece.sort != Sort::Letter;
            let hanging: f64 = own.iter().rev().take_while(hangs).map(|piece| piece.width).sum();
            let whole: f64 = own.iter().map(|piece| piece.width).sum();
            let width = match wrap {
                _ if line.soft => whole - hanging,
                Some(wrap) => whole.min(wrap.max(whole - hanging)),
                None => whole,
            };
            let left = -align.part() * width;
            let start = own.first().map_or(offset, |piece| piece.start);
            let end = own.last().map_or(start, |piece| piece.end);
            // From right to left, what hangs over does so at the left.
            let mut x = if paragraph.rtl { left + width - whole } else { left };
            for at in visual_order(own, paragraph.rtl) {
                let piece = &mut own[at];
                piece.x = x;
                for (glyph, by) in &paragraph.glyphs[piece.glyphs.clone()] {
                    let at = Point::new(x, baseline) + *by;
                    set.glyphs.push((Arc::clone(glyph), at));
                }
                x += piece.width;
            }
            if own.iter().any(|piece| piece.sort == Sort::Letter) {
                let ends = [left, left + width];
                set.baselines.push(ends.map(|x| Point::new(x, baseline)));
            }
            self.lines.push(Line {
                range: start..end,
                area: Rect::new(left, top, left + width, top + LINE * self.size),
                baseline,
                soft: line.soft,
                rtl: paragraph.rtl,
                pieces: first + line.pieces.start..first + line.pieces.end,
            });
        }
        self.pieces.append(&mut paragraph.pieces);
    }

    /// The text that is set.
    #[must_use]
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// How large an em is.
    #[must_use]
    pub fn size(&self) -> f64 {
        self.size
    }

    /// Its lines from the top; one at least.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The area that it takes: as wide as the longest line, or as it is wrapped.
    #[must_use]
    pub fn area(&self) -> Rect {
        self.glyphs.area
    }

    /// All of its clusters, line by line, each line from left to right.
    pub fn clusters(&self) -> impl Iterator<Item = Cluster<'_>> {
        let mut rest = &self.glyphs.glyphs[..];
        let lines = self.lines.iter().enumerate();
        let ordered = lines.flat_map(|(number, line)| {
            let own = &self.pieces[line.pieces.clone()];
            let order = visual_order(own, line.rtl).into_iter();
            order.map(move |at| (number, line.baseline, &own[at]))
        });
        ordered.map(move |(line, baseline, piece)| {
            // In this order they were set.
            let (glyphs, others) = rest.split_at(piece.glyphs.len().min(rest.len()));
            rest = others;
            Cluster {
                text: &self.text[piece.start..piece.end],
                at: Point::new(piece.x, baseline),
                width: piece.width,
                line,
                is_ink: piece.sort == Sort::Letter,
                glyphs,
            }
        })
    }

    /// Its glyphs, to be drawn.
    #[must_use]
    pub fn glyphs(&self) -> &Arc<Glyphs> {
        &self.glyphs
    }
}
