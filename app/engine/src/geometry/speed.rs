//! Pressure for devices that have none: a slow pen is thick, a fast one thin.

use kurbo::{Point, Vec2};

/// Below this time between two readings no speed is taken: many events share one time stamp.
const WINDOW_MS: f64 = 4.0;
/// The pressure follows the speed over about this much way, in screen pixels. It follows in space
/// and not in time, so that events that arrive in bunches make no steps in the width.
const FOLLOW_PX: f64 = 24.0;

/// Turns a pointer's way into pressure.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeedPressure {
    last: Point,
    window_start_ms: f64,
    window_px: f64,
    target: f64,
    pressure: f64,
}

impl SpeedPressure {
    /// Starts at a screen position in pixels and a time in milliseconds, with pressure 0.5.
    #[must_use]
    pub fn new(pos: Point, time_ms: f64) -> Self {
        Self {
            last: pos,
            window_start_ms: time_ms,
            window_px: 0.0,
            target: 0.5,
            pressure: 0.5,
        }
    }

    /// The pressure, 0 to 1, at a further screen position and time. Times that don't grow are no speed.
    pub fn at(&mut self, pos: Point, time_ms: f64) -> f64 {
        let way: Vec2 = pos - self.last;
        let px = way.hypot();
        if !px.is_finite() {
            return self.pressure;
        }
        self.last = pos;
        self.window_px += px;
        let elapsed = time_ms - self.window_start_ms;
        if elapsed >= WINDOW_MS {
            // 0.7 at rest, 0.5 at one pixel a millisecond, towards 0.2 beyond.
            self.target = 0.2 + 0.5 / (1.0 + self.window_px / elapsed * (2.0 / 3.0));
            self.window_px = 0.0;
            self.window_start_ms = time_ms;
        } else if !(0.0..WINDOW_MS).contains(&elapsed) {
            // The clock went back, or is no number.
            self.window_px = 0.0;
            self.window_start_ms = time_ms;
        }
        self.pressure += (self.target - self.pressure) * (1.0 - (-px / FOLLOW_PX).exp());
        self.pressure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(px_per_ms: f64) -> Vec<f64> {
        let mut speed = SpeedPressure::new(Point::ORIGIN, 0.0);
        (1..200)
            .map(|i| {
                speed.at(
                    Point::new(f64::from(i) * px_per_ms * 8.0, 0.0),
                    f64::from(i) * 8.0,
                )
            })
            .collect()
    }

    #[test]
    fn slow_is_thick_and_fast_is_thin() {
        let last = |v: f64| *drawn(v).last().expect("some");
        assert!(last(0.1) > 0.6, "{}", last(0.1));
        assert!(last(0.1) > last(1.0) && last(1.0) > last(4.0));
        assert!(last(4.0) < 0.4 && last(1000.0) >= 0.2);
    }

    #[test]
    fn the_pressure_changes_smoothly_even_when_events_come_in_bunches() {
        let mut speed = SpeedPressure::new(Point::ORIGIN, 0.0);
        let mut before = 0.5;
        for i in 1..400 {
            // Eight events share each frame's time.
            let time = f64::from(i / 8) * 16.0;
            let now = speed.at(Point::new(f64::from(i) * 2.0, 0.0), time);
            assert!((now - before).abs() < 0.05, "a step of {} at {i}", now - before);
            before = now;
        }
    }

    #[test]
    fn strange_times_and_places_give_a_pressure_within_range() {
        let mut speed = SpeedPressure::new(Point::ORIGIN, f64::NAN);
        for (x, t) in [
            (1.0, 5.0),
            (f64::NAN, 6.0),
            (1e300, 7.0),
            (2.0, -5.0),
            (3.0, f64::INFINITY),
            (4.0, 9.0),
        ] {
            let pressure = speed.at(Point::new(x, 0.0), t);
            assert!((0.0..=1.0).contains(&pressure), "{pressure} at {x} {t}");
        }
    }
}
