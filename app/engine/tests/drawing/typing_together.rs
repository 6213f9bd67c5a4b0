//! Typing while others look on, type in the same text, or delete it; and what is left of it after a crash.

use drawbridge_engine::editor::Edit;
use drawbridge_engine::tools::{Event, Keystroke, Motion, Tool};
use drawbridge_protocol::{Cell, SlotName, SlotOp};

use crate::person::Person;

/// One hears what the other has written and told since the last time.
fn hears(bob: &mut Person, ada: &mut Person, conn: u64) {
    for (cells, ends) in std::mem::take(&mut ada.writes) {
        bob.hear(&cells);
        for slot in ends {
            bob.editor.remote_live(conn, &slot, &SlotOp::Clear);
        }
    }
    let told: Vec<(SlotName, SlotOp)> = ada.sent.drain(..).collect();
    for (slot, op) in told {
        bob.editor.remote_live(conn, &slot, &op);
    }
    bob.frame();
}

fn seen(who: &Person) -> Vec<String> {
    let scene = who.editor.scene();
    let all = scene
        .stacked()
        .filter_map(|(_, item)| scene.element(who.editor.document(), &item.element));
    all.map(|element| element.text.to_string()).collect()
}

/// Two with the same text on their boards.
fn two(text: &str) -> (Person, Person) {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    ada.editor.set_tool(Tool::Text);
    ada.click(100.0, 100.0);
    ada.types(text);
    ada.event(Event::Cancel);
    ada.frame();
    hears(&mut bob, &mut ada, 1);
    bob.edit(&Edit::SelectAll);
    bob.frame();
    (ada, bob)
}

#[test]
fn d24_others_see_a_text_letter_by_letter_and_it_neither_blinks_nor_doubles() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    ada.editor.set_tool(Tool::Text);
    ada.click(100.0, 100.0);
    let mut text = String::new();
    for letter in "Hello you".chars() {
        ada.types(&letter.to_string());
        text.push(letter);
        hears(&mut bob, &mut ada, 1);
        assert_eq!((seen(&ada), seen(&bob)), (vec![text.clone()], vec![text.clone()]));
    }
    ada.pauses();
    hears(&mut bob, &mut ada, 1);
    ada.types(" two");
    hears(&mut bob, &mut ada, 1);
    assert_eq!(seen(&bob), ["Hello you two"]);
    assert_eq!(bob.editor.others_carets().len(), 1);
    ada.event(Event::Cancel);
    hears(&mut bob, &mut ada, 1);
    assert_eq!(
        (seen(&bob), bob.texts()),
        (vec!["Hello you two".to_owned()], ada.texts())
    );
    assert!(bob.editor.others_carets().is_empty());
}

#[test]
fn d24_wet_letters_go_with_their_connection_and_dry_ones_stay() {
    let (mut ada, mut bob) = two("Hello");
    ada.event(Event::Confirm);
    ada.types(" you and");
    hears(&mut bob, &mut ada, 1);
    assert_eq!(seen(&bob), ["Hello you and"]);
    bob.editor.remote_gone(1);
    bob.frame();
    assert_eq!(seen(&bob), ["Hello you "]);
}

#[test]
fn d24_a_write_that_comes_before_or_after_the_end_of_its_slot_changes_nothing_that_is_seen() {
    let (mut ada, mut bob) = two("Hello");
    ada.event(Event::Confirm);
    ada.types("!");
    hears(&mut bob, &mut ada, 1);
    ada.pauses();
    let (cells, ends) = ada.writes.remove(0);
    ada.types("?");
    hears(&mut bob, &mut ada, 1);
    assert_eq!(seen(&bob), ["Hello!?"]);
    bob.hear(&cells);
    bob.frame();
    assert_eq!(seen(&bob), ["Hello!?"]);
    bob.editor.remote_live(1, &ends[0], &SlotOp::Clear);
    bob.frame();
    assert_eq!(seen(&bob), ["Hello!?"]);
}

#[test]
fn d21_two_type_in_one_text_and_each_caret_stays_with_its_letters() {
    let (mut ada, mut bob) = two("one two");
    ada.event(Event::Confirm);
    bob.event(Event::Confirm);
    ada.goes(Motion::Start, false);
    ada.types("zero ");
    hears(&mut bob, &mut ada, 1);
    bob.types(" three");
    hears(&mut ada, &mut bob, 2);
    assert_eq!(
        (seen(&ada), seen(&bob)),
        (
            vec!["zero one two three".to_owned()],
            vec!["zero one two three".to_owned()]
        )
    );
    assert_eq!(ada.editor.typing().expect("she types").caret.index, 5);
    bob.strike(&Keystroke::Delete(Motion::WordBack));
    bob.frame();
    hears(&mut ada, &mut bob, 2);
    // Each undoes their own.
    ada.undo();
    ada.frame();
    hears(&mut bob, &mut ada, 1);
    assert_eq!(
        (seen(&ada), seen(&bob)),
        (vec!["one two ".to_owned()], vec!["one two ".to_owned()])
    );
    bob.undo();
    bob.frame();
    hears(&mut ada, &mut bob, 2);
    assert_eq!(
        (seen(&ada), seen(&bob)),
        (vec!["one two three".to_owned()], vec!["one two three".to_owned()])
    );
}

#[test]
fn d21_typed_apart_both_survive_and_undo_leaves_the_others_letters() {
    let (mut ada, mut bob) = two("start");
    for (who, more) in [(&mut ada, " alpha beta"), (&mut bob, " uno dos")] {
        who.event(Event::Confirm);
        who.types(more);
        who.event(Event::Cancel);
        who.frame();
    }
    hears(&mut bob, &mut ada, 1);
    hears(&mut ada, &mut bob, 2);
    assert_eq!(ada.texts(), bob.texts());
    let text = ada.texts().remove(0);
    assert!(
        text == "start alpha beta uno dos" || text == "start uno dos alpha beta",
        "{text}"
    );
    ada.undo();
    ada.frame();
    hears(&mut bob, &mut ada, 1);
    assert_eq!(
        (ada.texts(), bob.texts()),
        (vec!["start uno dos".to_owned()], vec!["start uno dos".to_owned()])
    );
    bob.undo();
    assert_eq!(bob.texts(), ["start"]);
    bob.redo();
    assert_eq!(bob.texts(), ["start uno dos"]);
}

#[test]
fn what_somebody_deletes_comes_back_with_letters_under_way_and_else_lets_go() {
    let (mut ada, mut bob) = two("Hello");
    ada.event(Event::Confirm);
    ada.types("!");
    bob.edit(&Edit::Delete);
    hears(&mut ada, &mut bob, 2);
    hears(&mut bob, &mut ada, 1);
    assert_eq!(
        (ada.texts(), bob.texts()),
        (vec!["Hello!".to_owned()], vec!["Hello!".to_owned()])
    );
    assert!(ada.editor.is_typing());
    bob.edit(&Edit::SelectAll);
    bob.edit(&Edit::Delete);
    hears(&mut ada, &mut bob, 2);
    assert!(ada.texts().is_empty() && !ada.editor.is_typing());
}

#[test]
fn typing_that_was_under_way_when_the_program_died_is_finished() {
    let (mut ada, _) = two("Hello");
    let before: Vec<Cell> = ada.cells();
    ada.event(Event::Confirm);
    ada.types("!!");
    let drafts = std::mem::take(&mut ada.live);
    let (slot, op) = drafts.last().expect("a draft");
    let SlotOp::Put(chunks) = op else { panic!("{op:?}") };
    // Another run: it has the cells that were dry, and the draft.
    let mut again = Person::new(3);
    again.hear(&before);
    let write = again.editor.finish_draft(slot, chunks).expect("a write");
    again.took(drawbridge_engine::editor::Effects {
        write: Some(write),
        ..Default::default()
    });
    again.frame();
    assert_eq!(again.texts(), ["Hello!!"]);
    assert_eq!(again.writes[0].1, std::slice::from_ref(slot));
    // If it got through after all, nothing is there twice.
    ada.pauses();
    let late: Vec<Cell> = ada.cells();
    again.hear(&late);
    assert_eq!(again.texts(), ["Hello!!"]);
}

#[test]
fn a_new_text_that_was_under_way_when_the_program_died_is_finished() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Text);
    ada.click(100.0, 100.0);
    ada.types("Hel");
    let (slot, op) = ada.live.last().cloned().expect("a draft");
    let SlotOp::Put(chunks) = op else { panic!("{op:?}") };
    let mut again = Person::new(2);
    let write = again.editor.finish_draft(&slot, &chunks).expect("a write");
    again.took(drawbridge_engine::editor::Effects {
        write: Some(write),
        ..Default::default()
    });
    assert_eq!(again.texts(), ["Hel"]);
}

#[test]
fn what_somebody_selects_by_dragging_stays_with_its_letters_while_another_types_before_them() {
    let (mut ada, mut bob) = two("ab ab ab ab");
    for who in [&mut ada, &mut bob] {
        who.editor.set_tool(Tool::Select);
        who.edit(&Edit::SelectNone);
    }
    let middle = ada.shown()[0].frame().center().y;
    ada.double_click(102.0, middle);
    assert!(ada.editor.is_typing());
    // Between the letters of the first word she goes down and holds.
    ada.now_ms += 2000.0;
    ada.down(111.0, middle);
    let from = ada.editor.typing().expect("she types").caret.index;
    assert_eq!(from, 1);
    bob.double_click(102.0, middle);
    bob.goes(Motion::LineStart, false);
    bob.types("я");
    hears(&mut ada, &mut bob, 2);
    assert_eq!(seen(&ada), ["яab ab ab ab"]);
    ada.to(400.0, middle);
    let view = ada.editor.typing().expect("she types");
    assert_eq!(&view.lettered.layout.text()[view.selected.clone()], "b ab ab ab");
    ada.up(400.0, middle);
    ada.types("x");
    hears(&mut bob, &mut ada, 1);
    assert_eq!(
        (seen(&ada), seen(&bob)),
        (vec!["яax".to_owned()], vec!["яax".to_owned()])
    );
}

#[test]
fn letters_typed_in_what_somebody_else_drags_are_seen_by_all() {
    let (mut ada, mut bob) = two("abc");
    bob.editor.set_tool(Tool::Select);
    let frame = bob.shown()[0].frame();
    bob.down(frame.center().x, frame.center().y);
    bob.to(frame.center().x, frame.center().y + 50.0);
    bob.frame();
    hears(&mut ada, &mut bob, 2);
    ada.editor.set_tool(Tool::Select);
    ada.edit(&Edit::SelectNone);
    ada.double_click(frame.center().x, frame.center().y + 50.0);
    assert!(ada.editor.is_typing());
    ada.goes(Motion::LineStart, false);
    ada.types("яя");
    assert_eq!(seen(&ada), ["яяabc"]);
    hears(&mut bob, &mut ada, 1);
    bob.up(frame.center().x, frame.center().y + 50.0);
    hears(&mut ada, &mut bob, 2);
    ada.event(Event::Cancel);
    hears(&mut bob, &mut ada, 1);
    assert_eq!(
        (seen(&ada), seen(&bob)),
        (vec!["яяabc".to_owned()], vec!["яяabc".to_owned()])
    );
    assert_eq!(ada.shown(), bob.shown());
}
