//! What the tests of several packages together need: a relay in a process of its own, people who
//! draw without a window, waiting for all of them to agree, and real processes in real trouble.

pub mod authority;
pub mod batches;
pub mod desk;
pub mod fuzzing;
pub mod hostile;
pub mod load;
mod people;
mod process;
pub mod proxy;
pub mod scratch;
pub mod simulation;
pub mod tally;
pub mod torment;

pub use people::{Person, agree, base_of, board_of};
pub use process::{RelayProcess, ask_http, fresh_link, get, relay_within};

/// The path of the relay's test binary. A macro, since only the test itself may ask for it.
#[macro_export]
macro_rules! relay_program {
    () => {
        env!("CARGO_BIN_EXE_test-relay")
    };
}
