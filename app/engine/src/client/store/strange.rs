//! Files that SQLite takes for whole, and that are no board all the same; and how a board's file is written.

use std::path::Path;

use rusqlite::Connection;

use super::glance::title_of;
use super::tests::{meta, open, row};
use super::{SqliteStore, Store as _};
use crate::client::record::{CellState, StoreBatch};

/// SQLite's mark of a page with rows of a table that has no other key than its own.
const ROWS: u8 = 0x0a;

fn filled(path: &Path) {
    let mut store = SqliteStore::open(path, &meta()).expect("a board").store;
    let cells = (0..200).map(|n| row(&format!("e{n:03}"), "base", "\"0123456789\"", CellState::Fresh));
    let batch = StoreBatch {
        cells: cells.collect(),
        ..StoreBatch::default()
    };
    store.commit(&batch).expect("a commit");
}

#[test]
fn every_commit_waits_for_the_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("a.board")).store;
    let number = |name: &str| -> i64 {
        let value = store.db().pragma_query_value(None, name, |row| row.get(0));
        value.expect("a number")
    };
    assert_eq!(
        number("synchronous"),
        2,
        "full: the log is synced before a commit returns"
    );
    let mode: String = (store.db())
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .expect("a mode");
    assert_eq!(mode, "wal");
}

#[test]
fn a_page_in_the_place_of_another_is_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.board");
    filled(&path);
    let mut bytes = std::fs::read(&path).expect("the file");
    let full = |page: &&usize| bytes[**page] == ROWS && bytes[**page + 3..**page + 5] > [0, 20][..];
    let starts: Vec<usize> = (4096..bytes.len()).step_by(4096).collect();
    let leaves: Vec<usize> = starts.iter().filter(full).copied().collect();
    assert!(leaves.len() > 2, "the cells take several pages");
    bytes.copy_within(leaves[0]..leaves[0] + 4096, leaves[1]);
    std::fs::write(&path, &bytes).expect("written");
    let opened = open(&path);
    assert!(
        opened.loaded.cells.is_empty(),
        "{} cells",
        opened.loaded.cells.len()
    );
    let damaged = opened.damaged.expect("it is put aside");
    assert!(std::fs::read(damaged.put_aside).expect("kept") == bytes);
}

#[test]
fn a_file_that_would_run_somebodys_statements_is_no_board() {
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    let traps = [
        format!("DROP TABLE cells; CREATE VIEW cells AS {endless};"),
        format!(
            "CREATE TRIGGER t AFTER INSERT ON cells BEGIN DELETE FROM meta WHERE name IN ({endless}); END;"
        ),
        "CREATE TABLE more (a TEXT);".to_owned(),
        "CREATE INDEX i ON cells (length(hex(zeroblob(1000000))));".to_owned(),
        "ALTER TABLE cells ADD COLUMN more TEXT;".to_owned(),
    ];
    for trap in traps {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.board");
        filled(&path);
        let db = Connection::open(&path).expect("it opens");
        db.execute_batch(&trap).expect("a trap");
        drop(db);
        assert_eq!(title_of(&path), None);
        let opened = open(&path);
        let damaged = opened.damaged.expect("it is put aside");
        assert_eq!(damaged.reason, "its tables are not a board's", "{trap}");
        assert!(opened.loaded.cells.is_empty());
    }
}
