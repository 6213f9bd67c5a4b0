//! What is known of the selection as a whole, until it or something in it changes.

use super::styling::kind;
use super::{Editor, StyleHeld};
use crate::arrange::{Frame, outermost};
use crate::document::{Element, Group, Kind};
use crate::geometry::Rect;
use crate::tools::{State, Tool};

/// What is known of the selection.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// The scene's changes up to which it is true; `None` when it is to be learnt anew.
    changes: Option<u64>,
    pub(super) frame: Option<Frame>,
    pub(super) held: StyleHeld,
    /// Whether a group is in it.
    pub(super) groups: bool,
    /// Whether all of it is locked.
    pub(super) locked: bool,
    /// Whether it is one element that can have letters.
    pub(super) lettered: bool,
}

impl Chosen {
    pub(super) fn forget(&mut self) {
        self.changes = None;
    }
}

impl Editor {
    /// Learns what the selection is like now.
    pub(super) fn look_at_selection(&mut self) {
        let changes = self.scene.changes();
        // Under the hand it is as it was, moved.
        let dragged = matches!(self.state, State::Dragging(_)) && self.chosen.changes.is_some();
        if dragged || self.chosen.changes == Some(changes) {
            return;
        }
        let scene = &self.scene;
        let mut held = StyleHeld::default();
        let mut around: Option<Rect> = None;
        let entered = self.selection.entered.as_ref();
        let (mut groups, mut free, mut lettered) = (false, false, false);
        for item in self.selection.ids.iter().filter_map(|id| scene.get(id)) {
            held = held.and(item.kind, &item.style, item.fills, true, item.letters);
            around = Some(around.map_or(item.frame, |all| all.union(item.frame)));
            groups |= outermost(&item.groups, entered).is_some();
            free |= !item.locked;
            lettered |= item.kind.bears_letters();
        }
        let frame = match self.selection.ids.len() {
            0 | 1 => Frame::around(&self.selected_elements()),
            _ => around.map(Frame::upright),
        };
        self.chosen = Chosen {
            changes: Some(changes),
            frame,
            held,
            groups,
            locked: !self.selection.ids.is_empty() && !free,
            lettered: lettered && self.selection.ids.len() == 1,
        };
    }

    /// Forgets what is selected and isn't there any more.
    pub(super) fn let_go_of_what_is_gone(&mut self) {
        let scene = &self.scene;
        if self.chosen.changes == Some(scene.changes()) {
            return;
        }
        let before = self.selection.ids.len();
        self.selection.ids.retain(|id| scene.get(id).is_some());
        let dissolved = |group: &Group| scene.members(group).next().is_none();
        if (self.selection.ids.is_empty() && before > 0)
            || self.selection.entered.as_ref().is_some_and(dissolved)
        {
            self.selection.entered = None;
        }
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
        self.chosen.groups
    }

    /// Whether something is selected, and all of it is locked.
    #[must_use]
    pub fn all_selected_locked(&self) -> bool {
        self.chosen.locked
    }

    /// Whether one element is selected, and it can have letters.
    #[must_use]
    pub fn is_lettered_selected(&self) -> bool {
        self.chosen.lettered
    }

    /// The style of what is selected, else of the tool in the hand.
    #[must_use]
    pub fn style_held(&self) -> StyleHeld {
        if !self.selection.ids.is_empty() {
            return self.chosen.held;
        }
        let Some(kind) = kind(self.tool).filter(|kind| *kind != Kind::Frame) else {
            return StyleHeld::default();
        };
        let letters = matches!(kind, Kind::Text | Kind::Note);
        StyleHeld::default().and(
            kind,
            &self.style(),
            kind.can_be_filled(),
            self.tool == Tool::Arrow,
            letters,
        )
    }
}
