//! Bottom centre: the first steps, until they are done or something is drawn; and on the first board a sample to look at.

use egui::{Align2, Context, RichText, Ui, Vec2};

use super::{Asked, widgets};
use crate::command::{Command, find, keys_text};
use crate::theme::{Theme, size, space};
use crate::{fonts, icons};

/// What the panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WelcomeView {
    /// Whether the first steps are shown.
    pub hints: bool,
    /// Whether the sample is offered.
    pub sample: bool,
}

/// Shows the panel, if there is anything to be shown.
pub fn show(ctx: &Context, view: WelcomeView, asked: &mut Asked) {
    let edge = Vec2::new(0.0, -(space::M + size::TARGET + space::L));
    if view.hints {
        let wide = ctx.content_rect().width() >= size::NARROW;
        widgets::floating(ctx, "First steps", Align2::CENTER_BOTTOM, edge, |ui| {
            egui::Frame::new().inner_margin(space::S).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                if wide {
                    ui.horizontal(|ui| {
                        ui.vertical(hints);
                        ui.add_space(space::S);
                        ui.vertical(|ui| buttons(ui, view.sample, asked));
                    });
                } else {
                    hints(ui);
                    ui.horizontal(|ui| buttons(ui, view.sample, asked));
                }
            });
        });
    } else if view.sample {
        widgets::bare(ctx, "Welcome", Align2::CENTER_BOTTOM, edge, |ui| {
            sample(ui, asked);
        });
    }
}

fn buttons(ui: &mut Ui, with_sample: bool, asked: &mut Asked) {
    if let Some(entry) = find(&Command::HideHints)
        && widgets::word_button(ui, None, entry.label, true).clicked()
    {
        asked.push(Command::HideHints);
    }
    if with_sample {
        sample(ui, asked);
    }
}

/// One for each of the three things that a newcomer can't guess.
fn hints(ui: &mut Ui) {
    let keys = |command: &Command| find(command).map_or_else(String::new, |entry| keys_text(ui.ctx(), entry));
    let find = format!(
        "{} finds any command, {} lists the keys.",
        keys(&Command::ShowPalette),
        keys(&Command::ShowShortcuts)
    );
    let all = [
        (
            icons::PEN,
            "Draw: the pen is in your hand, and each stroke is saved as you make it.",
        ),
        (
            icons::SHARE,
            "Share, top right, gives you a link: whoever opens it draws with you.",
        ),
        (icons::COMMANDS, find.as_str()),
    ];
    let theme = Theme::of(ui.ctx());
    ui.spacing_mut().interact_size.y = size::SLIDER;
    for (icon, words) in all {
        ui.horizontal(|ui| {
            let icon = RichText::new(icon).font(fonts::icon(size::MENU_ICON));
            ui.label(icon.color(theme.accent));
            ui.label(words);
        });
    }
}

fn sample(ui: &mut Ui, asked: &mut Asked) {
    if let Some(entry) = find(&Command::OpenSample)
        && widgets::word_button(ui, Some(entry.icon), entry.label, false).clicked()
    {
        asked.push(Command::OpenSample);
    }
}
