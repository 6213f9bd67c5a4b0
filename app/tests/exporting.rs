//! The dialog in which the board becomes a file.

#[path = "shared/dropped.rs"]
mod dropped;
mod shared;
#[path = "shared/until.rs"]
mod until;

use std::process::Command;
use std::time::{Duration, Instant};

use drawbridge::file_kind::FileKind;
use drawbridge::settings::Mode;
use drawbridge::theme::{DARK, LIGHT, Theme};
use drawbridge_engine::client::Shelf;
use drawbridge_engine::export::Format;
use drawbridge_engine::import;
use dropped::drop_on;
use egui::accesskit::Role;
use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, OutputCommand, Pos2, Rect, TouchPhase, pos2,
    vec2,
};
use egui_kittest::kittest::{NodeT as _, Queryable};
use shared::{Window, app, window};
use until::until;

/// No step takes this long on any machine; it only ends a test that hangs.
const LIMIT: Duration = Duration::from_secs(60);
/// A box and an ellipse.
const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">
    <rect x="0" y="0" width="100" height="50" stroke="#000000" fill="none"/>
    <ellipse cx="250" cy="150" rx="40" ry="20" stroke="#c81e14" fill="none"/></svg>"##;

fn open(window: &mut Window) {
    let before = app(window).board().shown().len();
    window.event(Event::Paste(SVG.to_owned()));
    window.step();
    until(window, |window| app(window).board().shown().len() == before + 2);
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

/// The text that a click has put on the clipboard.
fn copied(window: &mut Window) -> String {
    // The command comes in the frame of the click, or in the one after it.
    let end = Instant::now() + LIMIT;
    loop {
        assert!(Instant::now() < end, "nothing is copied");
        window.step();
        let commands = &window.output().platform_output.commands;
        let copied = commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        if let Some(text) = copied {
            return text;
        }
    }
}

#[test]
fn what_is_chosen_is_shown_and_remembered_and_what_is_shown_is_copied() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    // A box in an ink, which looks otherwise on a dark board.
    for key in [Key::R, Key::Enter, Key::Escape] {
        window.key_press(key);
        window.step();
    }
    open(&mut window);
    window.get_by_label_contains("pixels, ");
    let letters = "Letters as text, with their fonts";
    assert!(window.query_by_label(letters).is_none(), "a PNG has no text");
    for (role, label) in [
        (Role::RadioButton, "Dark"),
        (Role::RadioButton, "SVG"),
        (Role::CheckBox, letters),
        (Role::CheckBox, "The board's colour under it"),
    ] {
        choose(&mut window, role, label);
    }
    assert!(window.query_by_label_contains("pixels, ").is_none());
    let chosen = app(&window).settings().export;
    assert_eq!(
        (chosen.kind, chosen.mode, chosen.paper, chosen.text),
        (FileKind::Made(Format::Svg), Mode::Dark, false, true)
    );
    window.get_by_role_and_label(Role::Button, "Copy").click();
    let text = copied(&mut window);
    let back = import::read(text.as_bytes()).expect("it opens again");
    assert_eq!(back.elements.len(), 3);
    // As it was shown: dark, and with nothing under it. A line is a path.
    assert!(!text.contains("<rect"), "{text}");
    // Of a line or of an inside.
    let painted = |theme: &Theme, color| {
        let [r, g, b, _] = theme.color(color).to_array();
        format!(r##"="#{r:02x}{g:02x}{b:02x}""##)
    };
    let mut colors = app(&window)
        .board()
        .shown()
        .into_iter()
        .map(|element| element.style.color);
    let ink = colors
        .find(|color| painted(&DARK, *color) != painted(&LIGHT, *color))
        .expect("the box");
    assert!(
        text.contains(&painted(&DARK, ink)) && !text.contains(&painted(&LIGHT, ink)),
        "{text}"
    );
    window.key_press(Key::Escape);
    window.step();
    assert!(window.query_by_role_and_label(Role::Button, "Save…").is_none());
}

#[test]
fn a_copy_of_the_board_is_shown_with_its_size_and_there_is_nothing_to_choose() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    open(&mut window);
    choose(&mut window, Role::RadioButton, "Drawbridge");
    let board = app(&window).board().listed().id;
    let bytes = Shelf::of(boards.path()).weigh_copy(&board).expect("it is read");
    window.get_by_label(&format!("About {} kB", bytes / 1000));
    window.get_by_label_contains("its pictures and its chat, and no key to it");
    for choice in ["All of the board", "Light"] {
        let choice = window.query_by_role_and_label(Role::RadioButton, choice);
        assert!(choice.is_none());
    }
    assert!(
        window.query_by_role(Role::CheckBox).is_none(),
        "nothing can be left out"
    );
    let button = |name| window.query_by_role_and_label(Role::Button, name);
    assert!(button("Copy").is_none(), "no program pastes it");
    let save = button("Save…").expect("a button");
    assert!(!save.accesskit_node().is_disabled());
    assert_eq!(app(&window).settings().export.kind, FileKind::Board);
}

#[test]
fn a_copy_for_excalidraw_is_a_scene_with_just_what_is_selected() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    open(&mut window);
    window.key_press(Key::Escape);
    window.step();
    window.key_press_modifiers(Modifiers::ALT, Key::ArrowRight);
    window.step();
    window.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    window.run_ok();
    window
        .get_by_role_and_label(Role::MenuItem, "Copy as Excalidraw")
        .click();
    let text = copied(&mut window);
    // By that Excalidraw knows it on the clipboard.
    assert!(text.starts_with(r#"{"type":"excalidraw","#), "{text}");
    let back = import::read(text.as_bytes()).expect("it opens again");
    assert_eq!(back.elements.len(), 1);
    let selected = app(&window).board().editor().selected_whole();
    assert_eq!(back.elements[0].place, selected[0].place);
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

#[test]
fn each_frame_is_a_page_of_a_pdf_and_nothing_else() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    open(&mut window);
    choose(&mut window, Role::RadioButton, "PDF");
    let frames = "Each frame, as a page";
    let choice = window.get_by_role_and_label(Role::RadioButton, frames);
    assert!(choice.accesskit_node().is_disabled(), "there are no frames");
    window.key_press(Key::Escape);
    window.step();
    // Two of them.
    for _ in 0..2 {
        window.key_press(Key::F);
        window.step();
        window.key_press(Key::Enter);
        window.step();
        window.key_press(Key::Escape);
        window.step();
        window.key_press(Key::Escape);
        window.step();
    }
    assert_eq!(app(&window).board().shown().len(), 4);
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    window.step();
    until(&mut window, is_made);
    choose(&mut window, Role::RadioButton, frames);
    window.get_by_label_contains("2 pages, ");
    // A picture shows all of the board then.
    choose(&mut window, Role::RadioButton, "PNG");
    assert!(
        window
            .query_by_role_and_label(Role::RadioButton, frames)
            .is_none()
    );
    window.get_by_label_contains("pixels, ");
}

#[test]
fn in_a_low_and_narrow_window_all_of_it_can_be_reached() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    open(&mut window);
    // The smallest window, and what is left of a larger one with controls at 200 %.
    for size in [vec2(640.0, 420.0), vec2(400.0, 360.0)] {
        window.set_size(size);
        window.run_ok();
        for name in ["Save…", "Copy", "Close"] {
            let place = window.get_by_role_and_label(Role::Button, name).rect();
            let inside = Rect::from_min_size(Pos2::ZERO, size).contains_rect(place);
            assert!(inside, "{name} is at {place} of {size}");
        }
        let choice = "It opens again as a board";
        let before = window.get_by_role_and_label(Role::CheckBox, choice).rect();
        window.event(Event::PointerMoved(
            before.center().min(pos2(size.x / 3.0, size.y / 2.0)),
        ));
        window.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, -1000.0),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        window.run_ok();
        let place = window.get_by_role_and_label(Role::CheckBox, choice).rect();
        let save = window.get_by_role_and_label(Role::Button, "Save…").rect();
        assert!(place.bottom() <= save.top(), "{place} is over {save} in {size}");
    }
}

#[test]
fn the_dialog_goes_with_its_board() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    open(&mut window);
    // Meanwhile another board's file comes, as of a second start of the program.
    let board = app(&window).board().listed().id;
    let mailed = boards.path().join("mailed.board");
    {
        let elsewhere = tempfile::tempdir().expect("a folder");
        let theirs = shared::window(elsewhere.path());
        let board = app(&theirs).board();
        let shelf = Shelf::of(elsewhere.path());
        shelf.save_copy(&board.listed().id, &mailed).expect("copied");
    }
    drop_on(&mut window, &[mailed]);
    until(&mut window, |window| {
        !app(window).board().is(&board) && !app(window).is_opening()
    });
    assert!(window.query_by_role_and_label(Role::Button, "Save…").is_none());
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
