//! How what a step did to a text is undone: what it typed is deleted, and what it deleted is typed again, where it stood.
//! A peer's operations only grow, so its earlier ones are never written again; others' letters are left alone.

use std::ops::Range;

use drawbridge_protocol::{Cell, ElementId, Peer};

use crate::document::Document;
use crate::document::text::{By, Letter, Ops, Sequence, Span, property_of};

/// What a step did to a text.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) element: ElementId,
    /// Letters by their numbers.
    pub(super) typed: Vec<(By, Range<u32>)>,
    pub(super) deleted: Vec<Span>,
}

/// Letters that were typed again, and so have other names.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::editor) struct Reborn {
    element: ElementId,
    was: Letter,
    now: Letter,
    count: u32,
}

impl Typed {
    /// What a cell that is about to be merged does; `None` if it isn't `me`'s operations.
    pub(super) fn of(cell: &Cell, document: &Document, me: Peer) -> Option<Self> {
        if cell.prop != property_of(me) {
            return None;
        }
        let before = document.ops(&cell.element, me);
        let after = Ops::read(&cell.value, me).unwrap_or_default();
        let since = after.since(&before, me);
        let now = Sequence::of("", &[(me, after)]);
        let typed = now.shown(Some(me), before.next()..since.next());
        let held = document.sequence(&cell.element, false);
        let deleted = held.map_or_else(Vec::new, |held| {
            let gone = since.cuts().flat_map(|(by, range)| held.named(by, range));
            gone.collect()
        });
        Some(Self {
            element: cell.element.clone(),
            typed: typed.into_iter().map(|range| (Some(me), range)).collect(),
            deleted,
        })
    }

    /// The letters that an element is born with.
    pub(super) fn born(element: &ElementId, document: &Document) -> Self {
        let count = document.born(element).chars().count() as u32;
        Self {
            element: element.clone(),
            typed: vec![(None, 0..count)],
            deleted: Vec::new(),
        }
    }
}

/// All names that letters have had since, the first one too.
fn names(all: &[Reborn], element: &ElementId, by: By, range: Range<u32>) -> Vec<(By, Range<u32>)> {
    let mut names = vec![(by, range)];
    let mut at = 0;
    while let Some((by, range)) = names.get(at).cloned() {
        at += 1;
        for again in all
            .iter()
            .filter(|again| again.element == *element && again.was.by == by)
        {
            let start = range.start.max(again.was.n);
            let end = range.end.min(again.was.n + again.count);
            if start < end {
                let moved = |n: u32| n - again.was.n + again.now.n;
                names.push((again.now.by, moved(start)..moved(end)));
            }
        }
    }
    names
}

/// What undoing these, the last first, makes of `me`'s operations on one element, and the letters that it types again. `None`
/// if there is nothing left to undo.
pub(super) fn undone(
    steps: &[Typed],
    element: &ElementId,
    document: &Document,
    me: Peer,
    reborn: &[Reborn],
) -> Option<(Ops, Vec<Reborn>)> {
    let before = document.ops(element, me);
    let mut ops = before.clone();
    let mut reborn = reborn.to_vec();
    let known = reborn.len();
    for step in steps.iter().rev().filter(|step| step.element == *element) {
        let letters = document.sequence_and(element, me, &ops)?;
        let typed = step.typed.iter().cloned();
        for (by, range) in typed.flat_map(|(by, range)| names(&reborn, element, by, range)) {
            for range in letters.shown(by, range) {
                ops.delete_named(me, by, range);
            }
        }
        for span in &step.deleted {
            again(span, element, document, me, &mut ops, &mut reborn)?;
        }
    }
    let fresh = reborn.split_off(known);
    (ops != before).then_some((ops, fresh))
}

/// Types deleted letters again, those side by side that are side by side still.
fn again(
    span: &Span,
    element: &ElementId,
    document: &Document,
    me: Peer,
    ops: &mut Ops,
    reborn: &mut Vec<Reborn>,
) -> Option<()> {
    let mut letters = document.sequence_and(element, me, ops)?;
    let mut left = span.text.chars().zip(span.first.n..).peekable();
    while let Some((char, n)) = left.next() {
        let at = |letters: &Sequence, n: u32| letters.index(Some(Letter { n, ..span.first }));
        let is_back = |letters: &Sequence, reborn: &[Reborn], n: u32| {
            let names = names(reborn, element, span.first.by, n..n + 1);
            names
                .into_iter()
                .any(|(by, range)| !letters.shown(by, range).is_empty())
        };
        if is_back(&letters, reborn, n) {
            continue;
        }
        let (place, mut last, mut text) = (at(&letters, n), n, char.to_string());
        while let Some((char, next)) =
            left.next_if(|(_, next)| at(&letters, *next) == place && !is_back(&letters, reborn, *next))
        {
            last = next;
            text.push(char);
        }
        let now = Letter {
            by: Some(me),
            n: ops.next(),
        };
        let last = Letter {
            n: last,
            ..span.first
        };
        ops.insert_again(me, &letters, last, &text);
        reborn.push(Reborn {
            element: element.clone(),
            was: Letter { n, ..span.first },
            now,
            count: ops.next() - now.n,
        });
        letters = document.sequence_and(element, me, ops)?;
    }
    Some(())
}
