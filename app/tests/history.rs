//! The board's past in the window: looked at, played, and brought back, by keys and by what screen readers are told.

mod shared;

use drawbridge_engine::document::Element;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::kittest::{NodeT as _, Queryable};
use shared::{Window, app, window};

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_ok();
}

fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    let button = |at: Pos2, pressed| Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window.event(Event::PointerMoved(from));
    window.event(button(from, true));
    window.step();
    window.event(Event::PointerMoved(from.lerp(to, 0.5)));
    window.step();
    window.event(Event::PointerMoved(to));
    window.event(button(to, false));
    window.run_ok();
}

/// Draws a rectangle with its left upper corner here, and waits until the next change is another moment.
fn rectangle(window: &mut Window, at: Pos2) {
    press(window, Key::R);
    drag(window, at, at + egui::vec2(120.0, 80.0));
    press(window, Key::Escape);
    let began = std::time::Instant::now();
    while began.elapsed() < std::time::Duration::from_millis(300) {
        window.step();
    }
}

/// The elements of the board as it is now, whatever is shown.
fn now(window: &Window) -> Vec<Element> {
    let document = app(window).board().board().editor().document();
    let mut all: Vec<Element> = document.elements().filter(|element| !element.deleted).collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

/// How many are shown.
fn shown(window: &Window) -> usize {
    app(window).board().editor().scene().len()
}

fn look_back(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::H);
    while app(window).board().history().is_none() {
        window.step();
    }
    window.run_ok();
}

fn slider(window: &Window) -> String {
    let slider = window.get_by_role_and_label(Role::Slider, "Moment");
    slider.accesskit_node().value().unwrap_or_default()
}

#[test]
fn the_past_is_gone_through_by_keys_and_told_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    for x in [300.0, 500.0, 700.0] {
        rectangle(&mut window, pos2(x, 250.0));
    }
    look_back(&mut window);
    assert!(slider(&window).ends_with("change 3 of 3"), "{}", slider(&window));
    assert_eq!(shown(&window), 3);
    for (key, left) in [
        (Key::ArrowLeft, 2),
        (Key::ArrowLeft, 1),
        (Key::ArrowRight, 2),
        (Key::Home, 0),
        (Key::PageDown, 1),
        (Key::End, 3),
        (Key::PageUp, 2),
    ] {
        press(&mut window, key);
        assert_eq!(shown(&window), left, "{key:?}");
        assert_eq!(now(&window).len(), 3, "the board stays as it is");
    }
    press(&mut window, Key::Home);
    assert_eq!(slider(&window), "The empty board");
    // It is played to the end, and ends there.
    press(&mut window, Key::Space);
    for _ in 0..5000 {
        window.step();
        if shown(&window) == 3 {
            break;
        }
    }
    assert_eq!(shown(&window), 3);
    press(&mut window, Key::Escape);
    assert!(app(&window).board().history().is_none());
    assert!(window.query_by_role_and_label(Role::Slider, "Moment").is_none());
}

#[test]
fn nothing_can_be_changed_in_the_past_and_why_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    rectangle(&mut window, pos2(300.0, 250.0));
    rectangle(&mut window, pos2(500.0, 250.0));
    let before = now(&window);
    look_back(&mut window);
    press(&mut window, Key::ArrowLeft);
    assert!(
        window
            .query_by_label_contains("Nothing you do here changes it")
            .is_some()
    );
    // Neither a tool, nor a drag, nor a key does anything.
    press(&mut window, Key::R);
    drag(&mut window, pos2(300.0, 250.0), pos2(600.0, 500.0));
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run_ok();
    assert_eq!(app(&window).board().editor().selected(), 1);
    press(&mut window, Key::Delete);
    assert!(
        window
            .query_by_label_contains("nothing can be changed here")
            .is_some()
    );
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_ok();
    assert_eq!((now(&window), shown(&window)), (before, 1));
    assert!(
        window
            .query_by_role_and_label(Role::RadioButton, "Rectangle")
            .is_none()
    );
}

#[test]
fn a_moment_or_some_of_it_is_restored_and_undo_takes_that_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    rectangle(&mut window, pos2(300.0, 250.0));
    let first = now(&window);
    rectangle(&mut window, pos2(500.0, 250.0));
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run_ok();
    press(&mut window, Key::Delete);
    assert!(now(&window).is_empty());

    look_back(&mut window);
    press(&mut window, Key::Home);
    press(&mut window, Key::ArrowRight);
    assert_eq!(shown(&window), 1);
    window
        .get_by_role_and_label(Role::Button, "Restore this moment")
        .click();
    window.run_ok();
    assert!(
        app(&window).board().history().is_none(),
        "one sees what came of it"
    );
    assert_eq!(now(&window), first);
    assert!(window.query_by_label_contains("Undo takes that back").is_some());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_ok();
    assert!(now(&window).is_empty());

    // Just what is selected comes back of two.
    look_back(&mut window);
    press(&mut window, Key::Home);
    press(&mut window, Key::ArrowRight);
    press(&mut window, Key::ArrowRight);
    assert_eq!(shown(&window), 2);
    drag(&mut window, pos2(280.0, 240.0), pos2(440.0, 345.0));
    assert_eq!(app(&window).board().editor().selected(), 1);
    window
        .get_by_role_and_label(Role::Button, "Restore the selection")
        .click();
    window.run_ok();
    assert_eq!(now(&window), first);
}

#[test]
fn everything_is_coloured_by_author_with_a_legend() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    rectangle(&mut window, pos2(300.0, 250.0));
    look_back(&mut window);
    let tinted = |window: &Window| {
        let scene = app(window).board().editor().scene();
        scene.stacked().filter(|(_, item)| item.tint.is_some()).count()
    };
    assert_eq!(tinted(&window), 0);
    window
        .get_by_role_and_label(Role::Button, "Colour by author")
        .click();
    window.run_ok();
    assert_eq!(tinted(&window), 1);
    press(&mut window, Key::ArrowLeft);
    press(&mut window, Key::ArrowRight);
    assert_eq!(tinted(&window), 1);
    window
        .get_by_role_and_label(Role::Button, "Colour by author")
        .click();
    window.run_ok();
    assert_eq!(tinted(&window), 0);
}
