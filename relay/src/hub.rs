//! What all connections of a relay share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use drawbridge_protocol::{
    Access, BoardId, CloseCode, Code, Managing, Refused, RelayMessage, Retry, Stopping, encode,
};
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use crate::bell::Bell;
use crate::clock::{Clock, SystemTimer, Time as _, wall_ms};
use crate::committer::{By, Committer, Manage, Request};
use crate::core::Core;
use crate::failure::Failures;
use crate::frame::Frame;
use crate::gate::Gate;
use crate::images::Images;
use crate::metrics::{Figures, Metrics, Tally};
use crate::presence::Presence;
use crate::ready::Trying;
use crate::settings::Settings;
use crate::store::{Checkpoints, Readers, SqliteDisk, Store, StoreError};

/// How far a relay's end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// At work.
    Open,
    /// Connections finish what they were given and are closed with this code.
    Closing(CloseCode),
    /// What is still there is dropped.
    Over,
}

/// How much longer each connection makes the time over which all come back to a relay that restarts, and how long that is
/// at most: a relay takes a thousand hellos a second easily, and nobody waits long.
const SPREAD_MS: u64 = 2;
const MAX_SPREAD_MS: u64 = 10_000;

/// A connection's bell, and what it counts.
type Listed = (Arc<Bell>, Arc<Tally>);

/// The shared parts.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) core: Arc<Core>,
    pub(crate) readers: Arc<Readers>,
    pub(crate) images: Images,
    pub(crate) gate: Arc<Gate>,
    pub(crate) requests: Sender<Request>,
    pub(crate) phase: watch::Sender<Phase>,
    /// Whether that is another than the first: each connection asks it at each ring, so it takes no lock.
    leaving: AtomicBool,
    pub(crate) failures: Failures,
    /// Who is on which board, for the relay's host.
    pub(crate) present: Arc<Presence>,
    pub(crate) figures: Figures,
    pub(crate) trying: Trying,
    // A std mutex: held only to insert, remove, ring or count, never across an await.
    bells: Mutex<HashMap<u64, Listed>>,
    next_bell: AtomicU64,
    /// Over how many milliseconds those who are here shall come back.
    spread_ms: AtomicU64,
}

/// The committer's thread, and the lock on the folder, which must outlive it.
#[derive(Debug)]
pub(crate) struct Threads {
    committer: std::thread::JoinHandle<()>,
    _lock: std::fs::File,
}

impl Hub {
    /// Starts the store's threads. `runtime` runs the boards' timers.
    pub(crate) fn start(
        store: Store,
        settings: Arc<Settings>,
        metrics: Arc<Metrics>,
        runtime: Handle,
    ) -> Result<(Arc<Self>, Threads), StoreError> {
        let time = Arc::new(SystemTimer(runtime));
        let clock = Clock::start(store.clock_ms, wall_ms(), time.now());
        let failures = Failures::default();
        let core = Arc::new(Core::new(
            settings,
            metrics,
            time,
            clock,
            store.epochs,
            store.head,
        ));
        let disk = SqliteDisk::new(store.db, &core.settings)?
            .with_checkpoints(Checkpoints::start(&store.path, failures.clone())?)
            .with_metrics(Arc::clone(&core.metrics));
        let (requests, queue) = channel();
        let committer = Committer::new(disk, store.head, Arc::clone(&core), requests.clone());
        let committer = std::thread::Builder::new()
            .name("committer".to_owned())
            .spawn({
                let failures = failures.clone();
                move || failures.guard("committer", || committer.run(&queue))
            })
            .map_err(|error| StoreError::Io {
                path: store.path.clone(),
                why: error.to_string(),
            })?;
        let hub = Self {
            core: Arc::clone(&core),
            readers: Arc::new(Readers::new(store.path)),
            images: Images::new(store.images, &core.settings),
            gate: Gate::new(Arc::clone(&core.settings)),
            requests,
            phase: watch::Sender::new(Phase::Open),
            leaving: AtomicBool::new(false),
            failures,
            present: Arc::default(),
            figures: Figures::default(),
            trying: Trying::default(),
            bells: Mutex::new(HashMap::new()),
            next_bell: AtomicU64::new(0),
            spread_ms: AtomicU64::new(0),
        };
        let threads = Threads {
            committer,
            _lock: store.lock,
        };
        Ok((Arc::new(hub), threads))
    }

    /// Does what the relay's host asks for about who may do what on a board; returns who may do what then.
    pub(crate) async fn manage(&self, board: BoardId, what: Managing) -> Result<Arc<Access>, Box<Refused>> {
        let (reply, answer) = oneshot::channel();
        let by = By::Host { board, reply };
        let sent = self.requests.send(Request::Manage(Box::new(Manage { what, by })));
        let stopped = || {
            Box::new(Refused::new(
                Code::StoreFull,
                "The relay stops.",
                Retry::After(1000),
            ))
        };
        sent.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// How far its end has come.
    pub(crate) fn phase(&self) -> Phase {
        if self.leaving.load(Ordering::Acquire) {
            *self.phase.borrow()
        } else {
            Phase::Open
        }
    }

    /// Moves on to a later phase, and wakes every connection.
    pub(crate) fn enter(&self, phase: Phase) {
        let bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        let spread = (bells.len() as u64 * SPREAD_MS).min(MAX_SPREAD_MS);
        self.spread_ms.store(spread, Ordering::Relaxed);
        self.phase.send_replace(phase);
        self.leaving.store(phase != Phase::Open, Ordering::Release);
        // If the committer has ended already, it failed, and said so.
        let _ = self.requests.send(Request::Hurry);
        bells.values().for_each(|(bell, _)| bell.ring());
    }

    /// Looks at what the connections that are there have counted; none comes or goes meanwhile.
    pub(crate) fn tallies<T>(&self, look: impl FnOnce(&mut dyn Iterator<Item = &Tally>) -> T) -> T {
        let bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        look(&mut bells.values().map(|(_, tally)| &**tally))
    }

    /// What a connection is told before it is closed with `code`: when to come back, so that not all come at once.
    pub(crate) fn farewell(&self, code: CloseCode) -> Option<Frame> {
        let spread = self.spread_ms.load(Ordering::Relaxed);
        // Without chance there is no use in it.
        let chance = getrandom::u32().ok().filter(|_| code == CloseCode::Restart)?;
        let after = (u64::from(chance) * spread) >> 32;
        Some(encode(&RelayMessage::Stopping(Stopping { after })).into())
    }

    /// A connection's bell, which also rings when the phase changes, and its tally, until the [`BellEntry`] is dropped.
    pub(crate) fn bell(self: &Arc<Self>) -> BellEntry {
        let n = self.next_bell.fetch_add(1, Ordering::Relaxed);
        let (bell, tally) = (Arc::new(Bell::default()), Arc::new(Tally::default()));
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.insert(n, (Arc::clone(&bell), Arc::clone(&tally)));
        self.core.metrics.opened.add(1);
        BellEntry {
            hub: Arc::clone(self),
            n,
            bell,
            tally,
        }
    }
}

/// A connection's bell in the hub's list.
#[derive(Debug)]
pub(crate) struct BellEntry {
    hub: Arc<Hub>,
    n: u64,
    /// The bell.
    pub(crate) bell: Arc<Bell>,
    /// What it counts.
    pub(crate) tally: Arc<Tally>,
}

impl Drop for BellEntry {
    fn drop(&mut self) {
        let mut bells = self.hub.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.remove(&self.n);
        self.hub.core.metrics.take_over(&self.tally);
    }
}

impl Threads {
    /// Commits what is queued, empties the log and lets go of the folder. Blocks.
    pub(crate) fn finish(self, hub: &Hub) {
        hub.readers.close();
        // If it has ended already, it failed, and said so.
        let _ = hub.requests.send(Request::Stop);
        // It catches its panics.
        let _ = self.committer.join();
    }
}
