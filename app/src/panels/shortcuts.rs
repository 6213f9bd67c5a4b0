//! In the middle: all commands that have keys, by section.

use egui::{Align, Context, Key, Layout, RichText, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo};

use super::{Asked, dialogs, widgets};
use crate::command::{self, Entry, Section, TABLE};
use crate::fonts;
use crate::theme::{Theme, size, space};

/// How high a line is, in points, ...
const LINE: f32 = 24.0;
/// ... and how many of them a section's heading takes.
const HEADING: usize = 2;

/// Shows the sheet, in as many columns as there is room for.
pub fn show(ctx: &Context, asked: &mut Asked) {
    let window = ctx.content_rect().size();
    let room = window.x - 4.0 * space::XL;
    let columns = ((room + space::XL) / (size::SHEET_COLUMN + space::XL)).clamp(1.0, 3.0) as usize;
    // Beside the last column there is room for the bar that scrolls.
    let width = columns as f32 * (size::SHEET_COLUMN + space::XL) - space::XL + space::M;
    dialogs::dialog(ctx, "Keyboard shortcuts", width, asked, |ui, _| {
        let room = window.y - 7.0 * space::XL;
        ScrollArea::vertical()
            .max_height(room)
            .min_scrolled_height(room)
            .show(ui, |ui| {
                scroll_by_keys(ui, room);
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = space::XL;
                    for sections in shared_out(columns) {
                        column(ui, &sections);
                    }
                });
            });
    });
}

/// There is nothing in the sheet that the keyboard could be on.
fn scroll_by_keys(ui: &Ui, page: f32) {
    let lines = ui.input(|input| {
        let pressed = |key: Key| input.num_presses(key) as f32;
        let pages = pressed(Key::PageUp) - pressed(Key::PageDown);
        pressed(Key::ArrowUp) - pressed(Key::ArrowDown) + pages * (page / LINE - 1.0)
    });
    if lines != 0.0 {
        ui.scroll_with_delta(Vec2::new(0.0, lines * LINE));
    }
}

/// The commands of a section that have keys.
fn with_keys(section: Section) -> impl Iterator<Item = &'static Entry> {
    TABLE
        .iter()
        .filter(move |entry| entry.section == section && !entry.keys.is_empty())
}

/// The sections, cut in their order into columns that are about as long as each other.
fn shared_out(columns: usize) -> Vec<Vec<Section>> {
    let length = |section: &Section| match with_keys(*section).count() {
        0 => 0,
        lines => lines + HEADING,
    };
    let all: usize = Section::ALL.iter().map(length).sum();
    let mut out = vec![Vec::new(); columns];
    let mut before = 0;
    for section in Section::ALL {
        let long = length(&section);
        if long > 0 {
            // By where its middle lies.
            let column = (before + long / 2) * columns / all;
            out[column.min(columns - 1)].push(section);
            before += long;
        }
    }
    out
}

fn column(ui: &mut Ui, sections: &[Section]) {
    ui.allocate_ui_with_layout(
        Vec2::new(size::SHEET_COLUMN, 0.0),
        Layout::top_down(Align::Min),
        |ui| {
            ui.set_width(size::SHEET_COLUMN);
            ui.spacing_mut().item_spacing.y = 0.0;
            for (i, section) in sections.iter().enumerate() {
                if i > 0 {
                    ui.add_space(space::M);
                }
                ui.label(RichText::new(section.label()).font(fonts::strong(size::HINT)));
                ui.add_space(space::XS);
                for entry in with_keys(*section) {
                    line(ui, entry);
                }
            }
        },
    );
}

/// A command's name, and its keys each on a cap.
fn line(ui: &mut Ui, entry: &Entry) {
    let theme = Theme::of(ui.ctx());
    let wanted = Vec2::new(ui.available_width(), LINE);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::hover());
    let keys = command::keys_text(ui.ctx(), entry);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{}: {keys}", entry.label)));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let painter = ui.painter();
    let plain = fonts::plain(size::TEXT);
    painter.text(
        rect.left_center(),
        egui::Align2::LEFT_CENTER,
        entry.label,
        plain,
        theme.text,
    );
    let mut right = rect.right();
    for cap in caps(&keys).iter().rev() {
        let word = painter.layout_no_wrap((*cap).to_owned(), fonts::plain(size::HINT - 1.0), theme.muted);
        let width = (word.size().x + 10.0).max(20.0);
        let ground = egui::Rect::from_center_size(
            egui::pos2(right - width / 2.0, rect.center().y),
            Vec2::new(width, 19.0),
        );
        painter.rect(
            ground,
            4.0,
            theme.hover,
            egui::Stroke::new(1.0, theme.line),
            egui::StrokeKind::Inside,
        );
        painter.galley(ground.center() - word.size() / 2.0, word, theme.muted);
        right -= width + 3.0;
    }
    widgets::focus_ring(ui, rect, &response);
}

/// `Ctrl++` as `Ctrl` and `+`.
fn caps(keys: &str) -> Vec<&str> {
    match keys.strip_suffix("++") {
        Some(held) => held.split('+').chain(["+"]).collect(),
        None => keys.split('+').collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_with_keys_is_shown_once_whatever_the_width() {
        let wanted: Vec<Section> = Section::ALL
            .into_iter()
            .filter(|section| with_keys(*section).next().is_some())
            .collect();
        for columns in 1..=3 {
            let out = shared_out(columns);
            assert_eq!(out.concat(), wanted);
            assert!(out.iter().all(|column| !column.is_empty()), "{columns} columns");
        }
    }

    #[test]
    fn a_plus_is_a_key_too() {
        assert_eq!(caps("Ctrl++"), ["Ctrl", "+"]);
        assert_eq!(caps("Ctrl+Shift+G"), ["Ctrl", "Shift", "G"]);
        assert_eq!(caps("V"), ["V"]);
    }
}
