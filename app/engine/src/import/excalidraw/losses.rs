//! What of an Excalidraw file is lost or different is said, and nothing else; and no file asks for more than there is room for.

use serde_json::{Value, json};

use super::*;
use crate::clip::MAX_ELEMENTS;
use crate::document::{GROUPS, LINE_POINTS, Picture};
use crate::export::{Look, excalidraw as export};
use crate::geometry::Kind;
use crate::images::{StoredImage, take_pixels};
use crate::lettering::MOST_LETTERS;

fn scene(elements: &[Value]) -> Import {
    let file = json!({"type": "excalidraw", "elements": elements, "files": {}}).to_string();
    read(file.as_bytes()).expect("a scene")
}

/// What is said, and how often.
fn said(import: &Import) -> Vec<(&'static str, usize)> {
    import
        .summary
        .notes()
        .map(|(note, count)| (note.what, count))
        .collect()
}

fn boxed(id: &str) -> Value {
    json!({"type": "rectangle", "id": id, "x": 0, "y": 0, "width": 100, "height": 50})
}

/// The scene that our export writes of elements, as JSON.
fn exported(elements: &[Element], image: Option<&StoredImage>) -> Value {
    let find = |_: &_| image.cloned();
    let look = Look {
        ink: &|_| [0; 3],
        paper: None,
        board: [255; 3],
        images: &find,
        clip: &|_| None,
    };
    serde_json::from_str(&export::write(elements, &look)).expect("a scene")
}

#[test]
fn as_many_elements_as_are_read_come_over_whatever_they_are_called() {
    // Names that many have are made up anew.
    let all = scene(&vec![boxed("same"); MAX_ELEMENTS]);
    assert_eq!((all.elements.len(), said(&all)), (MAX_ELEMENTS, vec![]));
    let label =
        json!({"type": "text", "id": "t", "containerId": "same", "text": "a", "width": 9, "height": 9});
    let mut more = vec![boxed("same"), label];
    more.extend(vec![boxed("same"); MAX_ELEMENTS - 1]);
    let all = scene(&more);
    assert_eq!(all.elements.len(), MAX_ELEMENTS, "a label is in its box");
    assert_eq!((said(&all), &*all.elements[0].text), (vec![], "a"));
    more.push(boxed("b"));
    let all = scene(&more);
    assert_eq!(all.elements.len(), MAX_ELEMENTS);
    assert_eq!(said(&all), [(notes::TOO_MANY.what, 1)]);
}

#[test]
fn an_arrow_that_was_pulled_in_very_many_places_is_there() {
    let pieces: Vec<Value> = (0..LINE_POINTS + 10)
        .map(|n| json!({"start": [n, 0], "end": [n, 9]}))
        .collect();
    let all = scene(&[
        boxed("a"),
        json!({"type": "arrow", "elbowed": true, "x": 200, "y": 20, "points": [[0, 0], [300, 200]],
            "startBinding": {"elementId": "a", "fixedPoint": [1.0, 0.5]}, "fixedSegments": pieces}),
    ]);
    let line = &all.elements[1];
    assert!(line.bounds().is_some() && line.points.len() == LINE_POINTS);
    assert!(said(&all).contains(&(notes::POINTS.what, 1)), "{}", all.summary);
}

#[test]
fn texts_of_any_length_come_over_as_far_as_they_are_shown() {
    let long = "a".repeat(MOST_LETTERS + 1);
    let all = scene(&[
        json!({"type": "embeddable", "width": 9, "height": 9, "link": long}),
        json!({"type": "frame", "width": 9, "height": 9, "name": long}),
    ]);
    let [page, frame] = &all.elements[..] else {
        panic!("{:?}", all.elements.len())
    };
    assert_eq!((page.text.len(), frame.name.len()), (MOST_LETTERS, 256));
    assert!(said(&all).contains(&(notes::LETTERS.what, 1)), "{}", all.summary);
}

#[test]
fn an_end_that_lets_go_is_said_to_and_so_is_an_odd_one() {
    let arrow = json!({"type": "arrow", "x": 104, "y": 20, "points": [[0, 0], [90, 0]],
        "startBinding": {"elementId": "a", "fixedPoint": "odd"}, "endBinding": {"elementId": "none"}});
    let mut elbow = arrow.clone();
    elbow["elbowed"] = json!(true);
    elbow["endBinding"] = json!("odd");
    let free = scene(&[boxed("a"), arrow]);
    assert_eq!(said(&free), [(notes::ODD.what, 1), (notes::FREE.what, 1)]);
    let odd = scene(&[boxed("a"), elbow]);
    assert_eq!(said(&odd), [(notes::ODD.what, 1)]);
}

#[test]
fn an_arrow_that_ends_far_from_what_it_is_bound_to_stays_where_it_is() {
    for (end, is_held) in [(90, true), (40, false)] {
        let all = scene(&[
            json!({"type": "rectangle", "id": "a", "x": 100, "y": -50, "width": 100, "height": 100}),
            json!({"type": "arrow", "id": "b", "x": 0, "y": 0, "points": [[0, 0], [end, 0]], "endBinding": {"elementId": "a", "focus": 0, "gap": 10}}),
        ]);
        let line = &all.elements[1];
        assert_eq!(line.ties[1].is_some(), is_held, "{end}");
        assert_eq!(line.placed()[1].pos.x, f64::from(end));
        let expected = if is_held {
            vec![]
        } else {
            vec![(notes::FREE.what, 1)]
        };
        assert_eq!(said(&all), expected);
    }
}

#[test]
fn a_fill_that_gets_an_edge_is_said_to() {
    let mut hatched = boxed("a");
    hatched["strokeColor"] = json!("transparent");
    hatched["backgroundColor"] = json!("#ff0000");
    for (fill, notes) in [("hachure", vec![(notes::EDGES.what, 1)]), ("solid", vec![])] {
        hatched["fillStyle"] = json!(fill);
        assert_eq!(said(&scene(&[hatched.clone()])), notes);
    }
}

#[test]
fn only_what_is_there_is_said_to_be_different() {
    // A line of one point can't be seen, and a frame without a size isn't a plain one now.
    let all = scene(&[
        json!({"type": "line", "points": [[0, 0]], "backgroundColor": "#ff000080"}),
        json!({"type": "magicframe", "width": 0, "height": 9}),
    ]);
    assert_eq!(said(&all), [(notes::UNSEEN.what, 2)]);
}

#[test]
fn a_label_of_its_own_in_many_groups_stays_in_them() {
    let groups: Vec<String> = (0..GROUPS).map(|n| format!("g{n}")).collect();
    let mut holder = boxed("a");
    holder["groupIds"] = json!(groups);
    let label = json!({"type": "text", "containerId": "a", "text": "a", "strokeColor": "#ff0000",
        "width": 9, "height": 9, "groupIds": groups});
    let all = scene(&[holder, label]);
    let [holder, label] = &all.elements[..] else {
        panic!("{:?}", all.elements)
    };
    assert_eq!((holder.groups.len(), &holder.groups), (GROUPS, &label.groups));
    assert_eq!(&*holder.groups[1], "g0");
}

#[test]
fn images_that_have_no_room_are_said_to_have_none() {
    // A picture of a hundred megapixels is no more than a header.
    let mut png = take_pixels(1, 1, vec![9; 4])
        .expect("an image")
        .image
        .bytes
        .to_vec();
    png[16..24].copy_from_slice(&[0, 0, 0x80, 0, 0, 0, 0x80, 0]);
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    let address = format!("data:image/png;base64,{}", data_encoding::BASE64.encode(&png));
    let file = json!({"type": "excalidraw", "elements": [{"type": "image", "fileId": "f", "width": 9, "height": 9}],
        "files": {"f": {"dataURL": address}}});
    let all = read(file.to_string().as_bytes()).expect("a scene");
    assert_eq!(said(&all), [(notes::NO_ROOM.what, 1)]);
}

/// The checksum of a part of a PNG file.
fn crc(bytes: &[u8]) -> u32 {
    let turn = |sum: u32, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
    let byte = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), turn);
    !bytes.iter().fold(!0, byte)
}

#[test]
fn an_image_of_ours_is_what_its_bytes_say_or_it_is_read_anew() {
    let taken = take_pixels(3, 2, vec![200; 24]).expect("an image");
    let picture = Picture::from(&taken);
    let element = Element::image(picture);
    let scene = exported(std::slice::from_ref(&element), Some(&taken.image));
    let parse = |scene: &Value| read(scene.to_string().as_bytes()).expect("a scene");
    let honest = parse(&scene);
    assert_eq!(
        (honest.elements[0].picture, said(&honest)),
        (Some(picture), vec![])
    );
    let mut lies = scene.clone();
    let base = &mut lies["elements"][0]["customData"]["drawbridge"]["base"];
    base["pixels"] = json!([3000, 2]);
    assert_eq!(parse(&lies).elements[0].picture, Some(picture));
    // Without its bytes it stays what it is, and that is said.
    let mut bare = scene;
    bare["files"] = json!({});
    let bare = parse(&bare);
    assert_eq!(bare.elements[0].picture, Some(picture));
    assert_eq!(said(&bare), [(crate::import::NOT_HERE.what, 1)]);
}

#[test]
fn letters_in_what_is_said_to_be_a_frame_of_ours_are_not_lost() {
    let label =
        json!({"type": "text", "id": "t", "containerId": "a", "text": "kept", "width": 9, "height": 9});
    let mut lies = exported(&scene(&[boxed("a"), label]).elements, None);
    let elements = lies["elements"].as_array_mut().expect("a list");
    elements[0]["customData"]["drawbridge"]["base"]["kind"] = json!("frame");
    let all = read(lies.to_string().as_bytes()).expect("a scene");
    let [one] = &all.elements[..] else {
        panic!("{:?}", all.elements)
    };
    assert_eq!((one.kind, &*one.text), (Kind::Rectangle, "kept"));
}

#[test]
fn what_is_said_to_be_ours_and_lies_there_as_something_else_is_what_lies_there() {
    let line = json!({"type": "line", "id": "a", "x": 0, "y": 0, "points": [[0, 0], [30, 40], [90, 0]]});
    for (there, kind, ours) in [(boxed("a"), Kind::Rectangle, "line"), (line, Kind::Line, "text")] {
        let mut lies = exported(&scene(&[there]).elements, None);
        let one = &mut lies["elements"][0];
        one["customData"]["drawbridge"]["base"]["kind"] = json!(ours);
        for (name, value) in [("width", json!(77)), ("points", json!([[0, 0], [77, 5]]))] {
            if one.get(name).is_some() {
                one[name] = value;
            }
        }
        let all = read(lies.to_string().as_bytes()).expect("a scene");
        assert_eq!(all.elements[0].kind, kind, "{ours}");
    }
}

#[test]
fn a_small_turn_there_is_a_turn_here() {
    let mut scene = exported(
        &read(
            json!({"type": "excalidraw", "elements": [boxed("a")]})
                .to_string()
                .as_bytes(),
        )
        .expect("a scene")
        .elements,
        None,
    );
    scene["elements"][0]["angle"] = json!(0.004);
    let all = read(scene.to_string().as_bytes()).expect("a scene");
    let [_, b, ..] = all.elements[0].place.as_coeffs();
    assert!((b - 0.4).abs() < 0.001, "{b}");
}
