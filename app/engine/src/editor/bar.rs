//! A board that its person may only look at: every way to change it is barred here, in one place each. Selecting, copying,
//! pointing, reacting and looking around go on.

use super::{Edit, Editor};
use crate::tools::{Outcome, State, Tool};

/// What keeps a person from changing the board, and what they tried.
#[derive(Debug, Default)]
pub(super) struct Barred {
    on: bool,
    /// The tool that was in the hand before.
    tool: Option<Tool>,
    /// Something was tried since this was asked last.
    tried: bool,
}

impl Edit {
    /// Whether it changes what is on the board.
    #[must_use]
    pub fn changes(&self) -> bool {
        !matches!(
            self,
            Self::SelectAll
                | Self::SelectNone
                | Self::SelectNext { .. }
                | Self::NextPoint { .. }
                | Self::SelectFramed
        )
    }
}

impl Tool {
    /// Whether it is of use on a board that one may only look at.
    #[must_use]
    pub fn only_looks(self) -> bool {
        matches!(self, Self::Select | Self::Hand | Self::Laser)
    }
}

impl Editor {
    /// Says that this person may only look, or that they may change the board again. What is under way is to be ended first.
    pub fn set_barred(&mut self, barred: bool) {
        if barred == self.barred.on {
            return;
        }
        self.barred.on = barred;
        if barred {
            self.barred.tool = Some(self.tool).filter(|tool| !tool.only_looks());
            if self.barred.tool.is_some() {
                self.tool = Tool::Select;
            }
        } else if let Some(tool) = self.barred.tool.take()
            && self.tool == Tool::Select
        {
            self.set_tool(tool);
        }
    }

    /// Whether this person may only look.
    #[must_use]
    pub fn is_barred(&self) -> bool {
        self.barred.on
    }

    /// Whether somebody tried to change a barred board since this was asked last.
    pub fn take_tried(&mut self) -> bool {
        std::mem::take(&mut self.barred.tried)
    }

    /// Whether a tool that is chosen has to wait until this person may change the board again.
    pub(super) fn comes_later(&mut self, tool: Tool) -> bool {
        let later = self.barred.on && !tool.only_looks();
        if later {
            self.barred.tool = Some(tool);
        }
        later
    }

    /// Whether a change that is asked for is barred; notes that it was tried.
    pub(super) fn bars(&mut self) -> bool {
        self.barred.tried |= self.barred.on;
        self.barred.on
    }

    /// What a tool may do on a barred board: what would change it has never begun.
    pub(super) fn within_bar(&mut self, (state, outcome): (State, Outcome)) -> (State, Outcome) {
        let changes = state.changes() || !outcome.sets.is_empty();
        if changes && self.bars() {
            return Default::default();
        }
        (state, outcome)
    }
}
