//! The letters that an element bears: how they are set, and where on the board they lie.

use std::sync::Arc;

use super::{Element, WRAPS};
use crate::geometry::{Affine, Kind, Letters, Point, Rect, TextAlign, Vec2};
use crate::lettering::Layout;

/// Between a box's edge and its letters, in board units, where there is room.
const BOX: f64 = 8.0;
/// The same on a note.
const NOTE: f64 = 14.0;
/// At most this part of a box's width is kept free at each of its sides.
const MOST: f64 = 0.125;
/// Letters beside a line are wrapped at this part of its way, but not narrower than so many ems.
const BESIDE: (f64, f64) = (0.7, 8.0);

/// Letters that are set, and where they lie.
#[derive(Debug, Clone)]
pub struct Lettered {
    /// The text, set.
    pub layout: Arc<Layout>,
    /// From the layout's coordinates to the board's.
    pub place: Affine,
}

impl Lettered {
    /// As they are drawn.
    #[must_use]
    pub fn letters(&self) -> Letters {
        Letters {
            set: Arc::clone(self.layout.glyphs()),
            place: self.place,
        }
    }
}

/// The rectangle in which a box was drawn, upright to whoever reads in it: neither skewed nor mirrored.
struct Upright {
    /// The middle of its top edge.
    top: Point,
    /// Along the top edge from left to right, and down from it; of length one.
    along: Vec2,
    down: Vec2,
    size: [f64; 2],
}

impl Upright {
    fn of(place: Affine) -> Self {
        let [a, b, c, d, ..] = place.as_coeffs();
        let (mut along, width) = (Vec2::new(a, b), a.hypot(b));
        let height = if width > 0.0 {
            place.determinant().abs() / width
        } else {
            c.hypot(d)
        };
        // A mirrored box has its top above too: the side is turned round that leaves it the more upright.
        let mirrored = place.determinant() < 0.0;
        if mirrored && a < 0.0 {
            along = -along;
        }
        let along = if width > 0.0 {
            along / width
        } else {
            Vec2::new(1.0, 0.0)
        };
        let down = along.turn_90();
        let middle = place * Point::new(0.5, 0.5);
        Self {
            top: middle - down * (height / 2.0),
            along,
            down,
            size: [width, height],
        }
    }
}

/// How much of a box's width, and of its height, is inside it, as letters need it.
fn inside(kind: Kind) -> f64 {
    match kind {
        Kind::Diamond => 0.5,
        Kind::Ellipse => std::f64::consts::FRAC_1_SQRT_2,
        _ => 1.0,
    }
}

impl Element {
    /// Whether it has letters, or is made for them.
    #[must_use]
    pub fn has_letters(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Note) || !self.text.is_empty()
    }

    /// Whether it looks wrong in another ratio of width and height.
    #[must_use]
    pub fn keeps_ratio(&self) -> bool {
        self.kind == Kind::Text || self.picture.is_some()
    }

    /// The letters that it bears, set and placed, also where there are none yet; `None` if it can't bear any.
    #[must_use]
    pub fn lettered(&self) -> Option<Lettered> {
        match self.kind {
            Kind::Text => {
                let layout = self.set(self.style.size, self.wrap);
                let place = unmirrored(self.place, layout.area());
                Some(Lettered { layout, place })
            }
            Kind::Line => Some(self.beside_line()),
            kind if kind.is_box() => {
                let layout = self.in_box();
                let upright = Upright::of(self.body());
                Some(self.placed_in(&upright, layout))
            }
            _ => None,
        }
    }

    fn set(&self, size: f64, wrap: Option<f64>) -> Arc<Layout> {
        let style = &self.style;
        Layout::of(&self.text, style.font, size, style.align, wrap)
    }

    /// The letters in the middle of a line's way.
    fn beside_line(&self) -> Lettered {
        let bare = self.bare();
        let (part, least) = BESIDE;
        let room = (bare.length() * part).max(least * self.style.size);
        let layout = self.set(self.style.size, Some(room));
        // As wide as the letters are, not as they might be.
        let lines = layout.lines().iter().map(|line| line.area);
        let area = lines.reduce(|all, one| all.union(one)).unwrap_or(layout.area());
        let layout = if area.width() < layout.area().width() {
            self.set(self.style.size, Some(area.width().max(1e-3)))
        } else {
            layout
        };
        let place = Affine::translate(bare.middle() - layout.area().center());
        Lettered { layout, place }
    }

    /// How wide and how high a box's edge is, at each side, in board units.
    fn padding(&self, width: f64) -> f64 {
        let most = if self.kind == Kind::Note { NOTE } else { BOX };
        most.min(width * MOST)
    }

    /// The letters of a box, in as much room as it has.
    fn in_box(&self) -> Arc<Layout> {
        let [width, _] = Upright::of(self.place).size;
        let room = width * inside(self.kind) - 2.0 * self.padding(width);
        self.set(self.style.size, Some(room.max(1e-3)))
    }

    fn placed_in(&self, upright: &Upright, layout: Arc<Layout>) -> Lettered {
        let area = layout.area();
        let (along, down) = (upright.along, upright.down);
        // Lines that are aligned at an edge stand at the edge of the inside; where a letter is wider than that, beyond it.
        let anchor = area.center().x;
        // What is cut off at the top and the bottom of a diamond or an ellipse has no room for letters.
        let [width, height] = upright.size;
        let edge = height * (1.0 - inside(self.kind)) / 2.0 + self.padding(width);
        let top = edge + (height - area.height() - 2.0 * edge) * self.style.valign.part();
        let origin = upright.top - along * anchor + down * top;
        let place = Affine::new([along.x, along.y, down.x, down.y, origin.x, origin.y]);
        Lettered { layout, place }
    }

    /// Where its unit square lies as it is drawn: `place`, but as much longer along its own y as its letters need. Of what is no box it is
    /// `place`.
    #[must_use]
    pub fn body(&self) -> Affine {
        if self.text.is_empty() || !self.kind.is_box() {
            return self.place;
        }
        let [width, height] = Upright::of(self.place).size;
        let needed = self.in_box().area().height() + 2.0 * self.padding(width);
        let needed = needed / inside(self.kind);
        if needed <= height || height <= 0.0 {
            return self.place;
        }
        self.place * Affine::scale_non_uniform(1.0, needed / height)
    }

    /// Its own rectangle as it is drawn, in its own coordinates, and from there to the board. Of what has points it is the least box around
    /// those.
    #[must_use]
    pub fn rectangle(&self) -> (Affine, Rect) {
        match self.kind {
            Kind::Text => {
                let layout = self.set(self.style.size, self.wrap);
                (self.place, layout.area())
            }
            kind if kind.is_box() => (self.body(), Rect::new(0.0, 0.0, 1.0, 1.0)),
            _ => {
                let mut points = self.points.iter().map(|point| point.pos);
                let first = points.next().unwrap_or(Point::ORIGIN);
                let around = points.fold(Rect::from_points(first, first), |all, p| all.union_pt(p));
                (self.place, around)
            }
        }
    }

    /// Where a text is to lie so that, with letters that are set otherwise, it stays where it is: its top and its middle do.
    #[must_use]
    pub fn realigned(&self, align: TextAlign) -> Affine {
        let (place, now) = self.rectangle();
        let mut other = self.clone();
        other.style.align = align;
        let (_, then) = other.rectangle();
        place * Affine::translate((now.center().x - then.center().x, 0.0))
    }
}

/// A text in whose rectangle one side is moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rewrapped {
    pub(crate) place: Affine,
    pub(crate) wrap: f64,
}

impl Element {
    /// The text as wide as its rectangle is where `by` leads that on the board: its letters stay as large, its lines break elsewhere.
    pub(crate) fn rewrapped(&self, by: Affine) -> Rewrapped {
        let (_, area) = self.rectangle();
        let own = self.place.inverse() * by * self.place;
        let ends = [area.x0, area.x1].map(|x| (own * Point::new(x, 0.0)).x);
        let (mut left, mut right) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let least = self.style.size.clamp(*WRAPS.start(), *WRAPS.end());
        if (right - left).is_nan() || right - left < least {
            // The side that is held stays.
            if (right - area.x1).abs() < (left - area.x0).abs() {
                left = right - least;
            } else {
                right = left + least;
            }
        }
        let anchor = left + self.style.align.part() * (right - left);
        Rewrapped {
            place: self.place * Affine::translate((anchor, 0.0)),
            wrap: (right - left).min(*WRAPS.end()),
        }
    }
}

/// A place that shows letters in the same rectangle, but never mirrored.
fn unmirrored(place: Affine, area: Rect) -> Affine {
    if place.determinant() >= 0.0 {
        return place;
    }
    let [a, ..] = place.as_coeffs();
    let centre = area.center();
    let mirror = if a < 0.0 {
        Affine::new([-1.0, 0.0, 0.0, 1.0, 2.0 * centre.x, 0.0])
    } else {
        Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 2.0 * centre.y])
    };
    place * mirror
}
