//! The dialog with the relays that were used before: how each was found just now, and what can be done with it.

use drawbridge_engine::client::Health;
use drawbridge_protocol::RelayAddress;
use egui::{Align, Context, Layout, RichText, Ui};

use super::dialogs::{alert, dialog, muted, scrolling};
use super::{Asked, widgets};
use crate::command::Command;
use crate::theme::{Theme, size, space};
use crate::{fonts, icons};

/// The width of the contents, in points.
const WIDE: f32 = 480.0;

/// A relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayView {
    /// Where it is.
    pub address: RelayAddress,
    /// How it was found; `None` while that is being looked at.
    pub health: Option<Health>,
    /// Whether its password is kept here.
    pub password: bool,
    /// How many boards of this computer live there.
    pub boards: usize,
    /// Whether the board that is open does.
    pub here: bool,
}

impl RelayView {
    /// How it was found: an icon, and in a few words.
    pub(super) fn found(&self) -> (char, &'static str) {
        match &self.health {
            None => (icons::CONNECTING, "looking…"),
            Some(Health::Up) => (icons::LIVE, "reachable"),
            Some(Health::Away(_)) => (icons::OFFLINE, "out of reach"),
            Some(Health::Insecure(_)) => (icons::WARNING, "not safe to connect to"),
            Some(Health::Stranger) => (icons::WARNING, "no relay"),
        }
    }
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RelaysView {
    /// The latest first.
    pub relays: Vec<RelayView>,
    /// Whether the board that is open is on the relay inside this app, from which it can be handed over.
    pub hosting: bool,
}

/// Shows the dialog.
pub fn show(ctx: &Context, view: &RelaysView, asked: &mut Asked) {
    let room = ctx.content_rect().height() - 8.0 * space::XL - size::TARGET;
    dialog(ctx, "Relays", WIDE, asked, |ui, asked| {
        if view.relays.is_empty() {
            muted(
                ui,
                "Relays through which you share boards, or to which you hand them over, are remembered here.",
            );
            return;
        }
        scrolling(ui, room, |ui| {
            for relay in &view.relays {
                row(ui, relay, view.hosting, asked);
                ui.add_space(space::S);
            }
        });
        if widgets::word_button(ui, Some(icons::CONNECTING), "Look again", false).clicked() {
            asked.push(Command::LookAtRelays);
        }
    });
}

fn row(ui: &mut Ui, relay: &RelayView, hosting: bool, asked: &mut Asked) {
    let text = relay.address.to_string();
    ui.horizontal(|ui| {
        ui.label(RichText::new(relay.found().0).font(fonts::icon(size::MENU_ICON)));
        ui.add(
            egui::Label::new(RichText::new(&relay.address.relay).font(fonts::strong(size::TEXT))).truncate(),
        );
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let forget = format!("Forget {text}");
            if widgets::named_button(ui, None, "Forget", &forget).clicked() {
                asked.push(Command::ForgetRelay(relay.address.clone()));
            }
            if relay.here {
                ui.label("This board is here");
                return;
            }
            let (word, name) = if hosting {
                ("Hand over", format!("Hand this board over to {text}"))
            } else {
                ("Share there", format!("Share this board through {text}"))
            };
            if widgets::named_button(ui, None, word, &name).clicked() {
                asked.push(if hosting {
                    Command::HandOver {
                        address: text.clone(),
                        password: None,
                    }
                } else {
                    Command::ShareThrough(text.clone())
                });
            }
        });
    });
    muted(ui, &facts(relay));
    match &relay.health {
        Some(Health::Insecure(why)) => alert(ui, why),
        Some(Health::Stranger) => alert(ui, "Something answers there that is no relay."),
        Some(Health::Away(_) | Health::Up) | None => {}
    }
    let theme = Theme::of(ui.ctx());
    if let Some(Health::Away(why)) = &relay.health {
        ui.add(
            egui::Label::new(RichText::new(format!("Can't be reached now: {why}")).color(theme.muted)).wrap(),
        );
    }
}

/// What is known of it, in a line.
fn facts(relay: &RelayView) -> String {
    let (_, found) = relay.found();
    let tls = if relay.address.secure {
        "encrypted (TLS)"
    } else {
        "not encrypted"
    };
    let mut facts = format!("{}{} · {tls}", found[..1].to_uppercase(), &found[1..]);
    if relay.password {
        facts += " · asks for a password, which is kept here";
    }
    match relay.boards {
        0 => {}
        1 => facts += " · 1 board of yours",
        n => facts += &format!(" · {n} boards of yours"),
    }
    facts
}
