//! Undo and redo: a person's own, and what somebody else does in between.

use drawbridge_engine::document::Kind;
use drawbridge_engine::tools::{Event, Tool};
use drawbridge_protocol::{Cell, CellKey, Stamp};
use proptest::prelude::*;

use crate::person::Person;

fn line(ada: &mut Person, y: f64) {
    ada.drag(&[(0.0, y), (100.0, y)]);
}

fn erase(ada: &mut Person, y: f64) {
    ada.editor.set_tool(Tool::Eraser);
    ada.drag(&[(50.0, y - 1.0), (50.0, y + 1.0)]);
    ada.editor.set_tool(Tool::Pen);
}

fn title(ada: &mut Person, title: &str) {
    let effects = ada.editor.set_title(title);
    ada.took(effects);
}

fn rows(ada: &Person) -> Vec<f64> {
    (0..ada.shown().len()).map(|i| ada.points(i)[0].1).collect()
}

#[test]
fn each_interaction_is_one_step_back_and_one_step_forth() {
    let mut ada = Person::new(1);
    line(&mut ada, 0.0);
    line(&mut ada, 50.0);
    erase(&mut ada, 0.0);
    line(&mut ada, 100.0);
    let states = [vec![50.0, 100.0], vec![50.0], vec![0.0, 50.0], vec![0.0], vec![]];
    for _ in 0..3 {
        for state in &states {
            assert_eq!(rows(&ada), *state);
            ada.undo();
        }
        assert!(!ada.editor.can_undo() && ada.editor.can_redo());
        for state in states.iter().rev() {
            assert_eq!(rows(&ada), *state);
            ada.redo();
        }
        assert!(ada.editor.can_undo() && !ada.editor.can_redo());
    }
}

#[test]
fn d3_undo_writes_cells_and_takes_none_back() {
    let mut ada = Person::new(1);
    line(&mut ada, 0.0);
    ada.undo();
    ada.redo();
    let values: Vec<&str> = ada.writes[1..]
        .iter()
        .map(|(cells, _)| cells[0].value.as_str())
        .collect();
    assert_eq!(values, ["true", "false"]);
    assert!(
        ada.writes[1..]
            .iter()
            .all(|(cells, _)| cells.len() == 1 && cells[0].prop.as_str() == "deleted")
    );
}

#[test]
fn something_new_ends_what_could_be_done_again() {
    let mut ada = Person::new(1);
    line(&mut ada, 0.0);
    ada.undo();
    line(&mut ada, 50.0);
    assert!(!ada.editor.can_redo());
    ada.redo();
    assert_eq!(rows(&ada), [50.0]);
}

#[test]
fn what_somebody_else_has_erased_since_is_left_alone_and_the_step_before_is_undone() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    line(&mut ada, 0.0);
    line(&mut ada, 50.0);
    bob.hear(&ada.cells());
    erase(&mut bob, 50.0);
    ada.hear(&bob.cells());
    ada.undo();
    assert_eq!(
        rows(&ada),
        Vec::<f64>::new(),
        "the last step had nothing left to undo"
    );
    ada.redo();
    assert_eq!(rows(&ada), [0.0], "what Bob erased does not come back");
}

#[test]
fn a_cell_that_somebody_else_has_changed_in_between_keeps_their_value() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    title(&mut ada, "Ada's first");
    bob.hear(&ada.cells());
    title(&mut bob, "Bob's");
    ada.hear(&bob.cells());
    title(&mut ada, "Ada's second");
    let named = |ada: &Person| ada.editor.document().title();
    ada.undo();
    assert_eq!(named(&ada).as_deref(), Some("Bob's"));
    ada.undo();
    assert_eq!(
        named(&ada).as_deref(),
        Some("Bob's"),
        "the first step is no longer Ada's to undo"
    );
    ada.redo();
    assert_eq!(named(&ada).as_deref(), Some("Ada's second"));
}

#[test]
fn undo_is_a_persons_own() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    line(&mut ada, 0.0);
    bob.hear(&ada.cells());
    line(&mut bob, 50.0);
    ada.hear(&bob.cells());
    ada.undo();
    assert_eq!(rows(&ada), [50.0]);
    ada.undo();
    assert_eq!(rows(&ada), [50.0]);
}

#[test]
fn nothing_is_undone_while_drawing() {
    let mut ada = Person::new(1);
    line(&mut ada, 0.0);
    ada.down(0.0, 50.0);
    ada.undo();
    ada.up(90.0, 50.0);
    assert_eq!(rows(&ada), [0.0, 50.0]);
}

#[test]
fn r7_steps_survive_new_stamps_for_cells_of_a_wrong_clock() {
    let mut ada = Person::new(1);
    ada.now_ms = 1e9;
    line(&mut ada, 0.0);
    title(&mut ada, "Early");
    erase(&mut ada, 0.0);
    let stamps: Vec<(CellKey, Stamp, Stamp)> = (1..)
        .zip(ada.writes.iter().flat_map(|(cells, _)| cells))
        .map(|(ms, cell)| (cell.key(), cell.stamp, Stamp { ms, ..cell.stamp }))
        .collect();
    ada.editor.restamped(&stamps);
    assert!(
        ada.cells().iter().all(|cell| cell.stamp.ms < 10),
        "the document has the new stamps"
    );
    ada.undo();
    assert_eq!(rows(&ada), [0.0]);
    ada.undo();
    assert_eq!(ada.editor.document().title(), None);
    ada.undo();
    assert_eq!(rows(&ada), Vec::<f64>::new());
}

#[test]
fn a_thousand_steps_can_be_undone() {
    let mut ada = Person::new(1);
    for i in 0..1010 {
        title(&mut ada, &i.to_string());
    }
    for _ in 0..1010 {
        ada.undo();
    }
    assert_eq!(ada.editor.document().title().as_deref(), Some("9"));
}

#[derive(Debug, Clone)]
enum Act {
    Line(u8),
    Erase(u8),
    Title(u8),
    Undo,
    Redo,
    Exchange,
}

fn acts() -> impl Strategy<Value = Vec<(bool, Act)>> {
    let act = prop_oneof![
        (0u8..5).prop_map(Act::Line),
        (0u8..5).prop_map(Act::Erase),
        (0u8..5).prop_map(Act::Title),
        Just(Act::Undo),
        Just(Act::Redo),
        Just(Act::Exchange),
    ];
    proptest::collection::vec((any::<bool>(), act), 0..40)
}

fn perform(who: &mut Person, act: &Act) {
    match act {
        Act::Line(y) => line(who, f64::from(*y) * 20.0),
        Act::Erase(y) => erase(who, f64::from(*y) * 20.0),
        Act::Title(n) => title(who, &n.to_string()),
        Act::Undo => who.undo(),
        Act::Redo => who.redo(),
        Act::Exchange => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn m1_two_people_who_draw_and_undo_end_with_equal_boards(acts in acts()) {
        let (mut ada, mut bob) = (Person::new(1), Person::new(2));
        for (by_ada, act) in &acts {
            if matches!(act, Act::Exchange) {
                let cells: Vec<Cell> = ada.cells();
                bob.hear(&cells);
            } else {
                perform(if *by_ada { &mut ada } else { &mut bob }, act);
            }
        }
        let (a, b) = (ada.cells(), bob.cells());
        ada.hear(&b);
        bob.hear(&a);
        prop_assert_eq!(ada.cells(), bob.cells());
        prop_assert_eq!(ada.shown(), bob.shown());
    }

    #[test]
    fn alone_undoing_everything_and_doing_it_again_gives_the_same_board(acts in acts()) {
        let mut ada = Person::new(1);
        for (_, act) in acts.iter().filter(|(_, act)| !matches!(act, Act::Undo | Act::Redo)) {
            perform(&mut ada, act);
        }
        let (before, title) = (ada.shown(), ada.editor.document().title());
        while ada.editor.can_undo() {
            ada.undo();
        }
        prop_assert_eq!((ada.shown().len(), ada.editor.document().title()), (0, None));
        while ada.editor.can_redo() {
            ada.redo();
        }
        prop_assert_eq!((ada.shown(), ada.editor.document().title()), (before, title));
    }
}

#[test]
fn nudges_that_are_one_step_leave_alone_what_somebody_did_in_between() {
    use drawbridge_engine::editor::Edit;
    use drawbridge_engine::geometry::Vec2;
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    ada.rectangle((0.0, 0.0), (100.0, 100.0));
    bob.hear(&ada.cells());
    for who in [&mut ada, &mut bob] {
        who.edit(&Edit::SelectAll);
    }
    ada.edit(&Edit::Nudge(Vec2::new(1.0, 0.0)));
    bob.hear(&ada.cells());
    bob.edit(&Edit::Nudge(Vec2::new(0.0, 300.0)));
    ada.hear(&bob.cells());
    ada.edit(&Edit::Nudge(Vec2::new(1.0, 0.0)));
    assert_eq!(ada.frames()[0][..2], [2.0, 300.0]);
    ada.undo();
    assert_eq!(ada.frames()[0][..2], [1.0, 300.0], "Bob's move stays");
    ada.redo();
    assert_eq!(ada.frames()[0][..2], [2.0, 300.0]);
}

#[test]
fn a_new_note_whose_letters_were_undone_while_typing_goes_with_the_next_undo() {
    for again in [false, true] {
        let mut ada = Person::new(1);
        ada.with(Tool::Pen, &[(500.0, 500.0), (600.0, 600.0)]);
        ada.with(Tool::Note, &[(100.0, 100.0)]);
        ada.types("Milk");
        ada.pauses();
        ada.undo();
        if again {
            ada.redo();
        }
        ada.undo();
        ada.event(Event::Cancel);
        ada.frame();
        let notes = |ada: &Person| ada.shown().iter().filter(|e| e.kind == Kind::Note).count();
        assert_eq!(notes(&ada), 1, "an empty note is one");
        ada.undo();
        assert_eq!(
            (notes(&ada), ada.shown().len()),
            (0, 1),
            "the stroke stays: {again}"
        );
        ada.redo();
        assert_eq!(notes(&ada), 1);
    }
}
