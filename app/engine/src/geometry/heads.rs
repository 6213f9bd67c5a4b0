//! The heads at a line's ends: in proportion to its [`scale`], and never longer than half of the line.

use std::f64::consts::TAU;

use kurbo::{Point, Rect, Vec2};

use super::flat::Flat;
use super::ink::scale;
use super::outline::rounded;
use super::terms::Head;
use super::way::Way;

/// How long an arrow's strokes are, in scales, and by how much each is turned from the line, in radians.
const ARROW: (f64, f64) = (5.5, 0.5);
/// How long a triangle is, in scales; half its base, and where the line ends in it, in parts of that.
const TRIANGLE: (f64, f64, f64) = (4.5, 0.46, 0.8);
/// Where the rounding of a triangle's corners begins, in scales and at most in parts of its length.
const ROUNDING: (f64, f64) = (0.5, 0.2);
/// A dot's radius, in scales.
const DOT: f64 = 1.75;
/// Half of a bar, in scales; also of a crow's foot, and of the stroke before it.
const BAR: f64 = 2.25;
/// A ring's outer radius, in scales.
const RING: f64 = 2.0;
/// How long an outlined triangle is, in scales; half its base in parts of that.
const OUTLINED: (f64, f64) = (5.0, 0.5);
/// The same of a diamond, filled or not.
const DIAMOND: (f64, f64) = (6.0, 0.35);
/// How long a crow's foot is, in scales; how far before the end one's stroke is, and one's that is before a foot.
const CROW: (f64, f64, f64) = (5.0, 3.0, 7.0);

/// A head.
#[derive(Debug, Clone, Default)]
pub(super) struct Drawn {
    /// Strokes of the line's width.
    pub(super) strokes: Vec<Vec<Point>>,
    /// What is filled.
    pub(super) flat: Option<Flat>,
    /// How much sooner the line ends, in board units.
    pub(super) sooner: f64,
}

impl Drawn {
    /// A box around it, where the line is as wide as twice `radius`.
    pub(super) fn bounds(&self, radius: f64) -> Option<Rect> {
        let around = |p: &Point| Rect::from_center_size(*p, (2.0 * radius, 2.0 * radius));
        let flat = self.flat.as_ref().map(Flat::bounds);
        self.strokes
            .iter()
            .flatten()
            .map(around)
            .chain(flat)
            .reduce(|a, b| a.union(b))
    }
}

/// The head at the end of a line, or at its start. Its tip is where the line would end.
pub(super) fn draw(head: Head, way: &Way, at_start: bool, width: f64, tolerance: f64) -> Option<Drawn> {
    let scale = scale(width);
    let most = way.length() / 2.0;
    let long = match head {
        Head::None => return None,
        Head::Arrow => ARROW.0 * scale,
        Head::Triangle => TRIANGLE.0 * scale,
        Head::Dot | Head::Bar => scale,
        Head::Circle => 2.0 * RING * scale,
        Head::TriangleOutline => OUTLINED.0 * scale,
        Head::Diamond | Head::DiamondOutline => DIAMOND.0 * scale,
        Head::CrowOne => CROW.1 * scale,
        Head::CrowMany => CROW.0 * scale,
        Head::CrowOneOrMany => CROW.2 * scale,
    }
    .min(most);
    // Where a line bends near its end, its head points the way that it takes there on the whole.
    let place = |back: f64| way.at(if at_start { back } else { way.length() - back });
    let (tip, before) = (place(0.0)?.pos, place(long / 2.0)?.pos);
    let ahead = (tip - before).normalize();
    if !(long > 0.0 && ahead.is_finite()) {
        return None;
    }
    let aside = ahead.turn_90();
    let at = |back: f64, side: f64| tip - ahead * back + aside * side;
    let across = (BAR * scale).min(most);
    let bar = |back: f64| vec![at(back, across), at(back, -across)];
    // An outline's stroke reaches the tip with its edge.
    let inset = (width / 2.0).min(long / 2.0);
    let drawn = match head {
        Head::None => return None,
        Head::Arrow => {
            let sooner = (width / 2.0).min(most);
            let (sin, cos) = ARROW.1.sin_cos();
            let (joint, arm) = (tip - ahead * sooner, (long - sooner).max(0.0));
            let end = |side: f64| joint + (aside * (side * sin) - ahead * cos) * arm;
            strokes(vec![vec![end(1.0), joint, end(-1.0)]], sooner)
        }
        Head::Triangle => {
            let half = TRIANGLE.1;
            let cut = (ROUNDING.0 * scale).min(ROUNDING.1 * long);
            // By how much rounding takes the tip back.
            let angle = half.atan();
            let back = cut * angle.tan() * (1.0 / angle.sin() - 1.0);
            let (sharp, base) = (tip + ahead * back, tip - ahead * long);
            let corners = [base + aside * (half * long), base - aside * (half * long), sharp];
            filled(&rounded(&corners, cut, tolerance), long * TRIANGLE.2)
        }
        Head::Dot => filled(&disc(tip, (DOT * scale).min(most / 2.0), tolerance), 0.0),
        Head::Bar => strokes(vec![bar(0.0)], 0.0),
        Head::Circle => {
            let radius = long / 2.0 - inset;
            let ring = disc(at(long / 2.0, 0.0), radius, tolerance);
            outlined(ring, long - inset)
        }
        Head::TriangleOutline => {
            let half = OUTLINED.1 * (long - inset);
            outlined(vec![at(long, half), at(inset, 0.0), at(long, -half)], long)
        }
        Head::Diamond => {
            let half = DIAMOND.1 * long;
            let (middle, back) = (long / 2.0, long);
            let corners = [at(0.0, 0.0), at(middle, half), at(back, 0.0), at(middle, -half)];
            filled(&corners, long / 2.0)
        }
        Head::DiamondOutline => {
            let half = DIAMOND.1 * long;
            let middle = (inset + long) / 2.0;
            let corners = [at(inset, 0.0), at(middle, half), at(long, 0.0), at(middle, -half)];
            outlined(corners.to_vec(), long)
        }
        Head::CrowOne => strokes(vec![bar(long)], 0.0),
        Head::CrowMany | Head::CrowOneOrMany => {
            let both = head == Head::CrowOneOrMany;
            let root = if both { long * CROW.0 / CROW.2 } else { long };
            let foot = vec![at(0.0, across), at(root, 0.0), at(0.0, -across)];
            let one = both.then(|| bar(long));
            strokes([foot].into_iter().chain(one).collect(), 0.0)
        }
    };
    Some(drawn)
}

fn filled(outline: &[Point], sooner: f64) -> Drawn {
    Drawn {
        strokes: Vec::new(),
        flat: Flat::of(outline),
        sooner,
    }
}

fn strokes(strokes: Vec<Vec<Point>>, sooner: f64) -> Drawn {
    Drawn {
        strokes,
        flat: None,
        sooner,
    }
}

/// A stroke that comes back to where it began.
fn outlined(mut corners: Vec<Point>, sooner: f64) -> Drawn {
    corners.extend(corners.first().copied());
    strokes(vec![corners], sooner)
}

fn disc(centre: Point, radius: f64, tolerance: f64) -> Vec<Point> {
    let pieces = super::outline::pieces(TAU, radius, tolerance);
    let at = |n: usize| centre + Vec2::from_angle(TAU * n as f64 / pieces as f64) * radius;
    (0..pieces).map(at).collect()
}
