//! What a stranger may send: messages of either side, and links. What is taken keeps the SPEC's rules and reads
//! back the same.

use drawbridge_protocol::{
    Cell, ClientMessage, Link, MAX_INTEGER, RelayMessage, SlotOp, Slots, Value, decode, encode,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A client's frame, as a relay reads it.
pub(super) fn client_message(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(message) = decode::<ClientMessage>(text) else {
        return;
    };
    reads_back(&message);
    match &message {
        ClientMessage::Hello(hello) => {
            name(hello.peer.as_str(), 16..=16, "-_");
            name(hello.key.reveal(), 16..=128, "-_");
            value(&hello.about);
        }
        ClientMessage::Write(write) => {
            assert!(write.id <= MAX_INTEGER, "S2: {}", write.id);
            write.cells.iter().for_each(cell);
            write
                .ends
                .iter()
                .for_each(|slot| name(slot.as_str(), 1..=96, "-_/."));
        }
        ClientMessage::Live(live) => slots(live),
        ClientMessage::Manage(manage) => assert!(manage.id <= MAX_INTEGER, "S2: {}", manage.id),
        ClientMessage::Past(ask) => assert!(ask.id <= MAX_INTEGER, "S2: {}", ask.id),
    }
}

/// A relay's frame, as a client reads it.
pub(super) fn of_relay(text: &str) -> Option<RelayMessage> {
    let message = decode::<RelayMessage>(text).ok()?;
    reads_back(&message);
    match &message {
        RelayMessage::Welcome(welcome) => {
            for here in &welcome.here {
                name(here.peer.as_str(), 16..=16, "-_");
                value(&here.about);
                here.slots.values().flatten().for_each(value);
            }
        }
        RelayMessage::Cells(cells) => cells.cells.iter().for_each(cell),
        RelayMessage::Past(page) => page.cells.iter().for_each(cell),
        RelayMessage::Live(live) => live.0.iter().for_each(|one| slots(&one.slots)),
        RelayMessage::Joined(joined) => {
            name(joined.peer.as_str(), 16..=16, "-_");
            value(&joined.about);
        }
        _ => {}
    }
    Some(message)
}

fn reads_back<M: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(message: &M) {
    let text = encode(message);
    let again = decode::<M>(&text);
    assert_eq!(again.as_ref(), Ok(message), "{text}");
}

fn slots(slots: &Slots) {
    for (slot, op) in slots {
        name(slot.as_str(), 1..=96, "-_/.");
        match op {
            SlotOp::Put(chunks) | SlotOp::Add(chunks) => chunks.iter().for_each(value),
            SlotOp::Clear => {}
        }
    }
}

/// Whether a cell keeps the rules N1, S2 and M3.
pub(super) fn cell(cell: &Cell) {
    name(cell.element.as_str(), 1..=64, "-_");
    name(cell.prop.as_str(), 1..=96, "-_/.");
    assert!(cell.stamp.ms <= MAX_INTEGER, "S2: {}", cell.stamp.ms);
    name(cell.stamp.peer.as_str(), 16..=16, "-_");
    value(&cell.value);
}

fn name(text: &str, length: std::ops::RangeInclusive<usize>, beside: &str) {
    let plain = |c: char| c.is_ascii_alphanumeric() || beside.contains(c);
    assert!(
        length.contains(&text.len()) && text.chars().all(plain),
        "N1: {text:?}"
    );
}

/// M3, read by another reader than the one that let it in.
pub(super) fn value(value: &Value) {
    let read: serde_json::Value = serde_json::from_str(value.as_str())
        .or_else(out_of_range)
        .unwrap_or_else(|error| panic!("M3: {error}: {value:?}"));
    assert!(depth(&read) <= 64, "M3: {value:?}");
}

/// A number beyond what a double holds, and half of a surrogate pair, are JSON all the same.
fn out_of_range(error: serde_json::Error) -> Result<serde_json::Value, serde_json::Error> {
    let text = error.to_string();
    let of_reader = ["number out of range", "surrogate", "escape"];
    if of_reader.iter().any(|part| text.contains(part)) {
        Ok(serde_json::Value::Null)
    } else {
        Err(error)
    }
}

fn depth(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        serde_json::Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// A link as somebody may paste or post it.
pub(super) fn link(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(link) = text.parse::<Link>() else {
        return;
    };
    for form in [link.to_string(), link.web_url()] {
        assert_eq!(form.parse::<Link>().as_ref(), Ok(&link), "L1: {form}");
    }
    let url = link.socket_url();
    let parts = url
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once("/boards/"));
    let (relay, board) = parts.expect("an address and a board");
    assert_eq!((relay, board), (link.relay.as_str(), link.board.as_str()));
    // The board may happen to be called by the same letters.
    let named = format!("{relay}{board}").contains(link.key.reveal());
    assert!(
        named || !format!("{link:?}").contains(link.key.reveal()),
        "N3: shown"
    );
}
