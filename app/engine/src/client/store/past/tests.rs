//! What is kept of what was before: one contract for files and memory, and boards of earlier formats.

use std::path::Path;

use drawbridge_protocol::{ElementId, Peer, Property, Value};
use rusqlite::Connection;

use super::*;
use crate::client::record::{CellState, Fetched, Overwritten, Past, StoreBatch, StoredCell};
use crate::client::store::glance::Glance;
use crate::client::store::tests::{meta, open};
use crate::client::store::{MemoryStore, SqliteStore, Store, copy};

fn stamp(ms: u64) -> Stamp {
    Stamp {
        ms,
        counter: 0,
        peer: Peer::from_bits([1; 12]),
    }
}

fn cell(element: &str, prop: &str, ms: u64, value: &str) -> Cell {
    Cell {
        element: ElementId::new(element).expect("an id"),
        prop: Property::new(prop).expect("a property"),
        stamp: stamp(ms),
        value: Value::from_text(value.to_owned()).expect("json"),
    }
}

fn present(cell: &Cell) -> StoredCell {
    StoredCell {
        cell: cell.clone(),
        state: CellState::Fresh,
        floor: None,
        parked: None,
    }
}

/// A batch that puts cells and moves others to the past, with when they were overwritten.
fn batch(cells: &[Cell], lost: &[(&Cell, Option<u64>)]) -> StoreBatch {
    let lost = lost.iter().map(|(cell, until_ms)| Overwritten {
        cell: (*cell).clone(),
        until_ms: *until_ms,
    });
    StoreBatch {
        cells: cells.iter().map(present).collect(),
        past: PastBatch {
            cells: lost.collect(),
            ..PastBatch::default()
        },
        ..StoreBatch::default()
    }
}

fn past(store: &mut dyn Store) -> (Vec<Cell>, Option<u64>) {
    let Past { mut cells, since_ms } = store.past(Vec::new()).expect("it is read");
    cells.sort_by_key(|cell| (cell.key(), cell.stamp));
    (cells, since_ms)
}

/// Both kinds of store, the file in a folder.
fn both(folder: &Path, bounds: Bounds) -> (MemoryStore, SqliteStore) {
    let (mut memory, mut file) = (MemoryStore::new(meta()), open(&folder.join("a.board")).store);
    memory.set_bounds(bounds);
    file.set_bounds(bounds);
    (memory, file)
}

fn each(bounds: Bounds, test: impl Fn(&mut dyn Store)) {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut memory, mut file) = both(folder.path(), bounds);
    test(&mut memory);
    test(&mut file);
    assert_eq!(memory.tally(), file.tally());
}

#[test]
fn every_version_is_there_once_and_none_was_missed() {
    each(Bounds::default(), |store| {
        let [a, b, c] = [1, 2, 3].map(|ms| cell("e", "place", ms * 1_000, &format!("{ms}")));
        store
            .commit(&batch(std::slice::from_ref(&a), &[]))
            .expect("committed");
        store
            .commit(&batch(
                std::slice::from_ref(&c),
                &[(&a, Some(2_000)), (&b, Some(3_000))],
            ))
            .expect("committed");
        // Again, as from a relay that has them too.
        store
            .commit(&batch(&[], &[(&b, None), (&a, None)]))
            .expect("committed");
        assert_eq!(past(store), (vec![a, b, c.clone()], Some(0)));

        // What the store may not have yet is put beside it, once.
        let d = cell("e", "place", 4_000, "4");
        let mut all = store.past(vec![c, d.clone(), d]).expect("it is read").cells;
        all.sort_by_key(|cell| cell.stamp);
        let stamps: Vec<u64> = all.iter().map(|cell| cell.stamp.ms).collect();
        assert_eq!(stamps, [1_000, 2_000, 3_000, 4_000]);
    });
}

#[test]
fn a_file_keeps_its_past_over_restarts_and_can_be_read_while_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.board");
    let [a, b, c] = [1, 2, 3].map(|ms| cell("e", "place", ms, &format!("{ms}")));
    let mut store = open(&path).store;
    store
        .commit(&batch(std::slice::from_ref(&b), &[(&a, Some(2))]))
        .expect("committed");
    let tally = store.tally();
    drop(store);
    let mut store = open(&path).store;
    assert_eq!(store.tally(), tally);
    store
        .commit(&batch(std::slice::from_ref(&c), &[(&b, Some(3))]))
        .expect("committed");
    let read = SqliteStore::read_past(&path, Vec::new()).expect("it is read");
    assert_eq!(read.cells.len(), 3);
    drop(store);
    let mut store = open(&path).store;
    assert_eq!(past(&mut store), (vec![a, b, c], Some(0)));
}

#[test]
fn what_was_overwritten_first_goes_first_and_the_gap_is_said() {
    let one = cell("e000", "place", 1, "\"0123456789\"").size() as u64 + ROW_BYTES;
    let bounds = Bounds {
        bytes: 10 * one,
        ..Bounds::default()
    };
    each(bounds, |store| {
        for n in 0..100_u64 {
            let lost = cell(&format!("e{n:03}"), "place", n, "\"0123456789\"");
            store
                .commit(&batch(&[], &[(&lost, Some(1_000 + n))]))
                .expect("committed");
        }
        let (cells, since) = past(store);
        let kept: Vec<u64> = cells.iter().map(|cell| cell.stamp.ms).collect();
        assert_eq!(kept, (90..100).collect::<Vec<u64>>());
        assert_eq!(since, Some(1_089), "the last that went was overwritten then");
    });
}

#[test]
fn what_was_overwritten_long_ago_goes_however_little_there_is() {
    let bounds = Bounds {
        age_ms: 1_000,
        ..Bounds::default()
    };
    each(bounds, |store| {
        let (a, b) = (cell("a", "place", 1, "1"), cell("b", "place", 2, "1"));
        store
            .commit(&batch(&[], &[(&a, Some(5_000)), (&b, Some(5_500))]))
            .expect("committed");
        assert_eq!(past(store).0.len(), 2);
        let c = cell("c", "place", 3, "1");
        store
            .commit(&batch(&[], &[(&c, Some(6_400))]))
            .expect("committed");
        assert_eq!(past(store), (vec![b, c], Some(5_000)));
    });
}

#[test]
fn a_version_that_comes_late_ends_where_the_next_one_begins() {
    let bounds = Bounds {
        age_ms: 1_000,
        ..Bounds::default()
    };
    each(bounds, |store| {
        let [a, b, c] = [10, 20, 30].map(|ms| cell("e", "place", ms, "1"));
        store
            .commit(&batch(std::slice::from_ref(&c), &[(&b, None), (&a, None)]))
            .expect("committed");
        let last = cell("f", "place", 40, "1");
        store
            .commit(&batch(&[], &[(&last, Some(1_025))]))
            .expect("committed");
        // a ended at 20, b at 30; the bound lies at 25.
        assert_eq!(past(store), (vec![b, c, last], Some(20)));
    });
}

#[test]
fn what_an_own_clock_that_ran_ahead_had_overwritten_is_forgotten() {
    each(Bounds::default(), |store| {
        // One of them has the very stamp that the present one gets: the clock was set back in between.
        let [a, same, b, c] = [10, 100, 900, 950].map(|ms| cell("e", "place", ms, "1"));
        let other = cell("f", "place", 900, "1");
        let lost = [
            (&a, Some(100)),
            (&same, Some(900)),
            (&b, Some(950)),
            (&other, Some(901)),
        ];
        store.commit(&batch(&[c], &lost)).expect("committed");
        let anew = cell("e", "place", 100, "2");
        let mut restamped = batch(std::slice::from_ref(&anew), &[]);
        restamped.past.forget = vec![(anew.key(), anew.stamp)];
        store.commit(&restamped).expect("committed");
        assert_eq!(
            past(store).0,
            [a, anew, other],
            "the present one is the greatest again"
        );
    });
}

#[test]
fn a_text_is_kept_as_often_as_its_length_allows_and_as_it_was_before_each_pause() {
    each(Bounds::default(), |store| {
        let prop = "text/AAAAAAAAAAAAAAAA";
        let text = |ms: u64, letters: usize| cell("e", prop, ms, &format!("\"{}\"", "x".repeat(letters)));
        // Ten minutes of a word a second, with a pause of a day in the middle.
        let mut all: Vec<Cell> = (0..300_u64).map(|n| text(n * 1_000, n as usize * 5)).collect();
        let day = 86_400_000;
        all.extend((300..600_u64).map(|n| text(day + n * 1_000, n as usize * 5)));
        for two in all.windows(2) {
            let lost = (&two[0], Some(two[1].stamp.ms));
            store
                .commit(&batch(std::slice::from_ref(&two[1]), &[lost]))
                .expect("committed");
        }
        let (kept, _) = past(store);
        let bytes: usize = kept.iter().map(Cell::size).sum();
        let whole: usize = all.iter().map(Cell::size).sum();
        assert!(bytes * 4 < whole, "{bytes} of {whole} bytes");
        assert!(kept.contains(&all[299]), "as it was over the pause");
        assert_eq!(kept.last(), all.last());
        // At no moment what is shown is older than its length allows.
        for version in &all {
            let shown = kept
                .iter()
                .rev()
                .find(|cell| cell.stamp <= version.stamp)
                .expect("one");
            let apart = TEXT_APART_MS.max(version.size() as u64 * TEXT_BYTE_MS);
            assert!(version.stamp.ms - shown.stamp.ms <= apart, "{:?}", version.stamp);
        }
    });
}

#[test]
fn how_far_all_is_known_is_said_only_where_it_is() {
    each(Bounds::default(), |store| {
        let shared = StoreBatch {
            cursor: Some("e-1".to_owned()),
            ..StoreBatch::default()
        };
        store.commit(&shared).expect("committed");
        assert_eq!(past(store).1, None, "others drew too");
        let says = |fetched: Fetched, alone_ms: Option<u64>| StoreBatch {
            past: PastBatch {
                fetched: Some(fetched),
                alone_ms,
                ..PastBatch::default()
            },
            ..StoreBatch::default()
        };
        let under_way = Fetched {
            pass: Some((90, "80-7".to_owned())),
            whole: None,
        };
        store.commit(&says(under_way.clone(), None)).expect("committed");
        assert_eq!(past(store).1, None);
        assert_eq!(store.load().expect("it loads").fetched, under_way);
        let whole = Fetched {
            pass: None,
            whole: Some((50, 90)),
        };
        store.commit(&says(whole.clone(), None)).expect("committed");
        assert_eq!(past(store).1, Some(50));
        store.commit(&says(whole, Some(60))).expect("committed");
        assert_eq!(past(store).1, Some(0), "before 60 nobody else was there");
        let gap = StoreBatch {
            past: PastBatch {
                lost_ms: Some(70),
                ..PastBatch::default()
            },
            ..StoreBatch::default()
        };
        store.commit(&gap).expect("committed");
        assert_eq!(past(store).1, Some(70), "not all of it could be kept");
        store.commit(&says(Fetched::default(), None)).expect("committed");
        assert_eq!(past(store).1, None);
        assert_eq!(store.load().expect("it loads").fetched, Fetched::default());
    });
}

#[test]
fn files_and_memory_keep_the_same_whatever_comes() {
    let seed = getrandom::u64().expect("random");
    println!("seed {seed}");
    let mut state = seed | 1;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for _ in 0..20 {
        let folder = tempfile::tempdir().expect("a folder");
        let bounds = Bounds {
            bytes: 1_000 + random(4_000),
            age_ms: 50 + random(1_000),
        };
        let (mut memory, mut file) = both(folder.path(), bounds);
        for _ in 0..60 {
            let mut step = StoreBatch::default();
            for _ in 0..random(4) {
                let prop = ["place", "text/AAAAAAAAAAAAAAAA"][random(2) as usize];
                let value = format!("\"{}\"", "x".repeat(random(30) as usize));
                let cell = cell(&format!("e{}", random(3)), prop, random(500), &value);
                match random(4) {
                    0 => step.cells.push(present(&cell)),
                    1 => step.past.forget.push((cell.key(), cell.stamp)),
                    n => step.past.cells.push(Overwritten {
                        until_ms: (n == 2).then(|| cell.stamp.ms + random(100)),
                        cell,
                    }),
                }
            }
            memory.commit(&step).expect("committed");
            file.commit(&step).expect("committed");
            assert_eq!(memory.tally(), file.tally(), "seed {seed}: {step:?}");
            assert_eq!(past(&mut memory), past(&mut file), "seed {seed}: {step:?}");
        }
        let kept: u64 = file
            .past(Vec::new())
            .expect("it is read")
            .cells
            .iter()
            .map(|cell| cell.size() as u64 + ROW_BYTES)
            .sum::<u64>()
            - file
                .load()
                .expect("it loads")
                .cells
                .iter()
                .map(|row| row.cell.size() as u64 + ROW_BYTES)
                .sum::<u64>();
        assert_eq!(
            file.tally().bytes,
            kept,
            "seed {seed}: what is counted is what is there"
        );
    }
}

#[test]
fn a_copy_takes_nothing_with_it_that_was_overwritten_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, to) = (folder.path().join("a.board"), folder.path().join("b.board"));
    let mut store = open(&path).store;
    let (a, b) = (cell("e", "place", 500, "1"), cell("e", "place", 900, "2"));
    store
        .commit(&batch(std::slice::from_ref(&b), &[(&a, Some(900))]))
        .expect("committed");
    let from = Glance::at(&path).expect("a board");
    copy::write(&to, &meta(), [b.clone()], &from).expect("copied");
    assert_eq!(past(&mut open(&to).store), (vec![b], Some(900)));
}

#[test]
fn boards_of_the_formats_before_get_a_past_that_says_where_it_begins() {
    for format in [1, 2] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.board");
        let mut store = open(&path).store;
        let (a, b) = (cell("a", "base", 700, "{}"), cell("b", "base", 300, "{}"));
        store.commit(&batch(&[a.clone(), b], &[])).expect("committed");
        drop(store);
        let db = Connection::open(&path).expect("it opens");
        let older = match format {
            1 => "DROP TABLE images; DROP TABLE image_parts; DROP TABLE past; PRAGMA user_version = 1;",
            _ => "DROP TABLE past; PRAGMA user_version = 2;",
        };
        db.execute_batch(older).expect("as it was");
        drop(db);
        let opened = SqliteStore::open(&path, &meta()).expect("a board");
        assert_eq!(opened.damaged, None);
        assert_eq!(opened.loaded.cells.len(), 2);
        let mut store = opened.store;
        assert_eq!(
            past(&mut store).1,
            Some(700),
            "what was overwritten before isn't known"
        );
        let next = cell("a", "base", 800, "[]");
        store
            .commit(&batch(std::slice::from_ref(&next), &[(&a, Some(800))]))
            .expect("committed");
        drop(store);
        let mut again = open(&path);
        assert_eq!(again.damaged, None);
        assert_eq!(past(&mut again.store).0.len(), 3);
    }
}
