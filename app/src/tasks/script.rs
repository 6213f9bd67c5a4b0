//! `drawbridge script`: plays scenarios without a window, and says what came of them.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use drawbridge_engine::script::{
    Outcome, Place, Report, Scenario, Step, Stopwatch, Watch, junit, parse, run,
};
use drawbridge_protocol::{Link, RelayAddress};

use super::relay::LocalRelay;

/// Something was not as expected.
const FAILED: u8 = 1;
/// A file isn't understood, or the arguments aren't.
const NOT_UNDERSTOOD: u8 = 2;
/// A file can't be read, or a relay doesn't start.
const COULD_NOT: u8 = 3;
/// Runs that are over sooner say nothing on the way.
const LONG: Duration = Duration::from_secs(2);
/// How often a long one says where it is.
const EVERY: Duration = Duration::from_secs(1);
/// The largest scenario that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// What `drawbridge script` can be told.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Scenarios, played one after the other; - reads one from standard input. How they are written stands in
    /// tests/scenarios/SCENARIOS.md.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Play them on this board, or on new boards of this relay, in place of a relay that is started for each.
    #[arg(long, value_name = "LINK or ADDRESS")]
    relay: Option<Given>,
    /// Write a report for CI systems into this file, as JUnit's XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the report as JSON to standard output; what scenarios say goes to standard error then.
    #[arg(long)]
    json: bool,
    /// Say only what went wrong, and what scenarios say.
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
    /// What places come from that scenarios leave open.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// Where to play.
#[derive(Debug, Clone)]
enum Given {
    Board(Link),
    Relay(RelayAddress),
}

impl FromStr for Given {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        // Whoever gives a key means a board.
        if text.contains('#') {
            return text.parse().map(Self::Board).map_err(|error| format!("{error}"));
        }
        text.parse().map(Self::Relay).map_err(|error| format!("{error}"))
    }
}

/// Plays them.
#[must_use]
pub fn script(arguments: &Arguments) -> ExitCode {
    if let Some(path) = arguments.junit.as_ref().filter(|path| path.is_file()) {
        // What an earlier run wrote isn't taken for this one's. If it stays, writing says why.
        let _ = std::fs::remove_file(path);
    }
    let read = match read_all(&arguments.files) {
        Ok(scenarios) => scenarios,
        Err(code) => return ExitCode::from(code),
    };
    let mut reports = Vec::new();
    for scenario in &read {
        let mut teller = Teller {
            json: arguments.json,
            name: &scenario.name,
            since: Stopwatch::start(),
            last: Duration::ZERO,
        };
        let report = play(scenario, arguments, &mut teller);
        if !arguments.json {
            tell(&report, arguments.quiet);
        }
        reports.push(report);
    }
    if arguments.json {
        let all: Vec<_> = reports.iter().map(Report::json).collect();
        say(&format!("{:#}\n", serde_json::Value::from(all)));
    }
    let any = |wanted: fn(&Outcome) -> bool| reports.iter().any(|report| wanted(&report.outcome));
    let failed = any(|outcome| matches!(outcome, Outcome::Failed(_)));
    let mut could_not = any(|outcome| matches!(outcome, Outcome::CouldNot(_)));
    if let Some(path) = &arguments.junit
        && let Err(error) = std::fs::write(path, junit(&reports))
    {
        eprintln!("drawbridge: {}: {error}", path.display());
        could_not = true;
    }
    // What was seen to be wrong is never hidden by what could not be tried.
    ExitCode::from(match (failed, could_not) {
        (true, _) => FAILED,
        (false, true) => COULD_NOT,
        (false, false) => 0,
    })
}

/// Reads all of them before anything is played: what isn't understood is said at once.
fn read_all(files: &[PathBuf]) -> Result<Vec<Scenario>, u8> {
    let mut scenarios = Vec::new();
    let mut code = 0;
    for path in files {
        let name = path.display().to_string();
        let text = match read(path) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("drawbridge: {name}: {error}");
                code = code.max(COULD_NOT);
                continue;
            }
        };
        match parse(if name == "-" { "standard input" } else { &name }, &text) {
            Ok(scenario) => scenarios.push(scenario),
            Err(mistakes) => {
                for mistake in &mistakes {
                    eprintln!("{mistake}\n");
                }
                code = code.max(NOT_UNDERSTOOD);
            }
        }
    }
    if code == 0 { Ok(scenarios) } else { Err(code) }
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let source: Box<dyn std::io::Read> = if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(path)?)
    };
    let read = source.take(LARGEST + 1).read_to_string(&mut text)?;
    if read as u64 > LARGEST {
        let why = format!("a scenario has at most {} MB", LARGEST >> 20);
        return Err(std::io::Error::other(why));
    }
    Ok(text)
}

fn play(scenario: &Scenario, arguments: &Arguments, teller: &mut Teller<'_>) -> Report {
    let seed = arguments.seed;
    match &arguments.relay {
        Some(Given::Board(link)) => run(scenario, Place::Board(link.clone()), seed, teller),
        Some(Given::Relay(address)) => run(scenario, Place::Address(address.clone()), seed, teller),
        None => match LocalRelay::new() {
            Ok(mut relay) => run(scenario, Place::Relay(&mut relay), seed, teller),
            Err(error) => Report {
                name: scenario.name.clone(),
                outcome: Outcome::CouldNot(format!("no relay could be made: {error}")),
                took: Duration::ZERO,
                seed,
                steps: Vec::new(),
                measured: Vec::new(),
            },
        },
    }
}

fn tell(report: &Report, quiet: bool) {
    if !quiet {
        return say(&report.to_string());
    }
    if report.outcome != Outcome::Passed {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = report.verdict(&mut text);
        say(&text);
    }
}

/// Says something where results belong. Who reads it may be gone.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Says what a scenario says, and where it is if it lasts.
struct Teller<'a> {
    json: bool,
    name: &'a str,
    since: Stopwatch,
    /// When something was said last.
    last: Duration,
}

impl Watch for Teller<'_> {
    fn goes_on(&mut self, step: &Step, since: Duration) {
        let now = self.since.elapsed();
        if now >= LONG && now - self.last >= EVERY {
            self.last = now;
            eprintln!(
                "{}:{}: {} ({:.0} s here, {:.0} s in all)",
                self.name,
                step.line,
                step.text,
                since.as_secs_f64(),
                now.as_secs_f64()
            );
        }
    }

    fn says(&mut self, text: &str) {
        if self.json {
            eprintln!("{text}");
        } else {
            say(&format!("{text}\n"));
        }
    }
}
