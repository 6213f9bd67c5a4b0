//! The box around a selection, and what dragging one of its handles does to what is in it.

use std::f64::consts::PI;

use crate::document::Element;
use crate::geometry::{Affine, Point, Rect, Vec2};

/// No side becomes shorter than this, in board units.
const SHORTEST: f64 = 1e-3;
/// What is thinner than this, in board units, is flat: a line has no height that could be changed.
const FLAT: f64 = SHORTEST / 2.0;
/// Sides whose directions differ by less than this, in radians, count as one line: a box so skewed is flat too.
const SKEWED: f64 = 1e-3;
/// The step in which a frame is turned where steps are asked for.
const STEP: f64 = PI / 12.0;

/// Where a frame is taken hold of. The names are those of a frame that stands upright: `N` is its top edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Handle {
    /// The middle of the top edge.
    N,
    /// The corner at the top right.
    NE,
    /// The middle of the right edge.
    E,
    /// The corner at the bottom right.
    SE,
    /// The middle of the bottom edge.
    S,
    /// The corner at the bottom left.
    SW,
    /// The middle of the left edge.
    W,
    /// The corner at the top left.
    NW,
    /// Beyond the middle of the top edge; it turns the frame.
    Rotate,
}

impl Handle {
    /// All of them, the one that turns the frame first: the first that is hit is meant.
    pub const ALL: [Self; 9] = [
        Self::Rotate,
        Self::NW,
        Self::NE,
        Self::SE,
        Self::SW,
        Self::N,
        Self::E,
        Self::S,
        Self::W,
    ];

    /// Where it is in the unit square.
    fn unit(self) -> Point {
        let (x, y) = match self {
            Self::N | Self::Rotate => (0.5, 0.0),
            Self::NE => (1.0, 0.0),
            Self::E => (1.0, 0.5),
            Self::SE => (1.0, 1.0),
            Self::S => (0.5, 1.0),
            Self::SW => (0.0, 1.0),
            Self::W => (0.0, 0.5),
            Self::NW => (0.0, 0.0),
        };
        Point::new(x, y)
    }
}

/// A box on the board, which may be turned: leads the unit square (its y downwards) to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame(pub Affine);

/// A frame's sides as directions that can be reckoned with, however thin it is.
struct Sides {
    /// The ways along the top and down the left edge, in board units; of a side that is flat, any length square to the other.
    along: [Vec2; 2],
    /// Which of them are flat.
    flat: [bool; 2],
}

impl Frame {
    /// The frame of a selection: of one element the box in which it was drawn, turned as it is turned; of several the upright
    /// box around all. The width of lines is left out. `None` for no element.
    #[must_use]
    pub fn around(elements: &[Element]) -> Option<Self> {
        if let [element] = elements {
            return Some(Self::of(element));
        }
        let all = elements
            .iter()
            .map(Element::frame)
            .reduce(|all, one| all.union(one))?;
        Some(Self::upright(all))
    }

    fn of(element: &Element) -> Self {
        let (place, own) = element.rectangle();
        let frame = Self(place * Affine::map_unit_square(own));
        if frame.0.determinant() >= 0.0 {
            return frame;
        }
        // A mirrored element has its top above too: the side is turned round that leaves it the more upright.
        let mirror = if frame.columns()[0].x < 0.0 {
            Affine::new([-1.0, 0.0, 0.0, 1.0, 1.0, 0.0])
        } else {
            Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 1.0])
        };
        Self(frame.0 * mirror)
    }

    /// An upright one.
    #[must_use]
    pub fn upright(around: Rect) -> Self {
        Self(Affine::map_unit_square(around))
    }

    /// The least upright box around it.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        self.0.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0))
    }

    /// Whether a point lies in it.
    #[must_use]
    pub fn contains(&self, at: Point) -> bool {
        let p = self.0.inverse() * at;
        (0.0..=1.0).contains(&p.x) && (0.0..=1.0).contains(&p.y)
    }

    /// Its corners on the board: top left, top right, bottom right, bottom left.
    #[must_use]
    pub fn corners(&self) -> [Point; 4] {
        [Handle::NW, Handle::NE, Handle::SE, Handle::SW].map(|handle| self.0 * handle.unit())
    }

    /// Its middle on the board.
    #[must_use]
    pub fn centre(&self) -> Point {
        self.0 * Point::new(0.5, 0.5)
    }

    /// How far its top edge is turned, in radians within -π to π, positive where a clock's hand goes.
    #[must_use]
    pub fn angle(&self) -> f64 {
        self.sides().along[0].atan2()
    }

    /// Where a handle is on the board; the one that turns the frame is `rotate_away` board units beyond the top edge.
    #[must_use]
    pub fn handle(&self, handle: Handle, rotate_away: f64) -> Point {
        let at = self.0 * handle.unit();
        if handle == Handle::Rotate {
            at + self.up() * rotate_away
        } else {
            at
        }
    }

    /// The direction in which a handle is pulled outwards, in radians on the board and on the screen, as a cursor shows it:
    /// of a corner the one between its two edges, whatever the frame's proportions.
    #[must_use]
    pub fn direction(&self, handle: Handle) -> f64 {
        if handle == Handle::Rotate {
            return self.up().atan2();
        }
        let [u, v] = self.sides().along.map(Vec2::normalize);
        let out = handle.unit() - Point::new(0.5, 0.5);
        (u * out.x + v * out.y).atan2()
    }

    /// The change of the board's places under which `handle` comes to lie at `to`, and the opposite edge or corner (or the
    /// centre) stays. With `keep_ratio` both sides change by the same factor, and the handle is as near as that allows.
    /// Pulled across, the frame is mirrored. No side becomes shorter than a thousandth of a board unit, and one that
    /// is so already, as of a level line, is left as it is: the change can always be undone.
    #[must_use]
    pub fn resized(&self, handle: Handle, to: Point, keep_ratio: bool, from_centre: bool) -> Affine {
        if handle == Handle::Rotate || !to.is_finite() {
            return Affine::IDENTITY;
        }
        let unit = handle.unit();
        let opposite = Point::new(1.0 - unit.x, 1.0 - unit.y);
        let stays = self.0
            * if from_centre {
                Point::new(0.5, 0.5)
            } else {
                opposite
            };
        let Sides { along: [u, v], flat } = self.sides();
        let sides = Affine::new([u.x, u.y, v.x, v.y, 0.0, 0.0]);
        let inverse = sides.inverse();
        let arm = self.0 * unit - stays;
        let [now, then] = [arm, to - stays].map(|way| (inverse * way.to_point()).to_vec2());

        let moves = [unit.x != 0.5 && !flat[0], unit.y != 0.5 && !flat[1]];
        let length = [u.hypot(), v.hypot()];
        let asked = [then.x / now.x, then.y / now.y];
        let mut factor = [0, 1].map(|i| {
            if moves[i] {
                at_least(asked[i], SHORTEST / length[i])
            } else {
                1.0
            }
        });
        if keep_ratio && moves != [false, false] {
            let least = [0, 1].map(|i| if flat[i] { 0.0 } else { SHORTEST / length[i] });
            let least = least[0].max(least[1]);
            let pulled = match moves {
                [true, true] => {
                    // The corner goes along the diagonal, of those that mirroring gives the one towards `to`.
                    let diagonal = Vec2::new(now.x * factor[0].signum(), now.y * factor[1].signum());
                    let diagonal = (sides * diagonal.to_point()).to_vec2();
                    (to - stays).dot(diagonal) / diagonal.hypot2()
                }
                [true, false] => asked[0].abs(),
                _ => asked[1].abs(),
            };
            let pulled = at_least(pulled.max(0.0), least);
            factor = [0, 1].map(|i| if flat[i] { 1.0 } else { pulled.copysign(factor[i]) });
        }
        let change = sides * Affine::scale_non_uniform(factor[0], factor[1]) * inverse;
        or_nothing(about(change, stays))
    }

    /// The turn about the centre that leads the direction of `from` to the one of `to`, as seen from the centre. With
    /// `steps` the frame's angle becomes a multiple of 15 degrees.
    #[must_use]
    pub fn rotated(&self, from: Point, to: Point, steps: bool) -> Affine {
        let centre = self.centre();
        let [from, to] = [from - centre, to - centre];
        // The centre itself lies in no direction.
        let seen = from.hypot() > 0.0 && to.hypot() > 0.0;
        let mut angle = if seen { to.atan2() - from.atan2() } else { 0.0 };
        if steps {
            let now = self.angle();
            angle = ((now + angle) / STEP).round() * STEP - now;
        }
        or_nothing(about(Affine::rotate(angle), centre))
    }

    fn columns(&self) -> [Vec2; 2] {
        let [a, b, c, d, ..] = self.0.as_coeffs();
        [Vec2::new(a, b), Vec2::new(c, d)]
    }

    fn sides(&self) -> Sides {
        let [u, v] = self.columns();
        let long = u.hypot().max(v.hypot());
        if long.is_nan() || long < FLAT {
            return Sides {
                along: [Vec2::new(1.0, 0.0), Vec2::new(0.0, 1.0)],
                flat: [true, true],
            };
        }
        let area = u.cross(v).abs();
        if area >= long * FLAT && area >= u.hypot() * v.hypot() * SKEWED {
            return Sides {
                along: [u, v],
                flat: [false, false],
            };
        }
        if u.hypot() >= v.hypot() {
            Sides {
                along: [u, Vec2::new(-u.y, u.x)],
                flat: [false, true],
            }
        } else {
            Sides {
                along: [Vec2::new(v.y, -v.x), v],
                flat: [true, false],
            }
        }
    }

    /// Square to the top edge, away from the frame; of length one.
    fn up(&self) -> Vec2 {
        let [u, v] = self.sides().along.map(Vec2::normalize);
        let square = Vec2::new(u.y, -u.x);
        if square.dot(v) > 0.0 { -square } else { square }
    }
}

/// `factor`, kept away from zero by `least` on its own side of it; 1 for what is no number.
fn at_least(factor: f64, least: f64) -> f64 {
    if !factor.is_finite() {
        1.0
    } else if factor < 0.0 {
        factor.min(-least)
    } else {
        factor.max(least)
    }
}

/// A change without translation, made about a point that stays.
fn about(change: Affine, stays: Point) -> Affine {
    change.with_translation(stays - change * stays)
}

/// A change that could not be undone changes nothing.
fn or_nothing(change: Affine) -> Affine {
    if change.is_finite() && change.determinant().is_normal() {
        change
    } else {
        Affine::IDENTITY
    }
}

#[cfg(test)]
mod tests;
