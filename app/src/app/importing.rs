//! Other programs' drawings in the window: one becomes a board of its own, and what isn't as it was is said.

use egui::Context;

use super::App;
use crate::command::Command;
use crate::open::{Drawing, Landed, Which};
use crate::panels;
use crate::panels::imported::ImportedView;
use crate::panels::message::Message;

/// What the app knows of them.
#[derive(Debug, Default)]
pub(super) struct Importing {
    /// To be put on the board that is on its way.
    next: Option<Drawing>,
    /// What became of the last one, if that isn't as it was.
    last: Option<ImportedView>,
}

impl Importing {
    /// What was to be put on the board that was on its way.
    pub(super) fn give_up(&mut self) -> Option<Drawing> {
        self.next.take()
    }
}

impl App {
    /// Has a drawing that was opened become a board, and says what came of those that are on the board.
    pub(super) fn look_after_imports(&mut self, ctx: &Context) {
        if self.next.is_none()
            && let Some(drawing) = self.board.take_drawing()
        {
            ctx.request_repaint();
            if self.is_untouched() && self.board.bar().is_none() && self.board.importing() == 0 {
                self.board.fill(drawing);
                self.arrived(ctx, true);
            } else {
                self.importing.next = Some(drawing);
                self.open(ctx, Some(Which::New));
            }
        }
        while let Some(landed) = self.board.take_landed() {
            ctx.request_repaint();
            self.say_landed(ctx, &landed);
        }
    }

    fn say_landed(&mut self, ctx: &Context, landed: &Landed) {
        let is_board = landed.title.is_some();
        if let Some(title) = &landed.title {
            self.board.edit(&drawbridge_engine::editor::Edit::SelectNone);
            if self.board.title().is_empty() {
                self.board.rename(title);
            }
            self.board.show_everything(self.canvas.size());
        }
        let view = ImportedView::of(landed);
        let name = &landed.name;
        let there = match (is_board, landed.count) {
            (true, _) => format!("{name} is a board of its own now"),
            (false, 1) => format!("{name} is on the board: 1 thing"),
            (false, count) => format!("{name} is on the board: {count} things"),
        };
        let message = match (landed.summary.lost(), landed.summary.is_empty()) {
            (0, true) => Message::hint(there),
            (0, false) => Message::hint(format!("{there}. Some of it looks different here")),
            (1, _) => Message::problem(format!("{there}. 1 thing could not be taken over")),
            (lost, _) => Message::problem(format!("{there}. {lost} things could not be taken over")),
        };
        let all = landed.summary.is_empty();
        self.importing.last = (!all).then_some(view);
        self.say(
            ctx,
            if all {
                message
            } else {
                message.offering("See what", Command::ShowImported)
            },
        );
    }

    /// What isn't as it was of the drawing that came last.
    pub(super) fn imported_view(&self) -> Option<&ImportedView> {
        self.importing.last.as_ref()
    }

    /// Says that something is being read, if that takes long. Says whether it does.
    pub(super) fn reading(&self, ctx: &Context, above: f32) -> bool {
        match self.board.reading() {
            Some(Ok(name)) => {
                panels::reading::show(ctx, name, above);
                true
            }
            Some(Err(left)) => {
                ctx.request_repaint_after(left);
                false
            }
            None => false,
        }
    }
}
