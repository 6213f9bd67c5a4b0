//! What the handle asks of the client's thread, in order.

use std::collections::VecDeque;
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use drawbridge_protocol::{CellKey, CellSet};
use tokio::sync::Notify;

use crate::client::session::{Input, combine_slots};

/// One request.
#[derive(Debug)]
pub(super) enum Command {
    Input(Input),
    Snapshot(Sender<CellSet>),
    /// Which of these cells the relay isn't known to have.
    Waiting(Vec<CellKey>, Sender<StillWaiting>),
    LoadPast,
    Close,
}

/// What the relay isn't known to have, of the cells that were asked about; those that it refused aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StillWaiting {
    /// These of them.
    pub cells: Vec<CellKey>,
    /// How many cells waited in all at that moment, as [`Status::waiting`](crate::client::Status::waiting) counts them.
    pub all: usize,
}

/// A queue that never blocks its writers. Wet steps that follow each other become one, so it
/// holds at most one between two of anything else.
#[derive(Debug)]
pub(super) struct Inbox {
    /// `None` when the thread that read it has ended.
    queue: Mutex<Option<VecDeque<Command>>>,
    filled: Notify,
}

/// Closes an inbox when its reader ends, however that ends: what waits is dropped, and with it the
/// replies that it holds, so that nobody waits for them for ever.
#[derive(Debug)]
pub(super) struct CloseOnDrop<'a>(pub(super) &'a Inbox);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.queue().take();
    }
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self {
            queue: Mutex::new(Some(VecDeque::new())),
            filled: Notify::new(),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Option<VecDeque<Command>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, command: Command) {
        let mut guard = self.queue();
        let Some(queue) = guard.as_mut() else {
            return;
        };
        match (queue.back_mut(), command) {
            (Some(Command::Input(Input::Live(held))), Command::Input(Input::Live(more))) => {
                combine_slots(held, more);
            }
            (_, command) => queue.push_back(command),
        }
        drop(guard);
        self.filled.notify_one();
    }

    pub(super) fn pop(&self) -> Option<Command> {
        self.queue().as_mut()?.pop_front()
    }

    /// Returns when something was pushed since the last time this returned.
    pub(super) async fn filled(&self) {
        self.filled.notified().await;
    }
}
