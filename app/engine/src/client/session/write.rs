//! What the person does, on its way out: writes, wet slots, acknowledgements.

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{Cell, ClientMessage, SlotName, SlotOp, Slots, encode};

use super::line::Line;
use super::outbox::{Group, Parcel, Sent};
use super::people::{apply_slots, slot_size};
use super::{Event, Output, Session};
use crate::client::record::{CellState, DraftOp};

/// About how many bytes of wet steps go in one message; one larger step goes alone.
const LIVE_FRAME: usize = 64 << 10;

impl Session {
    pub(super) fn on_write(&mut self, cells: &[Cell], ends: &[SlotName]) {
        let mut restamped = Vec::new();
        for cell in cells {
            let mut cell = cell.clone();
            let key = cell.key();
            self.lock_clock().observe(cell.stamp);
            // Somebody's early cell that waits for its time must not keep the person from changing
            // what they see: go above it. (What the relay has sent wins as everywhere.)
            if let Some(held) = self.replica.get(&key)
                && held.state == CellState::Waiting
                && held.stamp > cell.stamp
            {
                let before = cell.stamp;
                let mut clock = self.lock_clock();
                clock.observe(held.stamp);
                cell.stamp = clock.tick(self.now.wall_ms);
                drop(clock);
                restamped.push((key.clone(), before, cell.stamp));
            }
            self.replica.write(&cell);
        }
        for slot in ends {
            self.saving.draft(DraftOp::End(slot.clone()), self.now.mono);
        }
        if !cells.is_empty() {
            self.saving.urge(self.now.mono);
        }
        match &mut self.line {
            Line::Up(up) => up.outbox.push(Group {
                keys: cells.iter().map(Cell::key).collect(),
                ends: ends.to_vec(),
            }),
            // No connection, no slot on it: it is dry when the next one comes.
            _ => ends.iter().for_each(|slot| {
                self.slots.remove(slot);
            }),
        }
        if !restamped.is_empty() {
            self.event(Event::Restamped(restamped));
        }
    }

    /// A file of the same board brought these: they are kept, shown and offered like what others did.
    pub(super) fn on_brought(&mut self, mut cells: Vec<Cell>) {
        {
            let mut clock = self.lock_clock();
            cells.iter().for_each(|cell| clock.observe(cell.stamp));
        }
        cells.retain(|cell| self.replica.bring(cell));
        self.saving.urge(self.now.mono);
        if let Line::Up(up) = &mut self.line {
            up.outbox.offer_all(&self.replica);
        }
        if !cells.is_empty() {
            self.event(Event::Cells(cells));
        }
    }

    pub(super) fn on_live(&mut self, mut slots: Slots) {
        let limits = match &self.line {
            Line::Up(up) => up.outbox.limits.clone(),
            _ => drawbridge_protocol::Limits::default(),
        };
        // What the relay would refuse isn't sent and isn't kept.
        slots.retain(|name, op| {
            if *op != SlotOp::Clear && !self.may_show(name) {
                return false;
            }
            let held = self.slots.get(name);
            match op {
                SlotOp::Clear => true,
                SlotOp::Put(chunks) => {
                    slot_size(chunks) <= limits.slot && (held.is_some() || self.slots.len() < limits.slots)
                }
                SlotOp::Add(chunks) => {
                    let before = held.map_or(0, |chunks| slot_size(chunks));
                    before + slot_size(chunks) <= limits.slot
                        && (held.is_some() || self.slots.len() < limits.slots)
                }
            }
        });
        apply_slots(&mut self.slots, &slots);
        self.send_live(slots);
    }

    /// Sends wet steps, as many to a message as it fairly holds.
    fn send_live(&mut self, slots: Slots) {
        if !self.line.is_up() {
            return;
        }
        let (mut part, mut bytes) = (Slots::new(), 0);
        let mut parts = Vec::new();
        for (name, op) in slots {
            let size = match &op {
                SlotOp::Put(chunks) | SlotOp::Add(chunks) => slot_size(chunks),
                SlotOp::Clear => 0,
            };
            if bytes + size > LIVE_FRAME && !part.is_empty() {
                parts.push(std::mem::take(&mut part));
                bytes = 0;
            }
            bytes += size;
            part.insert(name, op);
        }
        parts.push(part);
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            let frame = encode(&ClientMessage::Live(part));
            self.outputs.push_back(Output::Send(frame));
        }
    }

    /// A new connection has no slots yet.
    pub(super) fn put_slots_again(&mut self) {
        let put = |(name, chunks): (&SlotName, &Vec<_>)| (name.clone(), SlotOp::Put(chunks.clone()));
        self.send_live(self.slots.iter().map(put).collect());
    }

    /// Sends what may go now.
    pub(super) fn pump(&mut self) {
        loop {
            let Line::Up(up) = &mut self.line else {
                return;
            };
            let parcel = up.outbox.next(&mut self.replica, self.now.mono, self.next_write);
            if self.replica.is_dirty() {
                // Something too big may have been parked on the way.
                self.save_soon();
            }
            match parcel {
                None => return,
                Some(Parcel::Write(write)) => {
                    self.next_write += 1;
                    for slot in &write.ends {
                        self.slots.remove(slot);
                    }
                    let frame = encode(&ClientMessage::Write(write));
                    self.outputs.push_back(Output::Send(frame));
                }
                Some(Parcel::Clear(ends)) => {
                    for slot in &ends {
                        self.slots.remove(slot);
                    }
                    self.send_live(ends.into_iter().map(|slot| (slot, SlotOp::Clear)).collect());
                }
            }
        }
    }

    pub(super) fn take_sent(&mut self, id: u64) -> Option<Sent> {
        match &mut self.line {
            Line::Up(up) => up.outbox.answered(id),
            _ => None,
        }
    }

    /// The early word that a write is on the relay's disk. It matches by stamp: what was written
    /// over since is not what the relay has.
    pub(super) fn on_ack(&mut self, id: u64) {
        let Some(sent) = self.take_sent(id) else {
            return;
        };
        if let Line::Up(up) = &mut self.line {
            up.held_up = None;
        }
        for (key, stamp) in &sent.cells {
            let current = self.replica.get(key).map(|entry| (entry.stamp, entry.state));
            let any = fault::is_planted(Fault::AckOfOlderSettlesNewer);
            if current.is_some_and(|(held, state)| (any || held == *stamp) && state != CellState::Settled) {
                self.replica.edit(key, |entry| {
                    entry.state = CellState::Waiting;
                    entry.acked = true;
                });
            } else {
                self.replica.raise_floor(key, *stamp);
            }
        }
        self.save_soon();
    }
}
