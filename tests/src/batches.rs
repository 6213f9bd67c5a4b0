//! Numbered transactions of a board's file, by which one sees that a store holds the first so many, each of them whole.

use std::collections::BTreeSet;

use drawbridge_engine::client::{CellState, DraftOp, Loaded, Meta, StoreBatch, StoredCell};
use drawbridge_protocol::{BoardId, Cell, ElementId, Key, Peer, Property, Stamp, Value};

/// Cells in one transaction.
const CELLS: u64 = 3;

/// What the board's file starts with.
#[must_use]
pub fn meta() -> Meta {
    Meta {
        board: BoardId::new("b").expect("a name"),
        key: Key::from_bits([7; 16]),
        remote: None,
        hosted: None,
        chat: Default::default(),
        standing: Default::default(),
    }
}

/// The transaction with this number: some cells of its own, one that every transaction writes over, the cursor and a
/// draft. Few are large.
#[must_use]
pub fn batch(n: u64) -> StoreBatch {
    let size = if n % 7 == 3 { 20_000 } else { 60 + 50 * (n % 9) };
    let filler = "x".repeat(usize::try_from(size).expect("a small number"));
    let row = |element: String, n: u64| StoredCell {
        cell: Cell {
            element: ElementId::new(&element).expect("an id"),
            prop: Property::base(),
            stamp: Stamp {
                ms: 1_790_000_000_000 + n,
                counter: 0,
                peer: Peer::from_bits([1; 12]),
            },
            value: Value::from_text(format!("\"{n} {filler}\"")).expect("JSON"),
        },
        state: CellState::Fresh,
        floor: None,
        parked: None,
    };
    let mut cells: Vec<_> = (0..CELLS).map(|k| row(format!("e{n}-{k}"), n)).collect();
    cells.push(row("last".to_owned(), n));
    let slot = ElementId::new("wet").expect("an id").slot();
    StoreBatch {
        cells,
        cursor: Some(n.to_string()),
        drafts: vec![DraftOp::Put(
            slot,
            vec![Value::from_text(n.to_string()).expect("JSON")],
        )],
        clock_offset_ms: i64::try_from(n).ok(),
        ..StoreBatch::default()
    }
}

/// How many transactions a store holds.
///
/// # Panics
/// When it isn't exactly the first so many, each of them whole.
#[must_use]
pub fn count(loaded: &Loaded) -> u64 {
    let count = loaded
        .cursor
        .as_ref()
        .map_or(0, |text| text.parse::<u64>().expect("a number") + 1);
    let expected: Vec<StoreBatch> = (0..count).map(batch).collect();
    let mut cells: BTreeSet<_> = loaded
        .cells
        .iter()
        .map(|row| (row.cell.key(), row.cell.value.clone()))
        .collect();
    for (n, batch) in expected.iter().enumerate() {
        let is_last = n + 1 == expected.len();
        for row in &batch.cells {
            if is_last || row.cell.element.as_str() != "last" {
                let (key, value) = (row.cell.key(), row.cell.value.clone());
                assert!(
                    cells.remove(&(key, value)),
                    "{} of {count} is missing",
                    row.cell.element.as_str()
                );
            }
        }
    }
    assert!(
        cells.is_empty(),
        "a part of another transaction: {:?}",
        cells.first()
    );
    if let Some(last) = expected.last() {
        let [DraftOp::Put(slot, chunks)] = last.drafts.as_slice() else {
            panic!("another batch")
        };
        assert_eq!(loaded.drafts.get(slot), Some(chunks));
        assert_eq!(Some(loaded.clock_offset_ms), last.clock_offset_ms);
    } else {
        assert!(loaded.drafts.is_empty() && loaded.clock_offset_ms == 0);
    }
    count
}
