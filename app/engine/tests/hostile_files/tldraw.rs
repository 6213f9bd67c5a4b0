//! tldraw's files.

use std::fmt::Write as _;

use data_encoding::BASE64;
use drawbridge_engine::clip::MAX_ELEMENTS;

use super::Becomes::{Damaged, Read, TooLarge, Unknown};
use super::{ODD, Row, deep, each, image};

fn tldraw(records: &str) -> Vec<u8> {
    let page = r#"{"typeName":"page","id":"page:a","index":"a1"}"#;
    let image = format!(
        r#"{{"typeName":"asset","id":"asset:bomb","props":{{"src":"{}"}}}}"#,
        image()
    );
    format!(r#"{{"tldrawFileFormatVersion":1,"records":[{page},{image},{records}]}}"#).into_bytes()
}

fn shape(id: &str, kind: &str, parent: &str, rest: &str) -> String {
    format!(
        r#"{{"typeName":"shape","id":"{id}","type":"{kind}","parentId":"{parent}","index":"{id}",{rest}}}"#
    )
}

pub(crate) fn files() -> Vec<Row> {
    let oval = r#""props":{"geo":"ellipse","w":9,"h":9}"#;
    let file = tldraw(&shape("shape:a", "geo", "page:a", oval));
    let circle = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "d")].map(|(id, parent)| {
        shape(id, "group", parent, r#""props":{}"#) + "," + &shape(&format!("{id}2"), "geo", id, oval)
    });
    let mut chain = shape("g0", "frame", "page:a", r#""props":{"w":9,"h":9}"#);
    for n in 1..20_000 {
        let kind = ["group", "frame"][n % 2];
        let _ = write!(
            chain,
            ",{}",
            shape(
                &format!("g{n}"),
                kind,
                &format!("g{}", n - 1),
                r#""props":{"w":9,"h":9}"#
            )
        );
    }
    let members = [
        "w", "h", "growY", "scale", "bend", "start", "points", "segments", "richText", "size", "crop",
    ];
    let kinds = [
        "geo",
        "draw",
        "highlight",
        "line",
        "arrow",
        "text",
        "note",
        "frame",
        "image",
        "video",
    ];
    let mut odd_ones = Vec::new();
    for kind in kinds {
        for member in members {
            for odd in ODD {
                let props = format!(r#""x":1e300,"props":{{"w":9,"h":9,"text":"a","{member}":{odd}}}"#);
                odd_ones.push(shape(
                    &format!("{kind}{}", odd_ones.len()),
                    kind,
                    "page:a",
                    &props,
                ));
            }
        }
    }
    let words = format!(r#""props":{{"text":"{}"}}"#, "word ".repeat(3_000));
    let ties = each(3_000, |n| {
        shape(&format!("l{n}"), "arrow", "page:a", r#""props":{"start":{"x":0,"y":0},"end":{"x":9,"y":9},"bend":20}"#)
            + &["start", "end"].map(|end| format!(r#",{{"typeName":"binding","type":"arrow","fromId":"l{n}","toId":"t","props":{{"terminal":"{end}"}}}}"#)).concat().repeat(5)
    });
    let crops = each(300, |n| {
        let crop = format!(
            r#""props":{{"w":9,"h":9,"assetId":"asset:bomb","crop":{{"topLeft":{{"x":0,"y":0}},"bottomRight":{{"x":0.{n:03},"y":0.5}}}}}}"#
        );
        shape(&format!("i{n}"), "image", "page:a", &crop)
    });
    let videos = each(3_000, |n| {
        shape(
            &format!("v{n}"),
            "video",
            "page:a",
            r#""props":{"w":9,"h":9,"assetId":"asset:bomb"}"#,
        )
    });
    let rich = format!(
        r#""props":{{"w":9,"h":9,"richText":{{"type":"doc","content":[{}]}}}}"#,
        r#"{"":{"":0}},"#.repeat(400_000) + "0"
    );
    let base64 = BASE64.encode(&[0xff; 300_000]);
    vec![
        ("a file cut off", file[..file.len() - 5].to_vec(), Damaged),
        (
            "records that are no list",
            br#"{"tldrawFileFormatVersion":1,"records":{}}"#.to_vec(),
            Damaged,
        ),
        ("lists in lists", tldraw(&deep(1_000_000)), Read(0..=0, 1)),
        (
            "too many shapes",
            tldraw(&each(MAX_ELEMENTS + 9, |n| {
                shape(&format!("s{n}"), "geo", "page:a", oval)
            })),
            Read(MAX_ELEMENTS..=MAX_ELEMENTS, 9),
        ),
        ("groups in circles", tldraw(&circle.join(",")), Read(4..=4, 0)),
        (
            "groups and frames in each other, without end",
            tldraw(&chain),
            Read(10_001..=10_001, 0),
        ),
        (
            "values that are none",
            tldraw(&odd_ones.join(",")),
            Read(0..=0, 800),
        ),
        (
            "thousands of arrows to one long text",
            tldraw(&(shape("t", "text", "page:a", &words) + "," + &ties)),
            Read(3_001..=3_001, 0),
        ),
        (
            "an image cropped in hundreds of ways",
            tldraw(&crops),
            Read(300..=300, 0),
        ),
        (
            "thousands of videos of one address",
            tldraw(&videos),
            Read(3_000..=3_000, 3_000),
        ),
        (
            "a text of a million parts",
            tldraw(&shape("a", "geo", "page:a", &rich)),
            Read(1..=1, 1),
        ),
        (
            "ink of no numbers",
            tldraw(&shape(
                "a",
                "draw",
                "page:a",
                &format!(r#""props":{{"segments":[{{"path":"{base64}"}},{{"points":"{base64}"}}]}}"#),
            )),
            Read(0..=0, 1),
        ),
    ]
}

/// Files of the first tldraw.
pub(crate) fn first() -> Vec<Row> {
    let file = |shapes: &str| {
        format!(r#"{{"document":{{"pages":{{"p":{{"id":"p","shapes":{{{shapes}}}}}}}}},"pageStates":{{}}}}"#)
            .into_bytes()
    };
    let one = |id: usize, kind: &str, rest: &str| {
        format!(r#""s{id}":{{"id":"s{id}","type":"{kind}","parentId":"p",{rest}}}"#)
    };
    let mut odd_ones = Vec::new();
    for kind in ["rectangle", "ellipse", "draw", "arrow", "text", "sticky", "image"] {
        for member in [
            "size",
            "radius",
            "points",
            "bend",
            "point",
            "rotation",
            "style",
            "childIndex",
            "handles",
        ] {
            for odd in ODD {
                odd_ones.push(one(
                    odd_ones.len(),
                    kind,
                    &format!(r#""text":"a","point":[1e300,0],"{member}":{odd}"#),
                ));
            }
        }
    }
    let points = each(2_000_000, |n| format!("[{n},0]"));
    vec![
        (
            "of 2021: pages that are none",
            br#"{"document":{"pages":[]},"pageStates":{}}"#.to_vec(),
            Unknown,
        ),
        (
            "of 2021: pages in lists in lists",
            file(&format!(r#""a":{}"#, deep(100_000))),
            Read(0..=0, 1),
        ),
        (
            "of 2021: values that are none",
            file(&odd_ones.join(",")),
            Read(0..=70, 400),
        ),
        (
            "of 2021: a stroke of millions of points",
            file(&one(0, "draw", &format!(r#""points":[{points}]"#))),
            Read(1..=1, 0),
        ),
        (
            "of 2021: too many shapes",
            file(&each(MAX_ELEMENTS + 9, |n| {
                one(n, "ellipse", r#""radius":[9,9]"#)
            })),
            Read(MAX_ELEMENTS..=MAX_ELEMENTS, 9),
        ),
    ]
}

/// What tldraw copies.
fn copied(data: &str) -> Vec<u8> {
    format!(
        r#"<meta charset='utf-8'><div data-tldraw="">{{"type":"application/tldraw","version":3,"data":{{{data}}}}}</div>"#
    )
    .into_bytes()
}

/// A text of one letter, packed so that each code is one letter longer than the one before.
fn packed_letters(codes: u32) -> String {
    let mut bits: Vec<bool> = Vec::new();
    let mut put = |value: u32, count: u32| bits.extend((0..count).map(|n| value >> n & 1 == 1));
    put(0, 2);
    put(u32::from(b'a'), 8);
    let (mut width, mut left) = (3, 4);
    for code in 4..4 + codes {
        put(code, width);
        left -= 1;
        if left == 0 {
            left = 1 << width;
            width += 1;
        }
    }
    put(2, width);
    let six = |six: &[bool]| {
        six.iter()
            .enumerate()
            .fold(0, |all, (n, bit)| all | u8::from(*bit) << (5 - n))
    };
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bits.chunks(6)
        .map(|part| char::from(letters[usize::from(six(part))]))
        .collect()
}

/// The same in what is copied.
pub(crate) fn clips() -> Vec<Row> {
    let packed = |text: &str| copied(&format!(r#""assets":[],"otherCompressed":"{text}""#));
    let oval = r#""props":{"geo":"ellipse","w":9,"h":9}"#;
    let many = each(MAX_ELEMENTS + 9, |n| {
        shape(&format!("s{n}"), "geo", "page:a", oval)
    });
    let circle = [("a", "b"), ("b", "a")].map(|(id, parent)| shape(id, "group", parent, r#""props":{}"#));
    vec![
        ("copied: nothing in it", b"<div data-tldraw>".to_vec(), Unknown),
        ("copied: 40 MB, packed", packed(&"A".repeat(40 << 20)), TooLarge),
        (
            "copied: packed in a few kB, gigabytes",
            packed(&packed_letters(60_000)),
            TooLarge,
        ),
        (
            "copied: packed, and no JSON",
            packed(&packed_letters(300)),
            Damaged,
        ),
        ("copied: packed, and cut off", packed("N4IgzgxgFg"), Damaged),
        ("copied: packed as no packing is", packed("\u{e4}\u{f6}"), Damaged),
        (
            "copied: 70 MB",
            copied(&format!(r#""a":"{}""#, "a".repeat(70 << 20))),
            TooLarge,
        ),
        (
            "copied: escapes without end",
            copied(&format!(r#""a":"{}""#, "&amp;".repeat(2_000_000))),
            Read(0..=0, 0),
        ),
        (
            "copied: lists in lists",
            copied(&format!(r#""shapes":{}"#, deep(1_000_000))),
            Read(0..=0, 0),
        ),
        (
            "copied: too many shapes, all on no page",
            copied(&format!(r#""shapes":[{many}],"rootShapeIds":7"#)),
            Read(MAX_ELEMENTS..=MAX_ELEMENTS, 9),
        ),
        (
            "copied: groups in circles, one of them said to be on the page",
            copied(&format!(
                r#""shapes":[{}],"rootShapeIds":["a","a",{{}}]"#,
                circle.join(",")
            )),
            Read(0..=0, 0),
        ),
    ]
}
