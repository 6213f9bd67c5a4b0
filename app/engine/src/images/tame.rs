//! Whether the numbers of a vector drawing are such that it can be drawn: an arc is cut into the more pieces the larger it is, so that
//! a single one could take all memory.

use roxmltree::{Document, Node};

/// Numbers have at most so many digits before the point.
const DIGITS: i64 = 10;
/// Numbers that are parts of something else are at most this.
const PARTS: f64 = 10_000.0;
/// What says where something lies and how large it is.
const MEASURES: [&str; 11] = [
    "d", "x", "y", "width", "height", "r", "rx", "ry", "cx", "cy", "viewBox",
];

/// Whether all of a drawing's are.
pub(super) fn is_tame(document: &Document<'_>) -> bool {
    let nodes = || document.descendants().filter(Node::is_element);
    let sizes: Vec<&str> = nodes().flat_map(font_sizes).collect();
    let in_ems = |text: &str| ["em", "ex"].iter().any(|unit| text.trim_end().ends_with(unit));
    // Sizes in parts of each other may grow without end.
    let grows = sizes.iter().any(|size| in_ems(size) || size.contains('%'));
    let measures = || {
        let all = nodes().flat_map(|node| node.attributes());
        all.filter(|held| MEASURES.contains(&held.name()))
            .map(|held| held.value())
    };
    let rounded = nodes().filter(|node| matches!(node.tag_name().name(), "rect" | "circle" | "ellipse"));
    let round_in_ems = || {
        let mut all = rounded.flat_map(|node| node.attributes());
        all.any(|held| MEASURES.contains(&held.name()) && in_ems(held.value()))
    };
    let small = |text: &str| {
        let part = ["%", "em", "ex"]
            .iter()
            .find_map(|unit| text.trim().strip_suffix(unit));
        let part = part.and_then(|part| part.trim().parse::<f64>().ok());
        part.is_none_or(|part| part.abs() <= PARTS)
    };
    sizes.iter().all(|size| has_tame_numbers(size))
        && measures().all(|text| has_tame_numbers(text) && small(text))
        && !(grows && round_in_ems())
}

/// What a node says of the size of letters: by itself, in its style, or as a style sheet.
fn font_sizes<'a>(node: Node<'a, '_>) -> Vec<&'a str> {
    let sheet = Some(node)
        .filter(|node| node.tag_name().name() == "style")
        .and_then(|node| node.text());
    let styles = node.attribute("style").into_iter().chain(sheet);
    let said = styles.flat_map(|style| style.split("font").skip(1));
    let said = said.map(|rest| rest.split([';', '}']).next().unwrap_or_default());
    said.chain(node.attribute("font-size")).collect()
}

/// Whether all numbers in a text have no more digits than those of anything that is drawn.
pub(crate) fn has_tame_numbers(text: &str) -> bool {
    let mut rest = text.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '.');
    while !rest.is_empty() {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let whole = digits(rest);
        rest = &rest[whole..];
        if let Some(fraction) = rest.strip_prefix('.') {
            rest = &fraction[digits(fraction)..];
        }
        let mut size = i64::try_from(whole).unwrap_or(i64::MAX);
        if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
            let negative = exponent.starts_with('-');
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            let count = digits(exponent);
            let power = exponent[..count]
                .parse()
                .unwrap_or(if count == 0 { 0 } else { i64::MAX });
            size = size.saturating_add(if negative { -power } else { power });
            rest = &exponent[count..];
        }
        if size > DIGITS {
            return false;
        }
        rest = rest.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '.');
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tame(inside: &str) -> bool {
        let text = format!("<svg viewBox='0 0 100 100'>{inside}</svg>");
        is_tame(&Document::parse(&text).expect("XML"))
    }

    #[test]
    fn numbers_are_tame_up_to_what_is_drawn() {
        for text in [
            "",
            "M0 0A1e9 1.5e+8 0 0 1 -9999999999 1e-300",
            ".5.5-3e2",
            "1e",
            "12345.678901234567890",
        ] {
            assert!(has_tame_numbers(text), "{text}");
        }
        for text in [
            "1e60",
            "M1e10",
            "12345678901",
            "1E+99999999999999999999",
            "10e9",
            ".1e11",
        ] {
            assert!(!has_tame_numbers(text), "{text}");
        }
    }

    #[test]
    fn what_would_be_cut_into_pieces_without_end_is_not_tame() {
        for inside in [
            "<path d='M0 0A1e60 1e60 0 0 1 1e60 1e60'/>",
            "<g><rect width='1e30' height='1e30' rx='1e30'/></g>",
            "<rect width='9' rx='99999%' height='9'/>",
            "<g font-size='9999em'><g font-size='9999em'><circle r='1em'/></g></g>",
            "<g style='font-size: 1e30px'><circle r='1em'/></g>",
            "<style>circle { font: 1e30px a }</style><circle r='1em'/>",
        ] {
            assert!(!tame(inside), "{inside}");
        }
    }

    #[test]
    fn what_programs_write_is_tame() {
        for inside in [
            "<path id='path12345678901' class='c99999999999' d='M1.5-2e3h.5z'/>",
            "<style>@font-face { font-family: A; src: url(data:font/woff2;base64,1e99A12345678901) }</style>",
            "<g style='font-size:1.2em;fill:#000000'><text x='50%' y='1em'>a</text></g>",
            "<circle r='.5em' font-size='12'/>",
            "<image href='data:image/png;base64,9e99'/>",
        ] {
            assert!(tame(inside), "{inside}");
        }
    }
}
