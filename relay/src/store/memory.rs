//! A disk in memory that forgets what wasn't committed: for simulators. It can be copied, rolled back and full.

use std::collections::BTreeMap;

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{Access, BoardId, BoardLink, Cell, CellKey, ImageHash, KeyHash, RelayAddress};

use super::ImageRow;
use super::disk::{BoardRow, Disk, DiskError, Held, Swept, Totals};
use super::epochs::Epochs;
use super::past::{PastBounds, PastPlace, PastRows};
use super::read::{Page, push_cell};

/// So many overwritten cells of a board are kept, so that gaps come up.
const PAST: usize = 100;

/// What lies on the disk.
#[derive(Debug, Clone, Default, PartialEq)]
struct Image {
    boards: Vec<Rows>,
    epochs: Vec<(String, u64)>,
    head: u64,
    clock_ms: u64,
}

#[derive(Debug, Clone, PartialEq)]
struct Rows {
    id: BoardId,
    access: Access,
    /// When each link was made.
    made: BTreeMap<KeyHash, u64>,
    gone: bool,
    moved: Option<RelayAddress>,
    totals: Totals,
    cells: BTreeMap<CellKey, (Cell, u64)>,
    created_ms: u64,
    /// What was overwritten, in order, by number.
    past: BTreeMap<i64, (Cell, u64)>,
    images: Vec<ImageRow>,
}

/// A relay's disk. A clone is a copy of it, as somebody may put back later.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemoryDisk {
    /// What survives a power cut.
    durable: Image,
    /// With what the transaction under way has written.
    working: Image,
    full: bool,
}

impl MemoryDisk {
    /// What a power cut leaves.
    pub(crate) fn crash(&mut self) {
        self.working = self.durable.clone();
    }

    /// Takes no more, or has room again.
    pub(crate) fn set_full(&mut self, full: bool) {
        self.full = full;
    }

    /// Begins an epoch; returns all of them, the last sequence number and the clock's last reading.
    pub(crate) fn start(&mut self, random: u64) -> (Epochs, u64, u64) {
        let epochs = Epochs::after(
            std::mem::take(&mut self.durable.epochs),
            random,
            self.durable.head,
        );
        self.durable.epochs = epochs.to_vec();
        self.crash();
        (epochs, self.durable.head, self.durable.clock_ms)
    }

    /// Every cell of a board that survives a power cut.
    pub(crate) fn dump(&self, id: &BoardId) -> impl Iterator<Item = &Cell> {
        let rows = self.durable.boards.iter().filter(move |rows| rows.id == *id);
        rows.flat_map(|rows| rows.cells.values().map(|(cell, _)| cell))
    }

    /// A cell of a board that survives a power cut.
    pub(crate) fn cell(&self, id: &BoardId, key: &CellKey) -> Option<&Cell> {
        let rows = self.durable.boards.iter().find(|rows| rows.id == *id)?;
        rows.cells.get(key).map(|(cell, _)| cell)
    }

    /// Whether there is such a board, alive or deleted.
    pub(crate) fn has(&self, id: &BoardId) -> bool {
        self.durable.boards.iter().any(|rows| rows.id == *id)
    }

    /// The clock's last reading that survives a power cut.
    pub(crate) fn clock_ms(&self) -> u64 {
        self.durable.clock_ms
    }

    /// A page of a board's past that survives a power cut, as SQLite's disk has it.
    pub(crate) fn past(
        &self,
        board: i64,
        from: Option<PastPlace>,
        max_bytes: usize,
        bounds: PastBounds,
    ) -> Result<PastRows, DiskError> {
        let rows = self.durable_rows(board)?;
        let kept = match rows.past.first_key_value() {
            Some((n, (_, until_ms))) if *n > 1 => *until_ms,
            _ => 0,
        };
        let age = u64::try_from(bounds.age.as_millis()).unwrap_or(u64::MAX);
        let mut page = PastRows {
            since_ms: rows.created_ms.max(kept).max(bounds.now_ms.saturating_sub(age)),
            ..PastRows::default()
        };
        let mut last = None;
        for (n, (cell, until_ms)) in rows.past.iter().rev() {
            let (n, until_ms) = (*n, *until_ms);
            let place = PastPlace { until_ms, n };
            if from.is_some_and(|from| place >= from) {
                continue;
            }
            if last.is_some() && page.cells.len() + cell.size() + 128 > max_bytes {
                page.next = last;
                break;
            }
            last = Some(place);
            let stamp = (
                cell.stamp.ms,
                u64::from(cell.stamp.counter),
                cell.stamp.peer.as_str(),
            );
            let (element, prop) = (cell.element.as_str(), cell.prop.as_str());
            push_cell(&mut page.cells, element, prop, stamp, cell.value.as_str());
        }
        Ok(page)
    }

    /// Every overwritten cell of a board that is kept and survives a power cut.
    pub(crate) fn dump_past(&self, id: &BoardId) -> impl Iterator<Item = &Cell> {
        let rows = self.durable.boards.iter().filter(move |rows| rows.id == *id);
        rows.flat_map(|rows| rows.past.values().map(|(cell, _)| cell))
    }

    /// Deletes a board: only its gravestone stays.
    pub(crate) fn bury(&mut self, id: &BoardId) {
        for rows in self.durable.boards.iter_mut().filter(|rows| rows.id == *id) {
            rows.gone = true;
            rows.cells.clear();
            rows.past.clear();
            rows.images.clear();
            if !fault::is_planted(Fault::GravestoneIgnored) {
                rows.access = Access::default();
                rows.made.clear();
            }
            (rows.totals.cells, rows.totals.bytes) = (0, 0);
        }
        self.crash();
    }

    fn rows(&self, board: i64) -> Result<&Rows, DiskError> {
        let at = usize::try_from(board - 1).unwrap_or(usize::MAX);
        let rows = self.working.boards.get(at);
        rows.ok_or_else(|| DiskError::Failed(format!("no board {board}")))
    }

    /// What readers see, who know nothing of the transaction under way.
    fn durable_rows(&self, board: i64) -> Result<&Rows, DiskError> {
        let at = usize::try_from(board - 1).unwrap_or(usize::MAX);
        let rows = self.durable.boards.get(at);
        rows.ok_or_else(|| DiskError::Failed(format!("no board {board}")))
    }

    fn rows_mut(&mut self, board: i64) -> Result<&mut Rows, DiskError> {
        let at = usize::try_from(board - 1).unwrap_or(usize::MAX);
        let rows = self.working.boards.get_mut(at);
        rows.ok_or_else(|| DiskError::Failed(format!("no board {board}")))
    }

    fn room(&self) -> Result<(), DiskError> {
        if self.full { Err(DiskError::Full) } else { Ok(()) }
    }
}

impl Disk for MemoryDisk {
    fn begin(&mut self) -> Result<(), DiskError> {
        Ok(())
    }

    fn commit(&mut self, changed: &[(i64, Totals)], head: u64, now_ms: u64) -> Result<(), DiskError> {
        self.room()?;
        for (board, totals) in changed {
            self.rows_mut(*board)?.totals = *totals;
        }
        (self.working.head, self.working.clock_ms) = (head, now_ms);
        self.durable = self.working.clone();
        Ok(())
    }

    fn roll_back(&mut self) -> Result<(), DiskError> {
        self.crash();
        Ok(())
    }

    fn find(&self, id: &BoardId) -> Result<Option<BoardRow>, DiskError> {
        let found = (1..)
            .zip(&self.working.boards)
            .find(|(_, rows)| rows.id == *id)
            .map(|(n, rows)| BoardRow {
                n,
                gone: rows.gone,
                cells: rows.totals.cells,
                head: rows.totals.head,
                moved: rows.moved.clone(),
            });
        Ok(found)
    }

    fn boards(&self) -> Result<u64, DiskError> {
        Ok(self.working.boards.iter().filter(|rows| !rows.gone).count() as u64)
    }

    fn create(&mut self, id: &BoardId, now_ms: u64) -> Result<i64, DiskError> {
        self.room()?;
        self.working.boards.push(Rows {
            id: id.clone(),
            access: Access::default(),
            made: BTreeMap::new(),
            gone: false,
            moved: None,
            totals: Totals::default(),
            cells: BTreeMap::new(),
            created_ms: now_ms,
            past: BTreeMap::new(),
            images: Vec::new(),
        });
        Ok(i64::try_from(self.working.boards.len()).unwrap_or(i64::MAX))
    }

    fn access(&self, board: i64) -> Result<Access, DiskError> {
        Ok(self.rows(board)?.access.clone())
    }

    fn set_locked(&mut self, board: i64, locked: bool) -> Result<(), DiskError> {
        self.room()?;
        self.rows_mut(board)?.access.locked = locked;
        Ok(())
    }

    fn set_moved(&mut self, board: i64, to: Option<&RelayAddress>) -> Result<(), DiskError> {
        self.room()?;
        self.rows_mut(board)?.moved = to.cloned();
        Ok(())
    }

    fn put_link(&mut self, board: i64, link: &BoardLink, now_ms: u64) -> Result<(), DiskError> {
        self.room()?;
        let Rows { access, made, .. } = self.rows_mut(board)?;
        made.entry(link.hash).or_insert(now_ms);
        match access.links.iter_mut().find(|held| held.hash == link.hash) {
            Some(held) => *held = link.clone(),
            None => access.links.push(link.clone()),
        }
        access
            .links
            .sort_by_key(|link| (made.get(&link.hash).copied(), link.hash));
        Ok(())
    }

    fn drop_link(&mut self, board: i64, hash: &KeyHash) -> Result<(), DiskError> {
        self.room()?;
        let rows = self.rows_mut(board)?;
        rows.access.links.retain(|link| link.hash != *hash);
        rows.made.remove(hash);
        Ok(())
    }

    fn totals(&self, board: i64) -> Result<Totals, DiskError> {
        let rows = self.rows(board)?;
        Ok(Totals {
            moved: rows.moved.is_some(),
            ..rows.totals
        })
    }

    fn held(&self, board: i64, cell: &Cell) -> Result<Option<Held>, DiskError> {
        let held = self.rows(board)?.cells.get(&cell.key());
        Ok(held.map(|(held, _)| Held {
            n: 0,
            bytes: held.size() as u64,
            loses: cell.beats(held.stamp, held.value.as_str()),
        }))
    }

    fn put(
        &mut self,
        board: i64,
        cell: &Cell,
        seq: u64,
        _: Option<&Held>,
        now_ms: u64,
    ) -> Result<(), DiskError> {
        self.room()?;
        let rows = self.rows_mut(board)?;
        if let Some((before, _)) = rows.cells.insert(cell.key(), (cell.clone(), seq)) {
            let n = rows.past.last_key_value().map_or(1, |(n, _)| n + 1);
            rows.past.insert(n, (before, now_ms));
            if rows.past.len() > PAST {
                rows.past.pop_first();
            }
        }
        Ok(())
    }

    fn has_image(&self, board: i64, image: &ImageRow) -> Result<bool, DiskError> {
        let mut images = self.rows(board)?.images.iter();
        Ok(images.any(|held| held.hash == image.hash))
    }

    fn put_image(&mut self, board: i64, image: &ImageRow) -> Result<(), DiskError> {
        self.room()?;
        self.rows_mut(board)?.images.push(*image);
        Ok(())
    }

    fn drop_image(&mut self, board: i64, hash: &ImageHash) -> Result<(), DiskError> {
        self.rows_mut(board)?.images.retain(|held| held.hash != *hash);
        Ok(())
    }

    fn image_bytes(&self, board: i64, hash: &ImageHash) -> Result<Option<u64>, DiskError> {
        let mut images = self.rows(board)?.images.iter();
        Ok(images.find(|held| held.hash == *hash).map(|held| held.bytes))
    }

    fn bury(&mut self, board: i64) -> Result<(), DiskError> {
        let rows = self.rows_mut(board)?;
        rows.gone = true;
        (rows.access, rows.made) = (Access::default(), BTreeMap::new());
        rows.past.clear();
        Ok(())
    }

    fn sweep(&mut self, board: i64, max: u32) -> Result<Swept, DiskError> {
        let rows = self.rows_mut(board)?;
        let before = rows.cells.len() + rows.images.len();
        let keys: Vec<CellKey> = rows.cells.keys().take(max as usize).cloned().collect();
        for key in &keys {
            rows.cells.remove(key);
        }
        let images: Vec<ImageRow> = if keys.is_empty() {
            std::mem::take(&mut rows.images)
        } else {
            Vec::new()
        };
        let after = rows.cells.len() + rows.images.len();
        let has = |hash: ImageHash| {
            let boards = self.working.boards.iter();
            boards.flat_map(|rows| &rows.images).any(|held| held.hash == hash)
        };
        Ok(Swept {
            rows: (before - after) as u64,
            orphans: images
                .iter()
                .map(|image| image.hash)
                .filter(|hash| !has(*hash))
                .collect(),
        })
    }

    fn forget(&mut self, board: i64) -> Result<(), DiskError> {
        // Numbers are places here, so the row stays, under a name that nobody can ask for.
        let id = BoardId::new(&format!("forgotten-{board}"));
        self.rows_mut(board)?.id = id.map_err(|error| DiskError::Failed(error.to_string()))?;
        Ok(())
    }

    fn recount(&self, board: i64) -> Result<Totals, DiskError> {
        let rows = self.rows(board)?;
        let (cells, images) = (rows.cells.values(), rows.images.iter());
        Ok(Totals {
            cells: rows.cells.len() as u64,
            bytes: cells.map(|(cell, _)| cell.size() as u64).sum::<u64>()
                + images.map(|held| held.bytes).sum::<u64>(),
            max_ms: rows
                .cells
                .values()
                .map(|(cell, _)| cell.stamp.ms)
                .max()
                .unwrap_or(0),
            ..self.totals(board)?
        })
    }

    fn forget_starts(&mut self) -> Result<(), DiskError> {
        self.working.epochs.clear();
        Ok(())
    }

    fn page(&self, board: i64, above: u64, max_bytes: usize) -> Result<Page, DiskError> {
        let mut rows: Vec<_> = self.durable_rows(board)?.cells.values().collect();
        rows.retain(|(_, seq)| *seq > above);
        rows.sort_by_key(|(_, seq)| *seq);
        let mut page = Page::default();
        for (cell, seq) in rows {
            if page.to.is_some_and(|to| to != *seq) && page.cells.len() >= max_bytes {
                break;
            }
            page.to = Some(*seq);
            page.count += 1;
            let stamp = (
                cell.stamp.ms,
                u64::from(cell.stamp.counter),
                cell.stamp.peer.as_str(),
            );
            let (element, prop) = (cell.element.as_str(), cell.prop.as_str());
            push_cell(&mut page.cells, element, prop, stamp, cell.value.as_str());
        }
        Ok(page)
    }

    fn count(&self, board: i64, above: u64) -> Result<u64, DiskError> {
        let rows = self.durable_rows(board)?.cells.values();
        Ok(rows.filter(|(_, seq)| *seq > above).count() as u64)
    }

    fn finish(&mut self) -> Result<(), DiskError> {
        Ok(())
    }
}
