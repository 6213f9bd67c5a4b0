//! What a relay's host does with its boards and its disk, while it runs and while it doesn't: the program's other commands.
//!
//! What only looks reads the store on a connection of its own. What changes something goes through the one committer: that
//! of the relay which runs, asked over its control channel, or else one in this process, by the same functions.

pub(crate) mod acts;
mod backup;
mod boards;
mod doctor;
mod export;
mod format;
mod import;
mod restore;
mod revert;
mod show;
mod times;
mod way;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, FromArgMatches};
use drawbridge_protocol::BoardId;

pub(crate) use self::backup::Args as BackupArgs;
pub(crate) use self::boards::Command as BoardsCommand;
pub(crate) use self::doctor::Args as DoctorArgs;
pub(crate) use self::restore::Args as RestoreArgs;
pub(crate) use self::revert::Args as RevertArgs;
use crate::cli;
use crate::control::ControlError;
use crate::settings::Settings;
use crate::store::StoreError;

/// Tending a relay.
#[derive(Debug)]
pub(crate) enum Command {
    Boards(BoardsCommand),
    Backup(BackupArgs),
    Restore(RestoreArgs),
    Revert(RevertArgs),
    Doctor(DoctorArgs),
}

/// Which settings are flags of these commands. The others they read too, from the environment and the file.
pub(crate) fn takes(setting: &str) -> bool {
    matches!(setting, "config" | "data" | "log")
}

/// Where and with what a command works.
#[derive(Debug)]
pub(crate) struct Place {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// How the relay behaves there.
    pub(crate) settings: Settings,
    /// What is doubtful about that.
    pub(crate) doubts: Vec<String>,
}

/// Why a command didn't do what it should.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TendError {
    /// The store says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The relay that runs says no, or nothing.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// A file can't be read or written.
    #[error("{path}: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// What is to be read in isn't what it should be.
    #[error("{what}, line {line}: {why}")]
    Line {
        /// What is read.
        what: String,
        /// Where.
        line: u64,
        /// Why not.
        why: String,
    },
    /// There is no such board.
    #[error("there is no board {0} here; `boards list` shows those that there are")]
    NoBoard(BoardId),
    /// Something else, in a sentence.
    #[error("{0}")]
    Other(String),
}

impl TendError {
    /// What came of work with a file.
    pub(crate) fn file(path: &std::path::Path, error: &dyn std::fmt::Display) -> Self {
        Self::File {
            path: path.to_owned(),
            why: error.to_string(),
        }
    }
}

impl From<rusqlite::Error> for TendError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Does a command; its results go to standard output, what went wrong to standard error.
pub(crate) fn run<T: FromArgMatches>(matches: &ArgMatches, command: fn(T) -> Command) -> ExitCode {
    let found = match cli::config(matches) {
        Ok(found) => found,
        Err(code) => return code,
    };
    cli::start_log(&found.config);
    let done = || {
        let args = T::from_arg_matches(matches).map_err(|error| TendError::Other(error.to_string()))?;
        let data = cli::data(&found.config).map_err(|error| TendError::Other(error.to_string()))?;
        let place = Place {
            data,
            settings: found.config.settings,
            doubts: found.doubts,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| TendError::Other(format!("can't start: {error}")))?;
        runtime.block_on(perform(command(args), &place))
    };
    done().unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

async fn perform(command: Command, place: &Place) -> Result<ExitCode, TendError> {
    match command {
        Command::Boards(command) => boards::run(command, place).await?,
        Command::Backup(args) => backup::run(&args, place)?,
        Command::Restore(args) => restore::run(&args, place)?,
        Command::Revert(args) => revert::run(args, place).await?,
        Command::Doctor(args) => return doctor::run(&args, place).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a line of a result. Who cuts it off with `head` is done.
pub(crate) fn say(line: std::fmt::Arguments<'_>) {
    use std::io::Write as _;
    // A pipe that is closed is no failure.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
