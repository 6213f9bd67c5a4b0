//! Other programs' drawings, and ours in a picture, on their way onto a board: what they are called, and what is said of them there.

use std::fmt;

use drawbridge_engine::client::Images;
use drawbridge_engine::document::Element;
use drawbridge_engine::import::{Import, Note, Summary};

use crate::words::capital;

/// The longest title that comes with a drawing, in characters.
const TITLE: usize = crate::panels::menu::TITLE_MAX;

/// What is put on a board that has other things is to be moved to where it belongs.
const UNLOCKED: Note = Note {
    what: "elements were locked and aren't now",
    one: "an element was locked and isn't now",
    lost: false,
};

/// What something was read from. Displayed as it is called within a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file of this name.
    File(String),
    /// So many files.
    Files(usize),
    /// A text that was pasted.
    Pasted,
    /// Pixels that were pasted.
    Pixels,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(name) => f.write_str(name),
            Self::Files(count) => write!(f, "{count} files"),
            Self::Pasted => f.write_str("what was pasted"),
            Self::Pixels => f.write_str("the picture"),
        }
    }
}

impl Source {
    /// As a sentence begins with it. A file is called as it is.
    #[must_use]
    pub fn first(&self) -> String {
        match self {
            Self::File(name) => name.clone(),
            other => capital(&other.to_string()),
        }
    }
}

/// A drawing that something is in.
#[derive(Debug)]
pub struct Drawing {
    /// What it was read from.
    pub source: Source,
    import: Import,
}

impl Drawing {
    /// What was read.
    ///
    /// # Errors
    /// When there is nothing in it, in words for people.
    pub(super) fn of(source: Source, import: Import) -> Result<Self, String> {
        if !import.elements.is_empty() {
            return Ok(Self { source, import });
        }
        let left = import.summary.to_string().replace('\n', ", ");
        let why = if left.is_empty() {
            String::new()
        } else {
            format!(": {left}")
        };
        Err(format!(
            "There is nothing in {source} that can be put on a board{why}"
        ))
    }

    /// Keeps its pictures among these.
    ///
    /// # Errors
    /// When they can't be kept, in words for people.
    pub(super) fn kept(mut self, images: &Images) -> Result<Self, String> {
        for image in std::mem::take(&mut self.import.images) {
            if images.has(&image.hash()) {
                continue;
            }
            if let Err(error) = images.put(&image) {
                let name = self.source.first();
                return Err(format!(
                    "{name} wasn't put on the board: its pictures can't be kept. {error}"
                ));
            }
        }
        Ok(self)
    }

    /// What its board is to be called: as it was there, else as its file is.
    pub(super) fn title(&self) -> String {
        let own = self.import.title.as_deref().map(str::trim).unwrap_or_default();
        let name = self.source.first();
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        let title = if own.is_empty() { stem } else { own };
        title.chars().filter(|c| !c.is_control()).take(TITLE).collect()
    }

    /// Its elements, and what is to be said once they are on a board. `own`: that was made for it.
    pub(super) fn land(self, own: bool) -> (Vec<Element>, Landed) {
        let Self { source, mut import } = self;
        if !own {
            let locked = import.elements.iter().filter(|element| element.locked).count();
            import.summary.add_many(UNLOCKED, locked);
        }
        let landed = Landed {
            source,
            count: import.elements.len(),
            summary: import.summary,
            own,
        };
        (import.elements, landed)
    }
}

/// A drawing whose elements are on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landed {
    /// What it was read from.
    pub source: Source,
    /// How many elements came.
    pub count: usize,
    /// What isn't as it was.
    pub summary: Summary,
    /// Whether the board was made for it.
    pub own: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_is_called_as_the_drawing_was_or_else_as_its_file() {
        let title = |name: &str, own: Option<&str>| {
            let import = Import {
                title: own.map(str::to_owned),
                ..Import::default()
            };
            let source = Source::File(name.to_owned());
            Drawing { source, import }.title()
        };
        assert_eq!(title("plan.v2.excalidraw", None), "plan.v2");
        assert_eq!(title("plan.excalidraw", Some(" Plan\u{7} B ")), "Plan B");
        assert_eq!(title("plan", Some("  ")), "plan");
        assert_eq!(title(&"a".repeat(900), None).len(), TITLE);
    }

    #[test]
    fn a_sentence_begins_with_a_capital_but_a_file_is_called_as_it_is() {
        assert_eq!(Source::Pasted.first(), "What was pasted");
        assert_eq!(
            Source::File("plan.excalidraw".to_owned()).first(),
            "plan.excalidraw"
        );
        let nothing = Drawing::of(Source::Pasted, Import::default()).expect_err("nothing");
        assert_eq!(
            nothing,
            "There is nothing in what was pasted that can be put on a board"
        );
    }
}
