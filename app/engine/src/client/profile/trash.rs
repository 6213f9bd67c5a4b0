//! Deleted boards: kept in the profile's folder `trash` for a month, then removed for good. A file's name there says when
//! its board was deleted.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use drawbridge_protocol::BoardId;

use super::create_private;
use super::shelf::{Shelf, ShelfError, named};
use crate::client::store::Glance;
use crate::client::store::files::{beside, lock, move_board, remove_board};

/// How long a deleted board is kept, in milliseconds.
pub const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// How often a board is tried to be moved, and how long between two times.
const TRIES: u32 = 25;
const BETWEEN: Duration = Duration::from_millis(100);

/// A board in the trash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thrown {
    /// The board.
    pub id: BoardId,
    /// Its file, in the trash.
    pub path: PathBuf,
    /// The title on it, if it has one.
    pub title: Option<String>,
    /// Whether it was shared: others have it still.
    pub shared: bool,
    /// When it was deleted, in milliseconds since the Unix epoch.
    pub thrown_ms: u64,
}

impl Thrown {
    fn at(id: BoardId, path: PathBuf, thrown_ms: u64) -> Self {
        // One that can't be read can be brought back all the same.
        let outline = Glance::at(&path).and_then(|glance| glance.outline()).ok();
        Self {
            id,
            title: outline.as_ref().and_then(|outline| outline.title.clone()),
            shared: outline.is_some_and(|outline| outline.relay.is_some()),
            path,
            thrown_ms,
        }
    }
}

impl Shelf {
    fn trash(&self) -> PathBuf {
        self.folder.join("trash")
    }

    /// Puts a board that isn't open into the trash, with all that is on it and the keys to it. `now_ms` is on the wall clock.
    ///
    /// # Errors
    /// When it is open, or the disk doesn't allow it; then it is where it was.
    pub fn throw_away(&self, board: &BoardId, now_ms: u64) -> Result<Thrown, ShelfError> {
        let from = self.file(board);
        let trash = self.trash();
        create_private(&trash).map_err(|error| ShelfError::io(&trash, &error))?;
        let held = lock(&from).map_err(|error| ShelfError::store(&from, error))?;
        let mut thrown_ms = now_ms;
        let path = loop {
            let path = trash.join(format!("{thrown_ms}-{board}.board"));
            if !path.exists() {
                break path;
            }
            thrown_ms += 1;
        };
        patiently(|| move_board(&from, &path)).map_err(|error| ShelfError::io(&from, &error))?;
        drop(held);
        // It is of no use without its board.
        let _ = std::fs::remove_file(beside(&from, "-lock"));
        Ok(Thrown::at(board.clone(), path, thrown_ms))
    }

    /// Puts a board from the trash back where it was.
    ///
    /// # Errors
    /// When the board is here again, or the disk doesn't allow it; then it stays in the trash.
    pub fn restore(&self, thrown: &Thrown) -> Result<(), ShelfError> {
        let to = self.file(&thrown.id);
        if to.exists() {
            return Err(ShelfError::Here);
        }
        move_board(&thrown.path, &to).map_err(|error| ShelfError::io(&thrown.path, &error))
    }

    /// What lies in the trash, the last deleted first.
    #[must_use]
    pub fn thrown(&self) -> Vec<Thrown> {
        let entries = std::fs::read_dir(self.trash()).into_iter().flatten();
        let mut thrown: Vec<Thrown> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let (thrown_ms, name) = path.file_name()?.to_str()?.split_once('-')?;
                let (thrown_ms, id) = (thrown_ms.parse().ok()?, named(name.as_ref())?);
                Some(Thrown::at(id, path, thrown_ms))
            })
            .collect();
        thrown.sort_by(|a, b| b.thrown_ms.cmp(&a.thrown_ms).then_with(|| a.id.cmp(&b.id)));
        thrown
    }

    /// Removes for good what was deleted a month before `now_ms`, and pictures of boards that are gone.
    pub fn sweep(&self, now_ms: u64) {
        for thrown in self.thrown() {
            if thrown.thrown_ms.saturating_add(KEPT_MS) > now_ms {
                continue;
            }
            match remove_board(&thrown.path) {
                Ok(()) => {
                    tracing::info!(board = %thrown.id, "a board that was deleted a month ago is gone for good");
                }
                Err(error) => {
                    tracing::warn!(path = %thrown.path.display(), %error, "a deleted board can't be removed");
                }
            }
        }
        self.sweep_pictures();
    }
}

/// Tries something for a moment. On Windows, whoever looks into a file just now holds it, so that it can't be moved.
fn patiently(act: impl Fn() -> std::io::Result<()>) -> std::io::Result<()> {
    for _ in 1..TRIES {
        match act() {
            Err(error) if cfg!(windows) && error.kind() == ErrorKind::PermissionDenied => {
                std::thread::sleep(BETWEEN);
            }
            done => return done,
        }
    }
    act()
}
