use std::collections::BTreeSet;

use drawbridge_protocol::{ElementId, ImageHash};

use super::*;
use crate::document::{Color, Kind, Order, Style};
use crate::export::{What, no_images, png, svg};
use crate::geometry::Affine;
use crate::images::StoredImage;

const INK: [u8; 3] = [10, 20, 30];
const BOARD: [u8; 3] = [250, 240, 230];

fn look(images: &dyn Fn(&ImageHash) -> Option<StoredImage>) -> Look<'_> {
    Look {
        ink: &|_: Color| INK,
        paper: None,
        board: BOARD,
        images,
        clip: &|_: &Element| None,
    }
}

fn id(name: &str) -> ElementId {
    ElementId::new(name).expect("an id")
}

fn boxed(name: &str, kind: Kind, [x, y, width, height]: [f64; 4]) -> Element {
    let mut element = Element::new(id(name), kind, Order::from(name), Style::default());
    element.place = Affine::new([width, 0.0, 0.0, height, x, y]);
    element
}

/// Two frames side by side, of which the right one has its turn first; a box in each, the left one's sticks out; and one in none.
fn board() -> Vec<Element> {
    let mut left = boxed("f1", Kind::Frame, [0.0, 0.0, 100.0, 60.0]);
    left.name = "Left".into();
    let mut right = boxed("f2", Kind::Frame, [200.0, 0.0, 80.0, 60.0]);
    right.turn = Some(Order::from("a"));
    let mut one = boxed("in1", Kind::Rectangle, [50.0, 10.0, 100.0, 30.0]);
    one.framed_by = Some(id("f1"));
    let mut two = boxed("in2", Kind::Ellipse, [210.0, 10.0, 30.0, 30.0]);
    two.framed_by = Some(id("f2"));
    let outside = boxed("out", Kind::Diamond, [0.0, 100.0, 40.0, 40.0]);
    vec![left, right, one, two, outside]
}

fn made(what: What, format: Format) -> Result<Exported, ExportError> {
    let wanted = Wanted {
        what,
        ..Wanted::new(format)
    };
    file(&board(), &look(&no_images), &wanted)
}

/// The names of the elements with which a file opens again.
fn within(format: Format, bytes: &[u8]) -> Vec<String> {
    let text = match format {
        Format::Png => png::embedded(bytes).expect("a text"),
        _ => svg::embedded(std::str::from_utf8(bytes).expect("a text")).expect("elements"),
    };
    let elements = clip::read(&text).expect("ours");
    elements.iter().map(|element| element.id.to_string()).collect()
}

fn size(bytes: &[u8]) -> [u32; 2] {
    let decoder = ::png::Decoder::new(std::io::Cursor::new(bytes));
    let reader = decoder.read_info().expect("a PNG");
    [reader.info().width, reader.info().height]
}

#[test]
fn all_of_a_board_opens_again_from_a_png_and_from_an_svg() {
    for format in [Format::Png, Format::Svg] {
        let exported = made(What::All, format).expect("a file");
        assert_eq!(exported.files.len(), 1);
        assert!(exported.opens_again && exported.absent.is_empty() && exported.no_room.is_empty());
        assert_eq!(
            within(format, &exported.files[0].bytes),
            ["f1", "f2", "in1", "in2", "out"]
        );
    }
}

#[test]
fn a_selection_is_shown_alone_and_a_frame_brings_what_is_in_it() {
    let these = |names: &[&str]| What::These(names.iter().map(|name| id(name)).collect::<BTreeSet<_>>());
    let exported = made(these(&["f2", "out"]), Format::Png).expect("a file");
    assert_eq!(
        within(Format::Png, &exported.files[0].bytes),
        ["f2", "in2", "out"]
    );
    // One that is clipped by a frame that isn't selected ends at the frame's edge all the same.
    let exported = made(these(&["in1"]), Format::Png).expect("a file");
    let line = Style::default().width / 2.0;
    let wide = 2.0 * (50.0 + line + 2.0 * super::super::wanted::MARGIN);
    assert_eq!(size(&exported.files[0].bytes)[0], wide.ceil() as u32);
    assert_eq!(made(these(&[]), Format::Png), Err(ExportError::Nothing));
    // A frame and nothing else is a page of its own, without a margin.
    let exported = made(these(&["f1"]), Format::Png).expect("a file");
    assert_eq!(size(&exported.files[0].bytes), [200, 120]);
}

#[test]
fn each_frame_is_a_file_in_the_order_of_presenting() {
    let exported = made(What::EachFrame, Format::Png).expect("files");
    let names: Vec<Option<&str>> = exported.files.iter().map(|file| file.frame.as_deref()).collect();
    assert_eq!(names, [None, Some("Left")]);
    assert_eq!(size(&exported.files[0].bytes), [160, 120]);
    assert_eq!(within(Format::Png, &exported.files[1].bytes), ["f1", "in1"]);
    let chosen = made(What::Frames(vec![id("f1")]), Format::Svg).expect("a file");
    assert_eq!(within(Format::Svg, &chosen.files[0].bytes), ["f1", "in1"]);
    let none = made(What::Frames(vec![id("out")]), Format::Svg);
    assert_eq!(none, Err(ExportError::NoSuchFrame("out".to_owned())));
    for format in Format::ALL {
        assert_eq!(made(What::Frames(Vec::new()), format), Err(ExportError::Nothing));
    }
    let wanted = Wanted {
        what: What::EachFrame,
        ..Wanted::new(Format::Png)
    };
    let without = file(&board()[4..], &look(&no_images), &wanted);
    assert_eq!(without, Err(ExportError::NoFrames));
}

#[test]
fn what_isnt_wanted_isnt_in_the_file() {
    let bare = Wanted {
        embed: false,
        paper: false,
        scale: 1.0,
        ..Wanted::new(Format::Png)
    };
    let exported = file(&board(), &look(&no_images), &bare).expect("a file");
    assert!(!exported.opens_again && png::embedded(&exported.files[0].bytes).is_none());
    let with = Wanted {
        scale: 99.0,
        ..bare.clone()
    };
    let larger = file(&board(), &look(&no_images), &with).expect("a file");
    assert_eq!((exported.scale, larger.scale), (1.0, 4.0));
    let svg = Wanted {
        format: Format::Svg,
        ..bare
    };
    let exported = file(&board(), &look(&no_images), &svg).expect("a file");
    let text = String::from_utf8(exported.files[0].bytes.clone()).expect("a text");
    assert!(!text.contains("<metadata>") && !text.contains("<rect"), "{text}");
}

#[test]
fn a_picture_that_has_no_room_says_how_large_it_became() {
    let wide = [boxed("w", Kind::Rectangle, [0.0, 0.0, 16_000.0, 900.0])];
    let exported = file(&wide, &look(&no_images), &Wanted::new(Format::Png)).expect("a file");
    assert!(
        exported.scale < 0.52 && exported.scale > 0.5,
        "{}",
        exported.scale
    );
    assert!(size(&exported.files[0].bytes)[0] <= png::MAX_SIDE);
}

#[test]
fn images_go_along_and_those_that_arent_here_are_counted() {
    let taken = crate::images::take_pixels(2, 2, vec![255; 16]).expect("a picture");
    let mut element = Element::image(crate::document::Picture::from(&taken));
    element.id = id("p");
    let there = |_: &ImageHash| Some(taken.image.clone());
    for format in [Format::Png, Format::Svg] {
        let exported = file(
            std::slice::from_ref(&element),
            &look(&there),
            &Wanted::new(format),
        )
        .expect("a file");
        assert!(exported.absent.is_empty() && exported.no_room.is_empty());
        let text = match format {
            Format::Png => png::embedded(&exported.files[0].bytes).expect("a text"),
            _ => String::from_utf8(exported.files[0].bytes.clone()).expect("a text"),
        };
        assert_eq!(clip::read_images(&text), std::slice::from_ref(&taken.image));
        let missing = file(
            std::slice::from_ref(&element),
            &look(&no_images),
            &Wanted::new(format),
        )
        .expect("a file");
        assert_eq!(
            (missing.absent.len(), missing.no_room.len()),
            (1, 0),
            "{format:?}"
        );
    }
    // One that lies outside of the frames isn't missed in them.
    let mut elements = board();
    elements.push(element);
    for format in Format::ALL {
        let wanted = Wanted {
            what: What::EachFrame,
            ..Wanted::new(format)
        };
        let exported = file(&elements, &look(&no_images), &wanted).expect("a file");
        assert!(exported.absent.is_empty(), "{format:?}");
    }
}

#[test]
fn a_scene_for_excalidraw_opens_again_as_the_board() {
    let exported = made(What::All, Format::Excalidraw).expect("a file");
    assert!(exported.opens_again);
    let back = crate::import::read(&exported.files[0].bytes).expect("a scene");
    assert_eq!(back.elements.len(), board().len());
    let frame = made(What::Frames(vec![id("f1")]), Format::Excalidraw).expect("a file");
    let back = crate::import::read(&frame.files[0].bytes).expect("a scene");
    assert_eq!(back.elements.len(), 2);
}

#[test]
fn what_is_far_too_long_for_a_picture_can_be_glimpsed_and_its_pixels_are_those_of_the_file() {
    let long = [boxed("l", Kind::Rectangle, [0.0, 0.0, 2_000_000.0, 1.0])];
    let wanted = Wanted::new(Format::Svg);
    assert!(file(&long, &look(&no_images), &wanted).is_ok());
    assert_eq!(
        pixels(&long, &look(&no_images), &wanted),
        Err(ExportError::TooLarge(TooLarge))
    );
    let seen = glimpse(&long, &look(&no_images), &wanted, 400).expect("a picture");
    assert_eq!((seen.width(), seen.height()), (400, 1));
    let wanted = Wanted::new(Format::Png);
    let whole = pixels(&board(), &look(&no_images), &wanted).expect("a picture");
    let made = made(What::All, Format::Png).expect("a file").files.remove(0);
    assert_eq!(size(&made.bytes), [whole.width(), whole.height()]);
    let seen = glimpse(&board(), &look(&no_images), &wanted, 100).expect("a picture");
    assert_eq!(seen.width(), 100);
}
