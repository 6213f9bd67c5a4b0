//! One element as its cells say it is. What can't be read counts as its default.

use std::sync::Arc;

use drawbridge_protocol::{ElementId, Property, Value};

use super::json::{Members, read, read_color, read_order, read_place, read_size, read_width};
use super::tie::{ENDS, read_tie};
use super::{Draft, Order, PAPER, Picture, Reader, Sample, Style, Tie, Writer};
use crate::geometry::{
    Affine, Corners, Dash, Figure, Font, Head, Hold, InkPoint, Kind, MAX_COORDINATE, Mesh, Point, Rect,
    Route, Shade, Shape, Sketch, TextAlign, Touchable, VAlign, is_closed,
};

/// A group's name: elements that have it belong together.
pub type Group = Arc<str>;

/// Groups within groups beyond this many, and names longer than this many bytes, count as none.
pub(crate) const GROUPS: usize = 64;
/// How wide a text may be wrapped, in its own units.
pub(crate) const WRAPS: std::ops::RangeInclusive<f64> = 1.0..=1e6;
/// A frame's name is read up to so many characters.
const NAME: usize = 256;
/// A line's points beyond this many are not read.
pub(crate) const LINE_POINTS: usize = 4096;

/// What a line as it is shown holds on to, and what its points no longer say when its ends are brought there.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// What its first and its last point hold on to.
    pub ends: [Option<Hold>; 2],
    /// Whether its points are those of a closed line as they are written.
    pub closed: bool,
}

/// An element of a kind that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// Its name.
    pub id: ElementId,
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the stack; equal ones are ordered by `id`.
    pub order: Order,
    /// From its own coordinates to the board's. A box's own coordinates are the unit square's.
    pub place: Affine,
    /// How it is drawn.
    pub style: Style,
    /// The length of one integer step of its points, in its own units.
    pub step: f64,
    /// Its points, in its own coordinates: of ink at least one, of a line at least two, of others none.
    pub points: Arc<[InkPoint]>,
    /// The text that it bears; empty for none.
    pub text: Arc<str>,
    /// How long the lines of a text may be, in its own units, within [`WRAPS`]; `None` for as long as they are.
    pub wrap: Option<f64>,
    /// What a line's first and its last point hold on to.
    pub ties: [Option<Tie>; 2],
    /// The same as it is shown, where it is there: of a line as it is shown. No part of what is stored.
    pub holds: Option<Arc<Held>>,
    /// The groups that it belongs to, the innermost first.
    pub groups: Arc<[Group]>,
    /// Whether it is not to be touched.
    pub locked: bool,
    /// The frame that it belongs to. That may not be there, or be no frame: then it counts as none.
    pub framed_by: Option<ElementId>,
    /// What it is called, if it is a frame; empty for no name.
    pub name: Arc<str>,
    /// When its turn is, if it is a frame and somebody gave it one: frames are shown one after the other by it.
    pub turn: Option<Order>,
    /// Whether it is not to be shown.
    pub deleted: bool,
    /// What it shows, if it is an image.
    pub picture: Option<Picture>,
}

impl Element {
    /// A plain one, with neither place nor points: to be filled in.
    #[must_use]
    pub fn new(id: ElementId, kind: Kind, order: Order, style: Style) -> Self {
        Self {
            id,
            kind,
            order,
            place: Affine::IDENTITY,
            style,
            step: 1.0,
            points: Arc::default(),
            text: Arc::default(),
            wrap: None,
            ties: [None, None],
            holds: None,
            groups: Arc::default(),
            locked: false,
            framed_by: None,
            name: Arc::default(),
            turn: None,
            deleted: false,
            picture: None,
        }
    }

    /// An image that isn't on a board yet, as large as its pixels and with its upper left corner at the origin.
    #[must_use]
    pub fn image(picture: Picture) -> Self {
        let [width, height] = picture.pixels.map(f64::from);
        // An id that is fresh comes when it is put on a board.
        let id = ElementId::from_bits([0; 12]);
        Self {
            place: Affine::scale_non_uniform(width, height),
            picture: Some(picture),
            ..Self::new(id, Kind::Image, Order::default(), Style::of_image(1.0))
        }
    }

    /// Reads an element from its `base` and its other properties. `None` if its kind isn't known or
    /// it has no points in this world.
    pub(super) fn read<'a>(
        id: &ElementId,
        base: &Value,
        property: impl Fn(&str) -> Option<&'a Value>,
    ) -> Option<Self> {
        let mut element = Draft::of(id, &Members::of(base)?)?.into_element();
        // A property that can't be read counts as not there, so `null` gives the base's value back.
        element.take(|name| property(name).map(Value::as_str));
        if let Some(text) = property("points").filter(|_| element.kind == Kind::Line)
            && let Some(text) = read::<String>(text.as_str())
            && let Some(points) = read_line(&text, element.step)
        {
            element.points = points;
        }
        Some(element)
    }

    /// Takes up the properties that are there and can be read.
    pub(super) fn take<'a>(&mut self, json: impl Fn(&str) -> Option<&'a str>) {
        fn set<T>(to: &mut T, from: Option<T>) {
            if let Some(from) = from {
                *to = from;
            }
        }
        let name = |prop| json(prop).and_then(read::<String>);
        let style = &mut self.style;
        set(&mut self.order, json("order").and_then(read_order));
        set(&mut self.place, json("place").and_then(read_place));
        set(&mut style.color, json("color").and_then(read_color));
        set(&mut style.width, json("width").and_then(read_width));
        set(
            &mut style.opacity,
            json("opacity").and_then(read).map(|v: f64| v.clamp(0.0, 1.0)),
        );
        set(&mut style.dash, name("dash").and_then(|v| Dash::named(&v)));
        set(&mut style.sketch, name("sketch").and_then(|v| Sketch::named(&v)));
        set(&mut style.fill, json("fill").and_then(read_fill));
        set(&mut style.shade, name("shade").and_then(|v| Shade::named(&v)));
        set(
            &mut style.corners,
            name("corners").and_then(|v| Corners::named(&v)),
        );
        set(&mut style.font, name("font").and_then(|v| Font::named(&v)));
        set(&mut style.size, json("size").and_then(read_size));
        set(&mut style.align, name("align").and_then(|v| TextAlign::named(&v)));
        set(&mut style.valign, name("valign").and_then(|v| VAlign::named(&v)));
        if let Some(route) = name("route").and_then(|v| Route::named(&v)) {
            style.route = Some(route);
        }
        set(&mut style.start, name("start").and_then(|v| Head::named(&v)));
        set(&mut style.end, name("end").and_then(|v| Head::named(&v)));
        if self.kind == Kind::Note {
            // Paper has a colour.
            style.fill = style.fill.or(Some(PAPER));
            style.shade = Shade::Tint;
        }
        set(&mut self.wrap, json("wrap").and_then(read_wrap));
        if self.kind == Kind::Line {
            for (tie, end) in self.ties.iter_mut().zip(ENDS) {
                set(tie, json(end).and_then(read_tie));
            }
        }
        set(&mut self.groups, json("groups").and_then(read_groups));
        set(&mut self.locked, json("locked").and_then(read));
        if self.kind == Kind::Frame {
            set(&mut self.name, name("name").map(|name| short(&name).into()));
            set(
                &mut self.turn,
                name("turn").map(|turn| Some(Order::from(turn.as_str()))),
            );
        } else {
            set(&mut self.framed_by, json("frame").and_then(read_frame));
        }
        set(&mut self.deleted, json(Property::DELETED).and_then(read));
        if self.kind == Kind::Image {
            self.style = Style::of_image(self.style.opacity);
        }
    }

    /// The `base` of a new element that is as this one; it isn't deleted.
    #[must_use]
    pub fn base(&self) -> Value {
        let mut writer = Writer::default();
        self.samples().for_each(|sample| writer.push(sample));
        self.base_with(&writer)
    }

    /// The same with other points, which are written already.
    #[must_use]
    pub fn base_with(&self, points: &Writer) -> Value {
        super::json::base(self, points)
    }

    /// Its points as they are stored.
    pub fn samples(&self) -> impl Iterator<Item = Sample> {
        self.points.iter().map(|point| Sample::of(*point, self.step))
    }

    /// Its points as one text, as they are stored.
    #[must_use]
    pub fn points_text(&self) -> String {
        let mut writer = Writer::default();
        self.samples().for_each(|sample| writer.push(sample));
        writer.texts().0.to_owned()
    }

    /// Its points where `place` leads them, on the board.
    #[must_use]
    pub fn placed(&self) -> Vec<InkPoint> {
        let at = |p: &InkPoint| InkPoint {
            pos: self.place * p.pos,
            ..*p
        };
        self.points.iter().map(at).collect()
    }

    /// How much `place` enlarges it, on the whole.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.place.determinant().abs().sqrt().clamp(1e-6, 1e6)
    }

    /// What is to be drawn of it, on the board.
    #[must_use]
    pub fn figure(&self) -> Figure {
        let letters = self.lettered_if_any();
        Figure {
            place: self.body(),
            letters: letters.map(|lettered| lettered.letters()),
            ..self.bare()
        }
    }

    /// The letters that it bears, set and placed, if there are any.
    pub(crate) fn lettered_if_any(&self) -> Option<super::Lettered> {
        // Nothing is to be set for most boxes and lines.
        if self.text.is_empty() {
            None
        } else {
            self.lettered()
        }
    }

    /// The same without its letters.
    pub(super) fn bare(&self) -> Figure {
        Figure {
            kind: self.kind,
            place: self.place,
            points: self.placed(),
            step: self.step * self.scale(),
            width: self.style.width,
            dash: self.style.dash,
            sketch: self.style.sketch,
            seed: self.seed(),
            corners: if self.kind == Kind::Frame {
                Corners::Sharp
            } else {
                self.style.corners
            },
            route: self.style.route(),
            holds: self
                .holds
                .as_ref()
                .map(|held| held.ends.clone())
                .unwrap_or_default(),
            heads: [self.style.start, self.style.end],
            fill: self.filled().map(|_| self.style.shade),
            letters: None,
        }
    }

    /// Whether its inside can be filled: it is a box, or a line or a stroke that is closed.
    #[must_use]
    pub fn can_be_filled(&self) -> bool {
        self.kind.can_be_filled() || self.is_closed()
    }

    /// Whether it is a line or a stroke that goes around something. What a line holds on to doesn't count (D42): what it is moves
    /// about, and nothing is to be filled now and then.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        if !matches!(self.kind, Kind::Line | Kind::Stroke) {
            return false;
        }
        if let Some(held) = &self.holds {
            return held.closed;
        }
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return false;
        };
        is_closed(self.points.len(), self.place * first.pos, self.place * last.pos)
    }

    /// The colour of its inside, if that is filled.
    #[must_use]
    pub fn filled(&self) -> Option<super::Color> {
        self.style.fill.filter(|_| self.can_be_filled())
    }

    /// What its sketched line is reckoned from: always the same number for the same id (FNV-1a).
    pub(crate) fn seed(&self) -> u64 {
        let stir = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        self.id.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, stir)
    }

    /// Its shape on the board, as exact as it was drawn: what is drawn, bounded and exported.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.figure().shape(None)
    }

    /// The same as triangles. `None` where its `place` takes it out of the world.
    #[must_use]
    pub fn mesh(&self) -> Option<Mesh> {
        self.shape().mesh()
    }

    /// The same for a look from farther away or from nearer: within `tolerance` board units of its shape.
    #[must_use]
    pub fn mesh_within(&self, tolerance: f64) -> Option<Mesh> {
        self.figure().shape(Some(tolerance)).mesh()
    }

    /// What is hit of it: its shape, and all of the area that its letters take. `None` as of [`Self::mesh`].
    #[must_use]
    pub fn touchable(&self) -> Option<Touchable> {
        self.figure().touchable()
    }

    /// A box on the board that holds its shape. `None` where its `place` takes it out of the world.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        self.figure().bounds()
    }

    /// The least box on the board around its points or its rectangle, its line's width left out: what is aligned.
    #[must_use]
    pub fn frame(&self) -> Rect {
        if !self.kind.has_points() {
            let (place, own) = self.rectangle();
            return place.transform_rect_bbox(own);
        }
        let points: Vec<InkPoint> = if self.kind == Kind::Line && self.style.route() == Route::Elbow {
            self.figure().way()
        } else {
            self.placed()
        };
        let mut points = points.iter().map(|p| p.pos);
        let first = points.next().unwrap_or(Point::ORIGIN);
        points.fold(Rect::from_points(first, first), |all, p| all.union_pt(p))
    }
}

/// Samples as points, in steps of `step`.
pub(super) fn points(samples: &[Sample], step: f64) -> Arc<[InkPoint]> {
    samples.iter().map(|sample| sample.ink(step)).collect()
}

/// The points of a line from their text.
pub(crate) fn read_line(text: &str, step: f64) -> Option<Arc<[InkPoint]>> {
    let mut reader = Reader::default();
    let read = reader.read(text, None) && is_line(reader.samples(), step);
    read.then(|| points(reader.samples(), step))
}

/// Whether samples make a line in this world.
pub(super) fn is_line(samples: &[Sample], step: f64) -> bool {
    let far = (MAX_COORDINATE / step) as u64;
    let inside = |s: &Sample| s.x.unsigned_abs().max(s.y.unsigned_abs()) <= far;
    (2..=LINE_POINTS).contains(&samples.len()) && samples.iter().all(inside)
}

fn read_fill(json: &str) -> Option<Option<super::Color>> {
    match read::<String>(json)?.as_str() {
        "none" => Some(None),
        color => color.parse().ok().map(Some),
    }
}

pub(super) fn read_wrap(json: &str) -> Option<Option<f64>> {
    if read::<String>(json).is_some_and(|text| text == "none") {
        return Some(None);
    }
    let wrap = read::<f64>(json).filter(|wrap| *wrap > 0.0)?;
    Some(Some(wrap.clamp(*WRAPS.start(), *WRAPS.end())))
}

/// A name as it is shown: one line, not endless.
pub(crate) fn short(name: &str) -> String {
    let shown = name.chars().filter(|c| !c.is_control()).take(NAME);
    shown.collect::<String>().trim().to_owned()
}

/// A text that is no name of an element stands for none.
fn read_frame(json: &str) -> Option<Option<ElementId>> {
    let name: String = read(json)?;
    Some(ElementId::new(&name).ok())
}

fn read_groups(json: &str) -> Option<Arc<[Group]>> {
    let names: Vec<String> = read(json)?;
    let sane = names.len() <= GROUPS && names.iter().all(|name| (1..=64).contains(&name.len()));
    sane.then(|| names.iter().map(|name| Group::from(name.as_str())).collect())
}
