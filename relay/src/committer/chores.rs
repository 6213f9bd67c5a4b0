//! What the relay's host asks of the committer: boards made, written to, deleted. Chores wait in a line of their own, in
//! small pieces, so that those who draw don't notice.

use std::sync::Arc;

use drawbridge_protocol::{
    Access, BoardId, Cell, CellKey, ElementId, ImageHash, ImageType, Peer, Property, Refused, RelayAddress,
    Value,
};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::Committer;
use crate::board::Committed;
use crate::rights;
use crate::store::{BoardRow, Disk, DiskError, ImageFiles, ImageRow};

/// How many rows of a deleted board one step takes away.
const SWEEP_ROWS: u32 = 500;

/// A chore, and where its answer goes.
#[derive(Debug)]
pub(crate) struct Chore {
    /// The board.
    pub(crate) board: BoardId,
    /// What is to be done with it.
    pub(crate) what: What,
    /// Where images lie that a deleted board was the last to have.
    pub(crate) images: ImageFiles,
    /// Where the answer goes.
    pub(crate) reply: oneshot::Sender<Result<Chored, Box<Refused>>>,
}

/// What is to be done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// Make the board, unless it is there.
    Make {
        /// Who may do what on it.
        access: Access,
        /// When it was made, in milliseconds since the Unix epoch.
        created_ms: u64,
    },
    /// Merge cells as they are.
    Write {
        /// The cells.
        cells: Vec<Cell>,
        /// Whether nobody else has written to the board, whose time is then what the cells say.
        fresh: bool,
    },
    /// Write values anew, with stamps above everything on the board.
    Rewrite {
        /// The values.
        cells: Vec<Fresh>,
        /// Whose stamps they are.
        peer: Peer,
    },
    /// Give the board an image, whose bytes are on disk.
    Keep {
        /// The image.
        image: ImageHash,
        /// What it is.
        kind: ImageType,
        /// How many bytes it has.
        bytes: u64,
    },
    /// Send everybody who is on the board, or comes to it, to another relay; or to none, if there is no address.
    Move {
        /// Where the board lives from now on.
        to: Option<RelayAddress>,
    },
    /// Delete the board. Its rows go by [`What::Sweep`].
    Bury,
    /// Take away some rows of a board that was deleted.
    Sweep,
    /// Take away the last trace of a deleted board, so that anybody may make it again.
    Forget,
    /// Count the board's rows, and note what they come to.
    Recount,
    /// The image's file is lost: the board doesn't have it any more.
    Lose {
        /// The image.
        image: ImageHash,
    },
    /// Forget all starts of the relay before this one, and from its next start on this one too: every client then takes its
    /// boards anew, and offers all that it has.
    ForgetStarts,
}

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fresh {
    /// Of what.
    pub(crate) element: ElementId,
    /// Of what of it.
    pub(crate) prop: Property,
    /// The value.
    pub(crate) value: Value,
}

impl Fresh {
    /// A value for `key`.
    pub(crate) fn new(key: CellKey, value: Value) -> Self {
        Self {
            element: key.element,
            prop: key.prop,
            value,
        }
    }

    /// The bytes that count towards limits.
    pub(crate) fn size(&self) -> usize {
        self.element.as_str().len() + self.prop.as_str().len() + self.value.as_str().len()
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Chored {
    /// How much was done: cells that won, rows that went, 1 for a board that was made, changed or forgotten.
    pub(crate) did: u64,
    /// Whether there is more of it to do.
    pub(crate) more: bool,
}

/// What the transaction made of a chore.
#[derive(Debug, Default)]
pub(crate) struct Worked {
    board: Option<i64>,
    chored: Chored,
    committed: Option<Committed>,
    orphans: Vec<ImageHash>,
    access: Option<Arc<Access>>,
    /// Where it lives from now on.
    moved: Option<Option<RelayAddress>>,
}

impl Chore {
    /// What it costs, in units.
    pub(crate) fn cost(&self, unit: usize, creation: usize) -> usize {
        let write = |count: usize, bytes: usize| 1 + count + bytes / unit;
        match &self.what {
            What::Make { .. } => creation,
            What::Write { cells, .. } => write(cells.len(), cells.iter().map(Cell::size).sum()),
            What::Rewrite { cells, .. } => write(cells.len(), cells.iter().map(Fresh::size).sum()),
            What::Sweep => SWEEP_ROWS as usize / 2,
            // It reads all rows of the board.
            What::Recount => SWEEP_ROWS as usize,
            What::Move { .. }
            | What::Bury
            | What::Forget
            | What::Keep { .. }
            | What::Lose { .. }
            | What::ForgetStarts => 1,
        }
    }
}

impl<D: Disk> Committer<D> {
    /// Does a chore in the present transaction.
    pub(super) fn work(
        &mut self,
        chore: &Chore,
        now: u64,
    ) -> Result<Result<Worked, Box<Refused>>, DiskError> {
        let found = self.writer.find(&chore.board)?;
        let mut worked = Worked {
            board: found.as_ref().map(|row| row.n),
            ..Worked::default()
        };
        let row = match (&chore.what, found) {
            (What::Make { .. }, Some(row)) if !row.gone => return Ok(Ok(worked)),
            (What::Make { access, created_ms }, None) => {
                let row = self.writer.create(&chore.board, access, (*created_ms).min(now))?;
                worked.board = Some(row.n);
                worked.chored.did = 1;
                return Ok(Ok(worked));
            }
            (What::ForgetStarts, _) => {
                self.writer.disk_mut().forget_starts()?;
                worked.chored.did = 1;
                return Ok(Ok(worked));
            }
            (_, None) => return Ok(Err(super::no_board())),
            (What::Bury | What::Sweep | What::Forget, Some(row)) => row,
            (_, Some(row)) if row.gone => return Ok(Err(rights::gone())),
            // Nobody would see it.
            (What::Write { .. } | What::Rewrite { .. } | What::Keep { .. }, Some(row))
                if row.moved.is_some() =>
            {
                return Ok(Err(rights::moved()));
            }
            (_, Some(row)) => row,
        };
        let written = match &chore.what {
            What::Write { cells, fresh } => self.writer.import(row.n, cells, *fresh, now)?,
            What::Rewrite { cells, peer } => self.writer.rewrite(row.n, cells, *peer, now)?,
            What::Keep { image, kind, bytes } => {
                let image = ImageRow {
                    hash: *image,
                    kind: *kind,
                    bytes: *bytes,
                };
                return Ok(self.writer.keep_image(row.n, &image)?.map(|()| worked));
            }
            _ => {
                self.keep_house(chore, &row, &mut worked)?;
                return Ok(Ok(worked));
            }
        };
        Ok(written.map(|committed| {
            worked.chored.did = committed.won;
            worked.committed = Some(committed);
            worked
        }))
    }

    fn keep_house(&mut self, chore: &Chore, row: &BoardRow, worked: &mut Worked) -> Result<(), DiskError> {
        match &chore.what {
            What::Bury if !row.gone => {
                self.writer.bury(row.n)?;
                worked.chored.did = 1;
                worked.access = Some(Arc::default());
            }
            What::Sweep if row.gone => {
                let swept = self.writer.disk_mut().sweep(row.n, SWEEP_ROWS)?;
                worked.chored.did = swept.rows;
                worked.chored.more = swept.rows > 0;
                worked.orphans = swept.orphans;
            }
            // Somebody who is on their way out still names it by its number, which the next board might get.
            What::Forget if row.gone && self.rooms.contains_key(&row.n) => worked.chored.more = true,
            What::Forget if row.gone => {
                self.writer.disk_mut().forget(row.n)?;
                self.writer.forget(row.n);
                worked.chored.did = 1;
            }
            What::Move { to } => {
                let is_new = self.writer.set_moved(row, to.as_ref())?;
                worked.chored.did = u64::from(is_new);
                worked.moved = is_new.then(|| to.clone());
            }
            What::Recount => worked.chored.did = u64::from(self.writer.recount(row.n)?),
            What::Lose { image } => worked.chored.did = u64::from(self.writer.lose_image(row.n, image)?),
            _ => {}
        }
        Ok(())
    }

    /// A chore is on disk: tells those on the board.
    pub(super) fn tell_chore(&mut self, chore: Chore, result: Result<Worked, Box<Refused>>) {
        let answer = result.map(|worked| {
            if !worked.orphans.is_empty() {
                // Before the next transaction: whoever brings one of them again looks afterwards whether it is there.
                chore.images.remove(&worked.orphans);
            }
            if let Some(n) = worked.board {
                if let (Some(to), Some((room, _))) = (worked.moved, self.rooms.get(&n)) {
                    room.board().set_moved(to);
                }
                self.tell_board(n, worked.access, worked.committed);
            }
            worked.chored
        });
        // Whoever asked may be gone.
        let _ = chore.reply.send(answer);
    }

    fn tell_board(&mut self, n: i64, access: Option<Arc<Access>>, committed: Option<Committed>) {
        if let Some(access) = access {
            self.tell_access(n, &access);
        }
        match (self.rooms.get(&n), committed) {
            (Some((room, _)), Some(committed)) => room.board().wrote(committed),
            (Some(_), None) => {}
            (None, _) => self.writer.forget(n),
        }
    }
}
