//! The simple part of an SVG as elements: rectangles, ellipses, lines, paths and texts, with their places, colours, widths and
//! sizes. A path becomes lines along it, which are filled as it is; one with holes is left out. Of a text all words are in one line and one face. Pictures and
//! effects are left out, and counted.

use std::str::FromStr;

use drawbridge_protocol::ElementId;
use roxmltree::{Document, Node, ParsingOptions};

use crate::clip::{MAX_ELEMENTS, MAX_TEXT};
use crate::document::{Color, Element, Font, LINE_POINTS, Order, SIZES, Sample, Style, TextAlign, WIDTHS};
use crate::geometry::{Affine, BezPath, Corners, InkPoint, Kind, MAX_COORDINATE, Point, Rect};

/// Elements inside each other deeper than this are left out.
const DEEP: usize = 64;
/// Nodes of a text beyond this many: it isn't read at all.
const NODES: u32 = 200_000;
/// Points of one line; a longer path becomes several.
const POINTS: usize = 2000;
/// Filled pieces of one path beyond this many: it is left out.
const MANY: usize = 500;
/// How far a line may be from the path that it follows, and what its points are rounded to, in board units.
const EXACT: (f64, f64) = (0.1, 1.0 / 16.0);

/// What became of a picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// From the lowest to the topmost, with ids that only tell them apart: to be made [`crate::clip::fresh`].
    pub elements: Vec<Element>,
    /// How many things were left out.
    pub left_out: usize,
}

/// What a node takes over from those around it.
#[derive(Debug, Clone, Copy)]
struct Look {
    place: Affine,
    stroke: Option<Color>,
    fill: Option<Color>,
    width: f64,
    opacity: f64,
    font: Font,
    size: f64,
    align: TextAlign,
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
    let look = Look {
        place: Affine::IDENTITY,
        stroke: None,
        fill: Some(Color::Rgb([0, 0, 0])),
        width: 1.0,
        opacity: 1.0,
        font: Font::Plain,
        size: 16.0,
        align: TextAlign::Left,
    };
    let mut imported = Imported::default();
    imported.children(root, look.of(root), 0);
    Some(imported)
}

impl Imported {
    fn children(&mut self, node: Node<'_, '_>, look: Look, depth: usize) {
        for child in node.children().filter(Node::is_element) {
            self.node(child, look.of(child), depth + 1);
        }
    }

    fn node(&mut self, node: Node<'_, '_>, look: Look, depth: usize) {
        let number = |name: &str| node.attribute(name).and_then(number).unwrap_or(0.0);
        let (x, y) = (number("x"), number("y"));
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
                let mut points = points(node.attribute("points").unwrap_or_default());
                if name == "polygon" {
                    points.extend(points.first().copied());
                }
                self.line(&points, look);
            }
            "path" => match BezPath::from_svg(node.attribute("d").unwrap_or_default()) {
                Ok(path) => self.path(&path, look),
                Err(_) => self.left_out += 1,
            },
            "text" => self.text(node, x, y, look),
            // What shows nothing by itself.
            "defs" | "title" | "desc" | "metadata" | "style" | "namedview" => {}
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
        let align = Style::of(kind).align;
        self.put(kind, Style { align, ..style }, |element| {
            let place = look.place * Affine::new([wide, 0.0, 0.0, high, x, y]);
            let sane = place.as_coeffs().iter().all(|v| v.abs() <= MAX_COORDINATE);
            sane.then_some(Element { place, ..element })
        });
    }

    fn path(&mut self, path: &BezPath, look: Look) {
        let scale = look.place.determinant().abs().sqrt().max(1e-6);
        let mut line: Vec<Point> = Vec::new();
        let mut lines: Vec<Vec<Point>> = Vec::new();
        kurbo::flatten(path, EXACT.0 / scale, |element| match element {
            kurbo::PathEl::MoveTo(p) => lines.push(std::mem::replace(&mut line, vec![p])),
            kurbo::PathEl::LineTo(p) => line.push(p),
            kurbo::PathEl::ClosePath => line.extend(line.first().copied()),
            kurbo::PathEl::QuadTo(..) | kurbo::PathEl::CurveTo(..) => {}
        });
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
                self.drawn(points, Look { fill: None, ..look });
            }
            return;
        }
        let mut around = points.to_vec();
        let closed = points.first() == points.last();
        if !closed {
            around.extend(points.first().copied());
        }
        if around.len() > LINE_POINTS {
            self.left_out += 1;
        } else if closed || !stroked {
            self.drawn(&around, look);
        } else {
            self.drawn(&around, Look { stroke: None, ..look });
            self.drawn(points, Look { fill: None, ..look });
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

impl Look {
    /// What holds inside a node.
    fn of(mut self, node: Node<'_, '_>) -> Self {
        let declared = node.attribute("style").unwrap_or_default();
        let declared: Vec<(&str, &str)> = declared
            .split(';')
            .filter_map(|each| each.split_once(':'))
            .map(|(name, value)| (name.trim(), value.trim()))
            .collect();
        let value = |name: &str| {
            let held = declared.iter().rev().find(|(held, _)| *held == name);
            held.map(|(_, value)| *value).or(node.attribute(name))
        };
        if let Some(text) = node.attribute("transform") {
            self.place *= transform(text);
        }
        for (name, paint) in [("stroke", &mut self.stroke), ("fill", &mut self.fill)] {
            match value(name) {
                Some("none" | "transparent") => *paint = None,
                Some(text) => *paint = color(text).or(*paint),
                None => {}
            }
        }
        self.width = value("stroke-width").and_then(number).unwrap_or(self.width);
        self.opacity *= value("opacity").and_then(number).unwrap_or(1.0).clamp(0.0, 1.0);
        self.size = value("font-size").and_then(number).unwrap_or(self.size);
        self.font = value("font-family").map_or(self.font, font);
        self.align = match value("text-anchor") {
            Some("start") => TextAlign::Left,
            Some("middle") => TextAlign::Center,
            Some("end") => TextAlign::Right,
            _ => self.align,
        };
        self
    }

    /// As letters are drawn; `None` for what isn't seen.
    fn letters(&self) -> Option<Style> {
        Some(Style {
            color: self.fill?,
            opacity: self.opacity,
            font: self.font,
            size: self.size.clamp(*SIZES.start(), *SIZES.end()),
            align: self.align,
            ..Style::of(Kind::Text)
        })
    }

    /// As an element is drawn; `None` for what isn't seen.
    fn style(&self, round: bool) -> Option<Style> {
        let scale = self.place.determinant().abs().sqrt();
        let line = self.stroke.filter(|_| self.width > 0.0);
        let width = if line.is_some() { self.width * scale } else { 1.0 };
        Some(Style {
            color: line.or(self.fill)?,
            width: if width.is_finite() {
                width.clamp(*WIDTHS.start(), *WIDTHS.end())
            } else {
                1.0
            },
            opacity: self.opacity,
            fill: self.fill,
            shade: crate::document::Shade::Solid,
            corners: if round { Corners::Round } else { Corners::Sharp },
            ..Style::default()
        })
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

/// The face that is most like the first of some families that says anything.
fn font(families: &str) -> Font {
    let families = families.to_lowercase();
    let like = |family: &str| {
        let has = |words: &[&str]| words.iter().any(|word| family.contains(word));
        if has(&["mono", "courier", "consol", "code"]) {
            Some(Font::Mono)
        } else if has(&["shantell", "virgil", "excalifont", "comic", "cursive", "hand"]) {
            Some(Font::Hand)
        } else if has(&["sans", "arial", "helvetica", "inter"]) {
            Some(Font::Plain)
        } else if has(&["serif", "times", "georgia"]) {
            Some(Font::Serif)
        } else {
            None
        }
    };
    families.split(',').find_map(like).unwrap_or(Font::Plain)
}

/// A length in user units: what stands behind the number is passed over.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E')));
    f64::from_str(&text[..end.unwrap_or(text.len())])
        .ok()
        .filter(|v| v.is_finite())
}

/// The numbers of a list that is separated by spaces and commas.
fn numbers(text: &str) -> Vec<f64> {
    let parts = text.split(|c: char| c.is_whitespace() || c == ',');
    parts
        .filter_map(|part| f64::from_str(part).ok())
        .filter(|v| v.is_finite())
        .collect()
}

fn points(text: &str) -> Vec<Point> {
    numbers(text)
        .chunks_exact(2)
        .map(|pair| Point::new(pair[0], pair[1]))
        .collect()
}

/// A list of transforms, the first outermost.
fn transform(text: &str) -> Affine {
    let mut all = Affine::IDENTITY;
    for part in text.split(')') {
        let Some((name, list)) = part.split_once('(') else {
            continue;
        };
        let name = name.trim_matches(|c: char| c.is_whitespace() || c == ',');
        all *= match (name, numbers(list).as_slice()) {
            ("matrix", &[a, b, c, d, e, f]) => Affine::new([a, b, c, d, e, f]),
            ("translate", &[x]) => Affine::translate((x, 0.0)),
            ("translate", &[x, y]) => Affine::translate((x, y)),
            ("scale", &[s]) => Affine::scale(s),
            ("scale", &[x, y]) => Affine::scale_non_uniform(x, y),
            ("rotate", &[angle]) => Affine::rotate(angle.to_radians()),
            ("rotate", &[angle, x, y]) => Affine::rotate_about(angle.to_radians(), Point::new(x, y)),
            ("skewX", &[angle]) => Affine::skew(angle.to_radians().tan(), 0.0),
            ("skewY", &[angle]) => Affine::skew(0.0, angle.to_radians().tan()),
            _ => Affine::IDENTITY,
        };
    }
    all
}

/// A colour as `#rgb`, `#rrggbb`, `rgb(...)` or by one of the common names.
pub(super) fn color(text: &str) -> Option<Color> {
    const NAMES: [(&str, [u8; 3]); 16] = [
        ("black", [0, 0, 0]),
        ("white", [255, 255, 255]),
        ("red", [255, 0, 0]),
        ("green", [0, 128, 0]),
        ("blue", [0, 0, 255]),
        ("yellow", [255, 255, 0]),
        ("orange", [255, 165, 0]),
        ("purple", [128, 0, 128]),
        ("gray", [128, 128, 128]),
        ("grey", [128, 128, 128]),
        ("silver", [192, 192, 192]),
        ("navy", [0, 0, 128]),
        ("teal", [0, 128, 128]),
        ("brown", [165, 42, 42]),
        ("pink", [255, 192, 203]),
        ("currentColor", [0, 0, 0]),
    ];
    if let Some(list) = text.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')) {
        let part = |text: &str| match text.trim().strip_suffix('%') {
            Some(percent) => number(percent).map(|v| v * 2.55),
            None => number(text),
        };
        let parts: Option<Vec<f64>> = list.split(',').map(part).collect();
        let [r, g, b] = <[f64; 3]>::try_from(parts?).ok()?;
        return Some(Color::Rgb([r, g, b].map(|v| v.round().clamp(0.0, 255.0) as u8)));
    }
    if let Some(short) = text
        .strip_prefix('#')
        .filter(|hex| hex.len() == 3 && hex.is_ascii())
    {
        let long: String = short.chars().flat_map(|c| [c, c]).collect();
        return format!("#{long}").parse().ok();
    }
    if text.starts_with('#') {
        return text.get(..7)?.parse().ok();
    }
    let (_, rgb) = NAMES.iter().find(|(name, _)| *name == text)?;
    Some(Color::Rgb(*rgb))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(inside: &str) -> Element {
        let all = read(&format!("<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>")).expect("an SVG");
        assert_eq!((all.elements.len(), all.left_out), (1, 0), "{inside}");
        all.elements[0].clone()
    }

    fn around(element: &Element) -> [f64; 4] {
        let r = element.frame();
        [r.x0, r.y0, r.x1, r.y1].map(|v| (v * 100.0).round() / 100.0)
    }

    #[test]
    fn boxes_lie_where_they_are_led_and_keep_their_colours() {
        let rect = one(
            "<g transform='translate(10 20) scale(2)'><rect x='1' y='2' width='30' height='10' \
                        fill='#f00' stroke='rgb(0, 0, 255)' stroke-width='3px'/></g>",
        );
        assert_eq!(
            (rect.kind, around(&rect)),
            (Kind::Rectangle, [12.0, 24.0, 72.0, 44.0])
        );
        assert_eq!(
            (rect.style.color, rect.style.fill),
            (Color::Rgb([0, 0, 255]), Some(Color::Rgb([255, 0, 0])))
        );
        assert_eq!((rect.style.width, rect.style.corners), (6.0, Corners::Sharp));
        let circle = one("<circle cx='5' cy='5' r='5' style='fill:none; stroke: green; opacity:.5'/>");
        assert_eq!(
            (circle.kind, around(&circle)),
            (Kind::Ellipse, [0.0, 0.0, 10.0, 10.0])
        );
        assert_eq!((circle.style.fill, circle.style.opacity), (None, 0.5));
        let turned = one("<ellipse cx='0' cy='0' rx='10' ry='2' transform='rotate(90)'/>");
        assert_eq!(around(&turned), [-2.0, -10.0, 2.0, 10.0]);
    }

    #[test]
    fn lines_and_paths_are_lines_along_them() {
        let line = one("<line x1='1' y1='2' x2='30' y2='4' stroke='black'/>");
        assert_eq!((line.kind, around(&line)), (Kind::Line, [1.0, 2.0, 30.0, 4.0]));
        let path = one("<path d='M0 0 C 0 40 80 40 80 0' stroke='red' fill='none'/>");
        assert!(path.points.len() > 8 && around(&path)[3] > 29.0);
        let all = read(
            "<svg><path d='M0 0h10v10z m 40 0 l 5 5' stroke='red'/><polygon points='0,0 5,5 0 9' stroke='red'/></svg>",
        );
        let all = all.expect("an SVG").elements;
        let lengths: Vec<usize> = all.iter().map(|e| e.points.len()).collect();
        assert_eq!(lengths, [4, 2, 4], "closed ones end where they began");
    }

    #[test]
    fn a_path_is_filled_where_it_is_closed_as_if_it_were_and_not_where_it_has_holes() {
        let blue = Some(Color::Rgb([0, 0, 255]));
        let filled = one("<path d='M0 0h90v90z' fill='blue'/>");
        assert_eq!((filled.filled(), filled.points.len()), (blue, 4));
        let open = read("<svg><path d='M0 0h90v90' fill='blue' stroke='red'/></svg>").expect("an SVG");
        let seen: Vec<_> = open
            .elements
            .iter()
            .map(|e| (e.filled(), e.points.len()))
            .collect();
        assert_eq!(seen, [(blue, 4), (None, 3)], "the line itself stays open");
        let beside = read("<svg><path d='M0 0h9v9z M20 0h9v9z' fill='blue'/></svg>").expect("an SVG");
        assert_eq!((beside.elements.len(), beside.left_out), (2, 0));
        let hole = read("<svg><path d='M0 0h90v90z M20 10h9v9z' fill='blue'/></svg>").expect("an SVG");
        assert_eq!((hole.elements.len(), hole.left_out), (0, 1));
    }

    #[test]
    fn a_text_stands_on_its_baseline_and_keeps_its_size_face_and_colour() {
        let text = one(
            "<g font-family='Times, serif' transform='translate(100 50)'><text x='10' y='20' font-size='30px' \
                        fill='red' text-anchor='end'>Two <tspan>words</tspan></text></g>",
        );
        assert_eq!((text.kind, &*text.text), (Kind::Text, "Two words"));
        let style = &text.style;
        assert_eq!(
            (style.font, style.size, style.align),
            (Font::Serif, 30.0, TextAlign::Right)
        );
        assert_eq!(style.color, Color::Rgb([255, 0, 0]));
        let frame = text.frame();
        assert!((frame.x1 - 110.0).abs() < 1e-9);
        assert!(frame.y0 < 70.0 - 22.0 && frame.y1 > 70.0 + 6.0, "{frame:?}");
    }

    #[test]
    fn what_cannot_be_taken_over_is_counted_and_what_is_no_svg_is_none() {
        let all = read(
            "<svg><text> </text><filter/><image/><defs><rect width='9' height='9'/></defs><rect width='0' height='5'/></svg>",
        );
        assert_eq!(
            all,
            Some(Imported {
                elements: Vec::new(),
                left_out: 2
            })
        );
        for text in ["", "hello", "<html/>", "<svg", "{}", "<svg><g></svg>"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn hostile_ones_are_read_in_bounds() {
        let deep = format!("<svg>{}{}</svg>", "<g>".repeat(500), "</g>".repeat(500));
        let _ = read(&deep);
        let far = read(
            "<svg><rect width='1e300' height='1' transform='scale(1e300)'/><path d='M0 0L1e300 NaN'/></svg>",
        );
        assert!(far.is_none_or(|far| far.elements.is_empty()));
        let long = "1 1 2 2 ".repeat(5000);
        let filled = read(&format!("<svg><polyline stroke='red' points='{long}'/></svg>")).expect("an SVG");
        assert_eq!((filled.elements.len(), filled.left_out), (0, 1));
        let all = read(&format!(
            "<svg><polyline stroke='red' fill='none' points='{long}'/></svg>"
        ))
        .expect("an SVG");
        assert!(
            all.elements
                .iter()
                .all(|e| (2..=POINTS).contains(&e.points.len()))
                && all.elements.len() > 4
        );
    }

    proptest! {
        #[test]
        fn whatever_stands_in_it_does_no_harm(text in "[<>/a-z0-9 ='.,()#%-]{0,120}", d in "[MLHVCSQTAZmlhvcsqtaz0-9 .,-]{0,60}") {
            let _ = read(&text);
            if let Some(all) = read(&format!("<svg><path d='{d}' stroke='red'/><g transform='{}'/></svg>", d)) {
                for element in all.elements {
                    prop_assert!(element.mesh().is_some());
                }
            }
        }
    }
}
