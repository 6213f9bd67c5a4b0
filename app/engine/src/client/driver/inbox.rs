//! What the handle asks of the client's thread, in order.

use std::collections::VecDeque;
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

use drawbridge_protocol::CellSet;
use tokio::sync::Notify;

use crate::client::session::{Input, combine_slots};

/// One request.
#[derive(Debug)]
pub(super) enum Command {
    Input(Input),
    Snapshot(Sender<CellSet>),
    Close,
}

/// A queue that never blocks its writers. Wet steps that follow each other become one, so it
/// holds at most one between two of anything else.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    queue: Mutex<VecDeque<Command>>,
    filled: Notify,
}

impl Inbox {
    pub(super) fn push(&self, command: Command) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        match (queue.back_mut(), command) {
            (Some(Command::Input(Input::Live(held))), Command::Input(Input::Live(more))) => {
                combine_slots(held, more);
            }
            (_, command) => queue.push_back(command),
        }
        drop(queue);
        self.filled.notify_one();
    }

    pub(super) fn pop(&self) -> Option<Command> {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }

    /// Returns when something was pushed since the last time this returned.
    pub(super) async fn filled(&self) {
        self.filled.notified().await;
    }
}
