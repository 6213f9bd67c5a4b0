//! What is dropped, pasted or chosen for the board: looked into and kept, on a thread that isn't the window's. What it is says its
//! content: a picture, or a drawing of ours or of another program.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_engine::client::Images;
use drawbridge_engine::document::Picture;
use drawbridge_engine::export::{png, svg};
use drawbridge_engine::geometry::Point;
use drawbridge_engine::images::{self, FILE, ImageError, Taken};
use drawbridge_engine::import::{self, ImportError};
use egui::ColorImage;

use super::OpenBoard;
use super::drawings::{Came, Drawing, Goes, Thing};

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
    /// Pixels, from the clipboard.
    Pixels(Arc<ColorImage>),
}

/// Said where there is no dialog to choose files.
pub(super) fn no_dialog(instead: &str) -> String {
    format!("This computer has no dialog to choose files (xdg-desktop-portal or zenity); {instead}")
}

impl Given {
    fn name(&self) -> String {
        match self {
            Self::File(path) => super::boards::name(path),
            Self::Text(_) => "What was pasted".to_owned(),
            Self::Pixels(_) => "The picture".to_owned(),
        }
    }

    /// Looks into it, and keeps what it shows if it goes onto the present board.
    pub(super) fn take(self, images: &Images, goes: Goes) -> Came {
        let name = self.name();
        match self {
            Self::Pixels(pixels) => {
                let [width, height] = pixels.size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
                let rgba = pixels
                    .pixels
                    .iter()
                    .flat_map(egui::Color32::to_srgba_unmultiplied);
                let taken = images::take_pixels(width, height, rgba.collect());
                picture(taken, images).map_err(|why| not_put(&name, &why))
            }
            Self::Text(text) => match import::read(text.as_bytes()) {
                Ok(import) => Drawing::new(name, import).kept(images),
                Err(ImportError::Unknown) => Ok(Thing::Letters(text)),
                Err(error) => Err(not_put(&name, &error.to_string())),
            },
            Self::File(path) if matches!(goes, Goes::Board) => {
                let refused = |why: &str| format!("{name} wasn't opened: {why}");
                let bytes = read(&path).map_err(|why| refused(&why))?;
                if bytes.starts_with(BOARD) {
                    return Ok(Thing::Board(path));
                }
                let import = import::read(&bytes).map_err(|error| refused(&error.to_string()))?;
                Ok(Thing::Drawing(Drawing::new(name, import)))
            }
            Self::File(path) => {
                let refused = |why: String| not_put(&name, &why);
                let bytes = read(&path).map_err(refused)?;
                if bytes.starts_with(BOARD) {
                    return Ok(Thing::Board(path));
                }
                if !is_drawing(&bytes) {
                    return picture(images::take(&bytes), images).map_err(refused);
                }
                match import::read(&bytes) {
                    Ok(import) => Drawing::new(name, import).kept(images),
                    Err(error) => Err(refused(error.to_string())),
                }
            }
        }
    }
}

fn not_put(name: &str, why: &str) -> String {
    format!("{name} can't be put on the board: {why}")
}

/// A file's bytes, unless they would fill the memory.
fn read(path: &std::path::Path) -> Result<Vec<u8>, String> {
    let len = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    let bytes = usize::try_from(len).unwrap_or(usize::MAX);
    if bytes > FILE {
        return Err(ImageError::TooLarge { bytes, most: FILE }.to_string());
    }
    std::fs::read(path).map_err(|error| error.to_string())
}

/// Whether a file is a drawing and no picture: a picture that holds one is a drawing too.
fn is_drawing(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes)
        .unwrap_or_default()
        .trim_start_matches('\u{feff}');
    let ours = || png::embedded(bytes).is_some() || svg::embedded(text).is_some();
    text.trim_start().starts_with('{') || import::excalidraw::is(bytes) || ours()
}

/// Keeps a picture.
fn picture(taken: Result<Taken, ImageError>, images: &Images) -> Came {
    let taken = taken.map_err(|error| error.to_string())?;
    images.put(&taken.image).map_err(|error| error.to_string())?;
    Ok(Thing::Picture(Picture::from(&taken)))
}

impl OpenBoard {
    /// Puts pictures and drawings onto the board when they are read, around a point of the canvas or in its middle.
    pub fn put_pictures(&mut self, given: Vec<Given>, at: Option<Point>) {
        self.begin_reading(Goes::Onto(at), given);
    }

    /// The same with what a text may say.
    pub(super) fn put_drawing(&mut self, text: String, at: Option<Point>) {
        self.begin_reading(Goes::Onto(at), vec![Given::Text(text)]);
    }

    /// Reads another program's drawing, which is to become a board.
    pub(super) fn read_as_board(&mut self, path: PathBuf) {
        self.begin_reading(Goes::Board, vec![Given::File(path)]);
    }

    fn begin_reading(&mut self, goes: Goes, given: Vec<Given>) {
        let name = match given.as_slice() {
            [one] => one.name(),
            more => format!("{} files", more.len()),
        };
        let images = self.board.images();
        self.read(goes, Some(name), move || {
            given.into_iter().map(|given| given.take(&images, goes)).collect()
        });
    }

    /// Lets the person choose pictures and drawings, in a dialog of the system's, and puts them into the middle.
    pub fn choose_pictures(&mut self) {
        let ends = [&PICTURES[..], &DRAWINGS[..]].concat();
        // Made on the window's thread, as some systems want it, and waited for on another.
        let chosen = rfd::AsyncFileDialog::new()
            .set_title("Put pictures or drawings on the board")
            .add_filter("Pictures and drawings", &ends)
            .pick_files();
        let asked = Instant::now();
        let images = self.board.images();
        let goes = Goes::Onto(None);
        self.read(goes, None, move || match pollster::block_on(chosen) {
            Some(files) => files
                .iter()
                .map(|file| Given::File(file.path().to_owned()).take(&images, goes))
                .collect(),
            None if cfg!(target_os = "linux") && asked.elapsed() < NO_DIALOG => {
                vec![Err(no_dialog("drop pictures on the board, or paste them"))]
            }
            None => Vec::new(),
        });
    }
}
