//! Two people and a frame: one deletes it while the other draws in it, both move it at once, both put a thing into frames of their own.

use drawbridge_engine::document::Kind;
use drawbridge_engine::editor::Edit;
use drawbridge_engine::geometry::{Rect, Vec2};
use drawbridge_engine::tools::Tool;
use drawbridge_protocol::ElementId;
use drawbridge_tests::RelayProcess;
use drawbridge_tests::desk::Desk;

use super::{folder, relay};

/// Two people on one board, at which what they drop comes to belong to frames.
fn two(relay: &RelayProcess) -> (Desk, Desk) {
    let mut ada = Desk::join("ada", relay.remote("b"));
    ada.keys.ctrl = false;
    let mut bob = Desk::join("bob", relay.invited("b"));
    bob.keys.ctrl = false;
    bob.board_mut().set_tool(Tool::Select);
    bob.until_same(&ada);
    (ada, bob)
}

fn draw(desk: &mut Desk, tool: Tool, from: (f64, f64), to: (f64, f64)) -> ElementId {
    desk.board_mut().set_tool(tool);
    let before = desk.held();
    desk.drag(from, to);
    let after = desk.held();
    let born = after
        .keys()
        .find(|key| key.prop.as_str() == "base" && !before.contains_key(*key));
    let id = born.expect("something was drawn").element.clone();
    desk.board_mut().set_tool(Tool::Select);
    desk.edit(&Edit::SelectNone);
    id
}

fn frame(desk: &mut Desk, from: (f64, f64), to: (f64, f64)) -> ElementId {
    draw(desk, Tool::Shape(Kind::Frame), from, to)
}

/// What is seen of an element, as far as its frame leaves it open.
fn open(desk: &Desk, id: &ElementId) -> Option<Rect> {
    let scene = desk.board().editor().scene();
    scene.seen(scene.get(id)?)
}

fn meet(ada: &mut Desk, bob: &mut Desk) {
    // What he did has to be there before she is, or she is compared while it is on its way to her.
    bob.until_saved();
    ada.board().client().set_online(true);
    ada.until_saved();
    bob.until_same(ada);
    ada.until_same(bob);
}

#[test]
fn what_one_draws_in_a_frame_that_another_deletes_meanwhile_is_there_for_both() {
    let folder = folder();
    let relay = relay(folder.path());
    let (mut ada, mut bob) = two(&relay);
    let frame = frame(&mut ada, (100.0, 100.0), (300.0, 200.0));
    ada.until_saved();
    bob.until_same(&ada);
    ada.go_offline();
    let line = draw(&mut ada, Tool::Line, (250.0, 150.0), (340.0, 150.0));
    assert!(open(&ada, &line).expect("seen").x1 <= 300.0);
    // Bob's frame is taken by its edge.
    bob.down((100.0, 150.0));
    bob.up((100.0, 150.0));
    bob.edit(&Edit::Delete);
    assert!(bob.element(&frame).deleted);
    meet(&mut ada, &mut bob);
    for desk in [&ada, &bob] {
        assert!(desk.seen(&frame).is_none());
        assert_eq!(desk.element(&line).framed_by.as_ref(), Some(&frame));
        assert!(open(desk, &line).expect("it is there, whole").x1 >= 340.0);
    }
    assert!(bob.board_mut().undo());
    bob.until_saved();
    ada.until_same(&bob);
    for desk in [&ada, &bob] {
        assert!(
            open(desk, &line).expect("seen").x1 <= 300.0,
            "with the frame it is in it again"
        );
    }
}

#[test]
fn a_frame_that_both_move_at_once_stays_around_what_is_in_it() {
    let folder = folder();
    let relay = relay(folder.path());
    let (mut ada, mut bob) = two(&relay);
    let frame = frame(&mut ada, (100.0, 100.0), (300.0, 200.0));
    let inside = ada.rectangle((120.0, 120.0), (160.0, 160.0));
    assert_eq!(ada.element(&inside).framed_by.as_ref(), Some(&frame));
    ada.until_saved();
    bob.until_same(&ada);
    ada.go_offline();
    ada.drag((100.0, 180.0), (150.0, 180.0));
    bob.drag((100.0, 180.0), (100.0, 480.0));
    meet(&mut ada, &mut bob);
    let off = |desk: &Desk| {
        let corner = |id: &ElementId| desk.element(id).frame().origin();
        corner(&inside) - corner(&frame)
    };
    assert_eq!(off(&ada), Vec2::new(20.0, 20.0));
    assert_eq!(off(&bob), Vec2::new(20.0, 20.0));
    let left = ada.element(&frame).frame().x0;
    assert!([100.0, 150.0].contains(&left), "one of the two holds: {left}");
}

#[test]
fn a_thing_that_both_put_into_a_frame_belongs_to_the_later_one_for_both() {
    let folder = folder();
    let relay = relay(folder.path());
    let (mut ada, mut bob) = two(&relay);
    let left = frame(&mut ada, (100.0, 100.0), (300.0, 200.0));
    let right = frame(&mut ada, (500.0, 100.0), (700.0, 200.0));
    let thing = ada.rectangle((380.0, 130.0), (420.0, 170.0));
    ada.until_saved();
    bob.until_same(&ada);
    ada.go_offline();
    ada.drag((380.0, 150.0), (180.0, 150.0));
    assert_eq!(ada.element(&thing).framed_by.as_ref(), Some(&left));
    bob.drag((380.0, 150.0), (580.0, 150.0));
    assert_eq!(bob.element(&thing).framed_by.as_ref(), Some(&right));
    meet(&mut ada, &mut bob);
    let (a, b) = (ada.element(&thing), bob.element(&thing));
    assert_eq!((&a.framed_by, a.place), (&b.framed_by, b.place));
    let there = if a.frame().x0 < 400.0 { &left } else { &right };
    assert_eq!(a.framed_by.as_ref(), Some(there), "it belongs to where it lies");
}
