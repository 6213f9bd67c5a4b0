//! Paths and numbers as an SVG says them, as short as can be.

use std::fmt::Write as _;

use kurbo::PathEl;

use crate::geometry::{Affine, BezPath, Point};

/// So many digits of a map's numbers count: enough for thousands of pixels.
const DIGITS: i32 = 7;

/// A length in units of the last digit.
fn steps(v: f64, digits: usize) -> i64 {
    (v * 10u64.pow(digits as u32) as f64).round() as i64
}

/// Writes so many units of the last digit as a number.
fn number(out: &mut String, steps: i64, digits: usize) {
    if steps < 0 {
        out.push('-');
    }
    let one = 10u64.pow(digits as u32);
    let (whole, mut rest) = (steps.unsigned_abs() / one, steps.unsigned_abs() % one);
    if whole > 0 || rest == 0 {
        decimal(out, whole, 1);
    }
    if rest > 0 {
        let mut digits = digits;
        while rest.is_multiple_of(10) {
            rest /= 10;
            digits -= 1;
        }
        out.push('.');
        decimal(out, rest, digits);
    }
}

/// Writes a whole number with at least so many digits.
fn decimal(out: &mut String, mut v: u64, least: usize) {
    let mut digits = [b'0'; 20];
    let mut from = digits.len();
    while v > 0 || digits.len() - from < least {
        from -= 1;
        digits[from] = b'0' + (v % 10) as u8;
        v /= 10;
    }
    out.extend(digits[from..].iter().map(|&digit| char::from(digit)));
}

/// A length with so many digits after the point, or fewer.
pub(super) fn length(v: f64, digits: usize) -> String {
    let mut out = String::new();
    number(&mut out, steps(v, digits), digits);
    out
}

/// A number of which so many digits count as do of a map's.
pub(super) fn exact(v: f64) -> String {
    if v == 0.0 || !v.is_finite() {
        return "0".to_owned();
    }
    let places = (DIGITS - 1 - v.abs().log10().floor() as i32).clamp(0, 18) as usize;
    let mut out = format!("{v:.places$}");
    if out.contains('.') {
        out.truncate(out.trim_end_matches('0').trim_end_matches('.').len());
    }
    match out.strip_prefix("0.").or(out.strip_prefix("-0.")) {
        Some(rest) if v < 0.0 => format!("-.{rest}"),
        Some(rest) => format!(".{rest}"),
        None => out,
    }
}

/// Writes an attribute that leads what is written to where `place` does.
pub(super) fn transform(out: &mut String, place: Affine, digits: usize) {
    let [a, b, c, d, x, y] = place.as_coeffs();
    let turn = [a, b, c, d].map(exact);
    let to = [x, y].map(|v| length(v, digits));
    let all = [turn.as_slice(), to.as_slice()].concat();
    out.write_fmt(format_args!(r#" transform="matrix({})""#, all.join(" ")))
        .expect("a string takes all");
}

/// Writes a path from `origin` on. Each point is told from the one before, both rounded, so that no error adds up.
pub(super) fn path(out: &mut String, path: &BezPath, origin: Point, digits: usize) {
    let at = |p: Point| [p.x - origin.x, p.y - origin.y].map(|v| steps(v, digits));
    let mut pen = Pen {
        out,
        digits,
        last: [0, 0],
        start: [0, 0],
        command: None,
        bare: false,
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => pen.begin(at(p)),
            PathEl::LineTo(p) => pen.line(at(p)),
            PathEl::QuadTo(a, p) => pen.draw('q', &[at(a), at(p)]),
            PathEl::CurveTo(a, b, p) => pen.draw('c', &[at(a), at(b), at(p)]),
            PathEl::ClosePath => pen.close(),
        }
    }
    pen.end();
}

/// Where a path has come to, in units of the last digit.
struct Pen<'a> {
    out: &'a mut String,
    digits: usize,
    last: [i64; 2],
    start: [i64; 2],
    /// What needs not be said again; `None` before the first.
    command: Option<char>,
    /// Whether nothing was drawn yet since it was set down.
    bare: bool,
}

impl Pen<'_> {
    fn begin(&mut self, to: [i64; 2]) {
        self.end();
        let first = self.command.is_none();
        self.say(if first { 'M' } else { 'm' }, &[to]);
        // After it a line would go without saying, which is no shorter.
        self.command = Some('m');
        self.start = to;
        self.bare = true;
    }

    /// A dot is the shortest line there is: of one without length some programs show nothing.
    fn end(&mut self) {
        if std::mem::take(&mut self.bare) {
            self.line([self.last[0] + 1, self.last[1]]);
        }
    }

    fn line(&mut self, to: [i64; 2]) {
        let [x, y] = [to[0] - self.last[0], to[1] - self.last[1]];
        if [x, y] == [0, 0] {
            return;
        }
        self.bare = false;
        // Twice the number in a word of its own, or once with a letter.
        let (command, one) = match (x, y) {
            (_, 0) => ('h', x),
            (0, _) => ('v', y),
            _ => return self.say('l', &[to]),
        };
        self.out.push(command);
        number(self.out, one, self.digits);
        self.command = Some(command);
        self.last = to;
    }

    fn draw(&mut self, command: char, points: &[[i64; 2]]) {
        self.bare = false;
        self.say(command, points);
    }

    fn say(&mut self, command: char, points: &[[i64; 2]]) {
        let mut first = self.command != Some(command);
        if first {
            self.out.push(command);
        }
        self.command = Some(command);
        let mut after_point = !first && self.ends_in_fraction();
        for v in points
            .iter()
            .flat_map(|p| [p[0] - self.last[0], p[1] - self.last[1]])
        {
            let from = self.out.len();
            number(self.out, v, self.digits);
            let own = &self.out[from..];
            // A sign parts two numbers, and so does a second point.
            let parted = first || v < 0 || (after_point && own.starts_with('.'));
            after_point = own.contains('.');
            if !parted {
                self.out.insert(from, ' ');
            }
            first = false;
        }
        self.last = points.last().copied().unwrap_or(self.last);
    }

    /// Whether the last number has a point.
    fn ends_in_fraction(&self) -> bool {
        let number = self.out.trim_end_matches(|c: char| c.is_ascii_digit());
        number.ends_with('.')
    }

    fn close(&mut self) {
        self.end();
        self.out.push('z');
        self.command = Some('z');
        self.last = self.start;
    }
}

#[cfg(test)]
mod tests;
