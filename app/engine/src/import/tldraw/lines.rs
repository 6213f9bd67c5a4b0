//! tldraw's freehand ink, lines and arrows.

use super::letters::{ON_LINES, TEXTS, letters};
use super::shapes::{Made, element};
use super::tree::{Around, Making};
use super::{notes, points, style};
use crate::document::{Element, HIGHLIGHT, LINE_POINTS, WIDTHS};
use crate::geometry::{Head, InkPoint, Kind, Point, Route, Vec2};
use crate::import::Note;
use crate::import::alike::{INK_POINTS, thin};
use crate::import::fields::Fields;
use crate::import::points::set;

pub(super) fn ink(kind: Kind, props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let points::Ink { mut pressed, gaps } = points::ink(props);
    if pressed.is_empty() {
        return Err(Some(notes::BROKEN));
    }
    if gaps {
        making.summary.add(notes::GAPS);
    }
    if thin(&mut pressed, INK_POINTS) {
        making.summary.add(notes::POINTS);
    }
    if kind == Kind::Stroke && props.flag("isClosed") == Some(true) {
        pressed.extend(pressed.first().copied());
    }
    let mut style = style::drawn(kind, props, around.opacity);
    if kind == Kind::Highlight {
        // There its colour itself shines through.
        style.opacity *= HIGHLIGHT;
        style.width = style::sized(props, TEXTS).clamp(*WIDTHS.start(), *WIDTHS.end());
    }
    if props.flag("isClosed") != Some(true) {
        style.fill = None;
    }
    let pen = props.flag("isPen") == Some(true);
    let mut stroke = element(kind, style, making);
    let points: Vec<InkPoint> = pressed
        .into_iter()
        .map(|(pos, pressure)| {
            InkPoint::new(
                around.place * pos,
                if pen { pressure.clamp(0.0, 1.0) } else { 0.5 },
            )
        })
        .collect();
    set(&mut stroke, &points).ok_or(Some(notes::FAR))?;
    making.keep(stroke, around)
}

pub(super) fn line(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let mut points = points::line(props);
    points.dedup();
    if points.len() < 2 {
        return Err(Some(notes::BROKEN));
    }
    if thin(&mut points, LINE_POINTS) {
        making.summary.add(notes::POINTS);
    }
    let mut style = style::drawn(Kind::Line, props, around.opacity);
    style.fill = None;
    let curved = props.text("spline").as_deref() == Some("cubic");
    style.route = Some(if curved { Route::Curve } else { Route::Straight });
    let mut line = element(Kind::Line, style, making);
    put(&mut line, points.into_iter().map(|p| around.place * p))?;
    making.keep(line, around)
}

pub(super) fn arrow(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    // In old files an end that holds on to something isn't a point.
    let end = |name, usual| match bound(props, name) {
        Some(_) => usual,
        None => props.point(name).unwrap_or(usual),
    };
    let (from, to) = (end("start", Point::ORIGIN), end("end", Point::new(1.0, 1.0)));
    let mut style = style::drawn(Kind::Line, props, around.opacity);
    style.fill = None;
    style.start = style::head(
        props.text("arrowheadStart").as_deref(),
        Head::None,
        &mut making.summary,
    );
    style.end = style::head(
        props.text("arrowheadEnd").as_deref(),
        Head::Arrow,
        &mut making.summary,
    );
    style::letters(props, &mut style, ON_LINES);
    let bend = props.number("bend").unwrap_or(0.0);
    let way = to - from;
    let elbow = props.text("kind").as_deref() == Some("elbow");
    let mut points = vec![from, to];
    style.route = Some(if elbow { Route::Elbow } else { Route::Straight });
    let bent = !elbow && bend.abs() > 0.5;
    if bent {
        style.route = Some(Route::Curve);
    }
    if bent && way.hypot() > 0.0 {
        points.insert(1, bent_middle(from, to, bend));
    }
    let mut line = element(Kind::Line, style, making);
    line.text = letters(props, making);
    let color = props.text("labelColor");
    if !line.text.is_empty() && color.is_some_and(|color| style::color(Some(&color)) != line.style.color) {
        making.summary.add(notes::LETTER_COLORS);
    }
    // One that holds on at both ends may lie anywhere: where it lies is reckoned from what it holds on to.
    if points[0] == points[1] {
        points[1].x += 1.0;
    }
    put(&mut line, points.into_iter().map(|p| around.place * p))?;
    making.keep(line, around)?;
    if bent {
        making.bends.insert(making.out.len() - 1, bend);
    }
    Ok(())
}

/// What an end of an arrow holds on to, as old files say it: an object in place of a point.
pub(super) fn bound<'a>(props: &Fields<'a>, end: &str) -> Option<(Fields<'a>, String)> {
    let end = Fields::read(props.raw(end)?)?;
    let target = end.text("boundShapeId")?;
    Some((end, target))
}

/// The point that a bent arrow goes through, so far aside of the middle between its ends. They are not to be the same.
pub(super) fn bent_middle(from: Point, to: Point, bend: f64) -> Point {
    let way = to - from;
    from.midpoint(to) + Vec2::new(-way.y, way.x) / way.hypot() * bend
}

/// Gives a line its points.
pub(super) fn put(line: &mut Element, points: impl Iterator<Item = Point>) -> Result<(), Option<Note>> {
    let points: Vec<InkPoint> = points.map(|p| InkPoint::new(p, 0.5)).collect();
    set(line, &points).ok_or(Some(notes::FAR))
}
