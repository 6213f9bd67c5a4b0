//! Where a file goes: as a dialog of the system's says, or where there is none, as the person types.

use std::path::{Path, PathBuf};

use directories::UserDirs;
use egui::Context;

use super::App;
use crate::open::Saving;
use crate::panels::Asked;
use crate::panels::dialogs::{self, Dialog};

/// What is to be saved, and the path as far as it is typed.
#[derive(Default)]
pub(super) struct SaveAs {
    what: Option<Saving>,
    draft: String,
    problem: Option<String>,
}

impl App {
    /// Asks for the path of a file that would be called `name`.
    pub(super) fn ask_where(&mut self, what: Saving, name: &str) {
        self.saving = SaveAs {
            what: Some(what),
            draft: folder().join(name).display().to_string(),
            problem: None,
        };
        self.dialog = Some(Dialog::SaveAs);
    }

    /// Shows the dialog for that.
    pub(super) fn save_dialog(&mut self, ctx: &Context, asked: &mut Asked) {
        let SaveAs { draft, problem, .. } = &mut self.saving;
        dialogs::save_as(ctx, draft, problem.as_deref(), asked);
    }

    /// Writes to the path that was typed, unless that can't be or would replace something.
    pub(super) fn save_at(&mut self, path: &str) {
        let Some(what) = &self.saving.what else {
            return;
        };
        match placed(path, home().as_deref()).and_then(|to| free(what.named(to)?)) {
            Ok(to) => {
                let what = std::mem::take(&mut self.saving).what;
                self.dialog = None;
                if let Some(what) = what {
                    self.board.save(what, to);
                }
            }
            Err(why) => self.saving.problem = Some(why),
        }
    }

    /// Writes to the file that was chosen.
    pub(super) fn save(&mut self, what: Saving, to: PathBuf) {
        self.board.save(what, to);
        self.dialog = self.dialog.filter(|dialog| *dialog != Dialog::Export);
    }
}

fn home() -> Option<PathBuf> {
    UserDirs::new().map(|dirs| dirs.home_dir().to_owned())
}

/// Where people keep what they make.
fn folder() -> PathBuf {
    let documents = UserDirs::new().and_then(|dirs| dirs.document_dir().map(Path::to_owned));
    let there = documents.filter(|folder| folder.is_dir());
    there.or_else(home).unwrap_or_default()
}

/// The path that is meant by a text.
fn placed(text: &str, home: Option<&Path>) -> Result<PathBuf, String> {
    let text = text.trim();
    let path = match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    };
    if !path.is_absolute() {
        return Err("Type the whole path, beginning with / or ~/.".to_owned());
    }
    if text.ends_with(std::path::is_separator) || path.is_dir() {
        return Err("That is a folder. Type the file's name after it.".to_owned());
    }
    match path.parent() {
        Some(folder) if folder.is_dir() => Ok(path),
        _ => Err("There is no such folder.".to_owned()),
    }
}

/// The path, if nothing is there: nobody was asked whether it may be replaced.
fn free(path: PathBuf) -> Result<PathBuf, String> {
    if path.exists() {
        return Err("There is such a file already. Type another name.".to_owned());
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_a_file_that_isnt_there_in_a_folder_that_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = folder.path();
        let read = |text: &str| placed(text, Some(home)).and_then(free);
        assert_eq!(read(" ~/My plan.png "), Ok(home.join("My plan.png")));
        let whole = home.join("plan.png");
        let text = whole.display().to_string();
        assert_eq!(read(&text), Ok(whole.clone()));
        std::fs::write(&whole, "before").expect("written");
        std::fs::create_dir(home.join("plans")).expect("a folder");
        for (text, why) in [
            (text.as_str(), "already"),
            ("plan.png", "whole path"),
            ("", "whole path"),
            ("~/", "folder"),
            ("~/plans", "folder"),
            ("~/none/plan.png", "no such folder"),
        ] {
            let said = read(text).expect_err(text);
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}
