//! Buttons: with an icon, with a word, and those that choose one of several.

use egui::{Align2, Color32, Painter, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use super::{focus_ring, paint_ground, tooltip};
use crate::command::{self, Command, Entry, Now};
use crate::fonts;
use crate::panels::Asked;
use crate::theme::{Theme, size, space};

/// A square button with an icon.
#[derive(Debug, Clone, Copy)]
pub struct IconButton<'a> {
    /// From [`crate::icons`].
    pub icon: char,
    /// Its name.
    pub label: &'a str,
    /// A small letter in the corner.
    pub letter: &'a str,
    /// Whether it is on; `None` where it can't be.
    pub chosen: Option<bool>,
    /// Whether it is one of several of which one is on.
    pub radio: bool,
    /// Whether it can be pressed now.
    pub enabled: bool,
    /// How long its sides are, in points.
    pub side: f32,
}

impl<'a> IconButton<'a> {
    /// One that can be pressed.
    #[must_use]
    pub fn new(icon: char, label: &'a str) -> Self {
        Self {
            icon,
            label,
            letter: "",
            chosen: None,
            radio: false,
            enabled: true,
            side: size::TARGET,
        }
    }

    /// Shows it, and says whether it was pressed.
    pub fn show(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui.ctx());
        let sense = if self.enabled {
            Sense::click()
        } else {
            Sense::hover()
        };
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(self.side), sense);
        let chosen = self.chosen.unwrap_or(false);
        let role = if self.radio {
            Role::RadioButton
        } else {
            Role::Button
        };
        response.widget_info(|| match self.chosen {
            Some(chosen) => WidgetInfo::selected(role, self.enabled, chosen, self.label),
            None => WidgetInfo::labeled(role, self.enabled, self.label),
        });
        if ui.is_rect_visible(rect) || response.gained_focus() {
            paint_ground(ui, rect, &response, chosen, self.enabled);
            let color = match (self.enabled, chosen) {
                (false, _) => theme.disabled,
                (true, true) => theme.accent,
                (true, false) => theme.text,
            };
            // A letter needs room below the icon.
            let lift = if self.letter.is_empty() { 0.0 } else { 2.0 };
            ui.painter().text(
                rect.center() - Vec2::new(lift, lift),
                Align2::CENTER_CENTER,
                self.icon,
                fonts::icon(size::ICON),
                color,
            );
            if !self.letter.is_empty() {
                let corner = rect.right_bottom() - Vec2::new(4.0, 2.0);
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

/// The icon button of a command of the table, with its name and keys as a tooltip.
pub fn command_button(ui: &mut Ui, command: &Command, now: &Now, asked: &mut Asked) {
    if let Some(entry) = command::find(command) {
        let (label, icon) = now.face(entry);
        let button = IconButton {
            chosen: now.chosen(command),
            enabled: now.allows(command),
            ..IconButton::new(icon, label)
        };
        entry_button(ui, entry, button, asked);
    }
}

/// The same for a tool: one of several, with its key in the corner.
pub fn tool_button(ui: &mut Ui, command: &Command, now: &Now, asked: &mut Asked) {
    if let Some(entry) = command::find(command) {
        let letter = command::letter(ui.ctx(), entry);
        let button = IconButton {
            letter: &letter,
            chosen: now.chosen(command),
            radio: true,
            enabled: now.allows(command),
            ..IconButton::new(entry.icon, entry.label)
        };
        entry_button(ui, entry, button, asked);
    }
}

/// A button that looks as said and does what the entry says.
pub fn entry_button(ui: &mut Ui, entry: &Entry, button: IconButton<'_>, asked: &mut Asked) {
    let response = button.show(ui);
    if response.clicked() {
        asked.push(entry.command.clone());
    }
    let keys = command::keys_text(ui.ctx(), entry);
    let tip = |ui: &mut Ui| tooltip(ui, button.label, &keys, entry.hint);
    if button.enabled {
        response.on_hover_ui(tip);
    } else {
        response.on_disabled_hover_ui(tip);
    }
}

/// One of several, of which one is chosen, with a picture of what it stands for.
pub fn choice(
    ui: &mut Ui,
    wanted: Vec2,
    label: &str,
    chosen: bool,
    picture: impl FnOnce(&Painter, Rect, Color32),
) -> Response {
    let theme = Theme::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, label));
    if ui.is_rect_visible(rect) || response.gained_focus() {
        paint_ground(ui, rect, &response, chosen, true);
        let color = if chosen { theme.accent } else { theme.text };
        picture(ui.painter(), rect, color);
    }
    response.on_hover_ui(|ui| tooltip(ui, label, "", ""))
}

/// A button with an icon and a word; filled with the accent where it is the one to press.
pub fn word_button(ui: &mut Ui, icon: Option<char>, label: &str, filled: bool) -> Response {
    worded(ui, icon, label, label, filled)
}

/// The same where several bear the same word: `name` tells them apart, to screen readers and at the pointer.
pub fn named_button(ui: &mut Ui, icon: Option<char>, word: &str, name: &str) -> Response {
    worded(ui, icon, word, name, false).on_hover_ui(|ui| tooltip(ui, name, "", ""))
}

fn worded(ui: &mut Ui, icon: Option<char>, word: &str, name: &str, filled: bool) -> Response {
    let theme = Theme::of(ui.ctx());
    let color = if filled { theme.on_accent } else { theme.text };
    let font = if filled {
        fonts::strong(size::TEXT)
    } else {
        fonts::plain(size::TEXT)
    };
    let word = ui.painter().layout_no_wrap(word.to_owned(), font, color);
    let icon_width = if icon.is_some() {
        size::ICON + space::XS
    } else {
        0.0
    };
    let wanted = Vec2::new(word.size().x + icon_width + 2.0 * space::M, size::TARGET);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    if ui.is_rect_visible(rect) || response.gained_focus() {
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
        // The ring has the accent's colour too: around a filled one it stands off.
        focus_ring(ui, rect.expand(if filled { 5.0 } else { 2.0 }), &response);
    }
    response
}
