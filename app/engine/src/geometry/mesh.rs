//! A shape as triangles: what is drawn, and what is hit.

use kurbo::{Affine, Point, Rect, Vec2};

use super::{MAX_COORDINATE, Region};

/// Which edge a corner is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Side {
    /// To the left of the way the pen went.
    Left = 0,
    /// On the line itself, where the pen was.
    Middle = 1,
    /// To the right of it.
    Right = 2,
    /// On the arc of a round end or turn.
    Rim = 3,
    /// On the edge of a flat, to be pushed half a pixel inwards.
    Inner = 4,
    /// There too, to be pushed half a pixel outwards.
    Outer = 5,
}

/// A corner of a triangle, told by the line or the flat that it belongs to, so that whoever draws can make the edge soft and
/// a thin line a pixel wide. In board units, relative to the mesh's origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corner {
    /// The point of the line, or of a flat's edge.
    pub centre: [f32; 2],
    /// From a line to its edge; in the middle it says how far the edge is away. Of a flat, the way out of it.
    pub offset: [f32; 2],
    /// Which edge it is on.
    pub side: Side,
    /// Whether it has the fill's colour, and not the line's.
    pub filled: bool,
}

impl Corner {
    /// Where it is.
    #[must_use]
    pub fn at(&self) -> [f32; 2] {
        match self.side {
            Side::Middle | Side::Inner | Side::Outer => self.centre,
            Side::Left | Side::Right | Side::Rim => {
                [self.centre[0] + self.offset[0], self.centre[1] + self.offset[1]]
            }
        }
    }
}

/// Triangles in board units. The corners are relative to the shape's own origin, so that they are as precise a million
/// units out as at home. Triangles may overlap and turn either way.
#[derive(Debug, Clone, PartialEq)]
pub struct Mesh {
    /// Where the corners' (0, 0) lies on the board.
    pub origin: Point,
    /// One strip: each three corners in a row are a triangle. Where it leaps, corners are there twice, which makes
    /// triangles of no area.
    pub strip: Vec<Corner>,
    /// A box on the board that holds all corners.
    pub bounds: Rect,
}

/// A corner on the board, before an origin is chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Far {
    pub(super) centre: Point,
    pub(super) offset: Vec2,
    pub(super) side: Side,
    pub(super) filled: bool,
}

impl Far {
    /// Where `place` takes it.
    pub(super) fn placed(self, place: Affine) -> Self {
        let centre = place * self.centre;
        Self {
            centre,
            offset: place * (self.centre + self.offset) - centre,
            ..self
        }
    }

    fn at(&self) -> Point {
        match self.side {
            Side::Middle | Side::Inner | Side::Outer => self.centre,
            Side::Left | Side::Right | Side::Rim => self.centre + self.offset,
        }
    }
}

impl Mesh {
    /// A mesh of these corners in board units. `None` without corners, or when one of them is out of the world (ten
    /// times [`MAX_COORDINATE`]) or no number.
    pub(super) fn new(corners: &[Far]) -> Option<Self> {
        let mut bounds: Option<Rect> = None;
        for corner in corners {
            let p = corner.at();
            if !p.is_finite() || p.x.abs().max(p.y.abs()) > 10.0 * MAX_COORDINATE {
                return None;
            }
            bounds = Some(bounds.map_or(Rect::from_points(p, p), |b| b.union_pt(p)));
        }
        let bounds = bounds?;
        let origin = bounds.center();
        let near = |v: Vec2| [v.x as f32, v.y as f32];
        let corner = |far: &Far| Corner {
            centre: near(far.centre - origin),
            offset: near(far.offset),
            side: far.side,
            filled: far.filled,
        };
        // What the rounding to f32 may have pushed out.
        let slack = bounds.width().max(bounds.height()) * f64::from(f32::EPSILON);
        Some(Self {
            origin,
            strip: corners.iter().map(corner).collect(),
            bounds: bounds.inflate(slack, slack),
        })
    }

    /// The corners of each triangle that has an area, relative to the origin.
    pub fn triangles(&self) -> impl Iterator<Item = [[f32; 2]; 3]> {
        let corners = |three: &[Corner]| [three[0].at(), three[1].at(), three[2].at()];
        let flat = |[p, q, r]: &[[f32; 2]; 3]| p == q || q == r || p == r;
        self.strip
            .windows(3)
            .map(corners)
            .filter(move |three| !flat(three))
    }

    /// Whether the shape comes within `radius` board units of the straight way from `a` to `b` (which may be one point).
    #[must_use]
    pub fn touches(&self, a: Point, b: Point, radius: f64) -> bool {
        let reach = Rect::from_points(a, b).inflate(radius, radius);
        if !overlap(reach, self.bounds) {
            return false;
        }
        let (a, b) = (a - self.origin, b - self.origin);
        let near = Rect::from_points(a.to_point(), b.to_point()).inflate(radius, radius);
        self.triangles().any(|corners| {
            let [p, q, r] = corners.map(|[x, y]| Vec2::new(f64::from(x), f64::from(y)));
            let around = Rect::from_points(p.to_point(), q.to_point()).union_pt(r.to_point());
            overlap(near, around)
                && (in_triangle(a, p, q, r)
                    || [(p, q), (q, r), (r, p)]
                        .iter()
                        .any(|&(s, e)| apart(a, b, s, e) <= radius))
        })
    }

    /// Whether the shape has a point in common with a part of the board, edges included.
    #[must_use]
    pub fn overlaps(&self, region: &Region) -> bool {
        let Some(around) = region.bounds().filter(|around| overlap(*around, self.bounds)) else {
            return false;
        };
        let origin = self.origin.to_vec2();
        let (around, region) = (around - origin, region.clone() - origin);
        self.triangles().any(|corners| {
            let [p, q, r] = corners.map(|[x, y]| Point::new(f64::from(x), f64::from(y)));
            overlap(around, Rect::from_points(p, q).union_pt(r)) && region.overlaps([p, q, r])
        })
    }
}

/// Whether two boxes have a point in common, edges included.
fn overlap(a: Rect, b: Rect) -> bool {
    a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1
}

fn in_triangle(at: Vec2, p: Vec2, q: Vec2, r: Vec2) -> bool {
    let sides = [
        (q - p).cross(at - p),
        (r - q).cross(at - q),
        (p - r).cross(at - r),
    ];
    sides.iter().all(|&s| s >= 0.0) || sides.iter().all(|&s| s <= 0.0)
}

/// The distance of two straight lines a-b and c-d.
pub(super) fn apart(a: Vec2, b: Vec2, c: Vec2, d: Vec2) -> f64 {
    let side = |p: Vec2, q: Vec2, at: Vec2| (q - p).cross(at - p);
    let crossing = side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0;
    if crossing {
        return 0.0;
    }
    [(a, c, d), (b, c, d), (c, a, b), (d, a, b)]
        .into_iter()
        .map(|(p, s, e)| to_line(p, s, e))
        .fold(f64::INFINITY, f64::min)
}

fn to_line(p: Vec2, s: Vec2, e: Vec2) -> f64 {
    let way = e - s;
    let t = if way == Vec2::ZERO {
        0.0
    } else {
        ((p - s).dot(way) / way.hypot2()).clamp(0.0, 1.0)
    };
    (p - (s + way * t)).hypot()
}
