//! People who edit one board with the editor's tools and commands, over real sockets and a relay in a process of its own:
//! while a line is broken, after a relay was restarted, with a clock that runs ahead.

mod apart;
mod bound;
mod frames;
mod typing;

use std::path::Path;

use drawbridge_engine::board::Board;
use drawbridge_engine::client::Phase;
use drawbridge_engine::document::{Element, Kind, Order, Style};
use drawbridge_engine::editor::Edit;
use drawbridge_engine::geometry::{Affine, Vec2};
use drawbridge_engine::tools::{Event, Tool};
use drawbridge_protocol::{Cell, ElementId};
use drawbridge_tests::desk::{Desk, seen};
use drawbridge_tests::proxy::{Cut, Fault, Proxy};
use drawbridge_tests::{RelayProcess, board_of, relay_program};

fn relay(folder: &Path) -> RelayProcess {
    RelayProcess::start(relay_program!(), &folder.join("relay"))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// What the relay has on its disk of where things lie.
fn places(relay: &RelayProcess) -> usize {
    let board = board_of(relay.data(), "b");
    board.iter().filter(|cell| cell.prop.as_str() == "place").count()
}

#[test]
fn others_see_a_drag_on_its_way_and_then_where_it_ended() {
    let folder = folder();
    let relay = relay(folder.path());
    let mut ada = Desk::join("ada", relay.remote("b"));
    let id = ada.rectangle((50.0, 50.0), (150.0, 150.0));
    ada.until_saved();
    let mut bob = Desk::join("bob", relay.invited("b"));
    bob.until_same(&ada);

    ada.select(&[&id]);
    ada.down((50.0, 75.0));
    for x in [100.0, 200.0] {
        ada.to((x, 75.0));
        bob.until("the drag on its way", |board| seen(board, &id) == Some(x));
        assert_eq!(bob.element(&id).frame().x0, 50.0, "nothing is written");
    }
    let mut cem = Desk::join("cem", relay.invited("b"));
    cem.until("what was in her hand when he came", |board| {
        seen(board, &id) == Some(200.0)
    });
    assert_eq!(places(&relay), 0);
    let live = |board: &Board| board.editor().scene().is_preview(&id);
    assert!(live(bob.board()) && live(cem.board()));

    ada.up((300.0, 75.0));
    let placed = |board: &Board| {
        // From the hand to its place, and nowhere in between.
        assert!(
            [200.0, 300.0].map(Some).contains(&seen(board, &id)),
            "{:?}",
            seen(board, &id)
        );
        !live(board) && seen(board, &id) == Some(300.0)
    };
    bob.until("it lies where it was dropped", placed);
    cem.until("it lies where it was dropped", placed);
    ada.until_saved();
    assert_eq!(places(&relay), 1, "written once");
    for who in [&mut bob, &mut cem] {
        who.until_same(&ada);
        assert_eq!(who.board().editor().scene().len(), 1);
    }

    // One that is given up goes back.
    ada.down((300.0, 75.0));
    ada.to((300.0, 275.0));
    bob.until("the second drag", live);
    let _ = ada.board_mut().handle(&Event::Cancel);
    ada.frame();
    bob.until("it is given up", |board| !live(board));
    assert_eq!(bob.seen(&id), Some(300.0));
    ada.until_saved();
    assert_eq!(bob.held(), ada.held());
}

#[test]
fn a_drag_whose_line_breaks_goes_back_for_others_and_arrives_once_the_line_is_there_again() {
    let folder = folder();
    let relay = relay(folder.path());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let proxy = Proxy::start(runtime.handle(), relay.address(), 1);
    let mut remote = relay.remote("b");
    remote.link.relay = proxy.address().to_string();
    let mut ada = Desk::join("ada", remote);
    let id = ada.rectangle((50.0, 50.0), (150.0, 150.0));
    ada.until_saved();
    let mut bob = Desk::join("bob", relay.invited("b"));
    bob.until_same(&ada);

    ada.select(&[&id]);
    ada.down((50.0, 75.0));
    ada.to((100.0, 75.0));
    bob.until("the drag", |board| seen(board, &id) == Some(100.0));
    let break_line = |ada: &mut Desk| {
        proxy.set(Fault::Refuse);
        proxy.cut(Cut::Reset);
        ada.until("the break", |board| board.status().phase != Phase::Live);
    };
    let mend_line = |ada: &mut Desk| {
        proxy.set(Fault::None);
        ada.board().client().network_back();
        ada.until("the line is there again", |board| {
            board.status().phase == Phase::Live
        });
    };
    break_line(&mut ada);
    bob.until("it goes back", |board| seen(board, &id) == Some(50.0));

    // It is still in her hand when the line comes back: he sees it there again, as far as it is now.
    ada.to((200.0, 75.0));
    mend_line(&mut ada);
    bob.until("the drag goes on", |board| seen(board, &id) == Some(200.0));
    assert_eq!(places(&relay), 0);

    break_line(&mut ada);
    bob.until("it goes back again", |board| seen(board, &id) == Some(50.0));
    ada.to((300.0, 75.0));
    ada.up((400.0, 75.0));
    assert_eq!(ada.seen(&id), Some(400.0), "at once where she dropped it");
    assert_eq!(bob.seen(&id), Some(50.0));
    mend_line(&mut ada);
    bob.until("it arrives", |board| seen(board, &id) == Some(400.0));
    ada.until_saved();
    bob.until_same(&ada);
    assert!(!bob.board().editor().scene().is_preview(&id));
    assert_eq!(places(&relay), 1);
    // She has one step for it.
    assert!(ada.board_mut().undo());
    ada.until_saved();
    bob.until("her undo", |board| seen(board, &id) == Some(50.0));
}

#[test]
fn more_than_one_write_takes_is_moved_and_undone_whole() {
    const COUNT: usize = 1200;
    let folder = folder();
    let relay = relay(folder.path());
    let mut ada = Desk::join("ada", relay.remote("b"));
    let mut order = Order::between(None, None, 1);
    let boxes = (0..COUNT).map(|n| {
        order = Order::between(Some(&order), None, 1);
        let id = ElementId::new(&format!("box-{n}")).expect("an id");
        let mut element = Element::new(id, Kind::Rectangle, order.clone(), Style::default());
        let (x, y) = ((n % 40) as f64 * 25.0, (n / 40) as f64 * 20.0);
        element.place = Affine::new([20.0, 0.0, 0.0, 15.0, x, y]);
        element
    });
    let boxes: Vec<Element> = boxes.collect();
    assert!(ada.board_mut().paste(boxes));
    ada.until_saved();
    let mut bob = Desk::join("bob", relay.invited("b"));
    bob.until_same(&ada);
    // Who drew is said on the board itself.
    let ids = ada.board().editor().document().ids();
    let ids: Vec<ElementId> = ids.filter(|id| id.as_str() != "board").cloned().collect();
    let before: Vec<_> = ids
        .iter()
        .map(|id| seen(bob.board(), id).expect("it is seen"))
        .collect();
    assert_eq!(ids.len(), COUNT);
    /// How far everything has been moved for somebody; `None` if not everything equally.
    fn by(board: &Board, ids: &[ElementId], before: &[f64]) -> Option<f64> {
        let mut all = ids
            .iter()
            .zip(before)
            .map(|(id, x)| seen(board, id).map(|now| now - x));
        let first = all.next()??;
        all.all(|one| one == Some(first)).then_some(first)
    }

    ada.edit(&Edit::SelectAll);
    let middle = ada
        .board()
        .editor()
        .selection_bounds()
        .expect("something")
        .center();
    let at = |x: f64| (middle.x + x, middle.y);
    ada.down(at(0.0));
    ada.to(at(20.0));
    bob.until("all of it on its way", |board| {
        by(board, &ids, &before) == Some(20.0)
    });
    ada.to(at(40.0));
    ada.up(at(60.0));
    assert_eq!(by(ada.board(), &ids, &before), Some(60.0));
    bob.until("all of it where it was dropped", |board| {
        let preview = ids.iter().any(|id| board.editor().scene().is_preview(id));
        !preview && by(board, &ids, &before) == Some(60.0)
    });
    ada.until_saved();
    bob.until_same(&ada);

    assert!(ada.board_mut().undo());
    assert_eq!(by(ada.board(), &ids, &before), Some(0.0), "one step");
    bob.until("all of it back", |board| by(board, &ids, &before) == Some(0.0));
    ada.until_saved();
    bob.until_same(&ada);
    // The step before that is all of the paste.
    assert!(ada.board_mut().undo());
    assert_eq!(ada.board().editor().scene().len(), 0);
    bob.until("none of it left", |board| board.editor().scene().is_empty());
}

#[test]
fn a_thousand_steps_are_undone_across_a_restart_of_the_relay() {
    const STEPS: usize = 1000;
    let folder = folder();
    let mut relay = relay(folder.path());
    let mut ada = Desk::join("ada", relay.remote("b"));
    let mut bob = Desk::join("bob", relay.invited("b"));
    let id = ada.rectangle((50.0, 50.0), (150.0, 150.0));
    ada.select(&[&id]);
    for n in 0..STEPS {
        if n == STEPS / 2 {
            ada.until_saved();
            relay.kill();
            ada.until("gone", |board| board.status().phase != Phase::Live);
        }
        ada.edit(&Edit::Nudge(Vec2::new(1.0, 0.0)));
    }
    relay.restart();
    ada.board().client().network_back();
    ada.until_saved();
    assert_eq!(ada.seen(&id), Some(1050.0));
    for _ in 0..STEPS {
        assert!(ada.board_mut().undo());
    }
    assert_eq!(ada.seen(&id), Some(50.0));
    ada.until_saved();
    bob.board().client().network_back();
    bob.until("back at the relay", |board| board.status().phase == Phase::Live);
    bob.until_same(&ada);
    assert_eq!(bob.seen(&id), Some(50.0));
}

#[test]
fn the_laser_and_where_one_looks_reach_others_and_are_never_stored() {
    let folder = folder();
    let relay = relay(folder.path());
    let mut ada = Desk::join("ada", relay.remote("b"));
    let mut bob = Desk::join("bob", relay.invited("b"));
    ada.board_mut().set_tool(Tool::Laser);
    ada.board_mut().camera_mut().pan(Vec2::new(-100.0, 0.0));
    ada.down((50.0, 50.0));
    ada.to((150.0, 50.0));
    // Frames that have nothing new to show are none: the trail may have faded before he looks again.
    let trail = |board: &Board| {
        let points = board.editor().trails().flat_map(|trail| &trail.points);
        points.filter(|(point, _)| point.y == 50.0).count()
    };
    bob.until("her trail", |board| trail(board) > 0);
    ada.to((250.0, 50.0));
    bob.until("where she looks", |board| {
        board
            .people()
            .any(|ada| ada.view.is_some_and(|view| view.x0 == 100.0))
    });
    // A newcomer sees where she looks, and her pointer.
    let mut cem = Desk::join("cem", relay.invited("b"));
    cem.until("where she looks", |board| {
        let mut others = board.people();
        others.any(|ada| ada.view.is_some_and(|view| view.x0 == 100.0) && ada.cursor.is_some())
    });
    ada.up((250.0, 50.0));
    bob.until("the trail fades", |board| {
        board.editor().trails().next().is_none()
    });
    // What is written now goes out after all that.
    let id = ada.rectangle((50.0, 150.0), (150.0, 250.0));
    ada.until_saved();
    bob.until_same(&ada);
    for who in [&ada, &bob] {
        let held = who.board().client().snapshot();
        let is_known = |cell: Cell| cell.element == id || cell.prop.as_str().starts_with("who/");
        assert!(held.iter().all(is_known), "{held:?}");
    }
    let stored = board_of(relay.data(), "b");
    assert_eq!(stored.len(), 2, "the rectangle, and who drew it");
}
