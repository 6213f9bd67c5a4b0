//! Where the board lies in the minimap. As with the camera, nothing else converts between the two.

use drawbridge_engine::geometry::{Point, Rect as BoardRect, Vec2};
use egui::{Pos2, Rect, pos2, vec2};

/// Around what is shown, in points.
const MARGIN: f32 = 6.0;
/// However small or far away a view is, its mark is as large as that, in points.
const LEAST: f32 = 6.0;

/// All of a part of the board, in the middle of a place in the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Map {
    place: Rect,
    middle: Point,
    scale: f64,
}

impl Map {
    /// Shows `area`, in board units, in `place`.
    #[must_use]
    pub fn new(area: BoardRect, place: Rect) -> Self {
        let room = place.shrink(MARGIN).size().max(vec2(1.0, 1.0));
        let scale = (f64::from(room.x) / area.width()).min(f64::from(room.y) / area.height());
        Self {
            place,
            middle: area.center(),
            scale: if scale.is_finite() { scale } else { 1.0 },
        }
    }

    /// Points in the window a board unit.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Where a point of the board is in the window.
    #[must_use]
    pub fn at(&self, board: Point) -> Pos2 {
        let by = (board - self.middle) * self.scale;
        self.place.center() + vec2(by.x as f32, by.y as f32)
    }

    /// The point of the board that is there in the window.
    #[must_use]
    pub fn board(&self, at: Pos2) -> Point {
        let by = at - self.place.center();
        self.middle + Vec2::new(f64::from(by.x), f64::from(by.y)) / self.scale
    }

    /// Where a part of the board is in the window.
    #[must_use]
    pub fn rect(&self, part: BoardRect) -> Rect {
        let [a, b] = [(part.x0, part.y0), (part.x1, part.y1)].map(|p| self.at(p.into()));
        Rect::from_min_max(a, b)
    }

    /// The same for a view: what of it is in the minimap, or a small mark at the edge that it lies beyond.
    #[must_use]
    pub fn view(&self, part: BoardRect) -> Rect {
        let (rect, place) = (self.rect(part), self.place.shrink(1.0));
        let along = |from: f32, to: f32, first: f32, last: f32| {
            let (from, to) = (from.clamp(first, last), to.clamp(first, last));
            let room = last - LEAST;
            if to - from < LEAST && room > first {
                let from = ((from + to - LEAST) / 2.0).clamp(first, room);
                (from, from + LEAST)
            } else {
                (from, to)
            }
        };
        let (x0, x1) = along(rect.min.x, rect.max.x, place.min.x, place.max.x);
        let (y0, y1) = along(rect.min.y, rect.max.y, place.min.y, place.max.y);
        Rect::from_min_max(pos2(x0, y0), pos2(x1, y1))
    }
}

/// What the minimap shows of the board: everything, and what one sees.
#[must_use]
pub fn area(everything: Option<BoardRect>, seen: BoardRect) -> BoardRect {
    everything.map_or(seen, |everything| everything.union(seen))
}

/// How much of everything is seen, 0 to 1.
#[must_use]
pub fn share(everything: BoardRect, seen: BoardRect) -> f64 {
    // What has no height has a share too.
    let everything = everything.inflate(0.5, 0.5);
    let both = everything.intersect(seen);
    (both.width().max(0.0) * both.height().max(0.0) / everything.area()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Rect = Rect::from_min_max(pos2(1000.0, 500.0), pos2(1200.0, 630.0));

    fn rect(x0: f64, y0: f64, x1: f64, y1: f64) -> BoardRect {
        BoardRect::new(x0, y0, x1, y1)
    }

    #[test]
    fn there_and_back_is_the_same_point_near_and_far_out() {
        for area in [
            rect(0.0, 0.0, 1280.0, 720.0),
            rect(-9e5, 4e5, 8e5, 4.1e5),
            rect(1e6, 1e6, 1e6 + 3.0, 1e6 + 90.0),
        ] {
            let map = Map::new(area, PLACE);
            for at in [PLACE.min, PLACE.center(), pos2(1013.0, 611.5)] {
                assert!(map.at(map.board(at)).distance(at) < 0.01, "{area:?} {at}");
            }
        }
    }

    #[test]
    fn all_of_the_area_is_in_the_place_undistorted() {
        for area in [rect(-50.0, -3000.0, 10.0, 3000.0), rect(5.0, 5.0, 9000.0, 9.0)] {
            let shown = Map::new(area, PLACE).rect(area);
            assert!(PLACE.contains_rect(shown), "{shown}");
            let ratio = f64::from(shown.width() / shown.height());
            assert!((ratio / (area.width() / area.height()) - 1.0).abs() < 1e-3);
            let touches = (shown.width() - PLACE.width() + 2.0 * MARGIN).abs() < 0.01
                || (shown.height() - PLACE.height() + 2.0 * MARGIN).abs() < 0.01;
            assert!(touches, "it is as large as there is room: {shown}");
        }
        assert!(Map::new(rect(3.0, 3.0, 3.0, 3.0), PLACE).scale().is_finite());
    }

    #[test]
    fn a_view_far_away_is_a_mark_at_the_edge_on_its_side() {
        let map = Map::new(rect(0.0, 0.0, 1000.0, 600.0), PLACE);
        let far = map.view(rect(9e6, 280.0, 9e6 + 500.0, 320.0));
        assert!(PLACE.contains_rect(far) && far.width() >= LEAST && far.height() >= LEAST);
        assert!(far.right() > PLACE.right() - 2.0, "{far}");
        assert!((far.center().y - PLACE.center().y).abs() < 1.0, "{far}");
        let corner = map.view(rect(-1e7, -1e7, -9e6, -9e6));
        assert!(corner.min.distance(PLACE.min) < 3.0, "{corner}");
    }

    #[test]
    fn of_a_view_that_reaches_out_the_part_inside_is_shown() {
        let map = Map::new(rect(0.0, 0.0, 1000.0, 600.0), PLACE);
        let shown = map.view(rect(500.0, -1e6, 1e6, 300.0));
        assert!(PLACE.contains_rect(shown));
        assert!(shown.left_bottom().distance(map.at(Point::new(500.0, 300.0))) < 0.01);
        let tiny = map.view(rect(500.0, 300.0, 500.1, 300.1));
        assert!((tiny.width() - LEAST).abs() < 0.01 && (tiny.height() - LEAST).abs() < 0.01);
        assert!(tiny.center().distance(PLACE.center()) < 0.1);
    }

    #[test]
    fn the_share_of_the_board_that_is_seen_is_that_of_its_box() {
        let everything = rect(0.0, 0.0, 1000.0, 1000.0);
        assert!((share(everything, rect(-10.0, -10.0, 2000.0, 2000.0)) - 1.0).abs() < 1e-9);
        assert!((share(everything, rect(0.0, 0.0, 500.0, 500.0)) - 0.25).abs() < 1e-2);
        assert!(share(everything, rect(2000.0, 0.0, 3000.0, 500.0)) <= 0.0);
        assert!((share(rect(0.0, 5.0, 100.0, 5.0), rect(-9.0, 0.0, 50.0, 50.0)) - 0.5).abs() < 1e-2);
    }
}
