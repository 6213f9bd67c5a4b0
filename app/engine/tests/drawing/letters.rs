//! Texts, notes and labels under the hand: hit, moved, resized, turned, mirrored, restyled.

use drawbridge_engine::arrange::Handle;
use drawbridge_engine::document::{Element, Font, Kind, TextAlign, VAlign};
use drawbridge_engine::editor::{Edit, Held, StyleChange};
use drawbridge_engine::geometry::{Affine, Point, Rect};
use drawbridge_engine::tools::Tool;
use drawbridge_protocol::{Cell, ElementId, Property, SlotOp, Value};

use crate::person::Person;

/// An element comes to a person's board, with a `base` of these members.
fn born(person: &mut Person, name: &str, members: &str) {
    let cell = Cell {
        element: ElementId::new(name).expect("an id"),
        prop: Property::base(),
        stamp: person.stamp(),
        value: Value::from_text(format!("{{{members}}}")).expect("JSON"),
    };
    person.hear(&[cell]);
    person.editor.set_tool(Tool::Select);
    person.frame();
}

/// A person with two lines at (100, 50), in an upright text or a turned one.
fn with_text(rest: &str) -> Person {
    let mut ada = Person::new(1);
    let base = r#""kind":"text","order":"a1","text":"Some words that go on\nand end","font":"plain""#;
    born(&mut ada, "t", &format!("{base}{rest}"));
    ada
}

const PLACED: &str = r#","place":[1,0,0,1,100,50]"#;

fn area(element: &Element) -> Rect {
    element.lettered().expect("letters").layout.area()
}

/// Takes a handle of what is selected and brings it so far.
fn pull(ada: &mut Person, handle: Handle, by: (f64, f64)) {
    let at = ada.editor.frame().expect("a frame").handle(handle, 0.0);
    ada.drag(&[
        (at.x, at.y),
        (at.x + by.0 / 2.0, at.y + by.1 / 2.0),
        (at.x + by.0, at.y + by.1),
    ]);
    ada.frame();
}

fn round(rect: Rect) -> [f64; 4] {
    [rect.x0, rect.y0, rect.x1, rect.y1].map(|v| (v * 1000.0).round() / 1000.0)
}

#[test]
fn d16_a_text_is_hit_anywhere_in_its_rectangle_and_nowhere_else() {
    let mut ada = with_text(PLACED);
    let text = &ada.shown()[0];
    let frame = text.frame();
    assert_eq!((frame.x0, frame.y0, frame.height()), (100.0, 50.0, 50.0));
    // The end of the second line is bare, between two words is bare: both are the text's.
    for (x, y) in [(frame.x1 - 3.0, 95.0), (103.0, 52.0), (frame.x1 - 1.0, 51.0)] {
        ada.click(x, y);
        assert_eq!(ada.selected(), [0], "at {x} {y}");
        ada.click(0.0, 300.0);
        assert!(ada.selected().is_empty());
    }
    ada.click(frame.x1 + 8.0, 70.0);
    assert!(ada.selected().is_empty());
}

#[test]
fn a_corner_scales_a_text_evenly_and_shift_lets_it_be_stretched() {
    let mut ada = with_text(PLACED);
    ada.click(105.0, 60.0);
    let before = ada.shown()[0].frame();
    pull(&mut ada, Handle::SE, (before.width(), 10.0));
    let text = &ada.shown()[0];
    let [a, b, c, d, ..] = text.place.as_coeffs();
    assert!(
        a > 1.3 && (a - d).abs() < 1e-9 && b == 0.0 && c == 0.0,
        "{:?}",
        text.place
    );
    assert_eq!((text.wrap, text.style.size), (None, 20.0));
    assert!((text.frame().width() - a * before.width()).abs() < 1e-6);
    pull(&mut ada, Handle::S, (0.0, 20.0));
    let [a, _, _, d, ..] = ada.shown()[0].place.as_coeffs();
    assert!((a - d).abs() < 1e-9, "an edge above or below does, too");
    ada.keys.shift = true;
    pull(&mut ada, Handle::SE, (60.0, 0.0));
    let [a, _, _, d, ..] = ada.shown()[0].place.as_coeffs();
    assert!(a > d + 0.1);
}

#[test]
fn a_side_of_a_text_sets_its_width_and_leaves_its_letters_as_large() {
    for (align, turn) in [("left", 0.0), ("center", 0.0), ("right", 0.0), ("center", 0.5)] {
        let place = (Affine::translate((300.0, 50.0)) * Affine::rotate(turn)).as_coeffs();
        let mut ada = with_text(&format!(r#","align":"{align}","place":{place:?}"#));
        let text = &ada.shown()[0];
        let middle = text.place * area(text).center();
        ada.click(middle.x, middle.y);
        assert_eq!(ada.selected(), [0]);
        let before = ada.editor.frame().expect("a frame");
        let width = area(&ada.shown()[0]).width();
        ada.writes.clear();
        let (cos, sin) = (turn.cos(), turn.sin());
        pull(&mut ada, Handle::E, (-80.0 * cos, -80.0 * sin));
        let after = ada.editor.frame().expect("a frame");
        let text = &ada.shown()[0];
        assert!(
            (text.wrap.expect("a width") - (width - 80.0)).abs() < 1e-6,
            "{align}: {:?}",
            text.wrap
        );
        assert!((text.scale() - 1.0).abs() < 1e-9);
        assert!(area(text).height() > 50.0, "the lines break");
        let kept = |handle| (before.handle(handle, 0.0) - after.handle(handle, 0.0)).hypot();
        assert!(kept(Handle::NW) < 1e-6, "{align}: the other side stays");
        assert_eq!(ada.writes.len(), 1);
        pull(&mut ada, Handle::W, (-40.0 * cos, -40.0 * sin));
        let wider = ada.editor.frame().expect("a frame");
        assert!((wider.handle(Handle::NE, 0.0) - after.handle(Handle::NE, 0.0)).hypot() < 1e-6);
        assert!((ada.shown()[0].wrap.expect("a width") - (width - 40.0)).abs() < 1e-6);
        ada.undo();
        ada.undo();
        assert_eq!(
            (ada.shown()[0].wrap, ada.shown()[0].place),
            (None, Affine::new(place)),
            "{align}"
        );
    }
}

#[test]
fn d14_others_see_a_text_find_its_lines_while_its_side_is_pulled() {
    let mut ada = with_text(PLACED);
    let mut bob = Person::new(2);
    bob.hear(&ada.cells());
    ada.click(105.0, 60.0);
    ada.told.clear();
    let at = ada.editor.frame().expect("a frame").handle(Handle::E, 0.0);
    ada.down(at.x, at.y);
    ada.to(at.x - 50.0, at.y);
    ada.to(at.x - 90.0, at.y);
    ada.frame();
    for (slot, op) in std::mem::take(&mut ada.told) {
        bob.editor.remote_live(7, &slot, &op);
    }
    bob.frame();
    assert_eq!(bob.seen(), ada.seen());
    assert!(bob.seen()[0][3] > 101.0, "there are more lines: {:?}", bob.seen());
    ada.up(at.x - 90.0, at.y);
    let (cells, ends) = ada.writes.last().cloned().expect("a write");
    bob.hear(&cells);
    for slot in ends {
        bob.editor.remote_live(7, &slot, &SlotOp::Clear);
    }
    bob.frame();
    assert_eq!((bob.seen(), bob.cells()), (ada.seen(), ada.cells()));
}

#[test]
fn however_narrow_it_is_pulled_a_text_keeps_room_for_a_letter() {
    let mut ada = with_text(PLACED);
    ada.click(105.0, 60.0);
    pull(&mut ada, Handle::E, (-900.0, 0.0));
    let text = &ada.shown()[0];
    assert!(text.wrap.expect("a width") >= 20.0 && text.place.determinant() > 0.0);
    assert!(ada.editor.scene().len() == 1);
}

#[test]
fn mirrored_letters_can_be_read_in_the_same_rectangle() {
    for edit in [
        Edit::Flip(drawbridge_engine::editor::Axis::Across),
        Edit::Flip(drawbridge_engine::editor::Axis::Down),
    ] {
        let mut ada = with_text(PLACED);
        ada.click(105.0, 60.0);
        let before = ada.shown()[0].clone();
        ada.edit(&edit);
        ada.frame();
        let after = &ada.shown()[0];
        assert!(after.place.determinant() < 0.0);
        assert_eq!(round(after.frame()), round(before.frame()));
        let (was, is) = (
            before.lettered().expect("letters"),
            after.lettered().expect("letters"),
        );
        let moved = (0..6).map(|n| (was.place.as_coeffs()[n] - is.place.as_coeffs()[n]).abs());
        assert!(moved.fold(0.0, f64::max) < 1e-6, "{:?} {:?}", was.place, is.place);
    }
}

#[test]
fn d17_a_note_grows_with_its_text_and_nobody_writes_that() {
    let mut ada = Person::new(1);
    let words = "word ".repeat(60);
    let base = format!(r#""kind":"note","order":"a1","place":[200,0,0,200,100,50],"text":"{words}""#);
    born(&mut ada, "n", &base);
    let note = ada.shown()[0].clone();
    assert_eq!(note.place.as_coeffs()[3], 200.0);
    let frame = note.frame();
    assert!(
        frame.height() > 210.0 && frame.y0 == 50.0 && frame.width() == 200.0,
        "{frame:?}"
    );
    // What has grown is hit, and so is what is seen of it.
    ada.click(150.0, frame.y1 - 3.0);
    assert_eq!(ada.selected(), [0]);
    let letters = note.figure().letters.expect("letters").bounds();
    assert!(frame.contains_rect(letters), "{letters:?}");
    ada.writes.clear();
    pull(&mut ada, Handle::E, (-80.0, 0.0));
    let narrow = &ada.shown()[0];
    assert!(
        narrow.frame().height() > frame.height() + 20.0,
        "there are more lines"
    );
    let written: Vec<&str> = ada
        .writes
        .iter()
        .flat_map(|(cells, _)| cells)
        .map(|cell| cell.prop.as_str())
        .collect();
    assert_eq!(written, ["place"]);
}

#[test]
fn labels_turn_with_their_box_and_are_neither_stretched_nor_mirrored() {
    let place =
        Affine::translate((100.0, 100.0)) * Affine::rotate(0.5) * Affine::scale_non_uniform(-300.0, 40.0);
    for kind in ["rectangle", "diamond", "ellipse"] {
        let mut ada = Person::new(1);
        let rest = format!(
            r#""kind":"{kind}","order":"a","place":{:?},"text":"label""#,
            place.as_coeffs()
        );
        born(&mut ada, "b", &rest);
        let element = &ada.shown()[0];
        let letters = element.lettered().expect("letters");
        let [a, b, c, d, ..] = letters.place.as_coeffs();
        assert!((a.hypot(b) - 1.0).abs() < 1e-9 && (a - d).abs() < 1e-9 && (b + c).abs() < 1e-9);
        assert!(a > 0.0, "upright enough to be read");
        let middle = letters.place * letters.layout.area().center();
        assert!(
            (middle - element.body() * Point::new(0.5, 0.5)).hypot() < 1e-6,
            "in its middle"
        );
        // A click on the label of a box without fill selects the box.
        ada.click(middle.x, middle.y);
        assert_eq!(ada.selected(), [0]);
    }
}

#[test]
fn letters_stand_at_the_top_or_the_bottom_of_what_holds_them() {
    for kind in ["rectangle", "diamond", "ellipse", "note"] {
        let mut ada = Person::new(1);
        let rest = format!(r#""kind":"{kind}","order":"a","place":[200,0,0,300,100,50],"text":"label""#);
        born(&mut ada, "b", &rest);
        ada.click(200.0, 200.0);
        assert_eq!(ada.selected(), [0]);
        let middle = |ada: &Person| {
            let lettered = ada.shown()[0].lettered().expect("letters");
            lettered.place * lettered.layout.area().center()
        };
        let start = middle(&ada);
        assert!(
            (start - Point::new(200.0, 200.0)).hypot() < 1e-6,
            "{kind}: {start:?}"
        );
        assert_eq!(ada.editor.style_held().valign, Held::One(VAlign::Middle));
        ada.edit(&Edit::Style(StyleChange::VAlign(VAlign::Top)));
        let top = middle(&ada);
        ada.edit(&Edit::Style(StyleChange::VAlign(VAlign::Bottom)));
        let bottom = middle(&ada);
        assert!(top.y < 150.0 && bottom.y > 250.0, "{kind}: {top:?} {bottom:?}");
        assert!(
            (top.y + bottom.y - 400.0).abs() < 1e-6,
            "{kind}: as far from either edge"
        );
        for at in [top, bottom] {
            let letters = at - Point::new(0.0, 10.0).to_vec2();
            assert!(
                ada.shown()[0].figure().contains(letters),
                "{kind}: within its outline"
            );
        }
    }
}

#[test]
fn d18_a_label_on_a_line_stands_upright_in_its_middle() {
    let mut ada = Person::new(1);
    born(
        &mut ada,
        "l",
        r#""kind":"line","order":"a","points":"0 0 200 300","text":"half way""#,
    );
    let line = &ada.shown()[0];
    let letters = line.lettered().expect("letters");
    assert_eq!(
        (letters.place * letters.layout.area().center()).round(),
        Point::new(100.0, 150.0)
    );
    assert_eq!(letters.place.as_coeffs()[..4], [1.0, 0.0, 0.0, 1.0]);
    ada.click(100.0 + letters.layout.area().width() / 2.0 - 2.0, 150.0);
    assert_eq!(ada.selected(), [0], "beside the line, on its label");
}

#[test]
fn letters_are_restyled_where_there_are_any_and_stay_where_they_are() {
    let mut ada = with_text(PLACED);
    born(
        &mut ada,
        "b",
        r#""kind":"rectangle","order":"a2","place":[50,0,0,50,300,300]"#,
    );
    ada.click(105.0, 60.0);
    let held = ada.editor.style_held();
    assert_eq!((held.font, held.size), (Held::One(Font::Plain), Held::One(20.0)));
    assert_eq!(
        (held.width, held.dash.is_somewhere()),
        (Held::Nowhere, false),
        "it has no line"
    );
    let before = ada.shown()[0].frame();
    ada.writes.clear();
    ada.edit(&Edit::Style(StyleChange::Align(TextAlign::Right)));
    ada.frame();
    assert_eq!(round(ada.shown()[0].frame()), round(before));
    assert_eq!(ada.writes.len(), 1);
    ada.edit(&Edit::SelectAll);
    assert_eq!(
        ada.editor.style_held().align,
        Held::One(TextAlign::Right),
        "an empty box has none"
    );
    ada.edit(&Edit::Style(StyleChange::Size(40.0)));
    ada.frame();
    let sizes: Vec<f64> = ada.shown().iter().map(|element| element.style.size).collect();
    assert_eq!(sizes, [40.0, 20.0]);
    assert_eq!(ada.shown()[0].frame().height(), 100.0);
    ada.undo();
    ada.undo();
    assert_eq!(ada.shown()[0].frame(), before);
}

#[test]
fn paper_has_a_colour_of_its_own_and_never_none() {
    let mut ada = Person::new(1);
    born(
        &mut ada,
        "n",
        r#""kind":"note","order":"a","place":[200,0,0,200,100,50],"fill":"none","shade":"hatch""#,
    );
    let note = &ada.shown()[0];
    assert_eq!(note.style, drawbridge_engine::document::Style::of(Kind::Note));
    ada.click(150.0, 100.0);
    ada.writes.clear();
    let green = "green".parse().ok();
    ada.edit(&Edit::Style(StyleChange::Fill(None)));
    ada.edit(&Edit::Style(StyleChange::Fill(green)));
    assert_eq!(ada.writes.len(), 1);
    assert_eq!(ada.shown()[0].style.fill, green);
    assert_eq!(
        (ada.editor.styles().note.fill, ada.editor.styles().ink.fill),
        (green, None)
    );
}

#[test]
fn the_cutter_passes_over_letters_and_the_eraser_takes_them() {
    let mut ada = with_text(PLACED);
    born(
        &mut ada,
        "l",
        r#""kind":"line","order":"a2","points":"0 300 400 0","text":"label""#,
    );
    ada.with(Tool::Cutter, &[(105.0, 40.0), (105.0, 120.0)]);
    assert_eq!(ada.shown().len(), 2);
    ada.with(Tool::Cutter, &[(60.0, 250.0), (60.0, 350.0)]);
    let labels: Vec<String> = ada
        .shown()
        .iter()
        .skip(1)
        .map(|element| element.text.to_string())
        .collect();
    assert_eq!(labels, ["label", ""], "the label is there once");
    ada.with(Tool::Eraser, &[(103.0, 45.0), (103.0, 60.0)]);
    assert_eq!(
        ada.shown()
            .iter()
            .filter(|element| element.kind == Kind::Text)
            .count(),
        0
    );
}

#[test]
fn a_copy_has_the_same_letters() {
    let mut ada = with_text(PLACED);
    ada.click(105.0, 60.0);
    ada.edit(&Edit::Duplicate);
    ada.frame();
    let shown = ada.shown();
    assert_eq!(
        (shown.len(), &shown[0].text, shown[0].style),
        (2, &shown[1].text, shown[1].style)
    );
}

#[test]
fn d16_a_text_without_letters_is_not_shown() {
    let mut ada = Person::new(1);
    born(&mut ada, "t", r#""kind":"text","order":"a","text":"""#);
    assert!(ada.editor.scene().is_empty());
}
