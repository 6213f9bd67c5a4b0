//! Elements that others drag.
//!
//! A drag is told in two slots: which elements (`drag.NAME`), and how far it has come (`drag.NAME.by`): a change of their
//! places, or a line's points.

use std::collections::{BTreeMap, BTreeSet};
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

#[derive(Debug, Default)]
struct Drag {
    /// Which elements, and the names of their copies if those are dragged.
    what: Vec<(ElementId, Option<ElementId>)>,
    by: Option<By>,
    /// Those that were shown, as they were before.
    held: BTreeMap<ElementId, Before>,
    /// Those that have landed.
    done: BTreeSet<ElementId>,
}

/// All drags, by connection and name.
#[derive(Debug, Default)]
pub(super) struct Drags(BTreeMap<(u64, String), Drag>);

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
        self.0.is_empty()
    }

    /// Takes an operation on a slot.
    pub(super) fn live(&mut self, conn: u64, name: &str, op: &SlotOp) {
        let (name, is_by) = match name.strip_suffix(DRAG_BY) {
            Some(name) => (name, true),
            None => (name, false),
        };
        let key = (conn, name.to_owned());
        let last = match op {
            SlotOp::Put(chunks) | SlotOp::Add(chunks) => chunks.last(),
            SlotOp::Clear => None,
        };
        let Some(value) = last else {
            self.0.remove(&key);
            return;
        };
        let held = self.0.keys().filter(|(held, _)| *held == conn).count();
        if held >= DRAGS && !self.0.contains_key(&key) {
            return;
        }
        let drag = self.0.entry(key).or_default();
        if is_by {
            drag.by = read_by(value).or(drag.by.take());
        } else if let Ok(what) = value.read::<What>() {
            let copies = what.copies.into_iter().map(Some).chain(std::iter::repeat(None));
            drag.what = what.ids.into_iter().zip(copies).take(ELEMENTS).collect();
            drag.held.clear();
        }
    }

    pub(super) fn gone(&mut self, conn: u64) {
        self.0.retain(|(held, _), _| *held != conn);
    }

    /// An element isn't shown to be dragged any longer. Returns the connections whose drags that changes.
    pub(super) fn landed(&mut self, id: &ElementId) -> Vec<u64> {
        let mut stale = Vec::new();
        for ((conn, _), drag) in &mut self.0 {
            if drag.held.remove(id).is_some() {
                drag.done.insert(id.clone());
                stale.push(*conn);
            }
        }
        stale
    }

    /// What is shown of a connection's drags.
    pub(super) fn previews(&mut self, conn: u64, document: &Document) -> Vec<Preview> {
        let all = (conn, String::new())..(conn.saturating_add(1), String::new());
        self.0
            .range_mut(all)
            .flat_map(|(_, drag)| drag.previews(document))
            .collect()
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
    fn previews(&mut self, document: &Document) -> Vec<Preview> {
        let Some(by) = self.by.clone() else {
            return Vec::new();
        };
        let mut previews = Vec::new();
        for (id, copy) in &self.what {
            let name = copy.as_ref().unwrap_or(id);
            if self.done.contains(name) || (copy.is_some() && document.has_base(name.as_str())) {
                continue;
            }
            let before = self.held.entry(name.clone()).or_insert_with(|| {
                let element = document.element(id).filter(|element| !element.deleted)?;
                let element = Element {
                    id: name.clone(),
                    ..element
                };
                Some((element.clone(), Shown::of(&element)))
            });
            if let Some((element, shown)) = before {
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
                shown: shown.map(|shown| shown.placed(&element, *by)),
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
