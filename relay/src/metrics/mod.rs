//! What a relay counts of itself, for `/metrics`. Plain atomics: what happens for every message is counted by its
//! connection alone, in a [`Tally`] that nobody else writes to, so it costs no lock and no contended cache line; a
//! scrape adds them up. (prometheus-client takes a lock for each observation of a histogram.)

mod figures;
mod page;
mod process;
mod text;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use drawbridge_protocol::{CloseCode, Code};

pub(crate) use figures::Figures;
pub(crate) use page::page;
pub(crate) use text::MEDIA_TYPE;

/// A connection whose queue hasn't been empty for so long is slow.
const SLOW: Duration = Duration::from_secs(1);

/// What is counted for the whole relay.
#[derive(Debug)]
pub(crate) struct Metrics {
    start: Instant,
    started: SystemTime,
    /// WebSocket connections that were opened.
    pub(crate) opened: Counter,
    /// How they ended: the code with which this side closed.
    ended: Labelled<Option<u16>>,
    /// What connections counted that have ended.
    past: Tally,
    /// Connections that couldn't be accepted.
    pub(crate) not_accepted: Counter,
    refused: Labelled<Code>,
    /// Boards that somebody is on.
    pub(crate) boards_open: Gauge,
    /// Connections that have something waiting for the committer, by lane.
    pub(crate) lanes: [Gauge; 3],
    /// Writes that are on disk, and their cells.
    pub(crate) writes: Counter,
    pub(crate) cells: Counter,
    /// From a write's coming in until it was told.
    pub(crate) write_time: Histogram,
    /// A whole transaction, until it is on disk.
    pub(crate) commit_time: Histogram,
    /// The part of it that the disk takes.
    pub(crate) sync_time: Histogram,
    /// Images that came whole, and the bytes that came in and went out.
    pub(crate) images: Counter,
    pub(crate) image_bytes_in: Counter,
    pub(crate) image_bytes_out: Counter,
    /// Certificates that were read anew, and those that couldn't be.
    pub(crate) tls_reloads: Counter,
    pub(crate) tls_reload_errors: Counter,
    /// Milliseconds since the start.
    last_commit: AtomicU64,
    /// The same of the last time that something was refused because the disk is full; 0: never.
    last_full: AtomicU64,
}

impl Metrics {
    /// Nothing has happened yet; the store has just been written to.
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            started: SystemTime::now(),
            opened: Counter::default(),
            ended: Labelled::default(),
            past: Tally::default(),
            not_accepted: Counter::default(),
            refused: Labelled::default(),
            boards_open: Gauge::default(),
            lanes: Default::default(),
            writes: Counter::default(),
            cells: Counter::default(),
            write_time: Histogram::default(),
            commit_time: Histogram::default(),
            sync_time: Histogram::default(),
            images: Counter::default(),
            image_bytes_in: Counter::default(),
            image_bytes_out: Counter::default(),
            tls_reloads: Counter::default(),
            tls_reload_errors: Counter::default(),
            last_commit: AtomicU64::new(0),
            last_full: AtomicU64::new(0),
        }
    }

    /// Somebody was told no.
    pub(crate) fn refused(&self, code: Code) {
        self.refused.add(code);
    }

    /// A connection has ended; `code` is that with which this side closed it, if it did.
    pub(crate) fn ended(&self, code: Option<CloseCode>) {
        self.ended.add(code.map(CloseCode::number));
    }

    /// Takes over what a connection counted. To be called once, when nobody asks for its tally any more.
    pub(crate) fn take_over(&self, tally: &Tally) {
        self.past.add(tally);
    }

    /// Something is on disk.
    pub(crate) fn committed(&self) {
        self.last_commit.store(self.now_ms(), Relaxed);
    }

    /// Something was refused because the disk is full.
    pub(crate) fn full(&self) {
        self.last_full.store(self.now_ms().max(1), Relaxed);
    }

    /// How long ago something was last on disk.
    pub(crate) fn since_commit(&self) -> Duration {
        self.since(self.last_commit.load(Relaxed))
    }

    /// How long ago something was last refused because the disk is full.
    pub(crate) fn since_full(&self) -> Option<Duration> {
        let last = self.last_full.load(Relaxed);
        (last > 0).then(|| self.since(last))
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn since(&self, ms: u64) -> Duration {
        Duration::from_millis(self.now_ms().saturating_sub(ms))
    }

    fn started_s(&self) -> f64 {
        let since = self.started.duration_since(UNIX_EPOCH);
        since.unwrap_or_default().as_secs_f64()
    }
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, n: u64) {
        self.0.fetch_add(n, Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// A number that goes up and down.
#[derive(Debug, Default)]
pub(crate) struct Gauge(AtomicU64);

impl Gauge {
    pub(crate) fn set(&self, n: usize) {
        self.0.store(n as u64, Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Counters by something that seldom happens: it takes a lock.
#[derive(Debug)]
struct Labelled<K>(Mutex<BTreeMap<K, u64>>);

impl<K> Default for Labelled<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord + Clone> Labelled<K> {
    fn add(&self, key: K) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(key).or_default() += 1;
    }

    fn all(&self) -> BTreeMap<K, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The upper bounds of a histogram's buckets, in microseconds; one more holds what lies above.
const BOUNDS_US: [u64; 14] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    5_000_000, 10_000_000,
];

/// Times, by how long they were.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; BOUNDS_US.len() + 1],
    sum_us: AtomicU64,
}

impl Histogram {
    /// Something took so long.
    pub(crate) fn observe(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.buckets[BOUNDS_US.partition_point(|&bound| bound < us)].fetch_add(1, Relaxed);
        self.sum_us.fetch_add(us, Relaxed);
    }
}

/// The messages that are counted by name; the last stands for any other.
pub(crate) const RECEIVED: [&str; 5] = ["hello", "write", "live", "manage", "other"];
/// The same of those that are sent.
pub(crate) const SENT: [&str; 11] = [
    "welcome",
    "cells",
    "caught_up",
    "ack",
    "live",
    "joined",
    "left",
    "refused",
    "access",
    "stopping",
    "other",
];

/// What one connection counts. It alone writes to it.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    received: [Volume; RECEIVED.len()],
    sent: [Volume; SENT.len()],
    /// Pages of the store that it was sent since it was behind what the board keeps at hand.
    pages: Own,
    /// Whether it reads the store now.
    reads_store: AtomicBool,
    /// Whether it is on a board.
    is_in: AtomicBool,
    /// Since when its queue hasn't been empty, in milliseconds since the first tally; 0: it is.
    busy_since: AtomicU64,
}

/// Messages and their bytes.
#[derive(Debug, Default)]
struct Volume {
    messages: Own,
    bytes: Own,
}

impl Volume {
    fn add(&self, messages: u64, bytes: u64) {
        self.messages.add(messages);
        self.bytes.add(bytes);
    }
}

/// A counter with one writer: an addition is a load and a store.
#[derive(Debug, Default)]
struct Own(AtomicU64);

impl Own {
    fn add(&self, n: u64) {
        self.0.store(self.0.load(Relaxed) + n, Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

impl Tally {
    /// A message came in.
    pub(crate) fn received(&self, text: &str) {
        self.received[kind(text.as_bytes(), &RECEIVED)].add(1, text.len() as u64);
    }

    /// A message is to go out.
    pub(crate) fn sent(&self, message: &[u8]) {
        self.sent[kind(message, &SENT)].add(1, message.len() as u64);
    }

    /// It was let in.
    pub(crate) fn came_in(&self) {
        self.is_in.store(true, Relaxed);
    }

    /// It begins to read the store.
    pub(crate) fn read_store(&self) {
        self.pages.add(1);
        self.reads_store.store(true, Relaxed);
    }

    /// What it read of the store has come.
    pub(crate) fn has_read(&self) {
        self.reads_store.store(false, Relaxed);
    }

    /// Its queue isn't empty any more.
    pub(crate) fn busy(&self, now: Instant) {
        self.busy_since.store(tick(now), Relaxed);
    }

    /// Its queue is empty.
    pub(crate) fn idle(&self) {
        self.busy_since.store(0, Relaxed);
    }

    /// Whether it was let in.
    pub(crate) fn is_in(&self) -> bool {
        self.is_in.load(Relaxed)
    }

    fn reads_store(&self) -> bool {
        self.reads_store.load(Relaxed)
    }

    fn is_slow(&self, now: Instant) -> bool {
        let since = self.busy_since.load(Relaxed);
        since > 0 && tick(now).saturating_sub(since) >= SLOW.as_millis() as u64
    }

    /// Adds what another counted.
    fn add(&self, other: &Self) {
        let sums = self.received.iter().zip(&other.received);
        for (sum, volume) in sums.chain(self.sent.iter().zip(&other.sent)) {
            sum.add(volume.messages.get(), volume.bytes.get());
        }
        self.pages.add(other.pages.get());
    }
}

/// Milliseconds since some moment, never 0.
fn tick(now: Instant) -> u64 {
    static FIRST: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let first = *FIRST.get_or_init(|| now);
    1 + u64::try_from(now.saturating_duration_since(first).as_millis()).unwrap_or(u64::MAX - 1)
}

/// Which of the names a message has: the last, if none of the others.
fn kind(message: &[u8], names: &[&str]) -> usize {
    let rest = message.trim_ascii_start().strip_prefix(b"{");
    let name = rest.and_then(|rest| rest.trim_ascii_start().strip_prefix(b"\""));
    let is = |of: &&str| {
        let rest = name.and_then(|name| name.strip_prefix(of.as_bytes()));
        rest.is_some_and(|rest| rest.first() == Some(&b'"'))
    };
    names.iter().position(is).unwrap_or(names.len() - 1)
}

#[cfg(test)]
mod tests;
