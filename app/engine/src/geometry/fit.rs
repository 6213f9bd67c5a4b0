//! Curves in place of many short straight pieces, for files, in which every number takes room. None of a line's points is farther
//! from what comes of it than was allowed, and corners stay what they are.

use kurbo::{BezPath, CubicBez, ParamCurve as _, ParamCurveDeriv as _, PathEl, Point, Vec2};

/// Where a line turns by more than that it has a corner: cosine of about 50 degrees.
const CORNER_COS: f64 = 0.64;
/// So few pieces are shorter said one by one than as a curve, which takes as many numbers as three of them.
const FEW: usize = 3;
/// No curve stands for more pieces, so that looking for the longest one takes bounded time.
const MOST: usize = 256;
/// How often the places along a curve are mended at which it is compared.
const ROUNDS: usize = 3;
/// A curve that is farther off than so many times what is allowed won't be mended by that.
const HOPELESS: f64 = 9.0;

/// A line as a path whose every point is within `tolerance` of the line's, and the other way round. A closed one doesn't say its first point
/// again at its end, and may begin anywhere.
pub(super) fn fitted(line: &[Point], closed: bool, tolerance: f64) -> BezPath {
    let mut line = line.to_vec();
    line.dedup();
    while closed && line.len() > 1 && line.first() == line.last() {
        line.pop();
    }
    let mut path = BezPath::new();
    let count = line.len();
    if count == 0 {
        return path;
    }
    if closed {
        // From a corner on, so that no curve has to end in the midst of a side.
        let corner =
            (0..count).find(|&i| is_corner(line[(i + count - 1) % count], line[i], line[(i + 1) % count]));
        line.rotate_left(corner.unwrap_or(0));
        line.push(line[0]);
    }
    path.move_to(line[0]);
    if line.len() == 1 {
        path.line_to(line[0]);
    }
    let mut from = 0;
    while from + 1 < line.len() {
        let corner = (from + 1..line.len() - 1).find(|&i| is_corner(line[i - 1], line[i], line[i + 1]));
        let to = corner.unwrap_or(line.len() - 1);
        run(&line[from..=to], tolerance, &mut path);
        from = to;
    }
    if closed {
        // The way back to the start goes without saying.
        if path.elements().len() > 2 && matches!(path.elements().last(), Some(PathEl::LineTo(_))) {
            path.pop();
        }
        path.close_path();
    }
    path
}

fn is_corner(before: Point, at: Point, after: Point) -> bool {
    let (a, b) = (at - before, after - at);
    a.dot(b) < CORNER_COS * (a.hypot2() * b.hypot2()).sqrt()
}

/// Adds what lies between two corners.
fn run(line: &[Point], tolerance: f64, path: &mut BezPath) {
    let mut from = 0;
    let mut guess = 2 * FEW;
    while from + 1 < line.len() {
        let rest = &line[from..];
        let straight = straight(rest, tolerance);
        match longest(rest, guess, tolerance) {
            Some((pieces, curve)) if pieces > FEW * straight => {
                path.curve_to(curve.p1, curve.p2, curve.p3);
                from += pieces;
                guess = pieces;
            }
            _ => {
                path.line_to(rest[straight]);
                from += straight;
                guess = 2 * FEW;
            }
        }
    }
}

/// How many pieces from the first point on are as good as one.
fn straight(line: &[Point], tolerance: f64) -> usize {
    let mut pieces = 1;
    while pieces + 1 < line.len().min(MOST) {
        let (first, last) = (line[0], line[pieces + 1]);
        let near = |p: &Point| apart(*p, first, last) <= tolerance;
        if !line[1..=pieces].iter().all(near) {
            break;
        }
        pieces += 1;
    }
    pieces
}

/// How far a point is from the straight way between two.
fn apart(p: Point, a: Point, b: Point) -> f64 {
    let way = b - a;
    let t = ((p - a).dot(way) / way.hypot2().max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
    p.distance(a + way * t)
}

/// The curve that stands for the most pieces from the first point on, and for how many; `None` where it is too few.
fn longest(line: &[Point], guess: usize, tolerance: f64) -> Option<(usize, CubicBez)> {
    let most = (line.len() - 1).min(MOST);
    let (mut fits, mut fails, mut next) = (FEW, most + 1, guess.clamp(FEW + 1, most.max(FEW + 1)));
    let mut found = None;
    while fits + 1 < fails {
        match curve(&line[..=next], tolerance) {
            Some(curve) => {
                found = Some((next, curve));
                fits = next;
            }
            None => fails = next,
        }
        next = if fails > most {
            (2 * next).min(most)
        } else {
            usize::midpoint(fits, fails)
        };
        // Whether it is one piece more or less matters little where there are many.
        if fails <= most && fails - fits <= fits / 8 {
            break;
        }
    }
    found
}

/// The curve from the first to the last point that comes nearest to those between, if that is near enough.
fn curve(line: &[Point], tolerance: f64) -> Option<CubicBez> {
    let mut gone = 0.0;
    let mut at: Vec<f64> = vec![0.0];
    for pair in line.windows(2) {
        gone += pair[0].distance(pair[1]);
        at.push(gone);
    }
    at.iter_mut().for_each(|at| *at /= gone);
    for round in 0..ROUNDS {
        let curve = nearest(line, &at)?;
        let far = line
            .iter()
            .zip(&at)
            .map(|(p, &t)| curve.eval(t).distance_squared(*p));
        let far = far.fold(0.0, f64::max).sqrt();
        if far <= tolerance {
            return stays_near(&curve, line, &at, tolerance).then_some(curve);
        }
        if far > HOPELESS * tolerance || round + 1 == ROUNDS {
            return None;
        }
        mend(&curve, line, &mut at);
    }
    None
}

/// By least squares, for points so far along.
fn nearest(line: &[Point], at: &[f64]) -> Option<CubicBez> {
    let (first, last) = (*line.first()?, *line.last()?);
    let (mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0);
    let (mut ra, mut rb) = (Vec2::ZERO, Vec2::ZERO);
    for (p, &t) in line.iter().zip(at) {
        let s = 1.0 - t;
        let (a, b) = (3.0 * t * s * s, 3.0 * t * t * s);
        let start = s * s * (s + 3.0 * t);
        // What is left when both handles lie at their ends.
        let rest = *p - first.lerp(last, 1.0 - start);
        aa += a * a;
        ab += a * b;
        bb += b * b;
        ra += rest * a;
        rb += rest * b;
    }
    let under = aa * bb - ab * ab;
    if under <= 1e-12 {
        return None;
    }
    let p1 = first + (ra * bb - rb * ab) / under;
    let p2 = last + (rb * aa - ra * ab) / under;
    Some(CubicBez::new(first, p1, p2, last))
}

/// Moves the places along the curve to where it is nearest to the points, by a step of Newton's.
fn mend(curve: &CubicBez, line: &[Point], at: &mut [f64]) {
    let (first, second) = (curve.deriv(), curve.deriv().deriv());
    for (p, t) in line.iter().zip(at.iter_mut()) {
        let off = curve.eval(*t) - *p;
        let (d, dd) = (first.eval(*t).to_vec2(), second.eval(*t).to_vec2());
        let under = d.hypot2() + off.dot(dd);
        if under > 0.0 {
            *t = (*t - off.dot(d) / under).clamp(0.0, 1.0);
        }
    }
}

/// Whether the curve goes from point to point in their order, and between two of them near the straight way.
fn stays_near(curve: &CubicBez, line: &[Point], at: &[f64], tolerance: f64) -> bool {
    line.windows(2).zip(at.windows(2)).all(|(pair, at)| {
        let near = |part: f64| {
            let p = curve.eval(at[0] + (at[1] - at[0]) * part);
            apart(p, pair[0], pair[1]) <= tolerance
        };
        at[0] <= at[1] && [0.25, 0.5, 0.75].into_iter().all(near)
    })
}

#[cfg(test)]
mod tests;
