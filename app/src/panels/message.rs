//! Bottom centre: one message at a time.

use egui::{Align2, Context, Role, Vec2, WidgetInfo};

use super::{Asked, widgets};
use crate::command::{Command, find};
use crate::icons;
use crate::theme::{Theme, size, space};

/// A sentence or two for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// What happened, what it means for the drawing, what to do.
    pub text: String,
    /// Whether something went wrong; then it stays until it is dismissed.
    pub problem: bool,
    /// What can be done about it, and the word for that.
    pub offer: Option<(&'static str, Command)>,
}

impl Message {
    /// Something went wrong.
    #[must_use]
    pub fn problem(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            problem: true,
            offer: None,
        }
    }

    /// Something is worth knowing for a moment.
    #[must_use]
    pub fn hint(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            problem: false,
            offer: None,
        }
    }

    /// The same with something that can be done about it.
    #[must_use]
    pub fn offering(mut self, word: &'static str, command: Command) -> Self {
        self.offer = Some((word, command));
        self
    }
}

/// Shows the message, so many points above its usual place.
pub fn show(ctx: &Context, message: &Message, above: f32, asked: &mut Asked) {
    let edge = Vec2::new(0.0, -(space::M + size::TARGET + space::L + above));
    widgets::floating(ctx, "Message", Align2::CENTER_BOTTOM, edge, |ui| {
        ui.horizontal(|ui| {
            let theme = Theme::of(ui.ctx());
            ui.add_space(space::S);
            if message.problem {
                ui.label(
                    egui::RichText::new(icons::WARNING)
                        .font(crate::fonts::icon(size::ICON))
                        .color(theme.error),
                );
            }
            ui.scope(|ui| {
                ui.set_max_width(460.0);
                let label = ui.add(egui::Label::new(&message.text).wrap());
                label.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &message.text));
            });
            if let Some((word, command)) = &message.offer
                && widgets::word_button(ui, None, word, false).clicked()
            {
                asked.extend([Command::Dismiss, command.clone()]);
            }
            if let Some(entry) = find(&Command::Dismiss) {
                let button = widgets::IconButton::new(entry.icon, entry.label);
                widgets::entry_button(ui, entry, button, asked);
            }
        });
    });
}
