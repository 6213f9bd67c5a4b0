//! Whose turn it is at the committer. Whoever writes little goes first; whoever writes much, or at once, takes turns
//! with others who do, in small transactions with a rest after each, in which those who write little find the way free.
//! So one connection's flood takes a bounded share of the disk and the processor, and a client that heals a board or
//! pastes a large drawing is slowed a little, not refused. A single write that is too large for a small transaction keeps
//! everybody waiting; such ones have turns of their own, with a long rest. A crowd of connections that each write little
//! is not held back here.

use std::collections::{HashMap, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::budget::{Budget, Rate};
use crate::committer::{By, Open, Request};

/// How much one transaction gathers, in units, of those who write much: a few milliseconds' work. Whoever comes meanwhile
/// waits for it.
const MAX_TURN: usize = 256;
/// The same of those who write little. That so much waits means that many write, and then fewer waits for the disk get all
/// of them through sooner.
const MAX_LIGHT_TURN: usize = 640;
/// A request that costs more than this is much by itself. Strokes of some thousands of points cost less.
const MAX_LIGHT: usize = 64;
/// And one that costs more than this is large. Where clients gather many cells in one write it mostly costs less.
const MAX_HEAVY: usize = 640;
/// Bytes that cost as much as one cell.
const UNIT: usize = 1 << 10;
/// What making a board costs: as much as so many cells.
const CREATION: usize = 20;
/// What it costs to change who may do what: everybody on the board is told.
const MANAGING: usize = 20;
/// All who would make a board share one account: there is no connection yet to have one.
const CREATORS: u64 = 0;
/// Those who only want to come in.
const COMERS: u64 = u64::MAX;
/// The relay's host.
const HOST: u64 = u64::MAX - 2;
/// All who bring images: their bytes came over connections that nobody draws on. Connections' numbers lie between these
/// and the first.
const IMAGES: u64 = u64::MAX - 1;

/// What one connection waits for, in order, and what it has used up.
#[derive(Debug, Default)]
struct Account {
    waiting: VecDeque<Request>,
    budget: Budget,
}

/// Everything that waits for the committer.
#[derive(Debug)]
pub(crate) struct Turns {
    rate: Rate,
    accounts: HashMap<u64, Account>,
    /// In the order of [`Kind`].
    lanes: [Lane; 3],
    stop: bool,
}

/// How much is written, from what goes first to what goes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Little.
    Light,
    /// Much, or more than little at once.
    Heavy,
    /// More at once than one small transaction holds.
    Large,
}

/// Those for whom something of one kind waits; each is in one lane.
#[derive(Debug)]
struct Lane {
    /// In the order in which their turns come.
    queue: VecDeque<u64>,
    /// How many times as long as a turn the rest after it is.
    rest: u32,
    /// When they may go on.
    rested: Instant,
}

/// What is to be done in one transaction.
#[derive(Debug)]
pub(crate) struct Turn {
    /// In this order.
    pub(crate) requests: Vec<Request>,
    /// The kind that rests after it.
    pub(crate) kind: Kind,
}

impl Turns {
    /// Nothing waits. `rate` is what counts as little, in cells; after what is heavy, and after what is large, there is a
    /// rest so many times as long as it took.
    pub(crate) fn new(rate: Rate, heavy_rest: u32, large_rest: u32, now: Instant) -> Self {
        let lane = |rest| Lane {
            queue: VecDeque::new(),
            rest,
            rested: now,
        };
        Self {
            rate,
            accounts: HashMap::new(),
            lanes: [lane(0), lane(heavy_rest), lane(large_rest)],
            stop: false,
        }
    }

    /// Waits for something to do. `makes` says of who wants to come in whether that makes a board. `None` after a stop, when
    /// everything before it has been done.
    pub(crate) fn next(&mut self, queue: &Receiver<Request>, makes: impl Fn(&Open) -> bool) -> Option<Turn> {
        loop {
            let now = Instant::now();
            self.gather(queue, &makes, now);
            let turn = self.take(now);
            if turn.is_some() || self.stop {
                return turn;
            }
            let came = match self.wake() {
                None => queue.recv().map_err(RecvTimeoutError::from),
                Some(at) => queue.recv_timeout(at.saturating_duration_since(now)),
            };
            match came {
                Ok(request) => self.push(request, &makes, Instant::now()),
                Err(RecvTimeoutError::Timeout) => {}
                // Nobody is left who could ask for anything.
                Err(RecvTimeoutError::Disconnected) => self.stop = true,
            }
        }
    }

    /// Takes up what was asked meanwhile.
    pub(crate) fn gather(&mut self, queue: &Receiver<Request>, makes: &impl Fn(&Open) -> bool, now: Instant) {
        while let Ok(request) = queue.try_recv() {
            self.push(request, makes, now);
        }
    }

    /// When those who rest may go on, if somebody does.
    pub(crate) fn wake(&self) -> Option<Instant> {
        let waiting = self.lanes.iter().filter(|lane| !lane.queue.is_empty());
        waiting.map(|lane| lane.rested).min()
    }

    /// How many connections wait in each lane.
    pub(crate) fn waiting(&self) -> [usize; 3] {
        [0, 1, 2].map(|lane: usize| self.lanes[lane].queue.len())
    }

    /// A turn is over at `now`; it took so long.
    pub(crate) fn done(&mut self, kind: Kind, took: Duration, now: Instant) {
        let lane = &mut self.lanes[kind as usize];
        lane.rested = now + took * lane.rest;
    }

    fn push(&mut self, request: Request, makes: &impl Fn(&Open) -> bool, now: Instant) {
        let of = match &request {
            Request::Write(write) => write.conn,
            Request::Leave { conn, .. } => *conn,
            Request::Open(open) if makes(open) => CREATORS,
            // It costs next to nothing, and shall say how those fare who write little.
            Request::Open(_) | Request::Probe(_) => COMERS,
            Request::Keep(_) => IMAGES,
            Request::Manage(manage) => match manage.by {
                By::Connection { conn, .. } => conn,
                By::Host { .. } => HOST,
            },
            Request::Chore(_) => HOST,
            Request::Hurry => {
                for lane in &mut self.lanes {
                    (lane.rest, lane.rested) = (0, now);
                }
                return;
            }
            Request::Stop => {
                self.stop = true;
                return;
            }
        };
        let account = self.accounts.entry(of).or_default();
        account.waiting.push_back(request);
        if account.waiting.len() == 1 {
            self.line_up(of, now);
        }
    }

    fn line_up(&mut self, of: u64, now: Instant) {
        let Some(account) = self.accounts.get(&of) else {
            return;
        };
        let cost = account.waiting.front().map_or(0, |next| cost(next, of));
        let kind = if cost > MAX_HEAVY {
            Kind::Large
        } else if cost > MAX_LIGHT || account.budget.overdrawn_until(self.rate, now).is_some() {
            Kind::Heavy
        } else {
            Kind::Light
        };
        self.lanes[kind as usize].queue.push_back(of);
    }

    /// What is to be done now, if anything.
    pub(crate) fn take(&mut self, now: Instant) -> Option<Turn> {
        // Whoever has rested long enough writes little again.
        for of in std::mem::take(&mut self.lanes[Kind::Heavy as usize].queue) {
            self.line_up(of, now);
        }
        let mut turn = Turn {
            requests: Vec::new(),
            kind: Kind::Light,
        };
        for kind in [Kind::Light, Kind::Heavy, Kind::Large] {
            // Heavy and large never share one: each would wait for the other.
            if turn.kind != Kind::Light || !(self.stop || now >= self.lanes[kind as usize].rested) {
                continue;
            }
            let most = if kind == Kind::Light {
                MAX_LIGHT_TURN
            } else {
                MAX_TURN
            };
            let mut cost = 0;
            while cost < most
                && let Some(of) = self.lanes[kind as usize].queue.pop_front()
            {
                turn.kind = kind;
                cost += self.serve(of, now, &mut turn.requests);
            }
        }
        (!turn.requests.is_empty()).then_some(turn)
    }

    /// Takes what has waited longest of one account; returns what it costs.
    fn serve(&mut self, of: u64, now: Instant, requests: &mut Vec<Request>) -> usize {
        let Some(account) = self.accounts.get_mut(&of) else {
            return 0;
        };
        let Some(request) = account.waiting.pop_front() else {
            return 0;
        };
        let cost = cost(&request, of);
        let last = matches!(request, Request::Leave { .. });
        account.budget.spend(cost, self.rate, now);
        requests.push(request);
        if last {
            self.accounts.remove(&of);
        } else if !account.waiting.is_empty() {
            self.line_up(of, now);
        }
        // Even what costs nothing takes room.
        cost.max(1)
    }
}

/// What a request of this account costs, in units.
fn cost(request: &Request, of: u64) -> usize {
    match request {
        Request::Write(write) => 1 + write.cells.len() + write.bytes / UNIT,
        Request::Open(_) if of == CREATORS => CREATION,
        Request::Keep(_) => 1,
        Request::Manage(_) => MANAGING,
        Request::Chore(chore) => chore.cost(UNIT, CREATION),
        Request::Open(_) | Request::Probe(_) | Request::Leave { .. } | Request::Hurry | Request::Stop => 0,
    }
}

#[cfg(test)]
mod tests;
