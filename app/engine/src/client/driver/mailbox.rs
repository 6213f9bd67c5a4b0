//! What waits for the window. It is put together by cell, person and slot, so that it stays as
//! small as the board while nobody looks.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use drawbridge_protocol::{Cell, CellKey, Slots, Stamp};

use crate::client::record::Past;
use crate::client::record::Remote;
use crate::client::session::{Event, Managed, PersonChange, Phase, Status, combine_slots};
use crate::client::store::StoreError;

/// What came since the last time. To be applied in the order of the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drained {
    /// Own cells that got another stamp: key, before, after. Only where the one before is held.
    pub restamped: Vec<(CellKey, Stamp, Stamp)>,
    /// Cells of others that won, one a key.
    pub cells: Vec<Cell>,
    /// What changed about the others.
    pub people: Vec<PersonChange>,
    /// Answers to what an owner asked for.
    pub managed: Vec<Managed>,
    /// Where the board lives now, if its relay has sent this client on.
    pub moved: Option<Remote>,
    /// Every version of every cell, as they were read last, if somebody asked.
    pub past: Option<Result<Past, StoreError>>,
    /// Where things stand.
    pub status: Status,
}

pub(super) struct Mailbox {
    state: Mutex<State>,
    changed: Condvar,
    wake: Arc<dyn Fn() + Send + Sync>,
}

struct State {
    cells: BTreeMap<CellKey, Cell>,
    restamped: Vec<(CellKey, Stamp, Stamp)>,
    /// Who came and left; never both of the same.
    comings: Vec<PersonChange>,
    live: BTreeMap<u64, Slots>,
    managed: Vec<Managed>,
    moved: Option<Remote>,
    past: Option<Result<Past, StoreError>>,
    status: Status,
    version: u64,
    /// The window knows that there is something.
    woken: bool,
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailbox").finish_non_exhaustive()
    }
}

impl Mailbox {
    pub(super) fn new(status: Status, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self {
            state: Mutex::new(State {
                cells: BTreeMap::new(),
                restamped: Vec::new(),
                comings: Vec::new(),
                live: BTreeMap::new(),
                managed: Vec::new(),
                moved: None,
                past: None,
                status,
                version: 0,
                woken: false,
            }),
            changed: Condvar::new(),
            wake,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, event: Event) {
        let mut state = self.state();
        match event {
            Event::Cells(cells) => {
                for cell in cells {
                    state.cells.insert(cell.key(), cell);
                }
            }
            Event::Restamped(list) => state.restamped.extend(list),
            Event::Status(status) => state.status = status,
            Event::Person(change) => state.person(change),
            Event::Managed(managed) => state.managed.push(managed),
            Event::Moved(remote) => state.moved = Some(remote),
        }
        self.tell(state);
    }

    /// What was before has been read.
    pub(super) fn put_past(&self, past: Result<Past, StoreError>) {
        let mut state = self.state();
        state.past = Some(past);
        self.tell(state);
    }

    /// Something changed that isn't in here: wakes the window to look.
    pub(super) fn touch(&self) {
        self.tell(self.state());
    }

    fn tell(&self, mut state: MutexGuard<'_, State>) {
        state.version += 1;
        let first = !std::mem::replace(&mut state.woken, true);
        drop(state);
        self.changed.notify_all();
        if first {
            (self.wake)();
        }
    }

    /// The client's thread has panicked: nothing is stored or sent from here on, which must be said.
    pub(super) fn broke(&self) {
        let mut status = self.status();
        status.phase = Phase::Offline {
            retry_at: None,
            reason: "The board stopped working.".to_owned(),
            code: None,
        };
        status.store_error =
            Some("this board stopped working because of a defect; close it and open it again".to_owned());
        self.put(Event::Status(status));
    }

    pub(super) fn drain(&self) -> Drained {
        let mut state = self.state();
        state.woken = false;
        let mut people = std::mem::take(&mut state.comings);
        let live = std::mem::take(&mut state.live).into_iter();
        people.extend(live.map(|(conn, slots)| PersonChange::Live { conn, slots }));
        Drained {
            restamped: std::mem::take(&mut state.restamped),
            cells: std::mem::take(&mut state.cells).into_values().collect(),
            people,
            managed: std::mem::take(&mut state.managed),
            moved: state.moved.take(),
            past: state.past.take(),
            status: state.status.clone(),
        }
    }

    /// How many things wait.
    #[cfg(feature = "testing")]
    pub(super) fn backlog(&self) -> usize {
        let state = self.state();
        let State {
            cells,
            restamped,
            comings,
            live,
            managed,
            ..
        } = &*state;
        cells.len() + restamped.len() + comings.len() + live.len() + managed.len()
    }

    pub(super) fn status(&self) -> Status {
        self.state().status.clone()
    }

    pub(super) fn version(&self) -> u64 {
        self.state().version
    }

    pub(super) fn wait_until(&self, timeout: Duration, wanted: impl Fn(&Status) -> bool) -> bool {
        let start = Instant::now();
        let mut state = self.state();
        loop {
            if wanted(&state.status) {
                return true;
            }
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Returns when something changed since `seen`, or the time is over.
    pub(super) fn wait_change(&self, seen: u64, timeout: Duration) {
        let unchanged = |state: &mut State| state.version == seen;
        drop(self.changed.wait_timeout_while(self.state(), timeout, unchanged));
    }
}

impl State {
    fn person(&mut self, change: PersonChange) {
        match change {
            PersonChange::Live { conn, slots } => {
                combine_slots(self.live.entry(conn).or_default(), slots);
            }
            PersonChange::Reset(_) => {
                self.live.clear();
                self.comings = vec![change];
            }
            PersonChange::Joined(_) => self.comings.push(change),
            PersonChange::Left { conn } => {
                self.live.remove(&conn);
                let before = self.comings.len();
                self.comings
                    .retain(|held| !matches!(held, PersonChange::Joined(here) if here.conn == conn));
                if self.comings.len() == before {
                    self.comings.push(change);
                }
            }
        }
    }
}
