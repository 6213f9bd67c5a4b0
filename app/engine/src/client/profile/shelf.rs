//! The boards that lie in a profile: which there are, when they were written, and what is known of each without opening it.
//! That is kept in an index, which holds as long as a board's file has the same time and length.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use drawbridge_protocol::{BoardId, Role};
use serde::{Deserialize, Serialize};

use super::write_private;
use crate::client::store::files::beside;
use crate::client::store::{Glance, StoreError};

/// One board in a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardFile {
    /// The board.
    pub id: BoardId,
    /// Its file.
    pub path: PathBuf,
    /// The title on it, if it has one.
    pub title: Option<String>,
    /// The host and port of the relay that it is shared through.
    pub relay: Option<String>,
    /// Whether that relay is the one inside this program.
    pub hosted: bool,
    /// What its relay let this person do last.
    pub role: Option<Role>,
    /// When it was last written, in milliseconds since the Unix epoch on the wall clock.
    pub modified_ms: u64,
}

/// Why something could not be done with a board's file. Each says what that means, and what a person can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShelfError {
    /// No room.
    #[error("the disk is full. Nothing was changed; free some room and try again")]
    Full,
    /// The folder or file can't be read or written.
    #[error("{path}: {why}. Nothing was changed")]
    File {
        /// Which.
        path: String,
        /// What the system says.
        why: String,
    },
    /// A file of something else.
    #[error("the file is not a Drawbridge board. Nothing was changed")]
    NoBoard,
    /// A newer version of this program wrote it.
    #[error("a newer version of Drawbridge wrote the file. Update this one to open it; nothing was changed")]
    Newer,
    /// Not what it was when it was written.
    #[error("the file is damaged ({0}). Nothing was changed; ask for another copy of it")]
    Damaged(String),
    /// Cells with stamps that this computer's clock hasn't reached by far.
    #[error(
        "the file speaks of changes that lie more than a day ahead of this computer's clock. Nothing was changed; see whether \
         the clocks of both computers are right"
    )]
    Ahead,
    /// It is open in another program.
    #[error("the board is open in another program. Nothing was changed; close it there and try again")]
    Busy,
    /// This person may only look.
    #[error("you may only look at this board, so nothing of it was changed")]
    Barred,
    /// The board is on the shelf again.
    #[error(
        "this board is here again already. The deleted one is kept; open its file to merge it into this one"
    )]
    Here,
}

impl ShelfError {
    pub(super) fn io(path: &Path, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::File {
                path: path.display().to_string(),
                why: error.to_string(),
            },
        }
    }

    pub(super) fn store(path: &Path, error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::Busy(_) | StoreError::Held => Self::Busy,
            StoreError::Newer(_) => Self::Newer,
            StoreError::Damaged(why) => Self::Damaged(why),
            StoreError::ReadOnly => Self::File {
                path: path.display().to_string(),
                why: "it can only be read".to_owned(),
            },
            StoreError::Other(why) => Self::File {
                path: path.display().to_string(),
                why,
            },
        }
    }
}

/// The boards of a profile. A handle on the folder: clones are the same shelf, and may go to other threads. Everything waits
/// for the disk.
#[derive(Debug, Clone)]
pub struct Shelf {
    pub(super) folder: PathBuf,
}

/// What the index knows of a file, while it has this time and length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// Of the file and its log: when it was written, in nanoseconds, and how many bytes it has.
    as_of: [(u64, u64); 2],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    relay: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    hosted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
}

type Index = BTreeMap<String, Known>;

impl Shelf {
    /// The boards in a person's folder, for looks at them: a program may be running in it.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Where the boards lie.
    #[must_use]
    pub fn boards_folder(&self) -> PathBuf {
        self.folder.join("boards")
    }

    /// The file of a board, whether it exists or not.
    #[must_use]
    pub fn file(&self, board: &BoardId) -> PathBuf {
        self.boards_folder().join(format!("{board}.board"))
    }

    /// The board that this file is, if it is one of the shelf's own.
    #[must_use]
    pub fn own(&self, path: &Path) -> Option<BoardId> {
        let path = path.canonicalize().ok()?;
        let folder = self.boards_folder().canonicalize().ok()?;
        let id = named(&path)?;
        (path.parent() == Some(&*folder)).then_some(id)
    }

    /// The boards here, the last written first. Only those that changed since the last time are looked into.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn boards(&self) -> Result<Vec<BoardFile>, ShelfError> {
        let (boards, news) = self.seen()?;
        if let Some(index) = news {
            self.keep_index(&index);
        }
        Ok(boards)
    }

    /// The same, and nothing is written.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn look(&self) -> Result<Vec<BoardFile>, ShelfError> {
        Ok(self.seen()?.0)
    }

    /// The boards, and the index where it says something else now.
    fn seen(&self) -> Result<(Vec<BoardFile>, Option<Index>), ShelfError> {
        let folder = self.boards_folder();
        let entries = std::fs::read_dir(&folder).map_err(|error| ShelfError::io(&folder, &error))?;
        let before = self.index();
        let mut index = Index::new();
        let mut boards: Vec<BoardFile> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let id = named(&path)?;
                let as_of = [stand(&path)?, stand(&beside(&path, "-wal")).unwrap_or_default()];
                let held = before.get(id.as_str()).filter(|held| held.as_of == as_of);
                let known = held.cloned().unwrap_or_else(|| look(&path, as_of));
                index.insert(id.as_str().to_owned(), known.clone());
                Some(BoardFile {
                    id,
                    path,
                    title: known.title,
                    relay: known.relay,
                    hosted: known.hosted,
                    role: known.role,
                    modified_ms: modified(as_of),
                })
            })
            .collect();
        boards.sort_by(|a, b| b.modified_ms.cmp(&a.modified_ms).then_with(|| a.id.cmp(&b.id)));
        let news = (index != before).then_some(index);
        Ok((boards, news))
    }

    /// A look into a board's file.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn glance(&self, board: &BoardId) -> Result<Glance, ShelfError> {
        let path = self.file(board);
        Glance::at(&path).map_err(|error| ShelfError::store(&path, error))
    }

    /// When a board was last written, in milliseconds since the Unix epoch; `None` where it isn't here.
    #[must_use]
    pub fn modified_ms(&self, board: &BoardId) -> Option<u64> {
        let path = self.file(board);
        let log = stand(&beside(&path, "-wal")).unwrap_or_default();
        Some(modified([stand(&path)?, log]))
    }

    fn index_file(&self) -> PathBuf {
        self.folder.join("boards.json")
    }

    /// One that can't be read is made anew.
    fn index(&self) -> Index {
        let text = std::fs::read_to_string(self.index_file()).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn keep_index(&self, index: &Index) {
        let kept = serde_json::to_string(index)
            .map_err(std::io::Error::other)
            .and_then(|text| write_private(&self.index_file(), &text));
        if let Err(error) = kept {
            tracing::warn!(%error, "what is known of the boards can't be kept; the next list takes longer");
        }
    }
}

/// The board whose file has this name.
pub(super) fn named(path: &Path) -> Option<BoardId> {
    if path.extension()? != "board" {
        return None;
    }
    BoardId::new(path.file_stem()?.to_str()?).ok()
}

fn stand(path: &Path) -> Option<(u64, u64)> {
    let meta = path.metadata().ok()?;
    let since = meta
        .modified()
        .ok()?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let time = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
    (meta.is_file()).then_some((time, meta.len()))
}

/// In milliseconds. What was written last may still lie in the log; one with nothing in it says nothing.
fn modified([file, log]: [(u64, u64); 2]) -> u64 {
    let log = if log.1 > 0 { log.0 } else { 0 };
    file.0.max(log) / 1_000_000
}

fn look(path: &Path, as_of: [(u64, u64); 2]) -> Known {
    let seen = Glance::at(path).and_then(|glance| glance.outline());
    if let Err(error) = &seen {
        tracing::debug!(path = %path.display(), %error, "nothing is known of this board");
    }
    let outline = seen.ok();
    Known {
        as_of,
        title: outline.as_ref().and_then(|outline| outline.title.clone()),
        relay: outline
            .as_ref()
            .and_then(|outline| Some(outline.relay.clone()?.relay)),
        hosted: outline.as_ref().is_some_and(|outline| outline.hosted),
        role: outline.and_then(|outline| outline.role),
    }
}
