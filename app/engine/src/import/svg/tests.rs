use super::*;
use crate::document::{Color, Dash, Font, TextAlign};
use crate::geometry::Corners;
use proptest::prelude::*;

fn one(inside: &str) -> Element {
    let all = read(&format!("<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>")).expect("an SVG");
    assert_eq!((all.elements.len(), all.left_out), (1, 0), "{inside}");
    all.elements[0].clone()
}

fn around(element: &Element) -> [f64; 4] {
    let r = element.frame();
    [r.x0, r.y0, r.x1, r.y1].map(|v| (v * 100.0).round() / 100.0)
}

#[test]
fn boxes_lie_where_they_are_led_and_keep_their_colours() {
    let rect = one(
        "<g transform='translate(10 20) scale(2)'><rect x='1' y='2' width='30' height='10' \
                    fill='#f00' stroke='rgb(0, 0, 255)' stroke-width='3px'/></g>",
    );
    assert_eq!(
        (rect.kind, around(&rect)),
        (Kind::Rectangle, [12.0, 24.0, 72.0, 44.0])
    );
    assert_eq!(
        (rect.style.color, rect.style.fill),
        (Color::Rgb([0, 0, 255]), Some(Color::Rgb([255, 0, 0])))
    );
    assert_eq!((rect.style.width, rect.style.corners), (6.0, Corners::Sharp));
    let circle = one("<circle cx='5' cy='5' r='5' style='fill:none; stroke: green; opacity:.5'/>");
    assert_eq!(
        (circle.kind, around(&circle)),
        (Kind::Ellipse, [0.0, 0.0, 10.0, 10.0])
    );
    assert_eq!((circle.style.fill, circle.style.opacity), (None, 0.5));
    let turned = one("<ellipse cx='0' cy='0' rx='10' ry='2' transform='rotate(90)'/>");
    assert_eq!(around(&turned), [-2.0, -10.0, 2.0, 10.0]);
}

#[test]
fn lines_and_paths_are_lines_along_them() {
    let line = one("<line x1='1' y1='2' x2='30' y2='4' stroke='black'/>");
    assert_eq!((line.kind, around(&line)), (Kind::Line, [1.0, 2.0, 30.0, 4.0]));
    let path = one("<path d='M0 0 C 0 40 80 40 80 0' stroke='red' fill='none'/>");
    assert!(path.points.len() > 8 && around(&path)[3] > 29.0);
    let all = read(
        "<svg><path d='M0 0h10v10z m 40 0 l 5 5' stroke='red'/><polygon points='0,0 5,5 0 9' stroke='red'/></svg>",
    );
    let all = all.expect("an SVG").elements;
    let lengths: Vec<usize> = all.iter().map(|e| e.points.len()).collect();
    assert_eq!(lengths, [4, 2, 4], "closed ones end where they began");
}

#[test]
fn a_path_is_filled_where_it_is_closed_as_if_it_were_and_not_where_it_has_holes() {
    let blue = Some(Color::Rgb([0, 0, 255]));
    let filled = one("<path d='M0 0h90v90z' fill='blue'/>");
    assert_eq!((filled.filled(), filled.points.len()), (blue, 4));
    let open = read("<svg><path d='M0 0h90v90' fill='blue' stroke='red'/></svg>").expect("an SVG");
    let seen: Vec<_> = open
        .elements
        .iter()
        .map(|e| (e.filled(), e.points.len()))
        .collect();
    assert_eq!(seen, [(blue, 4), (None, 3)], "the line itself stays open");
    let beside = read("<svg><path d='M0 0h9v9z M20 0h9v9z' fill='blue'/></svg>").expect("an SVG");
    assert_eq!((beside.elements.len(), beside.left_out), (2, 0));
    let hole = read("<svg><path d='M0 0h90v90z M20 10h9v9z' fill='blue'/></svg>").expect("an SVG");
    assert_eq!((hole.elements.len(), hole.left_out), (0, 1));
}

#[test]
fn a_text_stands_on_its_baseline_and_keeps_its_size_face_and_colour() {
    let text = one(
        "<g font-family='Times, serif' transform='translate(100 50)'><text x='10' y='20' font-size='30px' \
                    fill='red' text-anchor='end'>Two <tspan>words</tspan></text></g>",
    );
    assert_eq!((text.kind, &*text.text), (Kind::Text, "Two words"));
    let style = &text.style;
    assert_eq!(
        (style.font, style.size, style.align),
        (Font::Serif, 30.0, TextAlign::Right)
    );
    assert_eq!(style.color, Color::Rgb([255, 0, 0]));
    let frame = text.frame();
    assert!((frame.x1 - 110.0).abs() < 1e-9);
    assert!(frame.y0 < 70.0 - 22.0 && frame.y1 > 70.0 + 6.0, "{frame:?}");
}

#[test]
fn what_cannot_be_taken_over_is_counted_and_what_is_no_svg_is_none() {
    let all = read(
        "<svg><text> </text><filter/><image/><defs><rect width='9' height='9'/></defs><rect width='0' height='5'/></svg>",
    );
    assert_eq!(
        all,
        Some(Imported {
            elements: Vec::new(),
            left_out: 2,
            points: 0
        })
    );
    for text in ["", "hello", "<html/>", "<svg", "{}", "<svg><g></svg>"] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn what_a_colour_says_is_taken_over_by_whatever_name() {
    for (words, rgb) in [
        ("steelblue", [70, 130, 180]),
        ("SteelBlue", [70, 130, 180]),
        ("hsl(120, 100%, 50%)", [0, 255, 0]),
        ("rgb(100%, 0%, 0%)", [255, 0, 0]),
        ("#0f0", [0, 255, 0]),
    ] {
        let rect = one(&format!("<rect width='9' height='9' fill='{words}'/>"));
        assert_eq!(rect.style.fill, Some(Color::Rgb(rgb)), "{words}");
    }
    let current = one("<g color='red'><rect width='9' height='9' fill='currentColor'/></g>");
    assert_eq!(current.style.fill, Some(Color::Rgb([255, 0, 0])));
    let clear = read("<svg><rect width='9' height='9' fill='transparent'/></svg>").expect("an SVG");
    assert_eq!((clear.elements.len(), clear.left_out), (0, 0));
}

#[test]
fn opacities_dashes_and_what_is_hidden_are_taken_over() {
    let faint = one(
        "<g opacity='0.5'><rect width='9' height='9' fill='rgba(0, 0, 255, 0.5)' fill-opacity='50%'/></g>",
    );
    assert!(
        (faint.style.opacity - 0.125).abs() < 0.01,
        "{}",
        faint.style.opacity
    );
    let both = one(
        "<rect width='9' height='9' fill='red' stroke='blue' stroke-opacity='.5' style='fill-opacity: .5 !important'/>",
    );
    assert_eq!(both.style.opacity, 0.5);
    let dashes = |list: &str| {
        one(&format!(
            "<line x2='90' stroke='red' stroke-width='4' stroke-dasharray='{list}'/>"
        ))
        .style
        .dash
    };
    assert_eq!(
        ["16 8", "4, 6", "none"].map(dashes),
        [Dash::Dashed, Dash::Dotted, Dash::Solid]
    );
    let seen = one(
        "<g display='none'><rect width='9' height='9'/></g><g visibility='hidden'><rect width='9' height='9'/>\
         <circle r='4' visibility='visible'/></g>",
    );
    assert_eq!(seen.kind, Kind::Ellipse);
}

#[test]
fn a_look_that_elements_cannot_have_is_counted() {
    let rect = |said: &str| format!("<rect width='9' height='9' {said}/>");
    for inside in [
        rect("fill='url(#gradient)'"),
        rect("fill='none of these'"),
        rect("fill='red' stroke='blue' fill-opacity='0.2'"),
        rect("filter='url(#blur)'"),
        rect("style='mask: url(#m)'"),
        rect("clip-path='url(#c)'"),
        "<rect width='50%' height='9'/>".to_owned(),
        "<line x2='9' stroke='red' marker-end='url(#arrow)'/>".to_owned(),
        format!(
            "<defs><style>.a {{ fill: red }}</style></defs>{}",
            rect("class='a'")
        ),
        "<path fill-rule='evenodd' d='M50 0L80 90L0 35L100 35L20 90z'/>".to_owned(),
    ] {
        let all = read(&format!("<svg>{inside}</svg>")).expect("an SVG");
        assert_eq!(all.left_out, 1, "{inside}");
    }
    one("<style>@font-face { font-family: 'A'; src: url(a) }</style><text>a</text>");
    one("<path fill-rule='evenodd' d='M0 0h9v9z'/>");
    one("<rect width='9' height='9' filter='none'/>");
}

#[test]
fn a_path_of_any_size_has_as_many_points_as_there_is_room_for() {
    for d in [
        "M0 0A1e60 1e60 0 0 1 1e60 1e60",
        "M0 0A1e9 1e9 0 0 1 1e9 1e9",
        "M0 0C0 1e9 1e9 1e9 1e9 0",
    ] {
        let all = read(&format!(
            "<svg><g transform='scale(1e30)'><path d='{d}' fill='none' stroke='red'/></g></svg>"
        ));
        assert_eq!(
            all.map(|all| (all.elements.len(), all.left_out)),
            Some((0, 1)),
            "{d}"
        );
    }
    let large = read(
        "<svg><path transform='scale(1e4)' d='M0 0C0 1e4 1e4 1e4 1e4 0' fill='none' stroke='red'/></svg>",
    );
    let large = large.expect("an SVG");
    assert_eq!((large.elements.len(), large.left_out), (1, 0));
    let many = "M0 0C0 9000 9000 9000 9000 0".repeat(40_000);
    let many = read(&format!(
        "<svg><path d='{many}' fill='none' stroke='red'/><path d='M0 0h9' stroke='red'/></svg>"
    ));
    let many = many.expect("an SVG");
    assert_eq!((many.elements.len(), many.left_out), (1, 1));
}

#[test]
fn hostile_ones_are_read_in_bounds() {
    let deep = format!("<svg>{}{}</svg>", "<g>".repeat(500), "</g>".repeat(500));
    let _ = read(&deep);
    let far = read(
        "<svg><rect width='1e300' height='1' transform='scale(1e300)'/><path d='M0 0L1e300 NaN'/></svg>",
    );
    assert!(far.is_none_or(|far| far.elements.is_empty()));
    let long = "1 1 2 2 ".repeat(5000);
    let filled = read(&format!("<svg><polyline stroke='red' points='{long}'/></svg>")).expect("an SVG");
    assert_eq!((filled.elements.len(), filled.left_out), (0, 1));
    let all = read(&format!(
        "<svg><polyline stroke='red' fill='none' points='{long}'/></svg>"
    ))
    .expect("an SVG");
    assert!(
        all.elements
            .iter()
            .all(|e| (2..=POINTS).contains(&e.points.len()))
            && all.elements.len() > 4
    );
}

proptest! {
    #[test]
    fn whatever_stands_in_it_does_no_harm(text in "[<>/a-z0-9 ='.,()#%-]{0,120}", d in "[MLHVCSQTAZmlhvcsqtaz0-9 .,-]{0,60}") {
        let _ = read(&text);
        if let Some(all) = read(&format!("<svg><path d='{d}' stroke='red'/><g transform='{}'/></svg>", d)) {
            for element in all.elements {
                prop_assert!(element.mesh().is_some());
            }
        }
    }
}

#[test]
fn a_length_is_what_its_unit_says_and_one_in_parts_of_something_else_is_left_out() {
    let wide = |length: &str| {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg'><rect width='{length}' height='9' stroke='red'/></svg>"
        );
        let read = read(&svg).expect("an SVG");
        let wide = read.elements.first().map(|one| one.place.as_coeffs()[0].round());
        (wide, read.left_out)
    };
    for (length, expected) in [
        ("12", 12.0),
        ("12px", 12.0),
        ("1in", 96.0),
        ("2.54cm", 96.0),
        ("72pt", 96.0),
        ("1e1", 10.0),
    ] {
        assert_eq!(wide(length), (Some(expected), 0), "{length}");
    }
    for length in ["2em", "3ex", "50%", "wide"] {
        assert_eq!(wide(length), (None, 1), "{length}");
    }
}

#[test]
fn what_cannot_be_told_of_lists_transforms_and_texts_is_said_to_be_left_out() {
    let left = |inside: &str| {
        let read = read(&format!(
            "<svg xmlns='http://www.w3.org/2000/svg' stroke='red'>{inside}</svg>"
        ));
        read.map(|read| (read.elements.len(), read.left_out))
    };
    assert_eq!(left("<polyline fill='none' points='0,0 10-5'/>"), Some((1, 0)));
    assert_eq!(
        left("<g transform='translate(10-5)'><rect width='9' height='9'/></g>"),
        Some((1, 0))
    );
    assert_eq!(left("<polyline points='0,0 ten,5'/>"), Some((0, 1)));
    assert_eq!(
        left("<g transform='turn(9)'><rect width='9' height='9'/></g>"),
        Some((1, 1))
    );
    assert_eq!(
        left("<rect width='9' height='9' stroke-width='5%'/>"),
        Some((1, 1))
    );
    // A line of a text that stands by itself, and one that stands where the text does.
    let lines =
        "<text x='1' y='9' fill='red'><tspan x='1' y='9'>a</tspan><tspan x='1' y='20'>b</tspan></text>";
    assert_eq!(left(lines), Some((1, 1)));
    assert_eq!(
        left("<text x='1' y='9' fill='red'><tspan id='i' x='1' y='9'>a</tspan></text>"),
        Some((1, 0))
    );
}
