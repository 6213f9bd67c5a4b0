//! Excalidraw's lines, arrows and freehand strokes: their points, heads and widths.

use std::f64::consts::FRAC_PI_2;

use super::boxes::Gone;
use super::fields::Fields;
use super::notes;
use super::style::{head, is_round};
use crate::document::{Element, LINE_POINTS, WIDTHS};
use crate::geometry::{Affine, InkPoint, Kind, Point, Route};
use crate::import::Summary;
use crate::import::alike::{INK_POINTS, thin};
use crate::import::points::{around, set};

/// Excalidraw draws freehand lines with an outline around the points that is, at each side, `BRUSH` times the line's width, times
/// `sin((BASE + GAIN * pressure) * pi / 2)`.
const BRUSH: f64 = 4.25;
const BASE: f64 = 0.2;
const GAIN: f64 = 0.6;
/// How much a line's width says of a stroke's where the pressure is half: both sides.
pub(crate) const STROKE: f64 = 2.0 * BRUSH * std::f64::consts::FRAC_1_SQRT_2;
/// Pressure that is reckoned from speed goes towards that of the moment by this part.
const RATE: f64 = 0.275;
/// It is reckoned along a way that follows the points, by this part of the way to each.
const FOLLOW: f64 = 0.575;

/// Gives a line its points, and what is at its ends.
pub(super) fn line(fields: &Fields<'_>, element: &mut Element, summary: &mut Summary) -> Result<(), Gone> {
    let arrow = fields.text("type").as_deref() == Some("arrow");
    let mut points = fields.points("points");
    if points.is_empty() && !fields.has("points") {
        let size = ["width", "height"].map(|side| fields.number(side).unwrap_or(0.0));
        points = vec![Point::ORIGIN, Point::new(size[0], size[1])];
    }
    points.dedup();
    if points.len() < 2 {
        return Err(Some(notes::UNSEEN));
    }
    if thin(&mut points, LINE_POINTS) {
        summary.add(notes::POINTS);
    }
    let style = &mut element.style;
    let elbowed = arrow && fields.flag("elbowed").unwrap_or(false);
    style.route = Some(match (elbowed, is_round(fields)) {
        (true, _) => Route::Elbow,
        (false, true) if points.len() > 2 => Route::Curve,
        _ => Route::Straight,
    });
    // An arrow that says nothing of its end has a head there.
    let end = if arrow && !fields.has("endArrowhead") {
        Some("arrow".to_owned())
    } else {
        fields.text("endArrowhead")
    };
    style.start = head(fields.text("startArrowhead").as_deref(), summary);
    style.end = head(end.as_deref(), summary);
    if arrow {
        // What lies within one isn't filled.
        style.fill = None;
    }
    put(
        fields,
        element,
        &points
            .into_iter()
            .map(|p| InkPoint::new(p, 0.5))
            .collect::<Vec<_>>(),
    )
    .ok_or(Some(notes::FAR))
}

/// Gives a freehand stroke its points, and its width.
pub(super) fn ink(fields: &Fields<'_>, element: &mut Element, summary: &mut Summary) -> Result<(), Gone> {
    let mut points = fields.points("points");
    if points.is_empty() {
        return Err(Some(notes::UNSEEN));
    }
    let width = fields
        .number("strokeWidth")
        .unwrap_or(2.0)
        .clamp(*WIDTHS.start(), *WIDTHS.end());
    let mut pressures = fields.numbers("pressures");
    let simulated = fields.flag("simulatePressure").unwrap_or(pressures.is_empty());
    if simulated {
        pressures = by_speed(&points, BRUSH * width).into_iter().map(Some).collect();
    }
    pressures.resize(points.len(), None);
    if element.style.width > *WIDTHS.start() {
        element.style.width = (STROKE * width).clamp(*WIDTHS.start(), *WIDTHS.end());
    }
    thin(&mut pressures, INK_POINTS);
    if thin(&mut points, INK_POINTS) {
        summary.add(notes::POINTS);
    }
    let each = |(pos, pressure): (Point, Option<f64>)| InkPoint::new(pos, ours(pressure.unwrap_or(0.5)));
    put(
        fields,
        element,
        &points.into_iter().zip(pressures).map(each).collect::<Vec<_>>(),
    )
    .ok_or(Some(notes::FAR))
}

/// The pressure at which our pen is as wide as theirs is at `pressure`.
fn ours(pressure: f64) -> f64 {
    let theirs =
        ((BASE + GAIN * pressure.clamp(0.0, 1.0)) * FRAC_PI_2).sin() / std::f64::consts::FRAC_1_SQRT_2;
    (theirs - 0.4) / 1.2
}

/// The pressure at which their pen is as wide as ours is at `pressure`.
pub(crate) fn pressure_there(pressure: f64) -> f64 {
    let wide = (0.4 + 1.2 * pressure) * std::f64::consts::FRAC_1_SQRT_2;
    ((wide.min(1.0).asin() / FRAC_PI_2 - BASE) / GAIN).clamp(0.0, 1.0)
}

/// Pressures for points without any: less where the next point is farther away.
fn by_speed(points: &[Point], size: f64) -> Vec<f64> {
    let next = |pressure: f64, far: f64| {
        let speed = (far / size).min(1.0);
        (pressure + (1.0 - speed - pressure) * (speed * RATE)).min(1.0)
    };
    let mut at = points.first().copied().unwrap_or_default();
    let follow = |p: &Point| {
        let before = at;
        at = at.lerp(*p, FOLLOW);
        at.distance(before)
    };
    let ways: Vec<f64> = points.iter().map(follow).collect();
    // It begins with what it comes to in the first few points.
    let start = ways
        .iter()
        .take(10)
        .fold(0.25, |pressure, far| (pressure + next(pressure, *far)) / 2.0);
    let grow = |pressure: &mut f64, far: &f64| {
        *pressure = next(*pressure, *far);
        Some(*pressure)
    };
    ways.iter().scan(start, grow).collect()
}

/// Brings points to the board, and an element to them. `None` where they lie out of the world.
fn put(fields: &Fields<'_>, element: &mut Element, points: &[InkPoint]) -> Option<()> {
    let number = |name| fields.number(name).unwrap_or(0.0);
    let origin = Point::new(number("x"), number("y")).to_vec2();
    let by = |place: Affine| {
        let at = move |point: &InkPoint| InkPoint {
            pos: place * point.pos,
            ..*point
        };
        points.iter().map(at).collect::<Vec<_>>()
    };
    set(element, &by(Affine::translate(origin)))?;
    let angle = number("angle");
    if angle != 0.0 {
        // About the middle of what the line takes, bends and all.
        let way = match element.kind {
            Kind::Line if element.style.route() != Route::Elbow => element.figure().way(),
            _ => element.points.to_vec(),
        };
        let middle = around(&way).center();
        set(
            element,
            &by(Affine::rotate_about(angle, middle) * Affine::translate(origin)),
        )?;
    }
    Some(())
}
