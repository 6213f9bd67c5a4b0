//! Typing on the board: how it begins and ends, caret and selection, undo inside it.

use drawbridge_engine::document::Kind;
use drawbridge_engine::editor::Edit;
use drawbridge_engine::tools::{Event, Keystroke, Motion, Tool};
use drawbridge_protocol::SlotOp;

use crate::person::Person;

/// Somebody who has clicked with the text tool.
fn typist() -> Person {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Text);
    ada.click(100.0, 100.0);
    assert!(ada.editor.is_typing());
    ada
}

fn caret(ada: &Person) -> usize {
    ada.editor.typing().expect("somebody types").caret.index
}

fn selected(ada: &Person) -> String {
    ada.editor.copied_letters()
}

#[test]
fn a_click_with_the_text_tool_types_and_escape_keeps_it() {
    let mut ada = typist();
    ada.types("Hello");
    assert!(ada.writes.is_empty(), "it is wet");
    assert_eq!(ada.editor.scene().len(), 1, "and seen");
    ada.event(Event::Cancel);
    ada.frame();
    assert_eq!(ada.texts(), ["Hello"]);
    assert_eq!(
        (ada.writes.len(), ada.selected(), ada.editor.tool()),
        (1, vec![0], Tool::Select)
    );
    let (cells, ends) = &ada.writes[0];
    assert_eq!((cells.len(), cells[0].prop.as_str()), (1, "base"));
    assert_eq!(*ends, [cells[0].element.slot()], "the write ends what others saw");
}

#[test]
fn a_text_without_letters_is_none() {
    for text in ["", "  \n"] {
        let mut ada = typist();
        ada.types(text);
        ada.pauses();
        ada.event(Event::Cancel);
        ada.frame();
        assert!(ada.writes.is_empty() && ada.editor.scene().is_empty(), "{text:?}");
        assert!(!ada.editor.can_undo());
        let slots = ada
            .live
            .iter()
            .filter(|(_, op)| matches!(op, SlotOp::Put(_)))
            .count();
        assert_eq!(slots, 0, "nobody is told of it");
    }
}

#[test]
fn a_text_that_is_emptied_is_deleted_in_one_step() {
    let mut ada = typist();
    ada.types("Hello");
    ada.event(Event::Cancel);
    ada.frame();
    ada.double_click(110.0, 100.0);
    assert!(ada.editor.is_typing());
    ada.strike(&Keystroke::SelectAll);
    ada.strike(&Keystroke::Delete(Motion::Back));
    ada.pauses();
    ada.event(Event::Cancel);
    ada.frame();
    assert!(ada.texts().is_empty() && ada.editor.scene().is_empty());
    ada.undo();
    assert_eq!(ada.texts(), ["Hello"]);
    ada.redo();
    assert!(ada.texts().is_empty());
}

#[test]
fn a_press_beside_it_keeps_the_text_and_does_what_it_does() {
    let mut ada = typist();
    ada.types("Hello");
    ada.click(600.0, 400.0);
    assert_eq!(
        (ada.texts(), ada.selected(), ada.writes.len()),
        (vec!["Hello".to_owned()], vec![], 1)
    );
    assert!(!ada.editor.is_typing());
    // With the tool kept, the next text begins there.
    let mut ada = typist();
    ada.editor.set_keep_tool(true);
    ada.types("one");
    ada.click(600.0, 400.0);
    ada.types("two");
    ada.event(Event::Cancel);
    assert_eq!(ada.texts(), ["one", "two"]);
    assert_eq!(ada.editor.tool(), Tool::Text);
}

#[test]
fn a_window_that_is_lost_keeps_what_was_typed() {
    let mut ada = typist();
    ada.types("Hel");
    ada.event(Event::Lost);
    assert_eq!(ada.texts(), ["Hel"]);
    ada.types("lo");
    ada.event(Event::Cancel);
    assert_eq!(ada.texts(), ["Hello"]);
}

#[test]
fn a_double_click_types_on_the_bare_board_in_a_text_and_in_a_box() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Select);
    ada.double_click(100.0, 100.0);
    ada.types("free");
    ada.event(Event::Cancel);
    ada.rectangle((300.0, 300.0), (500.0, 400.0));
    ada.double_click(400.0, 350.0);
    ada.types("in it");
    ada.event(Event::Cancel);
    assert_eq!(ada.texts(), ["free", "in it"]);
    ada.double_click(102.0, 100.0);
    ada.goes(Motion::End, false);
    ada.types("ly");
    ada.event(Event::Cancel);
    assert_eq!(ada.texts(), ["freely", "in it"]);
    ada.frame();
    ada.double_click(400.0, 350.0);
    ada.strike(&Keystroke::SelectAll);
    ada.strike(&Keystroke::Delete(Motion::Back));
    ada.event(Event::Cancel);
    assert_eq!(ada.texts(), ["freely", ""], "a box without a label is a box");
}

#[test]
fn a_line_has_a_label() {
    let mut ada = Person::new(1);
    ada.with(Tool::Line, &[(100.0, 100.0), (500.0, 100.0)]);
    ada.edit(&Edit::SelectNone);
    ada.double_click(200.0, 100.0);
    ada.types("this way");
    ada.event(Event::Cancel);
    assert_eq!(ada.texts(), ["this way"]);
}

#[test]
fn enter_types_in_what_is_selected_and_in_nothing_locked() {
    let mut ada = Person::new(1);
    ada.with(Tool::Shape(Kind::Ellipse), &[(100.0, 100.0), (300.0, 300.0)]);
    ada.event(Event::Confirm);
    ada.types("O");
    ada.event(Event::Cancel);
    assert_eq!(ada.texts(), ["O"]);
    ada.frame();
    ada.edit(&Edit::ToggleLock);
    ada.event(Event::Confirm);
    assert!(!ada.editor.is_typing());
}

#[test]
fn a_note_is_put_down_typed_on_and_stays_without_letters() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Note);
    ada.click(300.0, 300.0);
    ada.types("buy milk");
    ada.event(Event::Cancel);
    ada.editor.set_tool(Tool::Note);
    ada.click(700.0, 300.0);
    ada.event(Event::Cancel);
    ada.frame();
    assert_eq!(ada.texts(), ["buy milk", ""]);
    assert_eq!(ada.frames()[1], [620.0, 220.0, 780.0, 380.0]);
    ada.undo();
    ada.undo();
    assert!(ada.texts().is_empty(), "a note with its text is one step");
}

#[test]
fn a_drag_with_the_text_tool_says_how_wide_it_is() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Text);
    ada.drag(&[(100.0, 100.0), (150.0, 120.0), (300.0, 140.0)]);
    ada.types("a text that is longer than it is wide");
    ada.event(Event::Cancel);
    let element = ada.shown().remove(0);
    assert_eq!(element.wrap, Some(200.0));
    let frame = ada.frames()[0];
    assert_eq!((frame[0], frame[2]), (100.0, 300.0));
    assert!(frame[3] - frame[1] > 40.0, "it has several lines: {frame:?}");
}

#[test]
fn the_caret_goes_by_letters_words_lines_and_ends() {
    let mut ada = typist();
    ada.types("one two\nthree ne\u{301}e");
    let all = "one two\nthree ne\u{301}e".len();
    assert_eq!(caret(&ada), all);
    ada.goes(Motion::Left, false);
    ada.goes(Motion::Left, false);
    assert_eq!(caret(&ada), all - 4, "a letter and its mark are one");
    ada.goes(Motion::WordLeft, false);
    assert_eq!(caret(&ada), 14);
    ada.goes(Motion::LineStart, false);
    assert_eq!(caret(&ada), 8);
    ada.goes(Motion::Up, false);
    assert_eq!(caret(&ada), 0);
    ada.goes(Motion::WordRight, false);
    assert_eq!(caret(&ada), 3);
    ada.goes(Motion::LineEnd, true);
    assert_eq!(selected(&ada), " two");
    ada.goes(Motion::Right, false);
    assert_eq!((caret(&ada), selected(&ada)), (7, String::new()));
    ada.goes(Motion::Start, true);
    assert_eq!(selected(&ada), "one two");
    ada.strike(&Keystroke::Insert("1".to_owned()));
    ada.goes(Motion::End, false);
    ada.strike(&Keystroke::Delete(Motion::WordBack));
    ada.strike(&Keystroke::Delete(Motion::Back));
    ada.event(Event::Cancel);
    assert_eq!(ada.texts(), ["1\nthree"]);
}

#[test]
fn the_pointer_puts_the_caret_and_selects_letters_words_and_lines_at_any_zoom_and_turn() {
    for (zoom, turn) in [(1.0, 0.0), (3.0, 0.0), (0.5, 0.8)] {
        let mut ada = typist();
        ada.types("alpha beta gamma");
        ada.event(Event::Cancel);
        ada.frame();
        ada.edit(&Edit::Rotate(turn));
        ada.editor.camera_mut().zoom_by((0.0, 0.0).into(), zoom);
        ada.frame();
        ada.event(Event::Confirm);
        let view = ada.editor.typing().expect("somebody types");
        let at = |index: usize| {
            let line = view
                .lettered
                .layout
                .caret(drawbridge_engine::lettering::Caret::at(index));
            let middle = view.lettered.place * line[0].midpoint(line[1]);
            let screen = ada.editor.camera().screen_from_board(middle);
            (screen.x, screen.y)
        };
        let (two, eight, ten) = (at(2), at(8), at(10));
        ada.click(two.0, two.1);
        assert_eq!(caret(&ada), 2);
        ada.now_ms += 1000.0;
        ada.drag(&[two, ten]);
        assert_eq!(selected(&ada), "pha beta");
        ada.double_click(eight.0, eight.1);
        assert_eq!(selected(&ada), "beta");
        ada.down(eight.0, eight.1);
        ada.up(eight.0, eight.1);
        assert_eq!(selected(&ada), "alpha beta gamma");
        ada.click(two.0, two.1);
        ada.now_ms += 1000.0;
        ada.keys.shift = true;
        ada.click(eight.0, eight.1);
        assert_eq!(selected(&ada), "pha be");
    }
}

#[test]
fn undo_inside_goes_word_by_word_and_afterwards_all_of_it_is_one_step() {
    let mut ada = typist();
    ada.types("one two three");
    ada.undo();
    assert_eq!(ada.texts(), ["one two "]);
    ada.undo();
    ada.undo();
    assert!(
        ada.editor.is_typing(),
        "the text stays under the caret without its letters"
    );
    ada.undo();
    ada.redo();
    ada.redo();
    assert_eq!(ada.texts(), ["one two "]);
    ada.types("2");
    ada.event(Event::Cancel);
    assert_eq!(ada.texts(), ["one two 2"]);
    ada.undo();
    assert!(ada.texts().is_empty());
    ada.redo();
    assert_eq!(ada.texts(), ["one two 2"]);
    // And in a text that was there.
    ada.frame();
    ada.edit(&Edit::SelectAll);
    ada.event(Event::Confirm);
    ada.types(" and more");
    ada.strike(&Keystroke::SelectAll);
    ada.types("X");
    ada.undo();
    assert_eq!(ada.texts(), ["one two 2 and more"]);
    ada.redo();
    assert_eq!(ada.texts(), ["X"]);
    ada.event(Event::Cancel);
    ada.undo();
    assert_eq!(ada.texts(), ["one two 2"]);
    ada.undo();
    assert!(ada.texts().is_empty());
    ada.redo();
    ada.redo();
    assert_eq!(ada.texts(), ["X"]);
}

#[test]
fn all_undone_inside_is_as_if_nothing_was_typed() {
    let mut ada = typist();
    ada.types("one two");
    ada.undo();
    ada.undo();
    ada.event(Event::Cancel);
    ada.frame();
    assert!(ada.texts().is_empty() && !ada.editor.can_undo());
    ada.redo();
    assert_eq!(ada.texts(), ["one "]);
}

#[test]
fn what_an_input_method_puts_together_is_shown_and_not_written() {
    let mut ada = typist();
    ada.types("ab");
    ada.goes(Motion::Left, false);
    ada.strike(&Keystroke::Compose("にほ".to_owned()));
    ada.frame();
    let view = ada.editor.typing().expect("somebody types");
    assert_eq!(
        (&**view.lettered.layout.text(), view.composed.clone()),
        ("aにほb", 1..7)
    );
    assert_eq!(ada.texts(), ["ab"], "the document knows nothing of it");
    ada.strike(&Keystroke::Compose(String::new()));
    ada.strike(&Keystroke::Insert("日本".to_owned()));
    ada.event(Event::Cancel);
    assert_eq!(ada.texts(), ["a日本b"]);
    // Escape gives up what is put together first, and then ends the typing.
    ada.frame();
    ada.event(Event::Confirm);
    ada.strike(&Keystroke::Compose("x".to_owned()));
    ada.event(Event::Cancel);
    assert!(ada.editor.is_typing());
    ada.event(Event::Cancel);
    assert_eq!(
        (ada.texts(), ada.editor.is_typing()),
        (vec!["a日本b".to_owned()], false)
    );
}

#[test]
fn pasted_text_is_cleaned_and_becomes_an_element_where_nobody_types() {
    let mut ada = Person::new(1);
    ada.to(300.0, 200.0);
    let effects = ada.editor.paste_text("two\r\nlines\u{7}");
    ada.took(effects);
    assert_eq!(ada.texts(), ["two\nlines"]);
    assert_eq!(ada.selected(), [0]);
    let [left, top, right, bottom] = ada.frames()[0];
    assert!((left + right - 600.0).abs() < 1.0 && (top + bottom - 400.0).abs() < 1.0);
    let nothing = ada.editor.paste_text(" \n");
    assert_eq!(nothing.write, None);
}

#[test]
fn no_text_grows_beyond_its_limit() {
    let mut ada = typist();
    ada.strike(&Keystroke::Insert("x".repeat(99_999)));
    assert!(!ada.editor.is_text_full());
    ada.strike(&Keystroke::Insert("yz".to_owned()));
    assert!(ada.editor.is_text_full());
    ada.event(Event::Cancel);
    assert_eq!(ada.texts()[0].len(), 100_000);
}
