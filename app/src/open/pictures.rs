//! Pictures on their way onto the board: read, checked and kept on a thread of their own, then put where they were dropped.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use drawbridge_engine::client::Images;
use drawbridge_engine::document::Picture;
use drawbridge_engine::geometry::Point;
use drawbridge_engine::images::{self, FILE, ImageError, Taken};
use egui::ColorImage;

use super::OpenBoard;

/// Nobody closes a dialog sooner than that: it never came up.
pub(super) const NO_DIALOG: Duration = Duration::from_millis(500);
/// The ends of names of files that may be pictures.
const ENDS: [&str; 7] = ["png", "jpg", "jpeg", "jfif", "webp", "gif", "svg"];

/// Something that may be a picture.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A file on this computer.
    File(PathBuf),
    /// Pixels, from the clipboard.
    Pixels(Arc<ColorImage>),
}

/// What came of it: a picture that is kept, or why not, in words for people.
type Came = Result<Picture, String>;

/// Said where there is no dialog to choose files.
pub(super) fn no_dialog(instead: &str) -> String {
    format!("This computer has no dialog to choose files (xdg-desktop-portal or zenity); {instead}")
}

/// Pictures that are being read.
#[derive(Debug)]
pub(super) struct Import {
    /// Where on the screen they were dropped; `None` for the middle.
    at: Option<Point>,
    came: Receiver<Vec<Came>>,
}

impl Given {
    fn name(&self) -> String {
        match self {
            Self::File(path) => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                name.to_string_lossy().into_owned()
            }
            Self::Pixels(_) => "The picture".to_owned(),
        }
    }

    fn take(&self) -> Result<Taken, String> {
        let taken = match self {
            Self::File(path) => {
                let len = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
                // Before it fills the memory.
                let bytes = usize::try_from(len).unwrap_or(usize::MAX);
                if bytes > FILE {
                    return Err(ImageError::TooLarge { bytes, most: FILE }.to_string());
                }
                images::take(&std::fs::read(path).map_err(|error| error.to_string())?)
            }
            Self::Pixels(pixels) => {
                let [width, height] = pixels.size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
                let rgba = pixels
                    .pixels
                    .iter()
                    .flat_map(egui::Color32::to_srgba_unmultiplied);
                images::take_pixels(width, height, rgba.collect())
            }
        };
        taken.map_err(|error| error.to_string())
    }

    /// Reads it and keeps it.
    fn keep(&self, images: &Images) -> Came {
        let kept = self.take().and_then(|taken| {
            let image = images.put(&taken.image).map_err(|error| error.to_string())?;
            Ok(Picture {
                image,
                kind: taken.image.kind,
                pixels: taken.pixels,
            })
        });
        kept.map_err(|why| format!("{} can't be put on the board: {why}", self.name()))
    }
}

impl OpenBoard {
    /// Puts pictures onto the board when they are read, around a point of the canvas or in its middle.
    pub fn put_pictures(&mut self, given: Vec<Given>, at: Option<Point>) {
        self.import(at, move |_| Ok(given));
    }

    /// Lets the person choose pictures, in a dialog of the system's, and puts them into the middle.
    pub fn choose_pictures(&mut self) {
        // Made on the window's thread, as some systems want it, and waited for on another.
        let chosen = rfd::AsyncFileDialog::new()
            .set_title("Put pictures on the board")
            .add_filter("Pictures", &ENDS)
            .pick_files();
        let asked = Instant::now();
        self.import(None, move |_| match pollster::block_on(chosen) {
            Some(files) => Ok(files
                .iter()
                .map(|file| Given::File(file.path().to_owned()))
                .collect()),
            None if cfg!(target_os = "linux") && asked.elapsed() < NO_DIALOG => {
                Err(no_dialog("drop pictures on the board, or paste them"))
            }
            None => Ok(Vec::new()),
        });
    }

    fn import(
        &mut self,
        at: Option<Point>,
        find: impl FnOnce(&Images) -> Result<Vec<Given>, String> + Send + 'static,
    ) {
        let (tell, came) = channel();
        let (images, wake) = (self.board.images(), Arc::clone(&self.wake));
        let work = move || {
            let all = match find(&images) {
                Ok(given) => given.iter().map(|given| given.keep(&images)).collect(),
                Err(why) => vec![Err(why)],
            };
            // The board may have been left.
            let _ = tell.send(all);
            wake();
        };
        match std::thread::Builder::new()
            .name("pictures".to_owned())
            .spawn(work)
        {
            Ok(_) => self.imports.push(Import { at, came }),
            Err(error) => self.problems.push(format!("Pictures can't be read: {error}")),
        }
    }

    /// How many handfuls of pictures are being chosen or read.
    #[must_use]
    pub fn importing(&self) -> usize {
        self.imports.len()
    }

    /// Puts what was read onto the board.
    pub(super) fn take_imports(&mut self) {
        // They wait until this person may put them there.
        if self.board.bar().is_some() {
            return;
        }
        let mut came = Vec::new();
        self.imports.retain(|import| match import.came.try_recv() {
            Ok(all) => {
                came.push((import.at, all));
                false
            }
            Err(TryRecvError::Empty) => true,
            Err(TryRecvError::Disconnected) => {
                came.push((
                    None,
                    vec![Err(
                        "A picture can't be put on the board: it could not be read".to_owned()
                    )],
                ));
                false
            }
        });
        for (at, all) in came {
            let (pictures, problems): (Vec<Came>, Vec<Came>) = all.into_iter().partition(Result::is_ok);
            let pictures: Vec<Picture> = pictures.into_iter().flatten().collect();
            self.board.put_images(&pictures, at);
            self.problems.extend(problems.into_iter().filter_map(Result::err));
        }
    }
}
