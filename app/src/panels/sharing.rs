//! The dialog for sharing: how the board is shared, and what this person may do with it. Whoever owns it finds its links here.

use egui::{Context, ScrollArea, Ui};

use super::dialogs::{WIDTH, alert, dialog, muted};
use super::links::{self, LinkView, NewLink};
use super::{Asked, refusal, widgets};
use crate::command::{Command, find};
use crate::icons;
use crate::theme::{Theme, size, space};
use drawbridge_engine::client::Reason;
use drawbridge_protocol::KeyHash;

/// Room for the button that copies, so that the field beside it fills the row.
const COPY_WIDTH: f32 = 106.0;

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
    /// It lives on somebody else's relay; the link to give to others, unless that is over.
    Joined(Option<ShareLink>),
    /// The relay inside the app could not start, and why.
    Failed(String),
}

/// What this person may do on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mine {
    /// They own it.
    Owner,
    /// They draw on it.
    Editor,
    /// They look at it.
    Viewer,
    /// All who have its link draw on it, and nobody owns it.
    Unowned,
}

/// Who may do what.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessView {
    /// This person.
    pub mine: Mine,
    /// Whether only owners may change the board.
    pub locked: bool,
    /// The ways in, for an owner.
    pub links: Vec<LinkView>,
    /// Whether the relay can be asked for something now.
    pub live: bool,
    /// Why it didn't do what was asked for last, if it didn't.
    pub problem: Option<Reason>,
    /// Why the relay doesn't let this person in, if it doesn't.
    pub refused: Option<Reason>,
}

/// What is being typed and chosen in the dialog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShareDraft {
    /// The address of a relay as far as it is typed.
    pub address: String,
    /// What was wrong with it when it was tried.
    pub problem: Option<String>,
    /// A link that is about to be made.
    pub making: Option<NewLink>,
    /// A link that is about to be ended.
    pub ending: Option<KeyHash>,
}

/// Shows the dialog for sharing. `copied` is the link that was copied last.
pub fn share(
    ctx: &Context,
    view: &ShareView,
    access: &AccessView,
    draft: &mut ShareDraft,
    copied: Option<&str>,
    asked: &mut Asked,
) {
    // In a low window it scrolls.
    let room = ctx.content_rect().height() - 6.0 * space::XL - size::TARGET;
    let mut contents = |ui: &mut Ui, asked: &mut Asked| match view {
        ShareView::Off => {
            muted(
                ui,
                "Start sharing to get a link. Whoever has the link can draw with you, as long as this app is open. \
                       Your drawing stays on this computer too.",
            );
            start(ui, "Start sharing", asked);
            through_relay(ui, draft, asked);
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
            through_relay(ui, draft, asked);
        }
        ShareView::Hosting(links) => {
            let words = match access.mine {
                Mine::Owner => "Whoever has a link comes in, as long as this app is open.",
                _ => "Whoever has a link can draw with you, as long as this app is open.",
            };
            muted(ui, words);
            for (i, link) in links.iter().enumerate() {
                link_row(ui, link, copied == Some(link.link.as_str()), i == 0, asked);
            }
            who(ui, access, draft, copied, asked);
            ui.add_space(space::S);
            if widgets::word_button(ui, None, "Stop sharing", false).clicked() {
                asked.push(Command::StopSharing);
            }
        }
        ShareView::Joined(link) => {
            muted(ui, "This board lives on a relay. Whoever has the link comes in.");
            if let Some(link) = link {
                link_row(ui, link, copied == Some(link.link.as_str()), true, asked);
            }
            refused(ui, access, asked);
            who(ui, access, draft, copied, asked);
            ui.add_space(space::S);
            let leave = widgets::word_button(ui, None, "Leave the relay", false);
            if leave.clicked() {
                asked.push(Command::StopSharing);
            }
            leave.on_hover_text("The board stays on this computer; what others draw no longer comes");
        }
    };
    dialog(ctx, "Share this board", WIDTH, asked, |ui, asked| {
        ScrollArea::vertical()
            .max_height(room)
            .min_scrolled_height(room)
            .show(ui, |ui| contents(ui, asked));
    });
}

/// Why the relay lets nobody in, with what there is to do.
fn refused(ui: &mut Ui, access: &AccessView, asked: &mut Asked) {
    let Some(why) = &access.refused else { return };
    let words = refusal::words(why);
    ui.add_space(space::S);
    alert(ui, &format!("Not connected: {}. {}", words.what, words.then));
    // The others lead to this dialog, or to something beside it.
    let act = words.act.filter(|act| *act == Command::ShowPassword);
    if let Some(entry) = act.as_ref().and_then(find)
        && widgets::word_button(ui, Some(entry.icon), entry.label, true).clicked()
    {
        asked.push(entry.command.clone());
    }
}

/// What this person may do; for an owner, the links and the lock.
fn who(ui: &mut Ui, access: &AccessView, draft: &mut ShareDraft, copied: Option<&str>, asked: &mut Asked) {
    ui.add_space(space::S);
    let words = match (access.mine, access.locked) {
        (Mine::Owner, _) => {
            links::show(ui, access, draft, copied, asked);
            if let Some(problem) = &access.problem {
                let words = refusal::words(problem);
                alert(ui, &format!("That wasn't done: {}. {}", words.what, words.then));
            }
            return;
        }
        (Mine::Viewer, _) => {
            "You can look at this board, point at things on it and copy from it. To draw on it, ask whoever sent you the \
             link for another one."
        }
        (_, true) => "The board is locked: for now only its owner can change it.",
        (Mine::Editor, false) => {
            "You can draw on this board. Whoever owns it says who else may come in, and what they may do."
        }
        (Mine::Unowned, false) => {
            "Nobody owns this board: whoever has the link can draw on it, and that link can't be ended. For a board of your \
             own, copy what is on it to a new one."
        }
    };
    muted(ui, words);
}

/// The other way: a relay that somebody runs, which stays up when this app is closed.
fn through_relay(ui: &mut Ui, draft: &mut ShareDraft, asked: &mut Asked) {
    ui.add_space(space::L);
    let label = muted(ui, "Or share it through a relay that stays up:");
    ui.horizontal(|ui| {
        let room = ui.available_width() - COPY_WIDTH - space::S;
        let field = egui::TextEdit::singleline(&mut draft.address)
            .hint_text("relay.example:7411")
            .desired_width(room);
        let field = ui.add(field).labelled_by(label.id);
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if widgets::word_button(ui, None, "Share there", false).clicked() || enter {
            draft.problem = None;
            asked.push(Command::ShareThrough(draft.address.trim().to_owned()));
        }
    });
    if let Some(problem) = &draft.problem {
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
