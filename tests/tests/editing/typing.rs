//! People who type in one text: each sees the other's letters come, and what they type apart all survives.

use drawbridge_engine::board::Board;
use drawbridge_engine::tools::Motion;
use drawbridge_tests::desk::Desk;

use super::{folder, relay};

/// The texts that are seen on a board, letters under way among them.
fn texts(board: &Board) -> Vec<String> {
    let editor = board.editor();
    let all = editor.scene().stacked();
    let shown = all.filter_map(|(_, item)| editor.scene().element(editor.document(), &item.element));
    shown.map(|element| element.text.to_string()).collect()
}

#[test]
fn d24_letters_are_seen_as_they_are_typed_also_by_newcomers_and_then_dry() {
    let folder = folder();
    let relay = relay(folder.path());
    let mut ada = Desk::join("ada", relay.remote("b"));
    ada.begins_to_type((100.0, 100.0));
    ada.types("Hel");
    let mut bob = Desk::join("bob", relay.invited("b"));
    bob.until("the text on its way", |board| texts(board) == ["Hel"]);
    ada.types("lo ");
    bob.until("a word of it", |board| texts(board) == ["Hello "]);
    ada.types("you");
    bob.until("letters of the next", |board| texts(board) == ["Hello you"]);
    assert_eq!(bob.board().editor().others_carets().len(), 1);
    let mut cem = Desk::join("cem", relay.invited("b"));
    cem.until("what is dry and what isn't", |board| {
        texts(board) == ["Hello you"]
    });
    ada.escapes();
    ada.until_saved();
    for who in [&mut bob, &mut cem] {
        who.until_same(&ada);
        who.until("no caret", |board| board.editor().others_carets().is_empty());
        assert_eq!(texts(who.board()), ["Hello you"]);
    }
}

#[test]
fn d21_two_who_type_in_one_text_while_both_are_offline_keep_all_their_letters() {
    let folder = folder();
    let relay = relay(folder.path());
    let mut ada = Desk::open_in("ada", folder.path(), relay.remote("b"));
    ada.begins_to_type((100.0, 100.0));
    ada.types("shopping");
    ada.escapes();
    ada.until_saved();
    let mut bob = Desk::open_in("bob", folder.path(), relay.invited("b"));
    bob.until_same(&ada);
    for (who, more) in [(&mut ada, ": milk and bread"), (&mut bob, ": eggs")] {
        who.go_offline();
        who.begins_to_type((105.0, 100.0));
        who.goes_to(Motion::End);
        who.types(more);
    }
    // She goes on while he has ended.
    bob.escapes();
    for who in [&mut ada, &mut bob] {
        who.board().client().set_online(true);
    }
    bob.until_saved();
    ada.escapes();
    ada.until_saved();
    bob.until_same(&ada);
    ada.until_same(&bob);
    assert_eq!(texts(ada.board()), texts(bob.board()));
    let text = texts(ada.board()).remove(0);
    let both = ["shopping: milk and bread: eggs", "shopping: eggs: milk and bread"];
    assert!(both.contains(&text.as_str()), "{text}");
    // Each takes back what they typed, and no more.
    assert!(ada.board_mut().undo());
    ada.until_saved();
    bob.until_same(&ada);
    assert_eq!(texts(bob.board()), ["shopping: eggs"]);
}
