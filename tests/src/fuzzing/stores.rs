//! Stores as a bad disk, or somebody, may leave them: a board's file, with bytes changed.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use drawbridge_engine::client::{
    CellState, DraftOp, Loaded, Meta, SqliteStore, Store, StoreBatch, StoredCell,
};
use drawbridge_protocol::{BoardId, Cell, CellSet, ElementId, Key, Peer, Property, Stamp, Value};

use super::choices::Choices;
use super::messages;
use crate::scratch::{self, Files};

/// Edits of one input.
const EDITS: usize = 24;

/// Changes files as the bytes say. Most changes are small: what is found at once is no test.
pub(super) fn edit(files: &mut Files, data: &[u8]) {
    let mut choices = Choices::new(data);
    for _ in 0..EDITS {
        if choices.is_over() {
            return;
        }
        let which = choices.byte() % 8;
        let names: Vec<String> = files.keys().cloned().collect();
        let name = choices.of(&names).clone();
        let Some(bytes) = files.get_mut(&name) else { return };
        let at = choices.below(bytes.len());
        let count = usize::from(choices.byte());
        let end = (at + count).min(bytes.len());
        match which {
            0 if at < bytes.len() => bytes[at] ^= 1 << (count % 8),
            1 => {
                let new = choices.bytes(end.min(at + 8) - at);
                bytes[at..at + new.len()].copy_from_slice(new);
            }
            2 => bytes.truncate(at),
            3 => bytes[at..end].fill(choices.byte()),
            4 => {
                // A page in the place of another.
                let size = 4096.min(bytes.len());
                let pages = bytes.len().checked_div(size).unwrap_or_default();
                let from = choices.below(pages) * size;
                let to = count.checked_rem(pages).unwrap_or_default() * size;
                bytes.copy_within(from..from + size, to);
            }
            5 => {
                let junk = choices.byte();
                bytes.extend(std::iter::repeat_n(junk, count * 37));
            }
            6 if count == 6 => drop(files.remove(&name)),
            _ => {
                let copy = bytes[at..end].to_vec();
                let to = choices.below(bytes.len());
                let fits = copy.len().min(bytes.len() - to);
                bytes[to..to + fits].copy_from_slice(&copy[..fits]);
            }
        }
        if files.is_empty() {
            return;
        }
    }
}

fn meta() -> Meta {
    Meta {
        board: BoardId::new("b").expect("a name"),
        key: Key::from_bits([7; 16]),
        remote: None,
        hosted: Some(7411),
        chat: Default::default(),
        standing: Default::default(),
    }
}

fn row(n: u64) -> StoredCell {
    let points = "12-8 9-9 ".repeat(n as usize % 90);
    let value = format!(r#"{{"kind":"stroke","order":"a{n}","color":"blue","points":"{n} 0 {points}"}}"#);
    StoredCell {
        cell: Cell {
            element: ElementId::new(&format!("e{n}")).expect("an id"),
            prop: Property::base(),
            stamp: Stamp {
                ms: 1_790_000_000_000 + n,
                counter: 0,
                peer: Peer::from_bits([1; 12]),
            },
            value: Value::from_text(value).expect("JSON"),
        },
        state: [CellState::Settled, CellState::Waiting, CellState::Fresh][n as usize % 3],
        floor: None,
        parked: None,
    }
}

/// A board's file of several pages, and a log that isn't in it yet.
fn board() -> &'static Files {
    static BOARD: OnceLock<Files> = OnceLock::new();
    BOARD.get_or_init(|| {
        let folder = scratch::folder();
        let path = folder.path().join("b.board");
        let chunk = Value::from_text(r#"{"points":"1 1"}"#.to_owned()).expect("JSON");
        let commit = |from: u64| {
            let mut store = SqliteStore::open(&path, &meta()).expect("a board").store;
            let slot = ElementId::new("wet").expect("an id").slot();
            let batch = StoreBatch {
                cells: (from..from + 40).map(row).collect(),
                cursor: Some(format!("9f86d081884c7d65-{from}")),
                drafts: vec![DraftOp::Add(slot, vec![chunk.clone(); 5])],
                clock_offset_ms: Some(-12),
                ..StoreBatch::default()
            };
            store.commit(&batch).expect("a commit");
            // As a process leaves it that is killed: while it is open.
            scratch::read(folder.path(), "b.board")
        };
        commit(0);
        let files = commit(30);
        assert!(files["b.board-wal"].len() > 4096, "something is in the log");
        files
    })
}

/// A board's file: opened as it is, put aside as it is, or refused and left as it is.
pub(super) fn board_file(data: &[u8]) {
    let mut files = board().clone();
    edit(&mut files, data);
    let folder = scratch::folder();
    let path = folder.path().join("b.board");
    scratch::write(folder.path(), &files);
    let there = || scratch::read(folder.path(), "b.board");
    match SqliteStore::open(&path, &meta()) {
        Err(error) => {
            assert!(!error.to_string().is_empty());
            let changes = changes(&files, &there());
            assert!(changes.is_empty(), "refused ({error}), but changed: {changes:?}");
        }
        Ok(opened) => {
            let Loaded { cells, .. } = &opened.loaded;
            cells.iter().for_each(|row| messages::cell(&row.cell));
            opened.loaded.drafts.values().flatten().for_each(messages::value);
            let held: CellSet = set(&opened.loaded);
            assert_eq!(held.len(), cells.len(), "M1: one cell a key");
            if let Some(damaged) = &opened.damaged {
                assert!(cells.is_empty(), "a new board is empty");
                let aside = damaged.put_aside.file_name().expect("a name").to_string_lossy();
                let kept = scratch::read(folder.path(), &aside);
                let kept = kept
                    .into_iter()
                    .map(|(name, bytes)| (name.replace(&*aside, "b.board"), bytes));
                let changes = changes(&files, &kept.collect());
                assert!(
                    changes.is_empty(),
                    "put aside ({damaged}), but changed: {changes:?}"
                );
            }
            let mut store = opened.store;
            let batch = StoreBatch {
                cells: vec![row(7_000)],
                ..StoreBatch::default()
            };
            // What can't be written must be said; what was written must be there.
            if store.commit(&batch).is_ok() {
                let after = set(&store.load().expect("what was just written can be read"));
                assert!(after.get(&row(7_000).cell.key()).is_some(), "committed and lost");
                assert_eq!(after.len(), held.len() + 1, "a commit harms no other cell");
            }
        }
    }
}

/// The files that aren't as they were, and from which byte on. An empty log is as good as none.
pub(super) fn changes(before: &Files, after: &Files) -> Vec<(String, Option<usize>)> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let get = |files: &Files, name: &str| files.get(name).filter(|bytes| !bytes.is_empty()).cloned();
    let changed = |name: &&String| get(before, name) != get(after, name);
    let first = |name: &String| {
        let (before, after) = (before.get(name)?, after.get(name)?);
        let same = before.iter().zip(after).take_while(|(a, b)| a == b).count();
        Some(same)
    };
    names
        .into_iter()
        .filter(changed)
        .map(|name| (name.clone(), first(name)))
        .collect()
}

fn set(loaded: &Loaded) -> CellSet {
    let mut set = CellSet::default();
    for row in &loaded.cells {
        set.merge(&row.cell);
    }
    set
}
