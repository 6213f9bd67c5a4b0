//! How commands of the same program speak to a relay that runs: over HTTP on a free port of this machine alone, with a
//! secret that lies in the data folder and that only the folder's owner can read.
//!
//! What a command may ask for is little: who is here, chores, locks, and images. Everything else it reads from the store itself.

mod client;
mod file;
mod server;

use std::path::PathBuf;

use drawbridge_protocol::{BoardId, Peer, Refused, Role};
use serde::{Deserialize, Serialize};

use crate::committer::What;

pub(crate) use client::Client;
pub(crate) use server::Control;

/// Why a relay that runs can't be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ControlError {
    /// The folder is in use by something that has no control channel.
    #[error(
        "a relay is using the folder {folder}, but can't be asked ({why}). If it is the one inside the app, or an older version, \
         stop it first; if it has just started or stopped, try again"
    )]
    Silent {
        /// The data folder.
        folder: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// What it was asked, it refused.
    #[error("{}", .0.message)]
    Refused(Box<Refused>),
    /// The answer isn't one.
    #[error("the relay failed: {0}")]
    Failed(String),
}

/// Somebody who is on a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    /// Their connection.
    pub(crate) conn: u64,
    /// Where.
    pub(crate) board: BoardId,
    /// This run of their program.
    pub(crate) peer: Peer,
    /// What they may do.
    pub(crate) role: Role,
    /// The link by which they came: the first characters of its hash.
    pub(crate) via: String,
    /// Where they come from.
    pub(crate) address: String,
    /// Since when, in milliseconds since the Unix epoch.
    pub(crate) since_ms: u64,
}

/// The body of a request for a chore.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    board: BoardId,
    what: What,
}

const PEOPLE: &str = "/people";
const CHORES: &str = "/chores";
const LOCKS: &str = "/locks/";
const IMAGES: &str = "/images/";
