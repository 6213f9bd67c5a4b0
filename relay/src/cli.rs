//! The relay as a program: it serves, or does what one of its tools does.

use std::ffi::OsString;
use std::io::{IsTerminal, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Args as _, Command};
use directories::ProjectDirs;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::control::Control;
use crate::health;
use crate::server::{Relay, RelayError};
use crate::service;
use crate::settings::sources::{self, Flags, Found};
use crate::settings::table::table;
use crate::settings::{Config, LogFormat, reference};
use crate::tend;

/// How long a stopped relay's program waits for work that nobody asks for any more.
const BEHIND: Duration = Duration::from_secs(1);
/// The exit code of a program that was told something wrong: starting it again doesn't help.
const MISUSED: u8 = 2;

/// What the program does besides serving: a subcommand.
struct Tool {
    name: &'static str,
    about: &'static str,
    /// The names of the settings that it takes as flags.
    takes: fn(&str) -> bool,
    /// Adds arguments of its own.
    arguments: fn(Command) -> Command,
    /// Does it. [`config`] reads its settings.
    run: fn(&ArgMatches) -> ExitCode,
}

/// All tools. **To add one**, add a line here and a file with what it does.
const TOOLS: [Tool; 8] = [
    Tool {
        name: "check-config",
        about: "Says whether the settings are right, and where each comes from",
        takes: |_| true,
        arguments: |command| command,
        run: check_config,
    },
    Tool {
        name: "health",
        about: "Asks the relay on this machine whether it takes writes; ends with 0 if so, else with 1",
        takes: |_| true,
        arguments: |command| command,
        run: |matches| match config(matches) {
            Ok(found) => health::run(&found.config),
            Err(code) => code,
        },
    },
    Tool {
        name: "settings",
        about: "Prints the reference page of all settings, in Markdown",
        takes: |_| false,
        arguments: |command| command,
        run: |_| print(&reference::page()),
    },
    Tool {
        name: "boards",
        about: "Looks at boards, copies them out and in, deletes and locks them, while the relay runs or not",
        takes: tend::takes,
        arguments: tend::BoardsCommand::augment,
        run: |matches| tend::run(matches, tend::Command::Boards),
    },
    Tool {
        name: "backup",
        about: "Copies everything into a dated folder, while the relay runs or not",
        takes: tend::takes,
        arguments: tend::BackupArgs::augment_args,
        run: |matches| tend::run(matches, tend::Command::Backup),
    },
    Tool {
        name: "restore",
        about: "Puts a backup in the place of what is in the data folder; the relay must not run",
        takes: tend::takes,
        arguments: tend::RestoreArgs::augment_args,
        run: |matches| tend::run(matches, tend::Command::Restore),
    },
    Tool {
        name: "revert",
        about: "Leads a board back to what it was, against vandalism; people on it see it at once",
        takes: tend::takes,
        arguments: tend::RevertArgs::augment_args,
        run: |matches| tend::run(matches, tend::Command::Revert),
    },
    Tool {
        name: "doctor",
        about: "Looks whether everything is well, and says what to do if not; ends with 0, 1 or 2",
        takes: tend::takes,
        arguments: tend::DoctorArgs::augment_args,
        run: |matches| tend::run(matches, tend::Command::Doctor),
    },
];

/// Runs the program with these arguments, the program's name first, until it is told to stop.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match command().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => {
            // Nothing can be done for a terminal that is gone.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(MISUSED));
        }
    };
    match matches.subcommand() {
        Some((name, matches)) => match TOOLS.iter().find(|tool| tool.name == name) {
            Some(tool) => (tool.run)(matches),
            None => ExitCode::from(MISUSED),
        },
        None => match config(&matches) {
            Ok(found) => serve(found),
            Err(code) => code,
        },
    }
}

fn command() -> Command {
    let command = Command::new("drawbridge-relay")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Passes what people draw on Drawbridge boards to each other, and keeps it.")
        .after_help(
            "Each setting is an environment variable too, and a key of a file. --help says more of each.",
        )
        .after_long_help(
            "Each setting is an environment variable too, and a key of the file that --config names.",
        )
        .args_conflicts_with_subcommands(true);
    let tools = TOOLS.iter().map(|tool| {
        let own = (tool.arguments)(Command::new(tool.name).about(tool.about));
        with_flags(own, tool.takes, true)
    });
    with_flags(command, |_| true, false).subcommands(tools)
}

/// Adds the flags of those settings that are wanted; `below` says whether they may stand behind a subcommand, too. They take any text: what is wrong is said for all of them at once.
fn with_flags(mut command: Command, wanted: impl Fn(&str) -> bool, below: bool) -> Command {
    for section in table() {
        for row in section.rows.iter().filter(|row| row.is_flag && wanted(row.name)) {
            let default = format!("[default: {}]", row.default());
            let arg = Arg::new(row.name)
                .long(row.name)
                .global(below)
                .value_name(row.form())
                .help(format!("{} {default}", row.what))
                .long_help(format!(
                    "{}\n{default} [env: {}]",
                    reference::words(row),
                    row.variable()
                ))
                .help_heading(section.title)
                .value_parser(clap::value_parser!(OsString))
                .action(if row.form() == "LIST" {
                    ArgAction::Append
                } else {
                    ArgAction::Set
                });
            command = command.arg(arg);
        }
    }
    command
}

/// Reads the settings of a program or tool with these arguments; says what is wrong with them, and the code to end with.
pub(crate) fn config(matches: &ArgMatches) -> Result<Found, ExitCode> {
    let mut flags = Flags::new();
    for row in table().into_iter().flat_map(|section| section.rows) {
        // Not every tool has every flag.
        if let Ok(Some(texts)) = matches.try_get_many::<OsString>(row.name) {
            flags.extend(texts.map(|text| (row.name, text.clone())));
        }
    }
    sources::read(&flags, std::env::vars_os()).map_err(|wrong| {
        eprintln!("drawbridge-relay: the settings are wrong");
        for wrong in wrong {
            eprintln!("  {wrong}");
        }
        ExitCode::from(MISUSED)
    })
}

/// Prints a text that is the program's answer.
pub(crate) fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn check_config(matches: &ArgMatches) -> ExitCode {
    let Ok(found) = config(matches) else {
        return ExitCode::FAILURE;
    };
    let checked = data(&found.config).map_err(RelayError::from);
    let checked = checked.and_then(|data| Ok(crate::tls::check(&found.config.settings, &data)?));
    if let Err(error) = checked {
        eprintln!("drawbridge-relay: {error}");
        return ExitCode::FAILURE;
    }
    let doubts: String = found
        .doubts
        .iter()
        .map(|doubt| format!("doubtful: {doubt}\n"))
        .collect();
    print(&format!("fine\n{doubts}\n{}", reference::values(&found)))
}

fn serve(found: Found) -> ExitCode {
    start_log(&found.config);
    for doubt in &found.doubts {
        tracing::warn!("{doubt}");
    }
    match start(found.config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Begins to log, to standard error.
pub(crate) fn start_log(config: &Config) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter(&config.log))
        .with_writer(std::io::stderr)
        .with_target(false);
    // In a test, another log may be there already.
    let _ = match config.log_format {
        LogFormat::Plain => log.with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}

/// A level alone is of our own lines: what libraries say below `info` may hold what they were sent, and so secrets.
fn filter(log: &str) -> EnvFilter {
    match log {
        "debug" | "trace" => EnvFilter::new(format!("info,drawbridge_relay={log}")),
        log => EnvFilter::new(log),
    }
}

fn start(config: Config) -> Result<(), RelayError> {
    // Many systems let a program open 1024 files unless it asks for more, which it may: a crowd that says nothing would
    // keep everybody else out.
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => tracing::debug!(files, "may open so many files and connections"),
        Err(error) => tracing::warn!(%error, "can't ask for more connections"),
    }
    let data = data(&config)?;
    let handed_over = service::listener()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        // First, so that a signal that comes early stops it cleanly too.
        let mut signals = Signals::new()?;
        let listener = match handed_over {
            Some(listener) => TcpListener::from_std(listener)?,
            None => TcpListener::bind(config.listen)
                .await
                .map_err(|error| std::io::Error::new(error.kind(), format!("{}: {error}", config.listen)))?,
        };
        let scheme = if config.settings.speaks_tls() {
            "https"
        } else {
            "http"
        };
        let opening = Relay::start(listener, &data, config.settings);
        let mut relay = tokio::select! {
            started = service::patiently("opening the store", opening) => started?,
            () = signals.next() => {
                tracing::info!("told to stop before it served");
                return Ok(());
            }
        };
        let address = relay.local_addr();
        let health = format!("{scheme}://{}/healthz", health::near(address));
        if let Some(metrics) = relay.metrics_addr() {
            tracing::info!("metrics at http://{metrics}/metrics");
        }
        tracing::info!(%address, health, data = %data.display(), "serving");
        // Without it everything goes on; only commands can't ask.
        let _control = Control::start(relay.hub(), &data)
            .await
            .inspect_err(|error| tracing::warn!(%error, "commands can't ask this relay"));
        service::tell("READY=1");
        let hub = relay.hub();
        tokio::select! {
            () = signals.next() => {}
            ended = relay.ended() => return ended,
            () = service::watch(hub) => {}
        }
        service::tell("STOPPING=1");
        tokio::select! {
            ended = service::patiently("stopping", relay.stop()) => ended,
            () = signals.next() => {
                tracing::warn!("told to stop a second time, so it ends at once; what was acknowledged is safe");
                std::process::exit(1)
            }
        }
    });
    // An upload that is being looked through ends soon; nobody waits for its answer any more.
    runtime.shutdown_timeout(BEHIND);
    ended
}

/// The folder that boards are kept in.
pub(crate) fn data(config: &Config) -> std::io::Result<PathBuf> {
    let by_default = || ProjectDirs::from("", "", "drawbridge").map(|dirs| dirs.data_dir().join("relay"));
    let data = config.data.clone().or_else(by_default);
    let why = "this system names no place for data; give one with --data FOLDER";
    data.ok_or_else(|| std::io::Error::other(why))
}

/// Ctrl-C and SIGTERM, from when it is made on.
#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        ))
    }

    /// Waits for the next one.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

/// Ctrl-C, from when it is made on.
#[cfg(not(unix))]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    /// Waits for the next one.
    async fn next(&mut self) {
        self.0.recv().await;
    }
}
