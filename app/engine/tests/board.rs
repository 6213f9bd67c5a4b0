//! A board as the app uses it, where editor and client meet.

use std::sync::Arc;

use drawbridge_engine::board::Board;
use drawbridge_engine::client::{ClientConfig, Timings};
use drawbridge_protocol::{BoardId, Peer, Stamp, Value};

#[test]
fn a_later_act_goes_above_what_is_shown_also_while_a_clock_is_being_mended() {
    let config = ClientConfig {
        path: None,
        board: BoardId::new("board-1").expect("an id"),
        key: None,
        remote: None,
        about: Value::from_text("{}".to_owned()).expect("json"),
        online: false,
        timings: Timings::default(),
        trust: drawbridge_engine::client::Trust::default(),
    };
    let mut board = Board::open(config, Arc::new(|| {})).expect("it opens");
    let clock = board.client().clock();
    // An hour ahead, as after a jump of this machine's clock.
    let peer = Peer::from_bits([9; 12]);
    let ms = board.client().stamp().ms + 3_600_000;
    clock
        .lock()
        .expect("a lock")
        .observe(Stamp { ms, counter: 0, peer });
    board.set_title("before");
    // The session has mended the clock; the window has not been told of the new stamps yet.
    clock.lock().expect("a lock").reset();
    board.set_title("after");
    assert_eq!(board.editor().document().title().as_deref(), Some("after"));
    board.client().sync();
    let held = board.client().snapshot();
    let shown = held.iter().map(|cell| cell.value.as_str().to_owned());
    assert_eq!(shown.collect::<Vec<_>>(), ["\"after\""]);
    board.close().expect("stored");
}
