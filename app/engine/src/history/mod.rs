//! A board's past: which cells there ever were, when and by whom; the board as of any moment; and what is to be written to have
//! that back. No I/O and no clock.
//!
//! Times are those of stamps, so on the relay's clock. What somebody drew offline stands where they drew it, not where the relay
//! heard of it.

mod authors;
mod restore;
mod stage;
mod timeline;
mod track;

pub use authors::{Author, who_is};
pub use restore::{Restored, restored};
pub use stage::Stage;
pub use timeline::{Deed, Life, Moment, Timeline};
pub use track::{Pause, Track};

#[cfg(test)]
mod tests;
