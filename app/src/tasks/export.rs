//! `drawbridge export`: a board as a file, with no window. It only reads; a running program may have the board open.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use drawbridge_engine::client::{BoardFile, Shelf, ShelfError, copy_file, is_board, whole};
use drawbridge_engine::clip::fresh;
use drawbridge_engine::document::{Color, Element, Kind};
use drawbridge_engine::editor::SeededRandom;
use drawbridge_engine::export::pages::{laid_out, read, stacked};
use drawbridge_engine::export::{ExportError, Exported, Format, Look, SCALES, Wanted, What, file};
use drawbridge_engine::geometry::Vec2;
use drawbridge_engine::images::StoredImage;
use drawbridge_engine::import::{self, Import, ImportError};
use drawbridge_protocol::{ElementId, ImageHash};

use crate::theme;

/// Another program's file may have so many bytes.
const LARGEST: u64 = 64 << 20;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// The board: a .board file, a drawing of another program that can be read, or the title or id of a board in the data folder. A running
    /// program may have it open.
    #[arg(value_name = "BOARD")]
    board: OsString,
    /// The file to write, which is replaced where it exists. Its ending says what it is: .png, .svg, .pdf, or .board for a copy without
    /// keys. Several frames are several files, OUT-1 and so on, but pages in a PDF.
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Pixels a board unit in a PNG, 0.1 to 4.
    #[arg(long, value_name = "NUMBER", default_value_t = 2.0)]
    scale: f64,
    /// Only what is in this frame. Can be given several times.
    #[arg(long = "frame", value_name = "NAME or ID", conflicts_with = "frames")]
    frame: Vec<String>,
    /// Each frame as a page, in the order in which they are presented.
    #[arg(long)]
    frames: bool,
    /// As it looks on a dark board.
    #[arg(long)]
    dark: bool,
    /// With the board's colour under it: so it is if nothing is said.
    #[arg(long, conflicts_with = "transparent")]
    background: bool,
    /// With nothing under it.
    #[arg(long)]
    transparent: bool,
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
    /// The board can't be read, or its copy written.
    #[error("{}: {error}", path.display())]
    Board {
        /// Its file.
        path: PathBuf,
        /// Why.
        error: ShelfError,
    },
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
    #[error("{}: {error}. It was not written", path.display())]
    Disk {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It would be written over what it is made of.
    #[error("{}: that is the board itself; choose another name", .0.display())]
    Itself(PathBuf),
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
    let out = &arguments.out;
    let ending = out
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    if !SCALES.contains(&arguments.scale) {
        return Err(TaskError::Scale);
    }
    let format = Format::of_ending(ending);
    if format.is_none() && !ending.eq_ignore_ascii_case("board") {
        return Err(TaskError::Ending(out.clone()));
    }
    let path = find(arguments, data)?;
    let same = |out: &Path| {
        out.canonicalize()
            .is_ok_and(|out| path.canonicalize().is_ok_and(|path| path == out))
    };
    if same(out) {
        return Err(TaskError::Itself(out.clone()));
    }
    match format {
        Some(format) => picture(arguments, format, &path),
        None => copy(arguments, &path),
    }
}

/// The file of the board that is asked for.
fn find(arguments: &Arguments, data: &Path) -> Result<PathBuf, TaskError> {
    let path = Path::new(&arguments.board);
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
    let boards = shelf.look().map_err(|error| TaskError::Board {
        path: shelf.boards_folder(),
        error,
    })?;
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
fn named<'a, T>(
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

fn copy(arguments: &Arguments, path: &Path) -> Result<Done, TaskError> {
    for (given, name) in [
        (arguments.frames, "--frames"),
        (!arguments.frame.is_empty(), "--frame"),
        (arguments.dark, "--dark"),
        (arguments.transparent, "--transparent"),
    ] {
        if given {
            return Err(TaskError::WholeOnly(name));
        }
    }
    copy_file(path, &arguments.out).map_err(|error| TaskError::Board {
        path: path.to_owned(),
        error,
    })?;
    Ok(Done {
        files: vec![arguments.out.clone()],
        notes: Vec::new(),
    })
}

fn picture(arguments: &Arguments, format: Format, path: &Path) -> Result<Done, TaskError> {
    let Drawing {
        elements,
        images,
        notes: mut said,
    } = Drawing::read(path)?;
    // Excalidraw darkens colours by itself.
    let theme = if arguments.dark && format != Format::Excalidraw {
        &theme::DARK
    } else {
        &theme::LIGHT
    };
    let rgb = |color: egui::Color32| [color.r(), color.g(), color.b()];
    let ink = |color: Color| rgb(theme.color(color));
    let board = rgb(theme.board);
    let look = Look {
        ink: &ink,
        paper: None,
        board,
        images: &*images,
        clip: &|_: &Element| None,
    };
    let wanted = Wanted {
        what: what(arguments, &elements)?,
        scale: arguments.scale,
        paper: !arguments.transparent,
        embed: !arguments.no_embed,
        ..Wanted::new(format)
    };
    let exported = file(&elements, &look, &wanted)?;
    said.extend(notes(&exported, &wanted, &elements, &*images));
    let mut files = Vec::new();
    let count = exported.files.len();
    for (number, made) in exported.files.into_iter().enumerate() {
        let to = if count == 1 {
            arguments.out.clone()
        } else {
            numbered(&arguments.out, number + 1, count)
        };
        write(&to, &made.bytes).map_err(|error| TaskError::Disk {
            path: to.clone(),
            error,
        })?;
        files.push(to);
    }
    Ok(Done { files, notes: said })
}

/// Where images' bytes are found.
type Bytes = dyn Fn(&ImageHash) -> Option<StoredImage>;

/// What is on a board, or in another program's file.
struct Drawing {
    /// All that is shown, from the lowest to the topmost.
    elements: Vec<Element>,
    images: Box<Bytes>,
    /// What another program had otherwise.
    notes: Vec<String>,
}

impl Drawing {
    fn read(path: &Path) -> Result<Self, TaskError> {
        let in_board = |error| TaskError::Board {
            path: path.to_owned(),
            error,
        };
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

fn what(arguments: &Arguments, elements: &[Element]) -> Result<What, TaskError> {
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

fn notes(
    exported: &Exported,
    wanted: &Wanted,
    elements: &[Element],
    images: &dyn Fn(&ImageHash) -> Option<StoredImage>,
) -> Vec<String> {
    let pictures = elements.iter().filter_map(|element| element.picture);
    let all: BTreeMap<ImageHash, ()> = pictures.map(|picture| (picture.image, ())).collect();
    let missing = all.keys().filter(|hash| images(hash).is_none()).count();
    let mut notes = Vec::new();
    let pictures = |count: usize| match count {
        1 => "1 picture".to_owned(),
        count => format!("{count} pictures"),
    };
    if missing > 0 {
        notes.push(format!(
            "{} of this board did not come to this computer yet: in place of that there is grey",
            pictures(missing)
        ));
    }
    if wanted.format == Format::Png && exported.scale < wanted.scale {
        notes.push(format!(
            "so many pixels have no room in a picture: it has {:.2} a board unit in place of {}",
            exported.scale, wanted.scale
        ));
    }
    if wanted.embed && wanted.format.can_embed() && !exported.opens_again {
        notes.push("there is too much on the board for the file to be opened again as one".to_owned());
    } else if exported.images_left_out > missing {
        let count = exported.images_left_out - missing;
        notes.push(format!(
            "when it is opened again, {} will be missing: there was no room",
            pictures(count)
        ));
    }
    notes
}

/// The name of one of several files: `plan.png` becomes `plan-1.png`, or `plan-01.png` where there are ten or more.
fn numbered(out: &Path, number: usize, count: usize) -> PathBuf {
    let digits = count.to_string().len();
    let mut name = out.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number:0digits$}."));
    name.push(out.extension().unwrap_or_default());
    out.with_file_name(name)
}

/// Writes a file whole, or not at all.
fn write(to: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut part = to.file_name().unwrap_or_default().to_owned();
    part.push(".part");
    let part = to.with_file_name(part);
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, to));
    if written.is_err() {
        // What is there of it is of no use.
        let _ = std::fs::remove_file(&part);
    }
    written
}

#[cfg(test)]
mod tests;
