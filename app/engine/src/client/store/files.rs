//! A board's file as the file system sees it: held by one process, put aside when damaged.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use super::StoreError;

/// How often a lock is tried for, and how long between two times. A process that this program starts holds a copy of
/// every lock until it runs its own program, also of one that is given back meanwhile.
const TRIES: u32 = 25;
const BETWEEN: Duration = Duration::from_millis(20);

/// Takes the board at `path` for this process, as long as the file that is returned lives.
pub(in crate::client) fn lock(path: &Path) -> Result<File, StoreError> {
    let beside = beside(path, "-lock");
    let other = |error: &std::io::Error| match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full,
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => StoreError::ReadOnly,
        _ => StoreError::Other(format!("{}: {error}", beside.display())),
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&beside)
        .map_err(|error| other(&error))?;
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(BETWEEN),
            Err(TryLockError::Error(error)) => return Err(other(&error)),
        }
    }
    Err(StoreError::Busy(path.to_owned()))
}

pub(in crate::client) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Whether SQLite's log of the file has something in it.
pub(in crate::client) fn has_log(path: &Path) -> bool {
    std::fs::metadata(beside(path, "-wal")).is_ok_and(|meta| meta.len() > 0)
}

/// Renames the file, by the second in which it was last written (UTC), and what SQLite keeps beside it.
/// Either may be missing.
pub(super) fn put_aside(path: &Path) -> std::io::Result<PathBuf> {
    let written = std::fs::metadata(path)
        .or_else(|_| std::fs::metadata(beside(path, "-wal")))?
        .modified()?;
    let seconds = written
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let mut aside = beside(path, &format!(".damaged-{seconds}"));
    let mut n = 1;
    while aside.exists() || has_log(&aside) {
        aside = beside(path, &format!(".damaged-{seconds}-{n}"));
        n += 1;
    }
    // First what belongs to it: a log left behind would be taken for the new file's.
    for suffix in ["-wal", "-shm", ""] {
        let from = beside(path, suffix);
        if from.exists() {
            std::fs::rename(from, beside(&aside, suffix))?;
        }
    }
    Ok(aside)
}

/// Moves a board that nobody has open, with what SQLite keeps beside it. Where that fails, it is where it was.
pub(in crate::client) fn move_board(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut moved: Vec<&str> = Vec::new();
    // As in `put_aside`: first what belongs to it.
    for suffix in ["-wal", "-shm", ""] {
        if !suffix.is_empty() && !beside(from, suffix).exists() {
            continue;
        }
        if let Err(error) = std::fs::rename(beside(from, suffix), beside(to, suffix)) {
            for suffix in moved {
                std::fs::rename(beside(to, suffix), beside(from, suffix))?;
            }
            return Err(error);
        }
        moved.push(suffix);
    }
    Ok(())
}

/// Removes a board's file for good, with what is kept beside it.
pub(in crate::client) fn remove_board(path: &Path) -> std::io::Result<()> {
    std::fs::remove_file(path)?;
    for suffix in ["-wal", "-shm", "-lock"] {
        // Of no use without it.
        let _ = std::fs::remove_file(beside(path, suffix));
    }
    Ok(())
}
