//! Cells from elsewhere become elements, and what is shown of them.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use drawbridge_protocol::{Cell, ElementId, Property};

use super::Editor;
use crate::document::Change;
use crate::progress::Progress;
use crate::scene::Look;
use crate::tools::State;

/// At least so many elements are read on a thread of their own.
const PART: usize = 1000;

impl Editor {
    /// Takes up cells from elsewhere: the store, the relay, other people.
    pub fn merge(&mut self, cells: &[Cell]) {
        self.merge_telling(cells, &Progress::default());
    }

    /// The same, and tells another thread how far it is.
    pub(crate) fn merge_telling(&mut self, cells: &[Cell], progress: &Progress) {
        let mut changed = Vec::new();
        self.document.expect(cells.len());
        for cell in cells {
            let won = self.document.merge(cell) == Change::Element;
            if won {
                changed.push(&cell.element);
            }
            match cell.prop.as_str() {
                Property::BASE => self.remote.dried(&cell.element, &mut self.scene),
                // What is only heard again ends no drag.
                "place" | "points" | "wrap" | Property::DELETED if won && self.remote.has_previews() => {
                    self.remote.landed(&cell.element);
                }
                prop if won && self.remote.has_previews() && prop.starts_with("text/") => {
                    self.remote.reread(&cell.element);
                }
                _ => {}
            }
        }
        changed.sort_unstable();
        changed.dedup();
        self.look_at_many(&changed, progress);
        self.remote.show_previews(&self.document, &mut self.scene);
        self.let_go_of_deleted(cells);
    }

    /// Shows elements as the document says they are now, each once.
    pub(super) fn look_at_many(&mut self, changed: &[&ElementId], progress: &Progress) {
        // A whole board is read on all processors.
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let part = changed.len().div_ceil(threads).max(PART);
        let (document, scene) = (&self.document, &self.scene);
        let (done, all) = (AtomicUsize::new(0), changed.len());
        let read = |ids: &[&ElementId]| -> Vec<(ElementId, Look)> {
            let one = |id: &&ElementId| {
                let before = done.fetch_add(1, Ordering::Relaxed);
                progress.shown((before + 1) as f64 / all as f64);
                ((*id).clone(), scene.look(document, id))
            };
            ids.iter().map(one).collect()
        };
        let many = std::thread::scope(|scope| {
            let mut parts = changed.chunks(part);
            let first = parts.next().unwrap_or_default();
            let others: Vec<_> = parts
                .map(|ids| {
                    let thread = std::thread::Builder::new().spawn_scoped(scope, move || read(ids));
                    (ids, thread)
                })
                .collect();
            let mut many = read(first);
            for (ids, thread) in others {
                many.extend(match thread {
                    Ok(thread) => thread.join().expect("reading doesn't panic"),
                    // The system gave none.
                    Err(_) => read(ids),
                });
            }
            many
        });
        self.scene.update_many(many, &self.document);
    }

    /// What somebody deletes is neither dragged nor selected any longer.
    fn let_go_of_deleted(&mut self, cells: &[Cell]) {
        let told = cells
            .iter()
            .filter(|cell| cell.prop.as_str() == Property::DELETED);
        let document = &self.document;
        let gone = told.map(|cell| &cell.element).filter(|id| {
            let element = document.element(id);
            element.is_none_or(|element| element.deleted)
        });
        let gone: BTreeSet<ElementId> = gone.cloned().collect();
        if gone.is_empty() {
            return;
        }
        match &mut self.state {
            State::Dragging(drag) => drag.forget(&gone),
            State::Bending(edit) => edit.forget(&gone),
            _ => {}
        }
        for id in &gone {
            if self.selection.ids.remove(id) {
                self.chosen.forget();
            }
        }
    }
}
