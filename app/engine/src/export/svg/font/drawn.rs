//! A letter's outline as TrueType says it: points on and off curves of the second degree.

use kurbo::{BezPath, PathEl, Point, Shape as _};

use super::{Letter, UNITS, put, unsigned};

/// How far a curve of the second degree may be from one of the third, in units.
const EXACT: f64 = 0.25;
/// A letter that is larger, or lies farther off, isn't drawn: so many units, and a little, can be told.
const LARGEST: f64 = 32_000.0;

/// A box around letters, in units, y upwards.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Box {
    pub(super) x0: i16,
    pub(super) y0: i16,
    pub(super) x1: i16,
    pub(super) y1: i16,
}

impl Box {
    pub(super) fn union(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }
}

/// A letter as a font says it.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    pub(super) bytes: Vec<u8>,
    pub(super) bounds: Box,
    pub(super) width: u16,
    pub(super) points: u16,
    pub(super) contours: u16,
}

impl Drawn {
    pub(super) fn of(letter: &Letter) -> Self {
        let contours = contours(&letter.outline);
        let mut drawn = Self {
            width: (letter.width * UNITS).round() as u16,
            ..Self::default()
        };
        let all: Vec<(bool, [i16; 2])> = contours.iter().flatten().copied().collect();
        // As many contours as that has too can be told: each has two points.
        let can_be_told = all.len() < usize::from(u16::MAX) && fits(&letter.outline);
        let Some((_, first)) = all.first().filter(|_| can_be_told) else {
            return drawn;
        };
        let start = Box {
            x0: first[0],
            y0: first[1],
            x1: first[0],
            y1: first[1],
        };
        drawn.bounds = all.iter().fold(start, |all, (_, [x, y])| {
            all.union(Box {
                x0: *x,
                y0: *y,
                x1: *x,
                y1: *y,
            })
        });
        drawn.points = all.len() as u16;
        drawn.contours = contours.len() as u16;
        let Box { x0, y0, x1, y1 } = drawn.bounds;
        let out = &mut drawn.bytes;
        put(out, &[contours.len() as u64], 2);
        put(out, &[x0, y0, x1, y1].map(unsigned), 2);
        let mut last = 0;
        for contour in &contours {
            last += contour.len() as u64;
            put(out, &[last - 1], 2);
        }
        put(out, &[0], 2);
        let (mut flags, mut axes) = (Vec::new(), [Vec::new(), Vec::new()]);
        let mut at = [0i32; 2];
        for (n, (on, point)) in all.iter().enumerate() {
            // Its contours may lie over each other.
            let mut flag = u8::from(*on) | if n == 0 { 0x40 } else { 0 };
            for axis in 0..2 {
                let by = i32::from(point[axis]) - at[axis];
                at[axis] = i32::from(point[axis]);
                let (short, same) = (0x02 << axis, 0x10 << axis);
                match by {
                    0 => flag |= same,
                    1..=255 => flag |= short | same,
                    -255..=-1 => flag |= short,
                    _ => {}
                }
                match by {
                    0 => {}
                    -255..=255 => axes[axis].push(by.unsigned_abs() as u8),
                    _ => axes[axis].extend((by as i16).to_be_bytes()),
                }
            }
            flags.push(flag);
        }
        out.extend(flags);
        axes.iter().for_each(|axis| out.extend(axis));
        drawn
    }
}

/// Whether all places of an outline can be told, each from any other one too.
fn fits(outline: &BezPath) -> bool {
    let around = outline.bounding_box().scale_from_origin(UNITS);
    let far = [around.x0, around.y0, around.x1, around.y1].map(f64::abs);
    let most = far
        .into_iter()
        .fold(around.width().max(around.height()), f64::max);
    most < LARGEST
}

/// Closed curves of the second degree, in units, y upwards: each point with whether the line goes through it.
fn contours(outline: &BezPath) -> Vec<Vec<(bool, [i16; 2])>> {
    let mut contours: Vec<Vec<(bool, [i16; 2])>> = Vec::new();
    let at = |p: Point| [p.x, -p.y].map(|v| (v * UNITS).round() as i16);
    let mut last = Point::ORIGIN;
    for element in outline.elements() {
        if let PathEl::MoveTo(_) = element {
            contours.push(Vec::new());
        }
        let Some(contour) = contours.last_mut() else {
            continue;
        };
        match *element {
            PathEl::MoveTo(p) | PathEl::LineTo(p) => contour.push((true, at(p))),
            PathEl::QuadTo(a, p) => contour.extend([(false, at(a)), (true, at(p))]),
            PathEl::CurveTo(a, b, p) => {
                let cubic = kurbo::CubicBez::new(last, a, b, p);
                for (_, _, quad) in cubic.to_quads(EXACT / UNITS) {
                    contour.extend([(false, at(quad.p1)), (true, at(quad.p2))]);
                }
            }
            PathEl::ClosePath => {}
        }
        last = element.end_point().unwrap_or(last);
    }
    for contour in &mut contours {
        contour.dedup();
        if contour.len() > 1 && contour.first() == contour.last() {
            contour.pop();
        }
    }
    contours.retain(|contour| contour.len() > 1);
    contours
}
