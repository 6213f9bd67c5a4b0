//! The dialog in which the board becomes a file.

mod shared;

use std::process::Command;
use std::time::{Duration, Instant};

use drawbridge::settings::Mode;
use drawbridge_engine::import;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::kittest::{NodeT as _, Queryable};
use shared::{Window, app, window};

/// No step takes this long on any machine; it only ends a test that hangs.
const LIMIT: Duration = Duration::from_secs(60);
/// A box and an ellipse.
const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">
    <rect x="0" y="0" width="100" height="50" stroke="#000000" fill="none"/>
    <ellipse cx="250" cy="150" rx="40" ry="20" stroke="#c81e14" fill="none"/></svg>"##;

fn until(window: &mut Window, wanted: impl Fn(&Window) -> bool) {
    let end = Instant::now() + LIMIT;
    while !wanted(window) {
        assert!(Instant::now() < end, "it doesn't come about");
        window.step();
    }
    window.step();
}

fn open(window: &mut Window) {
    window.event(Event::Paste(SVG.to_owned()));
    window.step();
    until(window, |window| app(window).board().shown().len() == 2);
    window.key_press(Key::Escape);
    window.step();
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    window.step();
    until(window, is_made);
}

fn is_made(window: &Window) -> bool {
    window
        .query_by_role_and_label(Role::Image, "What the file shows")
        .is_some()
}

fn choose(window: &mut Window, role: Role, label: &str) {
    window.get_by_role_and_label(role, label).click();
    window.step();
    window.step();
    until(window, is_made);
}

#[test]
fn what_is_chosen_is_shown_and_remembered_and_what_is_shown_is_copied() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    open(&mut window);
    window.get_by_label_contains("pixels, ");
    for (role, label) in [
        (Role::RadioButton, "Dark"),
        (Role::RadioButton, "SVG"),
        (Role::CheckBox, "The board's colour under it"),
    ] {
        choose(&mut window, role, label);
    }
    assert!(window.query_by_label_contains("pixels, ").is_none());
    let chosen = app(&window).settings().export.clone();
    assert_eq!(
        (chosen.ending.as_str(), chosen.mode, chosen.paper),
        ("svg", Mode::Dark, false)
    );
    window.get_by_role_and_label(Role::Button, "Copy").click();
    // The command comes in the frame of the click, or in the one after it.
    let end = Instant::now() + LIMIT;
    let text = loop {
        assert!(Instant::now() < end, "nothing is copied");
        window.step();
        let commands = &window.output().platform_output.commands;
        let copied = commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        if let Some(text) = copied {
            break text;
        }
    };
    let back = import::read(text.as_bytes()).expect("it opens again");
    assert_eq!(back.elements.len(), 2);
    window.key_press(Key::Escape);
    window.step();
    assert!(window.query_by_role_and_label(Role::Button, "Save…").is_none());
}

#[test]
fn without_a_selection_only_all_of_the_board_can_be_chosen_and_of_one_just_that_is_shown() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    open(&mut window);
    let selected = window.get_by_role_and_label(Role::RadioButton, "What is selected");
    assert!(selected.accesskit_node().is_disabled());
    let all = size(&window);
    window.key_press(Key::Escape);
    window.step();
    // One of the two.
    window.key_press_modifiers(Modifiers::ALT, Key::ArrowRight);
    window.step();
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    window.step();
    until(&mut window, is_made);
    assert_eq!(app(&window).board().editor().selected(), 1);
    assert_ne!(size(&window), all);
}

fn size(window: &Window) -> String {
    let line = window.get_by_label_contains("pixels, ");
    line.accesskit_node()
        .label()
        .or(line.accesskit_node().value())
        .unwrap_or_default()
}

#[test]
fn the_command_ends_with_2_if_it_was_called_wrongly_and_with_1_if_it_failed() {
    let data = tempfile::tempdir().expect("a folder");
    let code = |arguments: [&str; 2]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_drawbridge"));
        command
            .arg("export")
            .args(arguments)
            .arg("--data")
            .arg(data.path());
        command.output().expect("it starts").status.code()
    };
    assert_eq!(code(["plan", "plan.bmp"]), Some(2));
    assert_eq!(code(["plan", "plan.png"]), Some(1));
}
