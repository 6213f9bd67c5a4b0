//! The relay as a program: its arguments, its log, and the signals that stop it.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use directories::ProjectDirs;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::server::{Relay, RelayError};
use crate::settings::Settings;

/// Passes what people draw on Drawbridge boards to each other, and keeps it.
#[derive(Debug, Parser)]
#[command(name = "drawbridge-relay", version)]
struct Args {
    /// Where to listen; port 0 takes a free one.
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        default_value = "0.0.0.0:7411",
        env = "DRAWBRIDGE_LISTEN"
    )]
    listen: SocketAddr,
    /// Where boards are kept [default: the place that this system gives programs].
    #[arg(long, value_name = "FOLDER", env = "DRAWBRIDGE_DATA")]
    data: Option<PathBuf>,
}

/// Runs the program with these arguments, the program's name first, until it is told to stop.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // Nothing can be done for a terminal that is gone.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // In a test, another log may be there already.
    let _ = log.try_init();
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn start(args: Args) -> Result<(), RelayError> {
    // Many systems let a program open 1024 files unless it asks for more, which it may: a crowd that says nothing would
    // keep everybody else out.
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => tracing::debug!(files, "may open so many files and connections"),
        Err(error) => tracing::warn!(%error, "can't ask for more connections"),
    }
    let data = match args.data.or_else(default_data) {
        Some(data) => data,
        None => {
            let why = "this system names no place for data; give one with --data FOLDER";
            return Err(std::io::Error::other(why).into());
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // First, so that a signal that comes early stops it cleanly too.
        let stop = stop_signal()?;
        let listener = TcpListener::bind(args.listen)
            .await
            .map_err(|error| std::io::Error::new(error.kind(), format!("{}: {error}", args.listen)))?;
        let mut relay = Relay::start(listener, &data, Settings::default()).await?;
        let address = relay.local_addr();
        let near = if address.ip().is_unspecified() {
            SocketAddr::from(([127, 0, 0, 1], address.port()))
        } else {
            address
        };
        let health = format!("http://{near}/healthz");
        tracing::info!(%address, health, data = %data.display(), "serving");
        tokio::select! {
            () = stop => relay.stop().await,
            ended = relay.ended() => ended,
        }
    })
}

fn default_data() -> Option<PathBuf> {
    ProjectDirs::from("", "", "drawbridge").map(|dirs| dirs.data_dir().join("relay"))
}

/// Listens for Ctrl-C and SIGTERM from now on; what it returns is ready when one comes.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens for Ctrl-C from now on; what it returns is ready when it comes.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
