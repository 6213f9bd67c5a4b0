//! Text that is packed as the JavaScript library lz-string does it, in base64: codes of growing width, each a character or
//! something that was there before and one character more.

/// Why one can't be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Damaged,
    /// More would come of it than is wanted.
    Long,
}

/// What comes of a packed text, in at most so many UTF-16 units.
pub(super) fn unpacked(packed: &str, most: usize) -> Result<String, Fault> {
    let mut bits = Bits::of(packed);
    let mut out: Vec<u16> = Vec::new();
    // What was there before is a part of `out`, so that it takes no room of its own: where it begins, and how long it is.
    let mut known: Vec<Known> = Vec::new();
    let (mut width, mut left) = (2, 1_u32);
    let mut last: Option<(u32, u32)> = None;
    loop {
        let mut code = bits.take(width).ok_or(Fault::Damaged)? as usize;
        match code {
            0 | 1 => {
                let unit = bits.take(if code == 0 { 8 } else { 16 }).ok_or(Fault::Damaged)?;
                known.push(Known::New(unit as u16));
                code = known.len() + FIRST - 1;
                // The very first one takes no room among the codes of this width.
                if last.is_some() {
                    tick(&mut width, &mut left);
                }
            }
            2 => return String::from_utf16(&out).map_err(|_| Fault::Damaged),
            _ => {}
        }
        let at = out.len();
        match (known.get(code - FIRST), last) {
            (Some(Known::New(unit)), _) if at < most => out.push(*unit),
            (Some(Known::New(_)), _) => return Err(Fault::Long),
            (Some(Known::Before(from, long)), _) => copy(&mut out, *from, *long, most)?,
            // What was last, and its own beginning once more.
            (None, Some((from, long))) if code == known.len() + FIRST => {
                copy(&mut out, from, long + 1, most)?;
            }
            _ => return Err(Fault::Damaged),
        }
        if let Some((from, long)) = last {
            known.push(Known::Before(from, long + 1));
            tick(&mut width, &mut left);
        } else {
            (width, left) = (3, 4);
        }
        last = Some((at as u32, (out.len() - at) as u32));
    }
}

/// The first code that isn't a character that wasn't there before, nor the end.
const FIRST: usize = 3;

enum Known {
    New(u16),
    Before(u32, u32),
}

/// One code more is known: when there are as many as the width can tell, they become wider.
fn tick(width: &mut u32, left: &mut u32) {
    *left -= 1;
    if *left == 0 {
        *left = 1 << *width;
        *width += 1;
    }
}

/// Adds a part of what is there, which may go on into what is added.
fn copy(out: &mut Vec<u16>, from: u32, long: u32, most: usize) -> Result<(), Fault> {
    let (from, long) = (from as usize, long as usize);
    if long > most.saturating_sub(out.len()) {
        return Err(Fault::Long);
    }
    for n in from..from + long {
        out.push(out[n]);
    }
    Ok(())
}

/// Bits of base64, the first of each character its highest, taken together from the lowest on.
struct Bits<'a> {
    rest: std::slice::Iter<'a, u8>,
    six: u8,
    left: u32,
}

impl<'a> Bits<'a> {
    fn of(packed: &'a str) -> Self {
        Self {
            rest: packed.as_bytes().iter(),
            six: 0,
            left: 0,
        }
    }

    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for n in 0..count {
            if self.left == 0 {
                self.six = six(*self.rest.next()?)?;
                self.left = 6;
            }
            self.left -= 1;
            value |= u32::from(self.six >> self.left & 1) << n;
        }
        Some(value)
    }
}

/// What a letter of base64 stands for.
pub(super) fn six(letter: u8) -> Option<u8> {
    Some(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        // What fills up the end.
        b'=' => 0,
        _ => return None,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Packs a text in the same way: the plainest program that does.
    pub(in super::super) fn packed(text: &str) -> String {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut bits: Vec<bool> = Vec::new();
        let put = |value: u32, count: u32, bits: &mut Vec<bool>| {
            bits.extend((0..count).map(|n| value >> n & 1 == 1));
        };
        let (mut known, mut fresh): (HashMap<Vec<u16>, u32>, Vec<u16>) = (HashMap::new(), Vec::new());
        let (mut width, mut left) = (2, 2);
        let mut last: Vec<u16> = Vec::new();
        let mut say =
            |last: &[u16], known: &HashMap<Vec<u16>, u32>, fresh: &mut Vec<u16>, bits: &mut Vec<bool>| {
                let step = |width: &mut u32, left: &mut u32| {
                    *left -= 1;
                    if *left == 0 {
                        *left = 1 << *width;
                        *width += 1;
                    }
                };
                if last.len() == 1 && fresh.contains(&last[0]) {
                    fresh.retain(|unit| *unit != last[0]);
                    let wide = last[0] > 255;
                    put(u32::from(wide), width, bits);
                    put(u32::from(last[0]), if wide { 16 } else { 8 }, bits);
                    step(&mut width, &mut left);
                } else {
                    put(known[last], width, bits);
                }
                step(&mut width, &mut left);
                width
            };
        let mut end = 2;
        for unit in units {
            if !known.contains_key(&vec![unit]) {
                known.insert(vec![unit], known.len() as u32 + 3);
                fresh.push(unit);
            }
            let mut longer = last.clone();
            longer.push(unit);
            if known.contains_key(&longer) {
                last = longer;
            } else {
                end = say(&last, &known, &mut fresh, &mut bits);
                known.insert(longer, known.len() as u32 + 3);
                last = vec![unit];
            }
        }
        if !last.is_empty() {
            end = say(&last, &known, &mut fresh, &mut bits);
        }
        put(2, end, &mut bits);
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let six = |six: &[bool]| {
            six.iter()
                .enumerate()
                .map(|(n, bit)| usize::from(*bit) << (5 - n))
                .sum::<usize>()
        };
        bits.chunks(6)
            .map(|part| char::from(letters[six(part)]))
            .collect()
    }

    #[test]
    fn what_the_library_packs_is_unpacked() {
        for (text, packed) in [
            ("", "Q==="),
            ("a", "IZA="),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "IY18ZVA="),
            (
                r#"{"shapes":[{"x":1},{"x":1},{"x":2}]}"#,
                "N4IgzgFghgDgpmEAuA2qAHsgjAXwDQbb6FIBMOAujkA=",
            ),
            ("äöü€日本語😀 mixed", "CcN4P4NQSKemg05oeVGF4NwAHsAIC2BLAHgUwCZA"),
        ] {
            assert_eq!(unpacked(packed, 1_000).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_long_text_comes_back_as_it_was() {
        let words = (0..3_000_u32).map(|n| {
            format!(
                "{} ä€{} ",
                n * n % 97,
                char::from_u32(0x4e00 + n % 700).unwrap_or('x')
            )
        });
        let text: String = words.collect();
        assert_eq!(unpacked(&packed(&text), 1 << 20), Ok(text));
    }

    #[test]
    fn what_is_damaged_or_too_long_is_refused_in_bounded_room() {
        let all = packed(&"a".repeat(2_000));
        assert_eq!(unpacked(&all, 2_000).map(|text| text.len()), Ok(2_000));
        assert_eq!(unpacked(&all, 1_999), Err(Fault::Long));
        for cut in 0..all.len() {
            assert_eq!(unpacked(&all[..cut], 2_000), Err(Fault::Damaged), "{cut}");
        }
        for odd in ["", "?", "I", "////////", "\u{e4}"] {
            assert_eq!(unpacked(odd, 100), Err(Fault::Damaged), "{odd}");
        }
        // A surrogate by itself.
        assert_eq!(unpacked("gAbQ", 100), Err(Fault::Damaged));
    }
}
