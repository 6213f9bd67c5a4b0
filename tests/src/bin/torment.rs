//! Kills a relay and people who draw, again and again, on lines that break and over disks that come back older, empty
//! or full; compares what each of them has on disk afterwards; and prints what was done. It ends at the first loss.
//!
//! `cargo build --release -p drawbridge-tests --bins`, then
//! `cargo run --release -p drawbridge-tests --bin torment -- [--seed N] [--minutes M | --rounds N | --full-disks]`

use std::process::{Command, ExitCode, Output};
use std::time::{Duration, Instant};

use clap::Parser;
use drawbridge_tests::tally::Tally;
use drawbridge_tests::torment::{Programs, World, fill_disks};

/// How many rounds one relay and its people live.
const ROUNDS: u64 = 4;

#[derive(Parser)]
struct Args {
    /// Everything random follows from it, as far as time lets it.
    #[arg(long)]
    seed: Option<u64>,
    /// How long to go on.
    #[arg(long, conflicts_with = "rounds")]
    minutes: Option<u64>,
    /// How many rounds: in each, 7 kills of the relay, 7 of clients, and every fault of a line.
    #[arg(long)]
    rounds: Option<u64>,
    /// Fills the relay's disk and somebody's own, instead. Both are small file systems in memory, which it mounts in a
    /// namespace of its own. Ends with 77 where the system doesn't let it.
    #[arg(long, conflicts_with_all = ["rounds", "minutes"])]
    full_disks: bool,
    /// It may mount: it is in that namespace.
    #[arg(long, hide = true, requires = "full_disks")]
    alone: bool,
}

/// What programs end with that can't do here what they are for.
const SKIPPED: u8 = 77;

fn main() -> ExitCode {
    let args = Args::parse();
    let programs = match Programs::beside_this() {
        Ok(programs) => programs,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..1 << 53));
    println!("seed {seed}");
    if args.full_disks {
        return if args.alone {
            println!("{}", fill_disks(&programs, seed));
            ExitCode::SUCCESS
        } else {
            alone(seed)
        };
    }
    let most = args
        .rounds
        .unwrap_or(if args.minutes.is_some() { u64::MAX } else { ROUNDS });
    let until = args
        .minutes
        .map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    let mut all = Tally::default();
    let mut done = 0;
    while done < most && until.is_none_or(|until| Instant::now() < until) {
        let seed = seed + done / ROUNDS;
        let table = live(&programs, seed, ROUNDS.min(most - done));
        done += ROUNDS.min(most - done);
        all.merge(&table);
        println!(
            "seed {seed}: {} kills of relays and {} of clients so far, nothing lost",
            all.get("kills of the relay"),
            all.get("kills of clients")
        );
    }
    println!("{all}");
    ExitCode::SUCCESS
}

/// Runs itself again where it may mount, and nobody else sees it.
fn alone(seed: u64) -> ExitCode {
    let this = std::env::current_exe().expect("this program");
    // First as anybody may where the system allows it, then as only root may.
    for namespaces in ["-rm", "-m"] {
        let unshare = || {
            let mut command = Command::new("unshare");
            command.arg(namespaces);
            command
        };
        let may = |output: std::io::Result<Output>| output.is_ok_and(|output| output.status.success());
        let folder = tempfile::tempdir().expect("a folder");
        let try_it = unshare()
            .args(["mount", "-t", "tmpfs", "tmpfs"])
            .arg(folder.path())
            .output();
        if may(try_it) {
            let mut command = unshare();
            command
                .arg(&this)
                .args(["--full-disks", "--alone", "--seed", &seed.to_string()]);
            let status = command.status().expect("it starts");
            return status.code().map_or(ExitCode::FAILURE, |code| {
                ExitCode::from(u8::try_from(code).unwrap_or(1))
            });
        }
    }
    eprintln!("skipped: this system lets nobody mount a small file system (unshare, mount)");
    ExitCode::from(SKIPPED)
}

fn live(programs: &Programs, seed: u64, rounds: u64) -> Tally {
    let mut world = World::new(programs, seed);
    world.begin();
    for round in 0..rounds {
        let plan = world.plan(round % 2 == 0);
        world.round(plan);
        if round + 1 < rounds {
            world.lose_disk();
            world.go_on();
        }
    }
    world.end()
}
