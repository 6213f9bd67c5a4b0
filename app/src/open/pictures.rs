//! What is dropped, pasted or chosen for the board: looked into and kept, on a thread that isn't the window's. What it is says its
//! content: a picture, or a drawing of ours or of another program.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use drawbridge_engine::client::Images;
use drawbridge_engine::document::{Element, Picture};
use drawbridge_engine::export::{png, svg};
use drawbridge_engine::geometry::Point;
use drawbridge_engine::images::{self, FILE, ImageError, Taken};
use drawbridge_engine::import::{self, Import, ImportError};
use drawbridge_protocol::BoardId;
use egui::ColorImage;

use super::OpenBoard;
use super::boards::Word;
use super::drawings::{Drawing, Source};
use super::readings::{Came, Goes, Left, Thing};

/// Nobody closes a dialog sooner than that: it never came up.
pub(super) const NO_DIALOG: Duration = Duration::from_millis(500);
/// The ends of names of files that may be pictures.
const PICTURES: [&str; 7] = ["png", "jpg", "jpeg", "jfif", "webp", "gif", "svg"];
/// The ends of names of files that are other programs' drawings.
pub const DRAWINGS: [&str; 3] = ["excalidraw", "excalidrawlib", "tldr"];
/// How a board's file begins.
const BOARD: &[u8] = b"SQLite format 3\0";

/// Something that may be a picture or a drawing.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A file on this computer.
    File(PathBuf),
    /// A text, from the clipboard.
    Text(String),
    /// HTML in which another program's drawing is, from the clipboard, and the text beside it.
    Copied {
        /// What has the drawing.
        html: String,
        /// What is written in it.
        text: String,
    },
    /// Pixels, from the clipboard.
    Pixels(Arc<ColorImage>),
}

/// Said where there is no dialog to choose files.
pub(super) fn no_dialog(instead: &str) -> String {
    format!("This computer has no dialog to choose files (xdg-desktop-portal or zenity); {instead}")
}

impl Given {
    fn source(&self) -> Source {
        match self {
            Self::File(path) => Source::File(super::boards::name(path)),
            Self::Text(_) | Self::Copied { .. } => Source::Pasted,
            Self::Pixels(_) => Source::Pixels,
        }
    }

    /// Looks into it, and keeps what it shows if it goes onto the present board.
    pub(super) fn take(self, images: &Images, goes: Goes) -> Came {
        let source = self.source();
        let not_put = |why: String| format!("{} can't be put on the board: {why}", source.first());
        match self {
            Self::Pixels(pixels) => {
                let [width, height] = pixels.size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
                let rgba = pixels
                    .pixels
                    .iter()
                    .flat_map(egui::Color32::to_srgba_unmultiplied);
                let taken = images::take_pixels(width, height, rgba.collect());
                Ok(Thing::Picture(picture(taken, images).map_err(not_put)?))
            }
            Self::Text(text) => match import::read(text.as_bytes()) {
                Ok(import) => Ok(Thing::Drawing(Drawing::of(source, import)?.kept(images)?)),
                Err(ImportError::Unknown) => Ok(Thing::Letters(text)),
                Err(error) => Err(not_put(error.to_string()).into()),
            },
            Self::Copied { html, text } => match import::read(html.as_bytes()) {
                Ok(import) => Ok(Thing::Drawing(Drawing::of(source, import)?.kept(images)?)),
                Err(error) if text.trim().is_empty() => Err(not_put(error.to_string()).into()),
                Err(error) => Err(Left {
                    why: format!("Only the text of what was copied is on the board: {error}"),
                    instead: Some(Box::new(Thing::Letters(text))),
                }),
            },
            Self::File(path) if matches!(goes, Goes::Board) => {
                let refused = |why: String| format!("{} wasn't opened: {why}", source.first());
                let bytes = read(&path).map_err(refused)?;
                if bytes.starts_with(BOARD) {
                    return Ok(Thing::Board(path));
                }
                let error = match import::read(&bytes) {
                    Ok(import) => return Ok(Thing::Drawing(Drawing::of(source, import)?)),
                    Err(error) => error,
                };
                let is_known = !matches!(error, ImportError::Unknown);
                let picture = alone(&bytes);
                let mut import =
                    picture.map_err(|why| refused(if is_known { error.to_string() } else { why }))?;
                if is_known {
                    import.summary.add(import::FLAT);
                }
                Ok(Thing::Drawing(Drawing::of(source, import)?))
            }
            Self::File(path) => {
                let bytes = read(&path).map_err(not_put)?;
                if bytes.starts_with(BOARD) {
                    return Ok(Thing::Board(path));
                }
                if !is_drawing(&bytes) {
                    let picture = picture(images::take(&bytes), images);
                    return Ok(Thing::Picture(picture.map_err(not_put)?));
                }
                let error = match import::read(&bytes) {
                    Ok(import) => return Ok(Thing::Drawing(Drawing::of(source, import)?.kept(images)?)),
                    Err(error) => error,
                };
                // Whatever is in it, a picture can be seen.
                let taken = images::take(&bytes).map_err(|_| not_put(error.to_string()))?;
                let picture = picture(Ok(taken), images).map_err(not_put)?;
                Err(Left {
                    why: format!(
                        "{} goes onto the board as a picture: the drawing in it can't be read",
                        source.first()
                    ),
                    instead: Some(Box::new(Thing::Picture(picture))),
                })
            }
        }
    }
}

/// A file's bytes, unless they would fill the memory.
fn read(path: &std::path::Path) -> Result<Vec<u8>, String> {
    let too_large = |bytes| ImageError::TooLarge { bytes, most: FILE }.to_string();
    let words = |error: std::io::Error| error.to_string();
    let file = std::fs::File::open(path).map_err(words)?;
    let len = file.metadata().map_err(words)?.len();
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    if len > FILE {
        return Err(too_large(len));
    }
    // How much is in what is no plain file shows only when it is read.
    let mut bytes = Vec::with_capacity(len);
    file.take(FILE as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(words)?;
    if bytes.len() > FILE {
        return Err(too_large(bytes.len()));
    }
    Ok(bytes)
}

/// Whether a file is a drawing and no picture: a picture that holds one is a drawing too.
fn is_drawing(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes)
        .unwrap_or_default()
        .trim_start_matches('\u{feff}');
    let ours = || png::embedded(bytes).is_some() || svg::embedded(text).is_some();
    text.trim_start().starts_with('{') || import::excalidraw::is(bytes) || ours()
}

/// What is only a picture, as a drawing with nothing else in it.
fn alone(bytes: &[u8]) -> Result<Import, String> {
    let taken = images::take(bytes).map_err(|error| match error {
        ImageError::Unknown => ImportError::Unknown.to_string(),
        error => error.to_string(),
    })?;
    Ok(Import {
        elements: vec![Element::image(Picture::from(&taken))],
        images: vec![taken.image],
        ..Import::default()
    })
}

/// Keeps a picture.
fn picture(taken: Result<Taken, ImageError>, images: &Images) -> Result<Picture, String> {
    let taken = taken.map_err(|error| error.to_string())?;
    images.put(&taken.image).map_err(|error| error.to_string())?;
    Ok(Picture::from(&taken))
}

impl OpenBoard {
    /// Puts pictures and drawings onto the board when they are read, around a point of the canvas or in its middle.
    pub fn put_pictures(&mut self, given: Vec<Given>, at: Option<Point>) {
        self.board.end_waiting();
        self.begin_reading(Goes::Onto(at), given);
    }

    /// The same with what a text may say.
    pub(super) fn put_drawing(&mut self, text: String, at: Option<Point>) {
        self.put_pictures(vec![Given::Text(text)], at);
    }

    /// Reads another program's drawing, which is to become a board.
    pub(super) fn read_as_board(&mut self, path: PathBuf) {
        self.begin_reading(Goes::Board, vec![Given::File(path)]);
    }

    fn begin_reading(&mut self, goes: Goes, given: Vec<Given>) {
        let source = match given.as_slice() {
            [one] => one.source(),
            more => Source::Files(more.len()),
        };
        let images = self.board.images();
        self.read(goes, source, move || {
            given.into_iter().map(|given| given.take(&images, goes)).collect()
        });
    }

    /// Lets the person choose pictures and drawings for this board, in a dialog of the system's.
    pub fn choose_pictures(&mut self) {
        let ends = [&PICTURES[..], &DRAWINGS[..]].concat();
        let chosen = rfd::AsyncFileDialog::new()
            .set_title("Put pictures or drawings on the board")
            .add_filter("Pictures and drawings", &ends)
            .pick_files();
        let board = self.board.meta().board.clone();
        let none = Word::Problem(no_dialog("drop pictures on the board, or paste them"));
        self.boards.choose_with(none, chosen, |files| {
            let paths = files.iter().map(|file| file.path().to_owned());
            Word::ForBoard(board, paths.collect())
        });
    }

    /// Puts what was chosen for a board into its middle, if that is the one that is open.
    pub fn put_chosen(&mut self, board: &BoardId, paths: Vec<PathBuf>) {
        if self.is(board) {
            self.put_pictures(paths.into_iter().map(Given::File).collect(), None);
        } else {
            let words = "What was chosen wasn't put on the board: another one was opened meanwhile";
            self.problems.push(words.to_owned());
        }
    }
}
