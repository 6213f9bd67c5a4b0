use drawbridge_protocol::ImageHash;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::clip;
use crate::document::{Order, Style, Tie};
use crate::export::no_images;
use crate::geometry::{Head, InkPoint, Rect};
use crate::images::{StoredImage, take_pixels};
use crate::import::{self, Import};

pub(super) fn written(elements: &[Element], images: &dyn Fn(&ImageHash) -> Option<StoredImage>) -> String {
    let ink = |color| match color {
        Color::Rgb(rgb) => rgb,
        Color::Ink(_) => [70, 80, 90],
    };
    let look = Look {
        ink: &ink,
        paper: Some([250, 249, 247]),
        board: [250, 249, 247],
        images,
        clip: &|_| None,
    };
    write(elements, &look)
}

pub(super) fn read(text: &str) -> Import {
    import::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

pub(super) fn id(name: &str) -> ElementId {
    ElementId::new(name).expect("an id")
}

pub(super) fn boxed(name: &str, place: [f64; 6]) -> Element {
    Element {
        place: Affine::new(place),
        ..Element::new(id(name), Kind::Rectangle, Order::from("a1"), Style::default())
    }
}

pub(super) fn arrow(name: &str, points: &[(f64, f64)]) -> Element {
    let mut style = Style::of(Kind::Line);
    style.end = Head::Arrow;
    Element {
        points: points.iter().map(|p| InkPoint::new((*p).into(), 0.5)).collect(),
        ..Element::new(id(name), Kind::Line, Order::from("a2"), style)
    }
}

/// The scene as if another program had written it, with something done to each element.
fn changed(text: &str, change: impl Fn(&mut Members)) -> String {
    let mut scene: Value = serde_json::from_str(text).expect("a scene");
    for element in scene["elements"].as_array_mut().into_iter().flatten() {
        change(element.as_object_mut().expect("an element"));
    }
    scene.to_string()
}

/// Elements as they are once they were stored, each with a name of its own.
fn stored(elements: Vec<Element>) -> Vec<Element> {
    let named = elements.into_iter().enumerate();
    let named: Vec<Element> = named
        .map(|(n, element)| Element {
            id: id(&format!("e{n}")),
            ..element
        })
        .collect();
    clip::read(&clip::write(&named)).expect("our own text")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_exported_comes_back_as_it_was(elements in clip::tests::elements()) {
        let mut elements = stored(elements);
        // Lines hold on, and things lie in frames.
        let ids: Vec<ElementId> = elements.iter().map(|element| element.id.clone()).collect();
        for (n, element) in elements.iter_mut().enumerate() {
            let other = ids[(n + 1) % ids.len()].clone();
            if element.kind == Kind::Line {
                element.ties = [Some(Tie::new(other, Point::new(0.25, 0.5))), None];
            } else if element.kind != Kind::Frame {
                element.framed_by = Some(other);
            }
        }
        let text = written(&elements, &no_images);
        let read = read(&text);
        prop_assert_eq!(&read.elements, &elements, "{}", text);
        // Excalidraw counts versions up, and says more about each.
        let opened = changed(&text, |members| {
            members.insert("version".to_owned(), json!(7));
            members.insert("versionNonce".to_owned(), json!(7));
            members.insert("index".to_owned(), json!("a0"));
            members.insert("baseline".to_owned(), json!(7));
        });
        prop_assert_eq!(&import::read(opened.as_bytes()).map(|read| read.elements), &Ok(elements));
        prop_assert_eq!(written(&read.elements, &no_images), text);
    }

    #[test]
    fn another_program_shows_it_in_the_same_place(elements in clip::tests::elements()) {
        for element in stored(elements) {
            let [a, b, c, d, ..] = element.place.as_coeffs();
            let skewed = (a * c + b * d).abs() > 1e-6 * a.hypot(b) * c.hypot(d);
            let turned = element.kind == Kind::Frame && b != 0.0;
            let missing = element.kind == Kind::Image;
            if skewed || turned || missing || element.text.chars().any(char::is_whitespace) {
                continue;
            }
            let foreign = changed(&written(std::slice::from_ref(&element), &no_images), |members| {
                members.remove("customData");
            });
            let read = read(&foreign);
            prop_assert!(read.elements.len() <= 2, "{foreign}");
            if read.elements.is_empty() {
                // What can't be seen, and what lies too far out, says so.
                prop_assert!(read.summary.lost() > 0, "{foreign}");
                continue;
            }
            let frames = |elements: &[Element]| elements.iter().map(Element::frame).reduce(|a, b| a.union(b)).unwrap_or_default();
            let (before, now) = (frames(std::slice::from_ref(&element)), frames(&read.elements));
            let far = (before.center() - now.center()).hypot();
            // Letters may make a box higher or a text wider by what fonts differ.
            let near = 0.05 * before.size().max_side() + 2.0 * element.style.size + 1.0;
            prop_assert!(far <= near, "{before:?} {now:?} {element:?} {foreign}");
        }
    }
}

#[test]
fn what_was_changed_there_is_as_it_was_left() {
    let mut first = boxed("a", [100.0, 0.0, 0.0, 60.0, 0.0, 0.0]);
    first.text = "Ada".into();
    let second = boxed("b", [100.0, 0.0, 0.0, 60.0, 300.0, 0.0]);
    let mut line = arrow("c", &[(104.0, 30.0), (296.0, 30.0)]);
    line.ties = [
        Some(Tie::new(id("a"), Point::new(0.5, 0.5))),
        Some(Tie::new(id("b"), Point::new(0.5, 0.5))),
    ];
    let elements = [first, second, line];
    let text = written(&elements, &no_images);
    let moved = changed(&text, |members| {
        if members["id"] == "b" {
            members.insert("x".to_owned(), json!(500));
        }
    });
    let all = read(&moved);
    assert_eq!((&all.elements[0], &all.elements[2]), (&elements[0], &elements[2]));
    assert_eq!(all.elements[1].frame(), Rect::new(500.0, 0.0, 600.0, 60.0));
    assert_eq!(all.elements[1].style.color, elements[1].style.color);
    let retyped = changed(&text, |members| {
        if members["id"] == "a-text" {
            members.insert("text".to_owned(), json!("Lin"));
            members.insert("originalText".to_owned(), json!("Lin"));
        }
    });
    assert_eq!(&*read(&retyped).elements[0].text, "Lin");
    // What was deleted there is gone, and what held on to it lets go.
    let gone = changed(&text, |members| {
        if members["id"] == "a" || members["id"] == "a-text" {
            members.insert("isDeleted".to_owned(), json!(true));
        }
        if members["id"] == "c" {
            members.insert("startBinding".to_owned(), Value::Null);
        }
    });
    let gone = read(&gone);
    assert_eq!(gone.elements.len(), 2);
    assert_eq!(
        (&gone.elements[1].ties[0], gone.elements[1].ties[1].is_some()),
        (&None, true)
    );
}

#[test]
fn a_note_is_a_filled_box_with_a_label_there() {
    let mut note = Element::new(id("n"), Kind::Note, Order::from("a1"), Style::of(Kind::Note));
    note.place = Affine::new([200.0, 0.0, 0.0, 200.0, 10.0, 10.0]);
    note.text = "Ask Ada".into();
    let text = written(std::slice::from_ref(&note), &no_images);
    let scene: Value = serde_json::from_str(&text).expect("a scene");
    let (sheet, label) = (&scene["elements"][0], &scene["elements"][1]);
    assert_eq!(
        (&sheet["type"], &sheet["strokeColor"], &sheet["fillStyle"]),
        (&json!("rectangle"), &json!("transparent"), &json!("solid"))
    );
    assert_eq!(
        (&label["containerId"], &label["originalText"]),
        (&json!("n"), &json!("Ask Ada"))
    );
    assert_eq!(sheet["boundElements"], json!([{"id": "n-text", "type": "text"}]));
    let foreign = read(&changed(&text, |members| {
        members.remove("customData");
    }));
    assert_eq!(foreign.elements.len(), 1, "{}", foreign.summary);
    assert_eq!(&*foreign.elements[0].text, "Ask Ada");
}

#[test]
fn images_go_along_byte_by_byte() {
    let image = take_pixels(3, 2, vec![200; 24]).expect("an image");
    let picture = crate::document::Picture {
        image: image.hash,
        kind: image.image.kind,
        pixels: image.pixels,
    };
    let element = Element {
        id: id("i"),
        ..Element::image(picture)
    };
    let find = |name: &ImageHash| (*name == image.hash).then(|| image.image.clone());
    let text = written(std::slice::from_ref(&element), &find);
    let all = read(&text);
    assert_eq!((all.elements, all.images), (vec![element], vec![image.image]));
    assert!(all.summary.is_empty());
}

#[test]
fn turned_boxes_strokes_and_texts_lie_as_they_lie_here() {
    let turned =
        Affine::rotate_about(0.5, Point::new(60.0, 40.0)) * Affine::new([100.0, 0.0, 0.0, 60.0, 10.0, 10.0]);
    let rectangle = boxed("a", turned.as_coeffs());
    let mut stroke = Element::new(id("b"), Kind::Stroke, Order::from("a2"), Style::default());
    stroke.step = 0.25;
    let sample = |n: i32| {
        InkPoint::new(
            Point::new(f64::from(n) * 7.0, f64::from(n * n)),
            f64::from(n) * 0.08,
        )
    };
    stroke.points = (0..10).map(sample).collect();
    let mut text = Element::new(id("c"), Kind::Text, Order::from("a3"), Style::of(Kind::Text));
    text.text = "Two\nlines".into();
    text.style.align = crate::geometry::TextAlign::Right;
    text.place = Affine::translate((300.0, 200.0)) * Affine::rotate(-0.7) * Affine::scale(2.0);
    let mut line = arrow("d", &[(0.0, 300.0), (50.0, 340.0), (120.0, 300.0)]);
    line.style.route = Some(crate::geometry::Route::Curve);
    let elements = [rectangle, stroke, text, line];
    let foreign = read(&changed(&written(&elements, &no_images), |members| {
        members.remove("customData");
    }));
    assert!(
        foreign.summary.is_empty() && foreign.elements.len() == 4,
        "{}",
        foreign.summary
    );
    for (before, now) in elements.iter().zip(&foreign.elements) {
        let (a, b) = (before.bounds().expect("bounds"), now.bounds().expect("bounds"));
        let off = [a.x0 - b.x0, a.y0 - b.y0, a.x1 - b.x1, a.y1 - b.y1].map(f64::abs);
        // A pen doesn't press there as hard as it can here: at its hardest it is a little thinner.
        assert!(off.into_iter().all(|off| off < 0.3), "{a:?} {b:?}");
        assert_eq!(
            (before.kind, before.style.end, &before.text),
            (now.kind, now.style.end, &now.text)
        );
    }
}

#[test]
fn a_label_is_in_the_frame_that_its_box_is_in_and_in_no_other() {
    let mut frame = boxed("f", [400.0, 0.0, 0.0, 400.0, 0.0, 0.0]);
    frame.kind = Kind::Frame;
    let mut labelled = boxed("a", [100.0, 0.0, 0.0, 60.0, 10.0, 10.0]);
    labelled.text = "Ada".into();
    labelled.framed_by = Some(id("f"));
    let frames = |elements: &[Element]| -> Vec<Value> {
        let scene: Value = serde_json::from_str(&written(elements, &no_images)).expect("a scene");
        let list = scene["elements"].as_array().expect("a list").iter();
        list.filter(|one| one["type"] != "frame")
            .map(|one| one["frameId"].clone())
            .collect()
    };
    assert_eq!(frames(&[frame, labelled.clone()]), [json!("f"), json!("f")]);
    assert_eq!(frames(&[labelled]), [Value::Null, Value::Null]);
}

#[test]
fn too_many_elements_or_too_long_a_text_does_not_open_again() {
    let one = boxed("a", [9.0, 0.0, 0.0, 9.0, 0.0, 0.0]);
    let mut many = vec![one.clone(); MAX_ELEMENTS];
    assert!(opens_again(&many, "{}"));
    many.push(Element {
        deleted: true,
        ..one.clone()
    });
    assert!(opens_again(&many, "{}"), "what is deleted isn't there");
    many.push(one);
    assert!(!opens_again(&many, "{}"));
    assert!(opens_again(&[], &" ".repeat(MAX_TEXT)));
    assert!(!opens_again(&[], &" ".repeat(MAX_TEXT + 1)));
}
