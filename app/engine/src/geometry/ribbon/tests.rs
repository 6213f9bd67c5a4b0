//! The ribbon against its laws: outline and mesh cover the same, nothing cancels, ends and turns are round.

use super::*;
use crate::geometry::Corner;
use kurbo::Shape;
use proptest::prelude::*;

fn strokes() -> impl Strategy<Value = Vec<InkPoint>> {
    // Small whole numbers make repeated points, exact turns back and crossings likely.
    let sample = (-20i32..20, -20i32..20, 0.0f64..=1.0)
        .prop_map(|(x, y, pressure)| InkPoint::new(Point::new(f64::from(x), f64::from(y)), pressure));
    proptest::collection::vec(sample, 1..40)
}

/// Drawn by a hand: many samples close together, gentle turns.
fn hands() -> impl Strategy<Value = Vec<InkPoint>> {
    (
        proptest::collection::vec((-0.9f64..0.9, 0.0f64..=1.0), 2..120),
        0.25f64..6.0,
    )
        .prop_map(|(turns, stride)| {
            let (mut at, mut angle) = (Point::ORIGIN, 0.0);
            let mut step = |(turn, pressure)| {
                angle += turn;
                at += Vec2::from_angle(angle) * stride;
                InkPoint::new(at, pressure)
            };
            turns.into_iter().map(&mut step).collect()
        })
}

fn check(samples: &[InkPoint], width: f64, step: f64) -> Result<(), TestCaseError> {
    let ribbon = Ribbon::new(samples, width, step);
    let outline = ribbon.outline(Affine::IDENTITY);
    let mesh = ribbon.mesh(Affine::IDENTITY).expect("a mesh");
    let bounds = ribbon.bounds().expect("bounds");
    prop_assert!(outline.is_finite() && mesh.strip.iter().flat_map(Corner::at).all(f32::is_finite));
    prop_assert!(bounds.inflate(1e-9, 1e-9).contains_rect(outline.bounding_box()));
    prop_assert!(
        mesh.bounds
            .inflate(1e-9, 1e-9)
            .contains_rect(outline.bounding_box())
    );
    let curve = Curve::new(samples, width, step);
    let (held, near) = (curve.bounds().expect("bounds"), curve.tolerance() + 1e-9);
    let mut touched: Option<Rect> = None;
    for p in curve.flatten(0..=curve.len() - 1) {
        let across = 2.0 * radius(width, p.pressure);
        let around = Rect::from_center_size(p.pos, (across, across));
        touched = Some(touched.map_or(around, |touched| touched.union(around)));
    }
    let touched = touched.expect("a line");
    prop_assert!(
        held.inflate(near, near).contains_rect(touched),
        "{held} does not hold {touched}"
    );
    // Where pressure falls along a bend it may hold the width of its start, farther on.
    let more = near + width;
    prop_assert!(
        touched.inflate(more, more).contains_rect(held),
        "{held} is much more than {touched}"
    );
    for p in curve.flatten(0..=curve.len() - 1) {
        prop_assert!(
            mesh.touches(p.pos, p.pos, curve.tolerance()),
            "{} of the line is not covered",
            p.pos
        );
    }
    for p in [samples[0].pos, samples[samples.len() - 1].pos] {
        prop_assert!(mesh.touches(p, p, 1e-3), "the pen was at {p}");
    }
    for i in 0..40 {
        for j in 0..40 {
            let at = bounds.origin()
                + Vec2::new(
                    (f64::from(i) + 0.503) / 40.0 * bounds.width(),
                    (f64::from(j) + 0.497) / 40.0 * bounds.height(),
                );
            let winding = outline.winding(at);
            prop_assert!(winding <= 0, "at {at} the outline turns both ways");
            // Within the rounding of f32 the mesh may say otherwise.
            if winding == 0 {
                let inside = outline.segments().all(|s| nearest(s, at) > 1e-3) && mesh.touches(at, at, 0.0);
                prop_assert!(!inside, "the mesh covers {at}, the outline does not");
            } else {
                prop_assert!(
                    mesh.touches(at, at, 1e-3),
                    "the outline covers {at}, the mesh does not"
                );
            }
        }
    }
    Ok(())
}

fn nearest(segment: kurbo::PathSeg, at: Point) -> f64 {
    use kurbo::ParamCurveNearest;
    segment.nearest(at, 1e-6).distance_sq.sqrt()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn outline_and_mesh_cover_the_same_and_nothing_cancels(samples in strokes(), width in 0.5f64..30.0) {
        check(&samples, width, 0.25)?;
    }

    #[test]
    fn the_same_for_what_a_hand_draws(samples in hands(), width in 0.5f64..12.0) {
        check(&samples, width, 0.25)?;
    }
}

#[test]
fn a_tap_is_a_round_dot() {
    let dot = [InkPoint::new(Point::new(3.0, 4.0), 0.5)];
    for samples in [&dot[..], &[dot[0]; 5]] {
        let area = Ribbon::new(samples, 8.0, 0.25)
            .outline(Affine::IDENTITY)
            .area()
            .abs();
        let disc = PI * 16.0;
        assert!((disc * 0.98..=disc).contains(&area), "{area} is not {disc}");
    }
}

#[test]
fn two_points_make_a_straight_bar_with_round_ends() {
    let ends = [0.0, 100.0].map(|x| InkPoint::new(Point::new(x, 0.0), 0.5));
    let area = Ribbon::new(&ends, 10.0, 0.25)
        .outline(Affine::IDENTITY)
        .area()
        .abs();
    let exact = 1000.0 + PI * 25.0;
    assert!((area - exact).abs() < 1.0, "{area} is not {exact}");
}

#[test]
fn a_turn_back_is_round_and_no_thicker_than_the_stroke() {
    let there_and_back = [0.0, 50.0, 0.0].map(|x| InkPoint::new(Point::new(x, 0.0), 0.5));
    let bounds = Ribbon::new(&there_and_back, 10.0, 0.25)
        .outline(Affine::IDENTITY)
        .bounding_box();
    assert!(
        (bounds.width() - 60.0).abs() < 0.1 && (bounds.height() - 10.0).abs() < 0.1,
        "{bounds:?}"
    );
}

#[test]
fn pressure_makes_it_thicker() {
    let bar = |pressure| [0.0, 9.0].map(|x| InkPoint::new(Point::new(x, 0.0), pressure));
    let height = |pressure| {
        Ribbon::new(&bar(pressure), 10.0, 0.25)
            .outline(Affine::IDENTITY)
            .bounding_box()
            .height()
    };
    assert!(
        (height(0.0) - 4.0).abs() < 0.05
            && (height(0.5) - 10.0).abs() < 0.05
            && (height(1.0) - 16.0).abs() < 0.05
    );
}

#[test]
fn a_million_units_out_the_shape_is_the_same() {
    let near: Vec<InkPoint> = (0..50)
        .map(|i| InkPoint::new(Point::new(f64::from(i), f64::from(i % 7)), 0.5))
        .collect();
    let away = Vec2::new(1_048_576.0, -2_097_152.0);
    let far: Vec<InkPoint> = near
        .iter()
        .map(|p| InkPoint::new(p.pos + away, p.pressure))
        .collect();
    let mesh = |points: &[InkPoint]| {
        Ribbon::new(points, 4.0, 0.25)
            .mesh(Affine::IDENTITY)
            .expect("a mesh")
    };
    let (near, far) = (mesh(&near), mesh(&far));
    assert_eq!(near.strip.len(), far.strip.len());
    for (a, b) in near.strip.iter().zip(&far.strip) {
        let ([a, b], [c, d]) = (a.at(), b.at());
        assert!((a - c).abs().max((b - d).abs()) < 1e-4, "{a} {b} became {c} {d}");
    }
}

#[test]
fn what_is_no_number_or_out_of_the_world_is_no_mesh() {
    let odd = [
        InkPoint::new(Point::new(f64::NAN, 0.0), 0.5),
        InkPoint::new(Point::new(1.0, f64::INFINITY), 0.5),
    ];
    assert_eq!(Ribbon::new(&odd, 4.0, 0.25).mesh(Affine::IDENTITY), None);
    assert_eq!(Ribbon::new(&[], 4.0, 0.25).mesh(Affine::IDENTITY), None);
    let dot = [InkPoint::new(Point::ORIGIN, 0.5)];
    assert_eq!(Ribbon::new(&dot, 4.0, 0.25).mesh(Affine::scale(1e12)), None);
}

#[test]
fn a_hit_is_within_reach_of_the_shape_itself() {
    let ends = [0.0, 100.0].map(|x| InkPoint::new(Point::new(x, 0.0), 0.5));
    let mesh = Ribbon::new(&ends, 10.0, 0.25)
        .mesh(Affine::IDENTITY)
        .expect("a mesh");
    let at = |x: f64, y: f64, radius| mesh.touches(Point::new(x, y), Point::new(x, y), radius);
    assert!(at(50.0, 4.9, 0.0) && !at(50.0, 5.1, 0.0) && at(50.0, 6.9, 2.0) && !at(50.0, 7.1, 2.0));
    assert!(at(-4.9, 0.0, 0.0) && !at(-5.1, 0.0, 0.0));
    assert!(
        mesh.touches(Point::new(50.0, -40.0), Point::new(50.0, 40.0), 0.0),
        "a sweep right across"
    );
    assert!(
        !mesh.touches(Point::new(-40.0, 20.0), Point::new(140.0, 20.0), 1.0),
        "a sweep past it"
    );
}
