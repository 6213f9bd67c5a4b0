//! Other programs' drawings that are dropped on the window, pasted into it and opened.

#[path = "shared/dropped.rs"]
mod dropped;
mod shared;
#[path = "shared/until.rs"]
mod until;

use std::sync::{Arc, Mutex};

use drawbridge_engine::document::{Element, Kind};
use drawbridge_protocol::ElementId;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, pos2};
use egui_kittest::kittest::Queryable;

use drawbridge::clipboard::Html;
use drawbridge::window::Target;
use dropped::drop_on;
use shared::{Window, app, furnished, started, window};
use until::until;

/// Two boxes.
const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">
    <rect x="0" y="0" width="100" height="50" stroke="#000000" fill="none"/>
    <ellipse cx="250" cy="150" rx="40" ry="20" stroke="#c81e14" fill="none"/></svg>"##;

fn shown(window: &Window) -> Vec<Element> {
    app(window).board().shown()
}

/// An Excalidraw scene of one rectangle, as that program writes it.
fn scene() -> String {
    r##"{"type":"excalidraw","version":2,"source":"https://example.org","elements":[{"id":"a","type":"rectangle",
        "x":10,"y":20,"width":120,"height":60,"angle":0,"strokeColor":"#1e1e1e","backgroundColor":"transparent",
        "fillStyle":"solid","strokeWidth":2,"strokeStyle":"solid","roughness":1,"opacity":100,"groupIds":[],
        "frameId":null,"roundness":null,"seed":1,"version":3,"versionNonce":7,"isDeleted":false,"boundElements":null,
        "updated":1,"link":null,"locked":false}],"appState":{"viewBackgroundColor":"#ffffff"},"files":{}}"##
        .to_owned()
}

#[test]
fn a_drawing_that_is_pasted_lies_at_the_pointer_selected_and_is_one_step() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    window.event(Event::PointerMoved(pos2(700.0, 300.0)));
    window.step();
    window.event(Event::Paste(SVG.to_owned()));
    window.step();
    until(&mut window, |window| shown(window).len() == 2);
    let editor = app(&window).board().editor();
    assert_eq!(editor.selected(), 2);
    let frames = shown(&window);
    let around = frames.iter().map(Element::frame).reduce(|a, b| a.union(b));
    let middle = editor.camera().screen_from_board(around.expect("two").center());
    assert!(
        (middle.x - 700.0).abs() < 1.0 && (middle.y - 300.0).abs() < 1.0,
        "{middle:?}"
    );
    window.get_by_role_and_label(Role::Alert, "What was pasted is on the board: 2 things");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_ok();
    assert_eq!(shown(&window).len(), 0);
}

#[test]
fn what_is_not_as_it_was_is_said_and_shown() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    let filtered = SVG.replace("</svg>", r#"<filter id="blur"/></svg>"#);
    window.event(Event::Paste(filtered));
    window.step();
    until(&mut window, |window| shown(window).len() == 1);
    window.get_by_label_contains("Some of it looks different here");
    window.get_by_role_and_label(Role::Button, "See what").click();
    window.run_ok();
    window.get_by_label("Different");
    window.get_by_label("The drawing could not be taken apart and is an image");
    assert!(window.query_by_label("Missing").is_none());
    window.key_press(Key::Escape);
    window.run_ok();
    assert!(window.query_by_label("Different").is_none());
}

#[test]
fn what_tldraw_copies_is_pasted_as_a_drawing_and_other_html_as_its_text() {
    let boards = tempfile::tempdir().expect("a folder");
    let copied = Arc::new(Mutex::new(String::new()));
    let html = Arc::clone(&copied);
    let html = Html::with(move || Some(html.lock().expect("no panic").clone()));
    let mut window = furnished(boards.path(), None, |window| window.pasting(html));
    let mut paste = |html: &str, text: &str, count: usize| {
        let before: Vec<ElementId> = shown(&window).into_iter().map(|element| element.id).collect();
        html.clone_into(&mut copied.lock().expect("no panic"));
        window.event(Event::Paste(text.to_owned()));
        window.step();
        until(&mut window, |window| shown(window).len() == count);
        // In no order of theirs.
        let mut now = shown(&window).into_iter();
        now.find(|element| !before.contains(&element.id))
            .expect("what came")
    };
    let shapes = r#"{"type":"application/tldraw","version":2,"data":{"shapes":[{"typeName":"shape","id":"shape:a","type":"geo",
        "parentId":"page:a","index":"a1","x":0,"y":0,"props":{"geo":"ellipse","w":300,"h":200,"text":"hi"}}],"rootShapeIds":["shape:a"]}}"#;
    // The text beside it says only what is written in the shapes, if anything.
    let oval = paste(&format!(r#"<div data-tldraw="">{shapes}</div>"#), " ", 1);
    assert_eq!((oval.kind, &*oval.text), (Kind::Ellipse, "hi"));
    let words = paste("<b>some words</b>", "some words", 2);
    assert_eq!((words.kind, &*words.text), (Kind::Text, "some words"));
    // One that is cut off leaves its text.
    copied.lock().expect("no panic").truncate(0);
    copied.lock().expect("no panic").push_str("<div data-tldraw>{");
    window.event(Event::Paste("hi".to_owned()));
    window.step();
    until(&mut window, |window| shown(window).len() == 3);
    until(&mut window, |window| {
        window
            .query_by_label_contains("Only the text of what was copied is on the board")
            .is_some()
    });
}

#[test]
fn a_text_that_only_looks_like_a_drawing_becomes_letters() {
    let boards = tempfile::tempdir().expect("a folder");
    let mut window = window(boards.path());
    window.event(Event::Paste("{ not a drawing }".to_owned()));
    window.step();
    until(&mut window, |window| shown(window).len() == 1);
    assert_eq!(shown(&window)[0].kind, Kind::Text);
    assert_eq!(&*shown(&window)[0].text, "{ not a drawing }");
}

#[test]
fn a_scene_that_is_dropped_goes_onto_the_board_and_where_all_boards_are_shown_it_becomes_one() {
    let (boards, files) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let path = files.path().join("plan of the house.excalidraw");
    let locked = scene().replace(r#""locked":false"#, r#""locked":true"#);
    std::fs::write(&path, locked).expect("written");
    let mut window = window(boards.path());
    let first = app(&window).board().board().meta().board.clone();
    drop_on(&mut window, &[&path]);
    until(&mut window, |window| shown(window).len() == 1);
    assert_eq!(shown(&window)[0].kind, Kind::Rectangle);
    // It is to be moved to where it belongs.
    assert!(!shown(&window)[0].locked);
    window.get_by_label_contains("Some of it looks different here");
    assert_eq!(app(&window).board().board().meta().board, first);
    assert_eq!(app(&window).board().title(), "");
    window.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.run_ok();
    assert!(app(&window).is_home());
    drop_on(&mut window, &[&path]);
    until(&mut window, |window| {
        app(window).board().title() == "plan of the house"
    });
    assert_ne!(app(&window).board().board().meta().board, first);
    assert_eq!(shown(&window).len(), 1);
    assert!(shown(&window)[0].locked, "as it was there");
    assert!(!app(&window).is_home());
    assert_eq!(app(&window).board().editor().selected(), 0);
    window.get_by_label_contains("plan of the house.excalidraw is a board of its own now");
    // Its title is no step of its own.
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_ok();
    assert_eq!(shown(&window).len(), 0);
    assert_eq!(app(&window).board().title(), "");
    assert!(!app(&window).board().editor().can_undo());
}

#[test]
fn what_cannot_be_read_is_said_and_changes_nothing() {
    let (boards, files) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let path = files.path().join("broken.excalidraw");
    std::fs::write(&path, &scene()[..200]).expect("written");
    let mut window = window(boards.path());
    drop_on(&mut window, &[&path]);
    until(&mut window, |window| app(window).board().importing() == 0);
    window.get_by_label_contains("broken.excalidraw can't be put on the board");
    assert_eq!(shown(&window).len(), 0);
    assert!(!app(&window).board().editor().can_undo());
}

#[test]
fn a_picture_that_holds_a_board_becomes_elements_and_another_stays_a_picture() {
    let (boards, files) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let mut window = window(boards.path());
    let path = files.path().join("plain.svg");
    std::fs::write(&path, SVG).expect("written");
    drop_on(&mut window, &[&path]);
    until(&mut window, |window| shown(window).len() == 1);
    assert_eq!(shown(&window)[0].kind, Kind::Image);
    let mut held = Element::new(
        drawbridge_protocol::ElementId::new("one").expect("an id"),
        Kind::Ellipse,
        drawbridge_engine::document::Order::default(),
        drawbridge_engine::document::Style::default(),
    );
    held.place = drawbridge_engine::geometry::Affine::scale(80.0);
    let look = drawbridge_engine::export::Look {
        ink: &|_| [0; 3],
        paper: None,
        board: [255; 3],
        images: &drawbridge_engine::export::no_images,
        clip: &|_| None,
    };
    let svg = drawbridge_engine::export::svg::svg(&[held], &look, 8.0, true);
    let path = files.path().join("held.svg");
    std::fs::write(&path, svg).expect("written");
    drop_on(&mut window, &[&path]);
    until(&mut window, |window| shown(window).len() == 2);
    assert!(shown(&window).iter().any(|element| element.kind == Kind::Ellipse));
}

#[test]
fn a_picture_whose_drawing_cannot_be_read_is_a_picture_and_that_is_said() {
    let (boards, files) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let path = files.path().join("torn.svg");
    let torn = "<!-- payload-type:application/vnd.excalidraw+json --><!-- payload-start -->torn</svg>";
    std::fs::write(&path, SVG.replace("</svg>", torn)).expect("written");
    let mut window = window(boards.path());
    drop_on(&mut window, &[&path]);
    until(&mut window, |window| shown(window).len() == 1);
    assert_eq!(shown(&window)[0].kind, Kind::Image);
    window.get_by_label_contains("torn.svg goes onto the board as a picture");
}

#[test]
fn a_file_named_at_the_start_becomes_a_board_whose_pictures_are_kept_first() {
    let (boards, files) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let image = drawbridge_engine::images::take_pixels(2, 1, vec![90; 8]).expect("an image");
    let data = data_encoding::BASE64.encode(&image.image.bytes);
    let scene = format!(
        r#"{{"type":"excalidraw","elements":[{{"type":"image","x":0,"y":0,"width":80,"height":40,"fileId":"f"}}],
        "files":{{"f":{{"mimeType":"image/png","id":"f","dataURL":"data:image/png;base64,{data}"}}}}}}"#
    );
    let path = files.path().join("photo.excalidraw");
    std::fs::write(&path, scene).expect("written");
    let mut window = started(boards.path(), Some(Target::File(path)));
    until(&mut window, |window| {
        let board = app(window).board();
        let all = board.shown();
        let mut pictures = all.iter().filter_map(|element| element.picture);
        assert!(
            pictures.all(|picture| board.images().has(&picture.image)),
            "nothing is shown before it is kept"
        );
        all.len() == 1
    });
    assert_eq!(app(&window).board().title(), "photo");
    assert!(shown(&window)[0].picture.is_some());
}

#[test]
fn a_tldraw_file_is_opened_too() {
    let (boards, files) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let path = files.path().join("talk.tldr");
    let file = r#"{"tldrawFileFormatVersion":1,"schema":{"schemaVersion":2},"records":[
        {"typeName":"page","id":"page:a","name":"Page 1","index":"a1"},
        {"typeName":"shape","id":"shape:a","type":"geo","x":0,"y":0,"rotation":0,"index":"a1","parentId":"page:a",
        "isLocked":false,"opacity":1,"props":{"geo":"rectangle","w":100,"h":60}}]}"#;
    std::fs::write(&path, file).expect("written");
    let mut window = window(boards.path());
    drop_on(&mut window, &[&path]);
    until(&mut window, |window| shown(window).len() == 1);
    assert_eq!(shown(&window)[0].kind, Kind::Rectangle);
}

#[test]
fn what_is_only_a_picture_becomes_a_board_with_that_on_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let photo = folder.path().join("photo.png");
    std::fs::write(&photo, include_bytes!("../packages/drawbridge.png")).expect("written");
    let boards = folder.path().join("data");
    let mut window = started(&boards, Some(Target::File(photo)));
    until(&mut window, |window| shown(window).len() == 1);
    let picture = &shown(&window)[0];
    let image = picture.picture.as_ref().expect("an image").image;
    assert_eq!(picture.kind, Kind::Image);
    assert!(app(&window).board().board().images().has(&image));
    assert_eq!(app(&window).board().title(), "photo");
    // What is neither is still refused.
    let text = folder.path().join("words.png");
    std::fs::write(&text, "words").expect("written");
    let before = shown(&window).len();
    drop_on(&mut window, &[text]);
    until(&mut window, |window| {
        window
            .query_by_label_contains("words.png can't be put on the board")
            .is_some()
    });
    assert_eq!(shown(&window).len(), before);
}

#[test]
fn a_picture_whose_drawing_is_damaged_becomes_a_board_as_a_picture() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plan.svg");
    let damaged = "<!-- payload-type:application/vnd.excalidraw+json --><!-- payload-start -->no<!-- payload-end --><rect ";
    std::fs::write(&path, SVG.replacen("<rect ", damaged, 1)).expect("written");
    let boards = folder.path().join("data");
    let mut window = started(&boards, Some(Target::File(path)));
    until(&mut window, |window| shown(window).len() == 1);
    assert_eq!(shown(&window)[0].kind, Kind::Image);
    until(&mut window, |window| {
        window
            .query_by_label_contains("plan.svg is a board of its own now. 1 thing could not be taken over")
            .is_some()
    });
}
