//! A drawing made in the window: by the keyboard alone, and by pointer with the panels.

mod shared;

use drawbridge_engine::document::{Color, Dash, Element, Ink};
use drawbridge_engine::geometry::Kind;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use shared::{Window, app, window};

/// What is on the board, from the lowest to the topmost.
fn shown(window: &Window) -> Vec<Element> {
    let mut all = app(window).board().shown();
    all.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
    all
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
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

/// What a screen reader is told of the board.
fn said(window: &Window) -> String {
    let board = window.get_by_role_and_label(Role::Canvas, "Board");
    board.accesskit_node().value().unwrap_or_default()
}

#[test]
fn a_drawing_is_made_by_the_keyboard_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    assert_eq!(said(&window), "0 elements");
    press(&mut window, Modifiers::NONE, Key::R);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(said(&window), "1 element, 1 selected");
    let first = shown(&window)[0].frame();
    press(&mut window, Modifiers::SHIFT, Key::ArrowRight);
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(
        shown(&window)[0].frame(),
        first + drawbridge_engine::geometry::Vec2::new(10.0, 1.0)
    );
    press(&mut window, Modifiers::COMMAND, Key::D);
    assert_eq!(said(&window), "2 elements, 1 selected");
    press(&mut window, Modifiers::NONE, Key::A);
    press(&mut window, Modifiers::NONE, Key::Enter);
    press(&mut window, Modifiers::COMMAND, Key::A);
    assert_eq!(said(&window), "3 elements, 3 selected");
    press(&mut window, Modifiers::COMMAND, Key::G);
    assert!(shown(&window).iter().all(|element| element.groups.len() == 1));
    press(&mut window, Modifiers::SHIFT, Key::H);
    press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(said(&window), "3 elements");
    press(&mut window, Modifiers::ALT, Key::ArrowRight);
    press(&mut window, Modifiers::NONE, Key::Delete);
    assert_eq!(said(&window), "2 elements");
    let kinds: Vec<Kind> = shown(&window).iter().map(|element| element.kind).collect();
    assert_eq!(kinds, [Kind::Rectangle, Kind::Line]);
    for _ in 0..20 {
        press(&mut window, Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(said(&window), "0 elements");
}

#[test]
fn what_is_drawn_and_selected_by_pointer_is_styled_in_the_panel() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    press(&mut window, Modifiers::NONE, Key::O);
    drag(
        &mut window,
        &[pos2(400.0, 300.0), pos2(450.0, 340.0), pos2(600.0, 420.0)],
    );
    press(&mut window, Modifiers::NONE, Key::L);
    drag(
        &mut window,
        &[pos2(700.0, 300.0), pos2(750.0, 340.0), pos2(900.0, 420.0)],
    );
    drag(
        &mut window,
        &[pos2(350.0, 250.0), pos2(500.0, 400.0), pos2(950.0, 500.0)],
    );
    assert_eq!(said(&window), "2 elements, 2 selected");
    let click = |window: &mut Window, label: &str| {
        window.get_by_role_and_label(Role::RadioButton, label).click();
        window.run_ok();
    };
    click(&mut window, "Dashed line");
    assert!(
        shown(&window)
            .iter()
            .all(|element| element.style.dash == Dash::Dashed)
    );
    // Both sections of colours have their own inks.
    let red = |window: &Window| window.query_all_by_label_contains("Vermilion").count();
    assert!(red(&window) >= 2, "stroke and fill");
    press(&mut window, Modifiers::NONE, Key::Escape);
    drag(
        &mut window,
        &[pos2(400.0, 360.0), pos2(410.0, 380.0), pos2(430.0, 400.0)],
    );
    let frame = shown(&window)[0].frame();
    assert_eq!((frame.x0, frame.y0), (430.0, 340.0), "moved by its line");
    press(&mut window, Modifiers::COMMAND, Key::Z);
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert!(
        shown(&window)
            .iter()
            .all(|element| element.style.dash == Dash::Solid)
    );
    assert_eq!(shown(&window)[0].style.color, Color::Ink(Ink::Black));
}

#[test]
fn a_tools_key_holds_for_a_press_in_the_same_frame() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    press(&mut window, Modifiers::NONE, Key::R);
    window.key_press(Key::O);
    drag(
        &mut window,
        &[pos2(400.0, 300.0), pos2(450.0, 340.0), pos2(600.0, 420.0)],
    );
    assert_eq!(shown(&window)[0].kind, Kind::Ellipse);
}
