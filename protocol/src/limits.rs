//! How large things may be. A relay announces its own limits in `welcome`; these are the defaults,
//! and the frame before the hello, which is fixed.

use serde::{Deserialize, Serialize};

/// The protocol version that this crate speaks.
pub const VERSION: u32 = 1;

/// How far ahead of the board's time a stamp may lie, in milliseconds.
pub const STAMP_AHEAD_MS: u64 = 60_000;

/// The latest that an empty board's first stamps may name, in milliseconds since the Unix epoch: half of what there
/// is, so that nobody can use up the stamps above which all others must lie.
pub const STAMP_FIRST_MS: u64 = 1 << 52;

/// What a relay takes. All sizes are bytes of JSON text, but those of images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// One frame, after the hello.
    pub frame: usize,
    /// One cell: its element id, property and value.
    pub cell: usize,
    /// Cells in one write. It is committed as one, and others wait for it.
    pub write_cells: usize,
    /// Chunk or chunks of one wet slot, together.
    pub slot: usize,
    /// Wet slots of one connection.
    pub slots: usize,
    /// What a client says of itself.
    pub about: usize,
    /// Cells on one board.
    pub board_cells: usize,
    /// All cells and images on one board, together.
    pub board_bytes: usize,
    /// Connections to one board.
    pub board_people: usize,
    /// One image, in its own bytes.
    pub image: usize,
    /// Links of one board, ended ones too.
    pub links: usize,
}

impl Limits {
    /// The largest frame before the hello is answered: it takes what 50 links with the longest names may be told in.
    pub const HELLO_FRAME: usize = 32 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame: 4 << 20,
            cell: 1 << 20,
            write_cells: 500,
            slot: 1 << 20,
            slots: 64,
            about: 4 << 10,
            board_cells: 2_000_000,
            board_bytes: 1 << 30,
            board_people: 1_000,
            image: 16 << 20,
            links: 50,
        }
    }
}

/// How much a client may have sent without an answer: the relay reads no further until it commits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    /// Writes without an `ack` or `refused`.
    pub writes: usize,
    /// Their bytes, together. One write larger than this may go alone.
    pub bytes: usize,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            writes: 64,
            bytes: 1 << 20,
        }
    }
}
