//! Where a paragraph's lines end, and in which order their pieces stand.

use std::ops::Range;

use unicode_bidi::{BidiInfo, Level};
use unicode_linebreak::{BreakOpportunity, linebreaks};

use super::shaping::{Paragraph, Piece, Sort};

/// How far apart tab stops are, in ems.
const TAB: f64 = 2.0;
/// What is wider than the room by no more than this part of it fits: sums are not exact.
const SLACK: f64 = 1e-9;

/// A line of a paragraph: which of its pieces, and whether it ends because there was no more room.
pub(super) struct Broken {
    pub(super) pieces: Range<usize>,
    pub(super) soft: bool,
}

/// Breaks a paragraph, which stands at `offset` in its text, into lines no wider than `room`: between words where that can be, else
/// anywhere. Spaces at the end of a line hang over. Gives tabs their widths.
pub(super) fn lines(
    paragraph: &mut Paragraph,
    text: &str,
    offset: usize,
    size: f64,
    room: Option<f64>,
) -> Vec<Broken> {
    let pieces = &mut paragraph.pieces;
    let breaks = room.map_or_else(Vec::new, |_| may_break(text, offset, pieces));
    let room = room.map_or(f64::INFINITY, |room| room * (1.0 + SLACK));
    let mut lines = Vec::new();
    // The line's first piece, where it had best end, and how far it has come.
    let (mut first, mut best, mut x) = (0, None, 0.0);
    let mut at = 0;
    while at < pieces.len() {
        if at > first && breaks.get(at) == Some(&true) {
            best = Some(at);
        }
        let piece = &mut pieces[at];
        if piece.sort == Sort::Tab {
            let stop = TAB * size;
            piece.width = ((x / stop).floor() + 1.0) * stop - x;
        }
        if piece.sort == Sort::Letter && x + piece.width > room && at > first {
            let end = best.take().unwrap_or(at);
            lines.push(Broken {
                pieces: first..end,
                soft: true,
            });
            (first, at, x) = (end, end, 0.0);
        } else {
            x += piece.width;
            at += 1;
        }
    }
    lines.push(Broken {
        pieces: first..pieces.len(),
        soft: false,
    });
    lines
}

/// Of each piece, whether a line may end before it.
fn may_break(text: &str, offset: usize, pieces: &[Piece]) -> Vec<bool> {
    let allowed = linebreaks(text).filter(|(_, kind)| *kind == BreakOpportunity::Allowed);
    let mut places = allowed.map(|(at, _)| at + offset).peekable();
    let before = |piece: &Piece| {
        while places.next_if(|place| *place < piece.start).is_some() {}
        places.peek() == Some(&piece.start)
    };
    pieces.iter().map(before).collect()
}

/// The pieces of a line from left to right, as places in it.
pub(super) fn visual_order(line: &[Piece], rtl: bool) -> Vec<usize> {
    let base = if rtl { Level::rtl() } else { Level::ltr() };
    let ink = line.iter().rposition(|piece| piece.sort == Sort::Letter);
    let end = ink.map_or(0, |last| last + 1);
    let level = |(at, piece): (usize, &Piece)| {
        if at >= end || piece.sort == Sort::Tab {
            base
        } else {
            piece.level
        }
    };
    let levels: Vec<Level> = line.iter().enumerate().map(level).collect();
    if levels.iter().all(|level| level.is_ltr()) && !rtl {
        return (0..line.len()).collect();
    }
    BidiInfo::reorder_visual(&levels)
}
