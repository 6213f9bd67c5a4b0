//! What tests of several packages together need of a relay's inside, and nobody else.

mod echo;
mod frames;

pub use echo::echo;
pub use frames::{CameIn, Feed, read_frames};
