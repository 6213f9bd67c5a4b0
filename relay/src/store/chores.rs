//! The rows that a host's chores change: boards that are deleted, images that are lost.

use drawbridge_protocol::ImageHash;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::disk::Swept;
use super::read::unsigned;

/// One image's name is looked for in all boards' rows, so one step takes few of them.
const IMAGES_AT_ONCE: u32 = 16;

pub(super) fn drop_image(db: &Connection, board: i64, hash: &ImageHash) -> Result<(), rusqlite::Error> {
    let sql = "DELETE FROM images WHERE board = ? AND hash = ?";
    db.prepare_cached(sql)?.execute(params![board, hash.as_bytes()])?;
    Ok(())
}

pub(super) fn image_bytes(
    db: &Connection,
    board: i64,
    hash: &ImageHash,
) -> Result<Option<u64>, rusqlite::Error> {
    let sql = "SELECT bytes FROM images WHERE board = ? AND hash = ?";
    let mut query = db.prepare_cached(sql)?;
    query
        .query_row(params![board, hash.as_bytes()], |row| unsigned(row, 0))
        .optional()
}

pub(super) fn bury(db: &Connection, board: i64) -> Result<(), rusqlite::Error> {
    db.execute("UPDATE boards SET gone = 1, locked = 0 WHERE n = ?", [board])?;
    db.execute("DELETE FROM links WHERE board = ?", [board])?;
    Ok(())
}

/// Takes away up to `max` rows of a board, cells first; also says how many bytes of `past` went.
pub(super) fn sweep(db: &Connection, board: i64, max: u32) -> Result<(Swept, u64), rusqlite::Error> {
    let sql = "DELETE FROM cells WHERE n IN (SELECT n FROM cells WHERE board = ? LIMIT ?)";
    let cells = db.prepare_cached(sql)?.execute(params![board, max])?;
    let swept = |rows: usize, orphans| Swept {
        rows: rows as u64,
        orphans,
    };
    if cells > 0 {
        return Ok((swept(cells, Vec::new()), 0));
    }
    let sql = "DELETE FROM past WHERE n IN (SELECT n FROM past WHERE board = ? LIMIT ?) RETURNING bytes";
    let mut query = db.prepare_cached(sql)?;
    let bytes = query.query_map(params![board, max], |row| unsigned(row, 0))?;
    let bytes: Vec<u64> = bytes.collect::<Result<_, _>>()?;
    if !bytes.is_empty() {
        return Ok((swept(bytes.len(), Vec::new()), bytes.iter().sum()));
    }
    let sql = "SELECT hash FROM images WHERE board = ? LIMIT ?";
    let mut query = db.prepare_cached(sql)?;
    let hashes = query.query_map(params![board, IMAGES_AT_ONCE], |row| row.get::<_, [u8; 32]>(0))?;
    let hashes: Vec<[u8; 32]> = hashes.collect::<Result<_, _>>()?;
    let mut orphans = Vec::new();
    for hash in &hashes {
        let hash = ImageHash::from_bytes(*hash);
        drop_image(db, board, &hash)?;
        let mut others = db.prepare_cached("SELECT 1 FROM images WHERE hash = ?")?;
        if !others.exists([hash.as_bytes()])? {
            orphans.push(hash);
        }
    }
    Ok((swept(hashes.len(), orphans), 0))
}

pub(super) fn forget(db: &Connection, board: i64) -> Result<(), rusqlite::Error> {
    db.execute("DELETE FROM boards WHERE n = ? AND gone", [board])?;
    Ok(())
}
