//! What is held against the model while a client works.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use drawbridge_engine::client::{DraftOp, Phase, StoreBatch};
use drawbridge_protocol::{
    Cell, CellKey, ElementId, Property, RelayMessage, SlotOp, Stamp, Value, Write, decode,
};

use super::letters;
use super::model::covers;
use super::person::Drawing;
use super::schedule::Act;
use super::world::{Result, World};

/// What may wait for a window beside the cells: people who came and left, and cells that aren't stored yet.
const BACKLOG: usize = 60;

impl World {
    /// What a person did changed these cells.
    pub(super) fn check_hand(
        &mut self,
        n: usize,
        act: Act,
        before: &BTreeMap<CellKey, (Stamp, Value)>,
        after: BTreeMap<CellKey, (Stamp, Value)>,
    ) -> Result {
        let Some(run) = &mut self.people[n].run else {
            return Ok(());
        };
        let mut wrong = None;
        for (key, (stamp, value)) in after {
            let held = before.get(&key);
            if held == Some(&(stamp, value.clone())) {
                continue;
            }
            let foreign = held.is_some_and(|(held, _)| held.peer != run.peer);
            if matches!(act, Act::Undo | Act::Redo) && foreign {
                wrong = Some((
                    "undo touches only what is one's own",
                    format!("person {n}: {key:?}"),
                ));
            }
            if held.is_some_and(|(_, before)| !letters::grows(&key, before, &value)) {
                wrong = Some(("letters are only added", format!("person {n}: {key:?}")));
            }
            if held.is_some_and(|(held, _)| *held >= stamp) {
                wrong = Some((
                    "what the hand does goes above what it sees",
                    format!("person {n}: {key:?}"),
                ));
            }
            run.handed.retain(|(earlier, _)| *earlier != key);
            run.handed.push((key.clone(), stamp));
            self.model.known.insert((key, stamp), value);
        }
        match wrong {
            Some((rule, detail)) => self.fail(rule, detail),
            None => Ok(()),
        }
    }

    /// A client sends a write.
    pub(super) fn check_write(&mut self, n: usize, write: &Rc<Write>, bytes: usize) -> Result {
        for cell in &write.cells {
            if !self.model.knows(cell) {
                return self.fail("nobody sends what nobody wrote", format!("person {n}: {cell:?}"));
            }
            let row = self.people[n].disk.get(&cell.key()).map(|row| &row.cell);
            if !covers(row.map(|row| (row.stamp, &row.value)), cell.stamp, &cell.value) {
                return self.fail(
                    "nothing is sent before it is stored",
                    format!("person {n}: {cell:?}"),
                );
            }
        }
        let Some(link) = self.link_of(n) else {
            return Ok(());
        };
        let link = &mut self.links[link];
        link.unanswered.insert(write.id, (Rc::clone(write), Vec::new()));
        let (writes, before) = (link.unanswered.len(), link.unanswered_bytes);
        link.unanswered_bytes += bytes;
        if writes > 4 || before > 0 && before + bytes > 6000 + 200 {
            return self.fail(
                "no more is under way than the window holds",
                format!("person {n}"),
            );
        }
        Ok(())
    }

    /// A batch is on a person's disk.
    pub(super) fn check_batch(&mut self, n: usize, batch: &StoreBatch) -> Result {
        let lost = batch.past.cells.iter().map(|lost| lost.cell.key());
        for key in batch.cells.iter().map(|row| row.cell.key()).chain(lost) {
            if let Some((present, earlier)) = self.people[n].disk.overtaken(&key) {
                let detail = format!("person {n}: {key:?}: {present:?}, and before {earlier:?}");
                return self.fail("the present version is the greatest", detail);
            }
        }
        if !batch.past.cells.is_empty() {
            self.tally.count("batches with earlier versions");
        }
        for op in &batch.drafts {
            let (DraftOp::Put(slot, _) | DraftOp::Add(slot, _) | DraftOp::End(slot)) = op;
            let Ok(id) = ElementId::new(slot.as_str()) else {
                continue;
            };
            let base = CellKey::new(id.clone(), Property::base());
            if !matches!(op, DraftOp::End(_)) {
                self.model.drafted.insert((n, id));
            } else if self.model.finished.contains(&id) && self.people[n].disk.get(&base).is_none() {
                return self.fail(
                    "a stroke's draft ends only when its cell is stored",
                    format!("person {n}: {id}"),
                );
            }
        }
        Ok(())
    }

    /// A program died in the middle of a stroke, or not.
    pub(super) fn check_draft(&mut self, n: usize, drawing: Option<&Drawing>) -> Result {
        let Some(Drawing {
            id: Some(id),
            is_ink: true,
            since,
        }) = drawing
        else {
            return Ok(());
        };
        let person = &self.people[n];
        let is_kept = person.disk.drafts().contains_key(&id.slot());
        let patience = Duration::from_millis(500 + 3 * person.slowest_ms);
        self.tally.count("clients killed in the middle of a stroke");
        if !is_kept && !person.is_full && !person.was_full && self.now > *since + patience {
            return self.fail("a stroke under way is on disk", format!("person {n}: {id}"));
        }
        Ok(())
    }

    /// Own cells got other stamps.
    pub(super) fn restamped(&mut self, n: usize) -> Result {
        let board = self.board(n);
        let mut wrong = None;
        let person = &mut self.people[n];
        let Some(run) = &mut person.run else {
            return Ok(());
        };
        for (key, before, after) in run.hand.take_restamped() {
            self.tally.count("cells stamped anew");
            if let Some(value) = self.model.known.get(&(key.clone(), before)).cloned() {
                self.model.known.insert((key.clone(), after), value);
            }
            if self.model.heard.contains(&(run.number, key.clone(), before)) {
                wrong = Some(format!("person {n}: {key:?} {before:?}"));
            }
            // A run that died before it stored the acknowledgement knows nothing of it.
            if let Some((stamp, _)) = self.model.acked.get_mut(&(board.clone(), key.clone()))
                && *stamp == before
            {
                *stamp = after;
            }
            for (held, stamp) in &mut run.handed {
                if *held == key && *stamp == before {
                    *stamp = after;
                }
            }
            if let Some(stamp) = person.saved.get_mut(&key)
                && *stamp > after
            {
                // Also of one that was written over since.
                *stamp = after;
            }
        }
        match wrong {
            Some(detail) => self.fail("what was acknowledged keeps its stamp", detail),
            None => Ok(()),
        }
    }

    /// What the client says of itself is true.
    pub(super) fn check_status(&mut self, n: usize) -> Result {
        let Some(run) = &self.people[n].run else {
            return Ok(());
        };
        let status = run.hand.session().status();
        for parked in &status.parked {
            if !self.model.parked.contains(&parked.key) {
                self.model.parked.insert(parked.key.clone());
            }
        }
        // What waits for a window that nobody looks at is put together, by cell and person.
        let (backlog, held) = (run.hand.backlog(), self.people[n].disk.rows().count());
        if backlog > 2 * held + BACKLOG {
            return self.fail(
                "what waits is bounded",
                format!("person {n}: {backlog} over {held} cells"),
            );
        }
        if status.unstored > 0 {
            return Ok(());
        }
        let handed = std::mem::take(&mut self.people[n].run.as_mut().expect("it runs").handed);
        for (key, stamp) in handed {
            let run = self.people[n].run.as_ref().expect("it runs");
            if run.hand.session().get(&key).is_some_and(|(held, _)| held > stamp) {
                // The relay has sent a greater one: that this one isn't here harms nobody.
                continue;
            }
            let row = self.people[n].disk.get(&key);
            if row.is_none_or(|row| row.cell.stamp < stamp) {
                let detail = format!("person {n}: {key:?} {stamp:?}");
                return self.fail("saved here means: on this disk", detail);
            }
            self.people[n].saved.insert(key, stamp);
        }
        let says_saved = status.waiting == 0 && status.phase == Phase::Live;
        let run = self.people[n].run.as_mut().expect("it runs");
        let said_saved = std::mem::replace(&mut run.said_saved, says_saved);
        // What a relay that is gone meanwhile had isn't asked here.
        if !says_saved || said_saved || !self.link_of(n).is_some_and(|link| self.is_attached(link)) {
            return Ok(());
        }
        let board = self.board(n);
        let session = self.people[n].run.as_ref().expect("it runs").hand.session();
        let Some(relay) = self.relay.by_hand.as_mut() else {
            return Ok(());
        };
        // Everything that it holds, or a greater one: or what it says is not so.
        for row in self.people[n].disk.rows() {
            let key = row.cell.key();
            let Some((stamp, value)) = session.get(&key) else {
                continue;
            };
            let is_parked = status.parked.iter().any(|parked| parked.key == key);
            let held = relay.held(&board, &key).map(|cell| (cell.stamp, &cell.value));
            if !is_parked && !covers(held, stamp, value) {
                let detail = format!("person {n}: {key:?} {stamp:?}, the relay has {held:?}");
                return self.fail("saved on the relay means: on its disk", detail);
            }
        }
        Ok(())
    }

    /// A frame of the relay reaches a person.
    pub(super) fn check_frame(&mut self, n: usize, text: &str) -> Result {
        if !text.starts_with("{\"live\"") {
            return Ok(());
        }
        let Ok(RelayMessage::Live(live)) = decode::<RelayMessage>(text) else {
            return Ok(());
        };
        let Some(run) = &self.people[n].run else {
            return Ok(());
        };
        for one in live.0 {
            let is_own = |here: &drawbridge_protocol::Here| here.conn == one.conn;
            if !run.hand.session().people().any(is_own) {
                continue;
            }
            for (slot, op) in one.slots {
                let Ok(id) = ElementId::new(slot.as_str()) else {
                    continue;
                };
                let base = CellKey::new(id.clone(), Property::base());
                let model = &self.model;
                let is_dry = model.finished.contains(&id)
                    && !model.cancelled.contains(&id)
                    && !model.parked.contains(&base);
                if op == SlotOp::Clear && is_dry && run.hand.session().get(&base).is_none() {
                    return self.fail("wet ink never blinks", format!("person {n}: {id}"));
                }
            }
        }
        Ok(())
    }

    /// The relay sends cells.
    pub(super) fn check_cells(&mut self, n: usize, cells: &[Cell]) -> Result {
        for cell in cells {
            if !self.model.knows(cell) {
                return self.fail(
                    "nothing is told that nobody wrote",
                    format!("to person {n}: {cell:?}"),
                );
            }
            self.on_disk(n, cell)?;
            self.model.told.insert((cell.key(), cell.stamp));
        }
        Ok(())
    }

    /// The relay has told somebody of a cell: it must be on its disk, or a greater one.
    pub(super) fn on_disk(&mut self, n: usize, cell: &Cell) -> Result {
        let board = self.board(n);
        let held = self
            .relay
            .by_hand
            .as_mut()
            .and_then(|relay| relay.held(&board, &cell.key()));
        if covers(
            held.map(|held| (held.stamp, &held.value)),
            cell.stamp,
            &cell.value,
        ) {
            return Ok(());
        }
        self.fail(
            "what the relay tells is on its disk",
            format!("to person {n}: {cell:?}"),
        )
    }
}
