//! Images as files, beside the database that says which boards have them. So an upload of megabytes takes none of the one
//! writer's time, a download reads no pages of cells, and the log stays small.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use drawbridge_protocol::{ImageHash, ImageType};
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::StoreError;

/// What has begun to arrive and didn't go on for so long is given up.
const GIVEN_UP: Duration = Duration::from_secs(7 * 24 * 3600);
/// All that has begun to arrive takes no more of the disk than that, in bytes; the oldest goes first.
const PARTS: u64 = 1 << 30;
/// However little has arrived of one, it counts as so many bytes.
const LEAST_PART: u64 = 64 << 10;

/// A board's claim to an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImageRow {
    /// Its name.
    pub(crate) hash: ImageHash,
    /// What its bytes are, as whoever brought it said.
    pub(crate) kind: ImageType,
    /// How many they are.
    pub(crate) bytes: u64,
}

/// How an upload ended that has all its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checked {
    /// They are what their name says, and lie under it.
    Kept,
    /// They aren't, and are gone.
    Other,
}

/// The folder.
#[derive(Debug, Clone)]
pub(crate) struct ImageFiles {
    folder: PathBuf,
    /// Locked by whoever makes a copy of everything, and by whoever removes something.
    copying: PathBuf,
}

impl ImageFiles {
    /// The images in a data folder. What no board has, and what was given up, is removed.
    pub(super) fn open(data: &Path, db: &Connection) -> Result<Self, StoreError> {
        let files = Self::of(data);
        let io = |error| StoreError::io(&files.folder, &error);
        fs::create_dir_all(&files.folder).map_err(io)?;
        let may_remove = files.may_remove();
        let mut known = HashSet::new();
        let mut query = db.prepare("SELECT DISTINCT hash FROM images")?;
        for hash in query.query_map([], |row| row.get::<_, [u8; 32]>(0))? {
            known.insert(ImageHash::from_bytes(hash?));
        }
        for entry in fs::read_dir(&files.folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let stale = || {
                let written = entry.metadata().and_then(|meta| meta.modified());
                let age = |at| SystemTime::now().duration_since(at).unwrap_or_default();
                written.is_ok_and(|at| age(at) > GIVEN_UP)
            };
            let useless = match ImageHash::from_str(&name) {
                Ok(hash) => !known.contains(&hash),
                Err(_) => is_part(&name) && stale(),
            };
            if useless
                && may_remove.is_some()
                && let Err(error) = fs::remove_file(entry.path())
            {
                tracing::warn!(%error, file = %entry.path().display(), "can't remove what no board has");
            }
        }
        Ok(files)
    }

    /// The images in a data folder, to be read, or to be put beside those that are there.
    pub(crate) fn of(data: &Path) -> Self {
        Self {
            folder: data.join("images"),
            copying: data.join("copying.lock"),
        }
    }

    /// While this is held, no image goes: for a copy of everything that is to be whole. Other programs may hold it too.
    pub(crate) fn keep_all(&self) -> std::io::Result<File> {
        let file = self.copying()?;
        file.lock_shared()?;
        Ok(file)
    }

    /// While this is held, nobody makes a copy. `None` if somebody does.
    fn may_remove(&self) -> Option<File> {
        let file = self.copying().ok()?;
        file.try_lock().ok().map(|()| file)
    }

    fn copying(&self) -> std::io::Result<File> {
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        options.open(&self.copying)
    }

    /// Removes images that no board has. If somebody makes a copy of everything, they go at the next start.
    pub(crate) fn remove(&self, orphans: &[ImageHash]) {
        let Some(_may) = self.may_remove() else {
            tracing::info!("images of a deleted board stay until the next start: a copy is being made");
            return;
        };
        for hash in orphans {
            if let Err(error) = found(fs::remove_file(self.path(hash))) {
                tracing::warn!(%error, %hash, "can't remove an image that no board has");
            }
        }
    }

    /// Where an image lies.
    pub(crate) fn path(&self, hash: &ImageHash) -> PathBuf {
        self.folder.join(hash.to_string())
    }

    /// Where a board's upload grows.
    pub(crate) fn part(&self, board: i64, hash: &ImageHash) -> PathBuf {
        self.folder.join(format!("{board}-{hash}.part"))
    }

    /// How much of a board's upload is there.
    pub(crate) fn arrived(&self, board: i64, hash: &ImageHash) -> u64 {
        fs::metadata(self.part(board, hash)).map_or(0, |meta| meta.len())
    }

    /// Makes room for so many bytes more of an upload.
    pub(crate) fn make_room(&self, bytes: u64, busy: &HashSet<PathBuf>) -> std::io::Result<()> {
        let mut parts = Vec::new();
        let mut all = bytes;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            // One that has just ended is no part any more.
            if is_part(&entry.file_name().to_string_lossy())
                && let Some(meta) = found(entry.metadata())?
            {
                // A great many small ones take room, too.
                let len = meta.len().max(LEAST_PART);
                all += len;
                parts.push((meta.modified()?, len, entry.path()));
            }
        }
        parts.retain(|(.., path)| !busy.contains(path));
        parts.sort();
        for (_, len, path) in parts {
            if all <= PARTS {
                break;
            }
            found(fs::remove_file(path))?;
            all -= len;
        }
        Ok(())
    }

    /// Looks whether an upload is what its name says. If so, it is on disk under that name when this returns. Reads all
    /// of it.
    pub(crate) fn check(&self, board: i64, hash: &ImageHash) -> std::io::Result<Checked> {
        let part = self.part(board, hash);
        let mut file = File::options().read(true).write(true).open(&part)?;
        let mut sha = Sha256::new();
        let mut chunk = vec![0; 256 << 10];
        loop {
            match file.read(&mut chunk) {
                Ok(0) => break,
                Ok(n) => sha.update(&chunk[..n]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if sha.finalize().as_slice() != hash.as_bytes() {
            fs::remove_file(&part)?;
            return Ok(Checked::Other);
        }
        file.sync_all()?;
        fs::rename(&part, self.path(hash))?;
        #[cfg(unix)]
        File::open(&self.folder)?.sync_all()?;
        Ok(Checked::Kept)
    }

    /// Puts an image's bytes, which must be what its name says, on disk under that name.
    pub(crate) fn put(&self, hash: &ImageHash, bytes: &[u8]) -> std::io::Result<()> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let part = self.folder.join(format!("host-{n}-{hash}.part"));
        let written = fs::write(&part, bytes).and_then(|()| {
            File::open(&part)?.sync_all()?;
            fs::rename(&part, self.path(hash))
        });
        if let Err(error) = written {
            found(fs::remove_file(&part))?;
            return Err(error);
        }
        #[cfg(unix)]
        File::open(&self.folder)?.sync_all()?;
        Ok(())
    }

    /// The bytes of an image, if they are there and as many as they should be.
    pub(crate) fn open_image(&self, row: &ImageRow) -> Option<File> {
        let file = File::open(self.path(&row.hash)).ok()?;
        let len = file.metadata().ok()?.len();
        if len != row.bytes {
            tracing::error!(hash = %row.hash, len, "an image's file is not as long as it was; it counts as missing");
        }
        (len == row.bytes).then_some(file)
    }
}

/// What came of looking at a file; `None` if it is gone.
fn found<T>(result: std::io::Result<T>) -> std::io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

fn is_part(name: &str) -> bool {
    name.ends_with(".part")
}
