//! Excalidraw's boxes, frames and texts: where they lie, and what is written in them.

use super::fields::Fields;
use super::notes;
use super::style::{self, Paints};
use crate::document::{Color, Element, Font, Ink, SIZES, Style, WRAPS, short};
use crate::geometry::{Affine, Kind, MAX_COORDINATE, Point, Rect, Shade, TextAlign, rounding};
use crate::import::{Note, Summary, alike};

/// A box is at least so wide and high, so that it has an inside.
const THIN: f64 = 1.0 / 64.0;
/// Lines of letters are so far apart, in ems.
const LINE: f64 = 1.25;

/// How much wider lines may become that are broken.
const WIDER: [f64; 5] = [1.0, 1.04, 1.08, 1.12, 1.16];
/// How much smaller letters may become to fit into their box.
const SMALLER: [f64; 4] = [0.95, 0.9, 0.85, 0.75];

/// Why an element isn't there: what is to be said of it, if anything.
pub(super) type Gone = Option<Note>;

/// Its box before it is turned.
fn upright(fields: &Fields<'_>) -> Rect {
    let number = |name| fields.number(name).unwrap_or(0.0);
    let corner = Point::new(number("x"), number("y"));
    Rect::from_points(
        corner,
        corner + Point::new(number("width"), number("height")).to_vec2(),
    )
}

fn is_near(place: Affine) -> bool {
    place.as_coeffs().iter().all(|v| v.abs() <= MAX_COORDINATE)
}

/// Puts a box where it lies there.
pub(super) fn place(fields: &Fields<'_>, element: &mut Element, summary: &mut Summary) -> Result<(), Gone> {
    let Rect { x0, y0, .. } = upright(fields);
    let [width, height] = [upright(fields).width(), upright(fields).height()];
    if element.kind == Kind::Rectangle && style::is_round(fields) {
        let shorter = width.min(height);
        if (style::rounding(fields, shorter) - rounding(element.kind, shorter)).abs() > 1.0 {
            summary.add(notes::ROUNDING);
        }
    }
    if width == 0.0 && height == 0.0 {
        return Err(Some(notes::UNSEEN));
    }
    let size = (width.max(THIN), height.max(THIN));
    let turn = Affine::rotate_about(fields.number("angle").unwrap_or(0.0), upright(fields).center());
    element.place = turn * Affine::new([size.0, 0.0, 0.0, size.1, x0, y0]);
    if is_near(element.place) {
        Ok(())
    } else {
        Err(Some(notes::FAR))
    }
}

/// A frame, always upright.
pub(super) fn frame(fields: &Fields<'_>, element: &mut Element, summary: &mut Summary) -> Result<(), Gone> {
    if fields.text("type").as_deref() == Some("magicframe") {
        summary.add(notes::MAGIC);
    }
    let part = upright(fields);
    if part.area() <= 0.0 {
        return Err(Some(notes::UNSEEN));
    }
    if fields.number("angle").is_some_and(|angle| angle != 0.0) {
        summary.add(notes::TURNED);
    }
    element.kind = Kind::Frame;
    element.style = Style {
        color: Color::Ink(Ink::Grey),
        width: 1.5,
        ..Style::of(Kind::Frame)
    };
    element.name = short(&fields.text("name").unwrap_or_default()).into();
    element.place = Affine::map_unit_square(part);
    if is_near(element.place) {
        Ok(())
    } else {
        Err(Some(notes::FAR))
    }
}

/// A text that stands by itself.
pub(super) fn text(fields: &Fields<'_>, element: &mut Element, summary: &mut Summary) -> Result<(), Gone> {
    let broken = fields.text("text");
    let free = fields.flag("autoResize").unwrap_or(true) || fields.text("containerId").is_some();
    let whole = if free { None } else { fields.text("originalText") };
    let lines = broken.as_deref().unwrap_or_default().split('\n').count() as f64;
    element.kind = Kind::Text;
    element.style = Style::of(Kind::Text);
    element.style.color = letters_color(fields).ok_or(Some(notes::UNSEEN))?;
    element.style.opacity = style::opacity(fields);
    style::letters(fields, &mut element.style, summary);
    element.text = within(&whole.or(broken).unwrap_or_default(), summary);
    if element.text.is_empty() {
        return Err(None);
    }
    let theirs = upright(fields);
    if !free {
        wrap(theirs.width(), lines as usize, element);
    }
    // Lines may be nearer to each other there: all of them have the same middle.
    let ours = lines * LINE * element.style.size;
    let top = if theirs.height() > 0.0 {
        theirs.center().y - ours / 2.0
    } else {
        theirs.y0
    };
    let left = theirs.x0 + element.style.align.part() * theirs.width();
    let turn = Affine::rotate_about(fields.number("angle").unwrap_or(0.0), theirs.center());
    element.place = turn * Affine::translate((left, top));
    if is_near(element.place) {
        Ok(())
    } else {
        Err(Some(notes::FAR))
    }
}

/// Breaks a text at the width at which it is broken there, or a little wider where it would take more lines, since the font is another one.
fn wrap(width: f64, lines: usize, element: &mut Element) {
    let at = |factor: f64| Some((width * factor).clamp(*WRAPS.start(), *WRAPS.end()));
    for factor in WIDER {
        element.wrap = at(factor);
        let set = element.lettered();
        if set.is_some_and(|set| set.layout.lines().len() <= lines) {
            return;
        }
    }
    element.wrap = at(1.0);
}

/// The colour of a text; `None` where it isn't seen. What is to be said of it is said where it is drawn.
pub(super) fn letters_color(text: &Fields<'_>) -> Option<Color> {
    match style::given(text, "strokeColor") {
        Some(color) => style::color(&color, &mut Summary::default()),
        None => Some(Color::default()),
    }
}

/// Whether a box or a line can bear a text as it looks there: it has one colour for its line and its letters.
pub(super) fn fits(holder: &Fields<'_>, paints: Paints, text: &Fields<'_>) -> bool {
    let Some(color) = letters_color(text) else {
        return false;
    };
    let same = match paints.line {
        Some(line) => line == color,
        // Its line isn't seen; hatching has the fill's colour.
        None => {
            let solid = style::shade(holder) == Shade::Solid;
            paints.fill.is_some_and(|fill| solid || fill == color)
        }
    };
    same && (style::opacity(holder) - style::opacity(text)).abs() < 0.005
}

/// Writes a page's address into its box, as large as there.
pub(super) fn address(fields: &Fields<'_>, element: &mut Element, summary: &mut Summary) {
    element.text = within(&fields.text("link").unwrap_or_default(), summary);
    element.style.font = Font::Plain;
    let width = upright(fields).width();
    let each = width / (element.text.chars().count().max(2) as f64);
    element.style.size = each.max(width / 30.0).clamp(*SIZES.start(), *SIZES.end());
}

/// Writes a text into a box, or at a line.
pub(super) fn label(text: &Fields<'_>, element: &mut Element, summary: &mut Summary) {
    let usual = TextAlign::Center;
    style::letters(text, &mut element.style, summary);
    if !text.has("textAlign") || element.kind == Kind::Line {
        element.style.align = usual;
    }
    if element.kind.has_room() {
        element.style.valign = style::valign(text);
    }
    let whole = text.text("originalText").filter(|text| !text.is_empty());
    element.text = within(&whole.or_else(|| text.text("text")).unwrap_or_default(), summary);
    if element.kind != Kind::Line {
        fit(text, element, summary);
    }
}

/// Makes letters a little smaller where they would take more lines than there, since the font is another one.
fn fit(text: &Fields<'_>, element: &mut Element, summary: &mut Summary) {
    let Some(broken) = text.text("text") else { return };
    let (lines, size) = (broken.split('\n').count(), element.style.size);
    let too_many = |element: &Element| {
        let set = element.lettered();
        set.is_some_and(|set| set.layout.lines().len() > lines)
    };
    if !too_many(element) {
        return;
    }
    for part in SMALLER {
        element.style.size = (size * part).max(*SIZES.start());
        if !too_many(element) {
            summary.add(notes::SMALLER);
            return;
        }
    }
    element.style.size = size;
}

/// As many letters as are shown.
pub(super) fn within(text: &str, summary: &mut Summary) -> std::sync::Arc<str> {
    let (text, cut) = alike::within(text);
    if cut {
        summary.add(notes::LETTERS);
    }
    text
}
