//! A connection between a person and the relay: what is on its way, and what never arrives.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use drawbridge_protocol::Write;

/// What travels.
#[derive(Debug, Clone)]
pub(super) enum Parcel {
    /// A text frame; of a write, what it says.
    Frame(String, Option<Rc<Write>>),
    Ping,
    Pong,
    /// The way to the relay is open.
    Opened,
    Closed(Option<u16>),
}

/// One direction: what is sent first arrives first.
#[derive(Debug, Default)]
pub(super) struct Way {
    queue: VecDeque<Parcel>,
    last: Duration,
    /// Nothing arrives any more.
    pub(super) is_deaf: bool,
}

impl Way {
    /// Sends something that would take until `at`; returns when it arrives.
    pub(super) fn send(&mut self, parcel: Parcel, at: Duration) -> Duration {
        self.queue.push_back(parcel);
        self.last = self.last.max(at);
        self.last
    }

    /// What arrives now.
    pub(super) fn arrive(&mut self) -> Option<Parcel> {
        self.queue.pop_front().filter(|_| !self.is_deaf)
    }

    /// Loses what is on the way, but for the events that were to bring it.
    pub(super) fn lose(&mut self) -> u64 {
        self.is_deaf = true;
        self.queue.len() as u64
    }

    /// Whether nothing is on the way, and something could be.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && !self.is_deaf
    }
}

/// A connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) who: usize,
    /// The relay's number for it, and which life of the relay that is.
    pub(super) line: Option<u64>,
    pub(super) life: u64,
    pub(super) up: Way,
    pub(super) down: Way,
    /// The client has forgotten it, or heard of its end.
    pub(super) client_gone: bool,
    /// When the relay last heard something on it.
    pub(super) heard: Duration,
    /// Writes that were sent and not answered.
    pub(super) unanswered: std::collections::BTreeMap<u64, (Rc<Write>, Vec<bool>)>,
    pub(super) unanswered_bytes: usize,
    /// Frames that a slow reader hasn't taken.
    pub(super) untaken: usize,
}
