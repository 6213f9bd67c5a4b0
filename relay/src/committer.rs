//! The one thread that writes: it gathers what is waiting into one transaction, commits, and only
//! then tells the boards. Opening boards and leaving them go through it too, so that rooms come and
//! go in one place, and a goodbye comes after the last write.

mod chores;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Instant;

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{Access, BoardId, Cell, Code, Hello, KeyHash, Managing, Refused, Retry, SlotName};
use tokio::sync::oneshot;

use self::chores::Worked;
pub(crate) use self::chores::{Chore, Chored, Fresh, What};
use crate::board::{Board, Committed, Outcome};
use crate::core::Core;
use crate::hello;
use crate::password::PasswordFor;
use crate::rarely::Rarely;
use crate::rights::{self, Pass};
use crate::room::{Room, Seat};
use crate::settings::Settings;
use crate::store::{BoardRow, Disk, DiskError, ImageRow, Writer};
use crate::turns::{Turn, Turns};

static FULL: Rarely = Rarely::new();
static ROOM: Rarely = Rarely::new();

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
    /// Change who may do what.
    Manage(Box<Manage>),
    /// Something that the relay's host wants done.
    Chore(Box<Chore>),
    /// Answer; for `/readyz` and the watchdog.
    Probe(Probe),
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
    pub(crate) key: KeyHash,
    /// Whether the board may be made.
    pub(crate) create: bool,
    /// Who may do what on it then.
    pub(crate) access: Option<Access>,
    /// Whether it has the relay's password, if there is one.
    pub(crate) password: Result<(), Box<Refused>>,
    /// Where the answer goes.
    pub(crate) reply: oneshot::Sender<Result<Seat, Box<Refused>>>,
}

impl Open {
    /// What `hello` asks of `board`.
    pub(crate) fn new(
        board: &BoardId,
        hello: &Hello,
        settings: &Settings,
        reply: oneshot::Sender<Result<Seat, Box<Refused>>>,
    ) -> Self {
        Self {
            board: board.clone(),
            key: KeyHash::of(&hello.key),
            create: hello.create,
            access: hello.access.clone(),
            password: hello::check_password(hello, settings),
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
    /// What they may do.
    pub(crate) pass: Pass,
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
    /// When it came in.
    pub(crate) came: Instant,
}

/// What is to be changed about who may do what on a board.
#[derive(Debug)]
pub(crate) struct Manage {
    /// What.
    pub(crate) what: Managing,
    /// Who asks.
    pub(crate) by: By,
}

/// Who asks for a change of who may do what.
#[derive(Debug)]
pub(crate) enum By {
    /// Somebody on the board.
    Connection {
        /// The board.
        room: Arc<Room>,
        /// Their connection.
        conn: u64,
        /// What they may do.
        pass: Pass,
        /// Their number for it.
        id: u64,
        /// The size of their message.
        bytes: usize,
    },
    /// The relay's host.
    Host {
        /// The board.
        board: BoardId,
        /// Where the answer goes: who may do what then.
        reply: oneshot::Sender<Result<Arc<Access>, Box<Refused>>>,
    },
}

/// An image's bytes are on disk; the board is to have it.
#[derive(Debug)]
pub(crate) struct Keep {
    /// The board's number in the store.
    pub(crate) board: i64,
    /// What whoever brings it may do.
    pub(crate) pass: Pass,
    /// The image.
    pub(crate) image: ImageRow,
    /// Where the answer goes.
    pub(crate) reply: oneshot::Sender<Result<(), Box<Refused>>>,
}

/// A board that somebody may come in to, who may do what on it, and what they may.
type Opened = Result<(BoardRow, Arc<Access>, Pass), Box<Refused>>;
/// Somebody wants to know whether the committer goes on.
#[derive(Debug)]
pub(crate) struct Probe {
    /// Whether it is to commit something, too.
    pub(crate) write: bool,
    /// Where the answer goes: false if the disk is full.
    pub(crate) reply: oneshot::Sender<bool>,
}

/// What the transaction made of a request.
enum Done {
    Opened(Opened),
    Written(Result<Committed, Box<Refused>>),
    Kept(Result<(), Box<Refused>>),
    Managed(Result<Managed, Box<Refused>>),
    Chored(Result<Worked, Box<Refused>>),
    Probed(bool),
    Nothing,
}

/// The board that was managed, and who may do what on it then.
struct Managed {
    board: i64,
    access: Arc<Access>,
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
    /// Connections that were sent away and haven't left yet.
    removed: HashSet<u64>,
    /// The last connection number given.
    conns: u64,
    /// The last transaction found no room.
    is_full: bool,
}

impl<D: Disk> Committer<D> {
    /// Writes to `disk`, on which `head` is the last sequence number. `requests` leads to the queue that it works off.
    pub(crate) fn new(disk: D, head: u64, core: Arc<Core>, requests: Sender<Request>) -> Self {
        Self {
            writer: Writer::new(disk, core.settings.limits.clone(), head),
            core,
            requests,
            rooms: HashMap::new(),
            removed: HashSet::new(),
            conns: 0,
            is_full: false,
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
            if batch.writes {
                self.core.metrics.commit_time.observe(start.elapsed());
            }
            self.tell(batch);
            turns.done(kind, start.elapsed(), Instant::now());
            self.core.metrics.boards_open.set(self.rooms.len());
            for (gauge, waiting) in self.core.metrics.lanes.iter().zip(turns.waiting()) {
                gauge.set(waiting);
            }
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
                Request::Write(_) | Request::Keep(_) | Request::Manage(_) | Request::Chore(_) => true,
                Request::Open(open) => open.create,
                Request::Probe(probe) => probe.write,
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
                Ok(()) => self.committed(),
                Err(DiskError::Full) => self.is_full(batch)?,
                Err(error) => return Err(error),
            }
        }
        self.core.committed(self.writer.head());
        Ok(())
    }

    /// Tells the boards what was committed.
    pub(crate) fn tell(&mut self, batch: Batch) {
        let now = self.core.time.now();
        for (request, done) in batch.requests.into_iter().zip(batch.done) {
            self.tell_one(request, done, now);
        }
    }

    /// Something is on disk.
    fn committed(&mut self) {
        self.core.metrics.committed();
        if std::mem::take(&mut self.is_full)
            && let Some(left_out) = ROOM.says(Instant::now())
        {
            tracing::info!(left_out, "there is room on the disk again");
        }
    }

    fn is_full(&mut self, batch: &mut Batch) -> Result<(), DiskError> {
        self.core.metrics.full();
        self.is_full = true;
        if let Some(left_out) = FULL.says(Instant::now()) {
            tracing::error!(
                left_out,
                "the disk is full; writes are refused until there is room"
            );
        }
        self.writer.roll_back()?;
        batch.writes = false;
        batch.done = self.without_disk(batch)?;
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
                Request::Write(write) => Done::Written(self.write(write, now)?),
                Request::Manage(manage) => Done::Managed(self.manage(manage, now)?),
                Request::Chore(chore) => Done::Chored(self.work(chore, now)?),
                Request::Keep(keep) => {
                    Done::Kept(match self.writer.may_write(keep.board, &keep.pass, now)? {
                        Ok(()) => self.writer.keep_image(keep.board, &keep.image)?,
                        Err(refused) => Err(refused),
                    })
                }
                Request::Open(open) => Done::Opened(match self.writer.find(&open.board)? {
                    None if open.create => self.found(open, now)?,
                    found => self.admit(open, found, now)?,
                }),
                Request::Probe(_) => Done::Probed(true),
                Request::Leave { .. } | Request::Hurry | Request::Stop => Done::Nothing,
            });
        }
        Ok(done)
    }

    /// What can be said while the disk is full: boards open, writes are refused.
    fn without_disk(&mut self, batch: &Batch) -> Result<Vec<Done>, DiskError> {
        let now = batch.now_ms;
        let full = || {
            let text = "The relay's disk is full.";
            Box::new(Refused::new(Code::StoreFull, text, Retry::After(FULL_RETRY_MS)))
        };
        let requests = batch.requests.iter();
        requests
            .map(|request| {
                Ok(match request {
                    Request::Write(_) => Done::Written(Err(full())),
                    Request::Keep(_) => Done::Kept(Err(full())),
                    Request::Manage(manage) => match manage.what {
                        // It needs no disk.
                        Managing::Remove { .. } => Done::Managed(self.manage(manage, now)?),
                        _ => Done::Managed(Err(full())),
                    },
                    Request::Chore(_) => Done::Chored(Err(full())),
                    Request::Probe(probe) => Done::Probed(!probe.write),
                    Request::Open(open) => Done::Opened(match self.writer.find(&open.board)? {
                        None if open.create => Err(full()),
                        found => self.admit(open, found, now)?,
                    }),
                    Request::Leave { .. } | Request::Hurry | Request::Stop => Done::Nothing,
                })
            })
            .collect()
    }

    fn tell_one(&mut self, request: Request, done: Done, now: Instant) {
        match (request, done) {
            (Request::Write(write), Done::Written(mut result)) => {
                self.note(&write, &result, now);
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
            (Request::Manage(manage), Done::Managed(result)) => self.tell_managed(*manage, result),
            (Request::Chore(chore), Done::Chored(result)) => self.tell_chore(*chore, result),
            (Request::Probe(probe), Done::Probed(has_room)) => {
                // Whoever asked may be gone.
                let _ = probe.reply.send(has_room);
            }
            (Request::Open(open), Done::Opened(result)) => {
                let result = result.map(|(row, access, pass)| self.seat(&row, access, pass));
                // If nobody waits any more, the seat is dropped here and leaves again.
                let _ = open.reply.send(result);
            }
            (Request::Leave { room, conn }, _) => {
                room.change(conn, |board| board.leave(conn));
                self.removed.remove(&conn);
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

    /// Counts a write that is told at `now`.
    fn note(&self, write: &Write, result: &Result<Committed, Box<Refused>>, now: Instant) {
        let metrics = &self.core.metrics;
        match result {
            Ok(_) => {
                metrics.writes.add(1);
                metrics.cells.add(write.cells.len() as u64);
                metrics
                    .write_time
                    .observe(now.saturating_duration_since(write.came));
            }
            Err(refused) => metrics.refused(refused.code),
        }
    }

    fn write(&mut self, write: &Write, now: u64) -> Result<Result<Committed, Box<Refused>>, DiskError> {
        if self.removed.contains(&write.conn) {
            return Ok(Err(rights::removed()));
        }
        Ok(match self.writer.may_write(write.room.n, &write.pass, now)? {
            Ok(()) => self
                .writer
                .write(write.room.n, &write.cells, write.pass.role, now)?,
            Err(refused) => Err(refused),
        })
    }

    fn manage(&mut self, manage: &Manage, now: u64) -> Result<Result<Managed, Box<Refused>>, DiskError> {
        let (board, own) = match &manage.by {
            By::Connection { room, conn, pass, .. } => {
                if self.removed.contains(conn) {
                    return Ok(Err(rights::removed()));
                }
                let may = rights::stay(&*self.writer.access(room.n)?, pass, now);
                if let Err(refused) = may.and_then(|()| rights::manage(pass.role)) {
                    return Ok(Err(refused));
                }
                if self.writer.has_moved(room.n)? {
                    return Ok(Err(rights::moved()));
                }
                (room.n, Some((*conn, &pass.via)))
            }
            By::Host { board, .. } => match self.writer.find(board)? {
                None => return Ok(Err(no_board())),
                Some(row) if row.gone => return Ok(Err(rights::gone())),
                Some(row) => (row.n, None),
            },
        };
        if let Managing::Remove { conn } = manage.what {
            let room = self.rooms.get(&board).map(|(room, _)| room);
            let is_here = room.is_some_and(|room| room.board().is_here(conn));
            if !is_here || own.is_some_and(|(own, _)| own == conn) {
                return Ok(Err(rights::not_here()));
            }
            self.removed.insert(conn);
        }
        let managed = self
            .writer
            .manage(board, &manage.what, own.map(|(_, via)| via), now)?;
        Ok(managed.map(|access| Managed { board, access }))
    }

    /// Tells those on the board, and whoever asked, what was changed about who may do what.
    fn tell_managed(&mut self, manage: Manage, result: Result<Managed, Box<Refused>>) {
        let board = result.as_ref().ok().map(|managed| managed.board);
        let result = result.map(|managed| managed.access);
        if let By::Connection {
            room,
            conn,
            id,
            bytes,
            ..
        } = &manage.by
        {
            let answer = result.as_ref().map(|_| ()).map_err(Clone::clone);
            if let Err(refused) = &answer {
                self.core.metrics.refused(refused.code);
            }
            room.board().answer(*conn, *id, *bytes, answer);
        }
        if let (Some(n), Ok(access)) = (board, &result) {
            if !matches!(manage.what, Managing::Remove { .. }) {
                self.tell_access(n, access);
            }
            if let (Managing::Remove { conn }, Some((room, _))) = (&manage.what, self.rooms.get(&n)) {
                room.board().dismiss(*conn, &rights::removed());
            }
        }
        if let By::Host { reply, .. } = manage.by {
            // Whoever asked may be gone.
            let _ = reply.send(result);
        }
    }

    /// Tells those on a board who may do what now.
    fn tell_access(&mut self, board: i64, access: &Arc<Access>) {
        let now = self.core.now_ms();
        match self.rooms.get(&board) {
            Some((room, _)) => room.change(0, |board| board.set_access(Arc::clone(access), now)),
            None => self.writer.forget(board),
        }
    }

    /// Makes a board for somebody who asks for it.
    fn found(&mut self, open: &Open, now: u64) -> Result<Opened, DiskError> {
        if open.password.is_ok() && self.writer.boards()? >= self.core.settings.max_boards {
            return Ok(Err(relay_full()));
        }
        let founded = open
            .password
            .clone()
            .and_then(|()| rights::founding(open.access.as_ref(), open.key, &self.core.settings.limits, now));
        let access = match founded {
            Ok(access) => access,
            Err(refused) => return Ok(Err(refused)),
        };
        let row = self.writer.create(&open.board, &access, now)?;
        self.admit(open, Some(row), now)
    }

    /// Whether a connection may come in to the board that was found.
    fn admit(&mut self, open: &Open, found: Option<BoardRow>, now: u64) -> Result<Opened, DiskError> {
        // Whoever hasn't the password that everybody is asked for isn't told which boards there are.
        if self.core.settings.password_for == PasswordFor::All
            && let Err(refused) = &open.password
        {
            return Ok(Err(refused.clone()));
        }
        let row = match found {
            None => return Ok(Err(no_board())),
            Some(row) if row.gone && !fault::is_planted(Fault::GravestoneIgnored) => {
                return Ok(Err(rights::gone()));
            }
            Some(row) => row,
        };
        let access = self.writer.access(row.n)?;
        Ok(rights::admit(&access, &open.key, now).map(|pass| (row, access, pass)))
    }

    fn seat(&mut self, row: &BoardRow, access: Arc<Access>, pass: Pass) -> Seat {
        self.conns += 1;
        let (room, seats) = self.rooms.entry(row.n).or_insert_with(|| {
            let board = Board::new(
                &self.core.settings,
                self.core.epoch(),
                row.head,
                row.cells,
                access,
            );
            let board = board.living_at(row.moved.clone());
            (Arc::new(Room::new(row.n, board, Arc::clone(&self.core.time))), 0)
        });
        *seats += 1;
        Seat {
            room: Arc::clone(room),
            conn: self.conns,
            pass,
            requests: self.requests.clone(),
        }
    }
}

fn no_board() -> Box<Refused> {
    let text = "The relay doesn't have this board.";
    Box::new(Refused::new(Code::NoBoard, text, Retry::Changed))
}

fn relay_full() -> Box<Refused> {
    let text = "The relay has as many boards as it may. Ask whoever runs it for more, or share the board through another one.";
    Box::new(Refused::new(Code::RelayFull, text, Retry::Changed))
}
