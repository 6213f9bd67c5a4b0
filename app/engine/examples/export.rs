//! What exporting a large board costs: time and bytes of each format. `cargo run --release -p drawbridge-engine --features testing --example export
//! [ELEMENTS]`, 10,000 if nothing is said. Most elements are handwriting; every twentieth is a note with a sentence on it.

use std::time::Instant;

use drawbridge_engine::document::{Color, Element, Kind, Style};
use drawbridge_engine::export::pages::{read, stacked};
use drawbridge_engine::export::{Format, Look, Wanted, file, no_images};
use drawbridge_engine::geometry::Affine;
use drawbridge_protocol::{Cell, ElementId, Peer, Property, Stamp};

/// One in so many is a note.
const NOTES: usize = 20;

fn main() {
    let count = std::env::args()
        .nth(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(10_000);
    let cells = cells(count);
    let began = Instant::now();
    let (document, scene) = read(&cells, || true);
    let elements = stacked(&document, &scene);
    println!(
        "{} elements, read in {:.2} s",
        elements.len(),
        began.elapsed().as_secs_f64()
    );
    let look = Look {
        ink: &|color| match color {
            Color::Rgb(rgb) => rgb,
            Color::Ink(_) => [30, 40, 60],
        },
        paper: None,
        board: [253, 252, 249],
        images: &no_images,
        clip: &|_: &Element| None,
    };
    println!("{:8} {:>8} {:>12}", "format", "seconds", "bytes");
    for format in Format::ALL {
        let mut embeds = vec![false];
        if format.can_embed() {
            embeds.push(true);
        }
        for embed in embeds {
            let wanted = Wanted {
                embed,
                ..Wanted::new(format)
            };
            let began = Instant::now();
            let made = file(&elements, &look, &wanted).expect("a file");
            let seconds = began.elapsed().as_secs_f64();
            let bytes: usize = made.files.iter().map(|file| file.bytes.len()).sum();
            let name = format!("{}{}", format.ending(), if embed { " *" } else { "" });
            println!("{name:8} {seconds:8.2} {bytes:12}");
        }
    }
    println!("* with the board in it");
}

/// A board of so many elements: strokes as hands draw them, and notes among them.
fn cells(count: usize) -> Vec<Cell> {
    let strokes: Vec<Cell> = drawbridge_engine::sample::Strokes::new(1, count - count / NOTES).collect();
    let stamp = Stamp {
        ms: 1,
        counter: 0,
        peer: Peer::from_bits([9; 12]),
    };
    let notes = (0..count / NOTES).map(|n| {
        let id = ElementId::new(&format!("note-{n}")).expect("an id");
        let mut note = Element::new(id.clone(), Kind::Note, "z".into(), Style::of(Kind::Note));
        let at = [(n % 25) as f64 * 150.0, (n / 25) as f64 * 150.0];
        note.place = Affine::new([120.0, 0.0, 0.0, 120.0, at[0], at[1]]);
        note.text = "What was said here is to be done by Thursday".into();
        Cell {
            element: id,
            prop: Property::base(),
            stamp,
            value: note.base(),
        }
    });
    strokes.into_iter().chain(notes).collect()
}
