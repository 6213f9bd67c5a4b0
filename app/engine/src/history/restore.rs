//! What is to be written so that elements are as they were: fresh cells with the earlier values. Nothing is taken out of the past.

use std::collections::BTreeSet;

use drawbridge_protocol::{ElementId, Peer, Property, Value};

use crate::document::text::{MAX_OPS, Ops, TEXT, property_of};
use crate::document::{Document, json};
use crate::tools::Set;

/// What is to be written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Restored {
    /// In one transaction.
    pub sets: Vec<Set>,
    /// How many texts stay as they are: this person has typed as much in them as one can.
    pub full: usize,
}

/// What makes elements as they are `now` into what they were `then`: all of them, or just `which`. What was born later is deleted,
/// what was deleted later comes back; a property that had no value yet gets its `base`'s back. Letters are typed and deleted by `me`,
/// so what others type meanwhile stays. The board's own properties, and what isn't drawn, stay as they are.
#[must_use]
pub fn restored(then: &Document, now: &Document, which: Option<&BTreeSet<ElementId>>, me: Peer) -> Restored {
    let mut restored = Restored::default();
    let ids: BTreeSet<&ElementId> = match which {
        Some(which) => which.iter().collect(),
        None => then.ids().chain(now.ids()).collect(),
    };
    for id in ids {
        if id.as_str() != Document::BOARD && !is_same(then, now, id) {
            restore(then, now, id, me, &mut restored);
        }
    }
    restored
}

fn is_same(then: &Document, now: &Document, id: &ElementId) -> bool {
    let stamps =
        |document: &Document| -> Vec<_> { document.cells_of(id).map(|(_, stamp, _)| stamp).collect() };
    stamps(then) == stamps(now)
}

fn restore(then: &Document, now: &Document, id: &ElementId, me: Peer, restored: &mut Restored) {
    let is_shown = |document: &Document| document.element(id).is_some_and(|element| !element.deleted);
    if !is_shown(then) {
        if is_shown(now) {
            restored.sets.push((id.clone(), Property::deleted(), json(&true)));
        }
        return;
    }
    let mut letters = false;
    let props = then.cells_of(id).chain(now.cells_of(id)).map(|(prop, ..)| prop);
    let props: BTreeSet<&Property> = props.collect();
    for prop in props {
        let value = |document: &Document| -> Option<Value> {
            let (_, value) = document.get(id.as_str(), prop.as_str())?;
            Some(value.clone())
        };
        let (was, is) = (value(then), value(now));
        if was == is {
            continue;
        }
        if prop.as_str().starts_with(TEXT) {
            letters = true;
            continue;
        }
        let was = was.unwrap_or_else(|| match prop.as_str() {
            Property::DELETED => json(&false),
            _ => json(&()),
        });
        if is.as_ref() != Some(&was) {
            restored.sets.push((id.clone(), prop.clone(), was));
        }
    }
    if letters {
        match letters_of(then, now, id, me) {
            Letters::Same => {}
            Letters::Full => restored.full += 1,
            Letters::Typed(ops) => {
                let value = ops.value(me);
                restored.sets.push((id.clone(), property_of(me), value));
            }
        }
    }
}

enum Letters {
    Same,
    Full,
    Typed(Ops),
}

/// What `me` has to type and delete in an element's text: what lies between the letters at both ends that are the same.
fn letters_of(then: &Document, now: &Document, id: &ElementId, me: Peer) -> Letters {
    let (Some(was), Some(is)) = (then.sequence(id, false), now.sequence(id, false)) else {
        return Letters::Same;
    };
    let (was, text) = (was.text(), is.text());
    if was == text {
        return Letters::Same;
    }
    let bytes = |both: &mut dyn Iterator<Item = (char, char)>| -> usize {
        both.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let head = bytes(&mut was.chars().zip(text.chars()));
    let tail = bytes(&mut was[head..].chars().rev().zip(text[head..].chars().rev()));
    let mut ops = now.ops(id, me);
    let after = is.before(head);
    let typed = &was[head..was.len() - tail];
    ops.delete(me, &is, &(head..text.len() - tail));
    if !typed.is_empty() {
        ops.insert(me, &is, after, typed);
    }
    if ops.value(me).as_str().len() > MAX_OPS {
        return Letters::Full;
    }
    Letters::Typed(ops)
}
