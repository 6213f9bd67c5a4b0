//! What becomes of a write: who wins, what is refused, and which sequence number it gets. In transactions that hold many.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{
    Access, BoardId, Cell, CellKey, Code, ImageHash, Limits, MAX_INTEGER, Peer, Property, Refused, Retry,
    Role, STAMP_AHEAD_MS, STAMP_FIRST_MS, Stamp,
};

use super::ImageRow;
use super::disk::{BoardRow, Disk, DiskError, Held, Totals};
use super::read::push_cell;
use crate::board::Committed;
use crate::committer::Fresh;

/// How much of a full board's spare room a write may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    /// None, but for deletes.
    Usual,
    /// An owner's twentieth.
    Owner,
    /// Whatever it needs.
    Any,
}

/// The store's writing side.
#[derive(Debug)]
pub(crate) struct Writer<D> {
    pub(super) disk: D,
    pub(super) limits: Limits,
    head: u64,
    boards: HashMap<i64, Totals>,
    /// Who may do what, as the present transaction has it.
    pub(super) access: HashMap<i64, Arc<Access>>,
    /// What to go back to if the transaction fails.
    pub(super) before: Before,
}

/// What was before a transaction, of all that it changed.
#[derive(Debug, Default)]
pub(super) struct Before {
    head: u64,
    boards: BTreeMap<i64, Totals>,
    pub(super) access: BTreeMap<i64, Arc<Access>>,
}

impl<D: Disk> Writer<D> {
    /// Writes to `disk`, on which `head` is the last sequence number given.
    pub(crate) fn new(disk: D, limits: Limits, head: u64) -> Self {
        Self {
            disk,
            limits,
            head,
            boards: HashMap::new(),
            access: HashMap::new(),
            before: Before::default(),
        }
    }

    /// The disk, to tell it what isn't of writes.
    pub(crate) fn disk_mut(&mut self) -> &mut D {
        &mut self.disk
    }

    /// The last sequence number given.
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// Begins a transaction.
    pub(crate) fn begin(&mut self) -> Result<(), DiskError> {
        self.before = Before {
            head: self.head,
            ..Before::default()
        };
        self.disk.begin()
    }

    /// Looks a board up, as the present transaction has it.
    pub(crate) fn find(&self, id: &BoardId) -> Result<Option<BoardRow>, DiskError> {
        let mut found = self.disk.find(id)?;
        // The row itself is brought up to date when the transaction commits.
        if let Some(row) = &mut found
            && let Some(totals) = self.boards.get(&row.n)
        {
            (row.cells, row.head) = (totals.cells, totals.head);
        }
        Ok(found)
    }

    /// How many boards there are.
    pub(crate) fn boards(&self) -> Result<u64, DiskError> {
        self.disk.boards()
    }

    /// Merges a write of somebody with this role into its board, whole or not at all.
    pub(crate) fn write(
        &mut self,
        board: i64,
        cells: &[Cell],
        role: Role,
        now_ms: u64,
    ) -> Result<Result<Committed, Box<Refused>>, DiskError> {
        let totals = self.totals(board)?;
        if let Some(refused) = stamp_ahead(cells, &totals, now_ms) {
            if fault::is_planted(Fault::RefusedInPart) {
                let in_time = |cell: &&Cell| refused.cell != Some(cell.key().into());
                let part: Vec<Cell> = cells.iter().filter(in_time).cloned().collect();
                return Ok(self.write(board, &part, role, now_ms)?.and(Err(refused)));
            }
            return Ok(Err(refused));
        }
        let room = if role == Role::Owner {
            Room::Owner
        } else {
            Room::Usual
        };
        self.merge(board, cells, totals, now_ms, room)
    }

    /// Merges cells from an export. Where nobody else has written to the board its time is what they say.
    pub(crate) fn import(
        &mut self,
        board: i64,
        cells: &[Cell],
        fresh: bool,
        now_ms: u64,
    ) -> Result<Result<Committed, Box<Refused>>, DiskError> {
        let totals = self.totals(board)?;
        let as_empty = Totals {
            cells: 0,
            ..Totals::default()
        };
        let ahead = stamp_ahead(cells, if fresh { &as_empty } else { &totals }, now_ms);
        match ahead {
            Some(refused) => Ok(Err(refused)),
            None => self.merge(board, cells, totals, now_ms, Room::Usual),
        }
    }

    /// Writes values with stamps of the relay's own, above everything on the board, however full that is.
    pub(crate) fn rewrite(
        &mut self,
        board: i64,
        values: &[Fresh],
        peer: Peer,
        now_ms: u64,
    ) -> Result<Result<Committed, Box<Refused>>, DiskError> {
        let totals = self.totals(board)?;
        let ms = now_ms.max((totals.max_ms + 1).min(MAX_INTEGER));
        let stamped = (0..).zip(values).map(|(counter, fresh)| Cell {
            element: fresh.element.clone(),
            prop: fresh.prop.clone(),
            stamp: Stamp { ms, counter, peer },
            value: fresh.value.clone(),
        });
        let cells: Vec<Cell> = stamped.collect();
        self.merge(board, &cells, totals, now_ms, Room::Any)
    }

    /// Merges cells whose stamps are in order.
    fn merge(
        &mut self,
        board: i64,
        cells: &[Cell],
        totals: Totals,
        now_ms: u64,
        room: Room,
    ) -> Result<Result<Committed, Box<Refused>>, DiskError> {
        let mut winners: BTreeMap<CellKey, &Cell> = BTreeMap::new();
        for cell in cells {
            let best = winners.entry(cell.key()).or_insert(cell);
            if cell.beats(best.stamp, best.value.as_str()) {
                *best = cell;
            }
        }
        let mut won = Vec::with_capacity(winners.len());
        for cell in winners.into_values() {
            let last_wins = fault::is_planted(Fault::MergeByArrival);
            match self.disk.held(board, cell)? {
                Some(held) if !held.loses && !last_wins => {}
                held => won.push((cell, held)),
            }
        }
        let mut after = totals;
        for (cell, held) in &won {
            after.cells += u64::from(held.is_none());
            after.bytes = after.bytes + cell.size() as u64 - held.as_ref().map_or(0, |held| held.bytes);
            after.max_ms = after.max_ms.max(cell.stamp.ms);
        }
        if let Some(refused) = self.board_full(&won, &totals, &after, room) {
            return Ok(Err(refused));
        }
        if won.is_empty() {
            return Ok(Ok(Committed {
                board_cells: totals.cells,
                ..Committed::default()
            }));
        }
        self.head += 1;
        after.head = self.head;
        let mut text = String::new();
        for (cell, held) in &won {
            self.disk.put(board, cell, self.head, held.as_ref(), now_ms)?;
            let stamp = (
                cell.stamp.ms,
                u64::from(cell.stamp.counter),
                cell.stamp.peer.as_str(),
            );
            push_cell(
                &mut text,
                cell.element.as_str(),
                cell.prop.as_str(),
                stamp,
                cell.value.as_str(),
            );
        }
        self.change(board, totals, after);
        Ok(Ok(Committed {
            seq: Some(self.head),
            cells: text,
            board_cells: after.cells,
            won: won.len() as u64,
        }))
    }

    /// Gives a board an image, whose bytes are on disk, or says why not.
    pub(crate) fn keep_image(
        &mut self,
        board: i64,
        image: &ImageRow,
    ) -> Result<Result<(), Box<Refused>>, DiskError> {
        let totals = self.totals(board)?;
        if self.disk.has_image(board, image)? {
            return Ok(Ok(()));
        }
        let after = Totals {
            bytes: totals.bytes + image.bytes,
            ..totals
        };
        if let Some(refused) = no_room(&self.limits, after.bytes) {
            return Ok(Err(refused));
        }
        self.disk.put_image(board, image)?;
        self.change(board, totals, after);
        Ok(Ok(()))
    }

    /// Deletes a board, up to its rows: nobody has a way in any more.
    pub(crate) fn bury(&mut self, board: i64) -> Result<(), DiskError> {
        let (totals, access) = (self.totals(board)?, self.access(board)?);
        self.disk.bury(board)?;
        let after = Totals {
            cells: 0,
            bytes: 0,
            ..totals
        };
        self.change(board, totals, after);
        self.before.access.entry(board).or_insert(access);
        self.access.insert(board, Arc::default());
        Ok(())
    }

    /// Counts a board's rows. Says whether the totals were wrong.
    pub(crate) fn recount(&mut self, board: i64) -> Result<bool, DiskError> {
        let totals = self.totals(board)?;
        let counted = self.disk.recount(board)?;
        // A board's time never goes back.
        let after = Totals {
            max_ms: totals.max_ms.max(counted.max_ms),
            moved: totals.moved,
            ..counted
        };
        if after == totals {
            return Ok(false);
        }
        self.change(board, totals, after);
        Ok(true)
    }

    /// A board doesn't have an image any more. Says whether it had it.
    pub(crate) fn lose_image(&mut self, board: i64, hash: &ImageHash) -> Result<bool, DiskError> {
        let totals = self.totals(board)?;
        let Some(bytes) = self.disk.image_bytes(board, hash)? else {
            return Ok(false);
        };
        self.disk.drop_image(board, hash)?;
        let after = Totals {
            bytes: totals.bytes.saturating_sub(bytes),
            ..totals
        };
        self.change(board, totals, after);
        Ok(true)
    }

    pub(super) fn change(&mut self, board: i64, before: Totals, after: Totals) {
        self.before.boards.entry(board).or_insert(before);
        self.boards.insert(board, after);
    }

    pub(super) fn totals(&mut self, board: i64) -> Result<Totals, DiskError> {
        if let Some(totals) = self.boards.get(&board) {
            return Ok(*totals);
        }
        let totals = self.disk.totals(board)?;
        self.boards.insert(board, totals);
        Ok(totals)
    }

    /// Full boards take what doesn't grow them, a little of their owners, who may have to tidy up, and a few deletes more.
    fn board_full(
        &self,
        won: &[(&Cell, Option<Held>)],
        before: &Totals,
        after: &Totals,
        room: Room,
    ) -> Option<Box<Refused>> {
        let (max_cells, max_bytes) = (self.limits.board_cells as u64, self.limits.board_bytes as u64);
        let grows_over = |twentieths: u64| {
            let most = |max: u64| max.saturating_add(max / 20 * twentieths);
            (after.cells > before.cells && after.cells > most(max_cells))
                || (after.bytes > before.bytes && after.bytes > most(max_bytes))
        };
        let is_delete = |cell: &Cell| {
            cell.prop.as_str() == Property::DELETED && !fault::is_planted(Fault::FullRefusesDeletes)
        };
        let other = won.iter().find(|(cell, _)| !is_delete(cell));
        let twentieths = match room {
            Room::Any => return None,
            // Above what owners may fill.
            _ if other.is_none() => 2,
            Room::Owner => 1,
            Room::Usual => 0,
        };
        if !grows_over(twentieths) {
            return None;
        }
        let (cell, _) = other.or(won.first())?;
        let mut refused = board_full(&self.limits);
        refused.cell = Some(cell.key().into());
        Some(Box::new(refused))
    }

    /// Commits what was written since [`Writer::begin`]; when this returns, it is on disk.
    pub(crate) fn commit(&mut self, now_ms: u64) -> Result<(), DiskError> {
        let totals = |board: &i64| Some((*board, *self.boards.get(board)?));
        let changed: Vec<(i64, Totals)> = self.before.boards.keys().filter_map(totals).collect();
        self.disk.commit(&changed, self.head, now_ms)
    }

    /// Goes back to before [`Writer::begin`].
    pub(crate) fn roll_back(&mut self) -> Result<(), DiskError> {
        let before = std::mem::take(&mut self.before);
        self.head = before.head;
        self.boards.extend(before.boards);
        self.access.extend(before.access);
        self.disk.roll_back()
    }

    /// Forgets what it knows of a board that nobody is on any more.
    pub(crate) fn forget(&mut self, board: i64) {
        self.boards.remove(&board);
        self.access.remove(&board);
    }
}

/// The refusal of an image with which a board would have so many bytes, if that is too much.
pub(crate) fn no_room(limits: &Limits, bytes: u64) -> Option<Box<Refused>> {
    (bytes > limits.board_bytes as u64).then(|| Box::new(board_full(limits)))
}

fn board_full(limits: &Limits) -> Refused {
    let text = format!(
        "The board is full: it may have {} cells and {} bytes. Go on on a new one, or ask whoever runs the relay for more.",
        limits.board_cells, limits.board_bytes
    );
    Refused::new(Code::BoardFull, text, Retry::Changed)
}

fn stamp_ahead(cells: &[Cell], totals: &Totals, now_ms: u64) -> Option<Box<Refused>> {
    // An empty board's time is what its first writer names, as long as there is room for everybody after them.
    let latest = if totals.cells == 0 {
        STAMP_FIRST_MS
    } else {
        now_ms.max(totals.max_ms) + STAMP_AHEAD_MS
    };
    let cell = cells.iter().find(|cell| cell.stamp.ms > latest)?;
    let wait = cell.stamp.ms - latest;
    let text = format!(
        "The cell's stamp lies {} s ahead of the board's time.",
        (wait + STAMP_AHEAD_MS) / 1000
    );
    let mut refused = Refused::new(Code::StampAhead, text, Retry::After(wait));
    refused.cell = Some(cell.key().into());
    Some(Box::new(refused))
}

#[cfg(test)]
mod tests;
