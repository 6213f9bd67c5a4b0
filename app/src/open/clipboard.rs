//! What goes from the board to the clipboard, and from there to the board.

use std::collections::BTreeSet;

use drawbridge_engine::clip;
use drawbridge_engine::document::Element;
use drawbridge_engine::editor::{Edit, Editor};
use drawbridge_engine::export::pages::stacked;
use drawbridge_engine::export::{ExportError, Format, Wanted, What, file, pixels};
use drawbridge_engine::geometry::Point;
use drawbridge_engine::images::StoredImage;
use drawbridge_protocol::{ElementId, ImageHash};
use egui::ColorImage;

use super::OpenBoard;
use crate::theme::Theme;

impl OpenBoard {
    /// The selection as a text that [`Self::paste`] reads; `None` when there is nothing to copy.
    #[must_use]
    pub fn copy(&mut self) -> Option<String> {
        let elements = self.editor().selected_whole();
        if elements.is_empty() {
            return None;
        }
        let (text, left_out) = clip::write_with_images(&elements, &self.bytes());
        if !left_out.is_empty() {
            let pictures = if left_out.len() == 1 {
                "A picture is"
            } else {
                "Some pictures are"
            };
            self.problems.push(format!(
                "{pictures} too large for the clipboard, or not here yet. On this board and where the others are on it \
                 it can be pasted all the same"
            ));
        }
        Some(text)
    }

    /// Where pictures' bytes are. Copying waits for the disk: it is asked for, and what is copied is small enough.
    pub(crate) fn bytes(&self) -> impl Fn(&ImageHash) -> Option<StoredImage> + use<> {
        let images = self.board.images();
        move |hash| images.get(hash).ok().flatten()
    }

    /// Keeps the pictures that a pasted text brings, before anything speaks of them. That waits for the disk; what is pasted is
    /// small enough.
    fn keep_pictures(&mut self, text: &str) {
        let images = self.board.images();
        for image in clip::read_images(text) {
            if !images.has(&image.hash())
                && let Err(error) = images.put(&image)
            {
                self.problems
                    .push(format!("A pasted picture can't be kept: {error}"));
            }
        }
    }

    /// The same, and deletes it. Nothing goes that could not be pasted again.
    pub fn cut(&mut self) -> Option<String> {
        let text = self.copy()?;
        let whole = self.editor().selected() <= clip::MAX_ELEMENTS && text.len() <= clip::MAX_TEXT;
        if !whole {
            return None;
        }
        self.edit(&Edit::Delete);
        Some(text)
    }

    /// Puts on the board what [`Self::copy`] or [`Self::copy_as`] gave, another program's drawing, or any other text as letters,
    /// and selects it. A drawing lies around a point of the canvas, or in its middle. Says whether there is anything for a board.
    pub fn paste(&mut self, text: &str, at: Option<Point>) -> bool {
        if let Some(elements) = clip::read(text) {
            self.keep_pictures(text);
            self.board.paste(elements);
            return true;
        }
        if text.trim().is_empty() {
            return false;
        }
        // What may be a drawing may be large.
        if text
            .trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t'])
            .starts_with(['{', '<'])
        {
            self.put_drawing(text.to_owned(), at);
            return true;
        }
        self.board.paste_text(text);
        true
    }

    /// A picture of the selection, else of the board, as it looks in `theme`; of a frame just what is in it. `None` when there is
    /// nothing to copy.
    ///
    /// # Errors
    /// When it is too long and narrow for a picture.
    pub fn copy_png(&self, theme: &Theme) -> Result<Option<ColorImage>, ExportError> {
        let (elements, what) = self.pictured();
        let wanted = Wanted {
            what,
            ..Wanted::new(Format::Png)
        };
        match pixels(&elements, &theme.look(&self.bytes()), &wanted) {
            Ok(picture) => {
                let size = [picture.width() as usize, picture.height() as usize];
                Ok(Some(ColorImage::from_rgba_unmultiplied(size, picture.rgba())))
            }
            Err(ExportError::Nothing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The same as the text of a file with no paper, which can be pasted again; and what isn't in it as it is on the board, a
    /// sentence each.
    #[must_use]
    pub fn copy_as(&self, format: Format, theme: &'static Theme) -> Option<(String, Vec<String>)> {
        let (elements, what) = self.pictured();
        let wanted = Wanted {
            what,
            paper: false,
            ..Wanted::new(format)
        };
        let look = theme.in_file(format);
        // Nothing but an empty board makes no drawing.
        let exported = file(&elements, &look.look(&self.bytes()), &wanted).ok()?;
        let notes = exported.notes(&wanted);
        let text = String::from_utf8(exported.files.into_iter().next()?.bytes).ok()?;
        Some((text, notes))
    }

    /// What is exported of the board if nothing else is said: the selection, else all.
    #[must_use]
    pub fn what(&self) -> What {
        let editor = self.editor();
        if let Some(frame) = editor.selected_frame() {
            return What::These([frame.id].into());
        }
        let selected = editor.selected_whole();
        if selected.is_empty() {
            return What::All;
        }
        What::These(selected.into_iter().map(|element| element.id).collect())
    }

    /// That, and the elements that it takes to draw it. On a large board that is less than everything.
    fn pictured(&self) -> (Vec<Element>, What) {
        let what = self.what();
        if what == What::All {
            return (self.everything(), what);
        }
        let editor = self.editor();
        let mut elements = editor.selected_whole();
        // Frames clip, selected or not.
        let frames: BTreeSet<ElementId> = elements
            .iter()
            .filter_map(|element| element.framed_by.clone())
            .collect();
        for frame in frames {
            if !elements.iter().any(|element| element.id == frame) {
                elements.extend(editor.scene().element(editor.document(), &frame));
            }
        }
        (elements, what)
    }

    /// Everything that is shown, from the lowest to the topmost.
    #[must_use]
    pub fn everything(&self) -> Vec<Element> {
        everything(self.editor())
    }

    /// The same of the board as it is now, also while its past is shown.
    #[must_use]
    pub fn everything_now(&self) -> Vec<Element> {
        everything(self.board.editor())
    }
}

fn everything(editor: &Editor) -> Vec<Element> {
    stacked(editor.document(), editor.scene())
}
