//! All boards of a computer in the window: found, opened, renamed, duplicated, deleted and brought back, by role, by pointer and by
//! keys; and boards as files.

#[path = "shared/dropped.rs"]
mod dropped;
#[path = "shared/mouse.rs"]
mod mouse;
mod shared;
#[path = "shared/until.rs"]
mod until;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use drawbridge::command::{Command, Deed, Now};
use drawbridge::panels::Asked;
use drawbridge::panels::home::{self, HomeDraft, HomeView};
use drawbridge::theme;
use drawbridge::window::Target;
use drawbridge_engine::client::{BoardFile, Shelf, Thrown};
use drawbridge_protocol::BoardId;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use dropped::drop_on;
use shared::{Window, app, furnished, until_open, window};
use until::{until, wait};

const NOW: u64 = 1_790_000_000_000;
const HOUR: u64 = 3_600_000;
/// Nobody waits that long for the disk.
const LONG: Duration = Duration::from_secs(60);

#[derive(Default)]
struct State {
    asked: Asked,
    draft: HomeDraft,
    boards: Vec<BoardFile>,
    thrown: Vec<Thrown>,
}

fn id(text: &str) -> BoardId {
    BoardId::new(text).expect("an id")
}

fn file(name: &str, title: Option<&str>, before: u64) -> BoardFile {
    BoardFile {
        id: id(name),
        path: PathBuf::from(format!("{name}.board")),
        title: title.map(str::to_owned),
        relay: None,
        hosted: false,
        role: None,
        modified_ms: NOW - before,
    }
}

/// The screen alone, with these boards, of which `plan` is open.
fn screen(boards: Vec<BoardFile>, thrown: Vec<Thrown>) -> Harness<'static, State> {
    let state = State {
        boards,
        thrown,
        ..State::default()
    };
    let mut harness = Harness::builder()
        .with_size([1000.0, 700.0])
        .with_context_setup(theme::apply)
        .build_ui_state(
            |ui, state: &mut State| {
                let open = id("plan");
                let view = HomeView {
                    boards: &state.boards,
                    thrown: &state.thrown,
                    open: &open,
                    now_ms: NOW,
                    now: Now::default(),
                };
                home::show(ui, &view, &mut state.draft, &|_| None, &mut state.asked);
            },
            state,
        );
    harness.run();
    harness
}

fn some() -> Vec<BoardFile> {
    vec![
        file("plan", Some("Plan"), 0),
        BoardFile {
            relay: Some("relay.example:7411".to_owned()),
            ..file("cafe", Some("Café sketches"), 2 * HOUR)
        },
        file("none", None, 40 * 24 * HOUR),
    ]
}

fn of(board: &str, deed: Deed) -> Command {
    Command::OfBoard(Some(id(board)), deed)
}

fn asked(harness: &mut Harness<'static, State>) -> Asked {
    std::mem::take(&mut harness.state_mut().asked)
}

const PLAN: &str = "Plan, open now, just now";
const CAFE: &str = "Café sketches, 2 hours ago, shared on relay.example:7411";
const NONE: &str = "Untitled, 12 August 2026, 12 August 2026";

#[test]
fn each_board_says_what_it_is_called_when_it_changed_and_where_it_is_shared_and_opens_by_a_click() {
    let mut harness = screen(some(), Vec::new());
    for name in [PLAN, CAFE, NONE] {
        harness.get_by_role_and_label(Role::Button, name);
    }
    harness.get_by_role_and_label(Role::Button, CAFE).click();
    harness.run();
    assert_eq!(asked(&mut harness), [of("cafe", Deed::Open)]);
    for (button, command) in [
        ("New board", Command::NewBoard),
        ("Sample", Command::OpenSample),
        ("Open a file…", Command::ChooseFile),
        ("Back to the board", Command::Home),
    ] {
        harness.get_by_role_and_label(Role::Button, button).click();
        harness.run();
        assert_eq!(asked(&mut harness), [command]);
    }
}

#[test]
fn typing_finds_boards_by_their_titles_and_enter_opens_the_first() {
    let mut harness = screen(some(), Vec::new());
    let field = harness.get_by_role_and_label(Role::TextInput, "Search boards");
    assert!(field.is_focused(), "one types at once");
    field.type_text("CAFE");
    harness.run();
    assert!(harness.query_by_label(PLAN).is_none());
    harness.get_by_label(CAFE);
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(asked(&mut harness), [of("cafe", Deed::Open)]);
    harness.state_mut().draft.query = "zebra".to_owned();
    harness.run();
    harness.get_by_label("No board is called that");
}

#[test]
fn keys_lead_from_card_to_card_and_do_what_the_menu_does() {
    let mut harness = screen(some(), Vec::new());
    let focused = |harness: &Harness<'static, State>, name: &str| {
        harness.get_by_role_and_label(Role::Button, name).is_focused()
    };
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert!(focused(&harness, PLAN));
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert!(focused(&harness, CAFE));
    harness.key_press(Key::End);
    harness.run();
    assert!(focused(&harness, NONE));
    harness.key_press(Key::ArrowLeft);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(asked(&mut harness), [of("cafe", Deed::Open)]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    harness.run();
    assert_eq!(asked(&mut harness), [of("cafe", Deed::Duplicate)]);
    harness.key_press(Key::Delete);
    harness.run();
    assert_eq!(asked(&mut harness), [of("cafe", Deed::Delete)]);

    harness.key_press(Key::F2);
    harness.run();
    let field = harness.get_by_role_and_label(Role::TextInput, "New title");
    assert!(field.is_focused());
    field.type_text("Tea");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(asked(&mut harness), [of("cafe", Deed::Rename("Tea".to_owned()))]);
    assert!(focused(&harness, CAFE), "the keyboard is where it was");
    harness.key_press(Key::F2);
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(asked(&mut harness), [], "given up");
}

#[test]
fn a_thousand_boards_are_gone_through_by_keys_and_only_those_seen_are_laid_out() {
    let boards = (0..1000).map(|n| file(&format!("b{n}"), Some(&format!("Board {n}")), n * HOUR));
    let mut harness = screen(boards.collect(), Vec::new());
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert!(harness.state().draft.seen.len() < 40);
    harness.get_by_label("Board 0, just now");
    assert!(harness.query_by_label_contains("Board 999").is_none());
    harness.key_press(Key::End);
    harness.run();
    let last = harness.get_by_label_contains("Board 999,");
    assert!(last.is_focused());
    assert!(
        harness.state().draft.seen.contains(&id("b999")),
        "it is scrolled to"
    );
    harness.key_press(Key::Home);
    harness.run();
    assert!(harness.get_by_label("Board 0, just now").is_focused());
}

#[test]
fn a_card_has_a_menu_of_what_can_be_done() {
    let mut harness = screen(some(), Vec::new());
    for (item, deed) in [
        ("Duplicate", Deed::Duplicate),
        ("Save a copy…", Deed::SaveCopy),
        ("Show the board's file", Deed::ShowInFolder),
        ("Delete", Deed::Delete),
    ] {
        let button = "What can be done with Café sketches";
        harness.get_by_role_and_label(Role::Button, button).click();
        harness.run();
        harness.get_by_role_and_label(Role::MenuItem, item).click();
        harness.run();
        assert_eq!(asked(&mut harness), [of("cafe", deed)]);
    }
}

#[test]
fn deleted_boards_are_shown_apart_and_a_click_brings_one_back() {
    let thrown = Thrown {
        id: id("old"),
        path: PathBuf::from("old.board"),
        title: Some("Old".to_owned()),
        shared: false,
        thrown_ms: NOW - 2 * HOUR,
    };
    let mut harness = screen(some(), vec![thrown.clone()]);
    harness.get_by_role_and_label(Role::Button, "Deleted (1)").click();
    harness.run();
    assert!(harness.query_by_label(PLAN).is_none());
    harness
        .get_by_label("Old, deleted 2 hours ago, kept for 30 days")
        .click();
    harness.run();
    assert_eq!(asked(&mut harness), [Command::Restore(Some(thrown))]);
    harness
        .get_by_role_and_label(Role::Button, "Show all boards")
        .click();
    harness.run();
    harness.get_by_label(PLAN);
}

// The whole window.

/// Draws frames until nothing is under way with the boards' files.
fn settle(window: &mut Window) {
    window.step();
    while app(window).board().boards().is_busy() || app(window).is_opening() {
        wait(window);
    }
    window.run_ok();
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

fn draw(window: &mut Window) {
    for (at, pressed) in [(pos2(300.0, 300.0), true), (pos2(500.0, 400.0), false)] {
        mouse::press(window, at, pressed);
    }
    window.run_ok();
}

fn drop_file(window: &mut Window, path: &Path) {
    drop_on(window, &[path]);
    settle(window);
    until_open(window);
    settle(window);
}

fn titles(window: &Window) -> Vec<Option<String>> {
    let known = app(window).board().boards().known().iter();
    known.map(|file| file.title.clone()).collect()
}

/// A board of this title with one stroke, open in a new window.
fn titled(folder: &Path, title: &str) -> Window {
    let mut window = window(folder);
    draw(&mut window);
    let field = window.get_by_role_and_label(Role::TextInput, "Board title");
    field.focus();
    window.run_ok();
    window.event(Event::Text(title.to_owned()));
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(app(&window).board().title(), title);
    // Lists read the file.
    let client = app(&window).board().board().client();
    client.sync();
    assert!(client.wait_until(LONG, |status| status.unstored == 0));
    window
}

#[test]
fn home_is_a_key_away_and_esc_leads_back_to_the_board() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = titled(folder.path(), "Plan");
    press(&mut window, Modifiers::COMMAND, Key::O);
    assert!(app(&window).is_home());
    window.get_by_role_and_label(Role::TextInput, "Search boards");
    assert!(window.query_by_label("Pen").is_none(), "no tools");
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(!app(&window).is_home());
    // Another board, and back to the first by its card.
    press(&mut window, Modifiers::COMMAND, Key::N);
    assert_eq!(app(&window).board().title(), "");
    assert_eq!(app(&window).board().recent(), ["Plan"]);
    press(&mut window, Modifiers::COMMAND, Key::O);
    window.get_by_label_contains("Plan, just now").click();
    settle(&mut window);
    assert_eq!(app(&window).board().title(), "Plan");
    assert!(!app(&window).is_home());
}

#[test]
fn a_board_is_duplicated_deleted_and_brought_back_also_the_open_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = titled(folder.path(), "Plan");
    press(&mut window, Modifiers::COMMAND, Key::O);
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::COMMAND, Key::D);
    settle(&mut window);
    let plan = || Some("Plan".to_owned());
    let copy = || Some("Plan (copy)".to_owned());
    let mut all = titles(&window);
    all.sort();
    assert_eq!(all, [plan(), copy()]);

    // The one that is open goes, and the other takes its place.
    window.get_by_label_contains("Plan, open now").focus();
    window.run_ok();
    press(&mut window, Modifiers::NONE, Key::Delete);
    settle(&mut window);
    assert_eq!(app(&window).board().title(), "Plan (copy)");
    assert_eq!(app(&window).board().shown().len(), 1, "with what is on it");
    assert!(app(&window).is_home());
    assert_eq!(titles(&window), [copy()]);
    window.get_by_role_and_label(Role::Button, "Undo").click();
    settle(&mut window);
    let mut all = titles(&window);
    all.sort();
    assert_eq!(all, [plan(), copy()]);

    // By keys, in this screen.
    window.get_by_label_contains("Plan, just now").focus();
    window.run_ok();
    press(&mut window, Modifiers::NONE, Key::Delete);
    assert_eq!(titles(&window), [copy()]);
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!(titles(&window).len(), 2);
}

#[test]
fn a_file_is_opened_and_merged_back_into_the_board_that_is_open() {
    let (ada, bob) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let mailed = ada.path().join("Plan.board");
    let mut window = titled(ada.path(), "Plan");
    let save = |window: &mut Window, to: &Path| {
        let board = app(window).board();
        let client = board.board().client();
        client.sync();
        assert!(client.wait_until(LONG, |status| status.unstored == 0));
        let shelf = board.profile().shelf();
        shelf.save_copy(&board.listed().id, to).expect("copied");
    };
    save(&mut window, &mailed);

    // Named at the start, it is there before the window was drawn for the first time.
    let there = Shelf::of(bob.path()).file(&app(&window).board().listed().id);
    let mut theirs = furnished(bob.path(), Some(Target::File(mailed)), |window| {
        let since = Instant::now();
        while !there.is_file() {
            assert!(since.elapsed() < LONG, "it doesn't come");
            std::thread::yield_now();
        }
        window
    });
    until(&mut theirs, |theirs| {
        app(theirs).board().title() == "Plan" && !app(theirs).is_opening()
    });
    let zoom = app(&theirs).board().editor().camera().zoom();
    assert!((zoom - 1.0).abs() < 1e-9, "all of it is in view: {zoom}");
    assert_eq!(app(&theirs).board().title(), "Plan");
    assert_eq!(app(&theirs).board().shown().len(), 1);
    theirs.get_by_label_contains("is among your boards now");
    draw(&mut theirs);
    draw(&mut window);
    let back = bob.path().join("Plan back.board");
    save(&mut theirs, &back);
    drop_file(&mut window, &back);
    // The common one and both.
    until(&mut window, |window| app(window).board().shown().len() == 3);
    window.get_by_label_contains("“Plan” is here already: 1 thing came from Plan back.board");

    let words = ada.path().join("words.board");
    std::fs::write(&words, "Dear Ada").expect("written");
    drop_file(&mut window, &words);
    window.get_by_label_contains("words.board wasn't opened: the file is not a Drawbridge board");
    assert_eq!(app(&window).board().shown().len(), 3);
}

#[test]
fn pictures_are_made_in_the_background_also_of_a_board_that_was_just_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = titled(folder.path(), "Plan");
    let plan = app(&window).board().listed().id;
    press(&mut window, Modifiers::COMMAND, Key::N);
    let shelf = app(&window).board().profile().shelf();
    let since = Instant::now();
    // On whichever paper the window has.
    let picture = |board: &BoardId| {
        [false, true]
            .into_iter()
            .find_map(|dark| shelf.picture(board, dark, 0))
    };
    let until_pictured = |window: &mut Window, board: &BoardId| loop {
        window.step();
        if let Some(kept) = picture(board) {
            break kept;
        }
        assert!(since.elapsed() < LONG, "no picture came");
    };
    let kept = until_pictured(&mut window, &plan);
    assert!(kept.png.starts_with(b"\x89PNG"));
    assert_eq!(Some(kept.modified_ms), shelf.modified_ms(&plan));
    // The one that is open gets its own once all are looked at.
    press(&mut window, Modifiers::COMMAND, Key::O);
    let open = app(&window).board().listed().id;
    until_pictured(&mut window, &open);
}
