//! The board as a file: made on a thread of its own whenever something else is chosen, shown, and written as it was shown.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use drawbridge_engine::document::{Color, Element};
use drawbridge_engine::export::png::MAX_SIDE;
use drawbridge_engine::export::{Format, Look, Wanted, What, file};
use drawbridge_engine::images::{Pixels, StoredImage};
use drawbridge_protocol::{ElementId, ImageHash, ImageType};
use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use super::App;
use crate::open::Opening;
use crate::panels::Asked;
use crate::panels::dialogs::Dialog;
use crate::panels::export::{self, Came};
use crate::panels::message::Message;
use crate::settings::{Export, Mode};
use crate::theme::{DARK, LIGHT, Theme};

/// The longer side of the picture that the dialog shows, in pixels: about as large as it is shown, since the card would drop thin lines.
const SHOWN: u32 = 400;

/// All that is chosen.
type Chosen = (Export, bool);

/// A file that is made.
struct Made {
    bytes: Arc<[u8]>,
    picture: ColorImage,
    size: String,
}

/// What the app knows of it.
#[derive(Default)]
pub(super) struct Exporting {
    /// The board as it was when the dialog was opened, and what was selected.
    elements: Arc<[Element]>,
    selected: BTreeSet<ElementId>,
    only_selected: bool,
    making: Option<(Chosen, Opening<Result<Made, String>>)>,
    made: Option<(Chosen, Result<Made, String>)>,
    shown: Option<TextureHandle>,
}

impl App {
    /// Opens the dialog on the board as it is now.
    pub(super) fn show_export(&mut self) {
        let editor = self.board.editor();
        let selected: BTreeSet<ElementId> = match editor.selected_frame() {
            Some(frame) => BTreeSet::from([frame.id]),
            None => editor
                .selected_whole()
                .into_iter()
                .map(|element| element.id)
                .collect(),
        };
        self.exporting = Exporting {
            only_selected: !selected.is_empty(),
            elements: self.board.everything().into(),
            selected,
            ..Exporting::default()
        };
        self.dialog = Some(Dialog::Export);
    }

    /// Shows the dialog.
    pub(super) fn export_dialog(&mut self, ctx: &Context, asked: &mut Asked) {
        let mut chosen = self.settings.export.clone();
        let exporting = &mut self.exporting;
        let came = match (&exporting.made, &exporting.shown) {
            (Some((of, Ok(made))), Some(picture)) if *of == (chosen.clone(), exporting.only_selected) => {
                Came::There {
                    picture,
                    size: &made.size,
                }
            }
            (Some((of, Err(why))), _) if *of == (chosen.clone(), exporting.only_selected) => {
                Came::Refused(why)
            }
            _ => Came::Making,
        };
        let selected = !exporting.selected.is_empty();
        let only = &mut exporting.only_selected;
        export::show(ctx, &came, selected, &mut chosen, only, asked);
        if chosen != self.settings.export {
            self.settings.export = chosen;
            self.unkept = true;
        }
        self.look_after_export(ctx);
    }

    /// Has what is chosen made, one at a time, and takes what is there.
    pub(super) fn look_after_export(&mut self, ctx: &Context) {
        if self.dialog != Some(Dialog::Export) {
            return;
        }
        if let Some((of, making)) = &self.exporting.making
            && let Some(done) = making.done_within(Duration::ZERO)
        {
            let done = done.unwrap_or_else(|_| Err("It could not be made: that broke the maker.".to_owned()));
            self.exporting.shown = done
                .as_ref()
                .ok()
                .map(|made| ctx.load_texture("export", made.picture.clone(), TextureOptions::LINEAR));
            self.exporting.made = Some((of.clone(), done));
            self.exporting.making = None;
            ctx.request_repaint();
        }
        let wanted = (self.settings.export.clone(), self.exporting.only_selected);
        let there = self.exporting.made.as_ref().is_some_and(|(of, _)| *of == wanted);
        if there || self.exporting.making.is_some() {
            return;
        }
        let elements = Arc::clone(&self.exporting.elements);
        let what = match wanted.1 {
            true => What::These(self.exporting.selected.clone()),
            false => What::All,
        };
        let (choice, images) = (wanted.0.clone(), self.board.bytes());
        let work = Opening::start(self.board.waker(), move |_| {
            make(&elements, what, &choice, &images)
        });
        self.exporting.making = Some((wanted, work));
    }

    fn exported(&self) -> Option<(&str, &Made)> {
        let (of, made) = self.exporting.made.as_ref()?;
        Some((of.0.ending.as_str(), made.as_ref().ok()?))
    }

    /// Lets the person choose where it goes.
    pub(super) fn save_export(&mut self) {
        let Some((ending, made)) = self.exported() else {
            return;
        };
        if let Some(format) = Format::of_ending(ending) {
            let bytes = Arc::clone(&made.bytes);
            self.board.choose_export(format, bytes);
        }
    }

    /// Writes it there.
    pub(super) fn export_to(&mut self, path: PathBuf, format: Format, bytes: Arc<[u8]>) {
        self.board.write_export(path, format, bytes);
        self.dialog = self.dialog.filter(|dialog| *dialog != Dialog::Export);
    }

    /// Puts it on the clipboard.
    pub(super) fn copy_export(&mut self, ctx: &Context) {
        let Some((ending, made)) = self.exported() else {
            return;
        };
        let Some(format) = Format::of_ending(ending) else {
            return;
        };
        match format {
            Format::Svg | Format::Excalidraw => {
                ctx.copy_text(String::from_utf8_lossy(&made.bytes).into_owned());
            }
            Format::Png => match picture(&made.bytes, MAX_SIDE) {
                Some(picture) => ctx.copy_image(picture),
                None => return,
            },
            Format::Pdf => return,
        }
        let words = format!("Copied as {}", format.name());
        self.say(ctx, Message::hint(words));
    }
}

/// Makes what is chosen, and a picture of it.
fn make(
    elements: &[Element],
    what: What,
    choice: &Export,
    images: &dyn Fn(&ImageHash) -> Option<StoredImage>,
) -> Result<Made, String> {
    let format = Format::of_ending(&choice.ending).unwrap_or(Format::Png);
    let theme: &Theme = match choice.mode {
        Mode::Dark if format != Format::Excalidraw => &DARK,
        // Excalidraw makes its own dark mode from the light one.
        _ => &LIGHT,
    };
    let rgb = |color: egui::Color32| [color.r(), color.g(), color.b()];
    let ink = |color: Color| rgb(theme.color(color));
    let look = Look {
        ink: &ink,
        paper: None,
        board: rgb(theme.board),
        images,
        clip: &|_| None,
    };
    let wanted = Wanted {
        what,
        scale: f64::from(choice.scale),
        paper: choice.paper,
        embed: choice.embed && format.can_embed(),
        ..Wanted::new(format)
    };
    let bytes = |wanted: &Wanted| {
        let exported = file(elements, &look, wanted).map_err(|error| error.to_string())?;
        let again = exported.opens_again || !wanted.embed;
        let first = exported.files.into_iter().next();
        let first = first.ok_or_else(|| "There is nothing to export.".to_owned())?;
        Ok::<_, String>((first.bytes, again))
    };
    let (made, again) = bytes(&wanted)?;
    let shown = match format {
        Format::Png => picture(&made, SHOWN),
        _ => {
            let png = Wanted {
                scale: 1.0,
                embed: false,
                ..Wanted {
                    format: Format::Png,
                    ..wanted
                }
            };
            picture(&bytes(&png)?.0, SHOWN)
        }
    };
    let mut size = weight(made.len());
    // A PNG begins with its width and height.
    let side = |at: usize| {
        made.get(at..at + 4)
            .map(|four| four.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)))
    };
    if format == Format::Png
        && let (Some(width), Some(height)) = (side(16), side(20))
    {
        size = format!("{width} × {height} pixels, {size}");
    }
    if !again {
        size.push_str(". Too large to open again as a board");
    }
    Ok(Made {
        picture: shown.ok_or_else(|| "It could not be shown.".to_owned())?,
        bytes: made.into(),
        size,
    })
}

/// So many bytes, in words.
fn weight(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// A PNG's pixels, its longer side about this long at most.
fn picture(png: &[u8], side: u32) -> Option<ColorImage> {
    let stored = StoredImage {
        kind: ImageType::Png,
        bytes: png.into(),
    };
    let pixels = Pixels::of(&stored, side).ok()?;
    let size = [pixels.width as usize, pixels.height as usize];
    Some(ColorImage::from_rgba_premultiplied(size, &pixels.rgba))
}
