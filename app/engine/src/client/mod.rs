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

pub use driver::{
    Carried, Client, ClientConfig, CloseError, Courier, Drained, Health, Images, ImagesStatus, OpenError,
    Opened, StillWaiting, Stopwatch, look_at_relay,
};
pub use profile::{
    BoardFile, CopyError, Handoff, HandoffError, Incoming, KEPT_MS, Kept, News, Profile, ProfileError, Shelf,
    ShelfError, Start, Thrown, is_board, relays_of_boards, whole,
};
pub use record::{
    CellState, ChatMark, DraftOp, Fetched, Loaded, Meta, Overwritten, Past, PastBatch, Reason, Remote,
    Standing, StoreBatch, StoredCell,
};
pub use session::{
    Bar, Door, Event, Fetching, Flaw, Input, Managed, Now, Output, Parked, PersonChange, Phase, Session,
    SessionConfig, SharedClock, Status, Timings, apply_slots, combine_slots,
};
pub use store::{
    DamagedStore, Glance, ImageStore, MemoryStore, Outline, SqliteStore, Store, StoreError, StoreOpened,
    Unsent,
};
pub use trust::{Authority, AuthorityError, Trust};
