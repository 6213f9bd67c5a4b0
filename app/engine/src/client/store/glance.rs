//! A board's file looked into without opening it, for lists, pictures and copies. Nothing is written, also not beside it, and a
//! board that is open meanwhile is seen as of its last commit.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use drawbridge_protocol::{BoardId, Cell, ImageHash, ImageType, Link, RelayAddress, Role};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::StoreError;
use super::files::beside;
use super::rows::{cell, load};
use super::sqlite::{APPLICATION_ID, FORMAT, layout, ours};
use crate::client::record::Loaded;
use crate::images::StoredImage;

/// About how many bytes a board's file has with nothing in it, ...
const EMPTY: u64 = 40 * 1024;
/// ... and what a row takes beside its texts: a stamp, a name once more in an index.
const ROW: u64 = 60;

/// What a list says of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Which it is.
    pub board: BoardId,
    /// The title on it, if it has one.
    pub title: Option<String>,
    /// The relay that it is shared through.
    pub relay: Option<RelayAddress>,
    /// Whether that relay is the one inside this program.
    pub hosted: bool,
    /// What its relay let this person do last.
    pub role: Option<Role>,
}

/// A look into a board's file.
#[derive(Debug)]
pub struct Glance(Connection);

impl Glance {
    /// Looks into the file at `path`: whether it is a board, not whether it is whole.
    ///
    /// # Errors
    /// When it is none, a newer version wrote it, or it can't be read.
    pub fn at(path: &Path) -> Result<Self, StoreError> {
        let reads = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = if beside(path, "-wal").exists() {
            Connection::open_with_flags(path, reads)?
        } else {
            // Nobody has it open: then nothing needs to be made beside it, where that may not even be allowed.
            Connection::open_with_flags(still(path), reads | OpenFlags::SQLITE_OPEN_URI)?
        };
        let application_id: i64 = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        if application_id != APPLICATION_ID {
            return Err(StoreError::Damaged("it is not a board".to_owned()));
        }
        let format: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if format > FORMAT {
            return Err(StoreError::Newer(format));
        }
        let wanted = layouts().get(usize::try_from(format - 1).unwrap_or(usize::MAX));
        if wanted != Some(&layout(&db)?) {
            return Err(StoreError::Damaged("its tables are not a board's".to_owned()));
        }
        Ok(Self(db))
    }

    /// What a list says of it.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn outline(&self) -> Result<Outline, StoreError> {
        let board = self.get("board")?.unwrap_or_default();
        let damaged = |error: drawbridge_protocol::IdError| StoreError::Damaged(error.to_string());
        let link: Option<Link> = self.get("remote")?.and_then(|link| link.parse().ok());
        let title = "SELECT value FROM cells WHERE element = 'board' AND prop = 'title'";
        let title: Option<String> = self.0.query_row(title, [], |row| row.get(0)).optional()?;
        let title = title.and_then(|json| serde_json::from_str::<String>(&json).ok());
        Ok(Outline {
            board: BoardId::new(&board).map_err(damaged)?,
            title: title.filter(|title| !title.trim().is_empty()),
            relay: link.map(|link| link.address()),
            hosted: self.get("hosted")?.is_some(),
            role: self
                .get("role")?
                .and_then(|role| serde_json::from_str(&role).ok()),
        })
    }

    fn get(&self, name: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT value FROM meta WHERE name = ?1";
        Ok(self.0.query_row(sql, [name], |row| row.get(0)).optional()?)
    }

    /// Whether the file is whole. Reads all of it.
    ///
    /// # Errors
    /// When it isn't, and how.
    pub fn check(&self) -> Result<(), StoreError> {
        let verdict: String = self
            .0
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        match verdict.as_str() {
            "ok" => Ok(()),
            _ => Err(StoreError::Damaged(verdict)),
        }
    }

    /// Everything that is in it, its images aside.
    ///
    /// # Errors
    /// When something in it can't be read.
    pub fn load(&self) -> Result<Loaded, StoreError> {
        load(&self.0, &|_| {})
    }

    /// Its cells, as many as are read while `more` says so: any of them are a board. Cells that can't be read are left out.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn cells(&self, mut more: impl FnMut() -> bool) -> Result<Vec<Cell>, StoreError> {
        let mut select = self.0.prepare("SELECT * FROM cells")?;
        let mut rows = select.query([])?;
        let mut cells = Vec::new();
        while let Some(row) = rows.next()? {
            if !more() {
                break;
            }
            cells.extend(cell(row).ok().map(|row| row.cell));
        }
        Ok(cells)
    }

    /// About how many bytes a new file has into which its cells and images go. No image is read for that.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn weigh(&self) -> Result<u64, StoreError> {
        let sum = |table: &str, bytes: &str| -> Result<u64, StoreError> {
            let sql = format!("SELECT coalesce(sum({ROW} + {bytes}), 0) FROM {table}");
            let sum: i64 = self.0.query_row(&sql, [], |row| row.get(0))?;
            Ok(sum.unsigned_abs())
        };
        let cells = sum(
            "cells",
            "octet_length(element) + octet_length(prop) + octet_length(value)",
        )?;
        let images = match self.has_images()? {
            true => sum("images", "octet_length(bytes)")?,
            false => 0,
        };
        Ok(EMPTY + cells + images)
    }

    /// An image, if all of it is here.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn image(&self, hash: &ImageHash) -> Result<Option<StoredImage>, StoreError> {
        if !self.has_images()? {
            return Ok(None);
        }
        let sql = "SELECT type, bytes FROM images WHERE hash = ?1";
        let mut query = self.0.prepare_cached(sql)?;
        let found = query.query_row([hash.as_bytes()], |row| {
            let kind = ImageType::named(row.get_ref(0)?.as_str()?);
            Ok((kind, Arc::<[u8]>::from(row.get_ref(1)?.as_blob()?)))
        });
        let image = found.optional()?;
        Ok(image.and_then(|(kind, bytes)| Some(StoredImage { kind: kind?, bytes })))
    }

    /// All images that are here as a whole and are what their names say, one after the other.
    ///
    /// # Errors
    /// When the file can't be read, or what `each` says.
    pub fn images<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(ImageHash, StoredImage) -> Result<(), E>,
    ) -> Result<(), E> {
        let names = || -> Result<Vec<ImageHash>, StoreError> {
            if !self.has_images()? {
                return Ok(Vec::new());
            }
            let mut select = self.0.prepare("SELECT hash FROM images")?;
            let rows = select.query_map([], |row| Ok(ImageHash::from_bytes(row.get(0)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        for hash in names()? {
            if let Some(image) = self.image(&hash)?.filter(|image| image.hash() == hash) {
                each(hash, image)?;
            }
        }
        Ok(())
    }

    /// Format 1 had none.
    fn has_images(&self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'images'";
        Ok(self.0.prepare_cached(sql)?.exists([])?)
    }
}

/// The title on a board's file; `None` if it has none or can't be read.
#[cfg(test)]
pub(super) fn title_of(path: &Path) -> Option<String> {
    Glance::at(path).ok()?.outline().ok()?.title
}

/// How each format's file is laid out, the first one first.
fn layouts() -> &'static [BTreeSet<String>] {
    static LAYOUTS: OnceLock<Vec<BTreeSet<String>>> = OnceLock::new();
    // An empty one is no board's.
    LAYOUTS.get_or_init(|| {
        (1..=FORMAT)
            .map(|format| ours(format).unwrap_or_default())
            .collect()
    })
}

/// The address by which SQLite opens a file that nobody changes meanwhile.
fn still(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    let text = path.to_string_lossy();
    let text = if cfg!(windows) {
        format!("/{}", text.replace('\\', "/"))
    } else {
        text.into_owned()
    };
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/:._-~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02x}"));
        }
    }
    uri + "?immutable=1"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::record::{CellState, StoreBatch};
    use crate::client::store::tests::{meta, open, row};
    use crate::client::store::{SqliteStore, Store as _};

    fn titled(path: &Path, title: &str) -> SqliteStore {
        let mut store = SqliteStore::open(path, &meta()).expect("a board").store;
        let batch = StoreBatch {
            cells: vec![row("board", "title", title, CellState::Fresh)],
            ..StoreBatch::default()
        };
        store.commit(&batch).expect("a commit");
        store
    }

    fn beside_it(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_look_leaves_nothing_beside_a_closed_board_and_sees_an_open_one() {
        let folder = tempfile::tempdir().expect("a folder");
        // A name that an address would read otherwise.
        let path = folder.path().join("50% of #1 ?.board");
        let store = titled(&path, "\"Plan\"");
        assert_eq!(title_of(&path).as_deref(), Some("Plan"), "while it is open");
        drop(store);
        let before = beside_it(folder.path());
        let glance = Glance::at(&path).expect("a look");
        let outline = glance.outline().expect("an outline");
        assert_eq!(
            (outline.title.as_deref(), &outline.board),
            (Some("Plan"), &meta().board)
        );
        glance.check().expect("it is whole");
        assert_eq!(glance.cells(|| true).expect("cells").len(), 1);
        assert_eq!(glance.cells(|| false).expect("cells").len(), 0);
        drop(glance);
        assert_eq!(beside_it(folder.path()), before);
    }

    #[test]
    fn what_is_no_board_or_a_newer_one_is_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.board");
        let look = |path: &Path| Glance::at(path).map(|_| ());
        assert!(look(&path).is_err(), "there is none");
        std::fs::write(&path, "not a board").expect("written");
        assert!(matches!(look(&path), Err(StoreError::Damaged(_))));
        std::fs::remove_file(&path).expect("removed");
        Connection::open(&path)
            .and_then(|db| db.execute_batch("CREATE TABLE notes (text TEXT)"))
            .expect("another program's");
        assert!(matches!(look(&path), Err(StoreError::Damaged(_))));
        let newer = folder.path().join("newer.board");
        drop(open(&newer));
        Connection::open(&newer)
            .and_then(|db| db.pragma_update(None, "user_version", 99))
            .expect("a newer one");
        assert_eq!(look(&newer), Err(StoreError::Newer(99)));
        let odd = folder.path().join("odd.board");
        drop(open(&odd));
        Connection::open(&odd)
            .and_then(|db| db.execute_batch("CREATE VIEW trap AS SELECT 1"))
            .expect("a view");
        assert!(matches!(look(&odd), Err(StoreError::Damaged(_))));
    }
}
