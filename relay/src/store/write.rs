//! The one connection that writes: boards and cells, in transactions that hold many writes.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use drawbridge_protocol::{BoardId, Cell, CellKey, Code, Limits, Property, Refused, Retry, STAMP_AHEAD_MS};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::read::{push_cell, signed, unsigned};
use crate::board::Committed;
use crate::settings::Settings;

/// How many old rows one transaction takes out of `past`, on top of twice what it puts in.
const PRUNE_STEP: u64 = 64;

/// A board as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BoardRow {
    /// Its number in the store.
    pub(crate) n: i64,
    /// The hash of its key.
    pub(crate) key_hash: [u8; 32],
    /// Whether it was deleted.
    pub(crate) gone: bool,
    /// How many cells it has.
    pub(crate) cells: u64,
    /// Its last write.
    pub(crate) head: u64,
}

/// What the checks of a write need to know of its board.
#[derive(Debug, Clone, Copy)]
struct Totals {
    cells: u64,
    bytes: u64,
    max_ms: u64,
    head: u64,
}

/// The store's writing side.
#[derive(Debug)]
pub(crate) struct Writer {
    db: Connection,
    limits: Limits,
    past_age: Duration,
    past_max: u64,
    head: u64,
    past_bytes: u64,
    boards: HashMap<i64, Totals>,
    /// What to go back to if the transaction fails.
    before: (u64, u64, HashMap<i64, Totals>),
    past_added: u64,
}

impl Writer {
    /// Takes the writing connection over.
    pub(crate) fn new(db: Connection, settings: &Settings) -> Result<Self, rusqlite::Error> {
        let (head, past_bytes) = db.query_row("SELECT head, past_bytes FROM meta", [], |row| {
            Ok((unsigned(row, 0)?, unsigned(row, 1)?))
        })?;
        db.set_prepared_statement_cache_capacity(32);
        Ok(Self {
            db,
            limits: settings.limits.clone(),
            past_age: settings.past_age,
            past_max: settings.past_bytes,
            head,
            past_bytes,
            boards: HashMap::new(),
            before: (head, past_bytes, HashMap::new()),
            past_added: 0,
        })
    }

    /// The connection, for the final checkpoint.
    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }

    /// The last sequence number given.
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// Begins a transaction.
    pub(crate) fn begin(&mut self) -> Result<(), rusqlite::Error> {
        self.before = (self.head, self.past_bytes, HashMap::new());
        self.past_added = 0;
        self.db.execute_batch("BEGIN IMMEDIATE")
    }

    /// Looks a board up, as the present transaction has it.
    pub(crate) fn find(&self, id: &BoardId) -> Result<Option<BoardRow>, rusqlite::Error> {
        let sql = "SELECT n, key_hash, gone, cells, head FROM boards WHERE id = ?";
        let mut query = self.db.prepare_cached(sql)?;
        let found = query.query_row([id.as_str()], |row| {
            Ok(BoardRow {
                n: row.get(0)?,
                key_hash: row.get(1)?,
                gone: row.get(2)?,
                cells: unsigned(row, 3)?,
                head: unsigned(row, 4)?,
            })
        });
        let mut found = found.optional()?;
        // The row itself is brought up to date when the transaction commits.
        if let Some(row) = &mut found
            && let Some(totals) = self.boards.get(&row.n)
        {
            (row.cells, row.head) = (totals.cells, totals.head);
        }
        Ok(found)
    }

    /// Makes a board.
    pub(crate) fn create(
        &mut self,
        id: &BoardId,
        key_hash: [u8; 32],
        now_ms: u64,
    ) -> Result<BoardRow, rusqlite::Error> {
        let sql = "INSERT INTO boards (id, key_hash, created_ms) VALUES (?, ?, ?)";
        self.db
            .execute(sql, params![id.as_str(), key_hash, signed(now_ms)])?;
        Ok(BoardRow {
            n: self.db.last_insert_rowid(),
            key_hash,
            gone: false,
            cells: 0,
            head: 0,
        })
    }

    /// Merges a write into its board, whole or not at all.
    pub(crate) fn write(
        &mut self,
        board: i64,
        cells: &[Cell],
        now_ms: u64,
    ) -> Result<Result<Committed, Box<Refused>>, rusqlite::Error> {
        let totals = self.totals(board)?;
        if let Some(refused) = stamp_ahead(cells, &totals, now_ms) {
            return Ok(Err(refused));
        }
        let mut winners: BTreeMap<CellKey, &Cell> = BTreeMap::new();
        for cell in cells {
            let best = winners.entry(cell.key()).or_insert(cell);
            if cell.beats(best.stamp, best.value.as_str()) {
                *best = cell;
            }
        }
        let mut won = Vec::with_capacity(winners.len());
        for cell in winners.into_values() {
            match self.held(board, cell)? {
                Some(held) if !held.loses => {}
                held => won.push((cell, held)),
            }
        }
        let mut after = totals;
        for (cell, held) in &won {
            after.cells += u64::from(held.is_none());
            after.bytes = after.bytes + cell.size() as u64 - held.as_ref().map_or(0, |held| held.bytes);
            after.max_ms = after.max_ms.max(cell.stamp.ms);
        }
        if let Some(refused) = self.board_full(&won, &totals, &after) {
            return Ok(Err(refused));
        }
        if won.is_empty() {
            return Ok(Ok(Committed {
                board_cells: totals.cells,
                ..Committed::default()
            }));
        }
        self.head += 1;
        after.head = self.head;
        let mut text = String::new();
        for (cell, held) in &won {
            self.put(board, cell, held.as_ref(), now_ms)?;
            let stamp = (
                cell.stamp.ms,
                u64::from(cell.stamp.counter),
                cell.stamp.peer.as_str(),
            );
            push_cell(
                &mut text,
                cell.element.as_str(),
                cell.prop.as_str(),
                stamp,
                cell.value.as_str(),
            );
        }
        self.before.2.entry(board).or_insert(totals);
        self.boards.insert(board, after);
        Ok(Ok(Committed {
            seq: Some(self.head),
            cells: text,
            board_cells: after.cells,
        }))
    }

    fn totals(&mut self, board: i64) -> Result<Totals, rusqlite::Error> {
        if let Some(totals) = self.boards.get(&board) {
            return Ok(*totals);
        }
        let sql = "SELECT cells, bytes, max_ms, head FROM boards WHERE n = ?";
        let totals = self.db.prepare_cached(sql)?.query_row([board], |row| {
            Ok(Totals {
                cells: unsigned(row, 0)?,
                bytes: unsigned(row, 1)?,
                max_ms: unsigned(row, 2)?,
                head: unsigned(row, 3)?,
            })
        })?;
        self.boards.insert(board, totals);
        Ok(totals)
    }

    /// What the board holds under the cell's key.
    fn held(&self, board: i64, cell: &Cell) -> Result<Option<Held>, rusqlite::Error> {
        let sql =
            "SELECT n, ms, counter, peer, value FROM cells WHERE board = ? AND element = ? AND prop = ?";
        let mut query = self.db.prepare_cached(sql)?;
        query
            .query_row(params![board, cell.element.as_str(), cell.prop.as_str()], |row| {
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
            })
            .optional()
    }

    fn put(
        &mut self,
        board: i64,
        cell: &Cell,
        held: Option<&Held>,
        now_ms: u64,
    ) -> Result<(), rusqlite::Error> {
        let (ms, counter) = (signed(cell.stamp.ms), cell.stamp.counter);
        let (peer, value, seq) = (cell.stamp.peer.as_str(), cell.value.as_str(), signed(self.head));
        let Some(held) = held else {
            let sql = "INSERT INTO cells (board, element, prop, ms, counter, peer, value, seq) VALUES (?,?,?,?,?,?,?,?)";
            let (element, prop) = (cell.element.as_str(), cell.prop.as_str());
            let row = params![board, element, prop, ms, counter, peer, value, seq];
            return self.db.prepare_cached(sql)?.execute(row).map(drop);
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
            .execute(params![ms, counter, peer, value, seq, held.n])
            .map(drop)
    }

    /// Full boards take what doesn't grow them, and a few deletes more.
    fn board_full(
        &self,
        won: &[(&Cell, Option<Held>)],
        before: &Totals,
        after: &Totals,
    ) -> Option<Box<Refused>> {
        let (max_cells, max_bytes) = (self.limits.board_cells as u64, self.limits.board_bytes as u64);
        let grows_over = |extra: bool| {
            let room = |max: u64| if extra { max + max / 20 } else { max };
            (after.cells > before.cells && after.cells > room(max_cells))
                || (after.bytes > before.bytes && after.bytes > room(max_bytes))
        };
        let is_delete = |cell: &Cell| cell.prop.as_str() == Property::DELETED;
        let other = won.iter().find(|(cell, _)| !is_delete(cell));
        if !grows_over(other.is_none()) {
            return None;
        }
        let (cell, _) = other.or(won.first())?;
        let text = format!(
            "The board is full: it may have {max_cells} cells and {max_bytes} bytes. Go on on a new one, or ask \
             whoever runs the relay for more."
        );
        let mut refused = Refused::new(Code::BoardFull, text, Retry::Changed);
        refused.cell = Some(cell.key().into());
        Some(Box::new(refused))
    }

    /// Commits what was written since [`Writer::begin`]; when this returns, it is on disk.
    pub(crate) fn commit(&mut self, now_ms: u64) -> Result<(), rusqlite::Error> {
        self.prune(now_ms)?;
        let sql = "UPDATE boards SET cells = ?, bytes = ?, max_ms = ?, head = ? WHERE n = ?";
        for board in self.before.2.keys() {
            if let Some(totals) = self.boards.get(board) {
                let Totals {
                    cells,
                    bytes,
                    max_ms,
                    head,
                } = *totals;
                let row = params![signed(cells), signed(bytes), signed(max_ms), signed(head), board];
                self.db.prepare_cached(sql)?.execute(row)?;
            }
        }
        let sql = "UPDATE meta SET head = ?, clock_ms = ?, past_bytes = ?";
        let row = params![signed(self.head), signed(now_ms), signed(self.past_bytes)];
        self.db.prepare_cached(sql)?.execute(row)?;
        self.db.execute_batch("COMMIT")
    }

    /// Goes back to before [`Writer::begin`].
    pub(crate) fn roll_back(&mut self) -> Result<(), rusqlite::Error> {
        let (head, past_bytes, boards) = std::mem::take(&mut self.before);
        (self.head, self.past_bytes) = (head, past_bytes);
        self.boards.extend(boards);
        // SQLite may have rolled back by itself.
        if self.db.is_autocommit() {
            Ok(())
        } else {
            self.db.execute_batch("ROLLBACK")
        }
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

    /// Forgets what it knows of a board that nobody is on any more.
    pub(crate) fn forget(&mut self, board: i64) {
        self.boards.remove(&board);
    }
}

/// A row that is there already.
#[derive(Debug)]
struct Held {
    n: i64,
    bytes: u64,
    loses: bool,
}

fn stamp_ahead(cells: &[Cell], totals: &Totals, now_ms: u64) -> Option<Box<Refused>> {
    if totals.cells == 0 {
        return None; // An empty board's time is what its first writer names.
    }
    let latest = now_ms.max(totals.max_ms) + STAMP_AHEAD_MS;
    let cell = cells.iter().find(|cell| cell.stamp.ms > latest)?;
    let wait = cell.stamp.ms - latest;
    let text = format!(
        "The cell's stamp lies {} s ahead of the board's time.",
        (wait + STAMP_AHEAD_MS) / 1000
    );
    let mut refused = Refused::new(Code::StampAhead, text, Retry::After(wait));
    refused.cell = Some(cell.key().into());
    Some(Box::new(refused))
}

/// Whether the disk is full, which passes; every other error of the disk doesn't. No room for the log's index
/// is the same to us, though SQLite has another name for it.
pub(crate) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
        || error
            .sqlite_error()
            .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

#[cfg(test)]
mod tests;
