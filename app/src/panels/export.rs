//! The dialog in which the board becomes a file: what is chosen at the left, what comes of it at the right.

use drawbridge_engine::export::Format;
use egui::{Context, Role, TextureHandle, Ui, Vec2, WidgetInfo};

use super::dialogs::{alert, dialog, muted};
use super::{Asked, widgets};
use crate::command::Command;
use crate::icons;
use crate::settings::{Export, Mode};
use crate::theme::{Theme, size, space};

/// How wide the choices are, and the widest preview, in points.
const CHOICES: f32 = 230.0;
const PREVIEW: Vec2 = Vec2::new(360.0, 300.0);

/// What comes of what is chosen.
pub enum Came<'a> {
    /// It is being made.
    Making,
    /// It can't be, for this reason.
    Refused(&'a str),
    /// It is there.
    There {
        /// A picture of it.
        picture: &'a TextureHandle,
        /// How large it is, in words.
        size: &'a str,
    },
}

/// Shows the dialog. `selected`: whether something is selected; what is chosen goes into `chosen` and `only_selected`.
pub fn show(
    ctx: &Context,
    came: &Came<'_>,
    selected: bool,
    chosen: &mut Export,
    only_selected: &mut bool,
    asked: &mut Asked,
) {
    let width = CHOICES + space::XL + PREVIEW.x;
    dialog(ctx, "Export", width, asked, |ui, asked| {
        ui.add_space(space::S);
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(CHOICES);
                choices(ui, selected, chosen, only_selected);
            });
            ui.add_space(space::L);
            ui.vertical(|ui| {
                ui.set_width(PREVIEW.x.min(ui.available_width()));
                preview(ui, came);
            });
        });
        ui.add_space(space::M);
        ui.add_enabled_ui(matches!(came, Came::There { .. }), |ui| {
            ui.horizontal(|ui| {
                if widgets::word_button(ui, Some(icons::EXPORT), "Save…", true).clicked() {
                    asked.push(Command::SaveExport);
                }
                // No program pastes a PDF.
                let can_copy = chosen.ending != Format::Pdf.ending();
                ui.add_enabled_ui(can_copy, |ui| {
                    if widgets::word_button(ui, Some(icons::COPY), "Copy", false).clicked() {
                        asked.push(Command::CopyExport);
                    }
                });
            });
        });
    });
}

fn choices(ui: &mut Ui, selected: bool, chosen: &mut Export, only_selected: &mut bool) {
    widgets::section(ui, "Format");
    ui.horizontal_wrapped(|ui| {
        for format in Format::ALL {
            let ending = format.ending();
            if ui.radio(chosen.ending == ending, format.name()).clicked() {
                ending.clone_into(&mut chosen.ending);
            }
        }
    });
    ui.add_space(space::S);
    widgets::section(ui, "What");
    ui.radio_value(only_selected, false, "All of the board");
    ui.add_enabled_ui(selected, |ui| {
        ui.radio_value(only_selected, true, "What is selected");
    });
    ui.add_space(space::S);
    let format = Format::of_ending(&chosen.ending).unwrap_or(Format::Png);
    // A scene holds the elements themselves: how they look is up to the program that shows them.
    if format != Format::Excalidraw {
        widgets::section(ui, "Look");
        ui.horizontal(|ui| {
            ui.radio_value(&mut chosen.mode, Mode::Light, "Light");
            ui.radio_value(&mut chosen.mode, Mode::Dark, "Dark");
        });
        ui.checkbox(&mut chosen.paper, "The board's colour under it");
    }
    if format == Format::Png {
        ui.add_space(space::S);
        widgets::section(ui, "Pixels a board unit");
        ui.horizontal(|ui| {
            for scale in 1..=4 {
                ui.radio_value(&mut chosen.scale, scale, format!("{scale}×"));
            }
        });
    }
    if format.can_embed() {
        ui.add_space(space::S);
        ui.checkbox(&mut chosen.embed, "It opens again as a board");
    }
}

fn preview(ui: &mut Ui, came: &Came<'_>) {
    let theme = Theme::of(ui.ctx());
    let (rect, ground) = ui.allocate_exact_size(PREVIEW, egui::Sense::hover());
    ui.painter().rect_filled(rect, size::CONTROL_RADIUS, theme.stage);
    match came {
        Came::Making => {
            egui::Spinner::new().paint_at(
                ui,
                egui::Rect::from_center_size(rect.center(), Vec2::splat(size::TARGET)),
            );
            muted(ui, "Making it…");
        }
        Came::Refused(why) => alert(ui, why),
        Came::There { picture, size } => {
            let room = rect.shrink(space::S);
            let full = picture.size_vec2();
            let scale = (room.width() / full.x).min(room.height() / full.y).min(1.0);
            let place = egui::Rect::from_center_size(rect.center(), full * scale);
            egui::Image::new(*picture).paint_at(ui, place);
            ground.widget_info(|| WidgetInfo::labeled(Role::Image, true, "What the file shows"));
            muted(ui, size);
        }
    }
}
