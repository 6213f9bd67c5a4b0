use drawbridge_protocol::ElementId;
use proptest::prelude::*;
use roxmltree::{Document, Node};

use super::png::{MAX_PIXELS, MAX_SIDE, Picture, TooLarge, embedded, picture, png};
use super::svg::svg;
use super::*;
use crate::clip;
use crate::clip::tests::elements;
use crate::document::{Ink, Kind, Order, Sample, Style};
use crate::geometry::{Affine, Point};

const RED: [u8; 3] = [200, 30, 20];
const BOARD: [u8; 3] = [250, 240, 230];

fn ink(color: Color) -> [u8; 3] {
    match color {
        Color::Ink(Ink::Red) => RED,
        Color::Ink(_) => [1, 2, 3],
        Color::Rgb(rgb) => rgb,
    }
}

fn look(paper: Option<[u8; 3]>) -> Look<'static> {
    Look {
        ink: &ink,
        paper,
        board: BOARD,
        images: &no_images,
        clip: &|_| None,
    }
}

/// A red stroke through these points, ten board units wide.
fn stroke(points: &[(i64, i64)], opacity: f64) -> Element {
    let style = Style {
        color: Color::Ink(Ink::Red),
        width: 10.0,
        opacity,
        ..Style::default()
    };
    let id = ElementId::new("s").expect("an id");
    let mut element = Element::new(id, Kind::Stroke, Order::default(), style);
    let sample = |&(x, y): &(i64, i64)| Sample { x, y, pressure: 50 }.ink(1.0);
    element.points = points.iter().map(sample).collect();
    element
}

/// The same, pressed more and less, so that it isn't equally wide.
fn pressed(points: &[(i64, i64)]) -> Element {
    let pressures = [20, 80, 60, 40].into_iter().cycle();
    let sample = |(&(x, y), pressure): (&(i64, i64), _)| Sample { x, y, pressure }.ink(1.0);
    Element {
        points: points.iter().zip(pressures).map(sample).collect(),
        ..stroke(points, 1.0)
    }
}

fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 4] {
    let at = 4 * (y * picture.width() + x) as usize;
    picture.rgba()[at..at + 4].try_into().expect("a pixel")
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name)
        .expect("it is there")
        .parse()
        .expect("a number")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_svg_is_xml_as_large_as_the_elements_and_can_be_opened_again(elements in elements(), paper: bool) {
        let text = svg(&elements, &look(paper.then_some(BOARD)), 16.0, true);
        let xml = Document::parse(&text).expect("XML");
        let extent = extent(&elements, &look(None), 16.0);
        let root = xml.root_element();
        prop_assert!((number(root, "width") - extent.width()).abs() < 0.01);
        prop_assert!((number(root, "height") - extent.height()).abs() < 0.01);
        let view = format!("0 0 {} {}", root.attribute("width").expect("width"), root.attribute("height").expect("height"));
        prop_assert_eq!(root.attribute("viewBox"), Some(view.as_str()));
        prop_assert_eq!(xml.descendants().filter(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "rect"))).count(), usize::from(paper));
        let back = clip::read(&text).expect("ours");
        prop_assert_eq!(&back, &clip::read(&clip::write(&elements)).expect("ours"));
        let inside = xml.descendants().find(|n| n.tag_name().name() == "elements").and_then(|n| n.text()).expect("a text");
        prop_assert_eq!(clip::read(inside), Some(back), "any reader of XML finds the same text");
    }

    #[test]
    fn a_picture_is_as_large_as_the_elements(elements in elements(), hundredths in 1u32..10) {
        let scale = f64::from(hundredths) / 100.0;
        let extent = extent(&elements, &look(None), 5.0);
        if let Ok(picture) = picture(&elements, &look(None), 5.0, scale) {
            prop_assert!(picture.width() <= MAX_SIDE && picture.height() <= MAX_SIDE);
            prop_assert!(picture.width() * picture.height() <= MAX_PIXELS);
            prop_assert_eq!(picture.rgba().len() as u32, picture.width() * picture.height() * 4);
            let small = extent.width().max(extent.height()) * scale < f64::from(MAX_SIDE) && extent.area() * scale * scale < 3e7;
            if small {
                prop_assert!((f64::from(picture.width()) - extent.width() * scale).abs() <= 1.0);
                prop_assert!((f64::from(picture.height()) - extent.height() * scale).abs() <= 1.0);
            }
        }
    }

    #[test]
    fn a_png_that_was_damaged_never_harms(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
        let picture = picture(&[stroke(&[(0, 0), (9, 9)], 1.0)], &look(None), 0.0, 1.0).expect("a picture");
        let mut bytes = png(&picture, Some("a text"));
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = embedded(&bytes);
        let _ = embedded(&bytes[..cut.index(bytes.len())]);
    }
}

#[test]
fn a_red_stroke_has_red_pixels_where_it_is_and_none_elsewhere() {
    let elements = [stroke(&[(100, 100), (300, 100)], 1.0)];
    let picture = picture(&elements, &look(None), 20.0, 2.0).expect("a picture");
    let extent = extent(&elements, &look(None), 20.0);
    let line = elements[0].shape().line();
    for (x, y) in (0..picture.width()).flat_map(|x| (0..picture.height()).map(move |y| (x, y))) {
        let [r, g, b, a] = pixel(&picture, x, y);
        let at = Point::new(
            extent.x0 + (f64::from(x) + 0.5) / 2.0,
            extent.y0 + (f64::from(y) + 0.5) / 2.0,
        );
        let around = |d: f64| {
            [(d, d), (d, -d), (-d, d), (-d, -d)].map(|by| kurbo::Shape::winding(&line, at + by) != 0)
        };
        if around(0.5) == [true; 4] {
            assert_eq!([r, g, b, a], [200, 30, 20, 255], "inside at {at:?}");
        } else if around(0.5) == [false; 4] {
            assert_eq!(a, 0, "outside at {at:?}");
        }
    }
}

#[test]
fn what_shines_through_is_flat_where_a_stroke_crosses_itself_and_lies_over_the_paper() {
    let cross = [(0, 0), (100, 100), (100, 0), (0, 100)];
    let picture = picture(&[stroke(&cross, 0.5)], &look(Some([0, 0, 0])), 0.0, 1.0).expect("a picture");
    let mut reds: Vec<u8> = picture.rgba().chunks(4).map(|p| p[0]).collect();
    assert!(
        picture.rgba().chunks(4).all(|p| p[3] == 255),
        "the paper is everywhere"
    );
    reds.sort_unstable();
    reds.dedup();
    let most = *reds.last().expect("a pixel");
    assert!((99..=101).contains(&most), "half of 200 and never more: {most}");
}

#[test]
fn a_line_and_a_fill_that_shine_through_are_flat_together() {
    let square = |x0: f64, x1: f64, color| Area {
        boundary: kurbo::Shape::to_path(&Rect::new(x0, x0, x1, x1), 0.1),
        color,
    };
    let areas = [square(10.0, 30.0, [0, 0, 255]), square(20.0, 60.0, RED)];
    let mut canvas = tiny_skia::Pixmap::new(50, 50).expect("a size");
    super::png::draw(&mut canvas, &areas, 0.5, None);
    let at = |x, y| {
        let p = canvas.pixel(x, y).expect("inside").demultiply();
        [p.red(), p.green(), p.blue(), p.alpha()]
    };
    let near = |a: [u8; 4], b: [u8; 4]| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 2);
    assert_eq!(at(5, 5), [0; 4]);
    assert!(near(at(15, 15), [0, 0, 255, 128]), "{:?}", at(15, 15));
    assert!(
        near(at(25, 25), [200, 30, 20, 128]),
        "nothing shines through the line: {:?}",
        at(25, 25)
    );
    assert!(
        near(at(49, 49), [200, 30, 20, 128]),
        "it goes on beyond the picture: {:?}",
        at(49, 49)
    );
}

/// A box with a red line, filled with blue.
fn blue_box(shade: Shade, opacity: f64) -> Element {
    let style = Style {
        fill: Some(Color::Rgb([0, 0, 255])),
        corners: crate::document::Corners::Sharp,
        shade,
        ..stroke(&[(0, 0)], opacity).style
    };
    let mut element = Element::new(
        ElementId::new("b").expect("an id"),
        Kind::Rectangle,
        Order::default(),
        style,
    );
    element.place = Affine::new([200.0, 0.0, 0.0, 150.0, 5.0, 5.0]);
    element
}

#[test]
fn a_box_is_one_path_in_an_svg_and_what_is_made_of_several_shines_through_together() {
    let written = |shade, opacity| svg(&[blue_box(shade, opacity)], &look(None), 0.0, false);
    let text = written(Shade::Solid, 0.5);
    let xml = Document::parse(&text).expect("XML");
    let [whole] = xml
        .root_element()
        .children()
        .filter(Node::is_element)
        .collect::<Vec<_>>()[..]
    else {
        panic!("{text}");
    };
    let said = |name| whole.attribute(name);
    assert_eq!(said("d"), Some("M5 155h200v-150h-200z"), "{text}");
    let names = ["fill", "stroke", "stroke-width", "opacity"];
    assert_eq!(names.map(said), ["#0000ff", "#c81e14", "10", "0.5"].map(Some));

    let text = written(Shade::Hatch, 0.5);
    let xml = Document::parse(&text).expect("XML");
    let group = xml
        .descendants()
        .find(|n| n.tag_name().name() == "g")
        .expect("a group");
    assert_eq!(group.attribute("opacity"), Some("0.5"), "{text}");
    let colors: Vec<_> = group.children().map(|n| n.attribute("stroke")).collect();
    assert_eq!(colors, [Some("#0000ff"), Some("#c81e14")]);
}

#[test]
fn a_tint_is_mostly_the_boards_colour_and_what_is_full_is_the_fills() {
    let mut element = stroke(&[(0, 0), (90, 0), (50, 40), (3, 3)], 1.0);
    let fill = |element: &Element| look(None).fill(element);
    assert_eq!(fill(&element), None);
    element.style.fill = Some(Color::Rgb([0, 140, 255]));
    let open = Element {
        points: element.points[..3].into(),
        ..element.clone()
    };
    assert_eq!(fill(&open), None, "only what is closed is filled");
    assert_eq!(fill(&element), Some([195, 218, 236]));
    for shade in [Shade::Solid, Shade::Hatch] {
        element.style.shade = shade;
        assert_eq!(fill(&element), Some([0, 140, 255]));
    }
}

#[test]
fn a_path_is_as_exact_as_the_element_was_drawn() {
    for (zoom, exact) in [(1.0, 0.1), (1.0 / 256.0, 0.000_39), (1000.0, 0.1)] {
        let mut element = pressed(&[(0, 0), (40, 7), (33, 90), (-20, 14), (5, 5)]);
        element.place = Affine::translate((1e6, -1e6)) * Affine::scale(zoom);
        element.style.width = 4.0 * zoom;
        let text = svg(std::slice::from_ref(&element), &look(None), 0.0, false);
        let xml = Document::parse(&text).expect("XML");
        let path = xml.descendants().find_map(|n| n.attribute("d")).expect("a path");
        let origin = extent(std::slice::from_ref(&element), &look(None), 0.0)
            .origin()
            .to_vec2();
        let read = BezPath::from_svg(path).expect("a path");
        let line = element.shape().line();
        let drawn = Affine::translate(-origin) * line.clone();
        // A curve may be off by a tenth of a pixel.
        let limit = exact * zoom.max(1.0);
        for (one, other) in [(&drawn, &read), (&read, &drawn)] {
            let far = farthest(one, other);
            assert!(far <= limit, "{far} at zoom {zoom}");
        }
        assert!(
            path.len() * 2 < line.to_svg().len(),
            "it is much shorter than its points"
        );
    }
}

/// How far the farthest point of a path is from another.
fn farthest(path: &BezPath, from: &BezPath) -> f64 {
    use kurbo::{ParamCurve as _, ParamCurveNearest as _};
    let at = |segment: kurbo::PathSeg| (0..8).map(move |n| segment.eval(f64::from(n) / 8.0));
    let off = |p: Point| {
        let all = from
            .segments()
            .map(|segment| segment.nearest(p, 1e-9).distance_sq);
        all.fold(f64::MAX, f64::min).sqrt()
    };
    path.segments().flat_map(at).map(off).fold(0.0, f64::max)
}

#[test]
fn however_far_apart_elements_lie_the_picture_is_bounded() {
    let far = 999_000_000;
    let apart = [
        stroke(&[(-far, -far), (-far + 9, -far)], 1.0),
        stroke(&[(far, far)], 1.0),
    ];
    let picture = picture(&apart, &look(None), 16.0, 3.0).expect("a picture");
    assert!(picture.width() * picture.height() <= MAX_PIXELS);
    assert!(
        picture.width() > 5_000 && picture.height() > 5_000,
        "{}",
        picture.width()
    );
    let text = svg(&apart, &look(None), 16.0, false);
    let xml = Document::parse(&text).expect("XML");
    assert!((number(xml.root_element(), "width") - 2.0 * far as f64).abs() < 100.0);
}

#[test]
fn what_would_be_nothing_but_a_hairline_is_refused_with_advice() {
    let long = [stroke(&[(0, 0), (100_000_000, 0)], 1.0)];
    let refused = picture(&long, &look(None), 0.0, 1.0);
    assert_eq!(refused, Err(TooLarge));
    assert!(TooLarge.to_string().contains("SVG"));
    let small = picture(&long, &look(None), 0.0, 1e-6).expect("it was asked for");
    assert_eq!((small.width(), small.height()), (101, 1));
}

#[test]
fn nothing_and_nonsense_make_a_picture_too() {
    for (margin, scale) in [
        (0.0, 1.0),
        (f64::NAN, f64::NAN),
        (-5.0, -1.0),
        (0.0, f64::INFINITY),
    ] {
        let picture = picture(&[], &look(None), margin, scale).expect("a picture");
        assert_eq!((picture.width(), picture.height()), (1, 1));
        assert!(Document::parse(&svg(&[], &look(None), margin, true)).is_ok());
    }
    let mut deleted = stroke(&[(0, 0), (50, 0)], 1.0);
    deleted.deleted = true;
    assert!(!svg(&[deleted], &look(None), 0.0, true).contains("<path"));
}

#[test]
fn a_png_gives_back_its_pixels_and_the_text_it_holds() {
    let elements = [stroke(&[(0, 0), (90, 40)], 0.7)];
    let picture = picture(&elements, &look(None), 4.0, 1.5).expect("a picture");
    let text = clip::write(&elements) + "é\u{fffe}";
    let bytes = png(&picture, Some(&text));
    assert_eq!(embedded(&bytes), Some(text));
    assert_eq!(embedded(&png(&picture, None)), None);
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(&bytes))
        .read_info()
        .expect("a PNG");
    let mut rgba = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut rgba).expect("a picture");
    assert_eq!((info.width, info.height), (picture.width(), picture.height()));
    assert_eq!(rgba, picture.rgba());
}

#[test]
fn a_png_whose_text_would_fill_the_memory_is_not_opened() {
    let picture = picture(&[], &look(None), 0.0, 1.0).expect("a picture");
    let bomb = " ".repeat(clip::MAX_TEXT + 1);
    let bytes = png(&picture, Some(&bomb));
    assert!(bytes.len() < 1 << 20, "it is small on the disk");
    assert_eq!(embedded(&bytes), None);
}

#[test]
fn a_strange_svg_holds_nothing_and_never_harms() {
    let tag = "drawbridge:elements";
    for text in [
        format!("<svg><{tag}"),
        format!("<svg><{tag}>"),
        format!("<svg><{tag}>{{}}</svg>"),
        format!("<svg><{tag}>&</{tag}>"),
        format!("<svg><{tag}>&nbsp;</{tag}>"),
        format!("<svg><{tag}>&#xd800;</{tag}>"),
        format!("<svg><{tag}>&#99999999999;</{tag}>"),
        format!("<svg><{tag}>{}</{tag}>", "&amp;".repeat(1000)),
    ] {
        assert_eq!(clip::read(&text), None, "{text}");
    }
    let escaped = r#"{&quot;type&#34;:&#x22;drawbridge/elements","version":1,"elements":[]}"#;
    assert_eq!(
        clip::read(&format!("<svg><{tag} a='b'>{escaped}</{tag}></svg>")),
        Some(Vec::new())
    );
}

#[test]
fn an_svgs_paths_make_the_same_picture_as_the_png_has() {
    let points = [
        (0, 0),
        (60, 80),
        (120, -40),
        (60, 20),
        (60, 90),
        (0, 90),
        (70, -30),
    ];
    let elements = [pressed(&points)];
    let drawn = picture(&elements, &look(None), 8.0, 1.0).expect("a picture");
    let text = svg(&elements, &look(None), 8.0, false);
    let xml = Document::parse(&text).expect("XML");
    let path = xml.descendants().find_map(|n| n.attribute("d")).expect("a path");
    let area = Area {
        boundary: BezPath::from_svg(path).expect("a path"),
        color: RED,
    };
    let mut canvas = tiny_skia::Pixmap::new(drawn.width(), drawn.height()).expect("a size");
    super::png::draw(&mut canvas, &[area], 1.0, None);
    let pairs = canvas.data().chunks(4).zip(drawn.rgba().chunks(4));
    let off = pairs.filter(|(a, b)| a[3].abs_diff(b[3]) > 40).count();
    assert!(off * 1000 < canvas.pixels().len(), "{off} pixels differ");
}

#[test]
fn what_belongs_to_a_frame_is_cut_off_in_both_pictures() {
    let wide = [stroke(&[(0, 50), (200, 50)], 1.0)];
    // Turned by a quarter: its unit square still lies from 50 to 100 across and from 0 to 100 down.
    let frame = Affine::new([0.0, 100.0, -50.0, 0.0, 100.0, 0.0]);
    let clip = |_: &Element| Some(frame);
    let look = Look {
        clip: &clip,
        ..look(None)
    };
    assert_eq!(
        extent(&wide, &look, 0.0),
        Rect::new(50.0, 45.0, 100.0, 55.0),
        "only what is seen counts"
    );
    let part = Rect::new(0.0, 0.0, 200.0, 100.0);
    let picture = super::png::picture_of(part, &wide, &look, 1.0).expect("a picture");
    let text = super::svg::svg_of(part, &wide, &look, (Lettering::Outlines, None));
    let xml = Document::parse(&text).expect("XML");
    let open = xml
        .descendants()
        .find(|n| n.has_tag_name("clipPath"))
        .expect("a clip");
    let path = open
        .first_element_child()
        .and_then(|n| n.attribute("d"))
        .expect("a path");
    assert_eq!(
        kurbo::Shape::bounding_box(&BezPath::from_svg(path).expect("a path")),
        Rect::new(50.0, 0.0, 100.0, 100.0)
    );
    let name = open.attribute("id").expect("a name");
    assert!(text.contains(&format!("clip-path=\"url(#{name})\"")));
    for (x, seen) in [
        (10, false),
        (48, false),
        (51, true),
        (98, true),
        (102, false),
        (150, false),
    ] {
        assert_eq!(pixel(&picture, x, 50)[3] == 255, seen, "{x}");
        assert_eq!(pixel(&picture, x, 50)[3] == 0, !seen, "{x}");
    }
    // One that shines through goes another way.
    let faint = [stroke(&[(0, 50), (200, 50)], 0.5)];
    let picture = super::png::picture_of(part, &faint, &look, 1.0).expect("a picture");
    assert_eq!([40, 75].map(|x| pixel(&picture, x, 50)[3]), [0, 128]);
}

#[test]
fn a_frame_alone_is_its_own_rectangle_upright_without_its_line() {
    let style = Style::default();
    let mut frame = Element::new(
        ElementId::new("f").expect("an id"),
        Kind::Frame,
        Order::default(),
        style,
    );
    let turn = Affine::rotate_about(0.7, (300.0, 200.0));
    frame.place = turn * Affine::new([120.0, 0.0, 0.0, 60.0, 240.0, 170.0]);
    // Level in the frame, from its left edge beyond its right one.
    let mut member = stroke(&[(240, 200), (500, 200)], 1.0);
    member.place = turn;
    let alone = Alone::of(&frame, vec![member]);
    let size = [alone.part.width(), alone.part.height()].map(|v| (v * 1e6).round() / 1e6);
    assert_eq!(size, [120.0, 60.0]);
    let clip = |_: &Element| Some(alone.clip);
    let look = Look {
        clip: &clip,
        ..look(Some(BOARD))
    };
    let picture = super::png::picture_of(alone.part, &alone.elements, &look, 2.0).expect("a picture");
    assert_eq!((picture.width(), picture.height()), (240, 120));
    let [r, g, b] = BOARD;
    for (x, y) in [(0, 0), (239, 0), (0, 119), (239, 119), (120, 20)] {
        assert_eq!(
            pixel(&picture, x, y),
            [r, g, b, 255],
            "no line of the frame at {x} {y}"
        );
    }
    for x in [4, 120, 236] {
        assert_eq!(pixel(&picture, x, 60)[..3], RED, "{x}");
    }
}

#[test]
fn images_are_in_both_pictures_with_their_pixels() {
    let (width, height) = (8, 4);
    let pixel = |n: u32| {
        if n % width < 4 {
            [200, 0, 0, 255]
        } else {
            [0, 0, 200, 255]
        }
    };
    let taken = crate::images::take_pixels(width, height, (0..width * height).flat_map(pixel).collect());
    let taken = taken.expect("a picture");
    let mut element = Element::image(crate::document::Picture::from(&taken));
    // Mirrored: what is left in the file is right on the board.
    element.place = Affine::new([-80.0, 0.0, 0.0, 40.0, 100.0, 10.0]);
    let there = |_: &ImageHash| Some(taken.image.clone());
    let look = Look {
        images: &there,
        ..look(None)
    };
    let drawn = picture(&[element.clone()], &look, 0.0, 1.0).expect("a picture");
    assert_eq!([drawn.width(), drawn.height()], [80, 40]);
    let at = |x: u32, y: u32| {
        let from = (4 * (y * drawn.width() + x)) as usize;
        drawn.rgba()[from..from + 4].to_vec()
    };
    assert_eq!(
        (at(20, 20), at(60, 20)),
        (vec![0, 0, 200, 255], vec![200, 0, 0, 255])
    );
    let text = svg(&[element.clone()], &look, 0.0, true);
    assert!(
        text.contains("<image ") && Document::parse(&text).is_ok(),
        "{text}"
    );
    assert_eq!(clip::read_images(&text), std::slice::from_ref(&taken.image));
    let back = clip::read(&text).expect("ours");
    assert_eq!((back[0].picture, back[0].place), (element.picture, element.place));
    // On the clipboard, too, and only whole ones.
    let (text, left_out) = clip::write_with_images(&[element.clone()], &there);
    assert_eq!(
        (clip::read_images(&text), left_out.len()),
        (vec![taken.image.clone()], 0)
    );
    let damaged = text.replace("\"data\":\"iVBOR", "\"data\":\"iVBOS");
    assert_eq!(clip::read_images(&damaged), []);
    let (_, left_out) = clip::write_with_images(&[element], &no_images);
    assert_eq!(left_out.into_iter().collect::<Vec<_>>(), [taken.hash]);
}
