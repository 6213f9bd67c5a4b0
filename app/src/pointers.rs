//! Others' pointers: where they are shown between two updates, and when their names fade.

use std::collections::BTreeMap;

use drawbridge_engine::geometry::Point;

/// Seconds after which a shown pointer has made up about two thirds of the way to where it is.
const SMOOTHING: f64 = 0.045;
/// Seconds of stillness after which the name begins to fade.
const STILL: f64 = 4.0;
/// Seconds for which the name fades.
const FADE: f64 = 0.6;
/// On the screen, a pointer nearer than this to where it is has arrived, in points.
const ARRIVED: f64 = 0.2;

/// The pointers of everybody else.
#[derive(Debug, Default)]
pub struct Pointers {
    by_conn: BTreeMap<u64, Pointer>,
}

#[derive(Debug)]
struct Pointer {
    shown: Point,
    target: Point,
    moved: f64,
}

/// One pointer as it is to be painted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// Whose connection.
    pub conn: u64,
    /// In board units.
    pub at: Point,
    /// How much of the name is to be seen, 0 to 1.
    pub name: f32,
}

impl Pointers {
    /// Takes where everybody's pointer is (board units; those without one left out) at `now`
    /// (seconds), moves what is shown `dt` seconds closer, and says whether more is to come.
    /// `zoom` is points a board unit.
    pub fn update(&mut self, present: &[(u64, Point)], now: f64, dt: f64, zoom: f64) -> bool {
        self.by_conn
            .retain(|conn, _| present.iter().any(|(other, _)| other == conn));
        let share = 1.0 - (-dt.max(0.0) / SMOOTHING).exp();
        let mut moving = false;
        for (conn, at) in present {
            let pointer = self.by_conn.entry(*conn).or_insert(Pointer {
                shown: *at,
                target: *at,
                moved: now,
            });
            if pointer.target != *at {
                pointer.target = *at;
                pointer.moved = now;
            }
            pointer.shown = pointer.shown.lerp(pointer.target, share);
            if pointer.shown.distance(pointer.target) * zoom < ARRIVED {
                pointer.shown = pointer.target;
            } else {
                moving = true;
            }
        }
        moving
    }

    /// The pointers at `now`, in the order of their connections.
    pub fn shown(&self, now: f64) -> impl Iterator<Item = Shown> + '_ {
        self.by_conn.iter().map(move |(conn, pointer)| Shown {
            conn: *conn,
            at: pointer.shown,
            name: (1.0 - ((now - pointer.moved - STILL) / FADE).clamp(0.0, 1.0)) as f32,
        })
    }

    /// Where the pointer of this connection is, if it has one.
    #[must_use]
    pub fn find(&self, conn: u64) -> Option<Point> {
        self.by_conn.get(&conn).map(|pointer| pointer.target)
    }

    /// Seconds until a name has to be painted anew, if any is still to fade: 0 while one fades.
    #[must_use]
    pub fn next_fade(&self, now: f64) -> Option<f64> {
        self.by_conn
            .values()
            .map(|pointer| pointer.moved + STILL - now)
            .filter(|left| *left > -FADE)
            .map(|left| left.max(0.0))
            .min_by(f64::total_cmp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_glides_and_arrives() {
        let mut pointers = Pointers::default();
        let (from, to) = (Point::new(0.0, 0.0), Point::new(100.0, 0.0));
        assert!(
            !pointers.update(&[(1, from)], 0.0, 0.016, 1.0),
            "a new one is there at once"
        );
        let mut last = 0.0;
        let mut frames = 0;
        while pointers.update(&[(1, to)], 0.1, 0.016, 1.0) {
            let shown = pointers.shown(0.1).next().expect("it is shown").at;
            assert!(
                shown.x > last && shown.x < 100.0,
                "it moves on and never past: {shown}"
            );
            last = shown.x;
            frames += 1;
            assert!(frames < 30, "it arrives within half a second");
        }
        assert_eq!(pointers.shown(0.1).next().expect("it is shown").at, to);
        assert_eq!(pointers.find(1), Some(to));
    }

    #[test]
    fn a_still_pointer_loses_its_name_and_a_moved_one_has_it_again() {
        let mut pointers = Pointers::default();
        let at = Point::new(1.0, 1.0);
        let _ = pointers.update(&[(1, at)], 0.0, 0.016, 1.0);
        let name = |pointers: &Pointers, now| pointers.shown(now).next().expect("it is shown").name;
        assert!((name(&pointers, 1.0) - 1.0).abs() < 1e-6);
        assert!(name(&pointers, 10.0) < 1e-6);
        assert_eq!(pointers.next_fade(1.0), Some(3.0));
        assert_eq!(
            pointers.next_fade(10.0),
            None,
            "nothing is painted for the sake of a faded name"
        );
        let _ = pointers.update(&[(1, Point::new(2.0, 1.0))], 10.0, 0.016, 1.0);
        assert!((name(&pointers, 10.1) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn who_leaves_is_forgotten() {
        let mut pointers = Pointers::default();
        let _ = pointers.update(&[(1, Point::ORIGIN), (2, Point::ORIGIN)], 0.0, 0.016, 1.0);
        let _ = pointers.update(&[(2, Point::ORIGIN)], 0.0, 0.016, 1.0);
        assert_eq!(
            pointers.shown(0.0).map(|shown| shown.conn).collect::<Vec<_>>(),
            [2]
        );
    }
}
