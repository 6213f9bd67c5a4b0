//! A board is a file: taken in from anywhere, merged into the same board here, duplicated, copied to be mailed, renamed. What
//! goes from file to file is cells and images. Keys never do: neither out, so that a file that is mailed lets nobody onto a
//! board, nor in, so that opening one leads nowhere.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use drawbridge_protocol::{BoardId, Cell, CellKey, Clock, ElementId, Key, Peer, Property, Stamp, Value};

use super::create_private;
use super::shelf::{Shelf, ShelfError, named};
use crate::client::driver::{Client, ClientConfig, Images, OpenError, Opened};
use crate::client::record::{ChatMark, Meta, Standing};
use crate::client::session::Timings;
use crate::client::store::files::remove_board;
use crate::client::store::{Glance, StoreError, copy};
use crate::client::trust::Trust;

/// How far ahead of this computer's clock a file's stamps may lie, in milliseconds.
const AHEAD_MS: u64 = 24 * 60 * 60 * 1000;
/// How long to wait for the disk.
const DISK: Duration = Duration::from_secs(60);
/// How an SQLite file begins, and where in it its program's mark is.
const MAGIC: (&[u8], usize) = (b"SQLite format 3\0", 68);

/// What came of a board's file from elsewhere, in elements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct News {
    /// Those that weren't here.
    pub new: usize,
    /// Those that were, and are otherwise now.
    pub changed: usize,
}

impl News {
    /// What these cells bring to a board that holds `held`.
    #[must_use]
    pub fn of<'a>(cells: &[Cell], held: impl Fn(&Cell) -> Option<(Stamp, &'a Value)>) -> Self {
        let mut elements: BTreeMap<&ElementId, (bool, bool)> = BTreeMap::new();
        for cell in cells {
            let held = held(cell);
            let (known, wins) = elements.entry(&cell.element).or_default();
            *known |= held.is_some();
            *wins |= held.is_none_or(|(stamp, value)| cell.beats(stamp, value.as_str()));
        }
        let mut news = Self::default();
        for (known, _) in elements.values().filter(|(_, wins)| *wins) {
            *(if *known { &mut news.changed } else { &mut news.new }) += 1;
        }
        news
    }

    /// Whether nothing came.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A board's file from elsewhere, read and found whole. What it was read from is a copy of one's own, which goes with this.
#[derive(Debug)]
pub struct Incoming {
    /// Which board it is.
    pub board: BoardId,
    /// The title on it, if it has one.
    pub title: Option<String>,
    cells: Vec<Cell>,
    glance: Glance,
    copy: Copied,
}

/// A copy that is removed when it is of no more use.
#[derive(Debug)]
struct Copied(PathBuf);

impl Drop for Copied {
    fn drop(&mut self) {
        // What can't be removed is, at the next start.
        let _ = remove_board(&self.0);
    }
}

/// Why a board's file wasn't copied, by which of both files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// The board can't be read.
    #[error("{0}")]
    Read(ShelfError),
    /// The copy can't be written.
    #[error("{0}")]
    Write(ShelfError),
}

impl Incoming {
    /// The cells in it.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Puts its images among those of the same board, which is open.
    ///
    /// # Errors
    /// When the disk doesn't take them.
    pub fn bring_images(&self, images: &Images) -> Result<(), ShelfError> {
        let brought = self.glance.images(|hash, image| -> Result<(), StoreError> {
            if !images.has(&hash) {
                images.put(&image)?;
            }
            Ok(())
        });
        brought.map_err(|error| ShelfError::store(&self.copy.0, error))
    }
}

impl Shelf {
    /// Reads a board's file from elsewhere. Nothing is changed, there or here.
    ///
    /// # Errors
    /// When it is none, isn't whole, or speaks of a time that hasn't come. `now_ms` is on the wall clock.
    pub fn read(&self, path: &Path, now_ms: u64) -> Result<Incoming, ShelfError> {
        is_board(path)?;
        let copy = self.incoming()?;
        copy::fetch(path, &copy.0).map_err(|error| ShelfError::store(path, error))?;
        let read = || {
            let glance = Glance::at(&copy.0)?;
            let outline = glance.outline()?;
            // Before anything else: of a file whose pages lead to one another, reading would never end.
            glance.check()?;
            Ok((outline, glance.load()?, glance))
        };
        let (outline, loaded, glance) = read().map_err(|error| ShelfError::store(path, error))?;
        let cells: Vec<Cell> = loaded.cells.into_iter().map(|row| row.cell).collect();
        if cells
            .iter()
            .any(|cell| cell.stamp.ms > now_ms.saturating_add(AHEAD_MS))
        {
            return Err(ShelfError::Ahead);
        }
        Ok(Incoming {
            board: outline.board,
            title: outline.title,
            cells,
            glance,
            copy,
        })
    }

    /// Puts a board from elsewhere on the shelf, where there is none of its name.
    ///
    /// # Errors
    /// When the disk doesn't take it; then nothing is left of it.
    pub fn add(&self, incoming: &Incoming) -> Result<News, ShelfError> {
        let to = self.file(&incoming.board);
        if to.exists() {
            return Err(ShelfError::Here);
        }
        let meta = fresh(&incoming.board)?;
        let cells = incoming.cells.iter().cloned();
        copy::write(&to, &meta, cells, &incoming.glance).map_err(|error| ShelfError::store(&to, error))?;
        Ok(News::of(&incoming.cells, |_| None))
    }

    /// Merges a board from elsewhere into the same one here, which isn't open: of each cell the greater stamp wins, as ever, and
    /// what came is offered to the relay the next time.
    ///
    /// # Errors
    /// When it is open, this person may only look at it, or the disk doesn't take it.
    pub fn merge(&self, incoming: &Incoming) -> Result<News, ShelfError> {
        self.over(&incoming.board, |client| {
            incoming.bring_images(&client.images())?;
            let held = client.snapshot();
            let news = News::of(&incoming.cells, |cell| held.get(&cell.key()));
            client.bring(incoming.cells.clone());
            Ok(news)
        })
    }

    /// Calls a board that isn't open something else.
    ///
    /// # Errors
    /// When it is open, this person may only look at it, or the disk doesn't take it.
    pub fn rename(&self, board: &BoardId, title: &str) -> Result<(), ShelfError> {
        self.over(board, |client| {
            let cell = titled(client.stamp(), title)?;
            client.write(vec![cell], Vec::new());
            Ok(())
        })
    }

    /// Opens a board without going online, does something to it, and closes it when that is on the disk.
    fn over<T>(
        &self,
        board: &BoardId,
        act: impl FnOnce(&Client) -> Result<T, ShelfError>,
    ) -> Result<T, ShelfError> {
        let path = self.file(board);
        let store = |error| ShelfError::store(&path, error);
        let file = |why: String| ShelfError::File {
            path: path.display().to_string(),
            why,
        };
        // Opening would put a damaged file aside and begin another.
        let glance = Glance::at(&path).map_err(store)?;
        glance.check().map_err(store)?;
        drop(glance);
        let config = ClientConfig {
            path: Some(path.clone()),
            board: board.clone(),
            key: None,
            remote: None,
            about: Value::from_json(&serde_json::json!({})).map_err(|error| file(error.to_string()))?,
            online: false,
            timings: Timings::default(),
            trust: Trust::default(),
        };
        let Opened { client, .. } = Client::open(config, Arc::new(|| {})).map_err(|error| match error {
            OpenError::Store(error) => store(error),
            error => file(error.to_string()),
        })?;
        if client.status().bar().is_some() {
            return Err(ShelfError::Barred);
        }
        let done = act(&client)?;
        client.sync();
        client.wait_until(DISK, |status| {
            status.unstored == 0 || status.store_error.is_some()
        });
        client.close().map_err(|error| file(error.to_string()))?;
        Ok(done)
    }

    /// Makes a board of its own with everything that is on another, by this title. It is shared with nobody.
    ///
    /// # Errors
    /// When the other can't be read, or the disk doesn't take it; then nothing is left of it. `now_ms` is on the wall clock.
    pub fn duplicate(&self, board: &BoardId, title: &str, now_ms: u64) -> Result<BoardId, ShelfError> {
        let from = self.file(board);
        let (cells, glance) = whole(&from)?;
        let id = self.fresh_id()?;
        let meta = fresh(&id)?;
        let mut clock = Clock::new(Peer::from_bits(bits()?));
        // Above the title that it has.
        let old = cells.iter().find(|cell| cell.key() == title_key());
        if let Some(old) = old {
            clock.observe(old.stamp);
        }
        let title = titled(clock.tick(now_ms), title)?;
        let cells = cells.into_iter().filter(|cell| cell.key() != title.key());
        let to = self.file(&id);
        copy::write(&to, &meta, cells.chain([title.clone()]), &glance)
            .map_err(|error| ShelfError::store(&to, error))?;
        Ok(id)
    }

    /// Writes a board's cells and images to a file that can be mailed. No key goes along.
    ///
    /// # Errors
    /// When the board can't be read, or the disk doesn't take the file; then nothing is left of it.
    pub fn save_copy(&self, board: &BoardId, to: &Path) -> Result<(), ShelfError> {
        let copied = self.copy_file(&self.file(board), to);
        copied.map_err(|error| match error {
            CopyError::Read(error) | CopyError::Write(error) => error,
        })
    }

    /// About how many bytes such a copy has, by what goes into it. Nothing is written.
    ///
    /// # Errors
    /// When the board can't be read.
    pub fn weigh_copy(&self, board: &BoardId) -> Result<u64, ShelfError> {
        let from = self.file(board);
        let weighed = Glance::at(&from).and_then(|glance| glance.weigh());
        weighed.map_err(|error| ShelfError::store(&from, error))
    }

    /// A place for a copy of one's own.
    fn incoming(&self) -> Result<Copied, ShelfError> {
        let folder = self.folder.join("incoming");
        create_private(&folder).map_err(|error| ShelfError::io(&folder, &error))?;
        Ok(Copied(folder.join(format!("{}.board", self.fresh_id()?))))
    }

    /// The same of a board's file, wherever it lies. None is written where this shelf's own boards lie: there it would take the
    /// place of another one.
    ///
    /// # Errors
    /// As [`Self::save_copy`].
    pub fn copy_file(&self, from: &Path, to: &Path) -> Result<(), CopyError> {
        let folder = match to.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize().ok();
        if folder.is_some() && folder == self.boards_folder().canonicalize().ok() {
            return Err(CopyError::Write(ShelfError::File {
                path: to.display().to_string(),
                why: "that is where the boards themselves lie; choose another folder".to_owned(),
            }));
        }
        let (cells, glance) = whole(from).map_err(CopyError::Read)?;
        let outline = glance.outline();
        let board = outline
            .map_err(|error| CopyError::Read(ShelfError::store(from, error)))?
            .board;
        // Every file has a key, by which it would be shared. This one's opens nothing.
        let meta = Meta {
            standing: Standing::default(),
            ..fresh(&board).map_err(CopyError::Write)?
        };
        copy::write(to, &meta, cells, &glance).map_err(|error| CopyError::Write(ShelfError::store(to, error)))
    }

    /// Removes what a start that broke off has left of files from elsewhere.
    pub fn tidy(&self) {
        let folder = self.folder.join("incoming");
        let entries = std::fs::read_dir(&folder).into_iter().flatten();
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if named(&path).is_none() {
                continue;
            }
            if let Err(error) = remove_board(&path) {
                tracing::warn!(path = %path.display(), %error, "a copy can't be removed");
            }
        }
    }

    fn fresh_id(&self) -> Result<BoardId, ShelfError> {
        Ok(BoardId::from_bits(bits()?))
    }
}

/// A new board's own: a key to share it by, and the owner's.
fn fresh(board: &BoardId) -> Result<Meta, ShelfError> {
    Ok(Meta {
        board: board.clone(),
        key: Key::from_bits(bits()?),
        remote: None,
        hosted: None,
        chat: ChatMark::default(),
        standing: Standing {
            owner: Some(Key::from_bits(bits()?)),
            ..Standing::default()
        },
    })
}

fn bits<const N: usize>() -> Result<[u8; N], ShelfError> {
    let mut bits = [0; N];
    getrandom::fill(&mut bits).map_err(|error| ShelfError::File {
        path: "the system's random numbers".to_owned(),
        why: error.to_string(),
    })?;
    Ok(bits)
}

/// Everything on a board's file, read and found whole, with the look into it for its images. Nothing is written, and a program may have
/// it open.
///
/// # Errors
/// When it is no board, or can't be read.
pub fn whole(path: &Path) -> Result<(Vec<Cell>, Glance), ShelfError> {
    let read = || {
        let glance = Glance::at(path)?;
        glance.check()?;
        let cells = glance.load()?.cells;
        Ok((cells.into_iter().map(|row| row.cell).collect(), glance))
    };
    read().map_err(|error| ShelfError::store(path, error))
}

/// Whether a file is a board at all, by how it begins.
///
/// # Errors
/// When it can't be read, or is none.
pub fn is_board(path: &Path) -> Result<(), ShelfError> {
    let io = |error: std::io::Error| ShelfError::io(path, &error);
    let meta = path.metadata().map_err(io)?;
    if !meta.is_file() {
        return Err(ShelfError::NoBoard);
    }
    let mut head = Vec::new();
    let file = std::fs::File::open(path).map_err(io)?;
    file.take(MAGIC.1 as u64 + 4).read_to_end(&mut head).map_err(io)?;
    let mark = head.get(MAGIC.1..);
    if head.starts_with(MAGIC.0) && mark == Some(b"Draw") {
        Ok(())
    } else {
        Err(ShelfError::NoBoard)
    }
}

fn titled(stamp: Stamp, title: &str) -> Result<Cell, ShelfError> {
    let value = Value::from_json(&serde_json::json!(title));
    let CellKey { element, prop } = title_key();
    Ok(Cell {
        element,
        prop,
        stamp,
        value: value.map_err(|error| ShelfError::Damaged(error.to_string()))?,
    })
}

/// Where a board's title stands.
fn title_key() -> CellKey {
    let element = ElementId::new("board").expect("a name");
    CellKey::new(element, Property::new("title").expect("a property"))
}
