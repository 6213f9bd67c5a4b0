//! The lines of menus.

use egui::containers::menu::SubMenu;
use egui::{Align2, Response, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo};

use super::{hairline, paint_ground};
use crate::command::{self, Command, Now};
use crate::panels::Asked;
use crate::theme::{Theme, size, space};
use crate::{fonts, icons};

/// A line of a menu.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// From [`crate::icons`].
    pub icon: Option<char>,
    /// Its words.
    pub label: &'a str,
    /// Its keys; may be empty.
    pub keys: &'a str,
    /// Whether it is on; `None` where it can't be.
    pub chosen: Option<bool>,
    /// Whether it can be chosen now.
    pub enabled: bool,
    /// Whether it leads to further lines.
    pub leads_on: bool,
}

impl<'a> Item<'a> {
    /// One that can be chosen.
    #[must_use]
    pub fn new(icon: Option<char>, label: &'a str) -> Self {
        Self {
            icon,
            label,
            keys: "",
            chosen: None,
            enabled: true,
            leads_on: false,
        }
    }

    /// Shows it, and says whether it was chosen.
    pub fn show(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui.ctx());
        let width = ui.available_width();
        let sense = if self.enabled {
            Sense::click()
        } else {
            Sense::hover()
        };
        let (rect, response) = ui.allocate_exact_size(Vec2::new(width, size::MENU_LINE), sense);
        response.widget_info(|| match self.chosen {
            Some(chosen) => WidgetInfo::selected(Role::MenuItem, self.enabled, chosen, self.label),
            None => WidgetInfo::labeled(Role::MenuItem, self.enabled, self.label),
        });
        if !ui.is_rect_visible(rect) && !response.gained_focus() {
            return response;
        }
        paint_ground(ui, rect, &response, false, self.enabled);
        let (text, quiet) = if self.enabled {
            (theme.text, theme.muted)
        } else {
            (theme.disabled, theme.disabled)
        };
        let icon = |icon: char, x: f32, color| {
            let at = egui::pos2(x, rect.center().y);
            let font = fonts::icon(size::MENU_ICON);
            ui.painter().text(at, Align2::CENTER_CENTER, icon, font, color);
        };
        let first = rect.left() + space::S + size::MENU_ICON / 2.0;
        if self.chosen == Some(true) {
            icon(icons::CHECK, first, theme.accent);
        } else if let Some(char) = self.icon {
            icon(char, first, quiet);
        }
        let left = rect.left() + space::S + size::MENU_ICON + space::S;
        let mut right = rect.right() - space::S;
        if self.leads_on {
            icon(icons::INTO, right - 6.0, quiet);
            right -= size::MENU_ICON;
        }
        let keys = ui
            .painter()
            .layout_no_wrap(self.keys.to_owned(), fonts::plain(size::HINT), quiet);
        let mut job =
            egui::text::LayoutJob::simple_singleline(self.label.to_owned(), fonts::plain(size::TEXT), text);
        job.wrap = egui::text::TextWrapping::truncate_at_width(right - left - keys.size().x - space::S);
        let word = ui.painter().layout_job(job);
        let middle = |height: f32| rect.center().y - height / 2.0;
        ui.painter()
            .galley(egui::pos2(left, middle(word.size().y)), word, text);
        let at = egui::pos2(right - keys.size().x, middle(keys.size().y));
        ui.painter().galley(at, keys, quiet);
        response
    }
}

/// The line of a command of the table.
pub fn command_item(ui: &mut Ui, command: &Command, now: &Now, asked: &mut Asked) {
    let Some(entry) = command::find(command) else {
        return;
    };
    let keys = command::keys_text(ui.ctx(), entry);
    let (label, icon) = now.face(entry);
    let item = Item {
        keys: &keys,
        chosen: now.chosen(command),
        enabled: now.allows(command),
        ..Item::new(Some(icon), label)
    };
    if item.show(ui).clicked() {
        asked.push(command.clone());
    }
}

/// The lines of several commands, in groups.
pub fn command_items(ui: &mut Ui, groups: &[&[Command]], now: &Now, asked: &mut Asked) {
    for (i, group) in groups.iter().enumerate() {
        if i > 0 {
            hairline(ui);
        }
        for command in *group {
            command_item(ui, command, now, asked);
        }
    }
}

/// A line that leads to further ones.
pub fn submenu(ui: &mut Ui, icon: char, label: &str, contents: impl FnOnce(&mut Ui)) {
    let item = Item {
        leads_on: true,
        ..Item::new(Some(icon), label)
    };
    let line = item.show(ui);
    SubMenu::new().show(ui, &line, |ui| lines(ui, contents));
}

/// Sets a menu's width and its lines close together, and lets them scroll where the window is too low for all of them.
pub fn lines(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let room = ui.ctx().content_rect().height() - 2.0 * space::XL;
    ui.set_width(size::MENU);
    ScrollArea::vertical()
        .max_height(room)
        .min_scrolled_height(room)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            contents(ui);
        });
}
