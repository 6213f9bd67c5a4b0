//! Others' freehand strokes while they draw them.

use std::collections::BTreeMap;

use drawbridge_protocol::{ElementId, SlotOp, Value};

use crate::document::Draft;
use crate::scene::{Scene, WetKey};

/// Strokes of one connection beyond this many are not shown.
const STROKES: usize = 64;

/// A stroke as heard so far, and what the scene doesn't show yet.
#[derive(Debug)]
struct Heard {
    draft: Draft,
    changed: bool,
    anew: bool,
}

/// Others' wet strokes, by connection and element.
#[derive(Debug, Default)]
pub(super) struct Strokes(BTreeMap<(u64, ElementId), Heard>);

impl Strokes {
    /// Takes an operation on the slot of an element of somebody else's. Says whether it is a freehand stroke.
    pub(super) fn live(&mut self, key: &(u64, ElementId), op: &SlotOp, scene: &mut Scene) -> bool {
        match op {
            SlotOp::Clear => self.forget(key, scene),
            SlotOp::Put(chunks) => {
                self.forget(key, scene);
                self.add(key, chunks);
            }
            SlotOp::Add(chunks) => self.add(key, chunks),
        }
        self.0.contains_key(key)
    }

    fn add(&mut self, key: &(u64, ElementId), chunks: &[Value]) {
        let mut chunks = chunks.iter();
        if !self.0.contains_key(key) {
            let held = self.0.keys().filter(|(conn, _)| *conn == key.0).count();
            let Some(draft) = chunks
                .next()
                .and_then(|first| Draft::new(&key.1, first))
                .filter(|draft| draft.element().kind.is_ink())
                .filter(|_| held < STROKES)
            else {
                return;
            };
            self.0.insert(
                key.clone(),
                Heard {
                    draft,
                    changed: true,
                    anew: true,
                },
            );
        }
        if let Some(heard) = self.0.get_mut(key) {
            for chunk in chunks {
                heard.changed |= heard.draft.add(chunk);
            }
        }
    }

    pub(super) fn forget(&mut self, key: &(u64, ElementId), scene: &mut Scene) {
        if self.0.remove(key).is_some() {
            scene.remove_wet(&WetKey {
                conn: Some(key.0),
                element: key.1.clone(),
            });
        }
    }

    /// Forgets what a connection was drawing.
    pub(super) fn gone(&mut self, conn: u64, scene: &mut Scene) {
        self.0.retain(|(held, _), _| *held != conn);
        scene.remove_wets(|key| key.conn == Some(conn));
    }

    /// Forgets a stroke, whoever draws it: it is dry now.
    pub(super) fn dried(&mut self, id: &ElementId, scene: &mut Scene) {
        self.0.retain(|(_, held), _| held != id);
        scene.remove_wets(|key| key.element == *id);
    }

    /// Shows what came since the last time.
    pub(super) fn show(&mut self, scene: &mut Scene) {
        for ((conn, id), heard) in &mut self.0 {
            if std::mem::take(&mut heard.changed) {
                let key = WetKey {
                    conn: Some(*conn),
                    element: id.clone(),
                };
                let mut ink = heard.draft.ink();
                ink.dedup_by(|next, held| {
                    let same = next.pos == held.pos;
                    if same {
                        held.pressure = held.pressure.max(next.pressure);
                    }
                    same
                });
                scene.put_wet(&key, heard.draft.element(), &ink, std::mem::take(&mut heard.anew));
            }
        }
    }

    /// Whether there is something that the scene doesn't show yet.
    pub(super) fn has_news(&self) -> bool {
        self.0.values().any(|heard| heard.changed)
    }
}
