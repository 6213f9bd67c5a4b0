//! Layouts against what people expect of text: in every script, at odd widths, with the caret and the pointer anywhere.

use std::sync::Arc;

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

use super::*;
use crate::geometry::{Font, Point, Rect, TextAlign};

fn set(text: &str, wrap: Option<f64>) -> Arc<Layout> {
    aligned(text, TextAlign::Left, wrap)
}

fn aligned(text: &str, align: TextAlign, wrap: Option<f64>) -> Arc<Layout> {
    Layout::of(&Arc::from(text), Font::Plain, 20.0, align, wrap)
}

fn lines(layout: &Layout) -> Vec<&str> {
    let text = |line: &Line| &layout.text()[line.range.clone()];
    layout.lines().iter().map(text).collect()
}

/// From left to right, the x of the caret before each of some letters.
fn xs(layout: &Layout, indices: &[usize]) -> Vec<f64> {
    indices
        .iter()
        .map(|&index| layout.caret(Caret::at(index))[0].x)
        .collect()
}

#[test]
fn an_empty_text_has_one_line_and_a_caret() {
    for align in TextAlign::ALL {
        let layout = aligned("", *align, None);
        assert_eq!(lines(&layout), [""]);
        assert_eq!(layout.caret(Caret::at(0)), [Point::ORIGIN, Point::new(0.0, 25.0)]);
        assert_eq!(layout.nearest(Point::new(9.0, 9.0)), Caret::at(0));
        assert_eq!(layout.area(), Rect::new(0.0, 0.0, 0.0, 25.0));
        assert!(layout.glyphs().glyphs.is_empty());
    }
    // Aligned in a width, it stands where its first letter will.
    let right = aligned("", TextAlign::Right, Some(100.0));
    assert_eq!((right.area().x0, right.caret(Caret::at(0))[0].x), (-100.0, 0.0));
}

#[test]
fn every_line_end_begins_a_line_and_the_last_one_too() {
    assert_eq!(
        lines(&set("one\n\ntwo\r\nthree\n", None)),
        ["one", "", "two", "three", ""]
    );
    let layout = set("one\ntwo", None);
    assert_eq!(layout.caret(Caret::at(4))[0], Point::new(0.0, 25.0));
    let end = layout.line_end(Caret::at(1));
    assert_eq!(end.index, 3);
    assert!(layout.caret(end)[0].x > 10.0 && layout.caret(end)[0].y == 0.0);
}

#[test]
fn words_that_have_no_room_go_into_the_next_line_and_spaces_hang_over() {
    let layout = set("some words that go on and on", Some(100.0));
    let parts = lines(&layout);
    assert!(parts.len() > 2, "{parts:?}");
    assert_eq!(parts.concat(), "some words that go on and on", "nothing is lost");
    for (n, line) in layout.lines().iter().enumerate() {
        assert!(line.area.width() <= 100.0, "{line:?}");
        assert_eq!(line.soft, n + 1 < parts.len());
        assert!(!parts[n].starts_with(' '), "{parts:?}");
    }
    assert_eq!(layout.area().width(), 100.0);
}

#[test]
fn a_word_longer_than_the_line_is_broken_anywhere_but_not_within_a_letter() {
    let word = "incomprehensibilitie\u{301}s".repeat(3);
    let layout = set(&format!("an {word}"), Some(60.0));
    assert_eq!(lines(&layout)[0], "an ");
    for line in layout.lines() {
        assert!(line.area.width() <= 60.0);
        assert!(!layout.text()[line.range.clone()].starts_with('\u{301}'));
    }
    // Where there's room for no letter, each has a line of its own.
    assert_eq!(lines(&set("abc", Some(0.1))), ["a", "b", "c"]);
}

#[test]
fn chinese_is_broken_between_any_two_letters_but_not_before_a_full_stop() {
    let layout = set("春眠不觉曉，处处闻啼鸟。夜来风雨声，花落知多少。", Some(105.0));
    assert_eq!(
        lines(&layout),
        ["春眠不觉", "曉，处处闻", "啼鸟。夜来", "风雨声，花", "落知多少。"]
    );
}

#[test]
fn every_script_that_is_promised_has_letters_in_a_bundled_font() {
    // What no font has is a box, the same for all: no two of these letters look alike.
    for pair in [
        "aб", "Ωя", "של", "بس", "हि", "กข", "漢字", "かナ", "한글", "😀👍", "→∑",
    ] {
        let layout = set(pair, None);
        let shapes: Vec<_> = layout
            .glyphs()
            .glyphs
            .iter()
            .map(|(glyph, _)| Arc::as_ptr(glyph))
            .collect();
        assert!(shapes.len() >= 2 && shapes[0] != shapes[1], "{pair}");
        let faces: Vec<bool> = pair.chars().map(faces::is_bundled).collect();
        assert_eq!(faces, [true, true], "{pair}");
    }
}

#[test]
fn marks_stand_on_their_letters_and_the_caret_never_between() {
    let composed = set("e\u{301}o", None);
    let plain = set("eo", None);
    assert_eq!(composed.area().width(), plain.area().width());
    assert_eq!(composed.next(0), 3);
    assert_eq!(composed.previous(3), 0);
    let nearest: Vec<usize> = (0..30)
        .map(|x| composed.nearest(Point::new(f64::from(x), 5.0)).index)
        .collect();
    assert!(
        nearest.iter().all(|index| [0, 3, 4].contains(index)),
        "{nearest:?}"
    );
}

#[test]
fn hebrew_and_arabic_go_from_right_to_left_and_numbers_in_them_from_left_to_right() {
    let hebrew = set("שלום 123", None);
    assert!(hebrew.is_rtl(Caret::at(0)));
    let letters: Vec<usize> = "שלום ".char_indices().map(|(at, _)| at).collect();
    let places = xs(&hebrew, &letters);
    assert!(places.windows(2).all(|pair| pair[0] > pair[1]), "{places:?}");
    let digits = "שלום ".len();
    let places = xs(&hebrew, &[digits, digits + 1, digits + 2]);
    assert!(places[1] < places[2], "{places:?}");
    assert!((hebrew.caret(Caret::at(0))[0].x - hebrew.area().x1).abs() < 1e-9);

    // Letters of a word are joined: each has another form than it has alone.
    let glyphs = |text: &str| set(text, None).glyphs().glyphs.len();
    assert_eq!(glyphs("ب"), 1);
    let width = |text: &str| set(text, None).area().width();
    assert!((width("ببب") - 3.0 * width("ب")).abs() > 1.0, "letters join");
}

#[test]
fn a_selection_across_directions_is_two_boxes_in_one_line() {
    let text = "abc שלום def";
    let layout = set(text, None);
    let (from, to) = (2, text.find('ל').expect("it"));
    let boxes = layout.rectangles(from..to);
    assert_eq!(boxes.len(), 2, "{boxes:?}");
    assert_eq!(layout.rectangles(0..text.len()).len(), 1, "all of it is one");
    assert!((layout.rectangles(0..text.len())[0].width() - layout.area().width()).abs() < 1e-9);
}

#[test]
fn a_selection_over_lines_has_a_box_in_each_and_shows_the_line_ends_in_it() {
    let layout = set("one\n\ntwo", None);
    let boxes = layout.rectangles(1..6);
    assert_eq!(boxes.len(), 3);
    assert_eq!(
        boxes[1],
        Rect::new(0.0, 25.0, 5.0, 50.0),
        "an empty line is seen to be selected"
    );
    assert!(layout.rectangles(3..3).is_empty());
}

#[test]
fn emoji_have_outlines_and_are_one_letter_each() {
    let layout = set("a😀👍🏽", None);
    assert!(layout.glyphs().glyphs.len() >= 3);
    assert!(
        layout
            .glyphs()
            .glyphs
            .iter()
            .all(|(glyph, _)| glyph.bounds().is_some())
    );
    assert_eq!(layout.next(1), 5);
    assert_eq!(layout.next(5), layout.text().len(), "with its skin colour");
}

#[test]
fn every_face_has_its_own_letters_and_none_grow_together_in_mono() {
    let text: Arc<str> = Arc::from("Quick != brown");
    let of = |font| Layout::of(&text, font, 20.0, TextAlign::Left, None);
    let widths: Vec<f64> = Font::ALL.iter().map(|font| of(*font).area().width()).collect();
    for (n, width) in widths.iter().enumerate() {
        assert!(
            widths[..n].iter().all(|other| (other - width).abs() > 0.1),
            "{widths:?}"
        );
    }
    let places = xs(&of(Font::Mono), &[0, 1, 2, 3, 4, 5, 6, 7]);
    let steps: Vec<f64> = places.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(steps.iter().all(|step| (step - 12.0).abs() < 1e-6), "{steps:?}");
}

#[test]
fn tabs_go_to_the_next_stop() {
    let layout = set("a\tb\nabcd\tb", None);
    let stops = [layout.caret(Caret::at(2))[0].x, layout.caret(Caret::at(9))[0].x];
    assert_eq!(stops, [40.0, 80.0]);
}

#[test]
fn where_a_line_ends_for_want_of_room_the_caret_has_two_places() {
    let layout = set("some words that go on", Some(100.0));
    let end = layout.line_end(Caret::at(0));
    let start = Caret::at(end.index);
    assert_eq!((layout.line_of(end), layout.line_of(start)), (0, 1));
    assert!(layout.caret(end)[0].x > 50.0);
    assert_eq!(layout.caret(start)[0].x, 0.0);
    assert_eq!(layout.line_start(start), start);
    let below = layout.vertical(end, 1, layout.caret(end)[0].x);
    assert_eq!(layout.line_of(below), 1);
    assert_eq!(layout.vertical(Caret::at(2), -1, 9.0), Caret::at(0));
    assert_eq!(layout.vertical(Caret::at(2), 9, 9.0).index, layout.text().len());
}

#[test]
fn words_are_gone_over_whole() {
    let layout = set("Hello, wide  world\nagain", None);
    assert_eq!(
        [layout.next_word(0), layout.next_word(6), layout.next_word(18)],
        [5, 11, 24]
    );
    assert_eq!(
        [
            layout.previous_word(18),
            layout.previous_word(13),
            layout.previous_word(2)
        ],
        [13, 7, 0]
    );
    assert_eq!(
        [layout.word_at(8), layout.word_at(11), layout.word_at(18)],
        [7..11, 11..13, 13..18]
    );
    assert_eq!(layout.paragraph_at(20), 19..24);
}

#[test]
fn lines_are_aligned_about_their_anchor() {
    let text = "a longer line\nshort";
    for (align, part) in [
        (TextAlign::Left, 0.0),
        (TextAlign::Center, 0.5),
        (TextAlign::Right, 1.0),
    ] {
        for wrap in [None, Some(300.0)] {
            let layout = aligned(text, align, wrap);
            for line in layout.lines() {
                assert!((line.area.x0 + part * line.area.width()).abs() < 1e-9, "{line:?}");
            }
            assert!((layout.area().x0 + part * layout.area().width()).abs() < 1e-9);
        }
    }
}

#[test]
fn a_hundred_thousand_letters_are_set_and_more_are_left_out() {
    let text: Arc<str> = Arc::from("lorem ipsum ".repeat(10_000));
    let layout = Layout::of(&text, Font::Hand, 20.0, TextAlign::Left, Some(500.0));
    assert_eq!(
        layout.lines().last().map(|line| line.range.end),
        Some(MOST_LETTERS)
    );
    let caret = layout.caret(Caret::at(text.len()));
    assert!(caret[0].y > 1000.0);
    let one = Layout::of(
        &Arc::from("x".repeat(MOST_LETTERS)),
        Font::Hand,
        20.0,
        TextAlign::Left,
        Some(1.0),
    );
    assert_eq!(one.lines().len(), MOST_LETTERS);
}

#[test]
fn what_was_set_is_kept_and_many_others_make_it_forgotten() {
    let text: Arc<str> = Arc::from("kept");
    let of = || Layout::of(&text, Font::Serif, 31.0, TextAlign::Left, None);
    let first = of();
    assert!(Arc::ptr_eq(&first, &of()));
    for n in 0..300 {
        let long: Arc<str> = Arc::from(format!("{n}{}", "\n".repeat(2000)));
        let _ = Layout::of(&long, Font::Serif, 31.0, TextAlign::Left, None);
    }
    let again = of();
    assert!(!Arc::ptr_eq(&first, &again));
    assert_eq!(first.area(), again.area());
}

/// Letters of several directions, marks, joiners, spaces and line ends.
fn texts() -> impl Strategy<Value = String> {
    let letters = [
        "a",
        "W",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "ש",
        "ם",
        "ب",
        "لا",
        "e\u{301}",
        "\u{301}",
        "क्षि",
        "漢",
        "。",
        "😀",
        "👨‍👩‍👧",
        "1",
        "-",
        "\u{200f}",
        "\u{202e}",
        "\u{2029}",
        "\u{0}",
        "\u{10ffff}",
        "fi",
    ];
    proptest::collection::vec(proptest::sample::select(letters.to_vec()), 0..24).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn any_text_is_set_so_that_every_place_is_found_again(
        text in texts(), wrap in proptest::option::of(1.0f64..200.0), align in proptest::sample::select(TextAlign::ALL), font in proptest::sample::select(Font::ALL),
    ) {
        let layout = Layout::of(&Arc::from(text.as_str()), font, 20.0, align, wrap);
        // The lines hold the text, in order.
        let mut end = 0;
        for line in layout.lines() {
            prop_assert!(line.range.start >= end && line.range.end >= line.range.start);
            prop_assert!(layout.area().y0 <= line.area.y0 && line.area.y1 <= layout.area().y1 + 1e-9);
            prop_assert!(line.area.x0 >= layout.area().x0 - 1e-6 && line.area.x1 <= layout.area().x1 + 1e-6);
            end = line.range.end;
        }
        // Each place has a caret, in the line that says it has it, and is found again by it but for a place as near.
        let places = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]);
        for index in places {
            for before in [false, true] {
                let caret = Caret { index, before };
                let [top, bottom] = layout.caret(caret);
                prop_assert!(top.is_finite() && bottom.y > top.y);
                let line = &layout.lines()[layout.line_of(caret)];
                prop_assert_eq!(top.y, line.area.y0);
                let found = layout.nearest(Point::new(top.x, top.y + 1.0));
                let [again, _] = layout.caret(found);
                prop_assert!((again - top).hypot() < 1e-6, "{caret:?} at {top:?}: {found:?} at {again:?}");
            }
        }
        // Forwards and backwards go over the same places.
        let (mut forwards, mut at) = (vec![0], 0);
        while at < text.len() {
            at = layout.next(at);
            forwards.push(at);
        }
        let mut backwards = vec![at];
        while at > 0 {
            at = layout.previous(at);
            backwards.push(at);
        }
        backwards.reverse();
        prop_assert_eq!(forwards, backwards);
        // What is selected has an area.
        for area in layout.rectangles(0..text.len()) {
            prop_assert!(area.width() >= 0.0 && area.is_finite());
        }
        // The same again is the same.
        let other = Layout::new(&Arc::from(text.as_str()), font, 20.0, align, wrap);
        prop_assert_eq!(layout.lines(), other.lines());
    }
}
