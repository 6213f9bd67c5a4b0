//! Looking at a store from outside: one snapshot of it, read on a connection of its own that changes nothing. A relay may be
//! running there meanwhile, and isn't kept from its work.

use std::path::{Path, PathBuf};

use drawbridge_protocol::{Access, BoardId, Cell, ImageHash, ImageType, RelayAddress};
use rusqlite::{Connection, OptionalExtension, Row};

use super::read::{access, address, cell, unsigned};
use super::{ImageRow, StoreError, schema};

/// A store as it was at one moment.
#[derive(Debug)]
pub(crate) struct Look {
    pub(super) db: Connection,
    pub(super) path: PathBuf,
}

/// A board, as its host sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BoardLook {
    /// Its number in the store.
    pub(crate) n: i64,
    /// Its name.
    pub(crate) id: BoardId,
    /// Whether only its owners may change it.
    pub(crate) locked: bool,
    /// When it came to this relay, in milliseconds since the Unix epoch.
    pub(crate) created_ms: u64,
    /// Whether it was deleted.
    pub(crate) gone: bool,
    /// How many cells it has.
    pub(crate) cells: u64,
    /// Their bytes, and those of its images.
    pub(crate) bytes: u64,
    /// The greatest stamp's milliseconds: when it was last written to, by the clocks of those who did.
    pub(crate) max_ms: u64,
    /// How many images it has.
    pub(crate) images: u64,
    /// The relay on which it lives now, if that is another one.
    pub(crate) moved: Option<RelayAddress>,
}

/// What the rows of a board come to when they are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Cells.
    pub(crate) cells: u64,
    /// Bytes of cells and images.
    pub(crate) bytes: u64,
    /// The greatest stamp's milliseconds.
    pub(crate) max_ms: u64,
}

impl Look {
    /// Looks at the store in `data`.
    ///
    /// # Errors
    /// When there is none, it can't be read, or it is of another version than this program.
    pub(crate) fn open(data: &Path) -> Result<Self, StoreError> {
        let look = Self::open_any(data)?;
        schema::require_present(&look.db, &look.path)?;
        Ok(look)
    }

    /// As [`Look::open`], of an older version too.
    pub(crate) fn open_any(data: &Path) -> Result<Self, StoreError> {
        let path = schema::file(data);
        if !path.try_exists().map_err(|error| StoreError::io(&path, &error))? {
            return Err(StoreError::Missing(path));
        }
        let db = schema::open_read_only(&path)?;
        // The first read takes the snapshot.
        db.execute_batch("BEGIN")?;
        db.query_row("SELECT head FROM meta", [], |_| Ok(()))?;
        Ok(Self { db, path })
    }

    /// The connection that holds the snapshot.
    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }

    /// All boards.
    pub(crate) fn boards(&self) -> Result<Vec<BoardLook>, StoreError> {
        let mut query = self.db.prepare(&format!("{BOARD} GROUP BY b.n ORDER BY b.n"))?;
        let rows = query.query_map([], board)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One board.
    pub(crate) fn board(&self, id: &BoardId) -> Result<Option<BoardLook>, StoreError> {
        let sql = format!("{BOARD} WHERE b.id = ? GROUP BY b.n");
        let found = self.db.query_row(&sql, [id.as_str()], board);
        Ok(found.optional()?)
    }

    /// Who may do what on a board.
    pub(crate) fn access(&self, board: i64) -> Result<Access, StoreError> {
        Ok(access(&self.db, board)?)
    }

    /// Hands out a board's cells, one after the other.
    pub(crate) fn cells<E: From<StoreError>>(
        &self,
        board: i64,
        mut take: impl FnMut(Cell) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = "SELECT element, prop, ms, counter, peer, value FROM cells WHERE board = ? ORDER BY element, prop";
        let mut query = self.db.prepare(sql).map_err(StoreError::from)?;
        let mut rows = query.query([board]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            take(cell(row).map_err(|error| StoreError::damaged(&self.path, &error.to_string()))?)?;
        }
        Ok(())
    }

    /// A board's images.
    pub(crate) fn images(&self, board: i64) -> Result<Vec<ImageRow>, StoreError> {
        let sql = "SELECT hash, type, bytes FROM images WHERE board = ? ORDER BY hash";
        let mut query = self.db.prepare(sql)?;
        let rows = query.query_map([board], image)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The images of all boards, each once.
    pub(crate) fn all_images(&self) -> Result<Vec<ImageRow>, StoreError> {
        if schema::version(&self.db)? < 2 {
            return Ok(Vec::new());
        }
        let sql = "SELECT hash, type, bytes FROM images GROUP BY hash ORDER BY hash";
        let mut query = self.db.prepare(sql)?;
        let rows = query.query_map([], image)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The boards that have an image.
    pub(crate) fn boards_with(&self, hash: &ImageHash) -> Result<Vec<BoardId>, StoreError> {
        let sql = "SELECT b.id FROM images i JOIN boards b ON b.n = i.board WHERE i.hash = ?";
        let mut query = self.db.prepare(sql)?;
        let rows = query.query_map([hash.as_bytes()], |row| name(row, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Counts a board's rows.
    pub(crate) fn count(&self, board: i64) -> Result<Counted, StoreError> {
        Ok(count(&self.db, board)?)
    }

    /// Whether rows of a deleted board are still there.
    pub(crate) fn has_rows(&self, board: i64) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM cells WHERE board = ?1) \
                   OR EXISTS (SELECT 1 FROM past WHERE board = ?1) OR EXISTS (SELECT 1 FROM images WHERE board = ?1)";
        Ok(self.db.query_row(sql, [board], |row| row.get(0))?)
    }

    /// What `past` holds: its bytes as noted and as counted, and since when it goes back without a gap, if anything was ever
    /// taken out of it. In milliseconds since the Unix epoch, by the relay's clock.
    pub(crate) fn past(&self) -> Result<(u64, u64, Option<u64>), StoreError> {
        let noted = self
            .db
            .query_row("SELECT past_bytes FROM meta", [], |row| unsigned(row, 0))?;
        let counted = self
            .db
            .query_row("SELECT coalesce(sum(bytes), 0) FROM past", [], |row| {
                unsigned(row, 0)
            })?;
        // Rows go from the oldest on. What is numbered 1 was never preceded.
        let sql = "SELECT n, until_ms FROM past ORDER BY n LIMIT 1";
        let oldest = self.db.query_row(sql, [], |row| {
            let n: i64 = row.get(0)?;
            Ok((n > 1).then_some(unsigned(row, 1)?))
        });
        Ok((noted, counted, oldest.optional()?.flatten()))
    }

    /// The relay's clock at its last commit, in milliseconds since the Unix epoch.
    pub(crate) fn clock_ms(&self) -> Result<u64, StoreError> {
        Ok(self
            .db
            .query_row("SELECT clock_ms FROM meta", [], |row| unsigned(row, 0))?)
    }
}

const BOARD: &str = "SELECT b.n, b.id, b.locked, b.created_ms, b.gone, b.cells, b.bytes, b.max_ms, count(i.hash), b.moved \
                     FROM boards b LEFT JOIN images i ON i.board = b.n";

fn board(row: &Row<'_>) -> Result<BoardLook, rusqlite::Error> {
    Ok(BoardLook {
        n: row.get(0)?,
        id: name(row, 1)?,
        locked: row.get(2)?,
        created_ms: unsigned(row, 3)?,
        gone: row.get(4)?,
        cells: unsigned(row, 5)?,
        bytes: unsigned(row, 6)?,
        max_ms: unsigned(row, 7)?,
        images: unsigned(row, 8)?,
        moved: address(row, 9)?,
    })
}

fn name(row: &Row<'_>, at: usize) -> Result<BoardId, rusqlite::Error> {
    BoardId::new(row.get_ref(at)?.as_str()?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, error.into())
    })
}

fn image(row: &Row<'_>) -> Result<ImageRow, rusqlite::Error> {
    let kind = ImageType::named(row.get_ref(1)?.as_str()?);
    Ok(ImageRow {
        hash: ImageHash::from_bytes(row.get(0)?),
        kind: kind.ok_or_else(|| rusqlite::Error::InvalidColumnName("type".to_owned()))?,
        bytes: unsigned(row, 2)?,
    })
}

/// Counts a board's rows.
pub(super) fn count(db: &Connection, board: i64) -> Result<Counted, rusqlite::Error> {
    let sql = "SELECT count(*), coalesce(sum(octet_length(element) + octet_length(prop) + octet_length(value)), 0), \
               coalesce(max(ms), 0) FROM cells WHERE board = ?";
    let mut counted = db.query_row(sql, [board], |row| {
        Ok(Counted {
            cells: unsigned(row, 0)?,
            bytes: unsigned(row, 1)?,
            max_ms: unsigned(row, 2)?,
        })
    })?;
    let sql = "SELECT coalesce(sum(bytes), 0) FROM images WHERE board = ?";
    counted.bytes += db.query_row(sql, [board], |row| unsigned(row, 0))?;
    Ok(counted)
}
