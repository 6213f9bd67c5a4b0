//! What a scenario costs by itself: time a step, beside the same done to a board directly, and waiting for all to agree.
//!
//! `cargo run --release -p drawbridge-tests --bin script-steps`

use std::time::{Duration, Instant};

use drawbridge_engine::script::{Outcome, Place, Report, parse, run};
use drawbridge_protocol::RelayAddress;
use drawbridge_tests::desk::Desk;
use drawbridge_tests::{fresh_link, relay_within};

/// How often each thing is done.
const TIMES: u32 = 2000;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let relay = relay_within(&runtime, folder.path());
    let there = RelayAddress {
        secure: false,
        relay: relay.local_addr().to_string(),
    };

    for (what, steps) in [
        ("an expectation", "expect ada sees R.color = black"),
        ("a changed property", "ada sets R.width = {i}"),
        ("a rectangle", "ada draws rectangle at {i},0 size 10x10"),
        (
            "a change that everybody agrees on",
            "ada sets R.width = {i}\nwait all agree",
        ),
    ] {
        let text = format!(
            "relay\nclient ada bob\nada draws rectangle R at 0,0\nwait all agree\nrepeat {TIMES} as i\n{steps}\nend\n"
        );
        let scenario = parse(what, &text).expect("a scenario");
        let report = run(&scenario, Place::Address(there.clone()), 1, &mut ());
        assert_eq!(report.outcome, Outcome::Passed, "{report}");
        println!("{what}: {:.1} us", each(&report));
    }

    let link = fresh_link(relay.local_addr(), "direct");
    let mut desk = Desk::make("ada", &link);
    let id = desk.rectangle((0.0, 0.0), (100.0, 100.0));
    let start = Instant::now();
    for i in 1..=TIMES {
        let width = drawbridge_protocol::Value::from_text(i.to_string()).expect("JSON");
        let prop = drawbridge_protocol::Property::new("width").expect("a property");
        desk.board_mut().set(vec![(id.clone(), prop, width)]);
        desk.frame();
    }
    println!(
        "a changed property, directly: {:.1} us",
        us(start.elapsed()) / f64::from(TIMES)
    );
    drop(desk);
    runtime.block_on(relay.stop()).expect("the relay stops");
}

/// What one turn took.
fn each(report: &Report) -> f64 {
    let turns = report.steps.iter().filter(|step| step.times == u64::from(TIMES));
    let took: Duration = turns.map(|step| step.took).sum();
    us(took) / f64::from(TIMES)
}

fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
