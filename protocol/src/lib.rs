//! What Drawbridge's relay and clients agree on: ids, stamps, cells and their merge, messages,
//! limits and close codes. `SPEC.md` beside this crate is the same in words and numbered rules.
//!
//! Nothing here does I/O, reads a clock or draws random numbers, and nothing knows what a shape is.

mod access;
mod address;
mod cell;
mod clock;
mod close;
mod codec;
mod cursor;
pub mod fault;
mod id;
mod image;
mod knock;
mod limits;
mod link;
mod message;
mod stamp;

pub use access::{Access, BoardLink, KeyHash, KeyHashError, Managing};
pub use address::RelayAddress;
pub use cell::{Cell, CellKey, CellSet, Value, ValueError};
pub use clock::Clock;
pub use close::CloseCode;
pub use codec::{DecodeError, decode, encode};
pub use cursor::Cursor;
pub use id::{BoardId, ElementId, IdError, Key, Peer, Property, SlotName};
pub use image::{ImageHash, ImageHashError, ImageType};
pub use knock::{KNOCK_NAME, Knock, KnockReply, plain_line};
pub use limits::{Limits, STAMP_AHEAD_MS, STAMP_FIRST_MS, VERSION, Window};
pub use link::{DEFAULT_PORT, Link, LinkError};
pub use message::{
    Ack, AskPast, CaughtUp, CellName, Cells, ClientMessage, Code, ConnLive, Hello, Here, Joined, Left, Live,
    Manage, Moved, Password, PastPage, Refused, RelayMessage, Retry, Role, SlotOp, Slots, Stopping, Welcome,
    Write,
};
pub use stamp::{MAX_INTEGER, Stamp};
