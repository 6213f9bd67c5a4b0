//! The store's contract: who wins, what is kept, and what is refused.

mod chores;
mod contract;

use std::fs;

use drawbridge_protocol::{
    BoardLink, Cursor, ElementId, ImageHash, ImageType, KeyHash, Managing, Peer, Retry, Role, Stamp, Value,
};
use tempfile::TempDir;

use super::*;
use crate::settings::Settings;
use crate::store::disk::DiskError;
use crate::store::{ImageRow, SqliteDisk, Store, StoreError, dump};

const NOW: u64 = 1_800_000_000_000;

fn cell(element: &str, prop: &str, ms: u64, value: &str) -> Cell {
    Cell {
        element: ElementId::new(element).expect("an id"),
        prop: Property::new(prop).expect("a property"),
        stamp: Stamp {
            ms,
            counter: 0,
            peer: Peer::from_bits([7; 12]),
        },
        value: Value::from_text(value.to_owned()).expect("json"),
    }
}

struct Fixture {
    _folder: TempDir,
    writer: Writer<SqliteDisk>,
    board: i64,
}

fn board_id() -> BoardId {
    BoardId::new("board").expect("an id")
}

/// What a board has that somebody made who said nothing of it.
fn access() -> Access {
    Access {
        locked: false,
        links: vec![BoardLink::new(KeyHash::from_bytes([1; 32]), Role::Edit)],
    }
}

fn writer(store: Store, settings: &Settings) -> Writer<SqliteDisk> {
    let disk = SqliteDisk::new(store.db, settings).expect("a disk");
    Writer::new(disk, settings.limits.clone(), store.head)
}

fn fixture(settings: &Settings) -> Fixture {
    let folder = TempDir::new().expect("a folder");
    let mut writer = writer(Store::open(folder.path()).expect("a store"), settings);
    writer.begin().expect("begin");
    let board = writer.create(&board_id(), &access(), NOW).expect("a board").n;
    writer.commit(NOW).expect("commit");
    Fixture {
        _folder: folder,
        writer,
        board,
    }
}

impl Fixture {
    fn write(&mut self, cells: &[Cell]) -> Result<Committed, Box<Refused>> {
        self.write_as(Role::Edit, cells)
    }

    fn write_as(&mut self, role: Role, cells: &[Cell]) -> Result<Committed, Box<Refused>> {
        self.writer.begin().expect("begin");
        let result = self
            .writer
            .write(self.board, cells, role, NOW)
            .expect("no error of the disk");
        self.writer.commit(NOW).expect("commit");
        result
    }

    fn dump(&self) -> Vec<Cell> {
        dump(self._folder.path(), &board_id()).expect("a dump")
    }

    fn past(&self) -> Vec<String> {
        let mut query = self
            .writer
            .disk
            .db()
            .prepare("SELECT value FROM past ORDER BY n")
            .expect("sql");
        let rows = query.query_map([], |row| row.get(0)).expect("rows");
        rows.collect::<Result<_, _>>().expect("texts")
    }
}

#[test]
fn m2_the_winner_stays_and_the_loser_goes_to_the_past() {
    let mut store = fixture(&Settings::default());
    let first = store.write(&[cell("a", "base", NOW, "1")]).expect("taken");
    assert_eq!((first.seq, first.board_cells), (Some(1), 1));
    assert_eq!(
        store
            .write(&[cell("a", "base", NOW - 1, "9")])
            .expect("taken")
            .seq,
        None,
        "an older one loses"
    );
    assert_eq!(
        store.write(&[cell("a", "base", NOW, "1")]).expect("taken").seq,
        None,
        "an equal one doesn't win"
    );
    assert_eq!(
        store.write(&[cell("a", "base", NOW, "0")]).expect("taken").seq,
        None,
        "a smaller value loses"
    );
    assert_eq!(
        store.write(&[cell("a", "base", NOW, "2")]).expect("taken").seq,
        Some(2),
        "a greater one wins"
    );
    let last = store
        .write(&[cell("a", "base", NOW + 1, "{ \"x\" : 1.50 }")])
        .expect("taken");
    assert_eq!((last.seq, last.board_cells), (Some(3), 1));
    assert_eq!(
        store.dump(),
        [cell("a", "base", NOW + 1, "{ \"x\" : 1.50 }")],
        "m3: byte for byte"
    );
    assert_eq!(store.past(), ["1", "2"]);
}

#[test]
fn r1_one_write_has_one_place_and_only_winners_get_it() {
    let mut store = fixture(&Settings::default());
    store.write(&[cell("a", "base", NOW, "1")]).expect("taken");
    let mixed = [
        cell("a", "base", NOW - 5, "0"),
        cell("b", "base", NOW, "2"),
        cell("b", "base", NOW + 1, "3"),
    ];
    let committed = store.write(&mixed).expect("taken");
    assert_eq!(committed.seq, Some(2));
    assert!(
        committed.cells.contains("\"b\"") && !committed.cells.contains("\"a\""),
        "{}",
        committed.cells
    );
    assert_eq!(store.dump().len(), 2);
}

#[test]
fn c1_a_board_is_found_as_it_is_in_the_middle_of_a_transaction() {
    // Its last reader may leave and the next may come in the very transaction of a write.
    let mut store = fixture(&Settings::default());
    let found = |store: &Fixture| {
        let row = store.writer.find(&board_id()).expect("sql").expect("a board");
        (row.head, row.cells)
    };
    store.writer.begin().expect("begin");
    let board = store.board;
    let written = store
        .writer
        .write(board, &[cell("a", "base", NOW, "1")], Role::Edit, NOW);
    assert_eq!(written.expect("sql").expect("taken").seq, Some(1));
    assert_eq!(found(&store), (1, 1));
    store.writer.roll_back().expect("rolled back");
    assert_eq!(found(&store), (0, 0));
}

#[test]
fn r1_what_is_rolled_back_never_was() {
    let mut store = fixture(&Settings::default());
    store.write(&[cell("a", "base", NOW, "1")]).expect("taken");
    store.writer.begin().expect("begin");
    let lost = store
        .writer
        .write(store.board, &[cell("a", "base", NOW + 9, "2")], Role::Edit, NOW)
        .expect("sql")
        .expect("taken");
    assert_eq!(lost.seq, Some(2));
    store.writer.roll_back().expect("rollback");
    let again = store.write(&[cell("b", "base", NOW, "3")]).expect("taken");
    assert_eq!(
        (again.seq, again.board_cells),
        (Some(2), 2),
        "numbers and counts went back too"
    );
    assert!(store.past().is_empty());
}

#[test]
fn t2_a_stamp_too_far_ahead_is_refused_and_the_rest_of_its_write_too() {
    let mut store = fixture(&Settings::default());
    let far = NOW + 365 * 24 * 3_600_000;
    assert_eq!(
        store
            .write(&[cell("a", "base", far, "1")])
            .expect("an empty board takes it")
            .seq,
        Some(1)
    );
    store
        .write(&[cell("b", "base", far + STAMP_AHEAD_MS, "1")])
        .expect("at the board's time and a minute");
    let late = far + 2 * STAMP_AHEAD_MS + 250;
    let refused = store
        .write(&[cell("c", "base", NOW, "1"), cell("d", "base", late, "1")])
        .expect_err("too far");
    assert_eq!(
        (refused.code, refused.retry),
        (Code::StampAhead, Retry::After(250))
    );
    assert_eq!(
        refused.cell.map(|cell| cell.element.to_string()),
        Some("d".to_owned())
    );
    assert_eq!(store.dump().len(), 2, "r1: whole or not at all");
}

#[test]
fn b2_a_full_board_takes_deletes_and_smaller_values_only() {
    let mut settings = Settings::default();
    settings.limits.board_cells = 20;
    settings.limits.board_bytes = 1000;
    let mut store = fixture(&settings);
    let twenty: Vec<Cell> = (0..20)
        .map(|n| cell(&format!("e{n}"), "base", NOW, "1234"))
        .collect();
    store.write(&twenty).expect("room for twenty");
    let refused = store.write(&[cell("x", "base", NOW, "1")]).expect_err("full");
    assert_eq!((refused.code, refused.retry), (Code::BoardFull, Retry::Changed));
    store
        .write(&[cell("e0", "base", NOW + 1, "12")])
        .expect("it doesn't grow");
    store
        .write_as(Role::Owner, &[cell("theirs", "base", NOW, "1")])
        .expect("an owner's gets in");
    let refused = store
        .write_as(Role::Owner, &[cell("more", "base", NOW, "1")])
        .expect_err("a twentieth above, no more");
    assert_eq!(refused.code, Code::BoardFull);
    store
        .write(&[cell("e1", "deleted", NOW + 1, "true")])
        .expect("deletes get in also where owners have filled theirs");
    let refused = store
        .write(&[cell("e2", "deleted", NOW + 1, "true")])
        .expect_err("a tenth above, no more");
    assert_eq!(refused.code, Code::BoardFull);
    let big = format!("\"{}\"", "x".repeat(900));
    let refused = store
        .write(&[cell("e2", "base", NOW + 1, &big)])
        .expect_err("too many bytes");
    assert_eq!(refused.code, Code::BoardFull);
}

#[test]
fn past_is_bounded_by_bytes_and_age() {
    let settings = Settings {
        past_bytes: 100,
        ..Settings::default()
    };
    let mut store = fixture(&settings);
    for n in 0..60 {
        store
            .write(&[cell("a", "base", NOW + n, &format!("{}", 10_000 + n))])
            .expect("taken");
    }
    let kept = store.past();
    assert_eq!(kept.len(), 10, "10 rows of 10 bytes");
    assert_eq!(
        kept.last().map(String::as_str),
        Some("10058"),
        "the newest are kept"
    );
    store.writer.begin().expect("begin");
    store.writer.commit(NOW + 31 * 24 * 3_600_000).expect("commit");
    assert!(store.past().is_empty());
}

#[test]
fn a_full_disk_is_told_apart_and_loses_nothing() {
    let mut store = fixture(&Settings::default());
    store.write(&[cell("a", "base", NOW, "1")]).expect("taken");
    let pages: i64 = store
        .writer
        .disk
        .db()
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .expect("pages");
    store
        .writer
        .disk
        .db()
        .pragma_update(None, "max_page_count", pages)
        .expect("a limit");
    let big = format!("\"{}\"", "x".repeat(100_000));
    store.writer.begin().expect("begin");
    let error = store
        .writer
        .write(store.board, &[cell("b", "base", NOW, &big)], Role::Edit, NOW)
        .map(|_| ())
        .and_then(|()| store.writer.commit(NOW))
        .expect_err("no room");
    assert_eq!(error, DiskError::Full);
    store.writer.roll_back().expect("rollback");
    store
        .writer
        .disk
        .db()
        .pragma_update(None, "max_page_count", 1_000_000)
        .expect("room");
    assert_eq!(
        store.write(&[cell("b", "base", NOW, &big)]).expect("taken").seq,
        Some(2)
    );
    assert_eq!(store.dump().len(), 2);
}

#[test]
fn e2_a_relay_that_came_back_with_an_older_copy_knows_it() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("relay.sqlite");
    let run = |writes: u64| {
        let store = Store::open(folder.path()).expect("a store");
        let (epochs, path) = (store.epochs.clone(), store.path.clone());
        let mut writer = writer(store, &Settings::default());
        writer.begin().expect("begin");
        let row = writer.find(&board_id()).expect("sql");
        let board = row.map_or_else(
            || writer.create(&board_id(), &access(), NOW).expect("a board").n,
            |row| row.n,
        );
        for n in 0..writes {
            let id = format!("{}-{n}", epochs.present());
            writer
                .write(board, &[cell(&id, "base", NOW, "1")], Role::Edit, NOW)
                .expect("sql")
                .expect("taken");
        }
        writer.commit(NOW).expect("commit");
        assert!(path.exists());
        (epochs, writer.head())
    };
    let (first, head) = run(5);
    assert_eq!(head, 5);
    let copy = fs::read(&path).expect("a copy");
    let (second, head) = run(5);
    assert_eq!(head, 10);
    let cursor = |epochs: &crate::store::Epochs, seq| Cursor {
        epoch: epochs.present().to_owned(),
        seq,
    };
    assert!(second.fits(&cursor(&first, 5), head));
    fs::write(&path, copy).expect("restored");
    let (third, head) = run(0);
    assert_eq!(head, 5);
    assert!(third.fits(&cursor(&first, 5), head), "what the copy holds");
    assert!(
        !third.fits(&cursor(&first, 6), head),
        "what never was in that epoch"
    );
    assert!(
        !third.fits(&cursor(&second, 7), head),
        "an epoch that the copy doesn't know"
    );
    assert!(!third.fits(&cursor(&second, 3), head));
}

#[test]
fn a_damaged_store_is_refused_and_left_as_it_is() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("relay.sqlite");
    {
        let store = Store::open(folder.path()).expect("a store");
        let mut writer = writer(store, &Settings::default());
        writer.begin().expect("begin");
        let board = writer.create(&board_id(), &access(), NOW).expect("a board").n;
        for n in 0..2000 {
            writer
                .write(
                    board,
                    &[cell(&format!("e{n}"), "base", NOW, "1234567890")],
                    Role::Edit,
                    NOW,
                )
                .expect("sql")
                .expect("ok");
        }
        writer.commit(NOW).expect("commit");
    }
    let whole = fs::read(&path).expect("the file");
    let mut torn = whole.clone();
    torn[40_000..60_000].fill(0xa5);
    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&99u32.to_be_bytes());
    let mut foreign = whole.clone();
    foreign[68..72].fill(1);
    let cases: [(&str, &[u8]); 7] = [
        (
            "garbage",
            b"this is not a database at all, but a text of more than sixteen bytes",
        ),
        ("nothing", b""),
        ("a start", &whole[..10]),
        ("torn pages", &torn),
        ("cut off", &whole[..whole.len() / 2]),
        ("a newer schema", &newer),
        ("another program's", &foreign),
    ];
    for (name, bytes) in cases {
        fs::write(&path, bytes).expect("a damaged file");
        let error = Store::open(folder.path()).expect_err(name);
        assert!(
            matches!(error, StoreError::Damaged { .. } | StoreError::Newer { .. }),
            "{name}: {error}"
        );
        assert!(error.to_string().contains("relay.sqlite"), "{name}: {error}");
        assert!(
            fs::read(&path).expect("still there") == bytes,
            "{name} was changed"
        );
    }
    fs::write(&path, &whole).expect("restored");
    Store::open(folder.path()).expect("a whole one opens");
}

#[test]
fn a_store_without_its_main_file_is_refused() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("relay.sqlite-wal"), b"left over").expect("a log");
    assert!(matches!(
        Store::open(folder.path()),
        Err(StoreError::Damaged { .. })
    ));
}

#[test]
fn two_relays_do_not_share_a_folder() {
    let folder = TempDir::new().expect("a folder");
    let first = Store::open(folder.path()).expect("a store");
    assert!(matches!(Store::open(folder.path()), Err(StoreError::InUse(_))));
    drop(first);
    Store::open(folder.path()).expect("free again");
}

#[test]
fn an_image_counts_towards_its_board_once_and_is_refused_where_there_is_no_room() {
    let mut settings = Settings::default();
    settings.limits.board_bytes = 1000;
    let mut fixture = fixture(&settings);
    let image = |n: u8| ImageRow {
        hash: ImageHash::from_bytes([n; 32]),
        kind: ImageType::Jpeg,
        bytes: 600,
    };
    let mut keep = |n: u8| {
        fixture.writer.begin().expect("begin");
        let kept = fixture
            .writer
            .keep_image(fixture.board, &image(n))
            .expect("a disk");
        fixture.writer.commit(NOW).expect("commit");
        kept.map_err(|refused| refused.code)
    };
    assert_eq!(
        [keep(1), keep(1), keep(2)],
        [Ok(()), Ok(()), Err(Code::BoardFull)]
    );
    let totals = fixture.writer.disk_mut().totals(fixture.board).expect("a disk");
    assert_eq!(totals.bytes, 600);
}

/// Leads a store back to before there were links.
const OLD_BOARDS: &str = "
    DROP TABLE links;
    ALTER TABLE boards DROP COLUMN locked;
    ALTER TABLE boards DROP COLUMN moved;
    ALTER TABLE boards ADD COLUMN key_hash BLOB NOT NULL DEFAULT x'';
";

#[test]
fn a1_each_board_of_an_older_store_has_its_key_as_a_link_with_which_one_may_draw() {
    let folder = TempDir::new().expect("a folder");
    drop(Store::open(folder.path()).expect("a store"));
    let db = rusqlite::Connection::open(folder.path().join("relay.sqlite")).expect("it opens");
    db.execute_batch(&format!(
        "{OLD_BOARDS} PRAGMA user_version = 2;
         INSERT INTO boards (id, created_ms, gone, key_hash) VALUES
             ('a', 5, 0, zeroblob(32)), ('b', 6, 1, zeroblob(32)),
             ('c', 7, 0, x'{}');",
        "07".repeat(32)
    ))
    .expect("as it was");
    drop(db);
    let writer = writer(
        Store::open(folder.path()).expect("the same store"),
        &Settings::default(),
    );
    let of = |n| writer.access(n).expect("a disk").links.clone();
    let edit = |byte| BoardLink::new(KeyHash::from_bytes([byte; 32]), Role::Edit);
    assert_eq!((of(1), of(3)), (vec![edit(0)], vec![edit(7)]));
    assert_eq!(of(2), [], "of a deleted board only the gravestone stays");
    let found = writer.find(&BoardId::new("b").expect("an id")).expect("a disk");
    assert!(found.is_some_and(|row| row.gone));
    let columns = "SELECT count(*) FROM pragma_table_info('boards') WHERE name = 'key_hash'";
    let left: i64 = (writer.disk.db())
        .query_row(columns, [], |row| row.get(0))
        .expect("sql");
    assert_eq!(left, 0);
}

#[test]
fn a_store_from_before_there_were_images_gets_their_table() {
    let folder = TempDir::new().expect("a folder");
    drop(Store::open(folder.path()).expect("a store"));
    let db = rusqlite::Connection::open(folder.path().join("relay.sqlite")).expect("it opens");
    db.execute_batch(&format!(
        "{OLD_BOARDS} DROP TABLE images; PRAGMA user_version = 1;"
    ))
    .expect("as it was");
    drop(db);
    let store = Store::open(folder.path()).expect("the same store");
    let images: i64 = (store.db)
        .query_row("SELECT count(*) FROM images", [], |row| row.get(0))
        .expect("a table");
    let version: i64 = (store.db)
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .expect("a version");
    assert_eq!((images, version), (0, 4));
}

#[test]
fn images_that_no_board_has_are_removed_when_the_store_is_opened() {
    let folder = TempDir::new().expect("a folder");
    let mut writer = writer(Store::open(folder.path()).expect("a store"), &Settings::default());
    let image = ImageRow {
        hash: ImageHash::from_bytes([1; 32]),
        kind: ImageType::Png,
        bytes: 3,
    };
    writer.begin().expect("begin");
    let board = writer.create(&board_id(), &access(), NOW).expect("a board").n;
    writer
        .keep_image(board, &image)
        .expect("a disk")
        .expect("there is room");
    writer.commit(NOW).expect("commit");
    drop(writer);
    let images = folder.path().join("images");
    let (kept, part) = (image.hash.to_string(), format!("1-{}.part", image.hash));
    for name in [kept.as_str(), part.as_str(), &"0".repeat(64)] {
        fs::write(images.join(name), b"abc").expect("written");
    }
    drop(Store::open(folder.path()).expect("a store"));
    let left: std::collections::BTreeSet<String> = fs::read_dir(&images)
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(
        left,
        [part, kept].into(),
        "what has begun to arrive stays for a week"
    );
}
