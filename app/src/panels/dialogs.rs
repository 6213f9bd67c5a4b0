//! The dialogs, and those of one field: join a board, give a relay its password, say where a file goes.

use drawbridge_protocol::Password;
use egui::{Align2, Context, Id, Modal, Role, ScrollArea, Ui, UiBuilder, Vec2, WidgetInfo};

use super::nearby::{self, NearbyView};
use super::{Asked, widgets};
use crate::command::Command;
use crate::icons;
use crate::theme::{Theme, size, space};

/// The width of what is in the dialogs for sharing and joining, in points.
pub(super) const WIDTH: f32 = size::DIALOG - 2.0 * space::XL;

/// Which dialog is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// Share this board.
    Share,
    /// Join another.
    Join,
    /// Asked before a board that is kept here moves to the relay of somebody nearby.
    Elsewhere,
    /// Type the relay's password.
    Password,
    /// Hand the board over to another relay.
    HandOver,
    /// See the relays that were used before.
    Relays,
    /// Asked before the app quits while others draw through it.
    Quit,
    /// Find a command.
    Palette,
    /// See which keys there are.
    Shortcuts,
    /// Export the board as a file.
    Export,
    /// Say where a file goes, where the system has no dialog for that.
    SaveAs,
    /// See what isn't as it was in another program's drawing.
    Imported,
    /// See whom this app trusts when it connects, and what stands against that.
    Trust,
}

/// Shows the dialog for joining, with what was typed so far, what is wrong with it, and the boards nearby.
pub fn join(
    ctx: &Context,
    draft: &mut String,
    problem: Option<&str>,
    nearby: Option<&NearbyView>,
    asked: &mut Asked,
) {
    dialog(ctx, "Join a board", WIDTH, asked, |ui, asked| {
        let label = muted(ui, "Paste the link that somebody sent you");
        let field = egui::TextEdit::singleline(draft)
            .hint_text("drawbridge://… or https://…")
            .desired_width(WIDTH);
        let field = ui.add(field).labelled_by(label.id);
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let first = ui.memory(|memory| memory.focused().is_none());
        if first {
            field.request_focus();
        }
        if let Some(problem) = problem {
            alert(ui, &format!("That can't be joined: {problem}"));
        }
        ui.add_space(space::S);
        if widgets::word_button(ui, Some(icons::LINK), "Join", true).clicked() || enter {
            asked.push(Command::Join(draft.clone()));
        }
        if let Some(nearby) = nearby {
            nearby::list(ui, nearby, asked);
        }
    });
}

/// Shows the dialog in which a relay's password is typed. `again`: one was given, and it isn't that.
pub fn password(ctx: &Context, relay: &str, draft: &mut String, again: bool, asked: &mut Asked) {
    dialog(ctx, "The relay's password", WIDTH, asked, |ui, asked| {
        let words = format!(
            "{relay} asks for a password. Ask whoever runs it. It is kept on this computer, for this relay only."
        );
        let label = muted(ui, &words);
        let field = egui::TextEdit::singleline(draft)
            .password(true)
            .desired_width(WIDTH);
        let field = ui.add(field).labelled_by(label.id);
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if ui.memory(|memory| memory.focused().is_none()) {
            field.request_focus();
        }
        if again {
            alert(ui, "The relay doesn't take the password that was given.");
        }
        ui.add_space(space::S);
        let give = widgets::word_button(ui, Some(icons::LOCK), "Give it", true).clicked();
        if (give || enter) && !draft.is_empty() {
            asked.push(Command::GivePassword(Password::new(std::mem::take(draft))));
        }
    });
}

/// Shows the dialog in which one says where a file goes, with what is typed so far and what is wrong with it.
pub fn save_as(ctx: &Context, draft: &mut String, problem: Option<&str>, asked: &mut Asked) {
    dialog(ctx, "Save as", WIDTH, asked, |ui, asked| {
        let words = "This computer has no dialog to choose files (xdg-desktop-portal or zenity). Type the folder and the name of the file.";
        let label = muted(ui, words);
        let field = egui::TextEdit::singleline(draft).desired_width(WIDTH);
        let field = ui.add(field).labelled_by(label.id);
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if ui.memory(|memory| memory.focused().is_none()) {
            field.request_focus();
        }
        if let Some(problem) = problem {
            alert(ui, problem);
        }
        ui.add_space(space::S);
        if widgets::word_button(ui, Some(icons::EXPORT), "Save", true).clicked() || enter {
            asked.push(Command::SaveAt(draft.clone()));
        }
    });
}

/// How far below the window's top a dialog begins at most, in points.
const TOP: f32 = 64.0;

/// A window with a title and a button that closes it. Its top stays where it is whatever comes into it, so that nothing leaps from under
/// the pointer. `width`: of its contents, in points.
pub(super) fn dialog(
    ctx: &Context,
    title: &str,
    width: f32,
    asked: &mut Asked,
    contents: impl FnOnce(&mut Ui, &mut Asked),
) {
    let theme = Theme::of(ctx);
    let id = Id::unique(("dialog", title));
    let top = Vec2::new(0.0, TOP.min(ctx.content_rect().height() * 0.1));
    let modal = Modal::new(id)
        .area(Modal::default_area(id).anchor(Align2::CENTER_TOP, top))
        .backdrop_color(theme.veil)
        .frame(theme.floating().inner_margin(space::XL))
        .show(ctx, |ui| {
            ui.set_width(width.min(ctx.content_rect().width() - 4.0 * space::XL));
            ui.horizontal(|ui| {
                ui.heading(title);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let close = widgets::IconButton::new(icons::CLOSE, "Close");
                    if close.show(ui).clicked() {
                        asked.push(Command::Cancel);
                    }
                });
            });
            contents(ui, asked);
        });
    // It is placed by the size it had in the last pass: when that has changed, the pass is done again.
    let size = modal.response.rect.size();
    let id = modal.response.id.with("size");
    let before = ctx.data_mut(|data| std::mem::replace(data.get_temp_mut_or(id, size), size));
    if before != size {
        ctx.request_discard("a dialog's size has changed");
    }
    if modal.should_close() {
        asked.push(Command::Cancel);
    }
}

/// Contents of a dialog that scroll where they are higher than `room` points. The bar lies beside them, in the dialog's margin.
pub(super) fn scrolling(ui: &mut Ui, room: f32, contents: impl FnOnce(&mut Ui)) {
    let width = ui.available_width();
    let mut place = ui.available_rect_before_wrap();
    place.max.x += space::M;
    let mut wider = ui.new_child(UiBuilder::new().max_rect(place));
    ScrollArea::vertical()
        .auto_shrink([false, true])
        .max_height(room)
        .min_scrolled_height(room)
        .show(&mut wider, |ui| {
            ui.set_width(width);
            contents(ui);
        });
    let used = wider.min_rect().with_max_x(place.min.x + width);
    ui.advance_cursor_after_rect(used);
}

pub(super) fn alert(ui: &mut Ui, words: &str) {
    let theme = Theme::of(ui.ctx());
    let line = ui.add(egui::Label::new(egui::RichText::new(words).color(theme.error)).wrap());
    line.widget_info(|| WidgetInfo::labeled(Role::Alert, true, words));
}

pub(super) fn muted(ui: &mut Ui, words: &str) -> egui::Response {
    let theme = Theme::of(ui.ctx());
    ui.add(egui::Label::new(egui::RichText::new(words).color(theme.muted)).wrap())
}
