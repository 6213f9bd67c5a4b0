//! Two people who edit at once, in any order: both boards end equal, and everybody's undo leaves the other's work alone.

use drawbridge_engine::document::{Color, Dash, Ink, Kind};
use drawbridge_engine::editor::{Align, Axis, Edit, Stacking, StyleChange};
use drawbridge_engine::geometry::Vec2;
use drawbridge_engine::tools::{Event, Tool};
use proptest::prelude::*;

use crate::person::Person;

#[test]
fn two_who_group_overlapping_sets_at_once_share_out_what_is_in_both() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    for x in [0.0, 200.0, 400.0] {
        ada.rectangle((x, 0.0), (x + 100.0, 100.0));
    }
    bob.hear(&ada.cells());
    for (who, xs) in [(&mut ada, [0.0, 200.0]), (&mut bob, [200.0, 400.0])] {
        who.editor.set_tool(Tool::Select);
        who.keys.shift = true;
        xs.iter().for_each(|x| who.click(*x, 50.0));
        who.now_ms += 10.0;
        who.edit(&Edit::Group);
    }
    let (a, b) = (ada.cells(), bob.cells());
    ada.hear(&b);
    bob.hear(&a);
    assert_eq!(ada.shown(), bob.shown());
    let shown = ada.shown();
    assert!(
        shown.iter().all(|e| e.groups.len() == 1),
        "the one in both is in the group of whoever was later"
    );
    assert_ne!(shown[0].groups, shown[2].groups);
    let with = shown.iter().filter(|e| e.groups == shown[1].groups).count();
    assert_eq!(with, 2);
}

#[test]
fn one_who_moves_and_one_who_recolours_both_keep_their_change() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    ada.rectangle((0.0, 0.0), (100.0, 100.0));
    bob.hear(&ada.cells());
    ada.edit(&Edit::SelectAll);
    bob.edit(&Edit::SelectAll);
    ada.edit(&Edit::Nudge(Vec2::new(7.0, 0.0)));
    bob.edit(&Edit::Style(StyleChange::Color(Color::Ink(Ink::Red))));
    let (a, b) = (ada.cells(), bob.cells());
    ada.hear(&b);
    bob.hear(&a);
    let shown = ada.shown();
    assert_eq!(
        (ada.frames()[0][0], shown[0].style.color),
        (7.0, Color::Ink(Ink::Red))
    );
    assert_eq!(bob.shown(), shown);
    ada.undo();
    assert_eq!(
        (ada.frames()[0][0], ada.shown()[0].style.color),
        (0.0, Color::Ink(Ink::Red))
    );
}

#[derive(Debug, Clone)]
enum Step {
    Draw(u8, u8),
    Click(u8, bool),
    Drag(u8, i8),
    Edit(u8),
    Undo,
    Redo,
    Hear,
}

fn steps() -> impl Strategy<Value = Vec<(bool, Step)>> {
    let step = prop_oneof![
        3 => (0u8..6, 0u8..5).prop_map(|(tool, at)| Step::Draw(tool, at)),
        3 => (0u8..5, any::<bool>()).prop_map(|(at, shift)| Step::Click(at, shift)),
        2 => (0u8..5, -60i8..60).prop_map(|(at, by)| Step::Drag(at, by)),
        5 => (0u8..22).prop_map(Step::Edit),
        2 => Just(Step::Undo),
        1 => Just(Step::Redo),
        2 => Just(Step::Hear),
    ];
    proptest::collection::vec((any::<bool>(), step), 0..60)
}

fn edit(n: u8) -> Edit {
    let red = Color::Ink(Ink::Red);
    [
        Edit::SelectAll,
        Edit::SelectNone,
        Edit::SelectNext { back: false },
        Edit::Delete,
        Edit::Duplicate,
        Edit::Nudge(Vec2::new(3.0, -2.0)),
        Edit::Group,
        Edit::Ungroup,
        Edit::ToggleLock,
        Edit::UnlockAll,
        Edit::Stack(Stacking::Front),
        Edit::Stack(Stacking::Back),
        Edit::Stack(Stacking::Forward),
        Edit::Stack(Stacking::Backward),
        Edit::Align(Align::Left),
        Edit::Align(Align::Middle),
        Edit::Distribute(Axis::Across),
        Edit::Flip(Axis::Down),
        Edit::Style(StyleChange::Color(red)),
        Edit::Style(StyleChange::Dash(Dash::Dashed)),
        Edit::Style(StyleChange::Fill(Some(red))),
        Edit::Insert,
    ][usize::from(n)]
    .clone()
}

fn perform(who: &mut Person, step: &Step) {
    let place = |n: u8| (f64::from(n) * 150.0 + 20.0, 40.0);
    match step {
        Step::Draw(tool, at) => {
            let tools = [
                Tool::Pen,
                Tool::Highlighter,
                Tool::Shape(Kind::Rectangle),
                Tool::Shape(Kind::Ellipse),
                Tool::Arrow,
                Tool::Cutter,
            ];
            let (x, y) = place(*at);
            who.with(
                tools[usize::from(*tool)],
                &[(x, y), (x + 30.0, y + 30.0), (x + 60.0, y + 20.0)],
            );
        }
        Step::Click(at, shift) => {
            let (x, y) = place(*at);
            who.keys.shift = *shift;
            who.click(x, y);
            who.keys.shift = false;
        }
        Step::Drag(at, by) => {
            let (x, y) = place(*at);
            let by = f64::from(*by);
            who.drag(&[(x, y), (x + by / 2.0, y + by), (x + by, y + by)]);
            who.frame();
        }
        Step::Edit(n) => who.edit(&edit(*n)),
        Step::Undo => who.undo(),
        Step::Redo => who.redo(),
        Step::Hear => {}
    }
    // A double click may have begun to type.
    if who.editor.is_typing() {
        who.event(Event::Cancel);
    }
    who.frame();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn m1_whatever_two_people_do_at_once_their_boards_end_equal(steps in steps()) {
        let (mut ada, mut bob) = (Person::new(1), Person::new(2));
        for who in [&mut ada, &mut bob] {
            who.editor.set_tool(Tool::Select);
        }
        for (by_ada, step) in &steps {
            let (who, other) = if *by_ada { (&mut ada, &mut bob) } else { (&mut bob, &mut ada) };
            match step {
                Step::Hear => who.hear(&other.cells()),
                step => perform(who, step),
            }
            prop_assert!(who.editor.state().is_idle());
        }
        let (a, b) = (ada.cells(), bob.cells());
        ada.hear(&b);
        bob.hear(&a);
        ada.frame();
        bob.frame();
        prop_assert_eq!(ada.cells(), bob.cells());
        prop_assert_eq!(ada.shown(), bob.shown());
        prop_assert_eq!(ada.seen(), bob.seen());
        // What is selected is there.
        for who in [&ada, &bob] {
            let scene = who.editor.scene();
            prop_assert!(who.editor.selection().ids.iter().all(|id| scene.get(id).is_some()));
        }
    }

    #[test]
    fn alone_undoing_all_gives_the_empty_board_and_redoing_all_the_same_one(steps in steps()) {
        let mut ada = Person::new(1);
        ada.editor.set_tool(Tool::Select);
        for (_, step) in steps.iter().filter(|(_, step)| !matches!(step, Step::Undo | Step::Redo)) {
            perform(&mut ada, step);
        }
        let before = ada.shown();
        while ada.editor.can_undo() {
            ada.undo();
        }
        prop_assert_eq!(ada.shown().len(), 0);
        while ada.editor.can_redo() {
            ada.redo();
        }
        prop_assert_eq!(ada.shown(), before);
    }
}
