//! Reading boards back: on read-only connections and blocking threads, never in the writer's way.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use drawbridge_protocol::{
    Access, BoardId, BoardLink, Cell, ElementId, ImageHash, ImageType, KeyHash, Peer, Property, RelayAddress,
    Role, Stamp, Value,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use tokio::sync::Semaphore;

use super::{ImageRow, PastBounds, PastPlace, PastRows, StoreError, past, schema};

/// How many reads run at a time.
const READERS: usize = 4;

/// Whole writes of a board, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// The last write in it, if there is any.
    pub(crate) to: Option<u64>,
    /// Its cells as JSON, separated by commas.
    pub(crate) cells: String,
    /// How many they are.
    pub(crate) count: u64,
}

/// A board, as whoever asks for something of it over HTTP has to know it.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Its number in the store.
    pub(crate) n: i64,
    /// Who may do what on it.
    pub(crate) access: Access,
    /// Whether it was deleted.
    pub(crate) gone: bool,
    /// The bytes of its cells and images.
    pub(crate) bytes: u64,
    /// The image that was asked for, if the board has it.
    pub(crate) image: Option<ImageRow>,
}

/// How much the store holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contents {
    /// Boards that weren't deleted.
    pub(crate) boards: u64,
    /// Their cells.
    pub(crate) cells: u64,
    /// The bytes of their cells and images.
    pub(crate) bytes: u64,
    /// The bytes of overwritten cells.
    pub(crate) past_bytes: u64,
}

/// Connections for reading.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    // A std mutex: held only to push or pop, never across an await.
    idle: Mutex<Vec<Connection>>,
    gate: Semaphore,
    /// Whoever leafs through what was before takes turns with all others who do.
    past_gate: Semaphore,
}

impl Readers {
    /// Readers of the file at `path`. Connections are opened when needed, and kept.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            idle: Mutex::new(Vec::new()),
            gate: Semaphore::new(READERS),
            past_gate: Semaphore::new(1),
        }
    }

    /// The board's writes above `above`: about `max_bytes`, but at least one whole write.
    pub(crate) async fn page(
        self: std::sync::Arc<Self>,
        board: i64,
        above: u64,
        max_bytes: usize,
    ) -> Result<Page, StoreError> {
        self.run(move |db| page(db, board, above, max_bytes)).await
    }

    /// A page of what was overwritten on the board: at most `max_bytes`, but at least one cell.
    pub(crate) async fn past(
        self: std::sync::Arc<Self>,
        board: i64,
        from: Option<PastPlace>,
        max_bytes: usize,
        bounds: PastBounds,
    ) -> Result<PastRows, StoreError> {
        let readers = std::sync::Arc::clone(&self);
        let _turn = readers
            .past_gate
            .acquire()
            .await
            .map_err(|error| StoreError::Io {
                path: readers.path.clone(),
                why: error.to_string(),
            })?;
        self.run(move |db| past::rows(db, board, from, max_bytes, bounds))
            .await
    }

    /// How many of the board's cells lie above `above`.
    pub(crate) async fn count(self: std::sync::Arc<Self>, board: i64, above: u64) -> Result<u64, StoreError> {
        self.run(move |db| count(db, board, above)).await
    }

    /// A board, and one of its images if it has that.
    pub(crate) async fn seen(
        self: std::sync::Arc<Self>,
        board: BoardId,
        image: Option<ImageHash>,
    ) -> Result<Option<Seen>, StoreError> {
        self.run(move |db| seen(db, &board, image)).await
    }

    /// The value of one of a board's cells, if it has at most so many bytes.
    pub(crate) async fn value(
        self: std::sync::Arc<Self>,
        board: i64,
        (element, prop): (&'static str, &'static str),
        max_bytes: usize,
    ) -> Result<Option<Value>, StoreError> {
        self.run(move |db| value(db, board, element, prop, max_bytes))
            .await
    }

    /// How much the store holds. Reads a row for each board.
    pub(crate) async fn contents(self: std::sync::Arc<Self>) -> Result<Contents, StoreError> {
        self.run(contents).await
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// The database's files, and how many bytes each has.
    pub(crate) fn files(&self) -> [(&'static str, u64); 2] {
        let len = |path: &Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
        [
            ("database", len(&self.path)),
            ("log", len(&self.path.with_extension("sqlite-wal"))),
        ]
    }

    async fn run<T: Send + 'static>(
        self: std::sync::Arc<Self>,
        read: impl FnOnce(&Connection) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stopped = |why: String| StoreError::Io {
            path: self.path.clone(),
            why,
        };
        let _leave = self
            .gate
            .acquire()
            .await
            .map_err(|error| stopped(error.to_string()))?;
        let readers = std::sync::Arc::clone(&self);
        let work = move || {
            let idle = readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let db = match idle {
                Some(db) => db,
                None => schema::open_read_only(&readers.path)?,
            };
            let result = read(&db)?;
            readers
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(db);
            Ok(result)
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| stopped(error.to_string()))?
    }

    /// Closes what is open, so that the writer's connection is the last.
    pub(crate) fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn contents(db: &Connection) -> Result<Contents, rusqlite::Error> {
    let sql = "SELECT count(*), total(cells), total(bytes), (SELECT past_bytes FROM meta) FROM boards WHERE NOT gone";
    db.query_row(sql, [], |row| {
        // `total` never overflows, and is exact up to 2^53.
        let sum = |at| row.get::<_, f64>(at).map(|sum| sum as u64);
        Ok(Contents {
            boards: unsigned(row, 0)?,
            cells: sum(1)?,
            bytes: sum(2)?,
            past_bytes: unsigned(row, 3)?,
        })
    })
}

pub(super) fn page(
    db: &Connection,
    board: i64,
    above: u64,
    max_bytes: usize,
) -> Result<Page, rusqlite::Error> {
    let sql = "SELECT element, prop, ms, counter, peer, value, seq FROM cells \
               WHERE board = ? AND seq > ? ORDER BY seq";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query(params![board, signed(above)])?;
    let mut page = Page::default();
    while let Some(row) = rows.next()? {
        let seq = unsigned(row, 6)?;
        if page.to.is_some_and(|to| to != seq) && page.cells.len() >= max_bytes {
            break;
        }
        page.to = Some(seq);
        page.count += 1;
        let cell = cell(row)?;
        let stamp = (
            cell.stamp.ms,
            u64::from(cell.stamp.counter),
            cell.stamp.peer.as_str(),
        );
        let (element, prop) = (cell.element.as_str(), cell.prop.as_str());
        push_cell(&mut page.cells, element, prop, stamp, cell.value.as_str());
    }
    Ok(page)
}

pub(super) fn count(db: &Connection, board: i64, above: u64) -> Result<u64, rusqlite::Error> {
    let sql = "SELECT count(*) FROM cells WHERE board = ? AND seq > ?";
    db.prepare_cached(sql)?
        .query_row(params![board, signed(above)], |row| unsigned(row, 0))
}

fn seen(db: &Connection, board: &BoardId, image: Option<ImageHash>) -> Result<Option<Seen>, rusqlite::Error> {
    let sql = "SELECT n, gone, bytes FROM boards WHERE id = ?";
    let found = db.prepare_cached(sql)?.query_row([board.as_str()], |row| {
        Ok(Seen {
            n: row.get(0)?,
            access: Access::default(),
            gone: row.get(1)?,
            bytes: unsigned(row, 2)?,
            image: None,
        })
    });
    let Some(mut seen) = found.optional()? else {
        return Ok(None);
    };
    seen.access = access(db, seen.n)?;
    let Some(hash) = image else {
        return Ok(Some(seen));
    };
    let sql = "SELECT type, bytes FROM images WHERE board = ? AND hash = ?";
    let row = db
        .prepare_cached(sql)?
        .query_row(params![seen.n, hash.as_bytes()], |row| {
            let kind = ImageType::named(row.get_ref(0)?.as_str()?);
            Ok((kind, unsigned(row, 1)?))
        });
    seen.image = row.optional()?.and_then(|(kind, bytes)| {
        let kind = kind?;
        Some(ImageRow { hash, kind, bytes })
    });
    Ok(Some(seen))
}

fn value(
    db: &Connection,
    board: i64,
    element: &str,
    prop: &str,
    max_bytes: usize,
) -> Result<Option<Value>, rusqlite::Error> {
    let sql = "SELECT value FROM cells \
               WHERE board = ? AND element = ? AND prop = ? AND octet_length(value) <= ?";
    let mut query = db.prepare_cached(sql)?;
    let found = query.query_row(params![board, element, prop, signed(max_bytes as u64)], |row| {
        let text: String = row.get(0)?;
        Value::from_text(text).map_err(|error| bad(0, error))
    });
    found.optional()
}

/// Who may do what on a board: its links in the order in which they were made.
pub(super) fn access(db: &Connection, board: i64) -> Result<Access, rusqlite::Error> {
    let sql = "SELECT locked FROM boards WHERE n = ?";
    let locked = db.prepare_cached(sql)?.query_row([board], |row| row.get(0))?;
    let sql = "SELECT hash, role, name, until_ms, ended_ms FROM links WHERE board = ? ORDER BY made_ms, hash";
    let mut query = db.prepare_cached(sql)?;
    let links = query.query_map([board], |row| {
        let role = row.get_ref(1)?.as_str()?;
        let optional = |at| {
            row.get::<_, Option<i64>>(at)
                .map(|ms| ms.map(|_| unsigned(row, at)))
        };
        Ok(BoardLink {
            hash: KeyHash::from_bytes(row.get(0)?),
            role: Role::named(role).ok_or_else(|| bad(1, format!("no role is called {role:?}")))?,
            name: row.get(2)?,
            until: optional(3)?.transpose()?,
            ended: optional(4)?.transpose()?,
        })
    })?;
    Ok(Access {
        locked,
        links: links.collect::<Result<_, _>>()?,
    })
}

/// Appends one cell as JSON, after a comma if there is one before. Names and peers are of alphabets
/// that need no escaping, and the value is JSON already.
pub(super) fn push_cell(out: &mut String, element: &str, prop: &str, stamp: (u64, u64, &str), value: &str) {
    use std::fmt::Write;
    let comma = if out.is_empty() { "" } else { "," };
    let (ms, counter, peer) = stamp;
    // Writing to a String can't fail.
    let _ = write!(
        out,
        r#"{comma}{{"element":"{element}","prop":"{prop}","stamp":[{ms},{counter},"{peer}"],"value":{value}}}"#
    );
}

/// All cells of a board, checked.
pub(super) fn all(db: &Connection, path: &Path, board: &BoardId) -> Result<Vec<Cell>, StoreError> {
    let sql = "SELECT n FROM boards WHERE id = ?";
    let Some(n) = db
        .query_row(sql, [board.as_str()], |row| row.get::<_, i64>(0))
        .optional()?
    else {
        return Ok(Vec::new());
    };
    let sql =
        "SELECT element, prop, ms, counter, peer, value FROM cells WHERE board = ? ORDER BY element, prop";
    let mut query = db.prepare(sql)?;
    let mut rows = query.query([n])?;
    let mut cells = Vec::new();
    while let Some(row) = rows.next()? {
        cells.push(cell(row).map_err(|error| StoreError::damaged(path, &error.to_string()))?);
    }
    Ok(cells)
}

/// The cell in a row that begins with element, property, milliseconds, counter, peer and value. What a bad disk made
/// of a cell is an error, and goes to nobody.
pub(super) fn cell(row: &Row<'_>) -> Result<Cell, rusqlite::Error> {
    let text = |at| row.get_ref(at)?.as_str().map_err(rusqlite::Error::from);
    let counter = u32::try_from(unsigned(row, 3)?).map_err(|error| bad(3, error))?;
    let peer = Peer::new(text(4)?).map_err(|error| bad(4, error))?;
    Ok(Cell {
        element: ElementId::new(text(0)?).map_err(|error| bad(0, error))?,
        prop: Property::new(text(1)?).map_err(|error| bad(1, error))?,
        stamp: Stamp::try_from((unsigned(row, 2)?, counter, peer)).map_err(|error| bad(2, error))?,
        value: Value::from_text(text(5)?.to_owned()).map_err(|error| bad(5, error))?,
    })
}

fn bad(at: usize, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, error.into())
}

/// Reads a relay's address, where there is one.
pub(super) fn address(row: &Row<'_>, at: usize) -> Result<Option<RelayAddress>, rusqlite::Error> {
    let text: Option<String> = row.get(at)?;
    let read = text.map(|text| text.parse().map_err(|error| bad(at, error)));
    read.transpose()
}

/// Reads a number that is never negative.
pub(super) fn unsigned(row: &Row<'_>, at: usize) -> Result<u64, rusqlite::Error> {
    let number: i64 = row.get(at)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(at, number))
}

/// A number for SQLite. Sequence numbers and milliseconds stay below 2^53.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
