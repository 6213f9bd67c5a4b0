//! What is said on one connection to a board: what comes in, and what the board has for it. Pure: it is handed frames and
//! pages of the store, and hands out frames.

use std::sync::Arc;

use drawbridge_protocol::{
    AskPast, CaughtUp, ClientMessage, Code, DecodeError, Hello, Joined, Manage, Refused, RelayMessage, Retry,
    VERSION, Welcome, Write, decode, encode,
};

use crate::bell::Bell;
use crate::board::{Place, Welcomed};
use crate::committer::{self, By, Request};
use crate::core::Core;
use crate::frame::Frame;
use crate::hello::{self, Ending, stopped};
use crate::rights::{self, Pass};
use crate::ring::cells_frame;
use crate::room::Seat;
use crate::store::{Page, PastBounds, PastPlace, PastRows};

/// After how many milliseconds a page of the past may be asked for again that was refused.
const PAST_RETRY_MS: u64 = 1_000;

/// Somebody with a seat, who isn't on the board yet.
#[derive(Debug)]
pub(crate) struct Arrival {
    seat: Seat,
    hello: Hello,
    /// The place that the cursor names, if it fits.
    resumed: Option<u64>,
}

/// What is to be read from the store: the board's number, and the sequence number above which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Above {
    pub(crate) board: i64,
    pub(crate) seq: u64,
}

/// A page of what was before that is to be read from the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AskedPast {
    /// The client's number for it.
    pub(crate) id: u64,
    pub(crate) board: i64,
    pub(crate) from: Option<PastPlace>,
}

impl Arrival {
    /// A connection whose hello got it a seat.
    pub(crate) fn new(core: &Core, seat: Seat, hello: Hello) -> Self {
        let resumed = core.place(hello.cursor.as_deref());
        Self { seat, hello, resumed }
    }

    /// What has to be counted in the store before it comes in: the cells that it lacks. `None` where that is known.
    pub(crate) fn to_count(&self) -> Option<Above> {
        let seq = self.resumed.filter(|&seq| seq > 0)?;
        let board = self.seat.room.n;
        (seq < self.seat.room.board().head()).then_some(Above { board, seq })
    }

    /// Comes in; `count` is what [`Self::to_count`] asked for. Returns what is said from here on, and the frames that
    /// welcome it.
    pub(crate) fn enter(
        self,
        core: &Arc<Core>,
        bell: Arc<Bell>,
        count: Option<u64>,
    ) -> Result<(Conversation, Vec<Frame>), Ending> {
        let Self { seat, hello, resumed } = self;
        let (conn, role, seq) = (seat.conn, seat.pass.role, resumed.unwrap_or(0));
        let more = match count {
            Some(count) => count,
            None if seq == 0 => seat.room.board().cells(),
            None => 0,
        };
        let now = core.now_ms();
        let pass = seat.pass;
        let intro = Joined {
            conn,
            peer: hello.peer,
            about: hello.about,
            role,
            via: seat.pass.via.short(),
        };
        let joined = seat
            .room
            .change(conn, |board| board.join(intro, pass, bell, seq, now));
        let Welcomed {
            here,
            frames,
            place,
            access,
        } = joined.map_err(hello::turned_away)?;
        let welcome = RelayMessage::Welcome(Box::new(Welcome {
            version: VERSION,
            features: Vec::new(),
            conn,
            role,
            time: now,
            limits: core.settings.limits.clone(),
            window: core.settings.window.clone(),
            resumed: resumed.is_some(),
            more,
            access,
            here,
        }));
        let mut welcome: Vec<Frame> = vec![encode(&welcome).into()];
        welcome.extend(frames);
        let conversation = Conversation {
            core: Arc::clone(core),
            seat,
            place,
            more,
            caught_up: false,
            reading: false,
            leafing: false,
            asked: None,
            writes: 0,
            bytes: 0,
        };
        Ok((conversation, welcome))
    }
}

/// A connection that is on a board.
#[derive(Debug)]
pub(crate) struct Conversation {
    core: Arc<Core>,
    seat: Seat,
    place: Place,
    /// About how many cells are still to be sent until it has caught up.
    more: u64,
    caught_up: bool,
    /// A page of the store was asked for and hasn't come.
    reading: bool,
    /// A page of what was before was asked for and hasn't been answered.
    leafing: bool,
    /// That page, until somebody reads it.
    asked: Option<AskedPast>,
    /// How many writes are under way, those whose answer it hasn't been sent included, and their bytes as of the last turn.
    writes: usize,
    bytes: usize,
}

/// What is to be done next.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// To be sent.
    pub(crate) frames: Vec<Frame>,
    /// To be read from the store, for [`Conversation::page`].
    pub(crate) read: Option<Above>,
    /// Whether there may be more once that has been sent.
    pub(crate) again: bool,
    /// Whether the connection ends once that has been sent: the board lives elsewhere, and it knows where.
    pub(crate) moved: bool,
}

impl Conversation {
    /// The connection's number.
    pub(crate) fn conn(&self) -> u64 {
        self.seat.conn
    }

    /// By which link it came, and as what.
    pub(crate) fn pass(&self) -> Pass {
        self.seat.pass
    }

    /// Whether it may be given a message now: it hasn't as much under way as its window allows.
    pub(crate) fn listens(&self) -> bool {
        let window = &self.core.settings.window;
        self.writes < window.writes && self.bytes < window.bytes
    }

    /// Whether nothing of it waits for the disk or to be taken by [`Self::turn`].
    pub(crate) fn is_settled(&self) -> bool {
        self.seat.room.board().is_settled(self.seat.conn)
    }

    /// Whether dry cells or answers wait for it.
    #[cfg(feature = "testing")]
    pub(crate) fn is_behind(&self) -> bool {
        let board = self.seat.room.board();
        self.place.seq < board.head() || board.has_replies(self.seat.conn)
    }

    /// Takes a message; returns what is answered at once.
    pub(crate) fn message(&mut self, text: &str) -> Result<Vec<Frame>, Ending> {
        let refused = match decode::<ClientMessage>(text) {
            Ok(ClientMessage::Write(write)) => self.write(write, text.len())?.into_iter().collect(),
            Ok(ClientMessage::Live(slots)) => {
                let conn = self.seat.conn;
                self.seat.room.change(conn, |board| board.live(conn, slots))
            }
            Ok(ClientMessage::Manage(manage)) => self.manage(manage, text.len())?.into_iter().collect(),
            Ok(ClientMessage::Past(ask)) => self.past(&ask).into_iter().collect(),
            Ok(ClientMessage::Hello(_)) => {
                let text = "The hello came already.";
                return Err(hello::ending(Code::HelloAgain, text, Retry::Never));
            }
            Err(DecodeError::Unknown(name)) => {
                let text = format!("This relay doesn't know the message {name:?}.");
                vec![Refused::new(Code::UnknownMessage, text, Retry::Never)]
            }
            Err(error) => return Err(hello::bad_message(&error)),
        };
        for refused in &refused {
            self.core.metrics.refused(refused.code);
        }
        Ok(refused.into_iter().map(frame).collect())
    }

    fn write(&mut self, write: Write, bytes: usize) -> Result<Option<Refused>, Ending> {
        // What else the link, or a lock, says against it is for the transaction to find out.
        let role = self.seat.pass.role;
        let may =
            hello::check_write(&write, &self.core.settings.limits).and_then(|()| rights::change(false, role));
        if let Err(mut refused) = may {
            refused.id = Some(write.id);
            return Ok(Some(*refused));
        }
        let Write { id, cells, ends } = write;
        let Seat {
            room,
            conn,
            pass,
            requests,
        } = &self.seat;
        let as_of = room.board().queue(*conn, bytes);
        self.writes += 1;
        self.bytes += bytes;
        let write = committer::Write {
            room: Arc::clone(room),
            conn: *conn,
            pass: *pass,
            id,
            cells,
            ends,
            as_of,
            bytes,
            came: self.core.time.now(),
        };
        let sent = requests.send(Request::Write(Box::new(write)));
        sent.map(|()| None).map_err(|_| stopped())
    }

    fn manage(&mut self, manage: Manage, bytes: usize) -> Result<Option<Refused>, Ending> {
        let Manage { id, what } = manage;
        let Seat {
            room,
            conn,
            pass,
            requests,
        } = &self.seat;
        if let Err(mut refused) = rights::manage(pass.role) {
            refused.id = Some(id);
            return Ok(Some(*refused));
        }
        room.board().queue(*conn, bytes);
        self.writes += 1;
        self.bytes += bytes;
        let by = By::Connection {
            room: Arc::clone(room),
            conn: *conn,
            pass: *pass,
            id,
            bytes,
        };
        let manage = committer::Manage { what, by };
        let sent = requests.send(Request::Manage(Box::new(manage)));
        sent.map(|()| None).map_err(|_| stopped())
    }

    /// Notes which page of what was before is to be read. One at a time: whoever leafs through the past keeps nobody waiting.
    fn past(&mut self, ask: &AskPast) -> Option<Refused> {
        let refuse = |code, text: &str, retry| {
            let mut refused = Refused::new(code, text, retry);
            refused.id = Some(ask.id);
            Some(refused)
        };
        if self.leafing {
            let text = "A page of what was before is on its way; ask for the next one when it has come.";
            return refuse(Code::PastBusy, text, Retry::After(PAST_RETRY_MS));
        }
        let from = ask.from.as_deref().map(PastPlace::read);
        if from == Some(None) {
            let text = "This relay never named that place in what was before.";
            return refuse(Code::BadPast, text, Retry::Never);
        }
        self.leafing = true;
        self.asked = Some(AskedPast {
            id: ask.id,
            board: self.seat.room.n,
            from: from.flatten(),
        });
        None
    }

    /// The page of what was before that is to be read now, once.
    pub(crate) fn take_asked(&mut self) -> Option<AskedPast> {
        self.asked.take()
    }

    /// How far a page may claim to reach.
    pub(crate) fn past_bounds(&self) -> PastBounds {
        let settings = &self.core.settings;
        PastBounds {
            age: settings.past_age,
            tight: settings.past_bytes < settings.limits.cell as u64,
            now_ms: self.core.now_ms(),
        }
    }

    /// The answer to who asked for a page. `None`: it can't be read.
    pub(crate) fn past_page(&mut self, id: u64, page: Option<&PastRows>) -> Frame {
        self.leafing = false;
        let Some(page) = page else {
            let text = "The relay can't read what was before.";
            let mut refused = Refused::new(Code::PastBusy, text, Retry::After(PAST_RETRY_MS));
            refused.id = Some(id);
            self.core.metrics.refused(refused.code);
            return frame(refused);
        };
        let PastRows { cells, since_ms, .. } = page;
        let next = page.next.map(|place| {
            let reached = place.until_ms;
            format!(r#""next":"{place}","reached":{reached},"#)
        });
        let next = next.unwrap_or_default();
        format!(r#"{{"past":{{"id":{id},"cells":[{cells}],{next}"since":{since_ms}}}}}"#).into()
    }

    /// Why it has to go, if it has to: it was sent away, or its link's time is over.
    pub(crate) fn away(&self) -> Result<(), Ending> {
        let board = self.seat.room.board();
        let away = board.away(self.seat.conn, self.core.now_ms());
        away.map_or(Ok(()), |refused| Err(hello::turned_away(refused)))
    }

    /// Takes the page of the store that [`Turn::read`] asked for, and makes a frame of it. `None` if there is nothing in
    /// it, which can't be: the row of a board's last write is always there.
    pub(crate) fn page(&mut self, page: &Page) -> Option<Frame> {
        self.reading = false;
        let to = page.to?;
        self.place.seq = to;
        self.more = if self.caught_up {
            0
        } else {
            self.more.saturating_sub(page.count)
        };
        Some(cells_frame(self.core.epoch(), to, &page.cells, self.more))
    }

    /// What the board has for it. To be asked for once everything before has been sent. It may be sent away.
    pub(crate) fn turn(&mut self) -> Result<Turn, Ending> {
        let reading = self.reading;
        let next = self
            .seat
            .room
            .board()
            .next(self.seat.conn, &mut self.place, reading);
        if let Some(refused) = next.away {
            return Err(hello::turned_away(refused));
        }
        self.writes = self.writes.saturating_sub(next.replies.len());
        self.bytes = next.queued;
        let nothing_above = !reading && !next.behind && next.cells.is_none();
        let again = next.again;
        let mut frames = next.replies;
        frames.extend(next.access);
        frames.extend(next.cells);
        frames.extend(next.wet.iter().flat_map(|wet| wet.iter().cloned()));
        if nothing_above && !self.caught_up {
            self.caught_up = true;
            let cursor = format!("{}-{}", self.core.epoch(), self.place.seq);
            frames.push(encode(&RelayMessage::CaughtUp(CaughtUp { cursor })).into());
        }
        let moved = next.moved.is_some();
        frames.extend(next.moved);
        self.reading |= next.behind;
        let read = next.behind.then_some(Above {
            board: self.seat.room.n,
            seq: self.place.seq,
        });
        Ok(Turn {
            frames,
            read,
            again,
            moved,
        })
    }
}

fn frame(refused: Refused) -> Frame {
    tracing::debug!(code = ?refused.code, "refused");
    encode(&RelayMessage::Refused(Box::new(refused))).into()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Instant;

    use drawbridge_protocol::{Access, BoardLink, KeyHash, Role};

    use super::*;
    use crate::board::{Board, Committed, Outcome};
    use crate::clock::{Clock, Time};
    use crate::metrics::Metrics;
    use crate::room::Room;
    use crate::settings::Settings;
    use crate::store::Epochs;

    #[derive(Debug)]
    struct Stopped(Instant);

    impl Time for Stopped {
        fn now(&self) -> Instant {
            self.0
        }

        fn wake(&self, _: &Arc<Room>, _: Instant) {}
    }

    #[test]
    fn r5_the_window_fills_and_empties_when_answers_are_taken() {
        let settings = Arc::new(Settings::default());
        let time: Arc<dyn Time> = Arc::new(Stopped(Instant::now()));
        let clock = Clock::start(0, 1_700_000_000_000, time.now());
        let epochs = Epochs::after(Vec::new(), 7, 0);
        let core = Core::new(
            Arc::clone(&settings),
            Arc::new(Metrics::new()),
            Arc::clone(&time),
            clock,
            epochs,
            0,
        );
        let core = Arc::new(core);
        let pass = Pass {
            via: KeyHash::from_bytes([0; 32]),
            role: Role::Edit,
        };
        let access = Arc::new(Access {
            locked: false,
            links: vec![BoardLink::new(pass.via, pass.role)],
        });
        let board = Board::new(&settings, core.epoch(), 0, 0, access);
        let (requests, _queue) = channel();
        let seat = Seat {
            room: Arc::new(Room::new(1, board, time)),
            conn: 1,
            pass,
            requests,
        };
        let room = Arc::clone(&seat.room);
        let hello = r#"{"hello":{"versions":[1],"peer":"AAAAAAAAAAAAAAAA","key":"0123456789abcdef"}}"#;
        let Ok(hello) = hello::read(hello, &settings.limits) else {
            panic!("no hello")
        };
        let arrival = Arrival::new(&core, seat, hello);
        let Ok((mut conversation, _)) = arrival.enter(&core, Arc::default(), None) else {
            panic!("not let in")
        };
        let write = |conversation: &mut Conversation, id: u64, value: &str| {
            let cell = format!(
                r#"{{"element":"e","prop":"base","stamp":[{id},0,"AAAAAAAAAAAAAAAA"],"value":"{value}"}}"#
            );
            let text = format!(r#"{{"write":{{"id":{id},"cells":[{cell}]}}}}"#);
            assert!(
                conversation
                    .message(&text)
                    .is_ok_and(|answers| answers.is_empty())
            );
            text.len()
        };
        let mut bytes = 0;
        for id in 0..settings.window.writes as u64 {
            assert!(conversation.listens());
            bytes = write(&mut conversation, id, "");
        }
        assert!(!conversation.listens());
        let outcome = |id, bytes| Outcome {
            conn: 1,
            id,
            bytes,
            ends: Vec::new(),
            as_of: 0,
            result: Ok(Committed::default()),
        };
        room.board().outcome(outcome(0, bytes));
        assert!(!conversation.listens(), "an answer that wasn't taken counts");
        let frames = |conversation: &mut Conversation| conversation.turn().expect("still here").frames.len();
        assert_eq!(frames(&mut conversation), 2, "the answer, and caught_up");
        assert!(conversation.listens());
        for id in 1..settings.window.writes as u64 {
            room.board().outcome(outcome(id, bytes));
        }
        assert_eq!(frames(&mut conversation), settings.window.writes - 1);
        let half = "x".repeat(settings.window.bytes / 2);
        let bytes = write(&mut conversation, 100, &half);
        assert!(conversation.listens());
        write(&mut conversation, 101, &half);
        assert!(!conversation.listens(), "as many bytes as the window has");
        room.board().outcome(outcome(100, bytes));
        frames(&mut conversation);
        assert!(conversation.listens());
    }
}
