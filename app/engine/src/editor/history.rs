//! A person's own undo: fresh cells with the earlier values, one step an interaction.
//!
//! A step leaves alone a cell that somebody else has changed since. It knows by the stamp:
//! the cell must still have the one that the step gave it, or one given by undoing what came after.

use std::collections::{HashMap, VecDeque};

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{Cell, CellKey, Property, Stamp, Value};

use super::transaction::{Act, Transaction};
use crate::document::{Document, json};
use crate::tools::Set;

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
    entries: Vec<Entry>,
}

impl Step {
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
}

impl History {
    pub(super) fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    pub(super) fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }

    /// Notes what a transaction changes: its cells as stamped, and the document before they are merged.
    pub(super) fn record(&mut self, act: &Act, cells: &[Cell], document: &Document) {
        let entries: Vec<Entry> = cells.iter().map(|cell| entry(cell, document)).collect();
        match act {
            Act::Gesture(gesture) => {
                self.redo.clear();
                match self.undo.back_mut().filter(|step| step.gesture == Some(*gesture)) {
                    Some(step) => step.add(entries),
                    None => push(
                        &mut self.undo,
                        Step {
                            gesture: Some(*gesture),
                            entries,
                        },
                    ),
                }
            }
            Act::Undo(before) | Act::Redo(before) => {
                // The cells are again as they were before the step: steps before it may go on from there.
                let stamps: HashMap<&CellKey, Stamp> = entries
                    .iter()
                    .map(|e| (&e.key, e.expected))
                    .filter_map(|(k, s)| Some((k, s?)))
                    .collect();
                let renamed: HashMap<(&CellKey, Option<Stamp>), Stamp> = before
                    .iter()
                    .filter_map(|(key, was)| Some(((key, *was), *stamps.get(key)?)))
                    .collect();
                for e in self.entries() {
                    if let Some(stamp) = renamed.get(&(&e.key, e.expected)) {
                        e.expected = Some(*stamp);
                    }
                }
                let step = Step {
                    gesture: None,
                    entries,
                };
                push(
                    if matches!(act, Act::Undo(_)) {
                        &mut self.redo
                    } else {
                        &mut self.undo
                    },
                    step,
                );
            }
        }
    }

    /// The transaction that undoes the last step of which something is still one's own.
    pub(super) fn undo(&mut self, document: &Document) -> Option<Transaction> {
        let (sets, before) = take(&mut self.undo, document)?;
        Some(Transaction {
            sets,
            ends: Vec::new(),
            act: Act::Undo(before),
        })
    }

    /// The transaction that does again what was undone last.
    pub(super) fn redo(&mut self, document: &Document) -> Option<Transaction> {
        let (sets, before) = take(&mut self.redo, document)?;
        Some(Transaction {
            sets,
            ends: Vec::new(),
            act: Act::Redo(before),
        })
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

type Taken = (Vec<Set>, Vec<(CellKey, Option<Stamp>)>);

/// Takes steps off until one has something left to write.
fn take(steps: &mut VecDeque<Step>, document: &Document) -> Option<Taken> {
    while let Some(step) = steps.pop_back() {
        let own = |e: &Entry| {
            fault::is_planted(Fault::UndoOfOthers)
                || document
                    .get(e.key.element.as_str(), e.key.prop.as_str())
                    .map(|(stamp, _)| stamp)
                    == e.expected
        };
        let entries: Vec<Entry> = step.entries.into_iter().filter(own).collect();
        if !entries.is_empty() {
            let before = entries.iter().map(|e| (e.key.clone(), e.before)).collect();
            return Some((
                entries
                    .into_iter()
                    .map(|e| (e.key.element, e.key.prop, e.value))
                    .collect(),
                before,
            ));
        }
    }
    None
}
