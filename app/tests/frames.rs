//! Frames in the window: drawn, named in place, gone through and presented; and reactions.

mod shared;

use drawbridge_engine::document::Element;
use drawbridge_engine::geometry::Kind;
use drawbridge_engine::tools::Tool;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::kittest::Queryable;
use shared::{Window, app, window};

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_ok();
}

fn drag(window: &mut Window, points: &[Pos2]) {
    let button = |at: Pos2, pressed| Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window.event(Event::PointerMoved(points[0]));
    window.event(button(points[0], true));
    window.step();
    for at in &points[1..] {
        window.event(Event::PointerMoved(*at));
        window.step();
    }
    window.event(button(points[points.len() - 1], false));
    window.run_ok();
}

fn frames(window: &Window) -> Vec<Element> {
    let mut all = app(window).board().shown();
    all.retain(|element| element.kind == Kind::Frame);
    all.sort_by(|a, b| a.place.translation().x.total_cmp(&b.place.translation().x));
    all
}

/// A window with two frames side by side; the second one is selected.
fn two(window: &mut Window) {
    for x in [300.0, 700.0] {
        press(window, Key::F);
        drag(
            window,
            &[pos2(x, 250.0), pos2(x + 50.0, 300.0), pos2(x + 250.0, 450.0)],
        );
    }
    assert_eq!(frames(window).len(), 2);
}

fn type_in(window: &mut Window, name: &str) {
    window.event(Event::Text(name.to_owned()));
    window.run_ok();
}

#[test]
fn a_frame_is_named_by_a_key_by_a_double_click_on_its_name_and_not_by_esc() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    two(&mut window);
    press(&mut window, Key::F2);
    assert!(
        window
            .query_by_role_and_label(Role::TextInput, "Name of the frame")
            .is_some()
    );
    type_in(&mut window, "Plan");
    press(&mut window, Key::Enter);
    let names = |window: &Window| {
        frames(window)
            .iter()
            .map(|f| f.name.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&window), ["", "Plan"]);
    assert!(
        window
            .query_by_role_and_label(Role::TextInput, "Name of the frame")
            .is_none()
    );
    // The letters took no tool.
    assert_eq!(app(&window).board().editor().tool(), Tool::Select);
    press(&mut window, Key::Escape);
    // A click on the first one's name takes it, a second one opens the field.
    let at = pos2(310.0, 240.0);
    drag(&mut window, &[at]);
    let selected = app(&window).board().editor().selected_frame();
    assert_eq!(
        selected.map(|frame| frame.id),
        Some(frames(&window)[0].id.clone())
    );
    assert!(
        window
            .query_by_role_and_label(Role::TextInput, "Name of the frame")
            .is_none()
    );
    // Between two frames, since those are far apart in a test.
    let click = [true, false, true, false].map(|pressed| Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    });
    window.input_mut().events.extend(click);
    window.run_ok();
    assert!(
        window
            .query_by_role_and_label(Role::TextInput, "Name of the frame")
            .is_some()
    );
    type_in(&mut window, "x");
    press(&mut window, Key::Escape);
    assert_eq!(names(&window), ["", "Plan"], "given up");
    // A press beside it takes what was typed, for that frame and no other.
    press(&mut window, Key::F2);
    type_in(&mut window, "Start");
    drag(&mut window, &[pos2(710.0, 240.0)]);
    window.run_ok();
    assert_eq!(names(&window), ["Start", "Plan"]);
}

#[test]
fn keys_lead_from_frame_to_frame_and_present_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    two(&mut window);
    press(&mut window, Key::Escape);
    let middle = |window: &Window| {
        let editor = app(window).board().editor();
        editor
            .camera()
            .board_from_screen((editor.size().to_vec2() * 0.5).to_point())
    };
    let at = |window: &Window, number: usize| {
        let frame = frames(window)[number].frame();
        frame.center().distance(middle(window)) < 1.0
    };
    press(&mut window, Key::PageDown);
    assert!(at(&window, 0));
    press(&mut window, Key::PageDown);
    assert!(at(&window, 1));
    press(&mut window, Key::PageDown);
    assert!(at(&window, 1), "the last one is the last");
    press(&mut window, Key::PageUp);
    assert!(at(&window, 0));
    let tools = |window: &Window| window.query_by_label("Menu").is_some();
    assert!(tools(&window));
    press(&mut window, Key::F5);
    assert!(at(&window, 0) && !tools(&window));
    press(&mut window, Key::Space);
    assert!(at(&window, 1));
    press(&mut window, Key::Home);
    assert!(at(&window, 0));
    press(&mut window, Key::ArrowRight);
    press(&mut window, Key::ArrowLeft);
    assert!(at(&window, 0));
    press(&mut window, Key::End);
    assert!(at(&window, 1));
    let before = app(&window).board().shown();
    press(&mut window, Key::Escape);
    assert!(tools(&window));
    assert_eq!(
        app(&window).board().editor().tool(),
        Tool::Select,
        "as it was before"
    );
    assert_eq!(app(&window).board().shown().len(), before.len());
}

#[test]
fn a_digit_picks_a_reaction_that_is_seen_and_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    window.event(Event::PointerMoved(pos2(500.0, 400.0)));
    window.run_ok();
    press(&mut window, Key::Y);
    assert!(window.query_by_role_and_label(Role::Button, "Heart").is_some());
    window.key_press(Key::Num2);
    window.step();
    window.step();
    let board = app(&window).board();
    let seen: Vec<String> = board.editor().reactions().map(|r| r.emoji.to_string()).collect();
    assert_eq!(seen, ["❤"]);
    assert!(
        window.query_by_role_and_label(Role::Button, "Heart").is_none(),
        "the palette is closed"
    );
    assert_eq!(
        app(&window).board().editor().tool(),
        Tool::Pen,
        "the digit took no tool"
    );
    assert!(app(&window).board().shown().is_empty());
}
