//! Whose turn it is at the committer. Whoever writes little goes first; whoever writes much takes turns with others
//! who do, in small transactions with a rest after each, in which those who write little find the way free. So one
//! connection's flood takes a bounded share of the disk and the processor, and a client that heals a board or pastes a
//! large drawing is slowed a little, not refused. A crowd of connections that each write little is not held back here.

use std::collections::{HashMap, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::budget::{Budget, Rate};
use crate::committer::{Open, Request};

/// How much one transaction gathers of those who write little, in units.
const MAX_LIGHT: usize = 1024;
/// And of those who write much: a few milliseconds' work.
const MAX_HEAVY: usize = 256;
/// Bytes that cost as much as one cell.
const UNIT: usize = 1 << 10;
/// What making a board costs: as much as so many cells.
const CREATION: usize = 20;
/// All who would make a board share one account: there is no connection yet to have one.
const CREATORS: u64 = 0;
/// Those who only want to come in. Connections' numbers lie between the two.
const COMERS: u64 = u64::MAX;

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
    rest: u32,
    accounts: HashMap<u64, Account>,
    /// Those that something waits for, each in one of the two, in the order in which their turns come.
    light: VecDeque<u64>,
    heavy: VecDeque<u64>,
    /// When heavy ones may go on.
    rested: Instant,
    stop: bool,
}

/// What is to be done in one transaction.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// In this order.
    pub(crate) requests: Vec<Request>,
    /// Whether some of it is of those who write much.
    pub(crate) heavy: bool,
}

impl Turns {
    /// Nothing waits. `rate` is what counts as little, in cells; after what is more there is a rest of `rest` times
    /// as long as it took.
    pub(crate) fn new(rate: Rate, rest: u32, now: Instant) -> Self {
        Self {
            rate,
            rest,
            accounts: HashMap::new(),
            light: VecDeque::new(),
            heavy: VecDeque::new(),
            rested: now,
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
        (!self.heavy.is_empty()).then_some(self.rested)
    }

    /// A turn is over at `now`; it took so long.
    pub(crate) fn done(&mut self, heavy: bool, took: Duration, now: Instant) {
        if heavy {
            self.rested = now + took * self.rest;
        }
    }

    fn push(&mut self, request: Request, makes: &impl Fn(&Open) -> bool, now: Instant) {
        let of = match &request {
            Request::Write(write) => write.conn,
            Request::Leave { conn, .. } => *conn,
            Request::Open(open) if makes(open) => CREATORS,
            Request::Open(_) => COMERS,
            Request::Hurry => {
                (self.rest, self.rested) = (0, now);
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
        let account = self.accounts.get(&of);
        let over = account.is_some_and(|account| account.budget.overdrawn_until(self.rate, now).is_some());
        if over { &mut self.heavy } else { &mut self.light }.push_back(of);
    }

    /// What is to be done now, if anything.
    pub(crate) fn take(&mut self, now: Instant) -> Option<Turn> {
        let mut turn = Turn::default();
        let mut cost = 0;
        // Whoever has rested long enough writes little again.
        for of in std::mem::take(&mut self.heavy) {
            self.line_up(of, now);
        }
        while cost < MAX_LIGHT
            && let Some(of) = self.light.pop_front()
        {
            cost += self.serve(of, now, &mut turn);
        }
        cost = 0;
        while cost < MAX_HEAVY
            && (self.stop || now >= self.rested)
            && let Some(of) = self.heavy.pop_front()
        {
            turn.heavy = true;
            cost += self.serve(of, now, &mut turn);
        }
        (!turn.requests.is_empty()).then_some(turn)
    }

    /// Takes what has waited longest of one account; returns what it costs.
    fn serve(&mut self, of: u64, now: Instant, turn: &mut Turn) -> usize {
        let Some(account) = self.accounts.get_mut(&of) else {
            return 0;
        };
        let Some(request) = account.waiting.pop_front() else {
            return 0;
        };
        let (cost, last) = match &request {
            Request::Write(write) => (1 + write.cells.len() + write.bytes / UNIT, false),
            Request::Open(_) if of == CREATORS => (CREATION, false),
            Request::Open(_) | Request::Hurry | Request::Stop => (0, false),
            Request::Leave { .. } => (0, true),
        };
        account.budget.spend(cost, self.rate, now);
        turn.requests.push(request);
        if last {
            self.accounts.remove(&of);
        } else if !account.waiting.is_empty() {
            self.line_up(of, now);
        }
        // Even what costs nothing takes room.
        cost.max(1)
    }
}

#[cfg(test)]
mod tests;
