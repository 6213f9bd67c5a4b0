//! Others see what is dragged move, and then where it stays; without a blink in between.

use drawbridge_engine::document::Kind;
use drawbridge_engine::editor::Edit;
use drawbridge_engine::tools::{Event, Tool};
use drawbridge_protocol::{SlotName, SlotOp, Value};

use crate::person::Person;

const BOX: [f64; 4] = [-2.0, -2.0, 102.0, 102.0];

/// Two people who see one square at 0, which Ada has selected, and another at 300.
fn two() -> (Person, Person) {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    ada.rectangle((0.0, 0.0), (100.0, 100.0));
    ada.rectangle((300.0, 0.0), (400.0, 100.0));
    ada.click(0.0, 50.0);
    bob.hear(&ada.cells());
    ada.writes.clear();
    ada.told.clear();
    (ada, bob)
}

fn tell(ada: &mut Person, bob: &mut Person) {
    for (slot, op) in std::mem::take(&mut ada.told) {
        bob.editor.remote_live(7, &slot, &op);
    }
    bob.frame();
}

fn moved(x: f64, y: f64) -> [f64; 4] {
    [BOX[0] + x, BOX[1] + y, BOX[2] + x, BOX[3] + y]
}

#[test]
fn a_drag_is_seen_by_others_and_its_write_ends_it_without_a_leap() {
    let (mut ada, mut bob) = two();
    ada.down(0.0, 25.0);
    for x in [10.0, 25.0, 40.0] {
        ada.to(x, 25.0);
        ada.frame();
        tell(&mut ada, &mut bob);
        assert_eq!(bob.seen()[0], moved(x, 0.0));
        assert_eq!(bob.seen(), ada.seen());
    }
    assert_eq!(bob.frames()[0][0], 0.0, "nothing of it is stored yet");
    ada.up(50.0, 25.0);
    let (cells, ends) = ada.writes[0].clone();
    // The cells come first, the end of the slots after them: in between it must not be moved twice.
    bob.hear(&cells);
    bob.frame();
    assert_eq!(bob.seen()[0], moved(50.0, 0.0));
    assert_eq!(ends.len(), 2);
    for slot in ends {
        bob.editor.remote_live(7, &slot, &SlotOp::Clear);
    }
    bob.frame();
    assert_eq!((bob.seen(), bob.frames()), (ada.seen(), ada.frames()));
}

#[test]
fn a_drag_given_up_or_a_person_who_leaves_puts_it_back() {
    for leaves in [false, true] {
        let (mut ada, mut bob) = two();
        ada.down(0.0, 25.0);
        ada.to(40.0, 25.0);
        ada.frame();
        tell(&mut ada, &mut bob);
        assert_eq!(bob.seen()[0], moved(40.0, 0.0));
        if leaves {
            bob.editor.remote_gone(7);
        } else {
            ada.event(Event::Cancel);
            tell(&mut ada, &mut bob);
        }
        assert_eq!(bob.seen()[0], BOX);
    }
}

#[test]
fn copies_under_the_hand_are_seen_beside_what_they_are_copies_of() {
    let (mut ada, mut bob) = two();
    ada.keys.alt = true;
    ada.down(0.0, 25.0);
    ada.to(0.0, 175.0);
    ada.to(0.0, 225.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    assert_eq!(bob.seen().len(), 3);
    assert!(bob.seen().contains(&BOX) && bob.seen().contains(&moved(0.0, 200.0)));
    ada.up(0.0, 225.0);
    let cells = ada.writes[0].0.clone();
    bob.hear(&cells);
    bob.frame();
    assert_eq!((bob.seen().len(), bob.frames()), (3, ada.frames()));
}

#[test]
fn what_one_deletes_while_another_drags_it_stays_deleted_and_undo_brings_it_back_where_it_was_dropped() {
    let (mut ada, mut bob) = two();
    ada.down(0.0, 25.0);
    ada.to(40.0, 25.0);
    ada.frame();
    bob.edit(&Edit::SelectAll);
    bob.edit(&Edit::Delete);
    ada.hear(&bob.writes[0].0);
    ada.frame();
    assert_eq!(ada.seen().len(), 0, "it goes from under the hand");
    ada.up(50.0, 25.0);
    assert!(ada.writes.is_empty(), "there was nothing left to move");
    let cleared = ada.told.iter().filter(|(_, op)| *op == SlotOp::Clear).count();
    assert_eq!(cleared, 2, "and nothing of it stays in others' hands");
    // The other way round: Bob deletes without having heard of the move.
    let (mut ada, mut bob) = two();
    bob.edit(&Edit::SelectAll);
    bob.edit(&Edit::Delete);
    ada.drag(&[(0.0, 25.0), (20.0, 25.0), (50.0, 25.0)]);
    let (a, b) = (ada.cells(), bob.cells());
    ada.hear(&b);
    bob.hear(&a);
    assert_eq!((ada.frames().len(), bob.frames().len()), (0, 0));
    bob.undo();
    assert_eq!(bob.frames()[0], [50.0, 0.0, 150.0, 100.0]);
}

#[test]
fn a_drag_of_which_somebody_has_just_deleted_a_part_ends_for_others_too() {
    for given_up in [false, true] {
        let (mut ada, mut bob) = two();
        ada.edit(&Edit::SelectAll);
        ada.down(0.0, 25.0);
        ada.to(40.0, 25.0);
        ada.frame();
        let told = ada.told.len();
        bob.click(0.0, 50.0);
        bob.edit(&Edit::Delete);
        // Before the next frame can tell others what is left in the hand.
        ada.hear(&bob.writes[0].0);
        let ended: Vec<SlotName> = if given_up {
            ada.event(Event::Cancel);
            ada.told[told..].iter().map(|(slot, _)| slot.clone()).collect()
        } else {
            ada.up(50.0, 25.0);
            ada.writes[0].1.clone()
        };
        let begun: Vec<SlotName> = ada.told[..told].iter().map(|(slot, _)| slot.clone()).collect();
        assert_eq!(ended, begun, "given up: {given_up}");
    }
}

#[test]
fn two_who_drag_one_thing_each_see_their_own_hand_and_the_later_drop_holds() {
    let (mut ada, mut bob) = two();
    bob.editor.set_tool(Tool::Select);
    ada.down(0.0, 25.0);
    ada.to(40.0, 25.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    // Bob takes it where he sees it.
    bob.down(40.0, 25.0);
    bob.to(40.0, 125.0);
    bob.frame();
    assert_eq!(bob.seen()[0], moved(40.0, 100.0));
    ada.to(90.0, 25.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    assert_eq!(bob.seen()[0], moved(40.0, 100.0), "one's own hand goes first");
    ada.to(40.0, 25.0);
    ada.now_ms += 100.0;
    ada.up(40.0, 25.0);
    bob.hear(&ada.writes[0].0);
    assert_eq!(bob.seen()[0], moved(40.0, 100.0));
    bob.now_ms = ada.now_ms + 100.0;
    bob.up(40.0, 125.0);
    ada.hear(&bob.cells());
    assert_eq!(
        (ada.frames(), bob.frames()[0]),
        (bob.frames(), [40.0, 100.0, 140.0, 200.0])
    );
}

#[test]
fn garbage_in_the_slots_of_drags_is_passed_over() {
    let (_, mut bob) = two();
    let before = bob.seen();
    let id = bob.shown()[0].id.to_string();
    let slot = |name: &str| SlotName::new(name).expect("a slot");
    let what = format!("{{\"ids\":[\"{id}\",\"nobody\"]}}");
    for (what, by) in [
        ("null", "[1,0,0,1,5,5]"),
        (what.as_str(), "[1,0,0,1,1e300,5]"),
        (what.as_str(), "{\"points\":\"1 2\"}"),
        (what.as_str(), "7"),
        ("{\"ids\":[\"\"]}", "[1,0,0,1,5,5]"),
        ("{\"ids\":[],\"as\":[\"x\"]}", "[1,0,0,1,5,5]"),
    ] {
        let put = |text: &str| SlotOp::Put(vec![Value::from_text(text.to_owned()).expect("json")]);
        bob.editor.remote_live(7, &slot("drag.a"), &put(what));
        bob.editor.remote_live(7, &slot("drag.a.by"), &put(by));
        bob.frame();
        assert_eq!(bob.seen(), before, "{what} {by}");
        bob.editor.remote_live(7, &slot("drag.a"), &SlotOp::Clear);
    }
}

#[test]
fn a_second_drag_begun_before_the_first_ones_cells_arrive_is_seen_to_go_on_from_there() {
    let (mut ada, mut bob) = two();
    ada.down(0.0, 25.0);
    ada.to(40.0, 25.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    ada.up(50.0, 25.0);
    let (cells, ends) = ada.writes[0].clone();
    ada.frame();
    ada.down(50.0, 25.0);
    ada.to(50.0, 125.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    assert_eq!(
        bob.seen()[0],
        moved(40.0, 100.0),
        "as far as is known of the first one"
    );
    bob.hear(&cells);
    bob.frame();
    assert_eq!(bob.seen()[0], moved(50.0, 100.0));
    for slot in ends {
        bob.editor.remote_live(7, &slot, &SlotOp::Clear);
    }
    bob.frame();
    ada.to(50.0, 150.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    assert_eq!((bob.seen()[0], bob.seen()), (moved(50.0, 125.0), ada.seen()));
    ada.up(50.0, 150.0);
    bob.hear(&ada.writes[1].0);
    bob.frame();
    assert_eq!(bob.seen(), ada.seen());
}

#[test]
fn copies_dragged_again_before_their_cells_arrive_are_seen_to_move() {
    let (mut ada, mut bob) = two();
    ada.keys.alt = true;
    ada.down(0.0, 25.0);
    ada.to(0.0, 225.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    ada.up(0.0, 225.0);
    ada.keys.alt = false;
    ada.frame();
    ada.down(0.0, 225.0);
    ada.to(0.0, 325.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    assert!(bob.seen().contains(&moved(0.0, 300.0)), "{:?}", bob.seen());
}

#[test]
fn a_shape_dragged_before_its_cell_arrives_is_seen_to_move() {
    let (mut ada, mut bob) = two();
    ada.editor.set_tool(Tool::Shape(Kind::Rectangle));
    ada.live.clear();
    ada.down(0.0, 200.0);
    ada.to(100.0, 300.0);
    ada.frame();
    ada.told.append(&mut ada.live);
    tell(&mut ada, &mut bob);
    ada.up(100.0, 300.0);
    ada.frame();
    ada.down(0.0, 225.0);
    ada.to(40.0, 225.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    assert!(bob.seen().contains(&moved(40.0, 200.0)), "{:?}", bob.seen());
    bob.hear(&ada.writes[0].0);
    bob.frame();
    assert!(bob.seen().contains(&moved(40.0, 200.0)), "{:?}", bob.seen());
}

#[test]
fn somebody_who_hears_of_a_drag_before_the_board_sees_it_once_the_board_is_there() {
    let (mut ada, _) = two();
    let mut late = Person::new(3);
    ada.down(0.0, 25.0);
    ada.to(40.0, 25.0);
    ada.frame();
    tell(&mut ada, &mut late);
    late.hear(&ada.cells());
    late.frame();
    assert_eq!(late.seen()[0], moved(40.0, 0.0), "also if the hand rests");
    ada.to(60.0, 25.0);
    ada.frame();
    tell(&mut ada, &mut late);
    assert_eq!(late.seen()[0], moved(60.0, 0.0));
    // The relay came back with an older disk, and everything is sent anew.
    late.hear(&ada.cells());
    late.frame();
    assert_eq!(late.seen()[0], moved(60.0, 0.0));
}

#[test]
fn copies_under_somebodys_hand_are_no_part_of_the_group_that_is_copied() {
    let (mut ada, mut bob) = two();
    ada.edit(&Edit::SelectAll);
    ada.edit(&Edit::Group);
    bob.hear(&ada.cells());
    bob.editor.set_tool(Tool::Select);
    ada.writes.clear();
    ada.keys.alt = true;
    ada.down(0.0, 25.0);
    ada.to(0.0, 225.0);
    ada.frame();
    tell(&mut ada, &mut bob);
    bob.click(0.0, 50.0);
    bob.edit(&Edit::Delete);
    ada.up(0.0, 225.0);
    bob.hear(&ada.writes[0].0);
    bob.frame();
    assert_eq!(bob.frames().len(), 2, "the copies are there");
}

#[test]
fn a_few_bytes_that_ask_for_very_much_get_little() {
    let (_, mut bob) = two();
    let before = bob.seen().len();
    let id = bob.shown()[0].id.to_string();
    let slot = |name: &str| SlotName::new(name).expect("a slot");
    let put = |text: &str| SlotOp::Put(vec![Value::from_text(text.to_owned()).expect("json")]);
    let ids = vec![format!("\"{id}\""); 5000].join(",");
    let names: Vec<String> = (0..5000).map(|n| format!("\"n{n}\"")).collect();
    let what = format!("{{\"ids\":[{ids}],\"as\":[{}]}}", names.join(","));
    bob.editor.remote_live(7, &slot("drag.a"), &put(&what));
    bob.editor
        .remote_live(7, &slot("drag.a.by"), &put("[1,0,0,1,5,5]"));
    bob.frame();
    assert_eq!(bob.seen().len(), before + 1, "one copy of each");
    // Beyond the world nothing is shown.
    let what = format!("{{\"ids\":[\"{id}\"]}}");
    bob.editor.remote_live(7, &slot("drag.a"), &put(&what));
    bob.editor
        .remote_live(7, &slot("drag.a.by"), &put("[1e9,0,0,1e9,1e9,1e9]"));
    bob.frame();
    assert!(
        bob.seen().iter().flatten().all(|v| v.abs() <= 1e10),
        "{:?}",
        bob.seen()
    );
}
