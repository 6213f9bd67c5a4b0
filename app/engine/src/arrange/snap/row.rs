//! Equal gaps: where a box stands in a row with others.

use super::{Guide, SAME, Span, along, square};
use crate::arrange::Axis;
use crate::geometry::{Point, Rect};

/// What stands in a row with a box: the nearest two before it and behind it.
pub(super) struct Row {
    axis: Axis,
    moving: Rect,
    before: [Option<Rect>; 2],
    behind: [Option<Rect>; 2],
}

impl Row {
    pub(super) fn around(moving: Rect, others: &[Rect], axis: Axis) -> Self {
        let beside = Span::of(moving, square(axis));
        let row = || {
            let others = others.iter().copied();
            others.filter(move |o| Span::of(*o, square(axis)).overlaps(beside))
        };
        let span = |rect: Rect| Span::of(rect, axis);
        // The nearest that ends before a place, and the nearest that begins behind one.
        let ends = |at: f64| {
            let before = row().filter(|o| span(*o).high <= at);
            before.max_by(|a, b| span(*a).high.total_cmp(&span(*b).high))
        };
        let begins = |at: f64| {
            let behind = row().filter(|o| span(*o).low >= at);
            behind.min_by(|a, b| span(*a).low.total_cmp(&span(*b).low))
        };
        let own = span(moving);
        let (before, behind) = (ends(own.middle()), begins(own.middle()));
        Self {
            axis,
            moving,
            before: [before, before.and_then(|b| ends(span(b).low))],
            behind: [behind, behind.and_then(|b| begins(span(b).high))],
        }
    }

    fn span(&self, rect: Rect) -> Span {
        Span::of(rect, self.axis)
    }

    /// Whether gaps are equal as it stands.
    pub(super) fn is_equal(&self) -> bool {
        self.equal_gaps().any(|(way, _)| way.abs() <= SAME)
    }

    /// The ways to where gaps are equal, each with the boxes before, between and behind those gaps; `None` stands for
    /// the box that is moved.
    fn equal_gaps(&self) -> impl Iterator<Item = (f64, [Option<Rect>; 3])> {
        let own = self.span(self.moving);
        let between = match (self.before[0], self.behind[0]) {
            (Some(before), Some(behind)) => {
                let (low, high) = (self.span(before).high, self.span(behind).low);
                let gap = (high - low - own.length()) / 2.0;
                Some((gap, low + gap - own.low, [Some(before), None, Some(behind)]))
            }
            _ => None,
        };
        let after = match self.before {
            [Some(near), Some(far)] => {
                let gap = self.span(near).low - self.span(far).high;
                let way = self.span(near).high + gap - own.low;
                Some((gap, way, [Some(far), Some(near), None]))
            }
            _ => None,
        };
        let ahead = match self.behind {
            [Some(near), Some(far)] => {
                let gap = self.span(far).low - self.span(near).high;
                let way = self.span(near).low - gap - own.high;
                Some((gap, way, [None, Some(near), Some(far)]))
            }
            _ => None,
        };
        let all = [between, after, ahead].into_iter().flatten();
        all.filter(|(gap, ..)| *gap > SAME)
            .map(|(_, way, boxes)| (way, boxes))
    }

    /// The way to the nearest place where gaps are equal.
    pub(super) fn nearest(&self, within: f64) -> Option<f64> {
        let ways = self
            .equal_gaps()
            .map(|(way, _)| way)
            .filter(|way| way.abs() <= within);
        ways.min_by(|a, b| a.abs().total_cmp(&b.abs()))
    }

    /// Shows the gaps that are equal as it stands, each as a line from box to box.
    pub(super) fn show(&self, guides: &mut Vec<Guide>) {
        for (_, boxes) in self.equal_gaps().filter(|(way, _)| way.abs() <= SAME) {
            let boxes = boxes.map(|one| one.unwrap_or(self.moving));
            // In the middle of where all three reach.
            let beside = boxes.map(|one| Span::of(one, square(self.axis)));
            let low = beside.iter().map(|b| b.low).fold(f64::NEG_INFINITY, f64::max);
            let high = beside.iter().map(|b| b.high).fold(f64::INFINITY, f64::min);
            for pair in boxes.windows(2) {
                let (from, to) = (self.span(pair[0]).high, self.span(pair[1]).low);
                let end = |at: f64| along(self.axis, Point::new(at, at), (low + high) / 2.0);
                let guide = Guide {
                    from: end(from),
                    to: end(to),
                };
                if !guides.contains(&guide) {
                    guides.push(guide);
                }
            }
        }
    }
}
