//! The clients of protocol/examples, which are written in other languages from SPEC.md alone: run against a relay, with an app's
//! board looking on. Where Python with websockets, or Node, isn't installed a test says that it is skipped.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use drawbridge_engine::board::Board;
use drawbridge_engine::document::{Element, Kind};
use drawbridge_engine::tools::Motion;
use drawbridge_protocol::{Link, Property, Role};
use drawbridge_tests::desk::Desk;
use drawbridge_tests::proxy::{Cut, Proxy};
use drawbridge_tests::{RelayProcess, relay_program};
use serde_json::{Value, json};

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

/// The languages that are installed.
fn languages() -> Vec<Language> {
    python().into_iter().chain(node()).collect()
}

#[test]
fn what_the_relay_refuses_is_said_and_not_shown_as_drawn() {
    for language in languages() {
        let folder = tempfile::tempdir().expect("a folder");
        let relay = RelayProcess::start(relay_program!(), folder.path());
        let mut ada = Desk::make("ada", &relay.remote("b").link);
        ada.rectangle((0.0, 0.0), (50.0, 50.0));
        ada.until_saved();
        let (hash, call) = ada
            .board_mut()
            .make_link(Role::View, "by hand", None)
            .expect("a key");
        ada.until("an answer", Board::is_answered);
        let answers = ada.board_mut().take_managed();
        assert!(
            answers
                .iter()
                .any(|answer| answer.call == call && answer.result.is_ok())
        );
        let look = ada.board().link_of(&hash).expect("its key is kept");
        let output = language
            .command(&look, &["--seconds", "2"])
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.to_lowercase().contains("the relay refuses 1 cells"),
            "{said}"
        );
        let board = alike(serde_json::from_slice(&output.stdout).expect("JSON"));
        assert_same(&board, &ada);
    }
}

#[test]
fn letters_of_another_shape_stop_nobody() {
    for language in languages() {
        let folder = tempfile::tempdir().expect("a folder");
        let relay = RelayProcess::start(relay_program!(), folder.path());
        let mut ada = Desk::join("ada", relay.remote("b"));
        let shape = ada.rectangle((0.0, 0.0), (50.0, 50.0));
        let odd = [
            json!(null),
            json!([1]),
            json!({"runs": 5}),
            json!({"runs": [5]}),
            json!({"runs": [[]]}),
            json!({"runs": [["", {}]]}),
            json!({"runs": [["", 1_000_000_000]]}),
            json!({"runs": [["", -1]]}),
            json!({"runs": [["", "a"], ["", 1_000_000_000, "b"], ["", "c"]]}),
            json!({"runs": [["7>1", "x"], ["?", "y"]]}),
            json!({"peers": 3, "runs": [["", "d"]]}),
            json!({"first": "1", "runs": [["", "e"]]}),
            json!({"cut": [[9, 0, 1], [0, 0, 1_000_000_000]], "runs": [["", "f"]]}),
            json!({"cut": [5], "runs": [["", "g"]]}),
        ];
        let cells = (0..).zip(&odd).map(|(n, value)| {
            let prop = Property::new(&format!("text/{n:016}")).expect("a property");
            (
                shape.clone(),
                prop,
                drawbridge_protocol::Value::from_json(value).expect("JSON"),
            )
        });
        ada.board_mut().set(cells.collect());
        ada.until_saved();
        let said = language.read(&relay.invited("b").link);
        let text = said["elements"][0]["text"].as_str().expect("a text");
        assert!(
            text.contains('a') && text.contains('f') && !text.contains('g'),
            "{text}"
        );
    }
}

/// Somebody at a port who answers every request with this, and counts them.
fn answering(text: String) -> (std::net::SocketAddr, std::sync::mpsc::Receiver<()>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let (tell, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 4096];
            let _ = std::io::Read::read(&mut stream, &mut request);
            let _ = stream.write_all(text.as_bytes());
            if tell.send(()).is_err() {
                return;
            }
        }
    });
    (address, heard)
}

#[test]
fn the_client_in_python_takes_its_key_nowhere_else() {
    let Some(python) = python() else { return };
    let (elsewhere, came) =
        answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned());
    let (address, asked) = answering(format!(
        "HTTP/1.1 302 Found\r\nLocation: ws://{elsewhere}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    ));
    let link = drawbridge_tests::fresh_link(address, "b");
    let mut client = python.command(&link, &["--read"]).spawn().expect("it runs");
    for _ in 0..2 {
        asked
            .recv_timeout(std::time::Duration::from_secs(30))
            .expect("it asks again");
    }
    client.kill().expect("it runs still");
    client.wait().expect("its end");
    assert!(came.try_recv().is_err(), "it went where it was led");

    let why = "This port speaks TLS: use https.";
    let (address, _asked) = answering(format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{why}",
        why.len()
    ));
    let link = drawbridge_tests::fresh_link(address, "b");
    let output = python.command(&link, &["--read"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("https"), "{said}");
}

/// What a relay seldom says, said to the client in Python by hand.
const SELDOM: &str = r#"
import asyncio, sys
sys.path.insert(0, sys.argv[1])
import client

board = client.Board("http://127.0.0.1:1/boards/b#AAAAAAAAAAAAAAAAAAAAAA", "Guest")
far = 2**52
board.clock = (far, 2**32 - 2)
assert [board.stamp()[:2] for _ in range(3)] == [[far, 2**32 - 1], [far + 1, 0], [far + 1, 1]]

# A cell that is refused gives way to what is known of the relay's, and to one's own that is under way.
place = ("e", "color")
cell = lambda ms, value: {"element": "e", "prop": "color", "stamp": [ms, 0, "P"], "value": value}
board.write({place: "red"})
board.write({place: "blue"})
first, second = (write["cells"][0] for write in board.writes)
board.merge(cell(far, "green"), board.theirs)
board.merge(cell(far, "green"))
board.drop(second)
assert board.cells[place]["value"] == "red", board.cells
board.drop(first)
assert board.cells[place]["value"] == "green" and board.settled() and not board.mine, board.cells

async def moves():
    for port in range(2, 9):
        await board.on(None, "moved", {"to": f"http://127.0.0.1:{port}"})
        assert board.moved
    raise AssertionError("it goes on for ever")

try:
    asyncio.run(moves())
except client.Ended:
    assert board.host.endswith(":5"), board.host
"#;

#[test]
fn the_client_in_python_keeps_the_rules_that_are_seldom_needed() {
    let Some(python) = python() else { return };
    let folder = example("");
    let args = ["-B".as_ref(), "-c".as_ref(), SELDOM.as_ref(), folder.as_os_str()];
    let output = Command::new(python.program).args(args).output().expect("it runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
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
