//! The stack after something was moved in it, held against a list in which the same was moved by hand.

use proptest::prelude::*;

use super::*;
use crate::arrange::testing::name;

const ALL: [Stacking; 4] = [
    Stacking::Front,
    Stacking::Forward,
    Stacking::Backward,
    Stacking::Back,
];

fn dice(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (seed ^ (seed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    }
}

/// A board of these orders, from the lowest to the topmost; each lies over the one column given.
fn board(orders: &[(&str, i32)]) -> Vec<Entry> {
    let each = orders.iter().zip(0..).map(|((order, column), id)| {
        let x = f64::from(*column) * 10.0;
        (Order::from(*order), name(id), Rect::new(x, 0.0, x + 9.0, 9.0))
    });
    let mut board: Vec<Entry> = each.collect();
    board.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    board
}

fn ids(numbers: &[u32]) -> Vec<ElementId> {
    numbers.iter().map(|n| name(*n)).collect()
}

/// The board with the orders written.
fn after(board: &[Entry], written: &[(ElementId, Order)]) -> Vec<Entry> {
    let mut board = board.to_vec();
    for (id, order) in written {
        let entry = board
            .iter_mut()
            .find(|entry| entry.1 == *id)
            .expect("an element of the board");
        entry.0 = order.clone();
    }
    board.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    board
}

fn names(board: &[Entry]) -> Vec<ElementId> {
    board.iter().map(|entry| entry.1.clone()).collect()
}

#[test]
fn forward_goes_over_the_next_that_is_overlapped_and_passes_the_rest() {
    let board = board(&[("a1", 0), ("a2", 5), ("a3", 0), ("a4", 0)]);
    let written = restack(&ids(&[0]), &board, Stacking::Forward, &mut dice(1));
    assert_eq!(written.len(), 1);
    assert_eq!(names(&after(&board, &written)), ids(&[1, 2, 0, 3]));
    let written = restack(&ids(&[3]), &board, Stacking::Backward, &mut dice(1));
    assert_eq!(names(&after(&board, &written)), ids(&[0, 1, 3, 2]));
    assert_eq!(restack(&ids(&[1]), &board, Stacking::Forward, &mut dice(1)), []);
}

#[test]
fn to_the_front_only_those_are_written_that_something_covers() {
    let board = board(&[("a1", 0), ("a2", 5), ("a3", 0), ("a4", 0)]);
    let written = restack(&ids(&[0, 3]), &board, Stacking::Front, &mut dice(1));
    assert_eq!(written.len(), 1);
    assert_eq!(names(&after(&board, &written)), ids(&[1, 2, 0, 3]));
    assert_eq!(restack(&ids(&[2, 3]), &board, Stacking::Front, &mut dice(1)), []);
    assert_eq!(
        restack(&ids(&[0, 1, 2, 3]), &board, Stacking::Back, &mut dice(1)),
        []
    );
    assert_eq!(restack(&[], &board, Stacking::Back, &mut dice(1)), []);
}

#[test]
fn among_equal_orders_it_goes_past_all_of_them() {
    let board = board(&[("a1", 0), ("a1", 0), ("a1", 0), ("a2", 0)]);
    let written = restack(&ids(&[0]), &board, Stacking::Forward, &mut dice(1));
    assert_eq!(names(&after(&board, &written)), ids(&[1, 2, 0, 3]));
    let written = restack(&ids(&[2]), &board, Stacking::Backward, &mut dice(1));
    assert_eq!(names(&after(&board, &written)), ids(&[2, 0, 1, 3]));
}

#[test]
fn below_the_lowest_order_there_can_be_it_goes_as_far_as_there_is_room() {
    let board = board(&[("", 0), ("", 0), ("a1", 0), ("a2", 0)]);
    let written = restack(&ids(&[3]), &board, Stacking::Back, &mut dice(1));
    assert_eq!(names(&after(&board, &written)), ids(&[0, 1, 3, 2]));
    assert_eq!(restack(&ids(&[1]), &board, Stacking::Back, &mut dice(1)), []);
}

#[test]
fn thousands_fit_between_two_and_their_orders_stay_short() {
    let orders: Vec<Order> = (0..5000u64)
        .scan(None, |last, i| {
            *last = Some(Order::between(last.as_ref(), None, i * 977));
            last.clone()
        })
        .collect();
    let columns: Vec<(&str, i32)> = orders.iter().map(|order| (order.as_str(), 0)).collect();
    let board = board(&columns);
    let below: Vec<u32> = (0..4000).collect();
    for (how, selected) in [
        (Stacking::Forward, below.clone()),
        (Stacking::Front, below),
        (Stacking::Back, (1000..5000).collect()),
    ] {
        let written = restack(&ids(&selected), &board, how, &mut dice(3));
        assert_eq!(written.len(), 4000);
        let longest = written.iter().map(|(_, order)| order.as_str().len()).max();
        assert!(longest < Some(80), "{longest:?} bytes");
        let rest = (0..5000).filter(|id| !selected.contains(id));
        let expected: Vec<u32> = match how {
            Stacking::Forward => [4000]
                .into_iter()
                .chain(selected.clone())
                .chain(4001..5000)
                .collect(),
            Stacking::Front => rest.chain(selected.clone()).collect(),
            _ => selected.iter().copied().chain(rest).collect(),
        };
        assert_eq!(names(&after(&board, &written)), ids(&expected));
    }
}

/// What is to come out where there is room, by hand: those selected before an element stand right behind it.
fn expected(board: &[Entry], chosen: &[ElementId], how: Stacking) -> Vec<ElementId> {
    let down = matches!(how, Stacking::Backward | Stacking::Back);
    let mut all: Vec<&Entry> = board.iter().collect();
    if down {
        all.reverse();
    }
    let is_chosen = |entry: &Entry| chosen.contains(&entry.1);
    let target = match how {
        Stacking::Front | Stacking::Back => all.iter().rposition(|entry| !is_chosen(entry)),
        _ => (0..all.len()).find(|i| {
            let over = |other: &&Entry| is_chosen(other) && other.2.overlaps(all[*i].2);
            !is_chosen(all[*i]) && all[..*i].iter().any(over)
        }),
    };
    if let Some(at) = target {
        all[..=at].sort_by_key(|entry| is_chosen(entry));
    }
    if down {
        all.reverse();
    }
    all.iter().map(|entry| entry.1.clone()).collect()
}

type Boards = BoxedStrategy<(Vec<Entry>, Vec<ElementId>)>;

fn chosen_of(orders: impl Strategy<Value = Vec<String>> + 'static) -> Boards {
    let with = orders.prop_flat_map(|orders| {
        let each = prop::collection::vec((0..4i32, any::<bool>()), orders.len());
        (Just(orders), each)
    });
    with.prop_map(|(orders, each)| {
        let columns: Vec<(&str, i32)> = orders
            .iter()
            .zip(&each)
            .map(|(order, (column, _))| (order.as_str(), *column))
            .collect();
        let chosen = each
            .iter()
            .zip(0..)
            .filter(|((_, chosen), _)| *chosen)
            .map(|(_, id)| name(id));
        (board(&columns), chosen.collect())
    })
    .boxed()
}

/// Orders as they are made by people, no two equal, in any order.
fn sound() -> Boards {
    let steps = prop::collection::vec((any::<prop::sample::Index>(), any::<u64>()), 0..12);
    let orders = steps.prop_map(|steps| {
        let mut all: Vec<Order> = Vec::new();
        for (place, random) in steps {
            let at = place.index(all.len() + 1);
            all.insert(
                at,
                Order::between(at.checked_sub(1).map(|i| &all[i]), all.get(at), random),
            );
        }
        all.iter()
            .map(|order| order.as_str().to_owned())
            .collect::<Vec<String>>()
    });
    chosen_of(orders.prop_shuffle())
}

const SOUND: [&str; 5] = ["a1", "a2", "a1V", "b00", "Zz"];

/// Orders as nobody should write them: equal ones, or any texts.
fn strange() -> Boards {
    let equal = prop::sample::select(SOUND.to_vec()).prop_map(str::to_owned);
    let odd = prop::sample::select(vec!["", "a1", "a10", "a1V", "0001", "0002", "zz", "~", "A"]);
    let odd = prop_oneof![odd.prop_map(str::to_owned), "[ab0~]{0,4}"];
    let equal = prop::collection::vec(equal, 0..10);
    chosen_of(prop_oneof![equal, prop::collection::vec(odd, 0..10)])
}

proptest! {
    #[test]
    fn on_a_sound_board_it_comes_out_as_by_hand_with_no_order_too_many((board, chosen) in sound(), seed in any::<u64>()) {
        for how in ALL {
            let written = restack(&chosen, &board, how, &mut dice(seed));
            let expected = expected(&board, &chosen, how);
            prop_assert_eq!(names(&after(&board, &written)), expected.clone(), "{:?}", how);
            prop_assert_eq!(written.is_empty(), expected == names(&board));
        }
    }

    #[test]
    fn on_any_board_the_selected_keep_their_order_and_go_nowhere_but_there((board, chosen) in strange(), seed in any::<u64>()) {
        for how in ALL {
            let up = matches!(how, Stacking::Front | Stacking::Forward);
            let written = restack(&chosen, &board, how, &mut dice(seed));
            let (before, after) = (names(&board), names(&after(&board, &written)));
            prop_assert!(written.iter().all(|(id, _)| chosen.contains(id)));
            let only = |all: &[ElementId]| all.iter().filter(|id| chosen.contains(id)).cloned().collect::<Vec<_>>();
            prop_assert_eq!(only(&before), only(&after));
            // How many of the others each has below it.
            let below = |all: &[ElementId], id: &ElementId| all.iter().take_while(|other| *other != id).filter(|other| !chosen.contains(other)).count();
            let by_hand = expected(&board, &chosen, how);
            let mut reached = true;
            for id in &chosen {
                let (was, is, asked) = (below(&before, id), below(&after, id), below(&by_hand, id));
                prop_assert!(if up { is >= was } else { is <= was }, "{:?}", how);
                reached &= if up { is >= asked } else { is <= asked };
            }
            // There is always room above everything, whatever it is; below a strange order not always.
            let sound = board.iter().all(|entry| SOUND.contains(&entry.0.as_str()));
            prop_assert!(reached || !(up || sound), "{:?} {:?}", how, written);
        }
    }
}
