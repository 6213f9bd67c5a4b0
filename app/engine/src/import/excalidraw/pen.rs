//! Excalidraw's pen: it doesn't go through the points of a freehand line, but follows them. The rule and its numbers are those of
//! perfect-freehand 1.2, as Excalidraw 0.18 calls it.

use crate::geometry::{InkPoint, Point};

/// The pen goes this part of the way from where it is to the next point.
const FOLLOW: f64 = 0.575;
/// Pressure that is reckoned from speed goes towards that of the moment by this part.
const RATE: f64 = 0.275;
/// The pressure where nothing is said of it: at the first point, and at the others.
const FIRST: f64 = 0.25;
const OTHERS: f64 = 0.5;

/// The pen's way: where it is, and whether it has come so far that its points count.
struct Pen {
    at: Point,
    /// How far it went, all ways added up, until it counts.
    gone: f64,
    size: f64,
}

impl Pen {
    /// `size` is how wide it draws.
    fn new(at: Point, size: f64) -> Self {
        Self { at, gone: 0.0, size }
    }

    /// Goes to a place, or stays where it is: then that place isn't drawn.
    fn goes(&mut self, to: Point, is_last: bool) -> bool {
        self.gone += self.at.distance(to);
        let goes = to != self.at && (is_last || self.gone >= self.size);
        if goes {
            self.at = to;
            self.gone = self.size;
        }
        goes
    }
}

/// Where a pen of this size draws that is led along points.
pub(super) fn followed(points: &[Point], pressures: &[Option<f64>], size: f64) -> Vec<InkPoint> {
    let mut points: Vec<(Point, Option<f64>)> =
        points.iter().copied().zip(pressures.iter().copied()).collect();
    if let &[first, last] = points.as_slice() {
        // A straight way is cut in four.
        let quarter = |n: i32| (first.0.lerp(last.0, f64::from(n) / 4.0), None);
        points = [first].into_iter().chain((1..=4).map(quarter)).collect();
    }
    let Some((start, pressure)) = points.first().copied() else {
        return Vec::new();
    };
    let mut pen = Pen::new(start, size);
    let mut drawn = vec![InkPoint::new(start, pressure.unwrap_or(FIRST))];
    let last = points.len() - 1;
    for (n, (point, pressure)) in points.into_iter().enumerate().skip(1) {
        let to = pen.at.lerp(point, FOLLOW);
        if pen.goes(to, n == last) {
            drawn.push(InkPoint::new(to, pressure.unwrap_or(OTHERS)));
        }
    }
    drawn
}

/// Points that lead a pen of this size through these, but for those near the first one that it passes over.
pub(crate) fn leading(points: &[InkPoint], size: f64) -> Vec<InkPoint> {
    // By its size the pen tells whether a point counts: so near to that it could be either.
    let points = close(points, 1.25 * size);
    let Some(first) = points.first() else {
        return points;
    };
    let mut pen = Pen::new(first.pos, size);
    let last = points.len() - 1;
    let lead = |(n, point): (usize, &InkPoint)| {
        let pos = pen.at + (point.pos - pen.at) / FOLLOW;
        if n > 0 {
            pen.goes(point.pos, n == last);
        }
        InkPoint { pos, ..*point }
    };
    points.iter().enumerate().map(lead).collect()
}

/// The same line with points near each of its corners: between points the pen goes round them. At least three, and a single one twice,
/// since it would not be shown.
fn close(points: &[InkPoint], near: f64) -> Vec<InkPoint> {
    let mut out: Vec<InkPoint> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let [a, b] = [pair[0], pair[1]];
        let far = a.pos.distance(b.pos);
        let between = |part: f64| {
            InkPoint::new(
                a.pos.lerp(b.pos, part),
                a.pressure + (b.pressure - a.pressure) * part,
            )
        };
        if far > 3.0 * near {
            out.extend([near / far, 0.5, 1.0 - near / far].map(between));
        } else if points.len() == 2 {
            out.push(between(0.5));
        }
        out.push(b);
    }
    if points.len() == 1 {
        out.extend(points);
    }
    out
}

/// Gives points the pressures that a pen of this size has without any: less where the next point is farther away.
pub(super) fn press_by_speed(points: &mut [InkPoint], size: f64) {
    let next = |pressure: f64, far: f64| {
        let speed = (far / size).min(1.0);
        (pressure + (1.0 - speed - pressure) * (speed * RATE)).min(1.0)
    };
    let mut at = points.first().map(|point| point.pos).unwrap_or_default();
    let way = |point: &InkPoint| {
        let far = point.pos.distance(at);
        at = point.pos;
        far
    };
    let ways: Vec<f64> = points.iter().map(way).collect();
    // It begins with what it comes to in the first few points.
    let first = ways.iter().take(10);
    let mut pressure = first.fold(FIRST, |pressure, far| (pressure + next(pressure, *far)) / 2.0);
    for (point, far) in points.iter_mut().zip(ways) {
        pressure = next(pressure, far);
        point.pressure = pressure;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is drawn of points that lead a pen.
    fn drawn(points: &[InkPoint], size: f64) -> Vec<InkPoint> {
        let led = leading(points, size);
        let (at, pressures): (Vec<Point>, Vec<Option<f64>>) =
            led.iter().map(|point| (point.pos, Some(point.pressure))).unzip();
        followed(&at, &pressures, size)
    }

    proptest! {
        #[test]
        fn a_pen_is_led_through_points(
            points in proptest::collection::vec((-500.0..500.0_f64, -500.0..500.0_f64, 0.0..1.0_f64), 2..30),
            size in 0.1..40.0_f64,
        ) {
            let points: Vec<InkPoint> =
                points.into_iter().map(|(x, y, pressure)| InkPoint::new(Point::new(x, y), pressure)).collect();
            let drawn = drawn(&points, size);
            // It may pass over what is nearer to the start than its size, by the way that it goes.
            let mut gone = 0.0;
            for pair in points.windows(2) {
                gone += pair[0].pos.distance(pair[1].pos);
                let near = drawn.iter().find(|point| point.pos.distance(pair[1].pos) < 1e-6);
                if gone >= size {
                    let near = near.expect("it comes there");
                    prop_assert!((near.pressure - pair[1].pressure).abs() < 1e-6);
                }
            }
            prop_assert_eq!(drawn[0].pos, points[0].pos);
            prop_assert!(drawn.last().is_some_and(|end| end.pos.distance(points[points.len() - 1].pos) < 1e-6));
        }
    }

    #[test]
    fn a_single_point_is_led_to_twice() {
        let dot = InkPoint::new(Point::new(3.0, 4.0), 0.7);
        assert_eq!(leading(&[dot], 6.0), [dot, dot]);
        assert_eq!(leading(&[], 6.0), []);
    }
}
