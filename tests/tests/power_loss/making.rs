//! Power cuts while a store is being made: it is not there, or empty and whole.

use drawbridge_engine::client::{Loaded, SqliteStore};
use drawbridge_protocol::BoardId;
use drawbridge_relay::store::dump;
use drawbridge_tests::batches::meta;
use drawbridge_tests::scratch::{self, Files};
use rusqlite::Connection;

use crate::image::{images, torn};
use crate::no_spawn;
use crate::relay::start_and_stop;

/// The files of a store's making, one after the other.
struct Making {
    /// After it was made a file with a log: one page.
    page: Vec<u8>,
    /// The log that holds the tables.
    log: Vec<u8>,
    /// The file when they are in it.
    whole: Vec<u8>,
}

/// Makes a file with the tables and rows of the one in `folder`, in the steps in which a store makes it.
fn making(folder: &std::path::Path, name: &str) -> Making {
    let model = Connection::open(folder.join(name)).expect("the model");
    let number = |pragma: &str| -> i64 {
        model
            .pragma_query_value(None, pragma, |row| row.get(0))
            .expect("a number")
    };
    let (id, format) = (number("application_id"), number("user_version"));
    let mut query = model
        .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rootpage")
        .expect("a query");
    let rows = query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows");
    let tables: Vec<(String, String)> = rows.collect::<Result<_, _>>().expect("tables");
    let mut script = "BEGIN;".to_owned();
    tables
        .iter()
        .for_each(|(_, sql)| script.push_str(&format!("{sql};")));
    let model_path = folder.join(name);
    for (table, _) in tables.iter().filter(|(_, sql)| sql.starts_with("CREATE TABLE")) {
        script.push_str(&format!("INSERT INTO {table} SELECT * FROM model.{table};"));
    }
    script.push_str(&format!(
        "PRAGMA application_id={id}; PRAGMA user_version={format}; COMMIT;"
    ));

    let scratch = scratch::folder();
    let path = scratch.path().join("new");
    let read = |name: &str| std::fs::read(scratch.path().join(name)).expect("a file");
    let db = Connection::open(&path).expect("a file");
    db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
        .expect("a log");
    let page = read("new");
    db.execute("ATTACH ? AS model", [model_path.to_str().expect("a plain name")])
        .expect("the model");
    db.execute_batch(&script).expect("the tables");
    let log = read("new-wal");
    db.query_row("PRAGMA main.wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .expect("a checkpoint");
    let whole = read("new");
    assert!(page.len() == 4096 && log.len() > 4096 && whole.len() > 4096);
    Making { page, log, whole }
}

/// What SQLite writes into a journal before it makes the first page of an empty file.
fn journal_of_nothing() -> Vec<u8> {
    let mut journal = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    for number in [0_u32, 0x1234_5678, 0, 512, 4096] {
        journal.extend(number.to_be_bytes());
    }
    journal.resize(512, 0);
    journal
}

/// Folders that a cut may leave while the file `name` is being made.
fn cuts(making: &Making, name: &str, count: usize, random: &mut fastrand::Rng) -> Vec<Files> {
    let one = |suffix: &str, bytes: &[u8]| (format!("{name}{suffix}"), bytes.to_vec());
    let journal = journal_of_nothing();
    let mut all = vec![
        Files::new(),
        Files::from([one("", b"")]),
        Files::from([one("", b""), one("-journal", b"")]),
        Files::from([one("", b""), one("-journal", &journal)]),
        // The journal's end isn't on the disk yet.
        Files::from([one("", &making.page), one("-journal", &journal)]),
        Files::from([one("", &making.page)]),
        Files::from([one("", &making.page), one("-wal", b"")]),
        Files::from([one("", &making.page), one("-wal", &making.log)]),
        Files::from([one("", &making.whole), one("-wal", &making.log)]),
        Files::from([one("", &making.whole), one("-wal", b"")]),
        Files::from([one("", &making.whole)]),
    ];
    for _ in 0..count {
        let page = torn(b"", &making.page, random);
        all.push(Files::from([one("", &page), one("-journal", &journal)]));
        let log = torn(b"", &making.log, random);
        all.push(Files::from([one("", &making.page), one("-wal", &log)]));
        let file = torn(&making.page, &making.whole, random);
        all.push(Files::from([one("", &file), one("-wal", &making.log)]));
    }
    all
}

#[test]
fn a_cut_while_a_board_is_made_leaves_an_empty_board() {
    let (images, mut random) = images(25);
    let folder = scratch::folder();
    drop(SqliteStore::open(&folder.path().join("b.board"), &meta()).expect("a board"));
    let making = making(folder.path(), "b.board");
    for files in cuts(&making, "b.board", images, &mut random) {
        let folder = scratch::folder();
        scratch::write(folder.path(), &files);
        let path = folder.path().join("b.board");
        let _alone = no_spawn();
        let opened = SqliteStore::open(&path, &meta()).expect("it opens");
        assert!(
            opened.damaged.is_none(),
            "{:?} of {:?}",
            opened.damaged,
            files.keys()
        );
        assert_eq!(opened.loaded, Loaded::empty(meta()));
    }
}

#[test]
fn a_cut_while_a_relays_store_is_made_leaves_an_empty_relay() {
    let (images, mut random) = images(6);
    let folder = scratch::folder();
    start_and_stop(folder.path());
    let making = making(folder.path(), "relay.sqlite");
    for files in cuts(&making, "relay.sqlite.new", images, &mut random) {
        let folder = scratch::folder();
        scratch::write(folder.path(), &files);
        start_and_stop(folder.path());
        let cells = dump(folder.path(), &BoardId::new("b").expect("a name"));
        assert_eq!(cells.expect("a whole store"), []);
    }
}
