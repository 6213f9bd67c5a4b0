//! A store's file copied while it may be in use.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::{StoreError, schema};

/// How many pages one step copies, of 4 KiB each.
const STEP: i32 = 256;

/// Copies what `db` sees to a fresh file at `to`. When this returns, that is on disk, whole by itself, and has been read
/// again. With `gently` it rests after each step for as long as that took; then `db` must hold a snapshot, or whoever writes
/// meanwhile would have it begin anew.
pub(crate) fn copy(db: &Connection, to: &Path, gently: bool) -> Result<(), StoreError> {
    let mut copy = Connection::open(to).map_err(|error| failed(to, &error))?;
    let backup = Backup::new(db, &mut copy).map_err(|error| failed(to, &error))?;
    loop {
        let began = Instant::now();
        match backup.step(STEP).map_err(|error| failed(to, &error))? {
            StepResult::Done => break,
            StepResult::More if gently => std::thread::sleep(began.elapsed()),
            StepResult::More => {}
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
    drop(backup);
    // One file, also where nobody may write beside it.
    copy.query_row("PRAGMA journal_mode=DELETE", [], |_| Ok(()))
        .map_err(|error| failed(to, &error))?;
    copy.close().map_err(|(_, error)| failed(to, &error))?;
    let synced = File::open(to).and_then(|file| file.sync_all());
    synced.map_err(|error| StoreError::io(to, &error))?;
    schema::check(to)
}

fn failed(path: &Path, error: &rusqlite::Error) -> StoreError {
    StoreError::Io {
        path: path.to_owned(),
        why: match super::sqlite::is_full(error) {
            true => "the disk is full".to_owned(),
            false => error.to_string(),
        },
    }
}
