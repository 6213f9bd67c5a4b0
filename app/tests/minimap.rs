//! The minimap: what it shows and says, what a hand and keys ask of it, and that it rests when nothing changes.

mod shared;
#[path = "shared/until.rs"]
mod until;

use std::time::Duration;

use drawbridge::command::Command;
use drawbridge::panels::Asked;
use drawbridge::panels::minimap::{self, MinimapView, Other, words};
use drawbridge::panels::people::Person;
use drawbridge::theme;
use drawbridge_engine::geometry::{Point, Rect};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use shared::{Window, app, window};
use until::until;

const MAP: &str = "Map of the board";
const FOLD: &str = "Fold the minimap";

/// The panel over a board of 4000 by 2600 units, of which the middle is seen.
fn view() -> MinimapView {
    let other = |conn, name: &str, view, pointer| Other {
        person: Person {
            conn: Some(conn),
            name: name.to_owned(),
            color: "#ca4500".to_owned(),
            ..Person::default()
        }
        .into(),
        view,
        pointer,
    };
    MinimapView {
        open: true,
        seen: Rect::new(1500.0, 1000.0, 2500.0, 1600.0),
        everything: Some(Rect::new(0.0, 0.0, 4000.0, 2600.0)),
        others: vec![
            other(
                2,
                "Ada",
                Some(Rect::new(0.0, 0.0, 800.0, 600.0)),
                Some(Point::new(9.0, 9.0)),
            ),
            other(3, "Bob", Some(Rect::new(9e6, 9e6, 9.1e6, 9.1e6)), None),
            other(4, "Cem", None, None),
        ],
    }
}

fn panel(view: MinimapView) -> Harness<'static, Asked> {
    let mut harness = Harness::builder()
        .with_size([1280.0, 720.0])
        .with_context_setup(theme::apply)
        .build_ui_state(
            move |ui, asked: &mut Asked| {
                minimap::show(&ui.ctx().clone(), &view, 44.0, |_| None, asked);
            },
            Asked::new(),
        );
    harness.run();
    harness
}

fn pointer(harness: &mut Harness<'_, Asked>, at: Pos2, pressed: Option<bool>) {
    harness.event(Event::PointerMoved(at));
    if let Some(pressed) = pressed {
        harness.event(Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    harness.step();
}

/// The only thing that was asked for since the last time: a place to look at.
fn looked_at(harness: &mut Harness<'_, Asked>) -> Point {
    let asked = std::mem::take(harness.state_mut());
    match asked[..] {
        [Command::LookAt(at)] => at,
        _ => panic!("not one place: {asked:?}"),
    }
}

fn near(a: Point, x: f64, y: f64) {
    assert!(a.distance(Point::new(x, y)) < 40.0, "{a} is not ({x}, {y})");
}

#[test]
fn it_says_what_is_seen_and_shows_everybodys_view() {
    let harness = panel(view());
    let map = harness.get_by_role_and_label(Role::Canvas, MAP);
    assert_eq!(map.value().as_deref(), Some("You see about 6 % of the board"));
    let place = map.rect();
    for name in ["Ada", "Bob"] {
        let name = format!("What {name} sees");
        let tag = harness.get_by_role_and_label(Role::Image, &name);
        assert!(place.contains_rect(tag.rect()), "{name} at {}", tag.rect());
    }
    let ada = harness.get_by_label("What Ada sees").rect();
    let bob = harness.get_by_label("What Bob sees").rect();
    assert!(ada.right() < place.center().x && ada.bottom() < place.center().y);
    assert!(bob.right() > place.right() - 4.0 && bob.bottom() > place.bottom() - 4.0);
    assert!(harness.query_by_label("What Cem sees").is_none());
}

#[test]
fn each_share_has_its_words() {
    let seeing = |seen| words(&MinimapView { seen, ..view() });
    assert_eq!(
        seeing(Rect::new(-9.0, -9.0, 5000.0, 3000.0)),
        "You see all of the board"
    );
    assert_eq!(
        seeing(Rect::new(0.0, 0.0, 40.0, 26.0)),
        "You see less than 1 % of the board"
    );
    assert_eq!(
        seeing(Rect::new(9000.0, 0.0, 9100.0, 99.0)),
        "You see nothing of what is on the board"
    );
    let empty = MinimapView {
        everything: None,
        ..view()
    };
    assert_eq!(words(&empty), "Nothing is on the board");
}

#[test]
fn a_press_beside_ones_view_brings_it_there_and_a_drag_pulls_it_on() {
    let mut harness = panel(view());
    let place = harness.get_by_label(MAP).rect();
    let unit = f64::from(place.height() - 12.0) / 2600.0;
    let at = place.center() + vec2((1400.0 * unit) as f32, (-800.0 * unit) as f32);
    pointer(&mut harness, at, None);
    pointer(&mut harness, at, Some(true));
    near(looked_at(&mut harness), 3400.0, 500.0);
    pointer(&mut harness, at - vec2((1000.0 * unit) as f32, 0.0), None);
    near(looked_at(&mut harness), 2400.0, 500.0);
    // Beyond the minimap too: the board has no end.
    pointer(&mut harness, at + vec2((9000.0 * unit) as f32, 0.0), None);
    near(looked_at(&mut harness), 12_400.0, 500.0);
    pointer(&mut harness, place.center(), Some(false));
    harness.run();
}

#[test]
fn ones_view_is_pulled_by_where_it_is_taken_and_a_click_in_it_centres() {
    let mut harness = panel(view());
    let place = harness.get_by_label(MAP).rect();
    let unit = f64::from(place.height() - 12.0) / 2600.0;
    let at = place.center() + vec2((300.0 * unit) as f32, (200.0 * unit) as f32);
    pointer(&mut harness, at, None);
    pointer(&mut harness, at, Some(true));
    assert!(harness.state().is_empty(), "nothing leaps: {:?}", harness.state());
    pointer(&mut harness, at, Some(false));
    near(looked_at(&mut harness), 2300.0, 1500.0);
    pointer(&mut harness, at, Some(true));
    pointer(&mut harness, at + vec2(20.0, 0.0), None);
    near(looked_at(&mut harness), 2000.0 + 20.0 / unit, 1300.0);
    pointer(&mut harness, at + vec2(20.0, 0.0), Some(false));
    harness.run();
}

#[test]
fn arrow_keys_move_the_view_by_a_quarter() {
    let mut harness = panel(view());
    harness.get_by_label(MAP).focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.step();
    near(looked_at(&mut harness), 2250.0, 1300.0);
    harness.key_press(Key::ArrowUp);
    harness.step();
    near(looked_at(&mut harness), 2000.0, 1150.0);
}

#[test]
fn it_folds_and_unfolds() {
    let mut harness = panel(view());
    harness.get_by_role_and_label(Role::Button, FOLD).click();
    harness.run();
    assert_eq!(harness.state()[..], [Command::Minimap]);
    let mut folded = panel(MinimapView {
        open: false,
        ..view()
    });
    assert!(folded.query_by_label(MAP).is_none());
    folded.get_by_role_and_label(Role::Button, "Minimap").click();
    folded.run();
    assert_eq!(folded.state()[..], [Command::Minimap]);
}

/// A stroke across the middle.
fn draw(window: &mut Window) {
    let button = |at, pressed| Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let at = |x| Pos2::new(x, 400.0);
    window.event(Event::PointerMoved(at(500.0)));
    window.event(button(at(500.0), true));
    window.step();
    for x in [600.0, 700.0, 800.0] {
        window.event(Event::PointerMoved(at(x)));
        window.step();
    }
    window.event(button(at(800.0), false));
    window.run_ok();
}

/// Nobody waits that long for a frame.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn it_moves_the_view_of_the_window_and_then_wants_no_frame() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    draw(&mut window);
    window.key_press(Key::M);
    window.run_ok();
    let middle = |window: &Window| {
        let camera = app(window).board().editor().camera();
        camera.board_from_screen(Point::new(640.0, 360.0))
    };
    let before = middle(&window);
    window.get_by_label(MAP).focus();
    window.run_ok();
    window.key_press(Key::ArrowRight);
    window.run_ok();
    near(middle(&window), before.x + 320.0, before.y);
    assert_eq!(app(&window).board().shown().len(), 1);
    let client = app(&window).board().board().client();
    assert!(client.wait_until(LONG, |status| status.unstored == 0));
    let wanted = |window: &Window| {
        let output = window.output().viewport_output.values();
        let delays = output.map(|output| output.repaint_delay);
        delays.min().unwrap_or(Duration::MAX)
    };
    while wanted(&window) < LONG {
        window.step();
    }
}

#[test]
fn it_covers_neither_the_words_below_it_nor_a_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    draw(&mut window);
    window.key_press(Key::M);
    // A hint is said.
    let svg =
        r##"<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/><use href="#a"/></svg>"##;
    window.event(Event::Paste(svg.to_owned()));
    until(&mut window, |window| window.query_by_role(Role::Alert).is_some());
    for width in [1280.0, 900.0] {
        window.set_size(vec2(width, 720.0));
        window.run_ok();
        let map = window.get_by_label(MAP).rect();
        let words = window.get_by_role(Role::Status).rect();
        assert!(map.bottom() < words.top(), "{map} {words}");
        let message = window.get_by_role(Role::Alert).rect();
        assert!(
            map.left() > width / 2.0 + theme::size::MESSAGE / 2.0,
            "{map} {message}"
        );
    }
    window.set_size(vec2(880.0, 720.0));
    window.run_ok();
    assert!(window.query_by_label(MAP).is_none(), "there is no room");
    window.key_press(Key::M);
    window.run_ok();
    let message = window.get_by_role(Role::Alert);
    assert_eq!(
        message.accesskit_node().label().as_deref(),
        Some("The minimap needs a wider window")
    );
    assert!(app(&window).settings().minimap, "it stays as it was set");
}
