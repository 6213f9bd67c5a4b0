//! Somebody at a board without a window: for scripts. What they do goes the same way as what the app's people do.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use drawbridge_protocol::{ElementId, Key, Link, Property, Value};

use super::{Bar, Board, ClientConfig, CloseError, OpenError, Phase, Remote, Status, Stopwatch};
use crate::document::Element;
use crate::editor::Edit;
use crate::geometry::Vec2;
use crate::presence::About;
use crate::tools::{Event, Keystroke, Motion, Tool};

/// A script doesn't wait as long as a person for the next try to reach a relay.
const RETRY: Duration = Duration::from_secs(1);

/// Why somebody could not do something. Nothing has changed on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandError {
    /// The element was never there, or somebody deleted it.
    #[error("it isn't on the board")]
    Missing,
    /// It is locked.
    #[error("it is locked")]
    Locked,
    /// Nothing of it is to be seen: such as a text without letters, or what lies out of the world.
    #[error("nothing of it is to be seen")]
    Unseen,
    /// Nothing can be typed in it.
    #[error("nothing can be typed in it")]
    NoLetters,
    /// The link is for looking only.
    #[error("their link is for looking only")]
    ViewOnly,
    /// The board is locked.
    #[error("the board is locked")]
    BoardLocked,
    /// There is nothing to undo, or to do again.
    #[error("there is nothing left of that")]
    NothingToUndo,
}

/// Somebody at a board, kept in memory. Nothing comes in and nothing is told except in [`Hand::frame`], which every deed calls.
pub struct Hand {
    name: String,
    board: Board,
    watch: Stopwatch,
    /// What [`Hand::fingerprint`] found, while nothing has come since.
    known: Option<u64>,
}

impl Hand {
    /// Makes the board that the link is to, and owns it. `wake` is called, on any thread, when there is something for
    /// [`Hand::frame`].
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn make(name: &str, link: &Link, wake: Arc<dyn Fn() + Send + Sync>) -> Result<Self, OpenError> {
        let mut hand = Self::open(name, link, Some(link.key.clone()), None, wake)?;
        let remote = Remote {
            link: link.clone(),
            create: true,
        };
        hand.board.share(Some(remote), None);
        Ok(hand)
    }

    /// Follows a link to a board that is there.
    ///
    /// # Errors
    /// As of [`Hand::make`].
    pub fn join(name: &str, link: &Link, wake: Arc<dyn Fn() + Send + Sync>) -> Result<Self, OpenError> {
        let remote = Remote {
            link: link.clone(),
            create: false,
        };
        Self::open(name, link, None, Some(remote), wake)
    }

    fn open(
        name: &str,
        link: &Link,
        key: Option<Key>,
        remote: Option<Remote>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Self, OpenError> {
        let about = About {
            name: name.to_owned(),
            ..About::default()
        };
        let mut config = ClientConfig::in_memory(link.board.clone(), about.to_value());
        config.key = key;
        config.remote = remote;
        config.timings.retry_cap = RETRY;
        Ok(Self {
            name: name.to_owned(),
            board: Board::open(config, wake)?,
            watch: Stopwatch::start(),
            known: None,
        })
    }

    /// What they are called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Their board.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Takes in what came, and tells what is new here.
    pub fn frame(&mut self) {
        if self.board.pump() {
            self.known = None;
        }
        let now_ms = self.watch.elapsed().as_secs_f64() * 1000.0;
        self.board.flush(now_ms);
    }

    /// Where connection and saving stand, as of the last frame.
    #[must_use]
    pub fn status(&self) -> &Status {
        self.board.status()
    }

    /// Whether they are in step with the relay, which has all that they did on its disk.
    ///
    /// # Errors
    /// What stands against it, in words.
    pub fn in_step(&self) -> Result<(), String> {
        let status = self.status();
        if let Some(parked) = status.parked.first() {
            let count = status.parked.len();
            return Err(format!(
                "the relay refused {count} of their changes: {:?}",
                parked.reason
            ));
        }
        match &status.phase {
            Phase::Live if status.waiting + status.unstored == 0 => Ok(()),
            Phase::Live => Err(format!("{} changes are under way to the relay", status.waiting)),
            Phase::CatchingUp { done, total } => Err(format!("they have {done} of about {total} changes")),
            Phase::Connecting => Err("they are connecting".to_owned()),
            Phase::Local => Err("their board isn't shared".to_owned()),
            Phase::Offline { reason, .. } if reason.is_empty() => Err("they are offline".to_owned()),
            Phase::Offline { reason, .. } => Err(format!("they are offline: {reason}")),
            Phase::Refused { message, .. } | Phase::Insecure { message, .. } => {
                Err(format!("the relay doesn't let them in: {message}"))
            }
        }
    }

    /// Whether there is a connection on which they are in step, or nearly.
    #[must_use]
    pub fn is_online(&self) -> bool {
        self.status().phase == Phase::Live
    }

    /// Whether they are not connected, by their own choice or not.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        !matches!(self.status().phase, Phase::Live | Phase::CatchingUp { .. })
    }

    /// Whether they are offline by their own choice: no try to come back is under way.
    #[must_use]
    pub fn stays_offline(&self) -> bool {
        matches!(
            self.status().phase,
            Phase::Offline { retry_at: None, .. } | Phase::Local
        )
    }

    /// Whether there is a connection on which something of theirs is still under way to the relay.
    #[must_use]
    pub fn has_way_to_go(&self) -> bool {
        self.is_online() && self.status().waiting + self.status().unstored > 0
    }

    /// Whether the relay has said that it won't let them in: waiting doesn't help.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(
            self.status().phase,
            Phase::Refused { .. } | Phase::Insecure { .. }
        )
    }

    /// Goes offline, or comes back. Where they stand says [`Hand::status`], later.
    pub fn set_online(&self, online: bool) {
        self.board.client().set_online(online);
    }

    /// Waits until the status tells of everything done so far.
    pub fn settle(&mut self) {
        self.board.client().sync();
        self.frame();
    }

    /// A number that is the same for two who hold the same winning cells, and else almost surely isn't.
    pub fn fingerprint(&mut self) -> u64 {
        if let Some(known) = self.known {
            return known;
        }
        let cells = self.board.editor().document().cells();
        let sum = cells.fold(0u64, |sum, cell| {
            let mut hasher = DefaultHasher::new();
            cell.key().hash(&mut hasher);
            (cell.stamp, cell.value.as_str()).hash(&mut hasher);
            sum.wrapping_add(hasher.finish())
        });
        self.known = Some(sum);
        sum
    }

    /// What is on the board, as it is shown: the lowest first.
    #[must_use]
    pub fn elements(&self) -> Vec<Element> {
        let all = self.board.editor().document().elements();
        let mut shown: Vec<Element> = all.filter(|element| !element.deleted).collect();
        shown.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
        shown
    }

    /// How many those are.
    #[must_use]
    pub fn count(&self) -> usize {
        let all = self.board.editor().document().elements();
        all.filter(|element| !element.deleted).count()
    }

    /// One of them.
    #[must_use]
    pub fn element(&self, id: &ElementId) -> Option<Element> {
        let element = self.board.editor().document().element(id);
        element.filter(|element| !element.deleted)
    }

    /// Puts an element onto the board where it lies, on top. It gets the id that is returned.
    ///
    /// # Errors
    /// Where they may only look.
    pub fn draw(&mut self, element: Element) -> Result<ElementId, HandError> {
        self.may()?;
        let added = self.board.add(vec![element]).pop();
        self.done();
        added.ok_or(HandError::ViewOnly)
    }

    /// Moves elements by so many board units.
    ///
    /// # Errors
    /// [`HandError`] says why not.
    pub fn move_by(&mut self, ids: &[ElementId], by: Vec2) -> Result<(), HandError> {
        self.edit(ids, &Edit::Nudge(by))
    }

    /// Deletes elements.
    ///
    /// # Errors
    /// [`HandError`] says why not.
    pub fn delete(&mut self, ids: &[ElementId]) -> Result<(), HandError> {
        self.edit(ids, &Edit::Delete)
    }

    /// Has a command of the app done to elements, all at once and as a step of its own.
    ///
    /// # Errors
    /// [`HandError`] says why not.
    pub fn edit(&mut self, ids: &[ElementId], edit: &Edit) -> Result<(), HandError> {
        self.select(ids)?;
        self.board.edit(edit);
        self.board.edit(&Edit::SelectNone);
        self.done();
        Ok(())
    }

    /// Writes a property of an element.
    ///
    /// # Errors
    /// [`HandError`] says why not; what is locked can still be unlocked.
    pub fn set(&mut self, id: &ElementId, prop: Property, value: Value) -> Result<(), HandError> {
        if prop.as_str() == "locked" {
            self.may()?;
            self.element(id).ok_or(HandError::Missing)?;
        } else {
            self.free(id)?;
        }
        self.board.set(vec![(id.clone(), prop, value)]);
        self.done();
        Ok(())
    }

    /// Types at the end of an element's text, or in its place.
    ///
    /// # Errors
    /// [`HandError`] says why not.
    pub fn type_in(&mut self, id: &ElementId, text: &str, instead: bool) -> Result<(), HandError> {
        if !self.free(id)?.kind.bears_letters() {
            return Err(HandError::NoLetters);
        }
        self.select(std::slice::from_ref(id))?;
        let _ = self.board.handle(&Event::Confirm);
        if !self.board.editor().is_typing() {
            self.board.edit(&Edit::SelectNone);
            return Err(HandError::NoLetters);
        }
        let first = if instead {
            Keystroke::SelectAll
        } else {
            Keystroke::Move {
                to: Motion::End,
                extend: false,
            }
        };
        self.board.strike(&first);
        self.board.strike(&Keystroke::Insert(text.to_owned()));
        // Ends the typing first.
        self.board.edit(&Edit::SelectNone);
        self.done();
        Ok(())
    }

    /// Takes back their own last step.
    ///
    /// # Errors
    /// When there is none.
    pub fn undo(&mut self) -> Result<(), HandError> {
        self.may()?;
        let undone = self.board.undo();
        self.done();
        undone.then_some(()).ok_or(HandError::NothingToUndo)
    }

    /// Does again what they took back last.
    ///
    /// # Errors
    /// When there is nothing.
    pub fn redo(&mut self) -> Result<(), HandError> {
        self.may()?;
        let done = self.board.redo();
        self.done();
        done.then_some(()).ok_or(HandError::NothingToUndo)
    }

    /// Leaves the board.
    ///
    /// # Errors
    /// When something could not be kept.
    pub fn leave(self) -> Result<(), CloseError> {
        self.board.close()
    }

    fn may(&self) -> Result<(), HandError> {
        match self.board.bar() {
            None => Ok(()),
            Some(Bar::ViewOnly) => Err(HandError::ViewOnly),
            Some(Bar::Locked) => Err(HandError::BoardLocked),
        }
    }

    /// An element that they may change.
    ///
    /// # Errors
    /// [`HandError`] says why not.
    pub fn free(&self, id: &ElementId) -> Result<Element, HandError> {
        self.may()?;
        let element = self.element(id).ok_or(HandError::Missing)?;
        if element.locked {
            return Err(HandError::Locked);
        }
        Ok(element)
    }

    fn select(&mut self, ids: &[ElementId]) -> Result<(), HandError> {
        for id in ids {
            self.free(id)?;
        }
        let ids: BTreeSet<ElementId> = ids.iter().cloned().collect();
        let wanted = ids.len();
        self.board.set_tool(Tool::Select);
        if self.board.editor_mut().select_these(ids) < wanted {
            self.board.edit(&Edit::SelectNone);
            return Err(HandError::Unseen);
        }
        Ok(())
    }

    fn done(&mut self) {
        self.known = None;
        self.frame();
    }
}
