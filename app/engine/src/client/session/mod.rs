//! The protocol's logic for one board: what to send, what to store, what to tell the window.
//!
//! No I/O, no clock, no threads: a driver hands in what happened and when ([`Session::handle`]),
//! does what comes out ([`Session::poll`]) and wakes it at the time it names
//! ([`Session::next_timeout`]). The same session runs under the app, under a script and under a
//! simulator with virtual time; equal inputs and an equal seed give equal outputs.

mod access;
mod api;
mod frames;
mod line;
mod lost;
mod moving;
mod outbox;
mod past;
mod people;
mod random;
mod refused;
mod replica;
mod saving;
#[cfg(test)]
mod tests;
mod write;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use drawbridge_protocol::{
    Access, CellKey, CellSet, Clock, CloseCode, Here, KeyHash, Link, Password, Role, SlotName, Stamp, Value,
};

pub use access::Bar;
pub use api::{
    Door, Event, Flaw, Input, Managed, Now, Output, Parked, PersonChange, Phase, SessionConfig, SharedClock,
    Status, Timings,
};
pub use past::Fetching;
pub use people::{apply_slots, combine_slots};

use self::line::Line;
use self::past::Leafing;
use self::people::People;
use self::random::Random;
use self::replica::Replica;
use self::saving::Saving;
use super::record::{Loaded, Remote, Standing};

/// One board's client.
#[derive(Debug)]
pub struct Session {
    config: SessionConfig,
    clock: SharedClock,
    random: Random,
    now: Now,
    remote: Option<Remote>,
    standing: Standing,
    /// What `standing` says, for the status.
    access: Arc<Access>,
    /// The relay's password, where it asks for one.
    password: Option<Password>,
    /// The relay doesn't know the owner's key.
    disowned: bool,
    online: bool,
    replica: Replica,
    cursor: Option<String>,
    saving: Saving,
    line: Line,
    /// The number of the connection, counted here.
    serial: u64,
    /// Connections that failed since the last stable one.
    attempts: u32,
    /// How many relays in a row have sent this client on.
    moves: u32,
    /// How long the relay asked to be left alone, on the present connection.
    come_back_after: Duration,
    next_write: u64,
    /// The person's own wet slots, to be put again after each welcome.
    slots: BTreeMap<SlotName, Vec<Value>>,
    people: People,
    leafing: Leafing,
    outputs: VecDeque<Output>,
    told: Option<Status>,
}

impl Session {
    /// A session over a board as it was loaded. `seed` fixes its random waits. If it has a remote
    /// and is online, it connects at once.
    #[must_use]
    pub fn new(config: SessionConfig, loaded: Loaded, clock: SharedClock, seed: u64, now: Now) -> Self {
        let remote = config.remote.clone();
        let remote_is_new = remote != loaded.meta.remote;
        let mut standing = loaded.meta.standing;
        // Whoever owns the board may follow another link to it, and can give this one away still.
        if standing.owner.is_some() && !standing.keys.contains(&loaded.meta.key) {
            standing.keys.push(loaded.meta.key);
        }
        let mut session = Self {
            online: config.online,
            config,
            random: Random::new(seed),
            now,
            remote,
            standing,
            access: Arc::default(),
            password: None,
            disowned: false,
            cursor: loaded.cursor,
            saving: Saving::default(),
            line: Line::default(),
            serial: 0,
            attempts: 0,
            moves: 0,
            come_back_after: Duration::ZERO,
            next_write: 1,
            slots: BTreeMap::new(),
            people: People::default(),
            leafing: Leafing::new(loaded.fetched),
            outputs: VecDeque::new(),
            told: None,
            clock,
            replica: Replica::new(loaded.cells),
        };
        {
            let mut clock = session.lock_clock();
            clock.set_offset_ms(loaded.clock_offset_ms);
            for (_, entry) in session.replica.iter() {
                clock.observe(entry.stamp);
            }
        }
        if remote_is_new {
            session.saving.set_remote(session.remote.clone());
            session.forget_fetched();
            session.unpark_all();
        }
        session.connect();
        session.settle_down();
        session
    }

    /// Takes in what happened.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.now = now;
        match input {
            Input::Timeout => {}
            Input::Opened => self.on_opened(),
            Input::Frame(text) => self.on_frame(&text),
            Input::Heard => self.on_heard(),
            Input::Closed { code, reason } => self.on_closed(code, &reason),
            Input::Insecure { flaw, message } => self.on_insecure(flaw, message),
            Input::Write { cells, ends } => self.on_write(&cells, &ends),
            Input::Brought(cells) => self.on_brought(cells),
            Input::Live(slots) => self.on_live(slots),
            Input::Draft(op) => {
                let due = self.now.mono + self.config.timings.store_lazy;
                self.saving.draft(op, due);
            }
            Input::Stored { id, result } => self.on_stored(id, result),
            Input::SetRemote(remote) => {
                self.moves = 0;
                self.on_set_remote(remote);
            }
            Input::SetHosted(port) => self.saving.set_hosted(port),
            Input::SetChatMark(mark) => {
                let due = self.now.mono + self.config.timings.store_lazy;
                self.saving.set_chat_mark(mark, due);
            }
            Input::SetOnline(online) => self.on_set_online(online),
            Input::NetworkBack => self.on_network_back(),
            Input::RetryParked => self.on_retry_parked(),
            Input::Manage { call, what } => self.on_manage(call, what),
            Input::KeepKey(key) => self.on_keep_key(key),
            Input::SetPassword(password) => self.on_password(password),
            Input::FetchPast(wanted) => self.on_fetch_past(wanted),
            Input::Flush => self.saving.urge(self.now.mono),
        }
        self.on_time();
        self.settle_down();
    }

    /// What to do next, if anything.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to hand in [`Input::Timeout`] at the latest, on the clock of [`Now::mono`].
    #[must_use]
    pub fn next_timeout(&self) -> Option<Duration> {
        let line = self.line.next_timeout(&self.config.timings);
        let saving = self.saving.next_timeout();
        line.into_iter().chain(saving).min()
    }

    /// Where things stand.
    #[must_use]
    pub fn status(&self) -> Status {
        Status {
            phase: self.phase(),
            unstored: self.replica.unstored(),
            waiting: self.waiting(),
            parked: self.replica.parked(),
            store_error: self.saving.error().map(str::to_owned),
            held_up: self.line.held_up().cloned(),
            conn: self.line.conn(),
            role: self.role(),
            access: Arc::clone(&self.access),
            link: self
                .remote
                .as_ref()
                .map(|remote| KeyHash::of(self.entry_key(remote))),
            relay: self.remote.as_ref().map(|remote| remote.link.relay.clone()),
            past: self.fetching(),
        }
    }

    /// What this person may do, as far as known. Whoever has the owner's key is the owner until a relay says otherwise.
    fn role(&self) -> Option<Role> {
        let shows = self.remote.as_ref().is_none_or(|remote| remote.create);
        let owner = self
            .standing
            .owner
            .as_ref()
            .filter(|_| shows)
            .map(|_| Role::Owner);
        self.standing.role.or(owner)
    }

    /// How to come to the board's images, while it is in step with its relay.
    #[must_use]
    pub fn door(&self) -> Option<Door> {
        let remote = self.remote.as_ref().filter(|_| self.phase() == Phase::Live)?;
        Some(Door {
            link: Link {
                key: self.entry_key(remote).clone(),
                ..remote.link.clone()
            },
            password: self.password.clone(),
            may_bring: !self.is_barred(),
        })
    }

    /// All winning cells that this client holds.
    #[must_use]
    pub fn cells(&self) -> CellSet {
        self.replica.to_set()
    }

    /// The winning stamp and value of one key, if this client holds a cell of it.
    #[must_use]
    pub fn get(&self, key: &CellKey) -> Option<(Stamp, &Value)> {
        self.replica.get(key).map(|entry| (entry.stamp, &entry.value))
    }

    /// Whether the relay isn't known to have a cell yet, and hasn't refused it.
    #[must_use]
    pub fn is_waiting(&self, key: &CellKey) -> bool {
        self.replica.is_waiting(key)
    }

    /// How many cells the relay isn't known to have, those that it refused aside.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.replica.waiting()
    }

    /// Who else is here, with their wet slots.
    pub fn people(&self) -> impl Iterator<Item = &Here> {
        self.people.iter()
    }

    /// Whether everything handed in is on this machine's disk.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        !self.saving.is_busy() && !self.saving.has_something() && !self.replica.is_dirty()
    }

    fn settle_down(&mut self) {
        if *self.access != self.standing.access {
            self.access = Arc::new(self.standing.access.clone());
        }
        self.pump_asks();
        self.pump_past();
        self.pump();
        self.save();
        let status = self.status();
        if self.told.as_ref() != Some(&status) {
            self.told = Some(status.clone());
            self.event(Event::Status(status));
        }
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    fn person(&mut self, change: PersonChange) {
        if self.people.apply(&change) {
            self.event(Event::Person(change));
        }
    }

    fn close(&mut self, code: CloseCode) {
        self.outputs.push_back(Output::Close { code });
    }

    fn lock_clock(&self) -> MutexGuard<'_, Clock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
