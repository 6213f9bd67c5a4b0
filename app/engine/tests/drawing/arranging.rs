//! Grouping, locking, stacking, aligning, mirroring, copies: each one write and one step to undo.

use drawbridge_engine::document::Kind;
use drawbridge_engine::editor::{Align, Axis, Edit, Stacking};
use drawbridge_engine::geometry::Vec2;
use drawbridge_engine::tools::{Event, Tool};

use crate::person::Person;

/// Three boxes of different sizes, all selected.
fn three() -> Person {
    let mut ada = Person::new(1);
    ada.rectangle((0.0, 0.0), (100.0, 100.0));
    ada.rectangle((150.0, 30.0), (200.0, 90.0));
    ada.rectangle((400.0, 200.0), (440.0, 240.0));
    ada.edit(&Edit::SelectAll);
    ada.writes.clear();
    ada
}

#[test]
fn each_command_is_one_write_one_step_back_and_one_forth() {
    let edits = [
        Edit::Align(Align::Left),
        Edit::Align(Align::Centre),
        Edit::Align(Align::Right),
        Edit::Align(Align::Top),
        Edit::Align(Align::Middle),
        Edit::Align(Align::Bottom),
        Edit::Distribute(Axis::Across),
        Edit::Distribute(Axis::Down),
        Edit::Flip(Axis::Across),
        Edit::Flip(Axis::Down),
        Edit::Resize(Vec2::new(10.0, -10.0)),
        Edit::Rotate(0.5),
        Edit::Delete,
        Edit::Duplicate,
        Edit::Group,
        Edit::ToggleLock,
    ];
    for edit in edits {
        let mut ada = three();
        let before = ada.shown();
        ada.edit(&edit);
        let after = ada.shown();
        assert_eq!(ada.writes.len(), 1, "{edit:?}");
        assert_ne!(before, after, "{edit:?}");
        ada.undo();
        assert_eq!(ada.shown(), before, "{edit:?}");
        ada.redo();
        assert_eq!(ada.shown(), after, "{edit:?}");
    }
}

#[test]
fn left_edges_are_aligned_and_gaps_made_equal() {
    let mut ada = three();
    ada.edit(&Edit::Align(Align::Left));
    assert!(ada.frames().iter().all(|frame| frame[0] == 0.0));
    let mut ada = three();
    ada.edit(&Edit::Distribute(Axis::Across));
    let frames = ada.frames();
    let gaps = (frames[1][0] - frames[0][2], frames[2][0] - frames[1][2]);
    assert_eq!(gaps, (125.0, 125.0));
}

#[test]
fn a_group_is_aligned_as_one_and_keeps_its_shape() {
    let mut ada = three();
    ada.click(0.0, 50.0);
    ada.keys.shift = true;
    ada.click(150.0, 60.0);
    ada.keys.shift = false;
    ada.edit(&Edit::Group);
    ada.edit(&Edit::SelectAll);
    ada.edit(&Edit::Align(Align::Bottom));
    let frames = ada.frames();
    assert_eq!(
        (frames[0][3], frames[1][3]),
        (240.0, 230.0),
        "moved together by the same"
    );
}

#[test]
fn flipping_mirrors_about_the_middle_and_twice_is_as_before() {
    let mut ada = three();
    ada.edit(&Edit::Flip(Axis::Across));
    assert_eq!(ada.frames()[2], [0.0, 200.0, 40.0, 240.0]);
    ada.edit(&Edit::Flip(Axis::Across));
    assert_eq!(ada.frames()[2], [400.0, 200.0, 440.0, 240.0]);
}

#[test]
fn it_is_resized_and_turned_by_commands_as_by_hand() {
    let mut ada = Person::new(1);
    ada.rectangle((0.0, 0.0), (100.0, 50.0));
    ada.edit(&Edit::SelectAll);
    ada.edit(&Edit::Resize(Vec2::new(20.0, -10.0)));
    assert_eq!(ada.frames(), [[0.0, 0.0, 120.0, 40.0]]);
    ada.edit(&Edit::Rotate(std::f64::consts::FRAC_PI_2));
    assert_eq!(ada.frames(), [[40.0, -40.0, 80.0, 80.0]], "about its middle");
    // Its width is along the side that was its top, wherever that is now; the corner between them stays.
    ada.edit(&Edit::Resize(Vec2::new(0.0, 10.0)));
    assert_eq!(ada.frames(), [[30.0, -40.0, 80.0, 80.0]]);
    ada.edit(&Edit::Resize(Vec2::new(-1e9, 0.0)));
    assert!(ada.shown()[0].place.is_finite());
}

#[test]
fn the_stack_is_changed_as_asked() {
    let order = |ada: &Person| -> Vec<f64> { ada.frames().iter().map(|frame| frame[0]).collect() };
    let mut ada = Person::new(1);
    for n in 0..4 {
        let x = f64::from(n) * 10.0;
        ada.rectangle((x, 0.0), (x + 100.0, 100.0));
    }
    ada.click(0.0, 50.0);
    let steps = [
        (Stacking::Front, [10.0, 20.0, 30.0, 0.0]),
        (Stacking::Backward, [10.0, 20.0, 0.0, 30.0]),
        (Stacking::Back, [0.0, 10.0, 20.0, 30.0]),
        (Stacking::Forward, [10.0, 0.0, 20.0, 30.0]),
    ];
    for (how, expected) in steps {
        ada.writes.clear();
        ada.edit(&Edit::Stack(how));
        assert_eq!(order(&ada), expected, "{how:?}");
        assert_eq!(ada.writes[0].0.len(), 1, "only what goes elsewhere is written");
    }
}

#[test]
fn copies_lie_aside_in_the_same_order_are_selected_and_their_groups_are_their_own() {
    let mut ada = three();
    ada.edit(&Edit::Group);
    ada.edit(&Edit::Duplicate);
    assert_eq!(ada.selected(), [3, 4, 5]);
    assert_eq!(ada.frames()[3], [16.0, 16.0, 116.0, 116.0]);
    let shown = ada.shown();
    assert_eq!(shown[3].groups.len(), 1);
    assert_ne!(shown[3].groups, shown[0].groups);
    assert_eq!(shown[3].groups, shown[5].groups);
}

#[test]
fn what_is_locked_is_not_moved_deleted_or_restacked_and_everything_can_be_unlocked() {
    let mut ada = three();
    ada.edit(&Edit::ToggleLock);
    let before = ada.frames();
    for edit in [
        Edit::Delete,
        Edit::Align(Align::Left),
        Edit::Flip(Axis::Down),
        Edit::Stack(Stacking::Back),
    ] {
        ada.writes.clear();
        ada.edit(&edit);
        assert!(ada.writes.is_empty(), "{edit:?}");
    }
    assert_eq!(ada.frames(), before);
    assert!(ada.editor.grips().is_empty(), "it can't be grabbed");
    ada.edit(&Edit::ToggleLock);
    ada.edit(&Edit::Delete);
    assert_eq!(ada.frames().len(), 0);
}

#[test]
fn elements_go_from_one_board_to_another_through_a_text() {
    let mut ada = three();
    ada.edit(&Edit::Group);
    let text = drawbridge_engine::clip::write(&ada.editor.selected_elements());
    let mut bob = Person::new(2);
    bob.with(Tool::Shape(Kind::Ellipse), &[(0.0, 0.0), (10.0, 10.0)]);
    bob.to(500.0, 300.0);
    let effects = bob
        .editor
        .paste(drawbridge_engine::clip::read(&text).expect("a clip"));
    bob.took(effects);
    assert_eq!((bob.selected(), bob.frames().len()), (vec![1, 2, 3], 4));
    let around = bob.editor.selection_bounds().expect("selected").center();
    assert!(
        around.distance((500.0, 300.0).into()) < 2.0,
        "where the pointer is: {around}"
    );
    let wide = |who: &Person, n: usize| who.frames()[n][2] - who.frames()[n][0];
    assert_eq!((wide(&bob, 1), wide(&bob, 2)), (wide(&ada, 0), wide(&ada, 1)));
    bob.undo();
    assert_eq!(bob.frames().len(), 1);
}

/// Two squares in a group that was entered; the first is selected.
fn inside_a_group() -> Person {
    let mut ada = Person::new(1);
    ada.rectangle((0.0, 0.0), (100.0, 100.0));
    ada.rectangle((200.0, 0.0), (300.0, 100.0));
    ada.edit(&Edit::SelectAll);
    ada.edit(&Edit::Group);
    ada.double_click(0.0, 50.0);
    assert_eq!(ada.selected(), [0]);
    ada
}

#[test]
fn copies_made_inside_a_group_that_was_entered_belong_to_it_and_are_selected_there() {
    for dragged in [false, true] {
        let mut ada = inside_a_group();
        if dragged {
            ada.keys.alt = true;
            ada.drag(&[(0.0, 25.0), (0.0, 125.0), (0.0, 225.0)]);
            ada.keys.alt = false;
        } else {
            ada.edit(&Edit::Duplicate);
        }
        ada.frame();
        let shown = ada.shown();
        assert_eq!(shown.len(), 3);
        assert_eq!(shown[2].groups, shown[0].groups, "dragged: {dragged}");
        assert_eq!(ada.selected(), [2]);
        ada.event(Event::Cancel);
        assert_eq!(ada.selected(), [0, 1, 2], "escape leaves the group");
    }
}

#[test]
fn what_is_one_group_already_is_not_put_into_another_that_nobody_sees() {
    let mut ada = inside_a_group();
    ada.event(Event::Cancel);
    ada.writes.clear();
    ada.edit(&Edit::Group);
    assert!(ada.writes.is_empty());
}

#[test]
fn when_somebody_dissolves_the_group_that_was_entered_everything_can_be_selected_again() {
    let (mut ada, mut bob) = (inside_a_group(), Person::new(2));
    ada.rectangle((400.0, 0.0), (500.0, 100.0));
    ada.double_click(0.0, 50.0);
    ada.click(0.0, 50.0);
    bob.hear(&ada.cells());
    bob.edit(&Edit::SelectAll);
    bob.edit(&Edit::Ungroup);
    ada.hear(&bob.writes[0].0);
    ada.frame();
    ada.edit(&Edit::SelectAll);
    assert_eq!(ada.selected(), [0, 1, 2]);
}

#[test]
fn the_next_and_the_previous_reach_what_lies_between_the_members_of_a_group() {
    let mut ada = three();
    ada.click(0.0, 50.0);
    ada.keys.shift = true;
    ada.click(400.0, 220.0);
    ada.keys.shift = false;
    ada.edit(&Edit::Group);
    ada.edit(&Edit::SelectNone);
    for back in [false, true] {
        let mut seen = Vec::new();
        for _ in 0..2 {
            ada.edit(&Edit::SelectNext { back });
            seen.push(ada.selected());
        }
        seen.sort();
        assert_eq!(seen, [vec![0, 2], vec![1]], "back: {back}");
    }
}
