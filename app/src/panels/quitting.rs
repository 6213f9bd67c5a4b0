//! What is asked before this app quits while others draw through the relay inside it.

use egui::Context;

use super::dialogs::{WIDTH, dialog, muted};
use super::{Asked, widgets};
use crate::command::Command;
use crate::icons;
use crate::theme::space;

/// Who draws through the relay inside this app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuitView {
    /// The names of those on the board that is open, as far as known.
    pub names: Vec<String>,
    /// How many are on it.
    pub here: usize,
    /// How many are on others.
    pub elsewhere: usize,
    /// Whether the open board can be handed over to a relay.
    pub can_hand_over: bool,
}

impl QuitView {
    /// Whether anybody would be left behind.
    #[must_use]
    pub fn is_anybody_there(&self) -> bool {
        self.here + self.elsewhere > 0
    }

    fn words(&self) -> String {
        let first = self.names.first();
        let here = match (self.here, first, self.names.get(1)) {
            (0, ..) => None,
            (1, Some(one), _) => Some(format!("{one} draws on this board through this app.")),
            (1, None, _) => Some("Somebody draws on this board through this app.".to_owned()),
            (2, Some(one), Some(two)) => {
                Some(format!("{one} and {two} draw on this board through this app."))
            }
            (n, Some(one), _) => {
                let others = if n == 2 {
                    "1 other".to_owned()
                } else {
                    format!("{} others", n - 1)
                };
                Some(format!("{one} and {others} draw on this board through this app."))
            }
            (n, None, _) => Some(format!("{n} people draw on this board through this app.")),
        };
        let other = match (self.elsewhere, self.here) {
            (0, _) => None,
            (1, 0) => Some("Somebody draws on another board of yours through this app.".to_owned()),
            (n, 0) => Some(format!(
                "{n} people draw on other boards of yours through this app."
            )),
            (1, _) => Some("Somebody is on another board of yours.".to_owned()),
            (n, _) => Some(format!("{n} people are on other boards of yours.")),
        };
        let who: Vec<String> = here.into_iter().chain(other).collect();
        format!(
            "{} If you quit, they keep their copies and go on alone until you share again.",
            who.join(" ")
        )
    }
}

/// Shows the question.
pub fn show(ctx: &Context, view: &QuitView, asked: &mut Asked) {
    dialog(ctx, "Quit while others draw?", WIDTH, asked, |ui, asked| {
        muted(ui, &view.words());
        ui.add_space(space::S);
        ui.horizontal_wrapped(|ui| {
            if widgets::word_button(ui, None, "Stay", true).clicked() {
                asked.push(Command::Cancel);
            }
            if view.can_hand_over
                && widgets::word_button(ui, Some(icons::SENDING), "Hand the board to a relay…", false)
                    .clicked()
            {
                asked.push(Command::ShowHandOver);
            }
            if widgets::word_button(ui, Some(icons::QUIT), "Quit anyway", false).clicked() {
                asked.push(Command::QuitAnyway);
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_would_be_left_is_said_as_people_say_it() {
        let words = |names: &[&str], here, elsewhere| {
            let view = QuitView {
                names: names.iter().map(|name| (*name).to_owned()).collect(),
                here,
                elsewhere,
                can_hand_over: true,
            };
            view.words()
                .split(" If you quit")
                .next()
                .expect("words")
                .to_owned()
        };
        assert_eq!(words(&["Ada"], 1, 0), "Ada draws on this board through this app.");
        assert_eq!(
            words(&["Ada", "Lin"], 2, 0),
            "Ada and Lin draw on this board through this app."
        );
        assert_eq!(
            words(&["Ada", "Lin", "Bo"], 3, 1),
            "Ada and 2 others draw on this board through this app. Somebody is on another board of yours."
        );
        assert_eq!(words(&[], 4, 0), "4 people draw on this board through this app.");
        assert_eq!(
            words(&[], 0, 3),
            "3 people draw on other boards of yours through this app."
        );
        assert!(!QuitView::default().is_anybody_there());
    }
}
