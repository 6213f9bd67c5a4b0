//! What a relay keeps: one SQLite file in its data folder, and images as files beside it. One row a cell, with the
//! sequence number of the write that brought it; overwritten rows move to the table `past`.

mod access;
mod checkpoint;
mod disk;
mod epochs;
mod images;
#[cfg(any(test, feature = "testing"))]
mod memory;
mod read;
mod schema;
mod sqlite;
#[cfg(test)]
mod strange;
mod write;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use drawbridge_protocol::{BoardId, Cell};
use rusqlite::config::DbConfig;

pub(crate) use checkpoint::Checkpoints;
pub(crate) use disk::{BoardRow, Disk, DiskError};
pub(crate) use epochs::Epochs;
pub(crate) use images::{Checked, ImageFiles, ImageRow};
#[cfg(feature = "testing")]
pub(crate) use memory::MemoryDisk;
pub(crate) use read::{Page, Readers, Seen};
pub(crate) use sqlite::SqliteDisk;
pub(crate) use write::{Writer, no_room};

/// Why the store can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is there, but can't be trusted.
    #[error(
        "the relay's store {path} is damaged ({why}). It was left as it is. Restore a copy of it, or move it \
         and the files beside it away: the relay then starts empty, and every app that holds a board brings it back"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file was written by a newer relay.
    #[error(
        "the relay's store {path} was written by a newer version; start that version, or name another folder with --data"
    )]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// Another relay uses the folder.
    #[error("another relay is using the folder {0}; stop it first, or name another folder with --data")]
    InUse(PathBuf),
    /// The operating system says no.
    #[error("can't use {path}: {why}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The database says no.
    #[error("the relay's store failed: {0}")]
    Sql(#[from] rusqlite::Error),
}

impl StoreError {
    fn damaged(path: &Path, why: &str) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            why: why.to_owned(),
        }
    }

    fn io(path: &Path, why: &std::io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            why: why.to_string(),
        }
    }
}

/// An open store, before its parts go to their threads.
#[derive(Debug)]
pub(crate) struct Store {
    /// The one connection that writes.
    pub(crate) db: rusqlite::Connection,
    /// The file.
    pub(crate) path: PathBuf,
    /// Held while the relay runs; the system lets go of it when the process ends, however it ends.
    pub(crate) lock: File,
    /// The starts of this relay, the present one last.
    pub(crate) epochs: Epochs,
    /// The last sequence number given.
    pub(crate) head: u64,
    /// The clock's last stored reading.
    pub(crate) clock_ms: u64,
    /// The images.
    pub(crate) images: ImageFiles,
}

impl Store {
    /// Opens the store in `data`, makes it if there is none, and begins an epoch.
    ///
    /// # Errors
    /// When the folder is in use or can't be used, or the file there is damaged. It is left as it was.
    pub(crate) fn open(data: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(data).map_err(|error| StoreError::io(data, &error))?;
        let lock_path = data.join("relay.lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(|error| StoreError::io(&lock_path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(data.to_owned())),
            Err(TryLockError::Error(error)) => return Err(StoreError::io(&lock_path, &error)),
        }
        let db = schema::open(data)?;
        let (head, clock_ms) = db.query_row("SELECT head, clock_ms FROM meta", [], |row| {
            Ok((read::unsigned(row, 0)?, read::unsigned(row, 1)?))
        })?;
        let epochs = Epochs::begin(&db, head)?;
        let images = ImageFiles::open(data, &db)?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(Self {
            db,
            path: schema::file(data),
            lock,
            epochs,
            head,
            clock_ms,
            images,
        })
    }
}

/// Reads a board's winning cells from a data folder, ordered by element and property, without
/// changing anything. For tests and tools; a relay may be running there.
///
/// # Errors
/// When there is no store, or it can't be read.
pub fn dump(data: &Path, board: &BoardId) -> Result<Vec<Cell>, StoreError> {
    let path = schema::file(data);
    let db = schema::open_read_only(&path)?;
    read::all(&db, &path, board)
}
