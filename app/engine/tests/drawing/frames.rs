//! Frames: what comes to belong to one by drawing, dropping, pasting and resizing, and leaves it; what goes where it goes; what
//! is seen and hit of its members; two people at once.

use drawbridge_engine::arrange::Handle;
use drawbridge_engine::clip;
use drawbridge_engine::document::{Element, Kind};
use drawbridge_engine::editor::{Align, Axis, Edit, Stacking};
use drawbridge_engine::geometry::{Point, Rect, Vec2};
use drawbridge_engine::tools::{Button, Event, Grip, NameTag, Tool};
use drawbridge_protocol::{ElementId, SlotOp};

use crate::person::Person;

const FRAME: Tool = Tool::Shape(Kind::Frame);

/// Somebody with a frame from 0 to 200 across and 100 down, nothing selected.
fn framed() -> (Person, ElementId) {
    let mut ada = Person::new(1);
    ada.with(FRAME, &[(0.0, 0.0), (200.0, 100.0)]);
    ada.edit(&Edit::SelectNone);
    let frame = frame_of(&ada);
    ada.writes.clear();
    (ada, frame)
}

fn frame_of(ada: &Person) -> ElementId {
    let shown = ada.shown();
    let mut frames = shown.iter().filter(|element| element.kind == Kind::Frame);
    let frame = frames.next().expect("a frame").id.clone();
    assert!(frames.next().is_none());
    frame
}

fn last(ada: &Person) -> Element {
    ada.shown().pop().expect("an element")
}

/// The frame of the topmost element.
fn of_last(ada: &Person) -> Option<ElementId> {
    last(ada).framed_by
}

/// Selects just this one.
fn select(ada: &mut Person, id: &ElementId) {
    ada.edit(&Edit::SelectNone);
    for _ in 0..ada.editor.scene().len() {
        ada.edit(&Edit::SelectNext { back: false });
        if ada.editor.selection().ids == [id.clone()].into() {
            return;
        }
    }
    panic!("it can't be selected");
}

#[test]
fn what_is_drawn_with_its_middle_in_a_frame_belongs_to_it_in_one_write() {
    let (mut ada, frame) = framed();
    for (tool, inside) in [
        (Tool::Shape(Kind::Rectangle), vec![(150.0, 20.0), (240.0, 60.0)]),
        (Tool::Pen, vec![(150.0, 20.0), (170.0, 30.0), (220.0, 40.0)]),
        (Tool::Highlighter, vec![(30.0, 50.0), (90.0, 50.0)]),
        // Beside the rectangle: it would hold on to that.
        (Tool::Arrow, vec![(110.0, 75.0), (180.0, 80.0)]),
    ] {
        ada.with(tool, &inside);
        let (cells, _) = ada.writes.last().expect("a write");
        assert_eq!(cells.len(), 1, "{tool:?} is born as one cell");
        let id = cells[0].element.clone();
        let element = ada.editor.document().element(&id).expect("an element");
        assert_eq!(element.framed_by, Some(frame.clone()), "{tool:?}");
        let outside: Vec<(f64, f64)> = inside.iter().map(|(x, y)| (x + 55.0, *y + 100.0)).collect();
        ada.with(tool, &outside);
        let id = ada.writes.last().expect("a write").0[0].element.clone();
        let element = ada.editor.document().element(&id).expect("an element");
        assert_eq!(element.framed_by, None, "{tool:?}");
    }
}

#[test]
fn a_stroke_that_goes_out_of_its_frame_is_no_member_in_the_end() {
    let (mut ada, _) = framed();
    ada.with(Tool::Pen, &[(180.0, 50.0), (300.0, 50.0), (400.0, 50.0)]);
    assert_eq!(of_last(&ada), None);
    let (mut ada, frame) = framed();
    ada.with(Tool::Pen, &[(280.0, 50.0), (100.0, 50.0), (20.0, 50.0)]);
    assert_eq!(of_last(&ada), Some(frame));
}

#[test]
fn the_topmost_frame_takes_it() {
    let (mut ada, _) = framed();
    ada.with(FRAME, &[(100.0, 0.0), (300.0, 100.0)]);
    ada.edit(&Edit::SelectNone);
    let upper = last(&ada).id;
    ada.rectangle((120.0, 20.0), (160.0, 60.0));
    assert_eq!(of_last(&ada), Some(upper));
}

#[test]
fn a_frame_drawn_around_things_takes_those_that_lie_wholly_inside_and_undo_is_one_step() {
    let mut ada = Person::new(1);
    ada.rectangle((20.0, 20.0), (60.0, 60.0));
    ada.rectangle((80.0, 20.0), (260.0, 60.0));
    // Of a group all or nothing.
    ada.rectangle((20.0, 70.0), (30.0, 90.0));
    ada.rectangle((300.0, 70.0), (310.0, 90.0));
    ada.click(20.0, 80.0);
    ada.keys.shift = true;
    ada.click(300.0, 80.0);
    ada.keys.shift = false;
    ada.edit(&Edit::Group);
    let before = ada.shown();
    ada.with(FRAME, &[(0.0, 0.0), (200.0, 100.0)]);
    let frame = frame_of(&ada);
    let members: Vec<bool> = ada
        .shown()
        .iter()
        .map(|e| e.framed_by == Some(frame.clone()))
        .collect();
    assert_eq!(members, [true, false, false, false, false]);
    ada.undo();
    assert_eq!(ada.shown(), before);
    ada.redo();
    assert_eq!(ada.shown()[0].framed_by, Some(frame));
}

#[test]
fn what_is_dropped_in_a_frame_joins_it_and_what_is_dragged_out_leaves_it() {
    let (mut ada, frame) = framed();
    ada.rectangle((300.0, 20.0), (340.0, 60.0));
    ada.drag(&[(300.0, 40.0), (200.0, 40.0), (120.0, 40.0)]);
    assert_eq!(of_last(&ada), Some(frame.clone()));
    assert_eq!(ada.writes.last().expect("a write").0.len(), 2, "in one write");
    ada.undo();
    assert_eq!((of_last(&ada), ada.frames()[1][0]), (None, 300.0));
    ada.redo();
    ada.frame();
    ada.drag(&[(120.0, 40.0), (200.0, 40.0), (300.0, 40.0)]);
    assert_eq!(of_last(&ada), None);
    ada.undo();
    assert_eq!(of_last(&ada), Some(frame));
}

#[test]
fn ctrl_at_the_drop_leaves_it_where_it_belongs() {
    let (mut ada, frame) = framed();
    ada.rectangle((300.0, 20.0), (340.0, 60.0));
    ada.down(300.0, 40.0);
    ada.to(200.0, 40.0);
    ada.keys.ctrl = true;
    ada.to(120.0, 40.0);
    ada.up(120.0, 40.0);
    ada.keys.ctrl = false;
    assert_eq!(of_last(&ada), None);
    // By the keyboard it moves on, and joins.
    ada.edit(&Edit::Nudge(Vec2::new(1.0, 0.0)));
    assert_eq!(of_last(&ada), Some(frame));
}

#[test]
fn escape_and_a_lost_window_in_the_middle() {
    let (mut ada, frame) = framed();
    ada.rectangle((300.0, 20.0), (340.0, 60.0));
    ada.writes.clear();
    let before = ada.cells();
    ada.down(300.0, 40.0);
    ada.to(120.0, 40.0);
    ada.frame();
    ada.event(Event::Cancel);
    ada.frame();
    assert_eq!((ada.cells(), ada.writes.len()), (before, 0));
    ada.down(300.0, 40.0);
    ada.to(120.0, 40.0);
    ada.frame();
    ada.event(Event::Lost);
    assert_eq!(of_last(&ada), Some(frame));

    ada.editor.set_tool(FRAME);
    let count = ada.shown().len();
    ada.down(0.0, 200.0);
    ada.to(100.0, 300.0);
    ada.frame();
    ada.event(Event::Cancel);
    ada.frame();
    assert_eq!(ada.shown().len(), count);
    ada.down(0.0, 200.0);
    ada.to(100.0, 300.0);
    ada.event(Event::Lost);
    assert_eq!(ada.shown().len(), count + 1, "a lost window keeps what was drawn");
}

#[test]
fn a_group_belongs_to_one_frame_as_a_whole() {
    let (mut ada, frame) = framed();
    ada.rectangle((150.0, 20.0), (190.0, 60.0));
    ada.rectangle((220.0, 20.0), (240.0, 60.0));
    let of = |ada: &Person| -> Vec<Option<ElementId>> {
        ada.shown()[1..].iter().map(|e| e.framed_by.clone()).collect()
    };
    assert_eq!(of(&ada), [Some(frame.clone()), None]);
    ada.click(150.0, 40.0);
    ada.keys.shift = true;
    ada.click(220.0, 40.0);
    ada.keys.shift = false;
    ada.edit(&Edit::Group);
    ada.edit(&Edit::Nudge(Vec2::new(-1.0, 0.0)));
    assert_eq!(of(&ada), [Some(frame.clone()), Some(frame.clone())]);
    // One of them is moved by itself: where the middle of both is decides for both.
    ada.double_click(149.0, 40.0);
    ada.drag(&[(149.0, 40.0), (200.0, 40.0), (249.0, 40.0)]);
    assert_eq!(of(&ada), [None, None]);
    ada.undo();
    assert_eq!(of(&ada), [Some(frame.clone()), Some(frame)]);
}

#[test]
fn what_is_in_a_frame_goes_where_the_frame_goes() {
    let (mut ada, frame) = framed();
    ada.rectangle((20.0, 20.0), (60.0, 60.0));
    ada.rectangle((300.0, 20.0), (340.0, 60.0));
    let start = ada.frames();
    ada.drag(&[(0.0, 50.0), (20.0, 60.0), (100.0, 250.0)]);
    assert_eq!(ada.selected(), [0], "only the frame is selected");
    assert_eq!(
        ada.frames()[..2],
        [[100.0, 200.0, 300.0, 300.0], [120.0, 220.0, 160.0, 260.0]]
    );
    assert_eq!(ada.frames()[2], start[2]);
    ada.undo();
    assert_eq!(ada.frames(), start);
    let moved = |ada: &Person| ada.frames()[1][0] - start[1][0];
    ada.edit(&Edit::Nudge(Vec2::new(10.0, 0.0)));
    assert_eq!(moved(&ada), 10.0);
    ada.undo();
    ada.keys.shift = true;
    ada.click(300.0, 40.0);
    ada.keys.shift = false;
    ada.edit(&Edit::Align(Align::Bottom));
    assert_eq!(ada.frames()[2][3], 100.0, "the box goes down to the frame's edge");
    ada.edit(&Edit::Align(Align::Right));
    assert_eq!((ada.frames()[0][2], moved(&ada)), (340.0, 140.0));
    ada.undo();
    ada.undo();
    select(&mut ada, &frame);
    ada.edit(&Edit::Flip(Axis::Across));
    assert_eq!(ada.frames()[1], [140.0, 20.0, 180.0, 60.0]);
    ada.undo();
    ada.edit(&Edit::Rotate(std::f64::consts::PI));
    assert_eq!(ada.frames()[1], [140.0, 40.0, 180.0, 80.0]);
    ada.undo();
    assert_eq!(ada.frames(), start);
    ada.edit(&Edit::Stack(Stacking::Front));
    let kinds: Vec<f64> = ada.frames().iter().map(|f| f[0]).collect();
    assert_eq!(kinds, [300.0, 0.0, 20.0], "both are raised");
}

#[test]
fn a_locked_member_goes_along_and_stays_where_the_frame_is_deleted() {
    let (mut ada, frame) = framed();
    ada.rectangle((20.0, 20.0), (60.0, 60.0));
    ada.click(20.0, 40.0);
    ada.edit(&Edit::ToggleLock);
    ada.drag(&[(0.0, 50.0), (20.0, 60.0), (100.0, 250.0)]);
    assert_eq!(ada.frames()[1][0], 120.0);
    select(&mut ada, &frame);
    ada.edit(&Edit::Delete);
    assert_eq!(ada.shown().len(), 1);
    // And in a locked frame one can draw.
    let (mut ada, frame) = framed();
    select(&mut ada, &frame);
    ada.edit(&Edit::ToggleLock);
    ada.rectangle((20.0, 20.0), (60.0, 60.0));
    assert_eq!(of_last(&ada), Some(frame));
}

#[test]
fn resizing_a_frame_leaves_its_members_as_they_are_takes_in_and_lets_go() {
    let (mut ada, frame) = framed();
    ada.rectangle((20.0, 20.0), (60.0, 60.0));
    ada.rectangle((220.0, 20.0), (240.0, 60.0));
    select(&mut ada, &frame);
    let before = ada.frames();
    let pull = |ada: &mut Person, handle: Handle, by: f64| {
        ada.frame();
        let grips = ada.editor.grips();
        let (_, at) = grips
            .iter()
            .find(|(grip, _)| *grip == Grip::Handle(handle))
            .expect("the handle");
        ada.drag(&[(at.x, at.y), (at.x + by / 2.0, at.y), (at.x + by, at.y)]);
        ada.frame();
    };
    pull(&mut ada, Handle::E, 100.0);
    assert_eq!(ada.frames()[1..], before[1..]);
    let of = |ada: &Person| {
        ada.shown()[1..]
            .iter()
            .map(|e| e.framed_by.is_some())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&ada), [true, true]);
    pull(&mut ada, Handle::E, -150.0);
    assert_eq!(of(&ada), [true, false], "what can't be seen any more leaves");
    ada.undo();
    assert_eq!(of(&ada), [true, true]);
    ada.undo();
    assert_eq!(of(&ada), [true, false]);
}

#[test]
fn copies_of_a_frame_hold_copies_of_what_is_in_it() {
    let (mut ada, frame) = framed();
    ada.rectangle((20.0, 20.0), (60.0, 60.0));
    for how in 0..3 {
        select(&mut ada, &frame);
        match how {
            0 => ada.edit(&Edit::Duplicate),
            1 => {
                let text = clip::write(&ada.editor.selected_whole());
                let effects = ada.editor.paste(clip::read(&text).expect("elements"));
                ada.took(effects);
            }
            _ => {
                ada.keys.alt = true;
                ada.drag(&[(0.0, 80.0), (20.0, 90.0), (100.0, 280.0)]);
                ada.keys.alt = false;
            }
        }
        let shown = ada.shown();
        assert_eq!(shown.len(), 4, "{how}");
        let copy = shown
            .iter()
            .find(|e| e.kind == Kind::Frame && e.id != frame)
            .expect("a copy");
        let member = shown.iter().filter(|e| e.framed_by == Some(copy.id.clone()));
        assert_eq!(member.count(), 1, "{how}");
        assert_eq!(ada.editor.selection().ids, [copy.id.clone()].into(), "{how}");
        ada.undo();
        assert_eq!(ada.shown().len(), 2, "{how}");
    }
    // A copy of a member alone belongs where it lies.
    let member = last(&ada).id;
    select(&mut ada, &member);
    ada.edit(&Edit::Duplicate);
    assert_eq!(of_last(&ada), Some(frame));
}

#[test]
fn a_frame_is_deleted_with_what_is_in_it_or_taken_away_from_around_it() {
    let (mut ada, frame) = framed();
    ada.rectangle((20.0, 20.0), (60.0, 60.0));
    select(&mut ada, &frame);
    ada.edit(&Edit::Delete);
    assert_eq!(ada.shown().len(), 0);
    ada.undo();
    assert_eq!((ada.shown().len(), of_last(&ada)), (2, Some(frame.clone())));
    ada.edit(&Edit::SelectNone);
    select(&mut ada, &frame);
    ada.edit(&Edit::Unframe);
    assert_eq!(
        (ada.shown().len(), of_last(&ada), ada.selected()),
        (1, None, vec![0])
    );
    ada.undo();
    assert_eq!((ada.shown().len(), of_last(&ada)), (2, Some(frame.clone())));
    select(&mut ada, &frame);
    ada.edit(&Edit::SelectFramed);
    assert_eq!(ada.selected(), [1]);
    // A sweep over its edge takes nothing.
    ada.with(Tool::Eraser, &[(-10.0, 50.0), (10.0, 50.0)]);
    assert_eq!(ada.shown().len(), 2);
}

#[test]
fn only_what_is_seen_of_a_member_is_hit() {
    let (mut ada, _) = framed();
    ada.rectangle((150.0, 20.0), (240.0, 60.0));
    ada.click(240.0, 40.0);
    assert_eq!(
        ada.selected(),
        Vec::<usize>::new(),
        "outside of the frame there is nothing"
    );
    ada.click(170.0, 20.0);
    assert_eq!(ada.selected(), [1]);
    ada.edit(&Edit::SelectNone);
    ada.click(170.0, 40.0);
    assert_eq!(ada.selected(), [1], "inside it");
    ada.edit(&Edit::SelectNone);
    ada.drag(&[(210.0, 10.0), (260.0, 80.0)]);
    assert_eq!(ada.selected(), Vec::<usize>::new());
    ada.keys.ctrl = true;
    ada.drag(&[(140.0, 10.0), (205.0, 80.0)]);
    ada.keys.ctrl = false;
    assert_eq!(ada.selected(), [1], "what is seen of it is enclosed");
    ada.edit(&Edit::SelectNone);
    ada.with(Tool::Eraser, &[(240.0, 10.0), (240.0, 70.0)]);
    assert_eq!(ada.shown().len(), 2);
    ada.with(Tool::Eraser, &[(180.0, 10.0), (180.0, 70.0)]);
    assert_eq!(ada.shown().len(), 1);
}

#[test]
fn in_a_turned_frame_hits_end_at_its_turned_edge() {
    let (mut ada, frame) = framed();
    select(&mut ada, &frame);
    ada.edit(&Edit::Rotate(std::f64::consts::FRAC_PI_4));
    ada.edit(&Edit::SelectNone);
    // Its middle is at (100, 50); it reaches to the lower right. This line begins in the middle and leaves it at the right.
    ada.with(Tool::Line, &[(60.0, 50.0), (200.0, 50.0)]);
    assert_eq!(of_last(&ada), Some(frame.clone()));
    ada.edit(&Edit::SelectNone);
    let hit = |ada: &Person, x: f64| ada.editor.pick(Point::new(x, 50.0)).is_some_and(|id| id != frame);
    assert!(hit(&ada, 140.0));
    assert!(!hit(&ada, 190.0), "half of the diagonal is 70.7");
    let seen = |ada: &Person| {
        let scene = ada.editor.scene();
        scene
            .seen(scene.get(&last(ada).id).expect("shown"))
            .expect("it is seen")
    };
    assert!((seen(&ada).x1 - 170.7).abs() < 3.0, "{:?}", seen(&ada));
}

#[test]
fn what_is_dragged_is_whole_in_the_hand_and_cut_off_again_where_it_is_dropped() {
    let (mut ada, frame) = framed();
    ada.rectangle((120.0, 20.0), (180.0, 60.0));
    let id = last(&ada).id;
    let clipped = |ada: &Person| {
        let scene = ada.editor.scene();
        scene.clip(scene.get(&id).expect("shown")).is_some()
    };
    assert!(clipped(&ada));
    ada.down(120.0, 40.0);
    ada.to(150.0, 40.0);
    ada.frame();
    assert!(!clipped(&ada));
    ada.up(160.0, 40.0);
    ada.frame();
    assert!(clipped(&ada), "its middle is in it still");
    // With its frame it stays cut off, at the frame's edge in the hand.
    select(&mut ada, &frame);
    ada.down(0.0, 80.0);
    ada.to(50.0, 80.0);
    ada.frame();
    let scene = ada.editor.scene();
    let seen = scene.seen(scene.get(&id).expect("shown"));
    assert_eq!(seen.map(|r| r.x1), Some(250.0));
    ada.event(Event::Cancel);
}

#[test]
fn a_name_can_be_pressed_and_a_frame_be_called_something() {
    let (mut ada, frame) = framed();
    ada.editor.set_names(vec![NameTag {
        frame: frame.clone(),
        rect: Rect::new(0.0, -20.0, 50.0, -2.0),
    }]);
    ada.click(20.0, -10.0);
    assert_eq!(ada.editor.selected_frame().map(|e| e.id), Some(frame.clone()));
    ada.edit(&Edit::NameFrame(frame, "Plan".to_owned()));
    assert_eq!(&*last(&ada).name, "Plan");
    ada.undo();
    assert_eq!(&*last(&ada).name, "");
    ada.redo();
    ada.drag(&[(20.0, -10.0), (30.0, 0.0), (20.0, 90.0)]);
    assert_eq!(ada.frames()[0], [0.0, 100.0, 200.0, 200.0]);
    let names: Vec<String> = ada.editor.frames_in_turn().into_iter().map(|f| f.name).collect();
    assert_eq!(names, ["Plan"]);
}

#[test]
fn frames_are_shown_in_turn_and_a_turn_can_be_shifted() {
    let mut ada = Person::new(1);
    for (x, name) in [(0.0, "a"), (200.0, "b"), (400.0, "c")] {
        ada.with(FRAME, &[(x, 0.0), (x + 100.0, 100.0)]);
        let id = last(&ada).id;
        ada.edit(&Edit::NameFrame(id, name.to_owned()));
    }
    let names = |ada: &Person| {
        ada.editor
            .frames_in_turn()
            .into_iter()
            .map(|f| f.name)
            .collect::<String>()
    };
    assert_eq!(names(&ada), "abc");
    ada.edit(&Edit::Turn { sooner: true });
    assert_eq!(names(&ada), "acb");
    ada.edit(&Edit::Turn { sooner: true });
    assert_eq!(names(&ada), "cab");
    ada.edit(&Edit::Turn { sooner: true });
    assert_eq!(names(&ada), "cab");
    ada.undo();
    ada.undo();
    assert_eq!(names(&ada), "abc");
}

#[test]
fn what_one_draws_in_a_frame_that_another_deletes_is_not_lost() {
    let (mut ada, frame) = framed();
    let mut bob = Person::new(2);
    bob.hear(&ada.cells());
    bob.editor.set_tool(Tool::Pen);
    bob.down(150.0, 50.0);
    bob.to(180.0, 50.0);
    select(&mut ada, &frame);
    ada.edit(&Edit::Delete);
    let gone = ada.cells();
    bob.to(230.0, 50.0);
    bob.up(230.0, 50.0);
    let (drawn, heard) = (bob.cells(), gone);
    ada.hear(&drawn);
    bob.hear(&heard);
    assert_eq!((ada.cells(), ada.frames()), (bob.cells(), bob.frames()));
    for who in [&ada, &bob] {
        let scene = who.editor.scene();
        let stroke = scene.get(&last(who).id).expect("it is shown");
        assert_eq!(stroke.framed_by.as_ref(), Some(&frame));
        assert!(scene.clip(stroke).is_none(), "and whole, with no frame");
    }
    ada.undo();
    let scene = ada.editor.scene();
    assert!(
        scene.clip(scene.get(&last(&ada).id).expect("shown")).is_some(),
        "with the frame it is in it again"
    );
}

#[test]
fn others_see_a_frame_move_with_all_that_is_in_it() {
    let (mut ada, frame) = framed();
    ada.rectangle((120.0, 20.0), (280.0, 60.0));
    ada.drag(&[(120.0, 40.0), (100.0, 40.0), (90.0, 40.0)]);
    let member = last(&ada).id;
    let mut bob = Person::new(2);
    bob.hear(&ada.cells());
    bob.frame();
    ada.told.clear();
    ada.writes.clear();
    select(&mut ada, &frame);
    ada.down(0.0, 80.0);
    ada.to(0.0, 280.0);
    ada.frame();
    for (slot, op) in std::mem::take(&mut ada.told) {
        bob.editor.remote_live(7, &slot, &op);
    }
    bob.frame();
    assert_eq!(bob.seen(), ada.seen());
    let seen = |who: &Person| {
        let scene = who.editor.scene();
        scene.seen(scene.get(&member).expect("shown"))
    };
    assert_eq!(seen(&bob), seen(&ada));
    assert_eq!(seen(&bob).map(|r| (r.x1, r.y0)), Some((200.0, 218.0)));
    ada.up(0.0, 280.0);
    let (cells, ends) = ada.writes[0].clone();
    bob.hear(&cells);
    for slot in ends {
        bob.editor.remote_live(7, &slot, &SlotOp::Clear);
    }
    bob.frame();
    assert_eq!((bob.seen(), bob.cells()), (ada.seen(), ada.cells()));
}

#[test]
fn a_stroke_under_way_in_a_frame_is_seen_cut_off() {
    let (mut ada, frame) = framed();
    ada.editor.set_tool(Tool::Pen);
    ada.down(150.0, 50.0);
    ada.to(260.0, 50.0);
    ada.frame();
    let clips: Vec<_> = ada
        .editor
        .scene()
        .wet_pieces()
        .map(|(_, piece)| piece.framed_by.clone())
        .collect();
    assert_eq!(clips, [Some(frame)]);
    ada.up_with(Button::Primary, 260.0, 50.0);
}

#[test]
fn an_arrow_that_leaves_its_frame_is_not_cut_off_and_follows_what_is_taken_out() {
    let mut ada = Person::new(1);
    ada.with(FRAME, &[(0.0, 0.0), (400.0, 200.0)]);
    let frame = frame_of(&ada);
    ada.rectangle((20.0, 50.0), (80.0, 110.0));
    ada.rectangle((250.0, 50.0), (310.0, 110.0));
    ada.rectangle((500.0, 50.0), (560.0, 110.0));
    ada.with(Tool::Arrow, &[(50.0, 80.0), (150.0, 80.0), (280.0, 80.0)]);
    assert_eq!(of_last(&ada), Some(frame.clone()), "between two in the frame");
    ada.with(Tool::Arrow, &[(50.0, 100.0), (300.0, 100.0), (530.0, 100.0)]);
    assert_eq!(of_last(&ada), None, "out of it, though its middle lies in it");
    // One end is taken out: the first arrow is whole, and in the frame again when it is back.
    let first = ada
        .shown()
        .iter()
        .filter(|e| e.kind == Kind::Line)
        .map(|e| e.id.clone())
        .next()
        .expect("an arrow");
    let belongs = |ada: &Person| ada.editor.document().element(&first).expect("an arrow").framed_by;
    ada.editor.set_tool(Tool::Select);
    ada.edit(&Edit::SelectNone);
    ada.drag(&[(250.0, 60.0), (250.0, 200.0), (250.0, 400.0)]);
    let none = |frame: Option<ElementId>| frame.is_none_or(|frame| frame.as_str().is_empty());
    assert!(none(belongs(&ada)));
    ada.undo();
    assert_eq!(belongs(&ada), Some(frame));
}
