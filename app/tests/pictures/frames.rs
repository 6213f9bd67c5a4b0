//! What belongs to a frame is cut off at its edge, upright or turned, finished or still drawn, opaque or not.

use drawbridge::render::{Look, Renderer};
use drawbridge::theme::{DARK, LIGHT};
use drawbridge_engine::document::Element;
use drawbridge_engine::editor::Editor;
use drawbridge_engine::geometry::Affine;
use drawbridge_engine::scene::{Scene, WetKey};
use drawbridge_protocol::Cell;

use super::card::{card, read};
use super::{AMPLE, board, camera, compare, element, keep, same, stroke};

const UPRIGHT: [f64; 6] = [300.0, 0.0, 0.0, 200.0, 150.0, 80.0];
const TURNED: [f64; 6] = [220.0, 120.0, -100.0, 180.0, 220.0, 50.0];

fn frame(place: [f64; 6]) -> Cell {
    element(
        "frame",
        "f",
        &format!(r#","place":{place:?},"color":"grey","width":1.5"#),
    )
}

/// A frame, things that lie across its edges and belong to it, and one that doesn't.
fn cells(place: [f64; 6]) -> Vec<Cell> {
    let member = |kind: &str, name: &str, rest: &str| element(kind, name, &format!(r#","frame":"f"{rest}"#));
    vec![
        frame(place),
        member(
            "rectangle",
            "g",
            r#","place":[200,0,0,100,60,40],"fill":"blue","color":"blue","width":6"#,
        ),
        member(
            "ellipse",
            "h",
            r#","place":[180,0,0,120,380,200],"fill":"orange","shade":"solid","opacity":0.5,"width":12"#,
        ),
        member(
            "stroke",
            "i",
            r#","points":"100 180 60 20 80-30 70 40 100-20 80 10","width":9,"color":"red""#,
        ),
        member(
            "stroke",
            "j",
            r#","points":"120 250 90 10 100-20 120 30 100-10","width":24,"opacity":0.4,"color":"green""#,
        ),
        member(
            "rectangle",
            "k",
            r#","place":[90,20,-10,80,330,40],"fill":"purple","shade":"hatch","width":3"#,
        ),
        stroke("l", "60 300 500 0", r#","width":5"#),
    ]
}

#[test]
fn members_are_cut_off_at_the_edge_of_their_frame() {
    for (name, place) in [("upright", UPRIGHT), ("turned", TURNED)] {
        let editor = board(&cells(place));
        for (zoom, theme) in [(1.0, &LIGHT), (0.33, &DARK), (2.6, &LIGHT)] {
            let name = format!("frame {name} at {zoom}");
            compare(&name, &editor, &camera(20.0, 10.0, zoom), 1.0, theme);
        }
    }
}

#[test]
fn far_out_the_edge_is_where_it_is_at_home() {
    let far = |place: [f64; 6]| {
        let [a, b, c, d, e, f] = place;
        [a, b, c, d, e + 900_000.0, f - 700_000.0]
    };
    let rest = format!(
        r#","frame":"f","place":{:?},"fill":"blue","shade":"solid""#,
        far([200.0, 0.0, 0.0, 100.0, 60.0, 40.0])
    );
    let editor = board(&[frame(far(TURNED)), element("rectangle", "g", &rest)]);
    compare(
        "frame far out",
        &editor,
        &camera(900_020.0, -699_990.0, 1.0),
        1.0,
        &LIGHT,
    );
}

#[test]
fn a_frame_that_moves_and_one_that_goes_take_the_edge_along() {
    let Some(card) = card() else { return };
    let mut renderer = Renderer::new(&card.0, &card.1);
    let mut editor = board(&cells(UPRIGHT));
    let camera = camera(0.0, 0.0, 1.0);
    let mut draw = |editor: &Editor, name: &str| {
        let (drawn, frame) = super::shown(card, &mut renderer, editor, &camera, 1.0, &LIGHT);
        same(name, &drawn, editor.document(), &camera, 1.0, &LIGHT);
        frame.made
    };
    draw(&editor, "frame at first");
    let change = |editor: &mut Editor, prop: &str, value: &str| {
        let mut cell = frame(UPRIGHT);
        cell.prop = drawbridge_protocol::Property::new(prop).expect("a property");
        cell.value = drawbridge_protocol::Value::from_text(value.to_owned()).expect("JSON");
        editor.merge(&[cell]);
    };
    change(&mut editor, "place", "[300,0,0,200,110,120]");
    let made = draw(&editor, "frame moved");
    assert_eq!(made, 0, "no shape is made anew for that");
    change(&mut editor, "deleted", "true");
    draw(&editor, "frame gone");
}

#[test]
fn a_wet_stroke_is_cut_off_as_it_will_be() {
    let Some(card) = card() else { return };
    let editor = board(&cells(TURNED));
    let mut scene = Scene::default();
    let mut elements: Vec<Element> = editor.document().elements().collect();
    elements.sort_by(|a, b| a.id.cmp(&b.id));
    let wet: Vec<&Element> = elements
        .iter()
        .filter(|e| ["i", "j"].contains(&e.id.as_str()))
        .collect();
    let frame = &elements[0];
    scene.update(&frame.id, Some(frame));
    for element in &wet {
        scene.put_wet(&WetKey::own(element.id.clone()), element, &element.points, false);
    }
    let mut shown = vec![frame.clone()];
    shown.extend(wet.into_iter().cloned());
    let alone = board(
        &shown
            .iter()
            .map(|e| Cell {
                value: e.base(),
                ..element("frame", e.id.as_str(), "")
            })
            .collect::<Vec<_>>(),
    );
    let camera = camera(0.0, 0.0, 1.0);
    let mut renderer = Renderer::new(&card.0, &card.1);
    let mut draw = |scene: &Scene| {
        let look = Look {
            scene,
            document: editor.document(),
            camera: &camera,
            size: [640, 400],
            pixels_per_point: 1.0,
            theme: &LIGHT,
        };
        renderer.draw(&look, AMPLE);
        read(card, &renderer)
    };
    let drawn = draw(&scene);
    keep("frame", "wet", &drawn, &LIGHT);
    same(
        "wet strokes in a frame",
        &drawn,
        alone.document(),
        &camera,
        1.0,
        &LIGHT,
    );
    // The frame is carried away under the hand, and the edge with it.
    let mut moved = frame.clone();
    moved.place = Affine::translate((600.0, 0.0)) * moved.place;
    scene.update(&moved.id, Some(&moved));
    let gone = draw(&scene);
    let ink = |picture: &super::Picture| picture.pixels.iter().filter(|p| p[3] > 0).count();
    assert!(ink(&gone) * 10 < ink(&drawn), "{} of {}", ink(&gone), ink(&drawn));
}
