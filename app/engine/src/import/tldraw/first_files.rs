//! Files as the first tldraw wrote them.

use serde_json::{Value, json};

use super::tests::said;
use crate::document::{Color, Ink};
use crate::geometry::{Head, Kind, Point, Shade, TextAlign};
use crate::import::{Import, ImportError, read, tldraw};

fn file(shapes: &Value, bindings: &Value) -> Vec<u8> {
    let page =
        json!({"id": "page", "name": "Page 1", "childIndex": 1, "shapes": shapes, "bindings": bindings});
    json!({"name": "Plan", "fileHandle": {}, "assets": {}, "document": {"id": "doc", "name": "Plan", "version": 15.5,
        "pages": {"page": page}, "pageStates": {"page": {"id": "page", "selectedIds": []}}, "assets": {}}})
    .to_string()
    .into_bytes()
}

fn one(id: &str, kind: &str, at: [f64; 2], rest: &Value) -> (String, Value) {
    let mut shape = json!({"id": id, "type": kind, "name": kind, "parentId": "page", "childIndex": 1, "point": at, "rotation": 0,
        "style": {"color": "black", "size": "small", "isFilled": false, "dash": "draw", "scale": 1}});
    for (name, value) in rest.as_object().expect("members") {
        shape[name] = value.clone();
    }
    (id.to_owned(), shape)
}

fn imported(shapes: Vec<(String, Value)>, bindings: &Value) -> Import {
    let file = file(&Value::Object(shapes.into_iter().collect()), bindings);
    assert!(tldraw::is(&file));
    read(&file).expect("it is read")
}

#[test]
fn a_drawing_of_the_first_tldraw_comes_as_it_was() {
    let style = json!({"color": "indigo", "size": "large", "isFilled": true, "dash": "dashed", "font": "serif", "textAlign": "end"});
    let import = imported(
        vec![
            one(
                "d",
                "rectangle",
                [100.0, 50.0],
                &json!({"size": [200, 100], "label": "hi", "childIndex": 4, "style": style,
                "rotation": std::f64::consts::FRAC_PI_2}),
            ),
            one(
                "a",
                "ellipse",
                [0.0, 0.0],
                &json!({"radius": [50, 20], "childIndex": 1.5, "parentId": "g"}),
            ),
            one(
                "b",
                "draw",
                [10.0, 10.0],
                &json!({"points": [[0, 0, 0.5], [30, 40, 0.5]], "childIndex": 3, "isComplete": true, "style": style}),
            ),
            one(
                "c",
                "sticky",
                [5.0, 6.0],
                &json!({"size": [200, 260], "text": "note", "childIndex": -2, "style": style}),
            ),
            one(
                "g",
                "group",
                [0.0, 0.0],
                &json!({"size": [9, 9], "children": ["a"], "childIndex": 1}),
            ),
        ],
        &json!({}),
    );
    assert_eq!(
        (said(&import), import.title.as_deref()),
        (String::new(), Some("Plan"))
    );
    let kinds: Vec<Kind> = import.elements.iter().map(|element| element.kind).collect();
    assert_eq!(kinds, [Kind::Note, Kind::Ellipse, Kind::Stroke, Kind::Rectangle]);
    let [note, oval, stroke, square] = &import.elements[..] else {
        panic!("{kinds:?}")
    };
    assert_eq!(
        (
            note.place.as_coeffs(),
            note.style.align,
            note.style.color,
            note.style.fill
        ),
        (
            [200.0, 0.0, 0.0, 260.0, 5.0, 6.0],
            TextAlign::Right,
            Color::Ink(Ink::Black),
            Some(Color::Ink(Ink::Blue))
        )
    );
    assert_eq!(
        (oval.place.as_coeffs(), oval.groups.len()),
        ([100.0, 0.0, 0.0, 40.0, 0.0, 0.0], 1)
    );
    assert_eq!(
        (stroke.placed()[1].pos, stroke.points.len()),
        (Point::new(40.0, 50.0), 2)
    );
    // Turned by a quarter about its middle.
    let middle = square.place * Point::new(0.5, 0.5);
    assert!(middle.distance(Point::new(200.0, 100.0)) < 1e-9, "{middle:?}");
    assert!((square.place * Point::ORIGIN).distance(Point::new(250.0, 0.0)) < 1e-9);
    assert_eq!(
        (square.style.color, square.style.shade, &*square.text),
        (Color::Ink(Ink::Blue), Shade::Tint, "hi")
    );
}

#[test]
fn its_arrows_bend_and_hold_on() {
    let handles = json!({"start": {"id": "start", "point": [0, 0], "bindingId": "x"}, "end": {"id": "end", "point": [100, 0]},
        "bend": {"id": "bend", "point": [50, 0]}});
    let bindings = json!({"x": {"id": "x", "fromId": "b", "toId": "a", "handleId": "start", "distance": 16, "point": [0.5, 0.5]}});
    let import = imported(
        vec![
            one("a", "ellipse", [0.0, 0.0], &json!({"radius": [50, 50]})),
            one(
                "b",
                "arrow",
                [300.0, 50.0],
                &json!({"bend": -0.5, "handles": handles, "decorations": {"end": "arrow"}, "childIndex": 2}),
            ),
        ],
        &bindings,
    );
    let [oval, arrow] = &import.elements[..] else {
        panic!("{:?}", import.elements)
    };
    let tie = arrow.ties[0].as_ref().expect("it holds on");
    assert_eq!((&tie.id, tie.at), (&oval.id, Point::new(0.5, 0.5)));
    assert_eq!((arrow.style.start, arrow.style.end), (Head::None, Head::Arrow));
    assert!(arrow.points.len() > 2);
}

#[test]
fn what_cannot_be_read_of_one_is_told_and_what_is_none_is_no_drawing() {
    let shapes = vec![
        one("a", "future", [0.0, 0.0], &json!({})),
        one("b", "draw", [0.0, 0.0], &json!({"points": [[0, 0], "x", [9, 9]]})),
        ("c".to_owned(), json!(5)),
    ];
    let import = imported(shapes, &json!({"x": 5}));
    assert_eq!(import.elements.len(), 1);
    for words in [
        "a shape could not be read",
        "of a kind",
        "parts that could not be read",
    ] {
        assert!(said(&import).contains(words), "{}", said(&import));
    }
    let other = br#"{"document": {"pages": 5}, "pageStates": {}}"#;
    assert_eq!(read(other).expect_err("no drawing"), ImportError::Unknown);
}
