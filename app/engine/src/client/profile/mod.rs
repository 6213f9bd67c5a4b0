//! A person's folder: which boards are in it, and that only one process uses it at a time. A second
//! start hands what it was asked to open over to the first.

mod copies;
mod handoff;
mod pictures;
mod shelf;
#[cfg(test)]
mod tests;
mod trash;
mod trusted;

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

use drawbridge_protocol::{BoardId, Key, RelayAddress};

pub use self::copies::{CopyError, Incoming, News, is_board, whole};
use self::handoff::listen;
pub use self::handoff::{Handoff, HandoffError};
pub use self::pictures::Kept;
pub use self::shelf::{BoardFile, Shelf, ShelfError};
pub use self::trash::{KEPT_MS, Thrown};
use super::store::Glance;
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

impl ProfileError {
    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.path
    }

    /// What the disk said.
    #[must_use]
    pub fn kind(&self) -> std::io::ErrorKind {
        self.error.kind()
    }
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

    /// The boards here.
    #[must_use]
    pub fn shelf(&self) -> Shelf {
        Shelf {
            folder: self.folder.clone(),
        }
    }
}

/// How many of the boards in a person's folder live on which relay. Reads a row of each: not for a window's thread.
#[must_use]
pub fn relays_of_boards(folder: &Path) -> BTreeMap<RelayAddress, usize> {
    let entries = std::fs::read_dir(folder.join("boards"))
        .into_iter()
        .flatten()
        .flatten();
    let paths = entries.map(|entry| entry.path());
    let boards = paths.filter(|path| path.extension().is_some_and(|end| end == "board"));
    let mut relays = BTreeMap::new();
    let relay = |path: PathBuf| Glance::at(&path).ok()?.outline().ok()?.relay;
    for relay in boards.filter_map(relay) {
        *relays.entry(relay).or_default() += 1;
    }
    relays
}

impl Drop for Profile {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        // Wakes the listening thread, which then ends.
        drop(TcpStream::connect(self.address));
    }
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
