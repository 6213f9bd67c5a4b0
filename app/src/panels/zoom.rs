//! Bottom left: how close the board is, undo and redo.

use egui::{Align2, Context, Role, Sense, Vec2, WidgetInfo};

use super::{Asked, widgets};
use crate::command::{self, Command, Now};
use crate::fonts;
use crate::theme::{Theme, size, space};

/// What the panel shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZoomView {
    /// Points a board unit; 1 is 100 %.
    pub zoom: f64,
    /// What can be done.
    pub now: Now,
}

/// Shows the panel.
pub fn show(ctx: &Context, view: &ZoomView, asked: &mut Asked) {
    let corner = Vec2::new(space::M, -space::M);
    widgets::bare(ctx, "View and history", Align2::LEFT_BOTTOM, corner, |ui| {
        ui.horizontal(|ui| {
            let theme = Theme::of(ui.ctx());
            theme.floating().show(ui, |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                widgets::command_button(ui, &Command::ZoomOut, &view.now, asked);
                percent(ui, view.zoom, asked);
                widgets::command_button(ui, &Command::ZoomIn, &view.now, asked);
                widgets::command_button(ui, &Command::ZoomFit, &view.now, asked);
            });
            theme.floating().show(ui, |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                widgets::command_button(ui, &Command::Undo, &view.now, asked);
                widgets::command_button(ui, &Command::Redo, &view.now, asked);
            });
        });
    });
}

fn percent(ui: &mut egui::Ui, zoom: f64, asked: &mut Asked) {
    let theme = Theme::of(ui.ctx());
    let words = percent_text(zoom);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(54.0, size::TARGET), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Zoom {words}")));
    if response.hovered() {
        ui.painter().rect_filled(rect, size::CONTROL_RADIUS, theme.hover);
    }
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        words,
        fonts::plain(size::TEXT),
        theme.text,
    );
    widgets::focus_ring(ui, rect, &response);
    if response.clicked() {
        asked.push(Command::ZoomReset);
    }
    if let Some(entry) = command::find(&Command::ZoomReset) {
        let keys = command::keys_text(ui.ctx(), entry);
        response.on_hover_ui(|ui| widgets::tooltip(ui, entry.label, &keys, entry.hint));
    }
}

/// `100 %`.
#[must_use]
pub fn percent_text(zoom: f64) -> String {
    let percent = zoom * 100.0;
    if percent < 9.95 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}
