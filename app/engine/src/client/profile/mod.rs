//! A person's folder: which boards are in it, and that only one process uses it at a time. A second
//! start hands what it was asked to open over to the first.

mod handoff;
mod trusted;

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::UNIX_EPOCH;

use drawbridge_protocol::{BoardId, Key};

use self::handoff::listen;
pub use self::handoff::{Handoff, HandoffError};
use super::store::SqliteStore;
use super::trust::Trust;

/// What starting in a folder comes to.
#[derive(Debug)]
pub enum Start {
    /// The folder is ours.
    Opened(Profile),
    /// A process runs in it already; talk to that one.
    Running(Handoff),
}

/// Why a folder can't be used.
#[derive(Debug, thiserror::Error)]
#[error("the folder {} can't be used: {error}", path.display())]
pub struct ProfileError {
    path: PathBuf,
    error: std::io::Error,
}

/// One board in a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardFile {
    /// The board.
    pub id: BoardId,
    /// Its file.
    pub path: PathBuf,
    /// The title on it, if it has one.
    pub title: Option<String>,
    /// When it was last written, in milliseconds since the Unix epoch on the wall clock.
    pub modified_ms: u64,
}

/// A folder in use by this process, until it is dropped.
#[derive(Debug)]
pub struct Profile {
    folder: PathBuf,
    _lock: File,
    handed: Receiver<String>,
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    trusted: Trust,
}

impl Profile {
    /// Opens the folder, and creates it if need be. `wake` is called, on any thread, when another
    /// start has handed something over.
    ///
    /// # Errors
    /// When the disk doesn't allow it.
    pub fn open(folder: &Path, wake: Arc<dyn Fn() + Send + Sync>) -> Result<Start, ProfileError> {
        let in_folder = |error| ProfileError {
            path: folder.to_owned(),
            error,
        };
        create_private(folder).map_err(in_folder)?;
        std::fs::create_dir_all(folder.join("boards")).map_err(in_folder)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock"))
            .map_err(in_folder)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Ok(Start::Running(Handoff {
                    file: folder.join("handoff"),
                }));
            }
            Err(TryLockError::Error(error)) => return Err(in_folder(error)),
        }

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(in_folder)?;
        let address = listener.local_addr().map_err(in_folder)?;
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).map_err(|error| in_folder(std::io::Error::other(error)))?;
        let token = Key::from_bits(bits);
        let note = format!("{}\n{}\n", address.port(), token.reveal());
        write_private(&folder.join("handoff"), &note).map_err(in_folder)?;
        let (tell, handed) = channel();
        let ended = Arc::new(AtomicBool::new(false));
        let ended_there = Arc::clone(&ended);
        std::thread::Builder::new()
            .name("drawbridge-handoff".to_owned())
            .spawn(move || listen(&listener, &token, &tell, &*wake, &ended_there))
            .map_err(in_folder)?;
        Ok(Start::Opened(Self {
            folder: folder.to_owned(),
            _lock: lock,
            handed,
            address,
            ended,
            trusted: trusted::read(folder),
        }))
    }

    /// The next line that another start handed over, if any: a link, or nothing but the wish to be seen.
    #[must_use]
    pub fn handed(&self) -> Option<String> {
        self.handed.try_recv().ok()
    }

    /// The folder itself.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where settings are kept.
    #[must_use]
    pub fn settings_file(&self) -> PathBuf {
        self.folder.join("settings.json")
    }

    /// Where a relay inside this program keeps the boards it hosts.
    #[must_use]
    pub fn relay_folder(&self) -> PathBuf {
        self.folder.join("relay")
    }

    /// The file of a board, whether it exists or not.
    #[must_use]
    pub fn board_file(&self, board: &BoardId) -> PathBuf {
        self.folder.join("boards").join(format!("{board}.board"))
    }

    /// The boards here, the last written first.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn boards(&self) -> Result<Vec<BoardFile>, ProfileError> {
        let folder = self.folder.join("boards");
        let entries = std::fs::read_dir(&folder).map_err(|error| ProfileError { path: folder, error })?;
        let mut boards: Vec<BoardFile> = entries
            .filter_map(|entry| board_file(&entry.ok()?.path()))
            .collect();
        boards.sort_by(|a, b| b.modified_ms.cmp(&a.modified_ms).then_with(|| a.id.cmp(&b.id)));
        Ok(boards)
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        // Wakes the listening thread, which then ends.
        drop(TcpStream::connect(self.address));
    }
}

fn board_file(path: &Path) -> Option<BoardFile> {
    if path.extension()? != "board" {
        return None;
    }
    let id = BoardId::new(path.file_stem()?.to_str()?).ok()?;
    let mut modified = path.metadata().ok()?.modified().ok()?;
    // What was written last may still lie in the log beside it.
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if let Ok(time) = std::fs::metadata(log).and_then(|meta| meta.modified()) {
        modified = modified.max(time);
    }
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    Some(BoardFile {
        id,
        path: path.to_owned(),
        title: SqliteStore::peek_title(path),
        modified_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
    })
}

/// Creates a folder that only its owner can look into, where the system knows such a thing: boards'
/// keys lie in it.
fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file that only its owner can read; whoever reads it sees all of it or an earlier one.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension("new");
    let mut options = File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(text.as_bytes())?;
    drop(file);
    std::fs::rename(new, path)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn open(folder: &Path, wake: Arc<dyn Fn() + Send + Sync>) -> Start {
        Profile::open(folder, wake).expect("a folder we may use")
    }

    #[test]
    fn a_second_start_hands_its_link_to_the_first() {
        let dir = tempfile::tempdir().expect("a folder");
        let (woken, wakes) = channel();
        let wake = Arc::new(move || woken.send(()).expect("the test waits"));
        let Start::Opened(first) = open(dir.path(), wake) else {
            panic!("nobody else is here")
        };
        let Start::Running(handoff) = open(dir.path(), Arc::new(|| {})) else {
            panic!("two processes in one folder")
        };
        handoff.send("drawbridge://host/board#key").expect("handed over");
        wakes.recv().expect("woken");
        assert_eq!(first.handed().as_deref(), Some("drawbridge://host/board#key"));
        assert_eq!(first.handed(), None);
        assert!(handoff.send("two\nlines").is_err());

        drop(first);
        assert!(matches!(open(dir.path(), Arc::new(|| {})), Start::Opened(_)));
    }

    #[test]
    fn a_hand_over_without_the_token_is_not_taken() {
        let dir = tempfile::tempdir().expect("a folder");
        let Start::Opened(profile) = open(dir.path(), Arc::new(|| {})) else {
            panic!("nobody else is here")
        };
        let mut stream = TcpStream::connect(profile.address).expect("it listens");
        stream.write_all(b"guess\nlink\n").expect("written");
        let mut answer = String::new();
        // Closed without a word, or reset.
        let _ = stream.read_to_string(&mut answer);
        assert_eq!(answer, "");
        assert_eq!(profile.handed(), None);
    }

    #[test]
    fn boards_are_listed_by_their_files() {
        let dir = tempfile::tempdir().expect("a folder");
        let Start::Opened(profile) = open(dir.path(), Arc::new(|| {})) else {
            panic!("nobody else is here")
        };
        assert_eq!(profile.boards().expect("listed"), []);
        let board = BoardId::new("plan").expect("an id");
        let file = profile.board_file(&board);
        let meta = crate::client::Meta {
            board: board.clone(),
            key: Key::from_bits([1; 16]),
            remote: None,
            hosted: None,
            standing: Default::default(),
        };
        let opened = SqliteStore::open(&file, &meta).expect("a new board");
        std::fs::write(dir.path().join("boards/strange name!.board"), "x").expect("written");
        std::fs::write(dir.path().join("boards/notes.txt"), "x").expect("written");
        let found = profile.boards().expect("listed");
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&found[0].id, &found[0].path, &found[0].title),
            (&board, &file, &None)
        );
        drop(opened);
    }
}
