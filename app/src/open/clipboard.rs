//! What goes from the board to the clipboard, and from there to the board.

use drawbridge_engine::editor::Edit;
use egui::ColorImage;

use super::OpenBoard;

impl OpenBoard {
    /// The selection as a text that [`Self::paste`] reads; `None` when there is nothing to copy.
    #[must_use]
    pub fn copy(&self) -> Option<String> {
        None
    }

    /// The same, and deletes it.
    pub fn cut(&mut self) -> Option<String> {
        let text = self.copy()?;
        self.edit(&Edit::Delete);
        Some(text)
    }

    /// Puts on the board what [`Self::copy`] gave, and selects it. Says whether the text was of that kind.
    pub fn paste(&mut self, _text: &str) -> bool {
        false
    }

    /// A picture of the selection, else of the board; `None` when there is nothing to copy.
    #[must_use]
    pub fn copy_png(&self) -> Option<ColorImage> {
        None
    }

    /// The same as the text of an SVG file.
    #[must_use]
    pub fn copy_svg(&self) -> Option<String> {
        None
    }
}
