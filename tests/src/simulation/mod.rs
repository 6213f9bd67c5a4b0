//! A simulation of people, relays, disks and lines that fail: the real boards, sessions, committer and conversations run in
//! one thread on virtual time, from one seed. A model beside them says what must hold at each step and at the end.
//!
//! [`Schedule::of`] makes what happens from a seed, [`run`] lets it happen, [`shrink`] makes a failing one short.

mod check;
mod finish;
mod hand;
mod letters;
mod line;
mod model;
mod person;
mod random;
mod relay;
mod schedule;
mod shrink;
mod told;
mod tools;
mod traffic;
mod world;

use crate::tally::Tally;
pub use model::Violation;
pub use random::Random;
pub use schedule::{Act, Schedule, Step};
pub use shrink::shrink;

use world::World;

/// Lets a schedule happen. Returns what was met on the way.
///
/// # Errors
/// The first thing that should never be.
pub fn run(schedule: &Schedule) -> Result<Tally, Box<Violation>> {
    let mut world = World::new(schedule);
    for step in &schedule.steps {
        world.step(*step)?;
    }
    world.finish()?;
    Ok(world.tally)
}
