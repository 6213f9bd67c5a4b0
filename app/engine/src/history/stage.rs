//! The board as of a moment, to be looked at: a document and a scene of its own, which go from one moment to another by what lies
//! between them. Nobody can change anything on it.

use std::collections::HashMap;

use super::Timeline;
use crate::document::Color;
use crate::editor::{Editor, SeededRandom};
use crate::progress::Progress;
use drawbridge_protocol::ElementId;

/// So many versions are gone through before it is asked whether there is time for more.
const STEP: usize = 64;

/// A board as it was.
pub struct Stage {
    editor: Editor,
    /// How many versions of the timeline count.
    place: usize,
}

impl Stage {
    /// The empty board before all moments.
    #[must_use]
    pub fn new() -> Self {
        let mut editor = Editor::new(Box::new(SeededRandom(0)));
        editor.set_barred(true);
        Self { editor, place: 0 }
    }

    /// The board as of the last moment; tells another thread how far it is.
    #[must_use]
    pub fn at_the_end(timeline: &Timeline, progress: &Progress) -> Self {
        let mut stage = Self::new();
        stage.pass(timeline, timeline.len(), progress);
        stage
    }

    /// Document, scene, camera, selection.
    #[must_use]
    pub fn editor(&self) -> &Editor {
        &self.editor
    }

    /// The same, for what changes only how one looks at it.
    pub fn editor_mut(&mut self) -> &mut Editor {
        &mut self.editor
    }

    /// How many of the timeline's versions count.
    #[must_use]
    pub fn place(&self) -> usize {
        self.place
    }

    /// Goes on to where so many versions count, in small steps as long as `more` says that there is time. Says whether it is there.
    pub fn go(&mut self, timeline: &Timeline, place: usize, mut more: impl FnMut() -> bool) -> bool {
        let place = place.min(timeline.len());
        while self.place != place {
            let next = if self.place < place {
                (self.place + STEP).min(place)
            } else {
                self.place.saturating_sub(STEP).max(place)
            };
            self.pass(timeline, next, &Progress::default());
            if !more() {
                break;
            }
        }
        self.place == place
    }

    fn pass(&mut self, timeline: &Timeline, to: usize, progress: &Progress) {
        let sets: Vec<_> = if self.place <= to {
            (self.place..to).map(|version| timeline.after(version)).collect()
        } else {
            let back = (to..self.place).rev();
            back.map(|version| timeline.before(version)).collect()
        };
        self.place = to;
        self.set(timeline, &sets, progress);
    }

    fn set(&mut self, timeline: &Timeline, sets: &[(u32, super::timeline::Set<'_>)], progress: &Progress) {
        let mut things: Vec<u32> = sets.iter().map(|(thing, _)| *thing).collect();
        things.sort_unstable();
        things.dedup();
        let ids: Vec<&ElementId> = things.into_iter().map(|thing| timeline.id(thing)).collect();
        self.editor
            .set_cells(sets.iter().map(|(_, set)| *set), &ids, progress);
    }

    /// The timeline has further versions, in these places: those that lie within what counts count too from now on.
    pub fn extended(&mut self, timeline: &Timeline, places: &[usize]) {
        let within: Vec<usize> = places
            .iter()
            .copied()
            .take_while(|place| {
                let counts = *place < self.place;
                self.place += usize::from(counts);
                counts
            })
            .collect();
        let sets: Vec<_> = within
            .iter()
            .map(|version| timeline.at(*version, self.place))
            .collect();
        self.set(timeline, &sets, &Progress::default());
    }

    /// Shows these elements in one colour each, and all others as they are.
    pub fn tint(&mut self, tints: HashMap<ElementId, Color>) {
        self.editor.tint(tints);
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}
