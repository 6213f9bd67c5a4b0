//! The server of boards: it keeps every board's winning cells in one SQLite file, and passes cells
//! and wet ink on to everybody who is on the board. A connection's whole durable state is one number,
//! the sequence number up to which it has been sent the board; everything that is sent is derived
//! from that number and from the board's present state.
//!
//! The `drawbridge-relay` binary is [`cli::run`]; programs that host boards themselves use [`Relay`].

mod address;
mod bell;
mod board;
mod budget;
pub mod cli;
mod clock;
mod committer;
mod connection;
mod control;
mod conversation;
mod core;
mod failure;
mod frame;
mod gate;
mod health;
mod hello;
mod host;
mod http;
mod hub;
mod images;
mod knock;
mod metrics;
mod opening;
mod origin;
mod pace;
mod page;
mod password;
mod presence;
mod rarely;
mod ready;
mod rights;
mod ring;
mod room;
mod server;
mod service;
mod settings;
mod socket;
pub mod store;
mod stream;
mod tend;
#[cfg(feature = "testing")]
pub mod testing;
mod title;
mod tls;
mod turns;
mod wet;
mod wire;

pub use address::ProxyHeader;
pub use budget::{Rate, RatePerMinute};
pub use host::{Guest, Host};
pub use knock::{Answer, Door, Knocker};
pub use password::{PasswordFor, PasswordHash};
pub use server::{Relay, RelayError, serve};
pub use settings::Settings;
pub use tls::{TlsError, check as check_tls};
