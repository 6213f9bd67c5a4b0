//! The dialog for whom to trust: what stands against a safe connection and what to do about it, and the certificate authorities
//! that were added to the system's. There is no way to go on without.

use drawbridge_engine::client::{Authority, Flaw};
use egui::{Context, Role, Ui, WidgetInfo};

use super::dialogs::{alert, dialog, muted};
use super::{Asked, widgets};
use crate::command::Command;
use crate::icons;
use crate::theme::{size, space};

/// The width of the dialog's contents, in points: a fingerprint fits on two lines.
const WIDTH: f32 = size::DIALOG - 2.0 * space::XL;

/// What a person chose to trust, or why that can't be, in words.
pub type Chosen = Result<Vec<Authority>, String>;

/// What the dialog shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustView {
    /// What stands against a safe connection to the relay, in a sentence, if something does.
    pub problem: Option<(Flaw, String)>,
    /// A file that was chosen, and is yet to be trusted.
    pub chosen: Option<Chosen>,
    /// Those that were added to the system's.
    pub added: Vec<Authority>,
}

/// What to do about it.
#[must_use]
pub fn advice(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::UnknownIssuer => {
            "If the relay belongs to people you know, ask them for the certificate of their authority (a PEM file) and, by \
             another way, for its fingerprint. If both agree, trust it here. If it is a public relay, somebody may be \
             between you and it: try another network, and tell whoever runs it."
        }
        Flaw::Expired => "Whoever runs the relay has to renew it. If your clock is wrong, set it.",
        Flaw::NotYetValid => "Check this computer's clock. If that is right, tell whoever runs the relay.",
        Flaw::ClockWrong => "Set this computer's date and time, then try again.",
        Flaw::OtherName => {
            "Check the link: its host must be one of those names. If it is right, tell whoever runs the relay; on a \
             strange network, somebody may be between you and it."
        }
        Flaw::NoTls => {
            "Ask whoever sent the link whether it is right: its port may be another one. Nothing is sent without TLS \
             where a link asks for it."
        }
        Flaw::NeedsTls => {
            "Ask for a link that begins with https://, or write https:// in front of the relay's address."
        }
        Flaw::Invalid => "Tell whoever runs the relay what it says here.",
    }
}

/// Shows the dialog.
pub fn show(ctx: &Context, view: &TrustView, asked: &mut Asked) {
    dialog(ctx, "Trusted authorities", WIDTH, asked, |ui, asked| {
        if let Some((flaw, message)) = &view.problem {
            alert(ui, message);
            ui.add_space(space::XS);
            muted(ui, advice(*flaw));
            ui.add_space(space::S);
            if widgets::word_button(ui, None, "Try now", false).clicked() {
                asked.push(Command::Reconnect);
            }
            ui.add_space(space::M);
        }
        match &view.chosen {
            Some(Ok(authorities)) => to_trust(ui, authorities, asked),
            Some(Err(why)) => {
                alert(ui, &format!("That can't be trusted: {why}."));
                choose(ui, asked);
            }
            None => {
                choose(ui, asked);
                ui.add_space(space::M);
                added(ui, &view.added, asked);
            }
        }
    });
}

fn choose(ui: &mut Ui, asked: &mut Asked) {
    if widgets::word_button(ui, Some(icons::TRUST), "Trust a certificate authority…", false).clicked() {
        asked.push(Command::ChooseAuthority);
    }
}

/// What was chosen, to be compared before it is trusted.
fn to_trust(ui: &mut Ui, authorities: &[Authority], asked: &mut Asked) {
    muted(
        ui,
        "Compare the fingerprint with the one that you were told. Whoever holds this authority's key can stand for any relay.",
    );
    for authority in authorities {
        ui.add_space(space::S);
        describe(ui, authority);
    }
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        if widgets::word_button(ui, Some(icons::TRUST), "Trust it", true).clicked() {
            asked.push(Command::TrustChosen);
        }
        if widgets::word_button(ui, None, "Don't trust it", false).clicked() {
            asked.push(Command::LeaveChosen);
        }
    });
}

fn added(ui: &mut Ui, added: &[Authority], asked: &mut Asked) {
    if added.is_empty() {
        muted(
            ui,
            "Relays are checked against the authorities that this computer knows. You have added none.",
        );
        return;
    }
    muted(ui, "Added to those that this computer knows:");
    egui::ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
        for authority in added {
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                let name = format!("Remove {}", authority.subject);
                let remove = widgets::IconButton::new(icons::DELETE, &name);
                if remove.show(ui).clicked() {
                    asked.push(Command::Distrust(authority.fingerprint.clone()));
                }
                ui.vertical(|ui| describe(ui, authority));
            });
        }
    });
}

/// Whose it is, how long it is good, and what tells it from others.
fn describe(ui: &mut Ui, authority: &Authority) {
    let Authority {
        subject,
        from,
        until,
        fingerprint,
        ..
    } = authority;
    let shown = ui.add(egui::Label::new(egui::RichText::new(subject).strong()).wrap());
    let words = format!("{subject}, from {from} to {until}, SHA-256 fingerprint {fingerprint}");
    shown.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    muted(ui, &format!("From {from} to {until}"));
    muted(ui, &format!("SHA-256 {fingerprint}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_can_be_wrong_has_an_advice_and_none_is_to_go_on_anyway() {
        for flaw in [
            Flaw::UnknownIssuer,
            Flaw::Expired,
            Flaw::NotYetValid,
            Flaw::ClockWrong,
            Flaw::OtherName,
            Flaw::NoTls,
            Flaw::NeedsTls,
            Flaw::Invalid,
        ] {
            let words = advice(flaw);
            assert!(words.ends_with('.') && !words.contains("ignore"), "{words}");
        }
    }
}
