//! Arcs of circles, as points along them.

use crate::geometry::{Point, Vec2};

/// Below so much of a turn an arc is straight.
const STRAIGHT: f64 = 1e-6;

/// Points along an arc between two others, in so many parts, its ends among them. Its middle lies `bend` to the right of the way,
/// where y points down, which may be more than half of the way.
pub(super) fn arc(from: Point, to: Point, bend: f64, parts: u32) -> Vec<Point> {
    let way = to - from;
    let half = 2.0 * (2.0 * bend).atan2(way.hypot());
    let at = |n: u32| {
        let t = f64::from(n) / f64::from(parts);
        if half.abs() < STRAIGHT {
            return from.lerp(to, t);
        }
        let (sin, cos) = (half * (1.0 - t)).sin_cos();
        let turned = Vec2::new(way.x * cos - way.y * sin, way.x * sin + way.y * cos);
        from + turned * ((half * t).sin() / half.sin())
    };
    let mut points: Vec<Point> = (0..=parts).map(at).collect();
    if let Some(last) = points.last_mut() {
        *last = to;
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arc_goes_through_where_it_is_bent_to_as_far_from_one_middle_everywhere() {
        let (from, to) = (Point::new(10.0, 5.0), Point::new(40.0, 5.0));
        for bend in [1.0, -15.0, 15.0, 60.0, -400.0] {
            let points = arc(from, to, bend, 8);
            assert!(points[0].distance(from) < 1e-9 && points[8] == to);
            assert!(
                points[4].distance(Point::new(25.0, 5.0 + bend)) < 1e-6,
                "{points:?}"
            );
            let radius = (15.0 * 15.0 + bend * bend) / (2.0 * bend.abs());
            let centre = Point::new(25.0, 5.0 + bend - radius * bend.signum());
            for point in points {
                assert!((point.distance(centre) - radius).abs() < 1e-6, "{bend}: {point}");
            }
        }
        assert_eq!(arc(from, to, 0.0, 2)[1], Point::new(25.0, 5.0));
    }
}
