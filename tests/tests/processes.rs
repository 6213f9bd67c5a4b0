//! Real processes in real trouble, in short; the program `torment` does the same for as long as one likes.

use std::path::PathBuf;
use std::process::Command;

use drawbridge_tests::torment::{Programs, World};

/// What `torment` ends with where the system lets nobody mount a small file system; it says so, too.
const SKIPPED: i32 = 77;

fn programs() -> Programs {
    Programs {
        relay: PathBuf::from(env!("CARGO_BIN_EXE_test-relay")),
        client: PathBuf::from(env!("CARGO_BIN_EXE_test-client")),
    }
}

fn seed() -> u64 {
    let seed = fastrand::u64(..1 << 53);
    println!("seed {seed}");
    seed
}

#[test]
fn nothing_is_lost_where_processes_are_killed_lines_break_and_disks_come_back_older_or_empty() {
    let mut world = World::new(&programs(), seed());
    world.begin();
    // First a relay that keeps its disk, then one that doesn't.
    let plan = world.plan(false);
    world.round(plan);
    world.lose_disk();
    world.go_on();
    let plan = world.plan(true);
    world.round(plan);
    let table = world.end();
    println!("{table}");
    for (what, least) in [
        ("kills of the relay", 14),
        ("kills of clients", 14),
        ("relays restored from an older copy", 1),
        ("relays emptied", 1),
        ("clients that lost their disk", 1),
        ("files compared with the relay's, cell by cell", 4),
        ("cells written", 500),
    ] {
        assert!(table.get(what) >= least, "{what}: only {}", table.get(what));
    }
}

#[test]
fn nothing_is_lost_where_disks_are_full() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_torment"));
    let output = command
        .args(["--full-disks", "--seed", &seed().to_string()])
        .output()
        .expect("the program starts");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    println!("{}", said.concat());
    if output.status.code() != Some(SKIPPED) {
        assert!(output.status.success(), "{}", output.status);
    }
}
