//! The dialogs: share this board, join another.

use egui::{Context, Id, Modal, Role, Ui, WidgetInfo};

use super::{Asked, widgets};
use crate::command::Command;
use crate::icons;
use crate::theme::{Theme, size, space};

/// Room for the button that copies, so that the field beside it fills the row.
const COPY_WIDTH: f32 = 106.0;

/// The width of what is in the dialogs for sharing and joining, in points.
const WIDTH: f32 = size::DIALOG - 2.0 * space::XL;

/// Which dialog is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// Share this board.
    Share,
    /// Join another.
    Join,
    /// Find a command.
    Palette,
    /// See which keys there are.
    Shortcuts,
    /// See whom this app trusts when it connects, and what stands against that.
    Trust,
}

/// A link, and who can use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareLink {
    /// What is copied.
    pub link: String,
    /// Who can reach it, in words.
    pub reach: String,
}

/// How the board is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShareView {
    /// It is on this computer only.
    Off,
    /// The relay inside the app is starting.
    Starting,
    /// The relay inside the app serves it.
    Hosting(Vec<ShareLink>),
    /// It lives on somebody else's relay.
    Joined(ShareLink),
    /// The relay inside the app could not start, and why.
    Failed(String),
}

/// The address of a relay as it is being typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RelayDraft {
    /// The text so far.
    pub address: String,
    /// What was wrong with it when it was tried.
    pub problem: Option<String>,
}

/// Shows the dialog for sharing. `copied` is the link that was copied last.
pub fn share(
    ctx: &Context,
    view: &ShareView,
    relay: &mut RelayDraft,
    copied: Option<&str>,
    asked: &mut Asked,
) {
    dialog(ctx, "Share this board", WIDTH, asked, |ui, asked| match view {
        ShareView::Off => {
            muted(
                ui,
                "Start sharing to get a link. Whoever has the link can draw with you, as long as this app is open. \
                       Your drawing stays on this computer too.",
            );
            start(ui, "Start sharing", asked);
            through_relay(ui, relay, asked);
        }
        ShareView::Starting => {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label("Starting to share…");
            });
        }
        ShareView::Failed(why) => {
            let theme = Theme::of(ui.ctx());
            let text = format!(
                "Sharing could not start: {why}. Nothing is lost; your drawing is saved on this computer."
            );
            ui.label(egui::RichText::new(text).color(theme.error));
            start(ui, "Try again", asked);
            through_relay(ui, relay, asked);
        }
        ShareView::Hosting(links) => {
            muted(
                ui,
                "Whoever has a link can draw with you, as long as this app is open.",
            );
            for (i, link) in links.iter().enumerate() {
                link_row(ui, link, copied == Some(link.link.as_str()), i == 0, asked);
            }
            ui.add_space(space::S);
            if widgets::word_button(ui, None, "Stop sharing", false).clicked() {
                asked.push(Command::StopSharing);
            }
        }
        ShareView::Joined(link) => {
            muted(
                ui,
                "This board lives on a relay. Whoever has the link can draw with you.",
            );
            link_row(ui, link, copied == Some(link.link.as_str()), true, asked);
            ui.add_space(space::S);
            let leave = widgets::word_button(ui, None, "Leave the relay", false);
            if leave.clicked() {
                asked.push(Command::StopSharing);
            }
            leave.on_hover_text("The board stays on this computer; what others draw no longer comes");
        }
    });
}

/// The other way: a relay that somebody runs, which stays up when this app is closed.
fn through_relay(ui: &mut Ui, relay: &mut RelayDraft, asked: &mut Asked) {
    ui.add_space(space::L);
    let label = muted(ui, "Or share it through a relay that stays up:");
    ui.horizontal(|ui| {
        let room = ui.available_width() - COPY_WIDTH - space::S;
        let field = egui::TextEdit::singleline(&mut relay.address)
            .hint_text("relay.example:7411")
            .desired_width(room);
        let field = ui.add(field).labelled_by(label.id);
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if widgets::word_button(ui, None, "Share there", false).clicked() || enter {
            relay.problem = None;
            asked.push(Command::ShareThrough(relay.address.trim().to_owned()));
        }
    });
    if let Some(problem) = &relay.problem {
        alert(ui, &format!("That is no relay: {problem}"));
    }
}

fn start(ui: &mut Ui, words: &str, asked: &mut Asked) {
    ui.add_space(space::S);
    if widgets::word_button(ui, Some(icons::SHARE), words, true).clicked() {
        asked.push(Command::StartSharing);
    }
}

fn link_row(ui: &mut Ui, link: &ShareLink, copied: bool, first: bool, asked: &mut Asked) {
    ui.add_space(space::S);
    widgets::section(ui, &link.reach);
    ui.horizontal(|ui| {
        let (icon, word) = if copied {
            (icons::CHECK, "Copied")
        } else {
            (icons::COPY, "Copy link")
        };
        let room = ui.available_width() - COPY_WIDTH - space::S;
        let mut text = link.link.as_str();
        let field = egui::TextEdit::singleline(&mut text)
            .desired_width(room)
            .clip_text(true);
        ui.add(field).accessible_name(format!("Link for {}", link.reach));
        if widgets::word_button(ui, Some(icon), word, first && !copied).clicked() {
            asked.push(Command::CopyText(link.link.clone()));
        }
    });
}

/// Shows the dialog for joining, with what was typed so far and what is wrong with it.
pub fn join(ctx: &Context, draft: &mut String, problem: Option<&str>, asked: &mut Asked) {
    dialog(ctx, "Join a board", WIDTH, asked, |ui, asked| {
        let label = muted(ui, "Paste the link that somebody sent you");
        let field = egui::TextEdit::singleline(draft)
            .hint_text("drawbridge://…")
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
    });
}

/// A window in the middle with a title and a button that closes it. `width`: of its contents, in points.
pub(super) fn dialog(
    ctx: &Context,
    title: &str,
    width: f32,
    asked: &mut Asked,
    contents: impl FnOnce(&mut Ui, &mut Asked),
) {
    let theme = Theme::of(ctx);
    let modal = Modal::new(Id::unique(("dialog", title)))
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
    if modal.should_close() {
        asked.push(Command::Cancel);
    }
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
