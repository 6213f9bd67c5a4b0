//! What tests of several packages together need of a relay's inside, and nobody else.

mod frames;

pub use frames::{CameIn, Feed, read_frames};
