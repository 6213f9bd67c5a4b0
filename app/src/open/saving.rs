//! What of a board becomes a file elsewhere: copies, and what is exported. A dialog of the system's says where.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use drawbridge_engine::client::{Shelf, ShelfError};
use drawbridge_engine::export::Format;
use drawbridge_protocol::BoardId;

use super::OpenBoard;
use super::boards::{Boards, Word, name};
use crate::file_kind::FileKind;
use crate::whole::{self, NewName, NotWritten};

/// What is to be written where a person says. It stays as it is, whatever is chosen before they have said so.
#[derive(Debug, Clone)]
pub enum Saving {
    /// A copy of this board.
    Copy(BoardId),
    /// What is exported: such a file, with these bytes.
    Export(Format, Arc<[u8]>),
}

/// The file that a person says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Chosen in a dialog of the system's, which has asked before a file of that name is replaced.
    Chosen(PathBuf),
    /// Typed: nobody was asked.
    Typed(PathBuf),
}

impl Saving {
    fn kind(&self) -> FileKind {
        match self {
            Self::Copy(_) => FileKind::Board,
            Self::Export(format, _) => FileKind::Made(*format),
        }
    }

    /// The file that is written if this name is given: it ends as its content is, so that is added where it is missing.
    #[must_use]
    pub fn named(&self, to: PathBuf) -> PathBuf {
        let ending = self.kind().ending();
        if to.extension().is_some_and(|end| end.eq_ignore_ascii_case(ending)) {
            return to;
        }
        let mut longer = to.into_os_string();
        longer.push(".");
        longer.push(ending);
        longer.into()
    }

    fn write(&self, shelf: &Shelf, to: &Path) -> Result<(), String> {
        match self {
            Self::Copy(board) => {
                let saved = shelf.save_copy(board, to);
                saved.map_err(|error| self.unwritten(to, &error))
            }
            Self::Export(_, bytes) => {
                let written = whole::write(to, bytes);
                written.map_err(|NotWritten { error, .. }| self.unwritten(to, &error))
            }
        }
    }

    fn unwritten(&self, to: &Path, why: &dyn fmt::Display) -> String {
        match self {
            Self::Copy(_) => format!("No copy was saved: {why}."),
            Self::Export(..) => {
                format!("{} wasn't written: {why}. The board is as it was.", name(to))
            }
        }
    }
}

impl OpenBoard {
    /// Lets the person choose where a copy of a board goes that can be mailed.
    pub fn save_copy(&mut self, board: BoardId) {
        let title = self.title_of(&board).unwrap_or_else(|| "Untitled".to_owned());
        self.ask_where(Saving::Copy(board), &title);
    }

    /// Lets the person choose a file for what is exported.
    pub fn save_export(&mut self, format: Format, bytes: Arc<[u8]>) {
        let title = self.title();
        self.ask_where(Saving::Export(format, bytes), &title);
    }

    fn ask_where(&mut self, what: Saving, title: &str) {
        let (words, files) = match &what {
            Saving::Copy(_) => ("Save a copy of the board", "Drawbridge boards"),
            Saving::Export(format, _) => ("Export the board", format.name()),
        };
        let ending = what.kind().ending();
        let name = file_name(title, ending);
        let chosen = rfd::AsyncFileDialog::new()
            .set_title(words)
            .add_filter(files, &[ending])
            .set_file_name(&name)
            .save_file();
        self.boards.choose_where(what, name, chosen);
    }

    /// Writes it there.
    pub fn save(&mut self, what: Saving, place: Destination) {
        let mut shared = false;
        if let Saving::Copy(board) = &what {
            self.flush_to_disk(board);
            let mut known = self.boards.known().iter();
            shared = match self.is(board) {
                true => self.board.meta().remote.is_some(),
                false => known.any(|file| file.id == *board && file.relay.is_some()),
            };
        }
        self.boards.write(what, place, shared);
    }

    /// Finds about how many bytes a copy of the open board has. For a thread that isn't the window's.
    pub(crate) fn weigh_copy(&self) -> impl FnOnce() -> Result<u64, ShelfError> + Send + use<> {
        let (shelf, board) = (self.profile.shelf(), self.board.meta().board.clone());
        move || shelf.weigh_copy(&board)
    }
}

impl Boards {
    /// Lets the window know where the person wants to have this written, or that they can't be asked by a dialog of the system's.
    fn choose_where(
        &mut self,
        what: Saving,
        name: String,
        dialog: impl Future<Output = Option<rfd::FileHandle>> + Send + 'static,
    ) {
        let unasked = Word::Unasked(what.clone(), name);
        self.choose_with(unasked, dialog, |file| {
            Word::SaveTo(what, Destination::Chosen(file.path().to_owned()))
        });
    }

    fn write(&mut self, what: Saving, place: Destination, shared: bool) {
        self.begin(move |shelf, say| {
            say(match place {
                Destination::Chosen(path) => {
                    let to = what.named(path.clone());
                    let written = match to == path {
                        true => what.write(shelf, &to),
                        // The dialog asked about the name without the ending.
                        false => write_new(&what, shelf, &to, |to| {
                            format!(
                                "{0} wasn't written: there is such a file already. To replace it, choose it by its whole name, {0}",
                                name(to)
                            )
                        }),
                    };
                    match written {
                        Ok(()) => Word::Hint(saved(&what, &to, shared)),
                        Err(words) => Word::Problem(words),
                    }
                }
                Destination::Typed(path) => {
                    let to = what.named(path);
                    match write_new(&what, shelf, &to, |_| THERE.to_owned()) {
                        Ok(()) => Word::Hint(saved(&what, &to, shared)),
                        Err(words) => Word::Unsaved(what, to, words),
                    }
                }
            });
        });
    }
}

/// Said of a name that was typed.
pub(crate) const THERE: &str = "There is such a file already. Type another name.";

/// Writes a file where none is. Where one is, also if it came only now, it stays, and that is said.
fn write_new(
    what: &Saving,
    shelf: &Shelf,
    to: &Path,
    there: impl FnOnce(&Path) -> String,
) -> Result<(), String> {
    let name = NewName::take(to).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => there(to),
        _ => what.unwritten(to, &error),
    })?;
    what.write(shelf, to)?;
    name.keep();
    Ok(())
}

fn saved(what: &Saving, to: &Path, shared: bool) -> String {
    match what {
        Saving::Copy(_) => copied(to, shared),
        Saving::Export(..) => format!("Exported as {}", name(to)),
    }
}

/// What goes along in a copy of a board, in the middle of a sentence.
pub(crate) const IN_COPY: &str = "all that is on the board, its pictures and its chat";

fn copied(to: &Path, shared: bool) -> String {
    let mut words = format!("Saved as {}, with {IN_COPY}", name(to));
    if shared {
        words.push_str(". It lets nobody onto the shared board: for that, send a link");
    }
    words
}

/// The longest name that is made of a title, in characters and in bytes: with an ending, and with what it has until it is whole, systems
/// take no more than 255 bytes.
const NAME: (usize, usize) = (80, 200);

/// A title as every system takes it for a file's name.
pub(super) fn file_name(title: &str, ending: &str) -> String {
    let plain = |c: char| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
        c if c.is_control() => '-',
        c => c,
    };
    let mut name = String::new();
    for c in title.chars().map(plain).take(NAME.0) {
        if name.len() + c.len_utf8() <= NAME.1 {
            name.push(c);
        }
    }
    match name.trim_matches(['.', ' ']) {
        "" => format!("Untitled.{ending}"),
        name => format!("{name}.{ending}"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use drawbridge_engine::client::{Profile, Start};

    use super::*;

    #[test]
    fn a_title_becomes_a_name_that_every_system_takes() {
        assert_eq!(file_name("Plan B", "board"), "Plan B.board");
        assert_eq!(file_name("a/b\\c: 1\n2?", "board"), "a-b-c- 1-2-.board");
        assert_eq!(file_name("../..", "board"), "-.board");
        assert_eq!(file_name(" . ", "board"), "Untitled.board");
        // Each of these is three bytes.
        let long = file_name(&"橋".repeat(120), "excalidraw");
        assert_eq!(long, format!("{}.excalidraw", "橋".repeat(66)));
        assert_eq!(file_name(&"x".repeat(120), "pdf").len(), 84);
    }

    #[test]
    fn an_ending_is_added_to_any_name_without_it() {
        let what = Saving::Export(Format::Png, (*b"a picture").into());
        for (chosen, written) in [
            ("/plan", "/plan.png"),
            ("/plan.PNG", "/plan.PNG"),
            ("/Plan v1.2", "/Plan v1.2.png"),
            ("/plan.svg", "/plan.svg.png"),
        ] {
            assert_eq!(what.named(chosen.into()), PathBuf::from(written));
        }
    }

    fn boards(folder: &Path) -> Boards {
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(|| {});
        let profile = match Profile::open(folder, Arc::clone(&wake)).expect("the folder can be used") {
            Start::Opened(profile) => profile,
            Start::Running(_) => panic!("nobody else uses the folder"),
        };
        Boards::start(&profile, Vec::new(), wake)
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn where_the_system_has_no_dialog_the_window_is_told_what_waits_to_be_saved() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut boards = boards(folder.path());
        let what = Saving::Export(Format::Svg, (*b"a drawing").into());
        boards.choose_where(what, "plan.svg".to_owned(), std::future::ready(None));
        let told = loop {
            match boards.wait(Duration::from_secs(60)) {
                Word::Unasked(what, name) => break (what, name),
                Word::Done => panic!("it wasn't told"),
                _ => {}
            }
        };
        assert_eq!(told.1, "plan.svg");
        assert!(matches!(told.0, Saving::Export(Format::Svg, bytes) if *bytes == *b"a drawing"));
    }

    #[test]
    fn what_is_saved_is_what_was_shown_when_it_was_asked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut boards = boards(folder.path());
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("taken.png"), "before").expect("written");
        // Each dialog has its own, whichever is answered first; and the last name is of a file that nobody asked about.
        let asked = [
            ("plan.svg", Format::Svg),
            ("plan.pdf", Format::Pdf),
            ("taken", Format::Png),
        ];
        for (name, format) in asked {
            let chosen = std::future::ready(Some(rfd::FileHandle::from(path(name))));
            let what = Saving::Export(format, format.name().as_bytes().into());
            boards.choose_where(what, name.to_owned(), chosen);
        }
        let mut said = Vec::new();
        let mut answered = 0;
        while said.len() < asked.len() {
            match boards.wait(Duration::from_secs(60)) {
                Word::SaveTo(what, place) => {
                    answered += 1;
                    boards.write(what, place, false);
                }
                Word::Hint(words) | Word::Problem(words) => said.push(words),
                _ => {}
            }
        }
        assert_eq!(answered, asked.len());
        said.sort();
        assert_eq!(said[..2], ["Exported as plan.pdf", "Exported as plan.svg"]);
        assert!(said[2].starts_with("taken.png wasn't written"), "{said:?}");
        let read = |name: &str| std::fs::read_to_string(path(name)).expect("a file");
        assert_eq!(
            ["plan.svg", "plan.pdf", "taken.png"].map(read),
            ["SVG", "PDF", "before"]
        );
    }

    #[test]
    fn what_is_typed_replaces_nothing_and_what_was_chosen_may() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut boards = boards(folder.path());
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("plan.svg"), "before").expect("written");
        let mut places = vec![path("plan.svg"), path("plan")];
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(path("nothing"), path("led.svg")).expect("a link");
            places.push(path("led.svg"));
        }
        // With what it has until it is whole, no system takes that.
        let long = path(&format!("{}.svg", "x".repeat(250)));
        places.push(long.clone());
        let what = Saving::Export(Format::Svg, (*b"after").into());
        for place in places {
            boards.write(what.clone(), Destination::Typed(place.clone()), false);
            let (to, words) = loop {
                match boards.wait(Duration::from_secs(60)) {
                    Word::Unsaved(_, to, words) => break (to, words),
                    Word::Hint(words) => panic!("{}: {words}", place.display()),
                    _ => {}
                }
            };
            assert_eq!(to, what.named(place));
            assert_eq!(words == THERE, to != long, "{words}");
        }
        let read = || std::fs::read(path("plan.svg")).expect("a file");
        assert_eq!(read(), b"before");
        assert!(!path("nothing").exists() && !long.exists());
        boards.write(what, Destination::Chosen(path("plan.svg")), false);
        while !matches!(boards.wait(Duration::from_secs(60)), Word::Hint(_)) {}
        assert_eq!(read(), b"after");
    }
}
