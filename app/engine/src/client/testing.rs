//! What tests of several packages together need of a client's inside, and nobody else.

pub use super::driver::by_hand::ByHand;
pub use super::driver::echo::{Ended, echo, first_text};
