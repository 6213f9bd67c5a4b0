//! Printing: what is made, what opens it, and what is said where that fails.

mod shared;
#[path = "shared/until.rs"]
mod until;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use drawbridge::viewer::Viewer;
use drawbridge_engine::document::Element;
use drawbridge_engine::geometry::Kind;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable};
use shared::{Window, app, furnished};
use until::until;

/// No step takes this long on any machine; it only ends a test that hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// A window that prints to a test: it is told of each file, and what is in it.
fn window(folder: &Path) -> (Window, Receiver<(PathBuf, Vec<u8>)>) {
    let (tell, printed) = channel();
    let viewer = Viewer::with(move |path| {
        let bytes = std::fs::read(path)?;
        // The test may have ended.
        let _ = tell.send((path.to_owned(), bytes));
        Ok(())
    });
    let window = furnished(folder, None, |window| window.viewing(viewer));
    (window, printed)
}

fn press(window: &mut Window, keys: &[Key]) {
    for key in keys {
        window.key_press(*key);
        window.step();
    }
}

/// Draws a box, or puts up a frame, in the middle of the window.
fn draw(window: &mut Window, key: Key) {
    let before = app(window).board().shown().len();
    press(window, &[key, Key::Enter, Key::Escape, Key::Escape]);
    window.run_ok();
    assert_eq!(app(window).board().shown().len(), before + 1);
}

fn print(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.step();
}

fn says(window: &mut Window, words: &str) {
    until(window, |window| {
        let mut alerts = window.query_all_by_role(Role::Alert);
        alerts.any(|alert| {
            let node = alert.accesskit_node();
            node.label().is_some_and(|label| label.contains(words))
        })
    });
}

fn pages(pdf: &[u8]) -> usize {
    assert!(pdf.starts_with(b"%PDF-"));
    let page = b"/Type /Page\n";
    pdf.windows(page.len()).filter(|part| part == page).count()
}

#[test]
fn a_board_is_printed_on_one_page_from_a_file_that_goes_with_the_window() {
    let boards = tempfile::tempdir().expect("a folder");
    let (mut window, printed) = window(boards.path());
    draw(&mut window, Key::R);
    print(&mut window);
    says(&mut window, "opens as a PDF in your viewer");
    let (path, pdf) = printed.recv_timeout(LIMIT).expect("it is opened");
    assert_eq!(pages(&pdf), 1);
    assert_eq!(path.file_name(), Some("Untitled.pdf".as_ref()));
    let folder = path.parent().expect("a folder");
    assert!(folder.starts_with(boards.path()) && path.is_file());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = folder.metadata().expect("a folder").permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "nobody else looks into it");
    }
    drop(window);
    assert!(!path.exists());
}

#[test]
fn each_frame_is_a_page_and_it_is_said_that_the_rest_isnt_there() {
    let boards = tempfile::tempdir().expect("a folder");
    let (mut window, printed) = window(boards.path());
    draw(&mut window, Key::F);
    draw(&mut window, Key::F);
    print(&mut window);
    says(&mut window, "2 frames open as pages");
    let (_, pdf) = printed.recv_timeout(LIMIT).expect("it is opened");
    assert_eq!(pages(&pdf), 2);
    let rest = "What lies outside of frames";
    assert!(window.query_by_label_contains(rest).is_none());
    // The frames are left empty: a box is put beside them.
    draw(&mut window, Key::R);
    window.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    window.step();
    for _ in 0..60 {
        window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
        window.step();
    }
    let shown = app(&window).board().shown();
    let outside = |element: &Element| element.kind == Kind::Rectangle && element.framed_by.is_none();
    assert!(shown.iter().any(outside));
    print(&mut window);
    says(&mut window, rest);
    let (_, pdf) = printed.recv_timeout(LIMIT).expect("it is opened");
    assert_eq!(pages(&pdf), 2);
}

#[test]
fn where_no_program_opens_it_that_is_said_with_another_way() {
    let boards = tempfile::tempdir().expect("a folder");
    // As of a system without one.
    let mut window = shared::window(boards.path());
    draw(&mut window, Key::R);
    print(&mut window);
    says(&mut window, "No program on this computer opened the PDF");
    window.get_by_role_and_label(Role::Button, "Export…").click();
    window.run_ok();
    window.get_by_role_and_label(Role::RadioButton, "PDF");
}

#[test]
fn where_the_disk_takes_nothing_that_is_said_and_nothing_is_opened() {
    let boards = tempfile::tempdir().expect("a folder");
    // A file stands where the folder should be.
    std::fs::write(boards.path().join("printing"), "in the way").expect("written");
    let (mut window, printed) = window(boards.path());
    draw(&mut window, Key::R);
    print(&mut window);
    says(&mut window, "Nothing was printed: the PDF couldn't be written");
    drop(window);
    assert!(printed.recv().is_err(), "nothing was opened");
}

#[test]
fn an_empty_board_isnt_printed_and_what_a_dead_program_left_goes_at_the_next_start() {
    let boards = tempfile::tempdir().expect("a folder");
    let left = boards.path().join("printing/old");
    std::fs::create_dir_all(&left).expect("a folder");
    std::fs::write(left.join("Plan.pdf"), "left").expect("written");
    let (mut window, printed) = window(boards.path());
    assert!(!left.exists());
    print(&mut window);
    window.run_ok();
    let alerts: Vec<_> = window.query_all_by_role(Role::Alert).collect();
    assert!(alerts.is_empty(), "{alerts:?}");
    assert!(!boards.path().join("printing").exists(), "nothing is made");
    drop(window);
    assert!(printed.recv().is_err(), "nothing was opened");
}
