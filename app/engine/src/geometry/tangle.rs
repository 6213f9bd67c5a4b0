//! Polygons whose sides cross so often that to find all crossings would take too long: they are filled row by row.

use kurbo::{Point, Rect, Vec2};

use super::mesh::{Far, Side};
use super::patch::Patch;
use super::polygon;

/// So many corners may cross each other as often as they like.
const FEW: usize = 512;
/// With more corners than that nobody looks how often they cross.
pub(super) const MANY: usize = 8192;
/// So often the sides of all others may cross.
const CROSSINGS: usize = 1 << 15;
/// There are at most so many rows, ...
const ROWS: f64 = 1024.0;
/// ... and so many times a row is held against a side, ...
const WORK: f64 = 16e6;
/// ... and so many pieces of rows come of it.
const PIECES: usize = 100_000;

/// Whether a polygon is one.
pub(super) fn is_one(corners: &[Point]) -> bool {
    corners.len() > FEW && (corners.len() > MANY || crosses_more_than(corners, CROSSINGS))
}

/// Whether more than `most` pairs of sides cross each other.
fn crosses_more_than(corners: &[Point], most: usize) -> bool {
    let mut sides: Vec<(Point, Point)> = polygon::sides(corners)
        .map(|(a, b)| if a.x <= b.x { (a, b) } else { (b, a) })
        .collect();
    sides.sort_by(|a, b| a.0.x.total_cmp(&b.0.x));
    let mut crossings = 0;
    for (n, &(a, b)) in sides.iter().enumerate() {
        let (low, high) = (a.y.min(b.y), a.y.max(b.y));
        for &(c, d) in sides[n + 1..].iter().take_while(|(c, _)| c.x < b.x) {
            if c.y.min(d.y) > high || c.y.max(d.y) < low {
                continue;
            }
            let part =
                |a: Point, b: Point, c: Point, d: Point| (b - a).cross(c - a) * (b - a).cross(d - a) < 0.0;
            if part(a, b, c, d) && part(c, d, a, b) {
                crossings += 1;
                if crossings > most {
                    return true;
                }
            }
        }
    }
    false
}

/// The corners of the triangles of its rows, as one strip. A row is so high that the edge is off by `off` at most, or as low as
/// goes: what is covered without being inside, or is left out, is no farther from the edge than half a row.
pub(super) fn strip(patch: &Patch, corners: usize, off: f64, reach: f64, filled: bool) -> Vec<Far> {
    let wanted = patch.bounds().height() / (2.0 * off);
    let most = ROWS.min(WORK / corners as f64);
    let mut rows = wanted.min(most).ceil().max(1.0) as usize;
    let pieces = loop {
        let pieces = pieces(patch, rows);
        if pieces.len() <= PIECES || rows == 1 {
            break pieces;
        }
        rows = rows.div_ceil(2);
    };
    let mut strip: Vec<Far> = Vec::with_capacity(6 * pieces.len());
    for piece in pieces {
        let corner = |x: f64, y: f64, out: f64| Far {
            centre: Point::new(x, y),
            offset: Vec2::new(out * reach, 0.0),
            side: Side::Inner,
            filled,
        };
        let four = [(piece.x0, -1.0), (piece.x1, 1.0)]
            .map(|(x, out)| [piece.y0, piece.y1].map(|y| corner(x, y, out)));
        // Twice before and after a leap, which makes triangles of no area.
        if let Some(&last) = strip.last() {
            strip.extend([last, four[0][0]]);
        }
        strip.extend(four.as_flattened());
    }
    strip
}

/// What of each row lies inside along its middle; more than [`PIECES`] where there is more.
fn pieces(patch: &Patch, rows: usize) -> Vec<Rect> {
    let bounds = patch.bounds();
    let high = bounds.height() / rows as f64;
    let mut pieces = Vec::new();
    for row in 0..rows {
        // The same number for the end of one row and the start of the next: no gap is left between them.
        let [from, to] = [row, row + 1].map(|row| bounds.y0 + high * row as f64);
        let middle = Point::new(bounds.x0, from.midpoint(to));
        let parts = patch.cuts(middle, Vec2::new(1.0, 0.0)).into_iter();
        pieces.extend(parts.map(|(a, b)| Rect::new(middle.x + a, from, middle.x + b, to)));
        if pieces.len() > PIECES {
            break;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::mesh::apart;

    #[test]
    fn crossings_are_counted_up_to_as_many_as_are_asked_for() {
        // A star whose sides cross each other once each, but for neighbours.
        let star: Vec<Point> = (0..7)
            .map(|n| Point::ORIGIN + Vec2::from_angle(f64::from(n) * 6.0 / 7.0 * std::f64::consts::PI) * 50.0)
            .collect();
        let crossings = 7 * 4 / 2;
        assert!(crosses_more_than(&star, crossings - 1) && !crosses_more_than(&star, crossings));
        let square = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)].map(Point::from);
        assert!(!crosses_more_than(&square, 0));
    }

    /// To and fro between two sides of a square, each way across all others.
    fn scribble(ways: u32) -> Vec<Point> {
        let at = |n: u32| Point::new(f64::from(n % 2) * 1000.0, f64::from(n * 7919 % 1000));
        (0..ways).map(at).collect()
    }

    #[test]
    fn rows_cover_what_is_inside_within_half_of_their_height() {
        let corners = scribble(900);
        assert!(is_one(&corners));
        let patch = Patch::of(&corners, 4.0, 0.01).expect("an area");
        let off = 0.2 * 4.0;
        let pieces: Vec<Rect> = pieces(&patch, (patch.bounds().height() / (2.0 * off)).ceil() as usize);
        let near_edge =
            |at: Vec2| polygon::sides(&corners).any(|(a, b)| apart(at, at, a.to_vec2(), b.to_vec2()) <= off);
        let mut right = 0;
        for n in 0..2000_u32 {
            let at = Point::new(f64::from(n * 97 % 1000) + 0.5, f64::from(n * 61 % 1000) + 0.3);
            let covered = pieces.iter().any(|piece| piece.contains(at));
            if covered == patch.contains(at) {
                right += 1;
            } else {
                assert!(near_edge(at.to_vec2()), "{at}");
            }
        }
        assert!(right > 1900, "{right} of 2000");
        let strip = strip(&patch, corners.len(), off, 1.0, true);
        assert_eq!(strip.len(), 6 * pieces.len() - 2);
    }

    #[test]
    fn what_takes_ever_so_many_pieces_has_fewer_rows() {
        // A comb of a great many teeth: no two sides cross.
        let comb: Vec<Point> = (0..40_000_u32)
            .map(|n| {
                Point::new(
                    f64::from(n / 2) * 2.0 + f64::from(n % 2),
                    f64::from(n % 2) * 9000.0,
                )
            })
            .chain([Point::new(80_000.0, -10.0), Point::new(0.0, -10.0)])
            .collect();
        let patch = Patch::of(&comb, 0.01, 1e-4).expect("an area");
        let strip = strip(&patch, comb.len(), 1e-4, 1.0, true);
        assert!((4..=6 * PIECES).contains(&strip.len()), "{}", strip.len());
    }
}
