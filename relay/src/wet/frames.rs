//! Messages about wet state, gathered into frames of a fair size.

use std::collections::BTreeMap;

use drawbridge_protocol::{ConnLive, Live, RelayMessage, SlotName, SlotOp, Slots, encode};

use crate::frame::Frame;

/// Gathers messages; neighbouring slot operations go into one `live` until it is large enough.
pub(super) struct Frames {
    max_bytes: usize,
    bytes: usize,
    live: BTreeMap<u64, Slots>,
    done: Vec<Frame>,
}

impl Frames {
    /// Nothing yet; a `live` may have about so many bytes.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            bytes: 0,
            live: BTreeMap::new(),
            done: Vec::new(),
        }
    }

    /// Adds a message.
    pub(super) fn message(&mut self, message: &RelayMessage) {
        self.flush();
        self.done.push(encode(message).into());
    }

    /// Adds a slot operation of about so many bytes.
    pub(super) fn op(&mut self, conn: u64, name: &SlotName, op: SlotOp, bytes: usize) {
        let bytes = bytes + name.as_str().len() + 32;
        if self.bytes + bytes > self.max_bytes {
            self.flush();
        }
        self.bytes += bytes;
        self.live.entry(conn).or_default().insert(name.clone(), op);
    }

    fn flush(&mut self) {
        self.bytes = 0;
        let live = std::mem::take(&mut self.live);
        if !live.is_empty() {
            let live = live
                .into_iter()
                .map(|(conn, slots)| ConnLive { conn, slots })
                .collect();
            self.done.push(encode(&RelayMessage::Live(Live(live))).into());
        }
    }

    /// The frames.
    pub(super) fn done(mut self) -> Vec<Frame> {
        self.flush();
        self.done
    }
}
