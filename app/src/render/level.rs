//! Levels of detail: each is for a band of scales, four times as wide as the last, and as exact as can be seen there.

use std::ops::RangeInclusive;

/// The levels, from the farthest look to the nearest. Level `n` is for up to `4^n` pixels per board unit.
pub(super) const LEVELS: RangeInclusive<i32> = -2..=4;
/// How many there are.
pub(super) const COUNT: usize = 7;

/// How far what is drawn may be from the true shape, in pixels.
const PIXELS: f64 = 0.15;

/// The number of the level for a scale (pixels per board unit), from 0.
pub(super) fn at(scale: f64) -> usize {
    let level = (scale.log2() / 2.0).ceil() as i32;
    (level.clamp(*LEVELS.start(), *LEVELS.end()) - LEVELS.start()) as usize
}

/// How far a level's shapes may be from the true ones, in board units.
pub(super) fn tolerance(number: usize) -> f64 {
    PIXELS / 4f64.powf(f64::from(*LEVELS.start()) + number as f64)
}

/// The level itself and then the others, in the order in which they take its place while it is being made: the next
/// finer ones look right, the coarser ones nearly.
pub(super) fn instead_of(number: usize) -> impl Iterator<Item = usize> {
    (number..COUNT).chain((0..number).rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_every_zoom_and_on_every_screen_nothing_is_off_by_more_than_a_seventh_of_a_pixel() {
        let mut before = 0;
        for n in 0..2000 {
            // 2 % on a screen of one pixel a point, to 6400 % on one of three.
            let scale = 0.02 * (64.0 * 3.0 / 0.02f64).powf(f64::from(n) / 1999.0);
            let level = at(scale);
            assert!(tolerance(level) * scale <= PIXELS + 1e-9, "{scale}");
            assert!(level >= before, "nearer looks are no coarser");
            before = level;
        }
        assert_eq!(
            (at(0.02), at(192.0)),
            (0, COUNT - 1),
            "each level is for something"
        );
        assert_eq!((at(1e-9), at(1e9)), (0, COUNT - 1));
    }

    #[test]
    fn every_level_has_all_others_to_take_its_place() {
        for level in 0..COUNT {
            let mut all: Vec<usize> = instead_of(level).collect();
            assert_eq!(all[0], level);
            all.sort_unstable();
            assert_eq!(all, (0..COUNT).collect::<Vec<_>>());
        }
    }
}
