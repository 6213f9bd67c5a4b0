//! Images on the card: where they lie, in which order, how they are turned, and how large they are read.

use std::sync::Arc;

use drawbridge::render::{Limits, Renderer, Source};
use drawbridge::theme::LIGHT;
use drawbridge_engine::editor::Editor;
use drawbridge_engine::geometry::Camera;
use drawbridge_engine::images::{StoredImage, take_pixels};
use drawbridge_protocol::Cell;

use super::card::{Picture, card};
use super::{board, camera, element, keep, shown};

/// A picture with a colour in each quarter: red, green, blue, and half of yellow.
fn quarters(size: u32) -> StoredImage {
    let pixel = |n: u32| {
        let (x, y) = (n % size, n / size);
        match (x < size / 2, y < size / 2) {
            (true, true) => [255, 0, 0, 255],
            (false, true) => [0, 255, 0, 255],
            (true, false) => [0, 0, 255, 255],
            (false, false) => [255, 255, 0, 128],
        }
    };
    let rgba = (0..size * size).flat_map(pixel).collect();
    take_pixels(size, size, rgba).expect("a picture").image
}

fn image(name: &str, image: &StoredImage, rest: &str) -> Cell {
    let hash = image.hash();
    element(
        "image",
        name,
        &format!(r#","image":"{hash}","type":"image/png","pixels":[64,64]{rest}"#),
    )
}

fn source(images: Vec<StoredImage>) -> Source {
    Arc::new(move |hash| images.iter().find(|image| image.hash() == *hash).cloned())
}

/// Frames until all images are there.
fn draw(renderer: &mut Renderer, editor: &Editor, camera: &Camera) -> Picture {
    let card = card().expect("a card");
    loop {
        let (picture, drawn) = shown(card, renderer, editor, camera, 1.0, &LIGHT);
        if !drawn.more {
            return picture;
        }
        std::thread::yield_now();
    }
}

fn at(picture: &Picture, x: u32, y: u32) -> [u8; 4] {
    picture.pixels[(y * picture.size[0] + x) as usize]
}

fn near(a: [u8; 4], b: [u8; 4]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 3)
}

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
/// Times its opacity.
const YELLOW: [u8; 4] = [128, 128, 0, 128];

#[test]
fn d26_an_image_lies_where_place_leads_it_turned_and_mirrored() {
    let Some(card) = card() else { return };
    let quarters = quarters(64);
    for (name, place, corners) in [
        (
            "upright",
            [200.0, 0.0, 0.0, 100.0, 100.0, 100.0],
            [RED, GREEN, BLUE, YELLOW],
        ),
        (
            "mirrored",
            [-200.0, 0.0, 0.0, 100.0, 300.0, 100.0],
            [GREEN, RED, YELLOW, BLUE],
        ),
        (
            "turned",
            [0.0, 100.0, -200.0, 0.0, 300.0, 100.0],
            [BLUE, RED, YELLOW, GREEN],
        ),
    ] {
        let editor = board(&[image("a", &quarters, &format!(r#","place":{place:?}"#))]);
        let mut renderer = Renderer::new(&card.0, &card.1);
        renderer.read_images(|| source(vec![quarters.clone()]));
        let picture = draw(&mut renderer, &editor, &camera(0.0, 0.0, 1.0));
        keep(&format!("image {name}"), "card", &picture, &LIGHT);
        for (n, color) in (0..).zip(corners) {
            let (x, y) = (150 + 100 * (n % 2), 125 + 50 * (n / 2));
            assert!(
                near(at(&picture, x, y), color),
                "{name} {n}: {:?}",
                at(&picture, x, y)
            );
        }
        assert_eq!(at(&picture, 95, 150)[3], 0, "{name}: nothing beside it");
        assert_eq!(at(&picture, 305, 150)[3], 0, "{name}: nothing beside it");
    }
}

#[test]
fn an_image_is_drawn_in_its_order_fainter_as_its_opacity_says_and_grey_until_it_is_there() {
    let Some(card) = card() else { return };
    let quarters = quarters(64);
    let place = r#","place":[200,0,0,200,100,100]"#;
    let cells = [
        element(
            "rectangle",
            "a",
            r##","place":[100,0,0,100,50,50],"fill":"#000000","shade":"solid","color":"#000000""##,
        ),
        image("b", &quarters, &format!(r#"{place},"opacity":0.5"#)),
        element(
            "rectangle",
            "c",
            r##","place":[100,0,0,100,250,250],"fill":"#000000","shade":"solid","color":"#000000""##,
        ),
    ];
    let editor = board(&cells);
    let camera = camera(0.0, 0.0, 1.0);
    let mut renderer = Renderer::new(&card.0, &card.1);
    let grey = draw(&mut renderer, &editor, &camera);
    let box_of = at(&grey, 200, 200);
    assert!(
        box_of[3] > 100 && box_of[0].abs_diff(box_of[2]) < 12,
        "a calm grey: {box_of:?}"
    );
    // It comes.
    renderer.read_images(|| source(vec![quarters.clone()]));
    let picture = draw(&mut renderer, &editor, &camera);
    keep("image in its order", "card", &picture, &LIGHT);
    assert!(
        near(at(&picture, 180, 180), [128, 0, 0, 128]),
        "{:?}",
        at(&picture, 180, 180)
    );
    assert!(
        near(at(&picture, 130, 130), [128, 0, 0, 255]),
        "over what is below: {:?}",
        at(&picture, 130, 130)
    );
    assert!(
        near(at(&picture, 280, 280), [0, 0, 0, 255]),
        "under what is above: {:?}",
        at(&picture, 280, 280)
    );
}

#[test]
fn one_that_comes_late_takes_its_place_when_it_is_there() {
    let Some(card) = card() else { return };
    let quarters = quarters(64);
    let editor = board(&[image("a", &quarters, r#","place":[100,0,0,100,0,0]"#)]);
    let camera = camera(0.0, 0.0, 1.0);
    let mut renderer = Renderer::new(&card.0, &card.1);
    let here = Arc::new(std::sync::Mutex::new(None));
    let there = Arc::clone(&here);
    renderer.read_images(|| Arc::new(move |_| there.lock().expect("no panic").clone()));
    draw(&mut renderer, &editor, &camera);
    assert!(renderer.is_barren(&quarters.hash()));
    *here.lock().expect("no panic") = Some(quarters.clone());
    renderer.images_arrived(&[quarters.hash()]);
    let picture = draw(&mut renderer, &editor, &camera);
    assert!(near(at(&picture, 20, 20), RED), "{:?}", at(&picture, 20, 20));
}

#[test]
fn one_that_comes_while_it_is_looked_for_is_looked_for_again() {
    let Some(card) = card() else { return };
    let quarters = quarters(64);
    let editor = board(&[image("a", &quarters, r#","place":[100,0,0,100,0,0]"#)]);
    let camera = camera(0.0, 0.0, 1.0);
    let mut renderer = Renderer::new(&card.0, &card.1);
    let (looked, looks) = std::sync::mpsc::channel();
    let (go, gone) = std::sync::mpsc::channel();
    let (gone, found) = (std::sync::Mutex::new(gone), quarters.clone());
    renderer.read_images(|| {
        Arc::new(move |_| {
            looked.send(()).expect("the test waits");
            // The first look finds nothing, and says so late.
            let late: bool = gone.lock().expect("no panic").recv().expect("the test says");
            (!late).then(|| found.clone())
        })
    });
    let _ = shown(card, &mut renderer, &editor, &camera, 1.0, &LIGHT);
    looks.recv().expect("it looks");
    renderer.images_arrived(&[quarters.hash()]);
    go.send(true).expect("it waits");
    go.send(false).expect("it waits");
    let picture = draw(&mut renderer, &editor, &camera);
    assert!(near(at(&picture, 20, 20), RED), "{:?}", at(&picture, 20, 20));
}

#[test]
fn from_afar_little_is_read_and_what_is_not_seen_goes_when_there_is_too_much() {
    let Some(card) = card() else { return };
    let images: Vec<StoredImage> = (0..8).map(|n| quarters(512 + 2 * n)).collect();
    let cells: Vec<Cell> = (0..)
        .zip(&images)
        .map(|(n, shown)| {
            let x = 2000 * n;
            image(
                &format!("i{n}"),
                shown,
                &format!(r#","place":[500,0,0,500,{x},0]"#),
            )
        })
        .collect();
    let editor = board(&cells);
    let mut renderer = Renderer::with_limits(
        &card.0,
        &card.1,
        Limits {
            // Two of them, read whole.
            images: 3 << 20,
            ..Limits::default()
        },
    );
    renderer.read_images(|| source(images.clone()));
    let bare = {
        let mut other = Renderer::new(&card.0, &card.1);
        draw(&mut other, &editor, &camera(0.0, 0.0, 0.04));
        other.bytes()
    };
    draw(&mut renderer, &editor, &camera(0.0, 0.0, 0.04));
    let afar = renderer.bytes() - bare.min(renderer.bytes());
    assert!(afar < 400_000, "eight of 64 pixels a side: {afar}");
    let mut most = 0;
    for n in 0..8 {
        let picture = draw(&mut renderer, &editor, &camera(2000.0 * f64::from(n), 0.0, 1.0));
        assert!(
            near(at(&picture, 100, 100), RED),
            "image {n}: {:?}",
            at(&picture, 100, 100)
        );
        most = most.max(renderer.bytes());
    }
    assert!(most < bare + (8 << 20), "{most} of {bare}");
}
