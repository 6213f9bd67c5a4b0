//! Arrows that hold on to what several people move at once.

use drawbridge_engine::board::Board;
use drawbridge_engine::editor::Edit;
use drawbridge_engine::tools::Tool;
use drawbridge_protocol::ElementId;
use drawbridge_tests::desk::Desk;

use super::{folder, relay};

/// Where a line's ends are seen, rounded.
fn ends(board: &Board, line: &ElementId) -> Option<[(f64, f64); 2]> {
    let editor = board.editor();
    let points = editor.scene().element(editor.document(), line)?.placed();
    let round = |n: usize| (points[n].pos.x.round(), points[n].pos.y.round());
    Some([round(0), round(points.len() - 1)])
}

#[test]
fn d31_two_move_what_an_arrow_holds_on_to_at_once_and_both_see_it_hold_on_all_the_way() {
    let folder = folder();
    let relay = relay(folder.path());
    let mut ada = Desk::join("ada", relay.remote("b"));
    let left = ada.rectangle((50.0, 50.0), (150.0, 150.0));
    let right = ada.rectangle((450.0, 50.0), (550.0, 150.0));
    ada.keys.ctrl = false;
    ada.board_mut().set_tool(Tool::Arrow);
    ada.drag((100.0, 100.0), (500.0, 100.0));
    ada.keys.ctrl = true;
    let arrow = ada
        .board()
        .editor()
        .selection()
        .ids
        .first()
        .cloned()
        .expect("the arrow");
    ada.edit(&Edit::SelectNone);
    ada.until_saved();
    let mut bob = Desk::join("bob", relay.invited("b"));
    bob.until_same(&ada);
    assert_eq!(ends(bob.board(), &arrow), Some([(156.0, 100.0), (444.0, 100.0)]));

    ada.select(&[&left]);
    bob.select(&[&right]);
    ada.down((50.0, 75.0));
    bob.down((450.0, 75.0));
    ada.to((50.0, 275.0));
    bob.to((650.0, 275.0));
    let there = Some([(156.0, 300.0), (644.0, 300.0)]);
    for who in [&mut ada, &mut bob] {
        who.until("the arrow between the two on their way", |board| {
            ends(board, &arrow) == there
        });
    }
    ada.up((50.0, 275.0));
    bob.up((650.0, 275.0));
    ada.until_saved();
    bob.until_saved();
    ada.until_same(&bob);
    bob.until_same(&ada);
    for who in [&ada, &bob] {
        assert_eq!(ends(who.board(), &arrow), there);
        let points = who.element(&arrow).placed();
        assert_eq!(points[0].pos.x, 156.0, "nobody wrote the arrow");
    }

    // One deletes what the other has moved: it stays where both see it.
    ada.select(&[&right]);
    ada.edit(&Edit::Delete);
    ada.until_saved();
    bob.until_same(&ada);
    assert_eq!(ends(bob.board(), &arrow), there);
    // And a newcomer sees the same.
    let mut cem = Desk::join("cem", relay.invited("b"));
    cem.until_same(&ada);
    assert_eq!(ends(cem.board(), &arrow), there);
}
