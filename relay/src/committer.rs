//! The one thread that writes: it gathers what is waiting into one transaction, commits, and only
//! then tells the boards. Opening boards and leaving them go through it too, so that rooms come and
//! go in one place, and a goodbye comes after the last write.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Instant;

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{BoardId, Cell, Code, Hello, Refused, Retry, SlotName};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::oneshot;

use crate::board::{Board, Committed, Outcome};
use crate::core::Core;
use crate::room::{Room, Seat};
use crate::store::{BoardRow, Disk, DiskError, ImageRow, Writer};
use crate::turns::{Turn, Turns};

/// When to try again after the disk was full.
const FULL_RETRY_MS: u64 = 5000;

/// What the committer is asked.
#[derive(Debug)]
pub(crate) enum Request {
    /// Open a board for a connection.
    Open(Open),
    /// Write cells.
    Write(Box<Write>),
    /// Give a board an image.
    Keep(Keep),
    /// A connection is gone.
    Leave {
        /// Where it was.
        room: Arc<Room>,
        /// Its number.
        conn: u64,
    },
    /// The relay is about to stop: nobody rests any more.
    Hurry,
    /// Finish what is queued, and end.
    Stop,
}

/// A connection wants to come in.
#[derive(Debug)]
pub(crate) struct Open {
    /// Where to.
    pub(crate) board: BoardId,
    /// The hash of the key that it gave.
    pub(crate) key_hash: [u8; 32],
    /// Whether the board may be made.
    pub(crate) create: bool,
    /// Where the answer goes.
    pub(crate) reply: oneshot::Sender<Result<Seat, Box<Refused>>>,
}

impl Open {
    /// What `hello` asks of `board`.
    pub(crate) fn new(
        board: &BoardId,
        hello: &Hello,
        reply: oneshot::Sender<Result<Seat, Box<Refused>>>,
    ) -> Self {
        Self {
            board: board.clone(),
            key_hash: Sha256::digest(hello.key.reveal()).into(),
            create: hello.create,
            reply,
        }
    }
}

/// A write that passed the checks of its form.
#[derive(Debug)]
pub(crate) struct Write {
    /// The board.
    pub(crate) room: Arc<Room>,
    /// Who writes.
    pub(crate) conn: u64,
    /// The client's number for it.
    pub(crate) id: u64,
    /// The cells.
    pub(crate) cells: Vec<Cell>,
    /// The slots that it ends.
    pub(crate) ends: Vec<SlotName>,
    /// The wet version at which it came in.
    pub(crate) as_of: u64,
    /// The size of its message.
    pub(crate) bytes: usize,
}

/// An image's bytes are on disk; the board is to have it.
#[derive(Debug)]
pub(crate) struct Keep {
    /// The board's number in the store.
    pub(crate) board: i64,
    /// The image.
    pub(crate) image: ImageRow,
    /// Where the answer goes.
    pub(crate) reply: oneshot::Sender<Result<(), Box<Refused>>>,
}

/// What the transaction made of a request.
enum Done {
    Opened(Result<BoardRow, Box<Refused>>),
    Written(Result<Committed, Box<Refused>>),
    Kept(Result<(), Box<Refused>>),
    Nothing,
}

/// Requests of one transaction, and what it made of them.
pub(crate) struct Batch {
    requests: Vec<Request>,
    done: Vec<Done>,
    /// Whether there is anything to commit.
    writes: bool,
    now_ms: u64,
}

/// The thread's state.
pub(crate) struct Committer<D> {
    writer: Writer<D>,
    core: Arc<Core>,
    /// For the seats that it hands out.
    requests: Sender<Request>,
    /// The boards that somebody is on, and how many seats each has.
    rooms: HashMap<i64, (Arc<Room>, usize)>,
    /// The last connection number given.
    conns: u64,
}

impl<D: Disk> Committer<D> {
    /// Writes to `disk`, on which `head` is the last sequence number. `requests` leads to the queue that it works off.
    pub(crate) fn new(disk: D, head: u64, core: Arc<Core>, requests: Sender<Request>) -> Self {
        Self {
            writer: Writer::new(disk, core.settings.limits.clone(), head),
            core,
            requests,
            rooms: HashMap::new(),
            conns: 0,
        }
    }

    /// Works until it is told to stop. An error means that the disk failed, and that what was in
    /// the last transaction may or may not be on it.
    pub(crate) fn run(mut self, queue: &Receiver<Request>) -> Result<(), DiskError> {
        let settings = Arc::clone(&self.core.settings);
        let mut turns = Turns::new(
            settings.writing,
            settings.rest,
            settings.large_rest,
            Instant::now(),
        );
        while let Some(Turn { requests, kind }) = turns.next(queue, |open| self.makes(open)) {
            let start = Instant::now();
            let mut batch = self.prepare(requests)?;
            self.commit(&mut batch)?;
            self.tell(batch);
            turns.done(kind, start.elapsed(), Instant::now());
        }
        self.writer.disk_mut().finish()
    }

    /// The disk.
    #[cfg(feature = "testing")]
    pub(crate) fn disk_mut(&mut self) -> &mut D {
        self.writer.disk_mut()
    }

    /// Puts a request in the queue.
    #[cfg(feature = "testing")]
    pub(crate) fn ask(&self, request: Request) {
        // Whoever asks holds the other end.
        let _ = self.requests.send(request);
    }

    /// How many boards somebody is on.
    #[cfg(feature = "testing")]
    pub(crate) fn rooms(&self) -> usize {
        self.rooms.len()
    }

    /// Whether a request to come in would make a board. Who comes back may make one, and hardly ever does.
    pub(crate) fn makes(&self, open: &Open) -> bool {
        open.create && matches!(self.writer.find(&open.board), Ok(None))
    }

    /// Does what is asked in one transaction, which isn't committed yet.
    pub(crate) fn prepare(&mut self, requests: Vec<Request>) -> Result<Batch, DiskError> {
        if fault::is_planted(Fault::AckBeforeCommit) {
            self.writer.commit(self.core.now_ms())?;
        }
        let mut batch = Batch {
            writes: requests.iter().any(|request| match request {
                Request::Write(_) | Request::Keep(_) => true,
                Request::Open(open) => open.create,
                Request::Leave { .. } | Request::Hurry | Request::Stop => false,
            }),
            requests,
            done: Vec::new(),
            now_ms: self.core.now_ms(),
        };
        match self.transaction(&batch) {
            Ok(done) => batch.done = done,
            Err(DiskError::Full) => self.is_full(&mut batch)?,
            Err(error) => return Err(error),
        }
        Ok(batch)
    }

    /// Commits what was prepared: when this returns, it is on disk.
    pub(crate) fn commit(&mut self, batch: &mut Batch) -> Result<(), DiskError> {
        if batch.writes && !fault::is_planted(Fault::AckBeforeCommit) {
            match self.writer.commit(batch.now_ms) {
                Ok(()) => {}
                Err(DiskError::Full) => self.is_full(batch)?,
                Err(error) => return Err(error),
            }
        }
        self.core.committed(self.writer.head());
        Ok(())
    }

    /// Tells the boards what was committed.
    pub(crate) fn tell(&mut self, batch: Batch) {
        for (request, done) in batch.requests.into_iter().zip(batch.done) {
            self.tell_one(request, done);
        }
    }

    fn is_full(&mut self, batch: &mut Batch) -> Result<(), DiskError> {
        tracing::error!("the disk is full; writes are refused until there is room");
        self.writer.roll_back()?;
        batch.writes = false;
        batch.done = self.without_disk(&batch.requests)?;
        Ok(())
    }

    fn transaction(&mut self, batch: &Batch) -> Result<Vec<Done>, DiskError> {
        let now = batch.now_ms;
        if batch.writes {
            self.writer.begin()?;
        }
        let mut done = Vec::with_capacity(batch.requests.len());
        for request in &batch.requests {
            done.push(match request {
                Request::Write(write) => Done::Written(self.writer.write(write.room.n, &write.cells, now)?),
                Request::Keep(keep) => Done::Kept(self.writer.keep_image(keep.board, &keep.image)?),
                Request::Open(open) => Done::Opened(match self.writer.find(&open.board)? {
                    None if open.create => Ok(self.writer.create(&open.board, open.key_hash, now)?),
                    found => admit(open, found),
                }),
                Request::Leave { .. } | Request::Hurry | Request::Stop => Done::Nothing,
            });
        }
        Ok(done)
    }

    /// What can be said while the disk is full: boards open, writes are refused.
    fn without_disk(&mut self, requests: &[Request]) -> Result<Vec<Done>, DiskError> {
        let full = || {
            let text = "The relay's disk is full.";
            Box::new(Refused::new(Code::StoreFull, text, Retry::After(FULL_RETRY_MS)))
        };
        requests
            .iter()
            .map(|request| {
                Ok(match request {
                    Request::Write(_) => Done::Written(Err(full())),
                    Request::Keep(_) => Done::Kept(Err(full())),
                    Request::Open(open) => Done::Opened(match self.writer.find(&open.board)? {
                        None if open.create => Err(full()),
                        found => admit(open, found),
                    }),
                    Request::Leave { .. } | Request::Hurry | Request::Stop => Done::Nothing,
                })
            })
            .collect()
    }

    fn tell_one(&mut self, request: Request, done: Done) {
        match (request, done) {
            (Request::Write(write), Done::Written(mut result)) => {
                if let Err(refused) = &mut result {
                    refused.id = Some(write.id);
                }
                let Write {
                    room,
                    conn,
                    id,
                    ends,
                    as_of,
                    bytes,
                    ..
                } = *write;
                let outcome = Outcome {
                    conn,
                    id,
                    bytes,
                    ends,
                    as_of,
                    result,
                };
                room.change(conn, |board| board.outcome(outcome));
            }
            (Request::Keep(keep), Done::Kept(result)) => {
                if !self.rooms.contains_key(&keep.board) {
                    self.writer.forget(keep.board);
                }
                // Whoever asked may be gone.
                let _ = keep.reply.send(result);
            }
            (Request::Open(open), Done::Opened(result)) => {
                let result = result.map(|row| self.seat(&row));
                // If nobody waits any more, the seat is dropped here and leaves again.
                let _ = open.reply.send(result);
            }
            (Request::Leave { room, conn }, _) => {
                room.change(conn, |board| board.leave(conn));
                if let Some((_, seats)) = self.rooms.get_mut(&room.n) {
                    *seats -= 1;
                    if *seats == 0 {
                        self.rooms.remove(&room.n);
                        self.writer.forget(room.n);
                    }
                }
            }
            _ => {}
        }
    }

    fn seat(&mut self, row: &BoardRow) -> Seat {
        self.conns += 1;
        let (room, seats) = self.rooms.entry(row.n).or_insert_with(|| {
            let board = Board::new(&self.core.settings, self.core.epoch(), row.head, row.cells);
            (Arc::new(Room::new(row.n, board, Arc::clone(&self.core.time))), 0)
        });
        *seats += 1;
        Seat {
            room: Arc::clone(room),
            conn: self.conns,
            requests: self.requests.clone(),
        }
    }
}

/// Whether a connection may come in to the board that was found.
fn admit(open: &Open, found: Option<BoardRow>) -> Result<BoardRow, Box<Refused>> {
    let refused = |code, text: &str, retry| Err(Box::new(Refused::new(code, text, retry)));
    match found {
        None => refused(
            Code::NoBoard,
            "The relay doesn't have this board.",
            Retry::Changed,
        ),
        Some(row) if row.gone && fault::is_planted(Fault::GravestoneIgnored) => Ok(row),
        Some(row) if row.gone => refused(Code::BoardGone, "The board was deleted.", Retry::Never),
        // In constant time, so that a key can't be guessed piece by piece.
        Some(row) if bool::from(row.key_hash.ct_eq(&open.key_hash)) => Ok(row),
        Some(_) => refused(Code::BadKey, "This key doesn't open the board.", Retry::Never),
    }
}
