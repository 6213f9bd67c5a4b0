//! Lets seeded schedules of people, relays, disks and lines that fail happen, as many as one likes, on all cores; prints what
//! was met, and a failing one shrunk to what it needs.
//!
//! `cargo run --release -p drawbridge-tests --bin simulate -- [--from SEED] [--count N] [--minutes M] [--threads N]`,
//! `… -- --replay FILE` for one schedule as it was printed.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_tests::simulation::{Schedule, run, shrink};
use drawbridge_tests::tally::Tally;

/// What was asked for.
struct Args {
    from: u64,
    count: u64,
    until: Option<Instant>,
    threads: usize,
    replay: Option<String>,
    fault: Option<Fault>,
}

fn main() -> ExitCode {
    let args = args();
    if let Some(file) = &args.replay {
        let text = std::fs::read_to_string(file).expect("a file with a schedule");
        return replay(&text.parse().expect("a schedule"), args.fault);
    }
    let start = Instant::now();
    let (next, ran) = (AtomicU64::new(0), AtomicU64::new(0));
    let found = Mutex::new(None);
    let all = Mutex::new(Tally::default());
    let steps = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..args.threads {
            scope.spawn(|| {
                fault::plant(args.fault);
                let mut tally = Tally::default();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let late = args.until.is_some_and(|until| Instant::now() >= until);
                    if n >= args.count || late || found.lock().expect("a lock").is_some() {
                        break;
                    }
                    let schedule = Schedule::of(args.from + n);
                    match run(&schedule) {
                        Ok(met) => tally.merge(&met),
                        Err(violation) => {
                            found.lock().expect("a lock").get_or_insert((schedule, violation));
                            break;
                        }
                    }
                    steps.fetch_add(schedule.steps.len() as u64, Ordering::Relaxed);
                    let done = ran.fetch_add(1, Ordering::Relaxed) + 1;
                    if done.is_multiple_of(50_000) {
                        eprintln!("{done} schedules, {:.0} s", start.elapsed().as_secs_f64());
                    }
                }
                all.lock().expect("a lock").merge(&tally);
            });
        }
    });
    let (ran, steps) = (ran.load(Ordering::Relaxed), steps.load(Ordering::Relaxed));
    println!("{}", all.lock().expect("a lock"));
    println!(
        "{ran} schedules from seed {}, {steps} steps, {:.0} s",
        args.from,
        start.elapsed().as_secs_f64()
    );
    let Some((schedule, violation)) = found.into_inner().expect("a lock") else {
        return ExitCode::SUCCESS;
    };
    println!("\nseed {}: {violation}\n", schedule.seed);
    fault::plant(args.fault);
    let rule = violation.rule;
    let short = shrink(&schedule, |schedule| {
        run(schedule).is_err_and(|found| found.rule == rule)
    });
    println!("{short}");
    replay(&short, args.fault)
}

fn replay(schedule: &Schedule, planted: Option<Fault>) -> ExitCode {
    fault::plant(planted);
    match run(schedule) {
        Ok(tally) => {
            println!("{tally}");
            ExitCode::SUCCESS
        }
        Err(violation) => {
            println!("{violation}");
            ExitCode::FAILURE
        }
    }
}

fn args() -> Args {
    let mut args = Args {
        from: 0,
        count: u64::MAX,
        until: None,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        replay: None,
        fault: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().unwrap_or_default();
        let number = || {
            value
                .parse::<u64>()
                .unwrap_or_else(|_| panic!("{word} takes a number"))
        };
        match word.as_str() {
            "--from" => args.from = number(),
            "--count" => args.count = number(),
            "--minutes" => args.until = Some(Instant::now() + Duration::from_secs(60 * number())),
            "--threads" => args.threads = usize::try_from(number()).unwrap_or(1).max(1),
            "--replay" => args.replay = Some(value),
            "--fault" => {
                let found = Fault::ALL.iter().find(|fault| format!("{fault:?}") == value);
                args.fault = Some(*found.unwrap_or_else(|| panic!("no fault is called {value}")));
            }
            other => panic!("unknown: {other}"),
        }
    }
    if args.count == u64::MAX && args.until.is_none() {
        args.count = 10_000;
    }
    args
}
