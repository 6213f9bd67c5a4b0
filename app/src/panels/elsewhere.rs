//! What is asked before a board that is kept on this computer moves to the relay of somebody nearby: anybody on a network can say
//! that they share it.

use drawbridge_protocol::RelayAddress;
use egui::{Context, Role, WidgetInfo};

use super::dialogs::{WIDTH, dialog, muted};
use super::{Asked, widgets};
use crate::command::Command;
use crate::theme::space;

/// A board, and where it would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElsewhereView {
    /// Its title; may be empty.
    pub title: String,
    /// The relay that it is on, if any is known.
    pub home: Option<RelayAddress>,
    /// Whether that is the one inside this app.
    pub hosted: bool,
    /// Who would have it, as they call themselves; may be empty.
    pub by: String,
    /// Their relay.
    pub to: RelayAddress,
}

impl ElsewhereView {
    fn home(&self) -> Option<String> {
        let home = self.home.as_ref()?;
        Some(match (self.hosted, home.secure) {
            (true, _) => format!("the relay in this app ({})", home.relay),
            (false, true) => format!("{} (encrypted)", home.relay),
            (false, false) => home.relay.clone(),
        })
    }

    fn what(&self) -> String {
        let board = match self.title.as_str() {
            "" => "This board".to_owned(),
            title => format!("“{title}”"),
        };
        let by = match self.by.as_str() {
            "" => "Somebody nearby".to_owned(),
            by => format!("Somebody nearby called “{by}”"),
        };
        let lives = match self.home() {
            Some(home) => format!("lives on {home}"),
            None => "is on no relay".to_owned(),
        };
        let to = &self.to.relay;
        format!(
            "{board} is on this computer already, and {lives}. {by} shares it from {to} (not encrypted). Nobody has checked that \
             it is theirs to share."
        )
    }

    fn then(&self) -> String {
        let to = &self.to.relay;
        let others = match self.home() {
            Some(home) => format!(", and you meet nobody on {home} any more"),
            None => String::new(),
        };
        format!(
            "If it moves, all that is on it goes to {to}{others}. If you aren't sure, let it stay, and ask those you draw with."
        )
    }
}

/// Shows the question. To stay is what Enter and Esc do.
pub fn show(ctx: &Context, view: &ElsewhereView, asked: &mut Asked) {
    dialog(
        ctx,
        "Move the board to another relay?",
        WIDTH,
        asked,
        |ui, asked| {
            let what = view.what();
            let label = ui.add(egui::Label::new(&what).wrap());
            label.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &what));
            ui.add_space(space::S);
            muted(ui, &view.then());
            ui.add_space(space::S);
            ui.horizontal_wrapped(|ui| {
                let stay = widgets::word_button(ui, None, "Let it stay", true);
                if ui.memory(|memory| memory.focused().is_none()) {
                    stay.request_focus();
                }
                if stay.clicked() {
                    asked.push(Command::Cancel);
                }
                let name = format!("Move it to {}", view.to.relay);
                if widgets::named_button(ui, None, "Move it", &name).clicked() {
                    asked.push(Command::GoElsewhere);
                }
            });
        },
    );
}
