//! The one thread that writes: it gathers what is waiting into one transaction, commits, and only
//! then tells the boards. Opening boards and leaving them go through it too, so that rooms come and
//! go in one place, and a goodbye comes after the last write.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender};

use drawbridge_protocol::{BoardId, Cell, Code, Refused, Retry, SlotName};
use rusqlite::Error;
use subtle::ConstantTimeEq;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::board::{Board, Committed, Outcome};
use crate::clock::Clock;
use crate::room::{Room, Seat};
use crate::settings::Settings;
use crate::store::{BoardRow, Checkpoints, Writer, is_full};

/// How much one transaction gathers.
const MAX_REQUESTS: usize = 1024;
const MAX_BYTES: usize = 8 << 20;
/// When to try again after the disk was full.
const FULL_RETRY_MS: u64 = 5000;

/// What the committer is asked.
#[derive(Debug)]
pub(crate) enum Request {
    /// Open a board for a connection.
    Open(Open),
    /// Write cells.
    Write(Box<Write>),
    /// A connection is gone.
    Leave {
        /// Where it was.
        room: Arc<Room>,
        /// Its number.
        conn: u64,
    },
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

/// What the transaction made of a request.
enum Done {
    Opened(Result<BoardRow, Box<Refused>>),
    Written(Result<Committed, Box<Refused>>),
    Nothing,
}

/// The thread's state.
pub(crate) struct Committer {
    /// The store's writing side.
    pub(crate) writer: Writer,
    /// The checkpoint thread.
    pub(crate) checkpoints: Checkpoints,
    /// The relay's clock.
    pub(crate) clock: Clock,
    /// The present epoch.
    pub(crate) epoch: String,
    /// What the relay was told.
    pub(crate) settings: Arc<Settings>,
    /// Where boards' timers run.
    pub(crate) runtime: Handle,
    /// For the seats that it hands out.
    pub(crate) requests: Sender<Request>,
    /// The last sequence number that is on disk, for others to read.
    pub(crate) head: Arc<AtomicU64>,
    /// The boards that somebody is on, and how many seats each has.
    pub(crate) rooms: HashMap<i64, (Arc<Room>, usize)>,
    /// The last connection number given.
    pub(crate) conns: u64,
}

impl Committer {
    /// Works until it is told to stop. An error means that the disk failed, and that what was in
    /// the last transaction may or may not be on it.
    pub(crate) fn run(mut self, queue: &Receiver<Request>) -> Result<(), Error> {
        let mut stop = false;
        while !stop {
            let Ok(first) = queue.recv() else { break };
            let mut batch = Vec::new();
            let mut bytes = 0;
            let mut next = Some(first);
            while let Some(request) = next {
                match request {
                    Request::Stop => {
                        stop = true;
                    }
                    request => {
                        bytes += if let Request::Write(write) = &request {
                            write.bytes
                        } else {
                            0
                        };
                        batch.push(request);
                    }
                }
                let more = batch.len() < MAX_REQUESTS && bytes < MAX_BYTES;
                // What was queued before the stop has been taken by now.
                next = if more && !stop {
                    queue.try_recv().ok()
                } else {
                    None
                };
            }
            self.batch(batch)?;
            self.checkpoints.committed(bytes);
        }
        self.checkpoints.finish(self.writer.db())
    }

    fn batch(&mut self, batch: Vec<Request>) -> Result<(), Error> {
        let done = match self.transaction(&batch) {
            Ok(done) => done,
            Err(error) if is_full(&error) => {
                tracing::error!("the disk is full; writes are refused until there is room");
                self.writer.roll_back()?;
                self.without_disk(&batch)?
            }
            Err(error) => return Err(error),
        };
        self.head.store(self.writer.head(), Ordering::Release);
        for (request, done) in batch.into_iter().zip(done) {
            self.tell(request, done);
        }
        Ok(())
    }

    fn transaction(&mut self, batch: &[Request]) -> Result<Vec<Done>, Error> {
        let now = self.clock.now_ms();
        let writes = batch.iter().any(|request| match request {
            Request::Write(_) => true,
            Request::Open(open) => open.create,
            Request::Leave { .. } | Request::Stop => false,
        });
        if writes {
            self.writer.begin()?;
        }
        let mut done = Vec::with_capacity(batch.len());
        for request in batch {
            done.push(match request {
                Request::Write(write) => Done::Written(self.writer.write(write.room.n, &write.cells, now)?),
                Request::Open(open) => Done::Opened(match self.writer.find(&open.board)? {
                    None if open.create => Ok(self.writer.create(&open.board, open.key_hash, now)?),
                    found => admit(open, found),
                }),
                Request::Leave { .. } | Request::Stop => Done::Nothing,
            });
        }
        if writes {
            self.writer.commit(now)?;
        }
        Ok(done)
    }

    /// What can be said while the disk is full: boards open, writes are refused.
    fn without_disk(&mut self, batch: &[Request]) -> Result<Vec<Done>, Error> {
        let full = || {
            let text = "The relay's disk is full.";
            Box::new(Refused::new(Code::StoreFull, text, Retry::After(FULL_RETRY_MS)))
        };
        batch
            .iter()
            .map(|request| {
                Ok(match request {
                    Request::Write(_) => Done::Written(Err(full())),
                    Request::Open(open) => Done::Opened(match self.writer.find(&open.board)? {
                        None if open.create => Err(full()),
                        found => admit(open, found),
                    }),
                    Request::Leave { .. } | Request::Stop => Done::Nothing,
                })
            })
            .collect()
    }

    /// Tells the board what is on disk now.
    fn tell(&mut self, request: Request, done: Done) {
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
            let board = Board::new(&self.settings, &self.epoch, row.head, row.cells);
            (Arc::new(Room::new(row.n, board, self.runtime.clone())), 0)
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
        Some(row) if row.gone => refused(Code::BoardGone, "The board was deleted.", Retry::Never),
        // In constant time, so that a key can't be guessed piece by piece.
        Some(row) if bool::from(row.key_hash.ct_eq(&open.key_hash)) => Ok(row),
        Some(_) => refused(Code::BadKey, "This key doesn't open the board.", Retry::Never),
    }
}
