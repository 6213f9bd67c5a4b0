//! What is read while something else goes on: a gesture, a dialog, other boards, other files.

#[path = "shared/dropped.rs"]
mod dropped;
#[path = "shared/mouse.rs"]
mod mouse;
mod shared;
#[path = "shared/until.rs"]
mod until;

use std::path::{Path, PathBuf};

use drawbridge_engine::document::{Element, Kind};
use drawbridge_engine::tools::Tool;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, pos2};
use egui_kittest::kittest::Queryable;

use dropped::drop_on;
use mouse::press;
use shared::{Window, app, window};
use until::until;

fn folders() -> [tempfile::TempDir; 2] {
    [(); 2].map(|()| tempfile::tempdir().expect("a folder"))
}

fn shown(window: &Window) -> Vec<Element> {
    app(window).board().shown()
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path
}

/// An Excalidraw scene of one rectangle, and of one more thing.
fn scene(more: &str) -> String {
    format!(
        r#"{{"type":"excalidraw","elements":[{{"type":"rectangle","x":1,"y":2,"width":90,"height":60}}{more}]}}"#
    )
}

/// What can't be taken over.
const LOST: &str = r#",{"type":"something","x":1,"y":2,"width":9,"height":9}"#;

/// Begins a stroke, drops files meanwhile, and waits until they are read.
fn drop_in_a_stroke(window: &mut Window, files: &[PathBuf]) {
    press(window, pos2(500.0, 300.0), true);
    window.event(Event::PointerMoved(pos2(560.0, 340.0)));
    window.step();
    drop_on(window, files);
    until(window, |window| app(window).board().reading().is_none());
}

fn undo(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_ok();
}

#[test]
fn what_is_read_in_the_middle_of_a_stroke_lands_after_it() {
    let [boards, files] = folders();
    let mut window = window(boards.path());
    let plan = file(files.path(), "plan.excalidraw", &scene(""));
    drop_in_a_stroke(&mut window, &[plan]);
    assert_eq!(app(&window).board().importing(), 1);
    assert_eq!(shown(&window).len(), 0);
    press(&mut window, pos2(600.0, 350.0), false);
    until(&mut window, |window| app(window).board().importing() == 0);
    let all = shown(&window);
    assert_eq!(all.len(), 2);
    for kind in [Kind::Stroke, Kind::Rectangle] {
        assert!(all.iter().any(|element| element.kind == kind), "{kind:?}");
    }
    window.get_by_label_contains("plan.excalidraw is on the board: 1 thing");
    undo(&mut window);
    assert_eq!(shown(&window).len(), 1, "a step of its own");
}

#[test]
fn what_cannot_be_read_is_said_in_the_middle_of_a_stroke_too() {
    let [boards, files] = folders();
    let mut window = window(boards.path());
    let broken = file(
        files.path(),
        "broken.excalidraw",
        r#"{"type":"excalidraw","elements":[{"#,
    );
    drop_in_a_stroke(&mut window, &[broken]);
    assert_eq!(app(&window).board().importing(), 0);
    window.get_by_label_contains("broken.excalidraw can't be put on the board");
}

#[test]
fn what_was_read_for_a_board_that_is_left_is_named() {
    let [boards, files] = folders();
    let mut window = window(boards.path());
    let plan = file(files.path(), "plan.excalidraw", &scene(""));
    drop_in_a_stroke(&mut window, &[plan]);
    window.key_press_modifiers(Modifiers::COMMAND, Key::N);
    window.step();
    until(&mut window, |window| {
        !app(window).is_opening() && shown(window).is_empty()
    });
    window.get_by_label("Another board was opened before this was put on the last one: plan.excalidraw");
    assert_eq!(app(&window).board().importing(), 0);
}

#[test]
fn a_drop_ends_typing_and_keeps_what_was_typed() {
    let [boards, files] = folders();
    let mut window = window(boards.path());
    window.key_press(Key::T);
    window.run_ok();
    for pressed in [true, false] {
        press(&mut window, pos2(500.0, 300.0), pressed);
    }
    window.event(Event::Text("Hello".to_owned()));
    window.run_ok();
    assert!(app(&window).board().editor().is_typing());
    let plan = file(files.path(), "plan.excalidraw", &scene(""));
    drop_on(&mut window, &[plan]);
    until(&mut window, |window| shown(window).len() == 2);
    assert!(!app(&window).board().editor().is_typing());
    assert!(shown(&window).iter().any(|element| &*element.text == "Hello"));
}

#[test]
fn several_that_are_opened_at_once_each_become_a_board() {
    let [boards, files] = folders();
    let mut window = window(boards.path());
    let names = ["one.excalidraw", "two.excalidraw", "three.excalidraw"];
    let paths = names.map(|name| file(files.path(), name, &scene("")));
    window.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.run_ok();
    assert!(app(&window).is_home());
    drop_on(&mut window, &paths);
    let titles = |window: &Window| {
        let board = app(window).board();
        let mut titles = board.recent();
        titles.push(board.title());
        titles.sort();
        titles
    };
    until(&mut window, |window| titles(window) == ["one", "three", "two"]);
    until(&mut window, |window| app(window).board().importing() == 0);
    for _ in 0..3 {
        assert_eq!(shown(&window).len(), 1, "{}", app(&window).board().title());
        // The one that was left longest ago.
        let last = app(&window).board().nth_recent(1).expect("three boards");
        let drawbridge::open::Which::Kept(last) = last else {
            panic!("it is kept");
        };
        drop_on(
            &mut window,
            &[boards.path().join("boards").join(format!("{last}.board"))],
        );
        until(&mut window, |window| {
            app(window).board().is(&last) && !app(window).is_opening()
        });
    }
}

#[test]
fn a_handful_lies_side_by_side_is_told_in_one_message_and_is_one_step() {
    let [boards, files] = folders();
    let mut window = window(boards.path());
    let handful = [
        file(files.path(), "plan.excalidraw", &scene(LOST)),
        file(files.path(), "talk.excalidraw", &scene("")),
        file(
            files.path(),
            "dot.svg",
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"/>"#,
        ),
    ];
    drop_on(&mut window, &handful);
    until(&mut window, |window| shown(window).len() == 3);
    let frames: Vec<_> = shown(&window).iter().map(Element::frame).collect();
    for (a, b) in [(0, 1), (1, 2), (0, 2)] {
        assert!(frames[a].intersect(frames[b]).is_zero_area(), "{frames:?}");
    }
    window.get_by_label_contains("2 drawings are on the board: 2 things. 1 thing could not be taken over");
    window.get_by_role_and_label(Role::Button, "See what").click();
    window.run_ok();
    window.get_by_label("Missing");
    window.key_press(Key::Escape);
    window.run_ok();
    undo(&mut window);
    assert_eq!(shown(&window).len(), 0);
    assert!(!app(&window).board().editor().can_undo());
}

#[test]
fn what_an_import_changed_is_shown_until_it_is_closed_and_goes_with_its_board() {
    let [boards, files] = folders();
    let mut window = window(boards.path());
    let first = app(&window).board().board().meta().board.clone();
    let lossy = file(files.path(), "plan.excalidraw", &scene(LOST));
    let clean = file(files.path(), "talk.excalidraw", &scene(""));
    drop_on(&mut window, &[&lossy]);
    until(&mut window, |window| shown(window).len() == 1);
    window.get_by_role_and_label(Role::Button, "See what").click();
    window.run_ok();
    drop_on(&mut window, &[&clean]);
    until(&mut window, |window| shown(window).len() == 2);
    // Nothing was lost of the second one, and of the first one still is.
    window.get_by_label("Missing");
    window.key_press(Key::Escape);
    window.run_ok();
    assert!(window.query_by_label("Missing").is_none());

    window.key_press_modifiers(Modifiers::COMMAND, Key::N);
    window.step();
    until(&mut window, |window| {
        !app(window).is_opening() && shown(window).is_empty()
    });
    drop_on(&mut window, &[&lossy]);
    until(&mut window, |window| shown(window).len() == 1);
    window.get_by_role_and_label(Role::Button, "See what").click();
    window.run_ok();
    window.get_by_label("Missing");
    drop_on(
        &mut window,
        &[boards.path().join("boards").join(format!("{first}.board"))],
    );
    until(&mut window, |window| {
        app(window).board().is(&first) && !app(window).is_opening()
    });
    assert!(window.query_by_label("Missing").is_none());
    // The keys are the board's again.
    window.key_press(Key::R);
    window.run_ok();
    assert_eq!(app(&window).board().editor().tool(), Tool::Shape(Kind::Rectangle));
}
