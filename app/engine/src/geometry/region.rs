//! A convex part of the board: what is seen of things that are cut off at the edge of another.

use kurbo::{Affine, Point, Rect, Vec2};

/// A convex polygon on the board, its corners one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Region(Vec<Point>);

impl From<Rect> for Region {
    fn from(rect: Rect) -> Self {
        Self::of(Affine::map_unit_square(rect))
    }
}

impl Region {
    /// Where `place` leads the unit square.
    #[must_use]
    pub fn of(place: Affine) -> Self {
        let unit = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        Self(unit.iter().map(|p| place * Point::from(*p)).collect())
    }

    /// Its corners.
    #[must_use]
    pub fn corners(&self) -> &[Point] {
        &self.0
    }

    /// The least upright box around it; `None` where nothing is in it.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let &first = self.0.first()?;
        let start = Rect::from_points(first, first);
        Some(self.0.iter().fold(start, |all, &corner| all.union_pt(corner)))
    }

    /// What two have in common.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let sides = other.sides().filter(|(a, b)| a != b);
        let turn = other.turn();
        let mut left = self.0.clone();
        for (a, b) in sides {
            let inside = |p: Point| (b - a).cross(p - a) * turn;
            let before = std::mem::take(&mut left);
            for (n, &p) in before.iter().enumerate() {
                let q = before[(n + 1) % before.len()];
                let (at_p, at_q) = (inside(p), inside(q));
                if at_p >= 0.0 {
                    left.push(p);
                }
                if (at_p < 0.0) != (at_q < 0.0) {
                    left.push(p.lerp(q, at_p / (at_p - at_q)));
                }
            }
        }
        Self(left)
    }

    /// Whether a point lies in it, its edge included.
    #[must_use]
    pub fn contains(&self, at: Point) -> bool {
        let turn = self.turn();
        !self.0.is_empty() && self.sides().all(|(a, b)| (b - a).cross(at - a) * turn >= 0.0)
    }

    /// The part of the straight way from `a` to `b` (which may be one point) that lies in it.
    #[must_use]
    pub fn part(&self, a: Point, b: Point) -> Option<(Point, Point)> {
        let turn = self.turn();
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        for (p, q) in self.sides() {
            let inside = |at: Point| (q - p).cross(at - p) * turn;
            let (at_a, at_b) = (inside(a), inside(b));
            if at_a < 0.0 && at_b < 0.0 {
                return None;
            }
            let crossing = at_a / (at_a - at_b);
            if at_a < 0.0 {
                from = from.max(crossing);
            } else if at_b < 0.0 {
                to = to.min(crossing);
            }
        }
        (!self.0.is_empty() && from <= to).then(|| (a.lerp(b, from), a.lerp(b, to)))
    }

    /// Whether it has a point in common with a triangle: no straight line along a side of either parts them.
    pub(super) fn overlaps(&self, triangle: [Point; 3]) -> bool {
        let parts = |(a, b): (Point, Point), own: &[Point], others: &[Point]| {
            let side = |p: &Point| (b - a).cross(*p - a);
            // Which side its own corners are on; on a line of no area none.
            let own = own
                .iter()
                .map(side)
                .fold(0.0, |most: f64, v| if v.abs() > most.abs() { v } else { most });
            own != 0.0 && others.iter().all(|p| side(p) * own < 0.0)
        };
        let [p, q, r] = triangle;
        let of_triangle = [(p, q), (q, r), (r, p)];
        !self.0.is_empty()
            && !of_triangle
                .into_iter()
                .any(|side| parts(side, &triangle, &self.0))
            && !self.sides().any(|side| parts(side, &self.0, &triangle))
    }

    fn sides(&self) -> impl Iterator<Item = (Point, Point)> {
        let next = self.0.iter().cycle().skip(1);
        self.0.iter().copied().zip(next.copied())
    }

    /// 1 where its corners turn from x to y, else -1.
    fn turn(&self) -> f64 {
        let Some(&first) = self.0.first() else { return 1.0 };
        let ways = self.0.windows(2);
        let doubled: f64 = ways.map(|pair| (pair[0] - first).cross(pair[1] - first)).sum();
        1.0_f64.copysign(doubled)
    }
}

impl std::ops::Sub<Vec2> for Region {
    type Output = Self;
    fn sub(self, by: Vec2) -> Self {
        Self(self.0.into_iter().map(|corner| corner - by).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn turned(angle: f64, mirrored: bool) -> Region {
        let flip = if mirrored { -1.0 } else { 1.0 };
        let about = Affine::rotate_about(angle, (50.0, 50.0));
        Region::of(
            about
                * Affine::new([
                    flip * 100.0,
                    0.0,
                    0.0,
                    60.0,
                    if mirrored { 100.0 } else { 0.0 },
                    20.0,
                ]),
        )
    }

    #[test]
    fn of_a_way_the_part_within_is_left() {
        for mirrored in [false, true] {
            let region = turned(0.0, mirrored);
            let near = |a: Point, b: (f64, f64)| a.distance(b.into()) < 1e-9;
            let (a, b) = region
                .part((-50.0, 50.0).into(), (150.0, 50.0).into())
                .expect("it crosses");
            assert!(near(a, (0.0, 50.0)) && near(b, (100.0, 50.0)), "{a} {b}");
            let point = Point::new(30.0, 30.0);
            assert_eq!(region.part(point, point), Some((point, point)));
            assert_eq!(region.part((-50.0, 0.0).into(), (150.0, 0.0).into()), None);
            // It passes the corner outside.
            assert_eq!(region.part((-30.0, 30.0).into(), (30.0, -10.0).into()), None);
        }
    }

    proptest! {
        #[test]
        fn what_two_have_in_common_holds_just_the_points_in_both(
            angle in -3.0f64..3.0, mirrored in any::<bool>(), x in -20.0f64..120.0, y in -20.0f64..120.0,
            left in 0.0f64..60.0, top in 0.0f64..60.0,
        ) {
            let (a, b) = (turned(angle, mirrored), Region::from(Rect::new(left, top, left + 50.0, top + 50.0)));
            let both = a.and(&b);
            let at = Point::new(x, y);
            // On the very edge rounding decides.
            let clear = |region: &Region| region.sides().all(|(p, q)| ((q - p).normalize().cross(at - p)).abs() > 1e-6);
            prop_assume!(clear(&a) && clear(&b));
            prop_assert_eq!(both.contains(at), a.contains(at) && b.contains(at));
            let speck = [at, at + Vec2::new(1e-9, 0.0), at + Vec2::new(0.0, 1e-9)];
            prop_assert_eq!(both.overlaps(speck), both.contains(at));
        }
    }
}
