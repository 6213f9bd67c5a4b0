//! A board's file under power cuts.

use std::path::Path;

use drawbridge_engine::client::{SqliteStore, Store as _};
use drawbridge_tests::batches::{batch, count, meta};
use drawbridge_tests::scratch::{self, Files};
use rusqlite::Connection;

use crate::image::{images, torn};
use crate::no_spawn;

const DB: &str = "b.board";
const LOG: &str = "b.board-wal";
/// SQLite's header of a log.
const LOG_HEADER: usize = 32;

/// How many transactions the store in these files holds. `index` is what may be left of SQLite's index of its log.
fn held(db: &[u8], log: Option<&[u8]>, index: Option<&[u8]>) -> u64 {
    let _alone = no_spawn();
    let folder = scratch::folder();
    let mut files = Files::from([(DB.to_owned(), db.to_vec())]);
    files.extend(log.map(|log| (LOG.to_owned(), log.to_vec())));
    files.extend(index.map(|index| ("b.board-shm".to_owned(), index.to_vec())));
    scratch::write(folder.path(), &files);
    let path = folder.path().join(DB);
    let opened = SqliteStore::open(&path, &meta()).expect("a power cut leaves a board that opens");
    assert!(opened.damaged.is_none(), "{:?}", opened.damaged);
    let first = count(&opened.loaded);
    // It goes on from there, and still holds the same when it is opened once more.
    let mut store = opened.store;
    store.commit(&batch(first)).expect("a commit");
    drop(store);
    let again = SqliteStore::open(&path, &meta()).expect("it opens again");
    assert_eq!(count(&again.loaded), first + 1);
    first
}

fn snapshot(folder: &Path) -> (Vec<u8>, Vec<u8>) {
    let mut files = scratch::read(folder, DB);
    let log = files.remove(LOG).unwrap_or_default();
    (files.remove(DB).expect("a file"), log)
}

fn index(folder: &Path) -> Vec<u8> {
    std::fs::read(folder.join("b.board-shm")).expect("an index")
}

fn checkpoint(folder: &Path) {
    let db = Connection::open(folder.join(DB)).expect("it opens");
    let busy: i64 = db
        .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(0))
        .expect("a checkpoint");
    assert_eq!(busy, 0);
}

#[test]
fn a_cut_in_a_commit_leaves_all_of_it_or_nothing() {
    let (images, mut random) = images(20);
    let folder = scratch::folder();
    let mut store = SqliteStore::open(&folder.path().join(DB), &meta())
        .expect("a board")
        .store;
    let mut seen = [0, 0];
    for n in 0..10 {
        let (db, before) = snapshot(folder.path());
        let stale = index(folder.path());
        store.commit(&batch(n)).expect("a commit");
        let (same, after) = snapshot(folder.path());
        assert!(db == same, "a commit writes the log only");
        assert_eq!(held(&db, Some(&before), None), n, "a cut before the first write");
        assert_eq!(held(&db, Some(&after), None), n + 1, "acknowledged");
        for _ in 0..images {
            let image = torn(&before, &after, &mut random);
            let left = [None, Some(stale.as_slice()), Some(&[0xa5; 40_000])][random.usize(..3)];
            let held = held(&db, Some(&image), left);
            assert!(held == n || held == n + 1, "{held} after the cut in {n}");
            seen[usize::from(held > n)] += 1;
        }
    }
    println!("{seen:?} images with nothing and all of the commit");
    assert!(
        seen.iter().all(|&times| times > 10),
        "{seen:?}: both must come up"
    );
}

#[test]
fn a_cut_in_a_checkpoint_or_after_it_takes_nothing() {
    let (images, mut random) = images(80);
    let folder = scratch::folder();
    let mut store = SqliteStore::open(&folder.path().join(DB), &meta())
        .expect("a board")
        .store;
    for n in 0..12 {
        store.commit(&batch(n)).expect("a commit");
    }
    let (before, log) = snapshot(folder.path());
    // Closing writes the log into the file, and then removes it.
    drop(store);
    let (after, gone) = snapshot(folder.path());
    assert!(before != after && gone.is_empty(), "closing makes a checkpoint");
    assert_eq!(held(&after, None, None), 12);
    for _ in 0..images {
        // The log stays whole until the file is synced.
        let image = torn(&before, &after, &mut random);
        assert_eq!(held(&image, Some(&log), None), 12);
    }
    // The file is synced, and the log isn't gone yet.
    assert_eq!(held(&after, Some(&log), None), 12);
}

#[test]
fn a_cut_when_the_log_starts_anew_never_brings_old_pages_back() {
    let (images, mut random) = images(40);
    let folder = scratch::folder();
    let mut store = SqliteStore::open(&folder.path().join(DB), &meta())
        .expect("a board")
        .store;
    let mut n = 0;
    let mut commit = |store: &mut SqliteStore| {
        store.commit(&batch(n)).expect("a commit");
        n += 1;
        n
    };
    let mut seen = [0, 0];
    for _ in 0..4 {
        for _ in 0..5 {
            commit(&mut store);
        }
        checkpoint(folder.path());
        let (db, before) = snapshot(folder.path());
        let count = commit(&mut store);
        let (same, after) = snapshot(folder.path());
        assert!(
            db == same && before[..LOG_HEADER] != after[..LOG_HEADER],
            "the log starts anew"
        );
        // The new header is synced before the first of the new frames is written.
        let headed = [&after[..LOG_HEADER], &before[LOG_HEADER..]].concat();
        for _ in 0..images / 4 {
            let image = torn(&before, &headed, &mut random);
            assert_eq!(held(&db, Some(&image), None), count - 1);
        }
        for _ in 0..images {
            let image = torn(&headed, &after, &mut random);
            let held = held(&db, Some(&image), None);
            assert!(held == count || held == count - 1, "{held} of {count}");
            seen[usize::from(held == count)] += 1;
        }
    }
    println!("{seen:?} images with nothing and all of the commit");
    assert!(
        seen.iter().all(|&times| times > 10),
        "{seen:?}: both must come up"
    );
}

#[test]
fn a_cut_in_a_commit_that_makes_a_checkpoint_itself_takes_nothing() {
    let (images, mut random) = images(6);
    let folder = scratch::folder();
    let mut store = SqliteStore::open(&folder.path().join(DB), &meta())
        .expect("a board")
        .store;
    // Beyond a thousand pages of log, SQLite makes a checkpoint at the end of a commit.
    for n in 0.. {
        let (before, log_before) = snapshot(folder.path());
        store.commit(&batch(n)).expect("a commit");
        let (after, log) = snapshot(folder.path());
        if before == after {
            continue;
        }
        for _ in 0..images {
            let held_in = held(&before, Some(&torn(&log_before, &log, &mut random)), None);
            assert!(held_in == n || held_in == n + 1, "{held_in} after the cut in {n}");
            assert_eq!(held(&torn(&before, &after, &mut random), Some(&log), None), n + 1);
        }
        return;
    }
}
