//! The cutter: takes away the parts of freehand strokes and lines that it passes over; what is left are elements of
//! their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use drawbridge_protocol::{ElementId, Property};

use super::eraser::RADIUS;
use super::{Button, Context, Event, Outcome, Pointer, State, fresh_order};
use crate::document::{Element, Kind, LINE_POINTS, Order, STEPS, Sample, json};
use crate::geometry::{Affine, InkPoint, Point, Rect, Route, Vec2};
use crate::scene::Preview;

/// What is left of one element.
#[derive(Debug)]
struct Cut {
    whole: Element,
    /// Its way before it was cut, on the board.
    all: Vec<InkPoint>,
    /// Each on the board, of at least one point.
    left: Vec<Vec<InkPoint>>,
    /// Names for them, as many as were needed so far.
    ids: Vec<ElementId>,
}

/// Where the cutter was last, on the board, and what it has cut.
#[derive(Debug)]
pub struct Cutting {
    last: Point,
    cuts: BTreeMap<ElementId, Cut>,
    shown: bool,
}

pub(super) fn begin(button: Button, pointer: &Pointer, cx: &mut Context<'_>) -> State {
    let at = cx.at(pointer);
    let mut cutting = Cutting {
        last: at,
        cuts: BTreeMap::new(),
        shown: true,
    };
    cutting.pass(at, cx);
    State::Cutting(button, cutting)
}

impl Cutting {
    /// Goes on to a point of the board, cutting what lies on the way.
    fn pass(&mut self, to: Point, cx: &mut Context<'_>) {
        if !to.is_finite() {
            return;
        }
        let (from, radius) = (self.last, cx.length(RADIUS));
        self.last = to;
        let free = |id: &ElementId| cx.scene.get(id).is_some_and(|item| cx.is_free(item));
        let hits = cx.scene.hits(cx.document, from, to, radius);
        // What is cut already is looked at as far as it is left; of what isn't, what is hit.
        let fresh: Vec<ElementId> = hits
            .into_iter()
            .filter(|id| !self.cuts.contains_key(id) && !self.made(id) && free(id))
            .collect();
        for id in fresh {
            let Some(whole) = cx.element(&id).filter(|e| e.kind.has_points()) else {
                continue;
            };
            let all = way(&whole);
            let cut = Cut {
                left: vec![all.clone()],
                all,
                ids: Vec::new(),
                whole,
            };
            self.cuts.insert(id, cut);
        }
        for cut in self.cuts.values_mut() {
            let radius = radius + cut.whole.style.width * 0.5;
            let left = std::mem::take(&mut cut.left);
            let pieces = left
                .into_iter()
                .flat_map(|piece| without(&piece, from, to, radius));
            cut.left = pieces.collect();
            if cut.whole.kind == Kind::Line && cut.has_changed() {
                cut.left = cut.left.iter().flat_map(|piece| readable(piece)).collect();
            }
            while cut.ids.len() < cut.left.len() {
                cut.ids.push(cx.fresh_id());
            }
        }
        self.shown = false;
    }

    /// Whether it is a piece that is only shown.
    fn made(&self, id: &ElementId) -> bool {
        self.cuts.values().any(|cut| cut.ids.contains(id))
    }

    pub(super) fn previews(&mut self) -> Option<Vec<Preview>> {
        if std::mem::replace(&mut self.shown, true) {
            return None;
        }
        let mut all = Vec::new();
        for (id, cut) in &self.cuts {
            all.push(Preview::hide(id.clone()));
            let orders = vec![cut.whole.order.clone(); cut.left.len()];
            all.extend(cut.pieces(&orders).into_iter().map(Preview::of));
        }
        Some(all)
    }

    /// Deletes what was cut, and writes what is left of it.
    fn finish(self, cx: &mut Context<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        for (id, cut) in self.cuts {
            // Somebody else may have erased it meanwhile.
            if !cut.has_changed() || cx.document.element(&id).is_none_or(|now| now.deleted) {
                continue;
            }
            outcome.sets.push((id.clone(), Property::deleted(), json(&true)));
            // What is cut is hidden meanwhile, so it is asked for by its order.
            let above = cx.scene.above(&cut.whole.order, &id).cloned();
            let mut below = Some(cut.whole.order.clone());
            let orders: Vec<Order> = cut
                .left
                .iter()
                .map(|_| {
                    let order = fresh_order(below.as_ref(), above.as_ref(), cx.random);
                    below = Some(order.clone());
                    order
                })
                .collect();
            let pieces = cut.pieces(&orders).into_iter();
            outcome
                .sets
                .extend(pieces.map(|piece| (piece.id.clone(), Property::base(), piece.base())));
        }
        outcome
    }
}

impl Cut {
    /// Whether anything of it was taken away.
    fn has_changed(&self) -> bool {
        self.left.len() != 1 || self.left[0] != self.all
    }

    /// What is left as elements. The first and the last piece of a line keep its heads.
    fn pieces(&self, orders: &[Order]) -> Vec<Element> {
        let all = &self.all;
        // As exact as it lies on the board, however much it was enlarged.
        let exact = (self.whole.step * self.whole.scale()).log2() + 0.01;
        let step = 2f64.powi(exact.floor() as i32).clamp(STEPS.0, STEPS.1);
        let piece = |((points, id), order): ((&Vec<InkPoint>, &ElementId), &Order)| {
            let mut style = self.whole.style;
            let mut ties = self.whole.ties.clone();
            let mut text = Arc::clone(&self.whole.text);
            if self.whole.kind == Kind::Line {
                // Its points are all its bends now.
                if style.route() == Route::Elbow {
                    style.route = Some(Route::Straight);
                }
                // The label stays with the piece from which the line begins.
                if !std::ptr::eq(points, &self.left[0]) {
                    text = Arc::default();
                }
                let same = |a: Option<&InkPoint>, b: Option<&InkPoint>| a.map(|p| p.pos) == b.map(|p| p.pos);
                if !same(points.first(), all.first()) {
                    style.start = Default::default();
                    ties[0] = None;
                }
                if !same(points.last(), all.last()) {
                    style.end = Default::default();
                    ties[1] = None;
                }
            }
            Element {
                id: id.clone(),
                order: order.clone(),
                place: Affine::IDENTITY,
                style,
                step,
                ties,
                holds: None,
                text,
                points: points.iter().map(|p| Sample::of(*p, step).ink(step)).collect(),
                ..self.whole.clone()
            }
        };
        self.left.iter().zip(&self.ids).zip(orders).map(piece).collect()
    }
}

/// An element's way on the board: the samples of ink, and of a line what it goes through.
fn way(element: &Element) -> Vec<InkPoint> {
    match element.kind {
        Kind::Line => element.figure().way(),
        _ => element.placed(),
    }
}

/// A piece of a line in parts of no more points than can be read, each from where the one before it ends.
fn readable(piece: &[InkPoint]) -> impl Iterator<Item = Vec<InkPoint>> {
    let last = piece.len().saturating_sub(1).max(1);
    let starts = (0..last).step_by(LINE_POINTS - 1);
    starts.map(|start| piece[start..piece.len().min(start + LINE_POINTS)].to_vec())
}

/// What is left of a way when all within `radius` of the straight way from `a` to `b` is taken off.
fn without(way: &[InkPoint], a: Point, b: Point, radius: f64) -> Vec<Vec<InkPoint>> {
    let mut pieces: Vec<Vec<InkPoint>> = Vec::new();
    let mut piece: Vec<InkPoint> = Vec::new();
    let mut end = |piece: &mut Vec<InkPoint>| {
        if !piece.is_empty() {
            pieces.push(std::mem::take(piece));
        }
    };
    if let [only] = way {
        return if apart(only.pos, a, b) < radius {
            Vec::new()
        } else {
            vec![vec![*only]]
        };
    }
    for pair in way.windows(2) {
        let (p, q) = (pair[0], pair[1]);
        let length = (q.pos - p.pos).hypot();
        let near = Rect::from_points(p.pos, q.pos).inflate(radius, radius);
        // Where it comes near it is looked at in steps of a fraction of the radius: where it goes in and out is found to
        // within that.
        let parts = if near.overlaps(Rect::from_points(a, b)) {
            (length / (radius * 0.25)).ceil().clamp(1.0, 4096.0) as usize
        } else {
            1
        };
        for part in 0..=parts {
            let t = part as f64 / parts as f64;
            let at = InkPoint {
                pos: p.pos.lerp(q.pos, t),
                pressure: p.pressure + (q.pressure - p.pressure) * t,
            };
            let inside = apart(at.pos, a, b) < radius;
            if inside {
                end(&mut piece);
            } else if part == 0 || part == parts || piece.is_empty() {
                if piece.last().is_none_or(|last| last.pos != at.pos) {
                    piece.push(at);
                }
            } else {
                // The last point before it goes in is needed.
                let next = (part + 1) as f64 / parts as f64;
                if apart(p.pos.lerp(q.pos, next), a, b) < radius {
                    piece.push(at);
                }
            }
        }
    }
    end(&mut piece);
    // A piece of a line needs two points; of ink a dot that is left of something longer is dust.
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

/// The distance of a point from the straight way from `a` to `b`.
fn apart(p: Point, a: Point, b: Point) -> f64 {
    let way: Vec2 = b - a;
    let t = if way == Vec2::ZERO {
        0.0
    } else {
        ((p - a).dot(way) / way.hypot2()).clamp(0.0, 1.0)
    };
    (p - (a + way * t)).hypot()
}

pub(super) fn go_on(
    button: Button,
    mut cutting: Cutting,
    event: &Event,
    cx: &mut Context<'_>,
) -> (State, Outcome) {
    match event {
        Event::Move(pointer) => {
            let at = cx.at(pointer);
            cutting.pass(at, cx);
        }
        Event::Up(released, pointer) if *released == button => {
            let at = cx.at(pointer);
            cutting.pass(at, cx);
            return (State::Idle, cutting.finish(cx));
        }
        // Nothing goes before the release.
        Event::Cancel | Event::Lost => return (State::Idle, Outcome::default()),
        Event::Down(..) | Event::Up(..) | Event::Leave | Event::Confirm => {}
    }
    (State::Cutting(button, cutting), Outcome::default())
}
