//! The board as a file: made on a thread of its own whenever something else is chosen, shown, and written as it was shown.

use std::sync::Arc;
use std::time::Duration;

use drawbridge_engine::document::Element;
use drawbridge_engine::export::pages::frames;
use drawbridge_engine::export::png::MAX_SIDE;
use drawbridge_engine::export::{Format, Lettering, Wanted, What, file, glimpse};
use drawbridge_engine::images::{Pixels, StoredImage};
use drawbridge_protocol::{ImageHash, ImageType};
use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use super::App;
use crate::file_kind::FileKind;
use crate::open::{IN_COPY, Opening};
use crate::panels::Asked;
use crate::panels::dialogs::Dialog;
use crate::panels::export::{self, Came, Offer, Part};
use crate::settings::{Export, Mode};
use crate::theme::{DARK, LIGHT, Theme};

/// The longer side of the picture that the dialog shows, in pixels: about as large as it is shown, since the card would drop thin lines.
const SHOWN: u32 = 400;

/// All that is chosen.
type Chosen = (Export, Part);

/// A file that is made.
struct Made {
    /// What is to be written; `None` for a copy of the board, which is made anew where it goes.
    bytes: Option<Arc<[u8]>>,
    /// What it shows, small.
    shown: Option<ColorImage>,
    /// What goes on the clipboard as pixels, if it does.
    whole: Option<ColorImage>,
    size: String,
    notes: Vec<String>,
}

/// What the app knows of it, while the dialog is open.
#[derive(Default)]
pub(super) struct Exporting {
    /// The board as it was when the dialog was opened, and what was selected, if anything was.
    elements: Arc<[Element]>,
    selected: Option<What>,
    has_frames: bool,
    part: Part,
    making: Option<(Chosen, Opening<Result<Made, String>>)>,
    made: Option<(Chosen, Result<Made, String>)>,
    shown: Option<TextureHandle>,
}

impl App {
    /// Opens the dialog on the board as it is now.
    pub(super) fn show_export(&mut self) {
        let elements: Arc<[Element]> = self.board.everything().into();
        let selected = Some(self.board.what()).filter(|what| *what != What::All);
        self.exporting = Exporting {
            has_frames: !frames(&elements).is_empty(),
            part: match selected {
                Some(_) => Part::Selected,
                None => Part::All,
            },
            elements,
            selected,
            ..Exporting::default()
        };
        self.dialog = Some(Dialog::Export);
    }

    /// Shows the dialog.
    pub(super) fn export_dialog(&mut self, ctx: &Context, asked: &mut Asked) {
        let exporting = &mut self.exporting;
        let mut chosen = (self.settings.export, exporting.part);
        let came = match &exporting.made {
            Some((of, Ok(made))) if *of == chosen => Came::There {
                picture: exporting.shown.as_ref(),
                size: &made.size,
                notes: &made.notes,
                can_copy: made.whole.is_some() || of.0.kind.is_text(),
            },
            Some((of, Err(why))) if *of == chosen => Came::Refused(why),
            _ => Came::Making,
        };
        let offer = Offer {
            selected: exporting.selected.is_some(),
            frames: exporting.has_frames,
        };
        export::show(ctx, &came, offer, &mut chosen.0, &mut chosen.1, asked);
        exporting.part = chosen.1;
        if chosen.0 != self.settings.export {
            self.settings.export = chosen.0;
            self.unkept = true;
        }
        self.look_after_export(ctx);
    }

    /// Has what is chosen made, one at a time, and takes what is there. Of a dialog that is closed nothing is kept: the board, the
    /// file and its picture may be large.
    pub(super) fn look_after_export(&mut self, ctx: &Context) {
        if self.dialog != Some(Dialog::Export) {
            self.exporting = Exporting::default();
            return;
        }
        let exporting = &mut self.exporting;
        if let Some((of, making)) = &exporting.making
            && let Some(done) = making.done_within(Duration::ZERO)
        {
            let mut done = done
                .unwrap_or_else(|_| Err("It was not made: the program failed while making it.".to_owned()));
            let shown = done.as_mut().ok().and_then(|made| made.shown.take());
            exporting.shown = shown.map(|shown| ctx.load_texture("export", shown, TextureOptions::LINEAR));
            exporting.made = Some((*of, done));
            exporting.making = None;
            ctx.request_repaint();
        }
        let wanted = (self.settings.export, exporting.part);
        let there = exporting.made.as_ref().is_some_and(|(of, _)| *of == wanted);
        if there || exporting.making.is_some() {
            return;
        }
        let elements = match wanted.0.kind {
            FileKind::Made(_) => Arc::clone(&exporting.elements),
            // Also while the past is looked at.
            FileKind::Board => self.board.everything_now().into(),
        };
        let what = match wanted.1 {
            Part::All => What::All,
            Part::Selected => exporting.selected.clone().unwrap_or(What::All),
            Part::EachFrame => What::EachFrame,
        };
        let (images, weigh) = (self.board.bytes(), self.board.weigh_copy());
        let work = Opening::start(self.board.waker(), move |_| match wanted.0.kind {
            FileKind::Made(format) => make(&elements, what, format, wanted.0, &images),
            FileKind::Board => Ok(copied(&elements, weigh().ok(), &images)),
        });
        exporting.making = Some((wanted, work));
    }

    fn exported(&self) -> Option<(FileKind, &Made)> {
        let (of, made) = self.exporting.made.as_ref()?;
        Some((of.0.kind, made.as_ref().ok()?))
    }

    /// Lets the person choose where it goes.
    pub(super) fn save_export(&mut self) {
        let Some((kind, made)) = self.exported() else {
            return;
        };
        match (kind, made.bytes.clone()) {
            (FileKind::Made(format), Some(bytes)) => self.board.save_export(format, bytes),
            _ => self.board.save_copy(self.board.listed().id),
        }
    }

    /// Puts it on the clipboard.
    pub(super) fn copy_export(&mut self, ctx: &Context) {
        let Some((kind, made)) = self.exported() else {
            return;
        };
        match (&made.bytes, &made.whole) {
            (Some(bytes), _) if kind.is_text() => {
                ctx.copy_text(String::from_utf8_lossy(bytes).into_owned());
            }
            (_, Some(whole)) => ctx.copy_image(whole.clone()),
            _ => return,
        }
        self.say_copied(ctx, kind, &[]);
    }
}

/// What a copy of the board shows, which has about so many bytes, as far as that is known.
fn copied(
    elements: &[Element],
    bytes: Option<u64>,
    images: &dyn Fn(&ImageHash) -> Option<StoredImage>,
) -> Made {
    let wanted = Wanted::new(Format::Png);
    Made {
        bytes: None,
        shown: shown(elements, &LIGHT, &wanted, images),
        whole: None,
        size: match bytes {
            Some(bytes) => format!("About {}", weight(bytes)),
            None => "Its size isn't known".to_owned(),
        },
        notes: vec![no_key()],
    }
}

/// Said of a copy of the board.
fn no_key() -> String {
    format!("It holds {IN_COPY}, and no key to it: nobody comes onto a shared board with it.")
}

/// A small picture of what is wanted. A file is of use without one, too.
fn shown(
    elements: &[Element],
    theme: &Theme,
    wanted: &Wanted,
    images: &dyn Fn(&ImageHash) -> Option<StoredImage>,
) -> Option<ColorImage> {
    let picture = glimpse(elements, &theme.look(images), wanted, SHOWN).ok()?;
    let size = [picture.width() as usize, picture.height() as usize];
    Some(ColorImage::from_rgba_unmultiplied(size, picture.rgba()))
}

/// Makes what is chosen, and a picture of it.
fn make(
    elements: &[Element],
    what: What,
    format: Format,
    choice: Export,
    images: &dyn Fn(&ImageHash) -> Option<StoredImage>,
) -> Result<Made, String> {
    let theme = match choice.mode {
        Mode::Dark => &DARK,
        Mode::Light => &LIGHT,
    };
    let theme = theme.in_file(format);
    let pages = match what {
        What::EachFrame => frames(elements).len(),
        _ => 1,
    };
    let wanted = Wanted {
        what,
        scale: f64::from(choice.scale),
        paper: choice.paper,
        lettering: if choice.text {
            Lettering::Text
        } else {
            Lettering::Outlines
        },
        embed: choice.embed && format.can_embed(),
        ..Wanted::new(format)
    };
    let exported = file(elements, &theme.look(images), &wanted).map_err(|error| error.to_string())?;
    let notes = exported.notes(&wanted);
    let first = exported.files.into_iter().next();
    let bytes = first
        .ok_or_else(|| "There is nothing to export.".to_owned())?
        .bytes;
    // Read here, so that the window needn't wait for it.
    let whole = (format == Format::Png).then(|| picture(&bytes)).flatten();
    let mut size = weight(bytes.len() as u64);
    if let Some(picture) = &whole {
        let [width, height] = picture.size;
        size = format!("{width} × {height} pixels, {size}");
    }
    if pages > 1 {
        size = format!("{pages} pages, {size}. The first is shown");
    }
    Ok(Made {
        bytes: Some(bytes.into()),
        shown: shown(elements, theme, &wanted, images),
        whole,
        size,
        notes,
    })
}

/// So many bytes, in words.
fn weight(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// A PNG's pixels.
fn picture(png: &[u8]) -> Option<ColorImage> {
    let stored = StoredImage {
        kind: ImageType::Png,
        bytes: png.into(),
    };
    let pixels = Pixels::of(&stored, MAX_SIDE).ok()?;
    let size = [pixels.width as usize, pixels.height as usize];
    Some(ColorImage::from_rgba_premultiplied(size, &pixels.rgba))
}
