//! tldraw's freehand ink, lines and arrows.

use super::letters::{ON_LINES, TEXTS, letters};
use super::pens::{self, Tip};
use super::shapes::{Made, element};
use super::tree::{Around, Making};
use super::{notes, points, style};
use crate::document::{Color, Element, HIGHLIGHT, Ink, LINE_POINTS, WIDTHS};
use crate::geometry::{Corners, Head, InkPoint, Kind, Point, Route, Sketch};
use crate::import::Note;
use crate::import::alike::{INK_POINTS, thin};
use crate::import::fields::Fields;
use crate::import::points::set;

/// So much wider than other lines ink is.
const INK: f64 = 1.0;
/// So many times as wide as letters of the same size are high the highlighter is.
const OVER_LETTERS: f64 = 1.12;
/// From the middle of an arrow its label may stand so far, in parts of the arrow, before it is worth a word.
const ASIDE: f64 = 0.05;

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
    let mut style = style::drawn(kind, props, around.opacity, &mut making.summary);
    let by_hand = matches!(props.text("dash").as_deref(), None | Some("draw"));
    let tip = match kind {
        Kind::Stroke if by_hand && points::is_pen(props, &pressed) => Tip::Pen,
        Kind::Stroke if by_hand => Tip::Mouse,
        _ => Tip::Even,
    };
    let wide = match kind {
        Kind::Highlight => OVER_LETTERS * style::sized(props, TEXTS),
        _ if style.width > *WIDTHS.start() => style.width + INK * style::scale(props),
        _ => style.width,
    };
    let (width, mut ink) = pens::drawn(&pressed, wide, tip);
    style.width = width.clamp(*WIDTHS.start(), *WIDTHS.end());
    if kind == Kind::Highlight {
        // There its colour itself shines through, and what is black elsewhere is yellow.
        style.opacity *= HIGHLIGHT;
        if style.color == Color::Ink(Ink::Black) {
            style.color = Color::Ink(Ink::Yellow);
        }
    }
    if kind != Kind::Stroke || props.flag("isClosed") != Some(true) {
        style.fill = None;
    }
    if style.fill.is_some() {
        ink.extend(ink.first().copied());
    }
    ink.iter_mut()
        .for_each(|point| point.pos = around.place * point.pos);
    let mut stroke = element(kind, style, making);
    set(&mut stroke, &ink).ok_or(Some(notes::FAR))?;
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
    let mut style = style::drawn(Kind::Line, props, around.opacity, &mut making.summary);
    style.fill = None;
    // There a hand draws lines as straight as a ruler; only shapes are unsteady.
    style.sketch = Sketch::None;
    let curved = props.text("spline").as_deref() == Some("cubic");
    style.route = Some(if curved { Route::Curve } else { Route::Straight });
    let mut line = element(Kind::Line, style, making);
    put(&mut line, points.into_iter().map(|p| around.place * p))?;
    making.keep(line, around)
}

/// An arrow from end to end. How it goes there is said by what it holds on to: see [`super::ties`].
pub(super) fn arrow(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    // In old files an end that holds on to something isn't a point.
    let end = |name, usual| match bound(props, name) {
        Some(_) => usual,
        None => props.point(name).unwrap_or(usual),
    };
    let (from, mut to) = (end("start", Point::ORIGIN), end("end", Point::new(1.0, 1.0)));
    let mut style = style::drawn(Kind::Line, props, around.opacity, &mut making.summary);
    style.fill = None;
    style.sketch = Sketch::None;
    if matches!(props.text("dash").as_deref(), None | Some("draw")) {
        style.corners = Corners::Round;
    }
    style.start = style::head(props, "arrowheadStart", Head::None, &mut making.summary);
    style.end = style::head(props, "arrowheadEnd", Head::Arrow, &mut making.summary);
    style::letters(props, &mut style, ON_LINES);
    style.route = Some(Route::Straight);
    let mut line = element(Kind::Line, style, making);
    line.text = letters(props, making);
    if !line.text.is_empty() {
        let color = props.text("labelColor");
        if color.is_some_and(|color| style::color(Some(&color)) != line.style.color) {
            making.summary.add(notes::LETTER_COLORS);
        }
        let at = props.number("labelPosition").unwrap_or(0.5);
        if (at - 0.5).abs() > ASIDE {
            making.summary.add(notes::LETTER_PLACES);
        }
    }
    // One that holds on at both ends may lie anywhere: where it lies is reckoned from what it holds on to.
    if from == to {
        to.x += 1.0;
    }
    put(&mut line, [from, to].into_iter().map(|p| around.place * p))?;
    making.keep(line, around)
}

/// What an end of an arrow holds on to, as old files say it: an object in place of a point.
pub(super) fn bound<'a>(props: &Fields<'a>, end: &str) -> Option<(Fields<'a>, String)> {
    let end = Fields::read(props.raw(end)?)?;
    let target = end.text("boundShapeId")?;
    Some((end, target))
}

/// Gives a line its points.
pub(super) fn put(line: &mut Element, points: impl Iterator<Item = Point>) -> Result<(), Option<Note>> {
    let points: Vec<InkPoint> = points.map(|p| InkPoint::new(p, 0.5)).collect();
    set(line, &points).ok_or(Some(notes::FAR))
}
