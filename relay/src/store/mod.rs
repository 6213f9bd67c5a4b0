//! What a relay keeps: one SQLite file in its data folder, and images as files beside it. One row a cell, with the
//! sequence number of the write that brought it; overwritten rows move to the table `past`.

mod access;
mod checkpoint;
mod chores;
mod copy;
mod disk;
mod epochs;
mod images;
mod look;
#[cfg(any(test, feature = "testing"))]
mod memory;
mod migrate;
mod past;
mod read;
mod revert;
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
pub(crate) use copy::copy as copy_file;
pub(crate) use disk::{BoardRow, Disk, DiskError};
pub(crate) use epochs::Epochs;
pub(crate) use images::{Checked, ImageFiles, ImageRow};
pub(crate) use look::{BoardLook, Look};
#[cfg(feature = "testing")]
pub(crate) use memory::MemoryDisk;
pub(crate) use past::{PastBounds, PastPlace, PastRows};
pub(crate) use read::{Contents, Page, Readers, Seen};
pub(crate) use revert::{Fix, Target};
pub(crate) use schema::{check as check_file, file as file_in};
pub(crate) use sqlite::SqliteDisk;
pub(crate) use write::{Writer, no_room};

/// Locked by whoever uses the folder.
const LOCK: &str = "relay.lock";
/// While this folder is there, a backup is being put in the store's place.
pub(crate) const RESTORING: &str = "restoring";

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
    /// The file was written by an older relay, and this was only to look at it.
    #[error(
        "the relay's store {path} was written by an older version; start the relay once: it makes a backup and brings it \
         forward"
    )]
    Older {
        /// The file.
        path: PathBuf,
    },
    /// An older file couldn't be brought to this program's version.
    #[error(
        "the relay's store {path} can't be brought to this version ({why}). It is as it was, and {copy} is a copy of it: go on \
         with the version that wrote it, or move it away"
    )]
    NotForward {
        /// The file.
        path: PathBuf,
        /// The copy.
        copy: PathBuf,
        /// What failed.
        why: String,
    },
    /// There is none.
    #[error("there is no relay's store at {0}; name its folder with --data")]
    Missing(PathBuf),
    /// Half of one store and half of another may be there.
    #[error(
        "a backup was being put in the place of the store in {0}, and that broke off; run `drawbridge-relay restore` again"
    )]
    Restoring(PathBuf),
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
    /// Takes the folder, as long as what it returns is held.
    ///
    /// # Errors
    /// When somebody else has it, or it can't be used.
    pub(crate) fn try_lock(data: &Path) -> Result<File, TryLockError> {
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        let lock = options.open(data.join(LOCK)).map_err(TryLockError::Error)?;
        lock.try_lock()?;
        Ok(lock)
    }

    /// Opens the store in `data`, makes it if there is none, and begins an epoch.
    ///
    /// # Errors
    /// When the folder is in use or can't be used, or the file there is damaged. It is left as it was.
    pub(crate) fn open(data: &Path) -> Result<Self, StoreError> {
        make_folder(data).map_err(|error| StoreError::io(data, &error))?;
        let lock = Self::try_lock(data).map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::InUse(data.to_owned()),
            TryLockError::Error(error) => StoreError::io(&data.join(LOCK), &error),
        })?;
        let restoring = data.join(RESTORING);
        if restoring
            .try_exists()
            .map_err(|error| StoreError::io(&restoring, &error))?
        {
            return Err(StoreError::Restoring(data.to_owned()));
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

/// Makes the data folder if need be. What people draw is theirs, so nobody else looks into it.
fn make_folder(data: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data)
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
