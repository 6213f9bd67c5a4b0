//! What is on its way onto the board or to be a board of its own: read on a thread for each handful, then put where it was dropped,
//! as one step, as soon as nothing is in a hand and this person may.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use drawbridge_engine::document::Picture;
use drawbridge_engine::geometry::Point;

use super::OpenBoard;
use super::drawings::{Drawing, Landed, Source};

/// What takes longer than that to be read is spoken of.
const LONG: Duration = Duration::from_millis(300);

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

/// What came of it, or why not.
pub(super) type Came = Result<Thing, Left>;

/// Why something isn't what it was to be.
#[derive(Debug)]
pub(super) struct Left {
    /// In words for people.
    pub(super) why: String,
    /// What there is in its place.
    pub(super) instead: Option<Box<Thing>>,
}

impl From<String> for Left {
    fn from(why: String) -> Self {
        Self { why, instead: None }
    }
}

/// A handful on its way.
#[derive(Debug)]
struct Reading {
    goes: Goes,
    source: Source,
    since: Instant,
    found: Found,
}

/// What is in it.
#[derive(Debug)]
enum Found {
    /// It is being read.
    Awaited(Receiver<Vec<Came>>),
    /// It is read, and may have to wait.
    Here(Vec<Thing>),
}

/// What is being read, and what is there and not fetched.
#[derive(Debug, Default)]
pub(super) struct Coming {
    readings: Vec<Reading>,
    boards: VecDeque<Drawing>,
    landed: Vec<Landed>,
}

impl Coming {
    /// Another board is there: what was for the one before is left behind. Says so, if there is something.
    pub(super) fn leave(&mut self) -> Option<String> {
        self.landed.clear();
        let left = self
            .readings
            .extract_if(.., |reading| reading.goes != Goes::Board);
        let names: Vec<String> = left.map(|reading| reading.source.to_string()).collect();
        (!names.is_empty()).then(|| {
            format!(
                "Another board was opened before this was put on the last one: {}",
                names.join(", ")
            )
        })
    }
}

impl OpenBoard {
    /// Reads something on a thread of its own.
    pub(super) fn read(
        &mut self,
        goes: Goes,
        source: Source,
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
                source,
                since,
                found: Found::Awaited(came),
            }),
            Err(error) => self.problems.push(format!("Files can't be read: {error}")),
        }
    }

    /// How many handfuls of pictures and drawings are on their way: being read, or waiting until they can be put on the board.
    #[must_use]
    pub fn importing(&self) -> usize {
        self.coming.readings.len()
    }

    /// Whether something is on its way onto this board, and not to be one of its own.
    #[must_use]
    pub fn awaits(&self) -> bool {
        let mut all = self.coming.readings.iter();
        all.any(|reading| reading.goes != Goes::Board)
    }

    /// What is being read, and since when.
    fn read_now(&self) -> impl Iterator<Item = (&Source, Instant)> {
        let all = self.coming.readings.iter();
        all.filter(|reading| matches!(reading.found, Found::Awaited(_)))
            .map(|reading| (&reading.source, reading.since))
    }

    /// Whether something is being read.
    pub(super) fn is_reading(&self) -> bool {
        self.read_now().next().is_some()
    }

    /// What has been read for so long that it is worth a word, or how long until something will have been.
    #[must_use]
    pub fn reading(&self) -> Option<Result<&Source, Duration>> {
        let (source, since) = self.read_now().min_by_key(|(_, since)| *since)?;
        Some(match LONG.checked_sub(since.elapsed()) {
            None => Ok(source),
            Some(left) => Err(left),
        })
    }

    /// A drawing that is to become a board. The next one comes once the one before has its board.
    pub fn take_drawing(&mut self) -> Option<Drawing> {
        let mut all = self.coming.readings.iter();
        if all.any(|reading| reading.goes == Goes::Filling) {
            return None;
        }
        self.coming.boards.pop_front()
    }

    /// The drawings that have come onto this board since this was asked last.
    pub fn take_landed(&mut self) -> Vec<Landed> {
        std::mem::take(&mut self.coming.landed)
    }

    /// Puts a drawing onto this board, which was made for it.
    pub fn fill(&mut self, drawing: Drawing) {
        let images = self.board.images();
        self.read(Goes::Filling, drawing.source.clone(), move || {
            vec![drawing.kept(&images).map(Thing::Drawing).map_err(Left::from)]
        });
    }

    /// Whether nothing can be put on the board at present: in the middle of a gesture, in the past, or where this person may not.
    fn holds(&self) -> bool {
        let idle = self.board.editor().state().is_idle();
        !idle || self.history().is_some() || self.bar().is_some()
    }

    /// Whether something is read and can be put where it goes.
    #[must_use]
    pub fn has_something_to_put(&self) -> bool {
        let holds = self.holds();
        let mut all = self.coming.readings.iter();
        all.any(|reading| reading.is_due(holds))
    }

    /// Puts what was read where it goes, and says at once what couldn't be.
    pub(super) fn take_readings(&mut self) {
        for reading in &mut self.coming.readings {
            let Found::Awaited(came) = &reading.found else {
                continue;
            };
            let all = match came.try_recv() {
                Ok(all) => all,
                Err(TryRecvError::Empty) => continue,
                Err(TryRecvError::Disconnected) => {
                    let name = reading.source.first();
                    vec![Err(Left::from(format!(
                        "{name} could not be read: the program failed while reading it. Nothing was changed"
                    )))]
                }
            };
            let mut things = Vec::new();
            for came in all {
                match came {
                    Ok(thing) => things.push(thing),
                    Err(Left { why, instead }) => {
                        self.problems.push(why);
                        things.extend(instead.map(|thing| *thing));
                    }
                }
            }
            reading.found = Found::Here(things);
        }
        let holds = self.holds();
        let due = self
            .coming
            .readings
            .extract_if(.., |reading| reading.is_due(holds));
        let due: Vec<Reading> = due.collect();
        for Reading { goes, found, .. } in due {
            if let Found::Here(things) = found {
                self.put_things(goes, things);
            }
        }
    }

    /// Puts a handful where it goes, beside each other and as one step.
    fn put_things(&mut self, goes: Goes, things: Vec<Thing>) {
        let at = match goes {
            Goes::Onto(at) => at,
            Goes::Board | Goes::Filling => None,
        };
        let (mut lots, mut landed) = (Vec::new(), Vec::new());
        for thing in things {
            match thing {
                Thing::Picture(picture) => {
                    lots.push(vec![self.board.editor().fitted(picture)]);
                }
                Thing::Letters(text) => {
                    self.board.paste_text(&text);
                }
                Thing::Board(path) => self.take_in_board(path),
                Thing::Drawing(drawing) if goes == Goes::Board => self.coming.boards.push_back(drawing),
                Thing::Drawing(drawing) if goes == Goes::Filling => {
                    let title = self.title().is_empty().then(|| drawing.title());
                    let (elements, of_it) = drawing.land(true);
                    if self.board.fill(elements, title.as_deref()) {
                        self.coming.landed.push(of_it);
                    }
                }
                Thing::Drawing(drawing) => {
                    let (elements, of_it) = drawing.land(false);
                    lots.push(elements);
                    landed.push(of_it);
                }
            }
        }
        if self.board.paste_beside(lots, at) {
            self.coming.landed.extend(landed);
        }
    }
}

impl Reading {
    /// Whether it is read, and can be put where it goes. `holds`: nothing can be put on the board.
    fn is_due(&self, holds: bool) -> bool {
        match &self.found {
            Found::Awaited(_) => false,
            Found::Here(things) => !holds || self.goes == Goes::Board || things.is_empty(),
        }
    }
}
