//! Bottom centre of an empty board, as long as there is no other one: a sample to look at.

use egui::{Align2, Context, Vec2};

use super::{Asked, widgets};
use crate::command::{Command, find};
use crate::theme::{size, space};

/// Shows the panel.
pub fn show(ctx: &Context, asked: &mut Asked) {
    let edge = Vec2::new(0.0, -(space::M + size::TARGET + space::L));
    widgets::bare(ctx, "Welcome", Align2::CENTER_BOTTOM, edge, |ui| {
        if let Some(entry) = find(&Command::OpenSample)
            && widgets::word_button(ui, Some(entry.icon), entry.label, false).clicked()
        {
            asked.push(Command::OpenSample);
        }
    });
}
