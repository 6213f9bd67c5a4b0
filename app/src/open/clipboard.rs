//! What goes from the board to the clipboard, and from there to the board.

use drawbridge_engine::clip;
use drawbridge_engine::document::{Color, Element};
use drawbridge_engine::editor::Edit;
use drawbridge_engine::export::png::{TooLarge, picture, picture_of};
use drawbridge_engine::export::svg::{svg, svg_of};
use drawbridge_engine::export::{Alone, Look};
use drawbridge_engine::geometry::{Affine, Point};
use drawbridge_engine::images::StoredImage;
use drawbridge_protocol::ImageHash;
use egui::ColorImage;

use super::OpenBoard;
use crate::theme::Theme;

/// Around what a picture shows, in board units.
const MARGIN: f64 = 16.0;
/// Pixels a board unit.
const SCALE: f64 = 2.0;

/// What became of a text that was to be put on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pasted {
    /// It is there.
    All,
    /// It is being read; what comes of it is said then.
    Later,
    /// There was nothing in it for a board.
    Nothing,
}

impl OpenBoard {
    /// The selection as a text that [`Self::paste`] reads; `None` when there is nothing to copy.
    #[must_use]
    pub fn copy(&mut self) -> Option<String> {
        let elements = self.editor().selected_whole();
        if elements.is_empty() {
            return None;
        }
        let (text, left_out) = clip::write_with_images(&elements, &self.bytes());
        if left_out > 0 {
            let pictures = if left_out == 1 {
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

    /// Puts on the board what [`Self::copy`] or [`Self::copy_svg`] gave, another program's drawing, or any other text as letters,
    /// and selects it. A drawing lies around a point of the canvas, or in its middle.
    pub fn paste(&mut self, text: &str, at: Option<Point>) -> Pasted {
        if let Some(elements) = clip::read(text) {
            self.keep_pictures(text);
            self.board.paste(elements);
            return Pasted::All;
        }
        if text.trim().is_empty() {
            return Pasted::Nothing;
        }
        // What may be a drawing may be large.
        if text
            .trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t'])
            .starts_with(['{', '<'])
        {
            self.put_drawing(text.to_owned(), at);
            return Pasted::Later;
        }
        self.board.paste_text(text);
        Pasted::All
    }

    /// A picture of the selection, else of the board, as it looks in `theme`; of a frame just what is in it. `None` when there is
    /// nothing to copy.
    ///
    /// # Errors
    /// When it is too long and narrow for a picture.
    pub fn copy_png(&self, theme: &Theme) -> Result<Option<ColorImage>, TooLarge> {
        let board = rgb(theme.board);
        let picture = if let Some(Alone { elements, clip, part }) = self.alone() {
            let clip = |_: &Element| Some(clip);
            let ink = |color: Color| rgb(theme.color(color));
            let look = Look {
                ink: &ink,
                paper: Some(board),
                board,
                images: &self.bytes(),
                clip: &clip,
            };
            picture_of(part, &elements, &look, SCALE)?
        } else {
            let elements = self.pictured();
            if elements.is_empty() {
                return Ok(None);
            }
            let ink = |color: Color| rgb(theme.color(color));
            let clip = |element: &Element| self.clip(element);
            let look = Look {
                ink: &ink,
                paper: Some(board),
                board,
                images: &self.bytes(),
                clip: &clip,
            };
            picture(&elements, &look, MARGIN, SCALE)?
        };
        let size = [picture.width() as usize, picture.height() as usize];
        Ok(Some(ColorImage::from_rgba_unmultiplied(size, picture.rgba())))
    }

    /// The same as the text of an SVG file, with no paper, which can be pasted again.
    #[must_use]
    pub fn copy_svg(&self, theme: &Theme) -> Option<String> {
        let ink = |color: Color| rgb(theme.color(color));
        let board = rgb(theme.board);
        if let Some(Alone { elements, clip, part }) = self.alone() {
            let clip = |_: &Element| Some(clip);
            let whole = clip::write(&self.editor().selected_whole());
            let look = Look {
                ink: &ink,
                paper: None,
                board,
                images: &self.bytes(),
                clip: &clip,
            };
            return Some(svg_of(part, &elements, &look, Some(&whole)));
        }
        let elements = self.pictured();
        let clip = |element: &Element| self.clip(element);
        let look = Look {
            ink: &ink,
            paper: None,
            board,
            images: &self.bytes(),
            clip: &clip,
        };
        (!elements.is_empty()).then(|| svg(&elements, &look, MARGIN, true))
    }

    /// What is in the selected frame, if that is all that is selected.
    fn alone(&self) -> Option<Alone> {
        let editor = self.editor();
        let frame = editor.selected_frame()?;
        let mut members = editor.selected_whole();
        members.retain(|element| element.id != frame.id);
        Some(Alone::of(&frame, members))
    }

    fn clip(&self, element: &Element) -> Option<Affine> {
        self.editor().scene().area(element.framed_by.as_ref()?)
    }

    /// Everything that is shown, from the lowest to the topmost.
    #[must_use]
    pub fn everything(&self) -> Vec<Element> {
        let editor = self.editor();
        let all = editor.scene().stacked();
        all.filter_map(|(_, item)| editor.scene().element(editor.document(), &item.element))
            .collect()
    }

    /// The selection, or else everything, from the lowest to the topmost.
    fn pictured(&self) -> Vec<Element> {
        let editor = self.editor();
        let selected = editor.selected_whole();
        if !selected.is_empty() {
            return selected;
        }
        self.everything()
    }
}

fn rgb(color: egui::Color32) -> [u8; 3] {
    [color.r(), color.g(), color.b()]
}
