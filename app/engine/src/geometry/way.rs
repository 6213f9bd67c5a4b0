//! A line with its length: parts of it are taken out by how far along they are.

use kurbo::Rect;

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

    /// How long it is up to each of its points, in board units.
    pub(super) fn gone(&self) -> &[f64] {
        &self.gone
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

    /// The parts that lie outside a box, from the first to the last.
    pub(super) fn outside(&self, area: Rect) -> Vec<Vec<InkPoint>> {
        // Where it goes in and out, told by how far along that is.
        let mut inside: Vec<[f64; 2]> = Vec::new();
        for (n, pair) in self.line.windows(2).enumerate() {
            let (a, way) = (pair[0].pos, pair[1].pos - pair[0].pos);
            let (mut from, mut to) = (0.0_f64, 1.0_f64);
            for (low, high, start, step) in [(area.x0, area.x1, a.x, way.x), (area.y0, area.y1, a.y, way.y)] {
                if step == 0.0 {
                    if !(low..=high).contains(&start) {
                        (from, to) = (1.0, 0.0);
                    }
                } else {
                    let ends = [(low - start) / step, (high - start) / step];
                    from = from.max(ends[0].min(ends[1]));
                    to = to.min(ends[0].max(ends[1]));
                }
            }
            if from < to {
                let along = |t: f64| self.gone[n] + t * (self.gone[n + 1] - self.gone[n]);
                match inside.last_mut().filter(|last| last[1] >= along(from)) {
                    Some(last) => last[1] = along(to),
                    None => inside.push([along(from), along(to)]),
                }
            }
        }
        let starts = std::iter::once(0.0).chain(inside.iter().map(|part| part[1]));
        let ends = inside.iter().map(|part| part[0]).chain([self.length()]);
        let parts = starts.zip(ends).filter(|(from, to)| from < to);
        parts.map(|(from, to)| self.part(from, to)).collect()
    }
}
