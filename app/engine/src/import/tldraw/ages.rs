//! Files of other years say the same in other ways.

use serde_json::{Value, json};

use super::tests::{file, page, rich, said, shape};
use crate::document::Element;
use crate::geometry::{Kind, Point, Route, TextAlign};
use crate::import::Import;

fn one(kind: &str, props: Value) -> Import {
    file(json!([
        page(),
        shape("shape:a", kind, [0.0, 0.0], "page:a", props)
    ]))
}

#[test]
fn arrows_hold_on_in_files_of_both_ages() {
    let oval = |id| {
        shape(
            id,
            "geo",
            [0.0, 0.0],
            "page:a",
            json!({"geo": "ellipse", "w": 10, "h": 20}),
        )
    };
    let new = json!([page(), oval("shape:a"), shape("shape:b", "arrow", [50.0, 0.0], "page:a",
            json!({"start": {"x": 0, "y": 0}, "end": {"x": 40, "y": 30}, "bend": 10, "arrowheadEnd": "triangle", "richText": rich("hi")})),
        {"typeName": "binding", "id": "binding:a", "type": "arrow", "fromId": "shape:b", "toId": "shape:a",
            "props": {"terminal": "start", "normalizedAnchor": {"x": 0.25, "y": 0.5}, "isPrecise": true}}]);
    let old = json!([
        page(),
        oval("shape:a"),
        shape(
            "shape:b",
            "arrow",
            [50.0, 0.0],
            "page:a",
            json!({"start": {"type": "binding", "boundShapeId": "shape:a", "normalizedAnchor": {"x": 0.25, "y": 0.5}},
                "end": {"type": "point", "x": 40, "y": 30}, "bend": 10, "text": "hi"})
        )
    ]);
    for records in [new, old] {
        let import = file(records);
        assert_eq!(said(&import), "");
        let [oval, arrow] = &import.elements[..] else {
            panic!("{:?}", import.elements)
        };
        let tie = arrow.ties[0].as_ref().expect("it holds on");
        assert_eq!((&tie.id, tie.at), (&oval.id, Point::new(0.25, 0.5)));
        assert_eq!(
            (arrow.style.route(), &*arrow.text, arrow.points.len()),
            (Route::Curve, "hi", 3)
        );
    }
}

#[test]
fn an_opacity_of_old_files_counts() {
    let import = one("geo", json!({"geo": "ellipse", "w": 9, "h": 9, "opacity": "0.5"}));
    // Newer ones say it outside.
    assert_eq!(import.elements[0].style.opacity, 1.0);
    let mut old = shape(
        "shape:a",
        "geo",
        [0.0, 0.0],
        "page:a",
        json!({"geo": "ellipse", "w": 9, "h": 9, "opacity": "0.5"}),
    );
    old.as_object_mut().expect("an object").remove("opacity");
    let import = file(json!([page(), old]));
    assert_eq!(
        (import.elements[0].kind, import.elements[0].style.opacity),
        (Kind::Ellipse, 0.5)
    );
}

#[test]
fn a_line_has_the_same_points_in_the_order_of_their_indices() {
    for props in [
        // 2022, 2023, 2024, and since.
        json!({"handles": {"end": {"id": "end", "index": "a2", "x": 9, "y": 9}, "handle:a1V": {"index": "a1V", "x": 5, "y": 0},
            "start": {"id": "start", "index": "a1", "x": 0, "y": 0}}}),
        json!({"handles": {"a2": {"x": 9, "y": 9}, "a1V": {"x": 5, "y": 0}, "a1": {"x": 0, "y": 0}}}),
        json!({"points": [{"x": 0, "y": 0}, {"x": 5, "y": 0}, {"x": 9, "y": 9}]}),
        json!({"points": {"z": {"id": "z", "index": "a1", "x": 0, "y": 0}, "y": {"id": "y", "index": "a2", "x": 9, "y": 9},
            "x": {"id": "x", "index": "a1V", "x": 5, "y": 0}}}),
    ] {
        let import = one("line", props.clone());
        let at = |line: &Element| line.placed().iter().map(|point| point.pos).collect::<Vec<_>>();
        let wanted = [(0.0, 0.0), (5.0, 0.0), (9.0, 9.0)].map(Point::from);
        assert_eq!(at(&import.elements[0]), wanted, "{props}");
        assert_eq!(said(&import), "");
    }
}

#[test]
fn ink_that_does_not_say_so_was_drawn_by_a_pen_if_its_pressures_say_so() {
    let ink = |z: [f64; 3]| {
        let points: Vec<Value> = (0..3).map(|n| json!({"x": 30 * n, "y": 0, "z": z[n]})).collect();
        one("draw", json!({"segments": [{"type": "free", "points": points}]})).elements[0].clone()
    };
    assert!(ink([0.3, 0.3, 0.9]).style.width > ink([0.5, 0.5, 0.5]).style.width);
    assert_eq!(ink([0.5, 0.5, 0.9]).points, ink([0.5, 0.5, 0.5]).points);
}

#[test]
fn a_plain_text_is_read_and_one_that_was_justified_begins_at_the_left() {
    let import = one(
        "text",
        json!({"text": "two\nlines", "align": "justify", "w": 90, "autoSize": true}),
    );
    let text = &import.elements[0];
    assert_eq!(
        (&*text.text, text.style.align, said(&import)),
        ("two\nlines", TextAlign::Left, String::new())
    );
}
