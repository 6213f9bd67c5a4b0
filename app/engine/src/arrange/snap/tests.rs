//! Where things snap to, and what is shown of it.

use proptest::prelude::*;

use super::*;

fn guide(x0: f64, y0: f64, x1: f64, y1: f64) -> Guide {
    Guide {
        from: Point::new(x0, y0),
        to: Point::new(x1, y1),
    }
}

#[test]
fn a_left_edge_comes_to_a_left_edge_and_the_guide_goes_over_both_boxes() {
    let other = Rect::new(0.0, 0.0, 70.0, 50.0);
    let snapped = snap(Rect::new(3.0, 200.0, 23.0, 230.0), &[other], 5.0);
    assert_eq!(snapped.by, Vec2::new(-3.0, 0.0));
    assert_eq!(snapped.guides, [guide(0.0, 0.0, 0.0, 230.0)]);
}

#[test]
fn each_axis_snaps_on_its_own_and_all_that_is_in_line_is_shown() {
    let others = [
        Rect::new(0.0, 0.0, 30.0, 30.0),
        Rect::new(100.0, 100.0, 130.0, 140.0),
    ];
    let snapped = snap(Rect::new(1.0, 98.0, 31.0, 128.0), &others, 5.0);
    assert_eq!(snapped.by, Vec2::new(-1.0, 2.0));
    let expected = [
        guide(0.0, 0.0, 0.0, 130.0),
        guide(30.0, 0.0, 30.0, 130.0),
        guide(15.0, 0.0, 15.0, 130.0),
        guide(0.0, 100.0, 130.0, 100.0),
    ];
    assert_eq!(snapped.guides, expected);
}

#[test]
fn nothing_snaps_to_what_is_too_far_away() {
    let other = Rect::new(0.0, 0.0, 70.0, 50.0);
    let snapped = snap(Rect::new(6.0, 200.0, 24.0, 230.0), &[other], 5.0);
    assert_eq!(snapped, Snapped::default());
}

#[test]
fn of_two_equally_near_lines_the_one_of_the_nearer_box_is_taken() {
    let moving = Rect::new(0.0, 0.0, 10.0, 10.0);
    let (far, near) = (
        Rect::new(-3.0, 900.0, -2.0, 910.0),
        Rect::new(12.0, 20.0, 212.0, 30.0),
    );
    for others in [[far, near], [near, far]] {
        assert_eq!(snap(moving, &others, 2.5).by.x, 2.0);
    }
}

#[test]
fn between_two_others_it_comes_to_the_middle_and_both_gaps_are_shown() {
    let others = [
        Rect::new(0.0, 0.0, 40.0, 100.0),
        Rect::new(160.0, 10.0, 240.0, 90.0),
    ];
    let snapped = snap(Rect::new(82.0, 13.0, 122.0, 63.0), &others, 2.5);
    assert_eq!(snapped.by, Vec2::new(-2.0, 0.0));
    assert_eq!(snapped.guides[0], guide(40.0, 38.0, 80.0, 38.0));
    assert_eq!(snapped.guides[1], guide(120.0, 38.0, 160.0, 38.0));
}

#[test]
fn beside_two_others_it_comes_to_the_distance_that_they_have() {
    let others = [Rect::new(0.0, 0.0, 30.0, 40.0), Rect::new(0.0, 60.0, 30.0, 90.0)];
    let below = snap(Rect::new(7.0, 111.0, 21.0, 127.0), &others, 1.5);
    assert_eq!(below.by.y, -1.0);
    for gap in [guide(15.0, 40.0, 15.0, 60.0), guide(15.0, 90.0, 15.0, 110.0)] {
        assert!(below.guides.contains(&gap), "{below:?}");
    }
    let above = snap(Rect::new(7.0, -37.0, 21.0, -21.0), &others, 1.5);
    assert_eq!(above.by.y, 1.0);
    assert_eq!(
        above.guides.len(),
        3,
        "a line in the middle and two gaps: {above:?}"
    );
}

#[test]
fn a_nearer_line_goes_before_equal_gaps() {
    let others = [
        Rect::new(0.0, 0.0, 40.0, 100.0),
        Rect::new(160.0, 0.0, 200.0, 100.0),
        Rect::new(83.0, 300.0, 300.0, 310.0),
    ];
    assert_eq!(snap(Rect::new(82.0, 13.0, 122.0, 63.0), &others, 2.5).by.x, 1.0);
}

#[test]
fn a_handle_comes_into_line_and_an_edge_only_in_its_own_axis() {
    let other = Rect::new(0.0, 0.0, 70.0, 50.0);
    let snapped = snap_point(Point::new(72.0, 26.0), &[other], 5.0);
    assert_eq!(snapped.by, Vec2::new(-2.0, -1.0));
    let across = snapped.only(Axis::Across);
    assert_eq!(across.by, Vec2::new(-2.0, 0.0));
    assert_eq!(across.guides, [guide(70.0, 0.0, 70.0, 50.0)]);
}

#[test]
fn the_grid_is_reached_by_the_shortest_way_and_a_grid_without_cells_moves_nothing() {
    let moving = Rect::new(-13.0, 27.0, 100.0, 100.0);
    assert_eq!(to_grid(moving, 20.0), Vec2::new(-7.0, -7.0));
    assert_eq!(point_to_grid(Point::new(11.0, -9.0), 20.0), Point::new(20.0, 0.0));
    for cell in [0.0, f64::NAN] {
        assert_eq!(to_grid(moving, cell), Vec2::ZERO);
    }
}

fn rect() -> impl Strategy<Value = Rect> {
    let at = -200i32..200;
    (at.clone(), at, 0i32..80, 0i32..80).prop_map(|(x, y, w, h)| {
        let (x, y, w, h) = (f64::from(x), f64::from(y), f64::from(w), f64::from(h));
        Rect::new(x, y, x + w, y + h)
    })
}

proptest! {
    #[test]
    fn it_moves_no_farther_than_allowed_and_then_stands_still(moving in rect(), others in prop::collection::vec(rect(), 0..12), within in 0.0..20.0) {
        let first = snap(moving, &others, within);
        prop_assert!(first.by.x.abs() <= within && first.by.y.abs() <= within);
        let again = snap(moving + first.by, &others, within);
        // An axis in which nothing was near may find a row once the other has moved.
        for (first, again) in [(first.by.x, again.by.x), (first.by.y, again.by.y)] {
            prop_assert!(first == 0.0 || again.abs() <= SAME, "first {first}, then {again}");
        }
        prop_assert!(first.by == Vec2::ZERO || !first.guides.is_empty());
        prop_assert!(first.guides.len() <= 6 + 12);
    }

    #[test]
    fn guides_are_level_or_upright_and_lie_between_what_they_join(moving in rect(), others in prop::collection::vec(rect(), 0..12)) {
        let snapped = snap(moving, &others, 8.0);
        let all = others.iter().fold(moving + snapped.by, |all, one| all.union(*one));
        for guide in &snapped.guides {
            prop_assert!(guide.from.x == guide.to.x || guide.from.y == guide.to.y);
            prop_assert!(guide.from.x <= guide.to.x && guide.from.y <= guide.to.y);
            let reach = Rect::from_points(guide.from, guide.to);
            prop_assert!(all.inflate(SAME, SAME).contains_rect(reach), "{guide:?} leaves {all:?}");
        }
    }
}
