use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use drawbridge_engine::client::{Client, ClientConfig, Timings, Trust};
use drawbridge_engine::clip;
use drawbridge_engine::document::{Order, Style};
use drawbridge_engine::export::png;
use drawbridge_engine::geometry::Affine;
use drawbridge_protocol::{BoardId, Cell, Property, Value};

use drawbridge_engine::document::{Element, Kind};
use drawbridge_protocol::ElementId;

use super::reading::named;
use super::writing::numbered;
use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

fn arguments(line: &[&str]) -> Arguments {
    let words = ["export"].iter().chain(line);
    Line::try_parse_from(words).expect("a command").arguments
}

#[test]
fn what_is_asked_for_wrongly_is_said_before_anything_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let asked = |line: &[&str]| {
        export(&arguments(line), folder.path())
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    let said = asked(&["plan", "plan.bmp"]).expect_err("no such format");
    assert!(said.contains("plan.bmp: no format is known"), "{said}");
    let said = asked(&["plan", "plan"]).expect_err("no ending");
    assert!(
        said.contains("Use .png, .svg, .pdf, .excalidraw or .board"),
        "{said}"
    );
    let said = asked(&["plan", "plan.png", "--scale", "9"]).expect_err("too large");
    assert!(said.contains("0.1 to 4"), "{said}");
    let said = asked(&["", "plan.png"]).expect_err("no name");
    assert!(said.contains("name is empty"), "{said}");
    let said = asked(&["plan", "plan.excalidraw", "--dark"]).expect_err("it darkens by itself");
    assert!(said.contains("--dark can't be combined"), "{said}");
    for ending in ["png", "pdf", "excalidraw"] {
        let said = asked(&["plan", &format!("plan.{ending}"), "--text"]).expect_err("only of an SVG");
        assert!(
            said.contains("--text can't be combined with") && said.contains(ending),
            "{said}"
        );
    }
    for given in [
        "--scale=2",
        "--text",
        "--no-embed",
        "--background",
        "--transparent",
        "--dark",
        "--frame=f",
        "--frames",
    ] {
        let error =
            export(&arguments(&["plan", "plan.board", given]), folder.path()).expect_err("a copy is whole");
        let name = given.split('=').next().unwrap_or_default();
        assert!(
            error.is_wrong_call() && error.to_string().contains(name),
            "{error}"
        );
    }
    let said = asked(&["plan", "plan.png"]).expect_err("no board");
    assert!(said.contains("no board with that title or id"), "{said}");
    assert!(Line::try_parse_from(["export", "a", "b.png", "--frame", "x", "--frames"]).is_err());
    assert!(Line::try_parse_from(["export", "a", "b.png", "--background", "--transparent"]).is_err());
    assert!(Line::try_parse_from(["export", "a"]).is_err());
}

#[test]
fn several_files_are_numbered_so_that_they_sort() {
    let name = |number, count| {
        numbered(Path::new("out/a plan.png"), number, count)
            .display()
            .to_string()
    };
    assert_eq!(name(1, 2), "out/a plan-1.png");
    assert_eq!(name(3, 12), "out/a plan-03.png");
}

#[test]
fn a_name_is_found_as_it_is_written_else_in_any_capitals() {
    let all = ["Plan", "plan", "Other "].map(str::to_owned);
    let found = |name: &str| named(&all, name, |one| one.to_string());
    assert_eq!(found("plan"), [&all[1]]);
    assert_eq!(found("PLAN"), [&all[0], &all[1]]);
    assert_eq!(found("other"), [&all[2]]);
    assert!(found("pla").is_empty());
}

/// A board that is open, with a title, two frames called Day and a box in the first.
fn opened(data: &Path) -> Client {
    let board = BoardId::new("plan-1").expect("an id");
    let path = Shelf::of(data).file(&board);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let config = ClientConfig {
        path: Some(path),
        board,
        key: None,
        remote: None,
        about: Value::from_json(&serde_json::json!({})).expect("a value"),
        online: false,
        timings: Timings::default(),
        trust: Trust::default(),
    };
    let client = Client::open(config, Arc::new(|| {})).expect("a board").client;
    let id = |name: &str| ElementId::new(name).expect("an id");
    let element = |name: &str, kind: Kind, [x, y, width, height]: [f64; 4]| {
        let mut element = Element::new(id(name), kind, Order::from(name), Style::default());
        element.place = Affine::new([width, 0.0, 0.0, height, x, y]);
        element
    };
    let mut first = element("f1", Kind::Frame, [0.0, 0.0, 100.0, 60.0]);
    first.name = "Day".into();
    let mut second = element("f2", Kind::Frame, [200.0, 0.0, 80.0, 60.0]);
    second.name = "day".into();
    let mut inside = element("in", Kind::Rectangle, [10.0, 10.0, 30.0, 30.0]);
    inside.framed_by = Some(id("f1"));
    let cell = |element: ElementId, prop: Property, value: Value| Cell {
        element,
        prop,
        stamp: client.stamp(),
        value,
    };
    let mut cells: Vec<Cell> = [first, second, inside]
        .iter()
        .map(|element| cell(element.id.clone(), Property::base(), element.base()))
        .collect();
    let title = Value::from_json(&serde_json::json!("Team plan")).expect("a value");
    cells.push(cell(id("board"), Property::new("title").expect("a name"), title));
    client.write(cells, Vec::new());
    client.sync();
    client.wait_until(Duration::from_secs(60), |status| status.unstored == 0);
    client
}

fn within(path: &Path) -> Vec<String> {
    let text = png::embedded(&std::fs::read(path).expect("a file")).expect("a board is in it");
    let elements = clip::read(&text).expect("ours");
    elements.iter().map(|element| element.id.to_string()).collect()
}

#[test]
fn a_board_that_is_open_is_exported_by_its_title_and_nothing_is_written_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let client = opened(&data);
    let entries = || {
        let folder = std::fs::read_dir(Shelf::of(&data).boards_folder()).expect("a folder");
        folder
            .map(|entry| entry.expect("an entry").file_name())
            .collect::<BTreeSet<_>>()
    };
    let before = entries();
    let out = |name: &str| folder.path().join(name).display().to_string();
    let done = |line: &[&str]| export(&arguments(line), &data);

    let files = done(&["team PLAN", &out("a.png")]).expect("a file").files;
    assert_eq!(files, [folder.path().join("a.png")]);
    assert_eq!(within(&files[0]), ["f1", "f2", "in"]);
    let files = done(&["plan-1", &out("b.png"), "--frame", "f1"])
        .expect("a file")
        .files;
    assert_eq!(within(&files[0]), ["f1", "in"]);
    let files = done(&["plan-1", &out("c.svg"), "--frames", "--dark"])
        .expect("files")
        .files;
    assert_eq!(
        files,
        [folder.path().join("c-1.svg"), folder.path().join("c-2.svg")]
    );
    let pdf = done(&["plan-1", &out("d.PDF"), "--frames"])
        .expect("a file")
        .files;
    assert!(std::fs::read(&pdf[0]).expect("a file").starts_with(b"%PDF"));
    assert_eq!(entries(), before);

    let said = |line: &[&str]| done(line).expect_err("it can't be").to_string();
    // Their names differ in capitals, and neither is what was asked for.
    let several = said(&["plan-1", &out("e.png"), "--frame", "DAY"]);
    assert!(
        several.contains("2 frames are called DAY") && several.contains("f1, f2"),
        "{several}"
    );
    let none = said(&["plan-1", &out("e.png"), "--frame", "Night"]);
    assert!(
        none.contains("no frame Night") && none.contains("Day, day"),
        "{none}"
    );
    let whole = said(&["plan-1", &out("e.board"), "--frames"]);
    assert!(whole.contains("--frames can't be combined"), "{whole}");
    assert!(!folder.path().join("e.png").exists());
    client.close().expect("closed");
}

#[test]
fn a_copy_opens_as_the_board_and_what_was_exported_opens_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let client = opened(&data);
    let out = |name: &str| folder.path().join(name).display().to_string();
    let done = |line: &[&str]| export(&arguments(line), &data).expect("a file").files;
    let copy = done(&["plan-1", &out("copy.board")]);
    let again = done(&[&copy[0].display().to_string(), &out("again.png")]);
    assert_eq!(within(&again[0]), ["f1", "f2", "in"]);
    // A picture with a board in it is a board, too.
    let third = done(&[
        &again[0].display().to_string(),
        &out("third.png"),
        "--transparent",
    ]);
    assert_eq!(within(&third[0]).len(), 3);
    let itself = export(&arguments(&[&out("copy.board"), &out("copy.board")]), &data);
    assert!(itself.is_err_and(|error| error.to_string().contains("that is the board itself")));
    client.close().expect("closed");
}

#[test]
fn nothing_is_written_over_another_board_or_over_what_it_is_made_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let client = opened(&data);
    let path = |name: &str| folder.path().join(name);
    let out = |name: &str| path(name).display().to_string();
    let done = |line: &[&str]| export(&arguments(line), &data);
    // Another board, which isn't open.
    let other = Shelf::of(&data).boards_folder().join("other.board");
    done(&["plan-1", &out("copy.board")]).expect("a copy");
    std::fs::copy(path("copy.board"), &other).expect("a board");
    let before = std::fs::read(&other).expect("a file");
    let refused = done(&["plan-1", &other.display().to_string()]).expect_err("a board is there");
    assert!(refused.to_string().contains("choose another folder"), "{refused}");
    assert_eq!(std::fs::read(&other).expect("a file"), before);

    // Numbered, it would be called as its source is.
    let source = &done(&["plan-1", &out("plan-2.svg")]).expect("a file").files[0];
    let before = std::fs::read(source).expect("a file");
    let refused = done(&[&source.display().to_string(), &out("plan.svg"), "--frames"]).expect_err("itself");
    assert!(
        matches!(&refused, TaskError::Itself(path) if path == source),
        "{refused}"
    );
    assert_eq!(std::fs::read(source).expect("a file"), before);
    assert!(!path("plan-1.svg").exists(), "none is written");

    // What is no board isn't copied as one, and what can't be written is told by its own name.
    let refused = done(&[&source.display().to_string(), &out("scene.board")]).expect_err("no board");
    assert!(
        refused
            .to_string()
            .contains("plan-2.svg: only a board can be copied"),
        "{refused}"
    );
    let refused = done(&["plan-1", &out("none/copy.board")]).expect_err("no such folder");
    assert!(
        refused.to_string().starts_with(&out("none/copy.board")),
        "{refused}"
    );
    client.close().expect("closed");
}
