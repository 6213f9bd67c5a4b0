//! Lines with which an inside is filled: parallel ones, one way or both, or one line to and fro.

use kurbo::{Point, Vec2};

use super::inside::Inside;
use super::terms::Shade;

/// From the middle of one line to that of the next, in widths of the outline.
const EVERY: f64 = 4.0;
/// There are at most so many lines, each way, ...
const MOST: f64 = 400.0;
/// ... and about so many pieces of them, where the inside has bays.
const PIECES: usize = 5_000;
/// A line's width, in widths of the outline.
pub(super) const WIDTH: f64 = 0.6;

/// A straight piece of a hatching.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    pub(super) ends: [Point; 2],
    /// In which row it lies, told from the middle: the same one however large and however exact the inside is.
    pub(super) row: u64,
}

/// The lines, each of pieces that hang together, the end of one and the start of the next: they rise to the right at 45 degrees, the
/// others of a cross hatching fall. `middle` lies halfway between two of them.
pub(super) fn lines(inside: &Inside, middle: Point, width: f64, shade: Shade) -> Vec<Vec<Piece>> {
    let rising = parallel(inside, middle, width, Vec2::new(1.0, -1.0));
    let single = |rows: Vec<Vec<Piece>>| rows.into_iter().flatten().map(|piece| vec![piece]);
    match shade {
        Shade::Zigzag => to_and_fro(rising),
        Shade::Cross => {
            let mut falling = parallel(inside, middle, width, Vec2::new(1.0, 1.0));
            // Other rows than those that rise.
            falling
                .iter_mut()
                .flatten()
                .for_each(|piece| piece.row = !piece.row);
            single(rising).chain(single(falling)).collect()
        }
        Shade::Hatch | Shade::Tint | Shade::Solid => single(rising).collect(),
    }
}

/// One line through the rows, as long as each has just one piece.
fn to_and_fro(rows: Vec<Vec<Piece>>) -> Vec<Vec<Piece>> {
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    let mut goes_on = false;
    for pieces in rows {
        let one = pieces.len() == 1;
        for piece in pieces {
            match lines.last_mut().filter(|_| goes_on && one) {
                Some(last) => last.push(piece),
                None => lines.push(vec![piece]),
            }
        }
        goes_on = one;
    }
    lines
}

/// The pieces of parallel lines along a way, one row beside the other: several in a row where the inside has a bay.
fn parallel(inside: &Inside, middle: Point, width: f64, way: Vec2) -> Vec<Vec<Piece>> {
    let bounds = inside.bounds();
    let far = (bounds.width() + bounds.height()) * std::f64::consts::FRAC_1_SQRT_2;
    let mut every = (EVERY * width).max(far / MOST);
    loop {
        let half = (far / 2.0 / every).ceil();
        if !(half.is_finite() && half >= 1.0) {
            return Vec::new();
        }
        match rows(inside, middle, way.normalize(), every, half as i32) {
            Some(rows) => return rows,
            None => every *= 2.0,
        }
    }
}

/// So many rows to either side of the middle; `None` where they have too many pieces and could be fewer.
fn rows(inside: &Inside, middle: Point, way: Vec2, every: f64, half: i32) -> Option<Vec<Vec<Piece>>> {
    let across = way.turn_90();
    let mut rows = Vec::new();
    let mut count = 0;
    for n in -half..half {
        let at = middle + across * (every * (f64::from(n) + 0.5));
        // 0, 2, 4 to one side, 1, 3, 5 to the other.
        let row = u64::from(n.unsigned_abs()) * 2 - u64::from(n < 0);
        let piece = |(from, to)| Piece {
            ends: [at + way * from, at + way * to],
            row,
        };
        let pieces: Vec<Piece> = inside.cuts(at, way).into_iter().map(piece).collect();
        count += pieces.len();
        if count > PIECES && half > 1 {
            return None;
        }
        rows.push(pieces);
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use kurbo::{Affine, Rect};

    use super::*;
    use crate::geometry::flat::Flat;
    use crate::geometry::patch::Patch;

    fn square(size: f64) -> Inside {
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let placed = corners.map(|corner| Affine::scale(size) * (Point::from(corner) - Vec2::new(0.5, 0.5)));
        Inside::Flat(Flat::of(&placed).expect("an area"))
    }

    #[test]
    fn d43_a_row_keeps_its_number_when_the_inside_grows() {
        for shade in Shade::ALL {
            let pieces = |size| lines(&square(size), Point::ORIGIN, 4.0, *shade).concat();
            let (small, large) = (pieces(200.0), pieces(300.0));
            assert!(small.len() < large.len());
            // A piece of the larger one lies on the same straight line as that of the same number in the smaller.
            for piece in small {
                let same = large.iter().find(|other| other.row == piece.row).expect("a row");
                let [a, b] = same.ends;
                assert!(
                    (b - a).cross(piece.ends[0] - a).abs() < 1e-6,
                    "{shade:?}: {piece:?}"
                );
            }
            let mut rows: Vec<u64> = large.iter().map(|piece| piece.row).collect();
            rows.sort_unstable();
            rows.dedup();
            assert_eq!(rows.len(), large.len(), "{shade:?}: each has its own");
        }
    }

    #[test]
    fn a_comb_of_a_great_many_teeth_has_no_more_pieces_than_go() {
        let teeth = 4000_u32;
        let at = |n: u32| Point::new(f64::from(n) * 3.0, if n.is_multiple_of(2) { 9000.0 } else { 0.0 });
        let comb: Vec<Point> = (0..teeth)
            .map(at)
            .chain([(12_000.0, 9100.0).into(), (0.0, 9100.0).into()])
            .collect();
        let comb = Inside::Patch(Patch::of(&comb, 1.0, 0.01).expect("an area"));
        let all = lines(&comb, comb.bounds().center(), 1.0, Shade::Cross).concat();
        assert!((100..=2 * PIECES).contains(&all.len()), "{}", all.len());
        let around: Rect = comb.bounds().inflate(1.0, 1.0);
        assert!(all.iter().all(|piece| around.contains(piece.ends[0])));
    }
}
