use std::collections::BTreeSet;

use drawbridge_protocol::{ImageHash, ImageType};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::document::{Color, Ink, Picture, Sample, Style};
use crate::editor::SeededRandom;
use crate::geometry::{Corners, Dash, Font, Head, Kind, Point, Route, Shade, Sketch, TextAlign, VAlign};

fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let one = (-4000i64..4000, -4000i64..4000, 0u8..=100);
    proptest::collection::vec(one.prop_map(|(x, y, pressure)| Sample { x, y, pressure }), 2..20)
}

fn color() -> impl Strategy<Value = Color> {
    let inks = proptest::sample::select(Ink::ALL.to_vec()).prop_map(Color::Ink);
    prop_oneof![inks, any::<[u8; 3]>().prop_map(Color::Rgb)]
}

fn style() -> impl Strategy<Value = Style> {
    let terms = (
        proptest::sample::select(Dash::ALL),
        proptest::sample::select(Shade::ALL),
        proptest::sample::select(Corners::ALL),
        proptest::sample::select(Head::ALL),
        proptest::sample::select(Head::ALL),
        proptest::sample::select(Font::ALL),
        proptest::sample::select(TextAlign::ALL),
        proptest::option::of(proptest::sample::select(Route::ALL)),
        (
            proptest::sample::select(Sketch::ALL),
            proptest::sample::select(VAlign::ALL),
        ),
    );
    let fill = proptest::option::of(color());
    (color(), 5u32..10_000, 0u32..=100, fill, terms).prop_map(|(color, width, opacity, fill, terms)| Style {
        color,
        width: f64::from(width) / 100.0,
        opacity: f64::from(opacity) / 100.0,
        fill,
        dash: terms.0,
        shade: terms.1,
        corners: terms.2,
        start: terms.3,
        end: terms.4,
        font: terms.5,
        align: terms.6,
        size: f64::from(width) / 5.0,
        route: terms.7,
        sketch: terms.8.0,
        valign: terms.8.1,
    })
}

fn place() -> impl Strategy<Value = Affine> {
    let number = |range: std::ops::Range<i32>| range.prop_map(|v| f64::from(v) / 8.0);
    let turn = (number(1..80), number(-40..40), number(-40..40), number(1..80));
    let placed = (turn, number(-40_000..40_000), number(-40_000..40_000))
        .prop_map(|((a, b, c, d), e, f)| Affine::new([a, b, c, d, e, f]));
    prop_oneof![Just(Affine::IDENTITY), placed]
}

fn groups() -> impl Strategy<Value = Vec<String>> {
    let name = prop_oneof![
        "[abc]",
        "[<&>'\"\\\\é\u{fffe}\u{ffff}\u{1}\u{7f}]{1,5}",
        "\\]\\]>"
    ];
    proptest::collection::vec(name, 0..4)
}

fn element() -> impl Strategy<Value = Element> {
    let kind = proptest::sample::select(Kind::ALL);
    let step = proptest::sample::select(vec![1.0 / 256.0, 0.25, 1.0, 64.0]);
    (
        kind,
        "[a-z<&>][0-9a-z]{0,5}",
        place(),
        style(),
        (step, samples()),
        groups(),
        any::<bool>(),
    )
        .prop_map(|(kind, order, place, style, (step, samples), groups, locked)| {
            let mut element = Element::new(id("e"), kind, Order::from(order.as_str()), style);
            if kind == Kind::Image {
                let bytes = Sha256::digest(order.as_bytes());
                let image = Element::image(Picture {
                    image: ImageHash::from_bytes(bytes.into()),
                    kind: ImageType::Jpeg,
                    pixels: [40, 30],
                });
                element.picture = image.picture;
                element.style = Style {
                    opacity: style.opacity,
                    ..image.style
                };
            }
            element.place = place;
            element.groups = groups.iter().map(|name| Group::from(name.as_str())).collect();
            element.locked = locked;
            let plain = Style::of(kind);
            if kind.has_points() {
                element.step = step;
                element.points = samples.iter().map(|s| s.ink(step)).collect();
            }
            if kind.bears_letters() {
                // As an order can be, a text can be anything.
                element.text = order.as_str().into();
            } else {
                let style = &mut element.style;
                (style.font, style.size, style.align) = (plain.font, plain.size, plain.align);
                style.valign = plain.valign;
            }
            if !kind.has_line() && kind != Kind::Image {
                element.style.width = plain.width;
            }
            if kind == Kind::Text {
                element.wrap = Some(element.style.size * 4.0);
            }
            if kind == Kind::Note {
                element.style.shade = Shade::Tint;
                element.style.fill = element.style.fill.or(plain.fill);
            }
            element
        })
}

/// Elements of all kinds, styles, places and groups.
pub(crate) fn elements() -> impl Strategy<Value = Vec<Element>> {
    proptest::collection::vec(element(), 0..6)
}

fn id(text: &str) -> ElementId {
    ElementId::new(text).expect("an id")
}

fn boxes(count: usize) -> Vec<Element> {
    let one = |i: usize| {
        let order = Order::from(format!("z{}", count - i).as_str());
        let mut element = Element::new(id("b"), Kind::Rectangle, order, Style::default());
        element.place = Affine::translate((i as f64, 0.0));
        element
    };
    (0..count).map(one).collect()
}

/// The elements as they come back: of several with one id the first keeps it.
fn named(elements: &[Element]) -> Vec<Element> {
    let numbered = elements.iter().enumerate();
    numbered
        .map(|(i, e)| Element {
            id: if i == 0 {
                e.id.clone()
            } else {
                id(&format!("clip-{i}"))
            },
            ..e.clone()
        })
        .collect()
}

fn grouped(groups: &[&str]) -> Element {
    let mut element = boxes(1).remove(0);
    element.groups = groups.iter().map(|&name| Group::from(name)).collect();
    element
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_the_same(elements in elements()) {
        prop_assert_eq!(read(&write(&elements)), Some(named(&elements)));
    }

    #[test]
    fn a_text_that_was_damaged_never_harms(elements in elements(), cut in any::<prop::sample::Index>(), with in "\\PC{0,6}", skip in 0usize..40) {
        let text = write(&elements);
        let at = cut.index(text.len());
        let tail = text.get(at + skip..).unwrap_or_default();
        let Some(head) = text.get(..at) else { return Ok(()) };
        for hostile in [format!("{head}{with}{tail}"), format!("{head}{with}"), format!("<x>{head}"), with] {
            for element in read(&hostile).unwrap_or_default() {
                let _ = (element.bounds(), element.base());
                prop_assert!(element.place.is_finite() && element.style.width > 0.0);
            }
        }
    }

    #[test]
    fn fresh_ones_look_the_same_elsewhere_and_keep_their_order(elements in elements(), x in -500i32..500, y in -500i32..500, seed: u64) {
        let by = Vec2::new(f64::from(x), f64::from(y));
        let top = Order::from("b10x");
        let new = fresh(elements.clone(), by, None, Some(&top), &mut SeededRandom(seed));
        prop_assert_eq!(new.len(), elements.len());
        let mut below = top;
        for (new, old) in new.iter().zip(&elements) {
            prop_assert!(new.order > below);
            below = new.order.clone();
            prop_assert_eq!(new.locked, old.locked);
            prop_assert_eq!(new.place, Affine::translate(by) * old.place);
            prop_assert_eq!((&new.points, new.style, new.kind), (&old.points, old.style, old.kind));
            prop_assert_eq!(new.groups.len(), old.groups.len());
        }
        let ids: BTreeSet<&ElementId> = new.iter().map(|e| &e.id).collect();
        prop_assert_eq!(ids.len(), new.len());
    }
}

#[test]
fn fresh_groups_hold_what_the_old_ones_held_under_other_names() {
    let old = vec![
        grouped(&["inner", "outer"]),
        grouped(&["other", "outer"]),
        grouped(&["inner", "outer"]),
        grouped(&[]),
    ];
    let new = fresh(old, Vec2::ZERO, None, None, &mut SeededRandom(1));
    let groups: Vec<&[Group]> = new.iter().map(|e| &*e.groups).collect();
    assert_eq!(groups[0], groups[2]);
    assert_eq!(groups[0][1], groups[1][1], "the outer one is still one");
    assert_ne!(groups[0][0], groups[1][0]);
    assert!(groups[3].is_empty());
    let names: BTreeSet<&str> = groups.iter().flat_map(|g| g.iter()).map(AsRef::as_ref).collect();
    assert_eq!(names.len(), 3);
    assert!(names.is_disjoint(&BTreeSet::from(["inner", "outer", "other"])));
}

#[test]
fn the_lists_order_counts_whatever_the_orders_were() {
    let new = fresh(boxes(200), Vec2::ZERO, None, None, &mut SeededRandom(7));
    assert!(new.is_sorted_by(|a, b| a.order < b.order));
    assert!(new.is_sorted_by(|a, b| a.place.translation().x < b.place.translation().x));
}

#[test]
fn nothing_is_moved_to_where_it_could_not_be_read_back() {
    let mut element = boxes(1).remove(0);
    element.place = Affine::translate((MAX_COORDINATE - 1.0, 0.0));
    for by in [
        Vec2::new(1e12, -1e12),
        Vec2::new(f64::NAN, 0.0),
        Vec2::new(f64::INFINITY, 0.0),
    ] {
        let new = fresh(vec![element.clone()], by, None, None, &mut SeededRandom(1)).remove(0);
        let [.., x, y] = new.place.as_coeffs();
        assert!(x.abs() <= MAX_COORDINATE && y.abs() <= MAX_COORDINATE, "{by:?}");
    }
}

#[test]
fn what_cannot_be_read_is_passed_over_and_the_rest_is_read() {
    let good = r#"{"kind":"stroke","points":"1 1 5 5"}"#;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let list = [
        good,
        "7",
        "null",
        r#"{"kind":"hologram"}"#,
        r#"{"kind":"stroke"}"#,
        r#"{"kind":"stroke","points":"x"}"#,
        r#"{"kind":"rectangle","deleted":true}"#,
        r#"{"kind":"rectangle","place":[1,0,0,1,1e9,0]}"#,
        r#"{"kind":"ellipse","place":[1e300,0,0,1,0,0],"color":7,"groups":[[]],"extra":{"a":[1]}}"#,
        &deep,
        good,
    ]
    .join(",");
    let text = format!(
        "\u{feff} {{\"elements\":[{list}],\"more\":{{}},\"version\":1,\"type\":\"drawbridge/elements\"}}\n\0"
    );
    let clipped = read_counted(&text).expect("ours");
    assert_eq!((clipped.broken, clipped.beyond), (8, 0));
    let read = clipped.elements;
    let kinds: Vec<Kind> = read.iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [Kind::Stroke, Kind::Ellipse, Kind::Stroke]);
    assert_eq!(read[1].place, Affine::IDENTITY);
    assert_eq!(read[0].points[0].pos, Point::new(1.0, 1.0));
}

#[test]
fn what_is_not_ours_is_not_read() {
    let of = |kind: &str, version: &str, elements: &str| {
        format!(r#"{{"type":"{kind}","version":{version},"elements":{elements}}}"#)
    };
    let ours = "drawbridge/elements";
    assert_eq!(read(&of(ours, "1", "[]")), Some(Vec::new()));
    for text in [
        String::new(),
        "Hello".to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_owned(),
        of("excalidraw/clipboard", "1", "[]"),
        of(ours, "2", "[]"),
        of(ours, "\"1\"", "[]"),
        of(ours, "1", "{}"),
        of(ours, "1", "[") + "]",
        "[".repeat(1_000_000),
        of(ours, "1", &format!("[{}]", " ".repeat(MAX_TEXT))),
    ] {
        let start: String = text.chars().take(80).collect();
        assert_eq!(read(&text), None, "{start}");
    }
}

#[test]
fn more_elements_than_are_sensible_are_not_read() {
    let list = vec![r#"{"kind":"ellipse"}"#; MAX_ELEMENTS + 5].join(",");
    let text = format!(r#"{{"type":"drawbridge/elements","version":1,"elements":[{list}]}}"#);
    let clipped = read_counted(&text).expect("ours");
    assert_eq!(
        (clipped.elements.len(), clipped.broken, clipped.beyond),
        (MAX_ELEMENTS, 0, 5)
    );
}

#[test]
fn what_is_deleted_is_not_written() {
    let mut elements = boxes(3);
    elements[1].deleted = true;
    let read = read(&write(&elements)).expect("ours");
    let places: Vec<f64> = read.iter().map(|e| e.place.translation().x).collect();
    assert_eq!(places, [0.0, 2.0]);
}
