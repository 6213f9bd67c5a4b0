//! A stroke's shape: a ribbon of varying width with round ends and joins.
//!
//! The ribbon is a chain of spokes across the line. Between two spokes lies a convex quad, around
//! a sharp join a pie, at the ends half discs. The outline runs along the spokes' left ends and back
//! along the right ones; on the inner side of a sharp join it passes through the join's centre.
//! So its winding number is the sum of those of the quads, pies and discs, which all turn the same way:
//! under the nonzero rule nothing can cancel out, however the stroke crosses itself, and the outline
//! covers exactly what the mesh does. Where the inner edges cross well before the join, it turns there instead. It takes time linear in the points, whatever they are.

use std::f64::consts::PI;

use kurbo::{Affine, BezPath, Point, Rect, Vec2};

use super::mesh::{Far, Side};
use super::{Curve, InkPoint, Mesh, radius};

/// A join that turns by less than this has one spoke, in the middle of the turn: the radius there
/// is short by 2 % at most.
const SMOOTH_COS: f64 = 0.92;
/// Where more may differ, joins may turn by more; this much is always sharp.
const SHARP_COS: f64 = 0.3;

/// From so many joints on, round ones are made of few corners.
const MANY: usize = 1 << 15;
/// How far the pies reach into their neighbours, in radii.
const OVERLAP: f64 = 0.02;

/// Where the line bends, and the unit normals of what comes before and after. They are one and the
/// same at a smooth join and at an end.
#[derive(Debug, Clone, Copy)]
struct Joint {
    pos: Point,
    radius: f64,
    before: Vec2,
    after: Vec2,
}

/// A line's shape, in the coordinates of its points.
#[derive(Debug, Clone)]
pub struct Ribbon {
    joints: Vec<Joint>,
    /// Whether it ends with the spoke with which it begins, and so has no ends.
    closed: bool,
    tolerance: f64,
}

impl Ribbon {
    /// The shape of a whole stroke: samples, nominal width and step as for [`Curve::new`].
    #[must_use]
    pub fn new(samples: &[InkPoint], width: f64, step: f64) -> Self {
        let curve = Curve::new(samples, width, step);
        Self::of(&curve, 0..=curve.len().saturating_sub(1))
    }

    /// The shape of the part of a curve between two nodes, with round ends.
    #[must_use]
    pub fn of(curve: &Curve, nodes: std::ops::RangeInclusive<usize>) -> Self {
        Self::along(&curve.flatten(nodes), curve.width(), curve.tolerance())
    }

    /// The shape of a line that is given point by point; within `tolerance` of the true one where it turns. It has round
    /// ends, unless it ends where it began and goes on as it came.
    #[must_use]
    pub fn along(line: &[InkPoint], width: f64, tolerance: f64) -> Self {
        let joints = joints(line, width, tolerance);
        let closed = match joints.as_slice() {
            [first, _, .., last] => first.is_same(last),
            _ => false,
        };
        Self {
            joints,
            closed,
            tolerance,
        }
    }

    /// Its line where that is equally wide everywhere, and how wide: round ends and joins along it are all there is of it. `None` where its
    /// width changes, and for no points.
    pub(super) fn even(&self) -> Option<(Vec<Point>, f64)> {
        let radius = self.joints.first()?.radius;
        let same = |joint: &Joint| (joint.radius - radius).abs() <= 1e-9 * radius;
        let line = || self.joints.iter().map(|joint| joint.pos).collect();
        self.joints.iter().all(same).then(|| (line(), 2.0 * radius))
    }

    /// How wide it is where it is widest, in board units.
    pub(super) fn widest(&self) -> f64 {
        let radii = self.joints.iter().map(|joint| joint.radius);
        2.0 * radii.fold(0.0, f64::max)
    }

    /// Whether it ends as it begins, and so has no ends.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// The boundary as one closed polygon, to be filled by the nonzero rule, after `place`. Empty for no points.
    #[must_use]
    pub fn outline(&self, place: Affine) -> BezPath {
        let mut left: Vec<Point> = Vec::new();
        let mut right: Vec<Point> = Vec::new();
        for (n, joint) in self.joints.iter().enumerate() {
            let turn = joint.turn();
            left.push(joint.left_before());
            right.push(joint.right_before());
            if turn != 0.0 {
                let (inner, outer, from) = if turn > 0.0 {
                    (&mut left, &mut right, -joint.before)
                } else {
                    (&mut right, &mut left, joint.before)
                };
                self.arc(joint, turn, |angle| outer.push(joint.at(turned(from, angle))));
                outer.push(joint.at(turned(from, turn)));
                if let Some(crossing) = self.crossing(n, turn) {
                    inner.pop();
                    inner.push(crossing);
                } else {
                    inner.extend([joint.pos, joint.at(-turned(from, turn))]);
                }
            }
        }
        let mut path = BezPath::new();
        let (Some(first), Some(last)) = (self.joints.first(), self.joints.last()) else {
            return path;
        };
        if !self.closed {
            self.arc(last, -PI, |angle| left.push(last.at(turned(last.after, angle))));
        }
        left.extend(right.iter().rev());
        if !self.closed {
            self.arc(first, -PI, |angle| {
                left.push(first.at(turned(-first.before, angle)));
            });
        }
        path.move_to(place * left[0]);
        left[1..].iter().for_each(|&p| path.line_to(place * p));
        path.close_path();
        path
    }

    /// Where at a sharp join the inner edges of the quads before and after it cross, if they do and reach far beyond that. The quads have
    /// all between there and the join in common, so the outline needs not go around it twice.
    fn crossing(&self, n: usize, turn: f64) -> Option<Point> {
        let (a, joint, b) = (
            self.joints.get(n.checked_sub(1)?)?,
            &self.joints[n],
            self.joints.get(n + 1)?,
        );
        let radius = a.radius.max(joint.radius).max(b.radius);
        let shorter = a.pos.distance(joint.pos).min(joint.pos.distance(b.pos));
        if 2.0 * radius * (turn.abs() / 2.0).tan() > shorter {
            return None;
        }
        let side = turn.signum();
        let (p, q) = (a.at(a.after * side), joint.at(joint.before * side));
        let (r, s) = (joint.at(joint.after * side), b.at(b.before * side));
        let (first, second) = (q - p, s - r);
        let under = first.cross(second);
        let (t, u) = ((r - p).cross(second) / under, (r - p).cross(first) / under);
        let within = |part: f64| (0.0..=1.0).contains(&part);
        (within(t) && within(u)).then(|| p + first * t)
    }

    /// The shape as triangles, after `place`. Triangles may overlap where the stroke bends sharply or crosses itself.
    /// `None` for no points, or where `place` takes it out of the world.
    #[must_use]
    pub fn mesh(&self, place: Affine) -> Option<Mesh> {
        let corners: Vec<Far> = self
            .strip()
            .into_iter()
            .map(|corner| corner.placed(place))
            .collect();
        Mesh::new(&corners)
    }

    /// The corners of the mesh, as one strip.
    pub(super) fn strip(&self) -> Vec<Far> {
        let mut strip = Strip::default();
        for (i, joint) in self.joints.iter().enumerate() {
            let turn = joint.turn();
            if i == 0 && !self.closed {
                self.fan(&mut strip, joint, -joint.before, -PI);
            }
            strip.spoke(joint, joint.before);
            if turn != 0.0 {
                // Where more may differ than the line is thick, nobody sees a pie.
                if self.tolerance < joint.radius {
                    let outer = if turn > 0.0 { -joint.before } else { joint.before };
                    self.fan(&mut strip, joint, outer, turn);
                }
                strip.spoke(joint, joint.after);
            }
            if i + 1 == self.joints.len() && !self.closed {
                self.fan(&mut strip, joint, joint.after, -PI);
            }
        }
        strip.0
    }

    /// A box that holds the outline, before any `place`. `None` for no points.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let around = |j: &Joint| Rect::from_center_size(j.pos, (2.0 * j.radius, 2.0 * j.radius));
        self.joints.iter().map(around).reduce(|a, b| a.union(b))
    }

    /// A pie: from the direction `from` (unit) at the joint, turned by `sweep`. It begins and ends at a spoke, so that
    /// the triangles in which the strip goes over from and to the neighbours have no area.
    fn fan(&self, strip: &mut Strip, joint: &Joint, from: Vec2, sweep: f64) {
        // The tip lies a little inside the neighbours: if it lay on the edge of a quad, rounding could leave a crack.
        let tip = joint.pos - turned(from, sweep / 2.0) * joint.radius * OVERLAP;
        let mut part = |direction: Vec2| {
            let offset = direction * joint.radius;
            strip.corner(tip, offset, Side::Middle);
            strip.corner(joint.pos, offset, Side::Rim);
        };
        part(from);
        self.arc(joint, sweep, |angle| part(turned(from, angle)));
        part(turned(from, sweep));
    }

    /// The angles of an arc around a joint, without its first and last.
    fn arc(&self, joint: &Joint, sweep: f64, mut angle: impl FnMut(f64)) {
        let step = 2.0 * (1.0 - (self.tolerance / joint.radius).min(1.0)).acos();
        // One of very many joints is dense, or hostile.
        let finest = if self.joints.len() > MANY {
            PI / 2.0
        } else {
            PI / 60.0
        };
        let parts = (sweep.abs() / step.clamp(finest, PI / 2.0)).ceil();
        for part in 1..parts as usize {
            angle(sweep * part as f64 / parts);
        }
    }
}

impl Joint {
    /// Whether both have the same spoke, and no turn.
    fn is_same(&self, other: &Self) -> bool {
        let spokes = [self.before, self.after, other.before, other.after];
        self.pos == other.pos && self.radius == other.radius && spokes.iter().all(|spoke| *spoke == spokes[0])
    }

    /// The point of the edge in a direction (unit).
    fn at(&self, direction: Vec2) -> Point {
        self.pos + direction * self.radius
    }
    fn left_before(&self) -> Point {
        self.at(self.before)
    }
    fn right_before(&self) -> Point {
        self.at(-self.before)
    }
    fn left_after(&self) -> Point {
        self.at(self.after)
    }
    fn right_after(&self) -> Point {
        self.at(-self.after)
    }

    /// By how much the line turns here, in radians from -pi to pi, towards the left where positive; 0 at a smooth join.
    fn turn(&self) -> f64 {
        if self.before == self.after {
            0.0
        } else {
            self.before.cross(self.after).atan2(self.before.dot(self.after))
        }
    }
}

/// A strip under construction.
#[derive(Default)]
struct Strip(Vec<Far>);

impl Strip {
    fn corner(&mut self, centre: Point, offset: Vec2, side: Side) {
        self.0.push(Far {
            centre,
            offset,
            side,
            filled: false,
        });
    }

    /// Both ends of a spoke along the unit vector `normal`; a quad lies between it and the spoke before.
    fn spoke(&mut self, joint: &Joint, normal: Vec2) {
        let offset = normal * joint.radius;
        self.corner(joint.pos, offset, Side::Left);
        self.corner(joint.pos, -offset, Side::Right);
    }
}

fn turned(v: Vec2, angle: f64) -> Vec2 {
    let (sin, cos) = angle.sin_cos();
    Vec2::new(v.x * cos - v.y * sin, v.x * sin + v.y * cos)
}

fn joints(line: &[InkPoint], width: f64, tolerance: f64) -> Vec<Joint> {
    let mut line = line.to_vec();
    line.dedup_by(|b, a| (b.pos - a.pos).hypot() <= f64::EPSILON * (1.0 + a.pos.x.abs().max(a.pos.y.abs())));
    let normals: Vec<Vec2> = line
        .windows(2)
        .map(|w| (w[1].pos - w[0].pos).normalize().turn_90())
        .collect();
    let joint = |i: usize| {
        // A lone point is a dot: its normal is any.
        let before = *normals
            .get(i.wrapping_sub(1))
            .or(normals.get(i))
            .unwrap_or(&Vec2::new(0.0, 1.0));
        let after = *normals.get(i).unwrap_or(&before);
        let sharp = Joint {
            pos: line[i].pos,
            radius: radius(width, line[i].pressure),
            before,
            after,
        };
        // In the middle of a turn of t the edge lies r (1 - cos(t/2)) inside the round one.
        let half = (1.0 - tolerance / sharp.radius).max(0.0);
        let smooth = SMOOTH_COS.min(2.0 * half * half - 1.0).max(SHARP_COS);
        if before.dot(after) < smooth {
            return sharp;
        }
        let middle = (before + after).normalize();
        Joint {
            before: middle,
            after: middle,
            ..sharp
        }
    };
    let mut joints: Vec<Joint> = (0..line.len()).map(joint).collect();
    // A line that ends where it began, and goes on as it came, has one spoke there.
    if let ([start, .., end], [first, _, .., last]) = (normals.as_slice(), joints.as_mut_slice())
        && first.pos == last.pos
        && first.radius == last.radius
        && start.dot(*end) > SMOOTH_COS
    {
        let middle = (*start + *end).normalize();
        for joint in [first, last] {
            (joint.before, joint.after) = (middle, middle);
        }
    }
    // Where the line is short against its width, skew spokes could cross. Both its ends become sharp then, which
    // makes the quad a trapezoid; that may in turn spoil a neighbour's, so look at those again.
    let mut sharp = vec![false; joints.len()];
    let mut to_check: Vec<usize> = (0..normals.len()).collect();
    while let Some(i) = to_check.pop() {
        if (sharp[i] && sharp[i + 1]) || is_convex(&joints[i], &joints[i + 1]) {
            continue;
        }
        for end in [i, i + 1] {
            sharp[end] = true;
            joints[end].before = *normals.get(end.wrapping_sub(1)).unwrap_or(&normals[i]);
            joints[end].after = *normals.get(end).unwrap_or(&normals[i]);
        }
        to_check.extend(i.checked_sub(1));
        to_check.extend((i + 1 < normals.len()).then_some(i + 1));
    }
    joints
}

/// Whether the quad between two joints turns the same way at all its corners.
fn is_convex(a: &Joint, b: &Joint) -> bool {
    let quad = [a.left_after(), a.right_after(), b.right_before(), b.left_before()];
    (0..4).all(|i| {
        let (p, q, r) = (quad[i], quad[(i + 1) % 4], quad[(i + 2) % 4]);
        (q - p).cross(r - q) > 0.0
    })
}

#[cfg(test)]
mod tests;
