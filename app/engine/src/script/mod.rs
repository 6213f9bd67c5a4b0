//! Scenarios: several people at a board and its relay in one readable file, run without a window.
//!
//! [`parse`] reads a file's text into a [`Scenario`], or says what it doesn't understand and where. [`run`] plays it: each
//! client is a [`Hand`], all of them are one [`Crew`], which waits without sleeping. Where the relay comes from, whoever
//! runs it says ([`Place`]). The language is described in `tests/scenarios/SCENARIOS.md`.

mod crew;
mod expression;
mod line;
mod mistake;
mod parse;
mod report;
mod run;
mod scenario;
mod terms;

pub use crate::board::{Hand, HandError, Stopwatch};
pub use crew::{Crew, NotHere};
pub use mistake::Mistake;
pub use parse::parse;
pub use report::{Measured, Outcome, Report, StepReport, junit};
pub use run::{Place, Relays, Watch, run};
pub use scenario::{Scenario, Step};
pub use terms::described;
