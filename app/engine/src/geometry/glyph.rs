//! The outline of one letter, and how its inside becomes triangles with a seam that makes its edge soft.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use kurbo::{BezPath, PathEl, Point, Rect, Shape as _, Vec2};
use lyon_tessellation::math::point;
use lyon_tessellation::path::Path;
use lyon_tessellation::{BuffersBuilder, FillOptions, FillRule, FillTessellator, FillVertex, VertexBuffers};

use super::polygon;

/// Outlines are kept in so many degrees of exactness, ...
const DEGREES: usize = 7;
/// ... each four times as exact as the one before; the coarsest is within this, in ems.
const COARSEST: f64 = 1.0 / 16.0;
/// The tessellator is given ems times this, so that what it takes for one point is none.
const UNITS: f64 = 1024.0;
/// Where the edge turns by more than that, its two sides are softened apart: cosine of about 15 degrees.
const SMOOTH_COS: f64 = 0.966;

/// A letter's outline, to be filled by the nonzero rule. In ems: 1 is the letters' size, x is 0 where the letter begins, y is 0 on
/// the baseline and points down.
#[derive(Debug, Default)]
pub struct Glyph {
    outline: BezPath,
    bounds: Option<Rect>,
    fills: [OnceLock<Fill>; DEGREES],
}

/// An outline made of straight pieces, and its inside.
#[derive(Debug, Default)]
pub(super) struct Fill {
    /// Closed polygons.
    pub(super) polygons: Vec<Vec<Point>>,
    /// The corners of triangles as one strip.
    pub(super) strip: Vec<Spot>,
}

/// A corner of a triangle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) at: Point,
    /// The way out of the letter; nothing where it is in the midst of it.
    pub(super) out: Vec2,
    /// Whether it is to be pushed outwards, not inwards.
    pub(super) outer: bool,
}

impl Glyph {
    /// A letter with this outline. One without, such as a space, is nothing to be seen.
    #[must_use]
    pub fn new(outline: BezPath) -> Self {
        let bounds = (!outline.elements().is_empty()).then(|| outline.bounding_box());
        Self {
            outline,
            bounds,
            fills: Default::default(),
        }
    }

    /// Its outline, as the font has it.
    #[must_use]
    pub fn outline(&self) -> &BezPath {
        &self.outline
    }

    /// A box around it; `None` for nothing to be seen.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        self.bounds
    }

    /// Its inside, within `tolerance` ems, or as exact as it ever is. Made once and kept.
    pub(super) fn fill(&self, tolerance: f64) -> &Fill {
        let degree = ((COARSEST / tolerance).log2() / 2.0).ceil();
        let degree = (degree.max(0.0) as usize).min(DEGREES - 1);
        let tolerance = COARSEST / 4f64.powf(degree as f64);
        self.fills[degree].get_or_init(|| Fill::of(&self.outline, tolerance))
    }
}

impl Fill {
    fn of(outline: &BezPath, tolerance: f64) -> Self {
        Self::inside(polygons(outline, tolerance))
    }

    /// What closed polygons enclose, by the nonzero rule. None of them may be much farther from the origin than 1.
    pub(super) fn inside(polygons: Vec<Vec<Point>>) -> Self {
        // What can't be filled, as a damaged font of the system might have, isn't drawn. The tessellator panics where it has
        // lost its way, and whoever exports or draws goes on.
        let made = catch_unwind(AssertUnwindSafe(|| tessellated(&polygons)));
        let Ok(Some(made)) = made else {
            return Self::default();
        };
        let triangles: Vec<[u32; 3]> = made.indices.chunks_exact(3).map(|t| [t[0], t[1], t[2]]).collect();
        Self {
            strip: strip(&made.vertices, &triangles),
            polygons,
        }
    }
}

/// Triangles that cover what closed polygons enclose; `None` where that can't be reckoned.
fn tessellated(polygons: &[Vec<Point>]) -> Option<VertexBuffers<Point, u32>> {
    let mut path = Path::builder();
    for polygon in polygons {
        let mut corners = polygon
            .iter()
            .map(|p| point((p.x * UNITS) as f32, (p.y * UNITS) as f32));
        let Some(first) = corners.next() else { continue };
        path.begin(first);
        corners.for_each(|corner| {
            path.line_to(corner);
        });
        path.end(true);
    }
    let mut made: VertexBuffers<Point, u32> = VertexBuffers::new();
    let options = FillOptions::default().with_fill_rule(FillRule::NonZero);
    let corner = |vertex: FillVertex<'_>| {
        let at = vertex.position();
        Point::new(f64::from(at.x) / UNITS, f64::from(at.y) / UNITS)
    };
    let built = FillTessellator::new().tessellate_path(
        &path.build(),
        &options,
        &mut BuffersBuilder::new(&mut made, corner),
    );
    built.is_ok().then_some(made)
}

/// An outline as closed polygons, no two points in a row the same.
fn polygons(outline: &BezPath, tolerance: f64) -> Vec<Vec<Point>> {
    let mut polygons: Vec<Vec<Point>> = Vec::new();
    kurbo::flatten(outline, tolerance, |element| match element {
        PathEl::MoveTo(p) => polygons.push(vec![p]),
        PathEl::LineTo(p) => {
            if let Some(polygon) = polygons.last_mut() {
                polygon.push(p);
            }
        }
        _ => {}
    });
    let mut polygons: Vec<Vec<Point>> = polygons.into_iter().map(polygon::corners).collect();
    polygons.retain(|polygon| polygon.len() > 2);
    // Turned as ribbons and flats are, so that together they cover more and never less.
    let area: f64 = polygons
        .iter()
        .map(|corners| polygon::doubled_area(corners))
        .sum();
    if area > 0.0 {
        polygons.iter_mut().for_each(|polygon| polygon.reverse());
    }
    polygons
}

/// The corners of triangles, with a seam around all of them, as one strip. The edges of one triangle only are the edge of all.
fn strip(points: &[Point], triangles: &[[u32; 3]]) -> Vec<Spot> {
    let mut sides: HashMap<(u32, u32), usize> = HashMap::with_capacity(3 * triangles.len());
    for (number, &[a, b, c]) in triangles.iter().enumerate() {
        for side in [(a, b), (b, c), (c, a)] {
            sides.insert(side, number);
        }
    }
    let loops = loops(points, triangles, &sides);
    // In the midst of a letter any way out will do; without one it would count as thinner than a pixel.
    let mut ways = vec![Vec2::new(1.0, 0.0); points.len()];
    let mut out: Vec<Spot> = Vec::new();
    let leap = |out: &mut Vec<Spot>, next: Spot| {
        if let Some(&last) = out.last() {
            out.extend([last, next]);
        }
    };
    for edge in &loops {
        let normal = |n: usize| {
            let (a, b) = (edge[n % edge.len()], edge[(n + 1) % edge.len()]);
            let way = points[b as usize] - points[a as usize];
            let length = way.hypot();
            if length > 0.0 {
                Vec2::new(way.y, -way.x) / length
            } else {
                Vec2::ZERO
            }
        };
        let mut seam = Vec::with_capacity(2 * edge.len() + 2);
        for n in 0..edge.len() {
            let (before, after) = (normal(n + edge.len() - 1), normal(n));
            let between = before + after;
            let length = between.hypot();
            let between = if length > 1e-9 { between / length } else { before };
            ways[edge[n] as usize] = between;
            let sharp = before.dot(after) < SMOOTH_COS;
            let three = [before, between, after];
            for &way in if sharp { &three[..] } else { &three[1..2] } {
                let spot = |outer| Spot {
                    at: points[edge[n] as usize],
                    out: way,
                    outer,
                };
                seam.extend([spot(true), spot(false)]);
            }
        }
        seam.extend_from_within(..2);
        leap(&mut out, seam[0]);
        out.append(&mut seam);
    }
    let spot = |corner: u32| Spot {
        at: points[corner as usize],
        out: ways[corner as usize],
        outer: false,
    };
    for part in strips(triangles, &sides) {
        leap(&mut out, spot(part[0]));
        out.extend(part.into_iter().map(spot));
    }
    out
}

/// The edge of all triangles as closed ways, what they enclose always to the same side.
fn loops(points: &[Point], triangles: &[[u32; 3]], sides: &HashMap<(u32, u32), usize>) -> Vec<Vec<u32>> {
    // All turn the same way; which one, the sum tells.
    let doubled = |&[a, b, c]: &[u32; 3]| {
        let [a, b, c] = [a, b, c].map(|corner| points[corner as usize]);
        (b - a).cross(c - a)
    };
    let turned = triangles.iter().map(doubled).sum::<f64>() < 0.0;
    let mut next: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut starts = Vec::new();
    for &[a, b, c] in triangles {
        for (from, to) in [(a, b), (b, c), (c, a)] {
            if !sides.contains_key(&(to, from)) {
                let (from, to) = if turned { (to, from) } else { (from, to) };
                next.entry(from).or_default().push(to);
                starts.push(from);
            }
        }
    }
    let mut loops = Vec::new();
    for start in starts {
        let mut edge = Vec::new();
        let mut at = start;
        while let Some(to) = next.get_mut(&at).and_then(Vec::pop) {
            edge.push(at);
            at = to;
            if at == start {
                break;
            }
        }
        if edge.len() > 2 {
            loops.push(edge);
        }
    }
    loops
}

/// The triangles as strips, each as long as a simple search finds it.
fn strips(triangles: &[[u32; 3]], sides: &HashMap<(u32, u32), usize>) -> Vec<Vec<u32>> {
    let mut used = vec![false; triangles.len()];
    let across = |used: &[bool], a: u32, b: u32| {
        let found = [(a, b), (b, a)]
            .into_iter()
            .filter_map(|side| sides.get(&side).copied());
        found.filter(|&number| !used[number]).min()
    };
    let mut strips = Vec::new();
    for first in 0..triangles.len() {
        if std::mem::replace(&mut used[first], true) {
            continue;
        }
        // Begun so that it can go on.
        let [a, b, c] = triangles[first];
        let turns = [[a, b, c], [b, c, a], [c, a, b]];
        let on = |turn: &&[u32; 3]| across(&used, turn[1], turn[2]).is_some();
        let mut strip = turns.iter().find(on).unwrap_or(&turns[0]).to_vec();
        let (mut p, mut q) = (strip[1], strip[2]);
        while let Some(number) = across(&used, p, q) {
            used[number] = true;
            let Some(&fresh) = triangles[number]
                .iter()
                .find(|&&corner| corner != p && corner != q)
            else {
                break;
            };
            // Where it only goes on over the other side, that one is brought up by a triangle of no area.
            if across(&used, q, fresh).is_none() && across(&used, p, fresh).is_some() {
                strip.push(p);
                q = p;
            }
            strip.push(fresh);
            (p, q) = (q, fresh);
        }
        strips.push(strip);
    }
    strips
}

#[cfg(test)]
pub(super) mod tests;
