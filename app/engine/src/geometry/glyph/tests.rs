//! Glyphs: their triangles cover what their outlines enclose, whatever these are like, and their seams lie along the edge of that only.

use kurbo::{BezPath, Shape as _};
use proptest::prelude::*;

use super::*;

/// A ring, as the letter o.
pub(in crate::geometry) fn ring() -> BezPath {
    let mut path = kurbo::Circle::new((0.3, -0.3), 0.3).to_path(1e-4);
    path.extend(
        kurbo::Circle::new((0.3, -0.3), 0.18)
            .to_path(1e-4)
            .reverse_subpaths(),
    );
    path
}

fn triangles(fill: &Fill) -> impl Iterator<Item = [Point; 3]> {
    fill.strip
        .windows(3)
        .map(|three| [three[0].at, three[1].at, three[2].at])
}

fn area(path: &BezPath) -> f64 {
    path.area().abs()
}

#[test]
fn a_ring_is_filled_and_its_hole_is_not() {
    let fill = Glyph::new(ring());
    let fill = fill.fill(1e-4);
    let sum: f64 = triangles(fill)
        .map(|[a, b, c]| (b - a).cross(c - a).abs() / 2.0)
        .sum();
    assert!(
        (sum - area(&ring())).abs() < 1e-3,
        "{sum} is not {}: no triangle lies on another",
        area(&ring())
    );
    let seams = fill.strip.iter().filter(|spot| spot.outer).count();
    assert!(seams > 20);
    for spot in fill.strip.iter().filter(|spot| spot.outer) {
        // Out of the ring is away from the circle in its midst.
        let from = (spot.at - Point::new(0.3, -0.3)).hypot();
        let ahead = (spot.at + spot.out * 0.01 - Point::new(0.3, -0.3)).hypot();
        assert_eq!(ahead > from, from > 0.24, "at {:?} it is {:?}", spot.at, spot.out);
    }
}

#[test]
fn what_overlaps_has_no_seam_within() {
    let mut path = kurbo::Rect::new(0.0, 0.0, 1.0, 0.4).to_path(1e-3);
    path.extend(kurbo::Rect::new(0.3, -0.5, 0.5, 0.6).to_path(1e-3));
    let glyph = Glyph::new(path);
    let seams = glyph.fill(1e-3).strip.iter().filter(|spot| spot.outer);
    for spot in seams {
        let inside = spot.at.x > 0.31 && spot.at.x < 0.49 && spot.at.y > 0.01 && spot.at.y < 0.39;
        assert!(!inside, "{:?}", spot.at);
    }
}

#[test]
fn the_nearer_the_look_the_more_corners_and_the_farthest_has_few() {
    let glyph = Glyph::new(ring());
    let corners = |tolerance| glyph.fill(tolerance).strip.len();
    assert!(corners(1.0) < 120, "{}", corners(1.0));
    assert!(corners(1e-4) > corners(1e-2));
    assert_eq!(corners(1e-9), corners(0.0));
    assert!(std::ptr::eq(glyph.fill(1e-4), glyph.fill(1e-4)), "kept");
}

#[test]
fn nothing_is_nothing() {
    let empty = Glyph::new(BezPath::new());
    assert!(empty.bounds().is_none() && empty.fill(0.1).strip.is_empty());
}

proptest! {
    #[test]
    fn any_outline_is_filled_by_the_nonzero_rule(corners in proptest::collection::vec((-20i32..20, -20i32..20), 3..14)) {
        let mut path = BezPath::new();
        let corners: Vec<Point> = corners.iter().map(|&(x, y)| Point::new(f64::from(x) / 20.0, f64::from(y) / 20.0)).collect();
        path.move_to(corners[0]);
        corners[1..].iter().for_each(|&corner| path.line_to(corner));
        path.close_path();
        let glyph = Glyph::new(path.clone());
        let fill = glyph.fill(1e-3);
        prop_assert!(fill.strip.iter().all(|spot| spot.at.is_finite() && spot.out.is_finite()));
        let within = |at: Point| triangles(fill).any(|[a, b, c]| {
            let sides = [(b - a).cross(at - a), (c - b).cross(at - b), (a - c).cross(at - c)];
            sides.iter().all(|&s| s > 0.0) || sides.iter().all(|&s| s < 0.0)
        });
        for (x, y) in (0..15).flat_map(|x| (0..15).map(move |y| (x, y))) {
            let at = Point::new(-0.97 + f64::from(x) * 0.139, -0.97 + f64::from(y) * 0.137);
            let clear = path.segments().all(|s| kurbo::ParamCurveNearest::nearest(&s, at, 1e-6).distance_sq > 1e-4);
            if clear {
                prop_assert_eq!(within(at), path.winding(at) != 0, "at {}", at);
            }
        }
    }
}
