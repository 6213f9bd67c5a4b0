//! Where one looks: the only place that converts between the board's coordinates and the screen's.

use kurbo::{Point, Rect, Size, Vec2};

use super::MAX_COORDINATE;

/// The farthest out: 2 %.
pub const MIN_ZOOM: f64 = 0.02;
/// The nearest in: 6400 %.
pub const MAX_ZOOM: f64 = 64.0;

/// Pan and zoom. Screen coordinates are logical points from the canvas's top left corner, y down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    origin: Point,
    zoom: f64,
}

impl Default for Camera {
    /// The board's origin in the top left corner, at 100 %.
    fn default() -> Self {
        Self {
            origin: Point::ORIGIN,
            zoom: 1.0,
        }
    }
}

impl Camera {
    /// Screen points per board unit, [`MIN_ZOOM`] to [`MAX_ZOOM`].
    #[must_use]
    pub fn zoom(&self) -> f64 {
        self.zoom
    }

    /// The board's point in the canvas's top left corner.
    #[must_use]
    pub fn origin(&self) -> Point {
        self.origin
    }

    /// Where a screen point lies on the board.
    #[must_use]
    pub fn board_from_screen(&self, screen: Point) -> Point {
        self.origin + screen.to_vec2() / self.zoom
    }

    /// Where a board point lies on the screen.
    #[must_use]
    pub fn screen_from_board(&self, board: Point) -> Point {
        ((board - self.origin) * self.zoom).to_point()
    }

    /// The part of the board that a canvas of this size (screen points) shows.
    #[must_use]
    pub fn visible(&self, size: Size) -> Rect {
        Rect::from_origin_size(self.origin, size / self.zoom)
    }

    /// Moves the board by so many screen points, as a hand that drags it.
    pub fn pan(&mut self, by: Vec2) {
        self.look_from(self.origin - by / self.zoom);
    }

    /// Multiplies the zoom, keeping the board's point under `screen` where it is.
    pub fn zoom_by(&mut self, screen: Point, factor: f64) {
        self.zoom_to(screen, self.zoom * factor);
    }

    /// Sets the zoom, keeping the board's point under `screen` where it is.
    pub fn zoom_to(&mut self, screen: Point, zoom: f64) {
        if !zoom.is_finite() {
            return;
        }
        let zoom = zoom.clamp(MIN_ZOOM, MAX_ZOOM);
        let under = self.board_from_screen(screen);
        self.zoom = zoom;
        self.look_from(under - screen.to_vec2() / zoom);
    }

    /// Shows all of `board` in the middle of a canvas of `size`, `margin` screen points from its
    /// edges, and no nearer than 100 %.
    pub fn fit(&mut self, board: Rect, size: Size, margin: f64) {
        self.show(board, size, margin, 1.0);
    }

    /// The same, but as near as it takes to fill the canvas.
    pub fn fill(&mut self, board: Rect, size: Size, margin: f64) {
        self.show(board, size, margin, MAX_ZOOM);
    }

    fn show(&mut self, board: Rect, size: Size, margin: f64, most: f64) {
        let room = Size::new(
            (size.width - 2.0 * margin).max(1.0),
            (size.height - 2.0 * margin).max(1.0),
        );
        let zoom = (room.width / board.width().max(1e-9)).min(room.height / board.height().max(1e-9));
        if zoom.is_finite() && board.is_finite() {
            self.zoom = zoom.clamp(MIN_ZOOM, most);
            self.look_from(board.center() - size.to_vec2() * 0.5 / self.zoom);
        }
    }

    fn look_from(&mut self, origin: Point) {
        if origin.is_finite() {
            let bound = |v: f64| v.clamp(-MAX_COORDINATE, MAX_COORDINATE);
            self.origin = Point::new(bound(origin.x), bound(origin.y));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cameras() -> impl Strategy<Value = Camera> {
        (-1e6..1e6, -1e6..1e6, MIN_ZOOM..MAX_ZOOM).prop_map(|(x, y, zoom)| Camera {
            origin: Point::new(x, y),
            zoom,
        })
    }

    fn screens() -> impl Strategy<Value = Point> {
        (0.0..4000.0, 0.0..3000.0).prop_map(|(x, y)| Point::new(x, y))
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_point(camera in cameras(), screen in screens()) {
            let back = camera.screen_from_board(camera.board_from_screen(screen));
            prop_assert!(back.distance(screen) < 1e-6, "{screen} came back as {back}");
        }

        #[test]
        fn zooming_keeps_the_point_under_the_pointer(mut camera in cameras(), screen in screens(), factor in 0.01f64..100.0) {
            let under = camera.board_from_screen(screen);
            camera.zoom_by(screen, factor);
            prop_assert!(camera.screen_from_board(under).distance(screen) < 1e-5);
            prop_assert!((MIN_ZOOM..=MAX_ZOOM).contains(&camera.zoom()));
        }

        #[test]
        fn panning_moves_what_is_under_the_pointer_with_it(mut camera in cameras(), from in screens(), to in screens()) {
            let held = camera.board_from_screen(from);
            camera.pan(to - from);
            prop_assert!(camera.screen_from_board(held).distance(to) < 1e-5);
        }

        #[test]
        fn fitting_shows_everything(mut camera in cameras(), x in -1e5..1e5, y in -1e5..1e5, w in 0.0..30_000.0, h in 0.0..20_000.0) {
            let (board, size) = (Rect::new(x, y, x + w, y + h), Size::new(1280.0, 720.0));
            camera.fit(board, size, 40.0);
            prop_assert!(camera.visible(size).inflate(1e-6, 1e-6).contains_rect(board));
            prop_assert!(camera.zoom() <= 1.0);
        }
    }

    #[test]
    fn no_number_and_no_end_of_zooming_loses_the_board() {
        let mut camera = Camera::default();
        camera.zoom_by(Point::ORIGIN, f64::NAN);
        camera.pan(Vec2::new(f64::INFINITY, 0.0));
        camera.fit(Rect::new(0.0, 0.0, f64::NAN, 1.0), Size::new(100.0, 100.0), 0.0);
        assert_eq!(camera, Camera::default());
        for _ in 0..1000 {
            camera.pan(Vec2::new(-1e9, 1e9));
        }
        assert_eq!(camera.origin(), Point::new(MAX_COORDINATE, -MAX_COORDINATE));
    }

    #[test]
    fn a_million_units_out_a_pixel_is_still_a_pixel() {
        let mut camera = Camera {
            origin: Point::new(1e6, -1e6),
            zoom: 1.0,
        };
        camera.zoom_to(Point::new(400.0, 300.0), MAX_ZOOM);
        let (a, b) = (Point::new(10.0, 10.0), Point::new(10.25, 10.0));
        let apart = camera.board_from_screen(b) - camera.board_from_screen(a);
        assert!((apart.x * MAX_ZOOM - 0.25).abs() < 1e-6);
    }
}
