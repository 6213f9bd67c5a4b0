//! Prints how long a folder of many boards takes to be listed: with nothing known of them, with the index, and after some of
//! them changed. `cargo run --release -p drawbridge-engine --example boards [BOARDS] [STROKES]`

use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_engine::client::{CellState, Shelf};
use drawbridge_engine::client::{Meta, Profile, SqliteStore, Start, Store as _, StoreBatch, StoredCell};
use drawbridge_protocol::{BoardId, Cell, ElementId, Key, Peer, Property, Stamp, Value};

/// Boards and strokes on each, if none are named.
const USUAL: (usize, usize) = (1000, 50);
/// How many boards are written between two lists.
const WRITTEN: usize = 10;
/// How often each is done; the median is printed.
const TIMES: usize = 9;

fn cell(element: &str, prop: &str, ms: u64, value: &str) -> Cell {
    Cell {
        element: ElementId::new(element).expect("an id"),
        prop: Property::new(prop).expect("a property"),
        stamp: Stamp {
            ms,
            counter: 0,
            peer: Peer::from_bits([1; 12]),
        },
        value: Value::from_text(value.to_owned()).expect("JSON"),
    }
}

fn board(shelf: &Shelf, number: usize, strokes: usize, ms: u64) {
    let id = BoardId::new(&format!("board-{number}")).expect("an id");
    let meta = Meta {
        board: id.clone(),
        key: Key::from_bits([1; 16]),
        remote: None,
        hosted: None,
        chat: Default::default(),
        standing: Default::default(),
    };
    let mut store = SqliteStore::open(&shelf.file(&id), &meta).expect("a board").store;
    let stroke =
        r#"{"kind":"stroke","order":"a0","points":"0,0,50 4,3,52 9,5,55 13,9,60 20,12,66 31,17,70"}"#;
    let strokes = (0..strokes).map(|n| cell(&format!("stroke-{n}"), "base", ms, stroke));
    let title = cell("board", "title", ms, &format!("\"Board {number}\""));
    let row = |cell| StoredCell {
        cell,
        state: CellState::Fresh,
        floor: None,
        parked: None,
    };
    let batch = StoreBatch {
        cells: strokes.chain([title]).map(row).collect(),
        ..StoreBatch::default()
    };
    store.commit(&batch).expect("a commit");
}

/// The median of what a list takes, `before` each of which something is done.
fn listed(shelf: &Shelf, count: usize, mut before: impl FnMut(usize)) -> Duration {
    let mut took: Vec<Duration> = (0..TIMES)
        .map(|turn| {
            before(turn);
            let began = Instant::now();
            assert_eq!(shelf.boards().expect("listed").len(), count);
            began.elapsed()
        })
        .collect();
    took.sort();
    took[TIMES / 2]
}

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|text| text.parse().expect("a number"));
    let count = arguments.next().unwrap_or(USUAL.0);
    let strokes = arguments.next().unwrap_or(USUAL.1);
    let folder = tempfile::tempdir().expect("a folder");
    let profile = match Profile::open(folder.path(), Arc::new(|| {})).expect("a folder") {
        Start::Opened(profile) => profile,
        Start::Running(_) => unreachable!("the folder is new"),
    };
    let shelf = profile.shelf();
    (0..count).for_each(|number| board(&shelf, number, strokes, 1));
    let index = folder.path().join("boards.json");
    let cold = listed(&shelf, count, |_| {
        // Where there is none, as at first, that is as good.
        let _ = std::fs::remove_file(&index);
    });
    let warm = listed(&shelf, count, |_| {});
    let some = listed(&shelf, count, |turn| {
        (0..WRITTEN.min(count)).for_each(|number| board(&shelf, number, 1, turn as u64 + 2));
    });
    println!("{count} boards of {strokes} strokes, the files in the system's memory");
    println!(
        "nothing known of them      {:8.1} ms",
        cold.as_secs_f64() * 1000.0
    );
    println!(
        "with the index             {:8.1} ms",
        warm.as_secs_f64() * 1000.0
    );
    println!(
        "after {WRITTEN} were written      {:8.1} ms",
        some.as_secs_f64() * 1000.0
    );
}
