//! Printing: the board becomes a PDF, which the system's viewer opens and prints, since there is one way to do that on all systems.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use drawbridge_engine::document::Element;
use drawbridge_engine::export::pages::frames;
use drawbridge_engine::export::{Format, Wanted, What, file};
use drawbridge_engine::images::StoredImage;
use drawbridge_protocol::{ElementId, ImageHash};
use egui::Context;
use tempfile::TempDir;

use super::App;
use crate::command::Command;
use crate::open::Opening;
use crate::panels::message::Message;
use crate::theme::LIGHT;
use crate::viewer::Viewer;
use crate::whole;
use crate::words::followed;

/// What the app knows of it.
#[derive(Default)]
pub(super) struct Printing {
    viewer: Viewer,
    making: Option<Opening<Result<Printed, String>>>,
    /// Viewers that are starting, or that are open still, as far as the system says so.
    shown: Vec<Opening<io::Result<()>>>,
    /// Files that a viewer may still read. They go with the app.
    kept: Vec<TempDir>,
}

/// A PDF in a folder of its own.
struct Printed {
    folder: TempDir,
    path: PathBuf,
    /// What is said of it.
    words: String,
}

impl App {
    /// Has this open what is printed. Without, nothing does.
    pub fn view_with(&mut self, viewer: Viewer) {
        self.printing.viewer = viewer;
    }

    /// Makes a PDF of the board, to be printed by the system's viewer: a page of all, or of each frame where there are some. It is
    /// light and has no ground, as paper is.
    pub(super) fn print(&mut self, ctx: &Context) {
        if self.printing.making.is_some() {
            return;
        }
        self.say(ctx, Message::hint("Making a PDF to be printed…"));
        let (elements, images) = (self.board.everything(), self.board.bytes());
        let (folder, name) = self.board.printed();
        self.printing.making = Some(Opening::start(self.board.waker(), move |_| {
            make(&elements, &images, &folder, &name)
        }));
    }

    /// Has the viewer open what is made, and says what came of it.
    pub(super) fn look_after_printing(&mut self, ctx: &Context) {
        if let Some(made) = self.printing.making.as_ref()
            && let Some(made) = made.done_within(Duration::ZERO)
        {
            self.printing.making = None;
            ctx.request_repaint();
            match made.unwrap_or_else(|_| {
                Err("Nothing was printed: the program failed while making the PDF.".to_owned())
            }) {
                Ok(Printed { folder, path, words }) => {
                    let viewer = self.printing.viewer.clone();
                    let shown = Opening::start(self.board.waker(), move |_| viewer.open(&path));
                    self.printing.shown.push(shown);
                    self.printing.kept.push(folder);
                    self.say(ctx, Message::hint(words));
                }
                Err(words) => self.say(ctx, Message::problem(words)),
            }
        }
        let mut failed = None;
        self.printing.shown.retain(|shown| {
            let done = shown.done_within(Duration::ZERO);
            if let Some(Ok(Err(error))) = &done {
                failed = Some(error.to_string());
            }
            done.is_none()
        });
        if let Some(error) = failed {
            ctx.request_repaint();
            let words = format!(
                "No program on this computer opened the PDF to print it ({error}). Export the board as a PDF, and print that \
                 where there is one"
            );
            let message = Message::problem(words).offering("Export…", Command::ShowExport);
            self.say(ctx, message);
        }
    }

    /// Removes what was printed. A viewer that has it open has all of it.
    pub(super) fn forget_printed(&mut self) {
        self.printing.kept.clear();
    }
}

fn make(
    elements: &[Element],
    images: &dyn Fn(&ImageHash) -> Option<StoredImage>,
    folder: &Path,
    name: &str,
) -> Result<Printed, String> {
    let each: BTreeSet<&ElementId> = frames(elements).into_iter().map(|frame| &frame.id).collect();
    let wanted = Wanted {
        what: if each.is_empty() {
            What::All
        } else {
            What::EachFrame
        },
        paper: false,
        ..Wanted::new(Format::Pdf)
    };
    let exported = file(elements, &LIGHT.look(images), &wanted).map_err(|error| error.to_string())?;
    let mut words = match each.len() {
        0 => "The board opens as a PDF in your viewer: print it from there".to_owned(),
        1 => "The frame opens as a PDF in your viewer: print it from there".to_owned(),
        count => format!("{count} frames open as pages of a PDF in your viewer: print it from there"),
    };
    let inside = |element: &Element| {
        each.contains(&element.id)
            || element
                .framed_by
                .as_ref()
                .is_some_and(|frame| each.contains(frame))
    };
    if !each.is_empty() && !elements.iter().all(inside) {
        words.push_str(
            ". What lies outside of frames isn't in it: for that, export all of the board as a PDF",
        );
    }
    let words = followed(&words, &exported.notes(&wanted));
    let not_written = |error: io::Error| {
        format!("Nothing was printed: the PDF couldn't be written ({error}). The board is as it was")
    };
    let folder = std::fs::create_dir_all(folder)
        .and_then(|()| private().tempdir_in(folder))
        .map_err(not_written)?;
    let path = folder.path().join(name);
    let bytes = exported.files.first().map_or(&[][..], |file| &file.bytes);
    whole::write(&path, bytes).map_err(|failed| not_written(failed.error))?;
    Ok(Printed { folder, path, words })
}

/// A folder into which nobody else looks. Its name begins with no dot: some viewers see nothing hidden. (The folder of the app's data may
/// lie in a hidden one all the same, as it does on Linux.)
fn private() -> tempfile::Builder<'static, 'static> {
    let mut folder = tempfile::Builder::new();
    folder.prefix("pdf-");
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    folder
}
