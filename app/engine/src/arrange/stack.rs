//! Moving a selection within the stack, with as few orders written as can be.

use std::collections::HashSet;

use drawbridge_protocol::ElementId;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::Stacking;
use crate::document::Order;
use crate::geometry::Rect;

/// An element of the board: its order, its name, and the box on the board that holds it.
type Entry = (Order, ElementId, Rect);

/// Fresh orders that move the `selected` elements in the `stack`, which is the whole board from the lowest to the topmost.
/// Those selected keep their order among themselves, and none is moved the other way: `Front` and `Forward` raise those that
/// are below the element in question right above it, `Back` and `Backward` the other way round. For `Front` and `Back` that is the
/// outermost of the others; for `Forward` and `Backward` it is the next one that overlaps a selected one it covers, or
/// that covers it. Nothing is written where nothing would change. Where no order is between two others (they are equal,
/// or not of the form made here), it is the next place in that direction where there is one.
#[must_use]
pub fn restack(
    selected: &[ElementId],
    stack: &[Entry],
    how: Stacking,
    random: &mut dyn FnMut() -> u64,
) -> Vec<(ElementId, Order)> {
    let selected: HashSet<&ElementId> = selected.iter().collect();
    let up = matches!(how, Stacking::Front | Stacking::Forward);
    let seen: Vec<&Entry> = if up {
        stack.iter().collect()
    } else {
        stack.iter().rev().collect()
    };
    let chosen: Vec<bool> = seen.iter().map(|(_, id, _)| selected.contains(id)).collect();
    let way = Way { seen, chosen, up };
    let others = || (0..way.seen.len()).filter(|i| !way.chosen[*i]);
    let Some(last) = others().next_back() else {
        return Vec::new();
    };
    let nothing = || !way.chosen[..last].contains(&true);
    let written = match how {
        Stacking::Front | Stacking::Back if nothing() => None,
        // An order below the lowest there can be is none: then as far as there is room.
        Stacking::Front | Stacking::Back => way
            .past(last, random)
            .or_else(|| way.past_all(last, random))
            .or_else(|| others().rev().find_map(|i| way.past(i, random))),
        Stacking::Forward | Stacking::Backward => way.next_overlapped().and_then(|next| {
            let past = others().filter(|i| *i >= next).find_map(|i| way.past(i, random));
            past.or_else(|| way.past_all(last, random))
        }),
    };
    written.unwrap_or_default()
}

/// The stack as it is seen by what moves through it: from where that comes to where it goes.
struct Way<'a> {
    seen: Vec<&'a Entry>,
    /// Which of them are selected.
    chosen: Vec<bool>,
    /// Whether the topmost is the last.
    up: bool,
}

impl Way<'_> {
    /// The first of the others that overlaps a selected one before it.
    fn next_overlapped(&self) -> Option<usize> {
        let each = (0..self.seen.len()).filter(|i| self.chosen[*i]);
        let boxes =
            each.filter_map(|i| Some(GeomWithData::new(Rectangle::from_aabb(aabb(self.seen[i].2)?), i)));
        let boxes = RTree::bulk_load(boxes.collect());
        let first = self.chosen.iter().position(|chosen| *chosen)?;
        (first..self.seen.len()).find(|i| {
            let overlapped = || {
                let area = aabb(self.seen[*i].2)?;
                boxes
                    .locate_in_envelope_intersecting(area)
                    .find(|found| found.data < *i)
            };
            !self.chosen[*i] && overlapped().is_some()
        })
    }

    /// Orders for the selected ones before `at`, to stand right behind it. `None` where there are none or no room is there.
    fn past(&self, at: usize, random: &mut dyn FnMut() -> u64) -> Option<Vec<(ElementId, Order)>> {
        let next = (at + 1 < self.seen.len()).then_some(at + 1);
        // Seen at once, so that a board full of equal orders costs no more than others.
        if next.is_some_and(|next| self.seen[next].0 == self.seen[at].0) {
            return None;
        }
        let moved = (0..at).filter(|i| self.chosen[*i]).collect();
        self.put(moved, Some(at), next, random)
    }

    /// Orders for all selected ones, to stand behind everything.
    fn past_all(&self, last: usize, random: &mut dyn FnMut() -> u64) -> Option<Vec<(ElementId, Order)>> {
        let moved = (0..self.seen.len()).filter(|i| self.chosen[*i]).collect();
        self.put(moved, Some(last), None, random)
    }

    /// Orders for `moved`, behind one and before another. `None` where that can't be.
    fn put(
        &self,
        mut moved: Vec<usize>,
        behind: Option<usize>,
        before: Option<usize>,
        random: &mut dyn FnMut() -> u64,
    ) -> Option<Vec<(ElementId, Order)>> {
        let (mut low, mut high) = (behind, before);
        if !self.up {
            (low, high) = (high, low);
            moved.reverse();
        }
        let order = |i: usize| &self.seen[i].0;
        let (low, high) = (low.map(order), high.map(order));
        if moved.is_empty() {
            return None;
        }
        let fits = |orders: &Vec<Order>| {
            let all = || low.into_iter().chain(orders).chain(high);
            all().zip(all().skip(1)).all(|(below, above)| below < above)
        };
        let mut orders = Vec::with_capacity(moved.len());
        fill(low, high, moved.len(), random, &mut orders);
        if !fits(&orders) {
            // Above an order of a strange form there is room only behind the one before.
            orders = one_by_one(low, high, moved.len(), random);
        }
        if !fits(&orders) {
            return None;
        }
        let names = moved.iter().map(|i| self.seen[*i].1.clone());
        Some(names.zip(orders).collect())
    }
}

/// Adds `count` orders between two others, each above the one before. Between two the middle one is made first, so that they
/// stay short; above or below everything one follows the other.
fn fill(
    low: Option<&Order>,
    high: Option<&Order>,
    count: usize,
    random: &mut dyn FnMut() -> u64,
    into: &mut Vec<Order>,
) {
    match (low, high) {
        _ if count == 0 => {}
        (Some(_), Some(_)) => {
            let middle = Order::between(low, high, random());
            fill(low, Some(&middle), count / 2, random, into);
            into.push(middle.clone());
            fill(Some(&middle), high, count - 1 - count / 2, random, into);
        }
        (None, Some(high)) => {
            let mut above = high.clone();
            let downwards = std::iter::repeat_with(|| {
                above = Order::between(None, Some(&above), random());
                above.clone()
            });
            into.extend(downwards.take(count));
            into.reverse();
        }
        (_, None) => into.extend(one_by_one(low, None, count, random)),
    }
}

/// `count` orders below another, each above the one before.
fn one_by_one(
    low: Option<&Order>,
    high: Option<&Order>,
    count: usize,
    random: &mut dyn FnMut() -> u64,
) -> Vec<Order> {
    let mut below = low.cloned();
    let upwards = std::iter::repeat_with(|| {
        let next = Order::between(below.as_ref(), high, random());
        below = Some(next.clone());
        next
    });
    upwards.take(count).collect()
}

/// `None` for what lies in no place: it overlaps nothing.
fn aabb(rect: Rect) -> Option<AABB<[f64; 2]>> {
    let rect = rect.abs();
    rect.is_finite()
        .then(|| AABB::from_corners([rect.x0, rect.y0], [rect.x1, rect.y1]))
}

#[cfg(test)]
mod tests;
