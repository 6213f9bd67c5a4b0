//! Others' pointers: where they are shown between two updates, when their names fade, and of which of many more is shown than
//! a dot.

use std::collections::BTreeMap;

use drawbridge_engine::geometry::{Point, Rect};

use crate::glide::Glide;

/// A pointer is shown where it is within so many seconds.
const LONGEST: f64 = 0.08;
/// What moves further than that at once, in points of the screen, is shown there without a way between: it wasn't seen where
/// it went, or is another hand's.
const LEAP: f64 = 700.0;
/// Seconds of stillness after which the name begins to fade.
const STILL: f64 = 4.0;
/// Seconds for which the name fades.
const FADE: f64 = 0.6;
/// So many pointers have names at most: those that moved last.
pub const NAMES: usize = 12;
/// So many are arrows; the rest are dots.
pub const ARROWS: usize = 60;

/// The pointers of everybody else.
#[derive(Debug, Default)]
pub struct Pointers {
    by_conn: BTreeMap<u64, Glide<2>>,
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
    /// Whether it is an arrow, or just a dot.
    pub arrow: bool,
}

impl Pointers {
    /// Takes where everybody's pointer is (board units, by ascending connection; those without one left out) at `now` (seconds).
    /// Says whether any is still shown on its way. `zoom` is points a board unit.
    pub fn update(&mut self, present: &[(u64, Point)], now: f64, zoom: f64) -> bool {
        self.by_conn
            .retain(|conn, _| present.binary_search_by_key(conn, |(other, _)| *other).is_ok());
        let mut moving = false;
        for (conn, at) in present {
            let to = [at.x, at.y];
            let pointer = self.by_conn.entry(*conn).or_insert_with(|| Glide::new(to, now));
            let before = pointer.target();
            if before != to {
                if Point::from((before[0], before[1])).distance(*at) * zoom > LEAP {
                    pointer.leap(to, now);
                } else {
                    pointer.tell(to, now, LONGEST);
                }
            }
            moving |= pointer.moves(now);
        }
        moving
    }

    /// Those in this part of the board at `now`, the one that moved last on top.
    #[must_use]
    pub fn shown(&self, now: f64, seen: Rect) -> Vec<Shown> {
        let shown = |(conn, pointer): (&u64, &Glide<2>)| {
            let [x, y] = pointer.at(now);
            let name = 1.0 - ((now - pointer.told() - STILL) / FADE).clamp(0.0, 1.0);
            let shown = Shown {
                conn: *conn,
                at: Point::new(x, y),
                name: name as f32,
                arrow: true,
            };
            (shown, pointer.told())
        };
        let all = self.by_conn.iter().map(shown);
        let mut all: Vec<(Shown, f64)> = all.filter(|(shown, _)| seen.contains(shown.at)).collect();
        all.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        let count = all.len();
        for (n, (shown, _)) in all.iter_mut().enumerate() {
            let later = count - 1 - n;
            shown.arrow = later < ARROWS;
            if later >= NAMES {
                shown.name = 0.0;
            }
        }
        all.into_iter().map(|(shown, _)| shown).collect()
    }

    /// Where the pointer of this connection is shown at `now`, if it has one.
    #[must_use]
    pub fn find(&self, conn: u64, now: f64) -> Option<Point> {
        let [x, y] = self.by_conn.get(&conn)?.at(now);
        Some(Point::new(x, y))
    }

    /// Those that moved within the last so many seconds: whose, where they are, and when that was. The latest first.
    #[must_use]
    pub fn recent(&self, now: f64, within: f64) -> Vec<(u64, Point, f64)> {
        let all = self.by_conn.iter().map(|(conn, pointer)| {
            let [x, y] = pointer.at(now);
            (*conn, Point::new(x, y), pointer.told())
        });
        let mut all: Vec<_> = all.filter(|(.., told)| now - told < within).collect();
        all.sort_by(|(.., a), (.., b)| b.total_cmp(a));
        all
    }

    /// Seconds until a name has to be painted anew, if any is still to fade: 0 while one fades.
    #[must_use]
    pub fn next_fade(&self, now: f64) -> Option<f64> {
        self.by_conn
            .values()
            .map(|pointer| pointer.told() + STILL - now)
            .filter(|left| *left > -FADE)
            .map(|left| left.max(0.0))
            .min_by(f64::total_cmp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Rect = Rect::new(-1e6, -1e6, 1e6, 1e6);

    fn at(pointers: &Pointers, now: f64) -> Point {
        pointers.shown(now, ALL).first().expect("it is shown").at
    }

    #[test]
    fn a_pointer_glides_and_arrives_within_a_tenth_of_a_second() {
        let mut pointers = Pointers::default();
        let (from, to) = (Point::new(0.0, 0.0), Point::new(100.0, 0.0));
        assert!(
            !pointers.update(&[(1, from)], 0.0, 1.0),
            "a new one is there at once"
        );
        assert!(pointers.update(&[(1, to)], 1.0, 1.0));
        let mut last = 0.0;
        for frame in 1..=6 {
            let now = 1.0 + f64::from(frame) / 60.0;
            let shown = at(&pointers, now).x;
            assert!(
                shown >= last && shown <= 100.0,
                "it moves on and never past: {shown}"
            );
            last = shown;
        }
        assert_eq!(last, 100.0);
        assert!(!pointers.update(&[(1, to)], 1.1, 1.0));
        assert_eq!(pointers.find(1, 1.1), Some(to));
    }

    #[test]
    fn one_that_comes_back_or_is_far_away_at_once_doesnt_fly_across_the_board() {
        let mut pointers = Pointers::default();
        let far = Point::new(600.0, 0.0);
        let _ = pointers.update(&[(1, Point::ORIGIN)], 0.0, 1.0);
        let _ = pointers.update(&[], 0.1, 1.0);
        assert_eq!(pointers.find(1, 0.1), None, "it is not left behind");
        assert!(!pointers.update(&[(1, far)], 0.2, 1.0));
        assert_eq!(at(&pointers, 0.2), far);
        assert!(!pointers.update(&[(1, Point::ORIGIN)], 0.3, 2.0), "1,200 points");
        assert_eq!(at(&pointers, 0.3), Point::ORIGIN);
    }

    #[test]
    fn a_still_pointer_loses_its_name_and_a_moved_one_has_it_again() {
        let mut pointers = Pointers::default();
        let _ = pointers.update(&[(1, Point::new(1.0, 1.0))], 0.0, 1.0);
        let name = |pointers: &Pointers, now| pointers.shown(now, ALL)[0].name;
        assert!((name(&pointers, 1.0) - 1.0).abs() < 1e-6);
        assert!(name(&pointers, 10.0) < 1e-6);
        assert_eq!(pointers.next_fade(1.0), Some(3.0));
        assert_eq!(
            pointers.next_fade(10.0),
            None,
            "nothing is painted for the sake of a faded name"
        );
        let _ = pointers.update(&[(1, Point::new(2.0, 1.0))], 10.0, 1.0);
        assert!((name(&pointers, 10.1) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn of_two_hundred_those_that_moved_last_have_names() {
        let mut pointers = Pointers::default();
        let place = |conn: u64| Point::new(conn as f64, 0.0);
        let mut present: Vec<(u64, Point)> = (0..200).map(|conn| (conn, place(conn))).collect();
        let _ = pointers.update(&present, 0.0, 1.0);
        present[7].1.y = 5.0;
        let _ = pointers.update(&present, 1.0, 1.0);
        let shown = pointers.shown(1.0, ALL);
        assert_eq!(shown.len(), 200);
        assert_eq!(shown[199].conn, 7, "on top");
        assert_eq!(shown.iter().filter(|shown| shown.name > 0.0).count(), NAMES);
        assert_eq!(shown.iter().filter(|shown| shown.arrow).count(), ARROWS);
        assert!(shown[199].name > 0.0);
        let near = pointers.shown(1.0, Rect::new(-0.5, -1.0, 3.5, 1.0));
        assert_eq!(near.len(), 4, "what is out of view isn't painted");
        let recent = pointers.recent(1.0, 0.5);
        assert_eq!(recent.iter().map(|(conn, ..)| *conn).collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn who_leaves_is_forgotten() {
        let mut pointers = Pointers::default();
        let _ = pointers.update(&[(1, Point::ORIGIN), (2, Point::ORIGIN)], 0.0, 1.0);
        let _ = pointers.update(&[(2, Point::ORIGIN)], 0.0, 1.0);
        let conns: Vec<u64> = pointers.shown(0.0, ALL).iter().map(|shown| shown.conn).collect();
        assert_eq!(conns, [2]);
    }
}
