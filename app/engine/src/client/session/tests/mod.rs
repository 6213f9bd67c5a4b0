//! The session over virtual time, against frames written by hand and a store in memory.

mod access;
mod bringing;
mod connecting;
mod healing;
mod moving;
mod past;
mod presence;
mod refusals;
mod saving;
mod writing;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use drawbridge_protocol::{
    Ack, BoardId, CaughtUp, Cell, CellKey, Cells, ClientMessage, Clock, CloseCode, ElementId, Hello, Key,
    Limits, Peer, Property, Refused, RelayMessage, Role, SlotName, Slots, Stamp, Value, Welcome, Window,
    Write, decode, encode,
};

use super::*;
use crate::client::record::{CellState, Loaded, Meta, StoreBatch};
use crate::client::store::{MemoryStore, Store as _};

const LINK: &str = "drawbridge://relay:7411/board-1#0123456789abcdef";
/// The relay's clock and this machine's at the start, a day apart.
const RELAY_MS: u64 = 1_700_000_000_000;
const WALL_MS: u64 = RELAY_MS + 86_400_000;

fn meta(create: bool) -> Meta {
    let link: drawbridge_protocol::Link = LINK.parse().expect("a link");
    Meta {
        board: BoardId::new("board-1").expect("an id"),
        key: Key::new("0123456789abcdef").expect("a key"),
        remote: Some(Remote { link, create }),
        hosted: None,
        chat: Default::default(),
        standing: Default::default(),
    }
}

fn peer(n: u8) -> Peer {
    Peer::from_bits([n; 12])
}

fn slot(name: &str) -> SlotName {
    SlotName::new(name).expect("a slot")
}

fn json(text: &str) -> Value {
    Value::from_text(text.to_owned()).expect("json")
}

fn key(element: &str, prop: &str) -> CellKey {
    CellKey::new(
        ElementId::new(element).expect("an id"),
        Property::new(prop).expect("a property"),
    )
}

fn cell(element: &str, prop: &str, stamp: Stamp, value: &str) -> Cell {
    let key = key(element, prop);
    Cell {
        element: key.element,
        prop: key.prop,
        stamp,
        value: json(value),
    }
}

fn at(ms: u64, by: u8) -> Stamp {
    Stamp {
        ms,
        counter: 0,
        peer: peer(by),
    }
}

/// A session with its surroundings.
struct Rig {
    session: Session,
    clock: SharedClock,
    store: MemoryStore,
    now: Now,
    /// Batches that the store has not answered, while it is held up.
    held: Option<Vec<(u64, StoreBatch)>>,
    batches: Vec<StoreBatch>,
    sent: Vec<ClientMessage>,
    events: Vec<Event>,
    opened: Vec<String>,
    closed: Vec<CloseCode>,
    pings: usize,
}

impl Rig {
    fn new() -> Self {
        Self::over(MemoryStore::new(meta(false)), 1)
    }

    /// A new run of the program over a store.
    fn over(store: MemoryStore, by: u8) -> Self {
        let now = Now {
            mono: Duration::from_secs(100),
            wall_ms: WALL_MS,
        };
        Self::over_at(store, by, 42, now)
    }

    fn over_at(mut store: MemoryStore, by: u8, seed: u64, now: Now) -> Self {
        let loaded: Loaded = store.load().expect("memory");
        let clock = Arc::new(Mutex::new(Clock::new(peer(by))));
        let config = SessionConfig {
            peer: peer(by),
            about: json(r#"{"name":"Ada"}"#),
            remote: loaded.meta.remote.clone(),
            online: true,
            timings: Timings::default(),
        };
        let session = Session::new(config, loaded, Arc::clone(&clock), seed, now);
        let mut rig = Self {
            session,
            clock,
            store,
            now,
            held: None,
            batches: Vec::new(),
            sent: Vec::new(),
            events: Vec::new(),
            opened: Vec::new(),
            closed: Vec::new(),
            pings: 0,
        };
        rig.run_outputs();
        rig
    }

    fn run_outputs(&mut self) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Open { url } => self.opened.push(url),
                Output::Send(text) => self.sent.push(decode(&text).expect("a client's message")),
                Output::Ping => self.pings += 1,
                Output::Close { code } => self.closed.push(code),
                Output::Event(event) => self.events.push(event),
                Output::Store { id, batch } => match &mut self.held {
                    Some(held) => held.push((id, batch)),
                    None => self.commit(id, &batch),
                },
            }
        }
        let told = self.events.iter().rev().find_map(|event| match event {
            Event::Status(status) => Some(status),
            _ => None,
        });
        if let Some(told) = told {
            assert_eq!(told, &self.session.status(), "what was told last must be true");
        }
    }

    fn commit(&mut self, id: u64, batch: &StoreBatch) {
        let result = self.store.commit(batch).map_err(|error| error.to_string());
        self.batches.push(batch.clone());
        self.session.handle(self.now, Input::Stored { id, result });
    }

    fn hold_store(&mut self) {
        self.held = Some(Vec::new());
    }

    fn release_store(&mut self) {
        for (id, batch) in self.held.take().expect("held") {
            self.commit(id, &batch);
        }
        self.run_outputs();
    }

    fn input(&mut self, input: Input) {
        self.session.handle(self.now, input);
        self.run_outputs();
    }

    /// Lets time pass, waking the session whenever it asked for it.
    fn pass(&mut self, time: Duration) {
        let end = self.now.mono + time;
        let mut wakes = 0;
        while let Some(next) = self.session.next_timeout().filter(|next| *next <= end) {
            let step = next.saturating_sub(self.now.mono);
            self.step(step);
            self.input(Input::Timeout);
            wakes += 1;
            assert!(wakes < 10_000, "it asks to be woken without end");
        }
        self.step(end - self.now.mono);
    }

    fn step(&mut self, time: Duration) {
        self.now.mono += time;
        self.now.wall_ms += u64::try_from(time.as_millis()).expect("small");
    }

    fn pass_ms(&mut self, ms: u64) {
        self.pass(Duration::from_millis(ms));
    }

    fn frame(&mut self, message: &RelayMessage) {
        self.input(Input::Frame(encode(message)));
    }

    fn relay_ms(&self) -> u64 {
        RELAY_MS + (self.now.wall_ms - WALL_MS)
    }

    fn welcome(&mut self, resumed: bool, change: impl FnOnce(&mut Welcome)) -> Hello {
        self.input(Input::Opened);
        let hello = self.hello();
        let mut welcome = Welcome {
            version: 1,
            features: vec![],
            conn: 7,
            role: Role::Edit,
            time: self.relay_ms(),
            limits: Limits::default(),
            window: Window::default(),
            resumed,
            more: 0,
            access: Access::default(),
            here: vec![],
        };
        change(&mut welcome);
        self.frame(&RelayMessage::Welcome(Box::new(welcome)));
        hello
    }

    /// On the board and in step, whatever the relay has.
    fn join(&mut self) {
        self.welcome(false, |_| {});
        self.caught_up("e-0");
    }

    fn caught_up(&mut self, cursor: &str) {
        self.frame(&RelayMessage::CaughtUp(CaughtUp {
            cursor: cursor.to_owned(),
        }));
    }

    fn cells(&mut self, cursor: &str, cells: Vec<Cell>) {
        self.frame(&RelayMessage::Cells(Cells {
            cursor: cursor.to_owned(),
            cells,
            more: 0,
        }));
    }

    fn ack(&mut self, id: u64) {
        self.frame(&RelayMessage::Ack(Ack { id }));
    }

    fn drop_line(&mut self) {
        self.input(Input::Closed {
            code: None,
            reason: "the line broke".to_owned(),
        });
    }

    /// The line breaks and comes back.
    fn reconnect(&mut self) {
        self.drop_line();
        self.retry();
    }

    /// Waits for the next attempt.
    fn retry(&mut self) {
        let opened = self.opened.len();
        let Phase::Offline {
            retry_at: Some(at), ..
        } = self.status().phase
        else {
            panic!("not waiting")
        };
        self.pass(at - self.now.mono);
        assert_eq!(self.opened.len(), opened + 1, "it tries again");
        self.take_sent();
    }

    fn draw(&mut self, element: &str, prop: &str, value: &str, ends: &[&str]) -> Cell {
        let stamp = self.clock.lock().expect("a lock").tick(self.now.wall_ms);
        let cell = cell(element, prop, stamp, value);
        self.input(Input::Write {
            cells: vec![cell.clone()],
            ends: ends.iter().map(|name| slot(name)).collect(),
        });
        cell
    }

    fn live(&mut self, slots: Slots) {
        self.input(Input::Live(slots));
    }

    fn take_sent(&mut self) -> Vec<ClientMessage> {
        std::mem::take(&mut self.sent)
    }

    fn take_writes(&mut self) -> Vec<Write> {
        let write = |message| match message {
            ClientMessage::Write(write) => Some(write),
            _ => None,
        };
        self.take_sent().into_iter().filter_map(write).collect()
    }

    fn only_write(&mut self) -> Write {
        let mut writes = self.take_writes();
        assert_eq!(writes.len(), 1, "{writes:?}");
        writes.remove(0)
    }

    fn hello(&mut self) -> Hello {
        let sent = self.take_sent();
        match sent.as_slice() {
            [ClientMessage::Hello(hello)] => hello.clone(),
            other => panic!("not a hello: {other:?}"),
        }
    }

    fn refuse(&mut self, refused: Refused) {
        self.frame(&RelayMessage::Refused(Box::new(refused)));
    }

    fn state(&mut self, element: &str, prop: &str) -> (CellState, Stamp) {
        let loaded = self.store.load().expect("memory");
        let row = loaded
            .cells
            .into_iter()
            .find(|row| row.cell.key() == key(element, prop))
            .expect("stored");
        (row.state, row.cell.stamp)
    }

    fn status(&self) -> Status {
        self.session.status()
    }

    fn live_phase(&self) -> bool {
        self.status().phase == Phase::Live
    }
}
