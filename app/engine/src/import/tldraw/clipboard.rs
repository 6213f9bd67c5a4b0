//! What tldraw copies: HTML with a `div` in which the shapes are, as JSON. Since 2025 all but the images is packed in that (version 3);
//! before, nothing or all of it was.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::tree::{self, Records};
use super::{FORMAT, lz};
use crate::import::alike::{MAX_TEXT, check, too_large};
use crate::import::fields::Fields;
use crate::import::{Import, ImportError};

/// How it begins, ...
const MARK: &str = "<div data-tldraw";
/// ... within so many bytes: browsers and systems write something before it.
const NEAR: usize = 4096;
/// What ends it.
const END: &str = "</div>";
/// So much of it may be packed, in bytes: what comes of it is much more, and takes more still while it is unpacked.
const PACKED: usize = 16 << 20;

/// What is in it, if a text has it. Others may write of it: a file of tldraw's own, or a page about that.
pub(super) fn inside(text: &str) -> Option<&str> {
    if text.starts_with('{') {
        return None;
    }
    let start = text[..text.floor_char_boundary(NEAR)].find(MARK)? + MARK.len();
    let (_, inside) = text[start..].split_once('>')?;
    // A text among the shapes may have that too.
    let inside = inside
        .rsplit_once(END)
        .map_or(inside, |(inside, _)| inside)
        .trim();
    let is_packed = || !inside.is_empty() && inside.bytes().all(|byte| lz::six(byte).is_some());
    (inside.starts_with('{') || is_packed()).then_some(inside)
}

fn damaged(why: &str) -> ImportError {
    ImportError::Damaged {
        format: FORMAT,
        why: why.to_owned(),
    }
}

/// Reads it.
pub(super) fn read(inside: &str) -> Result<Import, ImportError> {
    if inside.len() > MAX_TEXT {
        return Err(too_large(FORMAT, &format!("it has {} MB", inside.len() >> 20)));
    }
    let text = said(inside)?;
    check(&text, FORMAT)?;
    let copied =
        Fields::read(&text).filter(|copied| copied.text("type").as_deref() == Some("application/tldraw"));
    let copied = copied.ok_or_else(|| damaged("it doesn't say what was copied"))?;
    let data = copied.object("data").ok_or_else(|| damaged("it has no shapes"))?;
    let unpacked = match data.text("otherCompressed") {
        Some(packed) => unpacked(&packed)?,
        None => "{}".to_owned(),
    };
    check(&unpacked, FORMAT)?;
    let packed = Fields::read(&unpacked).ok_or_else(|| damaged("it has no shapes"))?;
    let list = |name: &str| packed.list(name).or_else(|| data.list(name)).unwrap_or_default();
    let roots = match packed.texts("rootShapeIds") {
        none if none.is_empty() => data.texts("rootShapeIds"),
        roots => roots,
    };
    let records: Vec<&RawValue> = ["assets", "shapes", "bindings"]
        .into_iter()
        .flat_map(list)
        .collect();
    Ok(tree::read(&Records::copied(records, roots)))
}

/// The JSON in it. What a browser puts on the clipboard has escapes in it; very old ones are packed as a whole.
fn said(inside: &str) -> Result<Cow<'_, str>, ImportError> {
    if !inside.starts_with('{') {
        return unpacked(inside).map(Cow::Owned);
    }
    let plain = unescaped(inside);
    // Copied as a plain text it has none.
    let is_json = serde_json::from_str::<&RawValue>(&plain).is_ok();
    Ok(if is_json { plain } else { Cow::Borrowed(inside) })
}

fn unpacked(packed: &str) -> Result<String, ImportError> {
    if packed.len() > PACKED {
        return Err(too_large(
            FORMAT,
            &format!("it has {} MB, packed", packed.len() >> 20),
        ));
    }
    lz::unpacked(packed, MAX_TEXT).map_err(|fault| match fault {
        lz::Fault::Damaged => damaged("what is packed in it is cut off or changed"),
        lz::Fault::Long => too_large(FORMAT, &format!("it has more than {} MB", MAX_TEXT >> 20)),
    })
}

/// A text of HTML without the escapes that browsers write in one.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = [
            ("amp;", '&'),
            ("lt;", '<'),
            ("gt;", '>'),
            ("quot;", '"'),
            ("nbsp;", '\u{a0}'),
        ];
        let found = known
            .into_iter()
            .find_map(|(name, letter)| Some((after.strip_prefix(name)?, letter)));
        let (after, letter) = found.unwrap_or((after, '&'));
        out.push(letter);
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;
    use crate::geometry::Kind;
    use crate::import::tldraw;

    /// A rectangle, and one in a frame that wasn't copied: where that lies on the page is what is said of it.
    const SHAPES: &str = r#""shapes":[{"typeName":"shape","id":"shape:a","type":"geo","x":10,"y":20,"index":"a1","parentId":"page:x",
        "props":{"geo":"ellipse","w":500,"h":400,"labelColor":"black","text":"a < b & c </div>"}},
        {"typeName":"shape","id":"shape:b","type":"geo","x":5,"y":6,"index":"a1","parentId":"shape:frame","props":{"w":5,"h":4}}],
        "rootShapeIds":["shape:a","shape:b"]"#;

    fn copied(version: &str, data: &str) -> String {
        format!(r#"{{"type":"application/tldraw","kind":"content",{version}"data":{{{data}}}}}"#)
    }

    fn is_read(html: &str) {
        assert!(tldraw::is(html.as_bytes()));
        let import = crate::import::read(html.as_bytes()).expect("it is read");
        let kinds: Vec<Kind> = import.elements.iter().map(|element| element.kind).collect();
        assert_eq!(kinds, [Kind::Ellipse, Kind::Rectangle], "{html}");
        let at = import.elements[1].place.as_coeffs();
        assert_eq!((at[4], at[5], said(&import)), (5.0, 6.0, String::new()));
        assert_eq!(&*import.elements[0].text, "a < b & c </div>");
    }

    #[test]
    fn what_is_copied_is_read_as_a_browser_puts_it_on_the_clipboard_and_as_a_plain_text() {
        let plain = copied(r#""version":2,"#, SHAPES);
        is_read(&format!("<div data-tldraw>{plain}</div>"));
        let escaped = plain
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        is_read(&format!(
            "<html><head><meta charset='utf-8'></head><body>\n<!--StartFragment--><div data-tldraw=\"\" style=\"color: red;\">{escaped}</div><!--EndFragment-->\n</body></html>"
        ));
        is_read(&format!("<div data-tldraw>{}</div>", copied("", SHAPES)));
    }

    #[test]
    fn what_is_packed_in_it_is_read() {
        let packed = lz::tests::packed(&format!("{{{SHAPES}}}"));
        let data = format!(r#""assets":[],"otherCompressed":"{packed}""#);
        is_read(&format!(
            "<div data-tldraw>{}</div>",
            copied(r#""version":3,"#, &data)
        ));
        // As it was once: all of it.
        let whole = lz::tests::packed(&copied("", SHAPES));
        is_read(&format!("<div data-tldraw>{whole}</div>"));
    }

    #[test]
    fn one_that_is_damaged_says_so() {
        for (inside, words) in [
            ("{\"type\":", "no JSON"),
            ("{\"type\":\"other\"}", "doesn't say what was copied"),
            (&copied("", "")[..], ""),
            ("I", "cut off or changed"),
            (&copied("", r#""otherCompressed":"I""#), "cut off or changed"),
        ] {
            let html = format!("<div data-tldraw>{inside}</div>");
            match crate::import::read(html.as_bytes()) {
                Ok(import) => assert!(words.is_empty() && import.elements.is_empty(), "{inside}"),
                Err(error) => assert!(
                    matches!(error, ImportError::Damaged { format: "tldraw", .. })
                        && error.to_string().contains(words),
                    "{inside}: {error}"
                ),
            }
        }
        for other in [
            "<div data-other>{}</div>",
            "<div data-tldraw>?</div>",
            "<div data-tldraw> </div>",
            r#"{"text": "<div data-tldraw>{}</div>"}"#,
        ] {
            assert!(!tldraw::is(other.as_bytes()), "{other}");
        }
    }
}
