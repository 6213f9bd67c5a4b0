//! What is drawn on a page, or apart from it: paths that are filled, and lines of a width.

use kurbo::PathEl;
use pdf_writer::Content;
use pdf_writer::types::{LineCapStyle, LineJoinStyle};

use crate::geometry::{BezPath, Point};

/// Content under way.
pub(super) struct Sheet {
    pub(super) content: Content,
    /// The point of the board from which all is told.
    pub(super) origin: Point,
    /// So many digits after the point say all there is to see.
    pub(super) digits: i32,
}

impl Sheet {
    pub(super) fn new(origin: Point) -> Self {
        let mut content = Content::new();
        content.set_line_cap(LineCapStyle::RoundCap);
        content.set_line_join(LineJoinStyle::RoundJoin);
        Self {
            content,
            origin,
            digits: 2,
        }
    }

    /// Tells from here on from a whole unit near this point of the board; gives back from where it told until now.
    pub(super) fn move_to(&mut self, near: Point) -> Point {
        let by = (near - self.origin).floor();
        self.content
            .transform([1.0, 0.0, 0.0, 1.0, by.x as f32, by.y as f32]);
        let before = self.origin;
        self.origin += by;
        before
    }

    fn at(&self, p: Point) -> (f32, f32) {
        let one = 10f64.powi(self.digits);
        let rounded = |v: f64| ((v * one).round() / one) as f32;
        (rounded(p.x - self.origin.x), rounded(p.y - self.origin.y))
    }

    pub(super) fn fill_color(&mut self, color: [u8; 3]) {
        let [r, g, b] = parts(color);
        self.content.set_fill_rgb(r, g, b);
    }

    /// Fills a path by the nonzero rule, or draws a line along it, so wide, or both.
    pub(super) fn draw(&mut self, path: &BezPath, fill: Option<[u8; 3]>, line: Option<([u8; 3], f64)>) {
        if let Some(color) = fill {
            self.fill_color(color);
        }
        if let Some((color, width)) = line {
            let [r, g, b] = parts(color);
            self.content.set_stroke_rgb(r, g, b).set_line_width(width as f32);
        }
        self.path(path);
        match (fill, line) {
            (Some(_), Some(_)) => self.content.fill_nonzero_and_stroke(),
            (Some(_), None) => self.content.fill_nonzero(),
            (None, Some(_)) => self.content.stroke(),
            (None, None) => self.content.end_path(),
        };
    }

    pub(super) fn path(&mut self, path: &BezPath) {
        let mut last = Point::ORIGIN;
        // Nothing was drawn yet since the pen was set down: a line of no length is a dot then.
        let mut bare = false;
        for element in path.elements() {
            match *element {
                PathEl::MoveTo(p) => {
                    let (x, y) = self.at(p);
                    self.content.move_to(x, y);
                    bare = true;
                }
                PathEl::LineTo(p) => {
                    let (x, y) = self.at(p);
                    if bare || (x, y) != self.at(last) {
                        self.content.line_to(x, y);
                    }
                    bare = false;
                }
                PathEl::QuadTo(a, p) => self.curve(last.lerp(a, 2.0 / 3.0), p.lerp(a, 2.0 / 3.0), p),
                PathEl::CurveTo(a, b, p) => self.curve(a, b, p),
                PathEl::ClosePath => {
                    self.content.close_path();
                }
            }
            last = element.end_point().unwrap_or(last);
        }
    }

    fn curve(&mut self, a: Point, b: Point, p: Point) {
        let [(x1, y1), (x2, y2), (x, y)] = [a, b, p].map(|p| self.at(p));
        self.content.cubic_to(x1, y1, x2, y2, x, y);
    }
}

fn parts(color: [u8; 3]) -> [f32; 3] {
    color.map(|v| (f32::from(v) / 255.0 * 1e4).round() / 1e4)
}
