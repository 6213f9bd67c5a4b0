//! What is typed, in terms of no particular keyboard, and where it leads.

use std::ops::Range;

use crate::lettering::{Caret, Layout};

/// What a person does to a text with keys or an input method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keystroke {
    /// Puts letters in place of what is selected.
    Insert(String),
    /// Shows letters that an input method is still putting together; none when it has given up.
    Compose(String),
    /// Moves the caret; selects what lies between where it was and where it goes, if `extend`.
    Move {
        /// Where to.
        to: Motion,
        /// Whether to select.
        extend: bool,
    },
    /// Deletes what is selected, else up to there.
    Delete(Motion),
    /// Selects all of the text.
    SelectAll,
}

/// A way of the caret. Back and forward are those of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// A letter to the left: back, but forward where one reads from the right.
    Left,
    /// A letter to the right.
    Right,
    /// A word to the left.
    WordLeft,
    /// A word to the right.
    WordRight,
    /// A letter back.
    Back,
    /// A letter forward.
    Forward,
    /// To the beginning of this word, or of the one before.
    WordBack,
    /// To the end of this word, or of the next one.
    WordForward,
    /// A line up.
    Up,
    /// A line down.
    Down,
    /// To the beginning of the line.
    LineStart,
    /// To the end of the line.
    LineEnd,
    /// To the beginning of the text.
    Start,
    /// To the end of the text.
    End,
}

impl Motion {
    /// The same as a way of reading.
    fn read(self, rtl: bool) -> Self {
        match (self, rtl) {
            (Self::Left, false) | (Self::Right, true) => Self::Back,
            (Self::Right, false) | (Self::Left, true) => Self::Forward,
            (Self::WordLeft, false) | (Self::WordRight, true) => Self::WordBack,
            (Self::WordRight, false) | (Self::WordLeft, true) => Self::WordForward,
            (other, _) => other,
        }
    }

    pub(super) fn is_vertical(self) -> bool {
        matches!(self, Self::Up | Self::Down)
    }

    /// Where it leads from a caret. `x` is where a way up or down began, in the layout's coordinates.
    pub(super) fn from(self, caret: Caret, layout: &Layout, x: f64) -> Caret {
        let index = caret.index;
        match self.read(layout.is_rtl(caret)) {
            Self::Back => Caret::at(layout.previous(index)),
            Self::Forward => Caret::at(layout.next(index)),
            Self::WordBack => Caret::at(layout.previous_word(index)),
            Self::WordForward => Caret::at(layout.next_word(index)),
            Self::Up => layout.vertical(caret, -1, x),
            Self::Down => layout.vertical(caret, 1, x),
            Self::LineStart => layout.line_start(caret),
            Self::LineEnd => layout.line_end(caret),
            Self::Start => Caret::at(0),
            _ => Caret::at(layout.text().len()),
        }
    }

    /// Where a caret goes that has a selection behind it and is moved without extending that.
    pub(super) fn out_of(self, selected: &Range<usize>, rtl: bool) -> Option<Caret> {
        match self.read(rtl) {
            Self::Back => Some(Caret::at(selected.start)),
            Self::Forward => Some(Caret::at(selected.end)),
            _ => None,
        }
    }
}

/// Letters as they are put into a text: line ends are one character, other control characters are none.
pub(crate) fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}
