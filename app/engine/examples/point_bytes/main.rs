//! Prints how many bytes a point of a hand-drawn stroke takes: dry, in its `base`, and wet, in its chunks.
//! `cargo run -p drawbridge-engine --example point_bytes [SEED]`

mod strokes;

fn main() {
    let seed = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(1);
    println!("seed {seed}; 200 strokes a pen; bytes a point: dry, then wet at 60 messages a second");
    println!(
        "{:<22}{:>8}{:>18}{:>14}{:>14}{:>16}",
        "", "points", "points+pressure", "whole base", "wet chunks", "live messages"
    );
    for pen in &strokes::PENS {
        let count = strokes::measured(pen, seed);
        let [texts, base, chunks, messages] = count.each();
        println!(
            "{:<22}{:>8}{texts:>18.2}{base:>14.2}{chunks:>14.2}{messages:>16.2}",
            pen.name,
            count.points()
        );
    }
}
