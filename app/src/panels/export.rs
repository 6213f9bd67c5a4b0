//! The dialog in which the board becomes a file: what is chosen at the left, what comes of it at the right, or below where the window is
//! narrow.

use drawbridge_engine::export::Format;
use egui::{Context, Key, Role, TextureHandle, Ui, Vec2, WidgetInfo};

use super::dialogs::{alert, dialog, muted, scrolling};
use super::{Asked, widgets};
use crate::command::Command;
use crate::file_kind::FileKind;
use crate::icons;
use crate::settings::{Export, Mode, PIXELS};
use crate::theme::{Theme, size, space};

/// How wide the choices are, and the largest and the smallest preview, in points.
const CHOICES: f32 = 230.0;
const PREVIEW: Vec2 = Vec2::new(360.0, 300.0);
const LEAST: Vec2 = Vec2::new(160.0, 120.0);
/// How high a sentence below the preview is, in points.
const NOTE: f32 = 56.0;
/// How high the choices are of a format that has most, in points: as high is the dialog with any, so that nothing leaps.
const HIGH: f32 = 420.0;

/// What of the board goes into the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// All of it.
    #[default]
    All,
    /// What is selected.
    Selected,
    /// Each frame, where a file can have several pages.
    EachFrame,
}

/// What of that there is.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// Something is selected.
    pub selected: bool,
    /// There are frames.
    pub frames: bool,
}

/// What comes of what is chosen.
pub enum Came<'a> {
    /// It is being made.
    Making,
    /// It can't be, for this reason.
    Refused(&'a str),
    /// It is there.
    There {
        /// A picture of it, if there is one.
        picture: Option<&'a TextureHandle>,
        /// How large it is, in words.
        size: &'a str,
        /// What isn't as it was wanted, a sentence each.
        notes: &'a [String],
        /// Whether there is room for it on the clipboard.
        can_copy: bool,
    },
}

/// Shows the dialog. What is chosen goes into `chosen` and `part`.
pub fn show(
    ctx: &Context,
    came: &Came<'_>,
    offer: Offer,
    chosen: &mut Export,
    part: &mut Part,
    asked: &mut Asked,
) {
    let width = CHOICES + space::XL + PREVIEW.x;
    dialog(ctx, "Export", width, asked, |ui, asked| {
        ui.add_space(space::S);
        // In a low window it scrolls, over the buttons.
        let room = ctx.content_rect().height() - 8.0 * space::XL - 2.0 * size::TARGET;
        scrolling(ui, room, |ui| contents(ui, room, came, offer, chosen, part));
        ui.add_space(space::M);
        let there = matches!(came, Came::There { .. });
        // A control that has the keyboard has its Enter too.
        let free = ui.memory(|memory| memory.focused().is_none());
        let enter = there && free && ui.input(|input| input.key_pressed(Key::Enter));
        ui.add_enabled_ui(there, |ui| {
            ui.horizontal(|ui| {
                let save = widgets::word_button(ui, Some(icons::EXPORT), "Save…", true);
                if save.clicked() || enter {
                    asked.push(Command::SaveExport);
                }
                if !chosen.kind.can_be_copied() {
                    return;
                }
                let can_copy = matches!(came, Came::There { can_copy: true, .. });
                ui.add_enabled_ui(can_copy, |ui| {
                    if widgets::word_button(ui, Some(icons::COPY), "Copy", false).clicked() {
                        asked.push(Command::CopyExport);
                    }
                });
            });
        });
    });
}

fn contents(ui: &mut Ui, room: f32, came: &Came<'_>, offer: Offer, chosen: &mut Export, part: &mut Part) {
    let beside = ui.available_width() - CHOICES - space::XL;
    if beside < LEAST.x {
        choices(ui, offer, chosen, part);
        ui.add_space(space::M);
        let wide = ui.available_width().min(PREVIEW.x);
        preview(ui, came, Vec2::new(wide, LEAST.y));
        return;
    }
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width(CHOICES);
            ui.set_min_height(HIGH.min(room));
            choices(ui, offer, chosen, part);
        });
        ui.add_space(space::L);
        ui.vertical(|ui| {
            // In a low window what is said below it has its place.
            let said = match came {
                Came::There { notes, .. } => notes.len() as f32 * NOTE,
                Came::Making | Came::Refused(_) => 0.0,
            };
            let high = PREVIEW.y.min(room - size::TARGET - said).max(LEAST.y);
            let size = Vec2::new(beside.min(PREVIEW.x), high);
            ui.set_width(size.x);
            preview(ui, came, size);
        });
    });
}

fn choices(ui: &mut Ui, offer: Offer, chosen: &mut Export, part: &mut Part) {
    widgets::section(ui, "Format");
    beside_each_other(ui, |ui| {
        for kind in FileKind::ALL {
            widgets::radio_value(ui, &mut chosen.kind, kind, kind.name());
        }
    });
    // A copy of the board is all of it, and looks as the board does.
    let Some(format) = chosen.kind.made() else {
        return;
    };
    ui.add_space(space::S);
    widgets::section(ui, "What");
    widgets::radio_value(ui, part, Part::All, "All of the board");
    ui.add_enabled_ui(offer.selected, |ui| {
        widgets::radio_value(ui, part, Part::Selected, "What is selected");
    });
    if format.has_pages() {
        ui.add_enabled_ui(offer.frames, |ui| {
            widgets::radio_value(ui, part, Part::EachFrame, "Each frame, as a page");
        });
    } else if *part == Part::EachFrame {
        *part = Part::All;
    }
    ui.add_space(space::S);
    // A scene holds the elements themselves: how they look is up to the program that shows them.
    if format != Format::Excalidraw {
        widgets::section(ui, "Look");
        beside_each_other(ui, |ui| {
            widgets::radio_value(ui, &mut chosen.mode, Mode::Light, "Light");
            widgets::radio_value(ui, &mut chosen.mode, Mode::Dark, "Dark");
        });
        widgets::checkbox(ui, &mut chosen.paper, "The board's colour under it");
    }
    if format == Format::Png {
        ui.add_space(space::S);
        widgets::section(ui, "Pixels a board unit");
        beside_each_other(ui, |ui| {
            for scale in PIXELS {
                widgets::radio_value(ui, &mut chosen.scale, scale, &format!("{scale}×"));
            }
        });
    }
    if format == Format::Svg {
        ui.add_space(space::S);
        widgets::checkbox(ui, &mut chosen.text, "Letters as text, with their fonts");
    }
    if format.can_embed() {
        ui.add_space(space::S);
        widgets::checkbox(ui, &mut chosen.embed, "It opens again as a board");
    }
}

/// Choices in a row, as far as there is room, each closer to its own word than to the one before.
fn beside_each_other(ui: &mut Ui, choices: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        choices(ui);
    });
}

fn preview(ui: &mut Ui, came: &Came<'_>, room: Vec2) {
    let theme = Theme::of(ui.ctx());
    let (rect, ground) = ui.allocate_exact_size(room, egui::Sense::hover());
    ui.painter().rect_filled(rect, size::CONTROL_RADIUS, theme.line);
    match came {
        Came::Making => {
            egui::Spinner::new().paint_at(
                ui,
                egui::Rect::from_center_size(rect.center(), Vec2::splat(size::TARGET)),
            );
            muted(ui, "Making it…");
        }
        Came::Refused(why) => alert(ui, why),
        Came::There {
            picture, size, notes, ..
        } => {
            match picture {
                Some(picture) => {
                    let inner = rect.shrink(space::S);
                    let full = picture.size_vec2();
                    let scale = (inner.width() / full.x).min(inner.height() / full.y).min(1.0);
                    let place = egui::Rect::from_center_size(rect.center(), full * scale);
                    egui::Image::new(*picture).paint_at(ui, place);
                    ground.widget_info(|| WidgetInfo::labeled(Role::Image, true, "What the file shows"));
                }
                None => {
                    muted(ui, "No preview");
                }
            }
            muted(ui, size);
            for note in *notes {
                muted(ui, note);
            }
        }
    }
}
