//! Files as tldraw writes them, of several ages, and such as mean harm.

use serde_json::{Value, json};

use super::*;
use crate::document::{Color, Element, Ink};
use crate::geometry::{Kind, Point, Shade};

pub(super) fn file(records: Value) -> Import {
    let mut file = json!({"tldrawFileFormatVersion": 1, "schema": {"schemaVersion": 2}});
    file["records"] = records;
    let text = file.to_string();
    assert!(is(text.as_bytes()));
    crate::import::read(text.as_bytes()).expect("it is read")
}

pub(super) fn shape(id: &str, kind: &str, at: [f64; 2], parent: &str, props: Value) -> Value {
    let mut shape = json!({"typeName": "shape", "id": id, "type": kind, "x": at[0], "y": at[1], "rotation": 0, "index": id,
        "parentId": parent, "isLocked": false, "opacity": 1});
    shape["props"] = props;
    shape
}

pub(super) fn page() -> Value {
    json!({"typeName": "page", "id": "page:a", "name": "Page 1", "index": "a1"})
}

pub(super) fn said(import: &Import) -> String {
    import.summary.to_string()
}

pub(super) fn rich(text: &str) -> Value {
    let lines: Vec<Value> = text
        .split('\n')
        .map(|line| json!({"type": "paragraph", "content": [{"type": "text", "text": line}]}))
        .collect();
    json!({"type": "doc", "content": lines})
}

fn place(element: &Element) -> [f64; 6] {
    element.place.as_coeffs().map(|v| (v * 1000.0).round() / 1000.0)
}

#[test]
fn a_box_with_letters_comes_as_it_is() {
    let props = json!({"geo": "rectangle", "w": 200, "h": 100, "growY": 20, "color": "blue", "labelColor": "blue", "fill": "pattern",
        "dash": "dashed", "size": "l", "font": "sans", "align": "end", "verticalAlign": "start", "scale": 1, "richText": rich("one\ntwo")});
    let import = file(json!([
        page(),
        shape("shape:a", "geo", [10.0, 20.0], "page:a", props)
    ]));
    assert_eq!(said(&import), "");
    let [one] = &import.elements[..] else {
        panic!("{:?}", import.elements)
    };
    assert_eq!(
        (one.kind, place(one)),
        (Kind::Rectangle, [200.0, 0.0, 0.0, 120.0, 10.0, 20.0])
    );
    assert_eq!(&*one.text, "one\ntwo");
    assert_eq!(
        (one.style.color, one.style.shade, one.style.width, one.style.size),
        (Color::Ink(Ink::Blue), Shade::Hatch, 5.0, 26.0)
    );
}

#[test]
fn shapes_lie_in_what_they_lie_in() {
    let mut group = shape("shape:b", "group", [100.0, 0.0], "page:a", json!({}));
    group["rotation"] = json!(std::f64::consts::FRAC_PI_2);
    group["opacity"] = json!(0.5);
    let oval = json!({"geo": "ellipse", "w": 10, "h": 20});
    let import = file(json!([
        page(),
        group,
        shape(
            "shape:a",
            "frame",
            [5.0, 5.0],
            "page:a",
            json!({"w": 300, "h": 200, "name": "Plan"})
        ),
        shape("shape:d", "geo", [1.0, 2.0], "shape:b", oval.clone()),
        shape("shape:c", "geo", [1.0, 2.0], "shape:a", oval)
    ]));
    let [frame, framed, grouped] = &import.elements[..] else {
        panic!("{:?}", import.elements)
    };
    assert_eq!(
        (frame.kind, &*frame.name, framed.framed_by.as_ref()),
        (Kind::Frame, "Plan", Some(&frame.id))
    );
    assert_eq!(place(framed), [10.0, 0.0, 0.0, 20.0, 6.0, 7.0]);
    assert_eq!(place(grouped), [0.0, 10.0, -20.0, 0.0, 98.0, 1.0]);
    assert_eq!((grouped.groups.len(), grouped.style.opacity), (1, 0.5));
}

#[test]
fn ink_comes_in_every_form_that_it_has_had() {
    // (1, 2), (2.5, 0) with pressures of 0.5 and 0.75; as differences in two and in three dimensions, and as half floats.
    let bytes = |floats: &[f32], halves: &[u16]| {
        let floats = floats.iter().flat_map(|v| v.to_le_bytes());
        data_encoding::BASE64.encode(
            &floats
                .chain(halves.iter().flat_map(|v| v.to_le_bytes()))
                .collect::<Vec<_>>(),
        )
    };
    let segments = [
        json!({"type": "free", "points": [{"x": 1, "y": 2, "z": 0.5}, {"x": 2.5, "y": 0, "z": 0.75}]}),
        json!({"type": "free", "path": bytes(&[1.0, 2.0, 0.5], &[0x3e00, 0xc000, 0x3400])}),
        json!({"type": "free", "dim": 2, "path": bytes(&[1.0, 2.0], &[0x3e00, 0xc000])}),
        json!({"type": "free", "points": bytes(&[], &[0x3c00, 0x4000, 0x3800, 0x4100, 0, 0x3a00])}),
    ];
    for (n, segment) in segments.into_iter().enumerate() {
        let import = file(json!([
            page(),
            shape(
                "shape:a",
                "draw",
                [10.0, 10.0],
                "page:a",
                json!({"segments": [segment], "isPen": true, "isClosed": false, "color": "red"})
            )
        ]));
        let placed = import.elements[0].placed();
        let at: Vec<Point> = placed.iter().map(|point| point.pos).collect();
        assert_eq!(at, [Point::new(11.0, 12.0), Point::new(12.5, 10.0)], "{n}");
        // What is pressed at the second point comes in gradually.
        let grows = placed[1].pressure > placed[0].pressure + 0.01;
        assert_eq!(grows, n != 2, "{n}: {placed:?}");
    }
}

#[test]
fn what_is_different_is_said() {
    let star = json!({"geo": "star", "w": 100, "h": 100, "richText": rich("hi")});
    let lines = json!({"points": {"a": {"id": "a", "index": "a2", "x": 9, "y": 0}, "b": {"id": "b", "index": "a1", "x": 0, "y": 0}}});
    let import = file(json!([
        page(),
        shape("shape:a", "geo", [0.0, 0.0], "page:a", star),
        shape(
            "shape:b",
            "image",
            [0.0, 0.0],
            "page:a",
            json!({"w": 10, "h": 10, "assetId": null})
        ),
        shape(
            "shape:c",
            "bookmark",
            [0.0, 0.0],
            "page:a",
            json!({"w": 10, "h": 10, "url": "https://example.com"})
        ),
        shape("shape:d", "future", [0.0, 0.0], "page:a", json!({})),
        shape("shape:e", "line", [0.0, 0.0], "page:a", lines),
        shape("shape:f", "note", [0.0, 0.0], "shape:none", json!({"text": "n"}))
    ]));
    let kinds: Vec<Kind> = import.elements.iter().map(|element| element.kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::Line,
            Kind::Text,
            Kind::Rectangle,
            Kind::Rectangle,
            Kind::Line,
            Kind::Note
        ]
    );
    assert_eq!(import.elements[4].placed()[0].pos, Point::ORIGIN);
    let said = said(&import);
    for words in [
        "closed line",
        "label became a text",
        "image is not in the file",
        "bookmark",
        "kind that Drawbridge doesn't have",
        "lies by itself",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn harm_ends_in_an_error_or_a_summary() {
    // Shapes in each other, in themselves, far out, without size, deep, and of wrong types everywhere.
    let oval = json!({"geo": "ellipse", "w": 10, "h": 20});
    let mut records = vec![
        page(),
        shape("shape:a", "group", [0.0, 0.0], "shape:b", json!({})),
        shape("shape:b", "group", [0.0, 0.0], "shape:a", json!({})),
        shape(
            "shape:c",
            "frame",
            [0.0, 0.0],
            "shape:c",
            json!({"w": 10, "h": 10}),
        ),
        shape("shape:d", "geo", [1e300, 0.0], "page:a", oval.clone()),
        shape("shape:e", "geo", [0.0, 0.0], "page:a", json!({"w": -1, "h": 0})),
        shape(
            "shape:f",
            "draw",
            [0.0, 0.0],
            "page:a",
            json!({"segments": [{"path": "AAAA"}, {"path": 7}, {"points": "====", "dim": {}}]}),
        ),
        shape(
            "shape:g",
            "draw",
            [0.0, 0.0],
            "page:a",
            json!({"segments": [{"path": data_encoding::BASE64.encode(&[0xff; 30])}]}),
        ),
        shape(
            "shape:h",
            "arrow",
            [0.0, 0.0],
            "page:a",
            json!({"start": 5, "end": [], "bend": 1e300}),
        ),
        json!({"typeName": "binding", "fromId": "shape:h", "toId": "shape:h", "props": {"terminal": "end", "normalizedAnchor": {"x": 1e300, "y": 0}}}),
        json!(5),
        json!(null),
        json!([]),
    ];
    for name in [
        "geo", "draw", "line", "arrow", "text", "note", "frame", "image", "video",
    ] {
        records.push(shape(&format!("shape:w{name}"), name, [0.0, 0.0], "page:a", json!({"w": "x", "h": [], "points": 3, "handles": "y",
            "segments": {}, "start": null, "size": 4, "color": {}, "richText": [[]], "text": 9, "assetId": {}, "crop": 1})));
    }
    let mut parent = "page:a".to_owned();
    for n in 0..20_000 {
        let id = format!("shape:deep{n}");
        records.push(shape(&id, "group", [1.0, 0.0], &parent, json!({})));
        parent = id;
    }
    records.push(shape("shape:last", "geo", [0.0, 0.0], &parent, oval));
    let import = file(Value::Array(records));
    let last = import
        .elements
        .iter()
        .find(|element| element.place.as_coeffs()[4] == 20_000.0)
        .expect("the deepest");
    assert_eq!(last.groups.len(), crate::document::GROUPS);
    for element in &import.elements {
        assert!(
            element.bounds().is_some_and(|part| part.is_finite()),
            "{element:?}"
        );
    }
    assert!(import.summary.lost() > 5, "{}", said(&import));

    for text in [
        r#"{"tldrawFileFormatVersion":1"#,
        r#"{"tldrawFileFormatVersion":1,"records":7}"#,
        "{\"tldrawFileFormatVersion\":1,\"records\":[\n{]}",
    ] {
        let error = crate::import::read(text.as_bytes()).expect_err("it is broken");
        assert!(
            matches!(error, ImportError::Damaged { format: "tldraw", .. }),
            "{error}"
        );
    }
    let deep = format!(
        r#"{{"tldrawFileFormatVersion":1,"records":[{}{}]}}"#,
        "[".repeat(1_000_000),
        "]".repeat(1_000_000)
    );
    assert!(crate::import::read(deep.as_bytes()).map_or(true, |import| import.elements.is_empty()));
}

#[test]
fn an_arrow_with_the_id_of_a_box_breaks_nothing() {
    let bound = json!({"start": {"type": "binding", "boundShapeId": "shape:b", "normalizedAnchor": {"x": 0.5, "y": 0.5}}, "end": {"x": 90, "y": 9}});
    let square = |id: &str| {
        shape(
            id,
            "geo",
            [300.0, 0.0],
            "page:a",
            json!({"geo": "rectangle", "w": 10, "h": 20}),
        )
    };
    let arrow = shape("shape:a", "arrow", [0.0, 0.0], "page:a", bound);
    for records in [[arrow.clone(), square("shape:a")], [square("shape:a"), arrow]] {
        let [first, second] = records;
        let import = file(json!([page(), square("shape:b"), first, second]));
        assert!(
            import
                .elements
                .iter()
                .any(|element| element.kind == Kind::Rectangle)
        );
    }
}
