//! What a relay carries, measured: `cargo run --release -p drawbridge-tests --bin load -- all`, or the names of scenarios.
//!
//! The relay is started here as a process of its own, and so is the bare tokio-tungstenite loop that it is compared with. With
//! `--relay ADDRESS` any other relay is measured.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use drawbridge_tests::load::{self, Figures, Options, SCENARIOS, Scenario, server};

/// Measures what a relay carries.
#[derive(Debug, Parser)]
struct Args {
    /// What to measure: wet, crowd, idle, cells, ack, join, or all.
    #[arg(value_name = "SCENARIO", required = true)]
    scenarios: Vec<String>,
    #[command(flatten)]
    options: Options,
    /// Where to write the figures as JSON, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    let mut args = std::env::args_os();
    let program = args.next();
    match std::env::args().nth(1).as_deref() {
        // The relay exactly as its own binary runs it.
        Some(server::RELAY) => return drawbridge_relay::cli::run(program.into_iter().chain(args.skip(1))),
        Some(server::BARE) => return end(bare()),
        _ => {}
    }
    end(measure(&Args::parse()))
}

fn end(result: io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn bare() -> io::Result<()> {
    // Many systems let a program open 1024 files unless it asks for more.
    rlimit::increase_nofile_limit(u64::MAX)?;
    load::bare::serve(SocketAddr::from(([127, 0, 0, 1], 0))).await
}

fn measure(args: &Args) -> io::Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let mut wanted: Vec<Scenario> = Vec::new();
    for name in &args.scenarios {
        let found: Vec<_> = SCENARIOS
            .into_iter()
            .filter(|scenario| name == "all" || scenario.name == name)
            .collect();
        if found.is_empty() {
            return Err(io::Error::other(format!("there is no scenario {name:?}")));
        }
        wanted.extend(found);
    }
    if let Some(relay) = &args.options.relay {
        println!("This is what {relay} is given, on fresh boards, which stay there:");
    }
    for scenario in &wanted {
        println!("- {}: {}.", scenario.name, (scenario.does)(&args.options));
    }
    println!("\n{}", load::HEAD);
    let mut figures = Figures::default();
    for scenario in &wanted {
        figures.begin(scenario.name);
        (scenario.run)(&args.options, &mut figures)?;
    }
    if let Some(file) = &args.json {
        let text = serde_json::to_string_pretty(&figures).map_err(io::Error::other)?;
        std::fs::write(file, text)?;
    }
    Ok(())
}
