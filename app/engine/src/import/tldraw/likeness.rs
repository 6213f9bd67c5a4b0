//! What tldraw draws is where it is there, as large, and as it looks. The numbers are of pictures that tldraw 5.4 made of such shapes.

use serde_json::{Value, json};

use super::tests::{file, page, rich, said, shape};
use crate::document::{Color, Element, Ink};
use crate::geometry::{Affine, Head, Point, Rect, Route, Shade, Sketch, radius};
use crate::import::Import;

fn one(kind: &str, props: Value) -> Import {
    file(json!([
        page(),
        shape("shape:a", kind, [0.0, 0.0], "page:a", props)
    ]))
}

fn bounds(element: &Element) -> Rect {
    let points = element.placed();
    let first = points[0].pos;
    points
        .iter()
        .fold(Rect::from_points(first, first), |all, p| all.union_pt(p.pos))
}

fn near(a: Point, b: (f64, f64)) -> bool {
    a.distance(Point::from(b)) < 0.1
}

/// Whether one of a line's points lies there.
fn touches(element: &Element, at: (f64, f64)) -> bool {
    element.placed().iter().any(|point| near(point.pos, at))
}

#[test]
fn outlines_have_the_corners_that_they_have_there() {
    let of = |name: &str| one("geo", json!({"geo": name, "w": 180, "h": 130})).elements[0].clone();
    for (name, corners) in [
        ("hexagon", [(90.0, 0.0), (180.0, 32.5), (0.0, 97.5)]),
        ("octagon", [(90.0, 0.0), (180.0, 65.0), (0.0, 65.0)]),
        ("star", [(90.0, 0.0), (180.0, 49.66), (34.38, 130.0)]),
        ("arrow-right", [(0.0, 20.8), (130.6, 0.0), (180.0, 65.0)]),
        ("arrow-up", [(90.0, 0.0), (28.8, 49.4), (151.2, 130.0)]),
        ("heart", [(90.0, 130.0), (90.0, 29.25), (180.0, 39.0)]),
        ("oval", [(65.0, 0.0), (0.0, 65.0), (180.0, 65.0)]),
    ] {
        let line = of(name);
        for corner in corners {
            assert!(touches(&line, corner), "{name} {corner:?}: {:?}", line.placed());
        }
        let [first, .., last] = &line.points[..] else {
            panic!("{name} has no points")
        };
        assert_eq!(first.pos, last.pos);
    }
    let cloud = of("cloud");
    let around = bounds(&cloud);
    assert!(around.x0 >= 0.0 && around.x1 <= 180.0 && around.y0 >= 0.0 && around.y1 <= 130.0);
    assert!(around.width() > 165.0 && around.height() > 125.0, "{around:?}");
}

#[test]
fn a_cloud_of_any_size_has_a_bounded_number_of_points() {
    for (w, h) in [(1e8, 1.0), (1.0, 1e8), (1e8, 1e8), (1e-3, 1e-3)] {
        let import = one("geo", json!({"geo": "cloud", "w": w, "h": h, "size": "s"}));
        assert!(
            import.elements.iter().all(|cloud| cloud.points.len() < 2_000),
            "{w} {h}"
        );
    }
}

#[test]
fn a_mirrored_shape_is_mirrored_and_its_letters_are_not() {
    let arrow = json!({"geo": "arrow-right", "w": 180, "h": 130, "flipX": true, "richText": rich("hi")});
    let import = one("geo", arrow);
    assert!(touches(&import.elements[0], (0.0, 65.0)) && touches(&import.elements[0], (49.4, 130.0)));
    assert!(import.elements[1].place.determinant() > 0.0);
    let tick = json!({"geo": "check-box", "w": 100, "h": 100, "flipY": true});
    let import = one("geo", tick);
    assert!(
        touches(&import.elements[1], (45.9, 100.0 - 76.24)),
        "{:?}",
        import.elements[1].placed()
    );
}

#[test]
fn letters_that_have_less_room_here_stand_apart_and_the_shape_stays_as_it_is() {
    let words = "Many words in a small one";
    let geo = |name: &str, words: &str, h: f64| {
        one(
            "geo",
            json!({"geo": name, "w": 120, "h": h, "richText": rich(words), "size": "m"}),
        )
    };
    let import = geo("diamond", words, 180.0);
    let [diamond, label] = &import.elements[..] else {
        panic!("{:?}", import.elements)
    };
    assert_eq!(
        (diamond.body(), &*label.text),
        (Affine::scale_non_uniform(120.0, 180.0), words)
    );
    assert!(said(&import).contains("label became a text"));
    assert_eq!(geo("ellipse", "one", 180.0).elements.len(), 1);
    assert_eq!(geo("rectangle", words, 180.0).elements.len(), 1);
}

#[test]
fn ink_is_as_wide_as_there() {
    let wide = |props: Value| {
        let mut all = json!({"segments": [{"points": [{"x": 0, "y": 0}, {"x": 9, "y": 9}]}], "isPen": false});
        for (name, value) in props.as_object().expect("members") {
            all[name] = value.clone();
        }
        let stroke = one("draw", all).elements[0].clone();
        2.0 * radius(stroke.style.width, stroke.points[0].pressure)
    };
    assert!((wide(json!({"dash": "solid", "size": "m"})) - 4.5).abs() < 0.1);
    assert!((wide(json!({"dash": "dotted", "size": "xl", "scale": 2})) - 22.0).abs() < 0.2);
    let dot = json!({"dash": "draw", "size": "m", "segments": [{"points": [{"x": 0, "y": 0}]}]});
    assert!((wide(dot) - 4.5 * 2.0_f64.sqrt()).abs() < 0.1);
}

#[test]
fn a_black_highlight_is_yellow_and_somewhat_wider_than_letters_are_high() {
    let ink = |color: &str| {
        let points = json!([{"points": [{"x": 0, "y": 0}, {"x": 9, "y": 9}]}]);
        one(
            "highlight",
            json!({"segments": points, "color": color, "size": "l"}),
        )
        .elements[0]
            .style
    };
    assert_eq!(ink("black").color, Color::Ink(Ink::Yellow));
    assert_eq!(ink("red").color, Color::Ink(Ink::Red));
    assert!((ink("red").width - 40.32).abs() < 1e-6);
}

#[test]
fn heads_are_outlines_unless_the_arrow_is_filled() {
    let heads = |from: &str, to: &str, fill: &str| {
        let arrow = json!({"start": {"x": 0, "y": 0}, "end": {"x": 90, "y": 0}, "arrowheadStart": from, "arrowheadEnd": to, "fill": fill});
        let import = one("arrow", arrow);
        let style = import.elements[0].style;
        assert_eq!(style.sketch, Sketch::None);
        (style.start, style.end, said(&import).is_empty())
    };
    assert_eq!(
        heads("dot", "triangle", "none"),
        (Head::Circle, Head::TriangleOutline, true)
    );
    assert_eq!(heads("diamond", "dot", "fill"), (Head::Diamond, Head::Dot, true));
    assert_eq!(heads("bar", "pipe", "none"), (Head::Bar, Head::None, true));
    assert_eq!(
        heads("square", "inverted", "none"),
        (Head::DiamondOutline, Head::TriangleOutline, false)
    );
}

#[test]
fn an_arrow_bent_into_more_than_half_a_circle_is_round() {
    let arrow = json!({"start": {"x": 0, "y": 0}, "end": {"x": 100, "y": 0}, "bend": 200});
    let line = one("arrow", arrow).elements[0].clone();
    assert_eq!(line.style.route(), Route::Curve);
    // Its circle goes through (50, 200), and is 212.5 across.
    for point in line.placed() {
        let far = point.pos.distance(Point::new(50.0, 93.75));
        assert!((far - 106.25).abs() < 0.2, "{:?}", line.placed());
    }
    assert!(line.points.len() > 6 && touches(&line, (50.0, 200.0)));
}

fn between(from: Value, to: Value, arrow: Value) -> Import {
    let bound = |target: &str, end: &str| {
        json!({"typeName": "binding", "id": end, "type": "arrow", "fromId": "shape:c", "toId": target,
            "props": {"terminal": end, "normalizedAnchor": {"x": 0.5, "y": 0.5}, "isPrecise": false, "isExact": false}})
    };
    file(json!([
        page(),
        shape("shape:a", "geo", [0.0, 0.0], "page:a", from),
        shape("shape:b", "geo", [300.0, 60.0], "page:a", to),
        shape("shape:c", "arrow", [-900.0, -900.0], "page:a", arrow),
        bound("shape:a", "start"),
        bound("shape:b", "end")
    ]))
}

#[test]
fn an_arrow_ends_before_a_shape_that_it_cannot_hold_on_to_here() {
    let star = json!({"geo": "arrow-right", "w": 100, "h": 100, "size": "m"});
    let arrow = json!({"start": {"x": 0, "y": 0}, "end": {"x": 2, "y": 0}, "size": "m"});
    let import = between(star.clone(), star, arrow);
    let line = &import.elements[2];
    let [start, end] = &line.placed()[..] else {
        panic!("{line:?}")
    };
    // From middle to middle, (50, 50) to (350, 110): it leaves by the point of the first, where y = 50 + (x - 50) / 5, and ends 13.5
    // before the shaft of the other, at x = 300.
    assert!(
        start.pos.x > 90.0
            && start.pos.x < 97.0
            && (start.pos.y - (50.0 + (start.pos.x - 50.0) / 5.0)).abs() < 0.2,
        "{start:?}"
    );
    let full = Point::new(300.0, 100.0);
    assert!((end.pos.distance(full) - 13.5).abs() < 0.2, "{end:?}");
    assert!(said(&import).contains("2 ends of arrows hold on to nothing any more"));
}

#[test]
fn a_right_angled_arrow_goes_from_side_to_side_and_bends_where_it_does_there() {
    let star = json!({"geo": "hexagon", "w": 100, "h": 100, "size": "m"});
    let import = between(
        star.clone(),
        star,
        json!({"kind": "elbow", "elbowMidPoint": 0.25, "size": "m"}),
    );
    let placed = import.elements[2].placed();
    let at: Vec<Point> = placed.iter().map(|point| point.pos).collect();
    assert_eq!(at.len(), 4, "{at:?}");
    assert!(
        near(at[0], (100.0, 50.0)) && near(at[3], (286.5, 110.0)),
        "{at:?}"
    );
    let middle = 100.0 + 0.25 * 186.5;
    assert!(
        near(at[1], (middle, 50.0)) && near(at[2], (middle, 110.0)),
        "{at:?}"
    );
    // Free ones do too.
    let free = one(
        "arrow",
        json!({"kind": "elbow", "start": {"x": 0, "y": 0}, "end": {"x": 100, "y": 300}}),
    );
    assert!(touches(&free.elements[0], (0.0, 150.0)) && touches(&free.elements[0], (100.0, 150.0)));
}

#[test]
fn an_end_inside_and_a_label_aside_are_said_to_be_elsewhere() {
    let exact = json!({"start": {"type": "binding", "boundShapeId": "shape:a", "normalizedAnchor": {"x": 0.2, "y": 0.5}, "isExact": true},
        "end": {"type": "point", "x": 400, "y": 0}, "text": "hi", "labelPosition": 0.2});
    let oval = json!({"geo": "ellipse", "w": 100, "h": 100});
    let import = file(json!([
        page(),
        shape("shape:a", "geo", [0.0, 0.0], "page:a", oval),
        shape("shape:b", "arrow", [0.0, 0.0], "page:a", exact)
    ]));
    for words in [
        "lies at its edge now",
        "label of an arrow stands in its middle now",
    ] {
        assert!(said(&import).contains(words), "{}", said(&import));
    }
}

#[test]
fn a_text_stands_in_the_middle_of_the_width_that_it_has_there() {
    let centred = |w: f64, scale: f64| {
        let text = json!({"richText": rich("Some words"), "textAlign": "middle", "autoSize": true, "w": w, "scale": scale, "size": "m"});
        let text = one("text", text).elements[0].clone();
        let wide = text.lettered().expect("letters").layout.area().width();
        (text.bounds().expect("bounds").center().x, wide)
    };
    let (_, wide) = centred(8.0, 1.0);
    assert!((centred(1.1 * wide, 1.0).0 - 0.55 * wide).abs() < 0.1);
    // Scaled or not.
    assert!((centred(1.1 * wide, 2.0).0 - 1.1 * wide).abs() < 0.1);
    assert!((centred(2.2 * wide, 2.0).0 - 1.1 * wide).abs() < 0.1);
    // One that can't be is what its letters need.
    assert!((centred(8.0, 1.0).0 - wide / 2.0).abs() < 0.1);
}

#[test]
fn lists_keep_their_bullets_numbers_and_depth() {
    let item = |text: &str| json!({"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]});
    let mut second = item("b");
    let inner = json!({"type": "bulletList", "content": [item("c")]});
    second["content"].as_array_mut().expect("a list").push(inner);
    let text = json!({"type": "doc", "content": [
        {"type": "bulletList", "content": [item("a")]},
        {"type": "orderedList", "attrs": {"start": 4}, "content": [item("a"), second]}
    ]});
    let import = one("text", json!({"richText": text}));
    assert_eq!(&*import.elements[0].text, "• a\n4. a\n5. b\n  • c");
    assert_eq!(said(&import), "");
    let heading =
        json!({"type": "doc", "content": [{"type": "heading", "content": [{"type": "text", "text": "a"}]}]});
    assert!(said(&one("text", json!({"richText": heading}))).contains("heading"));
}

#[test]
fn letters_of_a_note_that_had_no_room_are_smaller() {
    let size = |adjusted: Value| {
        one(
            "note",
            json!({"richText": rich("a"), "size": "m", "scale": 2, "fontSizeAdjustment": adjusted}),
        )
        .elements[0]
            .style
            .size
    };
    assert_eq!(
        [json!(null), json!(0), json!(1), json!(0.5), json!(15)].map(size),
        [44.0, 44.0, 44.0, 22.0, 30.0]
    );
}

#[test]
fn an_inside_is_seen_without_a_line_around_it() {
    let import = one("geo", json!({"w": 9, "h": 9, "fill": "pattern", "dash": "none"}));
    assert_eq!(import.elements[0].style.shade, Shade::Tint);
    assert!(said(&import).contains("tinted"));
}
