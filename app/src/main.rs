//! The program `drawbridge`: reads its arguments and opens the window.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use clap::Parser;
use drawbridge::wake::Waker;
use drawbridge::window::{Beginning, Failure, Window};
use drawbridge_engine::client::{Authority, Handoff, HandoffError, Profile, Start};
use drawbridge_protocol::Link;

/// A large board is many small pieces of memory: with this one it opens a fifth faster than with the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long a program that was killed may take to let go of its folder.
const DYING: Duration = Duration::from_secs(3);

/// Draw together on a shared board.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Join the board behind this link (drawbridge://host:port/board#key, or https://host/boards/board#key).
    link: Option<Link>,
    /// Keep boards and settings in this folder instead of the usual one.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Trust the certificate authority in this PEM file from now on, for relays that are reached over TLS.
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

fn main() -> ExitCode {
    let start = Instant::now();
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| {
                "warn,drawbridge=info,drawbridge_engine=info,drawbridge_relay=info".into()
            }),
        )
        .with_writer(std::io::stderr)
        .init();
    let Some(folder) = arguments.data.or_else(usual_folder) else {
        eprintln!(
            "drawbridge: this account has no home folder to keep boards in; name one with --data FOLDER"
        );
        return ExitCode::FAILURE;
    };
    let waker = Waker::default();
    let profile = loop {
        match Profile::open(&folder, waker.function()) {
            Ok(Start::Opened(profile)) => break profile,
            Ok(Start::Running(_)) if arguments.trust.is_some() => {
                eprintln!(
                    "drawbridge: it runs already with this folder; choose the file there, by Trusted authorities in its palette"
                );
                return ExitCode::FAILURE;
            }
            Ok(Start::Running(other)) => match hand_over(&other, arguments.link.as_ref()) {
                Ok(()) => return ExitCode::SUCCESS,
                // One that was just killed holds the folder for a moment longer.
                Err(_) if start.elapsed() < DYING => std::thread::sleep(Duration::from_millis(100)),
                Err(error) => {
                    eprintln!("drawbridge: {error}; end it, or use --data FOLDER for a second one");
                    return ExitCode::FAILURE;
                }
            },
            Err(error) => {
                eprintln!("drawbridge: {error}; choose another folder with --data FOLDER");
                return ExitCode::FAILURE;
            }
        }
    };
    if let Some(path) = &arguments.trust
        && let Err(error) = trust(&profile, path)
    {
        eprintln!("drawbridge: {}: {error}", path.display());
        return ExitCode::FAILURE;
    }
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Drawbridge")
            .with_app_id("drawbridge")
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([640.0, 420.0]),
        ..Default::default()
    };
    // The board is read while the window comes up.
    let beginning = Beginning::start(&waker, profile, arguments.link, start);
    let failure = Failure::default();
    let failed = Failure::clone(&failure);
    let outcome = eframe::run_native(
        "Drawbridge",
        options,
        Box::new(move |creation| {
            let card = creation.wgpu_render_state.as_ref();
            let ctx = &creation.egui_ctx;
            Ok(Box::new(Window::new(ctx, card, &waker, beginning, failed)))
        }),
    );
    match outcome {
        Ok(()) => match failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(reason) => {
                eprintln!("drawbridge: {reason}");
                ExitCode::FAILURE
            }
            None => ExitCode::SUCCESS,
        },
        Err(error) => {
            eprintln!(
                "drawbridge: no window could be opened: {error}\n\
                 Drawbridge draws with Vulkan, Metal, DirectX 12 or OpenGL. On Linux, check that DISPLAY or \
                 WAYLAND_DISPLAY is set and that a driver is installed (a software one is in mesa-vulkan-drivers)."
            );
            ExitCode::FAILURE
        }
    }
}

/// Keeps the authorities of a file, and says which they are.
fn trust(profile: &Profile, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    for authority in Authority::read(&std::fs::read(path)?)? {
        profile.trust(&authority)?;
        eprintln!(
            "drawbridge: trusts {} until {}, SHA-256 {}",
            authority.subject, authority.until, authority.fingerprint
        );
    }
    Ok(())
}

/// Asks the process that runs in the folder already to open the link, or to show itself.
fn hand_over(other: &Handoff, link: Option<&Link>) -> Result<(), HandoffError> {
    other.send(&link.map(Link::to_string).unwrap_or_default())?;
    eprintln!(
        "drawbridge: already running with this folder; its window takes over. Use --data FOLDER for a second one"
    );
    Ok(())
}

/// Where this system keeps an application's data.
fn usual_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "drawbridge").map(|dirs| dirs.data_dir().to_owned())
}
