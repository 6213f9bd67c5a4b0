//! A shape as files say it: curves that are filled, and lines of a width. What is drawn is the same, in far fewer numbers.

use kurbo::{Affine, BezPath, Point};

use super::fit::fitted;
use super::inside::Inside;
use super::{Ribbon, Shape, loops, polygon};

/// A curve may be off by so many times what the line may be off that it stands for: together a tenth of a pixel at the zoom at which
/// that was drawn.
const LOOSER: f64 = 2.0;

/// Which of an element's two colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// The fill's.
    Fill,
    /// The line's.
    Line,
}

/// A path that is filled, or along which a line is drawn, or both, the line over the fill.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Where, in board units.
    pub path: BezPath,
    /// What is inside of it, by the nonzero rule.
    pub fill: Option<Tone>,
    /// The line along it, with round ends and joins, and how many board units it is wide.
    pub line: Option<(Tone, f64)>,
}

impl Shape {
    /// All of it but its letters, the lowest first. Where the width of a line changes there is its outline, without what goes to and fro
    /// within it in each bend.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        let within = LOOSER * self.exact;
        let mut parts = Vec::new();
        if let Some(inside) = &self.inside {
            parts.push(Part {
                path: fitted(inside.corners(), true, within),
                fill: Some(Tone::Fill),
                line: self.edged(inside).map(|width| (Tone::Line, width)),
            });
        }
        let edged = parts.iter().any(|part| part.line.is_some());
        along(&self.hatch, Tone::Fill, within, &mut parts);
        if !edged {
            along(&self.lines, Tone::Line, within, &mut parts);
        }
        let heads = self.heads.iter().map(|head| fitted(head.corners(), true, within));
        filled(heads, Tone::Line, &mut parts);
        parts
    }

    /// How wide the line is if it goes just around the inside, and there is nothing else of it.
    fn edged(&self, inside: &Inside) -> Option<f64> {
        let [line] = &self.lines[..] else { return None };
        let (points, width) = line
            .even()
            .filter(|_| line.is_closed() && self.hatch.is_empty())?;
        let points = polygon::corners(points);
        let around = inside.corners();
        let same = points == around || points.iter().rev().eq(around.iter());
        same.then_some(width)
    }
}

/// Adds what is drawn along ribbons: lines where they are equally wide, else their outlines.
fn along(ribbons: &[Ribbon], tone: Tone, within: f64, parts: &mut Vec<Part>) {
    let mut lines: Vec<(BezPath, f64)> = Vec::new();
    let mut outlines = Vec::new();
    for ribbon in ribbons {
        let Some((points, width)) = ribbon.even() else {
            outlines.push(outline(ribbon, within));
            continue;
        };
        let path = fitted(&points, ribbon.is_closed(), within);
        match lines.last_mut().filter(|(_, last)| *last == width) {
            Some((all, _)) => all.extend(path),
            None => lines.push((path, width)),
        }
    }
    parts.extend(lines.into_iter().map(|(path, width)| Part {
        path,
        fill: None,
        line: Some((tone, width)),
    }));
    filled(outlines.into_iter(), tone, parts);
}

fn outline(ribbon: &Ribbon, within: f64) -> BezPath {
    let path = ribbon.outline(Affine::IDENTITY);
    let corners: Vec<Point> = path.iter().filter_map(|element| element.end_point()).collect();
    let corners = loops::without(&corners, ribbon.widest()).unwrap_or(corners);
    fitted(&corners, true, within)
}

/// Adds what is filled, as one.
fn filled(paths: impl Iterator<Item = BezPath>, tone: Tone, parts: &mut Vec<Part>) {
    let path: BezPath = paths.flat_map(|path| path.into_elements()).collect();
    if !path.elements().is_empty() {
        parts.push(Part {
            path,
            fill: Some(tone),
            line: None,
        });
    }
}

#[cfg(test)]
mod tests;
