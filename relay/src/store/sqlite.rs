//! Boards and cells in SQLite, on the one connection that writes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_protocol::{Access, BoardId, BoardLink, Cell, ImageHash, KeyHash, RelayAddress};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::ImageRow;
use super::checkpoint::Checkpoints;
use super::chores;
use super::disk::{BoardRow, Disk, DiskError, Held, Swept, Totals};
#[cfg(any(test, feature = "testing"))]
use super::read::Page;
use super::read::{self, signed, unsigned};
use crate::metrics::Metrics;
use crate::settings::Settings;

/// How many old rows one transaction takes out of `past`, on top of twice what it puts in.
const PRUNE_STEP: u64 = 64;
/// How many bytes a cell's row takes in the log, about, beside its texts: the pages around it count too.
const ROW_BYTES: usize = 512;

/// What a transaction takes in the log beside its rows, about: pages of the tables that every one writes.
const COMMIT_BYTES: usize = 12 << 10;

/// The relay's file.
#[derive(Debug)]
pub(crate) struct SqliteDisk {
    db: Connection,
    checkpoints: Option<Checkpoints>,
    metrics: Option<Arc<Metrics>>,
    past_age: Duration,
    past_max: u64,
    past_bytes: u64,
    /// What to go back to if the transaction fails.
    past_before: u64,
    past_added: u64,
    /// What the transaction wrote, about.
    written: usize,
}

impl SqliteDisk {
    /// Takes the writing connection over.
    pub(crate) fn new(db: Connection, settings: &Settings) -> Result<Self, rusqlite::Error> {
        let past_bytes = db.query_row("SELECT past_bytes FROM meta", [], |row| unsigned(row, 0))?;
        db.set_prepared_statement_cache_capacity(32);
        Ok(Self {
            db,
            checkpoints: None,
            metrics: None,
            past_age: settings.past_age,
            past_max: settings.past_bytes,
            past_bytes,
            past_before: past_bytes,
            past_added: 0,
            written: 0,
        })
    }

    /// The connection, for tests that look.
    #[cfg(test)]
    pub(super) fn db(&self) -> &Connection {
        &self.db
    }

    /// Has the log moved into the file by a thread of its own.
    pub(crate) fn with_checkpoints(mut self, checkpoints: Checkpoints) -> Self {
        self.checkpoints = Some(checkpoints);
        self
    }

    /// Tells how long the disk takes.
    pub(crate) fn with_metrics(mut self, metrics: Arc<Metrics>) -> Self {
        self.metrics = Some(metrics);
        self
    }

    /// Notes what a transaction put into the log: also one in which nothing won writes the clock.
    fn note_written(&mut self) {
        if let Some(checkpoints) = &mut self.checkpoints {
            checkpoints.committed(self.written + COMMIT_BYTES);
        }
        self.written = 0;
    }

    /// Takes some of the oldest rows out of `past`, if they are too old or too much.
    fn prune(&mut self, now_ms: u64) -> Result<(), rusqlite::Error> {
        let age = u64::try_from(self.past_age.as_millis()).unwrap_or(u64::MAX);
        let oldest = now_ms.saturating_sub(age);
        for _ in 0..PRUNE_STEP + 2 * self.past_added {
            let sql = "SELECT n, bytes, until_ms FROM past ORDER BY n LIMIT 1";
            let row = self
                .db
                .prepare_cached(sql)?
                .query_row([], |row| {
                    Ok((row.get::<_, i64>(0)?, unsigned(row, 1)?, unsigned(row, 2)?))
                })
                .optional()?;
            let Some((n, bytes, until_ms)) = row else { break };
            if until_ms >= oldest && self.past_bytes <= self.past_max {
                break;
            }
            self.db
                .prepare_cached("DELETE FROM past WHERE n = ?")?
                .execute([n])?;
            self.past_bytes = self.past_bytes.saturating_sub(bytes);
        }
        Ok(())
    }
}

impl Disk for SqliteDisk {
    fn begin(&mut self) -> Result<(), DiskError> {
        self.past_before = self.past_bytes;
        self.past_added = 0;
        self.written = 0;
        Ok(self.db.execute_batch("BEGIN IMMEDIATE")?)
    }

    fn commit(&mut self, changed: &[(i64, Totals)], head: u64, now_ms: u64) -> Result<(), DiskError> {
        self.prune(now_ms)?;
        let sql = "UPDATE boards SET cells = ?, bytes = ?, max_ms = ?, head = ? WHERE n = ?";
        for (board, totals) in changed {
            let Totals {
                cells,
                bytes,
                max_ms,
                head,
                // It has an act of its own.
                moved: _,
            } = *totals;
            let row = params![signed(cells), signed(bytes), signed(max_ms), signed(head), board];
            self.db.prepare_cached(sql)?.execute(row)?;
        }
        let sql = "UPDATE meta SET head = ?, clock_ms = ?, past_bytes = ?";
        let row = params![signed(head), signed(now_ms), signed(self.past_bytes)];
        self.db.prepare_cached(sql)?.execute(row)?;
        let start = Instant::now();
        self.db.execute_batch("COMMIT")?;
        if let Some(metrics) = &self.metrics {
            metrics.sync_time.observe(start.elapsed());
        }
        self.note_written();
        Ok(())
    }

    fn roll_back(&mut self) -> Result<(), DiskError> {
        self.past_bytes = self.past_before;
        // A disk that is full may have room once the log can be used from its start again.
        self.note_written();
        // SQLite may have rolled back by itself.
        if !self.db.is_autocommit() {
            self.db.execute_batch("ROLLBACK")?;
        }
        Ok(())
    }

    fn find(&self, id: &BoardId) -> Result<Option<BoardRow>, DiskError> {
        let sql = "SELECT n, gone, cells, head, moved FROM boards WHERE id = ?";
        let mut query = self.db.prepare_cached(sql)?;
        let found = query.query_row([id.as_str()], |row| {
            Ok(BoardRow {
                n: row.get(0)?,
                gone: row.get(1)?,
                cells: unsigned(row, 2)?,
                head: unsigned(row, 3)?,
                moved: read::address(row, 4)?,
            })
        });
        Ok(found.optional()?)
    }

    fn boards(&self) -> Result<u64, DiskError> {
        let mut query = self
            .db
            .prepare_cached("SELECT COUNT(*) FROM boards WHERE NOT gone")?;
        Ok(query.query_row([], |row| unsigned(row, 0))?)
    }

    fn create(&mut self, id: &BoardId, now_ms: u64) -> Result<i64, DiskError> {
        let sql = "INSERT INTO boards (id, created_ms) VALUES (?, ?)";
        self.db.execute(sql, params![id.as_str(), signed(now_ms)])?;
        self.written += ROW_BYTES;
        Ok(self.db.last_insert_rowid())
    }

    fn access(&self, board: i64) -> Result<Access, DiskError> {
        Ok(read::access(&self.db, board)?)
    }

    fn set_locked(&mut self, board: i64, locked: bool) -> Result<(), DiskError> {
        let sql = "UPDATE boards SET locked = ? WHERE n = ?";
        self.db.prepare_cached(sql)?.execute(params![locked, board])?;
        self.written += ROW_BYTES;
        Ok(())
    }

    fn set_moved(&mut self, board: i64, to: Option<&RelayAddress>) -> Result<(), DiskError> {
        let sql = "UPDATE boards SET moved = ? WHERE n = ?";
        let to = to.map(RelayAddress::to_string);
        self.db.prepare_cached(sql)?.execute(params![to, board])?;
        self.written += ROW_BYTES;
        Ok(())
    }

    fn put_link(&mut self, board: i64, link: &BoardLink, now_ms: u64) -> Result<(), DiskError> {
        let sql = "INSERT INTO links (board, hash, role, name, until_ms, ended_ms, made_ms) VALUES (?,?,?,?,?,?,?) \
                   ON CONFLICT DO UPDATE SET (role, name, until_ms, ended_ms) = \
                   (excluded.role, excluded.name, excluded.until_ms, excluded.ended_ms)";
        let (until, ended) = (link.until.map(signed), link.ended.map(signed));
        let (hash, role, name) = (link.hash.as_bytes(), link.role.name(), &link.name);
        let row = params![board, hash, role, name, until, ended, signed(now_ms)];
        self.db.prepare_cached(sql)?.execute(row)?;
        self.written += ROW_BYTES;
        Ok(())
    }

    fn drop_link(&mut self, board: i64, hash: &KeyHash) -> Result<(), DiskError> {
        let sql = "DELETE FROM links WHERE board = ? AND hash = ?";
        self.db
            .prepare_cached(sql)?
            .execute(params![board, hash.as_bytes()])?;
        self.written += ROW_BYTES;
        Ok(())
    }

    fn totals(&self, board: i64) -> Result<Totals, DiskError> {
        let sql = "SELECT cells, bytes, max_ms, head, moved IS NOT NULL FROM boards WHERE n = ?";
        Ok(self.db.prepare_cached(sql)?.query_row([board], |row| {
            Ok(Totals {
                cells: unsigned(row, 0)?,
                bytes: unsigned(row, 1)?,
                max_ms: unsigned(row, 2)?,
                head: unsigned(row, 3)?,
                moved: row.get(4)?,
            })
        })?)
    }

    fn held(&self, board: i64, cell: &Cell) -> Result<Option<Held>, DiskError> {
        let sql =
            "SELECT n, ms, counter, peer, value FROM cells WHERE board = ? AND element = ? AND prop = ?";
        let mut query = self.db.prepare_cached(sql)?;
        let held = query.query_row(params![board, cell.element.as_str(), cell.prop.as_str()], |row| {
            let (ms, counter) = (unsigned(row, 1)?, unsigned(row, 2)?);
            let text = |at| row.get_ref(at)?.as_str().map_err(rusqlite::Error::from);
            let (peer, value) = (text(3)?, text(4)?);
            let ours = (
                cell.stamp.ms,
                u64::from(cell.stamp.counter),
                cell.stamp.peer.as_str(),
            );
            let names = cell.element.as_str().len() + cell.prop.as_str().len();
            Ok(Held {
                n: row.get(0)?,
                bytes: (names + value.len()) as u64,
                loses: (ours, cell.value.as_str().as_bytes()) > ((ms, counter, peer), value.as_bytes()),
            })
        });
        Ok(held.optional()?)
    }

    fn put(
        &mut self,
        board: i64,
        cell: &Cell,
        seq: u64,
        held: Option<&Held>,
        now_ms: u64,
    ) -> Result<(), DiskError> {
        let (ms, counter) = (signed(cell.stamp.ms), cell.stamp.counter);
        let (peer, value, seq) = (cell.stamp.peer.as_str(), cell.value.as_str(), signed(seq));
        self.written += cell.size() + ROW_BYTES;
        let Some(held) = held else {
            let sql = "INSERT INTO cells (board, element, prop, ms, counter, peer, value, seq) VALUES (?,?,?,?,?,?,?,?)";
            let (element, prop) = (cell.element.as_str(), cell.prop.as_str());
            let row = params![board, element, prop, ms, counter, peer, value, seq];
            self.db.prepare_cached(sql)?.execute(row)?;
            return Ok(());
        };
        let sql = "INSERT INTO past (board, element, prop, ms, counter, peer, value, seq, until_ms, bytes) \
                   SELECT board, element, prop, ms, counter, peer, value, seq, ?, ? FROM cells WHERE n = ?";
        self.db
            .prepare_cached(sql)?
            .execute(params![signed(now_ms), signed(held.bytes), held.n])?;
        self.past_bytes += held.bytes;
        self.past_added += 1;
        let sql = "UPDATE cells SET ms = ?, counter = ?, peer = ?, value = ?, seq = ? WHERE n = ?";
        self.db
            .prepare_cached(sql)?
            .execute(params![ms, counter, peer, value, seq, held.n])?;
        Ok(())
    }

    fn has_image(&self, board: i64, image: &ImageRow) -> Result<bool, DiskError> {
        let sql = "SELECT 1 FROM images WHERE board = ? AND hash = ?";
        let mut query = self.db.prepare_cached(sql)?;
        Ok(query.exists(params![board, image.hash.as_bytes()])?)
    }

    fn put_image(&mut self, board: i64, image: &ImageRow) -> Result<(), DiskError> {
        let sql = "INSERT INTO images (board, hash, type, bytes) VALUES (?, ?, ?, ?)";
        let row = params![
            board,
            image.hash.as_bytes(),
            image.kind.as_str(),
            signed(image.bytes)
        ];
        self.db.prepare_cached(sql)?.execute(row)?;
        self.written += ROW_BYTES;
        Ok(())
    }

    fn drop_image(&mut self, board: i64, hash: &ImageHash) -> Result<(), DiskError> {
        Ok(chores::drop_image(&self.db, board, hash)?)
    }

    fn image_bytes(&self, board: i64, hash: &ImageHash) -> Result<Option<u64>, DiskError> {
        Ok(chores::image_bytes(&self.db, board, hash)?)
    }

    fn bury(&mut self, board: i64) -> Result<(), DiskError> {
        self.written += ROW_BYTES;
        Ok(chores::bury(&self.db, board)?)
    }

    fn sweep(&mut self, board: i64, max: u32) -> Result<Swept, DiskError> {
        let (swept, past_bytes) = chores::sweep(&self.db, board, max)?;
        self.past_bytes = self.past_bytes.saturating_sub(past_bytes);
        self.written += max as usize * ROW_BYTES;
        Ok(swept)
    }

    fn forget(&mut self, board: i64) -> Result<(), DiskError> {
        Ok(chores::forget(&self.db, board)?)
    }

    fn recount(&self, board: i64) -> Result<Totals, DiskError> {
        let counted = super::look::count(&self.db, board)?;
        Ok(Totals {
            cells: counted.cells,
            bytes: counted.bytes,
            max_ms: counted.max_ms,
            ..self.totals(board)?
        })
    }

    fn forget_starts(&mut self) -> Result<(), DiskError> {
        self.db.execute("DELETE FROM epochs", [])?;
        Ok(())
    }

    #[cfg(any(test, feature = "testing"))]
    fn page(&self, board: i64, above: u64, max_bytes: usize) -> Result<Page, DiskError> {
        Ok(read::page(&self.db, board, above, max_bytes)?)
    }

    #[cfg(any(test, feature = "testing"))]
    fn count(&self, board: i64, above: u64) -> Result<u64, DiskError> {
        Ok(read::count(&self.db, board, above)?)
    }

    fn finish(&mut self) -> Result<(), DiskError> {
        if let Some(checkpoints) = self.checkpoints.take() {
            checkpoints.finish();
        }
        Ok(self
            .db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }
}

impl From<rusqlite::Error> for DiskError {
    fn from(error: rusqlite::Error) -> Self {
        if is_full(&error) {
            Self::Full
        } else {
            Self::Failed(error.to_string())
        }
    }
}

/// Whether the disk is full, which passes; every other error of the disk doesn't. No room for the log's index is the same to
/// us, though SQLite has another name for it.
pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    let code = |error: &rusqlite::ffi::Error| error.extended_code;
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
        || error.sqlite_error().map(code) == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}
