//! Excalidraw's scenes, libraries and pictures.

use data_encoding::BASE64;
use drawbridge_engine::clip::MAX_ELEMENTS;

use super::Becomes::{Damaged, Read, TooLarge, Unknown};
use super::{Row, deep, each, head, image, odd, png, svg, zlib};

/// As much as is unpacked, and more.
const BOMB: usize = 70 << 20;

fn excalidraw(elements: &str) -> Vec<u8> {
    format!(
        r#"{{"type":"excalidraw","elements":[{elements}],"files":{{"bomb":{{"dataURL":"{}"}}}}}}"#,
        image()
    )
    .into_bytes()
}

/// A scene in the text of a picture.
fn in_png(name: &[u8; 4], before: &[u8], data: &[u8]) -> Vec<u8> {
    let text = [b"application/vnd.excalidraw+json\0", before, data].concat();
    png(&[(b"IHDR", head(1)), (name, text), (b"IEND", Vec::new())])
}

pub(crate) fn files() -> Vec<Row> {
    let scene = excalidraw(r#"{"type":"rectangle","width":9,"height":9}"#);
    let frames = r#"{"type":"frame","id":"a","frameId":"a","width":9,"height":9},{"type":"text","id":"t","containerId":"t","text":"a"},
        {"type":"text","id":"u","containerId":"v","text":"a"},{"type":"text","id":"v","containerId":"u","text":"a"},
        {"type":"arrow","id":"l","points":[[0,0],[9,9]],"startBinding":{"elementId":"l"},"endBinding":{"elementId":"a"}}"#;
    let numbers = [
        "x",
        "y",
        "width",
        "height",
        "angle",
        "points",
        "strokeWidth",
        "opacity",
        "groupIds",
        "fontSize",
    ];
    let kinds = [
        "rectangle",
        "line",
        "arrow",
        "freedraw",
        "text",
        "frame",
        "image",
        "diamond",
    ];
    let odd_ones = kinds.map(|kind| {
        let rest = format!(
            r#""type":"{kind}","text":"a","width":9,"height":9,"points":[[0,0],[1e308,-1e308],[9,9]]"#
        );
        odd(&numbers, &rest)
    });
    let text = format!(
        r#"{{"type":"text","id":"t","text":"{}"}},"#,
        "word ".repeat(3_000)
    );
    let arrows = each(3_000, |n| {
        format!(
            r#"{{"type":"arrow","points":[[0,0],[{n},9]],"startBinding":{{"elementId":"t"}},"endBinding":{{"elementId":"t"}}}}"#
        )
    });
    let crops = each(300, |n| {
        format!(
            r#"{{"type":"image","fileId":"bomb","width":9,"height":9,"crop":{{"x":{n},"y":0,"width":9,"height":9,"naturalWidth":9000,"naturalHeight":9000}}}}"#
        )
    });
    let base = r#"{"kind":"image","image":"HASH","mime":"image/png","pixels":[9,9]}"#
        .replace("HASH", &"ab".repeat(32));
    let lies = each(2_000, |n| {
        format!(
            r#"{{"type":"image","id":"i{n}","fileId":"none","width":9,"height":9,"customData":{{"drawbridge":{{"base":{base},"digest":"00"}}}}}}"#
        )
    });
    let bomb = zlib(&vec![b' '; BOMB]);
    let payload = format!(
        "<!-- payload-type:application/vnd.excalidraw+json --><!-- payload-version:2 --><!-- payload-start -->{}<!-- payload-end -->",
        BASE64.encode(format!(r#"{{"encoded":"{}","compressed":true}}"#, "\\u0078\\u009c\\u0001").as_bytes())
    );
    vec![
        ("a scene cut off", scene[..scene.len() - 20].to_vec(), Damaged),
        ("a scene with bytes that are no text", [&scene[..20], b"\xff\xfe", &scene[20..]].concat(), Unknown),
        ("lists in lists", excalidraw(&deep(1_000_000)), Read(0..=0, 1)),
        ("lists in a list of points", excalidraw(&format!(r#"{{"type":"line","points":{}}}"#, deep(100_000))), Read(0..=0, 1)),
        ("too many elements", excalidraw(&each(MAX_ELEMENTS + 9, |_| r#"{"type":"rectangle","width":9,"height":9}"#.to_owned())), Read(MAX_ELEMENTS..=MAX_ELEMENTS, 9)),
        ("what lies in itself", excalidraw(frames), Read(5..=5, 0)),
        ("values that are none", excalidraw(&odd_ones.join(",")), Read(100..=640, 8)),
        ("thousands of arrows to one long text", excalidraw(&(text + &arrows)), Read(3_001..=3_001, 0)),
        ("an image cropped in hundreds of ways", excalidraw(&crops), Read(300..=300, 0)),
        ("images that lie about their bytes", excalidraw(&lies), Read(2_000..=2_000, 2_000)),
        ("a scene unpacked without end, in a PNG", in_png(b"zTXt", &[0], &bomb), TooLarge),
        ("the same with letters of all languages", in_png(b"iTXt", &[1, 0, 0, 0], &bomb), TooLarge),
        ("a packed scene cut off", in_png(b"zTXt", &[0], &bomb[..bomb.len() / 2]), Damaged),
        ("a scene in an SVG that is no packed text", svg(&payload), Damaged),
        ("a scene in an SVG without an end", svg(&payload.replace("payload-end", "")), Damaged),
        ("a library of broken items", br#"{"type":"excalidrawlib","libraryItems":[7,null,{},{"elements":{}},[[]],[{"type":"rectangle","width":1e308,"height":9}]]}"#.to_vec(), Read(0..=0, 5)),
    ]
}
