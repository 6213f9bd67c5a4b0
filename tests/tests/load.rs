//! The program `load` measures what it says, in small: each scenario runs against a relay of its own and against one that is named,
//! and its figures are those of people who were served. How fast that was is nobody's business here.

use std::path::Path;
use std::process::Command;

use drawbridge_tests::RelayProcess;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Figure {
    scenario: String,
    what: String,
    value: f64,
}

/// Runs the program with little to do, and returns its figures.
fn measure(scenarios: &[&str], more: &[&str]) -> Vec<Figure> {
    let folder = tempfile::tempdir().expect("a folder");
    let json = folder.path().join("figures.json");
    let small = "--people 6 --writers 2 --seconds 1 --rounds 1 --connections 20 --committers 8 --strokes 200";
    let output = Command::new(env!("CARGO_BIN_EXE_load"))
        .args(scenarios)
        .args(small.split(' '))
        .args(more)
        .args([Path::new("--json"), &json])
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&std::fs::read(json).expect("figures")).expect("JSON")
}

fn value(figures: &[Figure], scenario: &str, what: &str) -> f64 {
    let found = figures
        .iter()
        .find(|figure| figure.scenario == scenario && figure.what == what);
    found.map_or_else(
        || panic!("no {what:?} of {scenario} in {figures:?}"),
        |figure| figure.value,
    )
}

fn assert_served(figures: &[Figure]) {
    for what in ["deliveries", "from writer to reader, p99"] {
        assert!(value(figures, "wet", what) > 0.0, "{what}");
    }
    // The edges of the time that is measured fall between writer and reader.
    let share = value(figures, "wet", "delivered of what was due");
    assert!((80.0..125.0).contains(&share), "{share} %");
    assert!(value(figures, "crowd", "steps that came") > 0.0);
    assert!((value(figures, "idle", "connections") - 20.0).abs() < 0.5);
    assert!(value(figures, "cells", "cells acknowledged") > 0.0);
    assert!(value(figures, "ack", "writes acknowledged") > 0.0);
    assert!(value(figures, "join", "strokes on the board") >= 200.0);
    assert!(value(figures, "join", "until the last of 20 has caught up") > 0.0);
}

#[test]
fn every_scenario_runs_against_a_relay_of_its_own() {
    let figures = measure(&["all"], &[]);
    assert_served(&figures);
    assert!(value(&figures, "wet", "bare loop: deliveries") > 0.0);
    assert!((value(&figures, "idle", "TLS: connections") - 20.0).abs() < 0.5);
    if cfg!(target_os = "linux") {
        assert!(value(&figures, "idle", "the relay's memory") > 1.0);
    }
}

#[test]
fn every_scenario_runs_against_a_relay_that_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let relay = RelayProcess::start(drawbridge_tests::relay_program!(), &folder.path().join("relay"));
    let address = format!("ws://{}", relay.address());
    assert_served(&measure(&["all"], &["--relay", &address]));
}
