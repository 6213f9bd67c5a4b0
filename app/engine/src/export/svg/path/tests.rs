use proptest::prelude::*;

use super::*;

fn said(d: &str, digits: usize) -> String {
    let mut out = String::new();
    path(
        &mut out,
        &BezPath::from_svg(d).expect("a path"),
        Point::ORIGIN,
        digits,
    );
    out
}

#[test]
fn a_path_is_said_as_short_as_can_be() {
    for (long, short) in [
        ("M 10 10 L 30 10 L 30 30 L 10 30 Z", "M10 10h20v20h-20z"),
        ("M 0.5 -0.25 L 1.0 0.25", "M.5-.25l.5.5"),
        ("M 1 1 L 2.5 2.5 L 4 3.25 L 5 5", "M1 1l1.5 1.5 1.5.75 1 1.75"),
        (
            "M 0 0 C 1 1 2 1 3 0 C 4 -1 5 -1 6 0",
            "M0 0c1 1 2 1 3 0 1-1 2-1 3 0",
        ),
        // Each from the end of the one before, or from its start where it was closed.
        ("M 5 5 L 6 6 Z M 7 7 L 8 9", "M5 5l1 1zm2 2l1 2"),
        // What is rounded away isn't said; a dot is.
        ("M 1 1 L 1.001 1.001 L 2 2", "M1 1l1 1"),
        ("M 1 1 L 1 1 M 4 4 L 5 4", "M1 1h.01m2.99 3h1"),
    ] {
        assert_eq!(said(long, 2), short);
    }
    assert_eq!(said("M 1 1 L 100.004 2", 8), "M1 1l99.004 1");
}

#[test]
fn a_number_of_a_map_keeps_what_counts() {
    for (v, said) in [
        (0.0, "0"),
        (1.0, "1"),
        (-0.5, "-.5"),
        (0.018, ".018"),
        (123.456_789_12, "123.4568"),
        (-0.000_012_345_678_9, "-.00001234568"),
        (1e9, "1000000000"),
        (f64::NAN, "0"),
    ] {
        assert_eq!(exact(v), said);
    }
}

proptest! {
    #[test]
    fn a_path_comes_back_as_it_was_told(
        points in proptest::collection::vec((0u8..5, proptest::array::uniform6(-200_000i32..200_000)), 1..40),
        digits in 0u8..5,
    ) {
        let one = 0.1f64.powi(i32::from(digits));
        let mut told = BezPath::new();
        told.move_to((0.0, 0.0));
        for (kind, numbers) in points {
            let [a, b, c, d, x, y] = numbers.map(|n| f64::from(n) * one);
            match kind {
                0 => told.move_to((x, y)),
                1 => told.line_to((x, y)),
                2 => told.quad_to((a, b), (x, y)),
                3 => told.curve_to((a, b), (c, d), (x, y)),
                _ => {
                    told.close_path();
                    told.move_to((x, y));
                }
            }
        }
        let mut out = String::new();
        path(&mut out, &told, Point::ORIGIN, usize::from(digits));
        let back = BezPath::from_svg(&out).expect("a path");
        // Where nothing was drawn there is a dot, a step long.
        let drawn = |path: &BezPath| -> Vec<[Point; 4]> {
            let cubics = path.segments().map(|segment| segment.to_cubic());
            cubics.map(|c| [c.p0, c.p1, c.p2, c.p3]).filter(|all| all.iter().any(|p| p.distance(all[0]) > 1.5 * one)).collect()
        };
        let (there, back) = (drawn(&told), drawn(&back));
        prop_assert_eq!(there.len(), back.len(), "{}", out);
        for (a, b) in there.iter().flatten().zip(back.iter().flatten()) {
            prop_assert!(a.distance(*b) <= 1e-6 + 1e-3 * one, "{} {} in {}", a, b, out);
        }
    }
}
