//! What is to be sent on one connection: which unsettled cells, in which writes, and when. The cells
//! themselves are the replica's; this holds only their keys and goes with the connection.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{Cell, CellKey, Code, Limits, SlotName, Stamp, Window, Write};

use super::replica::Replica;
use crate::client::record::{CellState, Reason};

/// The largest write into which cells left over from earlier connections are gathered, in bytes.
const OFFER_BYTES: usize = 256 << 10;
/// And in cells.
const OFFER_CELLS: usize = 256;
/// What JSON adds to a cell's own bytes, at most: member names, quotes, stamp.
const CELL_FRAME: usize = 112;
/// What JSON adds to a write, at most, slot names aside.
const WRITE_FRAME: usize = 64;

/// Cells that go together, and the slots that end with them.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    pub(super) keys: Vec<CellKey>,
    pub(super) ends: Vec<SlotName>,
}

/// A write without an answer yet.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) cells: Vec<(CellKey, Stamp)>,
    pub(super) ends: Vec<SlotName>,
    bytes: usize,
}

/// What to send next.
#[derive(Debug)]
pub(super) enum Parcel {
    Write(Write),
    /// The cells that should have ended these slots need no write any more.
    Clear(Vec<SlotName>),
}

#[derive(Debug)]
pub(super) struct Outbox {
    serial: u64,
    pub(super) limits: Limits,
    window: Window,
    caught_up: bool,
    /// The relay said that this connection may only read.
    pub(super) read_only: bool,
    /// The board is locked, and this person doesn't own it.
    pub(super) locked: bool,
    /// Interactions of this connection's life, in order.
    queue: VecDeque<Group>,
    /// Unsettled cells from before, by stamp.
    offers: VecDeque<CellKey>,
    /// When they may go; zero for at once.
    offers_at: Duration,
    /// The write that holds the last offers: the next goes when this one is answered.
    offered: Option<u64>,
    delayed: Vec<(Duration, Group)>,
    in_flight: BTreeMap<u64, Sent>,
    in_flight_bytes: usize,
}

impl Outbox {
    pub(super) fn new(serial: u64, limits: Limits, window: Window) -> Self {
        Self {
            serial,
            limits,
            window,
            caught_up: false,
            read_only: false,
            locked: false,
            queue: VecDeque::new(),
            offers: VecDeque::new(),
            offers_at: Duration::ZERO,
            offered: None,
            delayed: Vec::new(),
            in_flight: BTreeMap::new(),
            in_flight_bytes: 0,
        }
    }

    /// Whether everything stays here: the relay would take nothing.
    pub(super) fn is_barred(&self) -> bool {
        self.read_only || self.locked
    }

    /// Whether the relay takes another message with a number, beside so many others than writes.
    pub(super) fn has_room(&self, others: usize) -> bool {
        self.in_flight.len() + others < self.window.writes.max(1)
    }

    pub(super) fn hold_offers_until(&mut self, at: Duration) {
        self.offers_at = at;
    }

    /// The relay has sent all it has: what is still unsettled has to be offered.
    pub(super) fn caught_up(&mut self, replica: &Replica) {
        self.caught_up = true;
        self.offer_all(replica);
    }

    /// Offers every unsettled cell that isn't already on its way.
    pub(super) fn offer_all(&mut self, replica: &Replica) {
        if !self.caught_up {
            return;
        }
        let delayed = self.delayed.iter().map(|(_, group)| group);
        let queued: BTreeSet<&CellKey> = self.queue.iter().chain(delayed).flat_map(|g| &g.keys).collect();
        let mut offers: Vec<(Stamp, CellKey)> = replica
            .unsettled()
            .filter(|(key, entry)| {
                entry.to_offer() && !queued.contains(key) && !replica.is_sent(key, self.serial)
            })
            .map(|(key, entry)| (entry.stamp, key.clone()))
            .collect();
        offers.sort();
        self.offers = offers.into_iter().map(|(_, key)| key).collect();
    }

    pub(super) fn push(&mut self, group: Group) {
        self.queue.push_back(group);
    }

    pub(super) fn push_front(&mut self, group: Group) {
        self.queue.push_front(group);
    }

    pub(super) fn delay(&mut self, until: Duration, group: Group) {
        self.delayed.push((until, group));
    }

    /// Slots that would have ended with writes not sent yet.
    pub(super) fn ends(&self) -> impl Iterator<Item = &SlotName> {
        let delayed = self.delayed.iter().map(|(_, group)| group);
        self.queue.iter().chain(delayed).flat_map(|group| &group.ends)
    }

    pub(super) fn next_timeout(&self) -> Option<Duration> {
        let offers = (self.caught_up && !self.offers.is_empty() && self.offered.is_none())
            .then_some(self.offers_at)
            .filter(|at| !at.is_zero());
        self.delayed.iter().map(|(at, _)| *at).chain(offers).min()
    }

    /// The relay answered a write.
    pub(super) fn answered(&mut self, id: u64) -> Option<Sent> {
        let sent = self.in_flight.remove(&id)?;
        self.in_flight_bytes -= sent.bytes;
        self.offered.take_if(|offered| *offered == id);
        Some(sent)
    }

    /// The greatest stamp of each key that the relay has been sent and hasn't answered: it may take that one.
    pub(super) fn in_flight(&self) -> BTreeMap<&CellKey, Stamp> {
        let mut stamps: BTreeMap<&CellKey, Stamp> = BTreeMap::new();
        for (key, stamp) in self.in_flight.values().flat_map(|sent| &sent.cells) {
            let greatest = stamps.entry(key).or_insert(*stamp);
            *greatest = (*greatest).max(*stamp);
        }
        stamps
    }

    /// The next thing to send, if it may go now. `id` is the number that a write gets.
    pub(super) fn next(&mut self, replica: &mut Replica, now: Duration, id: u64) -> Option<Parcel> {
        self.release(replica, now);
        loop {
            if !self.caught_up || self.is_barred() || self.in_flight.len() >= self.window.writes.max(1) {
                return None;
            }
            let offered;
            let group = if self.front_is_stored(replica) {
                offered = false;
                self.queue.pop_front()?
            } else {
                offered = true;
                self.next_offers(replica)?
            };
            let (cells, rest) = self.pick(replica, &group);
            let bytes = cells.iter().map(|cell| cell.size() + CELL_FRAME).sum::<usize>();
            if !self.in_flight.is_empty() && self.in_flight_bytes + bytes > self.window.bytes {
                if offered {
                    group
                        .keys
                        .into_iter()
                        .rev()
                        .for_each(|key| self.offers.push_front(key));
                } else {
                    self.queue.push_front(group);
                }
                return None;
            }
            let mut ends = group.ends;
            if !rest.is_empty() {
                // More than one write takes: the slots end with the last.
                let ends = std::mem::take(&mut ends);
                self.queue.push_front(Group { keys: rest, ends });
            }
            if cells.is_empty() {
                if ends.is_empty() {
                    continue;
                }
                return Some(Parcel::Clear(ends));
            }
            if offered {
                self.offered = Some(id);
            }
            return Some(Parcel::Write(self.send(replica, id, cells, ends, bytes)));
        }
    }

    fn send(
        &mut self,
        replica: &mut Replica,
        id: u64,
        cells: Vec<Cell>,
        ends: Vec<SlotName>,
        bytes: usize,
    ) -> Write {
        let sent = Sent {
            cells: cells.iter().map(|cell| (cell.key(), cell.stamp)).collect(),
            ends: ends.clone(),
            bytes,
        };
        for (key, _) in &sent.cells {
            replica.set_sent(key, self.serial);
            if fault::is_planted(Fault::OutboxClearedOnSend) {
                replica.edit(key, |entry| entry.state = CellState::Settled);
            }
        }
        self.in_flight_bytes += bytes;
        self.in_flight.insert(id, sent);
        Write { id, cells, ends }
    }

    /// Does what only waited for its time. What somebody has written over meanwhile waits for nothing: its slots end now.
    fn release(&mut self, replica: &Replica, now: Duration) {
        if self.offers_at <= now {
            self.offers_at = Duration::ZERO;
        }
        let to_offer = |key: &CellKey| replica.get(key).is_some_and(super::replica::Entry::to_offer);
        let (due, later) = std::mem::take(&mut self.delayed)
            .into_iter()
            .partition(|(at, group)| *at <= now || !group.keys.iter().any(to_offer));
        self.delayed = later;
        let due: Vec<(Duration, Group)> = due;
        for (_, group) in due.into_iter().rev() {
            self.queue.push_front(group);
        }
    }

    fn front_is_stored(&self, replica: &Replica) -> bool {
        self.queue
            .front()
            .is_some_and(|group| group.keys.iter().all(|key| is_stored(replica, key)))
    }

    /// The next cells from before, as many as go in one write.
    fn next_offers(&mut self, replica: &Replica) -> Option<Group> {
        if self.offered.is_some() || !self.offers_at.is_zero() {
            return None;
        }
        let mut group = Group::default();
        let mut bytes = 0;
        while group.keys.len() < OFFER_CELLS && bytes < OFFER_BYTES {
            let Some(key) = self.offers.pop_front() else {
                break;
            };
            if is_stored(replica, &key) {
                bytes += replica.get(&key).map_or(0, |entry| entry.value.as_str().len());
                group.keys.push(key);
            } else {
                // Written over meanwhile: it goes when that is on disk.
                self.queue.push_back(Group {
                    keys: vec![key],
                    ends: Vec::new(),
                });
            }
        }
        (!group.keys.is_empty()).then_some(group)
    }

    /// The cells of a group that have to be sent, as far as one write takes them, and the keys of
    /// the rest. Parks what the relay would not take.
    fn pick(&self, replica: &mut Replica, group: &Group) -> (Vec<Cell>, Vec<CellKey>) {
        let ends: usize = group.ends.iter().map(|slot| slot.as_str().len() + 3).sum();
        let room = self.limits.frame.saturating_sub(WRITE_FRAME + ends);
        let (mut cells, mut bytes) = (Vec::new(), 0);
        for (at, key) in group.keys.iter().enumerate() {
            let offer = replica.get(key).is_some_and(super::replica::Entry::to_offer);
            let Some(cell) = replica
                .cell(key)
                .filter(|_| offer && !replica.is_sent(key, self.serial))
            else {
                continue;
            };
            if cell.size() > self.limits.cell || cell.size() + CELL_FRAME > room {
                let message = format!(
                    "It is {} bytes; this relay takes at most {}.",
                    cell.size(),
                    self.limits.cell
                );
                replica.edit(key, |entry| {
                    entry.parked = Some(Reason {
                        code: Code::CellTooBig,
                        message,
                    });
                });
                continue;
            }
            if cells.len() >= self.limits.write_cells.max(1) || bytes + cell.size() + CELL_FRAME > room {
                return (cells, group.keys.get(at..).unwrap_or_default().to_vec());
            }
            bytes += cell.size() + CELL_FRAME;
            cells.push(cell);
        }
        (cells, Vec::new())
    }
}

/// Whether a cell may be sent: nobody else gets what this machine could still lose.
fn is_stored(replica: &Replica, key: &CellKey) -> bool {
    replica.is_stored(key) || fault::is_planted(Fault::SentBeforeStored)
}
