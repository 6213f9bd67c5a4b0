//! What a drawing process says on its standard output, and what follows from it: what must not be lost,
//! and what may be there at all.

use std::collections::{BTreeMap, HashMap};

use drawbridge_protocol::{Cell, CellKey, CellSet, ElementId, Property, SlotName, Stamp, Value};
use serde::{Deserialize, Serialize};

use crate::people::missing;

/// One line of a drawing process, as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// It has opened its board. `recovered` names the strokes that were under way when it last ended, and how
    /// many points each has.
    Opened { recovered: BTreeMap<SlotName, usize> },
    /// It is about to write these cells, which end these slots.
    Wrote {
        write: u64,
        cells: Vec<Cell>,
        ends: Vec<SlotName>,
    },
    /// All its writes up to this one are on its own disk, and so are these strokes under way, with so many points.
    Saved {
        up_to: u64,
        drafts: BTreeMap<SlotName, usize>,
    },
    /// The relay has acknowledged all its writes up to this one.
    Acked { up_to: u64 },
    /// Its person is told that the relay lets them in no more.
    TurnedAway { code: String },
    /// Its person is told that their own disk fails, and why; `None`: not any more.
    Disk { error: Option<String>, unstored: usize },
    /// The relay doesn't take these many cells.
    Parked { cells: usize, why: String },
    /// It rests, is in step, and has nothing left to store or to send; this is its board.
    Resting { digest: u64 },
    /// What stands against resting.
    Restless { why: String },
}

/// What one process wrote and hasn't yet called saved or acknowledged.
#[derive(Debug, Default)]
struct Run {
    unsaved: BTreeMap<u64, Vec<Cell>>,
    unacked: BTreeMap<u64, Vec<Cell>>,
}

/// A stroke under way.
#[derive(Debug, Clone, Copy)]
struct Draft {
    whose: usize,
    points: usize,
    /// Its process was about to write it: it may be on disk as a stroke by now.
    ends: bool,
}

/// What all processes of a board have said.
#[derive(Debug, Default)]
pub(super) struct Journal {
    runs: Vec<Run>,
    /// What each has on its own disk.
    saved: Vec<CellSet>,
    /// Each one's writes of several cells.
    wholes: Vec<Vec<Vec<Cell>>>,
    /// Everything that is on somebody's disk.
    must: CellSet,
    acked: CellSet,
    /// By key: who wrote what, and when.
    written: HashMap<CellKey, Vec<(Stamp, Value)>>,
    /// Strokes under way that are on a disk.
    drafts: BTreeMap<SlotName, Draft>,
    /// Every stroke that ever was one of those, and how many points it had at most.
    kept: BTreeMap<SlotName, usize>,
    /// How many cells were written.
    pub(super) cells: u64,
    /// How many strokes were found again after their process had died.
    pub(super) recovered: u64,
}

impl Journal {
    /// A journal of so many people.
    #[must_use]
    pub(super) fn new(people: usize) -> Self {
        let new = |_| Default::default();
        Self {
            runs: (0..people).map(new).collect(),
            saved: (0..people).map(|_| CellSet::default()).collect(),
            wholes: vec![Vec::new(); people],
            ..Self::default()
        }
    }

    /// Takes in what `who` says.
    pub(super) fn note(&mut self, who: usize, line: &Line) {
        match line {
            Line::Opened { recovered } => {
                self.runs[who] = Run::default();
                self.recovered += recovered.len() as u64;
                for (slot, draft) in self
                    .drafts
                    .iter()
                    .filter(|(_, draft)| draft.whose == who && !draft.ends)
                {
                    let (had, found) = (draft.points, recovered.get(slot).copied().unwrap_or(0));
                    assert!(found >= had, "{slot} had {had} points on disk, and now {found}");
                }
            }
            Line::Wrote { write, cells, ends } => {
                for cell in cells {
                    let stamped = (cell.stamp, cell.value.clone());
                    self.written.entry(cell.key()).or_default().push(stamped);
                }
                self.cells += cells.len() as u64;
                if cells.len() > 1 {
                    self.wholes[who].push(cells.clone());
                }
                let run = &mut self.runs[who];
                run.unsaved.insert(*write, cells.clone());
                run.unacked.insert(*write, cells.clone());
                for slot in ends {
                    if let Some(draft) = self.drafts.get_mut(slot) {
                        draft.ends = true;
                    }
                }
            }
            Line::Saved { up_to, drafts } => {
                let later = self.runs[who].unsaved.split_off(&(up_to + 1));
                let saved = std::mem::replace(&mut self.runs[who].unsaved, later);
                for cell in saved.values().flatten() {
                    self.saved[who].merge(cell);
                    self.must.merge(cell);
                }
                self.drafts.retain(|_, draft| draft.whose != who);
                for (slot, &points) in drafts {
                    let draft = Draft {
                        whose: who,
                        points,
                        ends: false,
                    };
                    self.drafts.insert(slot.clone(), draft);
                    let most = self.kept.entry(slot.clone()).or_default();
                    *most = points.max(*most);
                }
            }
            Line::Acked { up_to } => {
                let later = self.runs[who].unacked.split_off(&(up_to + 1));
                let acked = std::mem::replace(&mut self.runs[who].unacked, later);
                for cell in acked.values().flatten() {
                    self.acked.merge(cell);
                }
            }
            _ => {}
        }
    }

    /// `who` has lost their disk: what they had is to be found on the relay, but not with them.
    pub(super) fn lost_disk(&mut self, who: usize) {
        self.saved[who] = CellSet::default();
        self.wholes[who].clear();
        self.drafts.retain(|_, draft| draft.whose != who);
    }

    /// What of everything that was ever saved is not in `held`.
    #[must_use]
    pub(super) fn lost(&self, held: &CellSet) -> Vec<(CellKey, Stamp)> {
        missing(held, self.must.iter())
    }

    /// What of everything that was ever acknowledged is not in `held`.
    #[must_use]
    pub(super) fn unkept(&self, held: &CellSet) -> Vec<(CellKey, Stamp)> {
        missing(held, self.acked.iter())
    }

    /// What of everything that `who` has on disk is not in `held`.
    #[must_use]
    pub(super) fn unsaved(&self, who: usize, held: &CellSet) -> Vec<(CellKey, Stamp)> {
        missing(held, self.saved[who].iter())
    }

    /// Writes of `who` of which a part is in `held`, and a part isn't.
    #[must_use]
    pub(super) fn torn(&self, who: usize, held: &CellSet) -> Vec<&[Cell]> {
        let torn = |cells: &&Vec<Cell>| {
            let is_there = |cell: &Cell| {
                let found = held.get(&cell.key());
                found.is_some_and(|(stamp, value)| stamp == cell.stamp && *value == cell.value)
            };
            cells.iter().any(is_there) && !missing(held, cells.iter().cloned()).is_empty()
        };
        self.wholes[who].iter().filter(torn).map(Vec::as_slice).collect()
    }

    /// Strokes of `who` that were under way and on disk, and are neither among `drafts` nor finished in `held`, with
    /// as many points at least.
    #[must_use]
    pub(super) fn undrafted(
        &self,
        who: usize,
        drafts: &BTreeMap<SlotName, Vec<Value>>,
        held: &CellSet,
    ) -> Vec<&SlotName> {
        let is_gone = |(slot, draft): (_, &Draft)| {
            let chunks = drafts.get(slot).map_or(0, Vec::len);
            let finished = if draft.ends { points_of(slot, held) } else { 0 };
            (draft.whose == who && chunks.max(finished) < draft.points).then_some(slot)
        };
        self.drafts.iter().filter_map(is_gone).collect()
    }

    /// Strokes that were under way and on disk at any time, and aren't on the board with as many points at least.
    #[must_use]
    pub(super) fn unfinished(&self, board: &CellSet) -> Vec<&SlotName> {
        let is_less = |(slot, points): &(&SlotName, &usize)| points_of(slot, board) < **points;
        self.kept.iter().filter(is_less).map(|(slot, _)| slot).collect()
    }

    /// What of `held` nobody wrote. A cell may have been stamped anew by who wrote it; never earlier.
    #[must_use]
    pub(super) fn strange(&self, held: &CellSet) -> Vec<Cell> {
        let known = |cell: &Cell| {
            let same = |(stamp, value): &(Stamp, Value)| {
                *value == cell.value && stamp.peer == cell.stamp.peer && *stamp <= cell.stamp
            };
            self.written
                .get(&cell.key())
                .is_some_and(|all| all.iter().any(same))
        };
        held.iter().filter(|cell| !known(cell)).collect()
    }
}

/// How many points the stroke of this name has on the board.
fn points_of(slot: &SlotName, board: &CellSet) -> usize {
    let element = ElementId::new(slot.as_str()).expect("a stroke's slot");
    let base = board.get(&CellKey::new(element, Property::base()));
    base.map_or(0, |(_, value)| points_in(value))
}

/// How many points a stroke has whose steps are written as the drawing process does.
fn points_in(base: &Value) -> usize {
    let base: serde_json::Value = base.read().expect("a base");
    base["points"]
        .as_str()
        .map_or(0, |points| points.split(' ').count() / 2)
}
