//! What others are told of one's pointer, view, selection and hand, at most 60 times a second.

use drawbridge_protocol::{ElementId, SlotName, SlotOp, Value};

use super::{Editor, Effects};
use crate::document::{json, point_json};
use crate::presence::{SELECTED, SELECTION_SLOT};
use crate::tools::step;

/// Others are told at most this often, in milliseconds: 60 times a second, with room for a frame that comes early.
const LIVE_MS: f64 = 15.0;
/// Where one looks, and what one has selected, is told at most this often, in milliseconds.
const VIEW_MS: f64 = 100.0;

/// The slot in which others see one's pointer.
pub const CURSOR_SLOT: &str = "cursor";
/// The slot in which others see where one looks.
pub const VIEW_SLOT: &str = "view";

/// What others were told last, and when.
#[derive(Debug)]
pub(super) struct Told {
    cursor: Option<Value>,
    view: Option<Value>,
    selection: Option<Value>,
    /// The editor's number of that selection, and how many there were: some go by themselves.
    selections: (u64, usize),
    live_ms: f64,
    view_ms: f64,
    selection_ms: f64,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            cursor: None,
            view: None,
            selection: None,
            selections: (0, 0),
            live_ms: f64::NEG_INFINITY,
            view_ms: f64::NEG_INFINITY,
            selection_ms: f64::NEG_INFINITY,
        }
    }
}

impl Editor {
    pub(super) fn tell(&mut self, now_ms: f64) -> Effects {
        let mut effects = Effects::default();
        let due = |last: f64, pause: f64| !(0.0..pause).contains(&(now_ms - last));
        let live = due(self.told.live_ms, LIVE_MS);
        let mut waits = false;
        if live {
            (effects.live, effects.told) = self.state.told();
        }
        waits |= self.state.has_news();
        if let Some(news) = self.cursor_news() {
            if live {
                self.told.cursor.clone_from(&news);
                effects.told.extend(slot(CURSOR_SLOT, news));
            } else {
                waits = true;
            }
        }
        if !effects.live.is_empty() || !effects.told.is_empty() {
            self.told.live_ms = now_ms;
        }
        let view = self.view();
        if self.told.view.as_ref() != Some(&view) {
            if due(self.told.view_ms, VIEW_MS) {
                self.told.view = Some(view.clone());
                self.told.view_ms = now_ms;
                effects.told.extend(slot(VIEW_SLOT, Some(view)));
            } else {
                waits = true;
            }
        }
        let selections = (self.selections, self.selection.ids.len());
        if self.told.selections != selections {
            if due(self.told.selection_ms, VIEW_MS) {
                self.told.selections = selections;
                let selection = self.selected_ids();
                if selection != self.told.selection {
                    self.told.selection.clone_from(&selection);
                    self.told.selection_ms = now_ms;
                    effects.told.extend(slot(SELECTION_SLOT, selection));
                }
            } else {
                waits = true;
            }
        }
        effects.changed = waits;
        effects
    }

    /// What one has selected, as it travels; nothing where that is nothing.
    fn selected_ids(&self) -> Option<Value> {
        let ids = self.selection.ids.iter().take(SELECTED);
        let ids: Vec<&str> = ids.map(ElementId::as_str).collect();
        (!ids.is_empty()).then(|| json(&ids))
    }

    /// What one sees of the board: left, top, right, bottom, to a fraction of a screen point.
    fn view(&self) -> Value {
        let step = step(self.camera.zoom()) * 4.0;
        let seen = self.camera.visible(self.size);
        let round = |v: f64| (v / step).round() * step;
        json(&[seen.x0, seen.y0, seen.x1, seen.y1].map(round))
    }

    /// Where the pointer is now on the board, if others were told otherwise; `Some(None)` when it left.
    fn cursor_news(&self) -> Option<Option<Value>> {
        let step = step(self.camera.zoom());
        let at = self
            .pointer
            .map(|p| self.camera.board_from_screen(p))
            .filter(|p| p.is_finite());
        let at = at.map(|p| point_json((p.x / step).round() * step, (p.y / step).round() * step));
        (at != self.told.cursor).then_some(at)
    }

    pub(super) fn has_cursor_news(&self) -> bool {
        self.cursor_news().is_some()
    }
}

fn slot(name: &str, value: Option<Value>) -> Option<(SlotName, SlotOp)> {
    let op = value.map_or(SlotOp::Clear, |value| SlotOp::Put(vec![value]));
    Some((SlotName::new(name).ok()?, op))
}
