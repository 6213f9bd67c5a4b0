//! Boards as files: taken in, merged back, duplicated, mailed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use drawbridge_protocol::{
    BoardId, Cell, CellSet, ElementId, ImageType, Key, Peer, Property, Role, Stamp, Value,
};

use super::super::{News, Profile, Shelf, ShelfError, Start};
use crate::client::record::{
    CellState, Meta, Overwritten, PastBatch, Remote, Standing, StoreBatch, StoredCell,
};
use crate::client::store::{Glance, ImageStore, SqliteStore, Store as _};
use crate::images::StoredImage;

const NOW: u64 = 1_790_000_000_000;

pub(super) fn id(text: &str) -> BoardId {
    BoardId::new(text).expect("an id")
}

/// The shelf of a profile in this folder, which nobody uses any more.
pub(super) fn shelf(folder: &Path) -> Shelf {
    match Profile::open(folder, Arc::new(|| {})).expect("a folder") {
        Start::Opened(profile) => profile.shelf(),
        Start::Running(_) => panic!("nobody else is here"),
    }
}

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

pub(super) fn title(text: &str, ms: u64) -> Cell {
    cell("board", "title", ms, &format!("{text:?}"))
}

fn meta(board: &str) -> Meta {
    let link = format!("drawbridge://relay:7411/{board}#0123456789abcdef");
    Meta {
        board: id(board),
        key: Key::from_bits([5; 16]),
        remote: Some(Remote {
            link: link.parse().expect("a link"),
            create: true,
        }),
        hosted: None,
        chat: Default::default(),
        standing: Standing {
            owner: Some(Key::from_bits([6; 16])),
            keys: vec![Key::from_bits([7; 16])],
            ..Standing::default()
        },
    }
}

/// A board that is shared through a relay, which has had all of these.
pub(super) fn board(shelf: &Shelf, name: &str, cells: &[Cell]) -> SqliteStore {
    let mut store = SqliteStore::open(&shelf.file(&id(name)), &meta(name))
        .expect("a board")
        .store;
    let settled = |cell: &Cell| StoredCell {
        cell: cell.clone(),
        state: CellState::Settled,
        floor: None,
        parked: None,
    };
    let batch = StoreBatch {
        cells: cells.iter().map(settled).collect(),
        cursor: Some("a cursor".to_owned()),
        ..StoreBatch::default()
    };
    store.commit(&batch).expect("a commit");
    store
}

fn image(byte: u8) -> StoredImage {
    StoredImage {
        kind: ImageType::Png,
        bytes: vec![byte; 5000].into(),
    }
}

fn put_image(shelf: &Shelf, name: &str, byte: u8) {
    let images = ImageStore::in_file(&shelf.file(&id(name))).expect("images");
    images.put(&image(byte)).expect("kept");
    images.close();
}

fn cells(path: &Path) -> CellSet {
    let loaded = Glance::at(path)
        .and_then(|glance| glance.load())
        .expect("it loads");
    let mut cells = CellSet::default();
    for row in &loaded.cells {
        cells.merge(&row.cell);
    }
    cells
}

fn set(all: &[Cell]) -> CellSet {
    let mut cells = CellSet::default();
    for cell in all {
        cells.merge(cell);
    }
    cells
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

#[test]
fn a_copy_to_be_mailed_has_cells_and_images_and_no_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    let all = [title("Plan", 1), cell("a", "base", 2, "{}")];
    // Open, so that all of it lies in the log.
    let open = board(&shelf, "plan", &all);
    put_image(&shelf, "plan", 3);
    let to = folder.path().join("mail/Plan.board");
    std::fs::create_dir(folder.path().join("mail")).expect("a folder");
    shelf.save_copy(&id("plan"), &to).expect("copied");
    assert_eq!(names(&folder.path().join("mail")), ["Plan.board"], "one file");
    drop(open);

    assert_eq!(cells(&to), set(&all));
    let glance = Glance::at(&to).expect("a board");
    assert_eq!(glance.image(&image(3).hash()), Ok(Some(image(3))));
    let loaded = glance.load().expect("it loads");
    assert_eq!((loaded.meta.remote, loaded.cursor), (None, None));
    assert_eq!(loaded.meta.standing, Standing::default());
    let bytes = std::fs::read(&to).expect("a file");
    for secret in [meta("plan").key, Key::from_bits([6; 16]), Key::from_bits([7; 16])] {
        let secret = secret.reveal().as_bytes();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret), "a key");
    }
    let link = b"0123456789abcdef";
    assert!(
        !bytes.windows(link.len()).any(|part| part == link),
        "the link's key"
    );

    // What lies beside the place of a copy, as of a board that is open there, would be read as part of it.
    let taken = folder.path().join("mail/Taken.board");
    std::fs::write(folder.path().join("mail/Taken.board-wal"), "a log").expect("written");
    assert_eq!(shelf.save_copy(&id("plan"), &taken), Err(ShelfError::Busy));
    assert!(!taken.exists());
    let inside = shelf.boards_folder().join("other.board");
    assert!(shelf.save_copy(&id("plan"), &inside).is_err() && !inside.exists());
    let nowhere = folder.path().join("none/Plan.board");
    assert!(matches!(
        shelf.save_copy(&id("plan"), &nowhere),
        Err(ShelfError::File { .. })
    ));
}

#[test]
fn a_copy_is_weighed_without_being_made_and_without_what_was_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    let value = |letter: &str| format!("{:?}", letter.repeat(300));
    let many = |ms, letter: &str| -> Vec<Cell> {
        let cell = |n| cell(&format!("element{n:09}"), "base", ms, &value(letter));
        (0..1000).map(cell).collect()
    };
    let check = |name: &str| {
        let to = folder.path().join(format!("{name} copied.board"));
        shelf.save_copy(&id(name), &to).expect("copied");
        let size = to.metadata().expect("a file").len();
        let before = (names(folder.path()), names(&shelf.boards_folder()));
        let weighed = shelf.weigh_copy(&id(name)).expect("it can be read");
        assert_eq!((names(folder.path()), names(&shelf.boards_folder())), before);
        assert!(weighed.abs_diff(size) <= size / 10, "{name}: {weighed} of {size}");
    };
    // All lie in their logs yet.
    let _empty = board(&shelf, "empty", &[title("Plan", 1)]);
    check("empty");
    let mut cells = board(&shelf, "cells", &many(2, "b"));
    let overwritten = |cell: Cell| Overwritten {
        cell,
        until_ms: Some(2),
    };
    let past = PastBatch {
        cells: many(1, "a").into_iter().map(overwritten).collect(),
        ..PastBatch::default()
    };
    let batch = StoreBatch {
        past,
        ..StoreBatch::default()
    };
    cells.commit(&batch).expect("a commit");
    check("cells");
    let _images = board(&shelf, "images", &[title("Plan", 1)]);
    (0..100).for_each(|byte| put_image(&shelf, "images", byte));
    check("images");
    assert!(shelf.weigh_copy(&id("none")).is_err());
}

#[test]
fn a_duplicate_is_a_board_of_its_own_with_keys_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    // A title from a clock that runs ahead.
    let all = [
        title("Plan", NOW + 5),
        cell("a", "base", 2, "{}"),
        cell("a", "deleted", 3, "true"),
    ];
    drop(board(&shelf, "plan", &all));
    put_image(&shelf, "plan", 3);
    let copy = shelf
        .duplicate(&id("plan"), "Plan (copy)", NOW)
        .expect("duplicated");
    assert_ne!(copy, id("plan"));
    let glance = shelf.glance(&copy).expect("a board");
    assert_eq!(
        glance.outline().expect("an outline").title.as_deref(),
        Some("Plan (copy)")
    );
    assert_eq!(glance.image(&image(3).hash()), Ok(Some(image(3))));
    let loaded = glance.load().expect("it loads");
    assert_eq!((&loaded.meta.board, &loaded.meta.remote), (&copy, &None));
    assert_ne!(loaded.meta.key, meta("plan").key);
    let owner = loaded.meta.standing.owner.as_ref();
    assert!(owner.is_some() && owner != meta("plan").standing.owner.as_ref());
    assert_eq!((loaded.meta.standing.keys, loaded.cursor), (Vec::new(), None));
    let rest = |set: CellSet| -> Vec<Cell> {
        set.iter()
            .filter(|cell| cell.element.as_str() != "board")
            .collect()
    };
    assert_eq!(rest(cells(&shelf.file(&copy))), rest(set(&all)));
    assert!(loaded.cells.iter().all(|row| row.state == CellState::Waiting));
    // It opens as any other.
    let opened = SqliteStore::open(&shelf.file(&copy), &meta("other")).expect("a board");
    assert_eq!((opened.damaged, opened.loaded.cells.len()), (None, 3));
}

#[test]
fn an_unknown_board_is_put_on_the_shelf_without_the_keys_that_came_with_it() {
    let (there, here) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let (theirs, mine) = (shelf(there.path()), shelf(here.path()));
    let all = [
        title("Plan", 1),
        cell("a", "base", 2, "{}"),
        cell("a", "color", 3, "\"red\""),
    ];
    drop(board(&theirs, "plan", &all));
    put_image(&theirs, "plan", 3);
    let before = std::fs::read(theirs.file(&id("plan"))).expect("a file");
    let incoming = mine.read(&theirs.file(&id("plan")), NOW).expect("read");
    assert_eq!(
        (incoming.board.as_str(), incoming.title.as_deref()),
        ("plan", Some("Plan"))
    );
    assert_eq!(
        mine.add(&incoming),
        Ok(News { new: 2, changed: 0 }),
        "the title and an element"
    );
    assert_eq!(mine.add(&incoming), Err(ShelfError::Here));
    drop(incoming);
    assert_eq!(
        names(&here.path().join("incoming")),
        [""; 0],
        "what it was read from is gone"
    );
    assert_eq!(std::fs::read(theirs.file(&id("plan"))).expect("a file"), before);

    assert_eq!(cells(&mine.file(&id("plan"))), set(&all));
    let glance = mine.glance(&id("plan")).expect("a board");
    assert_eq!(glance.image(&image(3).hash()), Ok(Some(image(3))));
    let meta = glance.load().expect("it loads").meta;
    assert_eq!(meta.remote, None, "opening a file leads to no relay");
    assert!(
        meta.standing
            .owner
            .is_some_and(|owner| owner != Key::from_bits([6; 16]))
    );
}

#[test]
fn what_both_changed_is_merged_by_the_greater_stamp_in_either_direction() {
    let (there, here) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let (theirs, mine) = (shelf(there.path()), shelf(here.path()));
    let common = [
        title("Plan", 1),
        cell("a", "base", 1, "{}"),
        cell("b", "base", 1, "{}"),
    ];
    let of_them = [
        cell("a", "color", 9, "\"red\""),
        cell("b", "color", 4, "\"red\""),
        cell("c", "base", 5, "{}"),
    ];
    let of_me = [
        cell("a", "color", 4, "\"blue\""),
        cell("b", "color", 9, "\"blue\""),
        cell("d", "base", 5, "{}"),
    ];
    for (shelf, own) in [(&theirs, &of_them), (&mine, &of_me)] {
        drop(board(shelf, "plan", &common));
        drop(board(shelf, "plan", own));
    }
    put_image(&theirs, "plan", 3);
    put_image(&mine, "plan", 4);
    let merged = set(&[&common[..], &of_them, &of_me].concat());
    let incoming = |into: &Shelf, from: &Shelf| into.read(&from.file(&id("plan")), NOW).expect("read");
    let from_them = incoming(&mine, &theirs);
    let news = mine.merge(&from_them);
    assert_eq!(news, Ok(News { new: 1, changed: 1 }));
    let from_me = incoming(&theirs, &mine);
    assert_eq!(theirs.merge(&from_me), Ok(News { new: 1, changed: 1 }));
    for shelf in [&mine, &theirs] {
        assert_eq!(cells(&shelf.file(&id("plan"))), merged);
        let glance = shelf.glance(&id("plan")).expect("a board");
        assert!(matches!(glance.image(&image(3).hash()), Ok(Some(_))));
        assert!(matches!(glance.image(&image(4).hash()), Ok(Some(_))));
    }
    // What came is to be offered with the stamp that it has; keys and relay are as they were.
    let loaded = mine
        .glance(&id("plan"))
        .expect("a board")
        .load()
        .expect("it loads");
    let state = |element: &str, prop: &str| {
        let mut rows = loaded.cells.iter();
        rows.find(|row| row.cell.element.as_str() == element && row.cell.prop.as_str() == prop)
            .map(|row| row.state)
    };
    assert_eq!(state("c", "base"), Some(CellState::Waiting));
    assert_eq!(state("a", "color"), Some(CellState::Waiting));
    assert_eq!(state("d", "base"), Some(CellState::Settled));
    assert_eq!(
        (&loaded.meta.remote, &loaded.meta.key),
        (&meta("plan").remote, &meta("plan").key)
    );
    assert_eq!(loaded.cursor.as_deref(), Some("a cursor"));
    let again = mine.merge(&from_them);
    assert!(again.is_ok_and(|news| news.is_none()), "once more is nothing");
}

#[test]
fn whoever_may_only_look_merges_and_renames_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    let mut store = board(&shelf, "plan", &[title("Plan", 1)]);
    let standing = Standing {
        role: Some(Role::View),
        ..Standing::default()
    };
    let batch = StoreBatch {
        standing: Some(standing),
        ..StoreBatch::default()
    };
    store.commit(&batch).expect("a commit");
    drop(store);
    let before = cells(&shelf.file(&id("plan")));
    let incoming = shelf.read(&shelf.file(&id("plan")), NOW).expect("read");
    assert_eq!(shelf.merge(&incoming), Err(ShelfError::Barred));
    assert_eq!(shelf.rename(&id("plan"), "Mine"), Err(ShelfError::Barred));
    assert_eq!(cells(&shelf.file(&id("plan"))), before);
}

#[test]
fn a_board_that_is_not_open_is_renamed_and_one_that_is_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    let open = board(&shelf, "plan", &[title("Plan", 1)]);
    assert_eq!(shelf.rename(&id("plan"), "Other"), Err(ShelfError::Busy));
    drop(open);
    shelf.rename(&id("plan"), "Other").expect("renamed");
    let boards = shelf.boards().expect("listed");
    assert_eq!(boards[0].title.as_deref(), Some("Other"));
}

/// Files that people could be sent.
fn hostile(folder: &Path) -> Vec<(PathBuf, ShelfError)> {
    let shelf = shelf(&folder.join("theirs"));
    let path = |name: &str| folder.join(name);
    let whole = || {
        let many: Vec<Cell> = (0..300)
            .map(|n| cell(&format!("e{n}"), "base", 1, "{}"))
            .collect();
        drop(board(&shelf, "plan", &many));
        std::fs::read(shelf.file(&id("plan"))).expect("a file")
    };
    let written = |name: &str, bytes: &[u8]| {
        std::fs::write(path(name), bytes).expect("written");
        path(name)
    };
    let with = |name: &str, sql: &str| {
        let path = written(name, &whole());
        let db = rusqlite::Connection::open(&path).expect("it opens");
        db.execute_batch(sql).expect("changed");
        path
    };
    let damaged = || ShelfError::Damaged(String::new());
    let bytes = whole();
    let mut torn = bytes.clone();
    torn[4096..8192].fill(0);
    std::fs::create_dir(path("folder.board")).expect("a folder");
    vec![
        (written("empty.board", b""), ShelfError::NoBoard),
        (
            written("words.board", b"Dear all, here is the board"),
            ShelfError::NoBoard,
        ),
        (path("folder.board"), ShelfError::NoBoard),
        (
            with("notes.board", "PRAGMA application_id = 7"),
            ShelfError::NoBoard,
        ),
        (with("newer.board", "PRAGMA user_version = 99"), ShelfError::Newer),
        (written("short.board", &bytes[..bytes.len() / 2]), damaged()),
        (written("torn.board", &torn), damaged()),
        (with("view.board", "CREATE VIEW trap AS SELECT 1"), damaged()),
        (
            with(
                "name.board",
                "UPDATE meta SET value = '../../evil' WHERE name = 'board'",
            ),
            damaged(),
        ),
        (
            with("value.board", "UPDATE cells SET value = '{' WHERE element = 'e7'"),
            damaged(),
        ),
        (
            with("stamp.board", "UPDATE cells SET ms = -1 WHERE element = 'e7'"),
            damaged(),
        ),
        (
            with(
                "ahead.board",
                "UPDATE cells SET ms = 9007199254740991 WHERE element = 'e7'",
            ),
            ShelfError::Ahead,
        ),
    ]
}

#[test]
fn files_that_are_none_or_mean_harm_change_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = hostile(folder.path());
    let mine = shelf(&folder.path().join("mine"));
    for (path, expected) in files {
        let before = std::fs::read(&path).ok();
        let error = mine.read(&path, NOW).map(|_| ()).expect_err("it is refused");
        assert_eq!(
            std::mem::discriminant(&error),
            std::mem::discriminant(&expected),
            "{}: {error}",
            path.display()
        );
        assert_eq!(std::fs::read(&path).ok(), before, "{}", path.display());
    }
    assert_eq!(mine.boards(), Ok(Vec::new()));
    let left = std::fs::read_dir(folder.path().join("mine/incoming"));
    assert_eq!(left.map_or(0, Iterator::count), 0, "no copy is left");
    let none = mine.read(&folder.path().join("none.board"), NOW);
    assert!(matches!(none, Err(ShelfError::File { .. })));
}

#[test]
fn an_image_that_is_not_what_its_name_says_stays_out() {
    let (there, here) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let (theirs, mine) = (shelf(there.path()), shelf(here.path()));
    drop(board(&theirs, "plan", &[]));
    put_image(&theirs, "plan", 3);
    let path = theirs.file(&id("plan"));
    let db = rusqlite::Connection::open(&path).expect("it opens");
    db.execute("UPDATE images SET bytes = x'00'", [])
        .expect("changed");
    drop(db);
    let incoming = mine.read(&path, NOW).expect("read");
    mine.add(&incoming).expect("added");
    let glance = mine.glance(&id("plan")).expect("a board");
    assert_eq!(glance.image(&image(3).hash()), Ok(None));
}
