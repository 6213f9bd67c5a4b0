//! The controls that the panels are made of, in the theme's one look.

use egui::{
    Align2, Area, Color32, Context, Id, InnerResponse, Order, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo,
};

use super::Asked;
use crate::command::{self, Command};
use crate::fonts;
use crate::theme::{Theme, size, space};

/// A panel that floats at an edge of the window, `offset` points away from it.
pub fn floating<R>(
    ctx: &Context,
    name: &str,
    anchor: Align2,
    offset: Vec2,
    contents: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    let theme = Theme::of(ctx);
    bare(ctx, name, anchor, offset, |ui| {
        theme.floating().show(ui, contents).inner
    })
}

/// As [`floating`], with no ground of its own.
pub fn bare<R>(
    ctx: &Context,
    name: &str,
    anchor: Align2,
    offset: Vec2,
    contents: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    let id = Id::unique(("panel", name));
    let shown = Area::new(id)
        .order(Order::Middle)
        .anchor(anchor, offset)
        .accessible_name(name)
        .show(ctx, contents);
    // An area is anchored by the size it had in the last pass. When that has changed, the pass is
    // done again, so that nothing is ever seen in the wrong place.
    let size = shown.response.rect.size();
    let before = ctx.data_mut(|data| std::mem::replace(data.get_temp_mut_or(id, size), size));
    if before != size {
        ctx.request_discard("a panel's size has changed");
    }
    shown
}

/// A square button with an icon.
#[derive(Debug, Clone, Copy)]
pub struct IconButton<'a> {
    /// From [`crate::icons`].
    pub icon: char,
    /// Its name.
    pub label: &'a str,
    /// A small letter in the corner.
    pub letter: &'a str,
    /// Whether it is the chosen one among several; `None` where nothing is to choose.
    pub chosen: Option<bool>,
    /// Whether it can be pressed now.
    pub enabled: bool,
}

impl IconButton<'_> {
    /// Shows it, and says whether it was pressed.
    pub fn show(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui.ctx());
        let side = Vec2::splat(size::TARGET);
        let sense = if self.enabled {
            Sense::click()
        } else {
            Sense::hover()
        };
        let (rect, response) = ui.allocate_exact_size(side, sense);
        let chosen = self.chosen.unwrap_or(false);
        response.widget_info(|| match self.chosen {
            Some(chosen) => WidgetInfo::selected(Role::Button, self.enabled, chosen, self.label),
            None => WidgetInfo::labeled(Role::Button, self.enabled, self.label),
        });
        if ui.is_rect_visible(rect) {
            paint_ground(ui, rect, &response, chosen, self.enabled);
            let color = match (self.enabled, chosen) {
                (false, _) => theme.muted.gamma_multiply(0.5),
                (true, true) => theme.accent,
                (true, false) => theme.text,
            };
            ui.painter().text(
                rect.center(),
                Align2::CENTER_CENTER,
                self.icon,
                fonts::icon(size::ICON),
                color,
            );
            if !self.letter.is_empty() {
                let corner = rect.right_bottom() - Vec2::new(3.0, 1.0);
                let color = if chosen { theme.accent } else { theme.muted };
                ui.painter().text(
                    corner,
                    Align2::RIGHT_BOTTOM,
                    self.letter,
                    fonts::plain(size::LETTER),
                    color,
                );
            }
        }
        response
    }
}

fn paint_ground(ui: &Ui, rect: Rect, response: &Response, chosen: bool, enabled: bool) {
    let theme = Theme::of(ui.ctx());
    let fill = if !enabled {
        Color32::TRANSPARENT
    } else if response.is_pointer_button_down_on() {
        theme.pressed
    } else if chosen {
        theme.chosen
    } else if response.hovered() {
        theme.hover
    } else {
        Color32::TRANSPARENT
    };
    ui.painter().rect_filled(rect, size::CONTROL_RADIUS, fill);
    focus_ring(ui, rect, response);
}

/// Shows where the keyboard is.
pub fn focus_ring(ui: &Ui, rect: Rect, response: &Response) {
    if response.has_focus() {
        let theme = Theme::of(ui.ctx());
        ui.painter().rect_stroke(
            rect.shrink(1.0),
            size::CONTROL_RADIUS,
            Stroke::new(2.0, theme.accent),
            StrokeKind::Inside,
        );
    }
}

/// The icon button of a command of the table, with its name and keys as a tooltip.
pub fn command_button(
    ui: &mut Ui,
    command: &Command,
    letter: bool,
    chosen: Option<bool>,
    enabled: bool,
    asked: &mut Asked,
) {
    let Some(entry) = command::find(command) else {
        return;
    };
    let keys = command::keys_text(ui.ctx(), entry);
    let button = IconButton {
        icon: entry.icon,
        label: entry.label,
        letter: if letter { &keys } else { "" },
        chosen,
        enabled,
    };
    let response = button.show(ui);
    if response.clicked() {
        asked.push(command.clone());
    }
    let tip = |ui: &mut Ui| tooltip(ui, entry.label, &keys, entry.hint);
    if enabled {
        response.on_hover_ui(tip);
    } else {
        response.on_disabled_hover_ui(tip);
    }
}

/// A name, its keys, and a sentence.
pub fn tooltip(ui: &mut Ui, label: &str, keys: &str, hint: &str) {
    let theme = Theme::of(ui.ctx());
    ui.horizontal(|ui| {
        ui.label(egui::RichText::new(label).font(fonts::strong(size::HINT)));
        if !keys.is_empty() {
            ui.label(egui::RichText::new(keys).size(size::HINT).color(theme.muted));
        }
    });
    if !hint.is_empty() {
        ui.label(egui::RichText::new(hint).size(size::HINT).color(theme.muted));
    }
}

/// A button with an icon and a word; filled with the accent where it is the one to press.
pub fn word_button(ui: &mut Ui, icon: Option<char>, label: &str, filled: bool) -> Response {
    let theme = Theme::of(ui.ctx());
    let color = if filled { theme.on_accent } else { theme.text };
    let font = if filled {
        fonts::strong(size::TEXT)
    } else {
        fonts::plain(size::TEXT)
    };
    let word = ui.painter().layout_no_wrap(label.to_owned(), font, color);
    let icon_width = if icon.is_some() {
        size::ICON + space::XS
    } else {
        0.0
    };
    let wanted = Vec2::new(word.size().x + icon_width + 2.0 * space::M, size::TARGET);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    if ui.is_rect_visible(rect) {
        let pressed = response.is_pointer_button_down_on();
        let (fill, border) = match (filled, pressed, response.hovered()) {
            (true, true, _) => (theme.accent.lerp_to_gamma(theme.text, 0.2), Color32::TRANSPARENT),
            (true, false, true) => (theme.accent.lerp_to_gamma(theme.text, 0.1), Color32::TRANSPARENT),
            (true, false, false) => (theme.accent, Color32::TRANSPARENT),
            (false, true, _) => (theme.pressed, theme.line),
            (false, false, true) => (theme.hover, theme.line),
            (false, false, false) => (theme.panel, theme.line),
        };
        ui.painter().rect(
            rect,
            size::CONTROL_RADIUS,
            fill,
            Stroke::new(1.0, border),
            StrokeKind::Inside,
        );
        let mut left = rect.left() + space::M;
        if let Some(icon) = icon {
            let at = egui::pos2(left + size::ICON / 2.0 - 1.0, rect.center().y);
            ui.painter().text(
                at,
                Align2::CENTER_CENTER,
                icon,
                fonts::icon(size::ICON - 2.0),
                color,
            );
            left += icon_width;
        }
        let at = egui::pos2(left, rect.center().y - word.size().y / 2.0);
        ui.painter().galley(at, word, color);
        focus_ring(ui, rect.expand(2.0), &response);
    }
    response
}

/// A line of a menu: icon, word, keys.
pub fn menu_item(ui: &mut Ui, icon: Option<char>, label: &str, keys: &str, chosen: bool) -> Response {
    let theme = Theme::of(ui.ctx());
    let width = ui.available_width().max(220.0);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 30.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, true, chosen, label));
    if ui.is_rect_visible(rect) {
        paint_ground(ui, rect, &response, false, true);
        let middle = rect.center().y;
        if let Some(icon) = icon {
            let at = egui::pos2(rect.left() + space::S + 8.0, middle);
            ui.painter()
                .text(at, Align2::CENTER_CENTER, icon, fonts::icon(16.0), theme.muted);
        }
        let left = rect.left() + space::S + 16.0 + space::S;
        let right = rect.right() - space::S;
        let keys = ui
            .painter()
            .layout_no_wrap(keys.to_owned(), fonts::plain(size::HINT), theme.muted);
        let mut job =
            egui::text::LayoutJob::simple_singleline(label.to_owned(), fonts::plain(size::TEXT), theme.text);
        job.wrap = egui::text::TextWrapping::truncate_at_width(right - left - keys.size().x - space::S);
        let word = ui.painter().layout_job(job);
        let top = middle - word.size().y / 2.0;
        ui.painter().galley(egui::pos2(left, top), word, theme.text);
        let at = egui::pos2(right - keys.size().x, middle - keys.size().y / 2.0);
        ui.painter().galley(at, keys, theme.muted);
        if chosen {
            let at = egui::pos2(right - 8.0, middle);
            ui.painter().text(
                at,
                Align2::CENTER_CENTER,
                crate::icons::CHECK,
                fonts::icon(16.0),
                theme.accent,
            );
        }
    }
    response
}

/// A quiet line between groups.
pub fn hairline(ui: &mut Ui) {
    let theme = Theme::of(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 9.0), Sense::hover());
    ui.painter()
        .hline(rect.x_range(), rect.center().y, Stroke::new(1.0, theme.line));
}

/// A small heading of a section.
pub fn section(ui: &mut Ui, label: &str) -> Response {
    let theme = Theme::of(ui.ctx());
    ui.label(egui::RichText::new(label).size(size::HINT).color(theme.muted))
}
