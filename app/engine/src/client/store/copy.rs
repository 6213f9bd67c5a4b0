//! A board's cells and images as a new file, and a file copied while somebody may have it open. What is made is whole or
//! isn't there.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags, params};

use super::files::{beside, has_log};
use super::glance::Glance;
use super::rows::put_cell;
use super::sqlite::start;
use super::{StoreError, past};
use crate::client::record::{CellState, Meta, StoredCell};

/// How many pages one step copies, of 4 KiB each.
const STEP: i32 = 1024;
/// How long to wait for whoever writes just now.
const PAUSE: Duration = Duration::from_millis(20);

/// Writes a new board's file at `to`, where none is: these cells, all to be offered to a relay yet, and the images of
/// `from`. One file with nothing beside it.
///
/// # Errors
/// When the disk doesn't take it; then nothing is left of it.
pub(in crate::client) fn write(
    to: &Path,
    meta: &Meta,
    cells: impl IntoIterator<Item = drawbridge_protocol::Cell>,
    from: &Glance,
) -> Result<(), StoreError> {
    // It would be taken for the new file's.
    if has_log(to) {
        return Err(StoreError::Busy(to.to_owned()));
    }
    let part = beside(to, ".part");
    let written = fill(&part, meta, cells, from).and_then(|()| {
        let synced = File::open(&part).and_then(|file| file.sync_all());
        let moved = synced.and_then(|()| std::fs::rename(&part, to));
        moved.map_err(|error| io(&error))
    });
    if written.is_err() {
        // What is there of it is of no use; a next try begins anew.
        let _ = std::fs::remove_file(&part);
    }
    written
}

fn fill(
    part: &Path,
    meta: &Meta,
    cells: impl IntoIterator<Item = drawbridge_protocol::Cell>,
    from: &Glance,
) -> Result<(), StoreError> {
    if part.exists() {
        std::fs::remove_file(part).map_err(|error| io(&error))?;
    }
    let mut db = Connection::open(part)?;
    // It gets its name once all is on the disk: until then there is nothing to protect.
    db.query_row("PRAGMA journal_mode = MEMORY", [], |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "OFF")?;
    start(&mut db, meta)?;
    let tx = db.transaction()?;
    for cell in cells {
        let row = StoredCell {
            cell,
            // Others wrote them, and know them by their stamps.
            state: CellState::Waiting,
            floor: None,
            parked: None,
        };
        put_cell(&tx, &row)?;
    }
    // What was overwritten stays where it was drawn.
    past::rows::begin_now(&tx)?;
    from.images(|hash, image| -> Result<(), StoreError> {
        tx.prepare_cached("INSERT INTO images (hash, type, bytes, sent) VALUES (?1, ?2, ?3, 0)")?
            .execute(params![hash.as_bytes(), image.kind.as_str(), &*image.bytes])?;
        Ok(())
    })?;
    tx.commit()?;
    db.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    db.close().map_err(|(_, error)| error.into())
}

/// Copies somebody's file to `to`, where none is, for oneself to look at in peace: as it is, with what is in its log.
///
/// # Errors
/// When it can't be read, or the disk doesn't take it; then nothing is left of it.
pub(in crate::client) fn fetch(from: &Path, to: &Path) -> Result<(), StoreError> {
    let fetched = if has_log(from) {
        // Whoever has it open may be moving the log into the file.
        through_sqlite(from, to).or_else(|_| as_files(from, to))
    } else {
        as_files(from, to)
    };
    if fetched.is_err() {
        for end in ["", "-wal", "-journal"] {
            let _ = std::fs::remove_file(beside(to, end));
        }
    }
    fetched
}

fn through_sqlite(from: &Path, to: &Path) -> Result<(), StoreError> {
    let db = Connection::open_with_flags(
        from,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    let mut copy = Connection::open(to)?;
    Backup::new(&db, &mut copy)?.run_to_completion(STEP, PAUSE, None)?;
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    copy.close().map_err(|(_, error)| error.into())
}

fn as_files(from: &Path, to: &Path) -> Result<(), StoreError> {
    std::fs::copy(from, to).map_err(|error| io(&error))?;
    if has_log(from) {
        std::fs::copy(beside(from, "-wal"), beside(to, "-wal")).map_err(|error| io(&error))?;
    }
    Ok(())
}

/// What the file system says.
pub(in crate::client) fn io(error: &std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::Other(error.to_string()),
    }
}
