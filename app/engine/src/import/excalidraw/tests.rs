use super::*;
use crate::arrange::{hold, hold_on};
use crate::document::{Color, Dash, Font, Ink};
use crate::geometry::{Corners, Head, Kind, Point, Route, Shade, Sketch, TextAlign, VAlign};

fn scene(elements: &str) -> Import {
    let file = format!(
        r#"{{"type":"excalidraw","version":2,"elements":[{elements}],"appState":{{}},"files":{{}}}}"#
    );
    assert!(is(file.as_bytes()), "{file}");
    read(file.as_bytes()).expect("a scene")
}

fn one(element: &str) -> Element {
    let all = scene(element);
    assert!(all.summary.is_empty(), "{}", all.summary);
    let [element] = <[Element; 1]>::try_from(all.elements).expect("one element");
    element
}

fn said(import: &Import) -> String {
    import.summary.to_string()
}

fn near(a: Point, b: (f64, f64)) -> bool {
    a.distance(b.into()) < 0.1
}

#[test]
fn boxes_lie_where_they_lie_there_and_look_alike() {
    let box_ = one(
        r##"{"type":"rectangle","id":"a","x":10,"y":20,"width":100,"height":50,"angle":1.5707963267948966,"strokeColor":"#e03131",
        "backgroundColor":"#ffc","fillStyle":"hachure","strokeWidth":4,"strokeStyle":"dotted","opacity":40,"roundness":{"type":3},
        "groupIds":["in","out"],"locked":true,"roughness":2}"##,
    );
    assert_eq!(box_.kind, Kind::Rectangle);
    // Turned by a right angle about (60, 45).
    assert!(near(box_.place * Point::new(0.0, 0.0), (85.0, -5.0)));
    assert!(near(box_.place * Point::new(1.0, 1.0), (35.0, 95.0)));
    let style = box_.style;
    assert_eq!(style.color, Color::Rgb([0xe0, 0x31, 0x31]));
    assert_eq!(style.fill, Some(Color::Rgb([255, 255, 204])));
    assert_eq!(
        (style.shade, style.dash, style.corners),
        (Shade::Hatch, Dash::Dotted, Corners::Round)
    );
    assert_eq!(
        (style.width, style.opacity, box_.locked, style.sketch),
        (4.0, 0.4, true, Sketch::Strong)
    );
    assert_eq!(
        box_.groups.iter().map(|name| &**name).collect::<Vec<_>>(),
        ["in", "out"]
    );
    let old = one(
        r##"{"type":"diamond","x":0,"y":0,"width":9,"height":9,"strokeColor":"#000000","strokeSharpness":"sharp","fillStyle":"solid"}"##,
    );
    assert_eq!(
        (old.kind, old.style.corners, old.style.fill),
        (Kind::Diamond, Corners::Sharp, None)
    );
    assert_eq!(old.style.color, Color::Ink(Ink::Black));
}

#[test]
fn lines_go_through_their_points_and_turn_about_their_middle() {
    let line = one(
        r#"{"type":"line","x":10,"y":10,"width":20,"height":0,"angle":3.141592653589793,"points":[[0,0],[20,0],[20,-10]],"roundness":null}"#,
    );
    assert_eq!(
        (line.kind, line.style.route(), line.style.end),
        (Kind::Line, Route::Straight, Head::None)
    );
    let at: Vec<Point> = line.placed().iter().map(|p| p.pos).collect();
    assert!(
        near(at[0], (30.0, 0.0)) && near(at[1], (10.0, 0.0)) && near(at[2], (10.0, 10.0)),
        "{at:?}"
    );
    let arrow = one(
        r#"{"type":"arrow","x":0,"y":0,"points":[[0,0],[50,10],[100,0]],"roundness":{"type":2},"startArrowhead":"bar","backgroundColor":"red"}"#,
    );
    assert_eq!(
        (arrow.style.route(), arrow.style.start, arrow.style.end),
        (Route::Curve, Head::Bar, Head::Arrow)
    );
    assert_eq!(arrow.style.fill, None);
    let bare = one(r#"{"type":"arrow","x":0,"y":0,"points":[[0,0],[50,0]],"endArrowhead":null}"#);
    assert_eq!(bare.style.end, Head::None);
}

#[test]
fn a_pen_is_as_wide_as_it_is_there() {
    let stroke = one(
        r#"{"type":"freedraw","x":5,"y":5,"strokeWidth":2,"points":[[0,0],[100,0],[200,0]],"pressures":[0,0.5,1],"simulatePressure":false}"#,
    );
    assert_eq!((stroke.kind, stroke.points.len()), (Kind::Stroke, 3));
    for (point, pressure) in stroke.points.iter().zip([0.0, 0.5, 1.0_f64]) {
        let theirs = 2.0 * 4.25 * ((0.2 + 0.6 * pressure) * std::f64::consts::FRAC_PI_2).sin();
        let ours = crate::geometry::radius(stroke.style.width, point.pressure);
        assert!((ours - theirs).abs() < 0.1, "{ours} {theirs}");
    }
    // Quick is thin.
    let points: Vec<String> = (0..60)
        .map(|n| format!("[{},0]", if n < 30 { n } else { 30 + (n - 30) * 20 }))
        .collect();
    let quick = one(&format!(
        r#"{{"type":"freedraw","x":0,"y":0,"points":[{}],"pressures":[],"simulatePressure":true}}"#,
        points.join(",")
    ));
    assert!(
        quick.points[25].pressure > quick.points[50].pressure + 0.2,
        "{:?}",
        quick.points
    );
}

#[test]
fn texts_stand_where_they_stand_there() {
    let text = one(
        r##"{"type":"text","x":100,"y":50,"width":80,"height":50,"text":"One\ntwo","originalText":"One\ntwo","fontSize":20,"fontFamily":3,
        "textAlign":"right","autoResize":true,"lineHeight":1.25,"strokeColor":"#1e1e1e"}"##,
    );
    assert_eq!(
        (text.kind, &*text.text, text.wrap),
        (Kind::Text, "One\ntwo", None)
    );
    assert_eq!(
        (text.style.font, text.style.align, text.style.size),
        (Font::Mono, TextAlign::Right, 20.0)
    );
    assert!(near(text.place * Point::ORIGIN, (180.0, 50.0)));
    let wrapped = one(
        r#"{"type":"text","x":0,"y":0,"width":120,"height":40,"text":"A few\nwords","originalText":"A few words","autoResize":false,"fontSize":16}"#,
    );
    assert_eq!((&*wrapped.text, wrapped.wrap), ("A few words", Some(120.0)));
    let oldest =
        one(r#"{"type":"text","x":0,"y":0,"width":20,"height":25,"text":"Hi","font":"28px Helvetica"}"#);
    assert_eq!((oldest.style.size, oldest.style.font), (28.0, Font::Plain));
}

#[test]
fn letters_in_a_box_and_at_a_line_are_theirs_if_they_have_its_colour() {
    let all = scene(
        r##"{"type":"rectangle","id":"box","x":0,"y":0,"width":200,"height":80,"strokeColor":"#e03131","boundElements":[{"id":"t","type":"text"}]},
        {"type":"text","id":"t","containerId":"box","x":50,"y":20,"width":90,"height":25,"text":"A long\nword","originalText":"A long word","strokeColor":"#e03131","textAlign":"left","verticalAlign":"bottom"},
        {"type":"arrow","id":"line","x":0,"y":200,"points":[[0,0],[300,0]]},
        {"type":"text","id":"u","containerId":"line","x":100,"y":190,"width":40,"height":25,"text":"to"}"##,
    );
    assert_eq!(said(&all), "");
    let [box_, line] = &all.elements[..] else {
        panic!("{:?}", all.elements)
    };
    assert_eq!(
        (&*box_.text, box_.style.align, box_.style.valign, &*line.text),
        ("A long word", TextAlign::Left, VAlign::Bottom, "to")
    );
    let apart = scene(
        r##"{"type":"text","id":"t","containerId":"box","x":50,"y":20,"width":90,"height":25,"text":"white","strokeColor":"#ffffff","groupIds":["g"]},
        {"type":"ellipse","id":"box","x":0,"y":0,"width":200,"height":80,"strokeColor":"#1971c2","backgroundColor":"#1971c2","groupIds":["g"]}"##,
    );
    let [box_, text] = &apart.elements[..] else {
        panic!("{:?}", apart.elements)
    };
    assert_eq!(
        (box_.kind, text.kind, &*text.text),
        (Kind::Ellipse, Kind::Text, "white")
    );
    assert_eq!((box_.groups.len(), &box_.groups), (2, &text.groups));
    assert!(said(&apart).contains("a label in a colour of its own"));
    // A box without a line bears letters of any colour.
    let bare = scene(
        r##"{"type":"rectangle","id":"box","x":0,"y":0,"width":200,"height":80,"strokeColor":"transparent","backgroundColor":"#1971c2","fillStyle":"solid"},
        {"type":"text","id":"t","containerId":"box","x":50,"y":20,"width":90,"height":25,"text":"white","strokeColor":"#ffffff"}"##,
    );
    let [box_] = &bare.elements[..] else {
        panic!("{:?}", bare.elements)
    };
    assert!(
        box_.style.width < 0.1 && box_.style.color == Color::Ink(Ink::White),
        "{:?}",
        box_.style
    );
}

/// Where the ends of a line are seen, held on to what it holds on to.
fn seen(all: &Import, line: &Element) -> [Point; 2] {
    let holds = line.ties.clone().map(|tie| {
        let tie = tie?;
        let target = all.elements.iter().find(|element| element.id == tie.id)?;
        hold(target, tie.at)
    });
    let line = hold_on(line, holds);
    let points = line.placed();
    [points[0].pos, points[points.len() - 1].pos]
}

#[test]
fn bound_arrows_end_where_they_end_there() {
    let boxes = r#"{"type":"rectangle","id":"a","x":0,"y":0,"width":100,"height":60},
        {"type":"ellipse","id":"b","x":300,"y":100,"width":80,"height":80,"angle":0.7},"#;
    let old = r#"{"type":"arrow","id":"c","x":104,"y":40,"points":[[0,0],[194,88]],
        "startBinding":{"elementId":"a","focus":0.2,"gap":4},"endBinding":{"elementId":"b","focus":-0.1,"gap":4}}"#;
    let new = r#"{"type":"arrow","id":"c","x":104,"y":40,"points":[[0,0],[100,0],[194,88]],
        "startBinding":{"elementId":"a","fixedPoint":[1.04,0.67],"mode":"orbit"},"endBinding":{"elementId":"b","fixedPoint":[0.1,0.4],"mode":"orbit"}}"#;
    for arrow in [old, new] {
        let all = scene(&format!("{boxes}{arrow}"));
        assert_eq!(said(&all), "");
        let line = all.elements.last().expect("the arrow");
        assert!(line.ties.iter().all(Option::is_some));
        let [from, to] = seen(&all, line);
        assert!(from.distance(Point::new(104.0, 40.0)) < 4.0, "{from:?}");
        assert!(to.distance(Point::new(298.0, 128.0)) < 6.0, "{to:?}");
    }
    let far = scene(&format!(
        r#"{boxes}{{"type":"arrow","x":50,"y":30,"points":[[0,0],[10,200]],"startBinding":{{"elementId":"a","fixedPoint":[0.5,0.5],"mode":"inside"}},"endBinding":{{"elementId":"none"}}}}"#
    ));
    assert!(said(&far).contains("an end of an arrow moved"), "{}", said(&far));
    assert_eq!(far.elements[2].ties[1], None);
}

#[test]
fn right_angled_arrows_find_their_way_again() {
    let all = scene(
        r#"{"type":"rectangle","id":"a","x":0,"y":0,"width":100,"height":60},
        {"type":"rectangle","id":"b","x":300,"y":200,"width":100,"height":60},
        {"type":"arrow","elbowed":true,"x":105,"y":30,"points":[[0,0],[95,0],[95,200],[190,200]],
         "startBinding":{"elementId":"a","fixedPoint":[1.05,0.5]},"endBinding":{"elementId":"b","fixedPoint":[-0.05,0.5]},
         "fixedSegments":[{"index":2,"start":[95,0],"end":[95,200]}]}"#,
    );
    let line = &all.elements[2];
    assert_eq!((line.style.route(), line.points.len()), (Route::Elbow, 3));
    assert!(near(line.points[1].pos, (200.0, 130.0)), "{:?}", line.points);
    let [from, to] = seen(&all, line);
    assert!(from.distance(Point::new(105.0, 30.0)) < 4.0 && to.distance(Point::new(295.0, 230.0)) < 4.0);
}

#[test]
fn frames_hold_what_is_in_them() {
    let all = scene(
        r#"{"type":"rectangle","x":10,"y":10,"width":20,"height":20,"frameId":"f"},
        {"type":"frame","id":"f","x":0,"y":0,"width":100,"height":60,"name":"Plan"},
        {"type":"magicframe","id":"g","x":0,"y":0,"width":100,"height":60,"name":null,"frameId":"f"},
        {"type":"ellipse","x":10,"y":10,"width":20,"height":20,"frameId":"nowhere"}"#,
    );
    let [inside, frame, magic, loose] = &all.elements[..] else {
        panic!("{:?}", all.elements)
    };
    assert_eq!(
        (&inside.framed_by, &*frame.name),
        (&Some(frame.id.clone()), "Plan")
    );
    assert_eq!(
        (magic.kind, &magic.framed_by, &loose.framed_by),
        (Kind::Frame, &None, &None)
    );
    assert_eq!(all.summary.notes().count(), 2, "{}", said(&all));
}

#[test]
fn what_is_missing_or_different_is_said() {
    let all = scene(
        r##"{"type":"image","x":0,"y":0,"width":9,"height":9,"fileId":"no"},
        {"type":"embeddable","x":0,"y":0,"width":90,"height":90,"link":"https://example.org"},
        {"type":"hologram","x":0,"y":0}, 7, null,
        {"type":"rectangle","x":0,"y":0,"width":9,"height":9,"link":"https://example.org","strokeColor":"00000"},
        {"type":"rectangle","x":1e300,"y":0,"width":9,"height":9},
        {"type":"line","x":0,"y":0,"points":[[0,0],[9,9]],"strokeColor":"transparent"},
        {"type":"rectangle","x":0,"y":0,"width":9,"height":9,"isDeleted":true},
        {"type":"rectangle","x":"12","y":null,"width":"9","height":9,"opacity":"much","strokeWidth":1e999,"angle":{}}"##,
    );
    let notes: Vec<(bool, usize)> = all
        .summary
        .notes()
        .map(|(note, count)| (note.lost, count))
        .collect();
    assert_eq!(
        notes
            .iter()
            .filter(|(lost, _)| *lost)
            .map(|(_, n)| n)
            .sum::<usize>(),
        7,
        "{}",
        said(&all)
    );
    assert_eq!(all.elements.len(), 4, "{:?}", all.elements);
    assert_eq!(&*all.elements[1].text, "https://example.org");
    let last = &all.elements[3];
    assert!(near(last.place * Point::ORIGIN, (12.0, 0.0)) && last.style.opacity == 1.0);
}

const SCENE: &str = r#"{"type":"excalidraw","elements":[{"type":"text","id":"t","x":0,"y":0,"width":9,"height":9,"text":"Grüße"}]}"#;

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = flate2::read::ZlibEncoder::new(bytes, flate2::Compression::default());
    std::io::Read::read_to_end(&mut encoder, &mut out).expect("memory");
    out
}

/// A text as Excalidraw packs it, each byte a character.
fn envelope(bytes: &[u8], compressed: bool) -> Vec<u8> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let encoded = serde_json::to_string(&text).expect("a text");
    let text =
        format!(r#"{{"version":"1","encoding":"bstring","compressed":{compressed},"encoded":{encoded}}}"#);
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).expect("a byte"))
        .collect()
}

fn png_with(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", [0; 13].as_slice()), (kind, data), (b"IEND", &[])] {
        out.extend((data.len() as u32).to_be_bytes());
        out.extend(kind);
        out.extend(data);
        out.extend([0; 4]);
    }
    out
}

fn svg_with(version: &str, data: &[u8]) -> String {
    let data = data_encoding::BASE64.encode(data);
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg'><metadata><!-- payload-type:application/vnd.excalidraw+json --><!-- payload-version:{version} --><!-- payload-start -->{data}<!-- payload-end --></metadata></svg>"
    )
}

#[test]
fn a_scene_is_found_in_a_picture() {
    let name = b"application/vnd.excalidraw+json\0";
    let packed = envelope(&zlib(SCENE.as_bytes()), true);
    let plain = envelope(SCENE.as_bytes(), false);
    let with = |parts: &[&[u8]]| parts.concat();
    let files = [
        png_with(b"tEXt", &with(&[name, &packed])),
        png_with(b"tEXt", &with(&[name, &plain])),
        png_with(b"zTXt", &with(&[name, &[0], &zlib(&plain)])),
        png_with(b"iTXt", &with(&[name, &[0, 0, 0, 0], SCENE.as_bytes()])),
        png_with(b"iTXt", &with(&[name, &[1, 0, 0, 0], &zlib(SCENE.as_bytes())])),
        svg_with("2", &packed).into_bytes(),
        svg_with("2", &plain).into_bytes(),
        svg_with("1", SCENE.as_bytes()).into_bytes(),
    ];
    for (n, file) in files.iter().enumerate() {
        assert!(is(file), "{n}");
        let all = crate::import::read(file).unwrap_or_else(|error| panic!("{n}: {error}"));
        assert_eq!(
            all.elements.iter().map(|e| &*e.text).collect::<Vec<_>>(),
            ["Grüße"],
            "{n}"
        );
    }
}

#[test]
fn what_grows_without_end_is_not_unpacked() {
    let name = b"application/vnd.excalidraw+json\0";
    let bomb = zlib(&vec![b' '; crate::import::alike::MAX_TEXT + 10]);
    let file = png_with(b"tEXt", &[name.as_slice(), &envelope(&bomb, true)].concat());
    assert!(matches!(read(&file), Err(ImportError::TooLarge { .. })));
    let cut = svg_with("2", &envelope(&bomb[..100], true));
    assert!(matches!(read(cut.as_bytes()), Err(ImportError::Damaged { .. })));
    let open = svg_with("2", b"x").replace("payload-end", "");
    assert!(matches!(read(open.as_bytes()), Err(ImportError::Damaged { .. })));
}

#[test]
fn items_of_a_library_are_groups_beside_each_other() {
    let item = r#"{"type":"rectangle","id":"a","x":5000,"y":0,"width":100,"height":40,"groupIds":["g"]},{"type":"ellipse","id":"b","x":5000,"y":0,"width":9,"height":9}"#;
    let old = format!(r#"{{"type":"excalidrawlib","version":1,"library":[[{item}],[{item}]]}}"#);
    let new = format!(
        r#"{{"type":"excalidrawlib","version":2,"libraryItems":[{{"id":"1","name":"","elements":[{item}]}},{{"elements":[{item}]}},{{"status":"published"}}]}}"#
    );
    for (file, notes) in [(old, 0), (new, 1)] {
        let all = crate::import::read(file.as_bytes()).expect("a library");
        assert_eq!((all.elements.len(), all.summary.notes().count()), (4, notes));
        let names: Vec<_> = all.elements.iter().map(|e| e.groups.last().cloned()).collect();
        assert!(names[0] == names[1] && names[1] != names[2] && names[2] == names[3]);
        assert_ne!(all.elements[0].groups[0], all.elements[2].groups[0]);
        let [a, b] = [0, 2].map(|at| all.elements[at].bounds().expect("bounds"));
        assert!(
            a.intersect(b).area() == 0.0 && a.x0.abs() < 1.0 && b.x0 < 1000.0,
            "{a:?} {b:?}"
        );
    }
}

#[test]
fn images_are_taken_cropped_and_mirrored() {
    let pixels = (0..8 * 4).flat_map(|n| [n as u8 * 8, 0, 0, 255]).collect();
    let image = crate::images::take_pixels(8, 4, pixels).expect("an image").image;
    let data = data_encoding::BASE64.encode(&image.bytes);
    let file = format!(
        r#"{{"type":"excalidraw/clipboard","elements":[
        {{"type":"image","x":0,"y":0,"width":80,"height":40,"fileId":"f","scale":[-1,1]}},
        {{"type":"image","x":0,"y":50,"width":40,"height":20,"fileId":"f","crop":{{"x":4,"y":2,"width":4,"height":2,"naturalWidth":8,"naturalHeight":4}}}}],
        "files":{{"f":{{"mimeType":"image/png","id":"f","dataURL":"data:image/png;base64,{data}"}}}}}}"#
    );
    let all = crate::import::read(file.as_bytes()).expect("a scene");
    assert_eq!(said(&all), "");
    let [whole, part] = &all.elements[..] else {
        panic!("{:?}", all.elements)
    };
    assert!(
        near(whole.place * Point::ORIGIN, (80.0, 0.0))
            && near(whole.place * Point::new(1.0, 1.0), (0.0, 40.0))
    );
    assert_eq!(
        (part.picture.expect("a picture").pixels, all.images.len()),
        ([4, 2], 2)
    );
    assert!(near(part.place * Point::new(1.0, 1.0), (40.0, 70.0)));
}

#[test]
fn what_is_no_drawing_is_said_to_be_none() {
    for file in [
        "",
        "{}",
        r#"{"type":"other"}"#,
        "hello",
        r#"{"a":{"type":"excalidraw"}}"#,
    ] {
        assert_eq!(
            crate::import::read(file.as_bytes()).err(),
            Some(ImportError::Unknown),
            "{file}"
        );
    }
    let broken = r#"{"type":"excalidraw","elements":["#;
    assert!(matches!(
        crate::import::read(broken.as_bytes()),
        Err(ImportError::Damaged { .. })
    ));
    let ours =
        crate::clip::write(&scene(r#"{"type":"rectangle","x":0,"y":0,"width":9,"height":9}"#).elements);
    assert_eq!(
        crate::import::read(ours.as_bytes()).expect("ours").elements.len(),
        1
    );
}
