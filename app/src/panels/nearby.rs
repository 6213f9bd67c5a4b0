//! Boards nearby: the list of them in the dialog for joining, and the question that is asked when somebody knocks.

use std::net::IpAddr;

use egui::{Align, Align2, Context, Layout, RichText, Role, ScrollArea, Ui, Vec2, WidgetInfo};

use super::dialogs::muted;
use super::{Asked, widgets};
use crate::command::{Command, find};
use crate::nearby::State;
use crate::reach;
use crate::theme::{Theme, size, space};
use crate::words::capital;
use crate::{fonts, icons};

/// How high the list grows, in points.
const LIST: f32 = 220.0;
/// How wide the question is at most, in points.
const QUESTION: f32 = 420.0;

/// How somebody who knocks is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Let {
    /// They may come in and draw.
    Draw,
    /// They may come in and look.
    Look,
    /// They may not come in.
    No,
}

/// A board that somebody nearby hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearbyBoard {
    /// What tells it from others.
    pub name: String,
    /// Its title; may be empty.
    pub title: String,
    /// Who hosts it; may be empty.
    pub by: String,
    /// Whether it is the one that is open here.
    pub here: bool,
}

impl NearbyBoard {
    fn title(&self) -> &str {
        match self.title.as_str() {
            "" => "Untitled board",
            title => title,
        }
    }
}

/// What the list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearbyView {
    /// Whether this app looks for boards.
    pub look: bool,
    /// Whether others find the board that is hosted here.
    pub found: bool,
    /// What was found.
    pub boards: Vec<NearbyBoard>,
    /// Whose board this person knocks at, and how far that is.
    pub knock: Option<(String, State)>,
}

/// Who knocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What they call themselves; may be empty.
    pub name: String,
    /// Where they knock from.
    pub from: IpAddr,
    /// The board's title; may be empty.
    pub title: String,
    /// Whether they can be let in to look only.
    pub look: bool,
}

/// Shows the list, and what can be turned off.
pub(super) fn list(ui: &mut Ui, view: &NearbyView, asked: &mut Asked) {
    widgets::hairline(ui);
    widgets::section(ui, "Boards nearby");
    if view.look {
        match view.boards.as_slice() {
            [] => {
                ui.horizontal(|ui| {
                    ui.add(egui::Spinner::new().size(size::ICON));
                    muted(
                        ui,
                        "Nobody on this network shares a board, as far as this app hears.",
                    );
                });
            }
            boards => {
                ScrollArea::vertical()
                    .id_salt("nearby")
                    .max_height(LIST)
                    .show(ui, |ui| {
                        for board in boards {
                            row(ui, board, view.knock.is_some(), asked);
                        }
                    });
            }
        }
    }
    if let Some((who, state)) = &view.knock {
        knock(ui, who, state, asked);
    }
    ui.add_space(space::XS);
    for (command, on) in [(Command::LookNearby, view.look), (Command::BeFound, view.found)] {
        if let Some(entry) = find(&command) {
            let mut on = on;
            if widgets::checkbox(ui, &mut on, entry.label)
                .on_hover_text(entry.hint)
                .changed()
            {
                asked.push(command);
            }
        }
    }
}

fn row(ui: &mut Ui, board: &NearbyBoard, knocks: bool, asked: &mut Asked) {
    let theme = Theme::of(ui.ctx());
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if board.here {
                muted(ui, "Open here");
            } else {
                ui.add_enabled_ui(!knocks, |ui| {
                    let name = match board.by.as_str() {
                        "" => format!("Ask to join “{}”", board.title()),
                        by => format!("Ask {by} to join “{}”", board.title()),
                    };
                    let ask = widgets::named_button(ui, None, "Ask to join", &name);
                    if ask.clicked() && !knocks {
                        asked.push(Command::KnockAt(board.name.clone()));
                    }
                });
            }
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let title = RichText::new(board.title()).font(fonts::strong(size::TEXT));
                ui.add(egui::Label::new(title).truncate());
                if !board.by.is_empty() {
                    let by = RichText::new(format!("by {}", board.by))
                        .size(size::HINT)
                        .color(theme.muted);
                    ui.add(egui::Label::new(by).truncate());
                }
            });
        });
    });
}

/// How far one's own knock is.
fn knock(ui: &mut Ui, who: &str, state: &State, asked: &mut Asked) {
    let who = if who.is_empty() { "whoever shares it" } else { who };
    let (words, waits) = match state {
        State::Reaching | State::Welcome(_) => (format!("Asking {who}…"), true),
        State::Waiting(ms) => (
            format!(
                "Asking {who}… The question stands for {} more seconds.",
                ms.div_ceil(1000)
            ),
            true,
        ),
        State::Declined => (
            format!("{} would rather not just now. Ask them for a link.", capital(who)),
            false,
        ),
        State::Over => (
            format!(
                "{} hasn't answered. Try again later, or ask them for a link.",
                capital(who)
            ),
            false,
        ),
        State::Crowded => (
            "Too many people knock there just now. Try again in a minute.".to_owned(),
            false,
        ),
        State::Gone => (
            "It isn't shared with people nearby any more. Ask for a link.".to_owned(),
            false,
        ),
        State::Unreachable => (
            "It can't be reached. Perhaps a firewall is in between; ask for a link.".to_owned(),
            false,
        ),
    };
    ui.horizontal(|ui| {
        if waits {
            ui.add(egui::Spinner::new().size(size::ICON));
        }
        let word = if waits { "Don't ask" } else { "OK" };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::word_button(ui, None, word, false).clicked() {
                asked.push(Command::StopKnocking);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let label = ui.add(egui::Label::new(&words).wrap());
                label.widget_info(|| WidgetInfo::labeled(Role::Status, true, &words));
            });
        });
    });
}

/// Asks whether somebody may come in. Top centre, below the tools; it takes the keyboard from nobody.
pub fn question(ctx: &Context, question: &Question, asked: &mut Asked) {
    let edge = Vec2::new(0.0, 2.0 * space::M + size::TARGET + 3.0 * space::M);
    widgets::floating(ctx, "Somebody knocks", Align2::CENTER_TOP, edge, |ui| {
        ui.set_max_width(QUESTION);
        let theme = Theme::of(ui.ctx());
        egui::Frame::new().inner_margin(space::S).show(ui, |ui| {
            let name = if question.name.is_empty() {
                "Somebody nearby"
            } else {
                &question.name
            };
            let board = if question.title.is_empty() {
                "this board"
            } else {
                &question.title
            };
            let words = match question.title.as_str() {
                "" => format!("{name} would like to join {board}"),
                _ => format!("{name} would like to join “{board}”"),
            };
            let label =
                ui.add(egui::Label::new(RichText::new(&words).font(fonts::strong(size::TEXT))).wrap());
            label.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &words));
            let from = format!(
                "From {}. Nobody has checked the name",
                reach::nearby(question.from)
            );
            ui.add(egui::Label::new(RichText::new(from).size(size::HINT).color(theme.muted)).wrap());
            ui.add_space(space::XS);
            ui.horizontal(|ui| {
                let mut button = |ui: &mut Ui, answer, icon, filled| {
                    let command = Command::AnswerKnock(answer);
                    if let Some(entry) = find(&command)
                        && widgets::word_button(ui, icon, entry.label, filled).clicked()
                    {
                        asked.push(command);
                    }
                };
                button(ui, Let::Draw, Some(icons::PEN), true);
                if question.look {
                    button(ui, Let::Look, Some(icons::VIEW), false);
                }
                button(ui, Let::No, None, false);
            });
        });
    });
}
