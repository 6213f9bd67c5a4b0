//! The chat that is kept with a board, as the app uses it.

use std::path::Path;
use std::sync::Arc;

use drawbridge_engine::board::Board;
use drawbridge_engine::client::{ClientConfig, Timings};
use drawbridge_engine::editor::Edit;
use drawbridge_engine::presence::About;
use drawbridge_protocol::{BoardId, Value};

fn open(path: &Path) -> Board {
    let config = ClientConfig {
        path: Some(path.to_owned()),
        board: BoardId::new("board-1").expect("an id"),
        key: None,
        remote: None,
        about: Value::from_text("{}".to_owned()).expect("json"),
        online: false,
        timings: Timings::default(),
        trust: drawbridge_engine::client::Trust::default(),
    };
    Board::open(config, Arc::new(|| {})).expect("it opens")
}

fn ada() -> About {
    About {
        name: "Ada".to_owned(),
        color: "#2f6fde".to_owned(),
        ..About::default()
    }
}

fn said(board: &Board) -> Vec<&str> {
    board
        .chat()
        .messages()
        .map(|message| message.text.as_str())
        .collect()
}

#[test]
fn d40_what_is_said_is_kept_and_stays_ones_own_and_is_no_drawing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("board-1.board");
    let mut board = open(&path);
    board
        .send_message("  first\nof two lines ", &ada())
        .expect("nothing bars it");
    board.send_message(" \n ", &ada()).expect("nothing bars it");
    board.send_message("second", &ada()).expect("nothing bars it");
    assert_eq!(said(&board), ["first\nof two lines", "second"]);
    assert_eq!(board.unread(), 0, "one's own is not new");
    // It is nowhere on the board, and no step of the drawing.
    board.edit(&Edit::SelectAll);
    let editor = board.editor();
    assert!(!editor.can_undo() && editor.selected() == 0 && editor.scene().is_empty());
    assert!(editor.scene().bounds().is_none() && editor.document().elements().next().is_none());
    board.close().expect("stored");

    let mut board = open(&path);
    let messages: Vec<_> = board.chat().messages().cloned().collect();
    assert_eq!(messages.len(), 2);
    assert!(
        messages.iter().all(|message| board.is_mine(message)),
        "by an earlier run"
    );
    assert_eq!(
        (messages[0].name.as_str(), messages[0].color.as_str()),
        ("Ada", "#2f6fde")
    );
    board.unsay(&messages[0].id).expect("nothing bars it");
    assert_eq!(said(&board), ["second"]);
    assert!(!board.editor().can_undo());
    board.close().expect("stored");
    assert_eq!(said(&open(&path)), ["second"]);
}
