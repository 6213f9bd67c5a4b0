//! What can't be saved is said, keeps its board open, and is saved when it can be.

#[path = "shared/mouse.rs"]
mod mouse;
mod shared;

use std::time::Duration;

use drawbridge::command::Command;
use egui::accesskit::Role;
use egui::{Key, Modifiers, pos2};
use egui_kittest::kittest::Queryable;
use mouse::press;
use rusqlite::Connection;
use shared::{Window, app, until_open, window};

/// Nobody waits that long for a disk.
const LONG: Duration = Duration::from_secs(60);

fn click(window: &mut Window, role: Role, label: &str) {
    window.get_by_role_and_label(role, label).click();
    window.run_ok();
}

fn wait(window: &mut Window, wanted: impl Fn(&drawbridge_engine::client::Status) -> bool) {
    let client = app(window).board().board().client();
    assert!(client.wait_until(LONG, wanted));
    window.run_ok();
}

#[test]
fn what_another_program_keeps_from_being_saved_is_said_and_saved_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    let board = app(&window).board().board().meta().board.clone();
    let file = app(&window).board().profile().board_file(&board);
    let other = Connection::open(&file).expect("the board's file");
    other.execute_batch("BEGIN IMMEDIATE").expect("it is free");
    press(&mut window, pos2(400.0, 300.0), true);
    press(&mut window, pos2(600.0, 300.0), false);
    wait(&mut window, |status| status.store_error.is_some());
    let words = "another program holds the board's file; close it there, it is tried again by itself";
    window.get_by_role_and_label(Role::Status, &format!("Not saved on this computer: {words}"));
    // All of it, by keyboard.
    window.key_press_modifiers(Modifiers::SHIFT, Key::S);
    window.run_ok();
    window.get_by_role_and_label(Role::Status, "Not saved on this computer");
    window.get_by_label_contains("leave the app open");
    window.get_by_role_and_label(Role::Status, "Not shared");
    window.key_press(Key::Escape);
    window.run_ok();
    assert!(window.query_by_label("Not shared").is_none());
    // The board stays open: what is only on the screen would be lost.
    click(&mut window, Role::Button, "Menu");
    click(&mut window, Role::MenuItem, "New board");
    window.get_by_label_contains("Another board can be opened once this one is saved");
    assert_eq!(app(&window).board().board().meta().board, board);
    // Nor is it deleted, now or when another one is opened later on.
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run_ok();
    let field = window.get_by_role_and_label(Role::TextInput, "Find a command");
    field.type_text("Delete the board");
    window.run_ok();
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(app(&window).board().board().meta().board, board);
    other.execute_batch("COMMIT").expect("it ends");
    wait(&mut window, |status| {
        status.store_error.is_none() && status.unstored == 0
    });
    click(&mut window, Role::Button, "Dismiss");
    click(&mut window, Role::Button, "Menu");
    click(&mut window, Role::MenuItem, "New board");
    until_open(&mut window);
    assert_ne!(app(&window).board().board().meta().board, board);
    assert!(file.exists(), "it is where it was");
    let stored: i64 = other
        .query_row("SELECT count(*) FROM cells WHERE prop = 'base'", [], |row| {
            row.get(0)
        })
        .expect("it can be read");
    assert_eq!(stored, 1);
}

#[test]
fn settings_that_cannot_be_read_are_put_aside_and_that_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("settings.json"), "{\"name\": \"Ada\"").expect("written");
    let window = window(folder.path());
    window.get_by_label_contains("Your settings could not be read and begin anew");
    let aside = folder.path().join("settings.json.unreadable");
    assert_eq!(
        std::fs::read_to_string(aside).expect("kept"),
        "{\"name\": \"Ada\""
    );
}

#[test]
fn first_steps_are_shown_until_somebody_draws_and_never_again_by_themselves() {
    const FIRST: &str = "Draw: the pen is in your hand, and each stroke is saved as you make it.";
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = window(folder.path());
    for words in [FIRST, "Ctrl+K finds any command, ? lists the keys."] {
        first.get_by_label(words);
    }
    press(&mut first, pos2(400.0, 300.0), true);
    press(&mut first, pos2(600.0, 300.0), false);
    first.run_ok();
    assert!(first.query_by_label(FIRST).is_none() && app(&first).settings().greeted);
    wait(&mut first, |status| status.unstored == 0);
    drop(first);
    let mut again = window(folder.path());
    assert!(again.query_by_label(FIRST).is_none());
    click(&mut again, Role::Button, "Menu");
    click(&mut again, Role::MenuItem, "First steps");
    again.get_by_label(FIRST);
    click(&mut again, Role::Button, "Got it");
    assert!(again.query_by_label(FIRST).is_none());
    assert!(drawbridge::command::find(&Command::ShowHints).is_some());
}
