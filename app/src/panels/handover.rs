//! The dialog in which a board is handed over from the relay inside this app to one that stays up.

use drawbridge_engine::client::Reason;
use drawbridge_protocol::{Code, Password};
use egui::{Context, TextEdit, Ui};

use super::dialogs::{WIDTH, alert, dialog, muted};
use super::relays::RelayView;
use super::{Asked, refusal, widgets};
use crate::command::Command;
use crate::icons;
use crate::theme::space;

/// How far it is. Addresses as they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandoverView {
    /// Nothing has begun.
    Ready,
    /// The other relay is being reached.
    Connecting(String),
    /// So much is not on the other relay yet.
    UnderWay {
        /// Where it goes.
        to: String,
        /// How many changes.
        cells: usize,
        /// How many pictures.
        images: usize,
    },
    /// Everybody is being sent there.
    Moving(String),
    /// The board lives there.
    Done(String),
    /// It stayed here: why.
    Failed(String, Reason),
}

/// What is being typed in the dialog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandoverDraft {
    /// The relay's address.
    pub address: String,
    /// What was wrong with it when it was tried.
    pub problem: Option<String>,
    /// The relay's password, where it asks for one.
    pub password: String,
}

/// Shows the dialog. `known`: relays that were used before, the latest first, with how they were found.
pub fn show(
    ctx: &Context,
    view: &HandoverView,
    known: &[RelayView],
    draft: &mut HandoverDraft,
    asked: &mut Asked,
) {
    dialog(
        ctx,
        "Hand over to a relay",
        WIDTH,
        asked,
        |ui, asked| match view {
            HandoverView::Ready => ready(ui, known, draft, None, asked),
            HandoverView::Failed(to, why) => ready(ui, known, draft, Some((to, why)), asked),
            HandoverView::Connecting(to) => under_way(ui, &format!("Reaching {to}…"), true, asked),
            HandoverView::UnderWay { to, cells, images } => {
                under_way(
                    ui,
                    &format!("Copying to {to}: {}…", left(*cells, *images)),
                    true,
                    asked,
                );
            }
            HandoverView::Moving(to) => under_way(ui, &format!("Leading everybody to {to}…"), false, asked),
            HandoverView::Done(to) => {
                muted(ui, &format!("This board lives on {to} now."));
            }
        },
    );
}

fn ready(
    ui: &mut Ui,
    known: &[RelayView],
    draft: &mut HandoverDraft,
    failed: Option<(&String, &Reason)>,
    asked: &mut Asked,
) {
    let label = muted(
        ui,
        "The relay takes over the board, with everything on it and all its links. Everybody draws on meanwhile, and this app \
         need not stay open any more. Its address:",
    );
    let field = TextEdit::singleline(&mut draft.address)
        .hint_text("relay.example:7411")
        .desired_width(WIDTH);
    let field = ui.add(field).labelled_by(label.id);
    let mut enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    if ui.memory(|memory| memory.focused().is_none()) {
        field.request_focus();
    }
    offer(ui, known, &mut draft.address);
    if let Some(problem) = &draft.problem {
        alert(ui, &format!("That can't be: {problem}"));
    }
    let mut asks = false;
    if let Some((to, why)) = failed {
        asks = why.code == Code::Password;
        let words = refusal::words(why);
        let text = format!(
            "It was not handed over to {to}: {}. The board stays where it was; nothing is lost.",
            words.what
        );
        alert(ui, &text);
    }
    if asks {
        let label = muted(
            ui,
            "The relay's password; whoever comes to the board may be asked for it too:",
        );
        let field = TextEdit::singleline(&mut draft.password)
            .password(true)
            .desired_width(WIDTH);
        let field = ui.add(field).labelled_by(label.id);
        enter |= field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    }
    ui.add_space(space::S);
    let pressed = widgets::word_button(ui, Some(icons::SENDING), "Hand over", true).clicked();
    if (pressed || enter) && !draft.address.trim().is_empty() {
        draft.problem = None;
        let password = std::mem::take(&mut draft.password);
        asked.push(Command::HandOver {
            address: draft.address.trim().to_owned(),
            password: (!password.is_empty()).then(|| Password::new(password)),
        });
    }
}

/// How many relays are offered beside a field.
const OFFERED: usize = 3;

/// Relays that were used before, with how they were found: one is typed by a click.
pub(super) fn offer(ui: &mut Ui, known: &[RelayView], address: &mut String) {
    if known.is_empty() {
        return;
    }
    ui.add_space(space::S);
    ui.horizontal_wrapped(|ui| {
        for relay in known.iter().take(OFFERED) {
            let text = relay.address.to_string();
            let (icon, found) = relay.found();
            let name = format!("Use {text}: {found}");
            if widgets::named_button(ui, Some(icon), &relay.address.relay, &name).clicked() {
                *address = text;
            }
        }
    });
}

fn under_way(ui: &mut Ui, words: &str, stops: bool, asked: &mut Asked) {
    ui.horizontal(|ui| {
        ui.spinner();
        ui.add(egui::Label::new(words).wrap());
    });
    ui.add_space(space::S);
    muted(
        ui,
        "Everybody draws on meanwhile. You can close this dialog; it goes on.",
    );
    if stops {
        ui.add_space(space::S);
        if widgets::word_button(ui, None, "Stop handing over", false).clicked() {
            asked.push(Command::StopHandingOver);
        }
    }
}

fn left(cells: usize, images: usize) -> String {
    let some = |n: usize, one: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {one}s"),
    };
    match (cells, images) {
        (0, 0) => "almost done".to_owned(),
        (cells, 0) => format!("{} to go", some(cells, "change")),
        (0, images) => format!("{} to go", some(images, "picture")),
        (cells, images) => format!("{} and {} to go", some(cells, "change"), some(images, "picture")),
    }
}
