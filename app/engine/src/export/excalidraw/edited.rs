//! What Excalidraw gives back of a scene of ours, as 0.18 restores and writes it, and as somebody has edited it there.

use serde_json::{Value, json};

use super::tests::{arrow, boxed, id, read, written};
use super::*;
use crate::document::{Font, Order, Style, Tie};
use crate::export::no_images;
use crate::geometry::{Head, InkPoint, Rect, Route};

/// A scene as Excalidraw writes it when it has opened it: it leaves what it doesn't know, counts from its own points, and says the rest anew.
fn given_back(elements: &[Element], edit: impl Fn(&str, &mut Members)) -> Value {
    let mut scene: Value = serde_json::from_str(&written(elements, &no_images)).expect("a scene");
    scene["source"] = json!("https://excalidraw.com");
    scene["appState"] =
        json!({"gridSize": 20, "gridStep": 5, "gridModeEnabled": false, "viewBackgroundColor": "#faf9f7"});
    for (n, one) in scene["elements"]
        .as_array_mut()
        .expect("a list")
        .iter_mut()
        .enumerate()
    {
        let one = one.as_object_mut().expect("an element");
        one.insert("index".to_owned(), json!(format!("a{n}")));
        one.insert("updated".to_owned(), json!(1_760_000_000_000_u64));
        for binding in ["startBinding", "endBinding"] {
            // It holds nothing quite in the middle.
            if let Some(binding) = one.get_mut(binding).and_then(Value::as_object_mut) {
                binding.insert("fixedPoint".to_owned(), json!([0.5001, 0.5001]));
            }
        }
        if let Some([x, y]) = one
            .get_mut("points")
            .and_then(|points| points[1].as_array_mut())
            .map(Vec::as_mut_slice)
        {
            for v in [x, y] {
                *v = json!(v.as_f64().expect("a number") - 3e-14);
            }
        }
        let id = one["id"].as_str().expect("an id").to_owned();
        let before = one.clone();
        edit(&id, one);
        if *one != before {
            one.insert("version".to_owned(), json!(9));
            one.insert("versionNonce".to_owned(), json!(77));
        }
    }
    scene
}

fn set(one: &mut Members, values: &[(&str, Value)]) {
    for (name, value) in values {
        one.insert((*name).to_owned(), value.clone());
    }
}

/// A note, a stroke with a highlighter, a serif text, a box with a label, and an arrow from it to the note that aims beside the middle.
fn board() -> Vec<Element> {
    let mut note = boxed("note", [200.0, 0.0, 0.0, 160.0, 400.0, 0.0]);
    note.kind = Kind::Note;
    note.style = Style::of(Kind::Note);
    note.text = "Ask Ada".into();
    let mut mark = Element::new(
        id("mark"),
        Kind::Highlight,
        Order::from("a1"),
        Style::of(Kind::Highlight),
    );
    mark.points = (0..20)
        .map(|n| InkPoint::new(Point::new(f64::from(n) * 10.0, 300.0), 0.5))
        .collect();
    let mut text = Element::new(id("text"), Kind::Text, Order::from("a1"), Style::of(Kind::Text));
    text.style.font = Font::Serif;
    text.style.color = Color::Ink(Ink::Purple);
    text.place = Affine::translate((0.0, 400.0)) * Affine::scale(2.0);
    text.text = "Two\nlines".into();
    let mut labelled = boxed("box", [120.0, 0.0, 0.0, 80.0, 0.0, 0.0]);
    labelled.style.fill = Some(Color::Ink(Ink::Green));
    labelled.text = "Start".into();
    let mut line = arrow("line", &[(124.0, 40.0), (396.0, 120.0)]);
    line.style.end = Head::Triangle;
    line.ties = [
        Some(Tie::new(id("box"), Point::new(0.5, 0.5))),
        Some(Tie::new(id("note"), Point::new(0.25, 0.75))),
    ];
    vec![note, mark, text, labelled, line]
}

fn all(scene: &Value) -> Vec<Element> {
    let all = read(&scene.to_string());
    assert!(all.summary.is_empty(), "{}", all.summary);
    all.elements
}

#[test]
fn what_is_only_opened_there_is_the_same_board() {
    let board = board();
    assert_eq!(all(&given_back(&board, |_, _| {})), board);
}

#[test]
fn what_is_moved_there_is_what_it_was_in_another_place() {
    let board = board();
    let by = Affine::translate((-30.0, 250.0));
    let back = given_back(&board, |id, one| {
        if matches!(id, "note" | "note-text" | "mark" | "text") {
            for (name, by) in [("x", -30.0), ("y", 250.0)] {
                let v = one[name].as_f64().expect("a number");
                one.insert(name.to_owned(), json!(v + by));
            }
        }
    });
    let moved = |element: &Element| Element {
        place: by * element.place,
        ..element.clone()
    };
    let now = all(&back);
    for (element, now) in board.iter().zip(&now).take(3) {
        let there = moved(element);
        let mut far = there.place.as_coeffs().into_iter().zip(now.place.as_coeffs());
        assert!(
            far.all(|(a, b)| (a - b).abs() < 1e-3),
            "{:?} {:?}",
            there.place,
            now.place
        );
        assert_eq!(
            Element {
                place: there.place,
                ..now.clone()
            },
            there
        );
    }
    assert_eq!(&now[3..], &board[3..]);
}

#[test]
fn an_arrow_that_followed_there_aims_where_it_aimed() {
    let board = board();
    let mut after = board.clone();
    after[0].place = Affine::translate((0.0, 300.0)) * after[0].place;
    // Excalidraw reckons where it ends then much as we do.
    let held: Value = serde_json::from_str(&written(&after, &no_images)).expect("a scene");
    let line = held["elements"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["id"] == "line")
        .expect("the arrow");
    let back = given_back(&board, |id, one| match id {
        "note" | "note-text" => {
            let y = one["y"].as_f64().expect("a number");
            set(one, &[("y", json!(y + 300.0))]);
        }
        "line" => {
            for name in ["x", "y", "width", "height", "points"] {
                one.insert(name.to_owned(), line[name].clone());
            }
        }
        _ => {}
    });
    let now = all(&back);
    assert_eq!(now[4].ties, board[4].ties);
    assert_eq!(now[4].style, board[4].style);
    // Let go at one end, and pulled away from there, it holds on at the other.
    let back = given_back(&board, |id, one| {
        if id == "line" {
            set(
                one,
                &[
                    ("endBinding", Value::Null),
                    ("points", json!([[0, 0], [300, 300]])),
                ],
            );
        }
    });
    let now = all(&back);
    assert_eq!((now[4].ties[0].is_some(), &now[4].ties[1]), (true, &None));
    assert_eq!(now[4].style, board[4].style);
}

#[test]
fn what_is_resized_or_retyped_there_keeps_how_it_looks() {
    let board = board();
    let back = given_back(&board, |id, one| match id {
        "note" => set(one, &[("width", json!(300)), ("height", json!(100))]),
        "note-text" => set(
            one,
            &[("text", json!("Ask\nLin")), ("originalText", json!("Ask Lin"))],
        ),
        "text" => set(
            one,
            &[
                ("text", json!("One")),
                ("originalText", json!("One")),
                ("height", json!(50)),
            ],
        ),
        "box" => set(one, &[("groupIds", json!(["g"])), ("locked", json!(true))]),
        _ => {}
    });
    let now = all(&back);
    assert_eq!(
        (now[0].kind, &*now[0].text, now[0].style),
        (Kind::Note, "Ask Lin", board[0].style)
    );
    assert_eq!(now[0].frame(), Rect::new(400.0, 0.0, 700.0, 100.0));
    assert_eq!(
        (&*now[2].text, now[2].style.font, now[2].style.color),
        ("One", Font::Serif, Color::Ink(Ink::Purple))
    );
    assert_eq!(
        (now[3].groups.len(), now[3].locked, now[3].style.fill),
        (1, true, board[3].style.fill)
    );
    assert_eq!(now[1], board[1]);
}

#[test]
fn a_label_that_is_taken_away_or_written_there_leaves_the_rest() {
    let mut bare = board()[0].clone();
    bare.id = id("bare");
    bare.text = "".into();
    let board = [board()[0].clone(), bare];
    let mut scene = given_back(&board, |_, _| {});
    let list = scene["elements"].as_array_mut().expect("a list");
    // The first one's becomes the other's.
    let label = list
        .iter_mut()
        .find(|one| one["id"] == "note-text")
        .expect("a label");
    label["containerId"] = json!("bare");
    let now = all(&scene);
    assert_eq!((now[0].kind, &*now[0].text), (Kind::Note, ""));
    assert_eq!(
        (now[1].kind, &*now[1].text, now[1].style),
        (Kind::Note, "Ask Ada", board[1].style)
    );
    // One in a colour of its own is none of it.
    let label = scene["elements"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .find(|one| one["id"] == "note-text");
    label.expect("a label")["strokeColor"] = json!("#ff0000");
    let other = read(&scene.to_string());
    assert!(
        other
            .elements
            .iter()
            .any(|element| element.style.color == Color::Rgb([255, 0, 0]))
    );
}

#[test]
fn a_line_that_is_measured_anew_there_is_the_same() {
    let mut line = arrow("l", &[(0.0, 0.0), (12.0625, 30.125), (40.375, 1.5)]);
    line.step = 0.0625;
    let back = given_back(std::slice::from_ref(&line), |_, one| {
        for name in ["width", "height"] {
            let v = one[name].as_f64().expect("a number");
            one.insert(name.to_owned(), json!(v + 1e-4));
        }
        for point in one["points"].as_array_mut().into_iter().flatten() {
            point[0] = json!(point[0].as_f64().expect("a number") - 1e-9);
        }
    });
    assert_eq!(all(&back), [line]);
}

#[test]
fn what_is_taken_out_of_its_frame_there_is_out_of_it() {
    let mut frame = boxed("frame", [400.0, 0.0, 0.0, 400.0, 0.0, 0.0]);
    frame.kind = Kind::Frame;
    frame.style = Style::of(Kind::Frame);
    let mut inside = boxed("a", [100.0, 0.0, 0.0, 60.0, 10.0, 10.0]);
    inside.framed_by = Some(id("frame"));
    let mut elsewhere = boxed("b", [100.0, 0.0, 0.0, 60.0, 10.0, 90.0]);
    elsewhere.framed_by = Some(id("far"));
    let board = [frame, inside, elsewhere];
    let frames = |scene: &Value| {
        all(scene)
            .into_iter()
            .map(|element| element.framed_by)
            .collect::<Vec<_>>()
    };
    let was = [None, Some(id("frame")), Some(id("far"))];
    assert_eq!(frames(&given_back(&board, |_, _| {})), was);
    let out = given_back(&board, |name, one| {
        if name == "a" {
            one.insert("frameId".to_owned(), Value::Null);
        }
    });
    assert_eq!(frames(&out), [None, None, Some(id("far"))]);
}

#[test]
fn what_is_recoloured_there_is_as_it_was_left() {
    let board = board();
    let back = given_back(&board, |id, one| {
        if id == "box" {
            set(
                one,
                &[
                    ("backgroundColor", json!("#ff8800")),
                    ("fillStyle", json!("hachure")),
                ],
            );
        }
    });
    assert_eq!(all(&back)[3].style.fill, Some(Color::Rgb([255, 136, 0])));
}

#[test]
fn a_dot_is_shown_there() {
    let mut dot = Element::new(id("dot"), Kind::Stroke, Order::from("a1"), Style::default());
    dot.points = [InkPoint::new(Point::new(5.0, 6.0), 0.5)].into_iter().collect();
    let scene = given_back(std::slice::from_ref(&dot), |_, _| {});
    // What has one point only is left out there.
    assert_eq!(scene["elements"][0]["points"].as_array().map(Vec::len), Some(2));
    assert_eq!(all(&scene), [dot]);
}

#[test]
fn lines_that_fill_are_as_far_apart_as_can_be_told_there() {
    let mut hatched = boxed("a", [100.0, 0.0, 0.0, 60.0, 0.0, 0.0]);
    hatched.style.width = 2.3;
    let width = |element: &Element| {
        let scene = given_back(std::slice::from_ref(element), |_, _| {});
        scene["elements"][0]["strokeWidth"].as_f64().expect("a width")
    };
    assert_eq!(width(&hatched), 2.3);
    hatched.style.fill = Some(Color::Ink(Ink::Red));
    hatched.style.shade = Shade::Cross;
    assert_eq!(width(&hatched), 2.25);
    assert_eq!(
        all(&given_back(std::slice::from_ref(&hatched), |_, _| {})),
        [hatched]
    );
}

#[test]
fn an_arrow_says_how_it_aims_in_excalidraws_way() {
    let target = boxed("a", [200.0, 0.0, 0.0, 100.0, 0.0, 0.0]);
    let aimed = |from: (f64, f64), at: (f64, f64), route: Option<Route>| {
        let mut line = arrow("l", &[from, (100.0, 50.0)]);
        line.style.route = route;
        line.ties[1] = Some(Tie::new(id("a"), at.into()));
        let scene = given_back(&[target.clone(), line], |_, _| {});
        scene["elements"][1]["endBinding"].clone()
    };
    let flat = boxed("a", [200.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let mut line = arrow("l", &[(0.0, 90.0), (100.0, 50.0)]);
    line.ties[1] = Some(Tie::new(id("a"), Point::new(0.5, 0.5)));
    let scene = given_back(&[flat, line], |_, _| {});
    assert_eq!(scene["elements"][1]["endBinding"]["focus"], 0);
    let near = |value: &Value, there: f64| value.as_f64().is_some_and(|v| (v - there).abs() < 0.01);
    let middle = aimed((-300.0, 50.0), (0.5, 0.5), None);
    assert!(
        near(&middle["focus"], 0.0) && middle["gap"].as_f64().is_some_and(|gap| gap > 1.0),
        "{middle}"
    );
    // From the left, a quarter of the height above the middle: there it crosses a diagonal halfway to the corner.
    let above = aimed((-300.0, 25.0), (0.5, 0.25), None);
    let below = aimed((-300.0, 75.0), (0.5, 0.75), None);
    assert!(
        near(&above["focus"], 0.5) || near(&above["focus"], -0.5),
        "{above}"
    );
    assert!(
        near(&below["focus"], -above["focus"].as_f64().expect("a number")),
        "{below}"
    );
}
