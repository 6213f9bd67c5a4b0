//! What processes left on disk, read after their end: whole, and as large as they said.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use drawbridge_engine::client::{CellState, Meta, SqliteStore};
use drawbridge_protocol::{BoardId, CellSet, Key, SlotName, Value};
use rusqlite::{Connection, OpenFlags};

use crate::people::board_of;

/// A drawing process's file.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) board: CellSet,
    pub(super) drafts: BTreeMap<SlotName, Vec<Value>>,
    pub(super) unsettled: usize,
}

/// What a process that is gone left in its file, as the engine reads it. `None`: it never made one.
pub(super) fn left_in(file: &Path, board: &str) -> Option<Left> {
    file.exists().then(|| {
        let folder = tempfile::tempdir().expect("a folder");
        read(&copied(file, folder.path()), board)
    })
}

/// A copy of a database and its log in another folder. What reads it there leaves no trace beside the file itself: no
/// log taken in, no shared memory made, which the process that comes next has to do for itself.
fn copied(file: &Path, folder: &Path) -> PathBuf {
    let name = file.file_name().expect("a name").to_str().expect("UTF-8");
    for suffix in ["", "-wal"] {
        let from = file.with_file_name(format!("{name}{suffix}"));
        if from.exists() {
            fs::copy(&from, folder.join(format!("{name}{suffix}"))).expect("a copy");
        }
    }
    folder.join(name)
}

/// What is in a file that no process has open.
pub(super) fn read(file: &Path, board: &str) -> Left {
    let new = Meta {
        board: BoardId::new(board).expect("a name"),
        key: Key::from_bits([0; 16]),
        remote: None,
        hosted: None,
        chat: Default::default(),
        standing: Default::default(),
    };
    let opened = SqliteStore::open(file, &new).expect("the board's file");
    assert_eq!(opened.damaged, None, "the board's file is whole");
    let mut left = Left {
        board: CellSet::default(),
        drafts: opened.loaded.drafts,
        unsettled: 0,
    };
    for row in &opened.loaded.cells {
        assert!(left.board.merge(&row.cell), "one row a key");
        left.unsettled += usize::from(row.state != CellState::Settled);
    }
    drop(opened.store);
    is_whole(file);
    left
}

/// What a relay that is gone left of a board in its folder. `None`: it never made a store.
pub(super) fn relay_left(data: &Path, board: &str) -> Option<CellSet> {
    let file = data.join("relay.sqlite");
    file.exists().then(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = copied(&file, folder.path());
        is_whole(&file);
        adds_up(&file);
        board_of(folder.path(), board)
    })
}

fn open(file: &Path) -> Connection {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database")
}

fn is_whole(file: &Path) {
    let verdict: String = open(file)
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("a verdict");
    assert_eq!(verdict, "ok", "{}", file.display());
}

/// What the relay counts along is what is there.
fn adds_up(file: &Path) {
    let db = open(file);
    let wrong: i64 = db
        .query_row(
            "SELECT count(*) FROM boards WHERE
                cells IS NOT (SELECT count(*) FROM cells WHERE board = boards.n) OR
                bytes IS NOT (SELECT coalesce(sum(length(CAST(element AS BLOB)) + length(CAST(prop AS BLOB))
                    + length(CAST(value AS BLOB))), 0) FROM cells WHERE board = boards.n) OR
                max_ms < (SELECT coalesce(max(ms), 0) FROM cells WHERE board = boards.n) OR
                head IS NOT (SELECT coalesce(max(seq), 0) FROM cells WHERE board = boards.n) OR
                head > (SELECT head FROM meta)",
            [],
            |row| row.get(0),
        )
        .expect("counts");
    assert_eq!(
        wrong,
        0,
        "a board's counts don't fit its cells: {}",
        file.display()
    );
    let past: bool = db
        .query_row(
            "SELECT past_bytes = (SELECT coalesce(sum(bytes), 0) FROM past) FROM meta",
            [],
            |row| row.get(0),
        )
        .expect("counts");
    assert!(past, "the past's bytes don't add up: {}", file.display());
}
