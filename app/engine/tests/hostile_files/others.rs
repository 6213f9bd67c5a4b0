//! Our own files, SVGs, and what is none of all.

use std::fmt::Write as _;

use drawbridge_engine::clip::MAX_ELEMENTS;

use super::Becomes::{Read, Unknown};
use super::{Row, deep, each, odd, svg};

/// A drawing that has no room in any picture, with a paint that elements don't have.
const GREAT: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' width='99999' height='99999'><linearGradient id='a'/><rect width='99999' height='99999' fill='url(#a)' stroke='red'/></svg>";

fn ours(elements: &str) -> Vec<u8> {
    format!(r#"{{"type":"drawbridge/elements","version":1,"elements":[{elements}]}}"#).into_bytes()
}

pub(crate) fn files() -> Vec<Row> {
    let whole = ours(r#"{"kind":"ellipse"}"#);
    let odd_ones = odd(
        &["place", "width", "size", "order", "groups", "text"],
        r#""kind":"rectangle""#,
    );
    let laughs = |doubles: usize| {
        let mut out = "<!DOCTYPE svg [<!ENTITY a0 'ha'>".to_owned();
        for n in 1..doubles {
            let _ = write!(out, "<!ENTITY a{n} '&a{m};&a{m};&a{m};&a{m};'>", m = n - 1);
        }
        let last = doubles - 1;
        format!("{out}]><svg xmlns='http://www.w3.org/2000/svg'><text>&a{last};</text></svg>").into_bytes()
    };
    let uses = each(64, |n| {
        format!(
            "<g id='g{}'>{}</g>",
            n + 1,
            format!("<use href='#g{n}'/>").repeat(9)
        )
    })
    .replace(',', "");
    let arc = "<path stroke='red' d='M0 0A1e60 1e60 0 0 1 1e60 1e60'/>";
    vec![
        ("nothing", Vec::new(), Unknown),
        ("only spaces", vec![b' '; 1 << 20], Unknown),
        ("bytes that are no text", vec![0xff; 1 << 20], Unknown),
        ("ours, cut off", whole[..whole.len() - 1].to_vec(), Unknown),
        (
            "ours, too many",
            ours(&each(MAX_ELEMENTS + 9, |_| r#"{"kind":"ellipse"}"#.to_owned())),
            Read(MAX_ELEMENTS..=MAX_ELEMENTS, 9),
        ),
        ("ours, lists in lists", ours(&deep(1_000_000)), Read(0..=0, 1)),
        ("ours, values that are none", ours(&odd_ones), Read(30..=48, 0)),
        ("an SVG cut off", svg("<g>")[..40].to_vec(), Unknown),
        (
            "an SVG in each other",
            svg(&("<g>".repeat(900) + &"</g>".repeat(900))),
            Read(0..=1, 0),
        ),
        ("an SVG whose words grow without end", laughs(30), Unknown),
        (
            "an SVG whose parts grow without end",
            svg(&format!("<g id='g0'/>{uses}")),
            Unknown,
        ),
        ("an SVG with an arc without end", svg(arc), Unknown),
        (
            "an SVG of curves and curves",
            svg(&format!(
                "<path stroke='red' fill='none' d='{}'/>",
                "M0 0C0 9000 9000 9000 9000 0".repeat(100_000)
            )),
            Read(1..=1, 0),
        ),
        ("an SVG of great size", GREAT.to_vec(), Read(1..=1, 0)),
    ]
}
