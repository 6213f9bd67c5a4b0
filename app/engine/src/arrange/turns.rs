//! In which order frames are shown one after the other.

use std::cmp::Ordering;

use drawbridge_protocol::ElementId;

use crate::document::Order;
use crate::geometry::Rect;

/// A frame: its name, its turn if somebody gave it one, and the box on the board around it.
pub type Turn = (ElementId, Option<Order>, Rect);

/// Sorts frames: those that were given a turn by that, then the others as one reads: row by row from the top, each from the
/// left. A frame is in a row if it begins above the middle of the row's topmost one.
pub fn sort(frames: &mut [Turn]) {
    frames.sort_by(|(a, turn_a, at_a), (b, turn_b, at_b)| {
        let down = || at_a.y0.total_cmp(&at_b.y0).then(at_a.x0.total_cmp(&at_b.x0));
        match (turn_a, turn_b) {
            (Some(turn_a), Some(turn_b)) => turn_a.cmp(turn_b).then(a.cmp(b)),
            (None, None) => down().then(a.cmp(b)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
        }
    });
    let given = frames.partition_point(|(_, turn, _)| turn.is_some());
    let mut rest = &mut frames[given..];
    while let Some((_, _, first)) = rest.first() {
        let middle = first.center().y;
        let count = rest.partition_point(|(_, _, at)| at.y0 < middle).max(1);
        let (row, below) = rest.split_at_mut(count);
        row.sort_by(|(a, _, at_a), (b, _, at_b)| at_a.x0.total_cmp(&at_b.x0).then(a.cmp(b)));
        rest = below;
    }
}

/// The turns to be written for the frame with this number in the sorted list to be shown one sooner, or one later. Frames before
/// it that have none yet get one, so that it keeps its place among them. Nothing where it is the first, or the last.
#[must_use]
pub fn shift(
    frames: &[Turn],
    number: usize,
    sooner: bool,
    random: &mut dyn FnMut() -> u64,
) -> Vec<(ElementId, Order)> {
    let other = if sooner {
        number.checked_sub(1)
    } else {
        number.checked_add(1)
    };
    let Some(other) = other.filter(|other| *other < frames.len() && number < frames.len()) else {
        return Vec::new();
    };
    let mut wanted: Vec<&Turn> = frames.iter().collect();
    wanted.swap(number, other);
    let moved = frames[number].0.clone();
    // Behind the place where it goes nothing needs a turn.
    let few = turns(&wanted, other + 1, |id| *id != moved, random);
    let mut after = frames.to_vec();
    for (id, turn) in &few {
        if let Some(frame) = after.iter_mut().find(|frame| frame.0 == *id) {
            frame.1 = Some(turn.clone());
        }
    }
    sort(&mut after);
    let fits = after
        .iter()
        .map(|frame| &frame.0)
        .eq(wanted.iter().map(|frame| &frame.0));
    if fits {
        return few;
    }
    // Where turns are equal there is no room between them.
    turns(&wanted, wanted.len(), |_| false, random)
}

/// Fresh turns for those of the first `count` that keep none.
fn turns(
    wanted: &[&Turn],
    count: usize,
    keeps: impl Fn(&ElementId) -> bool,
    random: &mut dyn FnMut() -> u64,
) -> Vec<(ElementId, Order)> {
    let kept = |frame: &&Turn| frame.1.clone().filter(|_| keeps(&frame.0));
    let mut last: Option<Order> = None;
    let mut written = Vec::new();
    for (at, frame) in wanted.iter().enumerate().take(count) {
        let turn = kept(frame).unwrap_or_else(|| {
            let next = wanted.get(at + 1).and_then(&kept);
            let fresh = Order::between(last.as_ref(), next.as_ref(), random());
            written.push((frame.0.clone(), fresh.clone()));
            fresh
        });
        last = Some(turn);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrange::testing::name;
    use proptest::prelude::*;

    fn frame(id: u32, turn: Option<&str>, x: f64, y: f64) -> Turn {
        (
            name(id),
            turn.map(Order::from),
            Rect::new(x, y, x + 100.0, y + 60.0),
        )
    }

    fn sorted(mut frames: Vec<Turn>) -> Vec<ElementId> {
        sort(&mut frames);
        frames.into_iter().map(|(id, ..)| id).collect()
    }

    #[test]
    fn d38_frames_come_as_one_reads_and_those_with_a_turn_first() {
        let frames = vec![
            frame(1, None, 300.0, 10.0),
            frame(2, None, 0.0, 200.0),
            frame(3, None, 150.0, 0.0),
            // It begins below the middle of the row's topmost one.
            frame(4, None, 0.0, 35.0),
            frame(5, None, 0.0, 25.0),
        ];
        assert_eq!(sorted(frames.clone()), [5, 3, 1, 4, 2].map(name));
        let mut given = frames;
        given.extend([frame(6, Some("b"), 0.0, 0.0), frame(7, Some("a1"), 900.0, 900.0)]);
        assert_eq!(sorted(given), [7, 6, 5, 3, 1, 4, 2].map(name));
    }

    proptest! {
        #[test]
        fn d38_a_frame_that_is_moved_changes_places_with_its_neighbour(
            places in proptest::collection::vec((0u8..4, 0u8..4, proptest::option::of("[ab][0-2]")), 1..9),
            number in any::<prop::sample::Index>(), sooner in any::<bool>(), seed in any::<u64>(),
        ) {
            let frames = places.iter().zip(0..).map(|((x, y, turn), id)| {
                frame(id, turn.as_deref(), f64::from(*x) * 120.0, f64::from(*y) * 50.0)
            });
            let mut frames: Vec<Turn> = frames.collect();
            sort(&mut frames);
            let number = number.index(frames.len());
            let mut dice = seed;
            let written = shift(&frames, number, sooner, &mut || { dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1); dice });
            let mut expected: Vec<ElementId> = frames.iter().map(|(id, ..)| id.clone()).collect();
            match (sooner, number) {
                (true, 0) => prop_assert!(written.is_empty()),
                (true, _) => expected.swap(number, number - 1),
                (false, last) if last + 1 == frames.len() => prop_assert!(written.is_empty()),
                (false, _) => expected.swap(number, number + 1),
            }
            for (id, turn) in written {
                let frame = frames.iter_mut().find(|frame| frame.0 == id).expect("one of them");
                frame.1 = Some(turn);
            }
            prop_assert_eq!(sorted(frames), expected);
        }
    }
}
