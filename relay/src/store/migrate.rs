//! Bringing an older store forward: first a copy of it as it is, then all steps in one transaction, so that the store is
//! either as it was or as this program has it.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::schema::{self, IMAGES, LINKS, SCHEMA};
use super::{StoreError, copy};

/// Every board's one key becomes a link with which people may draw. Of deleted boards only the gravestone stays.
const LINKS_OF_KEYS: &str = "
    INSERT INTO links (board, hash, role, name, made_ms)
        SELECT n, key_hash, 'edit', '', created_ms FROM boards WHERE gone = 0;
    ALTER TABLE boards DROP COLUMN key_hash;
    ALTER TABLE boards ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;
";

/// Boards can move to other relays.
const MOVED: &str = "ALTER TABLE boards ADD COLUMN moved TEXT;";

/// What leads from a version to the next.
fn step(from: i32) -> String {
    match from {
        1 => IMAGES.to_owned(),
        2 => format!("{LINKS} {LINKS_OF_KEYS}"),
        3 => MOVED.to_owned(),
        _ => String::new(),
    }
}

/// Brings the store at `path`, which `db` has open, to the present version.
///
/// # Errors
/// When the copy can't be made, or a step fails: the store is as it was then.
pub(super) fn migrate(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let from = schema::version(db)?;
    if from >= SCHEMA {
        return Ok(());
    }
    let kept = keep(db, path, from)?;
    tracing::info!(from, to = SCHEMA, copy = %kept.display(), "bringing the store forward; a copy of it as it was is kept");
    let steps: Vec<String> = (from..SCHEMA).map(step).collect();
    let sql = format!(
        "BEGIN IMMEDIATE; {} PRAGMA user_version={SCHEMA}; COMMIT;",
        steps.join(" ")
    );
    if let Err(error) = db.execute_batch(&sql) {
        // If it is none, SQLite has rolled back by itself.
        if !db.is_autocommit() {
            db.execute_batch("ROLLBACK")?;
        }
        return Err(StoreError::NotForward {
            path: path.to_owned(),
            copy: kept,
            why: error.to_string(),
        });
    }
    Ok(())
}

/// Copies the store as it is beside it. An older copy of the same version makes room only for one that is whole.
fn keep(db: &Connection, path: &Path, from: i32) -> Result<PathBuf, StoreError> {
    let beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".schema-{from}.backup{end}"));
        PathBuf::from(name)
    };
    let (fresh, kept) = (beside(".new"), beside(""));
    let io = |error| StoreError::io(&fresh, &error);
    if fresh.try_exists().map_err(io)? {
        fs::remove_file(&fresh).map_err(io)?;
    }
    if let Err(error) = copy::copy(db, &fresh, false) {
        // It is of no use to anybody, and takes room that may be what is missing.
        let _ = fs::remove_file(&fresh);
        return Err(error);
    }
    fs::rename(&fresh, &kept).map_err(io)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(io)?;
    }
    Ok(kept)
}
