//! Whether the files show what our own pictures show: a board with elements of every kind, drawn in each way and compared pixel by pixel.

use drawbridge_protocol::{ElementId, ImageHash};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::{Format, Lettering, Look, Wanted, What, file};
use crate::document::{
    Color, Dash, Element, Font, Head, Kind, Order, Picture as Shown, Sample, Shade, Style, TextAlign,
};
use crate::geometry::{Affine, Sketch, VAlign};
use crate::images::{StoredImage, Taken, take_pixels};

pub(super) const BOARD: [u8; 3] = [250, 246, 240];
/// Pixels a board unit in all of the pictures.
pub(super) const SCALE: f64 = 2.0;

pub(super) fn ink(color: Color) -> [u8; 3] {
    match color {
        Color::Ink(_) => [20, 60, 120],
        Color::Rgb(rgb) => rgb,
    }
}

pub(super) fn look(images: &dyn Fn(&ImageHash) -> Option<StoredImage>) -> Look<'_> {
    Look {
        ink: &ink,
        paper: Some(BOARD),
        board: BOARD,
        images,
        clip: &|_| None,
    }
}

/// A picture that is red at the left and shines through at the right.
pub(super) fn taken() -> Taken {
    let pixel = |n: u32| {
        if n % 8 < 4 {
            [200, 0, 0, 255]
        } else {
            [0, 0, 200, 90]
        }
    };
    take_pixels(64, 64, (0..64 * 64).flat_map(pixel).collect()).expect("a picture")
}

/// Elements of every kind in a grid of cells, 100 board units wide, in a dozen styles; some shine through, one row lies in a frame that
/// cuts it off.
pub(super) fn every_kind(text: &str) -> Vec<Element> {
    let taken = taken();
    let mut all: Vec<Element> = Vec::new();
    let plain = |color| Style {
        color: Color::Rgb(color),
        width: 4.0,
        size: 18.0,
        ..Style::default()
    };
    let styles = [
        plain([20, 60, 120]),
        Style {
            fill: Some(Color::Rgb([240, 160, 40])),
            shade: Shade::Solid,
            opacity: 0.5,
            font: Font::Serif,
            ..plain([160, 20, 60])
        },
        Style {
            fill: Some(Color::Rgb([60, 160, 90])),
            shade: Shade::Hatch,
            dash: Dash::Dashed,
            end: Head::Arrow,
            font: Font::Hand,
            align: TextAlign::Center,
            ..plain([0, 90, 70])
        },
        Style {
            fill: Some(Color::Rgb([90, 90, 220])),
            shade: Shade::Tint,
            dash: Dash::Dotted,
            start: Head::Dot,
            end: Head::Bar,
            opacity: 0.7,
            font: Font::Mono,
            ..plain([40, 40, 40])
        },
    ];
    // All there are of what a style chooses from, whatever is added to it.
    let terms = Shade::ALL.len().max(Head::ALL.len()).max(Sketch::ALL.len());
    let chosen = (0..terms).map(|n| Style {
        fill: Some(Color::Rgb([120, 170, 60])),
        shade: Shade::ALL[n % Shade::ALL.len()],
        sketch: Sketch::ALL[n % Sketch::ALL.len()],
        start: Head::ALL[n % Head::ALL.len()],
        end: Head::ALL[(n + 1) % Head::ALL.len()],
        valign: VAlign::ALL[n % VAlign::ALL.len()],
        dash: Dash::ALL[n % Dash::ALL.len()],
        ..plain([90, 20, 90])
    });
    let kinds = [
        Kind::Stroke,
        Kind::Highlight,
        Kind::Rectangle,
        Kind::Diamond,
        Kind::Ellipse,
        Kind::Line,
        Kind::Text,
        Kind::Note,
        Kind::Image,
    ];
    let plainly = styles.len();
    for (row, style) in styles.into_iter().chain(chosen).enumerate() {
        for (column, kind) in kinds.into_iter().enumerate() {
            let name = format!("e{row}{column}");
            let id = ElementId::new(&name).expect("an id");
            let mut element = Element::new(id, kind, Order::from(name.as_str()), style);
            let turn = Affine::rotate(0.2 * row as f64);
            let at = Affine::translate((column as f64 * 110.0, row as f64 * 110.0)) * turn;
            element.place = if kind.has_points() {
                let open = &[(0, 20), (60, 80), (80, 10), (40, 5)][..];
                // It ends near where it began, goes around a bay, and crosses itself.
                let closed = &[(0, 20), (80, 25), (40, 35), (80, 70), (15, 75), (40, 5), (2, 16)][..];
                let samples = if row < plainly { open } else { closed };
                let pressures = [20, 80, 60, 40].into_iter().cycle();
                let points = samples.iter().zip(pressures);
                element.points = points
                    .map(|(&(x, y), pressure)| Sample { x, y, pressure }.ink(1.0))
                    .collect();
                let is_filled = kind != Kind::Highlight && row >= plainly;
                assert_eq!(element.filled().is_some(), is_filled, "{kind:?} in row {row}");
                at
            } else if kind == Kind::Text {
                at
            } else {
                at * Affine::scale_non_uniform(80.0, 60.0)
            };
            if kind.bears_letters() || kind == Kind::Text {
                element.text = text.into();
            }
            if kind == Kind::Image {
                let picture = Shown::from(&taken);
                element.style = Style {
                    opacity: style.opacity,
                    ..Element::image(picture).style
                };
                element.picture = Some(picture);
            }
            if row == 3 {
                element.framed_by = ElementId::new("frame").ok();
            }
            all.push(element);
        }
    }
    let id = ElementId::new("frame").expect("an id");
    let mut frame = Element::new(id, Kind::Frame, Order::from("z"), styles[0]);
    frame.place =
        Affine::translate((-20.0, 335.0)) * Affine::rotate(0.02) * Affine::scale_non_uniform(960.0, 60.0);
    frame.name = "Below".into();
    all.push(frame);
    all
}

/// How far two pictures of the same size, red, green, blue and opacity a byte each, are from each other: on the average of all values, and
/// which part of the pixels differ by more than `more`.
pub(super) fn differ(a: &[u8], b: &[u8], more: u8) -> (f64, f64) {
    assert_eq!(a.len(), b.len(), "they have one size");
    let sum: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let pixels = a.chunks_exact(4).zip(b.chunks_exact(4));
    let far = |(a, b): &(&[u8], &[u8])| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > more);
    let count = pixels.filter(far).count();
    (sum as f64 / a.len() as f64, count as f64 / (a.len() / 4) as f64)
}

/// What is wanted in every form, as a file each.
pub(super) fn made(elements: &[Element], wanted: &Wanted) -> Vec<Vec<u8>> {
    let taken = taken();
    let there = move |hash: &ImageHash| (*hash == taken.hash).then(|| taken.image.clone());
    let exported = file(elements, &look(&there), wanted).expect("a file");
    exported.files.into_iter().map(|file| file.bytes).collect()
}

/// A PNG's width, height and pixels.
pub(super) fn pixels(png: &[u8]) -> ([u32; 2], Vec<u8>) {
    let image = image::load_from_memory(png).expect("a PNG").into_rgba8();
    ([image.width(), image.height()], image.into_raw())
}

/// Writes a picture that didn't fit, for a look at it.
pub(super) fn shown(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("PICTURES") {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).expect("a picture is written");
    }
}

#[test]
fn an_svg_shows_pixel_by_pixel_what_our_own_png_shows() {
    for what in [What::All, What::EachFrame] {
        let wanted = |format| Wanted {
            what: what.clone(),
            scale: SCALE,
            ..Wanted::new(format)
        };
        let elements = every_kind("Ag 7");
        let own = &made(&elements, &wanted(Format::Png))[0];
        let svg = &made(&elements, &wanted(Format::Svg))[0];
        shown("own.png", own);
        shown("own.svg", svg);
        let ([width, height], own) = pixels(own);
        let tree = Tree::from_data(svg, &Options::default()).expect("an SVG");
        let mut pixmap = Pixmap::new(width, height).expect("a size");
        let scale = Transform::from_scale(SCALE as f32, SCALE as f32);
        resvg::render(&tree, scale, &mut pixmap.as_mut());
        // What the part has of the last column and row is less than a pixel, which our own picture fills all the same.
        let row = 4 * width as usize;
        let within = |pixels: Vec<u8>| -> Vec<u8> {
            let rows = pixels.chunks_exact(row).take(height as usize - 1);
            rows.flat_map(|row| row[..row.len() - 4].to_vec()).collect()
        };
        let (mean, far) = differ(&within(own), &within(pixmap.take_demultiplied()), 48);
        assert!(
            mean < 0.2 && far < 0.001,
            "{what:?}: {mean} on the average, {far} of the pixels are far off"
        );
    }
}

/// The fonts that an SVG has in it.
fn fonts(svg: &str) -> Vec<Vec<u8>> {
    let said = svg
        .split("base64,")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    said.filter_map(|(font, _)| data_encoding::BASE64.decode(font.as_bytes()).ok())
        .collect()
}

#[test]
fn what_has_a_name_in_an_svg_has_it_from_what_it_is_and_is_used_as_older_programs_know_it() {
    let names = |stretch: f64| -> Vec<String> {
        let mut elements = every_kind("Ag");
        let frame = elements.last_mut().expect("a frame");
        frame.place *= Affine::scale_non_uniform(1.0, stretch);
        let wanted = Wanted {
            what: What::EachFrame,
            ..Wanted::new(Format::Svg)
        };
        let svg = String::from_utf8(made(&elements, &wanted).remove(0)).expect("a text");
        let xml = roxmltree::Document::parse(&svg).expect("XML");
        let named = |tag: &'static str| xml.descendants().filter(move |node| node.has_tag_name(tag));
        let users: Vec<_> = named("use").chain(named("image")).collect();
        assert!(named("use").count() > 0 && named("image").count() > 0);
        for node in users {
            assert!(
                node.has_attribute(("http://www.w3.org/1999/xlink", "href")),
                "{node:?}"
            );
        }
        let clips: Vec<String> = named("clipPath")
            .filter_map(|node| node.attribute("id").map(str::to_owned))
            .collect();
        assert!(!clips.is_empty());
        clips
    };
    assert_eq!(names(1.0), names(1.0));
    let other = names(2.0);
    assert!(
        names(1.0).iter().all(|name| !other.contains(name)),
        "one page can hold both"
    );
}

#[test]
fn what_comes_again_needs_no_fonts_of_its_own() {
    let text = "coffee -- 🇪🇪 👨\u{200d}👨\u{200d}👦 रद्द ";
    let [once, often] = [1, 5].map(|times| {
        let wanted = Wanted {
            lettering: Lettering::Text,
            embed: false,
            ..Wanted::new(Format::Svg)
        };
        let made = made(&every_kind(&text.repeat(times)), &wanted).remove(0);
        String::from_utf8(made).expect("a text")
    });
    let style = |svg: &str| -> String {
        let (_, rest) = svg.split_once("<style>").expect("a style");
        rest.split_once("</style>").expect("its end").0.to_owned()
    };
    assert!(style(&once) == style(&often), "the same fonts");
    assert!(!often.contains("font-family=\","), "each has a name");
}

#[test]
fn letters_as_text_look_as_outlines_do_and_can_be_read() {
    let elements = every_kind("AVg fi e\u{301}é & ש(לו)ם\nWo بيت 7 😀\ncoffee -- 🇪🇪 रद्द");
    let wanted = |lettering| Wanted {
        lettering,
        embed: false,
        ..Wanted::new(Format::Svg)
    };
    let [outlines, text] = [Lettering::Outlines, Lettering::Text]
        .map(|lettering| String::from_utf8(made(&elements, &wanted(lettering)).remove(0)).expect("a text"));
    shown("text.svg", text.as_bytes());
    shown("outlines.svg", outlines.as_bytes());
    let mut options = Options::default();
    let fonts = fonts(&text);
    assert!(
        !fonts.is_empty() && fonts.iter().map(Vec::len).sum::<usize>() < 60_000,
        "only what is used"
    );
    for font in fonts {
        options.fontdb_mut().load_font_data(font);
    }
    assert_eq!(
        options.fontdb.faces().count(),
        text.matches("@font-face").count(),
        "all can be read"
    );
    let drawn = |svg: &str| {
        let tree = Tree::from_str(svg, &options).expect("an SVG");
        let size = tree.size().to_int_size();
        let mut pixmap = Pixmap::new(size.width(), size.height()).expect("a size");
        resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
        shown(
            if svg == text { "text.png" } else { "outlines.png" },
            &pixmap.encode_png().expect("a PNG"),
        );
        pixmap.take_demultiplied()
    };
    let (mean, far) = differ(&drawn(&outlines), &drawn(&text), 48);
    assert!(
        mean < 0.2 && far < 0.001,
        "{mean} on the average, {far} of the pixels are far off"
    );

    let xml = roxmltree::Document::parse(&text).expect("XML");
    let said: Vec<String> = xml
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")))
        .map(|node| {
            node.descendants()
                .filter_map(|n| n.text().filter(|_| n.is_text()))
                .collect()
        })
        .collect();
    let lettered = elements.iter().filter(|element| !element.text.is_empty()).count();
    assert_eq!(said.len(), lettered);
    let words = |text: &str| text.split_whitespace().collect::<String>();
    for one in said {
        assert_eq!(
            words(&one),
            words(&elements[6].text),
            "in the order in which it is read"
        );
    }
}
