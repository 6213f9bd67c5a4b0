//! A person's own undo: fresh cells with the earlier values, one step an interaction.
//!
//! A step leaves alone a cell that somebody else has changed since. It knows by the stamp:
//! the cell must still have the one that the step gave it, or one given by undoing what came after. Letters are undone one by
//! one (`letters.rs`).

mod letters;

use std::collections::{BTreeSet, HashMap, VecDeque};

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{Cell, CellKey, ElementId, Peer, Property, Stamp, Value};

use super::transaction::{Act, Transaction, Undone};
use crate::document::text::property_of;
use crate::document::{Document, Kind, json};
use crate::tools::Set;
pub(super) use letters::Reborn;
use letters::Typed;

/// So many steps can be undone.
const STEPS: usize = 1000;

/// One cell of a step.
#[derive(Debug)]
struct Entry {
    /// The cell that undoing writes.
    key: CellKey,
    /// The stamp that it must have for that; `None` for no cell.
    expected: Option<Stamp>,
    /// The stamp that it had before the step.
    before: Option<Stamp>,
    /// What undoing writes.
    value: Value,
}

#[derive(Debug)]
struct Step {
    gesture: Option<u64>,
    /// The typing under way that it belongs to.
    typing: Option<u64>,
    entries: Vec<Entry>,
    letters: Vec<Typed>,
}

impl Entry {
    /// Whether it undoes a birth.
    fn is_birth(&self) -> bool {
        self.key.prop.as_str() == Property::DELETED && self.value.as_str() == "true"
    }
}

impl Step {
    /// Whether it is the birth of that in which somebody types, and nothing else: it stays as long as they do.
    fn is_only_birth(&self) -> bool {
        self.letters.is_empty() && self.entries.iter().all(Entry::is_birth)
    }

    /// Takes up more of one gesture: a cell that was written before in it goes back to what it was before all of it.
    fn add(&mut self, entries: Vec<Entry>) {
        let places = self.entries.iter().enumerate().map(|(n, e)| (e.key.clone(), n));
        let places: HashMap<CellKey, usize> = places.collect();
        for entry in entries {
            match places.get(&entry.key) {
                Some(n) if self.entries[*n].expected == entry.before => {
                    self.entries[*n].expected = entry.expected;
                }
                // Somebody else has changed it in between: it goes back to what they made of it.
                Some(n) => self.entries[*n] = entry,
                None => self.entries.push(entry),
            }
        }
    }
}

/// What can be undone and done again.
#[derive(Debug, Default)]
pub(super) struct History {
    undo: VecDeque<Step>,
    redo: VecDeque<Step>,
    /// What undoing has typed again.
    reborn: Vec<Reborn>,
}

/// An element in which somebody types, and a number for that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Within<'a> {
    pub(super) typing: u64,
    pub(super) element: &'a ElementId,
}

impl History {
    /// Whether there is a step to undo; while somebody types, of that typing.
    pub(super) fn can_undo(&self, typing: Option<u64>) -> bool {
        let last = self.undo.back();
        last.is_some_and(|step| typing.is_none() || (step.typing == typing && !step.is_only_birth()))
    }

    /// The same of what was undone.
    pub(super) fn can_redo(&self, typing: Option<u64>) -> bool {
        let last = self.redo.back();
        last.is_some_and(|step| typing.is_none() || step.typing == typing)
    }

    /// Notes what a transaction changes: its cells as stamped, and the document before they are merged. `me` is who types.
    pub(super) fn record(&mut self, act: &Act, cells: &[Cell], document: &Document, me: Peer) {
        let letters = cells
            .iter()
            .filter_map(|cell| Typed::of(cell, document, me))
            .collect();
        let is_ops = |cell: &&Cell| cell.prop == property_of(me);
        let entries: Vec<Entry> = cells
            .iter()
            .filter(|cell| !is_ops(cell))
            .map(|cell| entry(cell, document))
            .collect();
        let step = Step {
            gesture: None,
            typing: None,
            entries,
            letters,
        };
        match act {
            Act::Gesture(gesture) => {
                self.redo.clear();
                match self.undo.back_mut().filter(|step| step.gesture == Some(*gesture)) {
                    Some(held) => {
                        held.add(step.entries);
                        held.letters.extend(step.letters);
                    }
                    None => push(
                        &mut self.undo,
                        Step {
                            gesture: Some(*gesture),
                            ..step
                        },
                    ),
                }
            }
            Act::Typed(typing) => {
                self.redo.clear();
                push(
                    &mut self.undo,
                    Step {
                        typing: Some(*typing),
                        ..step
                    },
                );
            }
            Act::Tidy => {}
            Act::Undo(undone) | Act::Redo(undone) => {
                // The cells are again as they were before the step: steps before it may go on from there.
                let stamps: HashMap<&CellKey, Stamp> = step
                    .entries
                    .iter()
                    .map(|e| (&e.key, e.expected))
                    .filter_map(|(k, s)| Some((k, s?)))
                    .collect();
                let renamed: HashMap<(&CellKey, Option<Stamp>), Stamp> = undone
                    .before
                    .iter()
                    .filter_map(|(key, was)| Some(((key, *was), *stamps.get(key)?)))
                    .collect();
                for e in self.entries() {
                    if let Some(stamp) = renamed.get(&(&e.key, e.expected)) {
                        e.expected = Some(*stamp);
                    }
                }
                self.reborn.extend(undone.reborn.iter().cloned());
                push(
                    if matches!(act, Act::Undo(_)) {
                        &mut self.redo
                    } else {
                        &mut self.undo
                    },
                    Step {
                        typing: undone.typing,
                        ..step
                    },
                );
            }
        }
    }

    /// The transaction that undoes the last step of which something is still one's own; while somebody types, of that typing
    /// alone.
    pub(super) fn undo(
        &mut self,
        document: &Document,
        me: Peer,
        within: Option<Within<'_>>,
    ) -> Option<Transaction> {
        let (sets, undone) = take(&mut self.undo, &self.reborn, document, me, within)?;
        Some(Transaction {
            sets,
            ends: Vec::new(),
            act: Act::Undo(undone),
        })
    }

    /// The transaction that does again what was undone last; likewise.
    pub(super) fn redo(
        &mut self,
        document: &Document,
        me: Peer,
        within: Option<Within<'_>>,
    ) -> Option<Transaction> {
        let (sets, undone) = take(&mut self.redo, &self.reborn, document, me, within)?;
        Some(Transaction {
            sets,
            ends: Vec::new(),
            act: Act::Redo(undone),
        })
    }

    /// A typing is over: its steps are one from now on. Of what was born in it nothing else counts; nothing at all, if it is
    /// deleted again.
    pub(super) fn join(&mut self, typing: u64, document: &Document) {
        for step in &mut self.redo {
            step.typing = step.typing.filter(|held| *held != typing);
        }
        let before = self.undo.iter().rposition(|step| step.typing != Some(typing));
        let mut steps = self.undo.split_off(before.map_or(0, |last| last + 1)).into_iter();
        let Some(mut all) = steps.next() else { return };
        all.typing = None;
        let born: BTreeSet<ElementId> = all
            .entries
            .iter()
            .filter(|e| e.is_birth())
            .map(|e| e.key.element.clone())
            .collect();
        for step in steps {
            all.add(step.entries);
            all.letters.extend(step.letters);
        }
        all.letters.retain(|typed| !born.contains(&typed.element));
        let is_gone = |id: &ElementId| document.element(id).is_none_or(|element| element.deleted);
        if born.is_empty() || !born.iter().all(is_gone) {
            self.undo.push_back(all);
        }
    }

    /// Takes up other stamps for cells that were stamped by a wrong clock.
    pub(super) fn restamped(&mut self, stamps: &[(CellKey, Stamp, Stamp)]) {
        let new: HashMap<(&CellKey, Stamp), Stamp> =
            stamps.iter().map(|(key, old, new)| ((key, *old), *new)).collect();
        for e in self.entries() {
            for stamp in [&mut e.expected, &mut e.before].into_iter().flatten() {
                if let Some(new) = new.get(&(&e.key, *stamp)) {
                    *stamp = *new;
                }
            }
        }
    }

    fn entries(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.undo
            .iter_mut()
            .chain(&mut self.redo)
            .flat_map(|step| &mut step.entries)
    }
}

fn push(steps: &mut VecDeque<Step>, step: Step) {
    if steps.len() >= STEPS {
        steps.pop_front();
    }
    steps.push_back(step);
}

/// How a cell that is about to be merged can be undone.
fn entry(cell: &Cell, document: &Document) -> Entry {
    let held = |prop: &str| document.get(cell.element.as_str(), prop);
    if cell.prop.as_str() == Property::BASE {
        // What was born is undone by deleting it.
        let key = CellKey::new(cell.element.clone(), Property::deleted());
        let before = held(Property::DELETED).map(|(stamp, _)| stamp);
        return Entry {
            key,
            expected: before,
            before,
            value: json(&true),
        };
    }
    let before = held(cell.prop.as_str());
    let value = match before {
        Some((_, value)) => value.clone(),
        None if cell.prop.as_str() == Property::DELETED => json(&false),
        // The base's value shows again.
        None => json(&()),
    };
    Entry {
        key: cell.key(),
        expected: Some(cell.stamp),
        before: before.map(|(stamp, _)| stamp),
        value,
    }
}

/// Takes steps off until one has something left to write.
fn take(
    steps: &mut VecDeque<Step>,
    reborn: &[Reborn],
    document: &Document,
    me: Peer,
    within: Option<Within<'_>>,
) -> Option<(Vec<Set>, Undone)> {
    loop {
        let last = steps.back()?;
        if within.is_some_and(|within| last.typing != Some(within.typing)) {
            return None;
        }
        let mut step = steps.pop_back()?;
        let mut birth = None;
        if let Some(within) = within {
            // The element stays as long as somebody types in it, without its letters.
            let is_birth = |e: &Entry| e.is_birth() && e.key.element == *within.element;
            if step.entries.iter().any(is_birth) {
                let (births, others) = step.entries.drain(..).partition(is_birth);
                step.entries = others;
                birth = Some(Step {
                    gesture: step.gesture,
                    typing: step.typing,
                    entries: births,
                    letters: Vec::new(),
                });
                step.letters.insert(0, Typed::born(within.element, document));
            }
        }
        let held = |key: &CellKey| document.get(key.element.as_str(), key.prop.as_str());
        let own = |e: &Entry| {
            fault::is_planted(Fault::UndoOfOthers) || held(&e.key).map(|(stamp, _)| stamp) == e.expected
        };
        let entries: Vec<Entry> = step.entries.into_iter().filter(own).collect();
        let mut undone = Undone {
            before: entries.iter().map(|e| (e.key.clone(), e.before)).collect(),
            reborn: Vec::new(),
            typing: step.typing,
        };
        let mut sets: Vec<Set> = entries
            .into_iter()
            .map(|e| (e.key.element, e.key.prop, e.value))
            .collect();
        let elements: BTreeSet<&ElementId> = step.letters.iter().map(|typed| &typed.element).collect();
        for id in elements {
            let Some((ops, again)) = letters::undone(&step.letters, id, document, me, reborn) else {
                continue;
            };
            undone.reborn.extend(again);
            let key = CellKey::new(id.clone(), Property::deleted());
            let is_set = sets
                .iter()
                .any(|(element, prop, _)| *element == key.element && *prop == key.prop);
            let element = document
                .element(id)
                .filter(|element| element.kind == Kind::Text && within.is_none() && !is_set);
            if let Some(element) = element {
                // A text without letters is none.
                let is_empty = document
                    .sequence_and(id, me, &ops)
                    .is_some_and(|now| now.text().is_empty());
                let stamp = held(&key).map(|(stamp, _)| stamp);
                let may = stamp.is_none_or(|stamp| stamp.peer == me);
                if is_empty != element.deleted && may {
                    undone.before.push((key.clone(), stamp));
                    sets.push((key.element, key.prop, json(&is_empty)));
                }
            }
            sets.push((id.clone(), property_of(me), ops.value(me)));
        }
        // It goes with the whole typing, once that is over.
        let was_birth = birth.is_some();
        steps.extend(birth);
        if !sets.is_empty() {
            return Some((sets, undone));
        }
        if was_birth {
            return None;
        }
    }
}
