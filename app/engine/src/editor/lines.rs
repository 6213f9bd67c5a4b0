//! Lines beyond dragging: their points by keyboard, what they hold on to, and what becomes of them when that goes.

use std::collections::BTreeSet;

use drawbridge_protocol::{ElementId, Property};

use super::edits::Join;
use super::{Editor, Effects};
use crate::arrange::{hold, hold_on};
use crate::document::{Element, Tie, json};
use crate::geometry::{Hold, Point, Vec2};
use crate::tools::{Selection, Set, State, Tool, point_line, property, rewritten, tie_at, without};

impl Editor {
    /// The selected line, if nothing else is selected and its points can be taken one by one, and the number of the one that
    /// is chosen.
    #[must_use]
    pub fn line_points(&self) -> Option<(Element, Option<usize>)> {
        let line = point_line(&self.selection, &self.scene, &self.document)?;
        let chosen = self.selection.point.filter(|point| *point < line.points.len());
        self.document.has_base(line.id.as_str()).then_some((line, chosen))
    }

    fn chosen_point(&self) -> Option<(Element, usize)> {
        let (line, point) = self.line_points()?;
        Some((line, point?))
    }

    fn choose_point(&mut self, point: Option<usize>) {
        self.select(Selection {
            point,
            ..self.selection.clone()
        });
    }

    /// Escape with a point chosen: none is any more.
    pub(super) fn leaves_point(&mut self) -> bool {
        let chosen = self.selection.point.is_some();
        if chosen {
            self.choose_point(None);
        }
        chosen
    }

    pub(super) fn next_point(&mut self, back: bool) -> Effects {
        let Some((line, chosen)) = self.line_points() else {
            return Effects::default();
        };
        let count = line.points.len();
        let next = match chosen {
            Some(point) if back => (point + count - 1) % count,
            Some(point) => (point + 1) % count,
            None if back => count - 1,
            None => 0,
        };
        self.choose_point(Some(next));
        Effects {
            changed: true,
            ..Effects::default()
        }
    }

    /// Puts a point into the middle behind the chosen one, and chooses that.
    pub(super) fn add_point(&mut self) -> Effects {
        let Some((line, chosen)) = self.line_points() else {
            return Effects::default();
        };
        let count = line.points.len();
        let after = chosen.unwrap_or(0).min(count - 2);
        let middles = line.figure().middles();
        let between = || line.place * line.points[after].pos.midpoint(line.points[after + 1].pos);
        let middle = middles.iter().find(|middle| middle.after == after);
        let at = middle.map_or_else(between, |middle| middle.at);
        let mut points = line.points.to_vec();
        points.insert(after + 1, points[after]);
        let mut now = Element {
            points: points.into(),
            ..line.clone()
        };
        self.put_point(&mut now, after + 1, at);
        let effects = self.write_line(&line, now);
        self.choose_point(Some(after + 1));
        effects
    }

    /// Takes the chosen point out. `None` where none is chosen, or no line would be left.
    pub(super) fn delete_point(&mut self) -> Option<Effects> {
        let (line, point) = self.chosen_point()?;
        let now = without(&line, point)?;
        let last = now.points.len() - 1;
        let effects = self.write_line(&line, now);
        self.choose_point(Some(point.min(last)));
        Some(effects)
    }

    /// Moves the chosen point. An end moves over what it holds on to, and lets go of it beyond. `None` where none is chosen.
    pub(super) fn nudge_point(&mut self, by: Vec2) -> Option<Effects> {
        let (line, point) = self.chosen_point()?;
        let mut now = line.clone();
        let end = match point {
            0 => Some(0),
            point if point + 1 == line.points.len() => Some(1),
            _ => None,
        };
        let held = end.and_then(|end| line.ties[end].as_ref().and_then(|tie| self.hold(tie)));
        let from = held.map_or(line.place * line.points[point].pos, |hold| hold.aim());
        let at = from + by;
        if let Some(end) = end {
            now.ties[end] = tie_at(at, 0.0, 0.0, &self.scene, &self.document);
        }
        self.put_point(&mut now, point, at);
        let now = self.scene.held(&self.document, now);
        let sets = rewritten(&line, &now);
        Some(self.write_joined(sets, Join::Nudge))
    }

    fn put_point(&self, line: &mut Element, point: usize, at: Point) {
        let own = line.place.inverse() * at;
        let mut points = line.points.to_vec();
        if own.is_finite() {
            points[point].pos = own;
        }
        line.points = points.into();
        line.holds = None;
    }

    fn write_line(&mut self, before: &Element, now: Element) -> Effects {
        let now = self.scene.held(&self.document, now);
        self.write_some(rewritten(before, &now))
    }

    fn hold(&self, tie: &Tie) -> Option<Hold> {
        let target = self.scene.element(&self.document, &tie.id)?;
        hold(&target, tie.at)
    }

    /// What a line in the hand holds on to, or would: to be shown to whoever draws it.
    #[must_use]
    pub fn aims(&self) -> Vec<Hold> {
        let ties: Vec<Tie> = match &self.state {
            State::Lining(line) => line.ties().iter().flatten().cloned().collect(),
            State::Bending(edit) => edit.aims_at().cloned().into_iter().collect(),
            State::Idle if matches!(self.tool, Tool::Line | Tool::Arrow) && !self.keys.ctrl => {
                let at = self.pointer.map(|p| self.camera.board_from_screen(p));
                let at = at.filter(|p| p.is_finite());
                at.and_then(|p| self.tie_near(p)).into_iter().collect()
            }
            State::Idle if self.tool == Tool::Select => {
                let chosen = self.chosen_point();
                let tie = chosen.and_then(|(line, point)| match point {
                    0 => line.ties[0].clone(),
                    point if point + 1 == line.points.len() => line.ties[1].clone(),
                    _ => None,
                });
                tie.into_iter().collect()
            }
            _ => Vec::new(),
        };
        ties.iter().filter_map(|tie| self.hold(tie)).collect()
    }

    fn tie_near(&self, at: Point) -> Option<Tie> {
        let length = |points: f64| points / self.camera.zoom();
        let (near, middle) = (length(crate::tools::AIM_NEAR), length(crate::tools::AIM_MIDDLE));
        tie_at(at, near, middle, &self.scene, &self.document)
    }

    /// With what goes, lines that hold on to it are written where they are shown: there they stay.
    pub(super) fn keep_lines(&self, sets: &mut Vec<Set>) {
        let goes = |(id, prop, value): &Set| {
            let deletes = prop.as_str() == Property::DELETED && value.as_str() == "true";
            deletes.then(|| id.clone())
        };
        let gone: BTreeSet<ElementId> = sets.iter().filter_map(goes).collect();
        let mut lines: BTreeSet<&ElementId> = gone.iter().flat_map(|id| self.scene.holders(id)).collect();
        for (id, prop, _) in sets.iter() {
            if matches!(prop.as_str(), "points" | Property::BASE | Property::DELETED) {
                lines.remove(id);
            }
        }
        for id in lines {
            // As it lies when nothing is in anybody's hand: that is what is written.
            let Some(line) = self.document.element(id).filter(|line| !line.deleted) else {
                continue;
            };
            let holds = line.ties.clone().map(|tie| {
                let tie = tie?;
                hold(&self.document.element(&tie.id)?, tie.at)
            });
            let text = hold_on(&line, holds).points_text();
            if text != line.points_text() {
                sets.push((id.clone(), property("points"), json(&text)));
            }
        }
    }
}
