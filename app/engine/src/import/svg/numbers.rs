//! The numbers of an SVG: lengths, lists and transforms.

use std::str::FromStr as _;

use svgtypes::{Length, LengthUnit, NumberListParser, TransformListParser, TransformListToken};

use crate::geometry::{Affine, Point};

/// A length in user units. `None` for one in parts of something else, and for what is none.
pub(super) fn number(text: &str) -> Option<f64> {
    let Length { number, unit } = Length::from_str(text.trim()).ok()?;
    let unit = match unit {
        LengthUnit::None | LengthUnit::Px => 1.0,
        LengthUnit::In => INCH,
        LengthUnit::Cm => INCH / 2.54,
        LengthUnit::Mm => INCH / 25.4,
        LengthUnit::Pt => INCH / 72.0,
        LengthUnit::Pc => INCH / 6.0,
        LengthUnit::Em | LengthUnit::Ex | LengthUnit::Percent => return None,
    };
    Some(number * unit).filter(|v| v.is_finite())
}

/// So many user units are one, says CSS.
const INCH: f64 = 96.0;

/// The numbers of a list that is separated by spaces and commas, or just by signs. `None` where something else is in it.
pub(super) fn numbers(text: &str) -> Option<Vec<f64>> {
    let numbers: Vec<f64> = NumberListParser::from(text).collect::<Result<_, _>>().ok()?;
    numbers.iter().all(|v| v.is_finite()).then_some(numbers)
}

pub(super) fn points(text: &str) -> Option<Vec<Point>> {
    let numbers = numbers(text)?;
    let points = numbers.chunks_exact(2).map(|pair| Point::new(pair[0], pair[1]));
    Some(points.collect())
}

/// A list of transforms, the first outermost. `None` where it is none.
pub(super) fn transform(text: &str) -> Option<Affine> {
    TransformListParser::from(text).try_fold(Affine::IDENTITY, |all, part| {
        let part = match part.ok()? {
            TransformListToken::Matrix { a, b, c, d, e, f } => Affine::new([a, b, c, d, e, f]),
            TransformListToken::Translate { tx, ty } => Affine::translate((tx, ty)),
            TransformListToken::Scale { sx, sy } => Affine::scale_non_uniform(sx, sy),
            TransformListToken::Rotate { angle } => Affine::rotate(angle.to_radians()),
            TransformListToken::SkewX { angle } => Affine::skew(angle.to_radians().tan(), 0.0),
            TransformListToken::SkewY { angle } => Affine::skew(0.0, angle.to_radians().tan()),
        };
        Some(all * part)
    })
}
