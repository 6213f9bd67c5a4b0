//! The simple part of an SVG as elements: rectangles, ellipses, lines, paths and texts, with their places, colours, widths and
//! sizes. A path becomes lines along it, which are filled as it is; one with holes is left out. Of a text all words are in one line and one face. Pictures and
//! effects are left out, and counted.

mod look;
mod numbers;

use drawbridge_protocol::ElementId;
use roxmltree::{Document, Node, ParsingOptions};

use self::look::{Look, Looks};
use self::numbers::{number, points};
use crate::clip::{MAX_ELEMENTS, MAX_TEXT};
use crate::document::{Element, LINE_POINTS, Order, Sample, Style};
use crate::geometry::{Affine, BezPath, InkPoint, Kind, MAX_COORDINATE, Point, Rect};
use crate::images::has_tame_numbers;

pub(in crate::import) use self::look::rgba;

/// Elements inside each other deeper than this are left out.
const DEEP: usize = 64;
/// Nodes of a text beyond this many: it isn't read at all.
const NODES: u32 = 200_000;
/// Points of one line; a longer path becomes several.
const POINTS: usize = 2000;
/// Filled pieces of one path beyond this many: it is left out.
const MANY: usize = 500;
/// What may say where a node lies and how large it is.
const SIZES: [&str; 13] = [
    "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2",
];
/// Of a closed line with more pieces than this it isn't asked whether it crosses itself.
const PIECES: usize = 100;
/// Points of all paths together; a path that has no room is left out.
const ALL_POINTS: usize = 2_000_000;
/// A path is followed as exactly as a part of this of how large it is.
const ACROSS: f64 = 20_000.0;
/// How far a line may be from the path that it follows, and what its points are rounded to, in board units.
const EXACT: (f64, f64) = (0.1, 1.0 / 16.0);

/// What became of a picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// From the lowest to the topmost, with ids that only tell them apart: to be made [`crate::clip::fresh`].
    pub elements: Vec<Element>,
    /// How many things were left out.
    pub left_out: usize,
    /// How many points its paths have.
    points: usize,
}

/// Reads an SVG; `None` if the text is none.
#[must_use]
pub fn read(text: &str) -> Option<Imported> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.len() > MAX_TEXT || !text.starts_with('<') {
        return None;
    }
    let options = ParsingOptions {
        nodes_limit: NODES,
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).ok()?;
    let root = document.root_element();
    if root.tag_name().name() != "svg" {
        return None;
    }
    let mut imported = Imported::default();
    let sheets = root
        .descendants()
        .filter(|node| node.tag_name().name() == "style");
    imported.left_out += sheets
        .filter(|sheet| has_rules(sheet.text().unwrap_or_default()))
        .count();
    if let Some(look) = imported.look(root, Look::default()) {
        imported.children(root, look, 0);
    }
    Some(imported)
}

/// Whether a style sheet says how anything looks, and not only which fonts there are.
fn has_rules(sheet: &str) -> bool {
    let rules = sheet.split('}').filter_map(|rule| rule.split_once('{'));
    rules
        .into_iter()
        .any(|(names, _)| !names.trim().ends_with("@font-face"))
}

impl Imported {
    fn children(&mut self, node: Node<'_, '_>, look: Look, depth: usize) {
        for child in node.children().filter(Node::is_element) {
            // What shows nothing by itself.
            if matches!(
                child.tag_name().name(),
                "defs" | "title" | "desc" | "metadata" | "style" | "namedview"
            ) {
                continue;
            }
            if let Some(look) = self.look(child, look) {
                self.node(child, look, depth + 1);
            }
        }
    }

    /// How a node looks in what looks so; `None` if it isn't shown.
    fn look(&mut self, node: Node<'_, '_>, around: Look) -> Option<Look> {
        let Looks { look, left_out } = around.of(node);
        self.left_out += left_out;
        look
    }

    fn node(&mut self, node: Node<'_, '_>, look: Look, depth: usize) {
        let number = |name: &str| node.attribute(name).and_then(number).unwrap_or(0.0);
        let (x, y) = (number("x"), number("y"));
        // A part of what it lies in, of which the size isn't known, or no length.
        let is_unknown = |name: &&str| {
            let length = node.attribute(*name).map(self::numbers::number);
            length.is_some_and(|length| length.is_none())
        };
        if SIZES.iter().any(is_unknown) {
            self.left_out += 1;
            return;
        }
        match node.tag_name().name() {
            "g" | "a" | "svg" | "switch" if depth < DEEP => self.children(node, look, depth),
            "rect" => {
                let round = number("rx") > 0.0 || number("ry") > 0.0;
                self.boxed(
                    Kind::Rectangle,
                    x,
                    y,
                    number("width"),
                    number("height"),
                    round,
                    look,
                );
            }
            "circle" => {
                let (x, y, r) = (number("cx"), number("cy"), number("r"));
                self.boxed(Kind::Ellipse, x - r, y - r, 2.0 * r, 2.0 * r, true, look);
            }
            "ellipse" => {
                let (x, y, rx, ry) = (number("cx"), number("cy"), number("rx"), number("ry"));
                self.boxed(Kind::Ellipse, x - rx, y - ry, 2.0 * rx, 2.0 * ry, true, look);
            }
            "line" => {
                let ends = [(number("x1"), number("y1")), (number("x2"), number("y2"))];
                self.line(&ends.map(Point::from), look);
            }
            name @ ("polyline" | "polygon") => {
                let Some(mut points) = points(node.attribute("points").unwrap_or_default()) else {
                    self.left_out += 1;
                    return;
                };
                if name == "polygon" {
                    points.extend(points.first().copied());
                }
                self.line(&points, look);
            }
            "path" => {
                let words = Some(node.attribute("d").unwrap_or_default());
                let words = words.filter(|words| has_tame_numbers(words));
                match words.map(BezPath::from_svg) {
                    Some(Ok(path)) => self.path(&path, look),
                    _ => self.left_out += 1,
                }
            }
            "text" => self.text(node, x, y, look),
            _ => self.left_out += 1,
        }
    }

    /// Words whose baseline begins, or has its middle or its end, at a point.
    fn text(&mut self, node: Node<'_, '_>, x: f64, y: f64, look: Look) {
        let parts = node
            .descendants()
            .filter(Node::is_text)
            .filter_map(|part| part.text());
        let words: String = parts.collect();
        // A part that stands or looks another way.
        let is_own = |part: &Node<'_, '_>| {
            part.attributes().any(|said| match said.name() {
                "id" | "class" | "role" | "space" => false,
                name @ ("x" | "y") => node.attribute(name) != Some(said.value()),
                _ => true,
            })
        };
        self.left_out += node.descendants().skip(1).filter(is_own).count();
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some(style) = look.letters() else { return };
        if words.is_empty() {
            return;
        }
        self.put(Kind::Text, style, |element| {
            let mut element = Element {
                text: words.into(),
                ..element
            };
            let above = element.lettered()?.layout.lines()[0].baseline;
            element.place = look.place * Affine::translate((x, y - above));
            let sane = element
                .place
                .as_coeffs()
                .iter()
                .all(|v| v.abs() <= MAX_COORDINATE);
            sane.then_some(element)
        });
    }

    fn put(&mut self, kind: Kind, style: Style, make: impl FnOnce(Element) -> Option<Element>) {
        let id = ElementId::new(&format!("svg-{}", self.elements.len()));
        let room = self.elements.len() < MAX_ELEMENTS;
        let element = id
            .ok()
            .filter(|_| room)
            .and_then(|id| make(Element::new(id, kind, Order::default(), style)));
        match element.filter(|element| element.bounds().is_some()) {
            Some(element) => self.elements.push(element),
            None => self.left_out += 1,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a box as SVG describes it")]
    fn boxed(&mut self, kind: Kind, x: f64, y: f64, wide: f64, high: f64, round: bool, look: Look) {
        if !(wide > 0.0 && high > 0.0) {
            return;
        }
        let Some(style) = look.style(round) else { return };
        self.left_out += usize::from(!look.has_one_opacity());
        let align = Style::of(kind).align;
        self.put(kind, Style { align, ..style }, |element| {
            let place = look.place * Affine::new([wide, 0.0, 0.0, high, x, y]);
            let sane = place.as_coeffs().iter().all(|v| v.abs() <= MAX_COORDINATE);
            sane.then_some(Element { place, ..element })
        });
    }

    fn path(&mut self, path: &BezPath, look: Look) {
        let scale = look.place.determinant().abs().sqrt().max(1e-6);
        let around = path.control_box();
        if !around.is_finite() || !scale.is_finite() {
            self.left_out += 1;
            return;
        }
        // Of what is very large, or shown very large, its pieces are longer.
        let exact = (EXACT.0 / scale).max(around.size().max_side() / ACROSS);
        let mut line: Vec<Point> = Vec::new();
        let mut lines: Vec<Vec<Point>> = Vec::new();
        let (before, room) = (self.points, ALL_POINTS);
        let points = &mut self.points;
        kurbo::flatten(path, exact, |element| {
            *points += 1;
            if *points > room {
                return;
            }
            match element {
                kurbo::PathEl::MoveTo(p) => lines.push(std::mem::replace(&mut line, vec![p])),
                kurbo::PathEl::LineTo(p) => line.push(p),
                kurbo::PathEl::ClosePath => line.extend(line.first().copied()),
                kurbo::PathEl::QuadTo(..) | kurbo::PathEl::CurveTo(..) => {}
            }
        });
        if self.points > room {
            self.points = before;
            self.left_out += 1;
            return;
        }
        lines.push(line);
        lines.retain(|line| line.len() > 1);
        // Where one lies in another it may be a hole there, which lines can't be filled with.
        if look.fill.is_some() && !apart(&lines) {
            self.left_out += 1;
            return;
        }
        for line in &lines {
            self.line(line, look);
        }
    }

    /// A line through points, which is filled as if it were closed.
    fn line(&mut self, points: &[Point], look: Look) {
        let stroked = look.stroke.is_some() && look.width > 0.0;
        if look.fill.is_none() || points.len() < 3 {
            if stroked {
                self.drawn(points, look.unfilled());
            }
            return;
        }
        let mut around = points.to_vec();
        let closed = points.first() == points.last();
        if !closed {
            around.extend(points.first().copied());
        }
        let holes = look.even_odd && crosses_itself(&around);
        if around.len() > LINE_POINTS || holes || (closed && !look.has_one_opacity()) {
            self.left_out += 1;
        } else if closed || !stroked {
            self.drawn(&around, look);
        } else {
            self.drawn(&around, look.unstroked());
            self.drawn(points, look.unfilled());
        }
    }

    /// A line as it is, or several where it has too many points: each goes on where the one before ended.
    fn drawn(&mut self, points: &[Point], look: Look) {
        let Some(style) = look.style(false) else { return };
        let most = if style.fill.is_some() { LINE_POINTS } else { POINTS };
        let starts = (0..points.len().saturating_sub(1)).step_by(most - 1);
        for part in starts.map(|start| &points[start..points.len().min(start + most)]) {
            let style = Style {
                align: Style::of(Kind::Line).align,
                ..style
            };
            self.put(Kind::Line, style, |element| {
                let inside = |p: &Point| p.x.abs() <= MAX_COORDINATE && p.y.abs() <= MAX_COORDINATE;
                let mut placed: Vec<Point> = part.iter().map(|p| look.place * *p).collect();
                placed.dedup();
                let stored = |p: &Point| Sample::of(InkPoint::new(*p, 0.5), EXACT.1).ink(EXACT.1);
                let line = placed.len() > 1 && placed.iter().all(inside);
                line.then(|| Element {
                    step: EXACT.1,
                    points: placed.iter().map(stored).collect(),
                    ..element
                })
            });
        }
    }
}

/// Whether each lies beside all others. Of many that isn't asked: it may be a picture of a text.
fn apart(lines: &[Vec<Point>]) -> bool {
    let around = |line: &Vec<Point>| {
        let first = Rect::from_points(line[0], line[0]);
        line.iter().fold(first, |all, point| all.union_pt(*point))
    };
    let boxes: Vec<Rect> = lines.iter().map(around).collect();
    let beside = |(i, a): (usize, &Rect)| boxes[i + 1..].iter().all(|b| !a.overlaps(*b));
    boxes.len() <= MANY && boxes.iter().enumerate().all(beside)
}

/// Whether a closed line crosses itself. Of one with many pieces that is believed.
fn crosses_itself(points: &[Point]) -> bool {
    let side = |a: Point, b: Point, c: Point| (b - a).cross(c - a);
    let cross = |[a, b]: [Point; 2], [c, d]: [Point; 2]| {
        side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
    };
    let pieces: Vec<[Point; 2]> = points.windows(2).map(|pair| [pair[0], pair[1]]).collect();
    let crossed = |(i, a): (usize, &[Point; 2])| pieces[i + 1..].iter().any(|b| cross(*a, *b));
    pieces.len() > PIECES || pieces.iter().enumerate().any(crossed)
}

#[cfg(test)]
mod tests;
