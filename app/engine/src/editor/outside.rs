//! What is asked of an editor from outside, and what is set: tool, styles, what one sees of the board, what is selected.

use drawbridge_protocol::ElementId;

use super::{Editor, Effects, Styles, Trail};
use crate::arrange::{Frame, Guide};
use crate::document::{Document, Style};
use crate::geometry::{Camera, Point, Rect, Size};
use crate::scene::Scene;
use crate::tools::{Event, Grip, NameTag, Selection, Snapping, State, Tool, grips, pick};

impl Editor {
    /// The board as cells and elements.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What is drawn.
    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Where one looks.
    #[must_use]
    pub fn camera(&self) -> &Camera {
        &self.camera
    }

    /// To look elsewhere.
    pub fn camera_mut(&mut self) -> &mut Camera {
        &mut self.camera
    }

    /// How much one sees, in screen points.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Says how much one sees, in screen points.
    pub fn set_size(&mut self, size: Size) {
        self.size = size;
    }

    /// The chosen tool.
    #[must_use]
    pub fn tool(&self) -> Tool {
        self.tool
    }

    /// Chooses a tool. What is under way ends with the one it began with.
    pub fn set_tool(&mut self, tool: Tool) {
        if self.comes_later(tool) {
            return;
        }
        if tool == Tool::Eyedropper && self.tool != Tool::Eyedropper {
            self.tool_before = self.tool;
        } else if !matches!(tool, Tool::Select | Tool::Hand | Tool::Eyedropper) && self.state.is_idle() {
            // What is drawn next is drawn in the tool's style, not in that of a selection.
            self.select(Selection::default());
        }
        self.tool = tool;
    }

    /// Ends what goes on with no button held, a line that is drawn by clicks or typing, with what there is of it: before
    /// another tool is chosen.
    pub fn end_waiting(&mut self) -> Effects {
        match &self.state {
            State::Lining(line) if line.waits() => self.handle(&Event::Confirm),
            State::Typing(_) => self.end_typing(),
            _ => Effects::default(),
        }
    }

    /// Whether a tool stays in the hand after use.
    #[must_use]
    pub fn keeps_tool(&self) -> bool {
        self.keeps_tool
    }

    /// Says whether a tool stays in the hand after use; if not, the select tool takes its place.
    pub fn set_keep_tool(&mut self, keep: bool) {
        self.keeps_tool = keep;
    }

    /// What things fall into place at.
    #[must_use]
    pub fn snapping(&self) -> Snapping {
        self.snapping
    }

    /// Says what things fall into place at.
    pub fn set_snapping(&mut self, snapping: Snapping) {
        self.snapping = snapping;
    }

    /// Says where frames' names stand on the screen.
    pub fn set_names(&mut self, names: Vec<NameTag>) {
        self.names = names;
    }

    /// What is under way.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What is selected.
    #[must_use]
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    pub(super) fn select(&mut self, selection: Selection) {
        if selection != self.selection {
            self.selection = selection;
            self.selections += 1;
            self.join = None;
            self.chosen.forget();
            // Panels show it in this very frame.
            self.look_at_selection();
        }
    }

    /// The frame around the selection, as it is under the hand.
    #[must_use]
    pub fn frame(&self) -> Option<Frame> {
        match &self.state {
            State::Dragging(drag) => Some(drag.frame()),
            _ => self.chosen.frame,
        }
    }

    /// What can be grabbed of the selection and where it is on the screen; nothing while something is under way.
    #[must_use]
    pub fn grips(&self) -> Vec<(Grip, Point)> {
        if self.tool != Tool::Select
            || self.chosen.locked
            || self.is_barred()
            || !matches!(self.state, State::Idle | State::Bending(_))
        {
            return Vec::new();
        }
        grips(
            &self.selection,
            self.frame(),
            &self.scene,
            &self.document,
            &self.camera,
        )
    }

    /// What dragged things have fallen into place at.
    #[must_use]
    pub fn guides(&self) -> &[Guide] {
        match &self.state {
            State::Dragging(drag) => drag.guides(),
            State::Bending(edit) => edit.guides(),
            _ => &[],
        }
    }

    /// The topmost element near a point of the screen that isn't locked.
    #[must_use]
    pub fn pick(&self, screen: Point) -> Option<ElementId> {
        self.pick_any(screen, false)
    }

    /// The same, also of what is locked.
    #[must_use]
    pub fn pick_any(&self, screen: Point, locked: bool) -> Option<ElementId> {
        pick(
            &self.scene,
            &self.document,
            &self.camera,
            &self.names,
            screen,
            locked,
        )
    }

    /// Laser trails that are still seen.
    pub fn trails(&self) -> impl Iterator<Item = &Trail> {
        self.trails.iter()
    }

    /// Whether [`Self::undo`] has something to look at.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        match &self.state {
            State::Typing(typing) => typing.is_wet() || self.history.can_undo(Some(typing.number())),
            _ => self.history.can_undo(None),
        }
    }

    /// Whether [`Self::redo`] has something to look at.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        match &self.state {
            State::Typing(typing) => !typing.is_wet() && self.history.can_redo(Some(typing.number())),
            _ => self.history.can_redo(None),
        }
    }

    /// A box around everything selected; `None` for nothing.
    #[must_use]
    pub fn selection_bounds(&self) -> Option<Rect> {
        let items = self.selection.ids.iter().filter_map(|id| self.scene.get(id));
        items.map(|item| item.bounds).reduce(|a, b| a.union(b))
    }

    /// The style that a tool draws with.
    #[must_use]
    pub fn style(&self) -> Style {
        self.styles.of(self.tool)
    }

    /// What the tools draw with.
    #[must_use]
    pub fn styles(&self) -> Styles {
        self.styles
    }

    /// Says what the tools draw with from now on.
    pub fn set_styles(&mut self, styles: Styles) {
        self.styles = styles.sane();
    }
}
