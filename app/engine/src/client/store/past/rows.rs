//! Earlier versions as rows of a board's file, and all of them read at once.

use std::collections::BTreeSet;
use std::path::Path;

use drawbridge_protocol::{Cell, CellKey, ElementId, Peer, Property, Stamp};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, Transaction, params};

use super::{Beside, Bounds, Shelf, Tally, keep, since};
use crate::client::record::{Fetched, Past, PastBatch};
use crate::client::store::StoreError;
use crate::client::store::rows::{cell_in, damaged, get, read, set};

/// The table of earlier versions, in a board's file.
pub(in crate::client::store) const LAYOUT: &str = "
CREATE TABLE past (
    element TEXT NOT NULL,
    prop TEXT NOT NULL,
    ms INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    peer TEXT NOT NULL,
    value TEXT NOT NULL,
    until_ms INTEGER NOT NULL,   -- when it was overwritten: the stamp of what did it
    PRIMARY KEY (element, prop, ms, counter, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX past_by_end ON past (until_ms);
";

const BYTES: &str = "past_bytes";
const FROM: &str = "past_from_ms";
const ALONE: &str = "past_alone_ms";
const FETCHED: &str = "past_fetched";

/// A file of a format that kept no earlier versions: of what was overwritten up to its latest stamp they may be missing.
pub(in crate::client::store) fn begin(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute_batch(LAYOUT)?;
    begin_now(tx)
}

/// The cells came without what was before them: up to the latest stamp it may be missing.
pub(in crate::client::store) fn begin_now(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let latest: Option<i64> = tx.query_row("SELECT max(ms) FROM cells", [], |row| row.get(0))?;
    set(tx, FROM, latest.map(|ms| ms.to_string()).as_deref())
}

/// What is known of all rows together.
pub(in crate::client::store) fn tally(db: &Connection) -> Result<Tally, StoreError> {
    Ok(Tally {
        bytes: number(db, BYTES)?.unwrap_or(0),
        from_ms: number(db, FROM)?.unwrap_or(0),
    })
}

/// How far the relay's past has been brought here.
pub(in crate::client::store) fn fetched(db: &Connection) -> Result<Fetched, StoreError> {
    Ok(read(get(db, FETCHED)?)?.unwrap_or_default())
}

fn number(db: &Connection, name: &str) -> Result<Option<u64>, StoreError> {
    get(db, name)?
        .map(|text| text.parse().map_err(damaged))
        .transpose()
}

/// Does what a batch says to the rows, after its cells were put; returns what is known of all of them then.
pub(in crate::client::store) fn put(
    tx: &Transaction<'_>,
    before: Tally,
    batch: &PastBatch,
    bounds: Bounds,
) -> Result<Tally, StoreError> {
    let after = keep(&mut Rows(tx), before, batch, bounds)?;
    if after.bytes != before.bytes {
        set(tx, BYTES, Some(&after.bytes.to_string()))?;
    }
    if after.from_ms != before.from_ms {
        set(tx, FROM, Some(&after.from_ms.to_string()))?;
    }
    if let Some(ms) = batch.alone_ms {
        set(tx, ALONE, Some(&ms.to_string()))?;
    }
    if let Some(fetched) = &batch.fetched {
        let json = serde_json::to_string(fetched).map_err(|error| StoreError::Other(error.to_string()))?;
        set(
            tx,
            FETCHED,
            (*fetched != Fetched::default()).then_some(json.as_str()),
        )?;
    }
    Ok(after)
}

/// Reads every version from a board's file that may be open, on a connection of its own that keeps nobody from writing.
/// `unsaved` are those that the file may not have yet.
pub(in crate::client::store) fn load_file(path: &Path, unsaved: Vec<Cell>) -> Result<Past, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags)?;
    // One snapshot of cells and past, or a version that is overwritten in between would be there twice.
    let tx = db.transaction()?;
    load(&tx, unsaved)
}

/// The same over an open connection.
pub(in crate::client::store) fn load(db: &Connection, unsaved: Vec<Cell>) -> Result<Past, StoreError> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut more: BTreeSet<(CellKey, Stamp)> = unsaved.iter().map(|cell| (cell.key(), cell.stamp)).collect();
    for table in ["cells", "past"] {
        let sql = format!("SELECT element, prop, ms, counter, peer, value FROM {table}");
        let mut query = db.prepare(&sql)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let cell = cell_in(row)?;
            if !more.is_empty() {
                more.remove(&(cell.key(), cell.stamp));
            }
            cells.push(cell);
        }
    }
    cells.extend(
        unsaved
            .into_iter()
            .filter(|cell| more.remove(&(cell.key(), cell.stamp))),
    );
    let shared = get(db, "remote")?.is_some() || get(db, "cursor")?.is_some();
    let from_ms = tally(db)?.from_ms;
    Ok(Past {
        cells,
        since_ms: since(from_ms, number(db, ALONE)?, shared, fetched(db)?.whole),
    })
}

/// The table, in a transaction.
struct Rows<'a>(&'a Transaction<'a>);

impl Rows<'_> {
    fn beside(&self, cell: &Cell, sql: &str) -> Result<Vec<Beside>, StoreError> {
        let mut query = self.0.prepare_cached(sql)?;
        let names = (cell.element.as_str().len() + cell.prop.as_str().len()) as u64;
        let (ms, counter) = (signed(cell.stamp.ms), cell.stamp.counter);
        let (element, prop, peer) = (
            cell.element.as_str(),
            cell.prop.as_str(),
            cell.stamp.peer.as_str(),
        );
        let mut rows = query.query(params![element, prop, ms, counter, peer])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let bytes: i64 = row.get(3)?;
            found.push(Beside {
                stamp: stamp(row, 0)?,
                bytes: names + u64::try_from(bytes).map_err(damaged)?,
            });
        }
        Ok(found)
    }
}

impl Shelf for Rows<'_> {
    fn put(&mut self, cell: &Cell, until_ms: u64) -> Result<bool, StoreError> {
        let mut insert = self
            .0
            .prepare_cached("INSERT OR IGNORE INTO past VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        let changed = insert.execute(params![
            cell.element.as_str(),
            cell.prop.as_str(),
            signed(cell.stamp.ms),
            cell.stamp.counter,
            cell.stamp.peer.as_str(),
            cell.value.as_str(),
            signed(until_ms),
        ])?;
        Ok(changed > 0)
    }

    fn take(&mut self, key: &CellKey, stamp: Stamp) -> Result<Option<u64>, StoreError> {
        let sql = "DELETE FROM past WHERE element = ?1 AND prop = ?2 AND ms = ?3 AND counter = ?4 AND peer = ?5 \
                   RETURNING octet_length(element) + octet_length(prop) + octet_length(value)";
        let (element, prop) = (key.element.as_str(), key.prop.as_str());
        let row = params![
            element,
            prop,
            signed(stamp.ms),
            stamp.counter,
            stamp.peer.as_str()
        ];
        let mut delete = self.0.prepare_cached(sql)?;
        let bytes: Option<i64> = delete.query_row(row, |row| row.get(0)).optional()?;
        bytes
            .map(|bytes| u64::try_from(bytes).map_err(damaged))
            .transpose()
    }

    fn below(&mut self, cell: &Cell) -> Result<Vec<Beside>, StoreError> {
        self.beside(
            cell,
            "SELECT ms, counter, peer, octet_length(value) FROM past
             WHERE element = ?1 AND prop = ?2 AND (ms, counter, peer) < (?3, ?4, ?5)
             ORDER BY ms DESC, counter DESC, peer DESC LIMIT 2",
        )
    }

    fn above(&mut self, cell: &Cell) -> Result<Vec<Beside>, StoreError> {
        self.beside(
            cell,
            "SELECT ms, counter, peer, octet_length(value) FROM past
             WHERE element = ?1 AND prop = ?2 AND (ms, counter, peer) > (?3, ?4, ?5)
             ORDER BY ms, counter, peer LIMIT 2",
        )
    }

    fn present(&mut self, key: &CellKey) -> Result<Option<Stamp>, StoreError> {
        let sql = "SELECT ms, counter, peer FROM cells WHERE element = ?1 AND prop = ?2";
        let mut query = self.0.prepare_cached(sql)?;
        let mut rows = query.query([key.element.as_str(), key.prop.as_str()])?;
        rows.next()?.map(|row| stamp(row, 0)).transpose()
    }

    fn from(&mut self, key: &CellKey, least: Stamp) -> Result<Vec<Stamp>, StoreError> {
        let sql = "SELECT ms, counter, peer FROM past
                   WHERE element = ?1 AND prop = ?2 AND (ms, counter, peer) >= (?3, ?4, ?5)";
        let mut query = self.0.prepare_cached(sql)?;
        let (element, prop) = (key.element.as_str(), key.prop.as_str());
        let row = params![
            element,
            prop,
            signed(least.ms),
            least.counter,
            least.peer.as_str()
        ];
        let mut rows = query.query(row)?;
        let mut stamps = Vec::new();
        while let Some(row) = rows.next()? {
            stamps.push(stamp(row, 0)?);
        }
        Ok(stamps)
    }

    fn oldest(&mut self) -> Result<Option<(u64, CellKey, Stamp)>, StoreError> {
        let sql = "SELECT element, prop, ms, counter, peer, until_ms FROM past ORDER BY until_ms LIMIT 1";
        let mut query = self.0.prepare_cached(sql)?;
        let mut rows = query.query([])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let text = |n: usize| row.get_ref(n)?.as_str().map_err(damaged);
        let key = CellKey::new(
            ElementId::new(text(0)?).map_err(damaged)?,
            Property::new(text(1)?).map_err(damaged)?,
        );
        let until: i64 = row.get(5)?;
        let until = u64::try_from(until).map_err(damaged)?;
        Ok(Some((until, key, stamp(row, 2)?)))
    }
}

/// The stamp in three columns.
fn stamp(row: &Row<'_>, at: usize) -> Result<Stamp, StoreError> {
    let ms: i64 = row.get(at)?;
    let peer = Peer::new(row.get_ref(at + 2)?.as_str().map_err(damaged)?).map_err(damaged)?;
    Stamp::try_from((u64::try_from(ms).map_err(damaged)?, row.get(at + 1)?, peer)).map_err(damaged)
}

/// Milliseconds for SQLite: below 2^53 by their types.
fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}
