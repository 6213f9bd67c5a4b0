//! `drawbridge script` as a program: how it ends, and what it writes where.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const GOOD: &str = "relay\nclient ada bob\nada draws rectangle R at 0,0 color red\nwait all agree\nexpect bob sees R.color = red\n";
const BAD: &str =
    "relay\nclient ada\nada draws rectangle R at 0,0 color red\nexpect ada sees R.color = blue\n";

fn script(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_drawbridge"))
        .arg("script")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("its input");
    // It may not want all of it.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("its end")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What it told on the way, but for where it is: a slow machine says that too.
fn told(output: &Output) -> String {
    let said = text(&output.stderr);
    let lines = said.lines().filter(|line| !line.ends_with(" s in all)"));
    lines.map(|line| format!("{line}\n")).collect()
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

#[test]
fn it_ends_with_0_when_all_passed_and_reports_each_line() {
    let output = script(&["-"], GOOD);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for line in GOOD.lines() {
        assert!(said.contains(line), "{line} is missing in {said}");
    }
    assert!(said.contains("standard input: passed in "), "{said}");
    assert_eq!(told(&output), "");
    assert_eq!(text(&script(&["-", "--quiet"], GOOD).stdout), "");
}

#[test]
fn it_ends_with_1_when_something_was_not_as_expected() {
    let output = script(&["-", "--quiet"], BAD);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    let begins = "standard input:4: expect ada sees R.color = blue\n    ada sees R.color = red\nstandard input: failed";
    assert!(said.starts_with(begins), "{said}");
}

#[test]
fn it_ends_with_2_and_plays_nothing_when_a_file_is_not_understood() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = write(folder.path(), "good.scene", GOOD);
    let odd = write(folder.path(), "odd.scene", "relay\nclient ada\nada drwas box\n");
    let output = script(&[&good, &odd], "");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    let said = text(&output.stderr);
    assert!(
        said.starts_with(&format!("{odd}:3:5: drwas is nothing")),
        "{said}"
    );
    assert!(said.contains("did you mean draws?"), "{said}");
    assert_eq!(
        script(&["--relay", "not a relay", &good], "").status.code(),
        Some(2)
    );
    assert_eq!(script(&[], "").status.code(), Some(2));
}

#[test]
fn it_ends_with_3_when_it_could_not_run() {
    assert_eq!(script(&["no such file"], "").status.code(), Some(3));
    assert_eq!(script(&["-"], "client ada\n").status.code(), Some(3));
    // A relay that somebody else runs isn't stopped.
    let output = script(&["-", "--relay", "127.0.0.1:1"], "relay\nrelay stop\n");
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stdout).contains("was not started by this run"));
}

#[test]
fn a_report_that_cannot_be_written_hides_no_failure_and_an_old_one_goes() {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = folder.path().join("none/report.xml").display().to_string();
    let code = |arguments: &[&str], text: &str| script(arguments, text).status.code();
    assert_eq!(code(&["-", "--junit", &nowhere], BAD), Some(1));
    assert_eq!(code(&["-", "--junit", &nowhere], GOOD), Some(3));
    let old = write(folder.path(), "report.xml", "<old/>");
    assert_eq!(code(&["-", "--junit", &old], "nonsense"), Some(2));
    assert!(!Path::new(&old).exists());
}

#[test]
fn a_relay_that_is_not_there_is_said_after_the_time() {
    let output = script(
        &["-", "--quiet", "--relay", "127.0.0.1:1"],
        "relay\nclient ada within 200ms\n",
    );
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("ada isn't on the board"), "{said}");
}

#[test]
fn junit_and_json_say_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = write(folder.path(), "good.scene", &format!("{GOOD}log \"hello\"\n"));
    let bad = write(folder.path(), "bad.scene", BAD);
    let junit = folder.path().join("report.xml");
    let output = script(
        &[&good, &bad, "--json", "--junit", &junit.display().to_string()],
        "",
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(told(&output), "hello\n", "what scenarios say is kept apart");
    let reports: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(reports[0]["outcome"], "passed");
    assert_eq!(reports[0]["steps"].as_array().map(Vec::len), Some(6));
    assert_eq!(reports[1]["outcome"], "failed");
    assert_eq!(reports[1]["why"], "ada sees R.color = red");
    assert_eq!(reports[1]["steps"][3]["line"], 4);
    let xml = std::fs::read_to_string(&junit).expect("the report");
    assert!(xml.contains("tests=\"2\" failures=\"1\" errors=\"0\""), "{xml}");
    assert!(
        xml.contains("<failure message=\"ada sees R.color = red\">"),
        "{xml}"
    );
}

#[test]
fn a_board_that_is_there_is_drawn_on_by_its_link() {
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use drawbridge::hosting::{Hosted, Hosting};
    use drawbridge_engine::script::Crew;
    use drawbridge_protocol::{BoardId, Key, Link};

    let folder = tempfile::tempdir().expect("a folder");
    let (tell, told) = channel();
    let wake = Arc::new(move || {
        // The test may be over.
        let _ = tell.send(());
    });
    let hosting = Hosting::start(folder.path().to_owned(), Some(0), wake);
    told.recv_timeout(Duration::from_secs(60)).expect("a word");
    let Hosted::Serving(port) = hosting.state() else {
        panic!("{:?}", hosting.state());
    };
    let link = Link {
        secure: false,
        relay: format!("127.0.0.1:{port}"),
        board: BoardId::new("here").expect("a name"),
        key: Key::from_bits([7; 16]),
    };
    let patience = Duration::from_secs(60);
    let mut crew = Crew::default();
    let eve = crew.make("eve", &link).expect("she makes it");
    let here = |crew: &mut Crew| crew.hand(eve).expect("eve").in_step();
    crew.until(patience, here, &mut |_| {}).expect("she is on it");

    let output = script(
        &["-", "--relay", &link.to_string()],
        "client ada\nada draws text T at 0,0 \"Hi\"\nwait ada is in step\n",
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let came = |crew: &mut Crew| {
        let elements = crew.hand(eve).expect("eve").elements();
        let seen = elements.iter().any(|element| &*element.text == "Hi");
        seen.then_some(()).ok_or_else(|| format!("{elements:?}"))
    };
    crew.until(patience, came, &mut |_| {}).expect("eve sees it");
}
