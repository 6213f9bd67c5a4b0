//! What tldraw's arrows hold on to, and where those that are bent lie for that.

use std::collections::{HashMap, HashSet};

use super::lines::{bent_middle, bound};
use super::notes;
use super::tree::{Making, Shape};
use crate::arrange::{hold, hold_on};
use crate::document::{Element, Tie};
use crate::geometry::{Affine, Hold, InkPoint, Point, Rect};
use crate::import::fields::Fields;
use crate::import::points::set;

/// What an end of an arrow holds on to.
pub(super) struct Binding {
    arrow: String,
    target: String,
    at_end: bool,
    aim: Point,
}

/// A record of one; `None` if it can't be read.
pub(super) fn binding(fields: &Fields<'_>) -> Option<Binding> {
    let props = fields.object("props")?;
    Some(Binding {
        arrow: fields.text("fromId")?,
        target: fields.text("toId")?,
        at_end: props.text("terminal")? == "end",
        aim: aim(&props),
    })
}

/// The point of a target's unit square that an end aims at.
fn aim(props: &Fields<'_>) -> Point {
    let middle = Point::new(0.5, 0.5);
    let precise = props.flag("isPrecise").unwrap_or(true);
    props
        .point("normalizedAnchor")
        .filter(|_| precise)
        .unwrap_or(middle)
}

/// Lets arrows hold on to what they hold on to there. In old files the arrows say it themselves.
pub(super) fn tie(shapes: &[Shape<'_>], bindings: Vec<Binding>, making: &mut Making<'_>) {
    let own = shapes
        .iter()
        .filter(|shape| shape.kind == "arrow")
        .flat_map(|shape| {
            [("start", false), ("end", true)]
                .into_iter()
                .filter_map(|(name, at_end)| {
                    let (end, target) = bound(&shape.props, name)?;
                    Some(Binding {
                        arrow: shape.fields.text("id")?,
                        target,
                        at_end,
                        aim: aim(&end),
                    })
                })
        });
    let mut tying = Tying {
        making,
        targets: HashMap::new(),
    };
    let mut seen = HashSet::new();
    for binding in bindings.into_iter().chain(own) {
        // An end holds on to one thing.
        let arrow = tying.making.made.get(&binding.arrow).copied();
        if let Some(arrow) = arrow.filter(|arrow| seen.insert((*arrow, binding.at_end))) {
            tying.hold(arrow, &binding);
        }
    }
    tying.bend();
}

/// What is known of an element that something holds on to.
#[derive(Clone)]
struct Target {
    hold: Option<Hold>,
    bounds: Option<Rect>,
}

struct Tying<'m, 'a> {
    making: &'m mut Making<'a>,
    /// By their places: many may hold on to one.
    targets: HashMap<usize, Target>,
}

impl Tying<'_, '_> {
    fn target(&mut self, at: usize) -> Target {
        let known = self.targets.entry(at).or_insert_with(|| {
            let element = &self.making.out[at];
            Target {
                hold: hold(element, Point::ORIGIN),
                bounds: element.bounds(),
            }
        });
        known.clone()
    }

    fn hold(&mut self, arrow: usize, binding: &Binding) {
        let at = self.making.made.get(&binding.target).copied();
        let target = at.map(|at| (self.making.out[at].id.clone(), self.target(at)));
        if let Some((id, Target { hold: Some(_), .. })) = &target {
            self.making.out[arrow].ties[usize::from(binding.at_end)] =
                Some(Tie::new(id.clone(), binding.aim));
            return;
        }
        self.making.summary.add(notes::FREE);
        // It ends where it aims, if that is known.
        let Some(Rect { x0, y0, x1, y1 }) = target.and_then(|(_, target)| target.bounds) else {
            return;
        };
        let line = &mut self.making.out[arrow];
        let aim = binding.aim;
        let mut points = line.placed();
        let at = if binding.at_end { points.len() - 1 } else { 0 };
        points[at].pos = Point::new(x0 + aim.x * (x1 - x0), y0 + aim.y * (y1 - y0));
        lay(line, &points);
    }

    /// Where an arrow lies that holds on isn't said in the file, only how far it is bent.
    fn bend(&mut self) {
        let bends = std::mem::take(&mut self.making.bends);
        let by_id: HashMap<_, usize> = self
            .making
            .made
            .values()
            .map(|at| (self.making.out[*at].id.clone(), *at))
            .collect();
        for (at, bend) in bends {
            let line = self.making.out[at].clone();
            if line.ties.iter().all(Option::is_none) {
                continue;
            }
            let holds = line.ties.clone().map(|tie| {
                let tie = tie?;
                let hold = self.target(*by_id.get(&tie.id)?).hold?;
                Some(Hold { at: tie.at, ..hold })
            });
            let placed = line.placed();
            let own = [placed[0].pos, placed[placed.len() - 1].pos];
            // It is bent between the points that it aims at, and ends at the edges before them.
            let ends = [0, 1].map(|end| match &holds[end] {
                Some(hold) => hold.place * hold.at,
                None => own[end],
            });
            if ends[0] == ends[1] {
                continue;
            }
            let middle = bent_middle(ends[0], ends[1], bend);
            let points = [ends[0], middle, ends[1]].map(|pos| InkPoint::new(pos, 0.5));
            let mut bent = line;
            if lay(&mut bent, &points) {
                let held = hold_on(&bent, holds).placed();
                lay(&mut bent, &held);
                self.making.out[at] = bent;
            }
        }
    }
}

/// Gives a line points of the board, if it can lie there.
fn lay(line: &mut Element, points: &[InkPoint]) -> bool {
    let mut laid = Element {
        place: Affine::IDENTITY,
        ..line.clone()
    };
    let can = points.iter().all(|point| point.pos.is_finite())
        && set(&mut laid, points).is_some()
        && laid.bounds().is_some();
    if can {
        *line = laid;
    }
    can
}
