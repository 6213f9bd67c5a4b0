//! A font file of just the letters that a drawing uses, made from their outlines: TrueType, as every browser reads it.

mod drawn;

use std::collections::BTreeMap;

use kurbo::BezPath;

use self::drawn::{Box, Drawn};

/// So many units are an em: few enough for letters that have grown together, as a row of hyphens does, since no place is told in more than
/// 16 bits.
const UNITS: f64 = 1000.0;

/// A letter as it is drawn, in ems; y points down.
#[derive(Debug, Clone, Default)]
pub(super) struct Letter {
    pub(super) outline: BezPath,
    pub(super) width: f64,
}

/// A font with this name that has these letters.
pub(super) fn font(name: &str, letters: &BTreeMap<char, Letter>) -> Vec<u8> {
    // The first one stands for what isn't there.
    let empty = Letter::default();
    let drawn: Vec<Drawn> = std::iter::once(&empty)
        .chain(letters.values())
        .map(Drawn::of)
        .collect();
    let all = drawn
        .iter()
        .fold(Box::default(), |all: Box, one| all.union(one.bounds));
    let points = drawn.iter().map(|one| one.points).max().unwrap_or_default();
    let contours = drawn.iter().map(|one| one.contours).max().unwrap_or_default();
    let widest = drawn.iter().map(|one| one.width).max().unwrap_or_default();
    let (mut glyf, mut loca, mut hmtx) = (Vec::new(), Vec::new(), Vec::new());
    for one in &drawn {
        put(&mut loca, &[glyf.len() as u64], 4);
        glyf.extend(&one.bytes);
        glyf.resize(glyf.len().next_multiple_of(4), 0);
        put(&mut hmtx, &[u64::from(one.width), unsigned(one.bounds.x0)], 2);
    }
    put(&mut loca, &[glyf.len() as u64], 4);
    if glyf.is_empty() {
        // A table of no length is taken for a missing one.
        glyf.push(0);
    }
    let count = drawn.len() as u64;
    let (ascent, descent) = (all.y1, all.y0);
    let mut head = Vec::new();
    put(&mut head, &[0x0001_0000, 0x0001_0000, 0, 0x5f0f_3cf5], 4);
    put(&mut head, &[0b1011, UNITS as u64, 0, 0, 0, 0, 0, 0, 0, 0], 2);
    put(&mut head, &[all.x0, all.y0, all.x1, all.y1].map(unsigned), 2);
    put(&mut head, &[0, 6, 2, 1, 0], 2);
    let mut hhea = Vec::new();
    put(
        &mut hhea,
        &[1, 0, unsigned(ascent), unsigned(descent), 0, u64::from(widest)],
        2,
    );
    put(
        &mut hhea,
        &[
            unsigned(all.x0),
            0,
            unsigned(all.x1),
            1,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            count,
        ],
        2,
    );
    let mut maxp = Vec::new();
    put(
        &mut maxp,
        &[1, 0, count, u64::from(points), u64::from(contours)],
        2,
    );
    put(&mut maxp, &[0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0], 2);
    let mut post = Vec::new();
    put(&mut post, &[0x0003_0000, 0], 4);
    put(&mut post, &[0, 0], 2);
    put(&mut post, &[0, 0, 0, 0, 0], 4);
    tables(&[
        (b"OS/2", described(letters, ascent, descent)),
        (b"cmap", mapped(letters)),
        (b"glyf", glyf),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", hmtx),
        (b"loca", loca),
        (b"maxp", maxp),
        (b"name", named(name)),
        (b"post", post),
    ])
}

/// Writes numbers of so many bytes each, the greatest first.
fn put(out: &mut Vec<u8>, numbers: &[u64], bytes: usize) {
    for number in numbers {
        out.extend(&number.to_be_bytes()[8 - bytes..]);
    }
}

/// A number that may be less than zero, as it is written.
fn unsigned(v: i16) -> u64 {
    u64::from(v as u16)
}

/// Which letter a character has.
fn mapped(letters: &BTreeMap<char, Letter>) -> Vec<u8> {
    let mut groups: Vec<[u64; 3]> = Vec::new();
    for (glyph, c) in (1..).zip(letters.keys()) {
        let code = u64::from(u32::from(*c));
        match groups.last_mut() {
            Some([_, last, _]) if *last + 1 == code => *last = code,
            _ => groups.push([code, code, glyph]),
        }
    }
    let mut out = Vec::new();
    put(&mut out, &[0, 1, 3, 10], 2);
    put(&mut out, &[12], 4);
    put(&mut out, &[12, 0], 2);
    put(
        &mut out,
        &[16 + 12 * groups.len() as u64, 0, groups.len() as u64],
        4,
    );
    groups.iter().for_each(|group| put(&mut out, group, 4));
    out
}

fn named(name: &str) -> Vec<u8> {
    let regular = "Regular";
    let records = [(1, name), (2, regular), (3, name), (4, name), (6, name)];
    let mut out = Vec::new();
    put(
        &mut out,
        &[0, records.len() as u64, 6 + 12 * records.len() as u64],
        2,
    );
    let mut texts: Vec<u8> = Vec::new();
    for (id, text) in records {
        let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        put(
            &mut out,
            &[3, 1, 0x409, id, text.len() as u64, texts.len() as u64],
            2,
        );
        texts.extend(text);
    }
    out.extend(texts);
    out
}

/// What Windows wants to know of a font.
fn described(letters: &BTreeMap<char, Letter>, ascent: i16, descent: i16) -> Vec<u8> {
    let code = |c: Option<&char>| c.map_or(0, |c| u64::from(u32::from(*c)).min(0xffff));
    let half = UNITS as u64 / 2;
    let mut out = Vec::new();
    // An ordinary weight and width, and nothing that forbids to pass it on in a drawing.
    put(&mut out, &[4, half, 400, 5, 0], 2);
    put(
        &mut out,
        &[half, half, 0, half, half, half, 0, half, 100, half / 2, 0],
        2,
    );
    out.extend([0; 10]);
    put(&mut out, &[0, 0, 0, 0], 4);
    out.extend(b"NONE");
    put(
        &mut out,
        &[
            0x40,
            code(letters.keys().next()),
            code(letters.keys().next_back()),
        ],
        2,
    );
    put(&mut out, &[unsigned(ascent), unsigned(descent), 0], 2);
    put(
        &mut out,
        &[unsigned(ascent), u64::from(descent.unsigned_abs())],
        2,
    );
    put(&mut out, &[1, 0], 4);
    put(&mut out, &[half, half, 0, 32, 1], 2);
    out
}

/// Puts a file together.
fn tables<const N: usize>(tables: &[(&[u8; 4], Vec<u8>); N]) -> Vec<u8> {
    let count = N as u64;
    let log = u64::from(count.ilog2());
    let mut out = Vec::new();
    put(&mut out, &[0x0001_0000], 4);
    put(&mut out, &[count, 16 << log, log, 16 * (count - (1 << log))], 2);
    let mut from = 12 + 16 * count;
    for (tag, bytes) in tables {
        out.extend(*tag);
        put(&mut out, &[sum(bytes), from, bytes.len() as u64], 4);
        from += bytes.len().next_multiple_of(4) as u64;
    }
    let mut head = 0;
    for (tag, bytes) in tables {
        if *tag == b"head" {
            head = out.len();
        }
        out.extend(bytes);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    let whole = 0xb1b0_afba_u32.wrapping_sub(sum(&out) as u32);
    out[head + 8..head + 12].copy_from_slice(&whole.to_be_bytes());
    out
}

fn sum(bytes: &[u8]) -> u64 {
    let words = bytes.chunks(4).map(|word| {
        let mut whole = [0; 4];
        whole[..word.len()].copy_from_slice(word);
        u32::from_be_bytes(whole)
    });
    u64::from(words.fold(0, u32::wrapping_add))
}

#[cfg(test)]
mod tests;
