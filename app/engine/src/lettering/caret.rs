//! Where the caret stands, where a point lies in the text, and what is selected.

use std::ops::Range;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation as _};

use super::layout::{Layout, Line};
use super::shaping::Piece;
use crate::geometry::{Point, Rect};

/// How much of a selected line end is shown, in ems.
const LINE_END: f64 = 0.25;

/// A place between two letters. There are two of it where what comes before and what comes after aren't side by side: at the
/// end of a line that goes on in the next, and where the direction changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caret {
    /// How many bytes of the text come before it.
    pub index: usize,
    /// Whether it stands with the letter before it, and not with the one after it.
    pub before: bool,
}

impl Caret {
    /// Before the letter at an index.
    #[must_use]
    pub fn at(index: usize) -> Self {
        Self { index, before: false }
    }

    fn after(index: usize) -> Self {
        Self { index, before: true }
    }
}

impl Layout {
    /// Which line a caret stands in, from 0.
    #[must_use]
    pub fn line_of(&self, caret: Caret) -> usize {
        let line = self.lines.partition_point(|line| line.range.start <= caret.index);
        let line = line.saturating_sub(1);
        let begins = self.lines[line].range.start == caret.index;
        let above = line
            .checked_sub(1)
            .filter(|&above| begins && caret.before && self.lines[above].soft);
        above.unwrap_or(line)
    }

    /// The caret itself: its upper and its lower end.
    #[must_use]
    pub fn caret(&self, caret: Caret) -> [Point; 2] {
        let line = &self.lines[self.line_of(caret)];
        let x = self.caret_x(line, caret);
        [Point::new(x, line.area.y0), Point::new(x, line.area.y1)]
    }

    fn caret_x(&self, line: &Line, caret: Caret) -> f64 {
        let pieces = self.pieces_of(line);
        let after = pieces
            .iter()
            .find(|piece| (piece.start..piece.end).contains(&caret.index));
        let before = pieces
            .iter()
            .rfind(|piece| piece.start < caret.index && caret.index <= piece.end);
        let inside = after.filter(|piece| piece.start < caret.index);
        let first = if caret.before {
            before.or(after)
        } else {
            after.or(before)
        };
        match inside.or(first) {
            Some(piece) => self.x_in(piece, caret.index.min(piece.end)),
            None if line.rtl => line.area.x1,
            None => line.area.x0,
        }
    }

    /// Where a place in a piece is: letters that have grown together have equal parts of it.
    fn x_in(&self, piece: &Piece, index: usize) -> f64 {
        let own = &self.text[piece.start..piece.end];
        let all = own.graphemes(true).count().max(1);
        let gone = own
            .grapheme_indices(true)
            .take_while(|(at, _)| piece.start + at < index)
            .count();
        let part = gone as f64 / all as f64;
        piece.x + piece.width * if piece.is_rtl() { 1.0 - part } else { part }
    }

    /// The place nearest to a point.
    #[must_use]
    pub fn nearest(&self, at: Point) -> Caret {
        let below = self.lines.partition_point(|line| line.area.y1 <= at.y);
        self.nearest_in(below.min(self.lines.len() - 1), at.x)
    }

    /// The place in a line that is nearest to an x.
    fn nearest_in(&self, line: usize, x: f64) -> Caret {
        let line = &self.lines[line];
        let away = |piece: &Piece| (piece.x - x).max(x - piece.x - piece.width).max(0.0);
        let nearest = self
            .pieces_of(line)
            .iter()
            .min_by(|a, b| away(a).total_cmp(&away(b)));
        let Some(piece) = nearest else {
            return Caret::at(line.range.start);
        };
        let own = &self.text[piece.start..piece.end];
        let starts = own.grapheme_indices(true).map(|(at, _)| piece.start + at);
        let places = starts.chain([piece.end]);
        let off = |index: &usize| (self.x_in(piece, *index) - x).abs();
        let index = places
            .min_by(|a, b| off(a).total_cmp(&off(b)))
            .unwrap_or(piece.start);
        Caret {
            index,
            before: index > piece.start,
        }
    }

    /// What is between two indices, as boxes: one for each line, more where the direction changes.
    #[must_use]
    pub fn rectangles(&self, range: Range<usize>) -> Vec<Rect> {
        let mut boxes: Vec<Rect> = Vec::new();
        for (number, line) in self.lines.iter().enumerate() {
            if line.range.start > range.end || line.range.end < range.start {
                continue;
            }
            let mut spans: Vec<(f64, f64)> = Vec::new();
            for piece in self.pieces_of(line) {
                let (from, to) = (range.start.max(piece.start), range.end.min(piece.end));
                if from < to {
                    let (a, b) = (self.x_in(piece, from), self.x_in(piece, to));
                    spans.push((a.min(b), a.max(b)));
                }
            }
            let ends = !line.soft && number + 1 < self.lines.len();
            if ends && range.contains(&line.range.end) {
                let (x, more) = (
                    self.caret_x(line, Caret::after(line.range.end)),
                    LINE_END * self.size,
                );
                spans.push(if line.rtl { (x - more, x) } else { (x, x + more) });
            }
            spans.sort_by(|a, b| a.0.total_cmp(&b.0));
            let touching = self.size * 1e-6;
            let first = boxes.len();
            for (from, to) in spans {
                match boxes[first..]
                    .last_mut()
                    .filter(|last| from <= last.x1 + touching)
                {
                    Some(last) => last.x1 = last.x1.max(to),
                    None => boxes.push(Rect::new(from, line.area.y0, to, line.area.y1)),
                }
            }
        }
        boxes
    }

    /// The beginning of a caret's line.
    #[must_use]
    pub fn line_start(&self, caret: Caret) -> Caret {
        Caret::at(self.lines[self.line_of(caret)].range.start)
    }

    /// The end of a caret's line.
    #[must_use]
    pub fn line_end(&self, caret: Caret) -> Caret {
        Caret::after(self.lines[self.line_of(caret)].range.end)
    }

    /// So many lines down from a caret (up, if less than none), as near as can be to an x. Above the first line it's the beginning of
    /// the text, below the last one the end.
    #[must_use]
    pub fn vertical(&self, caret: Caret, lines: isize, x: f64) -> Caret {
        match self.line_of(caret).checked_add_signed(lines) {
            None => Caret::at(0),
            Some(line) if line >= self.lines.len() => Caret::after(self.text.len()),
            Some(line) => self.nearest_in(line, x),
        }
    }

    /// Whether the paragraph of a caret begins at the right, so that what comes next is to the left.
    #[must_use]
    pub fn is_rtl(&self, caret: Caret) -> bool {
        self.lines[self.line_of(caret)].rtl
    }

    /// The end of the letter with its marks that begins at an index, or lies around it.
    #[must_use]
    pub fn next(&self, index: usize) -> usize {
        let mut cursor = GraphemeCursor::new(self.boundary(index), self.text.len(), true);
        cursor
            .next_boundary(&self.text, 0)
            .ok()
            .flatten()
            .unwrap_or(self.text.len())
    }

    /// The beginning of the letter with its marks that ends at an index, or lies around it.
    #[must_use]
    pub fn previous(&self, index: usize) -> usize {
        let mut cursor = GraphemeCursor::new(self.boundary(index), self.text.len(), true);
        cursor.prev_boundary(&self.text, 0).ok().flatten().unwrap_or(0)
    }

    /// The end of the word that an index is in or before.
    #[must_use]
    pub fn next_word(&self, index: usize) -> usize {
        let index = self.boundary(index);
        let mut words = self.text[index..].split_word_bound_indices();
        let word = words.find(|(_, word)| !word.chars().all(char::is_whitespace));
        word.map_or(self.text.len(), |(at, word)| index + at + word.len())
    }

    /// The beginning of the word that an index is in or after.
    #[must_use]
    pub fn previous_word(&self, index: usize) -> usize {
        let index = self.boundary(index);
        let mut words = self.text[..index].split_word_bound_indices().rev();
        let word = words.find(|(_, word)| !word.chars().all(char::is_whitespace));
        word.map_or(0, |(at, _)| at)
    }

    /// The word around an index, or the spaces, or the mark: what a double click takes.
    #[must_use]
    pub fn word_at(&self, index: usize) -> Range<usize> {
        let index = self.boundary(index);
        // Words don't go on beyond the end of a paragraph.
        let start = self.text[..index].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[index..]
            .find('\n')
            .map_or(self.text.len(), |at| index + at);
        let words = self.text[start..end].split_word_bound_indices();
        let mut words = words.map(|(at, word)| start + at..start + at + word.len());
        let around = words.find(|word| index < word.end || word.end == end);
        around.unwrap_or(index..index)
    }

    /// The paragraph around an index, without its line end: what a triple click takes.
    #[must_use]
    pub fn paragraph_at(&self, index: usize) -> Range<usize> {
        let index = self.boundary(index);
        let start = self.text[..index].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[index..]
            .find('\n')
            .map_or(self.text.len(), |at| index + at);
        start..end
    }

    /// An index as it is, or the nearest one before it that isn't within a character.
    fn boundary(&self, index: usize) -> usize {
        self.text.floor_char_boundary(index.min(self.text.len()))
    }

    fn pieces_of(&self, line: &Line) -> &[Piece] {
        &self.pieces[line.pieces.clone()]
    }
}
