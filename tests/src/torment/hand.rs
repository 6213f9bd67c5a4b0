//! What a drawing process does to its board: one random interaction after the other, each announced before
//! it is made.

use std::collections::BTreeMap;

use drawbridge_engine::client::{Client, DraftOp};
use drawbridge_protocol::{Cell, ElementId, Property, SlotName, SlotOp, Slots, Value};
use fastrand::Rng;

use super::draw::{Drawing, say};
use super::journal::Line;

/// Strokes under way at a time, at most.
const STROKES: usize = 3;
/// Elements changed in one write, at most.
const TOGETHER: usize = 6;

/// Somebody's hand.
#[derive(Debug)]
pub(super) struct Hand<'a> {
    client: &'a Client,
    drawing: &'a Drawing,
    rng: Rng,
    /// What there is to change.
    elements: Vec<ElementId>,
    /// Strokes under way, and how many points each has.
    strokes: BTreeMap<SlotName, usize>,
    begun: u64,
    /// The last write's number.
    pub(super) writes: u64,
    /// The strokes under way that are on disk once the last write is.
    pub(super) kept: BTreeMap<SlotName, usize>,
}

impl<'a> Hand<'a> {
    pub(super) fn new(
        client: &'a Client,
        drawing: &'a Drawing,
        elements: Vec<ElementId>,
        strokes: BTreeMap<SlotName, usize>,
    ) -> Self {
        Self {
            client,
            drawing,
            // Not the numbers that its pauses come from.
            rng: Rng::with_seed(!drawing.seed),
            elements,
            kept: strokes.clone(),
            strokes,
            begun: 0,
            writes: 0,
        }
    }

    /// Learns of what others drew.
    pub(super) fn see(&mut self, cells: Vec<Cell>) {
        let bases = cells.into_iter().filter(|cell| cell.prop == Property::base());
        self.elements.extend(bases.map(|cell| cell.element));
    }

    /// Does one thing.
    pub(super) fn act(&mut self) {
        match self.rng.u8(0..100) {
            0..15 => self.begin(),
            15..45 => self.grow(),
            45..60 => {
                let names: Vec<_> = self.strokes.keys().cloned().collect();
                if let Some(slot) = self.rng.choice(names) {
                    self.finish(&slot);
                }
            }
            60..75 => self.change(1, |rng| {
                let (x, y) = (rng.u32(..), rng.u32(..));
                ("place", format!("[1,0,0,1,{x},{y}]"))
            }),
            75..80 => self.change(TOGETHER, |rng| ("place", format!("[1,0,0,1,0,{}]", rng.u32(..)))),
            80..88 => self.change(1, |rng| (Property::DELETED, rng.bool().to_string())),
            88..96 => self.change(1, |rng| ("color", format!("\"#{:06x}\"", rng.u32(..1 << 24)))),
            _ => {
                let at = format!("[{},{}]", self.rng.u16(..), self.rng.u16(..));
                let cursor = SlotName::new("cursor").expect("a name");
                self.client
                    .live(Slots::from([(cursor, SlotOp::Put(vec![json(at)]))]));
            }
        }
    }

    /// Finishes what is under way.
    pub(super) fn finish_all(&mut self) {
        for slot in self.strokes.keys().cloned().collect::<Vec<_>>() {
            self.finish(&slot);
        }
    }

    fn begin(&mut self) {
        if self.strokes.len() == STROKES {
            return self.grow();
        }
        self.begun += 1;
        let id = ElementId::new(&format!("{}-{}", self.drawing.name, self.begun)).expect("an id");
        self.strokes.insert(id.slot(), 1);
        let chunk = vec![base(1, 0)];
        self.client.draft(DraftOp::Put(id.slot(), chunk.clone()));
        self.client.live(Slots::from([(id.slot(), SlotOp::Put(chunk))]));
    }

    fn grow(&mut self) {
        for (slot, points) in &mut self.strokes {
            *points += 1;
            let chunk = vec![json(r#"{"points":"3 2"}"#.to_owned())];
            self.client.draft(DraftOp::Add(slot.clone(), chunk.clone()));
            self.client
                .live(Slots::from([(slot.clone(), SlotOp::Add(chunk))]));
        }
    }

    fn finish(&mut self, slot: &SlotName) {
        let points = self.strokes.remove(slot).expect("a stroke under way");
        let id = ElementId::new(slot.as_str()).expect("a stroke's slot");
        self.write(
            vec![(id.clone(), "base", base(points, self.drawing.weight))],
            vec![slot.clone()],
        );
        self.elements.push(id);
        // Drafts go to disk in order and with what is written; and this write surely goes there, since
        // nobody else writes this stroke.
        self.kept.clone_from(&self.strokes);
    }

    /// Changes one property of some elements, in one write.
    fn change(&mut self, most: usize, to: impl FnOnce(&mut Rng) -> (&'static str, String)) {
        if self.elements.is_empty() {
            return self.begin();
        }
        let mut targets: Vec<ElementId> = Vec::new();
        for _ in 0..most.min(self.elements.len()) {
            // The newest more often than the rest: they are what people are busy with.
            let from = if self.rng.bool() {
                self.elements.len().saturating_sub(8)
            } else {
                0
            };
            let target = &self.elements[self.rng.usize(from..self.elements.len())];
            if !targets.contains(target) {
                targets.push(target.clone());
            }
        }
        let (prop, text) = to(&mut self.rng);
        let cells = targets
            .into_iter()
            .map(|id| (id, prop, json(text.clone())))
            .collect();
        self.write(cells, Vec::new());
    }

    fn write(&mut self, cells: Vec<(ElementId, &str, Value)>, ends: Vec<SlotName>) {
        let stamped = |(element, prop, value): (ElementId, &str, Value)| Cell {
            element,
            prop: Property::new(prop).expect("a property"),
            stamp: self.client.stamp(),
            value,
        };
        let cells: Vec<Cell> = cells.into_iter().map(stamped).collect();
        self.writes += 1;
        say(&Line::Wrote {
            write: self.writes,
            cells: cells.clone(),
            ends: ends.clone(),
        });
        self.client.write(cells, ends);
    }
}

/// A stroke of so many points and about so many bytes more.
fn base(points: usize, weight: usize) -> Value {
    let points = std::iter::once("0 0").chain(std::iter::repeat_n("3 2", points - 1));
    let points = points.collect::<Vec<_>>().join(" ");
    let weight = "x".repeat(weight);
    json(format!(
        r#"{{"kind":"stroke","order":"a0","color":"black","width":4,"points":"{points}","weight":"{weight}"}}"#
    ))
}

fn json(text: String) -> Value {
    Value::from_text(text).expect("JSON")
}
