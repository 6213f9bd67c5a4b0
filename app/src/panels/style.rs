//! Left: ink and width, while a drawing tool is in the hand.

use drawbridge_engine::document::Color;
use egui::{Align2, Color32, Context, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use super::{Asked, widgets};
use crate::command::Command;
use crate::theme::{INKS, Swatch, Theme, size, space};

/// The widths on offer, in board units, with their names.
pub const WIDTHS: [(f64, &str); 4] = [(2.0, "Fine"), (4.0, "Medium"), (8.0, "Bold"), (16.0, "Broad")];

/// Between two swatches, so that four fill the panel.
const GAP: f32 = (size::STYLE_PANEL - 2.0 * space::S - 4.0 * size::SWATCH) / 3.0;

/// What the pen draws with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StyleView {
    /// The colour as stored.
    pub color: Color,
    /// In board units.
    pub width: f64,
}

/// Shows the panel at the left edge, or as a row under the tools where the window is narrow.
pub fn show(ctx: &Context, view: StyleView, asked: &mut Asked) {
    if ctx.content_rect().width() < size::NARROW {
        let below = Vec2::new(0.0, space::M + size::TARGET + 3.0 * space::M);
        widgets::floating(ctx, "Style", Align2::CENTER_TOP, below, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                for ink in &INKS {
                    swatch(ui, ink, view, asked);
                }
                for (width, name) in WIDTHS {
                    width_button(ui, width, name, view, asked);
                }
            });
        });
    } else {
        widgets::floating(
            ctx,
            "Style",
            Align2::LEFT_CENTER,
            Vec2::new(space::M, -space::XL),
            |ui| {
                egui::Frame::new().inner_margin(space::S).show(ui, |ui| {
                    ui.set_width(size::STYLE_PANEL - 2.0 * space::S);
                    widgets::section(ui, "Colour");
                    egui::Grid::new("inks")
                        .min_col_width(size::SWATCH)
                        .spacing(Vec2::new(GAP, space::S))
                        .show(ui, |ui| {
                            for (i, ink) in INKS.iter().enumerate() {
                                swatch(ui, ink, view, asked);
                                if i % 4 == 3 {
                                    ui.end_row();
                                }
                            }
                        });
                    ui.add_space(space::S);
                    widgets::section(ui, "Width");
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = GAP;
                        for (width, name) in WIDTHS {
                            width_button(ui, width, name, view, asked);
                        }
                    });
                });
            },
        );
    }
}

fn swatch(ui: &mut Ui, ink: &Swatch, view: StyleView, asked: &mut Asked) {
    let theme = Theme::of(ui.ctx());
    let chosen = view.color == Color::Ink(ink.ink);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size::SWATCH), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, ink.label));
    let center = rect.center();
    let radius = size::SWATCH / 2.0;
    let fill = theme.color(Color::Ink(ink.ink));
    ui.painter().circle_filled(center, radius - 2.0, fill);
    // Inks close to the panel's own colour need an edge to be seen.
    if crate::theme::contrast(fill, theme.panel) < 1.5 {
        ui.painter()
            .circle_stroke(center, radius - 2.5, Stroke::new(1.0, theme.muted));
    }
    ring(ui, &response, center, radius, chosen);
    if response.clicked() {
        asked.push(Command::Color(Color::Ink(ink.ink)));
    }
    response.on_hover_text(ink.label);
}

fn width_button(ui: &mut Ui, width: f64, name: &str, view: StyleView, asked: &mut Asked) {
    let theme = Theme::of(ui.ctx());
    let chosen = (view.width - width).abs() < f64::EPSILON;
    let (rect, response) = ui.allocate_exact_size(Vec2::new(size::SWATCH, size::TARGET), Sense::click());
    let rect = egui::Rect::from_center_size(rect.center(), Vec2::splat(size::TARGET));
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
    let fill = if chosen {
        theme.chosen
    } else if response.hovered() {
        theme.hover
    } else {
        Color32::TRANSPARENT
    };
    ui.painter().rect_filled(rect, size::CONTROL_RADIUS, fill);
    let dot = 1.5 + 2.0 * (width as f32).log2();
    let color = if chosen { theme.accent } else { theme.text };
    ui.painter().circle_filled(rect.center(), dot, color);
    widgets::focus_ring(ui, rect, &response);
    if response.clicked() {
        asked.push(Command::Width(width));
    }
    response.on_hover_text(name);
}

fn ring(ui: &Ui, response: &Response, center: egui::Pos2, radius: f32, chosen: bool) {
    let theme = Theme::of(ui.ctx());
    let color = match (chosen || response.has_focus(), response.hovered()) {
        (true, _) => theme.accent,
        (false, true) => theme.line,
        (false, false) => return,
    };
    let rect = egui::Rect::from_center_size(center, Vec2::splat(2.0 * radius + 3.0));
    ui.painter()
        .rect_stroke(rect, radius + 1.5, Stroke::new(2.0, color), StrokeKind::Inside);
}
