//! Real processes in real trouble, in short; the program `torment` does the same for as long as one likes.

use std::path::PathBuf;

use drawbridge_tests::torment::{Programs, World};

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
    let mut world = World::new(&programs(), seed(), None, 0);
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
