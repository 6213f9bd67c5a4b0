//! What an end of a line holds on to, and where it ends there: at the outline, with a small gap.

use kurbo::{Affine, Line, ParamCurveNearest, Point, Rect, Vec2};

use super::flat::Flat;
use super::outline::{around, outline};
use super::terms::{Corners, Kind};

/// How far from what it holds on to a line ends, in widths of the line.
const GAP: f64 = 1.0;
/// Where a line meets an outline at an acute angle it ends at most so many gaps before it.
const ACUTE: f64 = 2.0;
/// An outline is reckoned so exactly, in parts of its size.
const EXACT: f64 = 1.0 / 2000.0;
/// Aimed at within so much of the middle, in parts of each side, a right-angled line leaves by any side.
const CENTRAL: f64 = 0.25;

/// What an end of a line holds on to, as it is shown, in board units.
#[derive(Debug, Clone, PartialEq)]
pub struct Hold {
    /// What it is: by that it has an outline.
    pub kind: Kind,
    /// From the unit square to the rectangle that it fills.
    pub place: Affine,
    /// How its corners are.
    pub corners: Corners,
    /// How far its own line reaches beyond its outline.
    pub edge: f64,
    /// The point that the line aims at, in the unit square.
    pub at: Point,
}

impl Hold {
    /// The point that the line aims at, on the board.
    #[must_use]
    pub fn aim(&self) -> Point {
        self.place * self.at
    }

    /// Its outline on the board: closed, its first point not repeated.
    #[must_use]
    pub fn outline(&self) -> Vec<Point> {
        let size = around(self.kind, self.place).size();
        outline(self.kind, self.place, self.corners, EXACT * size.max_side())
    }

    /// How far a point of the board is from it, in board units; 0 within its outline.
    #[must_use]
    pub fn distance(&self, p: Point) -> f64 {
        let edge = self.outline();
        if Flat::of(&edge).is_some_and(|flat| flat.contains(p)) {
            return 0.0;
        }
        let sides = edge.iter().zip(edge.iter().cycle().skip(1));
        let apart = sides.map(|(a, b)| Line::new(*a, *b).nearest(p, 1e-9).distance_sq);
        apart.fold(f64::INFINITY, f64::min).sqrt()
    }

    /// The point of the unit square that is meant by one of the board: itself where it is within the outline, else one
    /// on it. The middle where that is within `middle` board units.
    #[must_use]
    pub fn meant(&self, p: Point, middle: f64) -> Point {
        let centre = Point::new(0.5, 0.5);
        if !self.place.determinant().is_normal() {
            return centre;
        }
        // Of something small not all is its middle.
        let [a, b, c, d, ..] = self.place.as_coeffs();
        let shorter = a.hypot(b).min(c.hypot(d));
        if p.distance(self.place * centre) <= middle.min(shorter / 4.0) {
            return centre;
        }
        let own = self.place.inverse() * p;
        let off = Point::new(own.x.clamp(0.0, 1.0), own.y.clamp(0.0, 1.0)) - centre;
        let beyond = match self.kind {
            Kind::Ellipse => off.hypot() / 0.5,
            Kind::Diamond => (off.x.abs() + off.y.abs()) / 0.5,
            _ => 1.0,
        };
        centre + off / beyond.max(1.0)
    }

    /// A box around it.
    pub(super) fn bounds(&self) -> Rect {
        around(self.kind, self.place).inflate(self.edge, self.edge)
    }

    /// How far from the outline a line of this width ends.
    pub(super) fn gap(&self, width: f64) -> f64 {
        self.edge + GAP * width
    }

    /// Where a line of this width ends that comes from a point: on its way to the point aimed at, at the outline. At the
    /// point aimed at where it comes from inside.
    #[must_use]
    pub fn end(&self, from: Point, width: f64) -> Point {
        let aim = self.aim();
        let way = aim - from;
        let length = way.hypot();
        let Some((enters, steep)) = self.entry(from, way) else {
            return aim;
        };
        let back = self.gap(width) * (1.0 / steep).min(ACUTE);
        // It doesn't turn round where it has no room.
        let along = (enters * length - back).max(enters * length / 2.0);
        from + way * (along / length)
    }

    /// Where a ray from the point aimed at leaves the outline. `None` where it is outside already.
    pub(super) fn leaves(&self, way: Vec2) -> Option<Point> {
        let aim = self.aim();
        // From far outside it goes in where the ray comes out.
        let size = self.bounds().size();
        let far = aim + way * (2.0 * (size.width + size.height));
        let (enters, _) = self.entry(far, aim - far)?;
        Some(far + (aim - far) * enters)
    }

    /// Where the straight way from a point goes into the outline, in parts of that way, and how steeply (the cosine of
    /// the angle to the square). `None` where it begins inside or goes past.
    fn entry(&self, from: Point, way: Vec2) -> Option<(f64, f64)> {
        let edge = self.outline();
        let sides = || edge.iter().zip(edge.iter().cycle().skip(1));
        // About a corner of it, so that nothing is lost far out.
        let area: f64 = sides().map(|(a, b)| (*a - edge[0]).cross(*b - edge[0])).sum();
        let turn = if area < 0.0 { -1.0 } else { 1.0 };
        let (mut enters, mut leaves, mut steep) = (f64::NEG_INFINITY, f64::INFINITY, 1.0);
        for (a, b) in sides() {
            let side = (*b - *a) * turn;
            // Inside is where the cross product isn't negative; it changes evenly along the way.
            let (here, change) = (side.cross(from - *a), side.cross(way));
            let at = -here / change;
            if change > 0.0 && at > enters {
                (enters, steep) = (at, change / (side.hypot() * way.hypot()));
            } else if change < 0.0 {
                leaves = leaves.min(at);
            } else if change == 0.0 && here < 0.0 {
                return None;
            }
        }
        (enters > 0.0 && enters <= 1.0 + 1e-9 && enters <= leaves).then_some((enters, steep.max(1e-3)))
    }

    /// The directions in which a right-angled line may leave: towards the side that is aimed at, or towards any where the
    /// middle is.
    pub(super) fn sides(&self) -> Vec<Vec2> {
        const ALL: [Vec2; 4] = [
            Vec2::new(1.0, 0.0),
            Vec2::new(0.0, 1.0),
            Vec2::new(-1.0, 0.0),
            Vec2::new(0.0, -1.0),
        ];
        let off = self.at - Point::new(0.5, 0.5);
        if off.x.abs() <= CENTRAL && off.y.abs() <= CENTRAL {
            return ALL.to_vec();
        }
        // Square to the side, outwards, also where the target is turned.
        let [a, b, c, d, ..] = self.place.as_coeffs();
        let (u, v) = (Vec2::new(a, b), Vec2::new(c, d));
        let turn = if u.cross(v) < 0.0 { -1.0 } else { 1.0 };
        let out = if off.x.abs() >= off.y.abs() {
            Vec2::new(v.y, -v.x) * (turn * off.x.signum())
        } else {
            Vec2::new(-u.y, u.x) * (turn * off.y.signum())
        };
        let nearest = |best: Vec2, one: &Vec2| {
            if one.dot(out) > best.dot(out) + 1e-9 * out.hypot() {
                *one
            } else {
                best
            }
        };
        vec![ALL.iter().fold(ALL[0], nearest)]
    }
}

/// Brings the ends of a line that is straight or a curve to where they hold on. `points` are at least two.
pub(super) fn hold_on(points: &mut [Point], holds: &[Option<Hold>; 2], width: f64) {
    let last = points.len() - 1;
    let [start, end] = holds;
    if let (Some(start), Some(end)) = (start, end)
        && last == 1
    {
        let (from, to) = (start.aim(), end.aim());
        let ends = [start.end(to, width), end.end(from, width)];
        // Where nothing is left between the two it goes from point to point.
        let left = (ends[1] - ends[0]).dot(to - from) > 0.0;
        (points[0], points[1]) = if left { (ends[0], ends[1]) } else { (from, to) };
        return;
    }
    if let Some(start) = start {
        points[0] = start.end(points[1], width);
    }
    if let Some(end) = end {
        points[last] = end.end(points[last - 1], width);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(kind: Kind, place: [f64; 6], at: (f64, f64)) -> Hold {
        Hold {
            kind,
            place: Affine::new(place),
            corners: Corners::Sharp,
            edge: 2.0,
            at: at.into(),
        }
    }

    const BOX: [f64; 6] = [100.0, 0.0, 0.0, 60.0, 0.0, 0.0];

    fn near(a: Point, b: (f64, f64)) -> bool {
        a.distance(b.into()) < 0.2
    }

    #[test]
    fn d31_a_line_ends_at_the_outline_with_a_gap_that_grows_with_its_width() {
        let target = hold(Kind::Rectangle, BOX, (0.5, 0.5));
        for (width, x) in [(4.0, 106.0), (10.0, 112.0)] {
            let end = target.end(Point::new(300.0, 30.0), width);
            assert!(near(end, (x, 30.0)), "{end:?}");
        }
        let round = hold(Kind::Ellipse, BOX, (0.5, 0.5));
        assert!(near(round.end(Point::new(50.0, 300.0), 4.0), (50.0, 66.0)));
        let diamond = hold(Kind::Diamond, BOX, (0.5, 0.5));
        let end = diamond.end(Point::new(-200.0, 30.0), 4.0);
        assert!(end.x < -6.0 && end.x > -13.0 && end.y == 30.0, "{end:?}");
    }

    #[test]
    fn d31_from_inside_or_past_the_outline_it_ends_at_the_point_aimed_at() {
        let target = hold(Kind::Rectangle, BOX, (0.9, 0.5));
        assert_eq!(target.end(Point::new(20.0, 30.0), 4.0), target.aim());
        // A corner of an ellipse's rectangle isn't in the ellipse.
        let past = hold(Kind::Ellipse, BOX, (1.0, 0.0));
        assert_eq!(past.end(Point::new(100.0, -50.0), 4.0), past.aim());
        let flat = hold(Kind::Rectangle, [0.0; 6], (0.5, 0.5));
        assert_eq!(flat.end(Point::new(9.0, 9.0), 4.0), Point::ORIGIN);
    }

    #[test]
    fn d31_a_turned_and_mirrored_target_is_met_where_it_lies() {
        let (sin, cos) = std::f64::consts::FRAC_PI_4.sin_cos();
        let turned = Affine::new([100.0 * cos, 100.0 * sin, -100.0 * sin, 100.0 * cos, 0.0, 0.0]);
        for mirror in [Affine::IDENTITY, Affine::new([-1.0, 0.0, 0.0, 1.0, 1.0, 0.0])] {
            let target = Hold {
                place: turned * mirror,
                ..hold(Kind::Rectangle, BOX, (0.5, 0.5))
            };
            let middle = target.aim();
            let end = target.end(middle + Vec2::new(500.0, 0.0), 4.0);
            // Its corner is 70.7 from its middle; the sides are met at 45 degrees.
            let reach = end.x - middle.x;
            assert!((70.7 + 6.0..70.7 + 13.0).contains(&reach), "{reach}");
        }
    }

    #[test]
    fn d31_where_two_targets_leave_no_room_the_line_goes_from_point_to_point() {
        let (a, b) = (
            hold(Kind::Rectangle, BOX, (0.5, 0.5)),
            hold(Kind::Rectangle, [100.0, 0.0, 0.0, 60.0, 60.0, 0.0], (0.5, 0.5)),
        );
        let mut points = [Point::ORIGIN; 2];
        hold_on(&mut points, &[Some(a.clone()), Some(b.clone())], 4.0);
        assert_eq!(points, [a.aim(), b.aim()]);
        let far = Hold {
            place: Affine::new([100.0, 0.0, 0.0, 60.0, 300.0, 0.0]),
            ..b
        };
        hold_on(&mut points, &[Some(a), Some(far)], 4.0);
        assert!(near(points[0], (106.0, 30.0)) && near(points[1], (294.0, 30.0)));
    }
}
