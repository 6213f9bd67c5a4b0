//! Each shape of a tldraw file as an element, or several in a group where one can't show it.

use std::sync::Arc;

use serde_json::Value;

use super::style::{self, scale};
use super::tree::{Around, Binding, Making, Shape};
use super::{notes, outlines, points};
use crate::document::{Color, Dash, Element, Group, Ink, LINE_POINTS, Order, Style, Tie, WIDTHS, WRAPS};
use crate::geometry::{Affine, Head, InkPoint, Kind, Point, Rect, Route};

use crate::import::fields::Fields;
use crate::import::points::set;
use crate::import::{Note, Summary};
use crate::lettering::MOST_LETTERS;

/// Points of ink beyond this many would be too much for one cell.
const INK_POINTS: usize = 30_000;
/// The sizes of letters: of texts, of labels, and on arrows.
const TEXTS: [f64; 4] = [18.0, 24.0, 36.0, 44.0];
const LABELS: [f64; 4] = [18.0, 22.0, 26.0, 32.0];
const ON_LINES: [f64; 4] = [18.0, 20.0, 24.0, 28.0];
/// A note's side.
const NOTE: f64 = 200.0;

/// Makes what a shape is.
pub(super) fn make(shape: &Shape<'_>, around: &Around, making: &mut Making<'_>) {
    let props = &shape.props;
    let made = match shape.kind.as_str() {
        "geo" => geo(props, around, making),
        "draw" => ink(Kind::Stroke, props, around, making),
        "highlight" => ink(Kind::Highlight, props, around, making),
        "line" => line(props, around, making),
        "arrow" => arrow(props, around, making),
        "text" => text(props, around, making),
        "note" => note(props, around, making),
        "frame" => frame(props, around, making),
        "image" => image(props, around, making),
        "bookmark" | "embed" | "video" => page(&shape.kind, props, around, making),
        _ => Err(Some(notes::UNKNOWN)),
    };
    if let Err(note) = made {
        note.into_iter().for_each(|note| making.summary.add(note));
    } else if !matches!(shape.kind.as_str(), "bookmark" | "embed" | "video")
        && props.raw("url").is_some_and(|url| url != "\"\"")
    {
        making.summary.add(notes::LINKS);
    }
}

/// Nothing was made, and why, if that isn't said yet.
type Made = Result<(), Option<Note>>;

fn element(kind: Kind, style: Style, making: &mut Making<'_>) -> Element {
    Element::new(making.name(), kind, Order::default(), style)
}

/// Width and height.
fn size(props: &Fields<'_>) -> Result<(f64, f64), Option<Note>> {
    let side = |name| props.number(name).filter(|side| *side > 0.0);
    let (wide, high) = (
        side("w").ok_or(Some(notes::FAR))?,
        side("h").ok_or(Some(notes::FAR))?,
    );
    Ok((wide, high + props.number("growY").unwrap_or(0.0).max(0.0)))
}

fn kept(element: Element, around: &Around, making: &mut Making<'_>) -> Made {
    if making.keep(element, around) {
        Ok(())
    } else {
        Err(None)
    }
}

fn geo(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let (wide, high) = size(props)?;
    let name = props.text("geo").unwrap_or_else(|| "rectangle".to_owned());
    let kind = match name.as_str() {
        "ellipse" => Kind::Ellipse,
        "diamond" => Kind::Diamond,
        _ => Kind::Rectangle,
    };
    let unit = around.place * Affine::scale_non_uniform(wide, high);
    let outline = outlines::outline(&name, wide, high);
    let mark = match name.as_str() {
        // From corner to corner; what is between lies on the edge.
        "x-box" => &[(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)][..],
        "check-box" => &[(0.25, 0.5), (0.43, 0.68), (0.75, 0.32)],
        _ => &[],
    };
    let letters = letters(props, making);
    let color = style::color(props.text("labelColor").as_deref());
    let mut main = match &outline {
        Some(points) => {
            making.summary.add(notes::OUTLINES);
            let mut style = style::drawn(Kind::Line, props, around.opacity);
            style.route = Some(Route::Straight);
            let mut line = element(Kind::Line, style, making);
            put(&mut line, points.iter().map(|p| unit * *p))?;
            line
        }
        None => {
            let mut one = element(kind, style::drawn(kind, props, around.opacity), making);
            one.place = unit;
            one
        }
    };
    let fits = outline.is_none() && color == main.style.color;
    style::letters(props, &mut main.style, LABELS);
    if fits {
        main.text.clone_from(&letters);
    }
    let label = (!fits && !letters.is_empty()).then(|| {
        making.summary.add(notes::LETTERS_APART);
        let mut text = element(
            Kind::Text,
            Style {
                color,
                opacity: around.opacity,
                ..Style::of(Kind::Text)
            },
            making,
        );
        style::letters(props, &mut text.style, LABELS);
        let lines = letters.split('\n').count() as f64;
        let top = (high - 1.25 * text.style.size * lines) / 2.0;
        text.place = around.place * Affine::translate((text.style.align.part() * wide, top));
        text.text.clone_from(&letters);
        text
    });
    let mark = if mark.is_empty() {
        None
    } else {
        let style = Style {
            fill: None,
            route: Some(Route::Straight),
            ..style::drawn(Kind::Line, props, around.opacity)
        };
        let mut line = element(Kind::Line, style, making);
        put(&mut line, mark.iter().map(|(x, y)| unit * Point::new(*x, *y)))?;
        Some(line)
    };
    let mut all: Vec<Element> = [Some(main), mark, label].into_iter().flatten().collect();
    if all.len() > 1 {
        let group: Arc<[Group]> = [Group::from(making.name().as_str())].into();
        all.iter_mut().for_each(|one| one.groups = group.clone());
    }
    all.into_iter().try_for_each(|one| kept(one, around, making))
}

fn ink(kind: Kind, props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let mut pressed = points::ink(props);
    if pressed.is_empty() {
        return Err(Some(notes::BROKEN));
    }
    thin(&mut pressed, INK_POINTS, &mut making.summary);
    if kind == Kind::Stroke && props.flag("isClosed") == Some(true) {
        pressed.extend(pressed.first().copied());
    }
    let mut style = style::drawn(kind, props, around.opacity);
    if kind == Kind::Highlight {
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
    kept(stroke, around, making)
}

fn line(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let mut points = points::line(props);
    points.dedup();
    if points.len() < 2 {
        return Err(Some(notes::BROKEN));
    }
    thin(&mut points, LINE_POINTS, &mut making.summary);
    let mut style = style::drawn(Kind::Line, props, around.opacity);
    style.fill = None;
    let curved = props.text("spline").as_deref() == Some("cubic");
    style.route = Some(if curved { Route::Curve } else { Route::Straight });
    let mut line = element(Kind::Line, style, making);
    put(&mut line, points.into_iter().map(|p| around.place * p))?;
    kept(line, around, making)
}

fn arrow(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let end = |name, usual| props.point(name).unwrap_or(usual);
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
    if !elbow && bend.abs() > 0.5 && way.hypot() > 0.0 {
        let aside = crate::geometry::Vec2::new(-way.y, way.x) / way.hypot();
        points.insert(1, from.midpoint(to) + aside * bend);
        style.route = Some(Route::Curve);
    }
    let mut line = element(Kind::Line, style, making);
    line.text = letters(props, making);
    // One that holds on at both ends may lie anywhere: where it lies is reckoned from what it holds on to.
    if points[0] == points[1] {
        points[1].x += 1.0;
    }
    put(&mut line, points.into_iter().map(|p| around.place * p))?;
    kept(line, around, making)
}

fn text(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let letters = letters(props, making);
    if letters.is_empty() {
        return Err(None);
    }
    let style = Style {
        color: style::color(props.text("color").as_deref()),
        opacity: around.opacity,
        ..Style::of(Kind::Text)
    };
    let mut text = element(Kind::Text, style, making);
    style::letters(props, &mut text.style, TEXTS);
    let wide = props.number("w").unwrap_or(0.0).max(0.0) * scale(props);
    if props.flag("autoSize") == Some(false) {
        text.wrap = Some(wide.clamp(*WRAPS.start(), *WRAPS.end()));
    }
    text.place = around.place * Affine::translate((text.style.align.part() * wide, 0.0));
    text.text = letters;
    kept(text, around, making)
}

fn note(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let paper = match props.text("color").as_deref() {
        // There a note that has no colour of its own is yellow.
        None | Some("black") => Color::Ink(Ink::Yellow),
        name => style::color(name),
    };
    let style = Style {
        color: style::color(props.text("labelColor").as_deref()),
        fill: Some(paper),
        opacity: around.opacity,
        ..Style::of(Kind::Note)
    };
    let mut note = element(Kind::Note, style, making);
    style::letters(props, &mut note.style, LABELS);
    let (side, grown) = (
        NOTE * scale(props),
        props.number("growY").unwrap_or(0.0).max(0.0) * scale(props),
    );
    note.place = around.place * Affine::scale_non_uniform(side, side + grown);
    note.text = letters(props, making);
    kept(note, around, making)
}

fn frame(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let (wide, high) = size(props)?;
    let style = Style {
        color: Color::Ink(Ink::Grey),
        width: 1.5,
        ..Style::of(Kind::Frame)
    };
    let mut frame = element(Kind::Frame, style, making);
    frame.name = props.text("name").unwrap_or_default().into();
    frame.place = around.place * Affine::scale_non_uniform(wide, high);
    kept(frame, around, making)
}

fn image(props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let (wide, high) = size(props)?;
    let mut place = around.place * Affine::scale_non_uniform(wide, high);
    let mut image = match making.pictures.shown(props, &mut making.summary) {
        Ok(picture) => {
            let (x, y) = (
                props.flag("flipX") == Some(true),
                props.flag("flipY") == Some(true),
            );
            let side = |flip| if flip { (-1.0, 1.0) } else { (1.0, 0.0) };
            let ((a, e), (d, f)) = (side(x), side(y));
            place *= Affine::new([a, 0.0, 0.0, d, e, f]);
            Element {
                id: making.name(),
                ..Element::image(picture)
            }
        }
        Err(note) => {
            making.summary.add(note);
            empty(making)
        }
    };
    image.style.opacity = around.opacity;
    image.place = place;
    kept(image, around, making)
}

/// A box that says that something isn't here.
fn empty(making: &mut Making<'_>) -> Element {
    let style = Style {
        color: Color::Ink(Ink::Grey),
        width: 1.0,
        dash: Dash::Dashed,
        ..Style::of(Kind::Rectangle)
    };
    element(Kind::Rectangle, style, making)
}

/// What shows something from elsewhere: a box with its address.
fn page(kind: &str, props: &Fields<'_>, around: &Around, making: &mut Making<'_>) -> Made {
    let (wide, high) = size(props)?;
    making.summary.add(if kind == "video" {
        notes::VIDEOS
    } else {
        notes::EMBEDS
    });
    let address = props.text("url").filter(|url| !url.is_empty());
    let address = address.or_else(|| {
        making
            .pictures
            .address(props)
            .filter(|url| !url.starts_with("data:"))
    });
    let mut page = empty(making);
    page.style.opacity = around.opacity;
    page.place = around.place * Affine::scale_non_uniform(wide, high);
    page.text = within(address.unwrap_or_default(), &mut making.summary);
    kept(page, around, making)
}

/// A shape's letters: plain, or of what a text with formats says.
fn letters(props: &Fields<'_>, making: &mut Making<'_>) -> Arc<str> {
    let rich: Option<Value> = props
        .raw("richText")
        .and_then(|text| serde_json::from_str(text).ok());
    let Some(rich) = rich else {
        return within(props.text("text").unwrap_or_default(), &mut making.summary);
    };
    let (mut out, mut formats) = (String::new(), false);
    // As deep as JSON is read at all.
    lines_of(&rich, &mut out, &mut formats);
    if formats {
        making.summary.add(notes::FORMATS);
    }
    within(out.trim_end_matches('\n').to_owned(), &mut making.summary)
}

fn lines_of(node: &Value, out: &mut String, formats: &mut bool) {
    *formats |= node["marks"].as_array().is_some_and(|marks| !marks.is_empty());
    match node["type"].as_str() {
        Some("text") => out.push_str(node["text"].as_str().unwrap_or_default()),
        Some("hardBreak") => out.push('\n'),
        Some("listItem") => out.push_str("• "),
        _ => {}
    }
    for child in node["content"].as_array().into_iter().flatten() {
        lines_of(child, out, formats);
    }
    if matches!(node["type"].as_str(), Some("paragraph" | "heading" | "codeBlock")) {
        out.push('\n');
    }
}

/// As many letters as are shown.
fn within(text: String, summary: &mut Summary) -> Arc<str> {
    match text.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => {
            summary.add(notes::LETTERS);
            text[..end].into()
        }
        None => text.into(),
    }
}

fn put(line: &mut Element, points: impl Iterator<Item = Point>) -> Result<(), Option<Note>> {
    let points: Vec<InkPoint> = points.map(|p| InkPoint::new(p, 0.5)).collect();
    set(line, &points).ok_or(Some(notes::FAR))
}

/// Takes so many out, evenly, that no more than `most` are left.
fn thin<T: Copy>(points: &mut Vec<T>, most: usize, summary: &mut Summary) {
    if points.len() > most {
        summary.add(notes::POINTS);
        let last = points.len() - 1;
        *points = (0..most).map(|n| points[n * last / (most - 1)]).collect();
    }
}

/// The point of a target's unit square that an end aims at.
pub(super) fn aim(props: &Fields<'_>) -> Point {
    let middle = Point::new(0.5, 0.5);
    let precise = props.flag("isPrecise").unwrap_or(true);
    props
        .point("normalizedAnchor")
        .filter(|_| precise)
        .unwrap_or(middle)
}

/// Lets arrows hold on to what they hold on to there. In old files the arrows say it themselves.
pub(super) fn tie(shapes: &[Shape<'_>], bindings: &[Binding], making: &mut Making<'_>) {
    for binding in bindings {
        hold(
            &binding.arrow,
            &binding.target,
            binding.at_end,
            binding.aim,
            making,
        );
    }
    for shape in shapes.iter().filter(|shape| shape.kind == "arrow") {
        for (name, at_end) in [("start", false), ("end", true)] {
            let end = shape.props.object(name);
            let target = end.as_ref().and_then(|end| end.text("boundShapeId"));
            if let (Some(end), Some(target), Some(arrow)) = (end, target, shape.fields.text("id")) {
                hold(&arrow, &target, at_end, aim(&end), making);
            }
        }
    }
}

fn hold(arrow: &str, target: &str, at_end: bool, aim: Point, making: &mut Making<'_>) {
    let Some(&arrow) = making.made.get(arrow) else {
        return;
    };
    let target = making.made.get(target).map(|at| making.out[*at].clone());
    let held = target.as_ref().filter(|target| target.kind.holds_lines());
    if let Some(held) = held {
        making.out[arrow].ties[usize::from(at_end)] = Some(Tie::new(held.id.clone(), aim));
        return;
    }
    making.summary.add(notes::FREE);
    // It ends where it aims, if that is known.
    let part = target.and_then(|target| target.bounds());
    let line = &mut making.out[arrow];
    if let Some(Rect { x0, y0, x1, y1 }) = part {
        let pos = Point::new(x0 + aim.x * (x1 - x0), y0 + aim.y * (y1 - y0));
        let mut points = line.placed();
        let at = if at_end { points.len() - 1 } else { 0 };
        points[at].pos = pos;
        let mut moved = Element {
            place: Affine::IDENTITY,
            ..line.clone()
        };
        if pos.is_finite() && set(&mut moved, &points).is_some() && moved.bounds().is_some() {
            *line = moved;
        }
    }
}
