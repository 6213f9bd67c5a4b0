//! Files that SQLite takes for whole, and that hold no boards all the same.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, params};
use tempfile::TempDir;

use super::{Readers, Store, StoreError, schema};

/// SQLite's mark of a page with entries of an index.
const ENTRIES: u8 = 0x0a;
const PAGE: usize = 4096;

/// A store with a board of so many cells, closed.
fn filled(folder: &Path, cells: u32) {
    drop(Store::open(folder).expect("a store"));
    let mut db = Connection::open(schema::file(folder)).expect("it opens");
    let tx = db.transaction().expect("a transaction");
    tx.execute("INSERT INTO boards (id, created_ms) VALUES ('b', 0)", [])
        .expect("a board");
    for n in 0..cells {
        let sql = "INSERT INTO cells (board, element, prop, ms, counter, peer, value, seq) \
                   VALUES (1, ?, 'base', 1, 0, 'AAAAAAAAAAAAAAAA', '{\"a\":1}', ?)";
        tx.execute(sql, params![format!("element-{n}"), n + 1])
            .expect("a cell");
    }
    tx.commit().expect("a commit");
}

#[tokio::test]
async fn a_cell_that_is_none_any_more_is_sent_to_nobody() {
    let broken = [
        ("value", "'{\"a\"x1}'"),
        ("value", "''"),
        ("element", "'a b'"),
        ("prop", "''"),
        ("peer", "'AAAA\"AAAAAAAAAAA'"),
        ("ms", "9007199254740992"),
        ("counter", "4294967296"),
    ];
    for (column, value) in broken {
        let folder = TempDir::new().expect("a folder");
        filled(folder.path(), 3);
        let readers = std::sync::Arc::new(Readers::new(schema::file(folder.path())));
        let whole = std::sync::Arc::clone(&readers).page(1, 0, 1000).await;
        assert_eq!(whole.expect("a whole board").count, 3);
        let db = Connection::open(schema::file(folder.path())).expect("it opens");
        db.execute(&format!("UPDATE cells SET {column} = {value} WHERE n = 2"), [])
            .expect("an update");
        let page = readers.page(1, 0, 1000).await;
        assert!(page.is_err(), "{column} = {value}: {page:?}");
    }
}

#[test]
fn an_index_that_lost_rows_is_damage() {
    let folder = TempDir::new().expect("a folder");
    filled(folder.path(), 2000);
    let path = schema::file(folder.path());
    let mut bytes = fs::read(&path).expect("the file");
    // Two pages with as many entries: SQLite's quick check counts them, and no more.
    let entries = |at: usize| u16::from_be_bytes([bytes[at + 3], bytes[at + 4]]);
    let pages = (PAGE..bytes.len()).step_by(PAGE);
    let leaves: Vec<usize> = pages
        .filter(|&at| bytes[at] == ENTRIES && entries(at) > 50)
        .collect();
    let pairs = leaves.windows(2).filter(|two| entries(two[0]) == entries(two[1]));
    let (from, to) = pairs
        .map(|two| (two[0], two[1]))
        .next()
        .expect("two pages with as many entries");
    bytes.copy_within(from..from + PAGE, to);
    fs::write(&path, &bytes).expect("written");
    let error = Store::open(folder.path()).expect_err("damaged");
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(
        fs::read(&path).expect("the file") == bytes,
        "it is left as it was"
    );
}
