//! tldraw's files.

use std::fmt::Write as _;

use data_encoding::BASE64;
use drawbridge_engine::clip::MAX_ELEMENTS;

use super::Becomes::{Damaged, Read};
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
