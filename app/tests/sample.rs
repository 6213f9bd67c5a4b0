//! The sample board: offered where there is nothing yet, and a board of its own where there is.

#[path = "shared/mouse.rs"]
mod mouse;
mod shared;

use drawbridge::sample;
use drawbridge_engine::document::{Element, Kind};
use egui::{Event, Key, Modifiers, pos2};
use egui_kittest::kittest::Queryable;
use mouse::press;
use shared::{Window, app, until_open, window};

const OFFER: &str = "Open the sample board";

fn shown(window: &Window) -> Vec<Element> {
    app(window).board().shown()
}

/// Looks at all that the sample is to show.
fn is_there(window: &Window) {
    let all = shown(window);
    let of = |kind: Kind| all.iter().filter(move |element| element.kind == kind);
    assert_eq!(of(Kind::Frame).count(), 4);
    let frames: Vec<_> = of(Kind::Frame).map(|frame| &frame.id).collect();
    let framed = |element: &&Element| element.framed_by.as_ref().is_some_and(|id| frames.contains(&id));
    assert_eq!(
        all.iter().filter(framed).count(),
        all.len() - 4,
        "each in its frame"
    );
    let ids: Vec<_> = all.iter().map(|element| &element.id).collect();
    let holds = |line: &&Element| {
        line.ties
            .iter()
            .all(|tie| tie.as_ref().is_some_and(|tie| ids.contains(&&tie.id)))
    };
    assert!(of(Kind::Line).filter(holds).count() >= 6, "arrows that hold on");
    assert!(
        of(Kind::Line).filter(|line| !line.text.is_empty()).count() >= 3,
        "with labels"
    );
    assert!(of(Kind::Note).all(|note| !note.text.is_empty()));
    let image = of(Kind::Image)
        .next()
        .and_then(|image| image.picture)
        .expect("an image");
    let bytes = app(window).board().board().client().images().get(&image.image);
    assert!(matches!(bytes, Ok(Some(_))), "the picture came along: {bytes:?}");
    assert_eq!(app(window).board().title(), sample::TITLE);
}

#[test]
fn on_the_first_board_the_sample_is_offered_and_fills_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    window.get_by_label(OFFER).click();
    window.run_ok();
    is_there(&window);
    assert!(window.query_by_label(OFFER).is_none());
    assert!(app(&window).board().recent().is_empty(), "no board beside it");
}

#[test]
fn where_something_is_drawn_the_sample_is_a_board_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    for (at, pressed) in [(pos2(300.0, 300.0), true), (pos2(500.0, 400.0), false)] {
        press(&mut window, at, pressed);
    }
    window.run_ok();
    assert_eq!(shown(&window).len(), 1);
    assert!(window.query_by_label(OFFER).is_none());
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run_ok();
    window.event(Event::Text("sample".to_owned()));
    window.run_ok();
    window.key_press(Key::Enter);
    window.step();
    until_open(&mut window);
    window.run_ok();
    is_there(&window);
    assert_eq!(app(&window).board().recent().len(), 1, "what was drawn is kept");
}
