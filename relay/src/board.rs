//! One board while somebody is on it: recent writes, wet slots, and what each connection gets next.
//! Pure: it is told what was committed and what time it is, and does no I/O.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{
    Access, Ack, Code, Here, Joined, Moved, Refused, RelayAddress, RelayMessage, Retry, Role, SlotName,
    Slots, encode,
};

use crate::bell::Bell;
use crate::frame::Frame;
use crate::pace::Pace;
use crate::rights::{self, Pass};
use crate::ring::Ring;
use crate::settings::Settings;
use crate::wet::Wet;

/// How far a connection has been sent the board.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Place {
    /// Of the dry board.
    pub(crate) seq: u64,
    /// Of the wet state.
    pub(crate) wet: u64,
}

/// What a connection finds when it comes.
#[derive(Debug)]
pub(crate) struct Welcomed {
    /// Who is here.
    pub(crate) here: Vec<Here>,
    /// Frames with those of their slots that are too much for `here`.
    pub(crate) frames: Vec<Frame>,
    /// Where it is then.
    pub(crate) place: Place,
    /// Who may do what, as far as it is told.
    pub(crate) access: Access,
}

/// What a connection is to be sent next, in this order.
#[derive(Debug, Default)]
pub(crate) struct Next {
    /// Acknowledgements and refusals.
    pub(crate) replies: Vec<Frame>,
    /// Who may do what, if that has changed. It comes after the answers, so that whoever is told that the board is unlocked has
    /// heard of all that was refused while it was locked.
    pub(crate) access: Option<Frame>,
    /// Dry cells.
    pub(crate) cells: Option<Frame>,
    /// Wet steps.
    pub(crate) wet: Option<Arc<[Frame]>>,
    /// Its place lies before the ring: it must read the store.
    pub(crate) behind: bool,
    /// It is sent away: nothing else is for it any more.
    pub(crate) away: Option<Box<Refused>>,
    /// It has been sent all of the board, which lives elsewhere: where. Nothing else is for it here.
    pub(crate) moved: Option<Frame>,
    /// There is more for it once that has been sent.
    pub(crate) again: bool,
    /// How many bytes of its writes are on their way to the disk.
    pub(crate) queued: usize,
}

/// What became of a write that was on its way to the disk.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Who wrote.
    pub(crate) conn: u64,
    /// The client's number for it.
    pub(crate) id: u64,
    /// How many bytes it took of the connection's window.
    pub(crate) bytes: usize,
    /// The slots that it ends.
    pub(crate) ends: Vec<SlotName>,
    /// The wet version at which it came in.
    pub(crate) as_of: u64,
    /// What the disk says.
    pub(crate) result: Result<Committed, Box<Refused>>,
}

/// A write that is on disk.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Committed {
    /// Its place, if any cell won.
    pub(crate) seq: Option<u64>,
    /// The winning cells as JSON, separated by commas.
    pub(crate) cells: String,
    /// How many cells the board has now.
    pub(crate) board_cells: u64,
    /// How many cells won.
    pub(crate) won: u64,
}

/// One connection on the board.
#[derive(Debug)]
struct Person {
    pass: Pass,
    bell: Arc<Bell>,
    /// Why it is to go.
    away: Option<Box<Refused>>,
    /// The last change of who may do what that it was told of.
    told: u64,
    replies: Vec<Frame>,
    writes: usize,
    bytes: usize,
    /// Where it is, as far as known here.
    place: Place,
}

/// How many operations a live message may have, for each slot that a connection may have.
const OPERATIONS: usize = 4;

/// How long somebody waits at the door at most: well under what a client waits for a welcome.
const DOOR_WAIT: Duration = Duration::from_secs(8);

/// Who changed wet state since it was last shown.
#[derive(Debug, PartialEq, Eq)]
enum Authors {
    Nobody,
    One(u64),
    Several,
}

/// The board.
#[derive(Debug)]
pub(crate) struct Board {
    settings: Arc<Settings>,
    head: u64,
    cells: u64,
    ring: Ring,
    wet: Wet,
    people: BTreeMap<u64, Person>,
    pace: Pace,
    timer: bool,
    authors: Authors,
    /// When the next one would come in if they came evenly.
    door: Option<Instant>,
    access: Arc<Access>,
    /// What those are told who have been sent all of it: where it lives, if not here.
    moved: Option<Frame>,
    /// How often that changed.
    changes: u64,
    /// What those who may draw, and those who may only view, are told of it; made when it is first needed.
    access_frames: [Option<Frame>; 2],
}

impl Board {
    /// A board that the store holds up to `head`, with so many cells.
    pub(crate) fn new(
        settings: &Arc<Settings>,
        epoch: &str,
        head: u64,
        cells: u64,
        access: Arc<Access>,
    ) -> Self {
        Self {
            access,
            moved: None,
            changes: 0,
            access_frames: [None, None],
            head,
            cells,
            ring: Ring::new(epoch.to_owned(), head, settings.ring_bytes),
            wet: Wet::new(settings.limits.clone(), settings.batch_bytes),
            people: BTreeMap::new(),
            pace: Pace::new(settings.pace, settings.burst),
            timer: false,
            authors: Authors::Nobody,
            door: None,
            settings: Arc::clone(settings),
        }
    }

    /// The same, of a board that may live on another relay.
    pub(crate) fn living_at(mut self, to: Option<RelayAddress>) -> Self {
        self.set_moved(to);
        self
    }

    /// It lives on another relay from now on, or here again: tells everybody, each once they have been sent all of it.
    pub(crate) fn set_moved(&mut self, to: Option<RelayAddress>) {
        self.moved = to.map(|to| encode(&RelayMessage::Moved(Moved { to })).into());
        self.people.values().for_each(|person| person.bell.ring());
    }

    /// The last write's sequence number.
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// How many cells the board has.
    pub(crate) fn cells(&self) -> u64 {
        self.cells
    }

    /// When somebody who knocks at `now` may come in: a crowd comes in one after the other, since everybody on the board is
    /// told of each. `None` if too many wait already.
    pub(crate) fn knock(&mut self, now: Instant) -> Option<Instant> {
        let rate = self.settings.joining;
        let due = self.door.map_or(now, |door| door.max(now));
        let at = due
            .checked_sub(rate.of(rate.burst as usize))
            .map_or(now, |at| at.max(now));
        if at > now + DOOR_WAIT {
            return None;
        }
        self.door = Some(due + rate.of(1));
        Some(at)
    }

    /// Takes in a connection that has been sent the board up to `seq`; `now_ms` is the relay's clock. It isn't taken in if the
    /// board is full of people, or its link was ended since it got its seat.
    pub(crate) fn join(
        &mut self,
        intro: Joined,
        pass: Pass,
        bell: Arc<Bell>,
        seq: u64,
        now_ms: u64,
    ) -> Result<Welcomed, Box<Refused>> {
        rights::stay(&self.access, &pass, now_ms)?;
        let most = self.settings.limits.board_people;
        if self.people.len() >= most {
            let text = format!("{most} people are on the board already.");
            return Err(Box::new(Refused::new(
                Code::BoardBusy,
                text,
                Retry::After(10_000),
            )));
        }
        let conn = intro.conn;
        self.wet.join(intro);
        let place = Place {
            seq,
            wet: self.wet.version(),
        };
        let person = Person {
            pass,
            bell,
            away: None,
            told: self.changes,
            replies: Vec::new(),
            writes: 0,
            bytes: 0,
            place,
        };
        self.people.insert(conn, person);
        self.set_pace();
        let (here, frames) = self.wet.here(conn, self.settings.limits.frame / 2);
        Ok(Welcomed {
            here,
            frames,
            place,
            access: rights::told(&self.access, pass.role),
        })
    }

    /// A connection is gone, and so are its writes.
    pub(crate) fn leave(&mut self, conn: u64) {
        if self.people.remove(&conn).is_some() {
            self.set_pace();
            self.wet.leave(conn, self.head);
        }
    }

    /// Where very many are, each of whom is sent every frame, frames carry more and come less often.
    fn set_pace(&mut self) {
        let settings = &self.settings;
        let is_crowd = self.people.len() > settings.crowd;
        let interval = if is_crowd {
            settings.crowd_pace
        } else {
            settings.pace
        };
        self.pace.set(self.people.len(), interval);
    }

    /// Takes up wet changes of a connection; returns the refusals.
    pub(crate) fn live(&mut self, conn: u64, mut ops: Slots) -> Vec<Refused> {
        let Some(person) = self.people.get(&conn).filter(|person| person.away.is_none()) else {
            return Vec::new();
        };
        let most = OPERATIONS * self.settings.limits.slots;
        if ops.len() > most {
            // One by one, that would be a flood of refusals.
            let text = format!("A live message may have at most {most} operations.");
            return vec![Refused::new(Code::TooManySlots, text, Retry::Never)];
        }
        let (locked, role) = (self.access.locked, person.pass.role);
        let mut refused = Vec::new();
        ops.retain(|name, op| match rights::slot(locked, role, name, op) {
            Ok(()) => true,
            Err(mut no) => {
                no.slot = Some(name.clone());
                refused.push(*no);
                false
            }
        });
        refused.extend(self.wet.apply(conn, ops));
        refused
    }

    /// Whether a connection is on the board and not sent away.
    pub(crate) fn is_here(&self, conn: u64) -> bool {
        self.people.get(&conn).is_some_and(|person| person.away.is_none())
    }

    /// Sends a connection away.
    pub(crate) fn dismiss(&mut self, conn: u64, why: &Refused) {
        if let Some(person) = self.people.get_mut(&conn) {
            person.away.get_or_insert_with(|| Box::new(why.clone()));
            person.bell.ring();
        }
    }

    /// Who may do what has changed, on disk: tells everybody, and sends away whose link doesn't let them be here any more. Where
    /// the board is locked now, what others than its owners have under way ends. To be followed by [`Board::changed`].
    pub(crate) fn set_access(&mut self, access: Arc<Access>, now_ms: u64) {
        self.access = access;
        self.changes += 1;
        self.access_frames = [None, None];
        for (&conn, person) in &mut self.people {
            if let Err(why) = rights::stay(&self.access, &person.pass, now_ms) {
                person.away.get_or_insert(why);
            }
            if rights::change(self.access.locked, person.pass.role).is_err() {
                self.wet.end_all(conn, |name| !rights::is_viewers(name));
            }
            person.bell.ring();
        }
    }

    /// Why a connection has to go at `now_ms`, if it has to: it was sent away, or its link's time is over.
    pub(crate) fn away(&self, conn: u64, now_ms: u64) -> Option<Box<Refused>> {
        let person = self.people.get(&conn)?;
        let over = || rights::stay(&self.access, &person.pass, now_ms).err();
        person.away.clone().or_else(over)
    }

    /// To be called after wet changes of `author`: shows them if the pace allows, else says when to
    /// call [`Board::tick`].
    pub(crate) fn changed(&mut self, author: u64, now: Instant) -> Option<Instant> {
        if !self.wet.is_ahead() {
            return None;
        }
        self.authors = match self.authors {
            Authors::Nobody => Authors::One(author),
            Authors::One(other) if other == author => Authors::One(author),
            _ => Authors::Several,
        };
        self.pace.step(now);
        if self.timer {
            return None;
        }
        match self.pace.take(now) {
            Ok(()) => {
                self.show();
                None
            }
            Err(at) => {
                self.timer = true;
                Some(at)
            }
        }
    }

    /// The time has come that [`Board::changed`] asked for.
    pub(crate) fn tick(&mut self, now: Instant) -> Option<Instant> {
        match self.pace.take(now) {
            Ok(()) => {
                self.timer = false;
                self.show();
                None
            }
            Err(at) => Some(at),
        }
    }

    fn show(&mut self) {
        let told = self.people.values().map(|person| person.place.wet).min();
        self.wet.show(told.unwrap_or_else(|| self.wet.version()));
        let authors = std::mem::replace(&mut self.authors, Authors::Nobody);
        for (&conn, person) in &self.people {
            if authors != Authors::One(conn) {
                person.bell.ring();
            }
        }
    }

    /// A write is on its way to the disk. Returns the wet version at which it came in.
    pub(crate) fn queue(&mut self, conn: u64, bytes: usize) -> u64 {
        if let Some(person) = self.people.get_mut(&conn) {
            person.writes += 1;
            person.bytes += bytes;
        }
        self.wet.version()
    }

    /// Whether nothing of the connection waits for the disk or to be taken by [`Board::next`].
    pub(crate) fn is_settled(&self, conn: u64) -> bool {
        let person = self.people.get(&conn);
        person.is_none_or(|person| person.writes == 0 && person.replies.is_empty())
    }

    /// Whether answers wait for the connection.
    #[cfg(feature = "testing")]
    pub(crate) fn has_replies(&self, conn: u64) -> bool {
        self.people
            .get(&conn)
            .is_some_and(|person| !person.replies.is_empty())
    }

    /// Something is on disk: tells everybody, whoever wrote it.
    pub(crate) fn wrote(&mut self, committed: Committed) {
        let Some(seq) = committed.seq else { return };
        self.head = seq;
        self.cells = committed.board_cells;
        let told = self.people.values().map(|person| person.place.seq).min();
        self.ring.forget(told.unwrap_or(seq));
        self.ring.push(seq, committed.cells);
        if !fault::is_planted(Fault::LostWakeup) {
            self.people.values().for_each(|person| person.bell.ring());
        }
    }

    /// A write's outcome is known: tells everybody.
    pub(crate) fn outcome(&mut self, outcome: Outcome) {
        let Outcome {
            conn,
            id,
            bytes,
            ends,
            as_of,
            result,
        } = outcome;
        let answer = match result {
            Ok(committed) => {
                self.wrote(committed);
                self.wet.end(conn, &ends, as_of, self.head);
                Ok(())
            }
            Err(refused) => Err(refused),
        };
        self.answer(conn, id, bytes, answer);
    }

    /// Answers what a connection asked for under `id`, and which took so many bytes of its window.
    pub(crate) fn answer(&mut self, conn: u64, id: u64, bytes: usize, answer: Result<(), Box<Refused>>) {
        // By a link whose time has just come: the connection ends with what it wrote.
        let over = answer
            .as_ref()
            .err()
            .filter(|refused| refused.code == Code::LinkEnded);
        let over = over.map(|refused| {
            Box::new(Refused {
                id: None,
                ..(**refused).clone()
            })
        });
        let reply = match answer {
            Ok(()) => encode(&RelayMessage::Ack(Ack { id })),
            Err(mut refused) => {
                refused.id = Some(id);
                encode(&RelayMessage::Refused(refused))
            }
        };
        if let Some(person) = self.people.get_mut(&conn) {
            if let Some(over) = over {
                person.away.get_or_insert(over);
            }
            person.writes = person.writes.saturating_sub(1);
            person.bytes = person.bytes.saturating_sub(bytes);
            person.replies.push(reply.into());
            person.bell.ring();
        }
    }

    /// What the connection gets next; moves its place past it. While it reads the store
    /// (`reading`), it gets no dry cells from here.
    pub(crate) fn next(&mut self, conn: u64, place: &mut Place, reading: bool) -> Next {
        let mut next = Next::default();
        let Some(person) = self.people.get_mut(&conn) else {
            return next;
        };
        next.replies = std::mem::take(&mut person.replies);
        if person.away.is_some() {
            // What became of its writes it is told still.
            next.again = !next.replies.is_empty();
            next.away = person.away.clone().filter(|_| !next.again);
            return next;
        }
        if person.told < self.changes {
            person.told = self.changes;
            let role = person.pass.role;
            let frame = &mut self.access_frames[usize::from(role == Role::View)];
            let frame = frame.get_or_insert_with(|| {
                encode(&RelayMessage::Access(rights::told(&self.access, role))).into()
            });
            next.access = Some(frame.clone());
        }
        next.queued = person.bytes;
        if !reading {
            if !self.ring.covers(place.seq) {
                next.behind = true;
            } else if let Some((to, frame)) = self.ring.above(place.seq, self.settings.batch_bytes) {
                place.seq = to;
                next.cells = Some(frame);
            }
        }
        if let Some((to, frames)) = self.wet.after(conn, place.wet, place.seq) {
            place.wet = to;
            next.wet = Some(frames);
        }
        person.place = *place;
        next.again = next.cells.is_some();
        let has_all = !reading && !next.behind && !next.again && place.seq >= self.head;
        next.moved = self.moved.clone().filter(|_| has_all);
        next
    }
}

#[cfg(test)]
mod tests;
