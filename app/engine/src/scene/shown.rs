//! What the scene takes of an element.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use drawbridge_protocol::ElementId;

use crate::document::{Element, Group, Kind, Order, Picture, Style};
use crate::geometry::{Affine, MAX_COORDINATE, Point, Rect, Route, Vec2};

/// What the scene takes of an element: all that is needed to know whether to draw it, and how.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Where it stands in the stack.
    pub order: Order,
    /// What it is.
    pub kind: Kind,
    /// A box on the board that holds the shape.
    pub bounds: Rect,
    /// The same with the line's width left out, as [`Element::frame`] says.
    pub frame: Rect,
    /// A point of the element on the board, always the same one of it: what its shape is told by.
    pub anchor: Point,
    /// How it is drawn; filled only if it has an inside.
    pub style: Style,
    /// Whether its inside can be filled.
    pub fills: bool,
    /// Whether it has letters, or is made for them.
    pub letters: bool,
    /// The groups that it belongs to, the innermost first.
    pub groups: Arc<[Group]>,
    /// Whether it is not to be touched.
    pub locked: bool,
    /// What it shows if it is an image, and where that lies: from the unit square to the board.
    pub picture: Option<(Picture, Affine)>,
    /// The frame that it belongs to, if there is such a one.
    pub framed_by: Option<ElementId>,
    /// Where the unit square lies, if it is a frame.
    pub area: Option<Affine>,
    /// The same for the same shape, wherever on the board (and by chance, once in 2^64, for another).
    pub(super) shape: u64,
}

impl Shown {
    /// `None` for what isn't shown: it was deleted, or lies out of the world.
    #[must_use]
    pub fn of(element: &Element) -> Option<Self> {
        if element.deleted {
            return None;
        }
        Some(Self {
            order: element.order.clone(),
            kind: element.kind,
            bounds: element.bounds()?,
            frame: element.frame(),
            anchor: anchor(element),
            style: style(element),
            fills: element.can_be_filled(),
            letters: element.has_letters(),
            groups: Arc::clone(&element.groups),
            locked: element.locked,
            picture: element.picture.map(|picture| (picture, element.place)),
            framed_by: element.framed_by.clone(),
            area: area(element),
            shape: shape(element),
        })
    }

    /// The same, moved by so much on the board.
    #[must_use]
    pub fn moved(&self, by: Vec2) -> Self {
        Self {
            bounds: self.bounds + by,
            frame: self.frame + by,
            anchor: self.anchor + by,
            picture: self
                .picture
                .map(|(picture, place)| (picture, place.then_translate(by))),
            area: self.area.map(|area| area.then_translate(by)),
            ..self.clone()
        }
    }

    /// What the scene takes of an element that is as this one was, but for its place, which `by` has changed. Its boxes may be
    /// larger than need be; to find them takes less time than to find the least ones. `None` where it lies out of the world.
    #[must_use]
    pub fn placed(&self, element: &Element, by: Affine) -> Option<Self> {
        if is_elbow(element) {
            return Self::of(element);
        }
        let [a, b, c, d, ..] = by.as_coeffs();
        if !element.text.is_empty() && [a, b, c, d] != [1.0, 0.0, 0.0, 1.0] {
            // Where the lines end may have changed.
            return Self::of(element);
        }
        let placed = self.placed_anywhere(element, by);
        let far = |v: f64| !v.is_finite() || v.abs() > 10.0 * MAX_COORDINATE;
        let Rect { x0, y0, x1, y1 } = placed.bounds;
        (![x0, y0, x1, y1].into_iter().any(far)).then_some(placed)
    }

    fn placed_anywhere(&self, element: &Element, by: Affine) -> Self {
        let [a, b, c, d, ..] = by.as_coeffs();
        if [a, b, c, d] == [1.0, 0.0, 0.0, 1.0] {
            return self.moved(by.translation());
        }
        let (held, frame) = (self.bounds, self.frame);
        let beyond = [
            frame.x0 - held.x0,
            frame.y0 - held.y0,
            held.x1 - frame.x1,
            held.y1 - frame.y1,
        ];
        let beyond = beyond.into_iter().fold(0.0, f64::max);
        // A line is as wide as it was, but where it swings out beyond its points it does so the more.
        let stretch = (a * a + b * b + c * c + d * d).sqrt().max(1.0);
        let frame = by.transform_rect_bbox(frame);
        Self {
            bounds: frame.inflate(beyond * stretch, beyond * stretch),
            frame,
            anchor: anchor(element),
            picture: element.picture.map(|picture| (picture, element.place)),
            area: area(element),
            style: style(element),
            fills: element.can_be_filled(),
            shape: shape(element),
            ..self.clone()
        }
    }
}

/// How it is drawn; filled only if it has an inside.
fn style(element: &Element) -> Style {
    Style {
        fill: element.filled(),
        ..element.style
    }
}

fn area(element: &Element) -> Option<Affine> {
    (element.kind == Kind::Frame).then_some(element.place)
}

fn anchor(element: &Element) -> Point {
    let first = element.points.first().map(|point| point.pos);
    let middle = match element.kind {
        Kind::Text => Point::ORIGIN,
        _ => Point::new(0.5, 0.5),
    };
    element.place * first.unwrap_or(middle)
}

/// The same for the same letters, set in the same way.
fn letters(element: &Element) -> u64 {
    if element.text.is_empty() {
        return 0;
    }
    let style = &element.style;
    let mut hasher = DefaultHasher::new();
    (&element.text, style.font, style.align, style.size.to_bits()).hash(&mut hasher);
    style.valign.hash(&mut hasher);
    element.wrap.map(f64::to_bits).hash(&mut hasher);
    hasher.finish()
}

/// Whether the way of a line isn't that of its points.
fn is_elbow(element: &Element) -> bool {
    element.kind == Kind::Line && element.style.route() == Route::Elbow
}

fn shape(element: &Element) -> u64 {
    // Each number turns and stirs what came before. It is to tell a shape from the one before it, not from a forger's.
    let stir = |hash: u64, number: u64| (hash.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let style = &element.style;
    // Where it lies doesn't count: what is moved keeps its shape. Of a fill only how it is made counts.
    let [a, b, c, d, ..] = element.place.as_coeffs();
    let numbers = [a, b, c, d, style.width, element.step].map(f64::to_bits);
    let filled = element.filled();
    let terms = [
        letters(element),
        element.kind as u64,
        style.dash as u64,
        style.corners as u64,
        style.route() as u64,
        style.start as u64,
        style.end as u64,
        filled.map_or(0, |_| 1 + style.shade as u64),
        style.sketch as u64,
    ];
    let points = element.points.iter().flat_map(|p| [p.pos.x, p.pos.y, p.pressure]);
    // Of what a line goes around its way alone counts.
    let around = Some(element).filter(|e| is_elbow(e) && e.holds.is_some());
    let way = around.map(|line| line.figure().way()).unwrap_or_default();
    let anchor = anchor(element);
    let way = way.iter().map(|p| p.pos - anchor).flat_map(|p| [p.x, p.y]);
    let all = numbers
        .into_iter()
        .chain(terms)
        .chain(points.chain(way).map(f64::to_bits));
    all.fold(element.points.len() as u64, stir)
}
