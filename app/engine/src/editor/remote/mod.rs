//! What others have in their hands: strokes that grow, shapes that are drawn, elements that are dragged, laser trails.

mod drags;
mod ink;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use drawbridge_protocol::{ElementId, SlotName, SlotOp, Value};
use serde::Deserialize;

use super::reactions::{self, REACTION_SLOT};
use crate::document::{Document, Draft, Element};
use crate::geometry::{MAX_COORDINATE, Point};
use crate::scene::{Preview, Scene};
use crate::tools::{DRAG_SLOT, LASER_SLOT};
use drags::Drags;
use ink::Strokes;

/// Shapes of one connection beyond this many are not shown.
const SHAPES: usize = 64;
/// Points of a laser trail in one message beyond this many are not shown.
const TRAIL: usize = 1024;

/// Words of trails beyond this many between two frames are not shown.
const TRAILS: usize = 1000;

/// Reactions beyond this many between two frames are not shown.
const REACTIONS: usize = 200;

/// What others have in their hands, by connection.
#[derive(Debug, Default)]
pub(super) struct Remote {
    strokes: Strokes,
    shapes: BTreeMap<u64, BTreeMap<ElementId, Element>>,
    drags: Drags,
    /// Whose previews have changed since they were shown last.
    stale: BTreeSet<u64>,
    /// Points of laser trails that came since the last time, on the board; none where one has ended.
    trails: Vec<(u64, Vec<Point>)>,
    /// Reactions that came since the last time.
    reactions: Vec<(u64, Arc<str>, Point)>,
}

#[derive(Deserialize)]
struct Trail {
    points: Vec<[f64; 2]>,
}

impl Remote {
    /// Takes an operation on a slot of somebody else's. What isn't known is passed over; so is an element whose `base` is
    /// here already.
    pub(super) fn live(
        &mut self,
        conn: u64,
        slot: &SlotName,
        op: &SlotOp,
        document: &Document,
        scene: &mut Scene,
    ) {
        if slot.as_str() == LASER_SLOT {
            self.laser(conn, op);
            return;
        }
        if slot.as_str() == REACTION_SLOT {
            if let (SlotOp::Put(chunks) | SlotOp::Add(chunks), true) = (op, self.reactions.len() < REACTIONS)
            {
                let last = chunks.last().and_then(reactions::read);
                self.reactions.extend(last.map(|(emoji, at)| (conn, emoji, at)));
            }
            return;
        }
        if let Some(name) = slot.as_str().strip_prefix(DRAG_SLOT) {
            self.drags.live(conn, name, op);
            self.stale.insert(conn);
            return;
        }
        let Ok(id) = ElementId::new(slot.as_str()) else {
            return;
        };
        let key = (conn, id);
        if document.has_base(key.1.as_str()) {
            self.strokes.forget(&key, scene);
            self.forget_shape(&key);
        } else if !self.strokes.live(&key, op, scene) {
            self.shape(&key, op);
        }
    }

    fn shape(&mut self, key: &(u64, ElementId), op: &SlotOp) {
        let first = match op {
            SlotOp::Put(chunks) => chunks.first(),
            SlotOp::Add(_) | SlotOp::Clear => None,
        };
        let draft = first.and_then(|first| Draft::new(&key.1, first));
        let shape = draft
            .map(Draft::into_element)
            .filter(|shape| !shape.kind.is_ink());
        let Some(shape) = shape else {
            self.forget_shape(key);
            return;
        };
        let shapes = self.shapes.entry(key.0).or_default();
        if shapes.len() < SHAPES || shapes.contains_key(&key.1) {
            shapes.insert(key.1.clone(), shape);
            self.stale.insert(key.0);
        }
    }

    fn forget_shape(&mut self, key: &(u64, ElementId)) {
        let shapes = self.shapes.get_mut(&key.0);
        if shapes.is_some_and(|shapes| shapes.remove(&key.1).is_some()) {
            self.stale.insert(key.0);
        }
    }

    fn laser(&mut self, conn: u64, op: &SlotOp) {
        let (SlotOp::Put(chunks) | SlotOp::Add(chunks)) = op else {
            self.trailed(conn, Vec::new());
            return;
        };
        let read = |chunk: &Value| {
            chunk
                .read::<Trail>()
                .map(|trail| trail.points)
                .unwrap_or_default()
        };
        let sane = |[x, y]: &[f64; 2]| x.abs() <= MAX_COORDINATE && y.abs() <= MAX_COORDINATE;
        let points = chunks.iter().flat_map(read).filter(sane).take(TRAIL);
        let points: Vec<Point> = points.map(|[x, y]| Point::new(x, y)).collect();
        if !points.is_empty() {
            self.trailed(conn, points);
        }
    }

    /// Of what nobody looks at for long the latest is enough.
    fn trailed(&mut self, conn: u64, points: Vec<Point>) {
        if self.trails.len() >= TRAILS {
            self.trails.drain(..TRAILS / 2);
        }
        self.trails.push((conn, points));
    }

    /// The points of laser trails that came since the last time, on the board; none where one has ended.
    pub(super) fn take_trails(&mut self) -> Vec<(u64, Vec<Point>)> {
        std::mem::take(&mut self.trails)
    }

    /// The reactions that came since the last time, where they were given on the board.
    pub(super) fn take_reactions(&mut self) -> Vec<(u64, Arc<str>, Point)> {
        std::mem::take(&mut self.reactions)
    }

    /// Forgets what a connection had in its hand.
    pub(super) fn gone(&mut self, conn: u64, document: &Document, scene: &mut Scene) {
        self.strokes.gone(conn, scene);
        self.shapes.remove(&conn);
        self.drags.gone(conn);
        self.stale.remove(&conn);
        self.trails.retain(|(held, _)| *held != conn);
        self.reactions.retain(|(held, ..)| *held != conn);
        scene.end_previews(Some(conn), |_| true, document);
    }

    /// Forgets an element that was drawn, whoever draws it: it is dry now.
    pub(super) fn dried(&mut self, id: &ElementId, scene: &mut Scene) {
        self.strokes.dried(id, scene);
        for (conn, shapes) in &mut self.shapes {
            if shapes.remove(id).is_some() {
                self.stale.insert(*conn);
            }
        }
        self.stale.extend(self.drags.born(id));
    }

    /// Somebody has typed in an element: a drag of it shows that, too.
    pub(super) fn reread(&mut self, id: &ElementId) {
        self.stale.extend(self.drags.born(id));
    }

    /// Somebody has written where an element lies, or that it is deleted: no drag that began before is shown of it.
    pub(super) fn landed(&mut self, id: &ElementId) {
        self.stale.extend(self.drags.landed(id));
    }

    /// Whether anybody has anything in the hand that isn't a stroke.
    pub(super) fn has_previews(&self) -> bool {
        !self.shapes.is_empty() || !self.drags.is_empty()
    }

    /// Shows what came since the last time.
    pub(super) fn show(&mut self, document: &Document, scene: &mut Scene) {
        self.strokes.show(scene);
        self.show_previews(document, scene);
    }

    /// Shows what changed of previews, as the last cells may have made some of them dry.
    pub(super) fn show_previews(&mut self, document: &Document, scene: &mut Scene) {
        for conn in std::mem::take(&mut self.stale) {
            let shapes = self.shapes.get(&conn).into_iter().flatten();
            let mut all: Vec<Preview> = shapes.map(|(_, shape)| Preview::of(shape.clone())).collect();
            all.extend(self.drags.previews(conn, &all, document, scene));
            scene.preview(Some(conn), all, document);
        }
    }

    /// Whether there is something that the scene doesn't show yet.
    pub(super) fn has_news(&self) -> bool {
        self.strokes.has_news()
            || !self.stale.is_empty()
            || !self.trails.is_empty()
            || !self.reactions.is_empty()
    }
}
