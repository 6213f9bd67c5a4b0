//! A shape as triangles: what is drawn, and what is hit.

use kurbo::{Point, Rect, Vec2};

use super::MAX_COORDINATE;

/// Triangles in board units. The vertices are relative to the shape's own origin, so that they
/// are as precise a million units out as at home. Triangles may overlap and turn either way.
#[derive(Debug, Clone, PartialEq)]
pub struct Mesh {
    /// Where the vertices' (0, 0) lies on the board.
    pub origin: Point,
    /// Corners, relative to `origin`.
    pub vertices: Vec<[f32; 2]>,
    /// Three corners a triangle.
    pub indices: Vec<u32>,
    /// A box on the board that holds all corners.
    pub bounds: Rect,
}

impl Mesh {
    /// A mesh of these corners in board units. `None` without corners, or when one of them is out
    /// of the world (ten times [`MAX_COORDINATE`]) or no number.
    #[must_use]
    pub fn new(corners: impl Iterator<Item = Point> + Clone, indices: Vec<u32>) -> Option<Self> {
        let mut bounds: Option<Rect> = None;
        for p in corners.clone() {
            if !p.is_finite() || p.x.abs().max(p.y.abs()) > 10.0 * MAX_COORDINATE {
                return None;
            }
            bounds = Some(bounds.map_or(Rect::from_points(p, p), |b| b.union_pt(p)));
        }
        let bounds = bounds?;
        let origin = bounds.center();
        let vertices: Vec<[f32; 2]> = corners
            .map(|p| [(p.x - origin.x) as f32, (p.y - origin.y) as f32])
            .collect();
        // What the rounding to f32 may have pushed out.
        let slack = bounds.width().max(bounds.height()) * f64::from(f32::EPSILON);
        Some(Self {
            origin,
            vertices,
            indices,
            bounds: bounds.inflate(slack, slack),
        })
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
        self.indices.chunks_exact(3).any(|corners| {
            let [p, q, r] = [0, 1, 2].map(|i| {
                let [x, y] = self.vertices[corners[i] as usize];
                Vec2::new(f64::from(x), f64::from(y))
            });
            let around = Rect::from_points(p.to_point(), q.to_point()).union_pt(r.to_point());
            overlap(near, around)
                && (in_triangle(a, p, q, r)
                    || [(p, q), (q, r), (r, p)]
                        .iter()
                        .any(|&(s, e)| apart(a, b, s, e) <= radius))
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
fn apart(a: Vec2, b: Vec2, c: Vec2, d: Vec2) -> f64 {
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
