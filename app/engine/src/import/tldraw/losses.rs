//! What of a tldraw file is lost or different is said, and nothing else.

use serde_json::{Value, json};

use super::tests::{file, page, rich, said, shape};
use crate::document::{Color, HIGHLIGHT, Ink};
use crate::geometry::Kind;
use crate::import::Import;

fn one(kind: &str, props: Value) -> Import {
    file(json!([
        page(),
        shape("shape:a", kind, [0.0, 0.0], "page:a", props)
    ]))
}

fn oval(id: &str, at: [f64; 2]) -> Value {
    shape(
        id,
        "geo",
        at,
        "page:a",
        json!({"geo": "ellipse", "w": 100, "h": 100}),
    )
}

fn bound(arrow: &str, target: &str, end: &str, at: f64) -> Value {
    json!({"typeName": "binding", "id": format!("binding:{arrow}{end}"), "type": "arrow", "fromId": arrow, "toId": target,
        "props": {"terminal": end, "normalizedAnchor": {"x": at, "y": 0.5}, "isPrecise": true}})
}

#[test]
fn a_highlight_shines_through() {
    let ink = json!({"segments": [{"points": [{"x": 0, "y": 0}, {"x": 9, "y": 9}]}]});
    let import = one("highlight", ink);
    assert_eq!(
        (import.elements[0].kind, import.elements[0].style.opacity),
        (Kind::Highlight, HIGHLIGHT)
    );
}

#[test]
fn a_label_that_stands_apart_is_wrapped_within_its_shape() {
    let words = "Many words that have no room in one line of it";
    for (align, part) in [("start", 0.0), ("middle", 0.5), ("end", 1.0)] {
        let import = one(
            "geo",
            json!({"geo": "star", "w": 200, "h": 900, "richText": rich(words), "verticalAlign": align, "align": "start"}),
        );
        let label = &import.elements[1];
        let area = label.bounds().expect("bounds");
        assert!(
            area.x0 >= 0.0 && area.x1 <= 200.0 && area.height() > 50.0,
            "{area:?}"
        );
        let free = 900.0 - 32.0 - label.lettered().expect("letters").layout.area().height();
        let top = label.place.as_coeffs()[5];
        // What lines are nearer to each other here is left free above and below.
        let aside = 0.05 * label.style.size;
        assert!((top - 16.0 - part * free).abs() <= aside + 1e-6, "{align}: {top}");
    }
}

#[test]
fn a_bent_arrow_is_bent_between_what_it_holds_on_to() {
    // Where its ends are said to be is where they were long ago.
    let arrow = json!({"start": {"x": 0, "y": 0}, "end": {"x": 2, "y": 0}, "bend": 60});
    let import = file(json!([
        page(),
        oval("shape:a", [0.0, 0.0]),
        oval("shape:b", [500.0, 0.0]),
        shape("shape:c", "arrow", [-900.0, -900.0], "page:a", arrow),
        bound("shape:c", "shape:a", "start", 0.5),
        bound("shape:c", "shape:b", "end", 0.5)
    ]));
    assert_eq!(said(&import), "");
    let placed = import.elements[2].placed();
    // There it ends farther before its head than at its other end.
    let middle = placed[1].pos;
    assert!(
        (285.0..300.0).contains(&middle.x) && (middle.y - 110.0).abs() < 0.2,
        "{placed:?}"
    );
    let ends = [placed[0].pos, placed[2].pos];
    assert!(ends[0].x > 50.0 && ends[0].x < 110.0, "{ends:?}");
    assert!(ends[1].x > 490.0 && ends[1].x < 550.0, "{ends:?}");
}

#[test]
fn an_end_holds_on_to_one_thing_and_what_cannot_be_read_is_said() {
    let arrow = json!({"start": {"x": 0, "y": 0}, "end": {"x": 40, "y": 30}});
    let import = file(json!([
        page(),
        oval("shape:a", [0.0, 0.0]),
        oval("shape:b", [500.0, 0.0]),
        shape("shape:c", "arrow", [50.0, 0.0], "page:a", arrow),
        bound("shape:c", "shape:a", "start", 0.5),
        bound("shape:c", "shape:b", "start", 0.5),
        {"typeName": "binding", "id": "binding:x", "type": "arrow", "fromId": "shape:c", "props": {"terminal": "end"}}
    ]));
    let ties = &import.elements[2].ties;
    assert_eq!(ties[0].as_ref().map(|tie| &tie.id), Some(&import.elements[0].id));
    assert_eq!(said(&import), "an end of an arrow holds on to nothing any more");
}

#[test]
fn an_arrow_with_a_label_in_another_colour_is_said_to_lose_that() {
    let arrow = |color: &str, text: &str| {
        one(
            "arrow",
            json!({"start": {"x": 0, "y": 0}, "end": {"x": 90, "y": 0}, "color": "red", "labelColor": color, "text": text}),
        )
    };
    assert!(said(&arrow("blue", "hi")).contains("colour of its arrow"));
    for same in [arrow("red", "hi"), arrow("blue", "")] {
        assert_eq!(said(&same), "");
        assert_eq!(same.elements[0].style.color, Color::Ink(Ink::Red));
    }
}

#[test]
fn parts_of_strokes_and_texts_that_cannot_be_read_are_said_to_be_lost() {
    let whole = json!({"points": [{"x": 0, "y": 0}, {"x": 9, "y": 9}]});
    // Half floats: two points, of which the second is no number, and one and a half.
    let broken = data_encoding::BASE64.encode(&[0, 0, 0, 0, 0, 0, 0, 0x7e, 0, 0, 0, 0]);
    let cut = data_encoding::BASE64.encode(&[0; 9]);
    for part in [
        json!({"points": broken}),
        json!({"points": cut}),
        json!({"points": [{"x": 0}]}),
        json!({"path": 7}),
        json!(null),
    ] {
        let import = one("draw", json!({"segments": [whole, part]}));
        assert_eq!(
            said(&import),
            "a stroke has parts that could not be read",
            "{part}"
        );
    }
    let deep = (0..200).fold(rich("a"), |inside, _| json!({"type": "doc", "content": [inside]}));
    for text in [json!([[]]), json!("a"), deep] {
        let import = one("geo", json!({"w": 9, "h": 9, "richText": text}));
        assert_eq!(
            (import.elements.len(), said(&import)),
            (1, "a text could not be read".to_owned())
        );
        let import = one("text", json!({"richText": text}));
        assert_eq!(
            (import.elements.len(), said(&import)),
            (0, "a text could not be read".to_owned())
        );
    }
}

#[test]
fn what_did_not_come_over_is_not_said_to_have_become_anything() {
    let star = json!({"geo": "star", "w": 100, "h": 100, "richText": rich("hi")});
    let import = file(json!([
        page(),
        shape("shape:a", "geo", [1e300, 0.0], "page:a", star)
    ]));
    assert_eq!(import.summary.notes().count(), 1, "{}", said(&import));
    assert_eq!(import.summary.lost(), 1);
}

#[test]
fn a_page_has_the_address_of_what_it_shows() {
    let mut asset = json!({"typeName": "asset", "id": "asset:a", "type": "video", "props": {"src": "https://example.com/a.mp4"}});
    let video = |id| {
        shape(
            id,
            "video",
            [0.0, 0.0],
            "page:a",
            json!({"w": 9, "h": 9, "assetId": "asset:a"}),
        )
    };
    let import = file(json!([page(), asset, video("shape:a"), video("shape:b")]));
    assert!(
        import
            .elements
            .iter()
            .all(|page| &*page.text == "https://example.com/a.mp4")
    );
    asset["props"]["src"] = json!("data:video/mp4;base64,AAAA");
    let import = file(json!([page(), asset, video("shape:a")]));
    assert_eq!(&*import.elements[0].text, "");
}

#[test]
fn pages_that_would_come_to_lie_too_far_out_stay_where_they_are() {
    let oval = |id: &str, x: f64, page: &str| {
        shape(
            id,
            "geo",
            [x, 0.0],
            page,
            json!({"geo": "ellipse", "w": 9, "h": 9}),
        )
    };
    let second = json!({"typeName": "page", "id": "page:b", "name": "Page 2", "index": "a2"});
    let import = file(json!([
        page(),
        second,
        oval("shape:a", 9.9e8, "page:a"),
        oval("shape:b", -9.9e8, "page:b"),
        oval("shape:c", 9.8e8, "page:b")
    ]));
    assert_eq!(import.elements.len(), 3);
    let back = crate::clip::read(&crate::clip::write(&import.elements)).expect("what came can be stored");
    assert_eq!(back.len(), 3);
}
