//! Real processes in real trouble: a relay and people who draw, killed at random moments, on lines that break, over
//! disks that come back older, empty or full. What each process said that it has must be there afterwards.
//!
//! `draw` and `hand` are the drawing process, `journal` is what it says and what follows from that; `drawer` holds such a
//! process; `world` is a relay, its people and the lines between them; `plan` says what happens to them, and `trouble`
//! does it; `check` looks at what they left on disk; `full_disk` is a world whose disks are too small.

mod check;
mod draw;
mod drawer;
mod full_disk;
mod hand;
mod journal;
mod plan;
mod trouble;
mod world;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;

use drawbridge_protocol::CellSet;

pub use draw::{Drawing, run as draw};
pub use full_disk::run as fill_disks;
pub use plan::{Action, Plan};
pub use world::World;

/// What a drawing process may be told on its standard input, a word a line: finish what is under way and rest.
const REST: &str = "rest";
/// Go on.
const DRAW: &str = "draw";
/// End.
const CLOSE: &str = "close";

/// The programs that are run.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The relay.
    pub relay: PathBuf,
    /// The drawing process.
    pub client: PathBuf,
}

impl Programs {
    /// Those that were built into the folder of the running program.
    ///
    /// # Errors
    /// With what to build, if they aren't there.
    pub fn beside_this() -> Result<Self, String> {
        let this = std::env::current_exe().map_err(|error| error.to_string())?;
        let beside = |name: &str| {
            let path = this.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            let hint = "build it with the same profile: cargo build -p drawbridge-tests --bins";
            if path.exists() {
                Ok(path)
            } else {
                Err(format!("{} is missing; {hint}", path.display()))
            }
        };
        Ok(Self {
            relay: beside("test-relay")?,
            client: beside("test-client")?,
        })
    }
}

/// A short name for a board's content, the same in every process of one build.
fn digest(board: &CellSet) -> u64 {
    let mut hasher = DefaultHasher::new();
    for cell in board.iter() {
        (cell.element.as_str(), cell.prop.as_str(), cell.value.as_str()).hash(&mut hasher);
        (cell.stamp.ms, cell.stamp.counter, cell.stamp.peer.as_str()).hash(&mut hasher);
    }
    hasher.finish()
}
