//! What is known of the selection as a whole, until it or something in it changes.

use super::styling::kind;
use super::{Editor, StyleHeld};
use crate::arrange::{Frame, outermost};
use crate::document::Element;
use crate::tools::{State, Tool};

/// What is known of the selection.
#[derive(Debug)]
pub(super) struct Chosen {
    /// The scene's changes up to which it is true.
    changes: u64,
    pub(super) frame: Option<Frame>,
    pub(super) held: StyleHeld,
    /// Whether a group is in it.
    pub(super) groups: bool,
    /// Whether all of it is locked.
    pub(super) locked: bool,
}

impl Editor {
    /// Learns what the selection is like now.
    pub(super) fn look_at_selection(&mut self) {
        let changes = self.scene.changes();
        let known = self
            .chosen
            .as_ref()
            .is_some_and(|chosen| chosen.changes == changes);
        // Under the hand it is as it was, moved.
        if known || (self.chosen.is_some() && matches!(self.state, State::Dragging(_))) {
            return;
        }
        let scene = &self.scene;
        let before = self.selection.ids.len();
        self.selection.ids.retain(|id| scene.get(id).is_some());
        if self.selection.ids.is_empty() && before > 0 {
            self.selection.entered = None;
        }
        let elements = self.selected_elements();
        let mut held = StyleHeld::default();
        for element in &elements {
            held = held.and(element.kind, &element.style, true);
        }
        let entered = self.selection.entered.as_ref();
        self.chosen = Some(Chosen {
            changes,
            frame: Frame::around(&elements),
            held,
            groups: elements
                .iter()
                .any(|element| outermost(&element.groups, entered).is_some()),
            locked: !elements.is_empty() && elements.iter().all(|element| element.locked),
        });
    }

    /// The selected elements as they are shown, from the lowest to the topmost.
    #[must_use]
    pub fn selected_elements(&self) -> Vec<Element> {
        let items = self.selection.ids.iter().filter_map(|id| self.scene.get(id));
        let mut items: Vec<_> = items.collect();
        items.sort_unstable_by_key(|item| item.rank);
        let read = |id| self.scene.element(&self.document, id);
        items.into_iter().filter_map(|item| read(&item.element)).collect()
    }

    /// How many elements are selected.
    #[must_use]
    pub fn selected(&self) -> usize {
        self.selection.ids.len()
    }

    /// Whether a group is selected.
    #[must_use]
    pub fn has_groups_selected(&self) -> bool {
        self.chosen.as_ref().is_some_and(|chosen| chosen.groups)
    }

    /// Whether something is selected, and all of it is locked.
    #[must_use]
    pub fn all_selected_locked(&self) -> bool {
        self.chosen.as_ref().is_some_and(|chosen| chosen.locked)
    }

    /// The style of what is selected, else of the tool in the hand.
    #[must_use]
    pub fn style_held(&self) -> StyleHeld {
        if !self.selection.ids.is_empty() {
            return self.chosen.as_ref().map(|chosen| chosen.held).unwrap_or_default();
        }
        let Some(kind) = kind(self.tool) else {
            return StyleHeld::default();
        };
        StyleHeld::default().and(kind, &self.style(), self.tool == Tool::Arrow)
    }
}
