//! The program `drawbridge`: reads its arguments and opens the window.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use clap::Parser;
use drawbridge::clipboard::Html;
use drawbridge::desktop::Desktop;
use drawbridge::nearby::{Nearby, Networks};
use drawbridge::panels::trouble::Trouble;
use drawbridge::tasks::export;
use drawbridge::viewer::Viewer;
use drawbridge::wake::Waker;
use drawbridge::window::{Began, Begin, Beginning, Failure, Target, Window};
use drawbridge_engine::client::{Authority, Handoff, HandoffError, Profile, Start};

/// A large board is many small pieces of memory: with this one it opens a fifth faster than with the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long a program that was killed may take to let go of its folder.
const DYING: Duration = Duration::from_secs(3);

/// With what the program ends where its arguments can't be followed, as clap has it.
const WRONG_CALL: u8 = 2;

/// Draw together on a shared board.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    subcommand_precedence_over_arg = true
)]
struct Arguments {
    #[command(subcommand)]
    task: Option<Task>,
    /// Join the board behind this link (drawbridge://host:port/board#key, or https://host/boards/board#key), or open this
    /// file: a board's, or another program's drawing.
    #[arg(value_name = "LINK or FILE")]
    target: Option<Target>,
    /// Keep boards and settings in this folder instead of the usual one.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Trust the certificate authority in this PEM file from now on, for relays that are reached over TLS.
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// What can be done in place of opening the window.
#[derive(Debug, clap::Subcommand)]
enum Task {
    /// Have this account's desktop open drawbridge:// links and board files with this program.
    InstallDesktop {
        /// Take that back.
        #[arg(long)]
        remove: bool,
    },
    /// Play scenarios of several people at a board, without a window.
    ///
    /// Ends with 0 when all passed, 1 when something was not as expected, 2 when a file isn't understood, 3 when something could not run.
    Script(drawbridge::tasks::script::Arguments),
    /// Write a board as a PNG, SVG, PDF or Excalidraw file, or a copy of it, with no window.
    Export(export::Arguments),
}

/// Has what happens told on standard error: so much of it as `RUST_LOG` says, or else this.
fn log(otherwise: &str) {
    let asked = tracing_subscriber::EnvFilter::try_from_default_env();
    tracing_subscriber::fmt()
        .with_env_filter(asked.unwrap_or_else(|_| otherwise.into()))
        .with_writer(std::io::stderr)
        .init();
}

fn main() -> ExitCode {
    let start = Instant::now();
    let arguments = Arguments::parse();
    match &arguments.task {
        Some(Task::InstallDesktop { remove }) => return install_desktop(*remove),
        Some(Task::Script(asked)) => {
            log("error");
            return drawbridge::tasks::script::script(asked);
        }
        Some(Task::Export(asked)) => return export(asked),
        None => {}
    }
    log("warn,drawbridge=info,drawbridge_engine=info,drawbridge_relay=info");
    let Some(folder) = arguments.data.clone().or_else(usual_folder) else {
        eprintln!(
            "drawbridge: this account has no home folder to keep boards in; name one with --data FOLDER"
        );
        return ExitCode::FAILURE;
    };
    let waker = Waker::default();
    // A second start shows no window: the first one's comes up.
    let first = match enter(&folder, &waker, &arguments, start) {
        Entered::Profile(profile) => Ok(profile),
        Entered::HandedOver => return ExitCode::SUCCESS,
        Entered::Trouble(trouble) => Err(trouble),
        Entered::Ended(why) => {
            eprintln!("drawbridge: {why}");
            return ExitCode::FAILURE;
        }
    };
    let begin = begin(first, folder, waker.clone(), arguments, start);
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Drawbridge")
            .with_app_id("drawbridge")
            .with_icon(icon())
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([640.0, 420.0]),
        ..Default::default()
    };
    let failure = Failure::default();
    let failed = Failure::clone(&failure);
    let outcome = eframe::run_native(
        "Drawbridge",
        options,
        Box::new(move |creation| {
            let card = creation.wgpu_render_state.as_ref();
            let ctx = &creation.egui_ctx;
            let nearby = Nearby::new(Networks::All, waker.function());
            let window = Window::new(ctx, card, &waker, begin, failed);
            let window = window.meeting(nearby).viewing(Viewer::of_system());
            Ok(Box::new(window.pasting(Html::of_system())))
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

/// What a try to use the folder comes to.
enum Entered {
    Profile(Profile),
    HandedOver,
    /// Worth another try.
    Trouble(Trouble),
    /// What was asked for can't be done.
    Ended(String),
}

fn enter(folder: &Path, waker: &Waker, arguments: &Arguments, start: Instant) -> Entered {
    loop {
        match Profile::open(folder, waker.function()) {
            Ok(Start::Opened(profile)) => {
                if let Some(path) = &arguments.trust
                    && let Err(error) = trust(&profile, path)
                {
                    return Entered::Ended(format!("{}: {error}", path.display()));
                }
                return Entered::Profile(profile);
            }
            Ok(Start::Running(_)) if arguments.trust.is_some() => {
                return Entered::Ended(
                    "it runs already with this folder; choose the file there, by Trusted authorities in its palette"
                        .to_owned(),
                );
            }
            Ok(Start::Running(other)) => match hand_over(&other, arguments.target.as_ref()) {
                Ok(()) => return Entered::HandedOver,
                // One that was just killed holds the folder for a moment longer.
                Err(_) if start.elapsed() < DYING => std::thread::sleep(Duration::from_millis(100)),
                Err(error) => return Entered::Trouble(Trouble::of_other_process(&error, folder)),
            },
            Err(error) => return Entered::Trouble(Trouble::of_folder(&error)),
        }
    }
}

/// Opens the board while the window comes up; where nothing can be opened, the window says so and tries again.
fn begin(
    first: Result<Profile, Trouble>,
    folder: PathBuf,
    waker: Waker,
    arguments: Arguments,
    start: Instant,
) -> Begin {
    let mut first = match first {
        Ok(profile) => {
            let beginning = Beginning::start(&waker, profile, arguments.target.clone(), start);
            Some(Began::Opening(Box::new(beginning)))
        }
        Err(trouble) => {
            eprintln!("drawbridge: {}. {}", trouble.what, trouble.then);
            Some(Began::Trouble(trouble))
        }
    };
    Box::new(move || {
        if let Some(first) = first.take() {
            return first;
        }
        match enter(&folder, &waker, &arguments, start) {
            Entered::Profile(profile) => {
                let beginning = Beginning::start(&waker, profile, arguments.target.clone(), start);
                Began::Opening(Box::new(beginning))
            }
            Entered::HandedOver => Began::HandedOver,
            Entered::Trouble(trouble) => Began::Trouble(trouble),
            Entered::Ended(why) => Began::Trouble(Trouble::other(&why)),
        }
    })
}

/// Tells the desktop of this program, or has it forget that.
fn install_desktop(remove: bool) -> ExitCode {
    if cfg!(any(windows, target_os = "macos")) {
        eprintln!(
            "drawbridge: on this system an installer does that, not the program: see app/packages/README.md. A link can always be pasted \
             under Join by link"
        );
        return ExitCode::FAILURE;
    }
    let done = Desktop::here().and_then(|desktop| {
        if remove {
            desktop.remove()
        } else {
            desktop.install()
        }
    });
    match done {
        Ok(told) => {
            print!("{told}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("drawbridge: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes a board as a file, and says which files came of it.
fn export(asked: &export::Arguments) -> ExitCode {
    // Without a folder there are still boards' files.
    let data = asked.data.clone().or_else(usual_folder).unwrap_or_default();
    match export::export(asked, &data) {
        Ok(done) => {
            for file in &done.files {
                println!("{}", file.display());
            }
            for note in &done.notes {
                eprintln!("drawbridge: {note}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("drawbridge: {error}");
            if error.is_wrong_call() {
                return ExitCode::from(WRONG_CALL);
            }
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

/// Asks the process that runs in the folder already to open the link or file, or to show itself.
fn hand_over(other: &Handoff, target: Option<&Target>) -> Result<(), HandoffError> {
    other.send(&target.map(Target::line).unwrap_or_default())?;
    eprintln!(
        "drawbridge: already running with this folder; its window takes over. Use --data FOLDER for a second one"
    );
    Ok(())
}

/// What stands for the window in bars and lists; where it can't be read, the system has one for such cases.
fn icon() -> egui::IconData {
    eframe::icon_data::from_png_bytes(include_bytes!("../packages/drawbridge.png")).unwrap_or_default()
}

/// Where this system keeps an application's data.
fn usual_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "drawbridge").map(|dirs| dirs.data_dir().to_owned())
}
