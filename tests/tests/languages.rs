//! The clients of protocol/examples, which are written in other languages from SPEC.md alone: run against a relay, with an app's
//! board looking on. Where Python with websockets, or Node, isn't installed a test says that it is skipped.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use drawbridge_engine::board::Board;
use drawbridge_engine::document::{Element, Kind};
use drawbridge_engine::tools::Motion;
use drawbridge_protocol::Link;
use drawbridge_tests::desk::Desk;
use drawbridge_tests::proxy::{Cut, Proxy};
use drawbridge_tests::{RelayProcess, relay_program};
use serde_json::Value;

/// A language that is installed: its program, and what stands before the link.
struct Language {
    program: &'static str,
    args: Vec<String>,
}

fn example(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../protocol/examples")
        .join(name)
}

fn ends_well(program: &str, args: &[&str]) -> bool {
    let output = Command::new(program).args(args).output();
    output.is_ok_and(|output| output.status.success())
}

fn skipped(why: &str) {
    // Past the test's own output, which is only shown when it fails.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

fn python() -> Option<Language> {
    let program = ["python3", "python"]
        .into_iter()
        .find(|program| ends_well(program, &["-c", "import websockets.asyncio.client"]));
    if program.is_none() {
        skipped("Python 3 with a present websockets isn't installed, so the client in Python isn't run");
    }
    Some(Language {
        program: program?,
        // It leaves nothing in the folder.
        args: vec!["-B".to_owned(), example("client.py").display().to_string()],
    })
}

fn node() -> Option<Language> {
    let has = |args: &[&str]| {
        ends_well(
            "node",
            &[args, &["-e", "process.exit(+!globalThis.WebSocket)"]].concat(),
        )
    };
    let mut args: Vec<String> = if has(&[]) {
        Vec::new()
    } else if has(&["--experimental-websocket"]) {
        vec!["--experimental-websocket".to_owned(), "--no-warnings".to_owned()]
    } else {
        skipped("no Node with a WebSocket is installed, so the client for it isn't run");
        return None;
    };
    args.push(example("client.mjs").display().to_string());
    Some(Language {
        program: "node",
        args,
    })
}

impl Language {
    fn command(&self, link: &Link, args: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command.args(&self.args).arg(link.web_url()).args(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The board as it prints it, drawing nothing.
    fn read(&self, link: &Link) -> Value {
        printed(&self.command(link, &["--read"]).output().expect("it runs"))
    }
}

/// The JSON that it printed, all numbers written alike.
fn printed(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    alike(serde_json::from_slice(&output.stdout).expect("JSON"))
}

fn alike(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().expect("a number")),
        Value::Array(all) => all.into_iter().map(alike).collect(),
        Value::Object(all) => Value::Object(
            all.into_iter()
                .map(|(name, value)| (name, alike(value)))
                .collect(),
        ),
        other => other,
    }
}

/// The serials of what others have under way.
fn under_way(board: &Board) -> Vec<u64> {
    let pieces = board.editor().scene().wet_pieces();
    pieces
        .filter(|(key, _)| key.conn.is_some())
        .map(|(_, piece)| piece.serial)
        .collect()
}

fn elements(board: &Board) -> BTreeMap<String, Element> {
    let document = board.editor().document();
    let ids = document
        .cells()
        .filter(|cell| cell.prop.as_str() == "base")
        .map(|cell| cell.element);
    let shown = ids.filter_map(|id| document.element(&id));
    let shown = shown.filter(|element| !element.deleted);
    shown.map(|element| (element.id.to_string(), element)).collect()
}

fn count(board: &Board, kind: Kind) -> usize {
    elements(board)
        .values()
        .filter(|element| element.kind == kind)
        .count()
}

/// That what a client printed is what an app has: each element, of its kind, in its place, with its points and letters.
fn assert_same(said: &Value, desk: &Desk) {
    let said = said["elements"].as_array().expect("elements");
    let said: BTreeMap<&str, &Value> = said
        .iter()
        .map(|one| (one["id"].as_str().expect("an id"), one))
        .collect();
    let held = elements(desk.board());
    assert_eq!(said.keys().collect::<Vec<_>>(), held.keys().collect::<Vec<_>>());
    for (id, element) in &held {
        let (said, own) = (said[id.as_str()], element.base());
        let own = alike(serde_json::from_str(own.as_str()).expect("JSON"));
        for member in ["kind", "order", "color", "points"] {
            assert_eq!(said[member], own[member], "{member} of {said}");
        }
        let place = said.get("place").map_or_else(
            || vec![1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            |place| {
                let numbers = place.as_array().expect("a place");
                numbers.iter().map(|n| n.as_f64().expect("a number")).collect()
            },
        );
        assert_eq!(place, element.place.as_coeffs(), "{said}");
        assert_eq!(
            said["text"].as_str().unwrap_or_default(),
            &*element.text,
            "{said}"
        );
    }
}

/// A client draws on a board while an app looks on: the stroke is seen to grow, the line breaks meanwhile, and all of it is there
/// at the end.
fn draws(language: &Language, shape: Kind) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let relay = RelayProcess::start(relay_program!(), &folder.path().join("relay"));
    let proxy = Proxy::start(runtime.handle(), relay.address(), 7);
    let mut ada = Desk::join("ada", relay.remote("b"));
    ada.board_mut().set_title("Plans 🌱");
    let gone = ada.rectangle((0.0, 0.0), (50.0, 50.0));
    ada.select(&[&gone]);
    ada.edit(&drawbridge_engine::editor::Edit::Delete);
    ada.rectangle((300.0, 0.0), (350.0, 50.0));
    // Letters that others have added, in a cell of their own.
    ada.begins_to_type((-200.0, -200.0));
    ada.types("world");
    ada.escapes();
    ada.begins_to_type((-195.0, -200.0));
    ada.goes_to(Motion::Start);
    ada.types("Hello 🌍 ");
    ada.escapes();
    ada.until_saved();

    let mut link = relay.invited("b").link;
    let direct = link.clone();
    link.relay = proxy.address().to_string();
    let client = language
        .command(&link, &["--seconds", "6", "--name", "Guest"])
        .spawn()
        .expect("it runs");
    ada.until("a stroke under way", |board| !under_way(board).is_empty());
    let begun = under_way(ada.board());
    ada.until("it grows", |board| {
        let now = under_way(board);
        !now.is_empty() && now != begun
    });
    proxy.cut(Cut::Reset);
    ada.until("the stroke", |board| count(board, Kind::Stroke) == 1);
    let output = client.wait_with_output().expect("its end");
    let said = printed(&output);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(
        log.contains("2 connections"),
        "it came back after the break: {log}"
    );
    ada.until("its end", |board| under_way(board).is_empty());

    assert_eq!(said["title"], "Plans 🌱");
    let texts: Vec<&str> = said["elements"]
        .as_array()
        .expect("elements")
        .iter()
        .filter_map(|one| one["text"].as_str())
        .collect();
    assert!(
        texts.contains(&"Hello 🌍 world") && texts.contains(&"Guest"),
        "{texts:?}"
    );
    let wanted = if shape == Kind::Rectangle { 2 } else { 1 };
    assert_eq!(count(ada.board(), shape), wanted);
    assert_same(&said, &ada);
    // Who comes later reads the same.
    assert_eq!(language.read(&direct), said);
}

#[test]
fn a_client_in_python_draws_where_others_see_it() {
    if let Some(python) = python() {
        draws(&python, Kind::Rectangle);
    }
}

#[test]
fn a_client_for_node_draws_where_others_see_it() {
    if let Some(node) = node() {
        draws(&node, Kind::Ellipse);
    }
}

/// SPEC.md has the reading of a text as a program; the client uses that one and no other.
#[test]
fn the_client_in_python_has_what_the_spec_has() {
    let spec = include_str!("../../protocol/SPEC.md");
    let client = include_str!("../../protocol/examples/client.py");
    let programs: Vec<&str> = spec
        .split("```python\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(!programs.is_empty());
    for program in programs {
        assert!(client.contains(program), "{program}");
    }
}
