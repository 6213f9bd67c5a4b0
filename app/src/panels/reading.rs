//! Bottom centre, in the place of a message: that a file is being read.

use egui::{Align2, Context, Role, Vec2, WidgetInfo};

use super::widgets;
use crate::theme::{size, space};

/// Says it, so many points above the message's usual place.
pub fn show(ctx: &Context, name: &str, above: f32) {
    let edge = Vec2::new(0.0, -(space::M + size::TARGET + space::L + above));
    let words = format!("Reading {name}…");
    widgets::floating(ctx, "Reading", Align2::CENTER_BOTTOM, edge, |ui| {
        ui.horizontal(|ui| {
            ui.add_space(space::S);
            ui.spinner();
            let label = ui.label(&words);
            label.widget_info(|| WidgetInfo::labeled(Role::Status, true, &words));
            ui.add_space(space::S);
        });
    });
}
