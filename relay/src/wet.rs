//! Who is on a board, and their wet slots. Every change gets the next version of the board's wet
//! state; a reader is one number, the version it has been sent, and what it gets next is derived
//! from the present state and that number. So a slow reader costs nothing but may skip steps.

mod frames;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{
    Code, Here, Joined, Left, Limits, Refused, RelayMessage, Retry, SlotName, SlotOp, Slots, Value,
};

use self::frames::Frames;
use crate::frame::Frame;

/// How many clears are remembered for readers that haven't been told yet. A reader further behind
/// is told of everybody anew.
const MAX_CLEARS: usize = 16_384;

/// How many of its slots a connection may fill: all of them are in memory.
const FULL_SLOTS: usize = 4;

/// One connection's slots.
#[derive(Debug)]
struct Person {
    intro: Joined,
    joined: u64,
    changed: u64,
    slots: BTreeMap<SlotName, Slot>,
}

/// Somebody who left at `version`.
#[derive(Debug)]
struct Gone {
    version: u64,
    joined: u64,
    intro: Joined,
}

/// A list of chunks, each with the version that brought it.
#[derive(Debug)]
struct Slot {
    put: u64,
    bytes: usize,
    chunks: Vec<(u64, Value)>,
}

impl Slot {
    /// The chunks of the versions in `(from, to]`.
    fn between(&self, from: u64, to: u64) -> Vec<Value> {
        let first = self.chunks.partition_point(|(version, _)| *version <= from);
        let last = self.chunks.partition_point(|(version, _)| *version <= to);
        self.chunks[first..last]
            .iter()
            .map(|(_, chunk)| chunk.clone())
            .collect()
    }
}

/// The wet state of one board.
#[derive(Debug)]
pub(crate) struct Wet {
    limits: Limits,
    frame_bytes: usize,
    version: u64,
    /// The version that readers may be told of; it follows `version` at the board's pace.
    shown: u64,
    people: BTreeMap<u64, Person>,
    /// Who left, oldest first, until every reader has been told.
    left: VecDeque<Gone>,
    cleared: BTreeMap<(u64, SlotName), u64>,
    clears: BTreeMap<u64, (u64, SlotName)>,
    /// Clears up to this version may have been forgotten.
    floor: u64,
    /// A version that a reader may pass only once it has been sent the board up to a sequence
    /// number. Both grow.
    holds: VecDeque<(u64, u64)>,
    shared: Vec<(u64, u64, Arc<[Frame]>)>,
}

impl Wet {
    /// A board with nobody on it. A frame is about `frame_bytes` at most.
    pub(crate) fn new(limits: Limits, frame_bytes: usize) -> Self {
        Self {
            limits,
            frame_bytes,
            version: 0,
            shown: 0,
            people: BTreeMap::new(),
            left: VecDeque::new(),
            cleared: BTreeMap::new(),
            clears: BTreeMap::new(),
            floor: 0,
            holds: VecDeque::new(),
            shared: Vec::new(),
        }
    }

    /// The latest version.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Whether readers have not been told of the latest version yet.
    pub(crate) fn is_ahead(&self) -> bool {
        self.version > self.shown
    }

    /// Lets readers have everything up to now. `told` is what every reader has been sent already.
    pub(crate) fn show(&mut self, told: u64) {
        self.shown = self.version;
        self.shared.clear();
        while self.left.front().is_some_and(|gone| gone.version <= told) {
            self.left.pop_front();
        }
        while self.holds.front().is_some_and(|&(version, _)| version <= told) {
            self.holds.pop_front();
        }
        while let Some(entry) = self.clears.first_entry() {
            if *entry.key() > told && self.cleared.len() <= MAX_CLEARS {
                break;
            }
            let (version, key) = entry.remove_entry();
            self.cleared.remove(&key);
            if version > told {
                self.floor = version;
            }
        }
    }

    /// Somebody came.
    pub(crate) fn join(&mut self, intro: Joined) {
        self.version += 1;
        let person = Person {
            joined: self.version,
            changed: self.version,
            slots: BTreeMap::new(),
            intro,
        };
        self.people.insert(person.intro.conn, person);
    }

    /// Somebody left. A reader is told once it has been sent the board up to `seq`, so that the
    /// slots which their last writes made dry don't blink.
    pub(crate) fn leave(&mut self, conn: u64, seq: u64) {
        let Some(person) = self.people.remove(&conn) else {
            return;
        };
        self.version += 1;
        self.left.push_back(Gone {
            version: self.version,
            joined: person.joined,
            intro: person.intro,
        });
        self.hold(seq);
        let of_conn = |(of, _): &(u64, SlotName)| *of == conn;
        let gone: Vec<_> = self.cleared.extract_if(.., |key, _| of_conn(key)).collect();
        for (_, version) in gone {
            self.clears.remove(&version);
        }
    }

    fn hold(&mut self, seq: u64) {
        // A later hold for no greater a sequence number holds nothing more.
        let planted = fault::is_planted(Fault::WetClearedBeforeDry);
        if !planted && seq > 0 && self.holds.back().is_none_or(|&(_, held)| held < seq) {
            self.holds.push_back((self.version, seq));
        }
    }

    /// Takes up a connection's changes; returns the refusals.
    pub(crate) fn apply(&mut self, conn: u64, ops: Slots) -> Vec<Refused> {
        let mut refused = Vec::new();
        for (name, op) in ops {
            if let Err(why) = self.apply_one(conn, &name, op) {
                refused.push(Refused {
                    slot: Some(name),
                    ..why
                });
            }
        }
        refused
    }

    fn apply_one(&mut self, conn: u64, name: &SlotName, op: SlotOp) -> Result<(), Refused> {
        let Some(person) = self.people.get_mut(&conn) else {
            return Ok(());
        };
        let (anew, chunks) = match op {
            SlotOp::Clear => {
                self.clear(conn, name);
                return Ok(());
            }
            SlotOp::Put(chunks) => (true, chunks),
            SlotOp::Add(chunks) => (false, chunks),
        };
        let held = person.slots.get(name);
        if held.is_none() && person.slots.len() >= self.limits.slots {
            let text = format!("A connection may have at most {} slots.", self.limits.slots);
            return Err(Refused::new(Code::TooManySlots, text, Retry::Never));
        }
        let added: usize = chunks.iter().map(|chunk| chunk.as_str().len() + 1).sum();
        let bytes = added + held.filter(|_| !anew).map_or(0, |slot| slot.bytes);
        if bytes > self.limits.slot {
            let text = format!("A slot may hold at most {} bytes.", self.limits.slot);
            return Err(Refused::new(Code::SlotTooBig, text, Retry::Never));
        }
        let others = person.slots.iter().filter(|(held, _)| *held != name);
        let together = bytes + others.map(|(_, slot)| slot.bytes).sum::<usize>();
        if together > FULL_SLOTS * self.limits.slot {
            let text =
                format!("All slots of a connection may hold at most {FULL_SLOTS} times as much as one.");
            return Err(Refused::new(Code::SlotTooBig, text, Retry::Never));
        }
        self.version += 1;
        let version = self.version;
        person.changed = version;
        let chunks = chunks.into_iter().map(|chunk| (version, chunk));
        match person.slots.get_mut(name) {
            Some(slot) if !anew => {
                slot.bytes = bytes;
                slot.chunks.extend(chunks);
            }
            _ => {
                let slot = Slot {
                    put: version,
                    bytes,
                    chunks: chunks.collect(),
                };
                person.slots.insert(name.clone(), slot);
                if let Some(version) = self.cleared.remove(&(conn, name.clone())) {
                    self.clears.remove(&version);
                }
            }
        }
        Ok(())
    }

    /// Ends a slot; says whether there was one.
    fn clear(&mut self, conn: u64, name: &SlotName) -> bool {
        let Some(person) = self.people.get_mut(&conn) else {
            return false;
        };
        if person.slots.remove(name).is_none() {
            return false;
        }
        self.version += 1;
        person.changed = self.version;
        let key = (conn, name.clone());
        if let Some(old) = self.cleared.insert(key.clone(), self.version) {
            self.clears.remove(&old);
        }
        self.clears.insert(self.version, key);
        true
    }

    /// Ends the slots that the write `seq` made dry, unless they were put anew after version
    /// `as_of`, at which the write came in. A reader is told once it has been sent the write.
    pub(crate) fn end(&mut self, conn: u64, names: &[SlotName], as_of: u64, seq: u64) {
        for name in names {
            let slot = self.people.get(&conn).and_then(|person| person.slots.get(name));
            if slot.is_some_and(|slot| slot.put <= as_of) && self.clear(conn, name) {
                self.hold(seq);
            }
        }
    }

    /// Ends those of a connection's slots that `which` names.
    pub(crate) fn end_all(&mut self, conn: u64, which: impl Fn(&SlotName) -> bool) {
        let slots = self.people.get(&conn).into_iter();
        let names = slots
            .flat_map(|person| person.slots.keys())
            .filter(|name| which(name));
        for name in names.cloned().collect::<Vec<_>>() {
            self.clear(conn, &name);
        }
    }

    /// Everybody except `reader`, for its welcome, at the latest version. Slots beyond `max_bytes`
    /// come in frames of their own.
    pub(crate) fn here(&self, reader: u64, max_bytes: usize) -> (Vec<Here>, Vec<Frame>) {
        let mut frames = Frames::new(self.frame_bytes);
        let mut bytes = 0;
        let mut here = Vec::new();
        for (&conn, person) in self.people.iter().filter(|(conn, _)| **conn != reader) {
            let mut slots = BTreeMap::new();
            for (name, slot) in &person.slots {
                bytes += slot.bytes;
                let chunks = slot.between(0, self.version);
                if bytes <= max_bytes {
                    slots.insert(name.clone(), chunks);
                } else {
                    frames.op(conn, name, SlotOp::Put(chunks), slot.bytes);
                }
            }
            let Joined {
                conn,
                peer,
                about,
                role,
                via,
            } = person.intro.clone();
            here.push(Here {
                conn,
                peer,
                about,
                role,
                via,
                slots,
            });
        }
        (here, frames.done())
    }

    /// What a reader at version `from` gets next, and at which version it is then. `reader` is its
    /// connection, `seq` what it has been sent of the board. `None` if there is nothing new for it.
    pub(crate) fn after(&mut self, reader: u64, from: u64, seq: u64) -> Option<(u64, Arc<[Frame]>)> {
        let held = self.holds.partition_point(|&(_, needs)| needs <= seq);
        let to = match self.holds.get(held) {
            Some(&(version, _)) => self.shown.min(version - 1),
            None => self.shown,
        };
        if to <= from {
            return None;
        }
        if from < self.floor {
            return Some((to, self.steps(from, to, Some(reader)).into()));
        }
        if let Some((.., frames)) = self.shared.iter().find(|&&(a, b, _)| (a, b) == (from, to)) {
            return Some((to, Arc::clone(frames)));
        }
        let frames: Arc<[Frame]> = self.steps(from, to, None).into();
        self.shared.push((from, to, Arc::clone(&frames)));
        Some((to, frames))
    }

    /// The frames that bring a reader from one version to another. With `anew` it is told of
    /// everybody else as if they had come just now: clears that it needs have been forgotten.
    fn steps(&self, from: u64, to: u64, anew: Option<u64>) -> Vec<Frame> {
        let mut frames = Frames::new(self.frame_bytes);
        for gone in &self.left {
            let knew = gone.joined <= from;
            if gone.version > from && gone.version <= to && knew {
                frames.message(&RelayMessage::Left(Left {
                    conn: gone.intro.conn,
                }));
            } else if gone.version > to && gone.joined <= to && !knew {
                // They are to be told of the end later, so of the beginning now.
                frames.message(&RelayMessage::Joined(gone.intro.clone()));
            }
        }
        for (&conn, person) in &self.people {
            if person.joined > to {
                continue;
            }
            let again = anew.is_some_and(|reader| reader != conn) && person.joined <= from;
            if again {
                frames.message(&RelayMessage::Left(Left { conn }));
            }
            if again || person.joined > from {
                frames.message(&RelayMessage::Joined(person.intro.clone()));
            }
            if person.changed <= from && !again {
                continue;
            }
            for (name, slot) in &person.slots {
                let since = if again { 0 } else { from };
                let chunks = slot.between(since, to);
                let bytes = chunks.iter().map(|chunk| chunk.as_str().len() + 1).sum();
                if slot.put > to {
                    continue; // The state at `to` is gone; the one to come replaces it.
                } else if slot.put > since {
                    frames.op(conn, name, SlotOp::Put(chunks), bytes);
                } else if !chunks.is_empty() {
                    frames.op(conn, name, SlotOp::Add(chunks), bytes);
                }
            }
        }
        for (conn, name) in self.clears.range(from + 1..=to).map(|(_, key)| key) {
            let joined = self.people.get(conn).is_some_and(|person| person.joined <= from);
            if joined && anew.is_none_or(|reader| reader == *conn) {
                frames.op(*conn, name, SlotOp::Clear, 0);
            }
        }
        frames.done()
    }
}

#[cfg(test)]
mod tests;
