//! The dialog for sharing: how the board is shared, and what this person may do with it. Whoever owns it finds its links here.

use egui::{Context, Ui};

use super::dialogs::{WIDTH, alert, dialog, muted, scrolling};
use super::links::{ChangedLink, Give, LinkView, NewLink, Rows};
use super::relays::RelayView;
use super::{Asked, handover, refusal, widgets};
use crate::command::{Command, find};
use crate::icons;
use crate::theme::{Theme, size, space};
use drawbridge_engine::client::Reason;
use drawbridge_protocol::{KeyHash, Link, Role};

/// Room for the button that copies, so that the field beside it fills the row.
const COPY_WIDTH: f32 = 106.0;

/// An address by which the board is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Host and port.
    pub relay: String,
    /// Who can reach it, in words.
    pub who: String,
}

/// How the board is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShareView {
    /// It is on this computer only.
    Off,
    /// The relay inside the app is starting.
    Starting,
    /// The relay inside the app serves it, at these addresses.
    Hosting(Vec<Place>),
    /// It lives on somebody else's relay.
    Joined(Place),
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
    /// For everybody else, the link that they can pass on, unless that is over.
    pub given: Option<Link>,
    /// Whether people nearby find the board while it is hosted here; `None` where nobody is met at all.
    pub found: Option<bool>,
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
    /// Relays that were used before, the latest first, with how they were found.
    pub relays: Vec<RelayView>,
    /// A link that is being given another name or end.
    pub changing: Option<ChangedLink>,
    /// The link whose QR code is shown.
    pub code: Option<KeyHash>,
    /// A link that is being made, by what it lets people do, and what is to be done with it then.
    pub wanted: Option<(Role, Give)>,
    /// To which of the addresses links lead, by its number.
    pub place: usize,
}

impl ShareDraft {
    /// Gives up what is being made, changed or ended.
    pub(super) fn leave(&mut self) {
        self.making = None;
        self.ending = None;
        self.changing = None;
    }
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
        ShareView::Hosting(places) => {
            let place = places.get(draft.place).or(places.first());
            let rows = Rows {
                access,
                relay: place.map(|place| place.relay.as_str()),
                copied,
            };
            give(ui, &rows, draft, asked);
            reach(ui, places, draft);
            who(ui, &rows, draft, asked);
            if let (Some(found), Some(entry)) = (access.found, find(&Command::BeFound)) {
                let mut found = found;
                let check =
                    widgets::checkbox(ui, &mut found, "People nearby find it, and ask you to be let in");
                if check.on_hover_text(entry.hint).changed() {
                    asked.push(Command::BeFound);
                }
            }
            ui.add_space(space::S);
            ui.horizontal_wrapped(|ui| {
                if widgets::word_button(ui, None, "Stop sharing", false).clicked() {
                    asked.push(Command::StopSharing);
                }
                let hand_over = widgets::word_button(ui, None, "Hand over to a relay…", false);
                if hand_over.clicked() {
                    asked.push(Command::ShowHandOver);
                }
                hand_over.on_hover_text("Then this app need not stay open; all links go on working");
            });
        }
        ShareView::Joined(place) => {
            let rows = Rows {
                access,
                relay: None,
                copied,
            };
            give(ui, &rows, draft, asked);
            ui.add_space(space::S);
            muted(ui, &place.who);
            refused(ui, access, asked);
            who(ui, &rows, draft, asked);
            ui.add_space(space::S);
            let leave = widgets::word_button(ui, None, "Leave the relay", false);
            if leave.clicked() {
                asked.push(Command::StopSharing);
            }
            leave.on_hover_text("The board stays on this computer; what others draw no longer comes");
        }
    };
    dialog(ctx, "Share this board", WIDTH, asked, |ui, asked| {
        scrolling(ui, room, |ui| contents(ui, asked));
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

/// The links to give away: an owner's two choices, everybody else's one.
fn give(ui: &mut Ui, rows: &Rows<'_>, draft: &mut ShareDraft, asked: &mut Asked) {
    match (rows.access.mine, &rows.access.given) {
        (Mine::Owner, _) => rows.choices(ui, draft, asked),
        (mine, Some(link)) => {
            ui.add_space(space::S);
            rows.one(ui, link, mine, draft, asked);
        }
        (_, None) => {}
    }
}

/// Who can reach the app, and by which of this computer's addresses.
fn reach(ui: &mut Ui, places: &[Place], draft: &mut ShareDraft) {
    ui.add_space(space::S);
    widgets::section(ui, "Who can reach it, as long as this app is open");
    if let [only] = places {
        muted(ui, &format!("{}: it is on no network at present.", only.who));
        return;
    }
    let chosen = draft.place.min(places.len().saturating_sub(1));
    for (number, place) in places.iter().enumerate() {
        if widgets::radio(ui, number == chosen, &place.who).clicked() {
            draft.place = number;
        }
    }
}

/// What this person may do; for an owner, the other links and the lock.
fn who(ui: &mut Ui, rows: &Rows<'_>, draft: &mut ShareDraft, asked: &mut Asked) {
    let access = rows.access;
    ui.add_space(space::S);
    let words = match (access.mine, access.locked) {
        (Mine::Owner, _) => {
            widgets::hairline(ui);
            rows.others(ui, draft, asked);
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
    handover::offer(ui, &draft.relays, &mut draft.address);
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
