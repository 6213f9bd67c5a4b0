//! Elements that others drag.
//!
//! A drag is told in two slots: which elements (`drag.NAME`), and how far it has come (`drag.NAME.by`): a change of their
//! places, or a line's points.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use drawbridge_protocol::{ElementId, SlotOp, Value};
use serde::Deserialize;

use crate::document::{Document, Element, read_line, read_place};
use crate::geometry::{Affine, InkPoint};
use crate::scene::{Preview, Shown};
use crate::tools::DRAG_BY;

/// Drags of one connection beyond this many are not shown.
const DRAGS: usize = 16;
/// Elements of one drag beyond this many are not shown to move.
const ELEMENTS: usize = 50_000;

/// How far a drag has come.
#[derive(Debug, Clone)]
enum By {
    Place(Affine),
    /// The text of a line's points.
    Points(String),
}

/// An element as it was when the drag began, and what the scene took of it.
type Before = Option<(Element, Option<Shown>)>;

#[derive(Debug)]
struct Drag {
    name: String,
    /// Which elements, and the names of their copies if those are dragged.
    what: Vec<(ElementId, Option<ElementId>)>,
    /// What each of them is called in the hand: a copy by its own name.
    names: HashMap<ElementId, ElementId>,
    by: Option<By>,
    /// Those that were shown, as they were before.
    held: BTreeMap<ElementId, Before>,
    /// Those that the board doesn't have yet.
    awaited: BTreeSet<ElementId>,
    /// Those that have landed.
    done: BTreeSet<ElementId>,
}

/// All drags, by connection and in the order in which they were heard of.
#[derive(Debug, Default)]
pub(super) struct Drags {
    all: BTreeMap<(u64, u64), Drag>,
    heard: u64,
}

#[derive(Deserialize)]
struct What {
    ids: Vec<ElementId>,
    #[serde(rename = "as", default)]
    copies: Vec<ElementId>,
}

#[derive(Deserialize)]
struct Points {
    points: String,
}

impl Drags {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Takes an operation on a slot.
    pub(super) fn live(&mut self, conn: u64, name: &str, op: &SlotOp) {
        let (name, is_by) = match name.strip_suffix(DRAG_BY) {
            Some(name) => (name, true),
            None => (name, false),
        };
        let mut theirs = self.all.range((conn, 0)..=(conn, u64::MAX));
        let held = theirs.clone().count();
        let known = theirs.find(|(_, drag)| drag.name == name).map(|(key, _)| *key);
        let last = match op {
            SlotOp::Put(chunks) | SlotOp::Add(chunks) => chunks.last(),
            SlotOp::Clear => None,
        };
        let Some(value) = last else {
            known.and_then(|key| self.all.remove(&key));
            return;
        };
        if held >= DRAGS && known.is_none() {
            return;
        }
        let key = known.unwrap_or_else(|| {
            self.heard += 1;
            (conn, self.heard)
        });
        let drag = self.all.entry(key).or_insert_with(|| Drag {
            name: name.to_owned(),
            what: Vec::new(),
            names: HashMap::new(),
            by: None,
            held: BTreeMap::new(),
            awaited: BTreeSet::new(),
            done: BTreeSet::new(),
        });
        if is_by {
            drag.by = read_by(value).or(drag.by.take());
        } else if let Ok(what) = value.read::<What>() {
            let copies = what.copies.into_iter().map(Some).chain(std::iter::repeat(None));
            // One copy of each, so that a few bytes can't ask for very much.
            let mut told = HashSet::new();
            let each = what.ids.into_iter().zip(copies);
            let each = each.filter(|(id, _)| told.insert(id.clone()));
            drag.what = each.take(ELEMENTS).collect();
            let called = |(id, copy): &(ElementId, Option<ElementId>)| {
                let name = copy.as_ref().unwrap_or(id);
                (id.clone(), name.clone())
            };
            drag.names = drag.what.iter().map(called).collect();
            drag.held.clear();
            drag.awaited.clear();
        }
    }

    pub(super) fn gone(&mut self, conn: u64) {
        self.all.retain(|(held, _), _| *held != conn);
    }

    /// Each connection's first drag of an element is over; one that it began after that goes on from where the element
    /// lies now. Returns the connections whose drags that changes.
    pub(super) fn landed(&mut self, id: &ElementId) -> Vec<u64> {
        let mut stale = Vec::new();
        for ((conn, _), drag) in &mut self.all {
            if drag.held.remove(id).is_some() && stale.last() != Some(conn) {
                drag.done.insert(id.clone());
                stale.push(*conn);
            }
        }
        stale
    }

    /// An element has been written, or has come: it is no copy under a hand any longer, and a drag of it goes on from where
    /// it lies. Returns the connections whose drags that changes.
    pub(super) fn born(&mut self, id: &ElementId) -> Vec<u64> {
        let changed = |((conn, _), drag): (&(u64, u64), &mut Drag)| {
            let held = drag.held.remove(id).is_some();
            let awaited = drag.awaited.remove(id);
            (held || awaited).then_some(*conn)
        };
        self.all.iter_mut().filter_map(changed).collect()
    }

    /// What is shown of a connection's drags, beside or in place of the shapes that it draws.
    pub(super) fn previews(&mut self, conn: u64, shapes: &[Preview], document: &Document) -> Vec<Preview> {
        let drags = self.all.range_mut((conn, 0)..=(conn, u64::MAX));
        let drags: Vec<&mut Drag> = drags.map(|(_, drag)| drag).collect();
        let (several, mut all) = (drags.len() > 1, Vec::new());
        // What is dragged again before it has landed goes on from where it is seen.
        let shown = |preview: &Preview| Some((preview.id.clone(), preview.element.clone()?));
        let mut seen: HashMap<ElementId, Arc<Element>> = shapes.iter().filter_map(shown).collect();
        for drag in drags {
            let previews = drag.previews(document, &seen);
            if several {
                seen.extend(previews.iter().filter_map(shown));
            }
            all.extend(previews);
        }
        all
    }
}

fn read_by(value: &Value) -> Option<By> {
    if let Some(place) = read_place(value.as_str()) {
        return Some(By::Place(place));
    }
    let points: Points = value.read().ok()?;
    Some(By::Points(points.points))
}

impl Drag {
    fn previews(&mut self, document: &Document, seen: &HashMap<ElementId, Arc<Element>>) -> Vec<Preview> {
        let Some(by) = self.by.clone() else {
            return Vec::new();
        };
        let mut previews = Vec::new();
        // Points are those of one line.
        if matches!(by, By::Points(_)) && self.what.len() > 1 {
            return previews;
        }
        for (id, copy) in &self.what {
            let name = copy.as_ref().unwrap_or(id);
            if self.done.contains(name) || (copy.is_some() && document.has_base(name.as_str())) {
                continue;
            }
            if !self.held.contains_key(name) {
                let now = match seen.get(id) {
                    Some(element) => Some(Element::clone(element)),
                    None if document.has_base(id.as_str()) => document.element(id),
                    None => {
                        self.awaited.insert(id.clone());
                        continue;
                    }
                };
                let now = now.filter(|element| !element.deleted).map(|element| Element {
                    id: name.clone(),
                    // Which groups copies will be in isn't known.
                    groups: if copy.is_some() {
                        Arc::default()
                    } else {
                        element.groups
                    },
                    // Nothing is cut off of it in the hand, unless its frame is there too.
                    framed_by: match by {
                        By::Place(_) => element
                            .framed_by
                            .and_then(|frame| self.names.get(&frame).cloned()),
                        By::Points(_) => element.framed_by,
                    },
                    ..element
                });
                let shown = now.as_ref().and_then(Shown::of);
                self.held
                    .insert(name.clone(), now.map(|element| (element, shown)));
            }
            if let Some(Some((element, shown))) = self.held.get(name) {
                previews.extend(moved(element, shown.as_ref(), &by));
            }
        }
        previews
    }
}

fn moved(element: &Element, shown: Option<&Shown>, by: &By) -> Option<Preview> {
    match by {
        By::Place(by) => {
            let element = Element {
                place: *by * element.place,
                ..element.clone()
            };
            Some(Preview {
                id: element.id.clone(),
                shown: shown.and_then(|shown| shown.placed(&element, *by)),
                element: Some(Arc::new(element)),
            })
        }
        By::Points(text) => {
            let points: Arc<[InkPoint]> = read_line(text, element.step)?;
            Some(Preview::of(Element {
                points,
                ..element.clone()
            }))
        }
    }
}
