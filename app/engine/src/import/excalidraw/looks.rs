//! What an Excalidraw element looks like there, by rules that its fields don't tell, it looks like here.

use serde_json::{Value, json};

use super::*;
use crate::document::{Color, Dash, Font, Ink};
use crate::geometry::{Corners, Head, Point, Shade, Sketch};

fn scene(elements: &[Value]) -> Import {
    let file = json!({"type": "excalidraw", "elements": elements, "files": {}}).to_string();
    read(file.as_bytes()).expect("a scene")
}

fn one(element: Value) -> Element {
    let all = scene(&[element]);
    assert!(all.summary.is_empty(), "{}", all.summary);
    all.elements.into_iter().next().expect("an element")
}

fn said(import: &Import) -> Vec<(&'static str, usize)> {
    let notes = import.summary.notes();
    notes.map(|(note, count)| (note.what, count)).collect()
}

fn boxed(kind: &str) -> Value {
    json!({"type": kind, "x": 0, "y": 0, "width": 300, "height": 200})
}

fn with(mut element: Value, name: &str, value: Value) -> Value {
    element[name] = value;
    element
}

#[test]
fn what_is_no_colour_fills_unless_it_is_as_long_as_a_clear_one() {
    let filled = |fill: &str| with(boxed("rectangle"), "backgroundColor", json!(fill));
    for (fill, seen) in [
        ("00000", false),
        ("nonsens00", false),
        ("nonsense", true),
        ("ffffff", true),
    ] {
        let all = scene(&[filled(fill)]);
        let black = Some(Color::Ink(Ink::Black)).filter(|_| seen);
        assert_eq!(all.elements[0].style.fill, black, "{fill}");
        let note = if seen { notes::COLORS } else { notes::UNFILLED };
        assert_eq!(said(&all), [(note.what, 1)], "{fill}");
    }
    // Those that are colours, and none, say nothing.
    for clear in ["", "transparent", "#fff0", "#ffffff00"] {
        assert_eq!(one(filled(clear)).style.fill, None, "{clear}");
    }
    assert_eq!(one(filled("#ff0000")).style.fill, Some(Color::Rgb([255, 0, 0])));
}

#[test]
fn a_line_without_a_colour_has_the_usual_one() {
    let plain = one(with(boxed("ellipse"), "strokeColor", json!("")));
    assert_eq!(plain.style.color, Color::Ink(Ink::Black));
    let text =
        json!({"type": "text", "x": 0, "y": 0, "width": 9, "height": 9, "text": "a", "strokeColor": ""});
    assert_eq!(one(text).style.color, Color::Ink(Ink::Black));
}

#[test]
fn only_arrows_have_heads() {
    for (kind, head) in [("line", Head::None), ("arrow", Head::Bar)] {
        let line =
            one(json!({"type": kind, "x": 0, "y": 0, "points": [[0, 0], [90, 0]], "endArrowhead": "bar"}));
        assert_eq!((line.style.start, line.style.end), (Head::None, head));
    }
}

#[test]
fn right_angled_arrows_have_round_bends() {
    let line = one(
        json!({"type": "arrow", "elbowed": true, "x": 0, "y": 0, "points": [[0, 0], [90, 0], [90, 90]], "roundness": null}),
    );
    assert_eq!(line.style.corners, Corners::Round);
}

#[test]
fn pages_are_boxes_as_there_with_their_address_in_small() {
    let address = "https://example.org/a/page/with/a/long/name";
    let page = with(boxed("embeddable"), "link", json!(address));
    let clear = scene(&[with(page.clone(), "strokeColor", json!("transparent"))]);
    let seen = &clear.elements[0];
    assert_eq!(seen.style.fill, Some(Color::Rgb([0xd3; 3])));
    assert_eq!(
        (seen.style.color, seen.style.sketch),
        (Color::Ink(Ink::Black), Sketch::None)
    );
    assert!(seen.style.width < 0.1, "it has no line");
    let page = &scene(&[page]).elements[0];
    assert_eq!(
        (&*page.text, page.style.font, page.style.fill),
        (address, Font::Plain, None)
    );
    assert_eq!(page.style.size, 10.0, "a thirtieth of the width");
    assert!(page.body().as_coeffs()[3] < 200.1, "the letters are within");
    let frame = &scene(&[boxed("iframe")]).elements[0];
    assert_eq!(frame.style.fill, Some(Color::Rgb([0xf4, 0xf4, 0xf6])));
}

#[test]
fn a_text_takes_no_more_lines_than_there() {
    let text = |width: f64| {
        json!({"type": "text", "x": 5, "y": 0, "width": width, "height": 50, "text": "some words that\nare broken",
            "originalText": "some words that are broken", "autoResize": false, "fontSize": 20, "fontFamily": 3})
    };
    let free = one(with(text(1000.0), "text", json!("some words that are broken")));
    let whole = free.lettered().expect("letters").layout.lines()[0].area.width();
    // The first line is more than half of it, and hasn't quite the room that it needs.
    let needed = whole * 15.0 / 26.0;
    let broken = one(text(needed * 0.95));
    assert_eq!(broken.lettered().expect("letters").layout.lines().len(), 2);
    assert!(
        broken
            .wrap
            .is_some_and(|wrap| (needed..1.1 * needed).contains(&wrap)),
        "{:?}",
        broken.wrap
    );
    // What would still need more lines is as wide as it is there.
    let narrow = one(text(needed * 0.5));
    assert!(narrow.wrap.is_some_and(|wrap| (wrap - needed * 0.5).abs() < 1e-9));
}

#[test]
fn corners_that_are_round_in_another_way_are_spoken_of() {
    let round = |roundness: Value| said(&scene(&[with(boxed("rectangle"), "roundness", roundness)]));
    let note = vec![(notes::ROUNDING.what, 1)];
    // A quarter of the shorter side is 50; here, and by the newest rule, it is 32 at most.
    for (roundness, said) in [
        (json!({"type": 3}), vec![]),
        (json!({"type": 1}), note.clone()),
        (json!({"type": 2}), note.clone()),
        (json!({"type": 3, "value": 32}), vec![]),
        (json!({"type": 3, "value": 8}), note.clone()),
        (Value::Null, vec![]),
    ] {
        assert_eq!(round(roundness.clone()), said, "{roundness}");
    }
    let old = with(boxed("rectangle"), "strokeSharpness", json!("round"));
    assert_eq!(said(&scene(&[old])), note);
}

fn stroke(points: &[(f64, f64)]) -> Value {
    let points: Vec<[f64; 2]> = points.iter().map(|(x, y)| [*x, *y]).collect();
    json!({"type": "freedraw", "x": 0, "y": 0, "points": points, "pressures": [], "simulatePressure": true, "strokeWidth": 1})
}

#[test]
fn a_pen_follows_its_points() {
    let stroke = one(with(
        stroke(&[(0.0, 0.0), (100.0, 0.0), (100.0, 100.0)]),
        "strokeStyle",
        json!("dashed"),
    ));
    let at: Vec<Point> = stroke.placed().iter().map(|point| point.pos).collect();
    // Each time 0.575 of the way to the next.
    let there = [(0.0, 0.0), (57.5, 0.0), (81.9375, 57.5)];
    assert!(
        at.len() == 3
            && at
                .iter()
                .zip(there)
                .all(|(at, there)| at.distance(there.into()) < 0.1),
        "{at:?}"
    );
    assert_eq!(stroke.style.dash, Dash::Solid);
}

#[test]
fn what_a_pen_goes_around_is_filled_although_it_stops_before() {
    let ring = [(0.0, 0.0), (90.0, 0.0), (90.0, 90.0), (0.0, 90.0), (2.0, 0.0)];
    let filled = with(
        with(stroke(&ring), "backgroundColor", json!("red")),
        "fillStyle",
        json!("hachure"),
    );
    let filled = one(filled);
    assert!(filled.is_closed() && filled.style.fill.is_some() && filled.style.shade == Shade::Hatch);
    assert!(!one(stroke(&ring)).is_closed());
}

#[test]
fn an_arrow_to_a_text_on_a_figure_ends_at_the_figure() {
    let ellipse = json!({"type": "ellipse", "id": "e", "x": 100, "y": 0, "width": 60, "height": 60});
    let text = json!({"type": "text", "id": "t", "x": 123, "y": 20, "width": 14, "height": 20, "text": "x"});
    let arrow = |y: f64| {
        json!({"type": "arrow", "x": 0, "y": 30, "points": [[0, 0], [y, 0]],
            "endBinding": {"elementId": "t", "focus": 0, "gap": 25}})
    };
    let tied = |ends_at: f64, figure: &Value| {
        let all = scene(&[figure.clone(), text.clone(), arrow(ends_at)]);
        let tie = all.elements[2].ties[1].clone().expect("it holds on");
        all.elements.iter().position(|element| element.id == tie.id)
    };
    assert_eq!(tied(96.0, &ellipse), Some(0));
    // It ends within the figure, or the text isn't on it.
    assert_eq!(tied(112.0, &ellipse), Some(1));
    assert_eq!(tied(96.0, &with(ellipse, "y", json!(200))), Some(1));
}

#[test]
fn a_plain_line_holds_on_to_nothing() {
    let box_ = json!({"type": "rectangle", "id": "a", "x": 100, "y": 0, "width": 60, "height": 60});
    let line = json!({"type": "line", "x": 0, "y": 30, "points": [[0, 0], [50, 0]], "endBinding": {"elementId": "a", "focus": 0, "gap": 50}});
    assert_eq!(scene(&[box_, line]).elements[1].ties, [None, None]);
}
