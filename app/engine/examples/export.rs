//! What exporting a large board costs: time and bytes of each format. `cargo run --release -p drawbridge-engine --features testing --example export
//! [ELEMENTS]`, 10,000 if nothing is said. Most elements are handwriting; every twentieth is a note with a sentence on it. Then what an
//! element of each kind takes in an SVG.

use std::time::Instant;

use drawbridge_engine::document::{Color, Dash, Element, Head, Kind, Order, Sample, Shade, Sketch, Style};
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
    println!("{:24} {:>12}", "in an SVG", "bytes each");
    for (name, elements) in kinds() {
        let wanted = Wanted {
            embed: false,
            ..Wanted::new(Format::Svg)
        };
        let made = file(&elements, &look, &wanted).expect("a file");
        println!("{name:24} {:12}", made.files[0].bytes.len() / elements.len());
    }
}

/// A hundred elements of each kind, as they lie on boards.
fn kinds() -> Vec<(&'static str, Vec<Element>)> {
    const EACH: usize = 100;
    let (document, scene) = read(&cells(20 * EACH), || true);
    let strokes = stacked(&document, &scene)
        .into_iter()
        .filter(|element| element.kind == Kind::Stroke);
    let mut kinds = vec![("handwriting", strokes.take(EACH).collect())];
    let filled = Style {
        fill: Some(Color::Rgb([240, 160, 40])),
        ..Style::default()
    };
    let arrow = Style {
        end: Head::Arrow,
        ..Style::default()
    };
    for (name, kind, style, text) in [
        ("rectangle", Kind::Rectangle, Style::default(), ""),
        ("rectangle, filled", Kind::Rectangle, filled, ""),
        (
            "rectangle, hatched",
            Kind::Rectangle,
            Style {
                shade: Shade::Hatch,
                ..filled
            },
            "",
        ),
        (
            "rectangle, dashed",
            Kind::Rectangle,
            Style {
                dash: Dash::Dashed,
                ..filled
            },
            "",
        ),
        (
            "rectangle, sketched",
            Kind::Rectangle,
            Style {
                sketch: Sketch::Light,
                ..filled
            },
            "",
        ),
        ("ellipse, filled", Kind::Ellipse, filled, ""),
        ("arrow", Kind::Line, arrow, ""),
        ("text", Kind::Text, Style::of(Kind::Text), "What was said here"),
        (
            "note",
            Kind::Note,
            Style::of(Kind::Note),
            "What was said here is to be done by Thursday",
        ),
    ] {
        let element = |n: usize| {
            let id = ElementId::new(&format!("{n}")).expect("an id");
            let mut element = Element::new(id, kind, Order::default(), style);
            let size = if kind.is_box() { [120.0, 80.0] } else { [1.0, 1.0] };
            let at = [(n % 10) as f64 * 150.3, (n / 10) as f64 * 100.7];
            element.place = Affine::new([size[0], 0.0, 0.0, size[1], at[0], at[1]]);
            if kind == Kind::Line {
                let ends = [(0, 0), ((110.0 + n as f64) as i64, 70)];
                element.points = ends.map(|(x, y)| Sample { x, y, pressure: 50 }.ink(1.0)).into();
            }
            element.text = text.into();
            element
        };
        kinds.push((name, (0..EACH).map(element).collect()));
    }
    kinds
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
