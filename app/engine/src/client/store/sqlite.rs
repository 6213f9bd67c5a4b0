//! A store in one SQLite file, which every commit reaches before it returns.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use drawbridge_protocol::{BoardId, Cell, ElementId, Key, Peer, Property, SlotName, Stamp, Value};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Row, Transaction, params};

use super::{DamagedStore, Store, StoreError, StoreOpened};
use crate::client::record::{CellState, DraftOp, Loaded, Meta, Reason, Remote, StoreBatch, StoredCell};

/// Tells a board from any other SQLite file: "Draw".
const APPLICATION_ID: i64 = 0x4472_6177;
/// The layout below.
const FORMAT: i64 = 1;

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
        let lock = lock(path)?;
        let (db, loaded, damaged) = match open_and_load(path, new) {
            Ok((db, loaded)) => (db, loaded, None),
            Err(StoreError::Damaged(reason)) => {
                let put_aside = put_aside(path).map_err(|error| StoreError::Other(error.to_string()))?;
                tracing::error!(path = %put_aside.display(), reason, "put a damaged board aside");
                let (db, loaded) = open_and_load(path, new)?;
                (db, loaded, Some(DamagedStore { put_aside, reason }))
            }
            Err(error) => return Err(error),
        };
        Ok(StoreOpened {
            store: Self { db, _lock: lock },
            loaded,
            damaged,
        })
    }

    /// The title on a board that may be open elsewhere; `None` if it has none or can't be read.
    #[must_use]
    pub fn peek_title(path: &Path) -> Option<String> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).ok()?;
        let sql = "SELECT value FROM cells WHERE element = 'board' AND prop = 'title'";
        let value: String = db.query_row(sql, [], |row| row.get(0)).ok()?;
        serde_json::from_str(&value).ok()
    }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let beside = beside(path, "-lock");
    let other = |error: &dyn std::fmt::Display| StoreError::Other(format!("{}: {error}", beside.display()));
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&beside)
        .map_err(|error| other(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(other(&error)),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Renames the file and what SQLite keeps beside it.
fn put_aside(path: &Path) -> std::io::Result<PathBuf> {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    let mut aside = beside(path, &format!(".damaged-{seconds}"));
    let mut n = 1;
    while aside.exists() {
        aside = beside(path, &format!(".damaged-{seconds}-{n}"));
        n += 1;
    }
    // First what belongs to it: a log left behind would be taken for the new file's.
    for suffix in ["-wal", "-shm"] {
        let from = beside(path, suffix);
        if from.exists() {
            std::fs::rename(from, beside(&aside, suffix))?;
        }
    }
    std::fs::rename(path, &aside)?;
    Ok(aside)
}

fn open_and_load(path: &Path, new: &Meta) -> Result<(Connection, Loaded), StoreError> {
    let length = std::fs::metadata(path).ok().map(|meta| meta.len());
    if length == Some(0) {
        return Err(StoreError::Damaged("it is empty".to_owned()));
    }
    let mut db = Connection::open(path)?;
    // The first thing read from the file: a file that is no database fails here.
    let application_id: i64 = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let format: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    // Also a file whose layout a crash kept from being committed.
    let is_new = length.is_none() || (application_id, format, tables) == (0, 0, 0);
    if !is_new && application_id != APPLICATION_ID {
        return Err(StoreError::Damaged("it is not a board".to_owned()));
    }
    if format > FORMAT {
        return Err(StoreError::Newer(format));
    }
    db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.set_prepared_statement_cache_capacity(32);
    if is_new {
        start(&mut db, new)?;
    } else {
        let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(StoreError::Damaged(verdict));
        }
    }
    let loaded = load(&db)?;
    Ok((db, loaded))
}

/// Lays out a new file in one transaction.
fn start(db: &mut Connection, new: &Meta) -> Result<(), StoreError> {
    let tx = db.transaction()?;
    tx.execute_batch(LAYOUT)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", FORMAT)?;
    set(&tx, "board", Some(new.board.as_str()))?;
    set(&tx, "key", Some(new.key.reveal()))?;
    set_remote(&tx, new.remote.as_ref())?;
    set(&tx, "hosted", new.hosted.map(|port| port.to_string()).as_deref())?;
    tx.commit()?;
    // Into the file itself, so that a board whose log was lost is never taken for a new one.
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

impl Store for SqliteStore {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        load(&self.db)
    }

    fn commit(&mut self, batch: &StoreBatch) -> Result<(), StoreError> {
        let tx = self.db.transaction()?;
        if batch.unsettle {
            set(&tx, "cursor", None)?;
            tx.execute("UPDATE cells SET state = 1 WHERE state = 0", [])?;
        }
        for row in &batch.cells {
            put_cell(&tx, row)?;
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
        tx.commit()?;
        Ok(())
    }
}

fn set(tx: &Transaction<'_>, name: &str, value: Option<&str>) -> Result<(), StoreError> {
    match value {
        Some(value) => tx
            .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
            .execute([name, value])?,
        None => tx
            .prepare_cached("DELETE FROM meta WHERE name = ?1")?
            .execute([name])?,
    };
    Ok(())
}

fn set_remote(tx: &Transaction<'_>, remote: Option<&Remote>) -> Result<(), StoreError> {
    let link = remote.map(|remote| remote.link.to_string());
    set(tx, "remote", link.as_deref())?;
    let create = remote.is_some_and(|remote| remote.create);
    set(tx, "create", create.then_some("yes"))
}

fn put_cell(tx: &Transaction<'_>, row: &StoredCell) -> Result<(), StoreError> {
    let StoredCell {
        cell,
        state,
        floor,
        parked,
    } = row;
    let json = |error: serde_json::Error| StoreError::Other(error.to_string());
    let floor = floor
        .map(|stamp| serde_json::to_string(&stamp))
        .transpose()
        .map_err(json)?;
    let code = parked.as_ref().map(|reason| serde_json::to_string(&reason.code));
    tx.prepare_cached("INSERT OR REPLACE INTO cells VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
        .execute(params![
            cell.element.as_str(),
            cell.prop.as_str(),
            // Below 2^53 by its type.
            i64::try_from(cell.stamp.ms).unwrap_or(i64::MAX),
            cell.stamp.counter,
            cell.stamp.peer.as_str(),
            cell.value.as_str(),
            match state {
                CellState::Settled => 0,
                CellState::Waiting => 1,
                CellState::Fresh => 2,
            },
            floor,
            code.transpose().map_err(json)?,
            parked.as_ref().map(|reason| &reason.message),
        ])?;
    Ok(())
}

fn draft(tx: &Transaction<'_>, op: &DraftOp) -> Result<(), StoreError> {
    let (slot, chunks) = match op {
        DraftOp::Put(slot, chunks) | DraftOp::Add(slot, chunks) => (slot, chunks.as_slice()),
        DraftOp::End(slot) => (slot, [].as_slice()),
    };
    if !matches!(op, DraftOp::Add(..)) {
        tx.prepare_cached("DELETE FROM drafts WHERE slot = ?1")?
            .execute([slot.as_str()])?;
    }
    let mut insert = tx.prepare_cached(
        "INSERT INTO drafts (slot, n, chunk)
         SELECT ?1, coalesce(max(n) + 1, 0), ?2 FROM drafts WHERE slot = ?1",
    )?;
    for chunk in chunks {
        insert.execute([slot.as_str(), chunk.as_str()])?;
    }
    Ok(())
}

fn load(db: &Connection) -> Result<Loaded, StoreError> {
    let get = |name: &str| -> Result<Option<String>, StoreError> {
        Ok(db
            .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?)
    };
    let board = get("board")?.unwrap_or_default();
    let key = get("key")?.unwrap_or_default();
    let create = get("create")?.is_some();
    let remote = match get("remote")? {
        Some(link) => Some(Remote {
            link: link.parse().map_err(damaged)?,
            create,
        }),
        None => None,
    };
    let meta = Meta {
        board: BoardId::new(&board).map_err(damaged)?,
        key: Key::new(&key).map_err(damaged)?,
        remote,
        hosted: get("hosted")?
            .map(|port| port.parse().map_err(damaged))
            .transpose()?,
    };

    let mut cells = Vec::new();
    let mut select = db.prepare("SELECT * FROM cells")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        cells.push(cell(row)?);
    }
    let mut drafts: BTreeMap<SlotName, Vec<Value>> = BTreeMap::new();
    let mut select = db.prepare("SELECT slot, chunk FROM drafts ORDER BY slot, n")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let slot = SlotName::new(row.get_ref(0)?.as_str().map_err(damaged)?).map_err(damaged)?;
        let chunk = Value::from_text(row.get(1)?).map_err(damaged)?;
        drafts.entry(slot).or_default().push(chunk);
    }
    Ok(Loaded {
        cells,
        cursor: get("cursor")?,
        drafts,
        clock_offset_ms: get("clock_offset_ms")?
            .map(|offset| offset.parse().map_err(damaged))
            .transpose()?
            .unwrap_or_default(),
        meta,
    })
}

fn cell(row: &Row<'_>) -> Result<StoredCell, StoreError> {
    let text = |n: usize| -> Result<&str, StoreError> { row.get_ref(n)?.as_str().map_err(damaged) };
    let ms: i64 = row.get(2)?;
    let peer = Peer::new(text(4)?).map_err(damaged)?;
    let floor: Option<String> = row.get(7)?;
    let code: Option<String> = row.get(8)?;
    let message: Option<String> = row.get(9)?;
    let parked = match code {
        Some(code) => Some(Reason {
            code: serde_json::from_str(&code).map_err(damaged)?,
            message: message.unwrap_or_default(),
        }),
        None => None,
    };
    Ok(StoredCell {
        cell: Cell {
            element: ElementId::new(text(0)?).map_err(damaged)?,
            prop: Property::new(text(1)?).map_err(damaged)?,
            stamp: Stamp::try_from((u64::try_from(ms).map_err(damaged)?, row.get(3)?, peer))
                .map_err(damaged)?,
            value: Value::from_text(row.get(5)?).map_err(damaged)?,
        },
        state: match row.get(6)? {
            0 => CellState::Settled,
            1 => CellState::Waiting,
            2 => CellState::Fresh,
            other => return Err(damaged(format!("a cell in state {other}"))),
        },
        floor: floor
            .map(|text| serde_json::from_str(&text).map_err(damaged))
            .transpose()?,
        parked,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn damaged(error: impl ToString) -> StoreError {
    StoreError::Damaged(error.to_string())
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as Sql;
        match &error {
            Sql::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::Full,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged(error.to_string()),
                // A table or column that should be there.
                ErrorCode::Unknown => Self::Damaged(error.to_string()),
                _ => Self::Other(error.to_string()),
            },
            Sql::SqlInputError { .. }
            | Sql::InvalidColumnType(..)
            | Sql::FromSqlConversionFailure(..)
            | Sql::IntegralValueOutOfRange(..)
            | Sql::Utf8Error(..) => Self::Damaged(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}
