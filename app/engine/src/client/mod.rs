//! The board on disk and in step with the relay: session, store, driver. It moves cells, not shapes.
//!
//! `session` is the protocol's logic, without I/O or clock; `store` keeps a board in one file;
//! `driver` owns sockets, clock and threads and runs a session over them; `profile` is the folder
//! in which a person's boards lie.

mod driver;
mod profile;
mod record;
mod session;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod trust;

pub use driver::{Client, ClientConfig, CloseError, Drained, Images, ImagesStatus, OpenError, Opened};
pub use profile::{BoardFile, Handoff, HandoffError, Profile, ProfileError, Start};
pub use record::{CellState, DraftOp, Loaded, Meta, Reason, Remote, Standing, StoreBatch, StoredCell};
pub use session::{
    Bar, Door, Event, Flaw, Input, Managed, Now, Output, Parked, PersonChange, Phase, Session, SessionConfig,
    SharedClock, Status, Timings, apply_slots, combine_slots,
};
pub use store::{DamagedStore, ImageStore, MemoryStore, SqliteStore, Store, StoreError, StoreOpened, Unsent};
pub use trust::{Authority, AuthorityError, Trust};
