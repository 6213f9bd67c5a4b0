//! Boards in a few pixels: what is too small to be told there is a box, and hairlines are drawn wider and fainter. For the
//! minimap, and for pictures of boards in a list.

use drawbridge_protocol::Cell;

use super::Look;
use super::pages::read;
use super::png::{Picture, Raster, TooLarge};
use crate::document::{Document, Element, Kind};
use crate::geometry::Rect;
use crate::scene::{Item, Scene, Slot};

/// What is smaller is a box in the picture, in pixels.
const SMALL: f64 = 2.5;
/// No more than so many elements are drawn in their shape: the largest.
const SHAPES: usize = 3000;
/// A line is so wide at least, in pixels; ...
const THIN: f64 = 1.2;
/// ... and then as opaque as it would be at its own width, but at least so much.
const FAINT: f64 = 0.45;
/// How much of a picture's sides stays free around what is on the board.
const MARGIN: f64 = 0.06;
/// The most pixels a board unit: a single word isn't blown up to a poster.
const CLOSEST: f64 = 1.0;

/// A small picture under way.
#[derive(Debug)]
pub struct Small {
    raster: Raster,
    /// From this size on, in board units, elements are drawn in their shape.
    least: f64,
}

impl Small {
    /// An empty one of this part of a scene, with `scale` pixels to a board unit.
    ///
    /// # Errors
    /// When that has no room in a picture.
    pub fn new(scene: &Scene, part: Rect, scale: f64) -> Result<Self, TooLarge> {
        let raster = Raster::new(part, scale)?;
        let mut least = SMALL / raster.scale();
        let sizes = scene.stacked().map(|(_, item)| item.bounds.size().max_side());
        let mut sizes: Vec<f64> = sizes.collect();
        if sizes.len() > SHAPES {
            let (_, size, _) = sizes.select_nth_unstable_by(SHAPES, |a, b| b.total_cmp(a));
            least = least.max(*size);
        }
        Ok(Self { raster, least })
    }

    /// Adds what is in a slot, if anything is there still.
    pub fn add(&mut self, scene: &Scene, document: &Document, slot: Slot, look: &Look<'_>) {
        let Some(item) = scene.item(slot) else { return };
        if item.bounds.size().max_side() <= self.least {
            if let Some(seen) = scene.seen(item) {
                self.add_box(item, seen, look);
            }
        } else if let Some(mut element) = scene.element(document, &item.element) {
            thicken(&mut element, THIN / self.raster.scale());
            self.raster.add(&element, look);
        }
    }

    /// The larger a box, the less of it is ink.
    fn add_box(&mut self, item: &Item, seen: Rect, look: &Look<'_>) {
        let side = seen.size().max_side() * self.raster.scale();
        let least = 0.5 / self.raster.scale();
        let grow = |length: f64| ((least - length) / 2.0).max(0.0);
        let bounds = seen.inflate(grow(seen.width()), grow(seen.height()));
        let line = 0.5 * (SMALL / side).min(1.0);
        let style = &item.style;
        if let Some(fill) = style.fill {
            self.raster.add_box(bounds, (look.ink)(fill), style.opacity * 0.6);
        }
        self.raster
            .add_box(bounds, (look.ink)(style.color), style.opacity * line);
    }

    /// What was drawn.
    #[must_use]
    pub fn finish(self) -> Picture {
        self.raster.finish()
    }
}

/// Draws a line that would hardly be seen a little wider, and fainter where that is all there is of the element.
fn thicken(element: &mut Element, least: f64) {
    if matches!(element.kind, Kind::Image | Kind::Text | Kind::Note) {
        return;
    }
    let is_filled = element.filled().is_some();
    let style = &mut element.style;
    if style.width < least {
        if !is_filled {
            style.opacity *= (style.width / least).max(FAINT);
        }
        style.width = least;
    }
}

/// A picture of a board, so many pixels wide and high: all that is on it, in the middle, on its paper. Goes on as long as
/// `more` says: the first is asked before each element is read, the second before each is drawn; what isn't by then is left out.
/// `look.clip` isn't asked: frames clip as on the board.
///
/// # Errors
/// When a picture has no room for so many pixels.
pub fn thumbnail(
    cells: &[Cell],
    look: &Look<'_>,
    [width, height]: [u32; 2],
    [reads, mut draws]: [impl FnMut() -> bool; 2],
) -> Result<Picture, TooLarge> {
    let (document, scene) = read(cells, reads);
    let part = framed(scene.bounds(), f64::from(width), f64::from(height));
    let mut small = Small::new(&scene, part, f64::from(width) / part.width())?;
    if let Some(paper) = look.paper {
        small
            .raster
            .add_box(part.inflate(part.width(), part.height()), paper, 1.0);
    }
    let clip = |element: &Element| scene.area(element.framed_by.as_ref()?);
    let look = Look { clip: &clip, ..*look };
    for (slot, _) in scene.stacked() {
        if !draws() {
            break;
        }
        small.add(&scene, &document, slot, &look);
    }
    Ok(small.finish())
}

/// The part of the board that fills a picture of these sides: `bounds` in its middle, and some room around.
fn framed(bounds: Option<Rect>, width: f64, height: f64) -> Rect {
    let bounds = bounds.unwrap_or_default();
    let free = 1.0 - 2.0 * MARGIN;
    let scale = (width * free / bounds.width())
        .min(height * free / bounds.height())
        .min(CLOSEST);
    let (middle, half) = (bounds.center(), [width, height].map(|side| side / scale / 2.0));
    Rect::new(
        middle.x - half[0],
        middle.y - half[1],
        middle.x + half[0],
        middle.y + half[1],
    )
}

#[cfg(test)]
mod tests {
    use drawbridge_protocol::{ElementId, Peer, Property, Stamp};

    use super::*;
    use crate::document::{Color, Order, Style};
    use crate::export::no_images;
    use crate::geometry::{Affine, InkPoint};

    const PAPER: [u8; 3] = [250, 240, 230];
    const INK: [u8; 3] = [10, 20, 30];

    fn picture(cells: &[Cell], more: fn() -> bool) -> Picture {
        let look = Look {
            ink: &|_: Color| INK,
            paper: Some(PAPER),
            board: PAPER,
            images: &no_images,
            clip: &|_: &Element| None,
        };
        thumbnail(cells, &look, [320, 200], [more, more]).expect("a picture")
    }

    /// A box far out on the board, so many units wide and high.
    fn a_box(width: f64, height: f64) -> Cell {
        let id = ElementId::new("box").expect("an id");
        let mut element = Element::new(id.clone(), Kind::Rectangle, Order::default(), Style::default());
        element.place = Affine::translate((90_000.0, -3_000.0)) * Affine::scale_non_uniform(width, height);
        Cell {
            element: id,
            prop: Property::base(),
            stamp: Stamp {
                ms: 1,
                counter: 0,
                peer: Peer::from_bits([1; 12]),
            },
            value: element.base(),
        }
    }

    fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 3] {
        let at = 4 * (y * picture.width() + x) as usize;
        [picture.rgba()[at], picture.rgba()[at + 1], picture.rgba()[at + 2]]
    }

    /// The columns and rows of what isn't paper: the first and the last of each.
    fn inked(picture: &Picture) -> Option<[u32; 4]> {
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        for y in 0..picture.height() {
            for x in 0..picture.width() {
                if pixel(picture, x, y) != PAPER {
                    xs.push(x);
                    ys.push(y);
                }
            }
        }
        Some([
            *xs.iter().min()?,
            *ys.iter().min()?,
            *xs.iter().max()?,
            *ys.iter().max()?,
        ])
    }

    #[test]
    fn all_of_a_board_is_in_the_middle_of_a_picture_of_just_that_size() {
        for (width, height) in [
            (4000.0, 100.0),
            (100.0, 4000.0),
            (900.0, 700.0),
            (3.0, 4.0),
            (1e5, 1.0),
        ] {
            let picture = picture(&[a_box(width, height)], || true);
            assert_eq!((picture.width(), picture.height()), (320, 200));
            let [left, top, right, bottom] = inked(&picture).expect("ink");
            assert!(
                (left + right).abs_diff(319) <= 2,
                "{left} {right} of {width} x {height}"
            );
            assert!(
                (top + bottom).abs_diff(199) <= 2,
                "{top} {bottom} of {width} x {height}"
            );
            assert!(left > 8 && top > 5, "some paper stays around it");
            let fills = right - left > 260 || bottom - top > 160;
            assert_eq!(fills, width > 400.0 || height > 200.0, "{width} x {height}");
        }
    }

    #[test]
    fn a_thin_open_line_is_fainter_whatever_its_fill_says_and_a_closed_one_is_not() {
        let faint = |ends_at: f64| {
            let style = Style {
                fill: Some(Color::Rgb([200, 0, 0])),
                width: 0.1,
                ..Style::default()
            };
            let id = ElementId::new("line").expect("an id");
            let mut line = Element::new(id, Kind::Line, Order::default(), style);
            let points = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, ends_at)];
            line.points = points.iter().map(|&at| InkPoint::new(at.into(), 0.5)).collect();
            thicken(&mut line, 1.0);
            line.style.opacity < 1.0
        };
        assert!(faint(50.0) && !faint(5.0));
    }

    #[test]
    fn an_empty_board_is_paper_and_so_is_one_for_which_there_is_no_time() {
        assert_eq!(inked(&picture(&[], || true)), None);
        assert_eq!(inked(&picture(&[a_box(900.0, 500.0)], || false)), None);
    }
}
