//! An owner, somebody who draws and somebody who looks, at one board on a relay in a process of its own: what each may do, and what
//! becomes of it.

use std::path::Path;

use drawbridge_engine::board::Board;
use drawbridge_engine::client::{Bar, Managed, Phase};
use drawbridge_engine::tools::{Modifiers, Tool};
use drawbridge_protocol::{Code, Link, Managing, Role};
use drawbridge_tests::desk::Desk;
use drawbridge_tests::{RelayProcess, relay_program};

fn relay(folder: &Path) -> RelayProcess {
    RelayProcess::start(relay_program!(), &folder.join("relay"))
}

fn take_the_pen(desk: &mut Desk) {
    // With ctrl it would erase.
    desk.keys = Modifiers::default();
    desk.board_mut().set_tool(Tool::Pen);
}

fn draw(desk: &mut Desk, y: f64) {
    take_the_pen(desk);
    desk.drag((10.0, y), (110.0, y));
}

fn strokes(board: &Board) -> usize {
    board
        .editor()
        .document()
        .elements()
        .filter(|element| !element.deleted)
        .count()
}

/// Waits for the answer to what was asked last.
fn answer(desk: &mut Desk, call: u64) -> Option<Code> {
    let mut all: Vec<Managed> = Vec::new();
    while !all.iter().any(|managed| managed.call == call) {
        desk.until("an answer", Board::is_answered);
        all.extend(desk.board_mut().take_managed());
    }
    let managed = all.into_iter().find(|managed| managed.call == call)?;
    managed.result.err().map(|reason| reason.code)
}

/// A link of this role, made by the owner.
fn link(owner: &mut Desk, role: Role) -> Link {
    let (hash, call) = owner.board_mut().make_link(role, "by hand", None).expect("a key");
    assert_eq!(answer(owner, call), None);
    owner.board().link_of(&hash).expect("its key is kept")
}

fn refused_as(desk: &mut Desk, wanted: Code) {
    desk.until(
        "refused",
        |board| matches!(board.status().phase, Phase::Refused { code, .. } if code == wanted),
    );
}

#[test]
fn a5_whoever_looks_sees_all_and_changes_nothing_and_draws_once_they_may() {
    let folder = tempfile::tempdir().expect("a folder");
    let relay = relay(folder.path());
    let mut ada = Desk::make("ada", &relay.remote("b").link);
    assert!(ada.board().is_owner());
    let look = link(&mut ada, Role::View);
    let mut lin = Desk::follow("lin", &look);
    lin.until("on the board", |board| board.status().phase == Phase::Live);
    assert_eq!(lin.board().bar(), Some(Bar::ViewOnly));
    assert!(
        lin.board().access().links.is_empty(),
        "a viewer hears of no links"
    );
    draw(&mut ada, 20.0);
    lin.until("her stroke", |board| strokes(board) == 1);
    draw(&mut lin, 50.0);
    lin.board_mut().set_title("Mine");
    assert!(lin.board_mut().editor_mut().take_tried());
    assert_eq!((strokes(lin.board()), lin.board().status().waiting), (1, 0));

    // The link lets them draw from now on.
    let access = ada.board().access();
    let mut link = access
        .links
        .into_iter()
        .find(|link| link.role == Role::View)
        .expect("the link");
    link.role = Role::Edit;
    let call = ada.board_mut().manage(Managing::Link(link));
    assert_eq!(answer(&mut ada, call), None);
    lin.until("back, and free", |board| {
        board.status().phase == Phase::Live && board.bar().is_none()
    });
    draw(&mut lin, 50.0);
    ada.until("their stroke", |board| strokes(board) == 2);
}

#[test]
fn a7_what_is_under_way_when_the_board_is_locked_waits_and_comes_when_it_is_unlocked() {
    let folder = tempfile::tempdir().expect("a folder");
    let relay = relay(folder.path());
    let mut ada = Desk::make("ada", &relay.remote("b").link);
    let mut bob = Desk::follow("bob", &relay.invited("b").link);
    bob.until("on the board", |board| board.status().phase == Phase::Live);
    take_the_pen(&mut bob);
    bob.down((10.0, 80.0));
    bob.to((60.0, 80.0));
    let call = ada.board_mut().set_locked(true);
    assert_eq!(answer(&mut ada, call), None);
    bob.until("locked", |board| board.bar() == Some(Bar::Locked));
    assert_eq!(bob.board_mut().take_cut_short(), Some(Bar::Locked));
    // His stroke, and who drew it.
    bob.until("kept", |board| strokes(board) == 1 && board.status().waiting == 2);
    bob.up((60.0, 80.0));
    draw(&mut bob, 120.0);
    assert_eq!(strokes(bob.board()), 1, "the pen draws no more");
    assert!(!bob.board().editor().is_typing());
    // Whoever owns it goes on.
    draw(&mut ada, 200.0);
    bob.until("her stroke", |board| strokes(board) == 2);
    assert_eq!(strokes(ada.board()), 1, "his waits");
    let call = ada.board_mut().set_locked(false);
    assert_eq!(answer(&mut ada, call), None);
    ada.until("his stroke", |board| strokes(board) == 2);
    bob.until("nothing waits", |board| {
        board.status().waiting == 0 && board.bar().is_none()
    });
    assert_eq!(bob.board().editor().tool(), Tool::Pen, "the pen is back");
}

#[test]
fn a7_what_is_being_typed_when_the_board_is_locked_is_kept_letter_for_letter() {
    let folder = tempfile::tempdir().expect("a folder");
    let relay = relay(folder.path());
    let mut ada = Desk::make("ada", &relay.remote("b").link);
    let mut bob = Desk::follow("bob", &relay.invited("b").link);
    bob.until("on the board", |board| board.status().phase == Phase::Live);
    bob.begins_to_type((40.0, 40.0));
    bob.types("Hello, wor");
    let call = ada.board_mut().set_locked(true);
    assert_eq!(answer(&mut ada, call), None);
    bob.until("locked", |board| board.bar() == Some(Bar::Locked));
    assert!(!bob.board().editor().is_typing());
    bob.types("x");
    let texts = |board: &Board| {
        let elements = board.editor().document().elements();
        elements
            .map(|element| element.text.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(bob.board()), ["Hello, wor"]);
    let call = ada.board_mut().set_locked(false);
    assert_eq!(answer(&mut ada, call), None);
    ada.until("his text", |board| texts(board) == ["Hello, wor"]);
}

#[test]
fn a4_a6_whoever_is_sent_away_stays_away_and_a_link_that_ended_lets_nobody_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let relay = relay(folder.path());
    let mut ada = Desk::make("ada", &relay.remote("b").link);
    let look = link(&mut ada, Role::View);
    let mut lin = Desk::follow("lin", &look);
    ada.until("somebody", |board| board.people().count() == 1);
    let person = ada.board().people().next().expect("lin");
    assert_eq!(person.role, Role::View);
    let (conn, via) = (person.conn, person.via.clone());
    let call = ada.board_mut().remove(conn);
    assert_eq!(answer(&mut ada, call), None);
    refused_as(&mut lin, Code::Removed);
    // They may come back, as long as the link works.
    lin.board().client().set_online(true);
    lin.until("back", |board| board.status().phase == Phase::Live);
    let links = ada.board().access().links;
    let link = links
        .iter()
        .find(|link| link.hash.short() == via)
        .expect("the link");
    let call = ada.board_mut().end_link(link.hash);
    assert_eq!(answer(&mut ada, call), None);
    refused_as(&mut lin, Code::LinkEnded);
    let mut cem = Desk::follow("cem", &look);
    refused_as(&mut cem, Code::LinkEnded);
    // And whoever doesn't own the board can ask for nothing.
    let mut bob = Desk::follow("bob", &relay.invited("b").link);
    bob.until("on the board", |board| board.status().phase == Phase::Live);
    let call = bob.board_mut().set_locked(true);
    assert_eq!(answer(&mut bob, call), Some(Code::NotOwner));
}

#[test]
fn a3_a_relay_that_lost_its_disk_gets_the_links_back_from_whoever_comes_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut relay = relay(folder.path());
    let mut ada = Desk::make("ada", &relay.remote("b").link);
    let look = link(&mut ada, Role::View);
    draw(&mut ada, 20.0);
    let mut bob = Desk::follow("bob", &relay.invited("b").link);
    bob.until("her stroke", |board| {
        board.status().phase == Phase::Live && strokes(board) == 1
    });
    ada.board().client().set_online(false);
    ada.until("offline", |board| {
        matches!(board.status().phase, Phase::Offline { .. })
    });
    relay.kill();
    std::fs::remove_dir_all(relay.data()).expect("removed");
    relay.restart();
    // He has it, and no owner's key.
    bob.until("back", |board| board.status().phase == Phase::Live);
    let mut lin = Desk::follow("lin", &look);
    lin.until("on the board", |board| {
        board.status().phase == Phase::Live && strokes(board) == 1
    });
    assert_eq!(lin.board().bar(), Some(Bar::ViewOnly));
    ada.board().client().set_online(true);
    ada.until("back", |board| board.status().phase == Phase::Live);
    assert!(ada.board().is_owner(), "it is hers still");
}
