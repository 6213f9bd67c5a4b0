//! Stacking order: a fractional index, so that there is always an order between two others.
//!
//! An order is a whole part and a fraction. The whole part is a letter that says how many digits
//! follow (`a` one, `b` two, ...; `Z` one, `Y` two, ... for those below zero), so that texts compare as the
//! numbers do and 100,000 appends need four bytes. The fraction ends in a few random digits, so that two
//! people who draw at the same time get two orders, and something still fits between.

use std::sync::Arc;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Random digits at the end of a fresh order.
const JITTER: usize = 3;
/// Beyond this an order between two others is no longer sought: the element ids decide.
const MAX: usize = 256;

/// Where an element stands in the stack: compared byte by byte, the greater is above.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order(Arc<str>);

impl Default for Order {
    /// Below everything.
    fn default() -> Self {
        Self("".into())
    }
}

impl From<&str> for Order {
    /// Any text is an order; it need not be of the form made here.
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Order {
    /// The order as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A fresh order above `below` and below `above`, where they are given. `random` gives the last digits.
    /// Above all of `below`, whatever its form; where there is no room below `above` (the two are equal, or not of the
    /// form made here) it is as near as can be, and the element ids decide.
    #[must_use]
    pub fn between(below: Option<&Self>, above: Option<&Self>, random: u64) -> Self {
        let mut dice = Dice(random);
        let strange = below.filter(|o| Parts::of(o.as_str()).is_none());
        if let Some(below) = strange {
            let whole = above.is_none().then(|| whole_above(below.as_str())).flatten();
            let text = dice.above(whole.as_deref().unwrap_or(below.as_str()));
            return if text.len() > MAX {
                below.clone()
            } else {
                Self(text.into())
            };
        }
        let below = below.and_then(|o| Parts::of(o.as_str()));
        let above = above
            .and_then(|o| Parts::of(o.as_str()))
            .filter(|b| below.as_ref().is_none_or(|a| a < b));
        let text = match (&below, &above) {
            (None, None) => dice.above("a0"),
            (Some(a), None) => match next(a.whole) {
                Some(w) => dice.above(&w),
                None => fraction(a.whole, a.fraction, None, &mut dice),
            },
            (None, Some(b)) => match before(b.whole) {
                Some(w) => dice.above(&w),
                None => fraction(b.whole, "", Some(b.fraction), &mut dice),
            },
            (Some(a), Some(b)) if a.whole == b.whole => {
                fraction(a.whole, a.fraction, Some(b.fraction), &mut dice)
            }
            (Some(a), Some(b)) => match next(a.whole) {
                Some(w) if w.as_str() < b.whole => dice.above(&w),
                _ => fraction(a.whole, a.fraction, None, &mut dice),
            },
        };
        if text.len() > MAX {
            return below.map_or_else(Self::default, |a| Self([a.whole, a.fraction].concat().into()));
        }
        Self(text.into())
    }
}

/// An order of the form made here.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Parts<'a> {
    whole: &'a str,
    /// Has no zero at its end.
    fraction: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let digits = whole_digits(*text.as_bytes().first()?)?;
        let fits =
            text.len() <= MAX && text.len() > digits && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let (whole, fraction) = fits.then(|| text.split_at(1 + digits))?;
        (!fraction.ends_with('0')).then_some(Self { whole, fraction })
    }
}

fn whole_digits(letter: u8) -> Option<usize> {
    match letter {
        b'a'..=b'z' => Some(usize::from(letter - b'a') + 1),
        b'A'..=b'Z' => Some(usize::from(b'Z' - letter) + 1),
        _ => None,
    }
}

/// A whole part greater than any `text`; `None` where there is none.
fn whole_above(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(&letter) if whole_digits(letter).is_some() => {
            let mut whole = vec![letter];
            let strange = bytes
                .iter()
                .position(|b| !b.is_ascii_alphanumeric())
                .unwrap_or(usize::MAX);
            whole.extend((1..=whole_digits(letter)?).map(|at| {
                let missing = if strange < bytes.len() { b'z' } else { b'0' };
                if at < strange {
                    bytes.get(at).copied().unwrap_or(missing)
                } else {
                    missing
                }
            }));
            next(std::str::from_utf8(&whole).ok()?)
        }
        Some(&other) if other > b'a' => None,
        _ => Some("a0".to_owned()),
    }
}

fn value(digit: u8) -> usize {
    DIGITS.iter().position(|&d| d == digit).unwrap_or(0)
}

/// The next greater whole part; `None` after the greatest.
fn next(whole: &str) -> Option<String> {
    step(
        whole,
        |v| (v + 1) % 62,
        0,
        |letter| match letter {
            b'z' => None,
            b'Z' => Some(b'a'),
            other => Some(other + 1),
        },
    )
}

/// The next smaller whole part; `None` below the smallest.
fn before(whole: &str) -> Option<String> {
    step(
        whole,
        |v| (v + 61) % 62,
        61,
        |letter| match letter {
            b'A' => None,
            b'a' => Some(b'Z'),
            other => Some(other - 1),
        },
    )
}

/// Counts the last digit on by `count`, carrying while it comes out as `wraps`; then another letter
/// and all digits `wraps`.
fn step(
    whole: &str,
    count: fn(usize) -> usize,
    wraps: usize,
    letter: fn(u8) -> Option<u8>,
) -> Option<String> {
    let mut bytes = whole.as_bytes().to_vec();
    for at in (1..bytes.len()).rev() {
        let digit = count(value(bytes[at]));
        bytes[at] = DIGITS[digit];
        if digit != wraps {
            return String::from_utf8(bytes).ok();
        }
    }
    let letter = letter(*bytes.first()?)?;
    let mut bytes = vec![letter];
    bytes.resize(1 + whole_digits(letter)?, DIGITS[wraps]);
    String::from_utf8(bytes).ok()
}

/// `whole` and a fraction above `a` and below `b`, where there is a `b`.
fn fraction(whole: &str, a: &str, b: Option<&str>, dice: &mut Dice) -> String {
    let mut text = whole.to_owned();
    let mut b = b.map(str::as_bytes);
    for at in 0.. {
        let low = a.as_bytes().get(at).map_or(0, |&d| value(d));
        let high = b.map_or(62, |b| b.get(at).map_or(0, |&d| value(d)));
        if high > low + 1 {
            text.push(char::from(DIGITS[low + 1 + dice.roll(high - low - 1)]));
            break;
        }
        text.push(char::from(DIGITS[low]));
        if high == low + 1 {
            // Below `b` from here on, whatever follows.
            b = None;
        }
        if at > MAX {
            break;
        }
    }
    dice.above(&text)
}

/// Digits from a few random bits.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        let roll = self.0 % sides as u64;
        self.0 /= sides as u64;
        roll as usize
    }

    /// `text` and random digits behind it, of which the last is no zero.
    fn above(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for left in (0..JITTER).rev() {
            let digit = if left == 0 {
                1 + self.roll(61)
            } else {
                self.roll(62)
            };
            text.push(char::from(DIGITS[digit]));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn d9_an_order_between_two_others_always_exists(steps in proptest::collection::vec((any::<prop::sample::Index>(), any::<u64>()), 1..200)) {
            let mut all: Vec<Order> = Vec::new();
            for (place, random) in steps {
                let at = place.index(all.len() + 1);
                let fresh = Order::between(at.checked_sub(1).map(|i| &all[i]), all.get(at), random);
                prop_assert!(at == 0 || all[at - 1] < fresh, "{fresh:?} is not above {:?}", all[at - 1]);
                prop_assert!(all.get(at).is_none_or(|above| fresh < *above), "{fresh:?} is not below {:?}", all[at]);
                prop_assert!(fresh.as_str().len() <= MAX);
                all.insert(at, fresh);
            }
        }

        #[test]
        fn d9_any_texts_are_orders_and_never_harm(a in "[0-9A-Za-z]{0,6}|.{0,9}", b in "[0-9A-Za-z]{0,6}|.{0,9}", random in any::<u64>()) {
            let (a, b) = (Order::from(a.as_str()), Order::from(b.as_str()));
            let fresh = Order::between(Some(&a), Some(&b), random);
            prop_assert!(fresh.as_str().len() <= MAX);
            let top = Order::between(Some(&a), None, random);
            prop_assert!(top > a, "{top:?} is not above {a:?}");
        }
    }

    #[test]
    fn d9_after_100_000_appends_an_order_has_at_most_8_bytes() {
        let (mut top, mut bottom) = (Order::between(None, None, 1), Order::between(None, None, 1));
        for i in 0..100_000u64 {
            let random = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let above = Order::between(Some(&top), None, random);
            let below = Order::between(None, Some(&bottom), random);
            assert!(
                above > top && below < bottom,
                "{above:?} {top:?} {below:?} {bottom:?}"
            );
            assert!(
                above.as_str().len() <= 8 && below.as_str().len() <= 8,
                "{above:?} {below:?}"
            );
            (top, bottom) = (above, below);
        }
    }

    #[test]
    fn d9_two_who_append_at_once_get_two_orders() {
        let top = Order::from("a5");
        let (a, b) = (
            Order::between(Some(&top), None, 12_345),
            Order::between(Some(&top), None, 67_890),
        );
        assert_ne!(a, b);
        let (a, b) = (a.clone().min(b.clone()), a.max(b));
        let between = Order::between(Some(&a), Some(&b), 5);
        assert!(a < between && between < b);
    }

    #[test]
    fn d9_the_whole_parts_count_on_both_sides_of_zero() {
        for (a, b) in [
            ("a0", "a1"),
            ("az", "b00"),
            ("bzz", "c000"),
            ("Zz", "a0"),
            ("Yzz", "Z0"),
            ("Z0", "Z1"),
        ] {
            assert_eq!(next(a).as_deref(), Some(b));
            assert_eq!(before(b).as_deref(), Some(a));
            assert!(a < b);
        }
        assert_eq!(next(&format!("z{}", "z".repeat(26))), None);
        assert_eq!(before(&format!("A{}", "0".repeat(26))), None);
    }
}
