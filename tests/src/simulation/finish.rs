//! The end: everything is well again, everybody comes to rest, and all boards are the same.

use std::collections::BTreeMap;
use std::time::Duration;

use drawbridge_engine::client::Phase;
use drawbridge_engine::editor::{Editor, SeededRandom};
use drawbridge_engine::geometry::Rect;
use drawbridge_protocol::{BoardId, CellKey, ElementId, Stamp, Value};
use drawbridge_relay::testing::ByHand;

use super::hand::cells_of;
use super::letters;
use super::model::covers;
use super::person::board_of;
use super::schedule::{Act, Step};
use super::world::{Result, World};

/// How long it may take until everybody is in step: cells that are minutes early have to wait so long.
const REST: Duration = Duration::from_secs(45 * 60);
const LOOK: Duration = Duration::from_secs(1);
/// How long it takes at most until the relay has heard of a line that broke.
const LEAVE: Duration = Duration::from_secs(5);

type Cells = BTreeMap<CellKey, (Stamp, Value)>;

impl World {
    /// Ends all faults, waits, and compares.
    pub(super) fn finish(&mut self) -> Result {
        self.relay.heal();
        let step = |act, who| Step {
            after: 0,
            act,
            who,
            arg: 0,
        };
        self.step(step(Act::RelayStart, 0))?;
        for n in 0..self.people.len() {
            self.people[n].store_ms = 2;
            for act in [
                Act::DiskWell,
                Act::Unblock,
                Act::Lag,
                Act::Slow,
                Act::Show,
                Act::Drift,
                Act::Start,
                Act::Share,
                Act::Online,
                Act::Lose,
                Act::Cancel,
            ] {
                self.step(step(act, n))?;
            }
        }
        let end = self.now + REST;
        let mut looked = 0;
        while !self.is_at_rest() {
            if self.now >= end {
                return self.fail("everybody comes to rest", self.restless());
            }
            looked += 1;
            // A person who was told that there is no such board tries again, as does one who closed the program.
            for n in 0..self.people.len() {
                self.start(n);
                let phase = self.people[n]
                    .run
                    .as_ref()
                    .map(|run| run.hand.session().status().phase);
                if let Some(Phase::Local) = phase {
                    self.step(step(Act::Share, n))?;
                }
                if looked % 20 == 0 && matches!(phase, Some(Phase::Refused { .. })) && !self.model.is_buried {
                    self.step(step(Act::Online, n))?;
                }
            }
            self.run_until(self.now + LOOK)?;
        }
        self.compare()?;
        self.leave()
    }

    /// Everybody goes: a board that nobody is on takes no memory.
    fn leave(&mut self) -> Result {
        for n in 0..self.people.len() {
            self.kill(n)?;
        }
        self.run_until(self.now + LEAVE)?;
        let rooms = self.relay.by_hand.as_ref().map_or(0, ByHand::rooms);
        if rooms > 0 {
            return self.fail("a board that nobody is on is let go", format!("{rooms} are held"));
        }
        Ok(())
    }

    fn is_at_rest(&mut self) -> bool {
        let in_step = (0..self.people.len()).all(|n| self.is_in_step(n));
        let quiet = |n: &usize| {
            let link = &self.links[*n];
            let is_gone = link.client_gone && !self.is_attached(*n);
            is_gone || !link.client_gone && link.up.is_idle() && link.down.is_idle()
        };
        let quiet = (0..self.links.len()).all(|n| quiet(&n));
        let shown = self.people.iter().all(|person| {
            person
                .run
                .as_ref()
                .is_some_and(|run| !run.frame_due && run.storing.is_none())
        });
        in_step && shown && quiet && self.relay.is_at_rest()
    }

    fn restless(&self) -> String {
        let status = |n: usize| self.people[n].run.as_ref().map(|run| run.hand.session().status());
        let all: Vec<_> = (0..self.people.len())
            .map(|n| (n, self.is_in_step(n), status(n)))
            .collect();
        format!("{all:?}")
    }

    fn compare(&mut self) -> Result {
        let relay = |world: &mut Self, board: &BoardId| -> Cells {
            let Some(relay) = &mut world.relay.by_hand else {
                return Cells::new();
            };
            let cells = relay.dump(board);
            cells
                .map(|cell| (cell.key(), (cell.stamp, cell.value.clone())))
                .collect()
        };
        for n in 0..self.people.len() {
            let board = board_of(n);
            let buried = self.model.is_buried && board == board_of(0);
            let there = relay(self, &board);
            self.compare_own(n)?;
            self.check_promises(n)?;
            if buried {
                if !there.is_empty() {
                    return self.fail("a deleted board stays deleted", format!("{} cells", there.len()));
                }
                continue;
            }
            let here = self.held(n);
            let differ = |key: &&CellKey| !self.model.parked.contains(key) && here.get(key) != there.get(key);
            if let Some(key) = here.keys().chain(there.keys()).find(differ) {
                let detail = format!(
                    "{key:?}: person {n} {:?}, the relay {:?}",
                    here.get(key),
                    there.get(key)
                );
                return self.fail("all who can reach each other end with the same board", detail);
            }
            for ((of, key), (stamp, value)) in &self.model.acked {
                let held = there.get(key).map(|(stamp, value)| (*stamp, value));
                let excused = *of != board || self.model.client_lost || self.model.parked.contains(key);
                if !excused && !covers(held, *stamp, value) {
                    return self.fail(
                        "what was acknowledged is never lost",
                        format!("{key:?} {stamp:?}"),
                    );
                }
            }
            self.check_presence(n)?;
        }
        Ok(())
    }

    /// What the session holds.
    fn held(&self, n: usize) -> Cells {
        let session = self.people[n].run.as_ref().map(|run| run.hand.session().cells());
        let cells = session.iter().flat_map(|set| set.iter().collect::<Vec<_>>());
        cells.map(|cell| (cell.key(), (cell.stamp, cell.value))).collect()
    }

    /// Window, session and disk of one person hold the same.
    fn compare_own(&mut self, n: usize) -> Result {
        let held = self.held(n);
        let shown = self.people[n].board.as_ref().map(cells_of).unwrap_or_default();
        let rows = self.people[n].disk.rows();
        let stored: Cells = rows
            .map(|row| (row.cell.key(), (row.cell.stamp, row.cell.value.clone())))
            .collect();
        for (what, other) in [("the window", &shown), ("the disk", &stored)] {
            if let Some(key) = held
                .keys()
                .chain(other.keys())
                .find(|key| held.get(key) != other.get(key))
            {
                let detail = format!(
                    "{key:?}: {what} of person {n} {:?}, its session {:?}",
                    other.get(key),
                    held.get(key)
                );
                return self.fail("window, session and disk are the same", detail);
            }
        }
        if let Some((key, cell)) = held
            .iter()
            .find(|(key, (stamp, value))| self.model.known.get(&((*key).clone(), *stamp)) != Some(value))
        {
            return self.fail(
                "nothing is on a board that nobody wrote",
                format!("{key:?} {cell:?}"),
            );
        }
        if let Some(board) = &self.people[n].board
            && let Some(detail) = letters::all_letters(board.editor().document(), &shown)
        {
            return self.fail(
                "a text has all letters that nobody deleted",
                format!("person {n}: {detail}"),
            );
        }
        if let Some(board) = &self.people[n].board
            && let Some(detail) = shown_otherwise(board.editor())
        {
            return self.fail(
                "a window shows what its board says",
                format!("person {n}: {detail}"),
            );
        }
        if !self.people[n].disk.drafts().is_empty() {
            return self.fail("no draft is left behind", format!("person {n}"));
        }
        Ok(())
    }

    /// What was seen on a person's disk is there still, or was won over; and so is each stroke that was ever kept.
    fn check_promises(&mut self, n: usize) -> Result {
        for (key, stamp) in &self.people[n].saved {
            let row = self.people[n].disk.get(key);
            if row.is_none_or(|row| row.cell.stamp < *stamp) {
                let detail = format!(
                    "person {n}: {key:?} {stamp:?}, now {:?}",
                    row.map(|row| row.cell.stamp)
                );
                return self.fail("what was saved here is never lost", detail);
            }
        }
        for (who, id) in &self.model.drafted {
            let base = CellKey::new(id.clone(), drawbridge_protocol::Property::base());
            let is_there = self.people[n].disk.get(&base).is_some();
            if *who == n && !self.model.cancelled.contains(id) && !is_there {
                return self.fail(
                    "a stroke that was on disk is never lost",
                    format!("person {n}: {id}"),
                );
            }
        }
        Ok(())
    }

    /// Everybody sees exactly the others on their board, with nothing wet left behind.
    fn check_presence(&mut self, n: usize) -> Result {
        let others: Vec<_> = (0..self.people.len())
            .filter(|&other| other != n && board_of(other) == board_of(n))
            .filter_map(|other| self.people[other].run.as_ref().map(|run| run.peer))
            .collect();
        let Some(run) = &self.people[n].run else {
            return Ok(());
        };
        let mut seen: Vec<_> = Vec::new();
        for here in run.hand.session().people() {
            seen.push(here.peer);
            // Everybody has let go of what they had in the hand.
            let wet = here.slots.keys().find(|slot| {
                let name = slot.as_str();
                let finished = |id| self.model.finished.contains(&id);
                name.starts_with("drag.") || name == "laser" || ElementId::new(name).is_ok_and(finished)
            });
            if let Some(slot) = wet {
                return self.fail("no wet ink is left behind", format!("person {n}: {slot:?}"));
            }
        }
        if let Some(missing) = others.iter().find(|peer| !seen.contains(peer)) {
            return self.fail(
                "everybody sees who is here",
                format!("person {n} doesn't see {missing:?}"),
            );
        }
        Ok(())
    }
}

/// What is shown otherwise than it would be by a program that has just opened the same board.
fn shown_otherwise(editor: &Editor) -> Option<String> {
    let mut anew = Editor::new(Box::new(SeededRandom(0)));
    anew.merge(&editor.document().cells().collect::<Vec<_>>());
    let mut expected = anew.scene().stacked().map(|(_, item)| item);
    for (_, item) in editor.scene().stacked() {
        let Some(other) = expected.next() else {
            return Some(format!("{item:?} is too much"));
        };
        let near = |a: Rect, b: Rect| {
            let far = |a: f64, b: f64| (a - b).abs() > 1e-3;
            !(far(a.x0, b.x0) || far(a.y0, b.y0) || far(a.x1, b.x1) || far(a.y1, b.y1))
        };
        let same = item.element == other.element
            && (&item.order, item.kind, item.style) == (&other.order, other.kind, other.style)
            && (&item.groups, item.locked, item.dimmed) == (&other.groups, other.locked, other.dimmed)
            && near(item.bounds, other.bounds)
            && near(item.frame, other.frame);
        if !same {
            return Some(format!("{item:?} instead of {other:?}"));
        }
    }
    if let Some(other) = expected.next() {
        return Some(format!("{other:?} is missing"));
    }
    let wet = editor.scene().wet().next();
    wet.map(|key| format!("{key:?} is wet still"))
}
