//! The dialog that says what isn't as it was in another program's drawing: what is missing first, then what looks different.

use egui::Context;

use super::dialogs::{WIDTH, dialog, muted, scrolling};
use super::{Asked, widgets};
use crate::fonts;
use crate::icons;
use crate::theme::{Theme, size, space};

/// What the dialog shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedView {
    /// What became of what it was read from, a sentence.
    pub source: String,
    /// What is missing, a sentence each.
    pub missing: Vec<String>,
    /// What is there and looks different, a sentence each.
    pub different: Vec<String>,
}

/// Shows the dialog.
pub fn show(ctx: &Context, view: &ImportedView, asked: &mut Asked) {
    dialog(ctx, "What an import changed", WIDTH, asked, |ui, _| {
        muted(ui, &format!("{} Undo takes back what came of it.", view.source));
        let room = (ctx.content_rect().height() * 0.6).max(size::CARD);
        scrolling(ui, room, |ui| {
            let theme = Theme::of(ui.ctx());
            for (heading, icon, color, sentences) in [
                ("Missing", icons::WARNING, theme.error, &view.missing),
                ("Different", icons::IDEA, theme.muted, &view.different),
            ] {
                if sentences.is_empty() {
                    continue;
                }
                ui.add_space(space::M);
                widgets::section(ui, heading);
                for sentence in sentences {
                    ui.horizontal_top(|ui| {
                        let mark = egui::RichText::new(icon).font(fonts::icon(size::MENU_ICON));
                        ui.label(mark.color(color));
                        ui.add(egui::Label::new(sentence).wrap());
                    });
                }
            }
        });
    });
}
