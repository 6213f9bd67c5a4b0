//! Snapping: what is moved comes to stand in line with others, at equal distances, or on the grid.

mod row;

use super::Axis;
use crate::geometry::{Point, Rect, Vec2};
use row::Row;

/// What differs by no more than this, in board units, is the same place: sums of coordinates are not exact.
const SAME: f64 = 1e-6;

/// A straight line to be shown where something stands in line: between the outermost two places concerned, on the board.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guide {
    /// The leftmost or topmost end.
    pub from: Point,
    /// The other end.
    pub to: Point,
}

/// What snapping comes to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapped {
    /// How far what is moved is to be moved further, in board units.
    pub by: Vec2,
    /// What is to be shown once it is moved: up to six lines, and the gaps that are equal.
    pub guides: Vec<Guide>,
}

/// Brings `moving` into line with `others`: left, centre or right to any of theirs, and top, middle or bottom; in each axis
/// to the nearest that is `within` so many board units, and of equally near ones to that of the nearer box. Or it is
/// brought to where the gaps in a row are equal: between two others, or beside two.
#[must_use]
pub fn snap(moving: Rect, others: &[Rect], within: f64) -> Snapped {
    let [line_across, line_down] = AXES.map(|axis| nearest_line(moving, others, axis, within));
    let row = |axis, shift| Row::around(moving + shift, others, axis);
    // What stands in a row depends on how far it is moved in the other axis.
    let across = nearer(
        line_across,
        row(Axis::Across, way(None, line_down)).nearest(within),
    );
    let mut down = nearer(line_down, row(Axis::Down, way(across, None)).nearest(within));
    if across != line_across && !row(Axis::Across, way(across, down)).is_equal() {
        down = line_down;
    }
    let mut snapped = shown(moving, others, [across, down]);
    for (axis, found) in AXES.into_iter().zip([across, down]) {
        if found.is_some() {
            Row::around(moving + snapped.by, others, axis).show(&mut snapped.guides);
        }
    }
    snapped
}

/// Brings a single place, of a handle that is dragged or of a shape that is being drawn, into line with `others`, as
/// [`snap`] does.
#[must_use]
pub fn snap_point(at: Point, others: &[Rect], within: f64) -> Snapped {
    let moving = Rect::from_points(at, at);
    let ways = AXES.map(|axis| nearest_line(moving, others, axis, within));
    shown(moving, others, ways)
}

/// The least move that brings the top left corner of `moving` onto a grid of `cell` board units.
#[must_use]
pub fn to_grid(moving: Rect, cell: f64) -> Vec2 {
    point_to_grid(moving.origin(), cell) - moving.origin()
}

/// The crossing nearest to `at` of a grid of `cell` board units.
#[must_use]
pub fn point_to_grid(at: Point, cell: f64) -> Point {
    let near = |v: f64| (v / cell).round() * cell;
    let crossing = Point::new(near(at.x), near(at.y));
    if crossing.is_finite() { crossing } else { at }
}

impl Snapped {
    /// The same in one axis only, of what [`snap_point`] gave: an edge that is dragged moves in no other.
    #[must_use]
    pub fn only(mut self, axis: Axis) -> Self {
        self.by = along(axis, self.by.to_point(), 0.0).to_vec2();
        self.guides.retain(|guide| match axis {
            Axis::Across => guide.from.x == guide.to.x,
            Axis::Down => guide.from.y == guide.to.y,
        });
        self
    }
}

const AXES: [Axis; 2] = [Axis::Across, Axis::Down];

fn way(across: Option<f64>, down: Option<f64>) -> Vec2 {
    Vec2::new(across.unwrap_or(0.0), down.unwrap_or(0.0))
}

/// Equal gaps only where they are nearer than a line.
fn nearer(line: Option<f64>, gap: Option<f64>) -> Option<f64> {
    match (line, gap) {
        (Some(line), Some(gap)) if gap.abs() < line.abs() - SAME => Some(gap),
        (line, gap) => line.or(gap),
    }
}

/// The way found in each axis, with what is in line after it.
fn shown(moving: Rect, others: &[Rect], [across, down]: [Option<f64>; 2]) -> Snapped {
    let (by, mut guides) = (way(across, down), Vec::new());
    for (axis, found) in AXES.into_iter().zip([across, down]) {
        if found.is_some() {
            lines(moving + by, others, axis, &mut guides);
        }
    }
    Snapped { by, guides }
}

/// From where to where a box reaches in an axis.
#[derive(Clone, Copy)]
struct Span {
    low: f64,
    high: f64,
}

impl Span {
    fn of(rect: Rect, axis: Axis) -> Self {
        match axis {
            Axis::Across => Self {
                low: rect.x0,
                high: rect.x1,
            },
            Axis::Down => Self {
                low: rect.y0,
                high: rect.y1,
            },
        }
    }

    fn lines(self) -> [f64; 3] {
        [self.low, self.high, self.middle()]
    }

    fn middle(self) -> f64 {
        (self.low + self.high) / 2.0
    }

    fn length(self) -> f64 {
        self.high - self.low
    }

    /// How much room is between two; below zero where they overlap.
    fn gap(self, other: Self) -> f64 {
        self.low.max(other.low) - self.high.min(other.high)
    }

    /// Whether two reach over the same places: what is flat also where it lies at the other's edge.
    fn overlaps(self, other: Self) -> bool {
        let gap = self.gap(other);
        gap < 0.0 || (gap == 0.0 && (self.length() == 0.0 || other.length() == 0.0))
    }

    fn union(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
}

/// The axis square to one.
fn square(axis: Axis) -> Axis {
    match axis {
        Axis::Across => Axis::Down,
        Axis::Down => Axis::Across,
    }
}

/// A place with the coordinate of `at` in an axis, and `other` in the one square to it.
fn along(axis: Axis, at: Point, other: f64) -> Point {
    match axis {
        Axis::Across => Point::new(at.x, other),
        Axis::Down => Point::new(other, at.y),
    }
}

/// The way to the nearest line of others in an axis.
fn nearest_line(moving: Rect, others: &[Rect], axis: Axis, within: f64) -> Option<f64> {
    let distance = |other: Rect| {
        let gap = |axis| Span::of(moving, axis).gap(Span::of(other, axis)).max(0.0);
        gap(Axis::Across).hypot(gap(Axis::Down))
    };
    let own = Span::of(moving, axis).lines();
    let mut best: Option<(f64, f64)> = None;
    for other in others {
        for line in Span::of(*other, axis).lines() {
            // What is no number is within nothing.
            for way in own
                .map(|own| line - own)
                .into_iter()
                .filter(|way| way.abs() <= within)
            {
                let far = distance(*other);
                let better = best.is_none_or(|(least, nearest)| {
                    way.abs() < least.abs() - SAME || (way.abs() < least.abs() + SAME && far < nearest)
                });
                if better {
                    best = Some((way, far));
                }
            }
        }
    }
    best.map(|(way, _)| way)
}

/// Shows each line of `moved` on which a line of another lies.
fn lines(moved: Rect, others: &[Rect], axis: Axis, guides: &mut Vec<Guide>) {
    let own = Span::of(moved, axis).lines();
    for (i, line) in own.iter().enumerate() {
        // A box without extent has its three lines in one place.
        if own[..i].contains(line) {
            continue;
        }
        let beside = |rect: Rect| Span::of(rect, square(axis));
        let in_line = |rect: &&Rect| {
            Span::of(**rect, axis)
                .lines()
                .iter()
                .any(|l| (l - line).abs() <= SAME)
        };
        let Some(all) = others
            .iter()
            .filter(in_line)
            .map(|o| beside(*o))
            .reduce(Span::union)
        else {
            continue;
        };
        let all = all.union(beside(moved));
        let at = Point::new(*line, *line);
        guides.push(Guide {
            from: along(axis, at, all.low),
            to: along(axis, at, all.high),
        });
    }
}

#[cfg(test)]
mod tests;
