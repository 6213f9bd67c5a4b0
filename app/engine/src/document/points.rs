//! The text form of a stroke's points and pressure: small and still readable.
//!
//! Signed integers, one after the other, separated by a space that is left out before a minus sign.
//! Points count in steps, pressure in hundredths; the first is absolute, each further one is added to
//! the one before.

use std::fmt::Write as _;

/// A stroke's points beyond this many are not read.
pub const MAX_POINTS: usize = 131_072;

/// Every coordinate is below this, in steps, so that a program whose numbers are doubles can read it.
const MAX_STEPS: u64 = 1 << 53;

/// One sample as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// In steps.
    pub x: i64,
    /// In steps.
    pub y: i64,
    /// 0 to 100.
    pub pressure: u8,
}

/// Reads samples, chunk by chunk.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    samples: Vec<Sample>,
}

impl Reader {
    /// Reads a chunk that goes on where the one before ended. Pressure that is missing or ends early
    /// stays as it was, and is 50 from the start; what can't be read of it counts as missing.
    /// Says whether the points could be read; if not, nothing is taken.
    pub fn read(&mut self, points: &str, pressure: Option<&str>) -> bool {
        let start = self.samples.len();
        let mut pressures = Integers(pressure.unwrap_or_default().as_bytes());
        let mut integers = Integers(points.as_bytes());
        while let Some(x) = integers.next() {
            let last = self.samples.last().copied();
            let (Some(dx), Some(Some(dy))) = (x, integers.next()) else {
                self.samples.truncate(start);
                return false;
            };
            let Sample { x, y, pressure } = last.unwrap_or(Sample {
                x: 0,
                y: 0,
                pressure: 0,
            });
            let by = pressures
                .next()
                .flatten()
                .unwrap_or(if last.is_some() { 0 } else { 50 });
            let (x, y) = (x.saturating_add(dx), y.saturating_add(dy));
            if x.unsigned_abs() >= MAX_STEPS || y.unsigned_abs() >= MAX_STEPS {
                self.samples.truncate(start);
                return false;
            }
            if self.samples.len() >= MAX_POINTS {
                break;
            }
            let pressure = i64::from(pressure).saturating_add(by).clamp(0, 100) as u8;
            self.samples.push(Sample { x, y, pressure });
        }
        true
    }

    /// Forgets what was read beyond the first `len` samples.
    pub fn truncate(&mut self, len: usize) {
        self.samples.truncate(len);
    }

    /// What was read.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }
}

/// The integers of a text; `None` where there is something else, and nothing after it.
struct Integers<'a>(&'a [u8]);

impl Iterator for Integers<'_> {
    type Item = Option<i64>;
    fn next(&mut self) -> Option<Option<i64>> {
        let mut bytes = self.0;
        while let [b' ', rest @ ..] = bytes {
            bytes = rest;
        }
        if bytes.is_empty() {
            return None;
        }
        let negative = bytes[0] == b'-';
        let digits = &bytes[usize::from(negative)..];
        let mut number: Option<i64> = Some(0);
        let mut count = 0;
        while let Some(digit) = digits.get(count).filter(|byte| byte.is_ascii_digit()) {
            // Counted down, so that the least of all numbers can be read too.
            number = number.and_then(|number| number.checked_mul(10)?.checked_sub(i64::from(digit - b'0')));
            count += 1;
        }
        let number = number.filter(|_| count > 0);
        let number = if negative {
            number
        } else {
            number.and_then(i64::checked_neg)
        };
        self.0 = if number.is_some() { &digits[count..] } else { &[] };
        Some(number)
    }
}

/// Writes samples: all of a stroke, or those after a sample that the reader has already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writer {
    points: String,
    pressure: String,
    last: Option<Sample>,
    /// Whether it goes on from a sample that it didn't write.
    goes_on: bool,
    /// Pressures that only repeat and have not been written: at the end they are left out.
    still: usize,
    len: usize,
}

impl Writer {
    /// A writer that goes on after `last`.
    #[must_use]
    pub fn after(last: Sample) -> Self {
        Self {
            last: Some(last),
            goes_on: true,
            ..Self::default()
        }
    }

    /// Adds a sample.
    pub fn push(&mut self, sample: Sample) {
        let before = self.last.unwrap_or(Sample {
            x: 0,
            y: 0,
            pressure: 0,
        });
        write_integer(&mut self.points, sample.x - before.x);
        write_integer(&mut self.points, sample.y - before.y);
        let by = i64::from(sample.pressure) - i64::from(before.pressure);
        if by == self.repeated() {
            self.still += 1;
        } else {
            for _ in 0..std::mem::take(&mut self.still) {
                let repeated = if self.pressure.is_empty() && !self.goes_on {
                    50
                } else {
                    0
                };
                write_integer(&mut self.pressure, repeated);
            }
            write_integer(&mut self.pressure, by);
        }
        self.last = Some(sample);
        self.len += 1;
    }

    /// What a pressure that is missing is read as: 50 for the first, else the one before.
    fn repeated(&self) -> i64 {
        if self.last.is_none() { 50 } else { 0 }
    }

    /// How many samples were written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The sample written last, or gone on from.
    #[must_use]
    pub fn last(&self) -> Option<Sample> {
        self.last
    }

    /// The bytes of both texts.
    #[must_use]
    pub fn size(&self) -> usize {
        self.points.len() + self.pressure.len()
    }

    /// The texts: points, and pressure unless it only repeats (or is 50 throughout).
    #[must_use]
    pub fn texts(&self) -> (&str, Option<&str>) {
        (
            &self.points,
            Some(self.pressure.as_str()).filter(|p| !p.is_empty()),
        )
    }
}

fn write_integer(text: &mut String, value: i64) {
    if value >= 0 && !text.is_empty() {
        text.push(' ');
    }
    // Writing to a string cannot fail.
    let _ = write!(text, "{value}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn samples() -> impl Strategy<Value = Vec<Sample>> {
        let coordinate = prop_oneof![-50i64..50, -1_000_000_000i64..1_000_000_000];
        let pressure = prop_oneof![Just(50u8), 0u8..=100];
        proptest::collection::vec((coordinate.clone(), coordinate, pressure), 0..60).prop_map(|all| {
            all.into_iter()
                .map(|(x, y, pressure)| Sample { x, y, pressure })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn d5_what_is_written_is_read(samples in samples()) {
            let mut writer = Writer::default();
            samples.iter().for_each(|&s| writer.push(s));
            let mut reader = Reader::default();
            let (points, pressure) = writer.texts();
            prop_assert!(reader.read(points, pressure));
            prop_assert_eq!(reader.samples(), &samples[..]);
        }

        #[test]
        fn d6_chunks_go_on_where_the_one_before_ended(samples in samples(), cuts in proptest::collection::vec(1usize..9, 0..30)) {
            let mut reader = Reader::default();
            let mut writer = Writer::default();
            let mut cuts = cuts.into_iter();
            let mut left = cuts.next();
            for sample in &samples {
                writer.push(*sample);
                if left == Some(writer.len()) {
                    let (points, pressure) = writer.texts();
                    prop_assert!(reader.read(points, pressure));
                    writer = Writer::after(*sample);
                    left = cuts.next();
                }
            }
            let (points, pressure) = writer.texts();
            prop_assert!(reader.read(points, pressure));
            prop_assert_eq!(reader.samples(), &samples[..]);
        }

        #[test]
        fn d4_any_text_is_read_or_refused_and_never_harms(points in "[-0-9 a.]{0,40}", pressure in proptest::option::of(".{0,20}")) {
            let mut reader = Reader::default();
            let read = reader.read(&points, pressure.as_deref());
            prop_assert!(read || reader.samples().is_empty());
            prop_assert!(reader.samples().iter().all(|s| s.pressure <= 100));
        }
    }

    #[test]
    fn d5_the_specs_example_reads_as_the_spec_says() {
        let mut reader = Reader::default();
        assert!(reader.read("480 320 12-8 9-9 7 2", Some("50 2-1 0")));
        let read: Vec<(i64, i64, u8)> = reader.samples().iter().map(|s| (s.x, s.y, s.pressure)).collect();
        assert_eq!(
            read,
            [(480, 320, 50), (492, 312, 52), (501, 303, 51), (508, 305, 51)]
        );
        let mut writer = Writer::default();
        reader.samples().iter().for_each(|&s| writer.push(s));
        assert_eq!(
            writer.texts(),
            ("480 320 12-8 9-9 7 2", Some("50 2-1")),
            "what repeats at the end is left out"
        );
    }

    #[test]
    fn d4_garbage_is_refused_whole() {
        for bad in [
            "1",
            "1 2 3",
            "a b",
            "1 2 - 3",
            "1.5 2",
            "1 2,3 4",
            "9999999999999999999 1",
            "9007199254740992 0",
            "--1 2",
            "1 2 é",
        ] {
            let mut reader = Reader::default();
            assert!(reader.read("7 7", None));
            assert!(!reader.read(bad, None), "{bad}");
            assert_eq!(reader.samples().len(), 1, "{bad}");
        }
        let mut reader = Reader::default();
        assert!(reader.read(&"1 1 ".repeat(MAX_POINTS + 10), Some("900 -5 x 7")));
        assert_eq!(reader.samples().len(), MAX_POINTS);
        assert_eq!(
            reader.samples()[..3]
                .iter()
                .map(|s| s.pressure)
                .collect::<Vec<_>>(),
            [100, 95, 95]
        );
    }
}
