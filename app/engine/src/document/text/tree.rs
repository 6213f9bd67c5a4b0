//! From several peers' operations to the letters in their order.
//!
//! Letters are taken in stretches, which are split wherever something hangs on a letter in the middle. So time and memory
//! follow the bytes that were written, whatever numbers stand in them.

use std::collections::BTreeMap;
use std::ops::Range;

use drawbridge_protocol::Peer;

use super::ops::{Ops, Piece};
use super::ranges::Ranges;
use super::sequence::Segment;
use super::{By, Letter, MAX_LETTERS, Place};

/// Letters of one peer, one hanging behind the other.
#[derive(Debug, Clone)]
struct Stretch<'a> {
    first: u32,
    len: u32,
    /// Their characters; `None` where they were deleted.
    text: Option<&'a str>,
    /// What the first one hangs on; `None` for the letter numbered one less.
    place: Option<Place>,
}

impl Stretch<'_> {
    fn end(&self) -> u32 {
        self.first + self.len
    }

    /// The part with these numbers, which lie in it.
    fn part(&self, range: &Range<u32>) -> Self {
        let skipped = range.start - self.first;
        let text = self.text.map(|text| {
            let byte = |text: &str, n: u32| {
                text.char_indices()
                    .nth(n as usize)
                    .map_or(text.len(), |(at, _)| at)
            };
            let text = &text[byte(text, skipped)..];
            &text[..byte(text, range.end - range.start)]
        });
        Self {
            first: range.start,
            len: range.end - range.start,
            text,
            place: self.place.filter(|_| skipped == 0),
        }
    }
}

/// What is known of one peer's letters.
#[derive(Debug, Default)]
struct Typed<'a> {
    /// By their first number; they don't overlap.
    stretches: BTreeMap<u32, Stretch<'a>>,
    gone: Vec<Range<u32>>,
}

impl<'a> Typed<'a> {
    /// Takes up a stretch. Of letters that are known already it only counts that they were deleted.
    fn add(&mut self, stretch: &Stretch<'a>) {
        if stretch.text.is_none() {
            self.gone.push(stretch.first..stretch.end());
        }
        let before = self.stretches.range(..=stretch.first).next_back();
        let mut from = before.map_or(stretch.first, |(_, held)| held.end().max(stretch.first));
        while from < stretch.end() {
            let next = self.stretches.range(from..stretch.end()).next();
            let (to, then) = next.map_or((stretch.end(), stretch.end()), |(first, held)| {
                (*first, held.end())
            });
            if from < to {
                self.stretches.insert(from, stretch.part(&(from..to)));
            }
            from = then;
        }
    }
}

/// The letters in their order, and whose they are: see [`Segment::by`].
pub(super) struct Ordered {
    pub(super) authors: Vec<By>,
    pub(super) segments: Vec<Segment>,
    pub(super) text: String,
    /// Whether anything hangs on the text's beginning.
    pub(super) begins: bool,
}

/// A stretch of the tree, as it is put together.
struct Node<'a> {
    by: u32,
    stretch: Stretch<'a>,
    gone: bool,
}

/// What hangs on what, sorted so that what hangs on one thing on one side stands together, by name.
type Edge = (u32, bool, u32);

const ROOT: u32 = u32::MAX;

pub(super) fn ordered(base: &str, cells: &[(Peer, Ops)]) -> Ordered {
    let mut typed: BTreeMap<By, Typed<'_>> = BTreeMap::new();
    let born = u32::try_from(base.chars().count()).unwrap_or(u32::MAX);
    if born > 0 {
        typed.entry(None).or_default().add(&Stretch {
            first: 0,
            len: born,
            text: Some(base),
            place: Some(Place::Start),
        });
    }
    let mut splits: BTreeMap<By, Vec<u32>> = BTreeMap::new();
    for (peer, ops) in cells {
        let own = typed.entry(Some(*peer)).or_default();
        let mut first = ops.first;
        for run in &ops.runs {
            let mut place = Some(run.place);
            for piece in &run.pieces {
                let len = piece.len();
                let text = match piece {
                    Piece::Letters(text) => Some(text.as_str()),
                    Piece::Gone(_) => None,
                };
                own.add(&Stretch {
                    first,
                    len,
                    text,
                    place: place.take(),
                });
                first += len;
            }
            match run.place {
                Place::After(Letter { by, n }) => splits.entry(by).or_default().push(n + 1),
                Place::Before(Letter { by, n }) => splits.entry(by).or_default().push(n),
                Place::Start | Place::Nowhere => {}
            }
        }
    }
    for (by, cuts) in cells.iter().flat_map(|(_, ops)| &ops.cuts) {
        if let Some(typed) = typed.get_mut(by) {
            typed.gone.extend(cuts.iter());
        }
    }
    let authors: Vec<By> = typed.keys().copied().collect();
    let mut nodes = Vec::new();
    for (index, (by, typed)) in (0..).zip(typed) {
        let gone = Ranges::of(typed.gone);
        let mut at = splits.remove(&by).unwrap_or_default();
        at.extend(gone.iter().flat_map(|range| [range.start, range.end]));
        at.sort_unstable();
        at.dedup();
        for stretch in typed.stretches.values() {
            split(index, stretch, &at, &gone, &mut nodes);
        }
    }
    let tree = Tree::of(&nodes, &authors);
    tree.read(&nodes, authors)
}

fn split<'a>(by: u32, stretch: &Stretch<'a>, at: &[u32], gone: &Ranges, nodes: &mut Vec<Node<'a>>) {
    let inside = &at[at.partition_point(|n| *n <= stretch.first)..at.partition_point(|n| *n < stretch.end())];
    let mut rest = stretch.clone();
    for n in inside.iter().chain([&stretch.end()]) {
        let part = rest.part(&(rest.first..*n));
        if let Some(text) = rest.text {
            let taken = part.text.map_or(0, str::len);
            rest.text = Some(&text[taken..]);
        }
        (rest.first, rest.len, rest.place) = (*n, stretch.end() - *n, None);
        let gone = part.text.is_none() || gone.contains(part.first);
        nodes.push(Node {
            by,
            stretch: part,
            gone,
        });
    }
}

struct Tree {
    edges: Vec<Edge>,
    /// Those that hang on what isn't here.
    orphans: Vec<u32>,
}

impl Tree {
    fn of(nodes: &[Node<'_>], authors: &[By]) -> Self {
        let key = |node: &Node<'_>| (node.by, node.stretch.first);
        // They stand by author and number.
        let find = |by: u32, n: u32| -> Option<u32> {
            let at = nodes
                .partition_point(|node| key(node) <= (by, n))
                .checked_sub(1)?;
            let node = &nodes[at];
            (node.by == by && n < node.stretch.end()).then_some(at as u32)
        };
        let author = |by: By| authors.binary_search(&by).ok().map(|at| at as u32);
        let mut tree = Self {
            edges: Vec::with_capacity(nodes.len()),
            orphans: Vec::new(),
        };
        for (at, node) in (0..).zip(nodes) {
            let hangs = match node.stretch.place {
                Some(Place::Start) => Some((ROOT, true)),
                Some(Place::Nowhere) => None,
                Some(Place::After(letter)) => author(letter.by)
                    .and_then(|by| find(by, letter.n))
                    .map(|parent| (parent, true)),
                Some(Place::Before(letter)) => author(letter.by)
                    .and_then(|by| find(by, letter.n))
                    .map(|parent| (parent, false)),
                None => node
                    .stretch
                    .first
                    .checked_sub(1)
                    .and_then(|n| find(node.by, n))
                    .map(|parent| (parent, true)),
            };
            match hangs {
                Some((parent, after)) => tree.edges.push((parent, after, at)),
                None => tree.orphans.push(at),
            }
        }
        tree.edges.sort_unstable();
        tree
    }

    fn hung(&self, parent: u32, after: bool) -> &[Edge] {
        let from = self
            .edges
            .partition_point(|edge| (edge.0, edge.1) < (parent, after));
        let to = self
            .edges
            .partition_point(|edge| (edge.0, edge.1) <= (parent, after));
        &self.edges[from..to]
    }

    fn read(&self, nodes: &[Node<'_>], authors: Vec<By>) -> Ordered {
        let mut read = Reading {
            tree: self,
            nodes,
            seen: vec![false; nodes.len()],
            letters: 0,
            ordered: Ordered {
                authors,
                segments: Vec::with_capacity(nodes.len()),
                text: String::new(),
                begins: !self.hung(ROOT, true).is_empty(),
            },
        };
        for (_, _, node) in self.hung(ROOT, true) {
            read.from(*node);
        }
        // What hangs on letters that aren't here stands at the end, and last what somebody hung on itself.
        for node in self.orphans.iter().copied().chain(0..nodes.len() as u32) {
            read.from(node);
        }
        read.ordered
    }
}

struct Reading<'a> {
    tree: &'a Tree,
    nodes: &'a [Node<'a>],
    seen: Vec<bool>,
    letters: usize,
    ordered: Ordered,
}

impl Reading<'_> {
    /// Reads a node and all that hangs on it, without recursion.
    fn from(&mut self, node: u32) {
        let mut todo = vec![(node, false)];
        while let Some((at, is_open)) = todo.pop() {
            if is_open {
                self.take(at);
                continue;
            }
            if std::mem::replace(&mut self.seen[at as usize], true) {
                continue;
            }
            let hung = |after| self.tree.hung(at, after).iter().rev().map(|edge| (edge.2, false));
            todo.extend(hung(true));
            todo.push((at, true));
            todo.extend(hung(false));
        }
    }

    fn take(&mut self, at: u32) {
        let node = &self.nodes[at as usize];
        let text = &mut self.ordered.text;
        let start = text.len();
        let shown = node
            .stretch
            .text
            .filter(|_| !node.gone && self.letters < MAX_LETTERS);
        if let Some(shown) = shown {
            let room = MAX_LETTERS - self.letters;
            text.extend(shown.chars().take(room));
            self.letters += (node.stretch.len as usize).min(room);
        }
        let bytes = text.len() - start;
        self.ordered.segments.push(Segment {
            by: node.by,
            first: node.stretch.first,
            len: node.stretch.len,
            at: start,
            bytes,
            followed: !self.tree.hung(at, true).is_empty(),
        });
    }
}
