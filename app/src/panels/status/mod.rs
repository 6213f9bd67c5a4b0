//! Bottom right: where the drawing is kept, and how it stands with the relay, in a line; behind that, one place that says all of it.

mod details;
mod words;

use std::time::Duration;

use drawbridge_engine::client::{Bar, Reason};
use egui::{Align, Align2, Color32, Context, Layout, Rect, Role, Sense, Vec2, WidgetInfo};

use super::{Asked, refusal, widgets};
use crate::command::{Command, find, keys_text};
use crate::fonts;
use crate::icons;
use crate::theme::{Theme, size, space};
pub use details::{Item, items, open};
pub use words::{pictures_words, refused_words, words};

/// How the board stands with its relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// The board is on this computer only.
    Alone,
    /// On the way to the relay.
    Connecting,
    /// Taking what others drew meanwhile; of 100.
    CatchingUp(u8),
    /// In step.
    Live,
    /// The relay can't be reached; tries go on. Why, where it was the relay that said so.
    Offline(Option<Reason>),
    /// The relay does not let us in, and why.
    Refused(Reason),
    /// There is no safe way to speak to the relay, and why.
    Insecure(String),
}

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusView {
    /// How the board stands with its relay.
    pub connection: Connection,
    /// Whether changes have been on their way to this computer's disk for longer than usual.
    pub saving: bool,
    /// Something is on its way to disk or relay since a moment only, or has just arrived.
    pub brief: bool,
    /// Own changes that the relay doesn't have yet.
    pub waiting: usize,
    /// Why the relay took some changes not at all, one for each.
    pub parked: Vec<Reason>,
    /// Why changes can't be saved on this computer, if they can't.
    pub unsaved: Option<String>,
    /// Why the relay takes no changes at present, if it doesn't.
    pub held_up: Option<Reason>,
    /// Why this person may not change the board, if they may not.
    pub bar: Option<Bar>,
    /// How pictures stand with disk and relay.
    pub pictures: PicturesView,
    /// Which relay it is, and since when it can't be reached.
    pub relay: RelayView,
}

/// The relay, and how it is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RelayView {
    /// What it is called: its address, or that it is inside this app.
    pub name: String,
    /// Since when it isn't reached, in words; empty while it is.
    pub since: String,
    /// In how long it is tried again by itself.
    pub next_try: Option<Duration>,
}

/// How pictures stand with disk and relay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PicturesView {
    /// Whether some are being read, to be put on the board.
    pub reading: bool,
    /// How many have to go to the relay, or come from it.
    pub waiting: usize,
    /// Whether some of them have to go there.
    pub sending: bool,
    /// How much of that is done, of 100.
    pub percent: u8,
    /// Why the relay doesn't take some, one for each.
    pub refused: Vec<Reason>,
}

/// How much a person should care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// All is as it should be.
    Good,
    /// It is under way.
    Quiet,
    /// Worth a look; nothing is lost.
    Care,
    /// Something has to be done.
    Wrong,
}

impl Tone {
    fn color(self, theme: &Theme) -> Color32 {
        match self {
            Self::Good => theme.good,
            Self::Quiet => theme.muted,
            Self::Care => theme.warning,
            Self::Wrong => theme.error,
        }
    }
}

/// Shows the panel; where a person can do something at once, with a button for it. Says where in the window it lies.
pub fn show(ctx: &Context, view: &StatusView, asked: &mut Asked) -> Rect {
    let corner = Vec2::new(-space::M, -space::M);
    let shown = widgets::bare(ctx, "Connection and saving", Align2::RIGHT_BOTTOM, corner, |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            if let Some(words) = refused_words(view) {
                line(ui, icons::WARNING, &words, Tone::Care, 0.0, asked);
            }
            if let Some(pictures) = pictures_words(view) {
                line(ui, icons::PICTURE, &pictures, Tone::Quiet, 0.0, asked);
            }
            let (icon, text, tone) = words(view);
            let line = line(ui, icon, &text, tone, size::MINIMAP_FOLD, asked);
            more(ui, line, asked);
            let acts = at_once(&view.connection);
            if !acts.is_empty() {
                ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                    for act in acts.into_iter().rev() {
                        action(ui, act, asked);
                    }
                });
            }
        });
    });
    details::show(ctx, view, shown.response.rect, asked);
    shown.response.rect
}

/// What can be done at once to be connected again.
fn at_once(connection: &Connection) -> Vec<Command> {
    match connection {
        Connection::Offline(_) => vec![Command::Reconnect],
        Connection::Refused(why) => {
            let act = refusal::words(why).act.filter(|act| *act != Command::Reconnect);
            act.into_iter().chain([Command::Reconnect]).collect()
        }
        // What to do about it, and another try, are there.
        Connection::Insecure(_) => vec![Command::ShowTrust],
        _ => Vec::new(),
    }
}

/// The button that shows all of it, at the end of a line.
fn more(ui: &mut egui::Ui, line: Rect, asked: &mut Asked) {
    let Some(entry) = find(&Command::ShowStatus) else {
        return;
    };
    let side = size::MINIMAP_FOLD;
    let at = Rect::from_center_size(
        egui::pos2(line.right() - side / 2.0, line.center().y),
        Vec2::splat(side),
    );
    let button = widgets::IconButton {
        side,
        ..widgets::IconButton::new(entry.icon, entry.label)
    };
    let response = ui
        .scope_builder(egui::UiBuilder::new().max_rect(at), |ui| button.show(ui))
        .inner;
    asked.extend(pressed(&response));
    let keys = keys_text(ui.ctx(), entry);
    response.on_hover_ui(|ui| widgets::tooltip(ui, entry.label, &keys, entry.hint));
}

/// What a press asks for. A click beside what is open closes that by itself.
fn pressed(response: &egui::Response) -> Option<Command> {
    let closes = details::is_open(&response.ctx) && response.clicked_by(egui::PointerButton::Primary);
    (response.clicked() && !closes).then_some(Command::ShowStatus)
}

fn action(ui: &mut egui::Ui, command: Command, asked: &mut Asked) {
    let Some(entry) = find(&command) else { return };
    if widgets::word_button(ui, None, entry.label, false).clicked() {
        asked.push(command);
    }
}

/// A line, which shows all of it when it is clicked. The keyboard has a button for that, for which `end` points are left free. Says
/// where the line is.
fn line(ui: &mut egui::Ui, icon: char, text: &str, tone: Tone, end: f32, asked: &mut Asked) -> Rect {
    let theme = Theme::of(ui.ctx());
    let color = if tone == Tone::Good {
        theme.muted
    } else {
        tone.color(theme)
    };
    let room = (ui.ctx().content_rect().width() * 0.45).max(240.0);
    let galley = ui
        .painter()
        .layout(text.to_owned(), fonts::plain(size::HINT), color, room);
    let ground = theme.board.gamma_multiply(0.9);
    let wanted = Vec2::new(
        galley.size().x + 20.0 + 2.0 * space::S + end,
        (galley.size().y + space::S).max(end),
    );
    let right = ui.available_width() - wanted.x;
    let mut rect = ui
        .allocate_space(Vec2::new(wanted.x.max(ui.available_width()), wanted.y))
        .1;
    if right > 0.0 {
        rect.min.x = rect.max.x - wanted.x;
    }
    let words = Rect::from_min_max(rect.min, egui::pos2(rect.max.x - end, rect.max.y));
    let response = ui.interact(words, ui.scope_id().with(text), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, text));
    ui.painter().rect_filled(rect, size::CONTROL_RADIUS, ground);
    let left = rect.left() + space::S;
    let at = egui::pos2(left + 7.0, rect.center().y);
    ui.painter().text(
        at,
        Align2::CENTER_CENTER,
        icon,
        fonts::icon(15.0),
        tone.color(theme),
    );
    let at = egui::pos2(left + 20.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, color);
    asked.extend(pressed(&response));
    response.on_hover_cursor(egui::CursorIcon::PointingHand);
    rect
}
