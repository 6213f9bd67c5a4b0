//! What the app asks of the selection, as long as nothing can be selected.

use super::{Editor, Held, StyleHeld};
use crate::geometry::{Kind, Rect};
use crate::tools::Tool;

impl Editor {
    /// The style to be shown: of the selection, else of the tool in the hand.
    #[must_use]
    pub fn style_held(&self) -> StyleHeld {
        let style = self.style();
        let line = StyleHeld {
            color: Held::One(style.color),
            width: Held::One(style.width),
            opacity: Held::One(style.opacity),
            ..StyleHeld::default()
        };
        let broken = StyleHeld {
            dash: Held::One(style.dash),
            corners: Held::One(style.corners),
            ..line
        };
        match self.tool() {
            Tool::Pen | Tool::Highlighter => line,
            Tool::Shape(kind) => StyleHeld {
                fill: Held::One(style.fill),
                shade: Held::One(style.shade),
                corners: if kind == Kind::Ellipse {
                    Held::Nowhere
                } else {
                    broken.corners
                },
                ..broken
            },
            Tool::Line | Tool::Arrow => StyleHeld {
                start: Held::One(style.start),
                end: Held::One(style.end),
                ..broken
            },
            _ => StyleHeld::default(),
        }
    }

    /// How many elements are selected.
    #[must_use]
    pub fn selected(&self) -> usize {
        0
    }

    /// Whether a group is among them.
    #[must_use]
    pub fn has_groups_selected(&self) -> bool {
        false
    }

    /// Whether all of them are locked, and there is one.
    #[must_use]
    pub fn all_selected_locked(&self) -> bool {
        false
    }

    /// The box around them, on the board.
    #[must_use]
    pub fn selection_bounds(&self) -> Option<Rect> {
        None
    }

    /// Whether a tool stays in the hand after its use.
    #[must_use]
    pub fn keeps_tool(&self) -> bool {
        false
    }

    /// Chooses that.
    pub fn set_keep_tool(&mut self, _keep: bool) {}
}
