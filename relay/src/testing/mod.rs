//! What tests of several packages together need of a relay's inside, and nobody else.

mod by_hand;

pub use by_hand::{ByHand, Disk, Out};
