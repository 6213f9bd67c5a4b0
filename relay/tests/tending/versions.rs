//! Stores that older relays wrote.

use std::path::Path;

use rusqlite::Connection;
use serde_json::json;

use crate::rig::{Guest, Host, KEY, dump, hash, head_image, program};

/// The tables as version 1 had them.
const VERSION_1: &str = "
    PRAGMA application_id = 1148352322;
    CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), head INTEGER NOT NULL, clock_ms INTEGER NOT NULL, past_bytes INTEGER NOT NULL) STRICT;
    INSERT INTO meta VALUES (1, 2, 1790000000000, 3);
    CREATE TABLE epochs (n INTEGER PRIMARY KEY, epoch TEXT NOT NULL UNIQUE, first_seq INTEGER NOT NULL) STRICT;
    INSERT INTO epochs VALUES (1, '0123456789abcdef', 1);
    CREATE TABLE boards (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key_hash BLOB NOT NULL, created_ms INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0,
        cells INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, max_ms INTEGER NOT NULL DEFAULT 0, head INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE cells (n INTEGER PRIMARY KEY, board INTEGER NOT NULL, element TEXT NOT NULL, prop TEXT NOT NULL, ms INTEGER NOT NULL, counter INTEGER NOT NULL,
        peer TEXT NOT NULL, value TEXT NOT NULL, seq INTEGER NOT NULL, UNIQUE (board, element, prop)) STRICT;
    CREATE INDEX cells_by_seq ON cells (board, seq);
    CREATE TABLE past (n INTEGER PRIMARY KEY, board INTEGER NOT NULL, element TEXT NOT NULL, prop TEXT NOT NULL, ms INTEGER NOT NULL, counter INTEGER NOT NULL,
        peer TEXT NOT NULL, value TEXT NOT NULL, seq INTEGER NOT NULL, until_ms INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
    CREATE INDEX past_by_board ON past (board, until_ms);
    INSERT INTO cells VALUES (1, 1, 'e', 'base', 1790000000000, 0, 'aaaaaaaaaaaaaaaa', '{\"kind\":\"stroke\"}', 2);
    INSERT INTO past VALUES (1, 1, 'e', 'base', 1789999999000, 0, 'aaaaaaaaaaaaaaaa', '1', 1, 1790000000000, 6);
    PRAGMA user_version = 1;
";

/// What version 2 added.
const VERSION_2: &str = "
    CREATE TABLE images (board INTEGER NOT NULL, hash BLOB NOT NULL, type TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (board, hash)) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 2;
";

/// What version 3 changed.
const VERSION_3: &str = "
    CREATE TABLE links (board INTEGER NOT NULL, hash BLOB NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, until_ms INTEGER, ended_ms INTEGER,
        made_ms INTEGER NOT NULL, PRIMARY KEY (board, hash)) STRICT, WITHOUT ROWID;
    INSERT INTO links (board, hash, role, name, made_ms) SELECT n, key_hash, 'edit', '', created_ms FROM boards WHERE gone = 0;
    ALTER TABLE boards DROP COLUMN key_hash;
    ALTER TABLE boards ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;
    PRAGMA user_version = 3;
";

const PNG: &[u8] = b"an old picture";

/// Makes a store of this version in a data folder.
fn make(data: &Path, version: i32) {
    std::fs::create_dir_all(data.join("images")).expect("a folder");
    let db = Connection::open(data.join("relay.sqlite")).expect("a store");
    db.execute_batch("PRAGMA journal_mode=WAL").expect("a log");
    db.execute_batch(VERSION_1).expect("tables");
    let key = data_encoding::HEXLOWER
        .decode(hash(KEY.as_bytes()).as_bytes())
        .expect("a hash");
    let sql = "INSERT INTO boards VALUES (1, 'plan', ?, 1789999990000, 0, 1, 23, 1790000000000, 2), (2, 'gone', ?, 1, 1, 0, 0, 0, 0)";
    db.execute(sql, [&key, &key]).expect("boards");
    if version >= 2 {
        db.execute_batch(VERSION_2).expect("tables");
        let image = data_encoding::HEXLOWER
            .decode(hash(PNG).as_bytes())
            .expect("a hash");
        db.execute("INSERT INTO images VALUES (1, ?, 'image/png', 14)", [image])
            .expect("an image");
        std::fs::write(data.join("images").join(hash(PNG)), PNG).expect("written");
    }
    if version >= 3 {
        db.execute_batch(VERSION_3).expect("tables");
    }
}

#[test]
fn older_stores_are_brought_forward_with_a_copy_first() {
    for version in [1, 2, 3] {
        let mut host = Host::new();
        make(&host.data(), version);
        let old = host.tool(&["boards", "list"]).refused();
        assert!(old.contains("start the relay once"), "{old}");
        host.start();
        let mut ann = Guest::join(host.address(), "plan", 'a');
        assert_eq!(
            host.value("plan", "e", "base").as_deref(),
            Some("{\"kind\":\"stroke\"}")
        );
        let gone = Guest::try_join(host.address(), "gone", 'a', KEY).err();
        assert_eq!(gone.expect("refused")["code"], json!("board_gone"));
        if version >= 2 {
            assert_eq!(head_image(host.address(), "plan", &hash(PNG)), 200);
        }
        ann.write(&[("f", "base", json!(2))]);
        let shown = host.tool(&["boards", "show", "plan"]).fine();
        assert!(shown.contains("edit"), "{shown}");
        host.tool(&["revert", "plan", "--to", "2026-09-21T14:13:19.500Z", "--dry-run"])
            .fine();
        drop(ann);
        host.stop();
        let copy = host.data().join(format!("relay.sqlite.schema-{version}.backup"));
        let db = Connection::open(&copy).expect("the copy");
        let kept: i32 = db
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .expect("a version");
        assert_eq!(kept, version);
        let cells: i32 = db
            .query_row("SELECT count(*) FROM cells", [], |row| row.get(0))
            .expect("a count");
        assert_eq!(cells, 1, "as it was before");
        host.start();
        assert_eq!(dump(&host.data(), "plan").len(), 2);
    }
}

#[test]
fn a_store_that_cannot_be_brought_forward_stays_as_it_was() {
    let host = Host::new();
    make(&host.data(), 1);
    // Version 3 wants a table of this name.
    let path = host.data().join("relay.sqlite");
    let db = Connection::open(&path).expect("the store");
    db.execute_batch("CREATE TABLE links (somebody TEXT)")
        .expect("a table");
    db.close().expect("closed");
    let output = program()
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(host.data())
        .output()
        .expect("run");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("can't be brought to this version") && said.contains("schema-1.backup"),
        "{said}"
    );
    let db = Connection::open(&path).expect("the store");
    let version: i32 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .expect("a version");
    assert_eq!(version, 1);
    let images: i32 = db
        .query_row(
            "SELECT count(*) FROM sqlite_schema WHERE name = 'images'",
            [],
            |row| row.get(0),
        )
        .expect("a count");
    assert_eq!(images, 0, "not even the first step is there");
}

#[test]
fn a_store_of_a_newer_version_is_refused_and_left_alone() {
    let mut host = Host::running();
    host.stop();
    let path = host.data().join("relay.sqlite");
    let db = Connection::open(&path).expect("the store");
    db.execute_batch("PRAGMA user_version = 99").expect("set");
    db.close().expect("closed");
    let before = std::fs::read(&path).expect("the store");
    for args in [
        &["boards", "list"][..],
        &["boards", "lock", "plan"],
        &["backup", &host.path("b")],
    ] {
        let said = host.tool(args).refused();
        assert!(said.contains("newer version"), "{args:?}: {said}");
    }
    assert!(std::fs::read(&path).expect("the store") == before);
}
