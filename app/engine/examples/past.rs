//! What keeping earlier versions costs: the same overwrites with and without, and reading them all.
//!
//! `cargo run --release -p drawbridge-engine --example past -- [OVERWRITES] [VERSIONS]`

use std::path::Path;
use std::time::{Duration, Instant};

use drawbridge_engine::client::{
    CellState, Meta, Overwritten, SqliteStore, Store as _, StoreBatch, StoredCell,
};
use drawbridge_protocol::{BoardId, Cell, ElementId, Key, Peer, Property, Stamp, Value};

/// Elements that are moved about, one after the other.
const ELEMENTS: u64 = 1_000;

fn place(element: u64, ms: u64) -> Cell {
    Cell {
        element: ElementId::new(&format!("element-{element:08}")).expect("an id"),
        prop: Property::new("place").expect("a property"),
        stamp: Stamp {
            ms,
            counter: 0,
            peer: Peer::from_bits([1; 12]),
        },
        value: Value::from_text(format!("[1,0,0,1,{}.25,{ms}]", element * 3)).expect("JSON"),
    }
}

fn open(path: &Path) -> SqliteStore {
    let meta = Meta {
        board: BoardId::new("b").expect("a name"),
        key: Key::from_bits([3; 16]),
        remote: None,
        hosted: None,
        chat: Default::default(),
        standing: Default::default(),
    };
    SqliteStore::open(path, &meta).expect("a board").store
}

fn batch(cells: impl Iterator<Item = Cell>) -> StoreBatch {
    let row = |cell| StoredCell {
        cell,
        state: CellState::Settled,
        floor: None,
        parked: None,
    };
    StoreBatch {
        cells: cells.map(row).collect(),
        ..StoreBatch::default()
    }
}

/// Overwrites cells, so many in a commit, and says how long a commit took.
fn overwrite(path: &Path, commits: u64, each: u64, keeps: bool) -> Duration {
    let mut store = open(path);
    store
        .commit(&batch((0..ELEMENTS).map(|n| place(n, 0))))
        .expect("committed");
    let mut last = vec![0; usize::try_from(ELEMENTS).expect("small")];
    let start = Instant::now();
    for n in 0..commits {
        let ms = n + 1;
        let elements: Vec<u64> = (0..each).map(|k| (n * each + k) % ELEMENTS).collect();
        let mut batch = batch(elements.iter().map(|element| place(*element, ms)));
        for element in elements {
            let before = std::mem::replace(&mut last[usize::try_from(element).expect("small")], ms);
            if keeps {
                batch.past.cells.push(Overwritten {
                    cell: place(element, before),
                    until_ms: Some(ms),
                });
            }
        }
        store.commit(&batch).expect("committed");
    }
    start.elapsed() / u32::try_from(commits.max(1)).expect("few")
}

fn main() {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse().expect("a number"));
    let (commits, versions): (u64, u64) = (args.next().unwrap_or(2_000), args.next().unwrap_or(400_000));
    let folder = std::env::temp_dir().join(format!("drawbridge-past-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for each in [1, 100] {
        let commits = commits / if each > 1 { 10 } else { 1 };
        for (name, keeps) in [("without", false), ("with", true)] {
            let path = folder.join(format!("{each}-{name}.board"));
            let took = overwrite(&path, commits, each, keeps);
            println!("{commits} commits that overwrite {each}, {name} their past: {took:?} each");
        }
    }
    let path = folder.join("read.board");
    overwrite(&path, versions / 500, 500, true);
    let start = Instant::now();
    let past = SqliteStore::read_past(&path, Vec::new()).expect("it is read");
    println!("{} versions read in {:?}", past.cells.len(), start.elapsed());
    let size = std::fs::metadata(&path).map_or(0, |meta| meta.len());
    println!("the file has {size} bytes");
    std::fs::remove_dir_all(&folder).expect("it goes");
}
