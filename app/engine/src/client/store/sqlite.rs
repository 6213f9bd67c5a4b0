//! A store in one SQLite file, which every commit reaches before it returns.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use drawbridge_protocol::Cell;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::files::{has_log, lock, put_aside};
use super::images::{self, forget_sent};
use super::past::rows as past_rows;
use super::past::{Bounds, Tally};
use super::rows::{draft, load, put_cell, set, set_chat, set_remote, set_standing};
use super::{DamagedStore, Store, StoreError, StoreOpened};
use crate::client::record::{Loaded, Meta, Past, PastBatch, StoreBatch};
use crate::progress::Progress;

/// Tells a board from any other SQLite file: "Draw".
pub(super) const APPLICATION_ID: i64 = 0x4472_6177;
/// The layout below, that of images, which format 1 didn't have, and that of earlier versions, which format 2 didn't have.
pub(super) const FORMAT: i64 = 3;

const LAYOUT: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE cells (
    element TEXT NOT NULL,
    prop TEXT NOT NULL,
    ms INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    peer TEXT NOT NULL,
    value TEXT NOT NULL,
    state INTEGER NOT NULL,      -- 0 settled, 1 waiting, 2 fresh
    floor TEXT,                  -- a stamp: the greatest that a fresh cell overwrote
    parked_code TEXT,
    parked_message TEXT,
    PRIMARY KEY (element, prop)
) STRICT, WITHOUT ROWID;
CREATE TABLE drafts (
    slot TEXT NOT NULL,
    n INTEGER NOT NULL,
    chunk TEXT NOT NULL,
    PRIMARY KEY (slot, n)
) STRICT, WITHOUT ROWID;
";

/// A board's file.
#[derive(Debug)]
pub struct SqliteStore {
    db: Connection,
    /// Of earlier versions, as of the last commit.
    tally: Tally,
    bounds: Bounds,
    /// Held as long as the store is open, so that no second one writes the same board.
    _lock: File,
}

impl SqliteStore {
    /// Opens the board at `path`, or starts one with `new`. A damaged file is put aside beside it,
    /// never overwritten, and a new one started.
    ///
    /// # Errors
    /// When another program has it open, a newer version wrote it, or the disk fails.
    pub fn open(path: &Path, new: &Meta) -> Result<StoreOpened<Self>, StoreError> {
        Self::open_telling(path, new, &Progress::default())
    }

    /// The same, and tells how far it is.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_telling(
        path: &Path,
        new: &Meta,
        progress: &Progress,
    ) -> Result<StoreOpened<Self>, StoreError> {
        let lock = lock(path)?;
        let (db, loaded, damaged) = match open_and_load(path, new, progress) {
            Ok((db, loaded)) => (db, loaded, None),
            Err(StoreError::Damaged(reason)) => {
                let put_aside = put_aside(path).map_err(|error| StoreError::Other(error.to_string()))?;
                tracing::error!(path = %put_aside.display(), reason, "put a damaged board aside");
                let (db, loaded) = open_and_load(path, new, progress)?;
                (db, loaded, Some(DamagedStore { put_aside, reason }))
            }
            Err(error) => return Err(error),
        };
        Ok(StoreOpened {
            store: Self {
                tally: past_rows::tally(&db)?,
                bounds: Bounds::default(),
                db,
                _lock: lock,
            },
            loaded,
            damaged,
        })
    }

    /// Reads every version from the board at `path`, which may be open: on a connection of its own, so that nobody is kept
    /// from writing. `unsaved` are those that the file may not have yet. Takes a second for several 100,000 versions.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn read_past(path: &Path, unsaved: Vec<Cell>) -> Result<Past, StoreError> {
        past_rows::load_file(path, unsaved)
    }

    /// Keeps less, or for less long.
    #[cfg(test)]
    pub(super) fn set_bounds(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    #[cfg(test)]
    pub(super) fn tally(&self) -> Tally {
        self.tally
    }

    #[cfg(test)]
    pub(super) fn db(&self) -> &Connection {
        &self.db
    }
}

fn open_and_load(path: &Path, new: &Meta, progress: &Progress) -> Result<(Connection, Loaded), StoreError> {
    // An empty file is what a crash leaves in the instant in which SQLite makes a new one.
    let is_nothing = std::fs::metadata(path).map_or(true, |meta| meta.len() == 0);
    // SQLite would throw the log away.
    if is_nothing && has_log(path) {
        return Err(StoreError::Damaged(
            "it is missing or empty, only its log is there".to_owned(),
        ));
    }
    let mut db = Connection::open(path)?;
    // Until it is known to be whole, closing it must not write the log into it.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // The first thing read from the file: a file that is no database fails here.
    let application_id: i64 = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let format: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    // Also a file whose layout a crash kept from being committed.
    let is_new = is_nothing || (application_id, format, tables) == (0, 0, 0);
    if !is_new && application_id != APPLICATION_ID {
        return Err(StoreError::Damaged("it is not a board".to_owned()));
    }
    if format > FORMAT {
        return Err(StoreError::Newer(format));
    }
    // A view or trigger of somebody's making could keep every statement below busy for ever.
    if !is_new && layout(&db)? != ours(format)? {
        return Err(StoreError::Damaged("its tables are not a board's".to_owned()));
    }
    db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.set_prepared_statement_cache_capacity(32);
    if is_new {
        start(&mut db, new)?;
    } else {
        // Not `quick_check`: it passes rows that are out of order, of which a search finds some and not others. And not
        // while it is read: of a file whose pages lead to one another over and over, reading would never end.
        let verdict: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(StoreError::Damaged(verdict));
        }
        if format < FORMAT {
            let tx = db.transaction()?;
            if format < 2 {
                tx.execute_batch(images::LAYOUT)?;
            }
            past_rows::begin(&tx)?;
            tx.pragma_update(None, "user_version", FORMAT)?;
            tx.commit()?;
        }
    }
    let size = std::fs::metadata(path).map_or(0, |meta| meta.len());
    let mut loaded = load(&db, &|bytes| {
        progress.read(bytes as f64 / size.max(1) as f64);
    })?;
    if loaded.own(new.standing.owner.as_ref()) {
        let tx = db.transaction()?;
        set_standing(&tx, &loaded.meta.standing)?;
        tx.commit()?;
    }
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok((db, loaded))
}

/// The statements that made what is in a file, comments and spaces aside.
pub(super) fn layout(db: &Connection) -> Result<BTreeSet<String>, rusqlite::Error> {
    let plain = |sql: String| {
        let lines = sql
            .lines()
            .map(|line| line.split("--").next().unwrap_or_default());
        lines
            .flat_map(str::split_whitespace)
            .collect::<Vec<_>>()
            .join(" ")
    };
    // SQLite's own tables come and go, those of `ANALYZE` for instance, and nobody else can make one.
    let mut query = db.prepare(
        "SELECT coalesce(sql, type || ' ' || name) FROM sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_'",
    )?;
    let rows = query.query_map([], |row| row.get(0).map(plain))?;
    rows.collect()
}

/// The same of a board's in a format.
pub(super) fn ours(format: i64) -> Result<BTreeSet<String>, rusqlite::Error> {
    let db = Connection::open_in_memory()?;
    db.execute_batch(LAYOUT)?;
    if format > 1 {
        db.execute_batch(images::LAYOUT)?;
    }
    if format > 2 {
        db.execute_batch(past_rows::LAYOUT)?;
    }
    layout(&db)
}

/// Lays out a new file in one transaction.
pub(super) fn start(db: &mut Connection, new: &Meta) -> Result<(), StoreError> {
    let tx = db.transaction()?;
    tx.execute_batch(LAYOUT)?;
    tx.execute_batch(images::LAYOUT)?;
    tx.execute_batch(past_rows::LAYOUT)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", FORMAT)?;
    set(&tx, "board", Some(new.board.as_str()))?;
    set(&tx, "key", Some(new.key.reveal()))?;
    set_remote(&tx, new.remote.as_ref())?;
    set(&tx, "hosted", new.hosted.map(|port| port.to_string()).as_deref())?;
    set_standing(&tx, &new.standing)?;
    tx.commit()?;
    // Into the file itself, so that a board whose log was lost is never taken for a new one.
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

impl Store for SqliteStore {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        load(&self.db, &|_| {})
    }

    fn commit(&mut self, batch: &StoreBatch) -> Result<(), StoreError> {
        let tx = self.db.transaction()?;
        if batch.unsettle {
            set(&tx, "cursor", None)?;
            tx.execute("UPDATE cells SET state = 1 WHERE state = 0", [])?;
        }
        if batch.forgets_images() {
            forget_sent(&tx)?;
        }
        for row in &batch.cells {
            put_cell(&tx, row)?;
        }
        let mut tally = self.tally;
        if batch.past != PastBatch::default() {
            tally = past_rows::put(&tx, tally, &batch.past, self.bounds)?;
        }
        if let Some(cursor) = &batch.cursor {
            set(&tx, "cursor", Some(cursor))?;
        }
        for op in &batch.drafts {
            draft(&tx, op)?;
        }
        if let Some(offset) = batch.clock_offset_ms {
            set(&tx, "clock_offset_ms", Some(&offset.to_string()))?;
        }
        if let Some(remote) = &batch.remote {
            if let Some(remote) = remote {
                set(&tx, "key", Some(remote.link.key.reveal()))?;
            }
            set_remote(&tx, remote.as_ref())?;
        }
        if let Some(port) = batch.hosted {
            set(&tx, "hosted", port.map(|port| port.to_string()).as_deref())?;
        }
        if let Some(standing) = &batch.standing {
            set_standing(&tx, standing)?;
        }
        if let Some(mark) = &batch.chat {
            set_chat(&tx, mark)?;
        }
        tx.commit()?;
        self.tally = tally;
        Ok(())
    }

    fn past(&mut self, unsaved: Vec<Cell>) -> Result<Past, StoreError> {
        past_rows::load(&self.db, unsaved)
    }
}
