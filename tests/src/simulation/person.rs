//! Somebody at a machine of theirs: a disk, a wall clock, and, while it runs, the program.

use std::collections::HashMap;
use std::time::Duration;

use drawbridge_engine::board::Board;
use drawbridge_engine::client::testing::ByHand;
use drawbridge_engine::client::{MemoryStore, Meta, Remote, StoreBatch};
use drawbridge_protocol::{BoardId, CellKey, ElementId, Key, Link, Peer, Stamp};

/// When all simulations begin, in milliseconds since the Unix epoch.
pub(super) const EPOCH_MS: u64 = 1_700_000_000_000;
const KEY: [u8; 16] = [5; 16];

/// The board that most people are on.
pub(super) fn board_of(n: usize) -> BoardId {
    // The fourth is on another one, so that the relay's sequence has gaps.
    let name = if n == 3 { "other" } else { "board" };
    BoardId::new(name).expect("a board's name")
}

/// Where a person's board is shared. Somebody has to have made it; the others follow a link.
pub(super) fn remote_of(n: usize) -> Remote {
    Remote {
        link: Link {
            secure: false,
            relay: "relay:7411".to_owned(),
            board: board_of(n),
            key: Key::from_bits(KEY),
        },
        create: n == 0 || n == 3,
    }
}

/// The program while it runs.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) number: u64,
    pub(super) peer: Peer,
    pub(super) hand: ByHand,
    /// Batch number, batch, and when the disk is done with it.
    pub(super) storing: Option<(u64, StoreBatch)>,
    pub(super) link: Option<usize>,
    pub(super) drawing: Option<Drawing>,
    pub(super) frame_due: bool,
    /// Until when it waits for the disk before it ends.
    pub(super) quitting: Option<Duration>,
    /// What was written and hasn't been seen on the disk.
    pub(super) handed: Vec<(CellKey, Stamp)>,
    /// The last time, it said that everything is on the relay.
    pub(super) said_saved: bool,
    /// Something happened since it was last looked after.
    pub(super) stirred: bool,
}

/// A stroke, a shape or a line under way.
#[derive(Debug, Clone)]
pub(super) struct Drawing {
    pub(super) id: Option<ElementId>,
    /// Drawn with the pen: others see it from the first point on, and it is kept even if it is but a dot.
    pub(super) is_ink: bool,
    pub(super) since: Duration,
}

/// Somebody.
pub(super) struct Person {
    pub(super) disk: MemoryStore,
    pub(super) copy: Option<MemoryStore>,
    pub(super) run: Option<Run>,
    pub(super) board: Option<Board>,
    skew_ms: i64,
    drift: i64,
    drift_since: Duration,
    pub(super) is_full: bool,
    /// Its disk was full in this run: what failed is tried again later.
    pub(super) was_full: bool,
    pub(super) store_ms: u64,
    /// The most that a commit may have taken in this run.
    pub(super) slowest_ms: u64,
    pub(super) is_blocked: bool,
    pub(super) is_hidden: bool,
    pub(super) lag_ms: u64,
    pub(super) slow_ms: u64,
    /// Of a version to come: says more than this one knows, and is told more.
    pub(super) is_newer: bool,
    /// What was seen on their disk after they wrote it: in the end no lesser stamp may be on the board.
    pub(super) saved: HashMap<CellKey, Stamp>,
}

impl Person {
    pub(super) fn new(n: usize, is_newer: bool) -> Self {
        let meta = Meta {
            board: board_of(n),
            key: Key::from_bits(KEY),
            remote: Some(remote_of(n)),
            hosted: None,
            chat: Default::default(),
            standing: Default::default(),
        };
        Self {
            disk: MemoryStore::new(meta),
            copy: None,
            run: None,
            board: None,
            skew_ms: 0,
            drift: 0,
            drift_since: Duration::ZERO,
            is_full: false,
            was_full: false,
            store_ms: 2,
            slowest_ms: 2,
            is_blocked: false,
            is_hidden: false,
            lag_ms: 2,
            slow_ms: 0,
            is_newer,
            saved: HashMap::new(),
        }
    }

    /// What their wall clock reads.
    pub(super) fn wall_ms(&self, now: Duration) -> u64 {
        let ms = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let drifted = ms(now.saturating_sub(self.drift_since)) * self.drift / 1000;
        EPOCH_MS.saturating_add_signed(ms(now) + self.skew_ms + drifted)
    }

    pub(super) fn jump(&mut self, ms: i64) {
        self.skew_ms += ms;
    }

    pub(super) fn set_drift(&mut self, now: Duration, drift: i64) {
        let before = self.wall_ms(now);
        (self.drift, self.drift_since) = (drift, now);
        let after = self.wall_ms(now);
        self.skew_ms += before.cast_signed() - after.cast_signed();
    }
}
