//! What fills the window where Drawbridge can't begin: why, what that means for the boards, and what to do.

use std::io::ErrorKind;
use std::path::Path;

use drawbridge_engine::client::{HandoffError, OpenError, ProfileError, StoreError};
use egui::{Align2, Id, RichText, Role, Ui, WidgetInfo};

use super::widgets;
use crate::theme::{Theme, size, space};
use crate::{fonts, icons};

/// Said of every trouble.
const SAFE: &str = "Your boards are as they were.";
/// What helps against each that concerns the folder.
const ELSEWHERE: &str = "Or start Drawbridge with another folder: drawbridge --data FOLDER.";

/// Why Drawbridge can't begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What happened. A sentence without its full stop.
    pub what: String,
    /// What that means, and what to do, as sentences.
    pub then: String,
}

impl Trouble {
    /// No board could be opened in a folder, not even an empty one.
    #[must_use]
    pub fn of_board(error: &OpenError, folder: &Path) -> Self {
        match error {
            OpenError::Store(StoreError::Full) => Self::full(folder),
            OpenError::Store(StoreError::ReadOnly) => Self::read_only(folder),
            error => Self::other(&error.to_string()),
        }
    }

    /// The folder can't be used.
    #[must_use]
    pub fn of_folder(error: &ProfileError) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::full(error.folder()),
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Self::read_only(error.folder()),
            _ => Self::other(&error.to_string()),
        }
    }

    /// Another process has the folder, and doesn't answer.
    #[must_use]
    pub fn of_other_process(error: &HandoffError, folder: &Path) -> Self {
        Self {
            what: "Drawbridge is running already and doesn't answer".to_owned(),
            then: format!(
                "It uses the folder {}, and two at once would harm the boards ({error}). {SAFE} Close the other one, or end its \
                 process; then this one goes on by itself. {ELSEWHERE}",
                folder.display()
            ),
        }
    }

    /// Anything else.
    #[must_use]
    pub fn other(why: &str) -> Self {
        Self {
            what: "Drawbridge can't begin".to_owned(),
            then: format!("It says: {}. {SAFE} {ELSEWHERE}", why.trim_end_matches('.')),
        }
    }

    fn full(folder: &Path) -> Self {
        Self {
            what: "The disk is full".to_owned(),
            then: format!(
                "Drawbridge keeps what you draw in {}, and there is no room left. {SAFE} Free some room: it goes on by itself. \
                 {ELSEWHERE}",
                folder.display()
            ),
        }
    }

    fn read_only(folder: &Path) -> Self {
        Self {
            what: "Nothing can be saved in Drawbridge's folder".to_owned(),
            then: format!(
                "It keeps what you draw in {}, and may not write there. {SAFE} Allow that, in the folder's properties or on the \
                 disk's write protection: it goes on by itself. {ELSEWHERE}",
                folder.display()
            ),
        }
    }
}

/// What somebody wants done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Try again now.
    Again,
    /// Close the window.
    Quit,
}

/// Fills the window.
pub fn show(ui: &mut Ui, trouble: &Trouble) -> Option<Wish> {
    let theme = Theme::of(ui.ctx());
    ui.painter().rect_filled(ui.max_rect(), 0.0, theme.board);
    let width = (size::DIALOG - 2.0 * space::XL).min(ui.max_rect().width() - 4.0 * space::XL);
    let area = egui::Area::new(Id::unique("trouble")).anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO);
    let shown = area.show(ui.ctx(), |ui| {
        theme
            .floating()
            .inner_margin(space::XL)
            .show(ui, |ui| {
                ui.set_width(width);
                ui.horizontal(|ui| {
                    let icon = RichText::new(icons::WARNING).font(fonts::icon(size::ICON));
                    ui.label(icon.color(theme.error));
                    let heading = ui.add(egui::Label::new(RichText::new(&trouble.what).heading()).wrap());
                    heading.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &trouble.what));
                });
                ui.add_space(space::S);
                ui.add(egui::Label::new(&trouble.then).wrap());
                ui.add_space(space::L);
                ui.horizontal(|ui| {
                    let again = widgets::word_button(ui, Some(icons::CONNECTING), "Try again", true);
                    let quit = widgets::word_button(ui, None, "Quit", false);
                    match (again.clicked(), quit.clicked()) {
                        (true, _) => Some(Wish::Again),
                        (_, true) => Some(Wish::Quit),
                        _ => None,
                    }
                })
                .inner
            })
            .inner
    });
    shown.inner
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn each_trouble_says_what_it_means_for_the_boards_and_what_to_do() {
        let folder = PathBuf::from("/home/ada/drawings");
        let of = |error: StoreError| Trouble::of_board(&OpenError::Store(error), &folder);
        let all = [
            (of(StoreError::Full), "Free some room"),
            (of(StoreError::ReadOnly), "Allow that"),
            (of(StoreError::Newer(9)), "newer version of Drawbridge"),
            (Trouble::other("no thread"), "no thread"),
        ];
        for (trouble, todo) in all {
            assert!(
                trouble.then.contains(SAFE) && trouble.then.contains(todo),
                "{trouble:?}"
            );
            assert!(trouble.then.ends_with("--data FOLDER."), "{trouble:?}");
            assert!(!trouble.what.ends_with('.'), "{trouble:?}");
        }
    }
}
