//! Sets of letters' numbers, as ranges.

use std::ops::Range;

/// Sorted ranges with gaps between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ranges(Vec<Range<u32>>);

impl Ranges {
    /// In whatever order they come.
    pub(super) fn of(mut all: Vec<Range<u32>>) -> Self {
        all.retain(|range| range.start < range.end);
        all.sort_unstable_by_key(|range| range.start);
        let mut merged: Vec<Range<u32>> = Vec::with_capacity(all.len());
        for range in all {
            match merged.last_mut().filter(|last| range.start <= last.end) {
                Some(last) => last.end = last.end.max(range.end),
                None => merged.push(range),
            }
        }
        Self(merged)
    }

    pub(super) fn add(&mut self, range: Range<u32>) {
        let from = self.0.partition_point(|held| held.end < range.start);
        let to = self.0.partition_point(|held| held.start <= range.end);
        if range.start >= range.end {
            return;
        }
        let touched = &self.0[from..to];
        let start = touched
            .first()
            .map_or(range.start, |held| held.start.min(range.start));
        let end = touched.last().map_or(range.end, |held| held.end.max(range.end));
        self.0.splice(from..to, std::iter::once(start..end));
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        let all = self.0.iter().chain(&other.0).cloned().collect();
        *self = Self::of(all);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Range<u32>> + '_ {
        self.0.iter().cloned()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, n: u32) -> bool {
        let at = self.0.partition_point(|held| held.end <= n);
        self.0.get(at).is_some_and(|held| held.start <= n)
    }

    /// Those that aren't in `other`.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut others = other.0.iter().peekable();
        for range in &self.0 {
            let mut start = range.start;
            while let Some(cut) = others.peek() {
                if cut.end <= start {
                    others.next();
                } else if cut.start >= range.end {
                    break;
                } else {
                    if start < cut.start {
                        left.push(start..cut.start);
                    }
                    start = cut.end;
                    if start >= range.end {
                        break;
                    }
                    others.next();
                }
            }
            if start < range.end {
                left.push(start..range.end);
            }
        }
        Self(left)
    }
}
