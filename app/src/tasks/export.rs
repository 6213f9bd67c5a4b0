//! `drawbridge export`: a board as a file, with no window. It only reads; a running program may have the board open.

mod reading;
mod writing;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use drawbridge_engine::client::{Shelf, ShelfError};
use drawbridge_engine::export::{ExportError, Format, SCALES};
use drawbridge_engine::import::ImportError;

use self::reading::find;
use self::writing::{copy, picture};
use crate::file_kind::FileKind;
use crate::whole::NotWritten;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// The board: a .board file, a drawing of another program that can be read, or the title or id of a board in the data folder. A running
    /// program may have it open.
    #[arg(value_name = "BOARD")]
    board: OsString,
    /// The file to write, which is replaced where it exists. Its ending says what it is: .png, .svg, .pdf, .excalidraw for a scene that
    /// Excalidraw opens, or .board for a copy without keys, for which nothing more can be chosen. Several frames are several files, OUT-1 and so on, but pages in a PDF.
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Pixels a board unit in a PNG, 0.1 to 4; 2 if nothing is said.
    #[arg(long, value_name = "NUMBER")]
    scale: Option<f64>,
    /// Only what is in this frame. Can be given several times.
    #[arg(long = "frame", value_name = "NAME or ID", conflicts_with = "frames")]
    frame: Vec<String>,
    /// Each frame as a page, in the order in which they are presented.
    #[arg(long)]
    frames: bool,
    /// As it looks on a dark board. Not for .excalidraw.
    #[arg(long)]
    dark: bool,
    /// With the board's colour under it: so it is if nothing is said.
    #[arg(long, conflicts_with = "transparent")]
    background: bool,
    /// With nothing under it. A scene for Excalidraw is on white then.
    #[arg(long)]
    transparent: bool,
    /// The letters of an SVG as text that can be found and copied, with their fonts in the file; else they are outlines.
    #[arg(long)]
    text: bool,
    /// Without the elements in it, which let a PNG or SVG be opened again as a board.
    #[arg(long)]
    no_embed: bool,
    /// Look for boards in this folder instead of the usual one.
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// Why nothing, or not all, was exported.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The ending of the file to be written.
    #[error("{}: no format is known by that ending. Use .png, .svg, .pdf, .excalidraw or .board", .0.display())]
    Ending(PathBuf),
    /// It is called "".
    #[error("the board's name is empty. Name a file, a title or an id")]
    NoName,
    /// Nothing by that name.
    #[error(
        "{name}: there is no such file, and no board with that title or id in {}. Name another data folder with --data FOLDER",
        folder.display()
    )]
    NoBoard {
        /// What was asked for.
        name: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// Several by that name.
    #[error("{what} are called {name}. Say which by its id: {ids}")]
    Several {
        /// How many of what.
        what: String,
        /// What was asked for.
        name: String,
        /// Their ids.
        ids: String,
    },
    /// No frame by that name.
    #[error("there is no frame {name} on this board. Its frames: {all}")]
    NoFrame {
        /// What was asked for.
        name: String,
        /// Those that there are.
        all: String,
    },
    /// What was asked for means nothing for a copy.
    #[error("a .board file is a copy of the whole board; {0} can't be combined with it")]
    WholeOnly(&'static str),
    /// The scale is out of bounds.
    #[error("--scale is a number from 0.1 to 4")]
    Scale,
    /// What was asked for means nothing for a scene.
    #[error("Excalidraw shows a scene light or dark as it likes; --dark can't be combined with .excalidraw")]
    DarkScene,
    /// What was asked for means nothing for anything but an SVG.
    #[error(
        "only an SVG can have its letters as text; --text can't be combined with .{0}. A PDF's text can be copied as it is"
    )]
    TextElsewhere(&'static str),
    /// It isn't a board that is to be copied.
    #[error("{}: only a board can be copied as a .board file. Open it in Drawbridge, which makes a board of it, and save a copy there", .0.display())]
    NoBoardToCopy(PathBuf),
    /// The board can't be read, or its copy written.
    #[error("{0}")]
    Board(String),
    /// Nothing comes of the board.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A file that is no board can't be read.
    #[error("{}: {error}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A file that is no board is nothing that is known, or is damaged.
    #[error("{}: {error}", path.display())]
    Import {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: ImportError,
    },
    /// The system doesn't allow it.
    #[error("{0}. It was not written{written}", written = written(&.0.written))]
    Disk(#[from] NotWritten),
    /// It would be written over what it is made of.
    #[error("{}: that is the board itself; choose another name", .0.display())]
    Itself(PathBuf),
}

impl TaskError {
    fn board(path: &Path, error: ShelfError) -> Self {
        Self::Board(match error {
            // It says by itself which file it is.
            ShelfError::File { .. } => error.to_string(),
            error => format!("{}: {error}", path.display()),
        })
    }

    /// Whether the command was called wrongly, so that no try with the same words can succeed.
    #[must_use]
    pub fn is_wrong_call(&self) -> bool {
        matches!(
            self,
            Self::Ending(_)
                | Self::NoName
                | Self::WholeOnly(_)
                | Self::DarkScene
                | Self::TextElsewhere(_)
                | Self::Scale
        )
    }
}

fn written(files: &[PathBuf]) -> String {
    if files.is_empty() {
        return String::new();
    }
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    format!(". These were: {}", names.join(", "))
}

/// What was written, and what is to be said of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Done {
    /// The files, in order.
    pub files: Vec<PathBuf>,
    /// What isn't as one might expect, a sentence each.
    pub notes: Vec<String>,
}

/// Exports a board. `data` is the folder in which boards lie.
///
/// # Errors
/// When the board can't be found or read, nothing of it is to be shown, or a file can't be written.
pub fn export(arguments: &Arguments, data: &Path) -> Result<Done, TaskError> {
    let ending = arguments.out.extension().and_then(|ending| ending.to_str());
    let kind = FileKind::of_ending(ending.unwrap_or_default());
    let kind = kind.ok_or_else(|| TaskError::Ending(arguments.out.clone()))?;
    match kind {
        FileKind::Board => {
            if let Some(given) = arguments.of_pictures() {
                return Err(TaskError::WholeOnly(given));
            }
        }
        FileKind::Made(Format::Excalidraw) if arguments.dark => return Err(TaskError::DarkScene),
        FileKind::Made(format) if arguments.text && format != Format::Svg => {
            return Err(TaskError::TextElsewhere(format.ending()));
        }
        FileKind::Made(_) => {}
    }
    if arguments.scale.is_some_and(|scale| !SCALES.contains(&scale)) {
        return Err(TaskError::Scale);
    }
    let path = find(arguments, data)?;
    match kind {
        FileKind::Made(format) => picture(arguments, format, &path),
        FileKind::Board => copy(arguments, &path, &Shelf::of(data)),
    }
}

impl Arguments {
    /// The first that says how a picture is to be, if any does.
    fn of_pictures(&self) -> Option<&'static str> {
        let all = [
            (self.scale.is_some(), "--scale"),
            (self.frames, "--frames"),
            (!self.frame.is_empty(), "--frame"),
            (self.dark, "--dark"),
            (self.background, "--background"),
            (self.transparent, "--transparent"),
            (self.text, "--text"),
            (self.no_embed, "--no-embed"),
        ];
        all.into_iter().find_map(|(given, name)| given.then_some(name))
    }
}

#[cfg(test)]
mod tests;
