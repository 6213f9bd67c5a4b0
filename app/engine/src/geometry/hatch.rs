//! Lines with which an inside is filled: parallel ones, one way or both, or one line to and fro.

use kurbo::{Point, Vec2};

use super::inside::Inside;
use super::terms::Shade;

/// From the middle of one line to that of the next, in widths of the outline.
const EVERY: f64 = 4.0;
/// There are at most so many lines, each way.
const MOST: f64 = 400.0;
/// A line's width, in widths of the outline.
pub(super) const WIDTH: f64 = 0.6;

/// A line of a hatching.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Through which points it goes, straight from one to the next.
    pub(super) points: Vec<Point>,
    /// Tells it from the others, however exact the inside is.
    pub(super) number: u64,
}

/// The lines: they rise to the right at 45 degrees, the others of a cross hatching fall. `middle` lies halfway between two of them.
pub(super) fn lines(inside: &Inside, middle: Point, width: f64, shade: Shade) -> Vec<Line> {
    let rising = parallel(inside, middle, width, Vec2::new(1.0, -1.0));
    let single = |rows: Vec<Vec<[Point; 2]>>, first: u64| {
        let numbered = rows.into_iter().enumerate().flat_map(move |(row, parts)| {
            let number = first + 2 * row as u64;
            parts.into_iter().map(move |ends| (number, ends))
        });
        numbered.map(|(number, ends)| Line {
            points: ends.to_vec(),
            number,
        })
    };
    match shade {
        Shade::Zigzag => to_and_fro(rising),
        Shade::Cross => {
            let falling = parallel(inside, middle, width, Vec2::new(1.0, 1.0));
            single(rising, 0).chain(single(falling, 1)).collect()
        }
        Shade::Hatch | Shade::Tint | Shade::Solid => single(rising, 0).collect(),
    }
}

/// One line through the rows, as long as each has just one part.
fn to_and_fro(rows: Vec<Vec<[Point; 2]>>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut goes_on = false;
    for (row, parts) in rows.into_iter().enumerate() {
        let one = parts.len() == 1;
        for ends in parts {
            match lines.last_mut().filter(|_| goes_on && one) {
                Some(last) => last.points.extend(ends),
                None => lines.push(Line {
                    points: ends.to_vec(),
                    number: row as u64,
                }),
            }
        }
        goes_on = one;
    }
    lines
}

/// The ends of parallel lines along a way, one row beside the other: several in a row where the inside has a bay.
fn parallel(inside: &Inside, middle: Point, width: f64, way: Vec2) -> Vec<Vec<[Point; 2]>> {
    let bounds = inside.bounds();
    let way = way.normalize();
    let across = way.turn_90();
    let far = (bounds.width() + bounds.height()) * std::f64::consts::FRAC_1_SQRT_2;
    let every = (EVERY * width).max(far / MOST);
    let half = (far / 2.0 / every).ceil();
    if !(half.is_finite() && half >= 1.0) {
        return Vec::new();
    }
    let row = |n: i32| {
        let at = middle + across * (every * (f64::from(n) + 0.5));
        let parts = inside.cuts(at, way).into_iter();
        parts.map(|(from, to)| [at + way * from, at + way * to]).collect()
    };
    let half = half as i32;
    (-half..half).map(row).collect()
}
