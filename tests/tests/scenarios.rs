//! Plays all scenarios in `tests/scenarios`, and a few that have to fail.

use std::fs;
use std::path::{Path, PathBuf};

use drawbridge_engine::script::{Outcome, Place, Relays, Report, Step, Watch, parse, run};
use drawbridge_protocol::RelayAddress;
use drawbridge_tests::{RelayProcess, relay_program};

/// A relay in a process of its own, over a folder of its own.
struct Process {
    folder: tempfile::TempDir,
    relay: Option<RelayProcess>,
    running: bool,
}

impl Process {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            relay: None,
            running: false,
        }
    }
}

impl Relays for Process {
    fn start(&mut self) -> Result<RelayAddress, String> {
        match &mut self.relay {
            None => self.relay = Some(RelayProcess::start(relay_program!(), self.folder.path())),
            Some(relay) if !self.running => relay.restart(),
            Some(_) => {}
        }
        self.running = true;
        let relay = self.relay.as_ref().expect("it runs");
        Ok(RelayAddress {
            secure: false,
            relay: relay.address().to_string(),
        })
    }

    fn stop(&mut self) -> Result<(), String> {
        if let Some(relay) = self.relay.as_mut().filter(|_| self.running) {
            relay.stop();
        }
        self.running = false;
        Ok(())
    }
}

/// Keeps what a scenario says.
#[derive(Default)]
struct Heard(Vec<String>);

impl Watch for Heard {
    fn goes_on(&mut self, _: &Step, _: std::time::Duration) {}
    fn says(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }
}

fn play(name: &str, text: &str) -> (Report, Vec<String>) {
    let scenario = parse(name, text).unwrap_or_else(|mistakes| {
        let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n"))
    });
    let mut heard = Heard::default();
    let mut relay = Process::new();
    let report = run(&scenario, Place::Relay(&mut relay), 1, &mut heard);
    (report, heard.0)
}

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = fs::read_dir(folder).expect("the folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "scene"))
        .collect();
    paths.sort();
    paths
}

#[test]
fn all_scenarios_pass() {
    let paths = scenarios();
    assert!(paths.len() >= 5, "{paths:?}");
    for path in paths {
        let text = fs::read_to_string(&path).expect("a scenario");
        let (report, _) = play(&path.display().to_string(), &text);
        assert_eq!(report.outcome, Outcome::Passed, "{report}");
    }
}

#[test]
fn an_expectation_that_fails_says_what_was_seen_and_ends_the_scenario() {
    for (line, seen) in [
        ("expect bob sees R.color = blue", "bob sees R.color = red"),
        ("expect bob sees R.color != red", "bob sees R.color = red"),
        ("expect bob sees R.text = \"Go\"", "bob sees R.text = \"Stop\""),
        ("expect all see R.x > 10", "ada sees R.x = 10"),
        ("expect bob sees no R", "bob sees R"),
        ("expect elements = 7", "ada sees 1 elements"),
        ("expect bob is offline", "bob is online"),
        ("wait bob is offline within 100ms", "bob is online"),
        ("bob undoes", "bob can't undo: there is nothing left of that"),
    ] {
        let text = format!(
            "relay\nclient ada bob\nada draws rectangle R at 10,0 size 9x9 color red \"Stop\"\nwait all agree\n{line}\nlog \"after\"\n"
        );
        let (report, said) = play("fails.scene", &text);
        assert_eq!(report.outcome, Outcome::Failed(seen.to_owned()), "{line}");
        assert_eq!(said, [""; 0], "it goes on after {line}");
        let last = report.steps.last().expect("steps");
        assert_eq!((last.line, last.text.as_str()), (5, line));
    }
}

#[test]
fn whoever_differs_is_named_with_what_differs() {
    let text = "relay\nclient ada bob\nada draws rectangle R at 0,0\nwait all agree\nbob offline\n\
                ada sets R.color = red\nwait all agree within 100ms\n";
    let (report, _) = play("offline.scene", text);
    assert_eq!(
        report.outcome,
        Outcome::Failed("bob: they are offline".to_owned())
    );
}

#[test]
fn the_board_is_printed_as_json_in_the_order_of_the_stack() {
    let text = "relay\nclient ada\nada draws rectangle R at 10,20 size 100x50 color red fill none width 8\n\
                ada draws note N at 300,0 \"Hi\"\nada draws line L through 0,0 30,40\nada deletes R\nada undoes\nprint board\n";
    let (report, said) = play("print.scene", text);
    assert_eq!(report.outcome, Outcome::Passed, "{report}");
    let board: serde_json::Value = serde_json::from_str(&said[0]).expect("JSON");
    let elements = board["elements"].as_array().expect("elements");
    let called: Vec<_> = elements
        .iter()
        .map(|e| e["called"].as_str().expect("a name"))
        .collect();
    assert_eq!(called, ["R", "N", "L"]);
    let mut r = elements[0].clone();
    assert!(r["id"].take().is_string());
    assert_eq!(
        r,
        serde_json::json!({
            "id": null, "called": "R", "kind": "rectangle", "color": "red", "width": 8,
            "x": 10, "y": 20, "wide": 100, "high": 50,
        })
    );
    assert_eq!(elements[1]["text"], "Hi");
    assert_eq!(
        (&elements[2]["points"], &elements[2]["high"]),
        (&2.into(), &40.into())
    );
}

#[test]
fn what_is_drawn_anywhere_comes_from_the_seed() {
    let text = "relay\nclient ada\nada draws stroke\nada draws rectangle\nprint board\n";
    let places = |said: &[String]| {
        let board: serde_json::Value = serde_json::from_str(&said[0]).expect("JSON");
        let elements = board["elements"].as_array().expect("elements").clone();
        let place = |e: &serde_json::Value| ["x", "y", "wide", "high"].map(|side| e[side].to_string());
        elements.iter().map(place).collect::<Vec<_>>()
    };
    let (first, second) = (play("a.scene", text).1, play("a.scene", text).1);
    assert_eq!(places(&first), places(&second));
    assert_ne!(places(&first)[0], places(&first)[1]);
}

#[test]
fn without_a_relay_it_could_not_run() {
    let (report, _) = play("alone.scene", "client ada\n");
    assert!(matches!(report.outcome, Outcome::CouldNot(_)), "{report}");
}
