//! What a hostile client may do to a relay: each attack is a small function over raw TCP. The program
//! `hostile` measures what honest people notice of them; the test of that name runs small doses.

mod cells;
mod crowds;
mod floods;
mod frames;
mod names;
mod slow;
mod stranger;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use drawbridge_protocol::Key;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::Instant;

pub use stranger::Stranger;

/// What one attack is aimed at, and how much of it there is.
#[derive(Debug, Clone)]
pub struct Aim {
    /// The relay.
    pub address: SocketAddr,
    /// The board.
    pub board: String,
    /// Its key.
    pub key: Key,
    /// How many connections attack at once.
    pub connections: usize,
    /// How often each does what it does, at most: messages of a flood, connections of a storm.
    pub rounds: u64,
    /// When all of them end.
    pub until: Instant,
    /// Between two bytes of somebody who is slow on purpose.
    pub drip: Duration,
    /// The network that all of them share.
    pub network: Network,
}

impl Aim {
    /// Whether there is time left.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        Instant::now() < self.until
    }

    fn hello(&self, who: usize) -> String {
        let (key, peer) = (self.key.reveal(), peer(who));
        format!(r#"{{"hello":{{"versions":[1],"peer":"{peer}","key":"{key}","create":true}}}}"#)
    }

    fn path(&self) -> String {
        format!("/boards/{}", self.board)
    }
}

/// The peer of attacker number `who`.
fn peer(who: usize) -> String {
    format!("hostile{who:09}")
}

/// The time in a stamp's milliseconds.
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

/// A network of so many bytes a second, shared by whoever holds a clone: it bounds the attackers' own
/// use of the machine too.
#[derive(Debug, Clone)]
pub struct Network {
    bytes_per_second: u64,
    free_at: Arc<Mutex<Instant>>,
}

impl Network {
    /// What it may be ahead of an even rate.
    const BURST: Duration = Duration::from_millis(20);
    /// What TCP and IP add to a packet.
    const HEADERS: usize = 66;

    /// A network that carries so much.
    #[must_use]
    pub fn new(bytes_per_second: u64) -> Self {
        Self {
            bytes_per_second,
            free_at: Arc::new(Mutex::new(Instant::now())),
        }
    }

    /// Waits until so many bytes have gone out.
    pub async fn carry(&self, bytes: usize) {
        let bytes = u64::try_from(bytes + Self::HEADERS).unwrap_or(u64::MAX);
        let takes = Duration::from_nanos(bytes.saturating_mul(1_000_000_000) / self.bytes_per_second);
        let now = Instant::now();
        let ready = {
            let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            *free_at = (*free_at).max(now - Self::BURST) + takes;
            *free_at
        };
        if ready > now {
            tokio::time::sleep_until(ready).await;
        }
    }
}

/// How the connections of an attack ended, and what they sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Each way to end, or to be refused, and how often it came.
    pub ends: BTreeMap<String, u64>,
    /// What was sent, in frames or requests.
    pub sent: u64,
    /// And in bytes.
    pub bytes: u64,
}

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, end: impl Into<String>) {
        self.add(end, 1);
    }

    /// Counts some more.
    pub fn add(&mut self, end: impl Into<String>, times: u64) {
        *self.ends.entry(end.into()).or_default() += times;
    }

    /// How often something came.
    #[must_use]
    pub fn of(&self, end: &str) -> u64 {
        self.ends.get(end).copied().unwrap_or_default()
    }

    /// Takes up what others counted.
    pub fn merge(&mut self, other: Self) {
        self.sent += other.sent;
        self.bytes += other.bytes;
        for (end, times) in other.ends {
            self.add(end, times);
        }
    }
}

/// Where an attack goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// At the honest people's board. The attacker has its link.
    Same,
    /// At a board of the attacker's own.
    Other,
}

type Running = Pin<Box<dyn Future<Output = Tally> + Send>>;

/// One kind of attack.
#[derive(Clone, Copy)]
pub struct Attack {
    /// Its name.
    pub name: &'static str,
    /// Where it makes sense.
    pub at: &'static [Where],
    /// How many connections it has at full size.
    pub connections: usize,
    run: fn(Aim) -> Running,
}

impl std::fmt::Debug for Attack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attack")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Attack {
    /// The attack of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ATTACKS.iter().find(|attack| attack.name == name).copied()
    }

    /// Runs it to its end.
    pub async fn run(&self, aim: Aim) -> Tally {
        (self.run)(aim).await
    }
}

const BOTH: &[Where] = &[Where::Same, Where::Other];
const SAME: &[Where] = &[Where::Same];
const OTHER: &[Where] = &[Where::Other];

macro_rules! attack {
    ($name:literal, $at:expr, $connections:literal, $run:path) => {
        Attack {
            name: $name,
            at: $at,
            connections: $connections,
            run: |aim| Box::pin($run(aim)),
        }
    };
}

/// All of them.
pub const ATTACKS: &[Attack] = &[
    attack!("write-small", BOTH, 8, floods::write_small),
    attack!("write-big", BOTH, 8, floods::write_big),
    attack!("write-many-cells", BOTH, 8, floods::write_many_cells),
    attack!("live-tiny", BOTH, 8, floods::live_tiny),
    attack!("live-large", BOTH, 8, floods::live_large),
    attack!("live-64-slots", BOTH, 8, floods::live_slots),
    attack!("ping", SAME, 8, floods::ping),
    attack!("unknown-message", SAME, 8, floods::unknown),
    attack!("loris-head", OTHER, 300, slow::head),
    attack!("loris-hello", SAME, 300, slow::hello),
    attack!("tcp-silence", OTHER, 500, slow::silence),
    attack!("never-reading", BOTH, 50, slow::never_reading),
    attack!("fragments", SAME, 8, frames::fragments),
    attack!("empty-fragments", SAME, 8, frames::empty_fragments),
    attack!("giant-frames", SAME, 8, frames::giant),
    attack!("bad-utf8", SAME, 8, frames::bad_utf8),
    attack!("unmasked", SAME, 8, frames::unmasked),
    attack!("crowd-upgraded", SAME, 1000, crowds::upgraded),
    attack!("crowd-joined", BOTH, 990, crowds::joined),
    attack!("storm-tcp", OTHER, 16, crowds::storm_tcp),
    attack!("storm-joined", BOTH, 16, crowds::storm_joined),
    attack!("wrong-keys", SAME, 16, crowds::wrong_keys),
    attack!("new-boards", OTHER, 16, crowds::new_boards),
    attack!("names-as-paths", OTHER, 8, names::paths),
    attack!("stamps", BOTH, 8, cells::stamps),
    attack!("equal-stamps", BOTH, 8, cells::equal_stamps),
    attack!("many-properties", BOTH, 8, cells::many_properties),
];

/// Lets every connection of an attack do the same at once.
async fn all<F>(aim: Aim, each: impl Fn(Aim, usize) -> F) -> Tally
where
    F: Future<Output = Tally> + Send + 'static,
{
    let mut running = JoinSet::new();
    for who in 0..aim.connections {
        running.spawn(each(aim.clone(), who));
    }
    let mut tally = Tally::default();
    while let Some(done) = running.join_next().await {
        tally.merge(done.expect("an attacker doesn't panic"));
    }
    tally
}
