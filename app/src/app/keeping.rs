//! Nothing that isn't on this computer's disk yet is left behind without a word.

use egui::{Context, ViewportCommand};

use super::App;
use crate::panels::message::Message;

/// What somebody was warned of.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// That the window closes without what can't be saved.
    warned: bool,
}

impl App {
    /// Says why another board can't be opened now, if it can't: what isn't saved of this one would be lost.
    pub(super) fn stays(&mut self, ctx: &Context) -> bool {
        let Some(why) = self.board.status().unsaved else {
            return false;
        };
        let words = format!(
            "Another board can be opened once this one is saved: {why}. What you drew last is on the screen only until then"
        );
        self.say(ctx, Message::problem(words));
        true
    }

    /// Keeps the window open, once, where closing it would lose something.
    pub(super) fn look_after_closing(&mut self, ctx: &Context) {
        let unsaved = self.board.status().unsaved;
        if unsaved.is_none() {
            self.keeping.warned = false;
        }
        let Some(why) = unsaved.filter(|_| ctx.input(|input| input.viewport().close_requested())) else {
            return;
        };
        if std::mem::replace(&mut self.keeping.warned, true) {
            return;
        }
        ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        let words = format!(
            "What you drew last isn't saved: {why}. Wait until it is, or close the window once more to leave without it"
        );
        self.say(ctx, Message::problem(words));
    }
}
