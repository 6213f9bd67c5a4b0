//! What the end of a line would hold on to: what is under the pointer, or near it.

use drawbridge_protocol::ElementId;

use crate::arrange::hold;
use crate::document::{Document, Element, Kind, Tie};
use crate::geometry::{Hold, Point, Rect, Route};
use crate::scene::Scene;

/// How near to an outline a point outside must be, in screen points.
pub(crate) const NEAR: f64 = 10.0;
/// How near to the middle the middle is meant, in screen points.
pub(crate) const MIDDLE: f64 = 10.0;

/// What an end of a line at a point of the board would hold on to: at most `near` board units away, and by its middle
/// where that is at most `middle` away. Of what lies one inside the other it is the smallest that isn't covered; a frame is
/// meant only at its edge, since one draws in it as on the board.
#[must_use]
pub(crate) fn tie_at(at: Point, near: f64, middle: f64, scene: &Scene, document: &Document) -> Option<Tie> {
    let around = Rect::from_points(at, at).inflate(near, near);
    let dry = |id: &ElementId| document.has_base(id.as_str());
    let items = scene.near(around).map(|(_, item)| item);
    let mut items: Vec<_> = items
        .filter(|item| item.kind.holds_lines() && dry(&item.element) && scene.is_open(item, at))
        .collect();
    items.sort_unstable_by_key(|item| std::cmp::Reverse(item.rank));
    let mut best: Option<(bool, f64, &ElementId, Hold)> = None;
    for item in items {
        let Some(target) = scene.element(document, &item.element) else {
            continue;
        };
        let Some(hold) = hold(&target, Point::ORIGIN) else {
            continue;
        };
        let apart = hold.distance(at);
        if apart > near || (target.kind == Kind::Frame && is_well_inside(&target, at, near)) {
            continue;
        }
        let (outside, area) = (apart > 0.0, item.frame.area());
        if best
            .as_ref()
            .is_none_or(|best| (outside, area) < (best.0, best.1))
        {
            best = Some((outside, area, &item.element, hold));
        }
        if !outside && (target.style.fill.is_some() || target.kind == Kind::Image) {
            break;
        }
    }
    let (.., id, hold) = best?;
    Some(Tie::new(id.clone(), hold.meant(at, middle)))
}

/// Whether a point lies in a box and farther than `near` board units from its sides.
fn is_well_inside(target: &Element, at: Point, near: f64) -> bool {
    let [a, b, c, d, ..] = target.place.as_coeffs();
    let unit = target.place.inverse() * at;
    let [across, down] = [(unit.x, a.hypot(b)), (unit.y, c.hypot(d))].map(|(v, side)| v.min(1.0 - v) * side);
    across.min(down) > near
}

/// Whether a line would hold on with both ends to one thing that it doesn't even leave: then it is part of a drawing in
/// that, and holds on to nothing.
#[must_use]
pub(crate) fn stays_inside(line: &Element, scene: &Scene, document: &Document) -> bool {
    let [Some(from), Some(to)] = &line.ties else {
        return false;
    };
    if from.id != to.id || line.style.route() == Route::Elbow {
        return false;
    }
    let target = scene.element(document, &from.id);
    let hold = target.and_then(|target| hold(&target, from.at));
    let inner = &line.placed()[1..line.points.len().max(2) - 1];
    hold.is_some_and(|hold| inner.iter().all(|point| hold.distance(point.pos) == 0.0))
}
