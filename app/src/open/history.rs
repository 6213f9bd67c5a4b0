//! The board's past, while somebody looks at it: the seam to the engine's timeline and stage. Until that is closed, what is shown
//! is the stage; the board itself goes on meanwhile.

use std::sync::Arc;
use std::time::Duration;

use drawbridge_engine::board::{Brought, RestoreError};
use drawbridge_engine::client::{Fetching, Past};
use drawbridge_engine::history::{Stage, Timeline, Track};
use drawbridge_engine::tools::{Event, Tool};
use drawbridge_protocol::{Cell, Code, ElementId};

use super::{OpenBoard, Opening};

/// The past that is shown.
pub struct History {
    timeline: Timeline,
    track: Track,
    stage: Stage,
    /// The number of the moment that is to be shown.
    moment: usize,
    /// How often the timeline has changed.
    version: u64,
    /// From when on nothing is missing, in milliseconds since the Unix epoch; `None` where that isn't known.
    since: Option<u64>,
    /// Whether all that the relay keeps of it is here, or on its way from the disk.
    whole: bool,
}

/// How far the past reaches back, and what is being done about that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// To the board's beginning.
    Whole,
    /// To this moment, in milliseconds since the Unix epoch on the relay's clock.
    Since(u64),
    /// That isn't known.
    Unknown,
    /// What was before comes from the relay: so many changes have come.
    Coming(u64),
    /// It will come when the relay can be reached.
    Waiting,
    /// The relay doesn't give it, and says why; `None` where it is too old to know of it.
    Refused(Option<String>),
}

/// Whether the past is looked at.
#[derive(Default)]
pub(super) enum Looking {
    /// No.
    #[default]
    Not,
    /// Its versions are read from the disk.
    Loading,
    /// It is made of them.
    Opening(Opening<History>),
    /// It is shown.
    Back(Box<History>),
}

/// Why a moment isn't restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRestored {
    /// Not all is known that was on the board then.
    Missing(Reach),
    /// The board takes nothing.
    Refused(RestoreError),
}

impl From<RestoreError> for NotRestored {
    fn from(error: RestoreError) -> Self {
        Self::Refused(error)
    }
}

impl History {
    /// What happened when.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Where that lies on the track.
    #[must_use]
    pub fn track(&self) -> &Track {
        &self.track
    }

    /// The number of the moment that is shown, or on its way.
    #[must_use]
    pub fn moment(&self) -> usize {
        self.moment
    }

    /// The number of the last moment: now.
    #[must_use]
    pub fn last(&self) -> usize {
        self.timeline.moments().len()
    }

    /// Another number when the timeline has changed.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Has another moment shown.
    pub fn show(&mut self, moment: usize) {
        self.moment = moment.min(self.last());
    }

    /// Goes on to it as long as `more` says that there is time. Says whether it is there.
    pub fn go(&mut self, more: impl FnMut() -> bool) -> bool {
        let place = self.timeline.place(self.moment);
        self.stage.go(&self.timeline, place, more)
    }

    /// The board as of then.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The same, to show it otherwise.
    pub fn stage_mut(&mut self) -> &mut Stage {
        &mut self.stage
    }

    /// Takes up further versions.
    fn take(&mut self, cells: &[Cell]) {
        // Who looks at the end goes on to see what comes.
        let at_the_end = self.moment == self.last();
        let time = self.timeline.moment(self.moment).map(|moment| moment.ms);
        let places = self.timeline.extend(cells);
        if places.is_empty() {
            return;
        }
        self.stage.extended(&self.timeline, &places);
        self.track = Track::of(&self.timeline);
        self.version += 1;
        self.moment = match time {
            _ if at_the_end => self.last(),
            Some(time) => self.timeline.up_to(time),
            None => 0,
        };
    }

    /// The selected elements, those of them that there are then.
    fn selected(&self) -> impl Iterator<Item = &ElementId> {
        self.stage.editor().selection().ids.iter()
    }

    /// When the first of the selected elements was made.
    #[must_use]
    pub fn made(&self) -> Option<usize> {
        let lives = self.selected().map(|id| self.timeline.life(id, self.moment));
        lives.filter_map(|life| Some(life.made?.moment)).min()
    }

    /// When one of the selected elements was changed next, or before.
    #[must_use]
    pub fn changed(&self, back: bool) -> Option<usize> {
        let all = self.selected().flat_map(|id| self.timeline.changes(id));
        if back {
            all.filter(|moment| *moment < self.moment).max()
        } else {
            all.filter(|moment| *moment > self.moment).min()
        }
    }

    /// The last moment in which one of the selected elements was still there that are deleted.
    #[must_use]
    pub fn gone(&self) -> Option<usize> {
        let lives = self.selected().map(|id| self.timeline.life(id, self.moment));
        let deleted = lives.filter_map(|life| Some(life.deleted?.moment));
        deleted.max().map(|moment| moment.saturating_sub(1))
    }
}

impl OpenBoard {
    /// Begins to read the board's past; what is under way ends, and stays.
    pub fn open_history(&mut self) {
        self.board.handle(&Event::Lost);
        self.board.handle(&Event::Leave);
        self.board.follow_news();
        self.board.load_past();
        self.board.fetch_past(true);
        self.looking = Looking::Loading;
    }

    fn make_history(&mut self, mut cells: Vec<Cell>, since: Option<u64>) {
        // The answer may be one to an earlier question. What came since is told as news.
        cells.extend(self.board.versions());
        self.looking = Looking::Opening(Opening::start(Arc::clone(&self.wake), move |progress| {
            let timeline = Timeline::of(&cells);
            let stage = Stage::at_the_end(&timeline, progress);
            History {
                track: Track::of(&timeline),
                moment: timeline.moments().len(),
                timeline,
                stage,
                version: 0,
                since,
                whole: false,
            }
        }));
    }

    /// Shows the present again.
    pub fn close_history(&mut self) {
        if let Looking::Back(history) = std::mem::take(&mut self.looking) {
            // One goes on looking where one looked.
            *self.board.camera_mut() = *history.stage.editor().camera();
        }
        self.board.end_news();
        self.board.fetch_past(false);
    }

    /// How far back the past reaches that is shown.
    #[must_use]
    pub fn reach(&self) -> Reach {
        let since = match self.history().map(|history| history.since) {
            Some(Some(0)) => Reach::Whole,
            Some(Some(ms)) => Reach::Since(ms),
            _ => Reach::Unknown,
        };
        match &self.board.status().past {
            Fetching::Idle | Fetching::Done { .. } => since,
            Fetching::Waiting => Reach::Waiting,
            Fetching::Running { cells, .. } => Reach::Coming(*cells),
            Fetching::Refused(why) if why.code == Code::UnknownMessage => Reach::Refused(None),
            Fetching::Refused(why) => Reach::Refused(Some(why.message.clone())),
        }
    }

    /// The past, while it is shown.
    #[must_use]
    pub fn history(&self) -> Option<&History> {
        match &self.looking {
            Looking::Back(history) => Some(history),
            _ => None,
        }
    }

    /// The same, to look at another part of it.
    pub fn history_mut(&mut self) -> Option<&mut History> {
        match &mut self.looking {
            Looking::Back(history) => Some(history),
            _ => None,
        }
    }

    /// How much of the past is read, 0 to 1, while it is being read.
    #[must_use]
    pub fn reads_history(&self) -> Option<f64> {
        match &self.looking {
            Looking::Loading => Some(0.0),
            Looking::Opening(opening) => Some(opening.share()),
            _ => None,
        }
    }

    /// Takes in what of the past was read, and what became the past since.
    pub(super) fn pump_history(&mut self) {
        // While the first one is made into a history, what was read since waits.
        let loaded = match &self.looking {
            Looking::Opening(_) => None,
            _ => self.board.take_past(),
        };
        if let (Looking::Loading, Some(loaded)) = (&self.looking, loaded.as_ref()) {
            match loaded {
                Ok(Past { cells, since_ms }) => self.make_history(cells.clone(), *since_ms),
                Err(error) => {
                    let words = format!("What is kept of the board's past could not be read: {error}");
                    self.problems.push(words);
                    self.make_history(Vec::new(), None);
                }
            }
            return;
        }
        if let Looking::Opening(opening) = &self.looking {
            match opening.done_within(Duration::ZERO) {
                None => return,
                Some(Ok(mut history)) => {
                    // Somebody may have begun something meanwhile, which would have nobody to end it.
                    self.board.handle(&Event::Lost);
                    self.board.handle(&Event::Leave);
                    let (shown, live) = (history.stage.editor_mut(), self.board.editor());
                    *shown.camera_mut() = *live.camera();
                    shown.set_size(live.size());
                    shown.set_snapping(live.snapping());
                    shown.set_tool(if live.tool() == Tool::Hand {
                        Tool::Hand
                    } else {
                        Tool::Select
                    });
                    self.looking = Looking::Back(Box::new(history));
                }
                Some(Err(broke)) => {
                    self.close_history();
                    self.problems.push(broke.to_string());
                    return;
                }
            }
        }
        let Looking::Back(history) = &mut self.looking else {
            return;
        };
        let Some(cells) = self.board.take_news() else {
            // Some have other times now: it is read anew.
            self.close_history();
            self.open_history();
            return;
        };
        let mut news = false;
        for person in self.board.people() {
            news |= history.timeline.hear_of(person.peer, &person.about);
        }
        news |= history
            .timeline
            .hear_of(self.board.client().peer(), self.crowd.me());
        history.version += u64::from(news);
        history.take(&cells);
        if let Some(Ok(past)) = loaded {
            history.take(&past.cells);
            if history.since != past.since_ms {
                history.since = past.since_ms;
                history.version += 1;
            }
        }
        if !history.whole && matches!(self.board.status().past, Fetching::Done { .. }) {
            history.whole = true;
            self.board.load_past();
        }
    }

    /// Has the board be as it is shown, all of it or just what is selected, and shows the present again. Says what was written.
    ///
    /// # Errors
    /// When that can't be done: the past is shown on.
    pub fn restore_shown(&mut self, selected: bool) -> Result<Brought, NotRestored> {
        let reach = self.reach();
        let Looking::Back(history) = &mut self.looking else {
            return Ok(Brought { cells: 0, full: 0 });
        };
        let time = history
            .timeline
            .moment(history.moment)
            .map_or(0, |moment| moment.ms);
        if history.since.is_none_or(|since| time < since) {
            return Err(NotRestored::Missing(reach));
        }
        history.go(|| true);
        let editor = history.stage.editor();
        let which = selected.then(|| editor.selection().ids.clone());
        let brought = self.board.restore(editor.document(), which.as_ref())?;
        self.close_history();
        Ok(brought)
    }
}
