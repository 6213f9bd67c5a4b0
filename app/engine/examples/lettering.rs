//! What letters cost: the first text of each sort (which reads the fonts), then 1,000 notes, and their triangles.
//!
//! `cargo run --release -p drawbridge-engine --example lettering`

use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_engine::document::{Element, Kind, Order, Style};
use drawbridge_engine::geometry::{Affine, Font, TextAlign};
use drawbridge_engine::lettering::Layout;
use drawbridge_protocol::ElementId;

const WORDS: [&str; 8] = [
    "what",
    "we",
    "said",
    "about",
    "the",
    "harbour",
    "yesterday",
    "morning",
];

fn timed<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let made = what();
    (made, start.elapsed())
}

/// A note of some 25 words, other ones for each number.
fn note(number: usize) -> Element {
    let words: Vec<&str> = (0..25)
        .map(|n| WORDS[(number * 7 + n * (1 + number % 5)) % WORDS.len()])
        .collect();
    let id = ElementId::new(&format!("note-{number}")).expect("an id");
    let mut element = Element::new(id, Kind::Note, Order::default(), Style::of(Kind::Note));
    element.place = Affine::scale(200.0);
    element.text = format!("{number} {}", words.join(" ")).into();
    element
}

fn main() {
    for (name, text) in [
        ("Latin", "Hello"),
        ("Hebrew", "שלום"),
        ("Arabic", "مرحبا"),
        ("Chinese", "漢字"),
        ("emoji", "😀"),
        ("what only the system may have", "ᚠ𒀀"),
    ] {
        let text: Arc<str> = text.into();
        let first = || Layout::of(&text, Font::Hand, 20.0, TextAlign::Left, None);
        let (_, took) = timed(first);
        println!("first text, {name}: {:.1} ms", took.as_secs_f64() * 1e3);
    }
    let notes: Vec<Element> = (0..1000).map(note).collect();
    let letters: usize = notes.iter().map(|note| note.text.chars().count()).sum();
    let (_, took) = timed(|| notes.iter().filter_map(Element::bounds).count());
    let each = took.as_secs_f64() * 1e6 / letters as f64;
    println!(
        "1,000 notes of {letters} letters, set: {:.0} ms, {each:.2} µs a letter",
        took.as_secs_f64() * 1e3
    );
    let (_, took) = timed(|| notes.iter().filter_map(Element::bounds).count());
    println!("the same again: {:.1} ms", took.as_secs_f64() * 1e3);
    for tolerance in [0.0375, 0.15, 0.6, 2.4] {
        let corners = || {
            notes
                .iter()
                .filter_map(|note| note.mesh_within(tolerance))
                .map(|mesh| mesh.strip.len())
        };
        let (sum, took) = timed(|| corners().sum::<usize>());
        let each = sum as f64 / letters as f64;
        println!(
            "triangles within {tolerance} units: {:.0} ms, {each:.0} corners a letter, {:.1} MB",
            took.as_secs_f64() * 1e3,
            sum as f64 * 16.0 / 1e6
        );
    }
}
