//! Prints what a board's past costs: building it, memory, and going from moment to moment. 100,000 elements, 200,000 versions.
//! `cargo run --release -p drawbridge-engine --example history [ELEMENTS]`

use std::time::{Duration, Instant};

use drawbridge_engine::editor::SeededRandom;
use drawbridge_engine::history::{Stage, Timeline, Track};
use drawbridge_engine::progress::Progress;
use drawbridge_engine::tools::Random as _;
use drawbridge_protocol::{Cell, ElementId, Peer, Property, Stamp, Value};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a frame may take.
const FRAME: Duration = Duration::from_millis(8);

fn below(random: &mut SeededRandom, n: usize) -> usize {
    let [a, b, c, d, ..] = random.bits();
    u32::from_le_bytes([a, b, c, d]) as usize % n
}

/// Strokes as hands draw them, of which half are moved later, a quarter recoloured and a quarter deleted.
fn board(elements: usize) -> Vec<Cell> {
    let mut random = SeededRandom(1);
    let ids: Vec<ElementId> = (0..elements)
        .map(|_| ElementId::from_bits(random.bits()))
        .collect();
    let mut cells = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        let points: Vec<String> = (0..24)
            .map(|_| {
                format!(
                    "{} {}",
                    i64::try_from(below(&mut random, 24)).unwrap_or_default() - 12,
                    i64::try_from(below(&mut random, 24)).unwrap_or_default() - 12
                )
            })
            .collect();
        let base = format!(
            r#"{{"kind":"stroke","order":"b{n:06}","color":"black","width":4,"step":0.25,"place":[1,0,0,1,{},{}],"points":"{}","pressure":"50 1"}}"#,
            below(&mut random, 20_000),
            below(&mut random, 20_000),
            points.join(" ").replace(" -", "-")
        );
        cells.push((id, "base", base));
        let id = &ids[below(&mut random, n + 1)];
        cells.push(match below(&mut random, 4) {
            0 | 1 => (
                id,
                "place",
                format!(
                    "[1,0,0,1,{},{}]",
                    below(&mut random, 20_000),
                    below(&mut random, 20_000)
                ),
            ),
            2 => (id, "color", r#""blue""#.to_owned()),
            _ => (id, "deleted", "true".to_owned()),
        });
    }
    (0..)
        .zip(cells)
        .map(|(n, (id, prop, value))| Cell {
            element: id.clone(),
            prop: Property::new(prop).expect("a property"),
            stamp: Stamp {
                ms: 1_790_000_000_000 + n * 1500,
                counter: 0,
                peer: Peer::from_bits([(n / 500 % 5) as u8; 12]),
            },
            value: Value::from_text(value).expect("JSON"),
        })
        .collect()
}

fn main() {
    let elements = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    let cells = board(elements);
    println!("{elements} elements, {} versions", cells.len());
    let (before, began) = (MEMORY.current_usage(), Instant::now());
    let timeline = Timeline::of(&cells);
    let took = began.elapsed();
    println!(
        "the timeline: {took:.1?}, {:.1} MB beside the values, {} moments",
        mb(MEMORY.current_usage() - before),
        timeline.moments().len()
    );
    let began = Instant::now();
    let track = Track::of(&timeline);
    let _ = track.density(&timeline, 600);
    println!("the track and what is drawn of it: {:.1?}", began.elapsed());
    let (before, began) = (MEMORY.current_usage(), Instant::now());
    let mut stage = Stage::at_the_end(&timeline, &Progress::default());
    let took = began.elapsed();
    println!(
        "the stage, at the end: {took:.1?}, {:.1} MB",
        mb(MEMORY.current_usage() - before)
    );

    let moments = timeline.moments().len();
    // Near the end most is on the board.
    let from = moments * 9 / 10;
    while !stage.go(&timeline, timeline.place(from), || true) {}
    for distance in [1, 10, 100, 1000] {
        let mut took = Vec::new();
        for n in 0..50 {
            let near = from + n * 7 % (moments / 20);
            for to in [near, near + distance, near] {
                let began = Instant::now();
                while !stage.go(&timeline, timeline.place(to), || true) {}
                took.push(began.elapsed());
            }
        }
        took.sort_unstable();
        println!(
            "{distance} moments at once: {:.1?} in the middle, {:.1?} of 95 in 100",
            took[took.len() / 2],
            took[took.len() * 95 / 100]
        );
    }
    for (words, to) in [
        ("to the beginning", 0),
        ("to the end", moments),
        ("to the middle", moments / 2),
    ] {
        let began = Instant::now();
        let mut slowest = Duration::ZERO;
        let mut frames = 0;
        loop {
            let frame = Instant::now();
            let there = stage.go(&timeline, timeline.place(to), || frame.elapsed() < FRAME);
            slowest = slowest.max(frame.elapsed());
            frames += 1;
            if there {
                break;
            }
        }
        println!(
            "{words}: {:.0?} in {frames} frames of at most {FRAME:?}, the slowest {slowest:.1?}",
            began.elapsed()
        );
    }
    let late: Vec<Cell> = cells
        .iter()
        .step_by(1000)
        .map(|cell| Cell {
            stamp: Stamp {
                ms: cell.stamp.ms + 1,
                ..cell.stamp
            },
            ..cell.clone()
        })
        .collect();
    let mut timeline = timeline;
    let began = Instant::now();
    let places = timeline.extend(&late);
    stage.extended(&timeline, &places);
    println!("{} late versions: {:.1?}", late.len(), began.elapsed());
}

fn mb(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
