//! The first steps: shown at a first start until they are done or somebody draws, and never again unless they are asked for.

use egui::Context;

use super::App;
use crate::panels::Asked;
use crate::panels::sharing::ShareView;
use crate::panels::welcome::{self, WelcomeView};
use crate::settings::Settings;

/// Whether they are shown.
#[derive(Debug)]
pub(super) struct Hints(bool);

impl Hints {
    /// As the settings say.
    pub(super) fn of(settings: &Settings) -> Self {
        Self(!settings.greeted)
    }
}

impl App {
    pub(super) fn are_hints_shown(&self) -> bool {
        self.hints.0
    }

    pub(super) fn show_hints(&mut self) {
        self.hints.0 = true;
    }

    /// They are done.
    pub(super) fn end_hints(&mut self, ctx: &Context) {
        self.hints.0 = false;
        if !self.settings.greeted {
            self.settings.greeted = true;
            self.keep_settings(ctx);
        }
    }

    /// Whoever draws needs them no more.
    pub(super) fn look_after_hints(&mut self, ctx: &Context) {
        if self.hints.0 && !self.board.editor().state().is_idle() {
            self.end_hints(ctx);
        }
    }

    pub(super) fn welcome(&self, ctx: &Context, share: &ShareView, asked: &mut Asked) {
        let first = self.board.recent().is_empty();
        let view = WelcomeView {
            // They speak of drawing.
            hints: self.hints.0 && self.board.bar().is_none(),
            // Not on somebody else's board, to which a link led.
            sample: self.is_untouched() && first && *share == ShareView::Off,
        };
        welcome::show(ctx, view, asked);
    }
}
