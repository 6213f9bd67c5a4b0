//! What a board becomes as a file, in the dialog and on the command line: something that is made of what is on it, or a copy of its own
//! file.

use drawbridge_engine::export::Format;

/// How a copy of a board is named.
const BOARD: &str = "board";

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Made of the elements, for other programs.
    Made(Format),
    /// The board itself, with all that is kept of it, and without keys.
    Board,
}

impl FileKind {
    /// All there are.
    pub const ALL: [Self; 5] = [
        Self::Made(Format::Png),
        Self::Made(Format::Svg),
        Self::Made(Format::Pdf),
        Self::Made(Format::Excalidraw),
        Self::Board,
    ];

    /// As people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Made(format) => format.name(),
            Self::Board => "Drawbridge",
        }
    }

    /// How such a file's name ends.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Made(format) => format.ending(),
            Self::Board => BOARD,
        }
    }

    /// The one whose files' names end like that, in capitals or not.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        let same = |kind: &Self| kind.ending().eq_ignore_ascii_case(ending);
        Self::ALL.into_iter().find(same)
    }

    /// Whether it is a text, and is copied as one.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Made(Format::Svg | Format::Excalidraw))
    }

    /// Whether some program pastes it.
    #[must_use]
    pub fn can_be_copied(self) -> bool {
        self.is_text() || self == Self::Made(Format::Png)
    }

    /// The format, if it is made of the elements.
    #[must_use]
    pub fn made(self) -> Option<Format> {
        match self {
            Self::Made(format) => Some(format),
            Self::Board => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_among_them_and_each_is_known_by_its_ending() {
        let made: Vec<Format> = FileKind::ALL.into_iter().filter_map(FileKind::made).collect();
        assert_eq!(made, Format::ALL);
        for kind in FileKind::ALL {
            let loud = kind.ending().to_uppercase();
            assert_eq!(FileKind::of_ending(&loud), Some(kind));
        }
        assert_eq!(FileKind::of_ending("bmp"), None);
    }
}
