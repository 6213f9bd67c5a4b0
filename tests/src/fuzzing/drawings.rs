//! Other programs' drawings, and our own in files: whatever is read of them can be kept, drawn, and written for Excalidraw.
//!
//! A file as it is; or, where the first byte is the number of one of the seeds in JSON, that one changed in its structure.

use std::sync::OnceLock;

use data_encoding::BASE64;
use drawbridge_engine::clip::{self, MAX_ELEMENTS};
use drawbridge_engine::document::{Color, Element};
use drawbridge_engine::export::{Format, Look, Wanted, excalidraw, file, no_images};
use drawbridge_engine::images::{stored, take_pixels};
use drawbridge_engine::import::{self, Import};

use super::choices::Choices;
use super::json::Node;

/// How often one input changes its seed.
const CHANGES: usize = 12;

/// A scene with something of each kind.
const SCENE: &str = r##"{"type":"excalidraw","elements":[
{"type":"rectangle","id":"a","x":10,"y":20,"width":100,"height":50,"angle":0.5,"strokeColor":"#e03131","backgroundColor":"#ffc","fillStyle":"hachure","strokeStyle":"dotted","opacity":40,"roundness":{"type":3},"groupIds":["in","out"],"frameId":"f","boundElements":[{"id":"t","type":"text"}]},
{"type":"text","id":"t","containerId":"a","x":50,"y":20,"width":90,"height":25,"text":"A long\nword","originalText":"A long word","strokeColor":"#1971c2","fontSize":20,"fontFamily":3},
{"type":"frame","id":"f","x":0,"y":0,"width":400,"height":300,"name":"Plan"},
{"type":"arrow","id":"l","elbowed":true,"x":105,"y":30,"points":[[0,0],[95,0],[95,200]],"startBinding":{"elementId":"a","fixedPoint":[1.05,0.5]},"endBinding":{"elementId":"none","focus":0.2},"fixedSegments":[{"index":2,"start":[95,0],"end":[95,200]}],"endArrowhead":"bar"},
{"type":"freedraw","x":5,"y":5,"strokeWidth":2,"points":[[0,0],[10,0],[20,9]],"pressures":[0,0.5,1],"simulatePressure":false},
{"type":"image","x":0,"y":0,"width":9,"height":9,"fileId":"i","scale":[-1,1],"crop":{"x":1,"y":1,"width":2,"height":1,"naturalWidth":4,"naturalHeight":2}},
{"type":"embeddable","x":0,"y":0,"width":90,"height":90,"link":"https://example.org"}],
"appState":{"viewBackgroundColor":"#ffeecc","name":"Plan"},"files":{"i":{"dataURL":"IMAGE"}}}"##;

const LIBRARY: &str = r#"{"type":"excalidrawlib","version":2,"libraryItems":[{"name":"One","elements":[{"type":"ellipse","id":"a","x":0,"y":0,"width":9,"height":9,"groupIds":["g"]}]},[{"type":"diamond","x":5,"y":0,"width":9,"height":9}]]}"#;

const TLDRAW: &str = r#"{"tldrawFileFormatVersion":1,"records":[{"typeName":"document","name":"Plan"},{"typeName":"page","id":"page:a","index":"a1"},
{"typeName":"shape","id":"shape:f","type":"frame","parentId":"page:a","index":"a1","props":{"w":300,"h":200,"name":"Plan"}},
{"typeName":"shape","id":"shape:g","type":"group","parentId":"shape:f","index":"a1","x":9,"rotation":0.5,"opacity":0.5,"props":{}},
{"typeName":"shape","id":"shape:a","type":"geo","parentId":"shape:g","index":"a1","props":{"geo":"star","w":90,"h":80,"color":"blue","labelColor":"red","richText":{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"hi","marks":[{}]}]}]}}},
{"typeName":"shape","id":"shape:b","type":"arrow","parentId":"page:a","index":"a2","isLocked":true,"props":{"start":{"x":0,"y":0},"end":{"x":40,"y":30},"bend":10,"arrowheadEnd":"triangle","text":"to"}},
{"typeName":"shape","id":"shape:c","type":"draw","parentId":"page:a","index":"a3","props":{"isPen":true,"segments":[{"points":[{"x":1,"y":2,"z":0.5},{"x":2,"y":0}]},{"path":"AACAPwAAAEAAAAA/AD4AwAA0"},{"points":"ADwAQAA4AEEAAAA6"}]}},
{"typeName":"shape","id":"shape:d","type":"image","parentId":"page:a","index":"a4","props":{"w":10,"h":10,"assetId":"asset:i","flipX":true,"crop":{"topLeft":{"x":0.5,"y":0},"bottomRight":{"x":1,"y":1}}}},
{"typeName":"shape","id":"shape:n","type":"note","parentId":"none","props":{"text":"n","size":"xl"}},
{"typeName":"asset","id":"asset:i","props":{"src":"IMAGE"}},
{"typeName":"binding","type":"arrow","fromId":"shape:b","toId":"shape:a","props":{"terminal":"start","normalizedAnchor":{"x":0.25,"y":0.5}}}]}"#;

/// One of the first tldraw, and what tldraw copies.
const TLDRAW_FIRST: &str = r#"{"document":{"name":"Plan","version":15.5,"pages":{"p":{"id":"p","shapes":{
"a":{"id":"a","type":"rectangle","parentId":"p","childIndex":1,"point":[5,6],"rotation":0.5,"size":[90,60],"label":"hi","style":{"color":"blue","size":"small","isFilled":true,"dash":"draw"}},
"b":{"id":"b","type":"draw","parentId":"p","childIndex":2,"point":[1,2],"points":[[0,0,0.5],[9,9,0.7],[0,9]],"style":{}},
"c":{"id":"c","type":"arrow","parentId":"p","childIndex":3,"point":[0,0],"bend":0.5,"handles":{"start":{"point":[0,0]},"end":{"point":[90,9]}},"decorations":{"end":"arrow"}}},
"bindings":{"x":{"fromId":"c","toId":"a","handleId":"end","distance":16,"point":[0.5,0.5]}}}},"pageStates":{},"assets":{}}}"#;
const TLDRAW_COPIED: &str = r#"<div data-tldraw="">{"type":"application/tldraw","version":2,"data":{"shapes":[
{"typeName":"shape","id":"shape:a","type":"geo","parentId":"page:x","index":"a1","props":{"geo":"cloud","w":90,"h":80,"flipX":true,"dash":"dashed"}},
{"typeName":"shape","id":"shape:b","type":"arrow","parentId":"page:x","index":"a2","props":{"kind":"elbow","elbowMidPoint":0.3,"start":{"x":0,"y":0},"end":{"x":40,"y":30}}}],
"bindings":[{"typeName":"binding","fromId":"shape:b","toId":"shape:a","props":{"terminal":"end","isExact":true}}],"rootShapeIds":["shape:a"]}}</div>"#;
/// The same, packed.
const TLDRAW_PACKED: &str = r#"<div data-tldraw>{"type":"application/tldraw","version":3,"data":{"assets":[],"otherCompressed":"N4IgzgFghgDgpmEAuA2qALgT3gOSgWzmXGnhABoQBLAE2KgpCzKRAHM4B7RmAJ05iIkoAO7IAnJQjIAHAF85AXUr9O6AMqk4ASRpCUIBorlA"}}</div>"#;

/// An SVG with each thing that is taken apart.
const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='60'><g transform='translate(10 20) scale(2)' opacity='.5'><rect x='1' y='2' width='30' height='10' rx='2' fill='steelblue' stroke='#00f' stroke-dasharray='4 2'/><path d='M0 0h9v9z m40 0C0 40 80 40 80 0A5 5 0 0 1 9 9' stroke='red' fill='none'/><text x='9' y='9' font-family='serif' text-anchor='end'>Two <tspan>words</tspan></text></g><polygon points='0,0 5,5 0 9' fill-rule='evenodd'/></svg>";

/// A scene as Excalidraw packs it into an SVG.
const PACKED: &str = "eyJ2ZXJzaW9uIjogIjEiLCAiZW5jb2RpbmciOiAiYnN0cmluZyIsICJjb21wcmVzc2VkIjogdHJ1ZSwgImVuY29kZWQiOiAieNqrViqpLEhVslJKrUhOzMlMKUosV9JRSs1JzU3NKylWsoquhikoSa0oXHUwMDAxSWmgNhARoWSlYGOUiWYLM9MKclQsrLUUcpIzUzPKFx1MDAwMTPBXHUwMDFhrJTci1x1MDAwZe85PD9VqVZcdTAwMDduVFFqckliXnpOKsy8XCKIecZg84zh5plcdTAwMWEgXGY0MqiNrVx1MDAwNVx1MDAwMP9HNm8ifQ==";

/// Tries such a file.
pub(super) fn drawing(data: &[u8]) {
    let changed = data.split_first().and_then(|(number, rest)| {
        let mut choices = Choices::new(rest);
        let mut seed = structured().get(usize::from(*number))?.clone();
        for _ in 0..CHANGES {
            if choices.is_over() {
                break;
            }
            seed.change(&mut choices);
        }
        Some(seed.text().into_bytes())
    });
    if let Ok(import) = import::read(changed.as_deref().unwrap_or(data)) {
        sane(&import);
    }
}

fn sane(import: &Import) {
    let elements = &import.elements;
    assert!(elements.len() <= MAX_ELEMENTS);
    let _ = import.summary.to_string();
    for element in elements {
        assert!(element.place.is_finite(), "{element:?}");
        assert!(
            element.bounds().is_none_or(|part| part.is_finite()),
            "{element:?}"
        );
    }
    for image in &import.images {
        assert!(
            stored(image.bytes.clone()).is_ok(),
            "an image that a board can keep"
        );
    }
    let back = clip::read(&clip::write(elements)).expect("what came can be stored");
    assert_eq!(back.len(), elements.len(), "all that came can be stored");
    for (came, kept) in elements.iter().zip(&back) {
        assert_eq!(
            (
                came.kind,
                came.points.len(),
                &came.groups,
                came.picture,
                &came.text
            ),
            (
                kept.kind,
                kept.points.len(),
                &kept.groups,
                kept.picture,
                &kept.text
            ),
        );
    }
    let scene = excalidraw::write(&back, &look());
    let again = import::read(scene.as_bytes()).expect("a scene");
    assert_eq!(again.elements.len(), back.len(), "what was exported comes back");
}

fn look() -> Look<'static> {
    Look {
        ink: &|color| match color {
            Color::Rgb(rgb) => rgb,
            Color::Ink(_) => [70, 80, 90],
        },
        paper: None,
        board: [250, 249, 247],
        images: &no_images,
        clip: &|_| None,
    }
}

/// Elements of ours.
fn ours() -> Vec<Element> {
    import::read(SCENE.as_bytes()).expect("a scene").elements
}

/// Of JSON, with a small image in it.
fn texts() -> Vec<String> {
    let image = take_pixels(4, 2, vec![200; 32]).expect("an image").image;
    let address = format!("data:image/png;base64,{}", BASE64.encode(&image.bytes));
    vec![
        SCENE.replace("IMAGE", &address),
        LIBRARY.to_owned(),
        TLDRAW.replace("IMAGE", &address),
        TLDRAW_FIRST.to_owned(),
        clip::write(&ours()),
        excalidraw::write(&ours(), &look()),
    ]
}

fn structured() -> &'static [Node] {
    static SEEDS: OnceLock<Vec<Node>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let node = |text: &String| Node::of(&serde_json::from_str(text).expect("JSON"));
        texts().iter().map(node).collect()
    })
}

/// Files of each format, and scripts that change those in JSON.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = texts().into_iter().map(String::into_bytes).collect();
    let count = u8::try_from(seeds.len()).expect("few");
    for format in [Format::Png, Format::Svg] {
        let wanted = Wanted {
            scale: 0.25,
            ..Wanted::new(format)
        };
        let exported = file(&ours(), &look(), &wanted).expect("a file");
        seeds.extend(exported.files.into_iter().map(|file| file.bytes));
    }
    seeds.extend([TLDRAW_COPIED, TLDRAW_PACKED, SVG].map(|text| text.as_bytes().to_vec()));
    seeds.push(SVG.replace("steelblue", "url(#none)").into_bytes());
    let comments = [
        "payload-type:application/vnd.excalidraw+json",
        "payload-version:2",
        "payload-start",
    ];
    let comments = comments.map(|words| format!("<!-- {words} -->")).concat();
    seeds.push(
        format!("<svg xmlns='http://www.w3.org/2000/svg'>{comments}{PACKED}<!-- payload-end --></svg>")
            .into_bytes(),
    );
    let chunk = [b"tEXtapplication/vnd.excalidraw+json\0", SCENE.as_bytes()].concat();
    let length = u32::try_from(chunk.len() - 4).expect("short").to_be_bytes();
    seeds.push([b"\x89PNG\r\n\x1a\n", length.as_slice(), &chunk, &[0; 4]].concat());
    seeds.extend((0..count).map(|number| vec![number]));
    seeds.extend((0..count).flat_map(|number| {
        (0..8).map(move |which| vec![number, 3, 7, which, 1, 9, 40, which, 4, 2, 60, 12, which, 5, 8])
    }));
    seeds
}
