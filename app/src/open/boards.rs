//! The boards of the folder: which there are, as far as known, and what is done with their files. All of that waits for the
//! disk, so it happens on a thread of its own, one thing after the other; what came of it are words for the window.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use drawbridge_engine::client::{BoardFile, Images, Incoming, News, Profile, Shelf, ShelfError, Thrown};
use drawbridge_protocol::BoardId;

use super::OpenBoard;
use super::pictures::{DRAWINGS, NO_DIALOG, no_dialog};
use super::saving::{Destination, Saving};
use super::thumbnails::Thumbnails;
use crate::viewer;
use crate::when::now_ms;

/// How long something that is asked for of the open board waits for the disk to have all of it.
const FLUSH: Duration = Duration::from_millis(500);

/// What the window is told.
#[derive(Debug)]
pub enum Word {
    /// This is what there is now.
    Listed(Vec<BoardFile>, Vec<Thrown>),
    /// Something worth knowing for a moment.
    Hint(String),
    /// Something went wrong, in words for people.
    Problem(String),
    /// A board came, or what was in a file came into it: it is to be opened, and this said, if anything.
    Arrived(BoardId, Option<String>),
    /// A file of the open board, whose images are here by now, and what it is called.
    ForOpen(Box<Incoming>, PathBuf),
    /// The person chose this file to open.
    Chosen(PathBuf),
    /// The person chose these files to be put on this board.
    ForBoard(BoardId, Vec<PathBuf>),
    /// The person chose where this goes.
    SaveTo(Saving, Destination),
    /// There is no dialog of the system's to choose where this goes, which would be called that.
    Unasked(Saving, String),
    /// This wasn't written to the file whose name was typed, for a reason in words.
    Unsaved(Saving, PathBuf, String),
    /// A board was deleted.
    Deleted(Thrown),
    /// A board was brought back.
    Restored(Thrown),
    /// One thing asked for is done.
    Done,
}

type Job = Box<dyn FnOnce(&Shelf, &dyn Fn(Word)) + Send>;

/// The boards of the folder.
pub struct Boards {
    jobs: Sender<Job>,
    words: Receiver<Word>,
    shelf: Shelf,
    known: Vec<BoardFile>,
    thrown: Vec<Thrown>,
    under_way: usize,
    /// The small pictures of them.
    pub thumbnails: Thumbnails,
}

impl Boards {
    /// Begins with these, which were found already.
    pub(super) fn start(profile: &Profile, known: Vec<BoardFile>, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let shelf = profile.shelf();
        let (jobs, todo) = channel::<Job>();
        let (tell, words) = channel();
        let (there, woken) = (shelf.clone(), Arc::clone(&wake));
        let work = move || {
            there.tidy();
            there.sweep(now_ms());
            let say = |word: Word| {
                // The window may be gone.
                let _ = tell.send(word);
                woken();
            };
            for job in todo {
                job(&there, &say);
                match there.boards() {
                    Ok(boards) => say(Word::Listed(boards, there.thrown())),
                    Err(error) => say(Word::Problem(error.to_string())),
                }
                say(Word::Done);
            }
        };
        if let Err(error) = std::thread::Builder::new()
            .name("drawbridge-shelf".to_owned())
            .spawn(work)
        {
            tracing::error!(%error, "no thread for the boards' files");
        }
        Self {
            jobs,
            words,
            thumbnails: Thumbnails::start(shelf.clone(), wake),
            shelf,
            known,
            thrown: Vec::new(),
            under_way: 0,
        }
    }

    pub(super) fn begin(&mut self, job: impl FnOnce(&Shelf, &dyn Fn(Word)) + Send + 'static) {
        self.under_way += 1;
        if self.jobs.send(Box::new(job)).is_err() {
            self.under_way = 0;
            tracing::error!("the thread for the boards' files has ended");
        }
    }

    /// Lets the window know of the file that a person chooses in a dialog of the system's. Where there is none, it is said what to do
    /// instead.
    pub(super) fn choose(
        &mut self,
        instead: &'static str,
        dialog: impl Future<Output = Option<rfd::FileHandle>> + Send + 'static,
        word: impl FnOnce(PathBuf) -> Word + Send + 'static,
    ) {
        let none = Word::Problem(no_dialog(instead));
        self.choose_with(none, dialog, |file| word(file.path().to_owned()));
    }

    /// The same of whatever is chosen, with what is told where there is no dialog.
    pub(super) fn choose_with<T>(
        &mut self,
        none: Word,
        dialog: impl Future<Output = Option<T>> + Send + 'static,
        word: impl FnOnce(T) -> Word + Send + 'static,
    ) {
        // Made on the window's thread, as some systems want it, and waited for on another.
        let asked = Instant::now();
        self.apart("drawbridge-choosing", move || match pollster::block_on(dialog) {
            Some(chosen) => Some(word(chosen)),
            None if cfg!(target_os = "linux") && asked.elapsed() < NO_DIALOG => Some(none),
            None => None,
        });
    }

    /// Waits for a person or another program on a thread of its own, while other jobs go on; then tells the window what came of it.
    fn apart(&mut self, name: &str, wait: impl FnOnce() -> Option<Word> + Send + 'static) {
        self.under_way += 1;
        let jobs = self.jobs.clone();
        let work = move || {
            let word = wait();
            // The window may be gone.
            let _ = jobs.send(Box::new(move |_, say| {
                if let Some(word) = word {
                    say(word);
                }
            }));
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        if let Err(error) = thread {
            tracing::error!(%error, "no thread to wait for others");
        }
    }

    /// Whether something that was asked for isn't done yet.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.under_way > 0
    }

    /// The boards, as far as known, the last written first.
    #[must_use]
    pub fn known(&self) -> &[BoardFile] {
        &self.known
    }

    /// The deleted ones.
    #[must_use]
    pub fn thrown(&self) -> &[Thrown] {
        &self.thrown
    }

    /// The file of a board.
    #[must_use]
    pub fn file(&self, board: &BoardId) -> PathBuf {
        self.shelf.file(board)
    }

    /// The next thing to say, if any.
    pub fn word(&mut self) -> Option<Word> {
        loop {
            match self.words.try_recv().ok()? {
                Word::Listed(known, thrown) => (self.known, self.thrown) = (known, thrown),
                Word::Done => self.under_way = self.under_way.saturating_sub(1),
                word => return Some(word),
            }
        }
    }

    /// The next word of all, waited for.
    #[cfg(test)]
    pub(super) fn wait(&mut self, time: Duration) -> Word {
        self.words.recv_timeout(time).expect("a word in time")
    }

    /// Looks again at what there is.
    pub fn look(&mut self) {
        self.begin(|_, _| {});
    }

    /// The board that is left now has just been written.
    pub(super) fn left(&mut self, mut file: BoardFile) {
        file.modified_ms = now_ms();
        self.known.retain(|known| known.id != file.id);
        self.thumbnails.left(file.id.clone());
        self.known.insert(0, file);
        self.look();
    }

    /// Brings a deleted board back.
    pub fn restore(&mut self, thrown: Thrown) {
        self.begin(move |shelf, say| match shelf.restore(&thrown) {
            Ok(()) => say(Word::Restored(thrown)),
            Err(error) => say(Word::Problem(format!("It could not be brought back: {error}."))),
        });
    }

    /// Deletes a board that isn't open.
    pub fn delete(&mut self, board: BoardId) {
        self.thumbnails.forget(&board);
        self.known.retain(|file| file.id != board);
        self.begin(move |shelf, say| match shelf.throw_away(&board, now_ms()) {
            Ok(thrown) => say(Word::Deleted(thrown)),
            Err(error) => say(Word::Problem(format!("The board could not be deleted: {error}."))),
        });
    }

    /// Calls a board that isn't open something else.
    pub fn rename(&mut self, board: BoardId, title: String) {
        if let Some(file) = self.known.iter_mut().find(|file| file.id == board) {
            file.title = Some(title.clone()).filter(|title| !title.is_empty());
        }
        self.begin(move |shelf, say| {
            if let Err(error) = shelf.rename(&board, &title) {
                say(Word::Problem(format!("The board could not be renamed: {error}.")));
            }
        });
    }

    /// Opens a board's file from elsewhere. `open`: the board that is open, and its images, if they may be changed.
    fn take_in(&mut self, path: PathBuf, (open, images): (BoardId, Option<Images>)) {
        self.begin(move |shelf, say| {
            if let Some(own) = shelf.own(&path) {
                return say(Word::Arrived(own, None));
            }
            let taken = shelf.read(&path, now_ms()).and_then(|incoming| {
                let board = incoming.board.clone();
                if board == open {
                    incoming.bring_images(&images.ok_or(ShelfError::Barred)?)?;
                    return Ok(Word::ForOpen(Box::new(incoming), path.clone()));
                }
                let title = incoming.title.as_deref();
                let words = match shelf.add(&incoming) {
                    Err(ShelfError::Here) => merged(&path, title, shelf.merge(&incoming)?),
                    added => added.map(|_| added_words(&path))?,
                };
                Ok(Word::Arrived(board, Some(words)))
            });
            say(taken
                .unwrap_or_else(|error| Word::Problem(format!("{} wasn't opened: {error}.", name(&path)))));
        });
    }
}

impl OpenBoard {
    /// Whether this board is open.
    #[must_use]
    pub fn is(&self, board: &BoardId) -> bool {
        self.board.meta().board == *board
    }

    /// The boards of the folder.
    pub fn boards_mut(&mut self) -> &mut Boards {
        &mut self.boards
    }

    /// The same, to look at.
    #[must_use]
    pub fn boards(&self) -> &Boards {
        &self.boards
    }

    /// What a list says of the open board.
    #[must_use]
    pub fn listed(&self) -> BoardFile {
        let meta = self.board.meta();
        let id = meta.board.clone();
        BoardFile {
            path: self.boards.file(&id),
            title: Some(self.title()).filter(|title| !title.is_empty()),
            relay: meta.remote.as_ref().map(|remote| remote.link.relay.clone()),
            hosted: meta.hosted.is_some(),
            role: self.board.status().role,
            modified_ms: self.boards.shelf.modified_ms(&id).unwrap_or_else(now_ms),
            id,
        }
    }

    /// Opens a file from elsewhere: a board's, or another program's drawing, which becomes a board.
    pub fn take_in(&mut self, path: PathBuf) {
        if path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("board"))
        {
            self.take_in_board(path);
        } else {
            self.read_as_board(path);
        }
    }

    /// Opens a board's file from elsewhere.
    pub(super) fn take_in_board(&mut self, path: PathBuf) {
        let images = self.bar().is_none().then(|| self.board.images());
        let open = (self.board.meta().board.clone(), images);
        self.boards.take_in(path, open);
    }

    /// Takes a file of the open board into it, in words for people. `None`: another board is open by now.
    pub fn bring(&mut self, incoming: &Incoming, path: &Path) -> Option<Result<String, String>> {
        if !self.is(&incoming.board) {
            return None;
        }
        let brought = self.board.bring(incoming);
        let words = brought.map(|news| merged(path, incoming.title.as_deref(), news));
        Some(words.map_err(|error| format!("{} wasn't opened: {error}.", name(path))))
    }

    /// Makes another board with all that is on one.
    pub fn duplicate(&mut self, board: BoardId) {
        self.flush_to_disk(&board);
        let title = match self.title_of(&board) {
            Some(title) => format!("{title} (copy)"),
            None => "Untitled (copy)".to_owned(),
        };
        self.boards.begin(
            move |shelf, say| match shelf.duplicate(&board, &title, now_ms()) {
                Ok(_) => say(Word::Hint(format!(
                    "“{title}” is a board of its own, shared with nobody"
                ))),
                Err(error) => say(Word::Problem(format!(
                    "The board could not be duplicated: {error}."
                ))),
            },
        );
    }

    /// Lets the person choose a file to open.
    pub fn choose_file(&mut self) {
        let ends = [&["board"], &DRAWINGS[..], &["json", "svg", "png"]].concat();
        let chosen = rfd::AsyncFileDialog::new()
            .set_title("Open a board or a drawing")
            .add_filter("Boards and drawings", &ends)
            .add_filter("Drawbridge boards", &["board"])
            .pick_file();
        let instead = "drop a file on the window to open it";
        self.boards.choose(instead, chosen, Word::Chosen);
    }

    /// Opens the folder in which a board's file lies, in the system's own program for that.
    pub fn show_in_folder(&mut self, board: &BoardId) {
        let file = self.boards.file(board);
        self.boards.apart("drawbridge-folder", move || {
            let error = viewer::show_in_folder(&file).err()?;
            let file = file.display();
            let words = format!("No folder could be opened ({error}). The file is {file}");
            Some(Word::Problem(words))
        });
    }

    pub(super) fn title_of(&self, board: &BoardId) -> Option<String> {
        if self.is(board) {
            return Some(self.title()).filter(|title| !title.is_empty());
        }
        let known = self.boards.known.iter().find(|file| file.id == *board);
        known.and_then(|file| file.title.clone())
    }

    /// What is done on the open board is to be in its file, when that is read.
    pub(super) fn flush_to_disk(&self, board: &BoardId) {
        if self.is(board) {
            let client = self.board.client();
            client.sync();
            client.wait_until(FLUSH, |status| status.unstored == 0);
        }
    }
}

fn added_words(path: &Path) -> String {
    format!(
        "{} is among your boards now. It is a copy, shared with nobody",
        name(path)
    )
}

fn merged(path: &Path, title: Option<&str>, news: News) -> String {
    let board = match title {
        Some(title) => format!("“{title}”"),
        None => "This board".to_owned(),
    };
    let things = |count: usize| match count {
        1 => "1 thing".to_owned(),
        count => format!("{count} things"),
    };
    let file = name(path);
    match (news.new, news.changed) {
        (0, 0) => format!("{board} is here already, with all that is in {file}"),
        (new, 0) => format!("{board} is here already: {} came from {file}", things(new)),
        (0, changed) => format!("{board} is here already: {} changed by {file}", things(changed)),
        (new, changed) => format!(
            "{board} is here already: {} came from {file}, {changed} changed",
            things(new)
        ),
    }
}

/// A file's name, for people.
pub(super) fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_how_much_came() {
        let words = |new, changed| {
            merged(
                Path::new("/tmp/from Ada.board"),
                Some("Plan"),
                News { new, changed },
            )
        };
        assert_eq!(
            words(0, 0),
            "“Plan” is here already, with all that is in from Ada.board"
        );
        assert_eq!(
            words(1, 0),
            "“Plan” is here already: 1 thing came from from Ada.board"
        );
        assert_eq!(
            words(3, 2),
            "“Plan” is here already: 3 things came from from Ada.board, 2 changed"
        );
    }
}
