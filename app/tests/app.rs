//! The whole app without a window: drawing, taking back, sharing and joining by hand.

mod shared;

use std::time::{Duration, Instant};

use drawbridge::open::OpenBoard;
use drawbridge::panels::trouble::Trouble;
use drawbridge::wake::Waker;
use drawbridge::window::{self, Beginning, Failure};
use drawbridge_engine::client::{Profile, Start};
use drawbridge_engine::document::{Color, Element, Ink};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use shared::{Window, app, until_open, window};

/// Nobody waits that long for a frame.
const LONG: Duration = Duration::from_secs(60);

fn board(window: &Window) -> &OpenBoard {
    app(window).board()
}

fn button(at: Pos2, button: PointerButton, pressed: bool, modifiers: Modifiers) -> Event {
    Event::PointerButton {
        pos: at,
        button,
        pressed,
        modifiers,
    }
}

/// Presses at the first point, moves through the others, several a frame, and lets go at the last.
fn drag(window: &mut Window, with: PointerButton, points: &[Pos2]) {
    let (first, last) = (points[0], points[points.len() - 1]);
    window.event(Event::PointerMoved(first));
    window.event(button(first, with, true, Modifiers::NONE));
    window.step();
    for some in points[1..].chunks(3) {
        for at in some {
            window.event(Event::PointerMoved(*at));
        }
        window.step();
    }
    window.event(button(last, with, false, Modifiers::NONE));
    window.run_ok();
}

/// A wave from left to right in the middle of the window.
fn wave() -> Vec<Pos2> {
    (0..40)
        .map(|i| {
            let x = 400.0 + 10.0 * i as f32;
            pos2(x, 360.0 + 60.0 * (x / 50.0).sin())
        })
        .collect()
}

fn shown(window: &Window) -> Vec<Element> {
    board(window).shown()
}

fn click(window: &mut Window, role: Role, label: &str) {
    window.get_by_role_and_label(role, label).click();
    window.run_ok();
}

#[test]
fn when_nothing_changes_no_frame_is_wanted() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    drag(&mut window, PointerButton::Primary, &wave());
    let wanted = |window: &Window| {
        let output = window.output().viewport_output.values();
        let delays = output.map(|output| output.repaint_delay);
        delays.min().unwrap_or(Duration::MAX)
    };
    let client = board(&window).board().client();
    assert!(client.wait_until(LONG, |status| status.unstored == 0));
    // The state of saving is said for a moment, hints fade. Then it ends.
    let ends = |window: &mut Window| {
        while wanted(window) < LONG {
            window.step();
        }
    };
    ends(&mut window);
    // A pointer that only moves over the board asks for its own frame, and it ends again.
    window.event(Event::PointerMoved(pos2(500.0, 500.0)));
    window.step();
    ends(&mut window);
}

#[test]
fn a_stroke_is_drawn_taken_back_and_done_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    drag(&mut window, PointerButton::Primary, &wave());
    let strokes = shown(&window);
    assert_eq!(strokes.len(), 1);
    let points = &strokes[0].points;
    assert!(
        points.len() >= 20,
        "every move between two frames counts: {} points",
        points.len()
    );
    let first = strokes[0].place * points[0].pos;
    let camera = board(&window).editor().camera();
    let start = wave()[0];
    let start = camera.board_from_screen((f64::from(start.x), f64::from(start.y)).into());
    assert!(
        first.distance(start) < 0.5,
        "it begins where the pen went down: {first} {start}"
    );

    click(&mut window, Role::Button, "Undo");
    assert!(shown(&window).is_empty());
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.run_ok();
    assert_eq!(shown(&window).len(), 1);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_ok();
    assert!(shown(&window).is_empty());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    window.run_ok();
    assert_eq!(shown(&window).len(), 1);
}

#[test]
fn a_stroke_has_the_ink_and_width_that_were_chosen() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    click(&mut window, Role::RadioButton, "Green");
    click(&mut window, Role::RadioButton, "Broad");
    drag(&mut window, PointerButton::Primary, &wave());
    let strokes = shown(&window);
    assert_eq!(strokes.len(), 1);
    assert_eq!(strokes[0].style.color, Color::Ink(Ink::Green));
    assert!((strokes[0].style.width - 16.0).abs() < 1e-9);
}

#[test]
fn the_eraser_takes_whole_strokes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    drag(&mut window, PointerButton::Primary, &wave());
    drag(
        &mut window,
        PointerButton::Primary,
        &[pos2(400.0, 600.0), pos2(700.0, 600.0)],
    );
    assert_eq!(shown(&window).len(), 2);
    window.key_press(Key::E);
    window.run_ok();
    assert!(
        window
            .query_by_role_and_label(Role::RadioButton, "Green")
            .is_none(),
        "the eraser has no ink"
    );
    drag(
        &mut window,
        PointerButton::Primary,
        &[pos2(600.0, 250.0), pos2(600.0, 350.0), pos2(600.0, 480.0)],
    );
    assert_eq!(shown(&window).len(), 1);
    click(&mut window, Role::Button, "Undo");
    assert_eq!(shown(&window).len(), 2);
}

#[test]
fn escape_gives_up_the_stroke_under_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    window.event(button(
        pos2(500.0, 300.0),
        PointerButton::Primary,
        true,
        Modifiers::NONE,
    ));
    window.event(Event::PointerMoved(pos2(600.0, 300.0)));
    window.step();
    window.key_press(Key::Escape);
    window.step();
    window.event(button(
        pos2(600.0, 300.0),
        PointerButton::Primary,
        false,
        Modifiers::NONE,
    ));
    window.run_ok();
    assert!(shown(&window).is_empty());
}

#[test]
fn hand_middle_button_and_wheel_move_the_view_and_draw_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    let origin = |window: &Window| board(window).editor().camera().origin();
    let start = origin(&window);
    drag(
        &mut window,
        PointerButton::Middle,
        &[pos2(500.0, 300.0), pos2(520.0, 300.0), pos2(600.0, 340.0)],
    );
    let middle = origin(&window);
    assert!(((start - middle) - drawbridge_engine::geometry::Vec2::new(100.0, 40.0)).hypot() < 0.5);
    window.key_press(Key::H);
    window.run_ok();
    drag(
        &mut window,
        PointerButton::Primary,
        &[pos2(600.0, 340.0), pos2(550.0, 320.0), pos2(500.0, 300.0)],
    );
    assert!(origin(&window).distance(start) < 0.5);
    assert!(shown(&window).is_empty());
}

#[test]
fn ctrl_and_wheel_zoom_at_the_pointer() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    let at = pos2(700.0, 400.0);
    let point = drawbridge_engine::geometry::Point::new(700.0, 400.0);
    let before = board(&window).editor().camera().board_from_screen(point);
    window.hover_at(at);
    window.run_ok();
    window.event_modifiers(
        Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, 120.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::COMMAND,
        },
        Modifiers::COMMAND,
    );
    window.run_ok();
    let camera = *board(&window).editor().camera();
    assert!(camera.zoom() > 1.1, "zoomed to {}", camera.zoom());
    assert!(camera.board_from_screen(point).distance(before) < 1e-6);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num0);
    window.run_ok();
    assert!((board(&window).editor().camera().zoom() - 1.0).abs() < 1e-9);
}

#[test]
fn letters_typed_into_the_title_are_no_commands() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    window
        .get_by_role_and_label(Role::TextInput, "Board title")
        .focus();
    window.run_ok();
    window
        .get_by_role_and_label(Role::TextInput, "Board title")
        .type_text("Hepe");
    for key in [Key::H, Key::E] {
        window.key_press(key);
    }
    window.run_ok();
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(board(&window).title(), "Hepe");
    assert_eq!(
        board(&window).editor().tool(),
        drawbridge_engine::tools::Tool::Pen
    );
}

#[test]
fn a_bad_link_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    click(&mut window, Role::Button, "Menu");
    click(&mut window, Role::MenuItem, "Join by link…");
    window.event(Event::Paste("drawbridge://192.168.1.5/board".to_owned()));
    window.run_ok();
    click(&mut window, Role::Button, "Join");
    window.get_by_label_contains("the link has no key");
    click(&mut window, Role::Button, "Close");
    assert!(window.query_by_label("Join").is_none());
}

#[test]
fn a_press_beside_an_open_menu_closes_it_and_draws_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    click(&mut window, Role::Button, "Menu");
    drag(
        &mut window,
        PointerButton::Primary,
        &[pos2(700.0, 400.0), pos2(701.0, 400.0)],
    );
    assert!(
        window
            .query_by_role_and_label(Role::MenuItem, "New board")
            .is_none()
    );
    assert!(shown(&window).is_empty());
}

#[test]
fn a_colour_holds_for_a_stroke_that_begins_in_the_same_frame() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    let swatch = window.get_by_label("Vermilion").rect().center();
    let left = PointerButton::Primary;
    window.event(Event::PointerMoved(swatch));
    window.event(button(swatch, left, true, Modifiers::NONE));
    window.step();
    // A slow machine: released, moved and pressed on the board before the next frame.
    window.input_mut().events.extend([
        button(swatch, left, false, Modifiers::NONE),
        Event::PointerMoved(pos2(600.0, 300.0)),
        button(pos2(600.0, 300.0), left, true, Modifiers::NONE),
    ]);
    window.step();
    window.event(Event::PointerMoved(pos2(660.0, 300.0)));
    window.event(button(pos2(660.0, 300.0), left, false, Modifiers::NONE));
    window.run_ok();
    let colors: Vec<Color> = shown(&window).iter().map(|element| element.style.color).collect();
    assert_eq!(colors, [Color::Ink(Ink::Red)]);
}

#[test]
fn undo_and_redo_pressed_in_one_frame_both_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    drag(&mut window, PointerButton::Primary, &wave());
    let before = shown(&window);
    let key = |modifiers| Event::Key {
        key: Key::Z,
        physical_key: Some(Key::Z),
        pressed: true,
        repeat: false,
        modifiers,
    };
    let ctrl = Modifiers::COMMAND | Modifiers::CTRL;
    window
        .input_mut()
        .events
        .extend([key(ctrl), key(ctrl | Modifiers::SHIFT)]);
    window.step();
    window.run_ok();
    assert_eq!(shown(&window), before);
}

#[test]
fn what_was_drawn_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = window(folder.path());
    drag(&mut first, PointerButton::Primary, &wave());
    let before = shown(&first);
    drop(first);
    let second = window(folder.path());
    assert_eq!(shown(&second), before);
    second.get_by_role_and_label(Role::Status, "Saved on this computer");
}

#[test]
fn another_board_takes_the_place_of_the_open_one_and_gives_it_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    drag(&mut window, PointerButton::Primary, &wave());
    let (first, drawn) = (board(&window).board().meta().board.clone(), shown(&window));
    click(&mut window, Role::Button, "Menu");
    click(&mut window, Role::MenuItem, "New board");
    until_open(&mut window);
    assert_ne!(board(&window).board().meta().board, first);
    assert_eq!(shown(&window), []);
    click(&mut window, Role::Button, "Menu");
    click(&mut window, Role::MenuItem, "Recent boards");
    click(&mut window, Role::MenuItem, "Untitled board");
    until_open(&mut window);
    assert_eq!(board(&window).board().meta().board, first);
    assert_eq!(shown(&window), drawn);
}

#[test]
fn a_window_without_any_board_says_why_and_what_to_do_and_goes_on_when_it_can() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_owned();
    let boards = path.join("boards");
    // No board can be kept where a file is in the way.
    std::fs::write(&boards, "in the way").expect("written");
    let waker = Waker::default();
    let (failure, there) = (Failure::default(), waker.clone());
    let told = Failure::clone(&failure);
    let begin: window::Begin = Box::new(move || match Profile::open(&path, there.function()) {
        Ok(Start::Opened(profile)) => {
            let beginning = Beginning::start(&there, profile, None, Instant::now());
            window::Began::Opening(Box::new(beginning))
        }
        Ok(Start::Running(_)) => panic!("nobody else uses the folder"),
        Err(error) => window::Began::Trouble(Trouble::of_folder(&error)),
    });
    let mut window = Harness::builder()
        .with_size([1280.0, 720.0])
        .build_eframe(|creation| window::Window::new(&creation.egui_ctx, None, &waker, begin, told));
    window.run_ok();
    window.get_by_role_and_label(Role::Alert, "Drawbridge can't begin");
    window.get_by_label_contains("Your boards are as they were.");
    assert!(window.state().app().is_none() && failure.lock().expect("nobody broke").is_some());
    std::fs::remove_file(&boards).expect("removed");
    click(&mut window, Role::Button, "Try again");
    until_open(&mut window);
    window.run_ok();
    assert!(window.state().app().is_some() && failure.lock().expect("nobody broke").is_none());
}
