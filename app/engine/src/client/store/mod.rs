//! Where a board lies on this machine: store and outbox in one. The session says what to store; a
//! store commits each batch whole or not at all.

pub(super) mod copy;
pub(super) mod files;
mod glance;
mod images;
mod memory;
mod past;
mod rows;
mod sqlite;
#[cfg(test)]
mod strange;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use glance::{Glance, Outline};
pub use images::{ImageStore, Unsent};
pub use memory::MemoryStore;
pub use sqlite::SqliteStore;

use drawbridge_protocol::Cell;

use super::record::{Loaded, Past, StoreBatch};

/// One board's store.
pub trait Store: Send {
    /// Everything that is in it.
    ///
    /// # Errors
    /// When it can't be read.
    fn load(&mut self) -> Result<Loaded, StoreError>;

    /// Commits a batch. When this returns `Ok`, it is on the disk.
    ///
    /// # Errors
    /// When it can't be written; then nothing of it is.
    fn commit(&mut self, batch: &StoreBatch) -> Result<(), StoreError>;

    /// Every version of every cell that is in it, and of those that it may not have yet.
    ///
    /// # Errors
    /// When it can't be read.
    fn past(&mut self, unsaved: Vec<Cell>) -> Result<Past, StoreError>;
}

/// Why a store doesn't do what it should. Each says what a person can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room.
    #[error("the disk is full; free some room, it is tried again by itself")]
    Full,
    /// Writing isn't allowed.
    #[error("the folder of the board can't be written to; allow that, it is tried again by itself")]
    ReadOnly,
    /// Another program has it open.
    #[error("another program has this board open: {0}")]
    Busy(PathBuf),
    /// Another program holds the file's contents.
    #[error("another program holds the board's file; close it there, it is tried again by itself")]
    Held,
    /// A newer version of this program wrote it.
    #[error("a newer version of Drawbridge wrote this board (format {0}); update this one to open it")]
    Newer(i64),
    /// The file is not a board any more.
    #[error("the board's file is damaged: {0}")]
    Damaged(String),
    /// Anything else that the disk or the database says.
    #[error("the board's file can't be used: {0}")]
    Other(String),
}

/// A damaged store that was put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedStore {
    /// Where it lies now, untouched.
    pub put_aside: PathBuf,
    /// What was found wrong.
    pub reason: String,
}

impl std::fmt::Display for DamagedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.put_aside.display();
        write!(
            f,
            "This board's file was damaged ({}). It is kept as {path}; an empty one was started. If the board is \
                   shared, join it again by its link to have it back.",
            self.reason
        )
    }
}

/// A store that was opened, with what it holds.
#[derive(Debug)]
pub struct StoreOpened<S> {
    /// The store.
    pub store: S,
    /// What it holds.
    pub loaded: Loaded,
    /// Set when the file that was there was damaged, and a new one was started.
    pub damaged: Option<DamagedStore>,
}
