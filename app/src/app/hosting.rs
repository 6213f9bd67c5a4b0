//! What the app does as somebody's host: it asks before it quits while others draw through it, hands the board over to another
//! relay, and remembers relays.

use drawbridge_protocol::{Password, RelayAddress};
use egui::{Context, ViewportCommand};

use super::App;
use crate::panels::dialogs::Dialog;
use crate::panels::handover::HandoverDraft;
use crate::panels::message::Message;
use crate::panels::quitting::QuitView;
use crate::settings::RELAYS_MAX;

/// What the app knows as a host.
#[derive(Debug, Default)]
pub(super) struct Host {
    /// What is typed in the dialog for handing over.
    pub(super) draft: HandoverDraft,
    /// Whether somebody said that it shall quit whoever draws.
    quits: bool,
}

impl App {
    /// The window is asked to close: stays while others draw through this app, and asks.
    pub(super) fn look_after_quitting(&mut self, ctx: &Context) {
        let asked = ctx.input(|input| input.viewport().close_requested());
        if !asked {
            return;
        }
        // Said of this one close: something else may keep the window open still.
        if std::mem::take(&mut self.host.quits) || !self.quit_view().is_anybody_there() {
            return;
        }
        ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        // It may be hidden, and then nobody would see the question.
        ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
        ctx.send_viewport_cmd(ViewportCommand::Focus);
        if self.dialog != Some(Dialog::Quit) {
            self.dialog = Some(Dialog::Quit);
            ctx.request_repaint();
        }
    }

    /// Who would be left behind.
    pub(super) fn quit_view(&self) -> QuitView {
        let (here, elsewhere) = self.board.guests();
        let others = if here > 0 { self.board.others() } else { &[] };
        QuitView {
            names: others.iter().map(|person| person.name.clone()).collect(),
            here,
            elsewhere,
            can_hand_over: self.board.can_hand_over(),
        }
    }

    /// Quits whoever draws.
    pub(super) fn quit_anyway(&mut self, ctx: &Context) {
        self.host.quits = true;
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    /// Opens the dialog for handing over.
    pub(super) fn show_hand_over(&mut self) {
        let latest = self.settings.relays.first().map(RelayAddress::to_string);
        if !self.board.is_handing_over() {
            self.host.draft = HandoverDraft {
                address: latest.unwrap_or_default(),
                ..HandoverDraft::default()
            };
        }
        self.dialog = Some(Dialog::HandOver);
        self.board.look_at_relays(&self.settings.relays);
    }

    /// Begins to hand the board over.
    pub(super) fn hand_over(&mut self, ctx: &Context, address: &str, password: Option<Password>) {
        if self.dialog != Some(Dialog::HandOver) {
            self.show_hand_over();
        }
        address.clone_into(&mut self.host.draft.address);
        match self.board.hand_over(address, password.clone()) {
            Ok(to) => {
                if let Some(password) = password {
                    self.settings.passwords.insert(to.to_string(), password);
                    self.keep_settings(ctx);
                }
            }
            Err(problem) => self.host.draft.problem = Some(problem),
        }
    }

    /// Where a board has moved, says so and goes along.
    pub(super) fn hear_of_moves(&mut self, ctx: &Context) {
        let Some(to) = self.board.take_arrived() else {
            return;
        };
        self.say(
            ctx,
            Message::hint(format!(
                "This board lives on {} now; everybody is led there",
                to.relay
            )),
        );
        self.remember(ctx, to);
        if self.dialog == Some(Dialog::HandOver) {
            // It has the links that lead there.
            self.dialog = Some(Dialog::Share);
        }
    }

    /// A relay was used: it comes first in the list.
    pub(super) fn remember(&mut self, ctx: &Context, relay: RelayAddress) {
        let relays = &mut self.settings.relays;
        if relays.first() == Some(&relay) {
            return;
        }
        relays.retain(|known| *known != relay);
        relays.insert(0, relay);
        relays.truncate(RELAYS_MAX);
        self.keep_settings(ctx);
    }

    /// A relay is of no use any more. Its password goes with it.
    pub(super) fn forget_relay(&mut self, ctx: &Context, relay: &RelayAddress) {
        self.settings.relays.retain(|known| known != relay);
        self.settings.passwords.remove(&relay.to_string());
        self.board.forget_password(relay);
        self.keep_settings(ctx);
    }

    /// Opens the list of relays, and looks at each.
    pub(super) fn show_relays(&mut self) {
        self.dialog = Some(Dialog::Relays);
        self.board.look_at_relays(&self.settings.relays);
    }
}
