//! A board as its connections and the committer share it, and a connection's seat on it.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::board::Board;
use crate::clock::Time;
use crate::committer::Request;
use crate::rights::Pass;

/// One board that somebody is on.
#[derive(Debug)]
pub(crate) struct Room {
    /// Its number in the store.
    pub(crate) n: i64,
    // A std mutex: it is held for short work in memory, never across an await, and the committer
    // takes it from a thread that isn't async.
    board: Mutex<Board>,
    time: Arc<dyn Time>,
}

impl Room {
    /// A room around a board.
    pub(crate) fn new(n: i64, board: Board, time: Arc<dyn Time>) -> Self {
        Self {
            n,
            board: Mutex::new(board),
            time,
        }
    }

    /// The board.
    pub(crate) fn board(&self) -> MutexGuard<'_, Board> {
        // A panic while it was held left it whole enough: it is only a cache of the store and of wet ink.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the wet state on behalf of connection `author`, and tells the others at the board's pace.
    pub(crate) fn change<T>(self: &Arc<Self>, author: u64, change: impl FnOnce(&mut Board) -> T) -> T {
        let (result, later) = {
            let mut board = self.board();
            let result = change(&mut board);
            (result, board.changed(author, self.time.now()))
        };
        self.wake(later);
        result
    }

    /// Tells the others what had to wait, if it is time.
    pub(crate) fn tick(self: &Arc<Self>) {
        let later = self.board().tick(self.time.now());
        self.wake(later);
    }

    fn wake(self: &Arc<Self>, at: Option<Instant>) {
        if let Some(at) = at {
            self.time.wake(self, at);
        }
    }
}

/// A connection's right to a room. When it is dropped, the connection leaves, once everything that
/// it wrote before has been committed.
#[derive(Debug)]
pub(crate) struct Seat {
    /// The room.
    pub(crate) room: Arc<Room>,
    /// The connection's number.
    pub(crate) conn: u64,
    /// By which link it came, and as what.
    pub(crate) pass: Pass,
    /// The way to the committer.
    pub(crate) requests: Sender<Request>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Without a committer the relay is going down, and nobody is left to tell.
        let _ = self.requests.send(Request::Leave {
            room: Arc::clone(&self.room),
            conn: self.conn,
        });
    }
}
