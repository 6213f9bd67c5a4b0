//! What the client's thread does, without the thread: hands the session what the handle asks, puts wet steps together
//! until the network may have them, and puts what came in the mailbox.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

#[cfg(feature = "testing")]
use drawbridge_protocol::{CellKey, Stamp};
use drawbridge_protocol::{CellSet, Slots};

use super::CLOSE_WAIT;
use super::inbox::{Command, Inbox, StillWaiting};
use super::mailbox::Mailbox;
use crate::client::record::Past;
#[cfg(feature = "testing")]
use crate::client::session::Event;
use crate::client::session::{Input, Now, Output, Session, combine_slots};
use crate::client::store::StoreError;

/// The time between two wet steps on the wire, on average: at most 60 a second.
const WET_PAUSE: Duration = Duration::from_nanos(16_666_666);
/// How much earlier than that one may go, so that frames which come a little unevenly wait for nothing.
const WET_SLACK: Duration = Duration::from_millis(16);
/// How soon a congested network is looked at again.
const WET_LOOK: Duration = Duration::from_millis(2);

/// A session between its handle and the world.
#[derive(Debug)]
pub(super) struct Works {
    pub(super) session: Session,
    inbox: Arc<Inbox>,
    mailbox: Arc<Mailbox>,
    wet: Wet,
    /// Until when the disk may take, once the handle has closed.
    closing: Option<Duration>,
    snapshots: Vec<Sender<CellSet>>,
    /// The person asked to offer again what was refused.
    pub(super) unparks: bool,
    /// The person wants to see what was before.
    pub(super) reads_past: bool,
    /// For whoever watches.
    #[cfg(feature = "testing")]
    pub(super) restamped: Vec<(CellKey, Stamp, Stamp)>,
}

impl Works {
    pub(super) fn new(session: Session, inbox: Arc<Inbox>, mailbox: Arc<Mailbox>) -> Self {
        Self {
            session,
            inbox,
            mailbox,
            wet: Wet::default(),
            closing: None,
            snapshots: Vec::new(),
            unparks: false,
            reads_past: false,
            #[cfg(feature = "testing")]
            restamped: Vec::new(),
        }
    }

    /// What to do next, never an event: those are in the mailbox. When there is nothing more, whoever waits for a
    /// snapshot gets it: so they find the status of the same moment.
    pub(super) fn poll(&mut self) -> Option<Output> {
        loop {
            match self.session.poll() {
                Some(Output::Event(event)) => {
                    #[cfg(feature = "testing")]
                    if let Event::Restamped(stamps) = &event {
                        self.restamped.extend_from_slice(stamps);
                    }
                    self.mailbox.put(event);
                }
                Some(output) => return Some(output),
                None => break,
            }
        }
        for reply in self.snapshots.drain(..) {
            // Nobody may be waiting for it any more.
            let _ = reply.send(self.session.cells());
        }
        None
    }

    /// How many things wait for the window.
    #[cfg(feature = "testing")]
    pub(super) fn backlog(&self) -> usize {
        self.mailbox.backlog()
    }

    /// Whether the handle has closed, and the disk has everything or has had its time.
    pub(super) fn is_over(&self, now: Duration) -> bool {
        self.closing
            .is_some_and(|until| self.session.is_stored() || now >= until)
    }

    /// When to hand in [`Input::Timeout`] at the latest.
    pub(super) fn next_timeout(&self, now: Duration) -> Option<Duration> {
        let wet = (!self.wet.held.is_empty()).then(|| self.wet.not_before().max(now + WET_LOOK));
        [self.session.next_timeout(), wet, self.closing]
            .into_iter()
            .flatten()
            .min()
    }

    /// What was before has been read.
    pub(super) fn past(&self, past: Result<Past, StoreError>) {
        self.mailbox.put_past(past);
    }

    /// Something happened in the world.
    pub(super) fn handle(&mut self, now: Now, input: Input) {
        self.session.handle(now, input);
    }

    /// Takes in what the handle asked, and lets wet steps go if the network may have them.
    pub(super) fn take_in(&mut self, now: Now, congested: bool) {
        while let Some(command) = self.inbox.pop() {
            match command {
                Command::Input(Input::Live(slots)) => combine_slots(&mut self.wet.held, slots),
                // It comes with every wet step, and is for the store alone.
                Command::Input(input @ Input::Draft(_)) => self.session.handle(now, input),
                Command::Input(input) => {
                    self.unparks |= matches!(input, Input::RetryParked);
                    // What was put together goes before whatever may rest on it.
                    self.wet.flush(&mut self.session, now);
                    self.session.handle(now, input);
                }
                Command::Snapshot(reply) => self.snapshots.push(reply),
                Command::Waiting(mut cells, reply) => {
                    cells.retain(|key| self.session.is_waiting(key));
                    let all = self.session.waiting();
                    // Nobody may be waiting for it any more.
                    let _ = reply.send(StillWaiting { cells, all });
                    self.mailbox.touch();
                }
                Command::LoadPast => self.reads_past = true,
                Command::Close => {
                    self.closing = Some(now.mono + CLOSE_WAIT);
                    self.session.handle(now, Input::Flush);
                }
            }
        }
        if !congested && self.wet.not_before() <= now.mono {
            self.wet.flush(&mut self.session, now);
        }
    }
}

/// Wet steps that are put together until the network may have them.
#[derive(Debug, Default)]
struct Wet {
    held: Slots,
    /// When the next step would go if they went evenly (the generic cell rate algorithm).
    due: Duration,
}

impl Wet {
    fn not_before(&self) -> Duration {
        self.due.saturating_sub(WET_SLACK)
    }

    fn flush(&mut self, session: &mut Session, now: Now) {
        if !self.held.is_empty() {
            self.due = self.due.max(now.mono) + WET_PAUSE;
            session.handle(now, Input::Live(std::mem::take(&mut self.held)));
        }
    }
}
