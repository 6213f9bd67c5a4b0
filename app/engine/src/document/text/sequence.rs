//! A text as it reads, with the name of each of its letters.

use std::ops::Range;

use drawbridge_protocol::Peer;

use super::tree::{Ordered, ordered};
use super::{By, Letter, Ops, Place};

/// Letters of one peer that stand side by side, shown all or none (or, at the text's limit, the first of them).
#[derive(Debug, Clone)]
pub(super) struct Segment {
    /// Whose, as an index.
    pub(super) by: u32,
    pub(super) first: u32,
    pub(super) len: u32,
    /// Where they stand in the text, in bytes.
    pub(super) at: usize,
    /// How many bytes they have; none if they were deleted.
    pub(super) bytes: usize,
    /// Whether something hangs behind the last one.
    pub(super) followed: bool,
}

impl Segment {
    fn end(&self) -> usize {
        self.at + self.bytes
    }
}

/// Letters that stand side by side and were typed in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The first one.
    pub first: Letter,
    /// Their characters.
    pub text: String,
}

/// A text as it reads, with the name of each of its letters.
#[derive(Debug, Clone)]
pub struct Sequence {
    text: String,
    segments: Vec<Segment>,
    /// By index, sorted.
    authors: Vec<By>,
    /// The segments by author and number.
    by_name: Vec<u32>,
    begins: bool,
}

impl Sequence {
    /// What `base` has become by these operations. There may be several cells of one peer: what they say of its letters is
    /// put together.
    #[must_use]
    pub fn of(base: &str, cells: &[(Peer, Ops)]) -> Self {
        let Ordered {
            authors,
            segments,
            text,
            begins,
        } = ordered(base, cells);
        let mut by_name: Vec<u32> = (0..segments.len() as u32).collect();
        by_name.sort_unstable_by_key(|at| {
            let segment = &segments[*at as usize];
            (segment.by, segment.first)
        });
        Self {
            text,
            segments,
            authors,
            by_name,
            begins,
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn letter(&self, segment: &Segment, offset: u32) -> Letter {
        Letter {
            by: self.authors[segment.by as usize],
            n: segment.first + offset,
        }
    }

    fn find(&self, letter: Letter) -> Option<usize> {
        let by = self.authors.binary_search(&letter.by).ok()? as u32;
        let after = self.by_name.partition_point(|at| {
            let segment = &self.segments[*at as usize];
            (segment.by, segment.first) <= (by, letter.n)
        });
        let at = self.by_name[after.checked_sub(1)?] as usize;
        let segment = &self.segments[at];
        (segment.by == by && letter.n - segment.first < segment.len).then_some(at)
    }

    /// The letter that stands before a place in the text, in bytes; `None` at its beginning.
    #[must_use]
    pub fn before(&self, index: usize) -> Option<Letter> {
        // Whoever asks may have looked at the text as it was a moment ago.
        let index = self.text.floor_char_boundary(index);
        let at = self.segments.partition_point(|segment| segment.at < index);
        let (head, _) = self.segments.split_at(at);
        let segment = head.iter().rev().find(|segment| segment.bytes > 0)?;
        let shown = &self.text[segment.at..index.min(segment.end())];
        let count = shown.chars().count() as u32;
        (count > 0).then(|| self.letter(segment, count - 1))
    }

    /// The place in the text, in bytes, behind a letter; where it stood, if it was deleted; the beginning for `None`.
    /// Nothing if there is no such letter.
    #[must_use]
    pub fn index(&self, letter: Option<Letter>) -> Option<usize> {
        let Some(letter) = letter else { return Some(0) };
        let segment = &self.segments[self.find(letter)?];
        let shown = &self.text[segment.at..segment.end()];
        let count = (letter.n - segment.first) as usize + 1;
        let bytes: usize = shown.chars().take(count).map(char::len_utf8).sum();
        Some(segment.at + bytes)
    }

    /// The letters in a part of the text, in bytes.
    #[must_use]
    pub fn spans(&self, range: &Range<usize>) -> Vec<Span> {
        let from = self
            .segments
            .partition_point(|segment| segment.end() <= range.start);
        let near = self.segments[from..]
            .iter()
            .take_while(|segment| segment.at < range.end);
        let shown = near.filter(|segment| segment.bytes > 0);
        let span = |segment: &Segment| {
            let text = &self.text[segment.at..segment.end()];
            let inside = |at: usize| at.clamp(segment.at, segment.end()) - segment.at;
            let (from, to) = (inside(range.start), inside(range.end));
            let skipped = text[..from].chars().count() as u32;
            Span {
                first: self.letter(segment, skipped),
                text: text[from..to].to_owned(),
            }
        };
        shown.map(span).filter(|span| !span.text.is_empty()).collect()
    }

    /// Those of some letters of one peer that are still shown, by their numbers.
    #[must_use]
    pub fn shown(&self, by: By, numbers: Range<u32>) -> Vec<Range<u32>> {
        let Ok(author) = self.authors.binary_search(&by) else {
            return Vec::new();
        };
        let author = author as u32;
        let from = self.by_name.partition_point(|at| {
            let segment = &self.segments[*at as usize];
            (segment.by, segment.first + segment.len) <= (author, numbers.start)
        });
        let segments = self.by_name[from..].iter().map(|at| &self.segments[*at as usize]);
        let near = segments.take_while(|segment| (segment.by, segment.first) < (author, numbers.end));
        let part = |segment: &Segment| {
            let (start, end) = (segment.first, segment.first + segment.len);
            start.max(numbers.start)..end.min(numbers.end)
        };
        near.filter(|segment| segment.bytes > 0).map(part).collect()
    }

    /// The same with their characters.
    #[must_use]
    pub fn named(&self, by: By, numbers: Range<u32>) -> Vec<Span> {
        let shown = self.shown(by, numbers).into_iter();
        let span = |range: Range<u32>| {
            let first = Letter { by, n: range.start };
            let end = Letter { by, n: range.end - 1 };
            let (from, to) = (self.index(Some(first))?, self.index(Some(end))?);
            let width = self.text[..from].chars().next_back().map_or(0, char::len_utf8);
            let text = self.text[from - width..to].to_owned();
            Some(Span { first, text })
        };
        shown.filter_map(span).collect()
    }

    /// On what a letter is to hang, to stand behind another one or at the beginning. Behind nothing but letters that `last`
    /// ends and that are deleted, it hangs on that one: so a run with corrections stays one run.
    pub(super) fn place(&self, after: Option<Letter>, last: Option<Letter>) -> Place {
        let next = |at: usize| {
            self.segments
                .get(at)
                .map(|next| Place::Before(self.letter(next, 0)))
        };
        let Some(letter) = after else {
            let first = next(0).filter(|_| self.begins);
            return first.unwrap_or(Place::Start);
        };
        let Some(at) = self.find(letter) else {
            return Place::After(letter);
        };
        let segment = &self.segments[at];
        if letter.n + 1 < segment.first + segment.len {
            let next = Letter {
                n: letter.n + 1,
                ..letter
            };
            return Place::Before(next);
        }
        if let Some(last) = last
            && let Some(end) = self.find(last)
            && end > at
            && self.segments[at + 1..=end]
                .iter()
                .all(|segment| segment.bytes == 0)
            && !self.segments[end].followed
        {
            return Place::After(last);
        }
        let behind = next(at + 1).filter(|_| segment.followed);
        behind.unwrap_or(Place::After(letter))
    }
}

impl Ops {
    /// Types `text` behind a letter, or at the beginning. Returns its last letter.
    pub fn insert(
        &mut self,
        me: Peer,
        letters: &Sequence,
        after: Option<Letter>,
        text: &str,
    ) -> Option<Letter> {
        self.put(me, letters.place(after, self.last(me)), text);
        self.last(me)
    }

    /// The same, nowhere but there: deleted letters behind it may come back.
    pub fn insert_again(&mut self, me: Peer, letters: &Sequence, after: Letter, text: &str) {
        self.put(me, letters.place(Some(after), None), text);
    }

    /// The letter typed last.
    fn last(&self, me: Peer) -> Option<Letter> {
        let n = self.next().checked_sub(1)?;
        Some(Letter { by: Some(me), n })
    }

    /// Deletes a part of the text, in bytes.
    pub fn delete(&mut self, me: Peer, letters: &Sequence, range: &Range<usize>) {
        for span in letters.spans(range) {
            let n = span.first.n;
            self.cut(me, span.first.by, n..n + span.text.chars().count() as u32);
        }
    }

    /// Deletes letters of one peer, by their numbers.
    pub fn delete_named(&mut self, me: Peer, by: By, numbers: Range<u32>) {
        self.cut(me, by, numbers);
    }
}
