//! Where a file goes: as a dialog of the system's says, or where there is none, as the person types.

use std::path::{Path, PathBuf};

use directories::UserDirs;
use egui::Context;

use super::App;
use crate::open::{Destination, Saving, THERE};
use crate::panels::Asked;
use crate::panels::dialogs::{self, Dialog};
use crate::panels::message::Message;

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
        match placed(path, home().as_deref()).and_then(|to| free(what.named(to))) {
            Ok(to) => {
                let what = std::mem::take(&mut self.saving).what;
                self.dialog = None;
                if let Some(what) = what {
                    self.board.save(what, Destination::Typed(to));
                }
            }
            Err(why) => self.saving.problem = Some(why),
        }
    }

    /// Shows the dialog again on what couldn't be written there, unless another one is open by now.
    pub(super) fn ask_again(&mut self, ctx: &Context, what: Saving, path: &Path, why: String) {
        if self.dialog.is_some() {
            return self.say(ctx, Message::problem(why));
        }
        self.saving = SaveAs {
            what: Some(what),
            draft: path.display().to_string(),
            problem: Some(why),
        };
        self.dialog = Some(Dialog::SaveAs);
    }

    /// Of a dialog that is closed nothing is kept: what was to be saved may be large.
    pub(super) fn look_after_saving(&mut self) {
        if self.dialog != Some(Dialog::SaveAs) {
            self.saving = SaveAs::default();
        }
    }

    /// Writes to the file that was chosen.
    pub(super) fn save(&mut self, what: Saving, place: Destination) {
        self.board.save(what, place);
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
    // A link that leads nowhere is there, too.
    if path.symlink_metadata().is_ok() {
        return Err(THERE.to_owned());
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use drawbridge_engine::client::{Profile, Start};
    use drawbridge_engine::export::Format;
    use drawbridge_engine::progress::Progress;

    use super::*;
    use crate::open::OpenBoard;
    use crate::settings::Settings;
    use crate::wake::Waker;

    fn app(folder: &Path) -> App {
        let waker = Waker::default();
        let profile = match Profile::open(folder, waker.function()).expect("the folder can be used") {
            Start::Opened(profile) => profile,
            Start::Running(_) => panic!("nobody else uses the folder"),
        };
        let board = OpenBoard::start(&waker, profile, None, &Settings::default(), &Progress::default());
        App::over(None, Settings::default(), board.expect("a board"))
    }

    #[test]
    fn what_couldnt_be_written_is_asked_for_again_and_whoever_gives_up_keeps_nothing_in_memory() {
        let folder = tempfile::tempdir().expect("a folder");
        let ctx = Context::default();
        let mut app = app(folder.path());
        let bytes: Arc<[u8]> = (*b"a drawing").into();
        app.ask_where(Saving::Export(Format::Svg, Arc::clone(&bytes)), "plan.svg");
        // The system takes no such name, which is only found by trying.
        let typed = folder.path().join(format!("{}.svg", "x".repeat(250)));
        app.save_at(&typed.display().to_string());
        assert_eq!((app.dialog, &app.saving.problem), (None, &None));
        while app.dialog.is_none() {
            app.hear_of_boards(&ctx);
            assert!(app.dialog.is_some() || app.board.boards().is_busy(), "it is said");
        }
        assert_eq!(app.dialog, Some(Dialog::SaveAs));
        assert_eq!(app.saving.draft, typed.display().to_string());
        let problem = app.saving.problem.as_deref().expect("a reason");
        assert!(problem.contains("wasn't written"), "{problem}");
        app.look_after_saving();
        assert!(app.saving.what.is_some(), "the dialog is open");
        // A name without the ending finds the file that it would have with it.
        std::fs::write(folder.path().join("plan.svg"), "before").expect("written");
        for name in ["plan", "plan.svg"] {
            app.save_at(&folder.path().join(name).display().to_string());
            assert_eq!(app.saving.problem.as_deref(), Some(THERE));
        }
        app.dialog = None;
        app.look_after_saving();
        assert_eq!(Arc::strong_count(&bytes), 1);
    }

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
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(home.join("nothing"), home.join("led.png")).expect("a link");
            assert_eq!(read("~/led.png"), Err(THERE.to_owned()));
        }
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
