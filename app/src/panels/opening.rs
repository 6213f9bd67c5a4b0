//! What is shown while a board is being opened: a word, and how far it is.

use egui::{Align2, Context, Id, Modal, ProgressBar, RichText, Ui};

use crate::theme::{Theme, size, space};

/// How often it is looked at how far it is, in seconds: drawing takes time from it, where no graphics card does that.
const LOOK: f32 = 0.2;

/// Fills a window that has no board yet. `share`: how much is done, 0 to 1.
pub fn show(ui: &mut Ui, share: f64) {
    let ground = Theme::of(ui.ctx()).board;
    ui.painter().rect_filled(ui.max_rect(), 0.0, ground);
    egui::Area::new(Id::unique("opening"))
        .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .show(ui.ctx(), |ui| words(ui, share));
}

/// The same over a board that stays until the other one is there.
pub fn over(ctx: &Context, share: f64) {
    let theme = Theme::of(ctx);
    Modal::new(Id::unique("opening another"))
        .backdrop_color(theme.veil)
        .frame(theme.floating().inner_margin(space::XL))
        .show(ctx, |ui| words(ui, share));
}

fn words(ui: &mut Ui, share: f64) {
    let theme = Theme::of(ui.ctx());
    ui.set_width(size::OPENING);
    ui.vertical_centered(|ui| {
        ui.label(RichText::new("Opening the board").color(theme.muted));
        ui.add_space(space::S);
        // What is left of the way is seen too.
        ui.visuals_mut().extreme_bg_color = theme.line;
        let bar = ProgressBar::new(share as f32)
            .desired_width(size::OPENING)
            .desired_height(space::XS)
            .fill(theme.accent);
        ui.add(bar);
    });
    // It goes on although nobody moves anything.
    ui.ctx().request_repaint_after_secs(LOOK);
}
