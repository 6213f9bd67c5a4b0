//! One contract for every kind of store, and what only files can suffer.

use std::path::Path;

use drawbridge_protocol::{
    Access, BoardId, Cell, Code, ElementId, Key, Peer, Property, Role, SlotName, Stamp, Value,
};

use super::glance::title_of;
use super::*;
use crate::client::record::{CellState, ChatMark, DraftOp, Meta, Reason, Remote, Standing, StoredCell};

pub(super) fn meta() -> Meta {
    Meta {
        board: BoardId::new("board-1").expect("an id"),
        key: Key::from_bits([3; 16]),
        remote: None,
        hosted: None,
        chat: Default::default(),
        standing: Default::default(),
    }
}

fn stamp(ms: u64) -> Stamp {
    Stamp {
        ms,
        counter: 3,
        peer: Peer::from_bits([1; 12]),
    }
}

pub(super) fn row(element: &str, prop: &str, value: &str, state: CellState) -> StoredCell {
    StoredCell {
        cell: Cell {
            element: ElementId::new(element).expect("an id"),
            prop: Property::new(prop).expect("a property"),
            stamp: stamp(9_007_199_254_740_991),
            value: json(value),
        },
        state,
        floor: None,
        parked: None,
    }
}

fn json(text: &str) -> Value {
    Value::from_text(text.to_owned()).expect("json")
}

fn slot(name: &str) -> SlotName {
    SlotName::new(name).expect("a slot")
}

fn load(store: &mut dyn Store) -> Loaded {
    let mut loaded = store.load().expect("it loads");
    loaded.cells.sort_by_key(|row| row.cell.key());
    loaded
}

/// Holds `store`, empty at first, to the contract. `reopen` gives it back as after a restart.
fn contract(mut store: Box<dyn Store>, reopen: impl Fn(Box<dyn Store>) -> Box<dyn Store>) {
    assert_eq!(load(&mut *store), Loaded::empty(meta()));

    // Everything comes back as it was, byte for byte.
    let parked = StoredCell {
        floor: Some(stamp(7)),
        parked: Some(Reason {
            code: Code::CellTooBig,
            message: "Too big.".to_owned(),
        }),
        ..row(
            "c",
            "text/AAAAAAAAAAAAAAAA",
            "\"\u{e9}\\u0000\"",
            CellState::Fresh,
        )
    };
    let rows = vec![
        row("a", "base", r#"{ "b":1.50, "a" : [ ] }"#, CellState::Settled),
        row("b", "base", "null", CellState::Waiting),
        parked,
    ];
    let link = "drawbridge://relay:7411/board-1#0123456789abcdef"
        .parse()
        .expect("a link");
    let remote = Remote { link, create: true };
    let (owner, made) = (Key::from_bits([7; 16]), Key::from_bits([8; 16]));
    let chat = ChatMark {
        read: Some(stamp(9)),
        peers: vec![Peer::from_bits([4; 12])],
    };
    let standing = Standing {
        access: Access::first(Some(&owner), &remote.link.key, true),
        owner: Some(owner),
        role: Some(Role::View),
        keys: vec![made],
    };
    let first = StoreBatch {
        cells: rows.clone(),
        cursor: Some("e-1".to_owned()),
        drafts: vec![
            DraftOp::Put(slot("s"), vec![json("1")]),
            DraftOp::Add(slot("s"), vec![json("2"), json("3")]),
            DraftOp::Add(slot("t"), vec![json("4")]),
        ],
        clock_offset_ms: Some(-86_400_000),
        remote: Some(Some(remote.clone())),
        hosted: Some(Some(7411)),
        standing: Some(standing.clone()),
        chat: Some(chat.clone()),
        ..StoreBatch::default()
    };
    store.commit(&first).expect("committed");
    let mut store = reopen(store);
    let loaded = load(&mut *store);
    assert_eq!(loaded.cells, rows);
    assert_eq!(loaded.cursor.as_deref(), Some("e-1"));
    let drafts = [
        (slot("s"), vec![json("1"), json("2"), json("3")]),
        (slot("t"), vec![json("4")]),
    ];
    assert_eq!(loaded.drafts, drafts.into());
    assert_eq!(loaded.clock_offset_ms, -86_400_000);
    let expected = Meta {
        key: remote.link.key.clone(),
        remote: Some(remote),
        hosted: Some(7411),
        standing: standing.clone(),
        chat,
        ..meta()
    };
    assert_eq!(loaded.meta, expected);

    // A batch that says nothing changes nothing.
    store.commit(&StoreBatch::default()).expect("committed");
    assert_eq!(load(&mut *store), loaded);

    // Unsettling comes before the rows and the cursor of the same batch.
    let second = StoreBatch {
        unsettle: true,
        cells: vec![row("d", "base", "1", CellState::Settled)],
        cursor: Some("f-1".to_owned()),
        drafts: vec![DraftOp::Put(slot("s"), vec![json("5")]), DraftOp::End(slot("t"))],
        remote: Some(None),
        hosted: Some(None),
        standing: Some(Standing {
            owner: standing.owner,
            ..Standing::default()
        }),
        ..StoreBatch::default()
    };
    store.commit(&second).expect("committed");
    let mut store = reopen(store);
    let loaded = load(&mut *store);
    let states: Vec<CellState> = loaded.cells.iter().map(|row| row.state).collect();
    use CellState::{Fresh, Settled, Waiting};
    assert_eq!(states, [Waiting, Waiting, Fresh, Settled]);
    assert_eq!(loaded.cursor.as_deref(), Some("f-1"));
    assert_eq!(loaded.drafts, [(slot("s"), vec![json("5")])].into());
    assert_eq!((loaded.meta.remote, loaded.meta.hosted), (None, None));
    assert_eq!(loaded.meta.key.reveal(), "0123456789abcdef", "the key stays");
    assert_eq!(
        second.standing,
        Some(loaded.meta.standing),
        "what there is none of is forgotten"
    );

    // Without a new cursor there is none after unsettling.
    let third = StoreBatch {
        unsettle: true,
        ..StoreBatch::default()
    };
    store.commit(&third).expect("committed");
    assert_eq!(load(&mut *store).cursor, None);

    // A row of the same key is replaced whole.
    let fourth = StoreBatch {
        cells: vec![row("c", "text/AAAAAAAAAAAAAAAA", "2", CellState::Settled)],
        ..StoreBatch::default()
    };
    store.commit(&fourth).expect("committed");
    let loaded = load(&mut *store);
    assert_eq!(loaded.cells.len(), 4);
    assert_eq!(loaded.cells[2], fourth.cells[0]);
}

#[test]
fn a_board_from_before_there_were_owners_gets_one_unless_a_relay_has_heard_of_it() {
    let owner = Key::from_bits([7; 16]);
    let new = Meta {
        standing: Standing {
            owner: Some(owner.clone()),
            ..Standing::default()
        },
        ..meta()
    };
    let remote = Remote {
        link: "drawbridge://relay:7411/board-1#0123456789abcdef"
            .parse()
            .expect("a link"),
        create: true,
    };
    let settled = StoreBatch {
        cells: vec![row("a", "base", "1", CellState::Settled)],
        ..StoreBatch::default()
    };
    let shared = StoreBatch {
        remote: Some(Some(remote)),
        ..StoreBatch::default()
    };
    let drawn = StoreBatch {
        cells: vec![row("a", "base", "1", CellState::Fresh)],
        ..StoreBatch::default()
    };
    for (batch, expected) in [(drawn, Some(owner)), (settled, None), (shared, None)] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("b.board");
        let mut old = SqliteStore::open(&path, &meta()).expect("it opens").store;
        old.commit(&batch).expect("committed");
        drop(old);
        for _ in 0..2 {
            let opened = SqliteStore::open(&path, &new).expect("it opens");
            assert_eq!(opened.loaded.meta.standing.owner, expected, "{batch:?}");
        }
    }
}

pub(super) fn open(path: &Path) -> StoreOpened<SqliteStore> {
    SqliteStore::open(path, &meta()).expect("it opens")
}

#[test]
fn a_store_in_memory_keeps_the_contract() {
    contract(Box::new(MemoryStore::new(meta())), |store| store);
}

#[test]
fn a_store_in_a_file_keeps_the_contract() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("board-1.board");
    contract(Box::new(open(&path).store), |store| {
        drop(store);
        Box::new(open(&path).store)
    });
}

#[test]
fn a_second_process_cant_open_the_same_board() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("board-1.board");
    let first = open(&path);
    let second = SqliteStore::open(&path, &meta()).expect_err("it is open");
    assert_eq!(second, StoreError::Busy(path.clone()));
    drop(first);
    assert_eq!(open(&path).damaged, None);
}

#[cfg(unix)]
#[test]
fn a_board_that_was_closed_opens_again_while_the_program_starts_others() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("board-1.board");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let status = std::process::Command::new("true").status();
                assert!(status.expect("it starts").success());
            }
        });
        let refused = (0..100).find_map(|_| SqliteStore::open(&path, &meta()).err());
        done.store(true, Ordering::Relaxed);
        assert_eq!(refused, None);
    });
}

/// A file with so many cells that it has inner pages.
fn filled(path: &Path) {
    let mut store = open(path).store;
    let cells = (0..2_000)
        .map(|n| row(&format!("e{n}"), "base", "\"some words\"", CellState::Settled))
        .collect();
    let batch = StoreBatch {
        cells,
        ..StoreBatch::default()
    };
    store.commit(&batch).expect("committed");
}

#[test]
fn a_damaged_board_is_put_aside_and_said_and_a_new_one_started() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 3] = [
        ("no database", |path| {
            std::fs::write(path, "x".repeat(9_000)).expect("written");
        }),
        ("cut in the middle", |path| {
            let bytes = std::fs::read(path).expect("read");
            std::fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        }),
        ("zeroes within", |path| {
            let mut bytes = std::fs::read(path).expect("read");
            bytes[8_192..40_960].fill(0);
            std::fs::write(path, bytes).expect("written");
        }),
    ];
    for (name, damage) in damages {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("board-1.board");
        filled(&path);
        damage(&path);
        let before = std::fs::read(&path).expect("read");
        let opened = open(&path);
        let damaged = opened.damaged.expect(name);
        assert_eq!(opened.loaded, Loaded::empty(meta()), "{name}");
        assert_eq!(
            std::fs::read(&damaged.put_aside).expect("there"),
            before,
            "{name}: untouched"
        );
        drop(opened.store);
        // And once more: the first is not overwritten by the second.
        damage_again(&path);
        let second = open(&path).damaged.expect(name).put_aside;
        assert_ne!(second, damaged.put_aside);
        assert_eq!(
            std::fs::read(&damaged.put_aside).expect("there"),
            before,
            "{name}: still"
        );
    }
}

/// What lies in a folder beside locks and SQLite's shared memory.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.to_str().expect("a name").to_owned(), path))
        .filter(|(name, _)| !name.ends_with("-lock") && !name.ends_with("-shm"))
        .map(|(name, path)| (name, std::fs::read(path).expect("read")))
        .collect();
    files.sort();
    files
}

/// A board as a killed program leaves it: what was written last is in its log only.
fn killed(path: &Path) {
    let dir = tempfile::tempdir().expect("a folder");
    let there = dir.path().join("board-1.board");
    filled(&there);
    let mut store = open(&there).store;
    let batch = StoreBatch {
        cells: vec![row("last", "base", "1", CellState::Fresh)],
        ..StoreBatch::default()
    };
    store.commit(&batch).expect("committed");
    for (from, bytes) in files(dir.path()) {
        let name = Path::new(&from).file_name().expect("a name");
        std::fs::write(path.with_file_name(name), bytes).expect("written");
    }
}

#[test]
fn a_damaged_board_is_put_aside_with_its_log_as_both_were() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("board-1.board");
    killed(&path);
    let mut bytes = std::fs::read(&path).expect("read");
    bytes[20_480..40_960].fill(0);
    std::fs::write(&path, bytes).expect("written");
    let contents =
        |files: Vec<(String, Vec<u8>)>| files.into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>();
    let before = contents(files(dir.path()));
    assert_eq!(before.len(), 2, "a file and its log");
    let opened = open(&path);
    let aside = opened.damaged.expect("it is damaged").put_aside;
    let aside = aside.to_str().expect("a name");
    let put_aside = files(dir.path())
        .into_iter()
        .filter(|(name, _)| name.starts_with(aside));
    assert!(contents(put_aside.collect()) == before, "untouched");
}

#[test]
fn a_log_whose_board_is_missing_or_empty_is_not_thrown_away() {
    for empty in [false, true] {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("board-1.board");
        killed(&path);
        let mut log_path = path.clone().into_os_string();
        log_path.push("-wal");
        let log = std::fs::read(log_path).expect("a log");
        std::fs::remove_file(&path).expect("removed");
        if empty {
            std::fs::write(&path, "").expect("written");
        }
        let damaged = open(&path).damaged.expect("said");
        let mut kept = damaged.put_aside.into_os_string();
        kept.push("-wal");
        assert!(std::fs::read(kept).expect("kept") == log, "empty: {empty}");
    }
}

#[test]
fn an_empty_file_as_a_crash_leaves_it_is_a_new_board() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("board-1.board");
    std::fs::write(&path, "").expect("written");
    let opened = open(&path);
    assert_eq!(opened.damaged, None);
    assert_eq!(opened.loaded, Loaded::empty(meta()));
    drop(opened);
    assert_eq!(open(&path).damaged, None, "and stays one");
}

fn damage_again(path: &Path) {
    std::fs::write(path, "again").expect("written");
}

#[test]
fn a_board_of_a_newer_version_is_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("board-1.board");
    filled(&path);
    let db = rusqlite::Connection::open(&path).expect("a database");
    db.pragma_update(None, "user_version", 99).expect("set");
    drop(db);
    let before = std::fs::read(&path).expect("read");
    let error = SqliteStore::open(&path, &meta()).expect_err("too new");
    assert_eq!(error, StoreError::Newer(99));
    assert_eq!(std::fs::read(&path).expect("read"), before);
}

#[test]
fn a_title_can_be_read_while_the_board_is_open() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("board-1.board");
    let mut store = open(&path).store;
    assert_eq!(title_of(&path), None);
    let batch = StoreBatch {
        cells: vec![row("board", "title", "\"Plan \\\"B\\\"\"", CellState::Fresh)],
        ..StoreBatch::default()
    };
    store.commit(&batch).expect("committed");
    assert_eq!(title_of(&path).as_deref(), Some("Plan \"B\""));
}
