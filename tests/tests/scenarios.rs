//! Plays all scenarios in `tests/scenarios`, and a few that have to fail.

use std::fs;
use std::path::{Path, PathBuf};

use drawbridge_engine::script::{Crew, Outcome, Place, Relays, Report, Watch, parse, run};
use drawbridge_protocol::RelayAddress;
use drawbridge_tests::{RelayProcess, fresh_link, relay_program};

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
    fn says(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }
}

fn play(name: &str, text: &str) -> (Report, Vec<String>) {
    play_from(name, text, 1)
}

fn play_from(name: &str, text: &str, seed: u64) -> (Report, Vec<String>) {
    let scenario = parse(name, text).unwrap_or_else(|mistakes| {
        let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n"))
    });
    let mut heard = Heard::default();
    let mut relay = Process::new();
    let report = run(&scenario, Place::Relay(&mut relay), seed, &mut heard);
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

/// The scenario that stands in a page, set in by four spaces.
fn shown_in(page: &str) -> String {
    let from = page.find("    relay\n    client").expect("a scenario");
    let lines = page[from..].lines().map_while(|line| line.strip_prefix("    "));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_the_pages_show_passes() {
    for page in [
        include_str!("../../README.md"),
        include_str!("../scenarios/SCENARIOS.md"),
    ] {
        let text = shown_in(page);
        assert!(text.contains("expect "), "{text}");
        let (report, _) = play("page.scene", &text);
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
        (
            "expect all see R.x < {1e300*1e300}",
            "nothing can be compared with inf",
        ),
        (
            "expect all see R.x > {1e200*1e200-1e300*1e300}",
            "nothing can be compared with NaN",
        ),
        ("expect all see R.x != {10+0.0001}", "ada sees R.x = 10"),
        (
            "ada sets R.width = {1000*1000}",
            "width lies between 0.01 and 10000, and not at 1000000",
        ),
        (
            "ada draws box opacity {2*1}",
            "opacity lies between 0 and 1, and not at 2",
        ),
        (
            "ada draws box at {1000*1000001*1000},0",
            "1000001000000,0 is no place on a board: they lie within 1000000000 of 0,0 each way",
        ),
        (
            "ada moves R by 1000000000,0",
            "1000000010,0 is no place on a board: they lie within 1000000000 of 0,0 each way",
        ),
        (
            "ada draws box size {0-5}x5",
            "nothing is -5x5 large: a side lies between 0 and 1000000000",
        ),
        (
            "repeat {0-1} times",
            "expected a whole number from 0 to 1000000, not -1",
        ),
        (
            "expect elements = {1*0.5}",
            "expected a whole number from 0 to 4294967295, not 0.5",
        ),
        ("clients {0*5} as bot\nall bots draw box", "no bot is here"),
        ("all leave\nexpect all agree", "nobody is here"),
        ("all leave\nwait elements = 1", "nobody is here"),
        (
            "ada draws box L locked yes\nada deletes R L",
            "ada can't do that to L: it is locked",
        ),
    ] {
        let end = if line.starts_with("repeat") { "end\n" } else { "" };
        let text = format!(
            "relay\nclient ada bob\nada draws rectangle R at 10,0 size 9x9 color red \"Stop\"\nwait all agree\n{line}\n{end}log \"after\"\n"
        );
        let (report, said) = play("fails.scene", &text);
        assert_eq!(report.outcome, Outcome::Failed(seen.to_owned()), "{line}");
        assert_eq!(said, [""; 0], "it goes on after {line}");
        let last = report.steps.last().expect("steps");
        let lines: Vec<&str> = line.lines().collect();
        assert_eq!(
            (last.line, Some(&last.text.as_str())),
            (4 + lines.len(), lines.last())
        );
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
fn several_elements_are_changed_in_one_step() {
    let text = "relay\nclient ada\nada draws rectangle A at 0,0 size 10x10\nada draws rectangle B at 100,50 size 10x10\n\
                ada moves A B to 20,5\nexpect ada sees A.x = 20\nexpect ada sees B.x = 120\nexpect ada sees B.y = 55\n\
                ada deletes A B\nada undoes\nexpect elements = 2\nada undoes\nexpect ada sees A.x = 0\n\
                expect ada sees B.x = 100\n";
    let (report, _) = play("several.scene", text);
    assert_eq!(report.outcome, Outcome::Passed, "{report}");
}

#[test]
fn an_arrow_leads_to_what_it_is_drawn_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let relay = RelayProcess::start(relay_program!(), folder.path());
    let link = fresh_link(relay.address(), "arrow");
    let mut crew = Crew::default();
    let bob = crew.make("bob", &link).expect("a thread");
    let patience = std::time::Duration::from_secs(30);
    let here = |crew: &mut Crew| crew.hand(bob).expect("bob").in_step();
    crew.until(patience, here, &mut |_| {}).expect("he is on it");
    let text = "client ada\nada draws rectangle A at 0,0 size 100x50\nada draws arrow to A\nada draws arrow from A\nada leaves\n";
    let scenario = parse("arrow.scene", text).expect("a scenario");
    let report = run(&scenario, Place::Board(link), 1, &mut ());
    assert_eq!(report.outcome, Outcome::Passed, "{report}");
    // What whoever has left drew is on the relay.
    let all = |crew: &mut Crew| match crew.hand(bob).expect("bob").count() {
        3 => Ok(()),
        other => Err(format!("{other} elements")),
    };
    crew.until(patience, all, &mut |_| {}).expect("all three");
    let elements = crew.hand(bob).expect("bob").elements();
    let ends = |n: usize| {
        let points = &elements[n].points;
        [points.first(), points.last()].map(|point| point.expect("a point").pos)
    };
    let middle = drawbridge_engine::geometry::Point::new(50.0, 25.0);
    assert!(ends(1)[1] == middle && ends(1)[0] != middle, "{:?}", ends(1));
    assert!(ends(2)[0] == middle && ends(2)[1] != middle, "{:?}", ends(2));
}

#[test]
fn whoever_is_offline_stays_so_until_they_come_back() {
    let text = "relay\nclient ada bob\nrelay stop\nexpect all are offline\nada offline\nrelay start\nwait bob is online\n\
                expect ada is offline\nada online\nwait all agree\n";
    let (report, _) = play("offline.scene", text);
    assert_eq!(report.outcome, Outcome::Passed, "{report}");
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
    let said = |seed| places(&play_from("a.scene", text, seed).1);
    assert_eq!(said(1), said(1));
    assert_ne!(said(1), said(2));
}

#[test]
fn without_a_relay_it_could_not_run() {
    let (report, _) = play("alone.scene", "client ada\n");
    assert!(matches!(report.outcome, Outcome::CouldNot(_)), "{report}");
}
