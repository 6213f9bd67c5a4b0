//! What tests of several packages together need of a relay's inside, and nobody else.

mod by_hand;
mod frames;

pub use by_hand::{ByHand, Disk, Out};
pub use frames::{CameIn, Feed, read_frames};
