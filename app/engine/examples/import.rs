//! Prints how long it takes to read other programs' files, or, where none is given, an Excalidraw scene that is made here, and to
//! write it. `cargo run --release -p drawbridge-engine --example import [FILE...]`

use std::time::Instant;

use drawbridge_engine::document::{Color, Element, Order, Style};
use drawbridge_engine::export::{Look, excalidraw, no_images};
use drawbridge_engine::geometry::{Affine, InkPoint, Kind, Point};
use drawbridge_engine::import;
use drawbridge_protocol::ElementId;

/// So many elements are made.
const ELEMENTS: u64 = 10_000;
/// A stroke has so many points.
const POINTS: i32 = 100;
/// Each file is read so often; the median is printed.
const TIMES: usize = 5;

/// Strokes, and boxes with letters.
fn made() -> Vec<Element> {
    let one = |n: u64| {
        let mut bits = [0; 12];
        bits[..8].copy_from_slice(&n.to_le_bytes());
        let kind = if n.is_multiple_of(2) {
            Kind::Stroke
        } else {
            Kind::Rectangle
        };
        let mut element = Element::new(
            ElementId::from_bits(bits),
            kind,
            Order::default(),
            Style::of(kind),
        );
        let corner = Point::new((n % 100) as f64 * 300.0, (n / 100) as f64 * 200.0);
        if kind == Kind::Stroke {
            element.step = 0.25;
            let wave = |i: i32| corner + (f64::from(i), (f64::from(i) / 8.0).sin() * 20.0);
            element.points = (0..POINTS).map(|i| InkPoint::new(wave(i), 0.5)).collect();
        } else {
            element.place = Affine::new([200.0, 0.0, 0.0, 120.0, corner.x, corner.y]);
            element.text = format!("Box {n}").into();
        }
        element
    };
    (0..ELEMENTS).map(one).collect()
}

fn main() {
    let ink = |color| match color {
        Color::Rgb(rgb) => rgb,
        Color::Ink(_) => [40, 40, 40],
    };
    let look = Look {
        ink: &ink,
        paper: None,
        board: [255; 3],
        images: &no_images,
        clip: &|_| None,
    };
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for path in std::env::args().skip(1) {
        match std::fs::read(&path) {
            Ok(bytes) => files.push((path, bytes)),
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
    if files.is_empty() {
        let elements = made();
        let start = Instant::now();
        let text = excalidraw::write(&elements, &look);
        println!(
            "{ELEMENTS} elements written as an Excalidraw scene: {:.1?}, {} KB",
            start.elapsed(),
            text.len() / 1000
        );
        files.push(("that scene".to_owned(), text.clone().into_bytes()));
        // As if Excalidraw had written it: nothing of ours is in it.
        files.push((
            "the same without our part".to_owned(),
            text.replace("\"customData\"", "\"other\"").into_bytes(),
        ));
    }
    for (name, bytes) in files {
        let mut times = Vec::new();
        let mut said = String::new();
        for _ in 0..TIMES {
            let start = Instant::now();
            said = match import::read(&bytes) {
                Ok(import) => format!("{} elements\n{}", import.elements.len(), import.summary),
                Err(error) => error.to_string(),
            };
            times.push(start.elapsed());
        }
        times.sort();
        println!(
            "{name}: {} KB, {:.1?}, {}",
            bytes.len() / 1000,
            times[TIMES / 2],
            said.trim_end()
        );
    }
}
