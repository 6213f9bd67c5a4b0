//! The board's past, while somebody looks at it: the seam to the engine's timeline and stage. Until that is closed, what is shown
//! is the stage; the board itself goes on meanwhile.

use std::sync::Arc;
use std::time::Duration;

use drawbridge_engine::board::Brought;
use drawbridge_engine::history::{Stage, Timeline, Track};
use drawbridge_engine::tools::{Event, Tool};
use drawbridge_protocol::ElementId;

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
}

/// Whether the past is looked at.
#[derive(Default)]
pub(super) enum Looking {
    /// No.
    #[default]
    Not,
    /// It is being read.
    Opening(Opening<History>),
    /// It is shown.
    Back(Box<History>),
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
        let cells = self.board.versions();
        self.looking = Looking::Opening(Opening::start(Arc::clone(&self.wake), move |progress| {
            let timeline = Timeline::of(&cells);
            let stage = Stage::at_the_end(&timeline, progress);
            History {
                track: Track::of(&timeline),
                moment: timeline.moments().len(),
                timeline,
                stage,
                version: 0,
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
            Looking::Opening(opening) => Some(opening.share()),
            _ => None,
        }
    }

    /// Takes in what of the past was read, and what became the past since.
    pub(super) fn pump_history(&mut self) {
        if let Looking::Opening(opening) = &self.looking {
            match opening.done_within(Duration::ZERO) {
                None => return,
                Some(Ok(mut history)) => {
                    let (shown, live) = (history.stage.editor_mut(), self.board.editor());
                    *shown.camera_mut() = *live.camera();
                    shown.set_size(live.size());
                    shown.set_tool(if live.tool() == Tool::Hand {
                        Tool::Hand
                    } else {
                        Tool::Select
                    });
                    self.looking = Looking::Back(Box::new(history));
                }
                Some(Err(broke)) => {
                    self.looking = Looking::Not;
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
        if cells.is_empty() {
            return;
        }
        // Who looks at the end goes on to see what comes.
        let at_the_end = history.moment == history.last();
        let time = history.timeline.moment(history.moment).map(|moment| moment.ms);
        let places = history.timeline.extend(&cells);
        history.stage.extended(&history.timeline, &places);
        history.track = Track::of(&history.timeline);
        history.version += 1;
        history.moment = match time {
            _ if at_the_end => history.last(),
            Some(time) => history.timeline.up_to(time),
            None => 0,
        };
    }

    /// Has the board be as it is shown, all of it or just what is selected, and shows the present again. Says what was written.
    pub fn restore_shown(&mut self, selected: bool) -> Brought {
        let nothing = Brought { cells: 0, full: 0 };
        let Looking::Back(history) = &mut self.looking else {
            return nothing;
        };
        history.go(|| true);
        let editor = history.stage.editor();
        let which = selected.then(|| editor.selection().ids.clone());
        let brought = self.board.restore(editor.document(), which.as_ref());
        self.close_history();
        brought
    }
}
