//! In the middle: find a command by some of its letters.

use egui::{
    Align2, Area, Context, Id, Key, Modal, Order, Response, Role, ScrollArea, Sense, TextEdit, Ui, Vec2,
    WidgetInfo,
};

use super::{Asked, widgets};
use crate::command::{self, Command, Entry, Now};
use crate::theme::{Theme, size, space};
use crate::{fonts, icons};

/// What is being looked for, and which of what was found is marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// The letters typed so far.
    pub query: String,
    /// The marked line, counted from the first.
    pub marked: usize,
}

/// Shows the palette. What is chosen closes it first.
pub fn show(ctx: &Context, sought: &mut Sought, now: &Now, asked: &mut Asked) {
    let theme = Theme::of(ctx);
    let id = Id::unique("palette");
    // It stays where it is while it finds more or less.
    let top = Vec2::new(0.0, (ctx.content_rect().height() * 0.16).min(140.0));
    let area = Area::new(id)
        .kind(egui::UiKind::Modal)
        .sense(Sense::hover())
        .order(Order::Foreground)
        .anchor(Align2::CENTER_TOP, top)
        .accessible_name("Command palette");
    let modal = Modal::new(id)
        .area(area)
        .backdrop_color(theme.veil)
        .frame(theme.floating().inner_margin(0))
        .show(ctx, |ui| {
            ui.set_width(size::PALETTE.min(ctx.content_rect().width() - 2.0 * space::XL));
            ui.spacing_mut().item_spacing.y = 0.0;
            contents(ui, sought, now)
        });
    if let Some(chosen) = modal.inner {
        asked.extend([Command::Cancel, chosen]);
    } else if modal.should_close() {
        asked.push(Command::Cancel);
    }
}

fn contents(ui: &mut Ui, sought: &mut Sought, now: &Now) -> Option<Command> {
    let before = sought.query.clone();
    // The arrows are the list's, not the field's.
    let (up, down, enter) = ui.input_mut(|input| {
        (
            input.count_and_consume_key(egui::Modifiers::NONE, Key::ArrowUp),
            input.count_and_consume_key(egui::Modifiers::NONE, Key::ArrowDown),
            input.key_pressed(Key::Enter),
        )
    });
    field(ui, sought);
    line(ui);
    if sought.query != before {
        sought.marked = 0;
    }
    let found = command::search(now, &sought.query);
    let last = found.len().saturating_sub(1);
    sought.marked = (sought.marked + down).saturating_sub(up).min(last);
    if found.is_empty() {
        nothing(ui);
        return None;
    }
    let moved = up + down > 0 || sought.query != before;
    let mut chosen = None;
    egui::Frame::new().inner_margin(6).show(ui, |ui| {
        let room = size::FOUND.min(ui.ctx().content_rect().height() * 0.55);
        ScrollArea::vertical()
            .max_height(room)
            .min_scrolled_height(room)
            .show(ui, |ui| {
                for (i, entry) in found.iter().enumerate() {
                    let marked = i == sought.marked;
                    let row = row(ui, entry, now, marked);
                    if marked && moved {
                        row.scroll_to_me(None);
                    }
                    if row.clicked() || (marked && enter) {
                        chosen = Some(entry.command.clone());
                    }
                }
            });
    });
    chosen
}

fn field(ui: &mut Ui, sought: &mut Sought) {
    let theme = Theme::of(ui.ctx());
    egui::Frame::new()
        .inner_margin(egui::Margin::symmetric(14, 8))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                let icon = egui::RichText::new(icons::SEARCH).font(fonts::icon(size::ICON));
                ui.label(icon.color(theme.muted));
                let field = TextEdit::singleline(&mut sought.query)
                    .hint_text("Find a command")
                    .font(fonts::plain(size::TITLE))
                    .frame(egui::Frame::new())
                    .margin(egui::Margin::ZERO)
                    .align(Align2::LEFT_CENTER)
                    .min_size(Vec2::new(0.0, size::SMALL))
                    .desired_width(f32::INFINITY);
                let field = ui.add(field).accessible_name("Find a command");
                if !field.has_focus() {
                    field.request_focus();
                }
            });
        });
}

fn line(ui: &mut Ui) {
    let theme = Theme::of(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 1.0), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, theme.line);
}

fn nothing(ui: &mut Ui) {
    let theme = Theme::of(ui.ctx());
    egui::Frame::new().inner_margin(space::L).show(ui, |ui| {
        ui.label(egui::RichText::new("No command has these letters").color(theme.muted));
    });
}

/// Icon, name, section, keys.
fn row(ui: &mut Ui, entry: &Entry, now: &Now, marked: bool) -> Response {
    let theme = Theme::of(ui.ctx());
    let (label, icon) = now.face(entry);
    let wanted = Vec2::new(ui.available_width(), size::TARGET);
    // The field keeps the focus.
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, marked, label));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let ground = match (marked, response.hovered()) {
        (true, _) => theme.chosen,
        (false, true) => theme.hover,
        (false, false) => egui::Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, size::CONTROL_RADIUS, ground);
    let painter = ui.painter();
    let middle = rect.center().y;
    let on = now.chosen(&entry.command) == Some(true);
    let (icon, tint) = if on {
        (icons::CHECK, theme.accent)
    } else if marked {
        (icon, theme.accent)
    } else {
        (icon, theme.muted)
    };
    let at = egui::pos2(rect.left() + space::S + size::MENU_ICON / 2.0, middle);
    painter.text(
        at,
        Align2::CENTER_CENTER,
        icon,
        fonts::icon(size::MENU_ICON),
        tint,
    );
    let at = egui::pos2(rect.left() + 2.0 * space::S + size::MENU_ICON, middle);
    let word = painter.text(
        at,
        Align2::LEFT_CENTER,
        label,
        fonts::plain(size::TEXT),
        theme.text,
    );
    let at = egui::pos2(word.right() + space::S, middle);
    let section = entry.section.label();
    painter.text(
        at,
        Align2::LEFT_CENTER,
        section,
        fonts::plain(size::HINT),
        theme.muted,
    );
    let keys = command::keys_text(ui.ctx(), entry);
    let at = egui::pos2(rect.right() - space::S, middle);
    painter.text(
        at,
        Align2::RIGHT_CENTER,
        keys,
        fonts::plain(size::HINT),
        theme.muted,
    );
    widgets::focus_ring(ui, rect, &response);
    response
}
