//! Seeded schedules of people, relays, disks and lines that fail, on virtual time: what was drawn is never lost, and all end
//! with the same board. And that this would be noticed: each of the planted faults is.
//!
//! `DRAWBRIDGE_SCHEDULES=N` runs so many, `DRAWBRIDGE_SEED=N` begins elsewhere. `src/bin/simulate.rs` runs them for as long
//! as one likes, faster.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_tests::simulation::{Act, Schedule, Violation, run, shrink};
use drawbridge_tests::tally::Tally;

/// How many schedules a planted fault may hide in.
const HIDING: u64 = 40_000;

fn number(name: &str, default: u64) -> u64 {
    let given = std::env::var(name).ok().and_then(|text| text.parse().ok());
    given.unwrap_or(default)
}

/// Runs schedules on all cores until one fails.
fn search(from: u64, count: u64, planted: Option<Fault>) -> Result<Tally, (Schedule, Box<Violation>)> {
    let (next, found) = (AtomicU64::new(from), Mutex::new(None));
    let met = Mutex::new(Tally::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                fault::plant(planted);
                while found.lock().expect("a lock").is_none() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + count {
                        return;
                    }
                    let schedule = Schedule::of(seed);
                    match run(&schedule) {
                        Ok(tally) => met.lock().expect("a lock").merge(&tally),
                        Err(violation) => {
                            found.lock().expect("a lock").get_or_insert((schedule, violation));
                        }
                    }
                }
            });
        }
    });
    match found.into_inner().expect("a lock") {
        Some(failed) => Err(failed),
        None => Ok(met.into_inner().expect("a lock")),
    }
}

#[test]
fn nothing_drawn_is_ever_lost_in_some_thousands_of_schedules() {
    let (from, count) = (number("DRAWBRIDGE_SEED", 0), number("DRAWBRIDGE_SCHEDULES", 3000));
    let tally = match search(from, count, None) {
        Ok(tally) => tally,
        Err((schedule, violation)) => {
            let rule = violation.rule;
            let short = shrink(&schedule, |schedule| {
                run(schedule).is_err_and(|found| found.rule == rule)
            });
            panic!("seed {}: {violation}\nshrunk to:\n{short}", schedule.seed);
        }
    };
    // What isn't met proves nothing.
    let met: BTreeSet<&str> = Act::ALL
        .iter()
        .map(|act| act.name())
        .filter(|name| tally.get(name) > 0)
        .collect();
    let all: BTreeSet<&str> = Act::ALL.iter().map(|act| act.name()).collect();
    assert!(
        count < 1000 || met == all,
        "never met: {:?}",
        all.difference(&met)
    );
    for what in [
        "cells stamped anew",
        "clients killed while they stored",
        "clients killed in the middle of a stroke",
        "commits of clients that failed",
        "connections from the start",
        "connections resumed",
        "connections that the relay found dead",
        "drags that ended in a write",
        "relays killed while they committed",
        "refused: board_full",
        "refused: board_gone",
        "refused: stamp_ahead",
        "refused: store_full",
        "shapes and lines drawn",
        "strokes recovered from a draft",
    ] {
        assert!(count < 1000 || tally.get(what) > 0, "never met: {what}");
    }
}

#[test]
fn each_planted_fault_is_caught() {
    for planted in Fault::ALL {
        let found = search(0, HIDING, Some(planted));
        assert!(found.is_err(), "{planted:?} went unnoticed in {HIDING} schedules");
    }
}

#[test]
fn a_failure_replays_exactly_and_shrinks_to_what_it_needs() {
    let (schedule, violation) =
        search(0, HIDING, Some(Fault::StaleCursorBelieved)).expect_err("it is caught");
    fault::plant(Some(Fault::StaleCursorBelieved));
    let again = |schedule: &Schedule| run(schedule).expect_err("it fails again");
    assert_eq!(again(&schedule), violation);
    let text = schedule.to_string();
    let read: Schedule = text.parse().expect("a schedule reads back");
    assert_eq!(read, schedule);
    let short = shrink(&schedule, |schedule| {
        run(schedule).is_err_and(|found| found.rule == violation.rule)
    });
    assert!(short.steps.len() <= 12, "{short}");
    assert_eq!(again(&short).rule, violation.rule);
    fault::plant(None);
    assert_eq!(
        run(&short).err(),
        None,
        "without the fault nothing is wrong with it"
    );
}

/// Schedules that failed once.
mod once {
    use super::*;

    fn holds(text: &str) {
        let schedule: Schedule = text.parse().expect("a schedule");
        if let Err(violation) = run(&schedule) {
            panic!("{violation}\n{schedule}");
        }
    }

    /// A client whose write was acknowledged, and whose cursor from before it fitted the copy that was put back, said that
    /// the relay had it.
    #[test]
    fn r3_an_ack_from_before_a_rollback_counts_no_more_although_the_cursor_fits() {
        holds(
            "seed 45090 people 3 room 1000000
             1 wait 0 30000
             1 wait 0 30000
             10 up 0 0
             8 title 0 0
             3 relay-copy 1 0
             3 relay-old 0 0",
        );
    }

    /// Stamping anew went below what was on its way: an earlier write and a later one of one element then had one stamp,
    /// and the later edit could lose.
    #[test]
    fn t3_stamped_anew_a_cell_stays_above_what_is_on_its_way() {
        holds(
            "seed 10159246 people 2 room 1000000
             120 relay-slow 0 300
             23 big 1 0
             107 early 1 0
             1 wait 0 60000
             3 early 1 0
             109 undo 1 0
             81 color 1 234",
        );
    }

    /// A stroke whose clock ran ahead was refused and waited for its time; its wet ink ended at once.
    #[test]
    fn v6_wet_ink_stays_while_its_cell_waits_for_its_time() {
        holds(
            "seed 30739540 people 2 room 1000000
             79894 relay-old 1 0
             8097 slow 0 2000
             134 relay-start 1 0
             15258 down 0 0
             8047 move 0 263
             16023 strange 0 0
             32 relay-copy 0 0
             0 slow 1 2000
             65 delete 0 0
             3271 relay-jump 0 -60001
             21969 color 1 0
             16 place 1 0
             172 relay-old 0 0
             2848 relay-jump 0 240000
             1 relay-old 0 0
             19 jump 0 65000
             4 early 0 0
             9873 relay-start 1 0
             6708 up 0 0
             13915 jump 0 -300000",
        );
    }

    /// All that somebody dragged was deleted under their hand: nothing was written, and so nothing ended the drag for others.
    #[test]
    fn v3_a_drag_of_which_nothing_is_left_ends_for_others_too() {
        holds(
            "seed 259 people 2 room 1000000
             116 down 0 0
             196 up 0 256
             27 grab 0 0
             37 delete 0 0",
        );
        // The same before others could be told what is left.
        holds(
            "seed 259 people 2 room 1000000
             116 down 0 0
             196 up 0 256
             27 grab 0 0
             40 delete 0 0
             0 up 0 900",
        );
    }

    /// A drop that the relay had no room for was written over by somebody else's: its wet slots stayed until it would have been
    /// tried again.
    #[test]
    fn v3_a_drag_whose_drop_was_written_over_while_it_waited_ends_at_once() {
        holds(
            "seed 2000613 people 2 room 1000000
             11656 style 0 0
             7 relay-full 1 0
             2659 grab 1 0
             13114 grab 0 46
             2386 up 1 0
             212 relay-room 0 0",
        );
    }
}
