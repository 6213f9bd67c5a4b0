//! A line with its length: parts of it are taken out by how far along they are.

use super::InkPoint;

/// A line given point by point.
#[derive(Debug, Clone)]
pub(super) struct Way {
    line: Vec<InkPoint>,
    /// How long it is up to each point, in board units.
    gone: Vec<f64>,
}

impl Way {
    pub(super) fn of(line: Vec<InkPoint>) -> Self {
        let mut sum = 0.0;
        let steps = line.windows(2).map(|pair| pair[0].pos.distance(pair[1].pos));
        let sums = steps.map(|step| {
            sum += step;
            sum
        });
        let gone = std::iter::once(0.0).take(line.len().min(1)).chain(sums).collect();
        Self { line, gone }
    }

    /// In board units.
    pub(super) fn length(&self) -> f64 {
        self.gone.last().copied().unwrap_or(0.0)
    }

    pub(super) fn line(&self) -> &[InkPoint] {
        &self.line
    }

    /// The point so far along; the first or the last beyond its ends. `None` without points.
    pub(super) fn at(&self, along: f64) -> Option<InkPoint> {
        let next = self.gone.partition_point(|&gone| gone < along);
        let last = self.line.last()?;
        let Some(after) = self.line.get(next) else {
            return Some(*last);
        };
        let Some(before) = next.checked_sub(1) else {
            return Some(*after);
        };
        let (from, a) = (self.gone[before], self.line[before]);
        let t = (along - from) / (self.gone[next] - from);
        Some(InkPoint {
            pos: a.pos.lerp(after.pos, t),
            pressure: a.pressure + (after.pressure - a.pressure) * t,
        })
    }

    /// The part from so far along to so far along: one point where that is no way.
    pub(super) fn part(&self, from: f64, to: f64) -> Vec<InkPoint> {
        let between = |gone: &f64| *gone > from && *gone < to;
        let first = self.gone.partition_point(|&gone| gone <= from);
        let inner = self.gone[first..].iter().take_while(|gone| between(gone)).count();
        let mut part: Vec<InkPoint> = self.at(from).into_iter().collect();
        part.extend(&self.line[first..first + inner]);
        part.extend(self.at(to).filter(|_| to > from));
        part
    }
}
