//! Where parts go when they are aligned, spread and mirrored.

use proptest::prelude::*;

use super::*;
use crate::arrange::testing::square;

/// Squares, each with its left and top edge, its side and its group.
fn board(squares: &[(f64, f64, f64, Option<&str>)]) -> Vec<Element> {
    let each = squares.iter().zip(0..).map(|((x, y, side, group), id)| {
        let mut element = square(id, *x, *y, *side);
        element.groups = group.iter().map(|name| Group::from(*name)).collect();
        element
    });
    each.collect()
}

fn moved_by(elements: &mut [Element], ways: &[(usize, Vec2)]) {
    for (i, way) in ways {
        elements[*i].place = Affine::translate(*way) * elements[*i].place;
    }
}

#[test]
fn parts_are_the_outermost_groups_within_the_one_entered() {
    let mut elements = board(&[
        (0.0, 0.0, 1.0, Some("a")),
        (0.0, 0.0, 1.0, None),
        (0.0, 0.0, 1.0, Some("a")),
    ]);
    assert_eq!(parts(&elements, None), [vec![0, 2], vec![1]]);
    for element in &mut elements {
        element.groups = element
            .groups
            .iter()
            .cloned()
            .chain([Group::from("outer")])
            .collect();
    }
    assert_eq!(parts(&elements, None), [vec![0, 1, 2]]);
    assert_eq!(parts(&elements, Some(&"outer".into())), [vec![0, 2], vec![1]]);
    assert_eq!(parts(&elements, Some(&"a".into())), [vec![0], vec![1], vec![2]]);
}

#[test]
fn a_group_is_aligned_as_a_whole_and_what_stands_right_is_not_written() {
    let elements = board(&[
        (0.0, 0.0, 10.0, None),
        (50.0, 20.0, 10.0, Some("g")),
        (80.0, 40.0, 30.0, Some("g")),
    ]);
    let left = Vec2::new(-50.0, 0.0);
    assert_eq!(align(&elements, None, Align::Left), [(1, left), (2, left)]);
    assert_eq!(align(&elements, None, Align::Right), [(0, Vec2::new(100.0, 0.0))]);
    let middle = align(&elements, None, Align::Middle);
    assert_eq!(
        middle,
        [
            (0, Vec2::new(0.0, 30.0)),
            (1, Vec2::new(0.0, -10.0)),
            (2, Vec2::new(0.0, -10.0))
        ]
    );
    assert_eq!(align(&elements[1..], None, Align::Left), []);
    assert_eq!(align(&[], None, Align::Left), []);
}

#[test]
fn others_are_aligned_to_what_is_locked_but_it_stays() {
    let mut elements = board(&[(0.0, 0.0, 10.0, None), (50.0, 20.0, 10.0, None)]);
    elements[1].locked = true;
    assert_eq!(align(&elements, None, Align::Left), []);
    assert_eq!(align(&elements, None, Align::Right), [(0, Vec2::new(50.0, 0.0))]);
}

#[test]
fn the_gaps_become_equal_and_the_outermost_two_stay() {
    let elements = board(&[
        (100.0, 0.0, 20.0, None),
        (0.0, 70.0, 10.0, None),
        (15.0, 30.0, 30.0, None),
        (46.0, 0.0, 10.0, None),
    ]);
    // 90 between the outermost, of which 40 are taken: three gaps of 50 / 3.
    let ways = distribute(&elements, None, Axis::Across);
    assert_eq!(ways.iter().map(|(i, _)| *i).collect::<Vec<_>>(), [2, 3]);
    assert!((ways[0].1 - Vec2::new(10.0 + 50.0 / 3.0 - 15.0, 0.0)).hypot() < 1e-9);
    assert!((ways[1].1 - Vec2::new(40.0 + 100.0 / 3.0 - 46.0, 0.0)).hypot() < 1e-9);
    assert_eq!(distribute(&elements[..2], None, Axis::Down), []);
}

#[test]
fn where_there_is_no_room_the_centres_are_spread() {
    let mut elements = board(&[
        (0.0, 0.0, 10.0, None),
        (1.0, 0.0, 100.0, None),
        (60.0, 0.0, 10.0, None),
    ]);
    let ways = distribute(&elements, None, Axis::Across);
    assert_eq!(ways, [(1, Vec2::new(-16.0, 0.0))]);
    moved_by(&mut elements, &ways);
    assert_eq!(elements[1].frame().center().x, 35.0);
}

#[test]
fn a_selection_is_mirrored_within_its_own_box() {
    let elements = board(&[(10.0, 0.0, 10.0, None), (50.0, 20.0, 30.0, None)]);
    let mirrored = flip(&elements, Axis::Across).transform_rect_bbox(elements[0].frame());
    assert_eq!(mirrored, Rect::new(70.0, 0.0, 80.0, 10.0));
    let mirrored = flip(&elements, Axis::Down).transform_rect_bbox(elements[0].frame());
    assert_eq!(mirrored, Rect::new(10.0, 40.0, 20.0, 50.0));
    assert_eq!(flip(&[], Axis::Down), Affine::IDENTITY);
}

fn squares() -> impl Strategy<Value = Vec<Element>> {
    let one = (
        -1e3..1e3f64,
        -1e3..1e3f64,
        0.1..300.0f64,
        prop::option::of(prop::sample::select(vec!["a", "b"])),
    );
    prop::collection::vec(one, 0..8).prop_map(|squares| board(&squares))
}

proptest! {
    #[test]
    fn what_is_aligned_or_spread_is_so_once_and_for_all(elements in squares(), which in 0..8usize) {
        let arrange = |elements: &[Element]| match which {
            0 => align(elements, None, Align::Left),
            1 => align(elements, None, Align::Centre),
            2 => align(elements, None, Align::Right),
            3 => align(elements, None, Align::Top),
            4 => align(elements, None, Align::Middle),
            5 => align(elements, None, Align::Bottom),
            6 => distribute(elements, None, Axis::Across),
            _ => distribute(elements, None, Axis::Down),
        };
        let mut after = elements.clone();
        moved_by(&mut after, &arrange(&elements));
        prop_assert_eq!(arrange(&after), vec![]);
    }

    #[test]
    fn mirrored_twice_everything_is_where_it_was(elements in squares()) {
        for axis in [Axis::Across, Axis::Down] {
            let change = flip(&elements, axis);
            prop_assert_eq!(change * change, Affine::IDENTITY);
        }
    }
}
