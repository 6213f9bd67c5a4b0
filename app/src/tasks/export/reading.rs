//! Which board is meant, and what is on it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use drawbridge_engine::client::{BoardFile, Shelf, ShelfError, is_board, whole};
use drawbridge_engine::clip::fresh;
use drawbridge_engine::document::{Element, Kind};
use drawbridge_engine::editor::SeededRandom;
use drawbridge_engine::export::What;
use drawbridge_engine::export::pages::{laid_out, read, stacked};
use drawbridge_engine::geometry::Vec2;
use drawbridge_engine::images::StoredImage;
use drawbridge_engine::import::{self, Import, ImportError};
use drawbridge_protocol::{ElementId, ImageHash};

use super::{Arguments, TaskError};

/// Another program's file may have so many bytes.
const LARGEST: u64 = 64 << 20;

/// The file of the board that is asked for.
pub(super) fn find(arguments: &Arguments, data: &Path) -> Result<PathBuf, TaskError> {
    let path = Path::new(&arguments.board);
    if path.as_os_str().is_empty() {
        return Err(TaskError::NoName);
    }
    if path.is_file() {
        return Ok(path.to_owned());
    }
    let name = arguments.board.to_string_lossy().into_owned();
    let none = || TaskError::NoBoard {
        name: name.clone(),
        folder: data.to_owned(),
    };
    let shelf = Shelf::of(data);
    if !shelf.boards_folder().is_dir() {
        return Err(none());
    }
    let boards = shelf
        .look()
        .map_err(|error| TaskError::board(&shelf.boards_folder(), error))?;
    if let Some(board) = boards.iter().find(|board| board.id.as_str() == name) {
        return Ok(board.path.clone());
    }
    let title = |board: &&BoardFile| board.title.as_deref().unwrap_or_default().to_owned();
    let found = named(&boards, &name, title);
    match &found[..] {
        [] => Err(none()),
        [board] => Ok(board.path.clone()),
        several => Err(TaskError::Several {
            what: format!("{} boards", several.len()),
            name: name.clone(),
            ids: several
                .iter()
                .map(|board| board.id.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

/// Those of that name; where there is none, those whose name differs in capitals only.
pub(super) fn named<'a, T>(
    all: impl IntoIterator<Item = &'a T>,
    name: &str,
    of: impl Fn(&&'a T) -> String,
) -> Vec<&'a T> {
    let wanted = name.trim().to_lowercase();
    let close = all
        .into_iter()
        .filter(|one| of(one).trim().to_lowercase() == wanted);
    let close: Vec<&T> = close.collect();
    let exact: Vec<&T> = close.iter().copied().filter(|one| of(one) == name).collect();
    if exact.is_empty() { close } else { exact }
}

/// Where images' bytes are found.
type Bytes = dyn Fn(&ImageHash) -> Option<StoredImage>;

/// What is on a board, or in another program's file.
pub(super) struct Drawing {
    /// All that is shown, from the lowest to the topmost.
    pub(super) elements: Vec<Element>,
    pub(super) images: Box<Bytes>,
    /// What another program had otherwise.
    pub(super) notes: Vec<String>,
}

impl Drawing {
    pub(super) fn read(path: &Path) -> Result<Self, TaskError> {
        let in_board = |error| TaskError::board(path, error);
        match is_board(path) {
            Ok(()) => Self::board(path).map_err(in_board),
            Err(ShelfError::NoBoard) => Self::foreign(path),
            Err(error) => Err(in_board(error)),
        }
    }

    fn board(path: &Path) -> Result<Self, ShelfError> {
        let (cells, glance) = whole(path)?;
        let (document, scene) = read(&cells, || true);
        Ok(Self {
            elements: stacked(&document, &scene),
            images: Box::new(move |hash| glance.image(hash).ok().flatten()),
            notes: Vec::new(),
        })
    }

    fn foreign(path: &Path) -> Result<Self, TaskError> {
        let disk = |error| TaskError::Read {
            path: path.to_owned(),
            error,
        };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(disk)?;
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(disk)?;
        let import = |error| TaskError::Import {
            path: path.to_owned(),
            error,
        };
        if bytes.len() as u64 > LARGEST {
            return Err(import(ImportError::TooLarge {
                format: "drawing's",
                what: format!("more than {} MB", LARGEST >> 20),
                most: format!("{} MB", LARGEST >> 20),
            }));
        }
        let Import {
            elements,
            images,
            summary,
            ..
        } = import::read(&bytes).map_err(import)?;
        // What it is made of counts, not chance: the same file comes of the same file.
        let elements = fresh(elements, Vec2::ZERO, None, None, &mut SeededRandom(1));
        let images: BTreeMap<ImageHash, StoredImage> =
            images.into_iter().map(|image| (image.hash(), image)).collect();
        Ok(Self {
            elements: laid_out(&elements),
            images: Box::new(move |hash| images.get(hash).cloned()),
            notes: summary.to_string().lines().map(str::to_owned).collect(),
        })
    }
}

/// What of it is to be shown.
pub(super) fn what(arguments: &Arguments, elements: &[Element]) -> Result<What, TaskError> {
    if arguments.frames {
        return Ok(What::EachFrame);
    }
    if arguments.frame.is_empty() {
        return Ok(What::All);
    }
    let frames: Vec<&Element> = elements
        .iter()
        .filter(|element| element.kind == Kind::Frame)
        .collect();
    let one = |name: &String| -> Result<ElementId, TaskError> {
        if let Some(frame) = frames.iter().find(|frame| frame.id.as_str() == name) {
            return Ok(frame.id.clone());
        }
        let found = named(frames.iter().copied(), name, |frame| frame.name.to_string());
        match &found[..] {
            [frame] => Ok(frame.id.clone()),
            [] => {
                let words = |frame: &&Element| match frame.name.trim() {
                    "" => frame.id.to_string(),
                    name => name.to_owned(),
                };
                let all: Vec<String> = frames.iter().map(words).collect();
                Err(TaskError::NoFrame {
                    name: name.clone(),
                    all: if all.is_empty() {
                        "none".to_owned()
                    } else {
                        all.join(", ")
                    },
                })
            }
            several => Err(TaskError::Several {
                what: format!("{} frames", several.len()),
                name: name.clone(),
                ids: several
                    .iter()
                    .map(|frame| frame.id.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        }
    };
    Ok(What::Frames(
        arguments.frame.iter().map(one).collect::<Result<_, _>>()?,
    ))
}
