//! What is being drawn looks as it will when it is finished, and lies where it will.

use drawbridge::render::{Drawn, Look, Renderer};
use drawbridge::theme::LIGHT;
use drawbridge_engine::document::Element;
use drawbridge_engine::editor::Editor;
use drawbridge_engine::scene::{Scene, WetKey};
use drawbridge_protocol::Cell;

use super::card::{Card, Picture, card, read};
use super::{AMPLE, board, camera, element, keep, same, stroke};

/// The elements of a board, wet in the order of their names.
fn wet(editor: &Editor, scene: &mut Scene) {
    let mut elements: Vec<Element> = editor.document().elements().collect();
    elements.sort_by(|a, b| a.id.cmp(&b.id));
    for element in elements {
        let key = WetKey::own(element.id.clone());
        // It grows.
        for part in 1..4 {
            let ink = &element.points[..element.points.len() * part / 4];
            scene.put_wet(&key, &element, ink, false);
        }
        scene.put_wet(&key, &element, &element.points, false);
    }
}

fn shown(card: &Card, renderer: &mut Renderer, scene: &Scene, editor: &Editor) -> (Picture, Drawn) {
    let look = Look {
        scene,
        document: editor.document(),
        camera: &camera(0.0, 0.0, 1.0),
        size: [640, 400],
        pixels_per_point: 1.0,
        theme: &LIGHT,
    };
    let drawn = renderer.draw(&look, AMPLE);
    (read(card, renderer), drawn)
}

/// A wave of so many samples.
fn wave(kind: &str, name: &str, samples: u32, rest: &str) -> Cell {
    let mut points = "40 200".to_owned();
    for n in 0..samples {
        let y = (f64::from(n) * 0.12).cos() * 12.0;
        points += &format!(" {} {}", 1 + n % 2, y.round());
    }
    element(kind, name, &format!(r#","points":"{points}"{rest}"#))
}

#[test]
fn a_wet_broken_line_looks_as_when_it_is_finished() {
    let Some(card) = card() else { return };
    let cells = [wave(
        "stroke",
        "d",
        60,
        r#","dash":"dashed","width":6,"color":"purple""#,
    )];
    let editor = board(&cells);
    let mut scene = Scene::default();
    wet(&editor, &mut scene);
    let mut renderer = Renderer::new(&card.0, &card.1);
    let (drawn, _) = shown(card, &mut renderer, &scene, &editor);
    same(
        "a wet broken line",
        &drawn,
        editor.document(),
        &camera(0.0, 0.0, 1.0),
        1.0,
        &LIGHT,
    );
}

#[test]
fn a_long_wet_line_of_the_highlighter_is_of_one_shade_from_end_to_end() {
    let Some(card) = card() else { return };
    let editor = board(&[wave("highlight", "a", 380, r#","width":16,"opacity":0.5"#)]);
    let mut scene = Scene::default();
    wet(&editor, &mut scene);
    assert!(scene.wet_pieces().count() > 2, "it is in several pieces");
    let drawn = |scene: &Scene| shown(card, &mut Renderer::new(&card.0, &card.1), scene, &editor).0;
    let (growing, finished) = (drawn(&scene), drawn(editor.scene()));
    keep("highlighter", "wet", &growing, &LIGHT);
    let covered = growing.pixels.iter().filter(|p| p[3] > 0).count();
    let pairs = growing.pixels.iter().zip(&finished.pixels);
    let apart = pairs.filter(|(a, b)| a[3].abs_diff(b[3]) > 40).count();
    // A seam that is drawn twice, or not at all, would be as long as the line is wide.
    assert!(
        covered > 5000 && apart < 10,
        "{apart} of {covered} pixels are apart"
    );
}

#[test]
fn the_highlighter_draws_under_what_is_finished_and_costs_nothing_when_it_rests() {
    let Some(card) = card() else { return };
    let editor = board(&[stroke("a", "320 100 0 200", r#","width":30"#)]);
    let finished = editor.document().elements().next().expect("a stroke");
    let mut scene = Scene::default();
    scene.update(&finished.id, Some(&finished));
    let mut renderer = Renderer::new(&card.0, &card.1);
    let at = |picture: &Picture, x: usize| picture.pixels[200 * 640 + x];
    let (picture, _) = shown(card, &mut renderer, &scene, &editor);
    let ink = at(&picture, 320);
    assert_eq!((renderer.pictures().count(), ink[3]), (1, 255));
    for kind in ["highlight", "stroke"] {
        let rest = r##","points":"200 200 300 0","width":20,"color":"#ffee00","opacity":0.5"##;
        let drawing = board(&[element(kind, "b", rest)]);
        let drawn = drawing.document().elements().next().expect("a stroke");
        let key = WetKey::own(drawn.id.clone());
        scene.put_wet(&key, &drawn, &drawn.points, false);
        let (picture, frame) = shown(card, &mut renderer, &scene, &editor);
        assert!(frame.resized && renderer.pictures().count() == 2, "{kind}");
        let (crossing, beside) = (at(&picture, 320), at(&picture, 250));
        assert_eq!(crossing == ink, kind == "highlight", "{kind}: {crossing:?}");
        assert!(beside[3].abs_diff(128) < 3 && beside[2] < 3, "{beside:?}");
        scene.remove_wet(&key);
        let (_, frame) = shown(card, &mut renderer, &scene, &editor);
        assert!(
            frame.resized && renderer.pictures().count() == 1,
            "its picture is given back"
        );
    }
}
