//! What honest people notice of hostile ones: how long a pen sample takes to the other's board, a finished
//! stroke to the other's board, and a write to its acknowledgement, with nobody hostile and under each attack
//! in turn, quiet and attack by turns in the same run. A fresh relay process for each line of the table.
//!
//! The attackers are a process of their own at the lowest priority (`nice`), on a network of 100 Mbit/s that
//! they share: they can't take the processor away from the relay and the honest people, which a real
//! attacker elsewhere couldn't either, so what is measured is the relay's work and not the scheduler's.
//!
//! `cargo run --release -p drawbridge-tests --bin hostile -- [--seconds N] [--turns N] [--attack NAME]`

mod attacker;
mod honest;
mod table;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use drawbridge_tests::RelayProcess;
use drawbridge_tests::hostile::{ATTACKS, Attack, Where};

use self::honest::Honest;
use self::table::{Memory, Row};

/// How long the relay and the honest people have after an attack before they count as quiet again.
const RECOVERY: Duration = Duration::from_secs(2);
/// How long the relay's memory has to come back.
const MEMORY_BACK: Duration = Duration::from_secs(15);

/// Measures what honest people notice of hostile ones.
#[derive(Debug, Parser)]
struct Args {
    /// How long each quiet time and each attack lasts.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many times quiet and attack take turns.
    #[arg(long, default_value_t = 2)]
    turns: u32,
    /// Only attacks whose names begin so.
    #[arg(long, default_value = "")]
    attack: String,
    #[command(subcommand)]
    inner: Option<Inner>,
}

#[derive(Debug, Subcommand)]
enum Inner {
    /// What the program starts itself as, to be the attackers.
    #[command(hide = true)]
    Attacker(attacker::Orders),
}

fn main() {
    let args = Args::parse();
    if let Some(Inner::Attacker(orders)) = args.inner {
        return attacker::obey(&orders);
    }
    let relay = sibling("test-relay");
    assert!(
        relay.exists(),
        "{} is missing: cargo build --release -p drawbridge-tests --bins",
        relay.display()
    );
    println!("{}", table::HEAD);
    let wanted = ATTACKS
        .iter()
        .filter(|attack| attack.name.starts_with(&args.attack));
    let mut rows = Vec::new();
    for attack in wanted {
        for &at in attack.at {
            let row = measure(&relay, attack, at, &args);
            println!("{row}");
            rows.push(row);
        }
    }
    println!("{}", table::foot(&rows));
}

/// A program that was built beside this one.
fn sibling(name: &str) -> PathBuf {
    let here = std::env::current_exe().expect("a path");
    here.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn measure(program: &std::path::Path, attack: &Attack, at: Where, args: &Args) -> Row {
    let folder = tempfile::tempdir().expect("a folder");
    let relay = RelayProcess::start(&program.to_string_lossy(), &folder.path().join("relay"));
    let honest = Honest::start(&relay);
    let length = Duration::from_secs(args.seconds);
    let (mut quiet, mut attacked) = (Vec::new(), Vec::new());
    let mut tally = drawbridge_tests::hostile::Tally::default();
    let mut memory = Memory::default();
    // The first second warms up.
    std::thread::sleep(Duration::from_secs(1));
    for turn in 0..args.turns {
        let start = Instant::now();
        std::thread::sleep(length);
        quiet.push(start..Instant::now());
        if turn == 0 {
            memory.before = table::resident(relay.id()).0;
        }
        let start = Instant::now();
        tally.merge(attacker::send(attack, at, &relay, turn, length));
        attacked.push(start..Instant::now());
        std::thread::sleep(RECOVERY);
    }
    memory.peak = table::resident(relay.id()).1;
    let back = Instant::now();
    loop {
        memory.after = table::resident(relay.id()).0;
        if memory.after <= memory.before + (16 << 10) || back.elapsed() > MEMORY_BACK {
            break;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    let noticed = honest.finish();
    Row {
        attack: *attack,
        at,
        tally,
        seconds: args.seconds * u64::from(args.turns),
        quiet: noticed.during(&quiet),
        attacked: noticed.during(&attacked),
        disconnects: noticed.disconnects,
        lost: noticed.lost,
        memory,
    }
}
