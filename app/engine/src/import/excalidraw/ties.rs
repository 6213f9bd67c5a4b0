//! Arrows that hold on to something: at which point of it they aim, so that they end where they end there.

use super::fields::Fields;
use super::notes;
use crate::arrange::{hold, hold_on};
use crate::document::{Element, Tie};
use crate::geometry::{Affine, InkPoint, Point, Route};
use crate::import::Summary;

/// An end that comes to lie farther away than this, in board units and in widths, is spoken of.
const FAR: (f64, f64) = (16.0, 4.0);

/// A line with its ends held on to `targets`, each with what is said there of how.
pub(super) fn tied(
    line: &Element,
    fields: &Fields<'_>,
    targets: &[Option<(&Element, Fields<'_>)>; 2],
    summary: &mut Summary,
) -> Element {
    let mut line = line.clone();
    let elbow = line.style.route() == Route::Elbow;
    if elbow && targets.iter().any(Option::is_some) {
        // Its way is found here as it is there; what somebody pulled out of it stays.
        let pulled = pulled(fields);
        let (first, last) = (line.points[0], line.points[line.points.len() - 1]);
        let step = line.step;
        let at = |pos: Point| crate::document::Sample::of(InkPoint::new(pos, 0.5), step).ink(step);
        let points = pulled.into_iter().map(at).filter(|p| p.pos.is_finite());
        line.points = [first].into_iter().chain(points).chain([last]).collect();
    }
    let placed = line.placed();
    let last = placed.len() - 1;
    let ends = [
        (placed[0].pos, placed[1].pos),
        (placed[last].pos, placed[last - 1].pos),
    ];
    let mut holds = [None, None];
    for at in [0, 1] {
        let Some((target, binding)) = &targets[at] else {
            continue;
        };
        if !target.kind.holds_lines() {
            continue;
        }
        let (place, own) = target.rectangle();
        let to_unit = (place * Affine::map_unit_square(own)).inverse();
        let fixed = binding.point("fixedPoint");
        let aim = match fixed.filter(|_| elbow) {
            Some(fixed) => fixed,
            None => aim(to_unit * ends[at].0, to_unit * ends[at].1),
        };
        if !aim.is_finite() {
            continue;
        }
        let tie = Tie::new(target.id.clone(), aim);
        holds[at] = hold(target, tie.at);
        line.ties[at] = Some(tie);
    }
    let held = hold_on(&line, holds).placed();
    let far = FAR.0 + FAR.1 * line.style.width;
    let now = [held[0].pos, held[held.len() - 1].pos];
    for (now, (before, _)) in now.iter().zip(ends) {
        if now.distance(before) > far {
            summary.add(notes::MOVED);
        }
    }
    line
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
