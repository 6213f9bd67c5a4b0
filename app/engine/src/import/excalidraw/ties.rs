//! Arrows that hold on to something: at which point of it they aim, so that they end where they end there.

use std::collections::HashMap;

use drawbridge_protocol::ElementId;

use super::fields::Fields;
use super::notes;
use super::scene::Scene;
use crate::arrange::{hold, hold_on};
use crate::document::{Element, LINE_POINTS, Tie};
use crate::geometry::{Hold, InkPoint, Kind, Point, Route};
use crate::import::Summary;
use crate::import::alike::thin;

/// An end that comes to lie farther away than this, in board units and in widths, is spoken of; one that is farther from what it is bound
/// to than that and its gap is not held on.
const FAR: (f64, f64) = (16.0, 4.0);
/// A text and the figure that it lies on are at most so far from each other in the list of elements.
const BESIDE: usize = 8;
/// An end of ours that lies within that of where it would lie, in board units and in widths, aims where it aimed.
const NEAR: (f64, f64) = (4.0, 2.0);
/// So does one of a right-angled line that is fixed within that of it, in parts of the sides.
const SAME: f64 = 0.1;

/// What an end holds on to, and what is said there of how.
struct End {
    target: ElementId,
    hold: Hold,
    fixed: Option<Point>,
    /// How far from the target it is said to end, in board units.
    gap: f64,
}

impl Scene<'_, '_, '_> {
    /// Lets lines hold on to what they hold on to there.
    pub(super) fn tie(&mut self) {
        let made: HashMap<ElementId, usize> = self
            .out
            .iter()
            .enumerate()
            .map(|(at, element)| (element.id.clone(), at))
            .collect();
        // What many hold on to is looked at once.
        let mut holds: HashMap<usize, Option<Hold>> = HashMap::new();
        for (at, one) in self.all.iter().enumerate() {
            // A line that isn't an arrow holds on to nothing there, whatever is said.
            if one.kind != "arrow" || self.taken_over.contains(&at) {
                continue;
            }
            let Some(&line) = made.get(&one.name) else {
                continue;
            };
            let were = self.aims.remove(&at);
            let placed = self.out[line].placed();
            let points = [placed.first(), placed.last()].map(|point| point.map(|point| point.pos));
            let names = ["startBinding", "endBinding"].into_iter().zip(points);
            let mut ends = names.map(|(name, point)| {
                let binding = one.fields.object(name)?;
                let mut end = || {
                    let target = &self.all[*self.by_id.get(&binding.text("elementId")?)?].name;
                    let mut at = *made.get(target)?;
                    if let (Some(point), None) = (point, &were) {
                        at = figure_around(&self.out, at, point);
                    }
                    let hold = holds
                        .entry(at)
                        .or_insert_with(|| hold(&self.out[at], Point::ORIGIN));
                    Some((self.out[at].id.clone(), hold.clone()?))
                };
                let end = end();
                if end.is_none() {
                    self.reading.summary.add(notes::FREE);
                }
                let fixed = binding.point("fixedPoint");
                if binding.is_odd() {
                    self.odd.insert(at);
                }
                let (target, hold) = end?;
                let gap = binding.number("gap").unwrap_or(0.0).max(0.0);
                Some(End {
                    target,
                    hold,
                    fixed,
                    gap,
                })
            });
            let ends = [ends.next().flatten(), ends.next().flatten()];
            let tied = tied(
                &self.out[line],
                &one.fields,
                ends,
                were.unwrap_or_default(),
                &mut self.reading.summary,
            );
            self.out[line] = tied;
            if one.fields.is_odd() {
                self.odd.insert(at);
            }
        }
    }
}

/// What an arrow holds on to that ends at `end` and is bound to a target there: where that is a text in a figure, and the end lies outside
/// of both and nearer to the figure, then the figure. Before Excalidraw had labels people laid texts on figures, and an arrow took what
/// was on top; there it keeps its distance from that, here it would go in.
fn figure_around(out: &[Element], target: usize, end: Point) -> usize {
    let reach = |at: usize, of: Point| Some(hold(&out[at], Point::ORIGIN)?.distance(of));
    if out[target].kind != Kind::Text {
        return target;
    }
    let Some(far) = reach(target, end) else {
        return target;
    };
    let middle = out[target].frame().center();
    let around = target.saturating_sub(BESIDE)..(target + BESIDE + 1).min(out.len());
    let figures =
        around.filter(|at| matches!(out[*at].kind, Kind::Rectangle | Kind::Diamond | Kind::Ellipse));
    let nearer = figures.filter_map(|at| {
        let near = reach(at, end).filter(|near| (f64::EPSILON..far).contains(near))?;
        (reach(at, middle)? == 0.0).then_some((at, near))
    });
    let nearest = nearer.min_by(|a, b| a.1.total_cmp(&b.1));
    nearest.map_or(target, |(at, _)| at)
}

/// A line with its ends held on to what they are bound to; `were` is what they held on to when it was ours.
fn tied(
    line: &Element,
    fields: &Fields<'_>,
    ends: [Option<End>; 2],
    were: [Option<Tie>; 2],
    summary: &mut Summary,
) -> Element {
    let mut line = line.clone();
    let elbow = line.style.route() == Route::Elbow;
    if elbow && ends.iter().any(Option::is_some) {
        // Its way is found here as it is there; what somebody pulled out of it stays.
        let (first, last) = (line.points[0], line.points[line.points.len() - 1]);
        let step = line.step;
        let at = |pos: Point| crate::document::Sample::of(InkPoint::new(pos, 0.5), step).ink(step);
        let mut points: Vec<InkPoint> = pulled(fields)
            .into_iter()
            .map(at)
            .filter(|p| p.pos.is_finite())
            .collect();
        if thin(&mut points, LINE_POINTS - 2) {
            summary.add(notes::POINTS);
        }
        line.points = [first].into_iter().chain(points).chain([last]).collect();
    }
    let placed = line.placed();
    let last = placed.len() - 1;
    let before = [
        (placed[0].pos, placed[1].pos),
        (placed[last].pos, placed[last - 1].pos),
    ];
    let far = FAR.0 + FAR.1 * line.style.width;
    let mut holds = [None, None];
    for (at, (end, was)) in ends.into_iter().zip(were).enumerate() {
        let Some(end) = end else { continue };
        let to_unit = end.hold.place.inverse();
        let fixed = end.fixed.filter(|_| elbow);
        let was = was.filter(|was| {
            was.id == end.target && still(was.at, &end.hold, before[at], fixed, line.style.width)
        });
        let aim = match (was, fixed) {
            (Some(was), _) => was.at,
            (None, Some(fixed)) => fixed,
            (None, None) => aim(to_unit * before[at].0, to_unit * before[at].1),
        };
        // What only says that it is bound there, since it was scaled or copied, stays where it is.
        let is_off = end.hold.distance(before[at].0) > end.gap + far;
        if is_off || !aim.is_finite() {
            summary.add(notes::FREE);
            continue;
        }
        let tie = Tie::new(end.target, aim);
        holds[at] = Some(Hold {
            at: tie.at,
            ..end.hold
        });
        line.ties[at] = Some(tie);
    }
    let held = hold_on(&line, holds).placed();
    let now = [held[0].pos, held[held.len() - 1].pos];
    for (now, (before, _)) in now.iter().zip(before) {
        if now.distance(before) > far {
            summary.add(notes::MOVED);
        }
    }
    line
}

/// Whether an end still aims at a point of the unit square, as far as can be told from where it and the next point lie, or what the
/// end is fixed to.
fn still(aim: Point, hold: &Hold, (end, next): (Point, Point), fixed: Option<Point>, width: f64) -> bool {
    if let Some(fixed) = fixed {
        let inside = Point::new(fixed.x.clamp(0.0, 1.0), fixed.y.clamp(0.0, 1.0));
        let middle = aim - Point::new(0.5, 0.5);
        return inside.distance(aim) < SAME || middle.x.abs().max(middle.y.abs()) < SAME;
    }
    let hold = Hold {
        at: aim,
        ..hold.clone()
    };
    hold.end(next, width).distance(end) < NEAR.0 + NEAR.1 * width
}

/// The point of the unit square at which a line aims that ends at `end`, coming from `from`: on its way, and there where it comes
/// nearest to the middle.
fn aim(end: Point, from: Point) -> Point {
    let middle = Point::new(0.5, 0.5);
    let way = end - from;
    let length = way.hypot2();
    if length <= 0.0 || !length.is_finite() {
        return middle;
    }
    let on = |t: f64| end + way * t;
    let aim = on(((middle - end).dot(way) / length).max(0.0));
    let inside = |p: Point| (0.0..=1.0).contains(&p.x) && (0.0..=1.0).contains(&p.y);
    if inside(aim) {
        return aim;
    }
    // It would pass by: what is nearest to where it ended.
    Point::new(end.x.clamp(0.0, 1.0), end.y.clamp(0.0, 1.0))
}

/// The middles of those pieces of a right-angled line that somebody has pulled.
fn pulled(fields: &Fields<'_>) -> Vec<Point> {
    let number = |name| fields.number(name).unwrap_or(0.0);
    let origin = Point::new(number("x"), number("y")).to_vec2();
    let pieces = fields.list("fixedSegments").unwrap_or_default();
    let middle = |piece: &Fields<'_>| {
        let ends = (piece.point("start")?, piece.point("end")?);
        Some(ends.0.midpoint(ends.1) + origin)
    };
    let pieces = pieces.iter().filter_map(|piece| Fields::read(piece.get()));
    pieces.filter_map(|piece| middle(&piece)).collect()
}
