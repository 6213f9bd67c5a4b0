//! A relay without sockets, threads, files or clock, for simulators. Its committer, rooms and conversations are the real
//! ones; whoever owns it moves frames, says what time it is, and decides when the disk is done.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use drawbridge_protocol::{
    BoardId, Cell, CellKey, CloseCode, Hello, Managing, Refused, RelayMessage, encode,
};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Bytes;

use crate::bell::Bell;
use crate::clock::{Clock, Time};
use crate::committer::{Batch, By, Committer, Manage, Open, Request};
use crate::conversation::{Arrival, Conversation};
use crate::core::Core;
use crate::frame::Frame;
use crate::hello::{self, Ending};
use crate::metrics::Metrics;
use crate::room::{Room, Seat};
use crate::settings::Settings;
use crate::store::{Disk as _, MemoryDisk};
use crate::turns::{Kind, Turn, Turns};

/// A relay's disk in memory. A clone is a copy of it, as somebody may put back later.
#[derive(Debug, Clone, Default)]
pub struct Disk(MemoryDisk);

impl Disk {
    /// Every cell of a board that survives a power cut.
    pub fn dump(&self, board: &BoardId) -> impl Iterator<Item = &Cell> {
        self.0.dump(board)
    }

    /// Every overwritten cell of a board that is kept and survives a power cut.
    pub fn dump_past(&self, board: &BoardId) -> impl Iterator<Item = &Cell> {
        self.0.dump_past(board)
    }

    /// Whether there is such a board, alive or deleted.
    #[must_use]
    pub fn has(&self, board: &BoardId) -> bool {
        self.0.has(board)
    }

    /// What the relay's clock read at its last commit, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn clock_ms(&self) -> u64 {
        self.0.clock_ms()
    }

    /// Deletes a board: only its gravestone stays.
    pub fn bury(&mut self, board: &BoardId) {
        self.0.bury(board);
    }
}

/// What the relay does to a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Out {
    /// A message to be sent, in a frame.
    Frame(Bytes),
    /// The end, with this code, after the frames before.
    Close(CloseCode),
}

/// The time, as somebody sets it, and the rooms that want to be woken.
#[derive(Debug)]
struct SetTime {
    now: Mutex<Instant>,
    wakes: Mutex<Vec<(Instant, Weak<Room>)>>,
}

impl Time for SetTime {
    fn now(&self) -> Instant {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self, room: &Arc<Room>, at: Instant) {
        let mut wakes = self.wakes.lock().unwrap_or_else(PoisonError::into_inner);
        wakes.push((at, Arc::downgrade(room)));
    }
}

/// How far a connection has come.
enum Stage {
    Greeting,
    Waiting(Box<Hello>, oneshot::Receiver<Result<Seat, Box<Refused>>>),
    Open(Box<Conversation>),
    /// It has been told where the board lives now.
    Moved,
}

struct Line {
    board: BoardId,
    bell: Arc<Bell>,
    stage: Stage,
    /// Frames that it hasn't read yet.
    unread: VecDeque<String>,
    /// Something happened since it last looked what there is for it.
    stirred: bool,
    /// Not everything that was sent on it has been taken.
    is_busy: bool,
}

/// A turn at the disk that is under way.
struct Work {
    batch: Batch,
    kind: Kind,
    since: Instant,
    committed: bool,
}

/// A running relay.
pub struct ByHand {
    core: Arc<Core>,
    time: Arc<SetTime>,
    zero: Instant,
    committer: Committer<MemoryDisk>,
    queue: Receiver<Request>,
    lines: BTreeMap<u64, Line>,
    next_line: u64,
    turns: Turns,
    work: Option<Work>,
}

impl std::fmt::Debug for ByHand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ByHand")
            .field("lines", &self.lines.len())
            .finish_non_exhaustive()
    }
}

impl ByHand {
    /// Starts a relay over a disk, as the program does. `now` counts from `zero`, which is any moment that stays the same;
    /// `random` names the epoch.
    #[must_use]
    pub fn start(
        disk: Disk,
        settings: &Arc<Settings>,
        zero: Instant,
        now: Duration,
        wall_ms: u64,
        random: u64,
    ) -> Self {
        let Disk(mut disk) = disk;
        let (epochs, head, clock_ms) = disk.start(random);
        let time = Arc::new(SetTime {
            now: Mutex::new(zero + now),
            wakes: Mutex::default(),
        });
        let clock = Clock::start(clock_ms, wall_ms, zero + now);
        let core = Core::new(
            Arc::clone(settings),
            Arc::new(Metrics::new()),
            Arc::clone(&time) as Arc<dyn Time>,
            clock,
            epochs,
            head,
        );
        let core = Arc::new(core);
        let (requests, queue) = channel();
        Self {
            committer: Committer::new(disk, head, Arc::clone(&core), requests),
            core,
            time,
            zero,
            queue,
            lines: BTreeMap::new(),
            next_line: 1,
            turns: Turns::new(settings.writing, settings.rest, settings.large_rest, zero + now),
            work: None,
        }
    }

    /// The power is cut: all that is left is the disk.
    #[must_use]
    pub fn crash(mut self) -> Disk {
        let mut disk = std::mem::take(self.committer.disk_mut());
        disk.crash();
        Disk(disk)
    }

    /// A copy of what is on the disk now.
    #[must_use]
    pub fn disk(&mut self) -> Disk {
        let mut disk = self.committer.disk_mut().clone();
        disk.crash();
        Disk(disk)
    }

    /// Every cell of a board that would survive a power cut now.
    pub fn dump(&mut self, board: &BoardId) -> impl Iterator<Item = &Cell> {
        self.committer.disk_mut().dump(board)
    }

    /// A cell that would survive a power cut now.
    pub fn held(&mut self, board: &BoardId, key: &CellKey) -> Option<&Cell> {
        self.committer.disk_mut().cell(board, key)
    }

    /// The disk takes no more, or has room again.
    pub fn set_full(&mut self, full: bool) {
        self.committer.disk_mut().set_full(full);
    }

    /// Its clock, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.core.now_ms()
    }

    /// Somebody connected to a board's address. Returns the number of the connection.
    pub fn connect(&mut self, board: BoardId) -> u64 {
        let n = self.next_line;
        self.next_line += 1;
        let line = Line {
            board,
            bell: Arc::default(),
            stage: Stage::Greeting,
            unread: VecDeque::new(),
            stirred: false,
            is_busy: false,
        };
        self.lines.insert(n, line);
        n
    }

    /// A frame came on a connection; it is read when its turn comes.
    pub fn receive(&mut self, line: u64, text: String) {
        if let Some(line) = self.lines.get_mut(&line) {
            line.unread.push_back(text);
        }
    }

    /// All that was sent on a connection has been taken: there may be more.
    pub fn sent(&mut self, line: u64) {
        if let Some(line) = self.lines.get_mut(&line) {
            line.is_busy = false;
            line.stirred = true;
        }
    }

    /// Its host changes who may do what on a board; it is done in its turn.
    pub fn manage(&mut self, board: BoardId, what: Managing) {
        let (reply, _) = oneshot::channel();
        let by = By::Host { board, reply };
        self.committer.ask(Request::Manage(Box::new(Manage { what, by })));
    }

    /// Looks, as each connection does from time to time, whether the links' time is over by which people came.
    pub fn look_after(&mut self) -> Vec<(u64, Out)> {
        let over = self.lines.iter().filter_map(|(&n, line)| match &line.stage {
            Stage::Open(conversation) => Some((n, conversation.away().err()?)),
            _ => None,
        });
        let mut out = Vec::new();
        for (n, ending) in over.collect::<Vec<_>>() {
            self.push(n, Err(ending), &mut out);
        }
        out
    }

    /// A connection ended.
    pub fn hang_up(&mut self, line: u64) {
        self.lines.remove(&line);
    }

    /// Whether a turn at the disk is under way; begins one if somebody's has come.
    pub fn is_writing(&mut self) -> bool {
        let now = self.time.now();
        let makes = |open: &Open| self.committer.makes(open);
        self.turns.gather(&self.queue, &makes, now);
        if self.work.is_none()
            && let Some(Turn { requests, kind }) = self.turns.take(now)
        {
            let batch = self.committer.prepare(requests);
            self.work = Some(Work {
                batch: batch.expect("a model disk does nothing worse than fill up"),
                kind,
                since: now,
                committed: false,
            });
        }
        self.work.is_some()
    }

    /// Whether nobody waits for the disk.
    pub fn is_at_rest(&mut self) -> bool {
        !self.is_writing() && self.turns.wake().is_none()
    }

    /// Commits the transaction that is under way.
    pub fn commit(&mut self) {
        if let Some(work) = self.work.as_mut().filter(|work| !work.committed) {
            let committed = self.committer.commit(&mut work.batch);
            committed.expect("a model disk does nothing worse than fill up");
            work.committed = true;
        }
    }

    /// Tells everybody what was committed.
    pub fn tell(&mut self) {
        if let Some(work) = self.work.take_if(|work| work.committed) {
            self.committer.tell(work.batch);
            let now = self.time.now();
            self.turns
                .done(work.kind, now.saturating_duration_since(work.since), now);
        }
    }

    /// When something waits for its time.
    #[must_use]
    pub fn next_wake(&self) -> Option<Duration> {
        let wakes = self.time.wakes.lock().unwrap_or_else(PoisonError::into_inner);
        let writers = self.turns.wake().filter(|_| self.work.is_none());
        let next = wakes.iter().map(|(at, _)| *at).chain(writers).min();
        next.map(|at| at.saturating_duration_since(self.zero))
    }

    /// Says what time it is.
    pub fn set_now(&mut self, now: Duration) {
        *self.time.now.lock().unwrap_or_else(PoisonError::into_inner) = self.zero + now;
    }

    /// Does whatever can be done at `now` without the disk.
    pub fn work(&mut self, now: Duration) -> Vec<(u64, Out)> {
        self.set_now(now);
        let now = self.zero + now;
        let mut wakes = std::mem::take(&mut *self.time.wakes.lock().unwrap_or_else(PoisonError::into_inner));
        let due: Vec<_> = wakes.extract_if(.., |(at, _)| *at <= now).collect();
        self.time
            .wakes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(wakes);
        due.iter()
            .filter_map(|(_, room)| room.upgrade())
            .for_each(|room| room.tick());
        let mut out = Vec::new();
        // What one connection does may wake another.
        loop {
            let before = out.len();
            let mut moved = false;
            for n in self.lines.keys().copied().collect::<Vec<_>>() {
                while let Some(result) = self.step(n) {
                    moved = true;
                    self.push(n, result, &mut out);
                }
            }
            if !moved && out.len() == before {
                return out;
            }
        }
    }

    /// Does one thing on a connection, as its task would; `None` if there is nothing to do.
    fn step(&mut self, n: u64) -> Option<Result<Vec<Frame>, Ending>> {
        let line = self.lines.get_mut(&n)?;
        match &mut line.stage {
            Stage::Greeting => {
                let text = line.unread.pop_front()?;
                let hello = hello::read(&text, &self.core.settings.limits);
                Some(hello.map(|hello| {
                    let (reply, answer) = oneshot::channel();
                    self.committer.ask(Request::Open(Open::new(
                        &line.board,
                        &hello,
                        &self.core.settings,
                        reply,
                    )));
                    line.stage = Stage::Waiting(Box::new(hello), answer);
                    Vec::new()
                }))
            }
            Stage::Waiting(hello, answer) => {
                let answer = answer.try_recv().ok()?;
                let entered = answer.map_err(hello::turned_away).and_then(|seat| {
                    let arrival = Arrival::new(&self.core, seat, (**hello).clone());
                    let count = arrival.to_count().map(|above| {
                        let disk = self.committer.disk_mut();
                        disk.count(above.board, above.seq).unwrap_or(0)
                    });
                    arrival.enter(&self.core, Arc::clone(&line.bell), count)
                });
                Some(entered.map(|(conversation, frames)| {
                    line.stage = Stage::Open(Box::new(conversation));
                    line.stirred = true;
                    frames
                }))
            }
            Stage::Open(conversation) => {
                if line.bell.is_rung()
                    && let Err(ending) = conversation.away()
                {
                    return Some(Err(ending));
                }
                line.stirred |= line.bell.poll(&Context::from_waker(Waker::noop())).is_ready();
                if conversation.listens()
                    && let Some(text) = line.unread.pop_front()
                {
                    line.stirred = true;
                    let mut answers = conversation.message(&text);
                    if let (Some(asked), Ok(frames)) = (conversation.take_asked(), &mut answers) {
                        let (max_bytes, bounds) =
                            (self.core.settings.batch_bytes, conversation.past_bounds());
                        let disk = self.committer.disk_mut();
                        let page = disk.past(asked.board, asked.from, max_bytes, bounds);
                        frames.push(conversation.past_page(asked.id, page.ok().as_ref()));
                    }
                    return Some(answers);
                }
                if line.is_busy || !std::mem::take(&mut line.stirred) {
                    return None;
                }
                let turn = match conversation.turn() {
                    Ok(turn) => turn,
                    Err(ending) => return Some(Err(ending)),
                };
                let mut frames = turn.frames;
                if let Some(above) = turn.read {
                    let batch = self.core.settings.batch_bytes;
                    let page = self.committer.disk_mut().page(above.board, above.seq, batch);
                    frames.extend(page.ok().and_then(|page| conversation.page(&page)));
                }
                if turn.moved {
                    line.stage = Stage::Moved;
                }
                Some(Ok(frames)).filter(|turn| turn.as_ref().is_ok_and(|frames| !frames.is_empty()))
            }
            Stage::Moved => None,
        }
    }

    fn push(&mut self, n: u64, result: Result<Vec<Frame>, Ending>, out: &mut Vec<(u64, Out)>) {
        match result {
            Ok(frames) => {
                let mut moved = false;
                if let Some(line) = self.lines.get_mut(&n) {
                    line.is_busy |= !frames.is_empty();
                    moved = matches!(line.stage, Stage::Moved);
                }
                out.extend(frames.into_iter().map(|frame| (n, Out::Frame(frame.message()))));
                if moved {
                    self.lines.remove(&n);
                    out.push((n, Out::Close(CloseCode::GoingAway)));
                }
            }
            Err((refused, closing)) => {
                self.lines.remove(&n);
                let frame = encode(&RelayMessage::Refused(refused)).into();
                out.extend([(n, Out::Frame(frame)), (n, Out::Close(closing.code))]);
            }
        }
    }

    /// Connections that sleep although the dry board or an answer waits for them.
    #[must_use]
    pub fn oversleepers(&self) -> Vec<u64> {
        let sleeps = |line: &Line| match &line.stage {
            Stage::Open(conversation) => {
                !line.is_busy && !line.stirred && !line.bell.is_rung() && conversation.is_behind()
            }
            _ => false,
        };
        let asleep = self.lines.iter().filter(|(_, line)| sleeps(line));
        asleep.map(|(n, _)| *n).collect()
    }

    /// How many boards are held in memory.
    #[must_use]
    pub fn rooms(&self) -> usize {
        self.committer.rooms()
    }
}
