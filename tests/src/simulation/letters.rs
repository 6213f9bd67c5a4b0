//! People who type: in new texts, in what is there, in one text at once; and what must hold of letters.

use std::collections::{BTreeMap, HashSet};

use drawbridge_engine::board::Board;
use drawbridge_engine::document::Document;
use drawbridge_engine::document::text::{By, Ops};
use drawbridge_engine::editor::Edit;
use drawbridge_engine::tools::{Button, Event as Gesture, Keystroke, Motion, Pointer, Tool};
use drawbridge_protocol::{CellKey, ElementId, Peer, Stamp, Value};

/// Types, where somebody types; else begins to, in a new text or in one of those that are there.
pub(super) fn act(board: &mut Board, pointer: Pointer, arg: u64) {
    if !board.editor().is_typing() {
        begin(board, pointer, arg);
    }
    let word = format!("{arg}");
    let all = [
        Keystroke::Insert(word),
        Keystroke::Insert(" ".to_owned()),
        Keystroke::Move {
            to: Motion::WordLeft,
            extend: arg.is_multiple_of(2),
        },
        Keystroke::Insert("e\u{301}\n".to_owned()),
        Keystroke::Delete(Motion::Back),
        Keystroke::Move {
            to: Motion::Start,
            extend: false,
        },
        Keystroke::Insert("ab".to_owned()),
        Keystroke::Delete(Motion::WordBack),
        Keystroke::Compose("xy".to_owned()),
    ];
    // What comes out of the same number is independent of where it began.
    let n = (arg / 7) as usize;
    for step in 0..1 + n % 3 {
        let _ = board.strike(&all[(n + step * step) % all.len()]);
    }
}

/// Makes what was typed dry: the caret goes to the text's end.
pub(super) fn settle(board: &mut Board) {
    let _ = board.strike(&Keystroke::Move {
        to: Motion::End,
        extend: false,
    });
}

fn begin(board: &mut Board, pointer: Pointer, arg: u64) {
    if !board.editor().state().is_idle() {
        return;
    }
    if arg.is_multiple_of(3) {
        board.set_tool(if arg.is_multiple_of(2) {
            Tool::Text
        } else {
            Tool::Note
        });
        let _ = board.handle(&Gesture::Down(Button::Primary, pointer));
        let _ = board.handle(&Gesture::Up(Button::Primary, pointer));
        return;
    }
    board.set_tool(Tool::Select);
    for _ in 0..=arg % 4 {
        let _ = board.edit(&Edit::SelectNext { back: false });
    }
    let _ = board.handle(&Gesture::Confirm);
}

/// Whose operations a cell holds, if it is one that only its peer writes.
fn peer_of(key: &CellKey) -> Option<Peer> {
    Peer::new(key.prop.as_str().strip_prefix("text/")?).ok()
}

/// Whether a cell of operations only grows: by its next value nothing goes that was in it.
pub(super) fn grows(key: &CellKey, before: &Value, after: &Value) -> bool {
    let Some(peer) = peer_of(key) else { return true };
    match (Ops::read(before, peer), Ops::read(after, peer)) {
        (Some(before), Some(after)) => after.holds(&before, peer),
        (before, _) => before.is_none(),
    }
}

/// Whether every text has all letters that somebody typed and nobody deleted, and no other; else, which hasn't.
pub(super) fn all_letters(document: &Document, cells: &BTreeMap<CellKey, (Stamp, Value)>) -> Option<String> {
    let mut ops: BTreeMap<&ElementId, Vec<(Peer, Ops)>> = BTreeMap::new();
    for (key, (_, value)) in cells {
        let name = key
            .prop
            .as_str()
            .strip_prefix("text/")
            .and_then(|name| name.get(..16));
        if let Some(peer) = name.and_then(|name| Peer::new(name).ok())
            && let Some(read) = Ops::read(value, peer)
        {
            ops.entry(&key.element).or_default().push((peer, read));
        }
    }
    for (id, ops) in ops {
        let Some(sequence) = document.sequence(id, false) else {
            continue;
        };
        let count = document.born(id).chars().count() as u32;
        let mut letters: HashSet<(By, u32)> = (0..count).map(|n| (None, n)).collect();
        for (peer, ops) in &ops {
            letters.extend((ops.first()..ops.next()).map(|n| (Some(*peer), n)));
        }
        for (peer, ops) in &ops {
            for (by, range) in ops.deleted(*peer) {
                range.for_each(|n| {
                    letters.remove(&(by, n));
                });
            }
        }
        let shown = sequence.text().chars().count();
        if shown != letters.len() {
            return Some(format!(
                "{id} shows {shown} letters of {}: {:?}",
                letters.len(),
                sequence.text()
            ));
        }
    }
    None
}
