//! A board's images on this machine: in the board's own file, so that whoever copies it has them. Each call waits for the
//! disk, so none is for a window's thread; they may come from any other.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use drawbridge_protocol::{ImageHash, ImageType};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use sha2::{Digest as _, Sha256};

use super::StoreError;
use crate::client::record::Reason;
use crate::images::StoredImage;

/// The tables that hold images, in a board's file.
pub(super) const LAYOUT: &str = "
CREATE TABLE images (
    hash BLOB PRIMARY KEY,
    type TEXT NOT NULL,
    bytes BLOB NOT NULL,
    sent INTEGER NOT NULL,       -- 1: the relay has it
    parked_code TEXT,
    parked_message TEXT
) STRICT;
CREATE TABLE image_parts (
    hash BLOB NOT NULL,
    start INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (hash, start)
) STRICT;
";

/// The relay has no image any more, or it is another relay: all are to be offered.
pub(super) fn forget_sent(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE images SET sent = 0, parked_code = NULL, parked_message = NULL",
        [],
    )?;
    Ok(())
}

/// An image that the relay isn't known to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Which.
    pub hash: ImageHash,
    /// How many bytes it has.
    pub bytes: u64,
    /// Set when the relay refused it for good.
    pub parked: Option<Reason>,
}

#[derive(Debug)]
struct Held {
    image: StoredImage,
    sent: bool,
    parked: Option<Reason>,
}

#[derive(Debug)]
enum Place {
    File(Connection),
    Memory {
        images: BTreeMap<ImageHash, Held>,
        parts: BTreeMap<ImageHash, Vec<u8>>,
    },
    /// Those of another store, which are to be brought elsewhere: none is taken in, and what is sent is noted here alone.
    Lent {
        from: Arc<ImageStore>,
        unsent: BTreeMap<ImageHash, Unsent>,
    },
    Closed,
}

/// The images of one board.
#[derive(Debug)]
pub struct ImageStore(Mutex<Place>);

impl ImageStore {
    /// Those in the board's file, which is open.
    pub(in crate::client) fn in_file(path: &Path) -> Result<Self, StoreError> {
        let db = Connection::open(path)?;
        db.pragma_update(None, "synchronous", "FULL")?;
        Ok(Self(Mutex::new(Place::File(db))))
    }

    /// Those of a board that is kept in memory.
    #[must_use]
    pub(in crate::client) fn in_memory() -> Self {
        Self(Mutex::new(Place::Memory {
            images: BTreeMap::new(),
            parts: BTreeMap::new(),
        }))
    }

    /// These of another store, all to be sent.
    pub(in crate::client) fn lent(from: &Arc<Self>, which: &[ImageHash]) -> Result<Self, StoreError> {
        let sizes = from.sizes()?.into_iter();
        let unsent = sizes
            .filter(|(hash, _)| which.contains(hash))
            .map(|(hash, bytes)| {
                let parked = None;
                (hash, Unsent { hash, bytes, parked })
            });
        Ok(Self(Mutex::new(Place::Lent {
            from: Arc::clone(from),
            unsent: unsent.collect(),
        })))
    }

    /// How many bytes each image has that is here as a whole.
    fn sizes(&self) -> Result<Vec<(ImageHash, u64)>, StoreError> {
        match &*self.place() {
            Place::File(db) => {
                let mut query = db.prepare_cached("SELECT hash, length(bytes) FROM images")?;
                let rows = query.query_map([], |row| {
                    let bytes: i64 = row.get(1)?;
                    let hash = ImageHash::from_bytes(row.get(0)?);
                    Ok((hash, u64::try_from(bytes).unwrap_or_default()))
                })?;
                Ok(rows.collect::<Result<_, _>>()?)
            }
            Place::Memory { images, .. } => {
                let size = |(hash, held): (&ImageHash, &Held)| (*hash, held.image.bytes.len() as u64);
                Ok(images.iter().map(size).collect())
            }
            Place::Lent { from, .. } => from.sizes(),
            Place::Closed => Err(closed()),
        }
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of the file. Nothing is found or taken any more.
    pub(in crate::client) fn close(&self) {
        *self.place() = Place::Closed;
    }

    /// Everything of a relay's memory that a board in memory has to forget; a file forgets it in one transaction with its cells.
    pub(in crate::client) fn forget_sent_in_memory(&self) {
        if let Place::Memory { images, .. } = &mut *self.place() {
            for held in images.values_mut() {
                (held.sent, held.parked) = (false, None);
            }
        }
    }

    /// An image, if all of it is here.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn get(&self, hash: &ImageHash) -> Result<Option<StoredImage>, StoreError> {
        match &*self.place() {
            Place::File(db) => {
                let mut query = db.prepare_cached("SELECT type, bytes FROM images WHERE hash = ?1")?;
                let found = query.query_row([hash.as_bytes()], |row| {
                    let kind = ImageType::named(row.get_ref(0)?.as_str()?);
                    Ok((kind, Arc::<[u8]>::from(row.get_ref(1)?.as_blob()?)))
                });
                let image = found
                    .optional()?
                    .and_then(|(kind, bytes)| Some(StoredImage { kind: kind?, bytes }));
                Ok(image)
            }
            Place::Memory { images, .. } => Ok(images.get(hash).map(|held| held.image.clone())),
            Place::Lent { from, .. } => from.get(hash),
            Place::Closed => Err(closed()),
        }
    }

    /// Whether all of an image is here.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn has(&self, hash: &ImageHash) -> Result<bool, StoreError> {
        match &*self.place() {
            Place::File(db) => {
                let mut query = db.prepare_cached("SELECT 1 FROM images WHERE hash = ?1")?;
                Ok(query.exists([hash.as_bytes()])?)
            }
            Place::Memory { images, .. } => Ok(images.contains_key(hash)),
            Place::Lent { from, .. } => from.has(hash),
            Place::Closed => Err(closed()),
        }
    }

    /// The names of all that are here as a whole.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn hashes(&self) -> Result<Vec<ImageHash>, StoreError> {
        match &*self.place() {
            Place::File(db) => {
                let mut query = db.prepare_cached("SELECT hash FROM images")?;
                let rows = query.query_map([], |row| Ok(ImageHash::from_bytes(row.get(0)?)))?;
                Ok(rows.collect::<Result<_, _>>()?)
            }
            Place::Memory { images, .. } => Ok(images.keys().copied().collect()),
            Place::Lent { from, .. } => from.hashes(),
            Place::Closed => Err(closed()),
        }
    }

    /// Takes an image in that the relay may not have; returns its name. When this returns it is on the disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn put(&self, image: &StoredImage) -> Result<ImageHash, StoreError> {
        let hash = image.hash();
        self.keep(&hash, image, false)?;
        Ok(hash)
    }

    fn keep(&self, hash: &ImageHash, image: &StoredImage, sent: bool) -> Result<(), StoreError> {
        match &mut *self.place() {
            Place::File(db) => {
                let tx = db.transaction()?;
                tx.execute("DELETE FROM image_parts WHERE hash = ?1", [hash.as_bytes()])?;
                tx.execute(
                    "INSERT OR IGNORE INTO images (hash, type, bytes, sent) VALUES (?1, ?2, ?3, ?4)",
                    params![hash.as_bytes(), image.kind.as_str(), &*image.bytes, sent],
                )?;
                tx.commit()?;
            }
            Place::Memory { images, parts } => {
                parts.remove(hash);
                images.entry(*hash).or_insert_with(|| Held {
                    image: image.clone(),
                    sent,
                    parked: None,
                });
            }
            Place::Lent { .. } => return Err(lent()),
            Place::Closed => return Err(closed()),
        }
        Ok(())
    }

    /// How much of an image has come, of one that isn't here as a whole.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn arrived(&self, hash: &ImageHash) -> Result<u64, StoreError> {
        match &*self.place() {
            Place::File(db) => {
                let sql = "SELECT coalesce(sum(length(bytes)), 0) FROM image_parts WHERE hash = ?1";
                let bytes: i64 = db
                    .prepare_cached(sql)?
                    .query_row([hash.as_bytes()], |row| row.get(0))?;
                Ok(u64::try_from(bytes).unwrap_or_default())
            }
            Place::Memory { parts, .. } => Ok(parts.get(hash).map_or(0, |part| part.len() as u64)),
            Place::Lent { .. } => Ok(0),
            Place::Closed => Err(closed()),
        }
    }

    /// Adds what came next of an image.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn add(&self, hash: &ImageHash, bytes: &[u8]) -> Result<(), StoreError> {
        match &mut *self.place() {
            Place::File(db) => {
                let sql = "INSERT INTO image_parts (hash, start, bytes)
                           SELECT ?1, coalesce(sum(length(bytes)), 0), ?2 FROM image_parts WHERE hash = ?1";
                db.prepare_cached(sql)?.execute(params![hash.as_bytes(), bytes])?;
            }
            Place::Memory { parts, .. } => parts.entry(*hash).or_default().extend_from_slice(bytes),
            Place::Lent { .. } => return Err(lent()),
            Place::Closed => return Err(closed()),
        }
        Ok(())
    }

    /// Forgets what has come of an image.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn start_over(&self, hash: &ImageHash) -> Result<(), StoreError> {
        match &mut *self.place() {
            Place::File(db) => {
                db.execute("DELETE FROM image_parts WHERE hash = ?1", [hash.as_bytes()])?;
            }
            Place::Memory { parts, .. } => {
                parts.remove(hash);
            }
            Place::Lent { .. } => {}
            Place::Closed => return Err(closed()),
        }
        Ok(())
    }

    /// All of an image has come from the relay. Says whether it is what its name says; if not, it is forgotten.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn finish(&self, hash: &ImageHash, kind: ImageType) -> Result<bool, StoreError> {
        let mut bytes = Vec::new();
        match &*self.place() {
            Place::File(db) => {
                let sql = "SELECT bytes FROM image_parts WHERE hash = ?1 ORDER BY start";
                let mut query = db.prepare_cached(sql)?;
                let mut rows = query.query([hash.as_bytes()])?;
                while let Some(row) = rows.next()? {
                    bytes.extend_from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?);
                }
            }
            Place::Memory { parts, .. } => bytes.extend(parts.get(hash).into_iter().flatten()),
            Place::Lent { .. } => return Err(lent()),
            Place::Closed => return Err(closed()),
        }
        if Sha256::digest(&bytes).as_slice() != hash.as_bytes() {
            self.start_over(hash)?;
            return Ok(false);
        }
        let bytes = bytes.into();
        self.keep(hash, &StoredImage { kind, bytes }, true)?;
        Ok(true)
    }

    /// What the relay isn't known to have.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn unsent(&self) -> Result<Vec<Unsent>, StoreError> {
        match &*self.place() {
            Place::File(db) => {
                let sql =
                    "SELECT hash, length(bytes), parked_code, parked_message FROM images WHERE sent = 0";
                let mut query = db.prepare_cached(sql)?;
                let rows = query.query_map([], unsent)?;
                Ok(rows.collect::<Result<_, _>>()?)
            }
            Place::Memory { images, .. } => {
                let unsent = images.iter().filter(|(_, held)| !held.sent);
                let unsent = unsent.map(|(hash, held)| Unsent {
                    hash: *hash,
                    bytes: held.image.bytes.len() as u64,
                    parked: held.parked.clone(),
                });
                Ok(unsent.collect())
            }
            Place::Lent { unsent, .. } => Ok(unsent.values().cloned().collect()),
            Place::Closed => Err(closed()),
        }
    }

    /// The relay has the image, or doesn't take it.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sent(&self, hash: &ImageHash, result: Result<(), Reason>) -> Result<(), StoreError> {
        match &mut *self.place() {
            Place::File(db) => {
                let (sent, reason) = (result.is_ok(), result.err());
                let code = reason.as_ref().map(|reason| serde_json::to_string(&reason.code));
                let code = code
                    .transpose()
                    .map_err(|error| StoreError::Other(error.to_string()))?;
                db.prepare_cached(
                    "UPDATE images SET sent = ?2, parked_code = ?3, parked_message = ?4 WHERE hash = ?1",
                )?
                .execute(params![
                    hash.as_bytes(),
                    sent,
                    code,
                    reason.map(|reason| reason.message)
                ])?;
            }
            Place::Memory { images, .. } => {
                if let Some(held) = images.get_mut(hash) {
                    (held.sent, held.parked) = (result.is_ok(), result.err());
                }
            }
            Place::Lent { unsent, .. } => match (result, unsent.get_mut(hash)) {
                (Ok(()), _) => {
                    unsent.remove(hash);
                }
                (Err(reason), Some(held)) => held.parked = Some(reason),
                (Err(_), None) => {}
            },
            Place::Closed => return Err(closed()),
        }
        Ok(())
    }

    /// What the relay refused may be offered again.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn unpark(&self) -> Result<(), StoreError> {
        match &mut *self.place() {
            Place::File(db) => {
                db.execute("UPDATE images SET parked_code = NULL, parked_message = NULL", [])?;
            }
            Place::Memory { images, .. } => images.values_mut().for_each(|held| held.parked = None),
            Place::Lent { unsent, .. } => unsent.values_mut().for_each(|held| held.parked = None),
            Place::Closed => return Err(closed()),
        }
        Ok(())
    }
}

fn unsent(row: &Row<'_>) -> Result<Unsent, rusqlite::Error> {
    let code: Option<String> = row.get(2)?;
    let message: Option<String> = row.get(3)?;
    let bytes: i64 = row.get(1)?;
    let code = code.and_then(|code| serde_json::from_str(&code).ok());
    Ok(Unsent {
        hash: ImageHash::from_bytes(row.get(0)?),
        bytes: u64::try_from(bytes).unwrap_or_default(),
        parked: code.map(|code| Reason {
            code,
            message: message.unwrap_or_default(),
        }),
    })
}

fn lent() -> StoreError {
    StoreError::Other("these images are only lent".to_owned())
}

fn closed() -> StoreError {
    StoreError::Other("the board is closed".to_owned())
}

#[cfg(test)]
mod tests {
    use drawbridge_protocol::Code;

    use super::*;
    use crate::client::record::StoreBatch;
    use crate::client::store::glance::title_of;
    use crate::client::store::tests::{meta, open};
    use crate::client::store::{SqliteStore, Store as _};

    fn image(byte: u8) -> StoredImage {
        StoredImage {
            kind: ImageType::Png,
            bytes: vec![byte; 1000].into(),
        }
    }

    /// What both places must do.
    fn contract(images: &ImageStore) {
        let one = image(1);
        let hash = images.put(&one).expect("it is kept");
        assert_eq!(images.get(&hash).expect("a disk"), Some(one.clone()));
        assert!(images.has(&hash).expect("a disk"));
        assert_eq!(images.put(&one).expect("again"), hash);
        let full = Reason {
            code: Code::BoardFull,
            message: "full".to_owned(),
        };
        let unsent = |parked: Option<&Reason>| {
            vec![Unsent {
                hash,
                bytes: 1000,
                parked: parked.cloned(),
            }]
        };
        assert_eq!(images.unsent().expect("a disk"), unsent(None));
        images.sent(&hash, Err(full.clone())).expect("a disk");
        assert_eq!(images.unsent().expect("a disk"), unsent(Some(&full)));
        images.unpark().expect("a disk");
        assert_eq!(images.unsent().expect("a disk"), unsent(None));
        images.sent(&hash, Ok(())).expect("a disk");
        assert_eq!(images.unsent().expect("a disk"), []);

        let two = image(2);
        let hash = two.hash();
        images.add(&hash, &two.bytes[..300]).expect("a disk");
        images.add(&hash, &two.bytes[300..999]).expect("a disk");
        assert_eq!(images.arrived(&hash).expect("a disk"), 999);
        assert!(
            !images.finish(&hash, two.kind).expect("a disk"),
            "a byte is missing"
        );
        assert_eq!(
            (
                images.arrived(&hash).expect("a disk"),
                images.get(&hash).expect("a disk")
            ),
            (0, None)
        );
        images.add(&hash, &two.bytes[..300]).expect("a disk");
        images.add(&hash, &two.bytes[300..]).expect("a disk");
        assert!(images.finish(&hash, two.kind).expect("a disk"));
        assert_eq!(images.get(&hash).expect("a disk"), Some(two));
        assert_eq!(
            images.unsent().expect("a disk"),
            [],
            "the relay has what came from it"
        );
        images.close();
        assert!(images.get(&hash).is_err());
    }

    #[test]
    fn in_memory_and_in_a_file_is_one_contract() {
        contract(&ImageStore::in_memory());
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.board");
        let mut board = open(&path).store;
        contract(&ImageStore::in_file(&path).expect("images"));
        // They are there the next time, and a relay that lost its disk is offered them in one act with the cells.
        let batch = StoreBatch {
            unsettle: true,
            ..StoreBatch::default()
        };
        board.commit(&batch).expect("a commit");
        drop(board);
        let _board = open(&path);
        let images = ImageStore::in_file(&path).expect("images");
        assert_eq!(images.unsent().expect("a disk").len(), 2);
        assert_eq!(images.get(&image(2).hash()).expect("a disk"), Some(image(2)));
    }

    #[test]
    fn a_board_from_before_there_were_images_gets_their_tables() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.board");
        drop(open(&path));
        let db = Connection::open(&path).expect("it opens");
        let title = r#"INSERT INTO cells VALUES ('board', 'title', 1, 0, 'AAAAAAAAAAAAAAAA', '"Plans"', 0, NULL, NULL, NULL)"#;
        db.execute(title, []).expect("a title");
        db.execute_batch(
            "DROP TABLE images; DROP TABLE image_parts; DROP TABLE past; PRAGMA user_version = 1;",
        )
        .expect("as it was");
        drop(db);
        assert_eq!(
            title_of(&path).as_deref(),
            Some("Plans"),
            "it can be read as it is"
        );
        let opened = SqliteStore::open(&path, &meta()).expect("a board");
        assert_eq!(opened.damaged, None);
        let images = ImageStore::in_file(&path).expect("images");
        images.put(&image(3)).expect("it is kept");
        drop((opened, images));
        assert_eq!(open(&path).damaged, None);
    }
}
