//! What is on its way onto the board or to be a board of its own: read on a thread for each handful, then put where it was dropped. A
//! drawing's pictures are kept before its elements are put anywhere.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use drawbridge_engine::client::Images;
use drawbridge_engine::document::Picture;
use drawbridge_engine::geometry::Point;
use drawbridge_engine::import::{Import, Note, Summary};

use super::OpenBoard;

/// What takes longer than that to be read is spoken of.
const LONG: Duration = Duration::from_millis(300);

/// What is put on a board that has other things is to be moved to where it belongs.
const UNLOCKED: Note = Note {
    what: "elements were locked and aren't now",
    one: "an element was locked and isn't now",
    lost: false,
};

/// Where something goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Goes {
    /// Onto the board, around a point of the screen or in the middle.
    Onto(Option<Point>),
    /// It becomes a board of its own.
    Board,
    /// Onto the board that was made for it.
    Filling,
}

/// What something turned out to be.
#[derive(Debug)]
pub(super) enum Thing {
    /// A picture that is kept.
    Picture(Picture),
    /// A drawing.
    Drawing(Drawing),
    /// A text and nothing else.
    Letters(String),
    /// A board's file.
    Board(PathBuf),
}

/// What came of it, or why nothing did, in words for people.
pub(super) type Came = Result<Thing, String>;

/// Another program's drawing, or one of ours in a picture.
#[derive(Debug)]
pub struct Drawing {
    /// What it was read from, as people call it.
    pub name: String,
    import: Import,
}

impl Drawing {
    pub(super) fn new(name: String, import: Import) -> Self {
        Self { name, import }
    }

    /// Keeps its pictures among these.
    pub(super) fn kept(mut self, images: &Images) -> Came {
        for image in std::mem::take(&mut self.import.images) {
            if images.has(&image.hash()) {
                continue;
            }
            if let Err(error) = images.put(&image) {
                let name = &self.name;
                return Err(format!(
                    "{name} wasn't put on the board: its pictures can't be kept. {error}"
                ));
            }
        }
        Ok(Thing::Drawing(self))
    }

    /// What its board is to be called: as it was there, else as its file is.
    fn title(&self) -> String {
        let own = self.import.title.as_deref().map(str::trim).unwrap_or_default();
        let stem = self
            .name
            .rsplit_once('.')
            .map_or(self.name.as_str(), |(stem, _)| stem);
        let title = if own.is_empty() { stem } else { own };
        title.chars().filter(|c| !c.is_control()).take(TITLE).collect()
    }
}

/// The longest title that comes with a drawing, in characters.
const TITLE: usize = crate::panels::menu::TITLE_MAX;

/// A drawing whose elements are on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landed {
    /// What it was read from.
    pub name: String,
    /// How many elements came.
    pub count: usize,
    /// What isn't as it was.
    pub summary: Summary,
    /// What the board is to be called that was made for it.
    pub title: Option<String>,
}

/// A handful that is being read.
#[derive(Debug)]
struct Reading {
    goes: Goes,
    name: Option<String>,
    since: Instant,
    came: Receiver<Vec<Came>>,
}

/// What is being read, and what is there and not fetched.
#[derive(Debug, Default)]
pub(super) struct Coming {
    readings: Vec<Reading>,
    boards: Vec<Drawing>,
    landed: Vec<Landed>,
}

impl Coming {
    /// Another board is there: what was for the one before is left behind.
    pub(super) fn leave(&mut self) {
        self.readings.retain(|reading| reading.goes == Goes::Board);
        self.landed.clear();
    }
}

impl OpenBoard {
    /// Reads something on a thread of its own. `name`: what is said of that while it lasts; `None` while a person is choosing.
    pub(super) fn read(
        &mut self,
        goes: Goes,
        name: Option<String>,
        find: impl FnOnce() -> Vec<Came> + Send + 'static,
    ) {
        let (tell, came) = channel();
        let wake = Arc::clone(&self.wake);
        let work = move || {
            // The board may have been left.
            let _ = tell.send(find());
            wake();
        };
        let since = Instant::now();
        match std::thread::Builder::new()
            .name("drawbridge-reading".to_owned())
            .spawn(work)
        {
            Ok(_) => self.coming.readings.push(Reading {
                goes,
                name,
                since,
                came,
            }),
            Err(error) => self.problems.push(format!("Files can't be read: {error}")),
        }
    }

    /// How many handfuls of pictures and drawings are being chosen or read.
    #[must_use]
    pub fn importing(&self) -> usize {
        self.coming.readings.len()
    }

    /// What has been read for so long that it is worth a word, or how long until something will have been.
    pub fn reading(&self) -> Option<Result<&str, Duration>> {
        let named = self.coming.readings.iter();
        let oldest = named.filter_map(|reading| Some((reading.name.as_deref()?, reading.since.elapsed())));
        let (name, since) = oldest.max_by_key(|(_, since)| *since)?;
        Some(match LONG.checked_sub(since) {
            None => Ok(name),
            Some(left) => Err(left),
        })
    }

    /// A drawing that is to become a board.
    pub fn take_drawing(&mut self) -> Option<Drawing> {
        (!self.coming.boards.is_empty()).then(|| self.coming.boards.remove(0))
    }

    /// A drawing that has just come onto this board.
    pub fn take_landed(&mut self) -> Option<Landed> {
        (!self.coming.landed.is_empty()).then(|| self.coming.landed.remove(0))
    }

    /// Puts a drawing onto this board, which was made for it.
    pub fn fill(&mut self, drawing: Drawing) {
        let images = self.board.images();
        let name = Some(drawing.name.clone());
        self.read(Goes::Filling, name, move || vec![drawing.kept(&images)]);
    }

    /// Puts what was read onto the board.
    pub(super) fn take_readings(&mut self) {
        let barred = self.board.bar().is_some();
        let mut came = Vec::new();
        self.coming.readings.retain(|reading| {
            // They wait until this person may put them there.
            if barred && reading.goes != Goes::Board {
                return true;
            }
            match reading.came.try_recv() {
                Ok(all) => came.push((reading.goes, all)),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => {
                    let name = reading.name.as_deref().unwrap_or("What was chosen");
                    let why = format!("{name} could not be read: it broke the reader. Nothing was changed");
                    came.push((reading.goes, vec![Err(why)]));
                }
            }
            false
        });
        for (goes, all) in came {
            self.put_things(goes, all);
        }
    }

    fn put_things(&mut self, goes: Goes, all: Vec<Came>) {
        let at = match goes {
            Goes::Onto(at) => at,
            Goes::Board | Goes::Filling => None,
        };
        let mut pictures = Vec::new();
        for came in all {
            match came {
                Ok(Thing::Picture(picture)) => pictures.push(picture),
                Ok(Thing::Letters(text)) => {
                    self.board.paste_text(&text);
                }
                Ok(Thing::Board(path)) => self.take_in_board(path),
                Ok(Thing::Drawing(drawing)) if drawing.import.elements.is_empty() => {
                    let name = drawing.name;
                    let left = drawing.import.summary.to_string().replace('\n', ", ");
                    let why = if left.is_empty() {
                        String::new()
                    } else {
                        format!(": {left}")
                    };
                    self.problems.push(format!(
                        "There is nothing in {name} that can be put on a board{why}"
                    ));
                }
                Ok(Thing::Drawing(drawing)) if goes == Goes::Board => self.coming.boards.push(drawing),
                Ok(Thing::Drawing(drawing)) => {
                    let title = (goes == Goes::Filling).then(|| drawing.title());
                    let Drawing { name, mut import } = drawing;
                    let count = import.elements.len();
                    if goes == Goes::Filling {
                        self.board.fill(import.elements);
                    } else {
                        let locked = import.elements.iter().filter(|element| element.locked).count();
                        import.summary.add_many(UNLOCKED, locked);
                        self.board.paste_at(import.elements, at);
                    }
                    self.coming.landed.push(Landed {
                        name,
                        count,
                        summary: import.summary,
                        title,
                    });
                }
                Err(why) => self.problems.push(why),
            }
        }
        self.board.put_images(&pictures, at);
    }
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
            Drawing::new(name.to_owned(), import).title()
        };
        assert_eq!(title("plan.v2.excalidraw", None), "plan.v2");
        assert_eq!(title("plan.excalidraw", Some(" Plan\u{7} B ")), "Plan B");
        assert_eq!(title("plan", Some("  ")), "plan");
        assert_eq!(title(&"a".repeat(900), None).len(), TITLE);
    }
}
