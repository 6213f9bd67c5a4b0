//! The store's file: its tables, and opening it without ever harming one that is damaged.

use std::cmp::Ordering;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::sqlite::is_full;
use super::{StoreError, migrate};

/// Marks the file as a relay's: "DrwB".
const APPLICATION_ID: i32 = 0x4472_7742;
/// The tables below. Version 1 had no images; version 2 had one key a board, and no roles; in version 3 no board could
/// move to another relay.
pub(super) const SCHEMA: i32 = 4;

const TABLES: &str = "
    CREATE TABLE meta (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        head INTEGER NOT NULL,        -- the last sequence number given, over all boards
        clock_ms INTEGER NOT NULL,    -- the relay's clock at the last commit
        past_bytes INTEGER NOT NULL   -- what the table past holds
    ) STRICT;
    INSERT INTO meta VALUES (1, 0, 0, 0);
    CREATE TABLE epochs (
        n INTEGER PRIMARY KEY,
        epoch TEXT NOT NULL UNIQUE,
        first_seq INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE boards (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        created_ms INTEGER NOT NULL,
        gone INTEGER NOT NULL DEFAULT 0,
        locked INTEGER NOT NULL DEFAULT 0,   -- only owners may change it
        cells INTEGER NOT NULL DEFAULT 0,
        bytes INTEGER NOT NULL DEFAULT 0,
        max_ms INTEGER NOT NULL DEFAULT 0,   -- the greatest stamp's milliseconds
        head INTEGER NOT NULL DEFAULT 0,     -- the last write's sequence number
        moved TEXT                           -- the address of the relay on which it lives now
    ) STRICT;
    CREATE TABLE cells (
        n INTEGER PRIMARY KEY,
        board INTEGER NOT NULL,
        element TEXT NOT NULL,
        prop TEXT NOT NULL,
        ms INTEGER NOT NULL,
        counter INTEGER NOT NULL,
        peer TEXT NOT NULL,
        value TEXT NOT NULL,
        seq INTEGER NOT NULL,
        UNIQUE (board, element, prop)
    ) STRICT;
    CREATE INDEX cells_by_seq ON cells (board, seq);
    CREATE TABLE past (
        n INTEGER PRIMARY KEY,
        board INTEGER NOT NULL,
        element TEXT NOT NULL,
        prop TEXT NOT NULL,
        ms INTEGER NOT NULL,
        counter INTEGER NOT NULL,
        peer TEXT NOT NULL,
        value TEXT NOT NULL,
        seq INTEGER NOT NULL,
        until_ms INTEGER NOT NULL,   -- when it was overwritten
        bytes INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX past_by_board ON past (board, until_ms);
";

/// Which boards have which images; the bytes are files.
pub(super) const IMAGES: &str = "
    CREATE TABLE images (
        board INTEGER NOT NULL,
        hash BLOB NOT NULL,
        type TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        PRIMARY KEY (board, hash)
    ) STRICT, WITHOUT ROWID;
";

/// The ways onto boards: the hashes of keys, and what each lets people do.
pub(super) const LINKS: &str = "
    CREATE TABLE links (
        board INTEGER NOT NULL,
        hash BLOB NOT NULL,          -- SHA-256 of the key
        role TEXT NOT NULL,          -- owner, edit or view
        name TEXT NOT NULL,
        until_ms INTEGER,            -- when it ends by itself
        ended_ms INTEGER,            -- when it was ended
        made_ms INTEGER NOT NULL,
        PRIMARY KEY (board, hash)
    ) STRICT, WITHOUT ROWID;
";

/// The store's file in a data folder.
pub(crate) fn file(data: &Path) -> PathBuf {
    data.join("relay.sqlite")
}

/// Opens the store for writing; makes it if the folder has none.
pub(crate) fn open(data: &Path) -> Result<Connection, StoreError> {
    let path = file(data);
    let is_there = path.try_exists().map_err(|error| StoreError::io(&path, &error))?;
    if is_there {
        check(&path)?;
    } else {
        let wal = data.join("relay.sqlite-wal");
        if wal.try_exists().map_err(|error| StoreError::io(&wal, &error))? {
            return Err(StoreError::damaged(
                &path,
                "the file is missing, but its -wal file is there",
            ));
        }
        create(data, &path)?;
    }
    let db = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Until it is known to be whole, closing it must not touch the log.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.busy_timeout(Duration::from_secs(5))?;
    // Synchronous=FULL: an acknowledged write survives a power cut. Checkpoints have a thread of their own.
    db.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;")?;
    migrate::migrate(&db, &path)?;
    Ok(db)
}

/// Fails unless the store is of this program's version.
pub(super) fn require_present(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let path = path.to_owned();
    match version(db)?.cmp(&SCHEMA) {
        Ordering::Less => Err(StoreError::Older { path }),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(StoreError::Newer { path }),
    }
}

pub(super) fn version(db: &Connection) -> Result<i32, rusqlite::Error> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Opens the store for reading. Nothing that this connection does changes the file.
pub(crate) fn open_read_only(path: &Path) -> Result<Connection, rusqlite::Error> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    db.busy_timeout(Duration::from_secs(5))?;
    Ok(db)
}

/// Makes the file under another name first, so that a store is either whole or not there.
fn create(data: &Path, path: &Path) -> Result<(), StoreError> {
    let fresh = data.join("relay.sqlite.new");
    let io = |error| StoreError::io(&fresh, &error);
    if fresh.try_exists().map_err(io)? {
        fs::remove_file(&fresh).map_err(io)?;
    }
    let db = Connection::open(&fresh)?;
    db.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")?;
    db.execute_batch(&format!(
        "BEGIN; {TABLES} {IMAGES} {LINKS} PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={SCHEMA}; COMMIT;"
    ))?;
    db.close().map_err(|(_, error)| error)?;
    fs::rename(&fresh, path).map_err(io)?;
    #[cfg(unix)]
    fs::File::open(data)
        .and_then(|folder| folder.sync_all())
        .map_err(io)?;
    Ok(())
}

/// Reads the whole file once, without writing to it.
pub(crate) fn check(path: &Path) -> Result<(), StoreError> {
    let mut magic = [0; 16];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    match read {
        Ok(()) if &magic == b"SQLite format 3\0" => {}
        Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            return Err(StoreError::io(path, &error));
        }
        _ => return Err(StoreError::damaged(path, "it is no SQLite file")),
    }
    let damaged = |error: rusqlite::Error| unreadable(path, &error);
    let db = open_read_only(path).map_err(damaged)?;
    let id: i32 = db
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(damaged)?;
    if id != APPLICATION_ID {
        return Err(StoreError::damaged(path, "it is some other program's file"));
    }
    let schema = version(&db).map_err(damaged)?;
    if schema > SCHEMA {
        return Err(StoreError::Newer {
            path: path.to_owned(),
        });
    }
    if schema < 1 {
        return Err(StoreError::damaged(
            path,
            "its version is none that a relay ever wrote",
        ));
    }
    // Not `quick_check`: it doesn't look whether the indexes know every row, by which boards are read.
    let verdict: String = db
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(damaged)?;
    if verdict != "ok" {
        return Err(StoreError::damaged(path, &verdict));
    }
    db.query_row(
        "SELECT head + clock_ms + past_bytes FROM meta WHERE one = 1",
        [],
        |row| row.get::<_, i64>(0),
    )
    .map_err(damaged)?;
    Ok(())
}

/// Why a file can't be read. Only what is found wrong within it is damage: a disk that is full (SQLite can't make the
/// file's shared memory then) or fails says nothing about what is on it.
fn unreadable(path: &Path, error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, Unknown};
    match error.sqlite_error_code() {
        None | Some(DatabaseCorrupt | NotADatabase | Unknown) => {
            StoreError::damaged(path, &error.to_string())
        }
        Some(_) if is_full(error) => StoreError::Io {
            path: path.to_owned(),
            why: "the disk is full".to_owned(),
        },
        Some(_) => StoreError::Io {
            path: path.to_owned(),
            why: error.to_string(),
        },
    }
}
