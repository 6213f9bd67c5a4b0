//! What one peer did to a text: the letters that it typed, and which letters it deleted.
//!
//! Letters typed in a row are a run: the first one says where it hangs, each further one hangs behind the one before. What
//! the peer deleted of its own loses its characters and keeps its count; what it deleted of others' is named in ranges.

use std::collections::BTreeMap;
use std::ops::Range;

use drawbridge_protocol::{Peer, Value};
use serde::{Deserialize, Serialize};

use super::ranges::Ranges;
use super::{By, Letter, Place};
use crate::document::json;

/// Letters' numbers end here.
const NUMBERS: u32 = 1 << 31;
/// What stands for the letters that an element is born with.
const BASE: &str = "base";

/// Letters that hang on each other, or so many that were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Piece {
    Letters(String),
    Gone(u32),
}

impl Piece {
    pub(super) fn len(&self) -> u32 {
        match self {
            Self::Letters(text) => u32::try_from(text.chars().count()).unwrap_or(NUMBERS),
            Self::Gone(count) => *count,
        }
    }
}

/// Letters typed in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) place: Place,
    pub(super) pieces: Vec<Piece>,
}

/// All that one peer did to a text, or what it did since it was last written down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ops {
    /// The number of the first letter in `runs`.
    pub(super) first: u32,
    /// The number of the next letter.
    pub(super) next: u32,
    pub(super) runs: Vec<Run>,
    /// Letters deleted that aren't in `runs`.
    pub(super) cuts: BTreeMap<By, Ranges>,
}

/// As they are stored.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    peers: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    first: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runs: Vec<Vec<Piece>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cut: Vec<(u32, u32, u32)>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Ops {
    /// Reads the operations of `me`. `None` if they have another shape; a place that can't be read is kept as one.
    #[must_use]
    pub fn read(value: &Value, me: Peer) -> Option<Self> {
        let stored: Stored = value.read().ok()?;
        let by = |index: u32| -> Option<By> {
            match stored.peers.get(index as usize)?.as_str() {
                BASE => Some(None),
                peer => Peer::new(peer).ok().map(Some),
            }
        };
        let place = |text: &str| -> Option<Place> {
            if text.is_empty() {
                return Some(Place::Start);
            }
            let at = text.find(['<', '>'])?;
            let n = text[at + 1..].parse().ok().filter(|n| *n < NUMBERS)?;
            let by = match &text[..at] {
                "" => Some(me),
                index => by(index.parse().ok()?)?,
            };
            let letter = Letter { by, n };
            Some(if text.as_bytes()[at] == b'<' {
                Place::Before(letter)
            } else {
                Place::After(letter)
            })
        };
        let mut ops = Self {
            first: stored.first,
            next: stored.first,
            ..Self::default()
        };
        for run in stored.runs {
            let mut pieces = run.into_iter();
            let Some(Piece::Letters(text)) = pieces.next() else {
                break;
            };
            let pieces: Vec<Piece> = pieces.filter(|piece| piece.len() > 0).collect();
            let len = pieces
                .iter()
                .try_fold(0_u32, |sum, piece| sum.checked_add(piece.len()));
            // What comes after what can't be counted has no number.
            let Some(next) = len
                .and_then(|len| ops.next.checked_add(len))
                .filter(|next| *next <= NUMBERS)
            else {
                break;
            };
            if next > ops.next {
                ops.next = next;
                let place = place(&text).unwrap_or(Place::Nowhere);
                ops.runs.push(Run { place, pieces });
            }
        }
        let mut cuts: BTreeMap<By, Vec<Range<u32>>> = BTreeMap::new();
        for (index, n, count) in stored.cut {
            let end = n.saturating_add(count).min(NUMBERS);
            if let Some(by) = by(index) {
                cuts.entry(by).or_default().push(n..end);
            }
        }
        let cuts = cuts.into_iter().map(|(by, all)| (by, Ranges::of(all)));
        ops.cuts = cuts.filter(|(_, cut)| !cut.is_empty()).collect();
        Some(ops)
    }

    /// As the value of the cell of `me`.
    #[must_use]
    pub fn value(&self, me: Peer) -> Value {
        let mut peers: Vec<String> = Vec::new();
        let mut index = |by: By| {
            let name = by.map_or(BASE.to_owned(), |peer| peer.to_string());
            peers.iter().position(|held| *held == name).unwrap_or_else(|| {
                peers.push(name);
                peers.len() - 1
            })
        };
        let mut place = |place: Place| {
            let (mark, letter) = match place {
                Place::Start => return String::new(),
                Place::After(letter) => ('>', letter),
                Place::Before(letter) => ('<', letter),
                Place::Nowhere => return "?".to_owned(),
            };
            if letter.by == Some(me) {
                format!("{mark}{}", letter.n)
            } else {
                format!("{}{mark}{}", index(letter.by), letter.n)
            }
        };
        let runs = self.runs.iter().map(|run| {
            let first = Piece::Letters(place(run.place));
            std::iter::once(first).chain(run.pieces.iter().cloned()).collect()
        });
        let runs = runs.collect();
        let cuts = self.cuts.iter().flat_map(|(by, cuts)| {
            let index = u32::try_from(index(*by)).unwrap_or(u32::MAX);
            cuts.iter()
                .map(move |cut| (index, cut.start, cut.end - cut.start))
        });
        let cut = cuts.collect();
        json(&Stored {
            peers,
            first: self.first,
            runs,
            cut,
        })
    }

    /// Whether nothing was done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.cuts.is_empty()
    }

    /// The number of the first letter in it.
    #[must_use]
    pub fn first(&self) -> u32 {
        self.first
    }

    /// The number that the next letter gets.
    #[must_use]
    pub fn next(&self) -> u32 {
        self.next
    }

    /// Letters that were deleted and aren't among those that were typed.
    pub fn cuts(&self) -> impl Iterator<Item = (By, Range<u32>)> + '_ {
        let cuts = self.cuts.iter();
        cuts.flat_map(|(by, cuts)| cuts.iter().map(|range| (*by, range)))
    }

    /// All letters that it says are deleted, its own too.
    #[must_use]
    pub fn deleted(&self, me: Peer) -> Vec<(By, Range<u32>)> {
        let own = self.gone(&(self.first..self.next));
        let own: Vec<_> = own.iter().map(|range| (Some(me), range)).collect();
        self.cuts().chain(own).collect()
    }

    /// Whether all that another state of the same operations says is in this one.
    #[must_use]
    pub fn holds(&self, earlier: &Self, me: Peer) -> bool {
        let back = earlier.since(self, me);
        let only_letters_gone = back.cuts.is_empty() && back.runs.is_empty();
        earlier.next <= self.next && only_letters_gone
    }

    /// Types letters at a place. They are numbered from what [`Self::next`] was.
    pub(super) fn put(&mut self, me: Peer, place: Place, text: &str) {
        let len = u32::try_from(text.chars().count()).unwrap_or(NUMBERS);
        if len == 0 || self.next.saturating_add(len) > NUMBERS {
            return;
        }
        let goes_on = |next: u32| {
            Place::After(Letter {
                by: Some(me),
                n: next - 1,
            })
        };
        match self
            .runs
            .last_mut()
            .filter(|_| self.next > 0 && place == goes_on(self.next))
        {
            Some(run) => match run.pieces.last_mut() {
                Some(Piece::Letters(held)) => held.push_str(text),
                _ => run.pieces.push(Piece::Letters(text.to_owned())),
            },
            None => self.runs.push(Run {
                place,
                pieces: vec![Piece::Letters(text.to_owned())],
            }),
        }
        self.next += len;
    }

    /// Deletes letters.
    pub(super) fn cut(&mut self, me: Peer, by: By, range: Range<u32>) {
        let mut range = range;
        if by == Some(me) {
            let end = range.end;
            range.end = end.min(self.first);
            let own = range.start.max(self.first)..end.min(self.next);
            self.forget(&own);
        }
        if range.start < range.end {
            self.cuts.entry(by).or_default().add(range);
        }
    }

    /// Takes the characters of own letters away.
    fn forget(&mut self, gone: &Range<u32>) {
        let mut at = self.first;
        for run in &mut self.runs {
            let start = at;
            at += run.pieces.iter().map(Piece::len).sum::<u32>();
            if at <= gone.start || start >= gone.end {
                continue;
            }
            let mut n = start;
            let mut pieces: Vec<Piece> = Vec::with_capacity(run.pieces.len() + 2);
            for piece in std::mem::take(&mut run.pieces) {
                let len = piece.len();
                let Piece::Letters(text) = piece else {
                    add_piece(&mut pieces, Piece::Gone(len));
                    n += len;
                    continue;
                };
                let inside = |at: u32| at.clamp(n, n + len) - n;
                let (from, to) = (inside(gone.start), inside(gone.end));
                let byte = |n: u32| {
                    text.char_indices()
                        .nth(n as usize)
                        .map_or(text.len(), |(at, _)| at)
                };
                let (head, tail) = (byte(from), byte(to));
                add_piece(&mut pieces, Piece::Letters(text[..head].to_owned()));
                add_piece(&mut pieces, Piece::Gone(to - from));
                add_piece(&mut pieces, Piece::Letters(text[tail..].to_owned()));
                n += len;
            }
            run.pieces = pieces;
        }
    }

    /// What was done since `before`, as operations of their own: what was done before and these are all of it.
    #[must_use]
    pub fn since(&self, before: &Self, me: Peer) -> Self {
        let mut since = Self {
            first: before.next,
            next: before.next,
            ..Self::default()
        };
        let mut at = self.first;
        for run in &self.runs {
            for (index, piece) in run.pieces.iter().enumerate() {
                let (start, len) = (at, piece.len());
                at += len;
                if at <= before.next {
                    continue;
                }
                let skipped = before.next.saturating_sub(start);
                let place = match (index, skipped) {
                    (0, 0) => run.place,
                    _ => Place::After(Letter {
                        by: Some(me),
                        n: start + skipped - 1,
                    }),
                };
                let goes_on = index > 0 && start > before.next;
                let left = match piece {
                    Piece::Letters(text) => Piece::Letters(text.chars().skip(skipped as usize).collect()),
                    Piece::Gone(count) => Piece::Gone(count - skipped),
                };
                match since.runs.last_mut().filter(|_| goes_on) {
                    Some(run) => run.pieces.push(left),
                    None => since.runs.push(Run {
                        place,
                        pieces: vec![left],
                    }),
                }
                since.next = at;
            }
        }
        for (by, cuts) in &self.cuts {
            let fresh = before
                .cuts
                .get(by)
                .map_or_else(|| cuts.clone(), |held| cuts.without(held));
            if !fresh.is_empty() {
                since.cuts.insert(*by, fresh);
            }
        }
        let known = 0..before.next;
        let own = self.gone(&known).without(&before.gone(&known));
        if !own.is_empty() {
            since.cuts.entry(Some(me)).or_default().add_all(&own);
        }
        since
    }

    /// The numbers of own letters that have lost their characters.
    pub(super) fn gone(&self, within: &Range<u32>) -> Ranges {
        let mut at = self.first;
        let mut gone = Vec::new();
        for piece in self.runs.iter().flat_map(|run| &run.pieces) {
            let start = at;
            at += piece.len();
            if matches!(piece, Piece::Gone(_)) {
                gone.push(start.max(within.start)..at.min(within.end));
            }
        }
        Ranges::of(gone)
    }
}

fn add_piece(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), piece) {
        (_, piece) if piece.len() == 0 => {}
        (Some(Piece::Gone(held)), Piece::Gone(more)) => *held += more,
        (Some(Piece::Letters(held)), Piece::Letters(more)) => held.push_str(&more),
        (_, piece) => pieces.push(piece),
    }
}
