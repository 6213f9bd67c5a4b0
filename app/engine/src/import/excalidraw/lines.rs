//! Excalidraw's lines, arrows and freehand strokes: their points, heads and widths.

use std::f64::consts::FRAC_PI_2;

use super::boxes::Gone;
use super::fields::Fields;
use super::style::{head, is_round};
use super::{notes, pen};
use crate::document::{Corners, Dash, Element, LINE_POINTS, WIDTHS};
use crate::geometry::{Affine, InkPoint, Kind, Point, Route, is_closed};
use crate::import::Summary;
use crate::import::alike::{INK_POINTS, thin};
use crate::import::points::{around, set};

/// Excalidraw draws freehand lines with an outline around the points that is, at each side, `BRUSH` times the line's width, times
/// `sin((BASE + GAIN * pressure) * pi / 2)`.
pub(crate) const BRUSH: f64 = 4.25;
const BASE: f64 = 0.2;
const GAIN: f64 = 0.6;
/// How much a line's width says of a stroke's where the pressure is half: both sides.
pub(crate) const STROKE: f64 = 2.0 * BRUSH * std::f64::consts::FRAC_1_SQRT_2;

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
    if elbowed {
        // Its bends are round, whatever is said.
        style.corners = Corners::Round;
    }
    // Only an arrow has heads; one that says nothing of its end has one there. What lies within it isn't filled.
    if arrow {
        let end = match fields.text("endArrowhead") {
            None if !fields.has("endArrowhead") => Some("arrow".to_owned()),
            end => end,
        };
        style.start = head(fields.text("startArrowhead").as_deref(), summary);
        style.end = head(end.as_deref(), summary);
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
    let points = fields.points("points");
    if points.is_empty() {
        return Err(Some(notes::UNSEEN));
    }
    let width = fields
        .number("strokeWidth")
        .unwrap_or(2.0)
        .clamp(*WIDTHS.start(), *WIDTHS.end());
    let given = fields.numbers("pressures");
    let simulated = fields.flag("simulatePressure").unwrap_or(given.is_empty());
    let mut pressures = vec![None; points.len()];
    if !simulated {
        pressures
            .iter_mut()
            .zip(given)
            .for_each(|(pressure, given)| *pressure = given);
    }
    let mut drawn = pen::followed(&points, &pressures, BRUSH * width);
    if simulated {
        pen::press_by_speed(&mut drawn, BRUSH * width);
    }
    if let (Some(first), Some(end), Some(last)) = (points.first(), points.last(), drawn.last())
        && element.style.fill.is_some()
        && is_closed(points.len(), *first, *end)
    {
        // It is filled although the pen stops short of its end.
        drawn.push(InkPoint::new(*end, last.pressure));
    }
    let style = &mut element.style;
    style.dash = Dash::Solid;
    if style.width > *WIDTHS.start() {
        style.width = (STROKE * width).clamp(*WIDTHS.start(), *WIDTHS.end());
    }
    if thin(&mut drawn, INK_POINTS) {
        summary.add(notes::POINTS);
    }
    drawn
        .iter_mut()
        .for_each(|point| point.pressure = ours(point.pressure));
    put(fields, element, &drawn).ok_or(Some(notes::FAR))
}

/// The pressure at which our pen is as wide as theirs is at `pressure`.
fn ours(pressure: f64) -> f64 {
    let theirs =
        ((BASE + GAIN * pressure.clamp(0.0, 1.0)) * FRAC_PI_2).sin() / std::f64::consts::FRAC_1_SQRT_2;
    (theirs - 0.4) / 1.2
}

/// The pressure at which their pen is `wider` times as wide as ours is at `pressure`.
pub(crate) fn pressure_there(pressure: f64, wider: f64) -> f64 {
    let wide = (0.4 + 1.2 * pressure) * wider * std::f64::consts::FRAC_1_SQRT_2;
    ((wide.min(1.0).asin() / FRAC_PI_2 - BASE) / GAIN).clamp(0.0, 1.0)
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
