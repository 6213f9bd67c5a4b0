//! The little loops of an outline's inner side, one in each bend that is tighter than the line is wide: cut off, for files, in which they
//! would be most of what is said. Each lies within what is left, so that the same is filled by the nonzero rule.

use kurbo::{Point, Size};

use super::polygon;

/// No loop that is cut off is made of more sides.
const SIDES: usize = 48;
/// So often at most a corner that was cut off is held against a side that is left.
const WORK: usize = 1 << 22;

/// The same without its loops that are at most so large; `None` where it can't be told that it covers the same.
pub(super) fn without(corners: &[Point], most: f64) -> Option<Vec<Point>> {
    let turn = polygon::doubled_area(corners).signum();
    let mut kept: Vec<Point> = Vec::with_capacity(corners.len());
    let mut cut: Vec<Point> = Vec::new();
    for &to in corners {
        while let Some((side, at)) = crossed(&kept, to) {
            let lost = &kept[side + 1..];
            let around: Vec<Point> = std::iter::once(at).chain(lost.iter().copied()).collect();
            let Size { width, height } = polygon::bounds(&around)?.size();
            // One that turns the other way may be a hole.
            if width.max(height) > most || polygon::doubled_area(&around) * turn <= 0.0 {
                break;
            }
            cut.extend(lost);
            kept.truncate(side + 1);
            kept.push(at);
        }
        kept.push(to);
    }
    let kept = polygon::corners(kept);
    let within = |corner: &Point| polygon::winding(&kept, *corner) != 0;
    (cut.len().saturating_mul(kept.len()) <= WORK && cut.iter().all(within)).then_some(kept)
}

/// Which of the last sides of a line the way from its end to a point crosses first, and where.
fn crossed(line: &[Point], to: Point) -> Option<(usize, Point)> {
    let last = line.len().checked_sub(1)?;
    let from = line[last];
    let way = to - from;
    let mut first: Option<(f64, usize)> = None;
    // The side that ends where this one begins meets it there anyway.
    for side in last.saturating_sub(SIDES)..last.saturating_sub(1) {
        let (a, b) = (line[side], line[side + 1]);
        let other = b - a;
        let under = way.cross(other);
        let t = (a - from).cross(other) / under;
        let s = (a - from).cross(way) / under;
        if t > 0.0 && t < 1.0 && (0.0..=1.0).contains(&s) && first.is_none_or(|(least, _)| t < least) {
            first = Some((t, side));
        }
    }
    first.map(|(t, side)| (side, from + way * t))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corners(points: &[(f64, f64)]) -> Vec<Point> {
        points.iter().map(|&at| at.into()).collect()
    }

    #[test]
    fn a_loop_within_is_cut_off() {
        let bar = [(0.0, 0.0), (90.0, 0.0), (90.0, 20.0)];
        let within = [(40.0, 20.0), (40.0, 8.0), (52.0, 8.0), (52.0, 24.0)];
        let outline = corners(&[&bar[..], &within, &[(0.0, 24.0)]].concat());
        let cut = [&bar[..], &[(52.0, 20.0), (52.0, 24.0), (0.0, 24.0)]].concat();
        assert_eq!(without(&outline, 30.0), Some(corners(&cut)));
        // It may begin anywhere.
        let mut turned = outline.clone();
        turned.rotate_left(2);
        assert_eq!(without(&turned, 30.0).map(|kept| kept.len()), Some(cut.len()));
        // A large one may be what was drawn.
        assert_eq!(without(&outline, 10.0), Some(outline));
    }

    #[test]
    fn a_loop_that_is_seen_stays_and_so_does_one_that_turns_the_other_way() {
        let bar = [(0.0, 0.0), (90.0, 0.0), (90.0, 20.0)];
        let out = [
            (40.0, 20.0),
            (40.0, 50.0),
            (20.0, 50.0),
            (20.0, 35.0),
            (60.0, 35.0),
            (60.0, 28.0),
            (30.0, 28.0),
            (30.0, 20.0),
        ];
        let outline = corners(&[&bar[..], &out, &[(0.0, 20.0)]].concat());
        assert_eq!(without(&outline, 30.0), None);
        // Or only a part of it is seen.
        let part = [
            (58.0, 20.0),
            (58.0, 23.0),
            (44.0, 23.0),
            (44.0, 4.0),
            (52.0, 4.0),
            (52.0, 26.0),
            (70.0, 26.0),
            (70.0, 10.0),
            (30.0, 10.0),
            (30.0, 20.0),
        ];
        let outline = corners(&[&bar[..], &part, &[(0.0, 20.0)]].concat());
        assert_eq!(without(&outline, 30.0), None);
        let back = [
            (40.0, 20.0),
            (40.0, 30.0),
            (50.0, 30.0),
            (50.0, 10.0),
            (30.0, 10.0),
            (30.0, 20.0),
        ];
        let outline = corners(&[&bar[..], &back, &[(0.0, 20.0)]].concat());
        assert_eq!(without(&outline, 30.0), Some(outline));
    }
}
