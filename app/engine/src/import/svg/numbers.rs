//! The numbers of an SVG: lengths, lists and transforms.

use std::str::FromStr;

use crate::geometry::{Affine, Point};

/// A length in user units: what stands behind the number is passed over.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E')));
    f64::from_str(&text[..end.unwrap_or(text.len())])
        .ok()
        .filter(|v| v.is_finite())
}

/// The numbers of a list that is separated by spaces and commas.
pub(super) fn numbers(text: &str) -> Vec<f64> {
    let parts = text.split(|c: char| c.is_whitespace() || c == ',');
    parts
        .filter_map(|part| f64::from_str(part).ok())
        .filter(|v| v.is_finite())
        .collect()
}

pub(super) fn points(text: &str) -> Vec<Point> {
    numbers(text)
        .chunks_exact(2)
        .map(|pair| Point::new(pair[0], pair[1]))
        .collect()
}

/// A list of transforms, the first outermost.
pub(super) fn transform(text: &str) -> Affine {
    let mut all = Affine::IDENTITY;
    for part in text.split(')') {
        let Some((name, list)) = part.split_once('(') else {
            continue;
        };
        let name = name.trim_matches(|c: char| c.is_whitespace() || c == ',');
        all *= match (name, numbers(list).as_slice()) {
            ("matrix", &[a, b, c, d, e, f]) => Affine::new([a, b, c, d, e, f]),
            ("translate", &[x]) => Affine::translate((x, 0.0)),
            ("translate", &[x, y]) => Affine::translate((x, y)),
            ("scale", &[s]) => Affine::scale(s),
            ("scale", &[x, y]) => Affine::scale_non_uniform(x, y),
            ("rotate", &[angle]) => Affine::rotate(angle.to_radians()),
            ("rotate", &[angle, x, y]) => Affine::rotate_about(angle.to_radians(), Point::new(x, y)),
            ("skewX", &[angle]) => Affine::skew(angle.to_radians().tan(), 0.0),
            ("skewY", &[angle]) => Affine::skew(0.0, angle.to_radians().tan()),
            _ => Affine::IDENTITY,
        };
    }
    all
}
