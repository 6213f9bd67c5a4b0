//! Elements that others drag.
//!
//! A drag is told in two slots: which elements (`drag.NAME`), and how far it has come (`drag.NAME.by`): a change of their
//! places, a line's points, or how wide a text is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use drawbridge_protocol::{ElementId, SlotOp, Value};
use serde::Deserialize;

use crate::arrange::{is_pulled_off, let_go, tied_to};
use crate::document::{
    Document, Element, Kind, Rewrapped, Tie, read_line, read_place, read_tie, read_wrapped,
};
use crate::geometry::{Affine, InkPoint};
use crate::scene::{Preview, Scene, Shown};
use crate::tools::DRAG_BY;

/// Drags of one connection beyond this many are not shown.
const DRAGS: usize = 16;
/// Elements of one drag beyond this many are not shown to move.
const ELEMENTS: usize = 50_000;

/// How far a drag has come.
#[derive(Debug, Clone)]
enum By {
    Place(Affine),
    /// The text of a line's points, and what its ends hold on to where that is told.
    Points(String, [Option<Option<Tie>>; 2]),
    /// Where a text lies now that it is wrapped otherwise.
    Wrapped(Rewrapped),
}

/// An element as it was when the drag began, and what the scene took of it.
type Before = Option<(Element, Option<Shown>)>;

#[derive(Debug)]
struct Drag {
    name: String,
    /// Which elements, and the names of their copies if those are dragged.
    what: Vec<(ElementId, Option<ElementId>)>,
    /// The same by element.
    names: HashMap<ElementId, Option<ElementId>>,
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
    from: Option<Value>,
    to: Option<Value>,
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
            drag.names = drag.what.iter().cloned().collect();
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
    pub(super) fn previews(
        &mut self,
        conn: u64,
        shapes: &[Preview],
        document: &Document,
        scene: &Scene,
    ) -> Vec<Preview> {
        let drags = self.all.range_mut((conn, 0)..=(conn, u64::MAX));
        let drags: Vec<&mut Drag> = drags.map(|(_, drag)| drag).collect();
        let (several, mut all) = (drags.len() > 1, Vec::new());
        // What is dragged again before it has landed goes on from where it is seen.
        let shown = |preview: &Preview| Some((preview.id.clone(), preview.element.clone()?));
        let mut seen: HashMap<ElementId, Arc<Element>> = shapes.iter().filter_map(shown).collect();
        for drag in drags {
            let previews = drag.previews(document, scene, &seen);
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
    if let Some(wrapped) = read_wrapped(value) {
        return Some(By::Wrapped(wrapped));
    }
    let Points { points, from, to } = value.read().ok()?;
    let ties = [from, to].map(|tie| read_tie(tie?.as_str()));
    Some(By::Points(points, ties))
}

impl Drag {
    /// A line as it is in this hand: pulled off what isn't dragged with it, or copied with it.
    fn line(&self, line: Element, copies: bool, document: &Document, scene: &Scene) -> Element {
        let held = scene.held(document, line);
        let name = |id: &ElementId| self.names.get(id);
        if copies {
            return tied_to(held, |id| name(id).cloned().flatten());
        }
        if matches!(self.by, Some(By::Place(_))) && is_pulled_off(&held, |id| name(id).is_some()) {
            return let_go(held);
        }
        held
    }

    fn previews(
        &mut self,
        document: &Document,
        scene: &Scene,
        seen: &HashMap<ElementId, Arc<Element>>,
    ) -> Vec<Preview> {
        let Some(by) = self.by.clone() else {
            return Vec::new();
        };
        let mut previews = Vec::new();
        // Points are those of one line, and a side is that of one text.
        if !matches!(by, By::Place(_)) && self.what.len() > 1 {
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
                let now = now.filter(|element| !element.deleted);
                let now = now.map(|element| self.line(element, copy.is_some(), document, scene));
                let now = now.map(|element| Element {
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
                            .and_then(|frame| Some(self.names.get(&frame)?.clone().unwrap_or(frame))),
                        By::Points(..) | By::Wrapped(_) => element.framed_by,
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
        By::Wrapped(wrapped) => (element.kind == Kind::Text).then(|| {
            Preview::of(Element {
                place: wrapped.place,
                wrap: Some(wrapped.wrap),
                ..element.clone()
            })
        }),
        By::Points(text, ties) => {
            let points: Arc<[InkPoint]> = read_line(text, element.step)?;
            let tie = |end: usize| ties[end].clone().unwrap_or_else(|| element.ties[end].clone());
            Some(Preview::of(Element {
                points,
                ties: [tie(0), tie(1)],
                holds: None,
                ..element.clone()
            }))
        }
    }
}
