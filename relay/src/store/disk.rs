//! What the writer needs of a disk: rows in transactions. `SqliteDisk` is the one that relays have.

use drawbridge_protocol::{Access, BoardId, BoardLink, Cell, ImageHash, KeyHash, RelayAddress};

use super::ImageRow;
#[cfg(any(test, feature = "testing"))]
use super::read::Page;

/// Why a disk doesn't do what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DiskError {
    /// No room. It passes, and nothing of the transaction is there.
    #[error("the disk is full")]
    Full,
    /// Anything else: nobody knows what of the transaction is there.
    #[error("{0}")]
    Failed(String),
}

/// A board as the disk knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BoardRow {
    /// Its number in the store.
    pub(crate) n: i64,
    /// Whether it was deleted.
    pub(crate) gone: bool,
    /// How many cells it has.
    pub(crate) cells: u64,
    /// Its last write.
    pub(crate) head: u64,
    /// The relay on which it lives now, if that is another one.
    pub(crate) moved: Option<RelayAddress>,
}

/// What the checks of a write need to know of its board.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// How many cells it has.
    pub(crate) cells: u64,
    /// Their bytes, names and values, and those of its images.
    pub(crate) bytes: u64,
    /// The greatest stamp's milliseconds.
    pub(crate) max_ms: u64,
    /// The last write's sequence number.
    pub(crate) head: u64,
    /// Whether it lives on another relay now.
    pub(crate) moved: bool,
}

/// What one step of clearing a deleted board away did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// How many rows went; 0 when there are none left.
    pub(crate) rows: u64,
    /// Images that no board has any more.
    pub(crate) orphans: Vec<ImageHash>,
}

/// A row that is there already under a cell's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    /// Its number.
    pub(crate) n: i64,
    /// Its bytes: names and value.
    pub(crate) bytes: u64,
    /// Whether the cell beats it.
    pub(crate) loses: bool,
}

/// Boards and cells in rows. Between `begin` and `commit` what is read is what was written; without the `commit` it
/// never happened.
pub(crate) trait Disk {
    /// Begins a transaction.
    fn begin(&mut self) -> Result<(), DiskError>;

    /// Commits it, with the totals of the boards that changed, the last sequence number and the relay's clock. When this
    /// returns, it survives a power cut.
    fn commit(&mut self, changed: &[(i64, Totals)], head: u64, now_ms: u64) -> Result<(), DiskError>;

    /// Goes back to before `begin`.
    fn roll_back(&mut self) -> Result<(), DiskError>;

    /// Looks a board up, with its totals as of the last commit.
    fn find(&self, id: &BoardId) -> Result<Option<BoardRow>, DiskError>;

    /// How many boards there are that weren't deleted.
    fn boards(&self) -> Result<u64, DiskError>;

    /// Makes a board on which nobody may do anything yet; returns its number.
    fn create(&mut self, id: &BoardId, now_ms: u64) -> Result<i64, DiskError>;

    /// Who may do what on a board: its links in the order in which they were made.
    fn access(&self, board: i64) -> Result<Access, DiskError>;

    /// Locks a board, or unlocks it.
    fn set_locked(&mut self, board: i64, locked: bool) -> Result<(), DiskError>;

    /// Notes on which other relay a board lives now, or that it lives here.
    fn set_moved(&mut self, board: i64, to: Option<&RelayAddress>) -> Result<(), DiskError>;

    /// Gives a board a link, or changes the one with this hash.
    fn put_link(&mut self, board: i64, link: &BoardLink, now_ms: u64) -> Result<(), DiskError>;

    /// Forgets a link.
    fn drop_link(&mut self, board: i64, hash: &KeyHash) -> Result<(), DiskError>;

    /// A board's totals as of the last commit.
    fn totals(&self, board: i64) -> Result<Totals, DiskError>;

    /// What the board holds under the cell's key.
    fn held(&self, board: i64, cell: &Cell) -> Result<Option<Held>, DiskError>;

    /// Puts a cell in place of what was held.
    fn put(
        &mut self,
        board: i64,
        cell: &Cell,
        seq: u64,
        held: Option<&Held>,
        now_ms: u64,
    ) -> Result<(), DiskError>;

    /// Whether the board has the image.
    fn has_image(&self, board: i64, image: &ImageRow) -> Result<bool, DiskError>;

    /// Gives the board an image that it doesn't have.
    fn put_image(&mut self, board: i64, image: &ImageRow) -> Result<(), DiskError>;

    /// Takes an image from a board that has it.
    fn drop_image(&mut self, board: i64, hash: &ImageHash) -> Result<(), DiskError>;

    /// What the image that a board has under a name counts, in bytes.
    fn image_bytes(&self, board: i64, hash: &ImageHash) -> Result<Option<u64>, DiskError>;

    /// Notes that a board is deleted, and forgets its links. Its totals are told at the commit, its rows go by [`Disk::sweep`].
    fn bury(&mut self, board: i64) -> Result<(), DiskError>;

    /// Takes away up to `max` rows of a deleted board: cells, what they overwrote, and claims to images.
    fn sweep(&mut self, board: i64, max: u32) -> Result<Swept, DiskError>;

    /// Takes away the row of a deleted board that has no others any more.
    fn forget(&mut self, board: i64) -> Result<(), DiskError>;

    /// Counts a board's rows: cells, bytes, greatest stamp.
    fn recount(&self, board: i64) -> Result<Totals, DiskError>;

    /// Forgets all starts of the relay, so that no cursor of one of them means anything after the next start.
    fn forget_starts(&mut self) -> Result<(), DiskError>;

    /// The board's writes above `above`: about `max_bytes`, but at least one whole write.
    #[cfg(any(test, feature = "testing"))]
    fn page(&self, board: i64, above: u64, max_bytes: usize) -> Result<Page, DiskError>;

    /// How many of the board's cells lie above `above`.
    #[cfg(any(test, feature = "testing"))]
    fn count(&self, board: i64, above: u64) -> Result<u64, DiskError>;

    /// Nothing more will be written: leaves everything as tidy as can be.
    fn finish(&mut self) -> Result<(), DiskError>;
}
