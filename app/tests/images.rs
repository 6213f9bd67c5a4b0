//! Pictures that are dropped on the window, pasted into it and copied out of it.

#[path = "shared/dropped.rs"]
mod dropped;
mod shared;
#[path = "shared/until.rs"]
mod until;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use drawbridge_engine::document::{Element, Kind};
use drawbridge_engine::images::take_pixels;
use egui::accesskit::Role;
use egui::{Color32, ColorImage, Event, Key, Modifiers, pos2};
use egui_kittest::kittest::Queryable;

use dropped::drop_on;
use shared::{Window, app, window};
use until::until;

fn shown(window: &Window) -> Vec<Element> {
    app(window).board().shown()
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

/// A PNG file of so many pixels.
fn png(width: u32, height: u32) -> Vec<u8> {
    let rgba = vec![200; (4 * width * height) as usize];
    take_pixels(width, height, rgba)
        .expect("a picture")
        .image
        .bytes
        .to_vec()
}

fn press(window: &mut Window, key: Key, modifiers: Modifiers) {
    window.key_press_modifiers(modifiers, key);
    window.run_ok();
}

#[test]
fn pictures_that_are_dropped_lie_where_the_pointer_is_and_what_is_none_is_said() {
    let (boards, files) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let mut window = window(boards.path());
    window.event(Event::PointerMoved(pos2(640.0, 400.0)));
    window.step();
    let dropped = [
        file(files.path(), "a.png", &png(120, 80)),
        // What it is says its content.
        file(
            files.path(),
            "b.jpg",
            br#"<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"/>"#,
        ),
        file(files.path(), "notes.png", b"not a picture"),
    ];
    drop_on(&mut window, &dropped);
    until(&mut window, |window| shown(window).len() == 2);
    assert!(shown(&window).iter().all(|element| element.kind == Kind::Image));
    let around = shown(&window)
        .iter()
        .map(Element::frame)
        .reduce(|a, b| a.union(b))
        .expect("two");
    let middle = app(&window)
        .board()
        .editor()
        .camera()
        .screen_from_board(around.center());
    assert!(
        (middle.x - 640.0).abs() < 1.0 && (middle.y - 400.0).abs() < 1.0,
        "{middle:?}"
    );
    window.run_ok();
    let said = "notes.png can't be put on the board: it is no picture that Drawbridge reads: PNG, JPEG, WebP, GIF or SVG";
    window.get_by_role_and_label(Role::Alert, said);
    // One step takes both back.
    press(&mut window, Key::Z, Modifiers::COMMAND);
    assert_eq!(shown(&window).len(), 0);
}

#[test]
fn a_picture_that_is_pasted_is_kept_and_goes_to_another_board_with_its_bytes() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    let pixels = ColorImage::filled([30, 20], Color32::from_rgb(10, 200, 30));
    window.event(Event::PasteImage(Arc::new(pixels)));
    window.step();
    until(&mut window, |window| shown(window).len() == 1);
    let picture = shown(&window)[0].picture.expect("an image");
    assert_eq!(picture.pixels, [30, 20]);
    window.run_ok();
    window.event(Event::Copy);
    window.step();
    let copied = window
        .output()
        .platform_output
        .commands
        .iter()
        .find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
    let copied = copied.expect("a text");
    // Another board, in another folder, that has never seen it.
    let others = tempfile::tempdir().expect("a folder");
    let mut other = shared::window(others.path());
    other.event(Event::Paste(copied));
    other.step();
    until(&mut other, |window| {
        let images = app(window).board().images();
        shown(window).len() == 1 && images.has(&picture.image)
    });
    let image = app(&other)
        .board()
        .images()
        .get(&picture.image)
        .expect("a disk")
        .expect("an image");
    assert_eq!(image.hash(), picture.image);
}

#[test]
fn while_files_are_held_over_the_window_it_says_what_a_drop_does() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    let shapes = |window: &Window| window.output().shapes.len();
    let before = shapes(&window);
    window
        .input_mut()
        .hovered_files
        .push(egui::HoveredFile::default());
    window.step();
    assert!(shapes(&window) > before);
}
