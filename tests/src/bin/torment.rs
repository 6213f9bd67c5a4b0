//! Kills a relay and people who draw, again and again, on lines that break and over disks that come back older, empty
//! or full; compares what each of them has on disk afterwards; and prints what was done. It ends at the first loss.
//!
//! `cargo build --release -p drawbridge-tests --bins`, then
//! `cargo run --release -p drawbridge-tests --bin torment -- [--seed N] [--minutes M | --rounds N]`

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use drawbridge_tests::torment::{Programs, Table, World};

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
}

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
    let most = args
        .rounds
        .unwrap_or(if args.minutes.is_some() { u64::MAX } else { ROUNDS });
    let until = args
        .minutes
        .map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    println!("seed {seed}");
    let mut all = Table::default();
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

fn live(programs: &Programs, seed: u64, rounds: u64) -> Table {
    let mut world = World::new(programs, seed, None, 0);
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
