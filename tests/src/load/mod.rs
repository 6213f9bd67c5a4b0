//! What a relay carries: people who draw, people who are only there, and writers in great number, against a relay of one's own or
//! any other, with what it costs the relay where its process is on this machine.

pub mod bare;
mod commits;
mod crowd;
mod figures;
mod idle;
mod join;
mod line;
mod many;
mod secure;
pub mod server;
mod wet;

use std::io;
use std::path::PathBuf;

pub use self::figures::{Bar, Figure, Figures, HEAD};
pub use self::line::{Aim, BadAddress};
pub use self::server::Server;

/// How large a scenario is, and where.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// A relay to measure, as ws://HOST:PORT or wss://HOST:PORT; fresh boards are made on it, and stay there. Without it a relay
    /// is started here, and what it takes of processor and memory is measured too.
    #[arg(long, value_name = "ADDRESS")]
    pub relay: Option<String>,
    /// Whom it trusts beside the authorities that browsers trust, where the relay speaks TLS: a PEM file.
    #[arg(long, value_name = "FILE", requires = "relay")]
    pub ca: Option<PathBuf>,
    /// The relay's program, if not the one that is built into this.
    #[arg(long, value_name = "FILE", conflicts_with = "relay")]
    pub program: Option<PathBuf>,
    /// Where the relay that is started here keeps its boards: on the disk that is to be measured.
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// How many people are on the board of wet and crowd.
    #[arg(long, default_value_t = 200)]
    pub people: usize,
    /// How many of them draw in wet.
    #[arg(long, default_value_t = 4)]
    pub writers: usize,
    /// How many messages a second each of them sends.
    #[arg(long, default_value_t = 30)]
    pub rate: u32,
    /// How long is measured, each time.
    #[arg(long, default_value_t = 8)]
    pub seconds: u64,
    /// How many times wet measures relay and bare loop by turns.
    #[arg(long, default_value_t = 3)]
    pub rounds: u64,
    /// How many connections are idle in idle.
    #[arg(long, default_value_t = 10_000)]
    pub connections: usize,
    /// How many of cells's writers there are.
    #[arg(long, default_value_t = 500)]
    pub committers: usize,
    /// How many strokes are on the board of join.
    #[arg(long, default_value_t = 100_000)]
    pub strokes: usize,
    /// How many threads this program has for its connections.
    #[arg(long, default_value_t = 2)]
    pub threads: usize,
}

/// A scenario: its name, what it does, and how it is run.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub does: fn(&Options) -> String,
    /// Runs it.
    pub run: fn(&Options, &mut Figures) -> io::Result<()>,
}

/// All scenarios.
pub const SCENARIOS: [Scenario; 6] = [
    Scenario {
        name: "wet",
        does: |options| {
            format!(
                "{} people on one board, {} of them draw, {} messages a second each, {} times {} s",
                options.people, options.writers, options.rate, options.rounds, options.seconds
            )
        },
        run: wet::run,
    },
    Scenario {
        name: "crowd",
        does: |options| {
            format!(
                "{} people on one board move their cursors 30 times a second, {} of them draw 60 times, {} s",
                options.people,
                options.people.div_ceil(10),
                options.seconds
            )
        },
        run: crowd::run,
    },
    Scenario {
        name: "idle",
        does: |options| {
            format!(
                "{} connections that say nothing, ten to a board, then as many as one board takes on one board, then some over TLS",
                options.connections
            )
        },
        run: idle::run,
    },
    Scenario {
        name: "cells",
        does: |options| {
            format!(
                "{} writers, four to a board, write ten cells at a time, 12 times a second each, {} s",
                options.committers, options.seconds
            )
        },
        run: commits::cells,
    },
    Scenario {
        name: "ack",
        does: |options| {
            format!(
                "1000 writes a second of one stroke each by 100 people, {} s",
                options.seconds
            )
        },
        run: commits::ack,
    },
    Scenario {
        name: "join",
        does: |options| {
            format!(
                "a board of {} strokes is made, then one comes in, then twenty at once",
                options.strokes
            )
        },
        run: join::run,
    },
];

impl Options {
    /// The relay to be measured, and its process if that is one of ours. `args` are for the latter.
    fn relay(&self) -> io::Result<(Aim, Option<Server>)> {
        if let Some(address) = &self.relay {
            let aim = Aim::parse(address, self.ca.as_deref())?;
            return Ok((aim, None));
        }
        let server = Server::relay(self.program.as_deref(), self.folder.as_deref(), &[])?;
        Ok((Aim::local(server.address()), Some(server)))
    }

    /// A relay that is started here and speaks TLS.
    fn secure_relay(&self) -> io::Result<(Aim, Option<Server>)> {
        let (server, trusted) = Server::secure(self.program.as_deref(), self.folder.as_deref())?;
        Ok((Aim::secure(server.address(), trusted), Some(server)))
    }
}
