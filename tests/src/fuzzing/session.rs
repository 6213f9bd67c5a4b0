//! A client's session under a relay that says anything: it never panics, answers in bounds, keeps the SPEC's rules in
//! what it stores, and loses neither what it was sent nor what it wrote itself.
//!
//! One frame a line.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use drawbridge_engine::client::{
    CellState, Input, Loaded, MemoryStore, Meta, Now, Output, Phase, Reason, Remote, Session, SessionConfig,
    Store, StoredCell, Timings,
};
use drawbridge_protocol::{
    BoardId, Cell, Clock, Code, Cursor, ElementId, Key, Link, Peer, Property, RelayMessage, SlotOp, Slots,
    Stamp, Value,
};

use super::messages;

/// Frames of one input.
const FRAMES: usize = 64;
/// What one frame may lead to, at most, in outputs.
const OUTPUTS: usize = 64;

const WELCOME: &str =
    r#"{"welcome":{"version":1,"conn":12,"role":"edit","time":1790000000000,"resumed":false,"more":3}}"#;
const CAUGHT_UP: &str = r#"{"caught_up":{"cursor":"9f86d081884c7d65-4"}}"#;

/// Tries such frames.
pub(super) fn relay_message(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut bench = Bench::new();
    for frame in text.lines().take(FRAMES) {
        let message = messages::of_relay(frame);
        if matches!(message, Some(RelayMessage::Welcome(_))) {
            bench.greeting();
        } else {
            bench.up();
        }
        bench.hear(frame, message.as_ref());
        bench.draw();
    }
    bench.finish();
}

struct Bench {
    session: Session,
    store: MemoryStore,
    now: Now,
    drawn: u64,
    opening: bool,
}

impl Bench {
    fn new() -> Self {
        let link = Link {
            secure: false,
            relay: "127.0.0.1:7411".to_owned(),
            board: BoardId::new("b").expect("a name"),
            key: Key::from_bits([7; 16]),
        };
        let remote = Remote { link, create: false };
        let meta = Meta {
            board: remote.link.board.clone(),
            key: remote.link.key.clone(),
            remote: Some(remote.clone()),
            hosted: None,
            chat: Default::default(),
            standing: Default::default(),
        };
        let mut store = MemoryStore::new(meta);
        let loaded = before(store.load().expect("in memory"));
        let batch = drawbridge_engine::client::StoreBatch {
            cells: loaded.cells.clone(),
            cursor: loaded.cursor.clone(),
            ..Default::default()
        };
        store.commit(&batch).expect("in memory");
        let peer = Peer::from_bits([1; 12]);
        let config = SessionConfig {
            peer,
            about: json("{}"),
            remote: Some(remote),
            online: true,
            timings: Timings::default(),
        };
        let now = Now {
            mono: Duration::from_secs(1),
            wall_ms: 1_790_000_000_000,
        };
        let clock = Arc::new(Mutex::new(Clock::new(peer)));
        let mut bench = Self {
            session: Session::new(config, loaded, clock, 5, now),
            store,
            now,
            drawn: 0,
            opening: false,
        };
        bench.settle();
        bench
    }

    fn handle(&mut self, input: Input) {
        self.pass(Duration::from_millis(1));
        self.session.handle(self.now, input);
        self.settle();
    }

    fn pass(&mut self, time: Duration) {
        self.now.mono += time;
        self.now.wall_ms += u64::try_from(time.as_millis()).expect("a short time");
    }

    /// Does what the session says.
    fn settle(&mut self) {
        let mut outputs = 0;
        while let Some(output) = self.session.poll() {
            outputs += 1;
            assert!(outputs <= OUTPUTS, "it never ends: {output:?}");
            match output {
                Output::Store { id, batch } => {
                    for row in &batch.cells {
                        messages::cell(&row.cell);
                    }
                    let cursor = batch.cursor.as_deref().unwrap_or_default();
                    assert!(cursor.len() <= Cursor::MAX, "C2: {cursor}");
                    self.store.commit(&batch).expect("in memory");
                    self.session
                        .handle(self.now, Input::Stored { id, result: Ok(()) });
                }
                Output::Open { .. } => self.opening = true,
                Output::Close { .. } => self.opening = false,
                Output::Send(_) | Output::Ping | Output::Event(_) => {}
            }
        }
    }

    /// Brings the connection to where the hello is sent.
    fn greeting(&mut self) {
        self.handle(Input::SetOnline(false));
        self.handle(Input::SetOnline(true));
        assert!(self.opening, "it connects when asked to");
        self.handle(Input::Opened);
    }

    /// Brings the connection onto the board, if it isn't there.
    fn up(&mut self) {
        if !matches!(
            self.session.status().phase,
            Phase::CatchingUp { .. } | Phase::Live
        ) {
            self.greeting();
            self.handle(Input::Frame(WELCOME.to_owned()));
            self.handle(Input::Frame(CAUGHT_UP.to_owned()));
            assert_eq!(self.session.status().phase, Phase::Live, "back on the board");
        }
    }

    fn hear(&mut self, frame: &str, message: Option<&RelayMessage>) {
        let held = self.session.cells();
        self.handle(Input::Frame(frame.to_owned()));
        let cells = self.session.cells();
        if let Some(RelayMessage::Cells(sent)) = message
            && sent.cursor.len() <= Cursor::MAX
        {
            for cell in &sent.cells {
                let (stamp, value) = cells.get(&cell.key()).expect("M1: it is there");
                assert!(!cell.beats(stamp, value.as_str()), "M2: {cell:?}");
            }
        }
        for cell in held.iter() {
            assert!(cells.get(&cell.key()).is_some(), "lost: {cell:?}");
        }
        // A refusal may lead to a wait.
        if let Some(at) = self.session.next_timeout()
            && at.saturating_sub(self.now.mono) < Duration::from_secs(3600)
        {
            self.pass(at.saturating_sub(self.now.mono));
            self.handle(Input::Timeout);
        }
    }

    /// The person goes on drawing.
    fn draw(&mut self) {
        self.drawn += 1;
        let id = format!("own{}", self.drawn % 5);
        let cell = cell(
            &id,
            "base",
            self.now.wall_ms,
            "{\"kind\":\"stroke\",\"points\":\"1 2\"}",
        );
        let slot = cell.element.slot();
        self.handle(Input::Live(Slots::from([(
            slot.clone(),
            SlotOp::Put(vec![json("1")]),
        )])));
        self.handle(Input::Write {
            cells: vec![cell],
            ends: vec![slot],
        });
    }

    fn finish(&mut self) {
        self.handle(Input::Flush);
        assert!(self.session.is_stored(), "all of it can be stored");
        let loaded = self.store.load().expect("in memory");
        let mut stored = drawbridge_protocol::CellSet::default();
        for row in &loaded.cells {
            stored.merge(&row.cell);
        }
        assert!(
            stored == self.session.cells(),
            "the store holds what the session holds"
        );
    }
}

/// A board with cells in every state.
fn before(mut loaded: Loaded) -> Loaded {
    let row = |cell, state| StoredCell {
        cell,
        state,
        floor: None,
        parked: None,
    };
    let mut parked = row(cell("d", "base", 1_790_000_000_003, "4"), CellState::Fresh);
    parked.parked = Some(Reason {
        code: Code::CellTooBig,
        message: "No.".to_owned(),
    });
    loaded.cells = vec![
        row(cell("a", "base", 1_790_000_000_000, "1"), CellState::Settled),
        row(cell("b", "base", 1_790_000_000_001, "2"), CellState::Waiting),
        row(cell("c", "base", 1_790_099_000_002, "3"), CellState::Fresh),
        parked,
    ];
    loaded.cursor = Some("9f86d081884c7d65-1".to_owned());
    loaded
}

fn json(text: &str) -> Value {
    Value::from_text(text.to_owned()).expect("JSON")
}

fn cell(element: &str, prop: &str, ms: u64, value: &str) -> Cell {
    Cell {
        element: ElementId::new(element).expect("an id"),
        prop: Property::new(prop).expect("a property"),
        stamp: Stamp {
            ms,
            counter: 0,
            peer: Peer::from_bits([1; 12]),
        },
        value: json(value),
    }
}
