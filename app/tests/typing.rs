//! Typing in the whole window: keys go to the letters before they are commands, input methods, clipboard, and what a screen
//! reader is told.

#[path = "shared/mouse.rs"]
mod mouse;
mod shared;

use drawbridge_engine::document::Kind;
use drawbridge_engine::tools::Tool;
use egui::accesskit::Role;
use egui::{Event, ImeEvent, Key, Modifiers, OutputCommand, Pos2, pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use shared::{Window, app, window};

const CTRL: Modifiers = Modifiers::COMMAND;
const MIDDLE: Pos2 = pos2(640.0, 360.0);

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run_ok();
}

fn click(window: &mut Window, at: Pos2) {
    for pressed in [true, false] {
        mouse::press(window, at, pressed);
    }
    window.run_ok();
}

fn types(window: &mut Window, text: &str) {
    window.event(Event::Text(text.to_owned()));
    window.run_ok();
}

fn texts(window: &Window) -> Vec<String> {
    let mut all = app(window).board().shown();
    all.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
    all.iter().map(|element| element.text.to_string()).collect()
}

fn is_typing(window: &Window) -> bool {
    app(window).board().editor().is_typing()
}

/// Somebody who types in the middle of the window.
fn typist(folder: &tempfile::TempDir) -> Window {
    let mut window = window(folder.path());
    press(&mut window, Modifiers::NONE, Key::T);
    click(&mut window, MIDDLE);
    assert!(is_typing(&window));
    window
}

#[test]
fn keys_of_commands_are_letters_while_one_types() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = typist(&folder);
    for (key, letter) in [(Key::V, "v"), (Key::P, "p"), (Key::Num2, "2")] {
        window.key_down(key);
        types(&mut window, letter);
        window.key_up(key);
    }
    press(&mut window, Modifiers::NONE, Key::Enter);
    types(&mut window, "x");
    press(&mut window, Modifiers::NONE, Key::Backspace);
    press(&mut window, Modifiers::SHIFT, Key::ArrowLeft);
    assert_eq!(app(&window).board().editor().copied_letters(), "\n");
    assert_eq!(app(&window).board().editor().tool(), Tool::Text);
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(
        (texts(&window), is_typing(&window)),
        (vec!["vp2\n".to_owned()], false)
    );
    // And are commands again.
    press(&mut window, Modifiers::NONE, Key::P);
    assert_eq!(app(&window).board().editor().tool(), Tool::Pen);
}

#[test]
fn undo_goes_to_the_letters_and_then_to_the_board() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = typist(&folder);
    for word in ["one", " ", "two"] {
        types(&mut window, word);
    }
    press(&mut window, CTRL, Key::Z);
    assert_eq!(
        (texts(&window), is_typing(&window)),
        (vec!["one ".to_owned()], true)
    );
    press(&mut window, CTRL.plus(Modifiers::SHIFT), Key::Z);
    assert_eq!(texts(&window), ["one two"]);
    press(&mut window, CTRL, Key::Enter);
    assert!(!is_typing(&window));
    press(&mut window, CTRL, Key::Z);
    assert!(texts(&window).is_empty());
}

#[test]
fn enter_types_in_what_is_selected_and_tab_leaves_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    press(&mut window, Modifiers::NONE, Key::R);
    press(&mut window, Modifiers::NONE, Key::Enter);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert!(is_typing(&window));
    types(&mut window, "Label");
    press(&mut window, Modifiers::NONE, Key::Tab);
    assert!(!is_typing(&window));
    let shown = app(&window).board().shown();
    assert_eq!((shown[0].kind, &*shown[0].text), (Kind::Rectangle, "Label"));
}

#[test]
fn a_note_is_typed_on_without_a_pointer() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    press(&mut window, Modifiers::NONE, Key::N);
    press(&mut window, Modifiers::NONE, Key::Enter);
    types(&mut window, "Milk");
    press(&mut window, Modifiers::NONE, Key::Escape);
    let shown = app(&window).board().shown();
    assert_eq!((shown[0].kind, &*shown[0].text), (Kind::Note, "Milk"));
}

#[test]
fn an_input_method_shows_what_it_proposes_and_is_told_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = typist(&folder);
    window.event(Event::Ime(ImeEvent::Preedit {
        text: "にほん".to_owned(),
        active_range_chars: None,
    }));
    window.run_ok();
    let view = app(&window).board().editor().typing().expect("somebody types");
    assert_eq!(&**view.lettered.layout.text(), "にほん");
    let told = window.output().platform_output.ime.expect("where the caret is");
    assert!(
        told.cursor_rect.left() > MIDDLE.x,
        "behind what it proposes: {told:?}"
    );
    window.event(Event::Ime(ImeEvent::Commit("日本".to_owned())));
    window.run_ok();
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(texts(&window), ["日本"]);
    assert!(window.output().platform_output.ime.is_none());
}

#[test]
fn letters_go_to_the_clipboard_and_come_from_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = typist(&folder);
    types(&mut window, "cut me");
    press(&mut window, CTRL, Key::A);
    window.event(Event::Cut);
    window.step();
    let copied = window
        .output()
        .platform_output
        .commands
        .iter()
        .find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
    assert_eq!(copied.as_deref(), Some("cut me"));
    window.event(Event::Paste("pasted\r\ntwice".to_owned()));
    window.run_ok();
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(texts(&window), ["pasted\ntwice"]);
    // With nothing typed it becomes a text of its own.
    window.event(Event::Paste("another".to_owned()));
    window.run_ok();
    assert_eq!(texts(&window), ["pasted\ntwice", "another"]);
}

#[test]
fn a_screen_reader_is_told_of_a_text_and_where_the_caret_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = typist(&folder);
    types(&mut window, "read me");
    let field = window.get_by_role_and_label(Role::MultilineTextInput, "Text on the board");
    assert!(field.is_focused());
    assert_eq!(field.accesskit_node().value().as_deref(), Some("read me"));
    press(&mut window, Modifiers::NONE, Key::Escape);
    let none = window.query_by_role_and_label(Role::MultilineTextInput, "Text on the board");
    assert!(none.is_none());
}

#[test]
fn a_press_on_the_board_ends_it_and_a_command_of_a_panel_keeps_what_was_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = typist(&folder);
    types(&mut window, "kept");
    click(&mut window, pos2(300.0, 600.0));
    assert_eq!(
        (texts(&window), is_typing(&window)),
        (vec!["kept".to_owned()], false)
    );
    press(&mut window, Modifiers::NONE, Key::T);
    click(&mut window, pos2(400.0, 500.0));
    types(&mut window, "also");
    window.get_by_role_and_label(Role::RadioButton, "Pen").click();
    window.run_ok();
    assert_eq!(texts(&window), ["kept", "also"]);
    assert_eq!(app(&window).board().editor().tool(), Tool::Pen);
}
