//! Aligning, spreading and mirroring the parts of a selection.

use std::collections::HashMap;

use super::{Align, Axis, outermost};
use crate::document::{Element, Group};
use crate::geometry::{Affine, Rect, Vec2};

/// What would move by no more than this, in board units, stays: sums of coordinates are not exact.
const STILL: f64 = 1e-6;

/// What moves as a whole: the elements that share their outermost group (within the one that was `entered`), or a single
/// element. Each part is a list of places in `elements`; parts and places are in the order of `elements`.
#[must_use]
pub fn parts(elements: &[Element], entered: Option<&Group>) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut of_group: HashMap<&Group, usize> = HashMap::new();
    for (i, element) in elements.iter().enumerate() {
        let fresh = parts.len();
        let part = outermost(&element.groups, entered)
            .map_or(fresh, |group| *of_group.entry(group).or_insert(fresh));
        if part == fresh {
            parts.push(Vec::new());
        }
        parts[part].push(i);
    }
    parts
}

/// Brings the parts of a selection to one edge or the middle of the box around all of them. Gives the place in `elements`
/// of each element that moves, and by how many board units. A part with something locked in it stays.
#[must_use]
pub fn align(elements: &[Element], entered: Option<&Group>, align: Align) -> Vec<(usize, Vec2)> {
    let parts = Part::all(elements, entered);
    let Some(all) = parts
        .iter()
        .map(|part| part.frame)
        .reduce(|all, one| all.union(one))
    else {
        return Vec::new();
    };
    let way = |part: &Part| match align {
        Align::Left => Vec2::new(all.x0 - part.frame.x0, 0.0),
        Align::Centre => Vec2::new(all.center().x - part.frame.center().x, 0.0),
        Align::Right => Vec2::new(all.x1 - part.frame.x1, 0.0),
        Align::Top => Vec2::new(0.0, all.y0 - part.frame.y0),
        Align::Middle => Vec2::new(0.0, all.center().y - part.frame.center().y),
        Align::Bottom => Vec2::new(0.0, all.y1 - part.frame.y1),
    };
    moved(
        parts
            .iter()
            .filter(|part| !part.locked)
            .map(|part| (part, way(part))),
    )
}

/// Makes the gaps between the parts of a selection equal; the outermost two stay. Where there is no room for gaps their
/// centres are spread evenly. Gives the place in `elements` of each element that moves, and by how many board units. Parts
/// with something locked in them are passed over.
#[must_use]
pub fn distribute(elements: &[Element], entered: Option<&Group>, axis: Axis) -> Vec<(usize, Vec2)> {
    let span = |rect: Rect| match axis {
        Axis::Across => (rect.x0, rect.x1),
        Axis::Down => (rect.y0, rect.y1),
    };
    let centre = |part: &Part| {
        let (low, high) = span(part.frame);
        (low + high) / 2.0
    };
    let mut parts = Part::all(elements, entered);
    parts.retain(|part| !part.locked);
    parts.sort_by(|a, b| centre(a).total_cmp(&centre(b)));
    let [first, between @ .., last] = parts.as_slice() else {
        return Vec::new();
    };
    let length = |part: &Part| span(part.frame).1 - span(part.frame).0;
    let room = span(last.frame).0 - span(first.frame).1 - between.iter().map(length).sum::<f64>();
    let steps = (between.len() + 1) as f64;
    let mut end = span(first.frame).1;
    let ways = between.iter().zip(1..).map(|(part, step)| {
        let way = if room >= 0.0 {
            end += room / steps + length(part);
            end - span(part.frame).1
        } else {
            let share = f64::from(step) / steps;
            centre(first) + (centre(last) - centre(first)) * share - centre(part)
        };
        match axis {
            Axis::Across => (part, Vec2::new(way, 0.0)),
            Axis::Down => (part, Vec2::new(0.0, way)),
        }
    });
    moved(ways)
}

/// The change of the board's places that mirrors a selection about the middle of the box around it: left and right are
/// exchanged with [`Axis::Across`], top and bottom with [`Axis::Down`].
#[must_use]
pub fn flip(elements: &[Element], axis: Axis) -> Affine {
    let Some(all) = elements
        .iter()
        .map(Element::frame)
        .reduce(|all, one| all.union(one))
    else {
        return Affine::IDENTITY;
    };
    match axis {
        Axis::Across => Affine::new([-1.0, 0.0, 0.0, 1.0, all.x0 + all.x1, 0.0]),
        Axis::Down => Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, all.y0 + all.y1]),
    }
}

/// What moves as a whole, with the box around it on the board.
struct Part {
    elements: Vec<usize>,
    frame: Rect,
    locked: bool,
}

impl Part {
    fn all(elements: &[Element], entered: Option<&Group>) -> Vec<Self> {
        let parts = parts(elements, entered).into_iter().filter_map(|part| {
            let frames = part.iter().map(|i| elements[*i].frame());
            Some(Self {
                frame: frames.reduce(|all, one| all.union(one))?,
                locked: part.iter().any(|i| elements[*i].locked),
                elements: part,
            })
        });
        parts.collect()
    }
}

fn moved<'a>(parts: impl Iterator<Item = (&'a Part, Vec2)>) -> Vec<(usize, Vec2)> {
    let moving = parts.filter(|(_, way)| way.hypot() > STILL);
    let each = moving.flat_map(|(part, way)| part.elements.iter().map(move |i| (*i, way)));
    let mut each: Vec<(usize, Vec2)> = each.collect();
    each.sort_by_key(|(i, _)| *i);
    each
}

#[cfg(test)]
mod tests;
